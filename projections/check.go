package projections

import (
	"fmt"
	"slices"

	"foedus/ledger"
)

// Check looks for references of new events to things that neither the World
// nor the events themselves tell of. It returns one error per field, with the
// nearest names that exist; the field is prefixed by "events[i]." where there is
// more than one event. With strict it refuses besides what [World.Findings]
// would list of them: a subject that nothing tells of, a withdrawal of a state
// that is no party. The World itself is not changed.
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
	subjects  map[ledger.Aggregate]bool
	described map[ledger.Aggregate]bool
	ids       map[ledger.EventID]ledger.Aggregate
	named     map[namedIn]bool // clauses, and states that may become parties
}

// namedIn is a clause or a state in one alliance.
type namedIn struct {
	alliance ledger.Aggregate
	name     string
}

func newBatch(events []*ledger.Event) batch {
	b := batch{
		map[ledger.Aggregate]bool{}, map[ledger.Aggregate]bool{}, map[ledger.EventID]ledger.Aggregate{}, map[namedIn]bool{},
	}
	for _, e := range events {
		b.subjects[e.Aggregate] = true
		b.ids[e.ID] = e.Aggregate
		switch p := said(e).(type) {
		case *ledger.ClauseAdded:
			b.named[namedIn{e.Aggregate, string(p.Clause.ID)}] = true
		case *ledger.ConsentDeposited:
			b.named[namedIn{e.Aggregate, string(p.Party)}] = true
		case *ledger.PartyInForce:
			b.named[namedIn{e.Aggregate, string(p.Party)}] = true
		case *ledger.MemberAdmitted:
			b.named[namedIn{e.Aggregate, string(p.State)}] = true
		case *ledger.TreatySuccession:
			b.named[namedIn{e.Aggregate, string(p.Successor)}] = true
		case *ledger.InstrumentInForce:
			for _, s := range p.Among {
				b.named[namedIn{e.Aggregate, string(s)}] = true
			}
		case *ledger.InstrumentDescribed, *ledger.StateFormed, *ledger.SourceAdded, *ledger.CoverageDeclared:
			b.described[e.Aggregate] = true
		default:
		}
	}
	return b
}

// said returns what an event says about history: of a correction, what it puts
// in place.
func said(e *ledger.Event) ledger.Payload {
	if c, ok := e.Payload.(*ledger.RecordCorrected); ok && c.Replacement.Payload != nil {
		return c.Replacement.Payload
	}
	return e.Payload
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
	switch p := said(e).(type) {
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
	if b.named[namedIn{a, id}] {
		return ""
	}
	known := w.clausesOf(a)
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

// clausesOf lists the clauses of an alliance.
func (w *World) clausesOf(a ledger.Aggregate) (ids []string) {
	s := w.lookup(a)
	if s == nil {
		return nil
	}
	for i := range s.keys {
		if k := &s.keys[i]; k.kind == kClause && k.items != 0 {
			ids = append(ids, w.sym.text[k.a])
		}
	}
	return ids
}

// checkStrict refuses events about things that nothing tells of yet, and exits
// without an entry.
func (w *World) checkStrict(e *ledger.Event, prefix string, b batch) (bad []ledger.FieldError) {
	a := e.Aggregate
	if w.lookup(a) == nil && !b.described[a] && a.Kind != ledger.KindCrisis {
		bad = append(bad, ledger.FieldError{Field: prefix + "subject", Value: a.Subject(), Why: "no event tells of it yet"})
	}
	state, field := leaver(e.Payload)
	if state != "" && !b.named[namedIn{a, string(state)}] && !w.mayLeave(a, state, e.Effect()) {
		bad = append(bad, ledger.FieldError{Field: prefix + "data." + field, Value: string(state), Why: "is not a party on the day before"})
	}
	return bad
}

// leaver returns the state that ceases to be a party, "" for none, and the
// field that names it.
func leaver(p ledger.Payload) (state ledger.StateID, field string) {
	switch p := p.(type) {
	case *ledger.WithdrawalEffective:
		return p.Party, "party"
	case *ledger.MemberExcluded:
		return p.State, "state"
	default:
		return "", ""
	}
}

// mayLeave reports whether a state can have been a party on the eve of one of
// the days that when means.
func (w *World) mayLeave(a ledger.Aggregate, state ledger.StateID, when ledger.When) (may bool) {
	q := Query{Dataset: a.Dataset, Known: w.Head()}
	w.SpellsOf(q, a, FactParty, func(f Fact) bool {
		bound := f.A == string(state) && (f.Value == Party || f.Value == Suspended)
		may = bound && f.Span.SinceEarliest < when.Latest() && when.Earliest() <= f.Span.UntilLatest
		return !may
	})
	return may
}
