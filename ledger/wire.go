package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Every payload declares its fields once, in the method wire, in canonical
// order. The same declaration encodes, decodes, checks, documents and lists
// what the payload mentions, so the five cannot disagree. This file walks the
// objects of a document; fields.go has the fields of one value, lists.go those
// of several.

type wireMode uint8

const (
	encoding wireMode = iota
	decoding
	describing
	mentioning
)

// need says whether a field must be there.
type need bool

const (
	optional need = false
	required need = true
)

// wire walks the fields of one document in one mode.
type wire struct {
	mode  wireMode
	steps []step  // from the root to the object at hand
	shelf [4]step // what steps needs at first
	bad   []FieldError

	out   []byte // encoding
	comma bool   // encoding: a member stands before the next one

	src     []byte  // decoding
	tape    []node  // decoding: the values of src
	frame           // decoding: where in the object at hand
	share   *caches // decoding; nil shares nothing
	scratch []byte  // decoding: the last text with escapes

	docs []Field // describing

	mentions []Mention // mentioning
	names    bool      // mentioning: states and alliances only, without their fields
	facts    bool      // decoding: leave out what no fact follows from
}

// Field documents one field of the wire form.
type Field struct {
	Name     string // path inside data, "citations[].grade"
	Kind     string // "date (EDTF)", "state", "text", "one of: a b"
	Required bool
	Doc      string
}

// Mention is one reference from an event to something that should exist.
type Mention struct {
	Field string // path inside data, "citations[0].source"
	Kind  string // "state", "alliance", "clause", "source", "event"
	ID    string
}

// step is one level of a path.
type step struct {
	name  string
	index int // of a list element, or one of the two below
}

const (
	noIndex  = -1 // not a list
	anyIndex = -2 // every element, in documentation
)

// at returns the path of a field of the object at hand. The path is put
// together only where it is needed, which decoding a good event never does.
func (w *wire) at(field string) string {
	var b []byte
	for _, s := range w.steps {
		b = append(b, s.name...)
		switch s.index {
		case noIndex:
		case anyIndex:
			b = append(b, "[]"...)
		default:
			b = append(strconv.AppendInt(append(b, '['), int64(s.index), 10), ']')
		}
		b = append(b, '.')
	}
	return string(append(b, field...))
}

// maxErrors bounds what one event can have reported of it.
const maxErrors = 100

func (w *wire) fail(field, value, why string) {
	if len(w.bad) < maxErrors {
		w.bad = append(w.bad, FieldError{Field: w.at(field), Value: value, Why: why})
	}
}

func (w *wire) describe(name, kind string, n need, doc string) {
	w.docs = append(w.docs, Field{w.at(name), kind, bool(n), doc})
}

func (w *wire) mention(field, kind, id string) {
	switch {
	case id == "" || kind == "name":
	case !w.names:
		w.mentions = append(w.mentions, Mention{w.at(field), kind, id})
	case kind == "state" || kind == "alliance":
		w.mentions = append(w.mentions, Mention{Kind: kind, ID: id})
	}
}

// member begins a member of the object that is written.
func (w *wire) member(name string) {
	if w.comma {
		w.out = append(w.out, ',')
	}
	w.comma = true
	w.out = append(w.out, '"')
	w.out = append(w.out, name...)
	w.out = append(w.out, '"', ':')
}

// frame is where the reader stands in the object at hand.
type frame struct {
	first  int32 // no unused member stands before it
	next   int32 // the member expected next, if they are in canonical order
	end    int32 // behind the last member
	unused int32 // members that no field asked for yet
}

// none is what take returns for a member that is not there: the root of a tape
// is nobody's member.
const none = 0

// take finds the member called name and marks it used; none if there is none.
// In canonical order it is the next one.
func (w *wire) take(name string) int {
	if w.unused == 0 {
		return none
	}
	i := w.next
	if i >= w.end || !w.is(&w.tape[i], name) {
		if i = w.search(name); i == none {
			return none
		}
	}
	n := &w.tape[i]
	n.used = true
	w.next = n.next
	w.unused--
	return int(i)
}

// search looks for an unused member among all.
func (w *wire) search(name string) int32 {
	for w.first < w.end && w.tape[w.first].used {
		w.first = w.tape[w.first].next
	}
	for i := w.first; i < w.end; i = w.tape[i].next {
		if w.is(&w.tape[i], name) {
			return i
		}
	}
	return none
}

