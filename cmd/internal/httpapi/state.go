package httpapi

import (
	"context"
	"maps"
	"net/url"
	"slices"
	"strings"

	"foedus/ledger"
	"foedus/projections"
)

// State is one country on a day.
type State struct {
	ID string `json:"id"`
	StateRef
	Asked
	Coverage    string            `json:"coverage" enum:"inside,outside,undeclared"`
	Scope       string            `json:"coverage_scope,omitempty" doc:"What the dataset covers, in words: an alliance that it does not cover is not among the memberships."`
	Codes       map[string]string `json:"codes" doc:"On the day, by list: cow, cow-abbrev, gw, iso3, iso3166-3."`
	Existence   *Existence        `json:"existence" doc:"Its existence on the day; null if it did not exist, or nobody says."`
	Names       []Named           `json:"names" doc:"All its names, in historical order."`
	CodeHistory []Coded           `json:"code_history" doc:"All its codes."`
	Succession  []Succession      `json:"succession" doc:"Its predecessors and successors, whenever."`
	Territories []Territory       `json:"territories,omitempty" doc:"Changes of territory told of it, on the day."`
	Government  *Government       `json:"government,omitempty"`
	Memberships []Membership      `json:"memberships" doc:"Its status in every alliance that it has one in."`
	Allies      []Ally            `json:"allies" doc:"The states that owe it something under a clause of an alliance that both are a party to, or are owed something by it."`
	Commitments []Commitment      `json:"commitments" doc:"The clauses in force that bind it, or others for its sake, with their sources."`
	Findings    []Finding         `json:"findings,omitempty"`
}

// Existence says that a state exists, or is occupied.
type Existence struct {
	Status string   `json:"status" enum:"member,occupied" doc:"Member of the international system, or occupied."`
	By     []string `json:"by,omitempty" doc:"Who occupies it."`
	Told
}

// Named is a name and its time.
type Named struct {
	Name string `json:"name"`
	Told
}

// Coded is a code and its time.
type Coded struct {
	Scheme string `json:"scheme"`
	Code   string `json:"code"`
	Told
}

// Succession is a relation to a predecessor or a successor.
type Succession struct {
	Relation string `json:"relation" enum:"successor-of,merged-into,split-into,succeeded-by"`
	State    string `json:"state"`
	Told
}

// Territory is a part of territory that passed to somebody.
type Territory struct {
	Territory string `json:"territory"`
	From      string `json:"from,omitempty"`
	To        string `json:"to,omitempty"`
	Relation  string `json:"relation"`
	Told
}

// Government is the government of the day.
type Government struct {
	Government string `json:"government"`
	Told
}

// Membership is the status of the state in one alliance.
type Membership struct {
	Alliance string `json:"alliance"`
	Title    string `json:"title"`
	Status   string `json:"status" enum:"invited,signatory,acceding,party,suspended,withdrawn,excluded,ended"`
	Coverage string `json:"coverage" enum:"inside,outside,undeclared"`
	Told
}

// Ally is a state and the alliances that bind the two to each other.
type Ally struct {
	StateRef
	Alliances []string `json:"alliances"`
	Certainty string   `json:"certainty" enum:"certain,possible" doc:"Certain if one of the alliances certainly binds both."`
}

// stateInput asks for one state.
type stateInput struct {
	ID string `path:"id" doc:"A state: an id, an ISO 3166 alpha-3 code, cow:290 or gw:290; codes are resolved on the day." example:"poland"`
	PointParams
	TableFormat
}

// state answers GET /v1/states/{id}.
func (s *server) state(ctx context.Context, in *stateInput) (*reply, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV)
	id, err := s.stateNamed(p, inPath, "id", in.ID)
	if err != nil {
		return nil, err
	}
	return s.render(p, p.permalink("/v1/states/"+url.PathEscape(string(id))), func() (any, error) {
		var doc *State
		s.view(func(w *projections.World) { doc = stateDoc(w, p, id) })
		return doc, s.cite(ctx, p, doc)
	})
}

