package ledger

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The fields that hold one value. Each kind of field is one function that does
// the same thing in each mode; get and put are what those of strings share.

// get reads or describes a field that is a JSON string. ok is false where there
// is nothing to set, whether or not that was an error. The bytes are valid
// until the next get.
func (w *wire) get(name, kind string, n need, doc string) (b []byte, ok bool) {
	if w.mode == describing {
		w.describe(name, kind, n, doc)
	}
	if w.mode != decoding {
		return nil, false
	}
	i, ok := w.given(name, n)
	if !ok {
		return nil, false
	}
	return w.str(name, noIndex, i, n)
}

// str returns the JSON string at tape[i], which must not be empty.
func (w *wire) str(name string, index, i int, n need) (b []byte, ok bool) {
	v := &w.tape[i]
	b = w.raw(v)
	switch {
	case v.kind == 'n':
		w.failElement(name, index, "null", "is no value; leave it out instead")
	case v.kind != '"':
		w.failElement(name, index, clip(string(b)), "must be a string")
	case len(b) == 0 && n == required:
		w.failElement(name, index, "", "is empty")
	case len(b) == 0:
		w.failElement(name, index, "", "is empty; leave it out instead")
	default:
		return b, true
	}
	return nil, false
}

// failElement is fail for a list element, or for the whole field if index is
// noIndex.
func (w *wire) failElement(name string, index int, value, why string) {
	if index != noIndex {
		name += "[" + strconv.Itoa(index) + "]"
	}
	w.fail(name, value, why)
}

// put writes a field that is a JSON string, unless it is empty. check says
// what is wrong with it.
func (w *wire) put(name, cur string, n need, check func(string) string) {
	if cur == "" {
		if n == required {
			w.fail(name, "", "is required")
		}
		return
	}
	if why := check(cur); why != "" {
		w.fail(name, cur, why)
	}
	w.member(name)
	w.out = appendString(w.out, cur)
}

