package httpapi

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/obligations"
)

// History is what the record tells of duties that were called for.
type History struct {
	Asked
	Coverage    string            `json:"coverage" enum:"inside,outside,undeclared" doc:"Of the dataset. What is not recorded is not known, and not undone."`
	Occasions   []Occasion        `json:"occasions" doc:"The clauses that were invoked, or that somebody answered although nobody invoked them, by day."`
	Assessments []AssessmentClaim `json:"assessments" doc:"Claims of sources on whether somebody did what it owed. They may conflict, and none is preferred."`
	Counts      []RuledCount      `json:"counts" doc:"Numbers, each with the rule that produced it."`
}

// Occasion is a clause that was called for in a crisis.
type Occasion struct {
	Crisis     string           `json:"crisis"`
	Alliance   string           `json:"alliance"`
	Title      string           `json:"title"`
	Clause     string           `json:"clause"`
	Article    string           `json:"article,omitempty"`
	Kind       string           `json:"kind,omitempty" doc:"Of the clause on the day; absent if none of that name was in force."`
	Invoked    bool             `json:"invoked" doc:"False where somebody answered under the clause and no invocation is on record."`
	Invokers   []string         `json:"invokers"`
	Organ      string           `json:"organ,omitempty"`
	Since      *string          `json:"since"`
	Event      string           `json:"event"`
	Rulings    []OccasionRuling `json:"rulings"`
	Parties    []OccasionParty  `json:"parties" doc:"The parties of the alliance on the first day."`
	Collective []OccasionDeed   `json:"collective" doc:"What the alliance did as a whole. No record breaks it down by state."`
}

// OccasionRuling is what an organ ruled.
type OccasionRuling struct {
	Ruling string  `json:"ruling" enum:"provisional,confirmed,declined,lapsed"`
	Organ  string  `json:"organ"`
	Vote   string  `json:"vote,omitempty"`
	Since  *string `json:"since"`
	Event  string  `json:"event"`
}

// OccasionParty is one party with what it is on record to have done.
type OccasionParty struct {
	State   string         `json:"state"`
	Name    *string        `json:"name"`
	Invoker bool           `json:"invoker"`
	Bearer  bool           `json:"bearer" doc:"The clause binds it, and it is not who asks."`
	Deeds   []OccasionDeed `json:"deeds" doc:"Empty: the record tells of none."`
}

// OccasionDeed is one thing that somebody did, or declined to do.
type OccasionDeed struct {
	Sort       string   `json:"sort" enum:"response,war,mobilization,neutrality"`
	Value      string   `json:"value" doc:"The kind of a response, the stance of neutrality, the extent of a mobilisation."`
	LegalBasis string   `json:"legal_basis,omitempty"`
	What       string   `json:"what,omitempty"`
	Toward     []string `json:"toward,omitempty"`
	Named      bool     `json:"names_clause" doc:"It names the clause, and not only the alliance or nothing."`
	Still      bool     `json:"still,omitempty" doc:"Doing nothing is what the clause asks for."`
	Since      *string  `json:"since"`
	Event      string   `json:"event"`
}

// AssessmentClaim is what a source holds of a case.
type AssessmentClaim struct {
	Crisis    string     `json:"crisis"`
	Alliance  string     `json:"alliance"`
	State     *string    `json:"state" doc:"Null: of the alliance."`
	Value     string     `json:"value" enum:"honored,violated,partial,not-triggered,not-applicable"`
	Rule      string     `json:"rule" doc:"By which it was reached."`
	Since     *string    `json:"since" doc:"When it was made."`
	Event     string     `json:"event"`
	Citations []Citation `json:"citations"`

	source ledger.Seq
}

// RuledCount is a number with the rule that produced it.
type RuledCount struct {
	Rule string `json:"rule"`
	N    int    `json:"n"`
	Of   int    `json:"of"`
	Over string `json:"over" doc:"What is counted over."`
}

// performanceInput asks how duties were performed.
type performanceInput struct {
	Alliance string `query:"alliance" doc:"Only clauses of this alliance." example:"nato"`
	State    string `query:"state" doc:"Only occasions on which this state was a party; counts are of it alone." example:"italy"`
	Crisis   string `query:"crisis" maxLength:"128" doc:"Only this crisis." example:"july-1914"`
	PointParams
	TableFormat
}

// performance answers GET /v1/performance.
func (s *server) performance(ctx context.Context, in *performanceInput) (*reply, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV)
	k := obligations.PerformanceQuery{Crisis: in.Crisis}
	if in.Alliance != "" {
		if k.Alliance, err = s.allianceNamed(p, inQuery, "alliance", in.Alliance); err != nil {
			return nil, err
		}
	}
	if k.State, err = s.stateNamed(p, inQuery, "state", in.State); err != nil {
		return nil, err
	}
	if err := s.knownCrisis(p, in.Crisis); err != nil {
		return nil, err
	}
	link := p.permalink("/v1/performance", "alliance", string(k.Alliance), "state", string(k.State), "crisis", k.Crisis)
	return s.render(p, link, func() (any, error) {
		var doc *History
		s.view(func(w *projections.World) { doc = historyDoc(w, p, k) })
		return doc, s.citeClaims(ctx, p, doc)
	})
}

