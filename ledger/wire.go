package ledger

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Every payload declares its fields once, in the method wire, in canonical
// order. The same declaration encodes, decodes, checks, documents and lists
// what the payload mentions, so the five cannot disagree.

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
	mode wireMode
	path string // of the enclosing object, "" or ending in '.'
	bad  []FieldError

	out   []byte // encoding
	comma bool

	in    []member // decoding: the members of the current object
	next  int      // the member expected next, when in canonical order
	stack []member
	names map[string]string // interned short texts; nil for none

	docs []Field // describing

	mentions []Mention // mentioning
}

// Field documents one field of the wire form.
type Field struct {
	Name     string // path inside data, "citations[].grade"
	Kind     string // "date", "state", "text", "one of: a b"
	Required bool
	Doc      string
}

// Mention is one reference from an event to something that should exist.
type Mention struct {
	Field string
	Kind  string // "state", "alliance", "clause", "source", "event"
	ID    string
}

func (w *wire) fail(field, value, why string) {
	w.bad = append(w.bad, FieldError{Field: w.path + field, Value: value, Why: why})
}

// take finds the member called name; canonical order makes it O(1).
func (w *wire) take(name string) *member {
	if w.next < len(w.in) && string(w.in[w.next].name) == name {
		m := &w.in[w.next]
		m.used = true
		w.next++
		return m
	}
	for i := range w.in {
		if m := &w.in[i]; !m.used && string(m.name) == name {
			m.used = true
			w.next = i + 1
			return m
		}
	}
	return nil
}

// leftover reports every member that no field asked for.
func (w *wire) leftover(known func() []string) {
	for i := range w.in {
		if w.in[i].used {
			continue
		}
		name := string(w.in[i].name)
		why := "is not a field here; remove it"
		if near := Nearest(name, known()); near != "" {
			why = fmt.Sprintf("is not a field here; did you mean %q?", near)
		}
		w.fail(clip(name), "", why)
	}
}

// intern returns b as a string, shared if it is short and came before.
func (w *wire) intern(b []byte) string {
	if w.names == nil || len(b) > MaxName {
		return string(b)
	}
	if s, ok := w.names[string(b)]; ok {
		return s
	}
	if len(w.names) >= 1<<16 {
		clear(w.names)
	}
	s := string(b)
	w.names[s] = s
	return s
}

// str reads a JSON string; ok is false after reporting.
func (w *wire) str(field string, v []byte) (s string, ok bool) {
	if len(v) < 2 || v[0] != '"' {
		w.fail(field, string(v), "must be a string")
		return "", false
	}
	_, plain, err := skipString(v, 0)
	if err != nil {
		w.fail(field, "", err.Error())
		return "", false
	}
	if inside := v[1 : len(v)-1]; plain {
		return w.intern(inside), true
	}
	return string(unescape(nil, v[1:len(v)-1])), true
}

func (w *wire) key(name string) {
	if w.comma {
		w.out = append(w.out, ',')
	}
	w.comma = true
	w.out = append(w.out, '"')
	w.out = append(w.out, name...)
	w.out = append(w.out, '"', ':')
}

// value is the shared shape of every field that is a JSON string: how to put
// it, set it and check it.
func (w *wire) value(name, kind string, n need, doc, cur string, check func(string) string, set func(string)) {
	switch w.mode {
	case encoding:
		w.encodeValue(name, n, cur, check)
	case decoding:
		m := w.take(name)
		if m == nil {
			if n == required {
				w.fail(name, "", "is required")
			}
			return
		}
		s, ok := w.str(name, m.value)
		if !ok {
			return
		}
		if s == "" {
			w.fail(name, "", "is empty; leave it out instead")
			return
		}
		if why := check(s); why != "" {
			w.fail(name, s, why)
			return
		}
		set(s)
	case describing:
		w.docs = append(w.docs, Field{w.path + name, kind, bool(n), doc})
	case mentioning:
	}
}

