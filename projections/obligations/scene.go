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
		projections.FactAttack, projections.FactWar, projections.FactMobilization, projections.FactUltimatum, projections.FactInvocation,
	}
	type told struct {
		crisis string
		r      ruling
	}
	var rulings []told
	w.EachOn(q, ledger.KindCrisis, kinds, func(f *projections.Fact) {
		crisis := f.Aggregate.ID
		if f.Kind == projections.FactInvocation {
			if r, ok := rulingOf(f); ok {
				rulings = append(rulings, told{crisis, r})
			}
			return
		}
		c.record(crisis, f)
	})
	c.match(q)
	c.answers()
	for _, t := range rulings {
		if slices.Contains(c.crises, t.crisis) {
			c.rulings = append(c.rulings, t.r)
		}
	}
	return c
}

func rulingOf(f *projections.Fact) (r ruling, ok bool) {
	r = ruling{value: f.Value, event: f.Causes.Began, crisis: f.Aggregate.ID}
	switch p := f.Detail.(type) {
	case *ledger.ClauseInvoked:
		r.alliance, r.clause, r.invokers = p.Alliance, p.Clause, p.Invokers
	case *ledger.InvocationDetermined:
		return r, false // which clause it is about the caller finds by the invocation
	}
	return r, r.alliance != ""
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

// match completes what stands beside the crises that the question is about:
// requests for consultations are acts of one day, so they are looked for over
// all days up to the one asked about.
func (c *scene) match(q projections.Query) {
	for _, id := range c.crises {
		c.w.FactsOf(q, ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.KindCrisis, ID: id}, func(f projections.Fact) {
			if f.Span.SinceEarliest > q.On {
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
			case *ledger.InvocationDetermined:
				if f.Span.At(q.On) == ledger.Out {
					return
				}
				c.w.FactsOf(q, *f.Aggregate, func(o projections.Fact) {
					if i, ok := o.Detail.(*ledger.ClauseInvoked); ok && o.Kind == projections.FactInvocation && i.Invocation == p.Invocation {
						c.rulings = append(c.rulings, ruling{i.Alliance, i.Clause, f.Value, i.Invokers, f.Causes.Began, id})
					}
				})
			}
		})
	}
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
