package projections

import (
	"cmp"
	"fmt"
	"slices"

	"foedus/ledger"
)

// FindingsAt lists what is odd about one aggregate, over all of history, as
// known at q.Known under q.Reading and q.Public: an answer that a later event
// does not change. It finds what a fact shows, a correction without a target,
// and a missing description; what leaves no fact behind only
// [World.FindingsOf] finds, which looks at the head. O(facts).
func (w *World) FindingsAt(q Query, a ledger.Aggregate) (out []Finding) {
	s := w.lookup(a)
	if s == nil || !w.existedAt(s, q.Known) {
		return nil
	}
	for _, d := range s.dangles() {
		if ledger.Seq(d.seq) <= q.Known {
			out = append(out, Finding{ledger.Seq(d.seq), a, fmt.Sprintf(
				"it changes the record %s, which is not among the earlier events of %s; append that one, then this again", d.target, a.Subject())})
		}
	}
	described := a.Kind != ledger.KindAlliance && a.Kind != ledger.KindState
	w.everySpell(q, a, func(f Fact) {
		described = described || f.Kind == FactTitle || f.Kind == FactExistence
		if f.Finding() != "" {
			name := f.A
			if f.B != "" {
				name += " " + f.B
			}
			out = append(out, Finding{f.Causes.Began, a, fmt.Sprintf("%s %s: %s", f.Kind, name, f.Finding())})
		}
	})
	if !described && !q.Public {
		out = append(out, Finding{ledger.Seq(s.first), a, describeFirst(a.Kind)})
	}
	slices.SortFunc(out, func(x, y Finding) int { return cmp.Or(cmp.Compare(x.Seq, y.Seq), cmp.Compare(x.Text, y.Text)) })
	return out
}

func describeFirst(kind ledger.Kind) string {
	if kind == ledger.KindState {
		return "the state has no state.formed; append one with its name"
	}
	return "the alliance has no instrument.described; append one with its title"
}