// stateNamed resolves a state argument; "" stays "".
func (s *server) stateNamed(p *point, in, name, value string) (id ledger.StateID, err error) {
	if value == "" {
		return "", nil
	}
	s.view(func(w *projections.World) { id, err = w.State(p.Query, value) })
	if err != nil {
		return "", s.unresolved(err, in, name, value)
	}
	return id, nil
}

func stateDoc(w *projections.World, p *point, id ledger.StateID) *State {
	d := newWriter(w, p.Query)
	home := w.Home(p.Query, id)
	q := p.Query
	q.Dataset = home.Dataset
	v, _ := w.At(q, ledger.KindState, string(id))
	v.Aggregate = home
	doc := &State{
		ID: string(id), StateRef: d.ref(string(id)), Asked: asked(w, p), Coverage: string(v.Coverage), Scope: datasetScope(w, p.Query),
		Codes: w.Identify(p.Query, id).Codes, Names: []Named{}, CodeHistory: []Coded{}, Succession: []Succession{},
		Memberships: []Membership{}, Allies: []Ally{}, Commitments: []Commitment{},
	}
	if doc.Codes == nil {
		doc.Codes = map[string]string{}
	}
	d.identity(doc, &v)
	d.history(doc, v.Aggregate)
	d.memberships(doc, id)
	doc.Findings = d.findings(v.Aggregate)
	return doc
}

// identity places what holds on the day.
func (d *writer) identity(doc *State, v *projections.View) {
	for i := range v.Facts {
		switch f := &v.Facts[i]; f.Kind {
		case projections.FactExistence:
			e := &Existence{Status: f.Value, Told: d.told(f)}
			if p, ok := f.Detail.(*ledger.StateOccupied); ok {
				e.By, e.How = words(p.By), ""
			}
			doc.Existence = e
		case projections.FactTerritory:
			p := detail[ledger.TerritoryChanged](f)
			doc.Territories = append(doc.Territories, Territory{f.A, string(p.From), f.Value, f.How, d.told(f)})
		case projections.FactGovernment:
			doc.Government = &Government{f.Value, d.told(f)}
		}
	}
}

// history places what is told of all times.
func (d *writer) history(doc *State, a ledger.Aggregate) {
	d.w.SpellsOf(d.q, a, projections.FactName, func(f projections.Fact) bool {
		doc.Names = append(doc.Names, Named{f.Value, d.toldEver(&f)})
		return true
	})
	d.w.SpellsOf(d.q, a, projections.FactCode, func(f projections.Fact) bool {
		doc.CodeHistory = append(doc.CodeHistory, Coded{f.A, f.Value, d.toldEver(&f)})
		return true
	})
	d.w.SpellsOf(d.q, a, projections.FactSuccession, func(f projections.Fact) bool {
		doc.Succession = append(doc.Succession, Succession{f.Value, f.A, d.toldEver(&f)})
		return true
	})
}

// toldEver is told for a fact that is not asked about on a day: it is certain
// if its dates are.
func (d *writer) toldEver(f *projections.Fact) Told {
	t := d.told(f)
	t.Certainty = certaintyEver(f.Span)
	return t
}

func certaintyEver(s ledger.Span) string {
	if s.SinceEarliest == s.SinceLatest && s.UntilEarliest == s.UntilLatest {
		return certainty(ledger.In)
	}
	return certainty(ledger.Possibly)
}

