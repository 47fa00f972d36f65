package httpapi

import (
	"foedus/ledger"
	"foedus/projections"
)

// Alliance is one alliance on a day. Arrays after coverage that are empty are
// left out, but for members, candidates, former, suspensions and clauses.
type Alliance struct {
	ID           string   `json:"id"`
	Title        string   `json:"title" doc:"The usual full title; the id if nobody says."`
	Form         string   `json:"form,omitempty" doc:"What kind of instrument it is."`
	Aliases      []string `json:"aliases" doc:"Other names."`
	Misnomers    []string `json:"misnomers,omitempty" doc:"Names in circulation that are wrong."`
	Depositary   string   `json:"depositary,omitempty"`
	Organisation string   `json:"organisation,omitempty"`
	ATOP         []string `json:"atop,omitempty" doc:"ATOP alliance numbers."`
	Asked
	Status         *string         `json:"status" enum:"proposed,signed,in-force,ended" doc:"Of the instrument; null if it has none on this day."`
	StatusSince    *string         `json:"status_since" doc:"Since when; an EDTF interval if that is not exactly known."`
	StatusHow      string          `json:"status_how,omitempty"`
	StatusCertain  string          `json:"status_certainty,omitempty" enum:"certain,possible"`
	Coverage       string          `json:"coverage" enum:"inside,outside,undeclared" doc:"Whether the ledger claims to know about this day. Outside is never the same as not allied."`
	Scope          string          `json:"coverage_scope,omitempty" doc:"What is covered of it, in words."`
	Members        []Member        `json:"members" doc:"Parties, those whose obligations are suspended among them."`
	Candidates     []Member        `json:"candidates" doc:"Invited, signatory, acceding: not bound yet."`
	Former         []Member        `json:"former" doc:"Withdrawn, excluded, or a party when the instrument ended."`
	Suspensions    []Suspension    `json:"suspensions"`
	Clauses        []Clause        `json:"clauses"`
	Participations []Participation `json:"participations,omitempty"`
	Partners       []Partner       `json:"partners,omitempty"`
	Organs         []Organ         `json:"organs,omitempty"`
	Bases          []Base          `json:"bases,omitempty"`
	Postures       []Posture       `json:"postures,omitempty"`
	Pledges        []Pledge        `json:"pledges,omitempty"`
	Reservations   []Reservation   `json:"reservations,omitempty"`
	Objections     []Objection     `json:"objections,omitempty"`
	Declarations   []Declaration   `json:"declarations,omitempty"`
	Notices        []Notice        `json:"notices,omitempty"`
	Provisional    []Provisional   `json:"provisional,omitempty" doc:"Who applied it before its entry into force."`
	Protocols      []Protocol      `json:"protocols,omitempty"`
	Term           *Term           `json:"term,omitempty" doc:"The agreed end of the current term."`
	Breaches       []Breach        `json:"breaches,omitempty" doc:"Breaches alleged: claims."`
	Disputes       []Dispute       `json:"disputes,omitempty"`
	Findings       []Finding       `json:"findings,omitempty" doc:"What is odd about the facts of this alliance, on any day, and how to mend it."`

	from, to ledger.Date // the days for which this holds, but for on itself
}

// Member is the status of one state in an alliance.
type Member struct {
	StateRef
	Status string `json:"status" enum:"invited,signatory,acceding,party,suspended,withdrawn,excluded,ended"`
	Told
}

// Suspension is the suspension of obligations between two states.
type Suspension struct {
	By         string   `json:"by"`
	ByName     *string  `json:"by_name"`
	Toward     string   `json:"toward"`
	TowardName *string  `json:"toward_name"`
	Ground     string   `json:"ground,omitempty"`
	Clauses    []string `json:"clauses,omitempty" doc:"Absent: all."`
	Told
}

