package projections

import (
	"cmp"
	"slices"

	"foedus/ledger"
)

// Spells yields every fact of a kind in a dataset over all of history, as known
// at q.Known under q.Reading and q.Public; q.On is not looked at. Aggregates
// come in alphabetical order. It stops when yield returns false.
//
// With q.Public the spans are those of the answers: what became public later
// than it began counts from its disclosure, and what was publicly thought to go
// on until then, until then.
func (w *World) Spells(q Query, kind FactKind, yield func(Fact) bool) {
	number := slices.Index(w.kinds, kind)
	for _, aggregateKind := range ledger.Kinds() {
		for _, id := range w.List(q.Dataset, ledger.Kind(aggregateKind), q.Known) {
			a := ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.Kind(aggregateKind), ID: id}
			if !w.spellsOf(a, q, number, yield) {
				return
			}
		}
	}
}

// SpellsOf yields the facts of a kind of one aggregate over all of history, as
// [World.Spells] does. O(facts of the aggregate).
func (w *World) SpellsOf(q Query, a ledger.Aggregate, kind FactKind, yield func(Fact) bool) {
	w.spellsOf(a, q, slices.Index(w.kinds, kind), yield)
}

// FactsOf yields the facts of every kind of one aggregate over all of history, as
// [World.Spells] does, ordered by kind. O(facts of the aggregate).
func (w *World) FactsOf(q Query, a ledger.Aggregate, yield func(Fact)) {
	w.spellsOf(a, q, everyKind, func(f Fact) bool {
		yield(f)
		return true
	})
}

// everyKind stands for a kind where all are meant; -1 is a kind that there is not.
const everyKind = -2

func (w *World) spellsOf(a ledger.Aggregate, q Query, kind int, yield func(Fact) bool) bool {
	s := w.lookup(a)
	if s == nil {
		return true
	}
	hits := w.rectsOf(s, q, kind)
	slices.SortFunc(hits, func(x, y *rect) int {
		a, b := &s.keys[x.key], &s.keys[y.key]
		return cmp.Or(cmp.Compare(x.kind, y.kind), cmp.Compare(w.sym.text[a.a], w.sym.text[b.a]),
			cmp.Compare(w.sym.text[a.b], w.sym.text[b.b]), cmpDay(x.since, y.since), compareRects(x, y), w.compareClips(s, x, y))
	})
	for _, r := range hits {
		f := w.fact(s, r, q, CoverageInside)
		w.limit(&f, s, r)
		if !yield(f) {
			return false
		}
	}
	return true
}

// rectsOf lists the rectangles of one kind, or of all, that are known at
// q.Known in the view of q.
func (w *World) rectsOf(s *subject, q Query, kind int) (hits []*rect) {
	known, v := w.pin(q.Known), q.view()
	take := func(r *rect) {
		if r.views&v != 0 && r.known <= known && (kind == everyKind || int(r.kind) == kind) {
			hits = append(hits, r)
		}
	}
	for i := range s.live {
		take(&s.live[i])
	}
	for i := len(s.dead) - 1; i >= 0 && s.dead[i].next > known; i-- {
		take(&s.dead[i])
	}
	return hits
}

// clipOn returns the limit to the days on which a rectangle is public.
func (w *World) clipOn(s *subject, r *rect) clip {
	if r.rare == 0 || s.rare[r.rare-1].clip == 0 {
		return clip{ledger.NoBefore, ledger.NoAfter}
	}
	return w.clips[s.rare[r.rare-1].clip]
}

func (w *World) compareClips(s *subject, x, y *rect) int {
	return cmpDay(w.clipOn(s, x).from, w.clipOn(s, y).from)
}

// limit cuts a fact down to the days on which it is visible.
func (w *World) limit(f *Fact, s *subject, r *rect) {
	c := w.clipOn(s, r)
	f.Span = ledger.Span{
		SinceEarliest: max(f.Span.SinceEarliest, c.from), SinceLatest: max(f.Span.SinceLatest, c.from),
		UntilEarliest: min(f.Span.UntilEarliest, c.to), UntilLatest: min(f.Span.UntilLatest, c.to),
	}
	if c.to < r.until {
		f.End = EndDate
	}
}