// ident is a field that holds an identifier of type T.
func ident[T ~string](w *wire, name, kind string, p *T, n need, doc string) {
	switch w.mode {
	case encoding:
		w.put(name, string(*p), n, CheckName)
	case mentioning:
		w.mention(name, kind, string(*p))
	case decoding, describing:
		b, ok := w.get(name, kind, n, doc)
		if !ok {
			return
		}
		s, why := w.share.identifier(b)
		if why != "" {
			w.fail(name, string(b), why)
			return
		}
		*p = T(s)
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
	w.prose(name, p, n, doc, checkText)
}

// prose is a field that holds free text for which a rule holds.
func (w *wire) prose(name string, p *string, n need, doc string, check func(string) string) {
	if w.mode == encoding {
		w.put(name, *p, n, check)
		return
	}
	b, ok := w.get(name, "text", n, doc)
	if !ok {
		return
	}
	s := w.share.text(b)
	if why := check(s); why != "" {
		w.fail(name, s, why)
		return
	}
	*p = s
}

func checkText(s string) string {
	switch {
	case len(s) > MaxText:
		return fmt.Sprintf("has %d bytes, at most %d are allowed", len(s), MaxText)
	case !utf8.ValidString(s):
		return "is not UTF-8"
	}
	return ""
}

func (w *wire) quote(name string, p *string, doc string) {
	w.prose(name, p, optional, doc, checkQuote)
}

func checkQuote(s string) string {
	if n := len(strings.Fields(s)); n > MaxQuoteWords {
		return fmt.Sprintf("quotes %d words, at most %d are allowed", n, MaxQuoteWords)
	}
	return checkText(s)
}

// recordKey is the key of a record: a text that never comes twice, so that it
// is not worth sharing.
func (w *wire) recordKey(p *string) {
	const name, doc = "key", "the importer's stable name of the record"
	if w.mode == encoding {
		w.put(name, *p, optional, checkText)
		return
	}
	b, ok := w.get(name, "text", optional, doc)
	if !ok {
		return
	}
	*p = string(b)
	if why := checkText(*p); why != "" {
		w.fail(name, *p, why)
	}
}

// enum is a field that takes one of the words in values, separated by spaces.
func enum[T ~string](w *wire, name string, p *T, n need, values, doc string) {
	if w.mode == encoding {
		if _, ok := word(values, string(*p)); !ok && *p != "" {
			w.fail(name, string(*p), takes(values, string(*p)))
			return
		}
		w.put(name, string(*p), n, accept)
		return
	}
	if w.mode == describing {
		w.describe(name, "one of: "+values, n, doc)
		return
	}
	b, ok := w.get(name, "", n, doc)
	if !ok {
		return
	}
	s, ok := word(values, string(b))
	if !ok {
		w.fail(name, string(b), takes(values, string(b)))
		return
	}
	*p = T(s)
}

func accept(string) string { return "" }

// takes says what s should have been.
func takes(values, s string) string {
	if near := Nearest(s, strings.Fields(values)); near != "" {
		return fmt.Sprintf("did you mean %q? It takes one of: %s", near, values)
	}
	return "takes one of: " + values
}

// word returns the one of words, separated by spaces, that equals s. It is part
// of words, so that keeping it keeps nothing else alive.
func word(words, s string) (string, bool) {
	for start := 0; start < len(words); {
		end := start
		for end < len(words) && words[end] != ' ' {
			end++
		}
		if end-start == len(s) && words[start:end] == s {
			return words[start:end], true
		}
		start = end + 1
	}
	return "", false
}

func (w *wire) when(name string, p *When, n need, doc string) {
	if w.mode == encoding {
		w.put(name, p.text, n, accept)
		return
	}
	b, ok := w.get(name, "date (EDTF)", n, doc)
	if !ok {
		return
	}
	v, err := w.share.when(b)
	if err != nil {
		w.fail(name, string(b), strings.TrimPrefix(err.Error(), ErrDate.Error()+": "))
		return
	}
	*p = v
}

func (w *wire) event(name string, p *EventID, n need, doc string) {
	switch w.mode {
	case encoding, mentioning:
		cur := ""
		if !p.IsZero() {
			cur = p.String()
		}
		if w.mode == mentioning {
			w.mention(name, "event", cur)
		} else {
			w.put(name, cur, n, accept)
		}
	case decoding, describing:
		if b, ok := w.get(name, "event id (ULID)", n, doc); ok {
			w.eventID(name, b, p)
		}
	}
}

// eventID sets an event id. The zero one means that none is set, so it cannot
// be given.
func (w *wire) eventID(name string, b []byte, p *EventID) {
	id, ok := parseEventID(string(b))
	if !ok || id.IsZero() {
		w.fail(name, string(b), "must be an event id: a ULID, 26 letters and digits, not all 0")
		return
	}
	*p = id
}

// maxCount is the largest number in an event.
const maxCount = 1<<31 - 1

// count is a whole number above 0; 0 is "not stated".
func (w *wire) count(name string, p *int, n need, doc string) {
	switch w.mode {
	case encoding:
		switch {
		case *p == 0 && n == required:
			w.fail(name, "", "is required")
		case *p < 0 || *p > maxCount:
			w.failCount(name, strconv.Itoa(*p))
		case *p != 0:
			w.member(name)
			w.out = strconv.AppendInt(w.out, int64(*p), 10)
		}
	case decoding:
		i, ok := w.given(name, n)
		if !ok {
			return
		}
		v := &w.tape[i]
		raw := string(w.raw(v))
		c, err := strconv.Atoi(raw)
		if v.kind != '0' || err != nil || c < 1 || c > maxCount {
			w.failCount(name, clip(raw))
			return
		}
		*p = c
	case describing:
		w.describe(name, "number", n, doc)
	case mentioning:
	}
}

func (w *wire) failCount(name, value string) {
	w.fail(name, value, "must be a whole number from 1 to "+strconv.Itoa(maxCount)+", without quotes")
}

// flag is true or absent.
func (w *wire) flag(name string, p *bool, doc string) {
	switch w.mode {
	case encoding:
		if *p {
			w.member(name)
			w.out = append(w.out, "true"...)
		}
	case decoding:
		i, ok := w.given(name, optional)
		if !ok {
			return
		}
		if v := &w.tape[i]; v.kind != 't' {
			w.fail(name, clip(string(w.raw(v))), "must be true, without quotes, or left out")
			return
		}
		*p = true
	case describing:
		w.describe(name, "true or absent", optional, doc)
	case mentioning:
	}
}