func (w *wire) encodeValue(name string, n need, cur string, check func(string) string) {
	if cur == "" {
		if n == required {
			w.fail(name, "", "is required")
		}
		return
	}
	if why := check(cur); why != "" {
		w.fail(name, cur, why)
	}
	w.key(name)
	w.out = appendString(w.out, cur)
}

// ident is a field that holds an identifier of type T.
func ident[T ~string](w *wire, name, kind string, p *T, n need, doc string) {
	if w.mode == mentioning {
		w.mention(name, kind, string(*p))
		return
	}
	w.value(name, kind, n, doc, string(*p), CheckName, func(s string) { *p = T(s) })
}

func (w *wire) mention(field, kind, id string) {
	if id != "" && kind != "name" {
		w.mentions = append(w.mentions, Mention{w.path + field, kind, id})
	}
}

func (w *wire) state(name string, p *StateID, n need, doc string) {
	ident(w, name, "state", p, n, doc)
}

func (w *wire) alliance(name string, p *AllianceID, n need, doc string) {
	ident(w, name, "alliance", p, n, doc)
}

func (w *wire) clauseID(name string, p *ClauseID, n need, doc string) {
	ident(w, name, "clause", p, n, doc)
}

func (w *wire) source(name string, p *SourceID, n need, doc string) {
	ident(w, name, "source", p, n, doc)
}

func (w *wire) name(name string, p *Name, n need, doc string) {
	ident(w, name, "name", p, n, doc)
}

// MaxText is the longest free text in an event, in bytes.
const MaxText = 4096

// MaxQuoteWords bounds a quotation from a source.
const MaxQuoteWords = 40

func (w *wire) text(name string, p *string, n need, doc string) {
	w.value(name, "text", n, doc, *p, checkText, func(s string) { *p = s })
}

func checkText(s string) string {
	if len(s) > MaxText {
		return fmt.Sprintf("has %d bytes, at most %d are allowed", len(s), MaxText)
	}
	return ""
}

func (w *wire) quote(name string, p *string, doc string) {
	w.value(name, "text", optional, doc, *p, func(s string) string {
		if n := len(strings.Fields(s)); n > MaxQuoteWords {
			return fmt.Sprintf("quotes %d words, at most %d are allowed", n, MaxQuoteWords)
		}
		return checkText(s)
	}, func(s string) { *p = s })
}

// enum is a field that takes one of the words in values, separated by spaces.
func enum[T ~string](w *wire, name string, p *T, n need, values, doc string) {
	w.value(name, "one of: "+values, n, doc, string(*p), func(s string) string {
		if hasWord(values, s) {
			return ""
		}
		if near := Nearest(s, strings.Fields(values)); near != "" {
			return fmt.Sprintf("did you mean %q? It takes one of: %s", near, values)
		}
		return "takes one of: " + values
	}, func(s string) { *p = T(s) })
}

func hasWord(words, s string) bool {
	for words != "" {
		var word string
		word, words, _ = strings.Cut(words, " ")
		if word == s {
			return true
		}
	}
	return false
}

func (w *wire) when(name string, p *When, n need, doc string) {
	var parsed When
	w.value(name, "date (EDTF)", n, doc, p.text, func(s string) string {
		if w.mode == encoding {
			return ""
		}
		v, err := ParseWhen(s)
		if err != nil {
			return strings.TrimPrefix(err.Error(), ErrDate.Error()+": ")
		}
		parsed = v
		return ""
	}, func(string) { *p = parsed })
}

func (w *wire) event(name string, p *EventID, n need, doc string) {
	cur := ""
	if !p.IsZero() && (w.mode == encoding || w.mode == mentioning) {
		cur = p.String()
	}
	if w.mode == mentioning {
		w.mention(name, "event", cur)
		return
	}
	w.value(name, "event id (ULID)", n, doc, cur, func(s string) string {
		if _, err := ParseEventID(s); err != nil {
			return "must be a ULID of 26 characters"
		}
		return ""
	}, func(s string) { *p, _ = ParseEventID(s) })
}

