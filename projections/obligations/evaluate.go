package obligations

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"foedus/ledger"
	"foedus/projections"
)

// Evaluate answers who is bound to do what on q.On, as known at q.Known, under
// the reading and in the publicity of q. Every clause that is in force on the
// day in the dataset of q is held against the situation. The World must not move
// meanwhile. O(facts of the alliances in force on the day + live facts of the
// crises of the dataset).
func Evaluate(w *projections.World, q projections.Query, s Situation) *Result {
	if s.Propagate {
		return propagated(w, q, s)
	}
	c := newScene(w, q, &s)
	c.known = c.pacts()
	return c.evaluate()
}

// evaluate holds every clause of the pacts against the scene.
func (c *scene) evaluate() *Result {
	out := &Result{Query: c.q, Situation: *c.s, Acts: slices.Clone(c.acts[:c.asked]), Crises: slices.Clone(c.crises)}
	out.Coverage = projections.CoverageUndeclared
	if v, ok := c.w.At(c.q, ledger.KindLedger, string(c.q.Dataset)); ok {
		out.Coverage = v.Coverage
	}
	for _, p := range c.known {
		for i := range p.clauses {
			if clause, ok := p.clauses[i].Detail.(*ledger.Clause); ok {
				out.Considered++
				c.clause(out, p, &p.clauses[i], clause)
			}
		}
		if p.hidden {
			c.secret(out, p)
		}
	}
	c.pledged(out)
	slices.SortStableFunc(out.Duties, compareDuties)
	slices.SortStableFunc(out.Breaches, func(x, y Breach) int {
		return cmp.Or(compareIDs(x.State, y.State), compareIDs(x.Alliance, y.Alliance), compareIDs(x.ClauseID, y.ClauseID))
	})
	c.conflicts(out)
	return out
}

func compareIDs[T ~string](a, b T) int { return strings.Compare(string(a), string(b)) }

func compareDuties(x, y Duty) int {
	order := Verdicts()
	return cmp.Or(cmp.Compare(slices.Index(order, x.Verdict), slices.Index(order, y.Verdict)), compareIDs(x.Bearer, y.Bearer),
		compareIDs(x.Alliance, y.Alliance), compareIDs(x.ClauseID, y.ClauseID))
}

// setsOff reports whether clauses of a kind are set off by what others do.
func setsOff(k ledger.ClauseKind) bool {
	switch k {
	case "institution", "scope", "nonaggression", "no-hostile-alliance", "integrate-command", "reduce-arms", "intelligence":
		return false
	}
	return true
}

// clause holds one clause against the scene, for each state that it binds.
func (c *scene) clause(out *Result, p *pact, f *projections.Fact, clause *ledger.Clause) {
	switch {
	case clause.Trigger == nil:
		c.standing(out, p, f, clause)
		return
	case !setsOff(clause.Kind), !c.mayTouch(p, clause):
		return
	}
	for i := range p.members {
		m := &p.members[i]
		if !c.bears(p, clause, m.id) || c.attacks(m.id) || c.attacked(m.id) && clause.Kind != "mobilize" {
			continue
		}
		if d, ok := c.duty(p, f, clause, m); ok {
			out.Duties = append(out.Duties, d)
		}
	}
}

// mayTouch reports whether a condition can look at an act of the question at all,
// whoever bears the clause. Most clauses of a day are about others.
func (c *scene) mayTouch(p *pact, clause *ledger.Clause) bool {
	r := reading{scene: c, p: p, clause: clause}
	return r.mentions(clause.Trigger) || c.close(&r)
}

