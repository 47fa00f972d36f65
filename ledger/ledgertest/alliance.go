package ledgertest

import (
	"fmt"
	"slices"

	"foedus/ledger"
)

// alliance is the plot of an alliance: how it came about, and what can happen
// to it.
type alliance struct {
	started bool
	signers []ledger.StateID
	parties []ledger.StateID
	command []ledger.StateID // parties with forces under the common command
	clauses []ledger.Clause
	halted  []suspension // obligations that are suspended
	terms   int          // renewals so far
}

type suspension struct {
	by     ledger.StateID
	toward []ledger.StateID
}

const commandName ledger.Name = "joint-command"

// openAlliance begins the story of a new alliance, if there may be one.
func (g *Generator) openAlliance() {
	if g.opt.Alliances > 0 && g.alliances == g.opt.Alliances {
		return
	}
	g.alliances++
	s := newStory(ledger.KindAlliance, fmt.Sprintf("pact-%d", g.alliances))
	s.today = g.day(1816, 1990)
	s.plot, s.left = &alliance{}, g.between(10, 26)
	if g.opt.Alliances > 0 {
		s.left = -1
	}
	g.open = append(g.open, s)
}

func (a *alliance) more(g *Generator, s *story) {
	if !a.started {
		a.started = true
		a.found(g, s)
		return
	}
	if s.left == 0 && g.chance(0.6) {
		s.pass(g, 100, 2000)
		s.say(g, &ledger.InstrumentEnded{How: pick(g, "expiry", "consent", "replaced", "war", "unspecified")})
		return
	}
	acts := []func(*alliance, *Generator, *story){
		(*alliance).accede, (*alliance).accede, (*alliance).amend, (*alliance).amend, (*alliance).add,
		(*alliance).join, (*alliance).quit, (*alliance).notice, (*alliance).suspend, (*alliance).suspend,
		(*alliance).resume, (*alliance).resume, (*alliance).renew,
	}
	s.pass(g, 20, 500)
	pick(g, acts...)(a, g, s)
	if len(s.queue) == 0 { // it could not happen
		s.say(g, &ledger.PledgeMade{Pledge: ledger.Name(fmt.Sprintf("pledge-%d", g.n)), Text: "to consult more often", Until: g.after(s.today, 300, 3000)})
	}
}

// found tells how an alliance came about: the text, signatures, deposits and
// the entry into force.
func (a *alliance) found(g *Generator, s *story) {
	most := min(20, len(g.states)-1)
	a.signers = g.others(g.between(2, g.between(2, most)), nil)
	described := s.say(g, &ledger.InstrumentDescribed{
		Title: "Treaty " + s.aggregate.ID, Form: pick(g, "treaty", "treaty", "convention", "declaration"), Depositary: string(a.signers[0]),
	})
	described.DoneOn = ledger.When{} // an identity card dates nothing
	place := pick(g, "the capital", "a spa", "the lake", "a frontier town")
	for _, p := range a.signers {
		s.say(g, &ledger.InstrumentSigned{Signatory: p, Mode: pick(g, "subject-to-ratification", "definitive", ""), Place: place})
	}
	for range g.between(2, 4) {
		a.add(g, s)
	}
	for _, p := range a.signers {
		if g.chance(0.9) {
			s.pass(g, 1, 60)
			s.say(g, &ledger.ConsentDeposited{Party: p, Mode: pick(g, "ratification", "ratification", "acceptance", "approval")})
			a.parties = append(a.parties, p)
		}
	}
	s.pass(g, 1, 90)
	inForce := &ledger.InstrumentInForce{Rule: "by its last article"}
	if g.chance(0.5) {
		inForce.Among = slices.Clone(a.parties)
	}
	s.say(g, inForce)
	if len(a.parties) > 0 && g.chance(0.5) {
		s.say(g, &ledger.PartyInForce{Party: pick(g, a.parties...)}).EffectiveOn = g.after(s.today, 0, 90)
	}
	s.say(g, &ledger.OrganCreated{Organ: commandName, Title: "Joint command"})
}

// accede lets a state in, step by step.
func (a *alliance) accede(g *Generator, s *story) {
	who := g.others(1, a.parties)
	if len(who) == 0 {
		return
	}
	s.say(g, &ledger.MemberInvited{State: who[0], By: "the council"})
	s.pass(g, 20, 200)
	s.say(g, &ledger.ProtocolSigned{Protocol: ledger.Name("accession-of-" + string(who[0])), AccessionOf: who, Place: "the capital"})
	s.pass(g, 60, 500)
	deposit := s.say(g, &ledger.ConsentDeposited{Party: who[0], Mode: "accession"})
	if g.chance(0.3) {
		deposit.EffectiveOn = g.after(s.today, 1, 60)
	}
	if g.chance(0.3) {
		s.say(g, &ledger.PartyInForce{Party: who[0]})
	}
	a.parties = append(a.parties, who[0])
}

