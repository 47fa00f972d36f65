package httpapi

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
	"foedus/projections"
)

// TestAppendChange holds the updates that are written by hand to what
// encoding/json makes of the same documents.
func TestAppendChange(t *testing.T) {
	w := projections.New()
	g := ledgertest.NewGenerator(5, ledgertest.Options{})
	changes := 0
	for i := range 5000 {
		e := g.Next()
		seq := ledger.Seq(i + 1)
		if err := w.Apply(seq, 0, e); err != nil {
			t.Fatal(err)
		}
		d := newTeller(w, projections.Query{Dataset: e.Aggregate.Dataset, Known: seq})
		list := w.Update(seq)
		for i := range list {
			doc := d.change(&list[i])
			want, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			if got := d.appendChange(nil, &list[i], []byte(doc.Summary)); !bytes.Equal(got, want) {
				t.Fatalf("got  %s\nwant %s", got, want)
			}
			changes++
		}
	}
	if changes < 3000 {
		t.Errorf("only %d changes were looked at", changes)
	}
}

func FuzzAppendText(f *testing.F) {
	for _, s := range []string{"", "nato", `a "quoted" <b>&c`, "Björkö", "\x00\x7f\u2028", "\xff", strings.Repeat("x", 100)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got := appendText(nil, s); !bytes.Equal(got, want) {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	})
}
