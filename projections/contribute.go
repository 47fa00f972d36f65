package projections

import (
	"strings"

	"foedus/ledger"
)

// contribution is an item and the fact that it belongs to.
type contribution struct {
	key  factKey
	item item
}

// collector gathers what one event says.
type collector struct {
	w    *World
	s    *subject
	seq  uint32
	base item
	out  []contribution
}

// contribute lists what the content of an event says of which facts. This is
// the one place where event types turn into steps of a fact's history; how the
// steps follow each other is in party.go and fold.go.
func (w *World) contribute(s *subject, seq uint32, c *ledger.Content, buf []contribution) []contribution {
	k := &collector{w: w, s: s, seq: seq, out: buf[:0]}
	eff, done := c.Effect(), c.DoneOn
	if done.IsZero() {
		done = eff
	}
	k.base = item{seq: seq, public: ledger.NoBefore, doneLo: done.Earliest(), doneHi: done.Latest()}
	k.base.effLo, k.base.effHi = eff.Earliest(), eff.Latest()
	if c.DoneOn.IsZero() {
		k.base.flags |= itemEffectOnly
	}
	if !c.EffectiveOn.IsZero() {
		k.base.flags |= itemStated
	}
	if eff.IsZero() {
		k.base.flags |= itemUndated
	}
	if !c.PublicOn.IsZero() {
		k.base.public = c.PublicOn.Latest()
	}
	switch p := c.Payload.(type) {
	case ledger.InstrumentPayload:
		k.instrument(p)
	case ledger.ParticipationPayload:
		k.participation(p)
	case ledger.CrisisPayload:
		k.crisis(p)
	case ledger.StatePayload:
		k.state(p)
	case ledger.RecordPayload:
		k.record(p)
	default: // there is no sixth family; see the test of ledger.Types
	}
	return k.out
}

// add records one step; value and how are interned.
func (k *collector) add(kind uint8, a, b string, o op, value, how string) *item {
	it := k.base
	it.op, it.value, it.how = o, k.w.sym.of(value), k.w.sym.of(how)
	k.out = append(k.out, contribution{factKey{kind, k.w.sym.of(a), k.w.sym.of(b)}, it})
	return &k.out[len(k.out)-1].item
}

// addDetail is add with a payload that the fact shows.
func (k *collector) addDetail(kind uint8, a, b string, o op, value, how string, detail any) {
	it := k.add(kind, a, b, o, value, how)
	it.ref = k.s.detail(detail)
}

// addSpan is addDetail for a fact whose event states its end as well: the first
// day out lies from lo to hi. The end follows the beginning, which bounds both
// where they are known to a month or a year only.
func (k *collector) addSpan(kind uint8, a, b, value string, lo, hi day, detail any) {
	it := k.add(kind, a, b, opSet, value, "")
	if detail != nil {
		it.ref = k.s.detail(detail)
	}
	if lo == ledger.NoBefore && hi == ledger.NoAfter {
		return
	}
	if it.effLo <= hi {
		lo, it.effHi = max(lo, it.effLo), min(it.effHi, hi)
	}
	begin := *it
	end := k.add(kind, a, b, opEnd, "", "")
	end.effLo, end.effHi = lo, hi
	end.flags = end.flags&^itemUndated | itemOwnDate | itemQuiet
	if begin.effLo == lo && begin.effHi == hi {
		end.flags |= itemAtOnce
	}
}

// quietly marks a step that ends something only if it is there.
func (k *collector) quietly(it *item) { it.flags |= itemQuiet }

// each adds the same step for every state.
func (k *collector) each(kind uint8, states []ledger.StateID, o op, value, how string) {
	for _, s := range states {
		k.add(kind, string(s), "", o, value, how)
	}
}