// mentions reports whether a leaf of a condition is about a target or an
// attacker of the question.
func (r *reading) mentions(p *ledger.Predicate) bool {
	for i := range p.Of { // by reference: they are large
		if r.mentions(&p.Of[i]) {
			return true
		}
	}
	if p.InOpinionOf != "" && r.said() != nil {
		return true
	}
	switch p.Is {
	case "attack", "war", "mobilization", "threat":
	default:
		return false
	}
	if len(p.Against) == 0 {
		return true
	}
	return slices.ContainsFunc(r.s.Attacked, func(id ledger.StateID) bool { return r.contains(p.Against, id) }) ||
		p.Is == "war" && slices.ContainsFunc(r.s.By, func(id ledger.StateID) bool { return r.contains(p.Against, id) })
}

// bears reports whether a clause binds a party.
func (c *scene) bears(p *pact, clause *ledger.Clause, id ledger.StateID) bool {
	r := reading{scene: c, p: p, clause: clause}
	return r.contains(clause.Bearer, id)
}

func (c *scene) attacks(id ledger.StateID) bool { return slices.Contains(c.s.By, id) }

func (c *scene) attacked(id ledger.StateID) bool { return slices.Contains(c.s.Attacked, id) }

// duty is the answer for one party under one clause; ok is false where the
// situation has nothing to do with it.
func (c *scene) duty(p *pact, f *projections.Fact, clause *ledger.Clause, m *member) (d Duty, ok bool) {
	r := reading{scene: c, p: p, clause: clause, bearer: m.id}
	t, ok := r.answer()
	if !ok {
		return d, false
	}
	d = Duty{
		Bearer: m.id, Alliance: p.id, Clause: clause, ClauseID: clause.ID, For: slices.Clone(c.s.Attacked), Against: c.attackers(),
		Certainty: min(p.status, f.Certainty, m.certainty), Event: f.Causes.Began,
	}
	j := judgement{reading: &r, d: &d, t: t}
	j.membership(m, f)
	j.d.Trace = append(j.d.Trace, r.trace...)
	j.decide(m)
	return d, true
}

// answer evaluates the condition of the clause, and reports whether the answer is
// worth telling. Where others set the clause off already, only what the question
// adds to it counts.
func (r *reading) answer() (t Truth, ok bool) {
	t = r.holds(r.clause.Trigger, r.acts, 1)
	quiet := *r
	quiet.quiet, quiet.alone, quiet.trace = true, true, nil
	if t != False && quiet.holds(r.clause.Trigger, r.acts[r.asked:], 1) >= t {
		r.trace = nil
		t = r.holds(r.clause.Trigger, r.acts[:r.asked], 1)
	}
	return t, r.touched || t == False && r.close(r)
}

// attackers names who attacks.
func (c *scene) attackers() (out []string) {
	for _, id := range c.s.By {
		out = append(out, string(id))
	}
	return append(out, c.s.NonState...)
}

// close reports whether a clause that is not set off is worth telling of: it is
// about force, and one of those in the situation is a party or is named.
func (c *scene) close(r *reading) bool {
	switch r.clause.Kind {
	case "defense", "offense", "guarantee", "mobilize":
	default:
		return false
	}
	for _, id := range slices.Concat(c.s.Attacked, c.s.By) {
		if r.p.party(id) || slices.Contains(r.clause.Beneficiary, string(id)) {
			return true
		}
	}
	return false
}

// standing looks at clauses that hold always: the attack may break them.
func (c *scene) standing(out *Result, p *pact, f *projections.Fact, clause *ledger.Clause) {
	switch {
	case clause.Kind == "defense" || clause.Kind == "offense":
		if c.q.Dataset != ledger.Core {
			c.unconditional(out, p, f, clause)
		}
		return
	case clause.Kind != "nonaggression" && clause.Kind != "guarantee" && clause.Kind != "neutrality":
		return
	}
	if k := c.s.Kind; k != "" && k != ActAttack && k != ActWar && k != ActBlockade {
		return
	}
	for _, by := range c.s.By {
		m := p.member(by)
		if m == nil || !c.bears(p, clause, by) {
			continue
		}
		r := reading{scene: c, p: p, clause: clause, bearer: by}
		for _, target := range c.s.Attacked {
			if target == by || len(clause.Beneficiary) > 0 && !r.owed(clause.Beneficiary, target) ||
				len(clause.Beneficiary) == 0 && !p.party(target) {
				continue
			}
			out.Breaches = append(out.Breaches, Breach{
				State: by, Toward: target, Alliance: p.id, ClauseID: clause.ID, Clause: clause, Event: f.Causes.Began,
				Possible: min(p.status, f.Certainty, m.certainty) != ledger.In,
			})
		}
	}
}