// is reports whether n is an unused member called name.
func (w *wire) is(n *node, name string) bool {
	if n.nameEscaped {
		return !n.used && w.memberName(n) == name
	}
	return int(n.nameEnd-n.name) == len(name) && string(w.src[n.name:n.nameEnd]) == name && !n.used
}

// memberName returns the name of the member n.
func (w *wire) memberName(n *node) string {
	b := w.src[n.name:n.nameEnd]
	if n.nameEscaped {
		b = unescape(nil, b)
	}
	return string(b)
}

// raw returns the text of a value, for a string without its quotes. It lies in
// the input, or in w.scratch until the next text with escapes.
func (w *wire) raw(n *node) []byte {
	b := w.src[n.start:n.end]
	if n.escaped {
		w.scratch = unescape(w.scratch[:0], b)
		return w.scratch
	}
	return b
}

// given finds a member and reports one that is required and missing.
func (w *wire) given(name string, n need) (i int, ok bool) {
	i = w.take(name)
	if i == none && n == required {
		w.fail(name, "", "is required")
	}
	return i, i != none
}

// enter goes down into the object at tape[i]; leave comes back.
func (w *wire) enter(name string, index, i int) (outer frame, ok bool) {
	n := &w.tape[i]
	if n.kind != '{' {
		w.failElement(name, index, clip(string(w.raw(n))), "must be an object")
		return frame{}, false
	}
	outer = w.frame
	w.frame = frame{first: int32(i + 1), next: int32(i + 1), end: n.next, unused: n.count}
	w.steps = append(w.steps, step{name, index})
	return outer, true
}

func (w *wire) leave(outer frame) {
	w.steps = w.steps[:len(w.steps)-1]
	w.frame = outer
}

// leftover reports every member that no field asked for; known lists those
// that one could ask for.
func (w *wire) leftover(known []string) {
	for i := w.first; i < w.end && len(w.bad) < maxErrors; i = w.tape[i].next {
		if n := &w.tape[i]; !n.used {
			w.unknown(w.memberName(n), known)
		}
	}
}

func (w *wire) unknown(name string, known []string) {
	why := "is not a field here; remove it"
	if slices.Contains(known, name) {
		why = "stands twice in this object; keep one"
	} else if near := Nearest(name, known); near != "" {
		why = fmt.Sprintf("is not a field here; did you mean %q?", near)
	}
	w.fail(shown(name), "", why)
}

// shown returns a name from outside as it may stand in an error message.
func shown(name string) string {
	plain := func(r rune) bool {
		return r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	name = clip(name)
	if name == "" || strings.ContainsFunc(name, func(r rune) bool { return !plain(r) }) {
		return strconv.Quote(name)
	}
	return name
}

// fieldNames lists the fields that visit declares, for suggestions.
func fieldNames(visit func(*wire)) []string {
	d := wire{mode: describing}
	visit(&d)
	names := make([]string, 0, len(d.docs))
	for _, f := range d.docs {
		if !strings.ContainsAny(f.Name, ".[") {
			names = append(names, f.Name)
		}
	}
	return names
}

// object is a nested document; visit declares its fields.
func (w *wire) object(name string, n need, doc string, present bool, visit func(*wire)) {
	switch w.mode {
	case encoding:
		switch {
		case present:
			w.member(name)
			w.encodeObject(name, noIndex, visit)
		case n == required:
			w.fail(name, "", "is required")
		}
	case decoding:
		if i, ok := w.given(name, n); ok {
			w.decodeObject(name, noIndex, i, visit)
		}
	case describing:
		w.describe(name, "object", n, doc)
		w.below(name, noIndex, visit)
	case mentioning:
		if present {
			w.below(name, noIndex, visit)
		}
	}
}

// below runs visit one level down.
func (w *wire) below(name string, index int, visit func(*wire)) {
	w.steps = append(w.steps, step{name, index})
	visit(w)
	w.steps = w.steps[:len(w.steps)-1]
}

func (w *wire) encodeObject(name string, index int, visit func(*wire)) {
	w.out = append(w.out, '{')
	w.comma = false
	w.below(name, index, visit)
	w.out = append(w.out, '}')
	w.comma = true
}

func (w *wire) decodeObject(name string, index, i int, visit func(*wire)) {
	outer, ok := w.enter(name, index, i)
	if !ok {
		return
	}
	visit(w)
	if w.unused > 0 {
		w.leftover(fieldNames(visit))
	}
	w.leave(outer)
}