func (k *collector) instrument(p ledger.InstrumentPayload) {
	switch p := p.(type) {
	case *ledger.InstrumentSigned:
		k.add(kParty, string(p.Signatory), "", opSigned, "", p.Mode)
		k.add(kStatus, "", "", opSigned, Signed, "")
	case *ledger.ProtocolSigned:
		k.addDetail(kProtocol, string(p.Protocol), "", opSet, Signed, "", p)
		k.each(kParty, p.AccessionOf, opProtocol, "", string(p.Protocol))
	case *ledger.ConsentDeposited:
		k.add(kParty, string(p.Party), "", opDeposit, "", p.Mode)
	case *ledger.PartyInForce:
		k.add(kParty, string(p.Party), "", opEntry, "", p.Rule)
	case *ledger.InstrumentInForce:
		k.add(kStatus, "", "", opInForce, InForce, p.Rule)
		k.each(kParty, p.Among, opEntry, "", "entry into force")
	case *ledger.WithdrawalEffective:
		k.add(kParty, string(p.Party), "", opWithdraw, "", p.How)
		k.quietly(k.add(kNotice, string(p.Party), "", opEnd, "", "took effect"))
	case *ledger.InstrumentEnded:
		k.add(kStatus, "", "", opOver, Ended, p.How)
	case *ledger.ObligationSuspended:
		k.suspension(p.By, p.Toward, opSuspend, p.Ground, p)
	case *ledger.ObligationResumed:
		k.suspension(p.By, p.Toward, opResume, "", p)
	case *ledger.InstrumentDescribed:
		k.addDetail(kTitle, "", "", opTimeless, p.Title, p.Form, p)
	case *ledger.InstrumentProposed, *ledger.InstrumentAdopted:
		k.add(kStatus, "", "", opProposed, Proposed, "")
	case *ledger.ProtocolInForce:
		k.addDetail(kProtocol, string(p.Protocol), "", opSet, InForce, p.Rule, p)
	case *ledger.ApplicationProvisional:
		k.each(kProvisional, p.Among, opSet, "applied", p.Scope)
	case *ledger.ApplicationEnded:
		k.each(kProvisional, p.Among, opEnd, "", "")
	case *ledger.ReservationMade:
		k.addDetail(kReservation, string(p.Reservation), string(p.By), opSet, p.Effect, "", p)
	case *ledger.ReservationWithdrawn:
		k.add(kReservation, string(p.Reservation), string(p.By), opEnd, "", "")
	case *ledger.ObjectionMade:
		k.addDetail(kObjection, string(p.Reservation), string(p.By), opSet, p.Effect, "", p)
	case *ledger.ObjectionWithdrawn:
		k.add(kObjection, string(p.Reservation), string(p.By), opEnd, "", "")
	case *ledger.DeclarationMade:
		k.addDetail(kDeclaration, first(p.Clauses, string(p.Organ)), p.Effect, opSet, "declared", "", p)
	case *ledger.ClauseAdded:
		k.addDetail(kClause, string(p.Clause.ID), "", opSet, string(p.Clause.Kind), "", &p.Clause)
	case *ledger.ClauseChanged:
		k.addDetail(kClause, string(p.Clause.ID), "", opSet, string(p.Clause.Kind), "", &p.Clause)
	case *ledger.ClauseEnded:
		k.add(kClause, string(p.Clause), "", opEnd, "", p.Reason)
	case *ledger.InstrumentRenewed:
		k.term(p.Until, p.How)
	case *ledger.InstrumentExtended:
		k.term(p.Until, "extended")
	case *ledger.NoticeGiven:
		k.add(kNotice, string(p.By), "", opSet, p.Of, p.Period)
	case *ledger.NoticeSuspended:
		k.add(kNotice, string(p.By), "", opSet, Suspended, "")
	case *ledger.NoticeRevoked:
		k.add(kNotice, string(p.By), "", opEnd, "", "")
	case *ledger.BreachAlleged:
		k.addDetail(kBreach, string(p.Accuser), string(p.Accused), opSet, "alleged", "", p)
	case *ledger.NegotiationFailed, *ledger.InstrumentRegistered, *ledger.TextCorrected, *ledger.TextDisclosed:
		// The timeline tells of them; no fact follows.
	}
}

// suspension is a relation toward each state named, or a status of the state
// itself where none is.
func (k *collector) suspension(by ledger.StateID, toward []ledger.StateID, o op, ground string, p ledger.Payload) {
	if len(toward) == 0 {
		k.add(kParty, string(by), "", o, "", ground)
		return
	}
	if o == opSuspend {
		for _, t := range toward {
			k.addDetail(kSuspension, string(by), string(t), opSet, Suspended, ground, p)
		}
		return
	}
	for _, t := range toward {
		k.add(kSuspension, string(by), string(t), opEnd, "", "")
	}
}

func (k *collector) term(until ledger.When, how string) {
	if !until.IsZero() {
		k.add(kTerm, "", "", opSet, until.String(), how)
	}
}