// Clause is a clause in force, in the version of the day.
type Clause struct {
	ID          string   `json:"id"`
	Article     string   `json:"article"`
	Label       string   `json:"label"`
	Kind        string   `json:"kind"`
	Bearer      []string `json:"bearer" doc:"Who is bound: states, or groups (@parties)."`
	Beneficiary []string `json:"beneficiary,omitempty"`
	Trigger     *Trigger `json:"trigger,omitempty" doc:"When it applies; absent: always."`
	Strength    string   `json:"strength,omitempty"`
	Means       string   `json:"means,omitempty"`
	Determines  string   `json:"determines,omitempty"`
	Consent     string   `json:"consent,omitempty"`
	UNClause    string   `json:"un_clause,omitempty"`
	Exclusions  []string `json:"exclusions,omitempty"`
	ATOP        []string `json:"atop,omitempty"`
	Text        string   `json:"text,omitempty" doc:"A reference to the text."`
	Told
}

// Trigger is a node of the tree that says when a clause applies.
type Trigger struct {
	Is          string    `json:"is"`
	By          []string  `json:"by,omitempty"`
	ByKind      string    `json:"by_kind,omitempty"`
	AtLeast     int       `json:"at_least,omitempty"`
	JoinedBy    []string  `json:"joined_by,omitempty"`
	Against     []string  `json:"against,omitempty"`
	Region      string    `json:"region,omitempty"`
	Domain      string    `json:"domain,omitempty"`
	Unprovoked  bool      `json:"unprovoked,omitempty"`
	InOpinionOf string    `json:"in_opinion_of,omitempty"`
	Period      string    `json:"period,omitempty"`
	Description string    `json:"description,omitempty"`
	Of          []Trigger `json:"of,omitempty"`
}

// Participation is how a state takes part in an organ.
type Participation struct {
	Organ string `json:"organ"`
	StateRef
	Status string `json:"status"`
	Told
}

// Partner is a state that is a partner and no party.
type Partner struct {
	Programme string `json:"programme"`
	StateRef
	By []string `json:"by,omitempty"`
	Told
}

// Organ is an institution of the alliance.
type Organ struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Place string `json:"place,omitempty"`
	Told
}

// Base is the use of bases that one state grants another.
type Base struct {
	ID    string `json:"id"`
	Title string `json:"title,omitempty"`
	Host  string `json:"host"`
	User  string `json:"user,omitempty"`
	Told
}

// Posture is how forces stand.
type Posture struct {
	ID     string `json:"id"`
	Status string `json:"status"`
	Host   string `json:"host,omitempty"`
	Lead   string `json:"lead,omitempty"`
	Size   string `json:"size,omitempty"`
	Told
}

// Pledge is a promise that is no obligation.
type Pledge struct {
	ID        string   `json:"id"`
	Text      string   `json:"text"`
	Givers    []string `json:"givers,omitempty" doc:"Absent: all parties."`
	Receivers []string `json:"receivers,omitempty"`
	By        string   `json:"by,omitempty" doc:"By when, or until when, it is to be kept (EDTF)."`
	Told
}

// Reservation is a reservation of one state.
type Reservation struct {
	ID string `json:"id"`
	StateRef
	Effect  string   `json:"effect"`
	Clauses []string `json:"clauses,omitempty"`
	Told
}

// Objection is an objection to a reservation.
type Objection struct {
	Reservation string `json:"reservation"`
	StateRef
	Effect string `json:"effect,omitempty"`
	Told
}

// Declaration is how somebody understands the instrument.
type Declaration struct {
	By      []string `json:"by,omitempty"`
	Organ   string   `json:"organ,omitempty"`
	Clauses []string `json:"clauses,omitempty"`
	Effect  string   `json:"effect"`
	Told
}

// Notice is a notice that has not taken effect.
type Notice struct {
	StateRef
	Of     string `json:"of" doc:"What it announces; suspended if it does not run."`
	Period string `json:"period,omitempty"`
	Told
}

