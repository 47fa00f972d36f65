package ledgertest

import (
	"fmt"

	"foedus/ledger"
)

// revise returns, for the share of events that the options ask for, a
// correction, a retraction, or a dispute of something told before.
func (g *Generator) revise() (entry, bool) {
	x := g.rng.Float64()
	s := g.open[g.rng.IntN(len(g.open))]
	o := &g.opt
	for _, r := range []struct {
		share float64
		make  func(*Generator, *story) (ledger.Payload, bool)
	}{
		{o.Corrections, correct}, {o.Retractions, retract}, {o.Disputes, open},
	} {
		share := max(0, r.share)
		if x < share {
			p, ok := r.make(g, s)
			return entry{of: s, content: g.cited(ledger.When{}, p)}, ok
		}
		x -= share
	}
	return g.decide(x / max(0.001, o.Disputes))
}

// decide decides the oldest dispute of some story; x is below 1 in the share of
// events in which a dispute is opened, so that most are decided.
func (g *Generator) decide(x float64) (entry, bool) {
	if x > 0.9 {
		return entry{}, false
	}
	from := g.rng.IntN(len(g.open))
	for i := range g.open {
		if s := g.open[(from+i)%len(g.open)]; len(s.disputes) > 0 {
			return entry{of: s, content: g.cited(ledger.When{}, g.verdict(s))}, true
		}
	}
	return entry{}, false
}

// correct corrects an earlier event: another date or another state.
func correct(g *Generator, s *story) (ledger.Payload, bool) {
	t, ok := g.recall(s, func(t telling) bool { return !t.ledger })
	if !ok {
		return nil, false
	}
	c := t.content
	swapped, ok := g.otherState(c.Payload)
	switch {
	case ok && (c.DoneOn.IsZero() || g.chance(0.4)):
		c.Payload = swapped
	case !c.DoneOn.IsZero():
		shift := ledger.Date(g.between(1, 400))
		if g.chance(0.5) {
			shift = -shift
		}
		c.DoneOn = ledger.OnDay(c.DoneOn.Earliest() + shift)
		c.EffectiveOn, c.PublicOn = ledger.When{}, ledger.When{}
	default:
		c.Note = "as checked against the text"
	}
	return &ledger.RecordCorrected{
		Target: t.id, Reason: "the source was misread", Editor: "an editor", Replacement: ledger.Replacement{Content: c},
	}, true
}

// otherState returns a copy of a payload that is about another state.
func (g *Generator) otherState(p ledger.Payload) (ledger.Payload, bool) {
	state := pick(g, g.states...)
	switch p := any(p).(type) { // any: the others stay as they are
	case *ledger.InstrumentSigned:
		q := *p
		q.Signatory = state
		return &q, true
	case *ledger.ConsentDeposited:
		q := *p
		q.Party = state
		return &q, true
	case *ledger.PartyInForce:
		q := *p
		q.Party = state
		return &q, true
	case *ledger.WithdrawalEffective:
		q := *p
		q.Party = state
		return &q, true
	case *ledger.ObligationSuspended:
		q := *p
		q.By = state
		return &q, true
	case *ledger.CommandJoined:
		q := *p
		q.State = state
		return &q, true
	}
	return nil, false
}

// retract retracts an earlier event; every third time a correction or a
// retraction, if there is one.
func retract(g *Generator, s *story) (ledger.Payload, bool) {
	revisions := g.chance(1.0 / 3)
	t, ok := g.recall(s, func(t telling) bool { return t.ledger == revisions })
	if !ok {
		t, ok = g.recall(s, func(telling) bool { return true })
	}
	return &ledger.RecordRetracted{Target: t.id, Reason: "it rests on no source"}, ok
}

// open opens a dispute on when something was done.
func open(g *Generator, s *story) (ledger.Payload, bool) {
	t, ok := g.recall(s, func(t telling) bool { return !t.ledger && !t.content.DoneOn.IsZero() })
	if !ok {
		return nil, false
	}
	s.count++
	was := t.content.DoneOn.Earliest()
	d := dispute{
		name:   ledger.Name(fmt.Sprintf("dispute-%d", s.count)),
		values: []string{was.String(), (was + ledger.Date(g.between(1, 200))).String()},
	}
	p := &ledger.DisputeOpened{Dispute: d.name, Question: "When was it done?", About: t.id, Field: "done_on"}
	for i, v := range d.values {
		p.Claims = append(p.Claims, ledger.Claim{Value: v, Citation: ledger.Citation{Source: sources()[i], Grade: ledger.GradeD}})
	}
	s.disputes = append(s.disputes, d)
	return p, true
}

// verdict decides the oldest dispute of a story.
func (g *Generator) verdict(s *story) ledger.Payload {
	d := s.disputes[0]
	s.disputes = s.disputes[1:]
	p := &ledger.DisputeDecided{Dispute: d.name, Reason: "the protocol of the session was found"}
	switch g.rng.IntN(3) {
	case 0:
		p.Verdict, p.Value = "upheld", d.values[0]
	case 1:
		p.Verdict, p.Value = "refuted", d.values[1]
	default:
		p.Verdict = "unresolved"
	}
	return p
}

// recall returns a random event of a story that will do.
func (g *Generator) recall(s *story, will func(telling) bool) (telling, bool) {
	var fit []int
	for i, t := range s.told {
		if will(t) {
			fit = append(fit, i)
		}
	}
	if len(fit) == 0 {
		return telling{}, false
	}
	return s.told[pick(g, fit...)], true
}
