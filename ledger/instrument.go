package ledger

// The instrument family: what happens to a treaty or an arrangement as such.
// The actions and their effects are those of the Vienna Convention on the
// Law of Treaties (VCLT 1969) and of the depositary practice of the UN
// Treaty Collection.

// InstrumentDescribed (instrument.described): The identity card of an
// alliance: its title, its other names and what kind of instrument it is. It
// dates nothing.
type InstrumentDescribed struct {
	Title        string   // the usual full title; required
	Form         string   // what kind of instrument it is; required
	Aliases      []string // other names, one alliance each
	Misnomers    []string // names in circulation that are wrong
	Depositary   string   // who keeps the original
	Organisation string   // the organisation that the instrument created, if it has a name of its own
	ATOP         []string // ATOP alliance numbers, as cross-references
}

// Type implements [Payload].
func (*InstrumentDescribed) Type() Type  { return TypeInstrumentDescribed }
func (*InstrumentDescribed) instrument() {}

func (p *InstrumentDescribed) wire(w *wire) {
	w.text("title", &p.Title, required, "the usual full title")
	enum(w, "form", &p.Form, required, "treaty convention protocol exchange-of-notes declaration arrangement organisation charter", "what kind of instrument it is")
	w.texts("aliases", &p.Aliases, optional, "other names, one alliance each")
	w.texts("misnomers", &p.Misnomers, optional, "names in circulation that are wrong")
	w.text("depositary", &p.Depositary, optional, "who keeps the original")
	w.text("organisation", &p.Organisation, optional, "the organisation that the instrument created, if it has a name of its own")
	w.texts("atop", &p.ATOP, optional, "ATOP alliance numbers, as cross-references")
}

// InstrumentProposed (instrument.proposed): A state proposed an instrument.
type InstrumentProposed struct {
	By    []StateID // who proposed it; required
	Topic string    // what it was to be about
}

// Type implements [Payload].
func (*InstrumentProposed) Type() Type  { return TypeInstrumentProposed }
func (*InstrumentProposed) instrument() {}

func (p *InstrumentProposed) wire(w *wire) {
	w.states("by", &p.By, required, "who proposed it")
	w.text("topic", &p.Topic, optional, "what it was to be about")
}

// NegotiationFailed (negotiation.failed): Negotiations ended without an
// instrument (Poast 2019).
type NegotiationFailed struct {
	Parties []StateID // who negotiated; required
	Topic   string    // what about; required
}

// Type implements [Payload].
func (*NegotiationFailed) Type() Type  { return TypeNegotiationFailed }
func (*NegotiationFailed) instrument() {}

func (p *NegotiationFailed) wire(w *wire) {
	w.states("parties", &p.Parties, required, "who negotiated")
	w.text("topic", &p.Topic, required, "what about")
}

// InstrumentAdopted (instrument.adopted): The text was adopted or
// authenticated (VCLT 9, 10). Nobody is bound yet.
type InstrumentAdopted struct {
	Place string // where
}

// Type implements [Payload].
func (*InstrumentAdopted) Type() Type  { return TypeInstrumentAdopted }
func (*InstrumentAdopted) instrument() {}

func (p *InstrumentAdopted) wire(w *wire) {
	w.text("place", &p.Place, optional, "where")
}

// InstrumentSigned (instrument.signed): A state signed the instrument (VCLT
// 10-14, 18).
type InstrumentSigned struct {
	Signatory StateID // who signed; required
	Mode      string  // what the signature does; unknown if absent
	Place     string  // where
}

// Type implements [Payload].
func (*InstrumentSigned) Type() Type  { return TypeInstrumentSigned }
func (*InstrumentSigned) instrument() {}

func (p *InstrumentSigned) wire(w *wire) {
	w.state("signatory", &p.Signatory, required, "who signed")
	enum(w, "mode", &p.Mode, optional, "ad-referendum subject-to-ratification definitive", "what the signature does; unknown if absent")
	w.text("place", &p.Place, optional, "where")
}

// InstrumentRegistered (instrument.registered): The instrument was
// registered (UN Charter 102, VCLT 80). It has no effect on validity.
type InstrumentRegistered struct {
	Registry string // the treaty series; required
	Number   string // volume and number in it; required
}

// Type implements [Payload].
func (*InstrumentRegistered) Type() Type  { return TypeInstrumentRegistered }
func (*InstrumentRegistered) instrument() {}

