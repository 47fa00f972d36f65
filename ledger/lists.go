package ledger

import (
	"fmt"
	"slices"
)

// The fields that hold several values.

// maxList bounds every list in an event.
const maxList = 400

// idents is a list of identifiers, each at most once.
func idents[T ~string](w *wire, name, kind string, p *[]T, n need, doc string) {
	list(w, name, kind+" list", p, n, doc, CheckName)
	if w.mode == mentioning {
		for _, v := range *p {
			w.mention(name, kind, string(v))
		}
	}
}

func (w *wire) states(name string, p *[]StateID, n need, doc string) {
	idents(w, name, "state", p, n, doc)
}

//nolint:unparam // declared like every other field
func (w *wire) clauses(name string, p *[]ClauseID, n need, doc string) {
	idents(w, name, "clause", p, n, doc)
}

// texts is a list of free texts, each at most once.
//
//nolint:unparam // declared like every other field
func (w *wire) texts(name string, p *[]string, n need, doc string) {
	list(w, name, "text list", p, n, doc, checkText)
}

// list is a list of strings for which a rule holds, each at most once. Empty
// means not stated.
func list[T ~string](w *wire, name, kind string, p *[]T, n need, doc string, check func(string) string) {
	switch w.mode {
	case encoding:
		encodeList(w, name, *p, n, check)
	case decoding:
		if i, ok := w.elements(name, n); ok {
			decodeList(w, name, p, i, check)
		}
	case describing:
		w.describe(name, kind, n, doc)
	case mentioning:
	}
}

func encodeList[T ~string](w *wire, name string, vs []T, n need, check func(string) string) {
	if !w.checkLength(name, len(vs), n) {
		return
	}
	w.member(name)
	for i, v := range vs {
		checkElement(w, name, vs, i, check)
		w.out = append(w.out, "[,"[min(i, 1)])
		w.out = appendString(w.out, string(v))
	}
	w.out = append(w.out, ']')
}

func decodeList[T ~string](w *wire, name string, p *[]T, i int, check func(string) string) {
	array := w.tape[i]
	vs := make([]T, 0, array.count)
	for i++; i < int(array.next); i = int(w.tape[i].next) {
		at := len(vs)
		b, ok := w.str(name, at, i, required)
		if !ok {
			return
		}
		vs = append(vs, T(w.share.text(b)))
		checkElement(w, name, vs, at, check)
	}
	*p = vs
}

// checkElement reports what is wrong with vs[i], given the elements before it.
func checkElement[T ~string](w *wire, name string, vs []T, i int, check func(string) string) {
	v := string(vs[i])
	if v == "" {
		w.failElement(name, i, "", "is empty")
	} else if why := check(v); why != "" {
		w.failElement(name, i, v, why)
	}
	if slices.Contains(vs[:i], vs[i]) {
		w.failElement(name, i, v, "stands twice in the list; keep one")
	}
}

// checkLength reports whether there is a list to write.
func (w *wire) checkLength(name string, length int, n need) bool {
	switch {
	case length == 0 && n == required:
		w.fail(name, "", "is required: at least one element")
	case length > maxList:
		w.fail(name, "", fmt.Sprintf("has %d elements, at most %d are allowed", length, maxList))
	}
	return length > 0 && length <= maxList
}

// elements finds the array called name and checks its length.
func (w *wire) elements(name string, n need) (i int, ok bool) {
	if i, ok = w.given(name, n); !ok {
		return none, false
	}
	v := &w.tape[i]
	switch {
	case v.kind != '[':
		w.fail(name, clip(string(w.raw(v))), "must be a list")
	case v.count == 0 && n == required:
		w.fail(name, "", "is empty; at least one element is required")
	case v.count == 0:
		w.fail(name, "", "is empty; leave it out instead")
	default:
		return i, w.checkLength(name, int(v.count), n)
	}
	return none, false
}

// objects is a list of nested documents; visit declares the fields of one.
// Empty means not stated.
func objects[T any](w *wire, name string, p *[]T, n need, doc string, visit func(*wire, *T)) {
	switch w.mode {
	case encoding:
		encodeObjects(w, name, *p, n, visit)
	case decoding:
		if i, ok := w.elements(name, n); ok {
			decodeObjects(w, name, p, i, visit)
		}
	case describing:
		w.describe(name, "list of objects", n, doc)
		w.below(name, anyIndex, func(w *wire) { visit(w, new(T)) })
	case mentioning:
		for i := range *p {
			w.below(name, i, func(w *wire) { visit(w, &(*p)[i]) })
		}
	}
}

func encodeObjects[T any](w *wire, name string, vs []T, n need, visit func(*wire, *T)) {
	if !w.checkLength(name, len(vs), n) {
		return
	}
	w.member(name)
	for i := range vs {
		w.out = append(w.out, "[,"[min(i, 1)])
		w.encodeObject(name, i, func(w *wire) { visit(w, &vs[i]) })
	}
	w.out = append(w.out, ']')
}

func decodeObjects[T any](w *wire, name string, p *[]T, i int, visit func(*wire, *T)) {
	array := w.tape[i]
	vs := make([]T, array.count)
	i++
	for k := range vs {
		w.decodeObject(name, k, i, func(w *wire) { visit(w, &vs[k]) })
		i = int(w.tape[i].next)
	}
	*p = vs
}
