package projections

import (
	"cmp"
	"slices"

	"foedus/ledger"
)

// Coverage says whether the ledger claims to know about the day asked about.
type Coverage string

// What is not covered is unknown. It never means "not allied".
const (
	CoverageInside     Coverage = "inside"
	CoverageOutside    Coverage = "outside"
	CoverageUndeclared Coverage = "undeclared"
)

// View is an aggregate on a day. Its facts are ordered by kind, then by
// beginning, then by name; the caller owns the slice.
type View struct {
	Aggregate ledger.Aggregate
	Coverage  Coverage
	Facts     []Fact
}

// Of returns the facts of one kind, a part of v.Facts.
func (v *View) Of(kind FactKind) []Fact {
	from := 0
	for from < len(v.Facts) && v.Facts[from].Kind != kind {
		from++
	}
	if from == len(v.Facts) {
		return nil
	}
	to := from
	for to < len(v.Facts) && v.Facts[to].Kind == kind {
		to++
	}
	return v.Facts[from:to]
}

// One returns the first fact of a kind, nil if there is none.
func (v *View) One(kind FactKind) *Fact {
	if facts := v.Of(kind); len(facts) > 0 {
		return &facts[0]
	}
	return nil
}

// At answers for one aggregate: its facts on q.On as known at q.Known. ok is
// false if no event up to q.Known is about it. O(facts of the aggregate) at
// worst; see [World.stab].
func (w *World) At(q Query, kind ledger.Kind, id string) (v View, ok bool) {
	ok = w.AtInto(&v, q, kind, id)
	return v, ok
}

// AtInto is [World.At] into a View whose Facts are used again, for those who
// ask often: it allocates only when there are more facts than ever before.
func (w *World) AtInto(v *View, q Query, kind ledger.Kind, id string) (ok bool) {
	s := w.lookup(ledger.Aggregate{Dataset: q.Dataset, Kind: kind, ID: id})
	if s == nil || !w.existedAt(s, q.Known) {
		return false
	}
	v.Aggregate, v.Coverage = s.aggregate, w.coverage(s, q)
	var room [64]*rect
	hits := room[:0]
	w.stab(s, q.On, w.pin(q.Known), q.view(), func(r *rect) {
		if !q.Certain || w.certainty(s, r, q.On, v.Coverage) == ledger.In {
			hits = append(hits, r)
		}
	})
	w.sortHits(s, hits)
	if cap(v.Facts) < len(hits) {
		v.Facts = make([]Fact, len(hits))
	}
	v.Facts = v.Facts[:len(hits)]
	for i, r := range hits {
		w.fill(&v.Facts[i], s, r, q.On, v.Coverage)
	}
	return true
}

// Title returns the fact that titles an alliance, as known at q.Known; ok is false
// if nobody described it, or it was a secret on q.On and q is public. It is the
// one of [World.At]. O(descriptions of the alliance).
func (w *World) Title(q Query, id ledger.AllianceID) (f Fact, ok bool) {
	s := w.lookup(ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.KindAlliance, ID: string(id)})
	if s == nil {
		return f, false
	}
	key, ok := s.find(factKey{kind: kTitle})
	if !ok {
		return f, false
	}
	var best *rect
	w.eachKnown(s, key, w.pin(q.Known), func(r *rect) {
		if r.views&q.view() != 0 && r.since <= q.On && r.until > q.On && w.visible(s, r, q.On) &&
			(best == nil || w.compareHits(s, r, best) < 0) {
			best = r
		}
	})
	if best == nil {
		return f, false
	}
	return w.fact(s, best, q, w.coverage(s, q)), true
}

// existedAt reports whether some event up to known is about s. The first key
// of an aggregate belongs to its first event.
func (w *World) existedAt(s *subject, known ledger.Seq) bool {
	return ledger.Seq(s.first) <= known
}