// knownCrisis refuses a crisis of which nothing tells.
func (s *server) knownCrisis(p *point, id string) error {
	if id == "" {
		return nil
	}
	var all []string
	s.view(func(w *projections.World) { all = w.List(p.Dataset, ledger.KindCrisis, p.Known) })
	if slices.Contains(all, id) {
		return nil
	}
	message := "there is no such crisis"
	if near := ledger.Nearest(id, all); near != "" {
		message += "; did you mean " + near + "?"
	} else if len(all) > 0 {
		message += "; there are: " + strings.Join(all, ", ")
	}
	return badParam("crisis", id, message)
}

func historyDoc(w *projections.World, p *point, k obligations.PerformanceQuery) *History {
	h := obligations.History(w, p.Query, k)
	d := &casuist{teller: newTeller(w, p.Query)}
	doc := &History{
		Asked: asked(w, p), Coverage: datasetCoverage(w, p.Query), Occasions: []Occasion{}, Assessments: []AssessmentClaim{}, Counts: []RuledCount{},
	}
	for i := range h.Occasions {
		doc.Occasions = append(doc.Occasions, d.occasion(&h.Occasions[i]))
	}
	for _, a := range h.Assessments {
		doc.Assessments = append(doc.Assessments, AssessmentClaim{
			Crisis: a.Crisis, Alliance: string(a.Alliance), State: orNull(string(a.State)), Value: a.Value, Rule: a.Rule, Since: sinceOf(a.Span),
			Event: d.id(a.Event), source: a.Event,
		})
	}
	for _, c := range h.Counts {
		doc.Counts = append(doc.Counts, RuledCount{c.Rule, c.N, c.Of, c.Over})
	}
	return doc
}

func sinceOf(s ledger.Span) *string {
	text, _, _ := bound(s.SinceEarliest, s.SinceLatest)
	return text
}

func (d *casuist) occasion(o *obligations.Occasion) Occasion {
	out := Occasion{
		Crisis: o.Crisis, Alliance: string(o.Alliance), Title: d.title(o.Alliance), Clause: string(o.Clause), Article: o.Article, Kind: string(o.Kind),
		Invoked: o.Invoked, Invokers: orEmpty(words(o.Invokers)), Organ: o.Organ, Since: sinceOf(o.Span), Event: d.id(o.Event),
		Rulings: []OccasionRuling{}, Parties: []OccasionParty{}, Collective: d.deeds(o.Collective),
	}
	for _, r := range o.Rulings {
		out.Rulings = append(out.Rulings, OccasionRuling{r.Value, r.Organ, r.Vote, sinceOf(r.Span), d.id(r.Event)})
	}
	if on := o.Span.SinceEarliest; on.Finite() { // the names of the day
		d.q.On = on
	}
	for i := range o.Parties {
		r := &o.Parties[i]
		name := d.w.NameOf(d.q, r.State)
		out.Parties = append(out.Parties, OccasionParty{string(r.State), orNull(name), r.Invoker, r.Bearer, d.deeds(r.Deeds)})
	}
	return out
}

func (d *casuist) deeds(list []obligations.Deed) []OccasionDeed {
	out := []OccasionDeed{}
	for i := range list {
		x := &list[i]
		out = append(out, OccasionDeed{
			Sort: string(x.Kind), Value: x.Value, LegalBasis: x.Basis, What: x.Text, Toward: words(x.Toward), Named: x.Named, Still: x.Still,
			Since: sinceOf(x.Span), Event: d.id(x.Event),
		})
	}
	return out
}

// citeClaims reads from the log who holds what.
func (s *server) citeClaims(ctx context.Context, p *point, doc *History) error {
	seqs := make([]ledger.Seq, len(doc.Assessments))
	for i := range seqs {
		seqs[i] = doc.Assessments[i].source
	}
	events, err := s.eventsAt(ctx, seqs)
	if err != nil {
		return err
	}
	s.view(func(w *projections.World) {
		d := newWriter(w, p.Query)
		for i := range events {
			list := []Citation{}
			for _, c := range standingContent(&events[i]).Citations {
				list = append(list, d.citation(&c))
			}
			doc.Assessments[i].Citations = list
		}
	})
	return nil
}

// table is one row for each deed of a party, and one for a party without any.
func (h *History) table(row func(cells ...string)) {
	row(line(pointNames(), []string{
		"crisis", "alliance", "clause", "kind", "invoked", "invokers", "since", "rulings", "state", "name", "invoker", "bearer", "sort", "value",
		"legal_basis", "names_clause", "still", "deed_since", "what", "event",
	})...)
	at := h.pointCells(h.Coverage)
	for i := range h.Occasions {
		o := &h.Occasions[i]
		rulings := make([]string, len(o.Rulings))
		for k, r := range o.Rulings {
			rulings[k] = r.Ruling
		}
		head := line(at, []string{
			o.Crisis, o.Alliance, o.Clause, o.Kind, strconv.FormatBool(o.Invoked), join(o.Invokers), str(o.Since), join(rulings),
		})
		for k := range o.Parties {
			r := &o.Parties[k]
			who := []string{r.State, str(r.Name), strconv.FormatBool(r.Invoker), strconv.FormatBool(r.Bearer)}
			for n := range r.Deeds {
				row(line(head, who, r.Deeds[n].cells())...)
			}
			if len(r.Deeds) == 0 {
				row(line(head, who, make([]string, 8))...)
			}
		}
		for k := range o.Collective {
			row(line(head, make([]string, 4), o.Collective[k].cells())...)
		}
	}
}

func (d *OccasionDeed) cells() []string {
	return []string{
		d.Sort, d.Value, d.LegalBasis, strconv.FormatBool(d.Named), strconv.FormatBool(d.Still), str(d.Since), d.What, d.Event,
	}
}
