package obligations

import (
	"cmp"
	"slices"

	"foedus/ledger"
	"foedus/projections"
)

// PerformanceQuery says of what the history is asked. What is empty selects
// everything.
type PerformanceQuery struct {
	Alliance ledger.AllianceID
	State    ledger.StateID
	Crisis   string
}

// Performance is what the record tells of duties that were called for, and of
// what scholars and governments made of it.
type Performance struct {
	Occasions   []Occasion   // by day, crisis, alliance, clause
	Assessments []Assessment // by crisis, alliance, state, event
	Counts      []Count
}

// Occasion is a clause that was called for in a crisis: it was invoked, or
// somebody answered under it without.
type Occasion struct {
	Crisis     string
	Alliance   ledger.AllianceID
	Clause     ledger.ClauseID
	Kind       ledger.ClauseKind // of the clause on the day, "" if none of that name was in force
	Article    string
	Invoked    bool
	Invokers   []ledger.StateID // empty for an organ
	Organ      string
	Span       ledger.Span // of the invocation, else of the first answer
	Event      ledger.Seq
	Rulings    []Ruling
	Parties    []PartyRecord // those of the alliance on the first day, sorted
	Collective []Deed        // of the alliance as a whole: no record breaks it down by state
}

// Ruling is what an organ ruled on an invocation.
type Ruling struct {
	Value string // provisional, confirmed, declined, lapsed
	Organ string
	Vote  string
	Span  ledger.Span
	Event ledger.Seq
}

// PartyRecord is what the record tells of one party in the crisis.
type PartyRecord struct {
	State   ledger.StateID
	Invoker bool
	Bearer  bool // the clause binds it, unless it is itself the one that asks
	Deeds   []Deed
}

// DeedKind says what sort of event tells of a deed.
type DeedKind string

// The kinds of deed.
const (
	DeedResponse     DeedKind = "response"
	DeedWar          DeedKind = "war"
	DeedMobilization DeedKind = "mobilization"
	DeedNeutrality   DeedKind = "neutrality"
)

// Deed is one thing that somebody did, or declined to do. It is what the record
// tells, and no judgement on whether it was enough.
type Deed struct {
	Kind   DeedKind
	Value  string // the kind of a response, the stance of neutrality, the extent of a mobilisation
	Basis  string // the legal basis that a response claims
	Text   string
	By     []ledger.StateID // empty for the alliance
	Toward []ledger.StateID
	Clause ledger.ClauseID // that a response names, "" for none
	Named  bool            // it names the clause of the occasion, not only its alliance
	// Still says that doing nothing is what the clause asks for: a response of kind
	// none under a clause of neutrality keeps it.
	Still bool
	Span  ledger.Span
	Event ledger.Seq
}

// Assessment is a claim of a source on whether somebody did what it owed. Claims
// on one case may conflict; none is preferred here.
type Assessment struct {
	Crisis   string
	Alliance ledger.AllianceID
	State    ledger.StateID // "" for the alliance
	Value    string
	Rule     string // by which it was reached
	Span     ledger.Span
	Event    ledger.Seq
}

// Count is a number with the rule that produced it. There is no rate without.
type Count struct {
	Rule string // what is counted
	N    int
	Of   int // out of how many
	Over string
}

// History tells how duties were performed. It goes by what events name: an answer
// is tied to an occasion by crisis and alliance, because no record links the two.
// A war, a mobilisation or a declaration of neutrality counts from the first day
// of the occasion on, an answer that names the alliance whenever in the crisis it
// was given. O(facts of the crises of the dataset).
func History(w *projections.World, q projections.Query, p PerformanceQuery) *Performance {
	out := new(Performance)
	for _, id := range w.List(q.Dataset, ledger.KindCrisis, q.Known) {
		if p.Crisis != "" && p.Crisis != id {
			continue
		}
		c := chronicle{w: w, q: q, id: id, invoked: make(map[string]int)}
		w.FactsOf(q, ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.KindCrisis, ID: id}, c.gather)
		c.complete()
		for i := range c.occasions {
			if o := &c.occasions[i]; p.wants(o) {
				out.Occasions = append(out.Occasions, *o)
			}
		}
		for _, a := range c.claims {
			if (p.Alliance == "" || p.Alliance == a.Alliance) && (p.State == "" || p.State == a.State) {
				out.Assessments = append(out.Assessments, a)
			}
		}
	}
	slices.SortStableFunc(out.Occasions, func(x, y Occasion) int {
		return cmp.Or(cmp.Compare(x.Span.SinceEarliest, y.Span.SinceEarliest), cmp.Compare(x.Crisis, y.Crisis),
			compareIDs(x.Alliance, y.Alliance), compareIDs(x.Clause, y.Clause), cmp.Compare(x.Event, y.Event))
	})
	slices.SortStableFunc(out.Assessments, func(x, y Assessment) int {
		return cmp.Or(cmp.Compare(x.Crisis, y.Crisis), compareIDs(x.Alliance, y.Alliance), compareIDs(x.State, y.State), cmp.Compare(x.Event, y.Event))
	})
	out.count(p.State)
	return out
}

