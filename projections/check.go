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
		out = append(out, Finding{ledger.Seq(d.seq), a, fmt.Sprintf(
			"it changes the record %s, which is not among the earlier events of %s; append that one, then this again", d.target, a.Subject())})
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
	if s.aggregate.Kind == ledger.KindAlliance {
		if _, ok := s.find(factKey{kind: kTitle}); !ok {
			out = append(out, Finding{ledger.Seq(s.first), a, "the alliance has no instrument.described; append one with its title"})
		}
	}
	if s.aggregate.Kind == ledger.KindState {
		if _, ok := s.find(factKey{kind: kExistence}); !ok {
			out = append(out, Finding{ledger.Seq(s.first), a, "the state has no state.formed; append one with its name"})
		}
	}
	return out
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
	for packed, m := range w.mentions {
		k := unpackMention(packed)
		kind, what := ledger.KindState, "state"
		if k.kind == mentionsAlliance {
			kind, what = ledger.KindAlliance, "alliance"
		}
		if w.lookup(ledger.Aggregate{Dataset: ledger.DatasetID(w.sym.text[k.dataset]), Kind: kind, ID: w.sym.text[k.id]}) != nil {
			continue
		}
		a := w.subjects[w.meta.at(m.seqs[0]).subject].aggregate
		out = append(out, Finding{ledger.Seq(m.seqs[0]), a, fmt.Sprintf(
			"it mentions the %s %q, of which no event tells; append its events or correct the name", what, w.sym.text[k.id])})
	}
	slices.SortFunc(out, func(a, b Finding) int { return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.Text, b.Text)) })
	return out
}

// Check looks for references of new events to things that neither the World
// nor the events themselves tell of. It returns one error per field, with the
// nearest names that exist; the field is prefixed by "events[i]." where there is
// more than one event. With strict it refuses besides what [World.Findings]
// would list: the World itself is not changed.
func (w *World) Check(events []*ledger.Event, strict bool) (bad []ledger.FieldError) {
	batch := newBatch(events)
	for i, e := range events {
		prefix := ""
		if len(events) > 1 {
			prefix = fmt.Sprintf("events[%d].", i)
		}
		for _, m := range ledger.Mentions(e) {
			if why := w.checkMention(e, m, batch); why != "" {
				bad = append(bad, ledger.FieldError{Field: prefix + "data." + m.Field, Value: m.ID, Why: why})
			}
		}
		if strict {
			bad = append(bad, w.checkStrict(e, prefix, batch)...)
		}
	}
	return bad
}

// batch knows what a set of new events tells of.
type batch struct {
	subjects map[ledger.Aggregate]bool
	ids      map[ledger.EventID]ledger.Aggregate
	clauses  map[string]bool
}

func newBatch(events []*ledger.Event) batch {
	b := batch{map[ledger.Aggregate]bool{}, map[ledger.EventID]ledger.Aggregate{}, map[string]bool{}}
	for _, e := range events {
		b.subjects[e.Aggregate] = true
		b.ids[e.ID] = e.Aggregate
		if p, ok := e.Payload.(*ledger.ClauseAdded); ok {
			b.clauses[e.Aggregate.ID+"/"+string(p.Clause.ID)] = true
		}
	}
	return b
}

func (w *World) checkMention(e *ledger.Event, m ledger.Mention, b batch) string {
	q := Query{Dataset: e.Aggregate.Dataset, Known: w.Head()}
	switch m.Kind {
	case "state":
		return w.checkSubject(q, ledger.KindState, m.ID, b)
	case "alliance":
		return w.checkSubject(q, ledger.KindAlliance, m.ID, b)
	case "source":
		return w.checkSubject(q, ledger.KindLedger, m.ID, b)
	case "clause":
		return w.checkClause(e, m.ID, b)
	case "event":
		return w.checkEvent(e, m.ID, b)
	}
	return ""
}

func (w *World) checkSubject(q Query, kind ledger.Kind, id string, b batch) string {
	if b.subjects[ledger.Aggregate{Dataset: q.Dataset, Kind: kind, ID: id}] || w.knows(q, kind, id) {
		return ""
	}
	what := string(kind)
	if kind == ledger.KindLedger {
		what = "source"
	}
	near := w.unknown(q, kind, id).(*UnknownError).Nearest //nolint:errorlint // unknown returns just this type
	why := "there is no such " + what
	if len(near) > 0 {
		return fmt.Sprintf("%s; did you mean %q?", why, near[0])
	}
	return why + "; append the events that tell of it first, or together with this one"
}

func (w *World) checkClause(e *ledger.Event, id string, b batch) string {
	a := e.Aggregate
	switch p := e.Payload.(type) {
	case *ledger.ClauseAdded:
		return ""
	case *ledger.ConsultationRequested:
		a.ID = string(p.Alliance)
	case *ledger.ConsultationHeld:
		a.ID = string(p.Alliance)
	case *ledger.ClauseInvoked:
		a.ID = string(p.Alliance)
	case *ledger.ResponseMade:
		a.ID = string(p.Alliance)
	default: // about the alliance itself
	}
	if e.Aggregate.Kind == ledger.KindCrisis {
		a.Kind = ledger.KindAlliance
	}
	if b.clauses[a.ID+"/"+id] {
		return ""
	}
	var known []string
	if s := w.lookup(a); s != nil {
		for i := range s.keys {
			if s.keys[i].kind == kClause {
				known = append(known, w.sym.text[s.keys[i].a])
			}
		}
	}
	if slices.Contains(known, id) {
		return ""
	}
	if near := ledger.Nearest(id, known); near != "" {
		return fmt.Sprintf("%s has no such clause; did you mean %q?", a.ID, near)
	}
	return a.ID + " has no such clause; append clause.added first"
}

func (w *World) checkEvent(e *ledger.Event, id string, b batch) string {
	target, _ := ledger.ParseEventID(id)
	a, ok := b.ids[target]
	if !ok {
		seq, found := w.ids.find(&w.meta, target)
		if !found {
			return "there is no event with this id in the ledger"
		}
		a = w.subjects[w.meta.at(seq).subject].aggregate
	}
	if a != e.Aggregate {
		return fmt.Sprintf("that event is about %s, this one about %s; retract it there and append it here", a, e.Aggregate)
	}
	return ""
}

// checkStrict refuses events about things that nothing tells of yet, and exits
// without an entry.
func (w *World) checkStrict(e *ledger.Event, prefix string, b batch) (bad []ledger.FieldError) {
	s := w.lookup(e.Aggregate)
	opens := false
	switch e.Payload.(type) {
	case *ledger.InstrumentDescribed, *ledger.StateFormed, *ledger.SourceAdded, *ledger.CoverageDeclared:
		opens = true
	default:
	}
	if s == nil && !opens && len(b.subjects) < 2 && e.Aggregate.Kind != ledger.KindCrisis {
		bad = append(bad, ledger.FieldError{Field: prefix + "subject", Value: e.Aggregate.Subject(), Why: "no event tells of it yet"})
	}
	p, ok := e.Payload.(*ledger.WithdrawalEffective)
	if !ok || s == nil {
		return bad
	}
	q := Query{Dataset: e.Aggregate.Dataset, On: e.Effect().Earliest() - 1, Known: w.Head()}
	for _, f := range w.Memberships(q, p.Party) {
		if *f.Aggregate == e.Aggregate && (f.Value == Party || f.Value == Suspended) {
			return bad
		}
	}
	return append(bad, ledger.FieldError{Field: prefix + "data.party", Value: string(p.Party), Why: "is not a party on the day before"})
}
