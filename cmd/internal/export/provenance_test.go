package export

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestGoldenCodebook(t *testing.T) {
	var b bytes.Buffer
	if err := Codebook(&b, provenance(), sample()); err != nil {
		t.Fatal(err)
	}
	golden(t, "members.md", b.Bytes())
	b.Reset()
	nodes, edges := graphTables()
	if err := Codebook(&b, nil, nodes, edges); err != nil || !strings.Contains(b.String(), "## Columns of allies") {
		t.Error(err, b.String())
	}
	if err := Codebook(&failing{}, provenance(), sample()); !errors.Is(err, errFull) {
		t.Error(err)
	}
	if err := Codebook(&b, provenance(), &Table{Name: "t", Rows: fixed()}); !errors.Is(err, ErrTable) {
		t.Error(err)
	}
}

func TestGoldenBibTeX(t *testing.T) {
	var b bytes.Buffer
	if err := BibTeX(&b, provenance()); err != nil {
		t.Fatal(err)
	}
	golden(t, "members.bib", b.Bytes())
	if err := BibTeX(&failing{}, provenance()); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

func TestHashing(t *testing.T) {
	var b bytes.Buffer
	h := NewHashing(&b)
	for _, s := range []string{"a", "b", "c"} {
		if _, err := h.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
	if h.SHA256() != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" || h.Size() != 3 || b.String() != "abc" {
		t.Error(h.SHA256(), h.Size(), b.String())
	}
	short := NewHashing(&failing{n: 3})
	if _, err := short.Write([]byte("abcd")); !errors.Is(err, errFull) || short.Size() != 3 || short.SHA256() != h.SHA256() {
		t.Error(short.Size(), err)
	}
}

// Whatever stands in a field, the braces of an entry are balanced as BibTeX
// counts them, and there is nothing that ends a field early.
func FuzzBibTeX(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if err := BibTeX(&b, &Provenance{Product: s, Title: s, Dataset: s, Version: s, Permalink: s, Program: s, Sources: []string{s}}); err != nil {
			t.Fatal(err)
		}
		depth, entries := 0, 0
		for _, l := range strings.SplitAfter(b.String(), "\n") {
			for _, r := range l {
				switch r {
				case '{':
					depth++
				case '}':
					depth--
				}
			}
			if depth < 0 || depth > 1 || depth == 0 && l != "}\n" && l != "\n" && l != "" {
				t.Fatalf("depth %d after %q in %s", depth, l, b.String())
			}
			if strings.HasPrefix(l, "@misc{") {
				entries++
			}
		}
		if depth != 0 || entries != 2 {
			t.Errorf("%d entries, depth %d: %s", entries, depth, b.String())
		}
	})
}

// A text cannot leave its cell in a table of the codebook, nor become markup.
func FuzzCodebook(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		got := md(s)
		if strings.ContainsAny(got, "\n\r") {
			t.Errorf("%q became %q", s, got)
		}
		for i, r := range got {
			if strings.ContainsRune("`|<*_[", r) && (i == 0 || got[i-1] != '\\') {
				t.Errorf("%q became %q: %q stands bare", s, got, r)
			}
		}
	})
}

func TestLinksInCodebook(t *testing.T) {
	for in, want := range map[string]string{
		"https://example.org/a?b=c&d": "<https://example.org/a?b=c&d>", "http://[::1]:8080/": "<http://[::1]:8080/>",
		"javascript:alert(1)": "javascript:alert(1)", "https://example.org/a b": "https://example.org/a b", "https://a/|b": `https://a/\|b`,
	} {
		if got := mdLink(in); got != want {
			t.Errorf("%q: %s, want %s", in, got, want)
		}
	}
}