// sortHits orders by kind, beginning and name. The hits come in the order of
// the table, which is nearly the order of time.
func (w *World) sortHits(s *subject, hits []*rect) {
	if len(hits) > 64 {
		slices.SortFunc(hits, func(x, y *rect) int { return w.compareHits(s, x, y) })
		return
	}
	for i := 1; i < len(hits); i++ {
		for j := i; j > 0 && w.compareHits(s, hits[j], hits[j-1]) < 0; j-- {
			hits[j], hits[j-1] = hits[j-1], hits[j]
		}
	}
}

func (w *World) compareHits(s *subject, x, y *rect) int {
	switch {
	case x.kind != y.kind:
		return int(x.kind) - int(y.kind)
	case x.since != y.since:
		return cmpDay(x.since, y.since)
	}
	a, b := &s.keys[x.key], &s.keys[y.key]
	switch {
	case a.a != b.a:
		return cmp.Compare(w.sym.text[a.a], w.sym.text[b.a])
	case a.b != b.b:
		return cmp.Compare(w.sym.text[a.b], w.sym.text[b.b])
	}
	return compareRects(x, y)
}

// compareRects orders the spells of one fact that begin alike. Nothing in it
// depends on where in the table a rectangle stands, which later events change:
// a pinned answer stays the same.
func compareRects(x, y *rect) int {
	return cmp.Or(cmp.Compare(x.began, y.began), cmpDay(x.until, y.until), cmp.Compare(x.ended, y.ended), cmp.Compare(x.value, y.value))
}

// fact turns a rectangle into what is shown.
func (w *World) fact(s *subject, r *rect, q Query, c Coverage) (f Fact) {
	w.fill(&f, s, r, q.On, c)
	return f
}

func (w *World) fill(f *Fact, s *subject, r *rect, on day, c Coverage) {
	k := &s.keys[r.key]
	f.Kind, f.Aggregate = w.kinds[r.kind], &s.aggregate
	f.A, f.B = w.sym.text[k.a], w.sym.text[k.b]
	f.Value, f.How = w.sym.text[r.value], w.sym.text[r.how]
	f.Span, f.Certainty = s.span(r), w.certainty(s, r, on, c)
	f.Known, f.Causes = ledger.Seq(r.known), Causes{ledger.Seq(r.began), ledger.Seq(r.ended)}
	f.Detail, f.notes = s.detailOf(r.ref), nil
	began, ended := s.disputesOver(r)
	if began != 0 || ended != 0 || r.finding != findingNone {
		f.notes = &notes{w.sym.text[began], w.sym.text[ended], r.finding.String()}
	}
	switch {
	case r.unknownEnd:
		f.End = EndUnknown
	case r.until != ledger.NoAfter:
		f.End = EndDate
	case c == CoverageOutside:
		f.End = EndBeyondCoverage
	default:
		f.End = EndOpen
	}
}

// certainty says whether a rectangle holds on a day. Outside the coverage
// nothing is certain.
func (w *World) certainty(s *subject, r *rect, on day, c Coverage) ledger.Tri {
	t := s.span(r).At(on)
	if c == CoverageOutside && !timeless(r.kind) {
		return min(t, ledger.Possibly)
	}
	return t
}

func timeless(kind uint8) bool {
	return kind == kTitle || kind == kDispute || kind == kSource || kind == kCoverage
}

// coverage asks the declaration about the aggregate itself, and where there is
// none, the one about its dataset.
func (w *World) coverage(s *subject, q Query) Coverage {
	if c := w.declared(s, q); c != CoverageUndeclared {
		return c
	}
	whole := w.lookup(ledger.Aggregate{Dataset: s.aggregate.Dataset, Kind: ledger.KindLedger, ID: string(s.aggregate.Dataset)})
	if whole == nil {
		return CoverageUndeclared
	}
	return w.declared(whole, q)
}

func (w *World) declared(s *subject, q Query) Coverage {
	if s.coverage == 0 {
		return CoverageUndeclared
	}
	c := CoverageUndeclared
	w.eachKnown(s, s.coverage-1, w.pin(q.Known), func(r *rect) {
		switch {
		case r.views&q.view() == 0 || !w.visible(s, r, q.On):
		case s.span(r).At(q.On) != ledger.Out:
			c = CoverageInside
		case c == CoverageUndeclared:
			c = CoverageOutside
		}
	})
	return c
}

