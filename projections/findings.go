package projections

import (
	"cmp"
	"fmt"
	"slices"

	"foedus/ledger"
)

// Finding is something odd that the ledger accepted, because history arrives in
// any order, and that somebody should look at.
type Finding struct {
	Seq       ledger.Seq // the event that caused it
	Aggregate ledger.Aggregate
	Text      string // what is odd and how to mend it
}

// Findings lists what is odd at the head, ordered by sequence. O(facts).
func (w *World) Findings() []Finding {
	var out []Finding
	for _, s := range w.subjects {
		out = append(out, w.findingsOf(s)...)
	}
	out = append(out, w.undeclared()...)
	slices.SortStableFunc(out, func(a, b Finding) int { return cmp.Compare(a.Seq, b.Seq) })
	return out
}

// FindingsOf lists what is odd about one aggregate at the head.
func (w *World) FindingsOf(a ledger.Aggregate) []Finding {
	s := w.lookup(a)
	if s == nil {
		return nil
	}
	return w.findingsOf(s)
}

func (w *World) findingsOf(s *subject) (out []Finding) {
	a := s.aggregate
	for _, d := range s.dangles() {
		out = append(out, d.finding(a))
	}
	f := folder{w: w}
	for i := range s.keys {
		k := &s.keys[i]
		f.out, f.odd, f.cutoff = f.out[:0], f.odd[:0], everything
		f.fold(s, k)
		for _, o := range f.odd {
			out = append(out, Finding{ledger.Seq(o.seq), a, fmt.Sprintf("%s %s: %s", w.kinds[k.kind], w.name(k), o.finding)})
		}
	}
	if kind, ok := described(a.Kind); ok && !s.tells(kind) && !w.elsewhere(a) {
		out = append(out, Finding{ledger.Seq(s.first), a, describeFirst(a.Kind)})
	}
	return out
}

// described returns the kind of the fact that says what an aggregate is; ok is
// false where none is needed.
func described(kind ledger.Kind) (fact uint8, ok bool) {
	switch kind {
	case ledger.KindAlliance:
		return kTitle, true
	case ledger.KindState:
		return kExistence, true
	case ledger.KindCrisis, ledger.KindLedger:
	}
	return 0, false
}

// elsewhere reports whether the curated history describes a state of another
// dataset.
func (w *World) elsewhere(a ledger.Aggregate) bool {
	if a.Kind != ledger.KindState || a.Dataset == ledger.Core {
		return false
	}
	a.Dataset = ledger.Core
	s := w.lookup(a)
	return s != nil && s.tells(kExistence)
}

// tells reports whether a record that stands says something of a fact without
// names.
func (s *subject) tells(kind uint8) bool {
	i, ok := s.find(factKey{kind: kind})
	return ok && s.keys[i].items != 0
}

func (d *dangling) finding(a ledger.Aggregate) Finding {
	return Finding{ledger.Seq(d.seq), a, fmt.Sprintf(
		"it changes the record %s, which is not among the earlier events of %s; append that one, then this again", d.target, a.Subject())}
}

func (s *subject) dangles() []dangling {
	if s.records == nil {
		return nil
	}
	return s.records.dangling
}

func (w *World) name(k *keyState) string {
	if k.b == 0 {
		return w.sym.text[k.a]
	}
	return w.sym.text[k.a] + " " + w.sym.text[k.b]
}

// undeclared lists states and alliances that are mentioned and never told of.
func (w *World) undeclared() (out []Finding) {
	for dataset, t := range w.mentions {
		for kind, list := range t {
			for id, m := range list {
				if m != nil {
					out = w.undeclaredOne(out, mentionKey{dataset, uint8(kind), sym(id)}, m)
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Text, b.Text)) })
	return out
}

func (w *World) undeclaredOne(out []Finding, k mentionKey, m *mention) []Finding {
	kind, what := ledger.KindState, "state"
	if k.kind == mentionsAlliance {
		kind, what = ledger.KindAlliance, "alliance"
	}
	for _, d := range homes(ledger.DatasetID(w.sym.text[k.dataset]), kind) {
		if w.lookup(ledger.Aggregate{Dataset: d, Kind: kind, ID: w.sym.text[k.id]}) != nil {
			return out
		}
	}
	first := slices.IndexFunc(m.seqs, func(seq uint32) bool {
		_, stands := w.stands(seq, w.pin(w.Head()))
		return stands
	})
	if first < 0 {
		return out // the records that did were corrected or retracted
	}
	a := w.subjects[w.meta.at(m.seqs[first]).subject].aggregate
	return append(out, Finding{ledger.Seq(m.seqs[first]), a, fmt.Sprintf(
		"it mentions the %s %q, of which no event tells; append its events or correct the name", what, w.sym.text[k.id])})
}

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
			out = append(out, d.finding(a))
		}
	}
	described := a.Kind != ledger.KindAlliance && a.Kind != ledger.KindState || w.elsewhere(a)
	w.FactsOf(q, a, func(f Fact) {
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
	return slices.Compact(out)
}

func describeFirst(kind ledger.Kind) string {
	if kind == ledger.KindState {
		return "the state has no state.formed; append one with its name"
	}
	return "the alliance has no instrument.described; append one with its title"
}