func (k *collector) participation(p ledger.ParticipationPayload) {
	switch p := p.(type) {
	case *ledger.MemberInvited:
		k.add(kParty, string(p.State), "", opInvited, "", p.By)
	case *ledger.MemberAdmitted:
		k.add(kParty, string(p.State), "", opEntry, "", "admitted")
	case *ledger.MemberExcluded:
		k.add(kParty, string(p.State), "", opExclude, "", p.Ground)
	case *ledger.ParticipationChanged:
		it := k.add(kParticipation, string(p.Organ), string(p.State), setUnless(p.To == "none"), p.To, "")
		if p.From != "" { // the event itself says that something was before
			k.quietly(it)
		}
	case *ledger.CommandJoined:
		k.add(kParticipation, string(p.Organ), string(p.State), opSet, "full", "")
	case *ledger.CommandLeft:
		k.add(kParticipation, string(p.Organ), string(p.State), opEnd, "", "")
	case *ledger.PhaseJoined:
		k.add(kPhase, string(p.Phase), string(p.State), opSet, "member", "")
	case *ledger.PhaseLeft:
		k.add(kPhase, string(p.Phase), string(p.State), opEnd, "", p.How)
	case *ledger.PartnerDesignated:
		k.addDetail(kPartner, string(p.Programme), string(p.State), opSet, "partner", "", p)
	case *ledger.PartnerEnded:
		k.add(kPartner, string(p.Programme), string(p.State), opEnd, "", "")
	case *ledger.OrganCreated:
		k.addDetail(kOrgan, string(p.Organ), "", opSet, p.Title, "", p)
	case *ledger.OrganEnded:
		k.add(kOrgan, string(p.Organ), "", opEnd, "", "")
	case *ledger.BaseAgreed:
		k.addDetail(kBase, string(p.Base), string(p.Host), opSet, "agreed", "", p)
	case *ledger.BaseEnded:
		k.add(kBase, string(p.Base), string(p.Host), opEnd, "", "")
	case *ledger.PostureChanged:
		k.addDetail(kPosture, string(p.Posture), "", setUnless(p.To == "ended"), p.To, p.Size, p)
	case *ledger.PledgeMade:
		k.addDetail(kPledge, string(p.Pledge), "", opSet, p.Text, "", p)
	}
}

func setUnless(end bool) op {
	if end {
		return opEnd
	}
	return opSet
}

func (k *collector) crisis(p ledger.CrisisPayload) {
	switch p := p.(type) {
	case *ledger.IncidentOccurred:
		k.addDetail(kIncident, "", "", opAct, p.What, "", p)
	case *ledger.MobilizationOrdered:
		k.addDetail(kMobilization, string(p.By), "", opSet, p.Extent, "", p)
	case *ledger.UltimatumDelivered:
		// It runs on the day on which it runs out: many were for some hours.
		k.addSpan(kUltimatum, string(p.By), string(p.To), p.Demands, dayAfter(p.Deadline.Earliest()), dayAfter(p.Deadline.Latest()), p)
	case *ledger.AttackMade:
		k.addDetail(kAttack, string(p.Attack), "", opSet, p.Form, "", p)
	case *ledger.WarDeclared:
		for _, against := range p.Against {
			k.add(kWar, string(p.By), string(against), opSet, "war", "")
		}
	case *ledger.CeasefireAgreed:
		k.ceasefire(p)
	case *ledger.ConsultationRequested:
		for _, s := range p.Requesters {
			k.addDetail(kConsultation, string(p.Alliance), string(s), opAct, "requested", string(p.Clause), p)
		}
	case *ledger.ConsultationHeld:
		k.addDetail(kConsultation, string(p.Alliance), "", opAct, "held", string(p.Clause), p)
	case *ledger.ClauseInvoked:
		k.addDetail(kInvocation, string(p.Invocation), "", opSet, "invoked", string(p.Alliance)+"/"+string(p.Clause), p)
	case *ledger.InvocationDetermined:
		k.addDetail(kInvocation, string(p.Invocation), "", opSet, p.Ruling, string(p.Organ), p)
	case *ledger.ResponseMade:
		k.addDetail(kResponse, string(p.Response), string(p.Alliance), opAct, p.Kind, p.LegalBasis, p)
	case *ledger.NeutralityDeclared:
		k.add(kNeutrality, string(p.By), "", opSet, p.Stance, "")
	case *ledger.OperationStarted:
		k.addDetail(kOperation, string(p.Operation), "", opSet, "under way", p.LegalBasis, p)
	case *ledger.OperationEnded:
		k.add(kOperation, string(p.Operation), "", opEnd, "", "")
	case *ledger.AssessmentRecorded:
		k.addDetail(kAssessment, string(p.Assessment), string(p.Alliance), opAct, p.Value, p.Rule, p)
	}
}

