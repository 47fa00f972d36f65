package projections

import (
	"cmp"
	"slices"

	"foedus/ledger"
)

// Update returns the facts that the event at seq opened and closed, over all of
// history, under the reading in-force and with what is secret: its mark on the
// table of facts. Closed ones come first, in the order of their facts. What it
// only told again (of two agreeing records the other one counts now) is left
// out. It is empty for an event that says nothing of facts, and beyond the head.
// O(facts of the aggregate), at any later time: the table is its own change log.
func (w *World) Update(seq ledger.Seq) []Change {
	if seq == 0 || seq > w.Head() {
		return nil
	}
	n := uint32(seq)
	s := w.subjects[w.meta.at(n).subject]
	var closed, opened []*rect
	for i := range s.live {
		if r := &s.live[i]; r.known == n && r.views&viewInForce != 0 {
			opened = append(opened, r)
		}
	}
	for i := range s.dead {
		r := &s.dead[i]
		switch {
		case r.views&viewInForce == 0 || r.known == n && r.next == n:
		case r.known == n:
			opened = append(opened, r)
		case r.next == n:
			closed = append(closed, r)
		}
	}
	q := Query{Dataset: s.aggregate.Dataset, Known: seq}
	var out []Change
	only := func(op string, mine, other []*rect) {
		for _, r := range mine {
			if !slices.ContainsFunc(other, func(o *rect) bool { return o.key == r.key && s.sameFact(r, o) }) {
				out = append(out, Change{op, w.fact(s, r, q, CoverageInside)})
			}
		}
	}
	only("closed", closed, opened)
	only("opened", opened, closed)
	slices.SortFunc(out, w.compareChanges)
	return out
}

// compareChanges orders the changes of one event, whatever the order in which
// the table holds them.
func (w *World) compareChanges(x, y Change) int {
	a, b := &x.Fact, &y.Fact
	return cmp.Or(cmp.Compare(x.Op, y.Op), cmp.Compare(slices.Index(w.kinds, a.Kind), slices.Index(w.kinds, b.Kind)),
		cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B), cmpDay(a.Span.SinceEarliest, b.Span.SinceEarliest),
		cmpDay(a.Span.SinceLatest, b.Span.SinceLatest), cmpDay(a.Span.UntilEarliest, b.Span.UntilEarliest),
		cmpDay(a.Span.UntilLatest, b.Span.UntilLatest), cmp.Compare(a.Value, b.Value), cmp.Compare(a.How, b.How),
		cmp.Compare(a.End, b.End), cmp.Compare(a.Dispute(), b.Dispute()), cmp.Compare(a.EndDispute(), b.EndDispute()),
		cmp.Compare(a.Causes.Began, b.Causes.Began), cmp.Compare(a.Causes.Ended, b.Causes.Ended))
}
