package httpapi

import (
	"cmp"

	"foedus/ledger"
)

// instrument tells of the life of a treaty: how it came about.
func (d *teller) instrument(p ledger.Payload) string {
	switch p := any(p).(type) {
	case *ledger.InstrumentDescribed:
		return "the " + unslug(p.Form) + " is known as " + p.Title + opt(" (", list(p.Aliases, ""), ")")
	case *ledger.InstrumentProposed:
		return d.states(p.By, "somebody") + " proposed " + d.it() + opt(", on ", p.Topic, "")
	case *ledger.NegotiationFailed:
		return "negotiations of " + d.states(p.Parties, "the parties") + " on " + p.Topic + " failed"
	case *ledger.InstrumentAdopted:
		return "the text of " + d.it() + " was adopted" + opt(" in ", p.Place, "")
	case *ledger.InstrumentSigned:
		return d.state(p.Signatory) + " signed " + d.it() + opt(" in ", p.Place, "") + opt(" (", unslug(p.Mode), ")")
	case *ledger.InstrumentRegistered:
		return d.it() + " was registered" + registry(p.Registry) + " (" + p.Number + ")"
	case *ledger.ConsentDeposited:
		return d.state(p.Party) + " " + consented(p.Mode) + " " + d.it()
	case *ledger.InstrumentInForce:
		return d.it() + " entered into force" + opt(" for ", d.states(p.Among, ""), "")
	case *ledger.PartyInForce:
		return d.it() + " entered into force for " + d.state(p.Party)
	case *ledger.ApplicationProvisional:
		return d.states(p.Among, "the signatories") + " began to apply " + d.it() + " provisionally" + opt(" (", p.Scope, ")")
	case *ledger.ApplicationEnded:
		return "provisional application of " + d.it() + " ended for " + d.states(p.Among, "all")
	case *ledger.ReservationMade:
		return d.state(p.By) + " made a reservation to " + d.clauses(p.Clauses, d.it()) + ": " + p.Effect
	case *ledger.ReservationWithdrawn:
		return d.state(p.By) + " withdrew its reservation (" + unslug(p.Reservation) + ")"
	case *ledger.ObjectionMade:
		return d.state(p.By) + " objected to a reservation (" + unslug(p.Reservation) + ")" + opt(": ", p.Effect, "")
	case *ledger.ObjectionWithdrawn:
		return d.state(p.By) + " withdrew its objection to a reservation (" + unslug(p.Reservation) + ")"
	case *ledger.DeclarationMade:
		return d.states(p.By, opt("the ", unslug(p.Organ), "")) + " declared: " + p.Effect
	}
	return d.instrumentLater(p)
}

// instrumentLater tells how an instrument changed and ended.
func (d *teller) instrumentLater(p ledger.Payload) string {
	switch p := any(p).(type) {
	case *ledger.ProtocolSigned:
		return d.protocolSigned(p)
	case *ledger.ProtocolInForce:
		return "the protocol " + unslug(p.Protocol) + " to " + d.it() + " entered into force"
	case *ledger.ClauseAdded:
		return p.Clause.Article + " of " + d.it() + ": " + p.Clause.Label + " (" + unslug(p.Clause.Kind) + ")"
	case *ledger.ClauseChanged:
		return p.Clause.Article + " of " + d.it() + " was changed: " + p.Clause.Label + " (" + unslug(p.Clause.Kind) + ")"
	case *ledger.ClauseEnded:
		return d.clause(ledger.AllianceID(d.about.ID), p.Clause) + " of " + d.it() + " ended" + opt(" (", p.Reason, ")")
	case *ledger.InstrumentRenewed:
		return d.states(p.By, "the parties") + " renewed " + d.it() + opt(" (", p.How, ")") + until(" until ", p.Until)
	case *ledger.InstrumentExtended:
		return d.it() + " was extended" + until(" until ", p.Until) + opt(" by the protocol ", unslug(p.Protocol), "")
	case *ledger.NoticeGiven:
		return d.state(p.By) + " gave notice of " + unslug(p.Of) + " to " + d.it() + opt(" (", p.Period, ")")
	case *ledger.NoticeSuspended:
		return "the notice of " + d.state(p.By) + " to " + d.it() + " was suspended"
	case *ledger.NoticeRevoked:
		return d.state(p.By) + " took back its notice to " + d.it()
	case *ledger.WithdrawalEffective:
		return d.state(p.Party) + " withdrew from " + d.it() + opt(" (", unslug(p.How), ")")
	case *ledger.ObligationSuspended:
		if len(p.Toward) == 0 {
			return "the rights and obligations of " + d.state(p.By) + " under " + d.clauses(p.Clauses, d.it()) + " were suspended" + opt(" (", p.Ground, ")")
		}
		return d.state(p.By) + " suspended its obligations under " + d.clauses(p.Clauses, d.it()) +
			opt(" toward ", d.states(p.Toward, ""), "") + opt(" (", p.Ground, ")")
	case *ledger.ObligationResumed:
		if len(p.Toward) == 0 {
			return "the rights and obligations of " + d.state(p.By) + " under " + d.it() + " were restored"
		}
		return d.state(p.By) + " resumed its obligations under " + d.it() + opt(" toward ", d.states(p.Toward, ""), "")
	case *ledger.BreachAlleged:
		return d.state(p.Accuser) + " accused " + d.state(p.Accused) + " of a breach of " + d.clauses(p.Clauses, d.it()) + ": " + p.Ground
	case *ledger.InstrumentEnded:
		return d.it() + " ended (" + unslug(p.How) + ")" + d.replaced(p.ReplacedBy)
	case *ledger.TextCorrected:
		return "an error in the text of " + d.clauses(p.Clauses, d.it()) + " was corrected: " + p.What
	case *ledger.TextDisclosed:
		return disclosed(p.Scope) + opt(" (", d.clauses(p.Clauses, ""), ")") + " of " + d.it() + " became public through " + p.Outlet
	}
	return ""
}