// unconditional tells of a clause of an imported dataset whose codes do not say
// when it applies.
func (c *scene) unconditional(out *Result, p *pact, f *projections.Fact, clause *ledger.Clause) {
	if !slices.ContainsFunc(c.s.Attacked, p.party) && clause.Kind == "defense" || !slices.ContainsFunc(c.s.By, p.party) && clause.Kind == "offense" {
		return
	}
	for i := range p.members {
		m := &p.members[i]
		if !c.bears(p, clause, m.id) || c.attacks(m.id) || c.attacked(m.id) {
			continue
		}
		const why = "the codes do not say when it applies"
		out.Duties = append(out.Duties, Duty{
			Bearer: m.id, Alliance: p.id, Clause: clause, ClauseID: clause.ID, For: slices.Clone(c.s.Attacked), Against: c.attackers(),
			Verdict: Undecided, Reason: why, Trace: []Step{{Text: why, Truth: Unknown}}, Certainty: min(p.status, f.Certainty, m.certainty),
			Event: f.Causes.Began,
		})
	}
}

// secret says of an alliance whose text was not public that nothing follows from
// what was public of it.
func (c *scene) secret(out *Result, p *pact) {
	if !slices.ContainsFunc(c.s.Attacked, p.party) && !slices.ContainsFunc(c.s.By, p.party) {
		return
	}
	const why = "some of its text was not public on the day"
	stub := &ledger.Clause{Article: "text not public", Label: "Secret text"}
	for _, m := range p.members {
		if c.attacks(m.id) || c.attacked(m.id) {
			continue
		}
		if slices.ContainsFunc(out.Duties, func(d Duty) bool { return d.Bearer == m.id && d.Alliance == p.id && d.Verdict == Bound }) {
			continue
		}
		out.Duties = append(out.Duties, Duty{
			Bearer: m.id, Alliance: p.id, Clause: stub, For: slices.Clone(c.s.Attacked), Against: c.attackers(),
			Verdict: Undecided, Reason: why, Trace: []Step{{Text: why, Truth: Unknown}}, Certainty: m.certainty, Event: m.event,
		})
	}
}

// pledged lists promises outside of any clause to those who are attacked.
func (c *scene) pledged(out *Result) {
	c.w.EachOn(c.q, ledger.KindAlliance, []projections.FactKind{projections.FactPledge}, func(f *projections.Fact) {
		d, ok := f.Detail.(*ledger.PledgeMade)
		if !ok || !slices.ContainsFunc(d.Receivers, c.attacked) {
			return
		}
		out.Pledges = append(out.Pledges, Pledge{d.Givers, d.Receivers, ledger.AllianceID(f.Aggregate.ID), d.Text, f.Causes.Began})
	})
	slices.SortStableFunc(out.Pledges, func(x, y Pledge) int {
		return cmp.Or(compareIDs(x.Alliance, y.Alliance), cmp.Compare(x.Event, y.Event))
	})
}