// count is a non-negative whole number; 0 is "not stated".
func (w *wire) count(name string, p *int, n need, doc string) {
	switch w.mode {
	case encoding:
		if *p == 0 && n == required {
			w.fail(name, "", "is required")
		}
		if *p != 0 {
			w.key(name)
			w.out = strconv.AppendInt(w.out, int64(*p), 10)
		}
	case decoding:
		m := w.take(name)
		if m == nil {
			if n == required {
				w.fail(name, "", "is required")
			}
			return
		}
		v, err := strconv.Atoi(string(m.value))
		if err != nil || v < 1 || v > 1<<31-1 {
			w.fail(name, string(m.value), "must be a whole number from 1 to 2147483647")
			return
		}
		*p = v
	case describing:
		w.docs = append(w.docs, Field{w.path + name, "number", bool(n), doc})
	case mentioning:
	}
}

// flag is true or absent.
func (w *wire) flag(name string, p *bool, doc string) {
	switch w.mode {
	case encoding:
		if *p {
			w.key(name)
			w.out = append(w.out, "true"...)
		}
	case decoding:
		if m := w.take(name); m != nil {
			if string(m.value) != "true" {
				w.fail(name, string(m.value), "is true or left out")
				return
			}
			*p = true
		}
	case describing:
		w.docs = append(w.docs, Field{w.path + name, "true or absent", false, doc})
	case mentioning:
	}
}

// maxList bounds every list in an event.
const maxList = 400

// idents is a list of identifiers, each at most once.
func idents[T ~string](w *wire, name, kind string, p *[]T, n need, doc string) {
	list(w, name, kind+" list", p, n, doc, func(field string, v []byte) (T, bool) {
		s, ok := w.str(field, v)
		return T(s), ok
	}, func(field string, v T) string { return CheckName(string(v)) }, kind)
}

func (w *wire) states(name string, p *[]StateID, n need, doc string) {
	idents(w, name, "state", p, n, doc)
}

func (w *wire) clauses(name string, p *[]ClauseID, n need, doc string) {
	idents(w, name, "clause", p, n, doc)
}

// texts is a list of short free texts.
func (w *wire) texts(name string, p *[]string, n need, doc string) {
	list(w, name, "text list", p, n, doc, w.str,
		func(_ string, s string) string { return checkText(s) }, "name")
}

func list[T ~string](w *wire, name, kind string, p *[]T, n need, doc string,
	read func(string, []byte) (T, bool), check func(string, T) string, refer string,
) {
	switch w.mode {
	case encoding:
		checkList(w, name, *p, n, check)
		if len(*p) == 0 {
			return
		}
		w.key(name)
		for i, v := range *p {
			w.out = append(w.out, "[,"[min(i, 1)])
			w.out = appendString(w.out, string(v))
		}
		w.out = append(w.out, ']')
	case decoding:
		m := w.take(name)
		if m == nil {
			if n == required {
				w.fail(name, "", "is required")
			}
			return
		}
		err := eachElement(m.value, func(i int, v []byte) error {
			if i >= maxList {
				return fmt.Errorf("has more than %d elements", maxList)
			}
			if s, ok := read(name, v); ok {
				*p = append(*p, s)
			}
			return nil
		})
		if err != nil {
			w.fail(name, "", err.Error())
			return
		}
		checkList(w, name, *p, required, check)
	case describing:
		w.docs = append(w.docs, Field{w.path + name, kind, bool(n), doc})
	case mentioning:
		for _, v := range *p {
			w.mention(name, refer, string(v))
		}
	}
}

func checkList[T ~string](w *wire, name string, vs []T, n need, check func(string, T) string) {
	if len(vs) == 0 && n == required {
		w.fail(name, "", "needs at least one element")
	}
	for i, v := range vs {
		if why := check(name, v); why != "" {
			w.fail(name+"["+strconv.Itoa(i)+"]", string(v), why)
		}
		if slices.Contains(vs[:i], v) {
			w.fail(name+"["+strconv.Itoa(i)+"]", string(v), "stands twice in the list")
		}
	}
}