func (p *InstrumentRegistered) wire(w *wire) {
	enum(w, "registry", &p.Registry, required, "unts lnts tias other", "the treaty series")
	w.text("number", &p.Number, required, "volume and number in it")
}

// ConsentDeposited (consent.deposited): A state expressed its consent to be
// bound (VCLT 11-16). Unless effective_on says otherwise, it binds from the
// deposit, but not before the instrument itself is in force (VCLT 24(3)).
type ConsentDeposited struct {
	Party      StateID // who consented; required
	Mode       string  // how; required
	Depositary string  // with whom the instrument was deposited
}

// Type implements [Payload].
func (*ConsentDeposited) Type() Type  { return TypeConsentDeposited }
func (*ConsentDeposited) instrument() {}

func (p *ConsentDeposited) wire(w *wire) {
	w.state("party", &p.Party, required, "who consented")
	enum(w, "mode", &p.Mode, required, "ratification acceptance approval accession formal-confirmation succession unspecified", "how")
	w.text("depositary", &p.Depositary, optional, "with whom the instrument was deposited")
}

// InstrumentInForce (instrument.in_force): The instrument entered into force
// (VCLT 24). The states in among are parties from that day.
type InstrumentInForce struct {
	Among []StateID // for whom, where the source says so; those with an earlier deposit are counted without it
	Rule  string    // the provision that fixed the day
}

// Type implements [Payload].
func (*InstrumentInForce) Type() Type  { return TypeInstrumentInForce }
func (*InstrumentInForce) instrument() {}

func (p *InstrumentInForce) wire(w *wire) {
	w.states("among", &p.Among, optional, "for whom, where the source says so; those with an earlier deposit are counted without it")
	w.text("rule", &p.Rule, optional, "the provision that fixed the day")
}

// PartyInForce (party.in_force): The instrument entered into force for one
// state, on a day that the source states. It wins over the day that follows
// from the deposit.
type PartyInForce struct {
	Party StateID // for whom; required
	Rule  string  // the provision that fixed the day
}

// Type implements [Payload].
func (*PartyInForce) Type() Type  { return TypePartyInForce }
func (*PartyInForce) instrument() {}

func (p *PartyInForce) wire(w *wire) {
	w.state("party", &p.Party, required, "for whom")
	w.text("rule", &p.Rule, optional, "the provision that fixed the day")
}

// ApplicationProvisional (application.provisional): States began to apply
// the instrument before its entry into force (VCLT 25).
type ApplicationProvisional struct {
	Among []StateID // who; required
	Scope string    // which part
}

// Type implements [Payload].
func (*ApplicationProvisional) Type() Type  { return TypeApplicationProvisional }
func (*ApplicationProvisional) instrument() {}

func (p *ApplicationProvisional) wire(w *wire) {
	w.states("among", &p.Among, required, "who")
	w.text("scope", &p.Scope, optional, "which part")
}

// ApplicationEnded (application.ended): Provisional application ended (VCLT
// 25(2)).
type ApplicationEnded struct {
	Among []StateID // for whom; required
}

// Type implements [Payload].
func (*ApplicationEnded) Type() Type  { return TypeApplicationEnded }
func (*ApplicationEnded) instrument() {}

func (p *ApplicationEnded) wire(w *wire) {
	w.states("among", &p.Among, required, "for whom")
}

// ReservationMade (reservation.made): A state made a reservation (VCLT
// 19-23).
type ReservationMade struct {
	By          StateID    // whose; required
	Reservation Name       // its name in this alliance; required
	Clauses     []ClauseID // the clauses that it touches
	Effect      string     // what it excludes or modifies; required
}

// Type implements [Payload].
func (*ReservationMade) Type() Type  { return TypeReservationMade }
func (*ReservationMade) instrument() {}

func (p *ReservationMade) wire(w *wire) {
	w.state("by", &p.By, required, "whose")
	w.name("reservation", &p.Reservation, required, "its name in this alliance")
	w.clauses("clauses", &p.Clauses, optional, "the clauses that it touches")
	w.text("effect", &p.Effect, required, "what it excludes or modifies")
}

// ReservationWithdrawn (reservation.withdrawn): A reservation was withdrawn
// (VCLT 22).
type ReservationWithdrawn struct {
	By          StateID // whose; required
	Reservation Name    // which; required
}

