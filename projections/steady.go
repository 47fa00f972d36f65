package projections

import "foedus/ledger"

// Steady returns a stretch of days [from, to) around q.On over which what the
// World tells of some aggregates stays the same: which facts hold, whether
// certainly, what is covered. With q.Public that is the day alone, because what
// became public when is not looked at. O(facts of the aggregates).
func (w *World) Steady(q Query, aggregates ...ledger.Aggregate) (from, to ledger.Date) {
	if q.Public {
		return q.On, q.On + 1
	}
	from, to = ledger.NoBefore, ledger.NoAfter
	step := func(d ledger.Date) {
		if d <= q.On {
			from = max(from, d)
		} else {
			to = min(to, d)
		}
	}
	for _, a := range aggregates {
		w.FactsOf(q, a, func(f Fact) {
			step(f.Span.SinceEarliest)
			step(f.Span.SinceLatest)
			step(f.Span.UntilEarliest)
			step(f.Span.UntilLatest)
		})
	}
	return from, to
}
