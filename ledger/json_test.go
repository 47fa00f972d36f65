package ledger

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// tree turns a tape into what encoding/json makes of the same text. ok is false
// if a name stands twice, where the two need not agree.
func tree(w *wire, i int) (v any, ok bool) {
	n := &w.tape[i]
	switch n.kind {
	case '"':
		return string(w.raw(n)), true
	case '{':
		m := map[string]any{}
		for c := int32(i + 1); c < n.next; c = w.tape[c].next {
			v, ok := tree(w, int(c))
			if name := w.memberName(&w.tape[c]); ok {
				m[name] = v
			}
		}
		return m, len(m) == int(n.count)
	case '[':
		list := make([]any, 0, n.count)
		for c := int32(i + 1); c < n.next; c = w.tape[c].next {
			v, ok := tree(w, int(c))
			if !ok {
				return nil, false
			}
			list = append(list, v)
		}
		return list, len(list) == int(n.count)
	case 't', 'f':
		return n.kind == 't', true
	case 'n':
		return nil, true
	}
	return json.Number(w.raw(n)), true
}

// checkScan holds the scanner against encoding/json.
func checkScan(t *testing.T, b []byte) {
	t.Helper()
	s := scanner{src: b}
	err := s.scan()
	if err != nil {
		if json.Valid(b) && !stricter(err) {
			t.Fatalf("%q is JSON, but: %v", b, err)
		}
		return
	}
	if !json.Valid(b) {
		t.Fatalf("%q is not JSON, but was read", b)
	}
	got, ok := tree(&wire{src: b, tape: s.tape}, 0)
	if !ok {
		return
	}
	var want any
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	if err := d.Decode(&want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%q was read as %#v, want %#v", b, got, want)
	}
}

// stricter tells the documented choices that encoding/json does not make.
func stricter(err error) bool {
	for _, why := range []string{"is not UTF-8", "half of a surrogate pair", "nested deeper"} {
		if strings.Contains(err.Error(), why) {
			return true
		}
	}
	return false
}

func jsonSamples() []string {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	return []string{
		``, ` `, `{`, `}`, `[`, `]`, `{}`, `[]`, `{"a":1}`, `{"a":1,}`, `{,}`, `[1,]`, `[,1]`, `{"a"}`, `{"a":}`, `{a:1}`,
		`{"a":1 "b":2}`, `[1 2]`, `{"a":1}x`, `{} {}`, ` { "a" : [ 1 , 2 ] } `, "\t\r\n[]\n", "\v[]", "\ufeff{}",
		`true`, `false`, `null`, `tru`, `truex`, `nul`, `True`, `-`, `-1`, `0`, `-0`, `01`, `-01`, `1.`, `.5`, `1.5`, `1e`, `1e5`,
		`1E+5`, `1e-`, `1.5e10`, `+1`, `1_000`, `0x1`, `NaN`, `12345678901234567890123`,
		`"`, `"a`, `"a"`, `""`, `"\"`, `"\\"`, `"\""`, `"\/\b\f\n\r\t"`, `"\u00e9"`, `"\u00E9"`, `"\u00g9"`, `"\u00e"`, `"\x"`, `"\`,
		`"\ud83d\ude00"`, `"\ud83d"`, `"\ude00\ud83d"`, `"\ud83dx"`, `"\ud83d\u0041"`, `"\u0000"`, "\"\x00\"", "\"\x1f\"", "\"\x7f\"", "\"\n\"",
		"\"\xff\"", "\"\xc3\"", "\"\xed\xa0\x80\"", "\"\u2028\u2029\"", `"été à la française, longue phrase"`, `"日本国とアメリカ合衆国"`,
		`{"a":1,"a":2}`, `{"a":1,"\u0061":2}`, `{"\u0061":{"b":[{}]}}`, `[[],[[]],{"":""}]`,
		deep(maxDepth), deep(maxDepth + 1), deep(20000), strings.Repeat(`{"a":`, 100),
		`"12345678"`, `"1234567\n"`, `"12345678\""`, `"1234567é"`, "\"1234567\x01\"", `"!#[]^~ "`,
	}
}

func TestScan(t *testing.T) {
	t.Parallel()
	for _, s := range jsonSamples() {
		checkScan(t, []byte(s))
	}
	for _, c := range []struct{ text, why string }{
		{`{"a":1`, "expected ',' or '}', but the text ends"},
		{`{"a" 1}`, "expected ':' at byte 6, not '1'"},
		{"\"\xff\"", "is not UTF-8"},
		{`"\ud83d"`, "half of a surrogate pair"},
		{strings.Repeat("[", maxDepth+1), "nested deeper than 64"},
		{`{"a":1}}`, "unexpected text after the value at byte 8"},
		{`"abc`, "the string at byte 1 does not end"},
	} {
		s := scanner{src: []byte(c.text)}
		if err := s.scan(); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%q: %v, want an error with %q", c.text, err, c.why)
		}
	}
}

// What is written is JSON that means the text, and is read back.
func TestAppendString(t *testing.T) {
	t.Parallel()
	check := func(s string) {
		b := appendString([]byte("x"), s)[1:]
		var got string
		if err := json.Unmarshal(b, &got); err != nil || got != s {
			t.Fatalf("%q was written as %s, which is %q, %v", s, b, got, err)
		}
		checkScan(t, b)
	}
	for r := range rune(0x180) {
		check(string(r))
		check("1234567" + string(r) + "12345678" + string(r))
	}
	check("\u2028\u2029\U0001f600\ufffd")
	if got := string(appendString(nil, "\b\f\n\r\t\x01\"\\/\u007fé\u2028<&>")); got != `"\b\f\n\r\t\u0001\"\\/`+"\u007fé\u2028<&>\"" {
		t.Errorf("not the form of RFC 8785: %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		b := appendString(nil, s)
		var got string
		if err := json.Unmarshal(b, &got); utf8.ValidString(s) && (err != nil || got != s) {
			t.Fatalf("%q was written as %s", s, b)
		}
	})
}

func FuzzScan(f *testing.F) {
	for _, s := range jsonSamples() {
		f.Add([]byte(s))
	}
	for _, b := range goldenFiles(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) { checkScan(t, b) })
}