// eachKnown yields the rectangles of one key that are known at known.
func (w *World) eachKnown(s *subject, key, known uint32, yield func(*rect)) {
	for at := s.keys[key].live; at != 0; at = s.live[at-1].next {
		if r := &s.live[at-1]; r.known <= known {
			yield(r)
		}
	}
	for i := len(s.dead) - 1; i >= 0 && s.dead[i].next > known; i-- {
		if d := &s.dead[i]; d.key == key && d.known <= known {
			yield(d)
		}
	}
}

// List returns the identifiers of a dataset's aggregates of one kind that an
// event up to known is about, in alphabetical order.
func (w *World) List(dataset ledger.DatasetID, kind ledger.Kind, known ledger.Seq) []string {
	d, ok := w.sym.find(string(dataset))
	if !ok {
		return nil
	}
	var ids []string
	for _, s := range w.subjects {
		if s.dataset == d && s.aggregate.Kind == kind && w.existedAt(s, known) {
			ids = append(ids, w.sym.text[s.id])
		}
	}
	slices.Sort(ids)
	return ids
}

// Datasets returns the names of the datasets, in alphabetical order.
func (w *World) Datasets() []string {
	var out []string
	for r := range w.index {
		out = append(out, string(r.dataset))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Memberships returns the party facts of one state in every alliance of the
// dataset on q.On, ordered by alliance. O(alliances that ever mention it).
func (w *World) Memberships(q Query, state ledger.StateID) []Fact {
	m := w.mentionOf(q.Dataset, mentionsState, string(state))
	if m == nil {
		return nil
	}
	id, _ := w.sym.find(string(state))
	var out []Fact
	var hits []*rect
	for _, s := range w.mentioning(m) {
		key, ok := s.find(factKey{kParty, id, 0})
		if s.aggregate.Kind != ledger.KindAlliance || !ok {
			continue
		}
		c := w.coverage(s, q)
		hits = hits[:0]
		w.eachKnown(s, key, w.pin(q.Known), func(r *rect) {
			if r.views&q.view() != 0 && w.visible(s, r, q.On) && s.span(r).At(q.On) != ledger.Out {
				hits = append(hits, r)
			}
		})
		w.sortHits(s, hits)
		for _, r := range hits {
			if f := w.fact(s, r, q, c); f.Certainty == ledger.In || !q.Certain {
				out = append(out, f)
			}
		}
	}
	return out
}

func (w *World) mentionOf(dataset ledger.DatasetID, kind uint8, id string) *mention {
	d, ok1 := w.sym.find(string(dataset))
	i, ok2 := w.sym.find(id)
	if !ok1 || !ok2 {
		return nil
	}
	return w.mentions[d].find(kind, i)
}

// EachOn yields the facts of some kinds, of every aggregate of one kind in the
// dataset, that hold on q.On as known at q.Known, possibly at least. Aggregates
// come in the order in which events first told of them, facts in no order that
// means something. The fact is reused: what is kept must be copied. O(live facts
// of those aggregates), without an allocation for what does not match.
func (w *World) EachOn(q Query, kind ledger.Kind, kinds []FactKind, yield func(f *Fact)) {
	var wanted [64]bool
	for _, k := range kinds {
		if i := slices.Index(w.kinds, k); i >= 0 {
			wanted[i] = true
		}
	}
	d, ok := w.sym.find(string(q.Dataset))
	if !ok {
		return
	}
	known := w.pin(q.Known)
	var f Fact
	for _, s := range w.subjects {
		if s.dataset != d || s.aggregate.Kind != kind || s.first > known {
			continue
		}
		w.stab(s, q.On, known, q.view(), func(r *rect) {
			if !wanted[r.kind] {
				return
			}
			c := w.coverage(s, q)
			if q.Certain && w.certainty(s, r, q.On, c) != ledger.In {
				return
			}
			w.fill(&f, s, r, q.On, c)
			yield(&f)
		})
	}
}