// add adds a clause.
func (a *alliance) add(g *Generator, s *story) {
	c := ledger.Clause{
		ID: ledger.ClauseID(fmt.Sprintf("art-%d", len(a.clauses)+1)), Article: fmt.Sprintf("Art. %d", len(a.clauses)+1),
		Label: "Article", Bearer: []string{"@parties"}, Beneficiary: []string{"@other-parties"},
		Kind: pick[ledger.ClauseKind](g, "defense", "defense", "consult", "neutrality", "nonaggression", "guarantee", "institution"),
	}
	if c.Kind == "defense" || c.Kind == "guarantee" {
		c.Strength = pick[ledger.Strength](g, "automatic-full", "as-it-deems-necessary", "constitutional-process")
		c.Trigger = &ledger.Predicate{Is: "attack", Against: []string{"@parties"}, Unprovoked: g.chance(0.3)}
	}
	a.clauses = append(a.clauses, c)
	added := s.say(g, &ledger.ClauseAdded{Clause: c})
	if a.started && g.chance(0.4) {
		added.EffectiveOn = g.after(s.today, 0, 120)
	}
}

// amend changes or ends a clause.
func (a *alliance) amend(g *Generator, s *story) {
	if len(a.clauses) == 0 {
		return
	}
	i := g.rng.IntN(len(a.clauses))
	if g.chance(0.15) {
		s.say(g, &ledger.ClauseEnded{Clause: a.clauses[i].ID, Reason: "it had served its purpose"})
		return
	}
	c := a.clauses[i]
	c.Strength = pick[ledger.Strength](g, "automatic-unspecified", "consult-then-decide", "political-only")
	c.Means = fmt.Sprintf("as amended by protocol %d", g.between(1, 20))
	a.clauses[i] = c
	s.say(g, &ledger.ClauseChanged{Clause: c}).EffectiveOn = g.after(s.today, 0, 200)
}

// join puts a party's forces under the common command.
func (a *alliance) join(g *Generator, s *story) {
	for _, p := range a.parties {
		if !slices.Contains(a.command, p) {
			a.command = append(a.command, p)
			s.say(g, &ledger.CommandJoined{State: p, Organ: commandName})
			if g.chance(0.6) {
				return
			}
		}
	}
}

// quit takes a party's forces out of the common command.
func (a *alliance) quit(g *Generator, s *story) {
	if len(a.command) == 0 {
		return
	}
	i := g.rng.IntN(len(a.command))
	s.say(g, &ledger.CommandLeft{State: a.command[i], Organ: commandName})
	a.command = slices.Delete(slices.Clone(a.command), i, i+1)
}

// notice gives notice of withdrawal, which is revoked or takes effect.
func (a *alliance) notice(g *Generator, s *story) {
	if len(a.parties) < 3 {
		return
	}
	i := g.rng.IntN(len(a.parties))
	who := a.parties[i]
	ends := s.today + ledger.Date(g.between(180, 400))
	s.say(g, &ledger.NoticeGiven{By: who, Period: "one year", Of: "withdrawal"}).EffectiveOn = ledger.OnDay(ends)
	if g.chance(0.4) {
		s.pass(g, 10, 170)
		s.say(g, &ledger.NoticeRevoked{By: who})
		return
	}
	s.today = ends
	s.say(g, &ledger.WithdrawalEffective{Party: who, How: pick(g, "denunciation", "withdrawal", "unspecified")})
	a.parties = slices.Delete(slices.Clone(a.parties), i, i+1)
}

// suspend suspends a party's obligations toward another, or toward all.
func (a *alliance) suspend(g *Generator, s *story) {
	if len(a.parties) < 2 {
		return
	}
	i := g.rng.IntN(len(a.parties))
	h := suspension{by: a.parties[i]}
	if g.chance(0.7) {
		h.toward = []ledger.StateID{a.parties[(i+1)%len(a.parties)]}
	}
	a.halted = append(a.halted, h)
	said := &ledger.ObligationSuspended{By: h.by, Toward: h.toward, Ground: "a material breach"}
	if len(a.clauses) > 0 && g.chance(0.2) {
		said.Clauses = []ledger.ClauseID{pick(g, a.clauses...).ID}
	}
	s.say(g, said)
}

// resume ends the oldest suspension.
func (a *alliance) resume(g *Generator, s *story) {
	if len(a.halted) == 0 {
		return
	}
	h := a.halted[0]
	a.halted = a.halted[1:]
	s.say(g, &ledger.ObligationResumed{By: h.by, Toward: h.toward})
}

// renew prolongs the term.
func (a *alliance) renew(g *Generator, s *story) {
	a.terms++
	s.say(g, &ledger.InstrumentRenewed{Until: g.after(s.today, 1000, 4000), How: pick(g, "express", "tacit")})
}