func (d *teller) protocolSigned(p *ledger.ProtocolSigned) string {
	name := opt("the ", p.Title, "")
	if name == "" {
		name = "the protocol " + unslug(p.Protocol) + " to " + d.it()
	}
	return name + " was signed" + opt(" by ", d.states(p.By, ""), "") + opt(" in ", p.Place, "") +
		opt(", letting in ", d.states(p.AccessionOf, ""), "")
}

func (d *teller) replaced(by ledger.AllianceID) string {
	if by == "" {
		return ""
	}
	return "; " + d.alliance(by) + " took its place"
}

func registry(r string) string {
	switch r {
	case "unts":
		return " in the United Nations Treaty Series"
	case "lnts":
		return " in the League of Nations Treaty Series"
	case "tias":
		return " in Treaties and Other International Acts"
	}
	return ""
}

func consented(mode string) string {
	switch mode {
	case "ratification":
		return "ratified"
	case "acceptance":
		return "accepted"
	case "approval":
		return "approved"
	case "accession":
		return "acceded to"
	case "succession":
		return "succeeded to"
	case "formal-confirmation":
		return "formally confirmed"
	}
	return "consented to"
}

func disclosed(scope string) string {
	switch scope {
	case "existence":
		return "the existence"
	case "whole":
		return "the whole text"
	}
	return "a part of the text"
}

// participation tells of steps beside being a party, and of institutions.
func (d *teller) participation(p ledger.Payload) string {
	switch p := any(p).(type) {
	case *ledger.MemberInvited:
		return d.state(p.State) + " was invited to join " + d.it() + opt(" by ", p.By, "")
	case *ledger.MemberAdmitted:
		return d.state(p.State) + " was admitted to " + d.it() + opt(" by ", p.By, "")
	case *ledger.MemberExcluded:
		return d.state(p.State) + " was excluded from " + d.it() + opt(" by ", p.By, "") + opt(" (", p.Ground, ")")
	case *ledger.ParticipationChanged:
		return d.state(p.State) + " changed its part in " + d.organ(p.Organ) + opt(" from ", p.From, "") + " to " + p.To
	case *ledger.PartnerDesignated:
		return d.state(p.State) + " became a partner (" + unslug(p.Programme) + ")" + opt(", designated by ", d.states(p.By, ""), "")
	case *ledger.PartnerEnded:
		return d.state(p.State) + " ceased to be a partner (" + unslug(p.Programme) + ")"
	case *ledger.OrganCreated:
		return d.it() + " created the " + p.Title + opt(" in ", p.Place, "")
	case *ledger.OrganEnded:
		return d.organ(p.Organ) + " ceased to exist"
	case *ledger.CommandJoined:
		return d.state(p.State) + " joined " + d.organ(p.Organ)
	case *ledger.CommandLeft:
		return d.state(p.State) + " left " + d.organ(p.Organ)
	case *ledger.PhaseJoined:
		return d.state(p.State) + " takes part in the phase " + unslug(p.Phase) + " of " + d.it()
	case *ledger.PhaseLeft:
		return "the phase " + unslug(p.Phase) + " of " + d.it() + " ended for " + d.state(p.State) + opt(" (", p.How, ")")
	case *ledger.BaseAgreed:
		return d.state(p.Host) + " granted " + d.state(p.User) + " the use of bases (" + cmp.Or(p.Title, unslug(p.Base)) + ")"
	case *ledger.BaseEnded:
		return "the use of bases in " + d.state(p.Host) + " by " + d.state(p.User) + " ended (" + unslug(p.Base) + ")"
	case *ledger.PostureChanged:
		return "the posture " + unslug(p.Posture) + " became " + p.To + opt(" in ", d.stateOr(p.Host), "") +
			opt(", led by ", d.stateOr(p.Lead), "") + opt(" (", p.Size, ")")
	case *ledger.PledgeMade:
		return d.states(p.Givers, "the parties") + " promised" + opt(" ", d.states(p.Receivers, ""), "") + ": " + p.Text + until(", until ", p.Until)
	}
	return ""
}

// stateOr names a state, "" for none.
func (d *teller) stateOr(id ledger.StateID) string {
	if id == "" {
		return ""
	}
	return d.state(id)
}

// organ names an organ of the alliance at hand by its title.
func (d *teller) organ(id ledger.Name) string {
	name := ""
	d.w.SpellsOf(d.q, d.about, "organ", func(f fact) bool {
		if f.A == string(id) {
			name = f.Value
		}
		return name == ""
	})
	if name == "" {
		return "the " + unslug(id)
	}
	return "the " + name
}
