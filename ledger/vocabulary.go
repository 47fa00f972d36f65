package ledger

import (
	"strconv"
	"strings"
)

// Type is the name of an event type, in the past tense and in historians'
// words: "instrument.signed". On the wire it carries a version.
type Type string

// Family groups the event types.
type Family string

// The families.
const (
	FamilyInstrument    Family = "instrument"
	FamilyParticipation Family = "participation"
	FamilyCrisis        Family = "crisis"
	FamilyState         Family = "state"
	FamilyLedger        Family = "ledger"
)

// The instrument family.
const (
	TypeInstrumentDescribed    Type = "instrument.described"
	TypeInstrumentProposed     Type = "instrument.proposed"
	TypeNegotiationFailed      Type = "negotiation.failed"
	TypeInstrumentAdopted      Type = "instrument.adopted"
	TypeInstrumentSigned       Type = "instrument.signed"
	TypeInstrumentRegistered   Type = "instrument.registered"
	TypeConsentDeposited       Type = "consent.deposited"
	TypeInstrumentInForce      Type = "instrument.in_force"
	TypePartyInForce           Type = "party.in_force"
	TypeApplicationProvisional Type = "application.provisional"
	TypeApplicationEnded       Type = "application.ended"
	TypeReservationMade        Type = "reservation.made"
	TypeReservationWithdrawn   Type = "reservation.withdrawn"
	TypeObjectionMade          Type = "objection.made"
	TypeObjectionWithdrawn     Type = "objection.withdrawn"
	TypeDeclarationMade        Type = "declaration.made"
	TypeProtocolSigned         Type = "protocol.signed"
	TypeProtocolInForce        Type = "protocol.in_force"
	TypeClauseAdded            Type = "clause.added"
	TypeClauseChanged          Type = "clause.changed"
	TypeClauseEnded            Type = "clause.ended"
	TypeInstrumentRenewed      Type = "instrument.renewed"
	TypeInstrumentExtended     Type = "instrument.extended"
	TypeNoticeGiven            Type = "notice.given"
	TypeNoticeSuspended        Type = "notice.suspended"
	TypeNoticeRevoked          Type = "notice.revoked"
	TypeWithdrawalEffective    Type = "withdrawal.effective"
	TypeObligationSuspended    Type = "obligation.suspended"
	TypeObligationResumed      Type = "obligation.resumed"
	TypeBreachAlleged          Type = "breach.alleged"
	TypeInstrumentEnded        Type = "instrument.ended"
	TypeTextCorrected          Type = "text.corrected"
	TypeTextDisclosed          Type = "text.disclosed"
)

// The participation family.
const (
	TypeMemberInvited        Type = "member.invited"
	TypeMemberAdmitted       Type = "member.admitted"
	TypeMemberExcluded       Type = "member.excluded"
	TypeParticipationChanged Type = "participation.changed"
	TypePartnerDesignated    Type = "partner.designated"
	TypePartnerEnded         Type = "partner.ended"
	TypeOrganCreated         Type = "organ.created"
	TypeOrganEnded           Type = "organ.ended"
	TypeCommandJoined        Type = "command.joined"
	TypeCommandLeft          Type = "command.left"
	TypePhaseJoined          Type = "phase.joined"
	TypePhaseLeft            Type = "phase.left"
	TypeBaseAgreed           Type = "base.agreed"
	TypeBaseEnded            Type = "base.ended"
	TypePostureChanged       Type = "posture.changed"
	TypePledgeMade           Type = "pledge.made"
)

// The crisis family.
const (
	TypeIncidentOccurred      Type = "incident.occurred"
	TypeMobilizationOrdered   Type = "mobilization.ordered"
	TypeUltimatumDelivered    Type = "ultimatum.delivered"
	TypeAttackMade            Type = "attack.made"
	TypeWarDeclared           Type = "war.declared"
	TypeCeasefireAgreed       Type = "ceasefire.agreed"
	TypeConsultationRequested Type = "consultation.requested"
	TypeConsultationHeld      Type = "consultation.held"
	TypeClauseInvoked         Type = "clause.invoked"
	TypeInvocationDetermined  Type = "invocation.determined"
	TypeResponseMade          Type = "response.made"
	TypeNeutralityDeclared    Type = "neutrality.declared"
	TypeOperationStarted      Type = "operation.started"
	TypeOperationEnded        Type = "operation.ended"
	TypeAssessmentRecorded    Type = "assessment.recorded"
)

