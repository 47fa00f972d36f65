package httpapi

import (
	"fmt"
	"slices"
	"strconv"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/obligations"
)

// Obligations answers who is bound to do what, under which clause, and why.
type Obligations struct {
	Asked
	Coverage     string          `json:"coverage" enum:"inside,outside,undeclared" doc:"Of the dataset. Outside of it nothing follows from an answer without duties."`
	Scope        string          `json:"coverage_scope,omitempty" doc:"What the dataset covers, in words."`
	Explanation  string          `json:"explanation" doc:"What the texts say on these facts, in a paragraph. It forecasts nothing."`
	Situation    SituationDoc    `json:"situation" doc:"The question as it was understood."`
	Considered   int             `json:"considered" doc:"How many clauses in force on the day were looked at."`
	Duties       []Duty          `json:"duties" doc:"The firmest verdict first. Clauses of alliances of those concerned that are not set off are here too, as not-bound."`
	Breaches     []PromiseBroken `json:"breaches" doc:"The promises that the act itself would break."`
	Conflicts    []DutyClash     `json:"conflicts" doc:"What one state cannot do both."`
	Pledges      []PledgeDoc     `json:"pledges" doc:"Promises to those attacked outside of any clause."`
	Crises       []string        `json:"crises" doc:"The crises in which the record tells of this very act."`
	Acts         []ActDoc        `json:"acts" doc:"The acts of the question, and behind them those on record that stood beside it on the day."`
	Chain        ChainDoc        `json:"chain"`
	Hypothetical *Hypothetical   `json:"hypothetical,omitempty" doc:"What was added to the record and taken from it for this answer; absent for the record itself."`

	states []StateRef // everybody that the duties and the chain name
}

// SituationDoc is a question as it was understood.
type SituationDoc struct {
	Attacked      []StateRef `json:"attacked"`
	By            []StateRef `json:"by"`
	NonState      []string   `json:"nonstate"`
	Act           string     `json:"act" enum:"attack,war,mobilization,threat,blockade"`
	Place         *string    `json:"place" doc:"A place of the registry; null for the metropolitan territory of who is attacked."`
	PlaceName     *string    `json:"place_name"`
	PlacesVersion int        `json:"places_version" doc:"Of the registry of places."`
	Forces        bool       `json:"forces"`
	Domain        string     `json:"domain,omitempty"`
	Provocation   string     `json:"provocation,omitempty" doc:"As asked. Where it is absent, acts say what the record has."`
	Attribution   string     `json:"attribution,omitempty"`
	Extent        string     `json:"extent,omitempty"`
	Assumed       []string   `json:"assumed"`
	Propagate     bool       `json:"propagate,omitempty" doc:"What one treaty deems an attack on all was supposed to count for others."`
}

// Duty is what one state owes under one clause, or does not, and why.
type Duty struct {
	Number int `json:"n" doc:"Its number in this answer; its steps are n.1, n.2 and so on."`
	StateRef
	Verdict    string     `json:"verdict" enum:"bound,arguable,unknown,political,suspended,not-bound" doc:"By the text, on these facts: bound; arguable, where the text or the facts can be read both ways; unknown, where a fact is missing or the text was secret; political, where it was promised and not in law; suspended; not-bound."`
	Duty       string     `json:"duty" doc:"What the clause asks for, in words."`
	Alliance   string     `json:"alliance"`
	Title      string     `json:"title"`
	Clause     string     `json:"clause,omitempty" doc:"Absent where the text was not public."`
	Article    string     `json:"article"`
	Label      string     `json:"label"`
	Kind       string     `json:"kind" doc:"As in clauses: defense, neutrality, consult and so on."`
	Fights     bool       `json:"fights" doc:"Who performs it goes to war, or may."`
	Strength   string     `json:"strength,omitempty"`
	Means      string     `json:"means,omitempty"`
	Determines string     `json:"determines,omitempty" doc:"Who decides whether it applies."`
	Consent    string     `json:"consent,omitempty" doc:"What nobody is made to do without consent."`
	UNClause   string     `json:"un_clause,omitempty"`
	Exclusions []string   `json:"exclusions,omitempty"`
	Text       string     `json:"text,omitempty" doc:"A reference to the text."`
	For        []string   `json:"for" doc:"Whom the attack is on."`
	Against    []string   `json:"against" doc:"Who attacks."`
	Reason     string     `json:"reason" doc:"The one sentence that decided."`
	Certainty  string     `json:"certainty" enum:"certain,possible" doc:"That the state was a party and the clause in force on the day."`
	Event      string     `json:"event" doc:"The event that tells of the clause in this version."`
	Determined string     `json:"determined,omitempty" doc:"The event by which an organ ruled on it."`
	Trace      []DutyStep `json:"trace" doc:"Each predicate that was looked at, in order."`
	Citations  []Citation `json:"citations" doc:"Where the clause stands."`

	source ledger.Seq
}

