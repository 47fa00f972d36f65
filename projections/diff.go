package projections

import (
	"cmp"
	"slices"

	"foedus/ledger"
)

// Change is a fact that began or ceased to hold between two points.
type Change struct {
	Op   string // "opened" or "closed"
	Fact Fact
}

// Scope limits a question to one alliance, one state, or neither.
type Scope struct {
	Alliance ledger.AllianceID
	State    ledger.StateID
}

// Diff compares two points of the table, which may differ on either axis: on
// two dates at one state of knowledge, or on one date at two. A fact that is
// told differently is closed and opened. Changes come by aggregate, then by
// fact. O(aggregates in scope).
func (w *World) Diff(from, to Query, scope Scope) []Change {
	var out []Change
	for _, s := range w.inScope(from.Dataset, scope) {
		out = append(out, w.diffSubject(s, from, to, scope.State)...)
	}
	return out
}

func (w *World) inScope(dataset ledger.DatasetID, scope Scope) []*subject {
	switch {
	case scope.Alliance != "":
		return w.mentioning(w.mentionOf(dataset, mentionsAlliance, string(scope.Alliance)))
	case scope.State != "":
		return w.mentioning(w.mentionOf(dataset, mentionsState, string(scope.State)))
	}
	d, _ := w.sym.find(string(dataset))
	out := make([]*subject, 0, len(w.subjects))
	for _, s := range w.subjects {
		if s.dataset == d {
			out = append(out, s)
		}
	}
	return w.alphabetical(out)
}

func (w *World) mentioning(m *mention) []*subject {
	if m == nil {
		return nil
	}
	out := make([]*subject, 0, len(m.subjects))
	for _, si := range m.subjects {
		out = append(out, w.subjects[si])
	}
	return w.alphabetical(out)
}

func (w *World) alphabetical(out []*subject) []*subject {
	slices.SortFunc(out, func(a, b *subject) int {
		return cmp.Or(cmp.Compare(a.aggregate.Kind, b.aggregate.Kind), cmp.Compare(w.sym.text[a.id], w.sym.text[b.id]))
	})
	return out
}

func (w *World) diffSubject(s *subject, from, to Query, state ledger.StateID) (out []Change) {
	before, after := w.hitsAt(s, from), w.hitsAt(s, to)
	only := func(op string, mine, other []*rect, q Query) {
		c := w.coverage(s, q)
		for _, r := range mine {
			if w.about(s, &s.keys[r.key], state) && !s.among(other, r) {
				out = append(out, Change{op, w.fact(s, r, q, c)})
			}
		}
	}
	only("closed", before, after, from)
	only("opened", after, before, to)
	slices.SortStableFunc(out, func(x, y Change) int {
		return cmp.Or(cmp.Compare(slices.Index(w.kinds, x.Fact.Kind), slices.Index(w.kinds, y.Fact.Kind)),
			cmp.Compare(x.Fact.A, y.Fact.A), cmp.Compare(x.Fact.B, y.Fact.B))
	})
	return out
}

// hitsAt lists what [World.At] answers, ordered by key.
func (w *World) hitsAt(s *subject, q Query) (out []*rect) {
	c := w.coverage(s, q)
	w.stab(s, q.On, w.pin(q.Known), q.view(), func(r *rect) {
		if !q.Certain || w.certainty(s, r, q.On, c) == ledger.In {
			out = append(out, r)
		}
	})
	slices.SortFunc(out, func(x, y *rect) int {
		return cmp.Or(cmp.Compare(x.key, y.key), cmpDay(x.since, y.since), compareRects(x, y))
	})
	return out
}

// among reports whether one of the hits, ordered by key, says what r says.
func (s *subject) among(hits []*rect, r *rect) bool {
	i, _ := slices.BinarySearchFunc(hits, r.key, func(o *rect, key uint32) int { return cmp.Compare(o.key, key) })
	for ; i < len(hits) && hits[i].key == r.key; i++ {
		if s.sameFact(r, hits[i]) {
			return true
		}
	}
	return false
}

// sameFact compares what two rectangles say; when they became known, and by
// which of several agreeing events, does not count.
func (s *subject) sameFact(a, b *rect) bool {
	aBegan, aEnded := s.disputesOver(a)
	bBegan, bEnded := s.disputesOver(b)
	return a == b || s.span(a) == s.span(b) && a.value == b.value && a.how == b.how && a.ref == b.ref && aBegan == bBegan && aEnded == bEnded
}

// about reports whether a fact concerns the state; "" concerns everyone.
func (w *World) about(s *subject, k *keyState, state ledger.StateID) bool {
	if state == "" || s.aggregate.Kind == ledger.KindState && w.sym.text[s.id] == string(state) {
		return true
	}
	return w.sym.text[k.a] == string(state) || w.sym.text[k.b] == string(state)
}
