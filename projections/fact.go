package projections

import (
	"foedus/ledger"
)

// FactKind says what a fact is about. It is the third token of an update's
// subject.
type FactKind string

// The kinds of fact of an alliance. A and B name what distinguishes the facts
// of one kind inside one aggregate.
const (
	FactStatus        FactKind = "status"        // of the instrument: proposed, signed, in-force, ended
	FactParty         FactKind = "party"         // of a state; A the state
	FactSuspension    FactKind = "suspension"    // of obligations; A by, B toward
	FactClause        FactKind = "clause"        // in force in one version; A the clause
	FactParticipation FactKind = "participation" // A the organ, B the state
	FactPartner       FactKind = "partner"       // A the programme, B the state
	FactOrgan         FactKind = "organ"         // A the organ
	FactBase          FactKind = "base"          // A the base, B the host
	FactPosture       FactKind = "posture"       // A the posture
	FactPledge        FactKind = "pledge"        // A the pledge
	FactReservation   FactKind = "reservation"   // A the reservation, B the state
	FactObjection     FactKind = "objection"     // A the reservation, B the state
	FactDeclaration   FactKind = "declaration"   // A the clause or organ, B what was declared
	FactNotice        FactKind = "notice"        // of leaving; A the state
	FactProvisional   FactKind = "provisional"   // application; A the state
	FactProtocol      FactKind = "protocol"      // A the protocol
	FactTerm          FactKind = "term"          // the agreed end of the current term
	FactTitle         FactKind = "title"         // timeless
	FactBreach        FactKind = "breach"        // alleged; A accuser, B accused
	FactPhase         FactKind = "phase"         // of the instrument; A the phase, B the state
)

// The kinds of fact of a state.
const (
	FactExistence  FactKind = "existence"  // member of the international system, or occupied
	FactName       FactKind = "name"       // the name at the time
	FactCode       FactKind = "code"       // A the list
	FactSuccession FactKind = "succession" // A the other state
	FactTerritory  FactKind = "territory"  // A the part
	FactGovernment FactKind = "government"
)

// The kinds of fact of a crisis.
const (
	FactAttack       FactKind = "attack"       // A the attack
	FactWar          FactKind = "war"          // A by, B against
	FactMobilization FactKind = "mobilization" // A the state
	FactUltimatum    FactKind = "ultimatum"    // A by, B to
	FactIncident     FactKind = "incident"
	FactConsultation FactKind = "consultation" // A the alliance, B a requester
	FactInvocation   FactKind = "invocation"   // A the invocation
	FactResponse     FactKind = "response"     // A the response, B the alliance
	FactNeutrality   FactKind = "neutrality"   // A the state
	FactOperation    FactKind = "operation"    // A the operation
	FactAssessment   FactKind = "assessment"   // A the assessment, B the alliance
)

// The kinds of fact about the record.
const (
	FactCoverage FactKind = "coverage"
	FactDispute  FactKind = "dispute" // timeless; A the dispute
	FactSource   FactKind = "source"  // timeless
)

// factKinds fixes the number of every kind inside the table.
func factKinds() []FactKind {
	return []FactKind{
		FactStatus, FactParty, FactSuspension, FactClause, FactParticipation, FactPartner, FactOrgan, FactBase,
		FactPosture, FactPledge, FactReservation, FactObjection, FactDeclaration, FactNotice, FactProvisional,
		FactProtocol, FactTerm, FactTitle, FactBreach, FactPhase, FactExistence, FactName, FactCode, FactSuccession,
		FactTerritory, FactGovernment, FactAttack, FactWar, FactMobilization, FactUltimatum, FactIncident,
		FactConsultation, FactInvocation, FactResponse, FactNeutrality, FactOperation, FactAssessment,
		FactCoverage, FactDispute, FactSource,
	}
}

// FactKinds lists the names of all kinds of fact.
func FactKinds() []string {
	kinds := factKinds()
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = string(k)
	}
	return out
}

