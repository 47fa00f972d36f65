package ledgertest

import (
	"fmt"

	"foedus/ledger"
)

// crisis is the plot of a crisis: an attack, what an alliance made of it, and
// how it ended.
type crisis struct {
	alliance ledger.AllianceID
	members  []ledger.StateID
	rounds   int
}

// openCrisis begins the story of a crisis in which an alliance that is being
// written about is called upon.
func (g *Generator) openCrisis() {
	for _, of := range g.open {
		a, ok := of.plot.(*alliance)
		if !ok || len(a.parties) < 2 {
			continue
		}
		g.crises++
		s := newStory(ledger.KindCrisis, fmt.Sprintf("crisis-%d", g.crises))
		s.today = of.today
		s.plot, s.left = &crisis{alliance: ledger.AllianceID(of.aggregate.ID), members: a.parties}, g.between(1, 3)
		g.open = append(g.open, s)
		return
	}
}

func (c *crisis) more(g *Generator, s *story) {
	c.rounds++
	s.pass(g, 1, 30)
	victim := pick(g, c.members...)
	attackers := g.others(g.between(1, 2), c.members)
	if len(attackers) == 0 {
		attackers = g.others(1, []ledger.StateID{victim})
	}
	numbered := func(what string) ledger.Name { return ledger.Name(fmt.Sprintf("%s-%d", what, c.rounds)) }
	s.say(g, &ledger.MobilizationOrdered{By: attackers[0], Extent: pick(g, "partial", "general"), Against: []ledger.StateID{victim}})
	s.pass(g, 1, 20)
	s.say(g, &ledger.AttackMade{
		Attack: numbered("attack"), Attackers: attackers, AttackerKind: "state", Targets: []ledger.StateID{victim},
		Form: pick(g, "invasion", "bombardment", "blockade", "raid"), Domain: pick(g, "land", "sea", "air"),
	})
	s.pass(g, 0, 5)
	s.say(g, &ledger.ClauseInvoked{Invocation: numbered("invocation"), Alliance: c.alliance, Clause: "art-1", Invokers: []ledger.StateID{victim}})
	s.pass(g, 1, 20)
	s.say(g, &ledger.InvocationDetermined{Invocation: numbered("invocation"), Ruling: pick(g, "confirmed", "confirmed", "declined", "provisional"), Organ: "council"})
	for i, m := range c.members[:min(3, len(c.members))] {
		s.pass(g, 0, 10)
		s.say(g, &ledger.ResponseMade{
			Response: ledger.Name(fmt.Sprintf("response-%d-%d", c.rounds, i+1)), Responders: []ledger.StateID{m}, Alliance: c.alliance, Clause: "art-1",
			Kind: pick(g, "military", "materiel", "diplomatic", "refusal"), LegalBasis: "treaty-clause", What: "it answered the call",
		})
	}
	s.say(g, &ledger.OperationStarted{
		Operation: numbered("operation"), Title: "Relief", Alliance: c.alliance, Participants: c.members[:min(3, len(c.members))], LegalBasis: "self-defence",
	})
	s.pass(g, 20, 400)
	s.say(g, &ledger.OperationEnded{Operation: numbered("operation")})
	s.say(g, &ledger.CeasefireAgreed{Form: pick(g, "ceasefire", "armistice", "peace")})
}