// Type implements [Payload].
func (*ReservationWithdrawn) Type() Type  { return TypeReservationWithdrawn }
func (*ReservationWithdrawn) instrument() {}

func (p *ReservationWithdrawn) wire(w *wire) {
	w.state("by", &p.By, required, "whose")
	w.name("reservation", &p.Reservation, required, "which")
}

// ObjectionMade (objection.made): A state objected to a reservation (VCLT
// 20).
type ObjectionMade struct {
	By          StateID // who objected; required
	Reservation Name    // to which; required
	Effect      string  // whether the treaty stays in force between the two
}

// Type implements [Payload].
func (*ObjectionMade) Type() Type  { return TypeObjectionMade }
func (*ObjectionMade) instrument() {}

func (p *ObjectionMade) wire(w *wire) {
	w.state("by", &p.By, required, "who objected")
	w.name("reservation", &p.Reservation, required, "to which")
	w.text("effect", &p.Effect, optional, "whether the treaty stays in force between the two")
}

// ObjectionWithdrawn (objection.withdrawn): An objection was withdrawn (VCLT
// 22).
type ObjectionWithdrawn struct {
	By          StateID // who; required
	Reservation Name    // to which reservation; required
}

// Type implements [Payload].
func (*ObjectionWithdrawn) Type() Type  { return TypeObjectionWithdrawn }
func (*ObjectionWithdrawn) instrument() {}

func (p *ObjectionWithdrawn) wire(w *wire) {
	w.state("by", &p.By, required, "who")
	w.name("reservation", &p.Reservation, required, "to which reservation")
}

// DeclarationMade (declaration.made): A party or its organ declared how it
// understands the instrument. An understanding is no reservation.
type DeclarationMade struct {
	By      []StateID  // who; empty for an organ of the alliance
	Organ   Name       // the organ
	Clauses []ClauseID // the clauses meant
	Effect  string     // what was declared; required
}

// Type implements [Payload].
func (*DeclarationMade) Type() Type  { return TypeDeclarationMade }
func (*DeclarationMade) instrument() {}

func (p *DeclarationMade) wire(w *wire) {
	w.states("by", &p.By, optional, "who; empty for an organ of the alliance")
	w.name("organ", &p.Organ, optional, "the organ")
	w.clauses("clauses", &p.Clauses, optional, "the clauses meant")
	w.text("effect", &p.Effect, required, "what was declared")
}

// ProtocolSigned (protocol.signed): A protocol to the instrument was signed.
// One on accession makes its subject an acceding state, and under the
// signature reading a party.
type ProtocolSigned struct {
	Protocol    Name      // its name in this alliance; required
	Title       string    // its title
	AccessionOf []StateID // the states that it lets in
	By          []StateID // who signed, where it was not every party
	Place       string    // where
}

// Type implements [Payload].
func (*ProtocolSigned) Type() Type  { return TypeProtocolSigned }
func (*ProtocolSigned) instrument() {}

func (p *ProtocolSigned) wire(w *wire) {
	w.name("protocol", &p.Protocol, required, "its name in this alliance")
	w.text("title", &p.Title, optional, "its title")
	w.states("accession_of", &p.AccessionOf, optional, "the states that it lets in")
	w.states("by", &p.By, optional, "who signed, where it was not every party")
	w.text("place", &p.Place, optional, "where")
}

// ProtocolInForce (protocol.in_force): A protocol entered into force.
type ProtocolInForce struct {
	Protocol Name   // its name in this alliance; required
	Rule     string // the provision that fixed the day
}

// Type implements [Payload].
func (*ProtocolInForce) Type() Type  { return TypeProtocolInForce }
func (*ProtocolInForce) instrument() {}

func (p *ProtocolInForce) wire(w *wire) {
	w.name("protocol", &p.Protocol, required, "its name in this alliance")
	w.text("rule", &p.Rule, optional, "the provision that fixed the day")
}

// ClauseAdded (clause.added): A clause exists from here on: from
// effective_on, or else from the entry into force of the instrument.
type ClauseAdded struct {
	Clause Clause // the clause; required
}

// Type implements [Payload].
func (*ClauseAdded) Type() Type  { return TypeClauseAdded }
func (*ClauseAdded) instrument() {}