// wants reports whether an occasion is asked about. A state is concerned as a
// party, or because it did something.
func (p *PerformanceQuery) wants(o *Occasion) bool {
	return (p.Alliance == "" || p.Alliance == o.Alliance) && (p.State == "" || slices.Contains(o.Invokers, p.State) ||
		slices.ContainsFunc(o.Parties, func(r PartyRecord) bool { return r.State == p.State }))
}

// chronicle collects what is told of one crisis.
type chronicle struct {
	w         *projections.World
	q         projections.Query
	id        string
	occasions []Occasion
	invoked   map[string]int // occasions by the name of the invocation
	rulings   []namedRuling
	deeds     []told
	claims    []Assessment
}

type namedRuling struct {
	invocation string
	Ruling
}

// told is a deed with the alliance that it names, "" for none.
type told struct {
	alliance ledger.AllianceID
	Deed
}

// gather sorts one fact of the crisis.
func (c *chronicle) gather(f projections.Fact) {
	event, span := f.Causes.Began, f.Span
	switch p := f.Detail.(type) {
	case *ledger.ClauseInvoked:
		if _, ok := c.invoked[f.A]; !ok {
			c.invoked[f.A] = len(c.occasions)
			c.occasions = append(c.occasions, Occasion{
				Crisis: c.id, Alliance: p.Alliance, Clause: p.Clause, Invoked: true, Invokers: p.Invokers, Organ: string(p.Organ), Span: span, Event: event,
			})
		}
	case *ledger.InvocationDetermined:
		c.rulings = append(c.rulings, namedRuling{f.A, Ruling{p.Ruling, string(p.Organ), p.Vote, span, event}})
	case *ledger.ResponseMade:
		c.deeds = append(c.deeds, told{p.Alliance, Deed{
			Kind: DeedResponse, Value: p.Kind, Basis: p.LegalBasis, Text: p.What, By: p.Responders, Clause: p.Clause, Span: span, Event: event,
		}})
	case *ledger.AssessmentRecorded:
		c.claims = append(c.claims, Assessment{c.id, p.Alliance, p.State, p.Value, p.Rule, span, event})
	case *ledger.MobilizationOrdered:
		c.deeds = append(c.deeds, told{"", Deed{
			Kind: DeedMobilization, Value: p.Extent, By: []ledger.StateID{p.By}, Toward: p.Against, Span: span, Event: event,
		}})
	default:
		d := Deed{By: []ledger.StateID{ledger.StateID(f.A)}, Span: span, Event: event}
		switch f.Kind {
		case projections.FactWar:
			d.Kind, d.Value, d.Toward = DeedWar, "war", []ledger.StateID{ledger.StateID(f.B)}
		case projections.FactNeutrality:
			d.Kind, d.Value = DeedNeutrality, f.Value
		default:
			return
		}
		c.deeds = append(c.deeds, told{"", d})
	}
}

// complete ties rulings and deeds to the occasions.
func (c *chronicle) complete() {
	for _, r := range c.rulings {
		if i, ok := c.invoked[r.invocation]; ok {
			c.occasions[i].Rulings = append(c.occasions[i].Rulings, r.Ruling)
		}
	}
	for i := range c.deeds { // answers under a clause that nobody invoked
		d := &c.deeds[i]
		if d.alliance == "" || d.Clause == "" || slices.ContainsFunc(c.occasions, func(o Occasion) bool { return o.Alliance == d.alliance && o.Clause == d.Clause }) {
			continue
		}
		c.occasions = append(c.occasions, Occasion{Crisis: c.id, Alliance: d.alliance, Clause: d.Clause, Span: d.Span, Event: d.Event})
	}
	for i := range c.occasions {
		c.parties(&c.occasions[i])
	}
}

