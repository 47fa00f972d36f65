package ledger

import (
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"signatory", "mode", "place", "by", "against", "done_on"}
	for s, want := range map[string]string{
		"signatry": "signatory", "singatory": "signatory", "mdoe": "mode", "plcae": "place", "doneon": "done_on", "agginst": "against",
		"mode": "mode", "": "", "x": "", "yb": "by", "zz": "", "entirely": "", "m": "",
	} {
		if got := Nearest(s, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", s, got, want)
		}
	}
	if got := Nearest("nato", nil); got != "" {
		t.Errorf("of nothing: %q", got)
	}
	if got := Nearest("aaab", []string{"aaac", "aaad"}); got != "aaac" {
		t.Errorf("of two as near: %q, want the first", got)
	}
	if got := Nearest("aaab", []string{"aacc", "aaac", "aaab"}); got != "aaab" {
		t.Errorf("the word itself: %q", got)
	}
}

// The table agrees with the definition.
func TestEditDistance(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[abc]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		if got, want := editDistance(a, b, 10), naiveDistance(a, b); got != want {
			t.Fatalf("editDistance(%q, %q) = %d, want %d", a, b, got, want)
		}
	})
}

func naiveDistance(a, b string) int {
	if a == "" || b == "" {
		return len(a) + len(b)
	}
	n, m := len(a), len(b)
	cost := 1
	if a[n-1] == b[m-1] {
		cost = 0
	}
	d := min(naiveDistance(a[:n-1], b)+1, naiveDistance(a, b[:m-1])+1, naiveDistance(a[:n-1], b[:m-1])+cost)
	if n > 1 && m > 1 && a[n-1] == b[m-2] && a[n-2] == b[m-1] {
		d = min(d, naiveDistance(a[:n-2], b[:m-2])+1)
	}
	return d
}
