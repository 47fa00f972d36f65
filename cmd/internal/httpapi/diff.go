package httpapi

import (
	"context"
	"net/http"

	"foedus/ledger"
	"foedus/projections"
)

// Diff is what changed between two points: two dates, or two states of
// knowledge about one date.
type Diff struct {
	Dataset string   `json:"dataset"`
	Reading string   `json:"reading" enum:"in-force,signature"`
	Public  bool     `json:"public"`
	Certain bool     `json:"certain,omitempty"`
	From    Point    `json:"from"`
	To      Point    `json:"to"`
	Changes []Change `json:"changes"`
}

// Point is one of the two points of a difference.
type Point struct {
	On       string `json:"on"`
	Known    Known  `json:"known"`
	Coverage string `json:"coverage" enum:"inside,outside,undeclared" doc:"Of the dataset."`
}

// Change is a fact that ceased to hold or began to; one that is told
// differently is closed and opened.
type Change struct {
	Op      string `json:"op" enum:"opened,closed"`
	Summary string `json:"summary" doc:"One sentence."`
	Fact    Fact   `json:"fact"`
}

// Fact is one fact in its general form. What a and b name depends on the kind.
type Fact struct {
	Kind    string `json:"kind"`
	Subject string `json:"subject" doc:"What it is a fact about: alliance/nato."`
	A       string `json:"a,omitempty" doc:"What distinguishes it in its kind: the state of a party, the clause."`
	B       string `json:"b,omitempty"`
	Value   string `json:"value"`
	Told
	Known ledger.Seq `json:"known" doc:"The first sequence that knows it."`
}

// diffInput asks for a difference.
type diffInput struct {
	From      string `query:"from" format:"date" doc:"The earlier date; with to." example:"1949-01-01"`
	To        string `query:"to" format:"date" doc:"The later date; with from." example:"1955-12-31"`
	KnownFrom string `query:"known_from" doc:"The earlier state of knowledge, a sequence or an RFC 3339 time; with on." example:"1"`
	KnownTo   string `query:"known_to" doc:"The later state of knowledge. Default: the head." example:"2"`
	Alliance  string `query:"alliance" doc:"Only facts of this alliance." example:"nato"`
	State     string `query:"state" doc:"Only facts that concern this state: an id, an ISO 3166 alpha-3 code, cow:290 or gw:290." example:"poland"`
	PointParams
	TableFormat
}

// diff answers GET /v1/diff.
func (s *server) diff(ctx context.Context, in *diffInput) (*reply, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV)
	from, to, pairs, err := s.ends(in, p)
	if err != nil {
		return nil, err
	}
	var scope projections.Scope
	if in.Alliance != "" {
		if scope.Alliance, err = s.allianceNamed(p, inQuery, "alliance", in.Alliance); err != nil {
			return nil, err
		}
	}
	if scope.State, err = s.stateNamed(p, inQuery, "state", in.State); err != nil {
		return nil, err
	}
	pairs = append(pairs, "alliance", string(scope.Alliance), "state", string(scope.State))
	return s.render(p, p.permalink("/v1/diff", pairs...), func() (doc any, err error) {
		s.view(func(w *projections.World) { doc = diffDoc(w, from, to, scope) })
		return doc, nil
	})
}

// ends resolves the two points, and what the permalink says of them. p becomes
// the later point, at which names are resolved.
func (s *server) ends(in *diffInput, p *point) (from, to projections.Query, pairs []string, err error) {
	dates, knowledge := in.From != "" || in.To != "", in.KnownFrom != "" || in.KnownTo != ""
	if dates == knowledge {
		return from, to, nil, badEnds(dates)
	}
	if dates {
		return s.dateEnds(in, p)
	}
	if in.KnownFrom == "" {
		return from, to, nil, badParam("known_from", "", "is missing; say from which state of knowledge, a sequence or an RFC 3339 time")
	}
	if in.Known != "" {
		return from, to, nil, badParam("known", in.Known, "does not go with known_from; write known_to")
	}
	from, to = p.Query, p.Query
	fromSeq, fromIsSeq, err := s.known("known_from", in.KnownFrom, p.head)
	if err != nil {
		return from, to, nil, err
	}
	toSeq, toIsSeq, err := s.known("known_to", in.KnownTo, p.head)
	if err != nil {
		return from, to, nil, err
	}
	from.Known, to.Known, p.Known = fromSeq, toSeq, max(fromSeq, toSeq)
	p.pinned = fromIsSeq && toIsSeq && in.On != ""
	p.knownLess = true
	return from, to, []string{"known_from", seqText(from.Known), "known_to", seqText(to.Known)}, nil
}

func (s *server) dateEnds(in *diffInput, p *point) (from, to projections.Query, pairs []string, err error) {
	switch {
	case in.From == "":
		return from, to, nil, badParam("from", "", "is missing; write from and to, for example from=1949-01-01&to=1955-12-31")
	case in.To == "":
		return from, to, nil, badParam("to", "", "is missing; write from and to, for example from=1949-01-01&to=1955-12-31")
	case in.On != "":
		return from, to, nil, badParam("on", in.On, "does not go with from and to; leave it out")
	}
	from, to = p.Query, p.Query
	if from.On, err = s.day("from", in.From); err != nil {
		return from, to, nil, err
	}
	if to.On, err = s.day("to", in.To); err != nil {
		return from, to, nil, err
	}
	p.On = to.On
	_, isSeq, err := s.known("known", in.Known, p.head)
	p.pinned, p.onLess = isSeq, true
	return from, to, []string{"from", from.On.String(), "to", to.On.String()}, err
}

