package obligations

import (
	"slices"
	"strconv"

	"foedus/ledger"
	"foedus/projections"
)

// scene is everything that conditions may look at on a day.
type scene struct {
	w       *projections.World
	q       projections.Query
	s       *Situation
	acts    []Act // those of the question first
	asked   int   // how many of them
	crises  []string
	rulings []ruling
	claims  []claim
	cow     map[ledger.StateID]int
	known   []*pact // in force on the day
}

// ruling is what an organ, or a party, said of a clause in a crisis in which the
// log tells of the attack that is asked about.
type ruling struct {
	alliance ledger.AllianceID
	clause   ledger.ClauseID
	value    string // invoked, provisional, confirmed, declined, lapsed
	invokers []ledger.StateID
	event    ledger.Seq
	crisis   string
}

// claim is a recorded request for consultations, or for help.
type claim struct {
	alliance ledger.AllianceID
	clause   ledger.ClauseID
	by       ledger.StateID
	event    ledger.Seq
}

// newScene gathers what the log tells of the day beside what is asked.
func newScene(w *projections.World, q projections.Query, s *Situation) *scene {
	c := &scene{w: w, q: q, s: s, acts: s.acts(), cow: make(map[ledger.StateID]int)}
	c.asked = len(c.acts)
	kinds := []projections.FactKind{
		projections.FactAttack, projections.FactWar, projections.FactMobilization, projections.FactUltimatum,
		projections.FactInvocation, projections.FactConsultation,
	}
	var invoked []string // crises in which a clause is, on the day
	w.EachOn(q, ledger.KindCrisis, kinds, func(f *projections.Fact) {
		switch crisis := f.Aggregate.ID; f.Kind {
		case projections.FactInvocation:
			invoked = append(invoked, crisis)
		case projections.FactConsultation:
			c.asks(f)
		default:
			c.record(crisis, f)
		}
	})
	for _, crisis := range slices.Compact(invoked) {
		c.stateless(crisis)
	}
	for _, crisis := range c.crises {
		c.match(crisis)
	}
	c.answers()
	return c
}

// asks notes a request of the very day by one who is attacked, in whatever crisis.
func (c *scene) asks(f *projections.Fact) {
	p, ok := f.Detail.(*ledger.ConsultationRequested)
	if !ok {
		return
	}
	for _, by := range p.Requesters {
		if c.attacked(by) {
			c.claims = append(c.claims, claim{p.Alliance, p.Clause, by, f.Causes.Began})
		}
	}
}

// recent is for how many days a clause that was invoked is told of where no
// attack is on record with it.
const recent = 30

// stateless joins a crisis to the question in which the state attacked invoked a
// clause lately, and no attack by anybody is on record: riots have no attacker
// that a log could name. It is not joined where a state attacks.
func (c *scene) stateless(crisis string) {
	if len(c.s.By) > 0 || slices.Contains(c.crises, crisis) {
		return
	}
	mine := false
	c.w.FactsOf(c.q, c.of(crisis), func(f projections.Fact) {
		switch p := f.Detail.(type) {
		case *ledger.ClauseInvoked:
			mine = mine || slices.ContainsFunc(p.Invokers, c.attacked) && f.Span.SinceEarliest <= c.q.On && f.Span.SinceLatest >= c.q.On-recent
		case *ledger.AttackMade:
			c.crises = slices.DeleteFunc(c.crises, func(id string) bool { return id == crisis })
			mine = false
		}
	})
	if mine {
		c.crises = append(c.crises, crisis)
	}
}

// of names a crisis of the dataset.
func (c *scene) of(crisis string) ledger.Aggregate {
	return ledger.Aggregate{Dataset: c.q.Dataset, Kind: ledger.KindCrisis, ID: crisis}
}

// unended is for how many days an act counts of which the record does not say
// that it ended: five years. Without a limit, a war of which nobody recorded the
// peace would go on for ever.
const unended = 5 * 365

// record adds what a fact of a crisis tells.
func (c *scene) record(crisis string, f *projections.Fact) {
	if f.End != projections.EndDate && f.Span.SinceLatest < c.q.On-unended {
		return
	}
	act := Act{Origin: Recorded, Event: f.Causes.Began, since: f.Span.SinceEarliest}
	switch f.Kind {
	case projections.FactWar:
		act.Kind, act.By, act.Against = ActWar, ledger.StateID(f.A), ledger.StateID(f.B)
		c.add(crisis, act)
	case projections.FactUltimatum:
		act.Kind, act.By, act.Against = ActThreat, ledger.StateID(f.A), ledger.StateID(f.B)
		c.add(crisis, act)
	case projections.FactMobilization:
		act.Kind, act.By, act.Extent = ActMobilization, ledger.StateID(f.A), f.Value
		p, _ := f.Detail.(*ledger.MobilizationOrdered)
		if p == nil || len(p.Against) == 0 {
			c.add(crisis, act)
			return
		}
		for _, target := range p.Against {
			act.Against = target
			c.add(crisis, act)
		}
	case projections.FactAttack:
		p, _ := f.Detail.(*ledger.AttackMade)
		if p == nil {
			return
		}
		act.Kind, act.Domain, act.Provocation, act.Attribution = ActAttack, p.Domain, p.Provocation, p.AttackerKind
		for _, target := range p.Targets {
			act.Against = target
			for _, by := range p.Attackers {
				act.By = by
				c.add(crisis, act)
			}
			if len(p.Attackers) == 0 {
				act.By, act.Name = "", p.AttackerName
				c.add(crisis, act)
			}
		}
	}
}