// The state family.
const (
	TypeStateFormed       Type = "state.formed"
	TypeStateRenamed      Type = "state.renamed"
	TypeStateCoded        Type = "state.coded"
	TypeStateMerged       Type = "state.merged"
	TypeStateSplit        Type = "state.split"
	TypeStateDissolved    Type = "state.dissolved"
	TypeStateOccupied     Type = "state.occupied"
	TypeStateRestored     Type = "state.restored"
	TypeTerritoryChanged  Type = "territory.changed"
	TypeGovernmentChanged Type = "government.changed"
	TypeTreatySuccession  Type = "treaty.succession"
)

// The ledger family.
const (
	TypeRecordCorrected  Type = "record.corrected"
	TypeRecordRetracted  Type = "record.retracted"
	TypeRecordMerged     Type = "record.merged"
	TypeDisputeOpened    Type = "dispute.opened"
	TypeDisputeDecided   Type = "dispute.decided"
	TypeSourceAdded      Type = "source.added"
	TypeCoverageDeclared Type = "coverage.declared"
)

// Types returns every event type, in the order of the vocabulary reference.
// The caller owns the slice.
func Types() []Type {
	return []Type{
		TypeInstrumentDescribed,
		TypeInstrumentProposed,
		TypeNegotiationFailed,
		TypeInstrumentAdopted,
		TypeInstrumentSigned,
		TypeInstrumentRegistered,
		TypeConsentDeposited,
		TypeInstrumentInForce,
		TypePartyInForce,
		TypeApplicationProvisional,
		TypeApplicationEnded,
		TypeReservationMade,
		TypeReservationWithdrawn,
		TypeObjectionMade,
		TypeObjectionWithdrawn,
		TypeDeclarationMade,
		TypeProtocolSigned,
		TypeProtocolInForce,
		TypeClauseAdded,
		TypeClauseChanged,
		TypeClauseEnded,
		TypeInstrumentRenewed,
		TypeInstrumentExtended,
		TypeNoticeGiven,
		TypeNoticeSuspended,
		TypeNoticeRevoked,
		TypeWithdrawalEffective,
		TypeObligationSuspended,
		TypeObligationResumed,
		TypeBreachAlleged,
		TypeInstrumentEnded,
		TypeTextCorrected,
		TypeTextDisclosed,
		TypeMemberInvited,
		TypeMemberAdmitted,
		TypeMemberExcluded,
		TypeParticipationChanged,
		TypePartnerDesignated,
		TypePartnerEnded,
		TypeOrganCreated,
		TypeOrganEnded,
		TypeCommandJoined,
		TypeCommandLeft,
		TypePhaseJoined,
		TypePhaseLeft,
		TypeBaseAgreed,
		TypeBaseEnded,
		TypePostureChanged,
		TypePledgeMade,
		TypeIncidentOccurred,
		TypeMobilizationOrdered,
		TypeUltimatumDelivered,
		TypeAttackMade,
		TypeWarDeclared,
		TypeCeasefireAgreed,
		TypeConsultationRequested,
		TypeConsultationHeld,
		TypeClauseInvoked,
		TypeInvocationDetermined,
		TypeResponseMade,
		TypeNeutralityDeclared,
		TypeOperationStarted,
		TypeOperationEnded,
		TypeAssessmentRecorded,
		TypeStateFormed,
		TypeStateRenamed,
		TypeStateCoded,
		TypeStateMerged,
		TypeStateSplit,
		TypeStateDissolved,
		TypeStateOccupied,
		TypeStateRestored,
		TypeTerritoryChanged,
		TypeGovernmentChanged,
		TypeTreatySuccession,
		TypeRecordCorrected,
		TypeRecordRetracted,
		TypeRecordMerged,
		TypeDisputeOpened,
		TypeDisputeDecided,
		TypeSourceAdded,
		TypeCoverageDeclared,
	}
}