// DutyStep is a line of a trace.
type DutyStep struct {
	Number string   `json:"n"`
	Level  int      `json:"level" doc:"How deep it stands in the condition."`
	Truth  string   `json:"truth" enum:"true,arguable,unknown,false"`
	Text   string   `json:"text"`
	Events []string `json:"events" doc:"What it rests on."`
}

// PromiseBroken is a promise that the act asked about would break.
type PromiseBroken struct {
	State     string     `json:"state"`
	Toward    string     `json:"toward"`
	Alliance  string     `json:"alliance"`
	Title     string     `json:"title"`
	Clause    string     `json:"clause"`
	Article   string     `json:"article"`
	Label     string     `json:"label"`
	Certainty string     `json:"certainty" enum:"certain,possible"`
	Event     string     `json:"event"`
	Citations []Citation `json:"citations"`

	source ledger.Seq
}

// DutyClash names two things of which a state can do one.
type DutyClash struct {
	State  string `json:"state"`
	Text   string `json:"text"`
	Duties []int  `json:"duties" doc:"The numbers of the duties. One alone collides with a promise not to attack."`
}

// PledgeDoc is a promise outside of any clause.
type PledgeDoc struct {
	By       []string `json:"by" doc:"Empty: all parties."`
	To       []string `json:"to"`
	Alliance string   `json:"alliance"`
	Text     string   `json:"text"`
	Event    string   `json:"event"`
}

// ActDoc is one thing that one attacker does to one target.
type ActDoc struct {
	Kind        string  `json:"kind" enum:"attack,war,mobilization,threat,blockade"`
	By          *string `json:"by" doc:"A state; null for an attacker that is none."`
	Name        string  `json:"name,omitempty" doc:"Of an attacker that is no state."`
	Against     *string `json:"against"`
	Domain      string  `json:"domain,omitempty"`
	Provocation string  `json:"provocation,omitempty"`
	Attribution string  `json:"attribution,omitempty"`
	Extent      string  `json:"extent,omitempty"`
	Origin      string  `json:"origin" enum:"asked,recorded,hypothesis"`
	Event       *string `json:"event" doc:"That tells of it; null for what is asked about."`
}

// ChainDoc is what follows from an act, and from that.
type ChainDoc struct {
	Mode   string    `json:"mode" enum:"none,recorded,obliged,worst"`
	Edges  []EdgeDoc `json:"edges" doc:"In the order in which they follow."`
	AtWar  []string  `json:"at_war" doc:"Who else fights in the end: on record, or by hypothesis."`
	Rounds int       `json:"rounds" doc:"How many acts were followed."`
}

// EdgeDoc is one step of a chain.
type EdgeDoc struct {
	Step       int    `json:"step"`
	Kind       string `json:"kind" enum:"obligation,consultation,neutrality,performance,recorded,conflict"`
	From       string `json:"from"`
	To         string `json:"to"`
	Text       string `json:"text"`
	Hypothesis bool   `json:"hypothesis" doc:"Beyond what is on record: it supposes that somebody does what he is bound to."`
	Cause      int    `json:"cause" doc:"The step that it follows from, 0 for the act asked about."`
	Cycle      bool   `json:"cycle,omitempty" doc:"It comes back to what is part of the chain already."`
	Alliance   string `json:"alliance,omitempty"`
	Clause     string `json:"clause,omitempty"`
	Article    string `json:"article,omitempty"`
	Verdict    string `json:"verdict,omitempty" enum:"bound,arguable"`
	Fights     bool   `json:"fights,omitempty" doc:"Of a duty: who performs it goes to war or mobilises, or may."`
	Event      string `json:"event,omitempty"`
}

// casuist writes an answer about obligations while the World stands still.
type casuist struct {
	*teller
	names map[string]func() string // what stands for an identifier in a sentence; nil until one is needed
}