// object is a nested document; visit declares its fields.
func (w *wire) object(name string, n need, doc string, present bool, visit func(*wire)) {
	switch w.mode {
	case encoding:
		if !present {
			if n == required {
				w.fail(name, "", "is required")
			}
			return
		}
		w.key(name)
		w.nested(name+".", visit)
	case decoding:
		m := w.take(name)
		if m == nil {
			if n == required {
				w.fail(name, "", "is required")
			}
			return
		}
		w.decodeNested(name, m.value, visit)
	case describing:
		w.docs = append(w.docs, Field{w.path + name, "object", bool(n), doc})
		w.nested(name+".", visit)
	case mentioning:
		if present {
			w.nested(name+".", visit)
		}
	}
}

// nested runs visit one level down; when encoding it writes the braces.
func (w *wire) nested(path string, visit func(*wire)) {
	outer, comma := w.path, w.comma
	w.path, w.comma = outer+path, false
	if w.mode == encoding {
		w.out = append(w.out, '{')
		visit(w)
		w.out = append(w.out, '}')
	} else {
		visit(w)
	}
	w.path, w.comma = outer, comma
}

func (w *wire) decodeNested(name string, raw []byte, visit func(*wire)) {
	in, next, base := w.in, w.next, len(w.stack)
	members, err := parseObject(raw, w.stack)
	if err != nil {
		w.fail(name, "", err.Error())
		return
	}
	w.stack = members
	w.in, w.next = members[base:], 0
	w.nested(name+".", func(w *wire) {
		visit(w)
		w.leftover(func() []string { return fieldNames(visit) })
	})
	w.in, w.next, w.stack = in, next, w.stack[:base]
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

// objects is a list of nested documents.
func objects[T any](w *wire, name string, p *[]T, n need, doc string, visit func(*wire, *T)) {
	if len(*p) == 0 && n == required && w.mode == encoding {
		w.fail(name, "", "needs at least one element")
	}
	switch w.mode {
	case encoding:
		if len(*p) == 0 {
			return
		}
		w.key(name)
		for i := range *p {
			w.out = append(w.out, "[,"[min(i, 1)])
			w.nested(name+"["+strconv.Itoa(i)+"].", func(w *wire) { visit(w, &(*p)[i]) })
		}
		w.out = append(w.out, ']')
	case decoding:
		decodeObjects(w, name, p, n, visit)
	case describing:
		w.docs = append(w.docs, Field{w.path + name, "list of objects", bool(n), doc})
		var zero T
		w.nested(name+"[].", func(w *wire) { visit(w, &zero) })
	case mentioning:
		for i := range *p {
			w.nested(name+"["+strconv.Itoa(i)+"].", func(w *wire) { visit(w, &(*p)[i]) })
		}
	}
}

func decodeObjects[T any](w *wire, name string, p *[]T, n need, visit func(*wire, *T)) {
	m := w.take(name)
	if m == nil {
		if n == required {
			w.fail(name, "", "is required")
		}
		return
	}
	err := eachElement(m.value, func(i int, v []byte) error {
		if i >= maxList {
			return fmt.Errorf("has more than %d elements", maxList)
		}
		*p = append(*p, *new(T))
		w.decodeNested(indexed(name, i), v, func(w *wire) { visit(w, &(*p)[i]) })
		return nil
	})
	if err != nil {
		w.fail(name, "", err.Error())
	} else if len(*p) == 0 {
		w.fail(name, "", "needs at least one element; leave it out instead")
	}
}

// indexed returns name[i] without allocating for the first element.
func indexed(name string, i int) string {
	if i == 0 && name == "citations" {
		return "citations[0]"
	}
	return name + "[" + strconv.Itoa(i) + "]"
}