func badEnds(both bool) error {
	message := "Say what to compare: from and to (two dates), or known_from and known_to (two states of knowledge) with on"
	if both {
		message = "from and to do not go with known_from and known_to; keep one pair"
	}
	return problem(http.StatusUnprocessableEntity, message, wrong("query.from", nil, message), wrong("query.known_from", nil, message))
}

func diffDoc(w *projections.World, from, to projections.Query, scope projections.Scope) *Diff {
	doc := &Diff{
		Dataset: string(to.Dataset), Reading: to.Reading.String(), Public: to.Public, Certain: to.Certain,
		From: pointOf(w, from), To: pointOf(w, to), Changes: []Change{},
	}
	before, after := newTeller(w, from), newTeller(w, to)
	for _, c := range w.Diff(from, to, scope) {
		d := after
		if c.Op == "closed" {
			d = before
		}
		doc.Changes = append(doc.Changes, Change{c.Op, string(d.appendChanged(nil, &c)), d.fact(&c.Fact)})
	}
	return doc
}

func pointOf(w *projections.World, q projections.Query) Point {
	return Point{q.On.String(), knownAt(w, q.Known), datasetCoverage(w, q)}
}

func (d *teller) fact(f *projections.Fact) Fact {
	return Fact{
		Kind: string(f.Kind), Subject: f.Aggregate.Subject(), A: f.A, B: f.B, Value: f.Value,
		Told: d.told(f), Known: f.Known,
	}
}

// appendChanged says what began or ceased to hold.
func (d *teller) appendChanged(b []byte, c *projections.Change) []byte {
	d.about = *c.Fact.Aggregate
	if c.Op == "closed" {
		b = append(b, "no longer: "...)
	} else {
		b = append(b, "now: "...)
	}
	return appendInTime(d.appendHolds(b, &c.Fact), c.Fact.Span, c.Fact.End)
}

// appendInTime says since when and until when a fact holds.
func appendInTime(b []byte, span ledger.Span, end projections.End) []byte {
	since := span.SinceEarliest.Finite() || span.SinceLatest.Finite()
	until := end == projections.EndDate && (span.UntilEarliest.Finite() || span.UntilLatest.Finite())
	if since {
		b = appendBound(append(b, " (since "...), span.SinceEarliest, span.SinceLatest)
	}
	switch {
	case since && until:
		b = append(b, ", until "...)
	case until:
		b = append(b, " (until "...)
	}
	if until {
		b = appendBound(b, span.UntilEarliest, span.UntilLatest)
	}
	if since || until {
		b = append(b, ')')
	}
	return b
}

// appendHolds says what a fact is, without its time.
func (d *teller) appendHolds(b []byte, f *projections.Fact) []byte {
	x, y := ledger.StateID(f.A), ledger.StateID(f.B)
	switch f.Kind {
	case projections.FactParty:
		return appendAll(b, d.state(x), " is ", memberOf(f.Value), " ", d.it())
	case projections.FactStatus:
		if f.Aggregate.Kind != ledger.KindAlliance {
			return appendAll(b, "the fighting ", f.Value)
		}
		return appendAll(b, d.it(), " is ", inWords(f.Value))
	case projections.FactSuspension:
		return appendAll(b, d.state(x), " suspends its obligations under ", d.it(), " toward ", d.state(y))
	case projections.FactClause:
		cl := detail[ledger.Clause](f)
		return appendAll(b, cl.Article, " of ", d.it(), ": ", cl.Label, " (", unslug(f.Value), ")")
	case projections.FactParticipation:
		return appendAll(b, d.state(y), " takes part in ", d.organ(ledger.Name(f.A)), " (", f.Value, ")")
	case projections.FactPartner:
		return appendAll(b, d.state(y), " is a partner of ", d.it(), " (", unslug(f.A), ")")
	case projections.FactNotice:
		return appendAll(b, "the notice of ", d.state(x), " to ", d.it(), " (", unslug(f.Value), ")")
	case projections.FactExistence:
		return appendAll(b, d.self(), " exists (", f.Value, ")")
	case projections.FactName:
		return appendAll(b, "the state ", d.about.ID, " is called ", f.Value)
	case projections.FactCode:
		return appendAll(b, d.self(), " has the code ", f.Value, " in the list ", f.A)
	case projections.FactSuccession:
		return appendAll(b, d.self(), ": ", unslug(f.Value), " ", d.state(x))
	case projections.FactTitle:
		return appendAll(b, "the title is ", f.Value)
	}
	b = append(b, f.Kind...)
	if f.A != "" {
		b = appendAll(b, " ", unslug(f.A))
	}
	if f.B != "" {
		b = appendAll(b, " ", unslug(f.B))
	}
	if f.Value != "" {
		b = appendAll(b, ": ", f.Value)
	}
	return appendAll(b, " (", string(f.Aggregate.Kind), "/", f.Aggregate.ID, ")")
}

// appendAll appends one text after the other.
func appendAll(b []byte, parts ...string) []byte {
	for _, s := range parts {
		b = append(b, s...)
	}
	return b
}

func memberOf(status string) string {
	switch status {
	case projections.Party:
		return "a party to"
	case projections.Suspended:
		return "a party, its obligations suspended, to"
	case projections.Invited:
		return "invited to"
	case projections.Signatory:
		return "a signatory of"
	case projections.Acceding:
		return "acceding to"
	case projections.Excluded:
		return "excluded from"
	}
	return "no longer a party to"
}

func inWords(status string) string {
	if status == projections.InForce {
		return "in force"
	}
	return status
}