// newPayload returns an empty payload of type t, nil if there is no such type.
func newPayload(t Type) Payload {
	switch t {
	case TypeInstrumentDescribed:
		return new(InstrumentDescribed)
	case TypeInstrumentProposed:
		return new(InstrumentProposed)
	case TypeNegotiationFailed:
		return new(NegotiationFailed)
	case TypeInstrumentAdopted:
		return new(InstrumentAdopted)
	case TypeInstrumentSigned:
		return new(InstrumentSigned)
	case TypeInstrumentRegistered:
		return new(InstrumentRegistered)
	case TypeConsentDeposited:
		return new(ConsentDeposited)
	case TypeInstrumentInForce:
		return new(InstrumentInForce)
	case TypePartyInForce:
		return new(PartyInForce)
	case TypeApplicationProvisional:
		return new(ApplicationProvisional)
	case TypeApplicationEnded:
		return new(ApplicationEnded)
	case TypeReservationMade:
		return new(ReservationMade)
	case TypeReservationWithdrawn:
		return new(ReservationWithdrawn)
	case TypeObjectionMade:
		return new(ObjectionMade)
	case TypeObjectionWithdrawn:
		return new(ObjectionWithdrawn)
	case TypeDeclarationMade:
		return new(DeclarationMade)
	case TypeProtocolSigned:
		return new(ProtocolSigned)
	case TypeProtocolInForce:
		return new(ProtocolInForce)
	case TypeClauseAdded:
		return new(ClauseAdded)
	case TypeClauseChanged:
		return new(ClauseChanged)
	case TypeClauseEnded:
		return new(ClauseEnded)
	case TypeInstrumentRenewed:
		return new(InstrumentRenewed)
	case TypeInstrumentExtended:
		return new(InstrumentExtended)
	case TypeNoticeGiven:
		return new(NoticeGiven)
	case TypeNoticeSuspended:
		return new(NoticeSuspended)
	case TypeNoticeRevoked:
		return new(NoticeRevoked)
	case TypeWithdrawalEffective:
		return new(WithdrawalEffective)
	case TypeObligationSuspended:
		return new(ObligationSuspended)
	case TypeObligationResumed:
		return new(ObligationResumed)
	case TypeBreachAlleged:
		return new(BreachAlleged)
	case TypeInstrumentEnded:
		return new(InstrumentEnded)
	case TypeTextCorrected:
		return new(TextCorrected)
	case TypeTextDisclosed:
		return new(TextDisclosed)
	case TypeMemberInvited:
		return new(MemberInvited)
	case TypeMemberAdmitted:
		return new(MemberAdmitted)
	case TypeMemberExcluded:
		return new(MemberExcluded)
	case TypeParticipationChanged:
		return new(ParticipationChanged)
	case TypePartnerDesignated:
		return new(PartnerDesignated)
	case TypePartnerEnded:
		return new(PartnerEnded)
	case TypeOrganCreated:
		return new(OrganCreated)
	case TypeOrganEnded:
		return new(OrganEnded)
	case TypeCommandJoined:
		return new(CommandJoined)
	case TypeCommandLeft:
		return new(CommandLeft)
	case TypePhaseJoined:
		return new(PhaseJoined)
	case TypePhaseLeft:
		return new(PhaseLeft)
	case TypeBaseAgreed:
		return new(BaseAgreed)
	case TypeBaseEnded:
		return new(BaseEnded)
	case TypePostureChanged:
		return new(PostureChanged)
	case TypePledgeMade:
		return new(PledgeMade)
	case TypeIncidentOccurred:
		return new(IncidentOccurred)
	case TypeMobilizationOrdered:
		return new(MobilizationOrdered)
	case TypeUltimatumDelivered:
		return new(UltimatumDelivered)
	case TypeAttackMade:
		return new(AttackMade)
	case TypeWarDeclared:
		return new(WarDeclared)
	case TypeCeasefireAgreed:
		return new(CeasefireAgreed)
	case TypeConsultationRequested:
		return new(ConsultationRequested)
	case TypeConsultationHeld:
		return new(ConsultationHeld)
	case TypeClauseInvoked:
		return new(ClauseInvoked)
	case TypeInvocationDetermined:
		return new(InvocationDetermined)
	case TypeResponseMade:
		return new(ResponseMade)
	case TypeNeutralityDeclared:
		return new(NeutralityDeclared)
	case TypeOperationStarted:
		return new(OperationStarted)
	case TypeOperationEnded:
		return new(OperationEnded)
	case TypeAssessmentRecorded:
		return new(AssessmentRecorded)
	case TypeStateFormed:
		return new(StateFormed)
	case TypeStateRenamed:
		return new(StateRenamed)
	case TypeStateCoded:
		return new(StateCoded)
	case TypeStateMerged:
		return new(StateMerged)
	case TypeStateSplit:
		return new(StateSplit)
	case TypeStateDissolved:
		return new(StateDissolved)
	case TypeStateOccupied:
		return new(StateOccupied)
	case TypeStateRestored:
		return new(StateRestored)
	case TypeTerritoryChanged:
		return new(TerritoryChanged)
	case TypeGovernmentChanged:
		return new(GovernmentChanged)
	case TypeTreatySuccession:
		return new(TreatySuccession)
	case TypeRecordCorrected:
		return new(RecordCorrected)
	case TypeRecordRetracted:
		return new(RecordRetracted)
	case TypeRecordMerged:
		return new(RecordMerged)
	case TypeDisputeOpened:
		return new(DisputeOpened)
	case TypeDisputeDecided:
		return new(DisputeDecided)
	case TypeSourceAdded:
		return new(SourceAdded)
	case TypeCoverageDeclared:
		return new(CoverageDeclared)
	}
	return nil
}

