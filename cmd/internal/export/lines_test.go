package export

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestGoldenLines(t *testing.T) {
	golden(t, "members.csv", must(t, CSV, sample(), Options{}))
	golden(t, "members.jsonl", must(t, JSONLines, sample(), Options{}))
}

func TestCSVFields(t *testing.T) {
	for in, want := range map[string]string{
		"": `""`, "a": "a", "a,b": `"a,b"`, `a"b`: `"a""b"`, `"`: `""""`, " a": `" a"`, "a ": `"a "`, "a\nb": "\"a\nb\"", "\r": "\"\r\"",
		"a;b": "a;b", "ä": "ä",
	} {
		if got := string(appendField(nil, in)); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
	one := &Table{Name: "one", Columns: []Column{{Name: "a", Kind: KindInt}}, Rows: fixed([]Cell{Absent(None)}, []Cell{Int(1)})}
	if got := string(must(t, CSV, one, Options{})); got != "a\r\n\"\"\r\n1\r\n" {
		t.Errorf("one column: %q", got)
	}
}

// seeds are texts that have something to escape.
func seeds(f *testing.F) {
	f.Helper()
	for _, s := range []string{
		"", "plain", ` "quoted", `, "a\r\nb\rc\nd", "\u2028\u2029\ufeff", "tab\t\v\x00\x1f\x7f", `\n \u0041`, "<a href=\"x\">&amp;</a>]]>",
		"日本", "\ufffe\uffff\U0010ffff", "\xff", "=cmd|' /C calc'!A0", strings.Repeat("é", 1023), strings.Repeat("x", 2046), "{\\}$&#_^~%",
	} {
		f.Add(s)
	}
}

func FuzzCSV(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		got, err := csv.NewReader(bytes.NewReader(must(t, CSV, texts(s, "end"), Options{}))).ReadAll()
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		want := strings.ReplaceAll(s, "\r\n", "\n") // encoding/csv does so inside quotes
		if len(got) != 3 || len(got[1]) != 2 || got[1][1] != want || got[2][1] != "end" {
			t.Errorf("%q became %q", s, got)
		}
	})
}

func FuzzJSONLines(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		b := must(t, JSONLines, texts(s, "end"), Options{})
		lines := strings.Split(string(b), "\n")
		if len(lines) != 3 {
			t.Fatalf("%q became %d lines: %q", s, len(lines)-1, b)
		}
		var got struct {
			N    *int64
			Text *string
		}
		if err := json.Unmarshal([]byte(lines[0]), &got); err != nil || got.Text == nil || *got.Text != s || got.N == nil {
			t.Errorf("%q became %q, %v", s, lines[0], err)
		}
	})
}
