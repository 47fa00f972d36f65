package ledger

// The crisis family: the facts that triggers of obligations read, and what
// was invoked, determined and done because of them.

// IncidentOccurred (incident.occurred): Something happened between states
// short of an armed attack.
type IncidentOccurred struct {
	What    string    // what happened; required
	By      []StateID // who did it
	Against []StateID // to whom
	Place   string    // where
}

// Type implements [Payload].
func (*IncidentOccurred) Type() Type { return TypeIncidentOccurred }
func (*IncidentOccurred) crisis()    {}

func (p *IncidentOccurred) wire(w *wire) {
	w.text("what", &p.What, required, "what happened")
	w.states("by", &p.By, optional, "who did it")
	w.states("against", &p.Against, optional, "to whom")
	w.text("place", &p.Place, optional, "where")
}

// MobilizationOrdered (mobilization.ordered): A state mobilised its forces.
type MobilizationOrdered struct {
	By      StateID   // who; required
	Extent  string    // how far; required
	Against []StateID // against whom
}

// Type implements [Payload].
func (*MobilizationOrdered) Type() Type { return TypeMobilizationOrdered }
func (*MobilizationOrdered) crisis()    {}

func (p *MobilizationOrdered) wire(w *wire) {
	w.state("by", &p.By, required, "who")
	enum(w, "extent", &p.Extent, required, "partial general precautionary", "how far")
	w.states("against", &p.Against, optional, "against whom")
}

// UltimatumDelivered (ultimatum.delivered): A state set another a time
// limit.
type UltimatumDelivered struct {
	By       StateID // who; required
	To       StateID // to whom; required
	Deadline When    // when it ran out
	Demands  string  // what was demanded; required
}

// Type implements [Payload].
func (*UltimatumDelivered) Type() Type { return TypeUltimatumDelivered }
func (*UltimatumDelivered) crisis()    {}

func (p *UltimatumDelivered) wire(w *wire) {
	w.state("by", &p.By, required, "who")
	w.state("to", &p.To, required, "to whom")
	w.when("deadline", &p.Deadline, optional, "when it ran out")
	w.text("demands", &p.Demands, required, "what was demanded")
}

// AttackMade (attack.made): An armed attack, an invasion or another use of
// force.
type AttackMade struct {
	Attack       Name      // its name in this crisis; required
	Attackers    []StateID // the states that attacked; empty for a non-state attacker
	AttackerKind string    // who attacked; required
	AttackerName string    // the non-state attacker
	Targets      []StateID // who was attacked; required
	Form         string    // what it was; required
	Domain       string    // where it was carried out
	Place        string    // where
	Provocation  string    // whether the target provoked it, as a claim of the cited sources
}

// Type implements [Payload].
func (*AttackMade) Type() Type { return TypeAttackMade }
func (*AttackMade) crisis()    {}

func (p *AttackMade) wire(w *wire) {
	w.name("attack", &p.Attack, required, "its name in this crisis")
	w.states("attackers", &p.Attackers, optional, "the states that attacked; empty for a non-state attacker")
	enum(w, "attacker_kind", &p.AttackerKind, required, "state non-state disputed", "who attacked")
	w.text("attacker_name", &p.AttackerName, optional, "the non-state attacker")
	w.states("targets", &p.Targets, required, "who was attacked")
	enum(w, "form", &p.Form, required, "invasion bombardment blockade raid terrorism cyber intervention occupation unspecified", "what it was")
	enum(w, "domain", &p.Domain, optional, "land sea air cyber space mixed", "where it was carried out")
	w.text("place", &p.Place, optional, "where")
	enum(w, "provocation", &p.Provocation, optional, "unprovoked provoked disputed", "whether the target provoked it, as a claim of the cited sources")
}

// WarDeclared (war.declared): A state declared war on another.
type WarDeclared struct {
	By      StateID   // who; required
	Against []StateID // on whom; required
}

// Type implements [Payload].
func (*WarDeclared) Type() Type { return TypeWarDeclared }
func (*WarDeclared) crisis()    {}

