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
func (w *World) Update(seq ledger.Seq) []Change { return w.AppendUpdate(nil, seq) }

// AppendUpdate is [World.Update] appended to what there is, for those who ask
// often.
func (w *World) AppendUpdate(out []Change, seq ledger.Seq) []Change {
	if seq == 0 || seq > w.Head() {
		return out
	}
	n := uint32(seq)
	s := w.subjects[w.meta.at(n).subject]
	var room [2][16]*rect
	closed, opened := room[0][:0], room[1][:0]
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
	closed, opened = s.without(closed, opened), s.without(opened, closed)
	q := Query{Dataset: s.aggregate.Dataset, Known: seq}
	out = slices.Grow(out, len(closed)+len(opened))
	for op, list := range [...][]*rect{closed, opened} {
		slices.SortFunc(list, func(x, y *rect) int { return w.compareTold(s, x, y) })
		for _, r := range list {
			out = append(out, Change{[...]string{"closed", "opened"}[op], w.fact(s, r, q, CoverageInside)})
		}
	}
	return out
}

// without returns the rectangles that say something which none of the others
// says.
func (s *subject) without(mine, others []*rect) []*rect {
	if len(mine) == 0 || len(others) == 0 {
		return mine
	}
	out := make([]*rect, 0, len(mine))
	for _, r := range mine {
		if !slices.ContainsFunc(others, func(o *rect) bool { return o.key == r.key && s.sameFact(r, o) }) {
			out = append(out, r)
		}
	}
	return out
}

// compareTold orders rectangles by what they say, whatever the order in which
// the table holds them.
func (w *World) compareTold(s *subject, x, y *rect) int {
	a, b := &s.keys[x.key], &s.keys[y.key]
	if c := cmp.Or(cmp.Compare(x.kind, y.kind), w.compareText(a.a, b.a), w.compareText(a.b, b.b)); c != 0 {
		return c
	}
	xs, ys := s.span(x), s.span(y)
	if c := cmp.Or(cmpDay(xs.SinceEarliest, ys.SinceEarliest), cmpDay(xs.SinceLatest, ys.SinceLatest),
		cmpDay(xs.UntilEarliest, ys.UntilEarliest), cmpDay(xs.UntilLatest, ys.UntilLatest)); c != 0 {
		return c
	}
	xb, xe := s.disputesOver(x)
	yb, ye := s.disputesOver(y)
	return cmp.Or(w.compareText(x.value, y.value), w.compareText(x.how, y.how), compareBool(x.unknownEnd, y.unknownEnd),
		w.compareText(xb, yb), w.compareText(xe, ye), cmp.Compare(x.began, y.began), cmp.Compare(x.ended, y.ended))
}

func (w *World) compareText(a, b sym) int {
	if a == b {
		return 0
	}
	return cmp.Compare(w.sym.text[a], w.sym.text[b])
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}