// Doc returns what an event of this type means, one or two sentences.
func (t Type) Doc() string {
	switch t {
	case TypeInstrumentDescribed:
		return "The identity card of an alliance: its title, its other names and what kind of instrument it is. It dates nothing."
	case TypeInstrumentProposed:
		return "A state proposed an instrument."
	case TypeNegotiationFailed:
		return "Negotiations ended without an instrument (Poast 2019)."
	case TypeInstrumentAdopted:
		return "The text was adopted or authenticated (VCLT 9, 10). Nobody is bound yet."
	case TypeInstrumentSigned:
		return "A state signed the instrument (VCLT 10-14, 18)."
	case TypeInstrumentRegistered:
		return "The instrument was registered (UN Charter 102, VCLT 80). It has no effect on validity."
	case TypeConsentDeposited:
		return "A state expressed its consent to be bound (VCLT 11-16). Unless effective_on says otherwise, it binds from the deposit, but not before the instrument itself is in force (VCLT 24(3))."
	case TypeInstrumentInForce:
		return "The instrument entered into force (VCLT 24). The states in among are parties from that day."
	case TypePartyInForce:
		return "The instrument entered into force for one state, on a day that the source states. It wins over the day that follows from the deposit."
	case TypeApplicationProvisional:
		return "States began to apply the instrument before its entry into force (VCLT 25)."
	case TypeApplicationEnded:
		return "Provisional application ended (VCLT 25(2))."
	case TypeReservationMade:
		return "A state made a reservation (VCLT 19-23)."
	case TypeReservationWithdrawn:
		return "A reservation was withdrawn (VCLT 22)."
	case TypeObjectionMade:
		return "A state objected to a reservation (VCLT 20)."
	case TypeObjectionWithdrawn:
		return "An objection was withdrawn (VCLT 22)."
	case TypeDeclarationMade:
		return "A party or its organ declared how it understands the instrument. An understanding is no reservation."
	case TypeProtocolSigned:
		return "A protocol to the instrument was signed. One on accession makes its subject an acceding state, and under the signature reading a party."
	case TypeProtocolInForce:
		return "A protocol entered into force."
	case TypeClauseAdded:
		return "A clause exists from here on: from effective_on, or else from the entry into force of the instrument."
	case TypeClauseChanged:
		return "A clause reads differently from here on; the earlier version stays for earlier days."
	case TypeClauseEnded:
		return "A clause ended while its instrument goes on."
	case TypeInstrumentRenewed:
		return "The parties renewed the instrument expressly or let it renew itself."
	case TypeInstrumentExtended:
		return "The term of the instrument was prolonged."
	case TypeNoticeGiven:
		return "A state gave notice that it will leave or end the instrument (VCLT 65). Until it takes effect the state is bound."
	case TypeNoticeSuspended:
		return "The running of a notice was suspended."
	case TypeNoticeRevoked:
		return "A notice was taken back before it took effect (VCLT 68)."
	case TypeWithdrawalEffective:
		return "A state ceased to be a party (VCLT 54, 56)."
	case TypeObligationSuspended:
		return "A state suspended its obligations (VCLT 57-62). It stays a party. Toward some states it is a relation between two; toward nobody in particular it suspends the state as a whole."
	case TypeObligationResumed:
		return "Suspended obligations run again."
	case TypeBreachAlleged:
		return "A party accused another of a breach (VCLT 60). It is a claim."
	case TypeInstrumentEnded:
		return "The instrument ended for everyone (VCLT 54-62)."
	case TypeTextCorrected:
		return "An error in the text was corrected by procès-verbal (VCLT 79), as if it had never been. This is not a correction of the ledger."
	case TypeTextDisclosed:
		return "A secret text, or the fact that it exists, became public."
	case TypeMemberInvited:
		return "A state was invited to accede."
	case TypeMemberAdmitted:
		return "A state was admitted to an arrangement that has no treaty to accede to. It counts as a party."
	case TypeMemberExcluded:
		return "An organ excluded a state from taking part."
	case TypeParticipationChanged:
		return "The way in which a party takes part in an organ or activity changed."
	case TypePartnerDesignated:
		return "A state became a partner. A partner is not a party."
	case TypePartnerEnded:
		return "A partnership ended."
	case TypeOrganCreated:
		return "The alliance created an organ or a command."
	case TypeOrganEnded:
		return "An organ ceased to exist."
	case TypeCommandJoined:
		return "A state put forces under a common command or joined its planning."
	case TypeCommandLeft:
		return "A state took its forces out of a common command. It stays a party."
	case TypePhaseJoined:
		return "A state takes part in a phase of the instrument. A phase is the time between two changes of the text, as the Alliance Treaty " +
			"Obligations and Provisions data count them (codebook of version 5.1, 1.53). Two phases run side by side where a bilateral " +
			"instrument passed to two successors of a party."
	case TypePhaseLeft:
		return "A phase of the instrument ended for a state, by its leaving or by the end of the phase."
	case TypeBaseAgreed:
		return "A state granted another the use of bases."
	case TypeBaseEnded:
		return "The use of bases ended."
	case TypePostureChanged:
		return "Forces were stationed, raised, activated or withdrawn."
	case TypePledgeMade:
		return "A promise that is not a legal obligation."
	case TypeIncidentOccurred:
		return "Something happened between states short of an armed attack."
	case TypeMobilizationOrdered:
		return "A state mobilised its forces."
	case TypeUltimatumDelivered:
		return "A state set another a time limit."
	case TypeAttackMade:
		return "An armed attack, an invasion or another use of force."
	case TypeWarDeclared:
		return "A state declared war on another."
	case TypeCeasefireAgreed:
		return "Fighting ended between some or all."
	case TypeConsultationRequested:
		return "A party asked for consultations under a clause."
	case TypeConsultationHeld:
		return "The parties consulted."
	case TypeClauseInvoked:
		return "A party, or an organ for the parties, claimed that a clause applies."
	case TypeInvocationDetermined:
		return "An organ ruled on an invocation."
	case TypeResponseMade:
		return "What a state or the alliance did in answer."
	case TypeNeutralityDeclared:
		return "A state declared itself neutral or non-belligerent."
	case TypeOperationStarted:
		return "A military operation began."
	case TypeOperationEnded:
		return "A military operation ended."
	case TypeAssessmentRecorded:
		return "A scholar's or an institution's verdict on what a party did: a claim with its coding rule."
	case TypeStateFormed:
		return "A state came to be a member of the international system."
	case TypeStateRenamed:
		return "A state changed its name and stayed the same state."
	case TypeStateCoded:
		return "A published list gives the state a code from this day on."
	case TypeStateMerged:
		return "A state became part of another or of a new one."
	case TypeStateSplit:
		return "A state ceased to exist and several took its place."
	case TypeStateDissolved:
		return "A state ceased to exist."
	case TypeStateOccupied:
		return "A state lost control of its territory to others, as the cited sources see it; whether it went on in law is a claim."
	case TypeStateRestored:
		return "An occupied or absorbed state was restored."
	case TypeTerritoryChanged:
		return "A part of territory passed from one state to another or came under another's administration."
	case TypeGovernmentChanged:
		return "The government or the regime changed; the state stayed the same."
	case TypeTreatySuccession:
		return "A state took the place of another in an instrument (Vienna Convention on Succession of States in respect of Treaties, 1978)."
	case TypeRecordCorrected:
		return "An earlier event of the same aggregate was wrong; this is what it says from now on. What the ledger answered before stays answerable."
	case TypeRecordRetracted:
		return "An earlier event of the same aggregate should not stand. Retracting a correction or a retraction undoes it."
	case TypeRecordMerged:
		return "Two events of the same aggregate tell the same thing; the target stands no longer."
	case TypeDisputeOpened:
		return "Sources disagree. Where about and field name a date of an event, the fact is only possible between the competing dates until the dispute is decided."
	case TypeDisputeDecided:
		return "An editor decided a dispute, for stated reasons; the claims stay visible."
	case TypeSourceAdded:
		return "A source that citations refer to. Its aggregate is ledger/<source>."
	case TypeCoverageDeclared:
		return "The ledger claims to cover this aggregate, or (on ledger/<dataset>) the whole dataset, over these days. What is not covered is unknown, never \"not allied\"."
	}
	return ""
}