// Provisional is provisional application by one state.
type Provisional struct {
	StateRef
	Scope string `json:"scope,omitempty"`
	Told
}

// Protocol is a protocol to the instrument.
type Protocol struct {
	ID          string   `json:"id"`
	Status      string   `json:"status" enum:"signed,in-force"`
	Title       string   `json:"title,omitempty"`
	AccessionOf []string `json:"accession_of,omitempty"`
	By          []string `json:"by,omitempty"`
	Place       string   `json:"place,omitempty"`
	Told
}

// Term is the agreed end of the current term.
type Term struct {
	Ends string `json:"ends" doc:"EDTF."`
	Told
}

// Breach is a breach that one party alleges of another.
type Breach struct {
	Accuser string   `json:"accuser"`
	Accused string   `json:"accused"`
	Ground  string   `json:"ground"`
	Clauses []string `json:"clauses,omitempty"`
	Told
}

// Dispute is a disagreement of sources.
type Dispute struct {
	Name     string   `json:"name"`
	Question string   `json:"question"`
	Verdict  string   `json:"verdict" enum:"open,upheld,refuted,partial,unresolved" doc:"On the first claim."`
	About    *string  `json:"about" doc:"The event whose date is disputed."`
	Field    string   `json:"field,omitempty" doc:"Which of its dates."`
	Claims   []Claim  `json:"claims"`
	Reason   string   `json:"reason,omitempty" doc:"Why an editor decided so."`
	Events   []string `json:"events"`
}

// Claim is one of several competing statements.
type Claim struct {
	Value string `json:"value"`
	Citation
}

// Citation says where something stands.
type Citation struct {
	Source  string  `json:"source"`
	Title   *string `json:"source_title" doc:"The title of the source; null if no event tells of it."`
	Locator string  `json:"locator,omitempty"`
	Grade   string  `json:"grade" enum:"A,B,C,D"`
	Says    string  `json:"says,omitempty" doc:"What this source states, where it differs."`
}

// allianceDoc collects one alliance; ok is false if nothing up to the point
// tells of it, or nothing that was public.
func allianceDoc(w *projections.World, p *point, id ledger.AllianceID) (doc *Alliance, ok bool) {
	v, ok := w.At(p.Query, ledger.KindAlliance, string(id))
	if !ok || hidden(w, p.Query, &v) {
		return nil, false
	}
	d := newWriter(w, p.Query)
	doc = &Alliance{ID: string(id), Asked: asked(w, p), Coverage: string(v.Coverage), Scope: scopeOf(w, p.Query, v.Aggregate)}
	d.describe(doc, &v)
	for i := range v.Facts {
		d.put(doc, &v.Facts[i])
	}
	doc.Members, doc.Candidates, doc.Former = orEmpty(doc.Members), orEmpty(doc.Candidates), orEmpty(doc.Former)
	doc.Suspensions, doc.Clauses, doc.Aliases = orEmpty(doc.Suspensions), orEmpty(doc.Clauses), orEmpty(doc.Aliases)
	doc.Findings = d.findings(v.Aggregate)
	if p.Public && discreet(w, p.Query, &v) {
		doc.Disputes, doc.Scope = nil, ""
	}
	d.steadyAround(doc, v.Aggregate)
	return doc, true
}

// hidden reports whether an alliance was not publicly known on the day: all
// that there is of it was secret.
func hidden(w *projections.World, q projections.Query, v *projections.View) bool {
	if !q.Public || len(v.Facts) > 0 {
		return false
	}
	q.Public = false
	all, _ := w.At(q, v.Aggregate.Kind, v.Aggregate.ID)
	return len(all.Facts) > 0
}

// discreet reports whether something of an alliance was secret on the day. Then
// what editors say beside it may give it away.
func discreet(w *projections.World, q projections.Query, v *projections.View) bool {
	q.Public = false
	all, _ := w.At(q, v.Aggregate.Kind, v.Aggregate.ID)
	return len(all.Facts) > len(v.Facts)
}

