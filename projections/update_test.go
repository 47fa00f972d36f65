package projections

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"foedus/ledger"
)

// told is what a fact says, whenever it became known.
func told(f *Fact) string {
	return fmt.Sprint(f.Aggregate.Subject(), f.Kind, f.A, " ", f.B, " ", f.Value, " ", f.How, " ", f.Span, f.End, f.Dispute(), f.EndDispute())
}

// TestUpdates: the updates of all events, added up, are what the World knows at
// its head, and an update is the same whenever it is asked for.
func TestUpdates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &history{t: t}
		w := New()
		facts := make(map[string]int)
		var then [][]string
		list := func(seq ledger.Seq) (out []string) {
			for _, c := range w.Update(seq) {
				out = append(out, c.Op+" "+told(&c.Fact))
			}
			return out
		}
		for range rapid.IntRange(1, 30).Draw(t, "events") {
			h.step()
			seq := ledger.Seq(len(h.events))
			if err := w.Apply(seq, 0, h.events[seq-1]); err != nil {
				t.Fatal(err)
			}
			for _, c := range w.Update(seq) {
				if c.Op == "closed" {
					facts[told(&c.Fact)]--
				} else {
					facts[told(&c.Fact)]++
				}
			}
			then = append(then, list(seq))
		}
		maps.DeleteFunc(facts, func(_ string, n int) bool { return n == 0 })
		want := make(map[string]int)
		for _, s := range w.subjects {
			w.FactsOf(Query{Dataset: s.aggregate.Dataset, Known: w.Head()}, s.aggregate, func(f Fact) { want[told(&f)]++ })
		}
		if !maps.Equal(facts, want) {
			t.Fatalf("the updates add up to\n%v\nthe World knows\n%v", facts, want)
		}
		for i := range then {
			if now := list(ledger.Seq(i + 1)); !slices.Equal(now, then[i]) {
				t.Fatalf("update %d was\n%v\nand is now\n%v", i+1, then[i], now)
			}
		}
	})
}