// obligationsDoc answers a question, and lists the events that the clauses of its
// duties and breaches stand in.
func obligationsDoc(w *projections.World, p *point, on *footing, k *quarrel) (*Obligations, []ledger.Seq) {
	chain := obligations.Follow(w, on.q, k.s, k.mode)
	r := chain.First
	d := &casuist{teller: newTeller(w, on.q)}
	doc := &Obligations{
		Asked: asked(w, p), Coverage: string(r.Coverage), Scope: datasetScope(w, on.q), Situation: d.situation(k), Considered: r.Considered,
		Duties: []Duty{}, Breaches: []PromiseBroken{}, Conflicts: []DutyClash{}, Pledges: []PledgeDoc{}, Crises: orEmpty(r.Crises), Acts: []ActDoc{},
		Hypothetical: on.branch,
	}
	sources := make(map[ledger.Seq]bool)
	for i := range r.Duties {
		doc.Duties = append(doc.Duties, d.duty(&r.Duties[i], i+1))
		sources[r.Duties[i].Event] = true
	}
	for i := range r.Breaches {
		b := &r.Breaches[i]
		sources[b.Event] = true
		doc.Breaches = append(doc.Breaches, PromiseBroken{
			State: string(b.State), Toward: string(b.Toward), Alliance: string(b.Alliance), Title: d.title(b.Alliance), Clause: string(b.ClauseID),
			Article: b.Clause.Article, Label: b.Clause.Label, Certainty: certaintyIf(!b.Possible), Event: d.id(b.Event), source: b.Event,
		})
	}
	for _, c := range r.Conflicts {
		x := DutyClash{State: string(c.State), Text: d.plain(c.Text), Duties: []int{c.A + 1}}
		if c.B >= 0 {
			x.Duties = append(x.Duties, c.B+1)
		}
		doc.Conflicts = append(doc.Conflicts, x)
	}
	for _, x := range r.Pledges {
		doc.Pledges = append(doc.Pledges, PledgeDoc{orEmpty(words(x.By)), orEmpty(words(x.To)), string(x.Alliance), x.Text, d.id(x.Event)})
	}
	for i := range r.Acts {
		doc.Acts = append(doc.Acts, d.act(&r.Acts[i]))
	}
	doc.Chain = d.chain(chain)
	doc.Explanation = d.explain(doc, k)
	doc.states = d.everybody(doc)
	list := make([]ledger.Seq, 0, len(sources))
	for seq := range sources {
		if seq != 0 {
			list = append(list, seq)
		}
	}
	slices.Sort(list)
	return doc, list
}

// everybody lists those that an answer names, for the forms that are drawn.
func (d *casuist) everybody(doc *Obligations) (out []StateRef) {
	known := make(map[string]bool)
	add := func(id string) {
		if !known[id] && !slices.Contains(doc.Situation.NonState, id) {
			known[id] = true
			out = append(out, d.ref(id))
		}
	}
	for i := range doc.Duties {
		add(doc.Duties[i].State)
	}
	for i := range doc.Chain.Edges {
		add(doc.Chain.Edges[i].From)
		add(doc.Chain.Edges[i].To)
	}
	return out
}

func certaintyIf(certain bool) string {
	if certain {
		return certainty(ledger.In)
	}
	return certainty(ledger.Possibly)
}

// id names an event, "" for none.
func (d *casuist) id(seq ledger.Seq) string {
	if seq == 0 {
		return ""
	}
	return d.w.ID(seq).String()
}

func (d *casuist) ids(seqs []ledger.Seq) []string {
	out := []string{}
	for _, s := range seqs {
		if s != 0 {
			out = append(out, d.id(s))
		}
	}
	return out
}

// title is the full title of an alliance, its id if nobody described it.
func (d *casuist) title(id ledger.AllianceID) string {
	if f, ok := d.w.Title(d.writer.q, id); ok {
		return f.Value
	}
	return string(id)
}

func (d *casuist) refs(ids []ledger.StateID) []StateRef {
	out := make([]StateRef, len(ids))
	for i, id := range ids {
		out[i] = d.ref(string(id))
	}
	return out
}

func (d *casuist) situation(k *quarrel) SituationDoc {
	s := &k.s
	doc := SituationDoc{
		Attacked: d.refs(s.Attacked), By: d.refs(s.By), NonState: orEmpty(s.NonState), Act: string(s.Kind), PlacesVersion: obligations.PlacesVersion,
		Forces: s.Forces, Domain: s.Domain, Provocation: s.Provocation, Attribution: s.Attribution, Extent: s.Extent, Assumed: orEmpty(s.Assumed), Propagate: s.Propagate,
	}
	if s.Place != "" {
		place := string(s.Place)
		doc.Place, doc.PlaceName = &place, &k.place
	}
	return doc
}