// memberships places the alliances of a state, and with whom it shares them.
func (d *writer) memberships(doc *State, id ledger.StateID) {
	allies := make(map[string]*Ally)
	facts := d.w.Memberships(d.q, id)
	for i := range facts {
		f := &facts[i]
		v, _ := d.w.At(d.q, ledger.KindAlliance, f.Aggregate.ID)
		doc.Memberships = append(doc.Memberships, Membership{f.Aggregate.ID, titleOf(&v), f.Value, string(v.Coverage), d.told(f)})
		if isParty(f) {
			commitments := d.commitments(&v, f)
			d.addAllies(allies, &v, f, commitments)
			doc.Commitments = append(doc.Commitments, commitments...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(allies)) {
		doc.Allies = append(doc.Allies, *allies[name])
	}
}

// addAllies adds the other parties that owe the state something, or are owed
// something by it: to be a party to the Charter of the United Nations together
// makes no allies, and neither does a guarantee. Of an alliance
// whose clauses nobody recorded all parties count.
func (d *writer) addAllies(allies map[string]*Ally, v *projections.View, mine *projections.Fact, commitments []Commitment) {
	bound, guaranteed := make(map[string]bool), make(map[string]bool)
	for i := range commitments {
		for _, s := range commitments[i].With {
			bound[s] = true
			guaranteed[s] = guaranteed[s] || commitments[i].Kind == "guarantee"
		}
	}
	unrecorded := v.One(projections.FactClause) == nil
	others := v.Of(projections.FactParty)
	for i := range others {
		f := &others[i]
		if !isParty(f) || f.A == mine.A || guaranteed[f.A] || !bound[f.A] && !unrecorded {
			continue
		}
		a := allies[f.A]
		if a == nil {
			a = &Ally{StateRef: d.ref(f.A), Certainty: certainty(ledger.Possibly)}
			allies[f.A] = a
		}
		if !slices.Contains(a.Alliances, v.Aggregate.ID) {
			a.Alliances = append(a.Alliances, v.Aggregate.ID)
		}
		if min(f.Certainty, mine.Certainty) == ledger.In {
			a.Certainty = certainty(ledger.In)
		}
	}
}

// titleOf returns the title of an alliance, its id if nobody says.
func titleOf(v *projections.View) string {
	if f := v.One(projections.FactTitle); f != nil {
		return f.Value
	}
	return v.Aggregate.ID
}

// StateList lists the states of a dataset.
type StateList struct {
	Asked
	Coverage string     `json:"coverage" enum:"inside,outside,undeclared" doc:"Of the dataset."`
	States   []StateRow `json:"states"`
}

// StateRow is one state in a list.
type StateRow struct {
	ID string `json:"id"`
	StateRef
	Existence *string `json:"existence" enum:"member,occupied" doc:"Null if it does not exist on the day, or nobody says."`
	Coverage  string  `json:"coverage" enum:"inside,outside,undeclared"`
}

// stateListInput asks for a list of states.
type stateListInput struct {
	Q string `query:"q" maxLength:"200" doc:"Only those with this text in the id or the name." example:"german"`
	PointParams
	TableFormat
}

// states answers GET /v1/states.
func (s *server) states(ctx context.Context, in *stateListInput) (*reply, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV)
	q := strings.ToLower(strings.TrimSpace(in.Q))
	return s.render(p, p.permalink("/v1/states", "q", q), func() (doc any, err error) {
		s.view(func(w *projections.World) { doc = stateList(w, p, q) })
		return doc, nil
	})
}

func stateList(w *projections.World, p *point, q string) *StateList {
	list := &StateList{Asked: asked(w, p), Coverage: datasetCoverage(w, p.Query), States: []StateRow{}}
	d := newWriter(w, p.Query)
	for _, id := range w.List(p.Dataset, ledger.KindState, p.Known) {
		ref := d.ref(id)
		if q != "" && !strings.Contains(id, q) && (ref.Name == nil || !strings.Contains(strings.ToLower(*ref.Name), q)) {
			continue
		}
		v, _ := w.At(p.Query, ledger.KindState, id)
		row := StateRow{ID: id, StateRef: ref, Coverage: string(v.Coverage)}
		if f := v.One(projections.FactExistence); f != nil {
			row.Existence = &f.Value
		}
		list.States = append(list.States, row)
	}
	return list
}