func (p *ClauseAdded) wire(w *wire) {
	w.object("clause", required, "the clause", true, p.Clause.wire)
}

// ClauseChanged (clause.changed): A clause reads differently from here on;
// the earlier version stays for earlier days.
type ClauseChanged struct {
	Clause Clause // the clause as it reads now; required
}

// Type implements [Payload].
func (*ClauseChanged) Type() Type  { return TypeClauseChanged }
func (*ClauseChanged) instrument() {}

func (p *ClauseChanged) wire(w *wire) {
	w.object("clause", required, "the clause as it reads now", true, p.Clause.wire)
}

// ClauseEnded (clause.ended): A clause ended while its instrument goes on.
type ClauseEnded struct {
	Clause ClauseID // which; required
	Reason string   // why
}

// Type implements [Payload].
func (*ClauseEnded) Type() Type  { return TypeClauseEnded }
func (*ClauseEnded) instrument() {}

func (p *ClauseEnded) wire(w *wire) {
	w.clauseID("clause", &p.Clause, required, "which")
	w.text("reason", &p.Reason, optional, "why")
}

// InstrumentRenewed (instrument.renewed): The parties renewed the instrument
// expressly or let it renew itself.
type InstrumentRenewed struct {
	Until When      // the end of the new term
	How   string    // expressly or tacitly
	By    []StateID // who, where it was not every party
}

// Type implements [Payload].
func (*InstrumentRenewed) Type() Type  { return TypeInstrumentRenewed }
func (*InstrumentRenewed) instrument() {}

func (p *InstrumentRenewed) wire(w *wire) {
	w.when("until", &p.Until, optional, "the end of the new term")
	enum(w, "how", &p.How, optional, "express tacit", "expressly or tacitly")
	w.states("by", &p.By, optional, "who, where it was not every party")
}

// InstrumentExtended (instrument.extended): The term of the instrument was
// prolonged.
type InstrumentExtended struct {
	Until    When // the new end
	Protocol Name // the protocol that did it
}

// Type implements [Payload].
func (*InstrumentExtended) Type() Type  { return TypeInstrumentExtended }
func (*InstrumentExtended) instrument() {}

func (p *InstrumentExtended) wire(w *wire) {
	w.when("until", &p.Until, optional, "the new end")
	w.name("protocol", &p.Protocol, optional, "the protocol that did it")
}

// NoticeGiven (notice.given): A state gave notice that it will leave or end
// the instrument (VCLT 65). Until it takes effect the state is bound.
type NoticeGiven struct {
	By     StateID // who; required
	Period string  // the period of notice and the provision
	Of     string  // what it announces; required
}

// Type implements [Payload].
func (*NoticeGiven) Type() Type  { return TypeNoticeGiven }
func (*NoticeGiven) instrument() {}

func (p *NoticeGiven) wire(w *wire) {
	w.state("by", &p.By, required, "who")
	w.text("period", &p.Period, optional, "the period of notice and the provision")
	enum(w, "of", &p.Of, required, "withdrawal termination non-renewal suspension", "what it announces")
}

// NoticeSuspended (notice.suspended): The running of a notice was suspended.
type NoticeSuspended struct {
	By StateID // whose notice; required
}

// Type implements [Payload].
func (*NoticeSuspended) Type() Type  { return TypeNoticeSuspended }
func (*NoticeSuspended) instrument() {}

func (p *NoticeSuspended) wire(w *wire) {
	w.state("by", &p.By, required, "whose notice")
}

// NoticeRevoked (notice.revoked): A notice was taken back before it took
// effect (VCLT 68).
type NoticeRevoked struct {
	By StateID // whose notice; required
}

// Type implements [Payload].
func (*NoticeRevoked) Type() Type  { return TypeNoticeRevoked }
func (*NoticeRevoked) instrument() {}

func (p *NoticeRevoked) wire(w *wire) {
	w.state("by", &p.By, required, "whose notice")
}

// WithdrawalEffective (withdrawal.effective): A state ceased to be a party
// (VCLT 54, 56).
type WithdrawalEffective struct {
	Party StateID // who left; required
	How   string  // how; required
}

// Type implements [Payload].
func (*WithdrawalEffective) Type() Type  { return TypeWithdrawalEffective }
func (*WithdrawalEffective) instrument() {}