// The numbers of the kinds, in the order of factKinds.
const (
	kStatus uint8 = iota
	kParty
	kSuspension
	kClause
	kParticipation
	kPartner
	kOrgan
	kBase
	kPosture
	kPledge
	kReservation
	kObjection
	kDeclaration
	kNotice
	kProvisional
	kProtocol
	kTerm
	kTitle
	kBreach
	kPhase
	kExistence
	kName
	kCode
	kSuccession
	kTerritory
	kGovernment
	kAttack
	kWar
	kMobilization
	kUltimatum
	kIncident
	kConsultation
	kInvocation
	kResponse
	kNeutrality
	kOperation
	kAssessment
	kCoverage
	kDispute
	kSource
)

// The statuses of a state in an alliance, the values of [FactParty].
const (
	Invited   = "invited"   // asked to accede
	Signatory = "signatory" // signed, not bound yet
	Acceding  = "acceding"  // its accession protocol is signed
	Party     = "party"     // bound
	Suspended = "suspended" // a party whose obligations are suspended toward all
	Withdrawn = "withdrawn" // was a party and left
	Excluded  = "excluded"  // was excluded by an organ
	Ended     = "ended"     // was a party when the instrument ended
)

// The statuses of an instrument, the values of [FactStatus]. Its end has the
// value [Ended].
const (
	Proposed = "proposed"
	Signed   = "signed"
	InForce  = "in-force"
)

// Reading is the convention that dates membership.
type Reading uint8

// The two readings.
const (
	// ReadingInForce dates a party from the entry into force for it.
	ReadingInForce Reading = iota
	// ReadingSignature dates a party from its signature, or from the signature
	// of its accession protocol, as ATOP does.
	ReadingSignature
)

// String returns "in-force" or "signature".
func (r Reading) String() string {
	if r == ReadingSignature {
		return "signature"
	}
	return "in-force"
}

// ParseReading reads what String prints.
func ParseReading(s string) (Reading, bool) {
	switch s {
	case "in-force":
		return ReadingInForce, true
	case "signature":
		return ReadingSignature, true
	}
	return 0, false
}

// Query is the point at which a World is asked. Every field is explicit: there
// is no zero value that means "latest".
type Query struct {
	Dataset ledger.DatasetID
	On      ledger.Date
	Known   ledger.Seq // see [World.Head]
	Reading Reading
	// Public leaves out what was not publicly known on the day On.
	Public bool
	// Certain leaves out what is only possible on the day On.
	Certain bool
}

// view is one of the four worlds that a table holds at once: two readings,
// with and without what was secret.
type view uint8

const (
	viewInForce view = 1 << iota
	viewSignature
	viewInForcePublic
	viewSignaturePublic

	viewAll = viewInForce | viewSignature
)

func (q Query) view() view {
	v := viewInForce << q.Reading
	if q.Public {
		v <<= 2
	}
	return v
}

// End says how a spell ends.
type End string

// The four ends. An end that is not known never looks like one that has not
// come, and neither looks like one beyond what the dataset covers.
const (
	EndDate           End = "date"            // on the day in Until
	EndOpen           End = "open"            // in force to the horizon of the coverage
	EndUnknown        End = "unknown"         // it ended, nobody says when
	EndBeyondCoverage End = "beyond-coverage" // the day asked about lies outside the coverage
)

// Fact is one rectangle of the table, as it is shown. Its strings are shared
// with the World.
type Fact struct {
	Kind      FactKind
	Aggregate *ledger.Aggregate // shared; not to be changed
	A, B      string            // see the kinds
	Value     string
	How       string
	Span      ledger.Span
	End       End
	Known     ledger.Seq // the first sequence that knows it
	Causes    Causes
	Detail    any        // *ledger.Clause, or the payload of the event, or nil
	Certainty ledger.Tri // on the day asked about
	notes     *notes     // nil for most
}

// notes is what only a few facts have.
type notes struct{ dispute, endDispute, finding string }

// Dispute names the dispute about its beginning, "" for none.
func (f *Fact) Dispute() string {
	if f.notes == nil {
		return ""
	}
	return f.notes.dispute
}

// EndDispute names the dispute about its end, "" for none.
func (f *Fact) EndDispute() string {
	if f.notes == nil {
		return ""
	}
	return f.notes.endDispute
}

// Finding says what is odd about it and how to mend it, "" for nothing.
func (f *Fact) Finding() string {
	if f.notes == nil {
		return ""
	}
	return f.notes.finding
}

// Causes are the events that a fact follows from: the one that began it, and
// the one that ended it (0 for none).
type Causes struct {
	Began, Ended ledger.Seq
}