// parties lists the parties on the first day of an occasion with what each did.
func (c *chronicle) parties(o *Occasion) {
	slices.SortStableFunc(o.Rulings, func(x, y Ruling) int {
		return cmp.Or(cmp.Compare(x.Span.SinceEarliest, y.Span.SinceEarliest), cmp.Compare(x.Event, y.Event))
	})
	q := c.q
	if q.On = o.Span.SinceEarliest; !q.On.Finite() {
		return
	}
	p := pact{id: o.Alliance}
	var bearer func(id ledger.StateID) bool
	if v, ok := c.w.At(q, ledger.KindAlliance, string(o.Alliance)); ok {
		p.read(&v)
		s := &scene{w: c.w, q: q, s: &Situation{}, cow: make(map[ledger.StateID]int)}
		for i := range p.clauses {
			clause, ok := p.clauses[i].Detail.(*ledger.Clause)
			if ok && clause.ID == o.Clause {
				o.Kind, o.Article = clause.Kind, clause.Article
				bearer = func(id ledger.StateID) bool { return s.bears(&p, clause, id) }
			}
		}
	}
	for _, m := range p.members {
		r := PartyRecord{State: m.id, Invoker: slices.Contains(o.Invokers, m.id)}
		r.Bearer = !r.Invoker && (bearer == nil || bearer(m.id))
		o.Parties = append(o.Parties, r)
	}
	slices.SortFunc(o.Parties, func(x, y PartyRecord) int { return compareIDs(x.State, y.State) })
	for i := range c.deeds {
		o.add(&c.deeds[i])
	}
}

// add places a deed, if it belongs to the occasion.
func (o *Occasion) add(d *told) {
	switch {
	case d.alliance != "" && d.alliance != o.Alliance, d.Kind == DeedResponse && d.alliance == "":
		return
	case d.Kind == DeedResponse && d.Clause != "" && d.Clause != o.Clause:
		return // it is about another clause
	case d.Kind != DeedResponse && d.Span.SinceLatest < o.Span.SinceEarliest:
		return
	}
	deed := d.Deed
	deed.Named = d.Clause != "" && d.Clause == o.Clause
	deed.Still = d.Kind == DeedResponse && d.Value == "none" && (o.Kind == "neutrality" || o.Kind == "nonaggression" || o.Kind == "no-aid-to-enemy")
	if len(d.By) == 0 && d.Kind == DeedResponse {
		o.Collective = append(o.Collective, deed)
	}
	for i := range o.Parties {
		if r := &o.Parties[i]; slices.Contains(d.By, r.State) {
			r.Deeds = append(r.Deeds, deed)
		}
	}
}

// did reports whether the record has an answer of a party of one kind.
func (r *PartyRecord) did(value string) bool {
	return slices.ContainsFunc(r.Deeds, func(d Deed) bool { return d.Kind == DeedResponse && d.Value == value })
}

// count counts, each number with its rule. Occasions without an invocation stay
// out: they are on record because somebody answered, so they would count for
// those who did. With a state only that one is counted.
func (p *Performance) count(state ledger.StateID) {
	over := "parties of the alliance on the day of an invocation whom the clause binds, without those who invoked it; once for each invocation"
	if state != "" {
		over = "invocations under a clause that binds " + string(state) + " as a party on that day, without those that it made itself"
	}
	of, military, refusal, war, neutral, silent := 0, 0, 0, 0, 0, 0
	for i := range p.Occasions {
		o := &p.Occasions[i]
		if !o.Invoked {
			continue
		}
		for k := range o.Parties {
			r := &o.Parties[k]
			if !r.Bearer || state != "" && r.State != state {
				continue
			}
			of++
			military += one(r.did("military"))
			refusal += one(r.did("refusal"))
			war += one(slices.ContainsFunc(r.Deeds, func(d Deed) bool { return d.Kind == DeedWar }))
			neutral += one(slices.ContainsFunc(r.Deeds, func(d Deed) bool { return d.Kind == DeedNeutrality }))
			silent += one(len(r.Deeds) == 0)
		}
	}
	if of > 0 {
		p.Counts = append(p.Counts,
			Count{"with a recorded response of kind military that names the alliance", military, of, over},
			Count{"with a recorded response of kind refusal that names the alliance", refusal, of, over},
			Count{"that declared war on anybody in the crisis, from the day of the invocation on", war, of, over},
			Count{"that declared neutrality in the crisis, from the day of the invocation on", neutral, of, over},
			Count{"of which alone the record tells nothing in the crisis; what the alliance did as a whole is not counted for its parties", silent, of, over},
		)
	}
	values := make(map[string]int)
	for _, a := range p.Assessments {
		values[a.Value]++
	}
	for _, v := range []string{"honored", "partial", "violated", "not-triggered", "not-applicable"} {
		if values[v] > 0 {
			p.Counts = append(p.Counts, Count{
				"assessments that say " + v, values[v], len(p.Assessments), "recorded assessments; several may be about one case and conflict",
			})
		}
	}
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}