// Wire returns the versioned CloudEvents type: "foedus.instrument.signed.v1".
func (t Type) Wire() string { return typePrefix + string(t) + ".v" + strconv.Itoa(t.version()) }

// Version returns the current version of a type's data, 0 if there is no such
// type.
func (t Type) Version() int {
	if t.Doc() == "" {
		return 0
	}
	return t.version()
}

// version is Version of a type that exists. No type has a second one yet.
func (Type) version() int { return 1 }

// Family returns the family of a known type.
func (t Type) Family() Family {
	stem, _, _ := strings.Cut(string(t), ".")
	switch stem {
	case "record", "dispute", "source", "coverage":
		return FamilyLedger
	case "state", "territory", "government", "treaty":
		return FamilyState
	case "member", "participation", "partner", "organ", "command", "phase", "base", "posture", "pledge":
		return FamilyParticipation
	case "incident", "mobilization", "ultimatum", "attack", "war", "ceasefire", "consultation",
		"invocation", "response", "neutrality", "operation", "assessment":
		return FamilyCrisis
	}
	if t == TypeClauseInvoked {
		return FamilyCrisis
	}
	return FamilyInstrument
}

// Kinds returns the kinds of aggregate that an event of this type may be
// about, separated by spaces; "" means any.
func (t Type) Kinds() string {
	switch t.Family() {
	case FamilyInstrument, FamilyParticipation:
		return string(KindAlliance)
	case FamilyCrisis:
		return string(KindCrisis)
	case FamilyState:
		if t == TypeTreatySuccession {
			return string(KindAlliance)
		}
		return string(KindState)
	case FamilyLedger:
		if t == TypeSourceAdded {
			return string(KindLedger)
		}
	}
	return ""
}

// about reports whether an event of this type may be about an aggregate of
// kind k.
func (t Type) about(k Kind) bool {
	kinds := t.Kinds()
	return kinds == "" || kinds == string(k)
}

// Fields returns the fields of a type's data, those of every event included,
// in canonical order.
func (t Type) Fields() []Field {
	c := Content{Payload: newPayload(t)}
	if c.Payload == nil {
		return nil
	}
	w := wire{mode: describing}
	c.wire(&w)
	return w.docs
}