func (d *casuist) duty(x *obligations.Duty, n int) Duty {
	c := x.Clause
	out := Duty{
		Number: n, StateRef: d.ref(string(x.Bearer)), Verdict: string(x.Verdict), Duty: dutyWords(c), Alliance: string(x.Alliance),
		Title: d.title(x.Alliance), Clause: string(x.ClauseID), Article: c.Article, Label: c.Label, Kind: string(c.Kind), Fights: x.Military(),
		Strength: string(c.Strength), Means: c.Means, Determines: c.Determines, Consent: c.Consent, UNClause: c.UNClause, Exclusions: c.Exclusions,
		Text: c.Text, For: orEmpty(words(x.For)), Against: orEmpty(x.Against), Reason: d.plain(x.Reason), Certainty: certainty(x.Certainty),
		Event: d.id(x.Event), Determined: d.id(x.Determined), source: x.Event,
	}
	for i, s := range x.Trace {
		out.Trace = append(out.Trace, DutyStep{fmt.Sprintf("%d.%d", n, i+1), s.Level, s.Truth.String(), d.plain(s.Text), d.ids(s.Events)})
	}
	return out
}

func (d *casuist) act(a *obligations.Act) ActDoc {
	out := ActDoc{
		Kind: string(a.Kind), Name: a.Name, Domain: a.Domain, Provocation: a.Provocation, Attribution: a.Attribution, Extent: a.Extent,
		Origin: string(a.Origin),
	}
	out.By, out.Against = orNull(string(a.By)), orNull(string(a.Against))
	out.Event = orNull(d.id(a.Event))
	return out
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (d *casuist) chain(c *obligations.Chain) ChainDoc {
	doc := ChainDoc{Mode: string(c.Mode), Edges: []EdgeDoc{}, AtWar: orEmpty(words(c.AtWar)), Rounds: c.Rounds}
	for i := range c.Edges {
		e := &c.Edges[i]
		out := EdgeDoc{
			Step: e.Step, Kind: string(e.Kind), From: e.From, To: e.To, Text: sentenceCase(d.plain(e.Text)), Hypothesis: e.Hypothesis,
			Cause: e.Cause, Cycle: e.Cycle, Event: d.id(e.Event),
		}
		if e.Duty != nil {
			out.Alliance, out.Clause, out.Article = string(e.Duty.Alliance), string(e.Duty.ClauseID), e.Duty.Clause.Article
			out.Verdict = string(e.Duty.Verdict)
			out.Fights = e.Duty.Military() || e.Duty.Clause.Kind == "mobilize"
		}
		doc.Edges = append(doc.Edges, out)
	}
	return doc
}

// table is one row for each duty. Outside of what is covered there is a row all
// the same: an empty table would look like nobody bound.
func (o *Obligations) table(row func(cells ...string)) {
	head := line(pointNames(), []string{"verdict"}, refNames(), []string{
		"alliance", "title", "clause", "article", "label", "kind", "duty", "fights", "strength", "means", "determines", "consent", "un_clause",
		"exclusions", "for", "against", "reason", "certainty", "event", "citations",
	})
	row(head...)
	at := o.pointCells(o.Coverage)
	for i := range o.Duties {
		d := &o.Duties[i]
		citations := make([]string, len(d.Citations))
		for k := range d.Citations {
			citations[k] = d.Citations[k].short()
		}
		row(line(at, []string{d.Verdict}, d.refCells(), []string{
			d.Alliance, d.Title, d.Clause, d.Article, d.Label, d.Kind, d.Duty, strconv.FormatBool(d.Fights), d.Strength, d.Means, d.Determines,
			d.Consent, d.UNClause, join(d.Exclusions), join(d.For), join(d.Against), d.Reason, d.Certainty, d.Event, join(citations),
		})...)
	}
	if len(o.Duties) == 0 && o.Coverage != string(projections.CoverageInside) {
		row(line(at, make([]string, len(head)-len(at)))...)
	}
}

// short is a citation on one line.
func (c *Citation) short() string {
	out := c.Source
	if c.Locator != "" {
		out += " " + c.Locator
	}
	return out + " [" + c.Grade + "]"
}