func (d *writer) findings(a ledger.Aggregate) (out []Finding) {
	for _, f := range d.w.FindingsAt(d.q, a) {
		out = append(out, Finding{f.Seq, d.w.ID(f.Seq).String(), f.Text})
	}
	return out
}

// describe fills in the identity and the status.
func (d *writer) describe(doc *Alliance, v *projections.View) {
	doc.Title = doc.ID
	if f := v.One(projections.FactTitle); f != nil {
		p := detail[ledger.InstrumentDescribed](f)
		doc.Title, doc.Form, doc.Aliases = p.Title, p.Form, p.Aliases
		doc.Misnomers, doc.Depositary, doc.Organisation, doc.ATOP = p.Misnomers, p.Depositary, p.Organisation, p.ATOP
	}
	if f := v.One(projections.FactStatus); f != nil {
		doc.Status = &f.Value
		doc.StatusSince, _, _ = bound(f.Span.SinceEarliest, f.Span.SinceLatest)
		doc.StatusHow, doc.StatusCertain = f.How, certainty(f.Certainty)
	}
}

// put places a fact in the document.
func (d *writer) put(doc *Alliance, f *projections.Fact) {
	switch f.Kind {
	case projections.FactParty:
		d.putMember(doc, f)
	case projections.FactSuspension:
		p := detail[ledger.ObligationSuspended](f)
		doc.Suspensions = append(doc.Suspensions, Suspension{
			By: f.A, ByName: d.ref(f.A).Name, Toward: f.B, TowardName: d.ref(f.B).Name,
			Ground: p.Ground, Clauses: words(p.Clauses), Told: d.told(f),
		})
	case projections.FactClause:
		doc.Clauses = append(doc.Clauses, d.clause(f))
	case projections.FactReservation:
		p := detail[ledger.ReservationMade](f)
		doc.Reservations = append(doc.Reservations, Reservation{f.A, d.ref(f.B), p.Effect, words(p.Clauses), d.told(f)})
	case projections.FactObjection:
		doc.Objections = append(doc.Objections, Objection{f.A, d.ref(f.B), f.Value, d.told(f)})
	case projections.FactDeclaration:
		p := detail[ledger.DeclarationMade](f)
		doc.Declarations = append(doc.Declarations, Declaration{words(p.By), string(p.Organ), words(p.Clauses), p.Effect, d.told(f)})
	case projections.FactNotice:
		doc.Notices = append(doc.Notices, Notice{d.ref(f.A), f.Value, f.How, d.told(f)})
	case projections.FactProvisional:
		doc.Provisional = append(doc.Provisional, Provisional{d.ref(f.A), f.How, d.told(f)})
	case projections.FactBreach:
		p := detail[ledger.BreachAlleged](f)
		doc.Breaches = append(doc.Breaches, Breach{f.A, f.B, p.Ground, words(p.Clauses), d.told(f)})
	case projections.FactDispute:
		doc.Disputes = append(doc.Disputes, d.dispute(f))
	default:
		d.putInstitution(doc, f)
	}
}