func (p *WithdrawalEffective) wire(w *wire) {
	w.state("party", &p.Party, required, "who left")
	enum(w, "how", &p.How, required, "denunciation withdrawal agreement lapse extinction unspecified", "how")
}

// ObligationSuspended (obligation.suspended): A state suspended its
// obligations (VCLT 57-62). It stays a party. Toward some states it is a
// relation between two; toward nobody in particular it suspends the state as
// a whole.
type ObligationSuspended struct {
	By      StateID    // who suspended; required
	Toward  []StateID  // toward whom; empty means toward all
	Clauses []ClauseID // which clauses; empty means all
	Ground  string     // the ground that was given; required
}

// Type implements [Payload].
func (*ObligationSuspended) Type() Type  { return TypeObligationSuspended }
func (*ObligationSuspended) instrument() {}

func (p *ObligationSuspended) wire(w *wire) {
	w.state("by", &p.By, required, "who suspended")
	w.states("toward", &p.Toward, optional, "toward whom; empty means toward all")
	w.clauses("clauses", &p.Clauses, optional, "which clauses; empty means all")
	w.text("ground", &p.Ground, required, "the ground that was given")
}

// ObligationResumed (obligation.resumed): Suspended obligations run again.
type ObligationResumed struct {
	By     StateID   // who resumed; required
	Toward []StateID // toward whom; empty means toward all
}

// Type implements [Payload].
func (*ObligationResumed) Type() Type  { return TypeObligationResumed }
func (*ObligationResumed) instrument() {}

func (p *ObligationResumed) wire(w *wire) {
	w.state("by", &p.By, required, "who resumed")
	w.states("toward", &p.Toward, optional, "toward whom; empty means toward all")
}

// BreachAlleged (breach.alleged): A party accused another of a breach (VCLT
// 60). It is a claim.
type BreachAlleged struct {
	Accuser StateID    // who accused; required
	Accused StateID    // whom; required
	Clauses []ClauseID // of breaking which clauses
	Ground  string     // the accusation; required
}

// Type implements [Payload].
func (*BreachAlleged) Type() Type  { return TypeBreachAlleged }
func (*BreachAlleged) instrument() {}

func (p *BreachAlleged) wire(w *wire) {
	w.state("accuser", &p.Accuser, required, "who accused")
	w.state("accused", &p.Accused, required, "whom")
	w.clauses("clauses", &p.Clauses, optional, "of breaking which clauses")
	w.text("ground", &p.Ground, required, "the accusation")
}

// InstrumentEnded (instrument.ended): The instrument ended for everyone
// (VCLT 54-62).
type InstrumentEnded struct {
	How        string     // how; required
	ReplacedBy AllianceID // the instrument that took its place
}

// Type implements [Payload].
func (*InstrumentEnded) Type() Type  { return TypeInstrumentEnded }
func (*InstrumentEnded) instrument() {}

func (p *InstrumentEnded) wire(w *wire) {
	enum(w, "how", &p.How, required, "expiry notice consent replaced breach war extinction desuetude unspecified", "how")
	w.alliance("replaced_by", &p.ReplacedBy, optional, "the instrument that took its place")
}

// TextCorrected (text.corrected): An error in the text was corrected by
// procès-verbal (VCLT 79), as if it had never been. This is not a correction
// of the ledger.
type TextCorrected struct {
	Clauses []ClauseID // where
	What    string     // what was corrected; required
}

// Type implements [Payload].
func (*TextCorrected) Type() Type  { return TypeTextCorrected }
func (*TextCorrected) instrument() {}

func (p *TextCorrected) wire(w *wire) {
	w.clauses("clauses", &p.Clauses, optional, "where")
	w.text("what", &p.What, required, "what was corrected")
}

// TextDisclosed (text.disclosed): A secret text, or the fact that it exists,
// became public.
type TextDisclosed struct {
	Scope   string     // what became public; required
	Clauses []ClauseID // which clauses, for a part
	Outlet  string     // where it was published; required
}

// Type implements [Payload].
func (*TextDisclosed) Type() Type  { return TypeTextDisclosed }
func (*TextDisclosed) instrument() {}

func (p *TextDisclosed) wire(w *wire) {
	enum(w, "scope", &p.Scope, required, "existence whole part", "what became public")
	w.clauses("clauses", &p.Clauses, optional, "which clauses, for a part")
	w.text("outlet", &p.Outlet, required, "where it was published")
}