func (p *WarDeclared) wire(w *wire) {
	w.state("by", &p.By, required, "who")
	w.states("against", &p.Against, required, "on whom")
}

// CeasefireAgreed (ceasefire.agreed): Fighting ended between some or all.
type CeasefireAgreed struct {
	Among []StateID // who; empty means all
	Form  string    // how; required
}

// Type implements [Payload].
func (*CeasefireAgreed) Type() Type { return TypeCeasefireAgreed }
func (*CeasefireAgreed) crisis()    {}

func (p *CeasefireAgreed) wire(w *wire) {
	w.states("among", &p.Among, optional, "who; empty means all")
	enum(w, "form", &p.Form, required, "ceasefire armistice withdrawal peace surrender", "how")
}

// ConsultationRequested (consultation.requested): A party asked for
// consultations under a clause.
type ConsultationRequested struct {
	Alliance   AllianceID // under which alliance; required
	Clause     ClauseID   // under which clause
	Requesters []StateID  // who asked; required
	About      string     // about what; required
}

// Type implements [Payload].
func (*ConsultationRequested) Type() Type { return TypeConsultationRequested }
func (*ConsultationRequested) crisis()    {}

func (p *ConsultationRequested) wire(w *wire) {
	w.alliance("alliance", &p.Alliance, required, "under which alliance")
	w.clauseID("clause", &p.Clause, optional, "under which clause")
	w.states("requesters", &p.Requesters, required, "who asked")
	w.text("about", &p.About, required, "about what")
}

// ConsultationHeld (consultation.held): The parties consulted.
type ConsultationHeld struct {
	Alliance AllianceID // under which alliance; required
	Clause   ClauseID   // under which clause
	Organ    Name       // in which organ
	Outcome  string     // with what result
}

// Type implements [Payload].
func (*ConsultationHeld) Type() Type { return TypeConsultationHeld }
func (*ConsultationHeld) crisis()    {}

func (p *ConsultationHeld) wire(w *wire) {
	w.alliance("alliance", &p.Alliance, required, "under which alliance")
	w.clauseID("clause", &p.Clause, optional, "under which clause")
	w.name("organ", &p.Organ, optional, "in which organ")
	w.text("outcome", &p.Outcome, optional, "with what result")
}

// ClauseInvoked (clause.invoked): A party, or an organ for the parties,
// claimed that a clause applies.
type ClauseInvoked struct {
	Invocation Name       // its name in this crisis; required
	Alliance   AllianceID // of which alliance; required
	Clause     ClauseID   // which clause; required
	Invokers   []StateID  // who; empty for an organ
	Organ      Name       // the organ
}

// Type implements [Payload].
func (*ClauseInvoked) Type() Type { return TypeClauseInvoked }
func (*ClauseInvoked) crisis()    {}

func (p *ClauseInvoked) wire(w *wire) {
	w.name("invocation", &p.Invocation, required, "its name in this crisis")
	w.alliance("alliance", &p.Alliance, required, "of which alliance")
	w.clauseID("clause", &p.Clause, required, "which clause")
	w.states("invokers", &p.Invokers, optional, "who; empty for an organ")
	w.name("organ", &p.Organ, optional, "the organ")
}

// InvocationDetermined (invocation.determined): An organ ruled on an
// invocation.
type InvocationDetermined struct {
	Invocation Name   // on which, by its name in this crisis; required
	Ruling     string // how; required
	Organ      Name   // which organ; required
	Vote       string // the vote
}

// Type implements [Payload].
func (*InvocationDetermined) Type() Type { return TypeInvocationDetermined }
func (*InvocationDetermined) crisis()    {}

func (p *InvocationDetermined) wire(w *wire) {
	w.name("invocation", &p.Invocation, required, "on which, by its name in this crisis")
	enum(w, "ruling", &p.Ruling, required, "provisional confirmed declined lapsed", "how")
	w.name("organ", &p.Organ, required, "which organ")
	w.text("vote", &p.Vote, optional, "the vote")
}