// conflicts names what one state cannot do both.
func (c *scene) conflicts(out *Result) {
	for i := range out.Duties {
		d := &out.Duties[i]
		if d.Verdict != Bound && d.Verdict != Contestable || !d.Military() {
			continue
		}
		for k := range out.Duties {
			o := &out.Duties[k]
			if o.Bearer != d.Bearer || o.Clause.Kind != "neutrality" || o.Verdict != Bound && o.Verdict != Contestable || c.agree(d, o) {
				continue
			}
			out.Conflicts = append(out.Conflicts, Conflict{
				State: d.Bearer, A: i, B: k,
				Text: fmt.Sprintf("%s must fight under %s of %s and stay neutral under %s of %s", d.Bearer, d.Clause.Article, d.Alliance, o.Clause.Article, o.Alliance),
			})
		}
		c.forbidden(out, i)
	}
}

// sides says for and against whom the bearer of a duty fights. A war has two
// sides, and a text that speaks of war may be for the one who began it.
func (c *scene) sides(d *Duty, attacked, by []ledger.StateID) (helped, harmed []ledger.StateID) {
	if d.Clause.Kind == "offense" || c.favours(d, by) && !c.favours(d, attacked) {
		return by, attacked
	}
	return attacked, by
}

// agree reports whether a duty to fight is for the same side to which a
// neutrality is owed: who fights beside it does not wrong it.
func (c *scene) agree(fight, neutral *Duty) bool {
	helped, harmed := c.sides(fight, c.s.Attacked, c.s.By)
	return c.favours(neutral, helped) && !c.favours(neutral, harmed)
}

// favours reports whether the clause of a duty is for one of some states, of
// which none has to be a party.
func (c *scene) favours(d *Duty, states []ledger.StateID) bool {
	i := slices.IndexFunc(c.known, func(p *pact) bool { return p.id == d.Alliance })
	if i < 0 {
		return false
	}
	r := reading{scene: c, p: c.known[i], clause: d.Clause, bearer: d.Bearer}
	return slices.ContainsFunc(states, func(id ledger.StateID) bool {
		return r.owed(d.Clause.Beneficiary, id) || d.Clause.Trigger != nil && aims(d.Clause.Trigger, &r, id)
	})
}

// aims reports whether a condition is about acts against a state.
func aims(p *ledger.Predicate, r *reading, id ledger.StateID) bool {
	return len(p.Against) > 0 && r.owed(p.Against, id) || p.Is != "not" && slices.ContainsFunc(p.Of, func(q ledger.Predicate) bool { return aims(&q, r, id) })
}

// forbidden names what the bearer of a duty promised not to do to those whom he
// has to fight, unless they break that promise themselves.
func (c *scene) forbidden(out *Result, i int) {
	d := &out.Duties[i]
	_, enemies := c.sides(d, c.s.Attacked, c.s.By)
	for _, enemy := range enemies {
		for _, b := range c.promises(d.Bearer, enemy) {
			if slices.ContainsFunc(out.Breaches, func(o Breach) bool { return o.State == enemy && o.Alliance == b.Alliance }) {
				continue
			}
			out.Conflicts = append(out.Conflicts, Conflict{
				State: d.Bearer, A: i, B: -1, Promise: &b,
				Text: fmt.Sprintf("%s must fight %s under %s of %s, and promised not to attack it in %s of %s", d.Bearer, enemy, d.Clause.Article, d.Alliance, b.Clause.Article, b.Alliance),
			})
		}
	}
}

// promises lists the clauses by which a state promised another, and no third,
// not to attack it. A promise of peace among many leaves each free to defend
// those among them, or beside them, who are attacked.
func (c *scene) promises(state, toward ledger.StateID) []Breach {
	turned := *c
	turned.s = &Situation{Attacked: []ledger.StateID{toward}, By: []ledger.StateID{state}}
	var found Result
	for _, p := range c.known {
		if len(p.members) != 2 || !p.party(state) || !p.party(toward) {
			continue
		}
		for i := range p.clauses {
			if clause, ok := p.clauses[i].Detail.(*ledger.Clause); ok && clause.Trigger == nil && clause.Kind == "nonaggression" {
				turned.standing(&found, p, &p.clauses[i], clause)
			}
		}
	}
	return found.Breaches
}