// ceasefire ends the war between those who agreed; without names it ends the
// fighting for everyone.
func (k *collector) ceasefire(p *ledger.CeasefireAgreed) {
	if len(p.Among) == 0 {
		k.quietly(k.add(kStatus, "", "", opOver, Ended, p.Form))
		return
	}
	for _, a := range p.Among {
		k.quietly(k.add(kMobilization, string(a), "", opEnd, "", p.Form))
		k.quietly(k.add(kNeutrality, string(a), "", opEnd, "", p.Form))
		for _, b := range p.Among {
			if a != b {
				k.quietly(k.add(kWar, string(a), string(b), opEnd, "", p.Form))
			}
		}
	}
}

func (k *collector) state(p ledger.StatePayload) {
	switch p := p.(type) {
	case *ledger.StateFormed:
		k.addDetail(kExistence, "", "", opSet, "member", p.How, p)
		k.add(kName, "", "", opSet, p.Name, "")
		for _, s := range p.From {
			k.add(kSuccession, string(s), "", opSet, "successor-of", p.How)
		}
	case *ledger.StateRenamed:
		k.add(kName, "", "", opSet, p.Name, "")
	case *ledger.StateCoded:
		k.addSpan(kCode, p.Scheme, "", p.Code, p.Until.Earliest(), p.Until.Latest(), nil)
		k.w.coded(k.w.sym.of(p.Scheme), k.w.sym.of(p.Code))
	case *ledger.StateMerged:
		k.add(kExistence, "", "", opEnd, "", "merged")
		k.add(kSuccession, string(p.Into), "", opSet, "merged-into", "")
	case *ledger.StateSplit:
		k.add(kExistence, "", "", opEnd, "", "split")
		k.each(kSuccession, p.Into, opSet, "split-into", "")
	case *ledger.StateDissolved:
		k.add(kExistence, "", "", opEnd, "", "dissolved")
		k.each(kSuccession, p.Successors, opSet, "succeeded-by", "")
	case *ledger.StateOccupied:
		k.addDetail(kExistence, "", "", opSet, "occupied", joinStates(p.By), p)
	case *ledger.StateRestored:
		k.add(kExistence, "", "", opSet, "member", "restored")
	case *ledger.TerritoryChanged:
		k.addDetail(kTerritory, string(p.Territory), "", opSet, string(p.To), p.Relation, p)
	case *ledger.GovernmentChanged:
		k.add(kGovernment, "", "", opSet, p.Government, p.How)
	case *ledger.TreatySuccession:
		k.add(kParty, string(p.Predecessor), "", opWithdraw, "", "succession of "+string(p.Successor))
		k.add(kParty, string(p.Successor), "", opEntry, "", "succession to "+string(p.Predecessor))
	}
}

func (k *collector) record(p ledger.RecordPayload) {
	switch p := p.(type) {
	case *ledger.CoverageDeclared:
		it := k.add(kCoverage, "", "", opTimeless, p.Scope, "")
		it.ref = k.s.detail(p)
		it.effLo, it.effHi = p.From.Earliest(), p.From.Earliest()
		it.doneLo, it.doneHi = p.Through.Latest(), p.Through.Latest()
		it.flags |= itemOwnDate
	case *ledger.DisputeOpened:
		k.addDetail(kDispute, string(p.Dispute), "", opTimeless, "open", p.Question, p)
	case *ledger.DisputeDecided:
		k.addDetail(kDispute, string(p.Dispute), "", opTimeless, p.Verdict, p.Reason, p)
		k.out[len(k.out)-1].item.flags |= itemDecides
	case *ledger.SourceAdded:
		k.addDetail(kSource, "", "", opTimeless, p.Title, p.Form, p)
	case *ledger.RecordCorrected, *ledger.RecordRetracted, *ledger.RecordMerged:
		// They change what other records say: record.go.
	}
}

func first[T ~string](list []T, otherwise string) string {
	if len(list) > 0 {
		return string(list[0])
	}
	return otherwise
}

func joinStates(states []ledger.StateID) string {
	words := make([]string, len(states))
	for i, s := range states {
		words[i] = string(s)
	}
	return strings.Join(words, ";")
}