// add notes a recorded act, unless it is what is asked about: then it names the
// crisis.
func (c *scene) add(crisis string, act Act) {
	for i := range c.asked {
		a := &c.acts[i]
		same := a.Against == act.Against && (a.By == act.By && a.By != "" || a.By == "" && act.By == "")
		if same && (a.fights() && act.fights() || a.Kind == act.Kind || a.fights() && act.Kind == ActThreat) {
			if !slices.Contains(c.crises, crisis) {
				c.crises = append(c.crises, crisis)
			}
			if a.fights() && act.fights() {
				if a.Provocation == "" {
					a.Provocation = act.Provocation
				}
				if a.Attribution == "" {
					a.Attribution = act.Attribution
				}
				if a.since == 0 || act.since < a.since {
					a.since = act.since
				}
			}
			return
		}
	}
	if act.Ground == (Ground{}) {
		act.Ground.State = act.Against
	}
	c.acts = append(c.acts, act)
}

// match reads from a crisis that the question is about what organs ruled on the
// day, and what was asked for on any day up to it: a request is an act of one day.
func (c *scene) match(crisis string) {
	c.w.FactsOf(c.q, c.of(crisis), func(f projections.Fact) {
		if f.Span.SinceEarliest > c.q.On {
			return
		}
		switch p := f.Detail.(type) {
		case *ledger.ConsultationRequested:
			for _, by := range p.Requesters {
				c.claims = append(c.claims, claim{p.Alliance, p.Clause, by, f.Causes.Began})
			}
		case *ledger.ClauseInvoked:
			for _, by := range p.Invokers {
				c.claims = append(c.claims, claim{p.Alliance, p.Clause, by, f.Causes.Began})
			}
			c.rule(crisis, &f, p)
		case *ledger.InvocationDetermined:
			c.rule(crisis, &f, c.invocation(crisis, p.Invocation, c.q.Known))
		}
	})
}

// rule notes what was said of an invocation, if it stands on the day.
func (c *scene) rule(crisis string, f *projections.Fact, p *ledger.ClauseInvoked) {
	if p != nil && f.Kind == projections.FactInvocation && f.Span.At(c.q.On) != ledger.Out {
		c.rulings = append(c.rulings, ruling{p.Alliance, p.Clause, f.Value, p.Invokers, f.Causes.Began, crisis})
	}
}

// invocation finds what was invoked, nil if the log does not tell. Where an organ
// ruled on the same day, only its word is left of that day; then the log is read
// as it was before it.
func (c *scene) invocation(crisis string, name ledger.Name, known ledger.Seq) (found *ledger.ClauseInvoked) {
	q, before := c.q, known
	q.Known = known
	c.w.FactsOf(q, c.of(crisis), func(f projections.Fact) {
		switch p := f.Detail.(type) {
		case *ledger.ClauseInvoked:
			if p.Invocation == name {
				found = p
			}
		case *ledger.InvocationDetermined:
			if p.Invocation == name {
				before = min(before, f.Causes.Began-1)
			}
		}
	})
	if found == nil && before < known {
		return c.invocation(crisis, name, before)
	}
	return found
}

// answers marks the acts of the question that answer an attack on record: the
// target was the first of the two to attack.
func (c *scene) answers() {
	for i := range c.acts[:c.asked] {
		a := &c.acts[i]
		if !a.fights() || a.By == "" {
			continue
		}
		for k := range c.acts[c.asked:] {
			o := &c.acts[c.asked+k]
			if o.fights() && o.By == a.Against && o.Against == a.By && (a.since == 0 || o.since < a.since) {
				a.Answer = true
			}
		}
	}
}

// number returns the COW number of a state on the day, 0 for none.
func (c *scene) number(id ledger.StateID) int {
	if n, ok := c.cow[id]; ok {
		return n
	}
	n, _ := strconv.Atoi(c.w.Identify(c.q, id).Codes["cow"])
	c.cow[id] = n
	return n
}