// putInstitution places the facts about institutions, forces and promises.
func (d *writer) putInstitution(doc *Alliance, f *projections.Fact) {
	switch f.Kind {
	case projections.FactParticipation:
		doc.Participations = append(doc.Participations, Participation{f.A, d.ref(f.B), f.Value, d.told(f)})
	case projections.FactPartner:
		p := detail[ledger.PartnerDesignated](f)
		doc.Partners = append(doc.Partners, Partner{f.A, d.ref(f.B), words(p.By), d.told(f)})
	case projections.FactOrgan:
		p := detail[ledger.OrganCreated](f)
		doc.Organs = append(doc.Organs, Organ{f.A, f.Value, p.Place, d.told(f)})
	case projections.FactBase:
		p := detail[ledger.BaseAgreed](f)
		doc.Bases = append(doc.Bases, Base{f.A, p.Title, f.B, string(p.User), d.told(f)})
	case projections.FactPosture:
		p := detail[ledger.PostureChanged](f)
		doc.Postures = append(doc.Postures, Posture{f.A, f.Value, string(p.Host), string(p.Lead), p.Size, d.told(f)})
	case projections.FactPledge:
		p := detail[ledger.PledgeMade](f)
		doc.Pledges = append(doc.Pledges, Pledge{f.A, f.Value, words(p.Givers), words(p.Receivers), p.Until.String(), d.told(f)})
	case projections.FactProtocol:
		p := detail[ledger.ProtocolSigned](f)
		doc.Protocols = append(doc.Protocols, Protocol{f.A, f.Value, p.Title, words(p.AccessionOf), words(p.By), p.Place, d.told(f)})
	case projections.FactTerm:
		doc.Term = &Term{f.Value, d.told(f)}
	}
}

// putMember places a party fact: bound, on the way, or gone.
func (d *writer) putMember(doc *Alliance, f *projections.Fact) {
	m := Member{d.ref(f.A), f.Value, d.told(f)}
	switch f.Value {
	case projections.Party, projections.Suspended:
		doc.Members = append(doc.Members, m)
	case projections.Invited, projections.Signatory, projections.Acceding:
		doc.Candidates = append(doc.Candidates, m)
	default:
		doc.Former = append(doc.Former, m)
	}
}

// clause renders a clause in its version of the day.
func (d *writer) clause(f *projections.Fact) Clause {
	c := detail[ledger.Clause](f)
	return Clause{
		ID: f.A, Article: c.Article, Label: c.Label, Kind: f.Value, Bearer: orEmpty(c.Bearer), Beneficiary: c.Beneficiary,
		Trigger: trigger(c.Trigger), Strength: string(c.Strength), Means: c.Means, Determines: c.Determines,
		Consent: c.Consent, UNClause: c.UNClause, Exclusions: c.Exclusions, ATOP: c.ATOP, Text: c.Text, Told: d.told(f),
	}
}

func trigger(p *ledger.Predicate) *Trigger {
	if p == nil {
		return nil
	}
	t := &Trigger{
		Is: p.Is, By: p.By, ByKind: p.ByKind, AtLeast: p.AtLeast, JoinedBy: p.JoinedBy, Against: p.Against,
		Region: p.Region, Domain: p.Domain, Unprovoked: p.Unprovoked, InOpinionOf: p.InOpinionOf,
		Period: p.Period.String(), Description: p.Description,
	}
	for i := range p.Of {
		t.Of = append(t.Of, *trigger(&p.Of[i]))
	}
	return t
}

// dispute renders a dispute with its claims.
func (d *writer) dispute(f *projections.Fact) Dispute {
	p := detail[ledger.DisputeOpened](f)
	out := Dispute{Name: f.A, Question: p.Question, Verdict: f.Value, Field: p.Field, Claims: []Claim{}, Events: d.events(f)}
	if !p.About.IsZero() {
		id := p.About.String()
		out.About = &id
	}
	if f.Value != "open" {
		out.Reason = f.How
	}
	for i := range p.Claims {
		c := &p.Claims[i]
		out.Claims = append(out.Claims, Claim{c.Value, d.citation(&c.Citation)})
	}
	return out
}

func (d *writer) citation(c *ledger.Citation) Citation {
	out := Citation{Source: string(c.Source), Locator: c.Locator, Grade: string(c.Grade), Says: c.Says}
	if title := d.sourceTitle(c.Source); title != "" {
		out.Title = &title
	}
	return out
}

func (d *writer) sourceTitle(id ledger.SourceID) string {
	v, _ := d.w.At(d.q, ledger.KindLedger, string(id))
	if f := v.One(projections.FactSource); f != nil {
		return f.Value
	}
	return ""
}