// ResponseMade (response.made): What a state or the alliance did in answer.
type ResponseMade struct {
	Response   Name       // its name in this crisis; required
	Responders []StateID  // who; empty for the alliance as a whole
	Alliance   AllianceID // under which alliance
	Clause     ClauseID   // under which clause
	Kind       string     // what it was; required
	LegalBasis string     // on what ground
	What       string     // in words; required
}

// Type implements [Payload].
func (*ResponseMade) Type() Type { return TypeResponseMade }
func (*ResponseMade) crisis()    {}

func (p *ResponseMade) wire(w *wire) {
	w.name("response", &p.Response, required, "its name in this crisis")
	w.states("responders", &p.Responders, optional, "who; empty for the alliance as a whole")
	w.alliance("alliance", &p.Alliance, optional, "under which alliance")
	w.clauseID("clause", &p.Clause, optional, "under which clause")
	enum(w, "kind", &p.Kind, required, "military materiel basing overflight intelligence diplomatic sanctions declaration refusal none", "what it was")
	enum(w, "legal_basis", &p.LegalBasis, optional, "treaty-clause self-defence un-mandate invitation contested none", "on what ground")
	w.text("what", &p.What, required, "in words")
}

// NeutralityDeclared (neutrality.declared): A state declared itself neutral
// or non-belligerent.
type NeutralityDeclared struct {
	By     StateID // who; required
	Stance string  // how; required
}

// Type implements [Payload].
func (*NeutralityDeclared) Type() Type { return TypeNeutralityDeclared }
func (*NeutralityDeclared) crisis()    {}

func (p *NeutralityDeclared) wire(w *wire) {
	w.state("by", &p.By, required, "who")
	enum(w, "stance", &p.Stance, required, "neutral benevolent-neutral non-belligerent", "how")
}

// OperationStarted (operation.started): A military operation began.
type OperationStarted struct {
	Operation    Name       // its name in this crisis; required
	Title        string     // its title; required
	Alliance     AllianceID // under which alliance
	Participants []StateID  // who took part
	LegalBasis   string     // on what ground; required
	Mandate      string     // the resolution or decision
	Place        string     // where
}

// Type implements [Payload].
func (*OperationStarted) Type() Type { return TypeOperationStarted }
func (*OperationStarted) crisis()    {}

func (p *OperationStarted) wire(w *wire) {
	w.name("operation", &p.Operation, required, "its name in this crisis")
	w.text("title", &p.Title, required, "its title")
	w.alliance("alliance", &p.Alliance, optional, "under which alliance")
	w.states("participants", &p.Participants, optional, "who took part")
	enum(w, "legal_basis", &p.LegalBasis, required, "treaty-clause self-defence un-mandate invitation contested", "on what ground")
	w.text("mandate", &p.Mandate, optional, "the resolution or decision")
	w.text("place", &p.Place, optional, "where")
}

// OperationEnded (operation.ended): A military operation ended.
type OperationEnded struct {
	Operation Name // which; required
}

// Type implements [Payload].
func (*OperationEnded) Type() Type { return TypeOperationEnded }
func (*OperationEnded) crisis()    {}

func (p *OperationEnded) wire(w *wire) {
	w.name("operation", &p.Operation, required, "which")
}

// AssessmentRecorded (assessment.recorded): A scholar's or an institution's
// verdict on what a party did: a claim with its coding rule.
type AssessmentRecorded struct {
	Assessment Name       // its name in this crisis; required
	Alliance   AllianceID // on which alliance; required
	State      StateID    // on which party
	Value      string     // the verdict; required
	Rule       string     // the rule by which it was reached; required
}

// Type implements [Payload].
func (*AssessmentRecorded) Type() Type { return TypeAssessmentRecorded }
func (*AssessmentRecorded) crisis()    {}

func (p *AssessmentRecorded) wire(w *wire) {
	w.name("assessment", &p.Assessment, required, "its name in this crisis")
	w.alliance("alliance", &p.Alliance, required, "on which alliance")
	w.state("state", &p.State, optional, "on which party")
	enum(w, "value", &p.Value, required, "honored violated partial not-triggered not-applicable", "the verdict")
	w.text("rule", &p.Rule, required, "the rule by which it was reached")
}
