package httpapi

import (
	"strconv"

	"foedus/ledger"
	"foedus/projections"
)

// fact is short for what the questions answer.
type fact = projections.Fact

// crisis tells of what led to obligations, and of what was done because of
// them.
func (d *teller) crisis(p ledger.Payload) string {
	switch p := any(p).(type) {
	case *ledger.IncidentOccurred:
		return p.What + opt(" (", p.Place, ")")
	case *ledger.MobilizationOrdered:
		return d.state(p.By) + " ordered " + p.Extent + " mobilization" + opt(" against ", d.states(p.Against, ""), "")
	case *ledger.UltimatumDelivered:
		return d.state(p.By) + " delivered an ultimatum to " + d.state(p.To) + until(", to run out on ", p.Deadline) + ": " + p.Demands
	case *ledger.AttackMade:
		return d.attack(p)
	case *ledger.WarDeclared:
		return d.state(p.By) + " declared war on " + d.states(p.Against, "its enemies")
	case *ledger.CeasefireAgreed:
		return ceasefire(p.Form) + " ended the fighting" + opt(" among ", d.states(p.Among, ""), "")
	case *ledger.ConsultationRequested:
		return d.states(p.Requesters, "somebody") + " asked for consultations" + d.under(p.Alliance, p.Clause) + " about " + p.About
	case *ledger.ConsultationHeld:
		return "the parties consulted" + d.under(p.Alliance, p.Clause) + opt(" in the ", unslug(p.Organ), "") + opt(": ", p.Outcome, "")
	case *ledger.ClauseInvoked:
		return d.states(p.Invokers, "the "+opt("", unslug(p.Organ), "")) + " invoked " + d.clause(p.Alliance, p.Clause) + " of " + d.alliance(p.Alliance)
	}
	return d.crisisLater(p)
}

// crisisLater tells of the answers.
func (d *teller) crisisLater(p ledger.Payload) string {
	switch p := any(p).(type) {
	case *ledger.InvocationDetermined:
		return "the " + unslug(p.Organ) + " found the invocation (" + unslug(p.Invocation) + ") " + p.Ruling + opt(" (", p.Vote, ")")
	case *ledger.ResponseMade:
		return d.states(p.Responders, "the alliance") + " responded" + d.under(p.Alliance, p.Clause) + " (" + p.Kind + "): " + p.What
	case *ledger.NeutralityDeclared:
		return d.state(p.By) + " declared itself " + stance(p.Stance)
	case *ledger.OperationStarted:
		return p.Title + " began" + opt(" in ", p.Place, "") + opt(", with ", d.states(p.Participants, ""), "") + opt(" (", unslug(p.LegalBasis), ")")
	case *ledger.OperationEnded:
		return "the operation " + unslug(p.Operation) + " ended"
	case *ledger.AssessmentRecorded:
		return "assessment: " + d.stateOrAll(p.State) + " and " + d.alliance(p.Alliance) + ": " + unslug(p.Value) + " (" + p.Rule + ")"
	}
	return ""
}

func (d *teller) stateOrAll(id ledger.StateID) string {
	if id == "" {
		return "the parties"
	}
	return d.state(id)
}

func (d *teller) attack(p *ledger.AttackMade) string {
	who := d.states(p.Attackers, p.AttackerName)
	if who == "" {
		who = "a " + p.AttackerKind + " attacker"
	}
	return who + " attacked " + d.states(p.Targets, "somebody") + opt(" (", unslug(p.Form), ")") + opt(" in ", unslug(p.Place), "")
}

func ceasefire(form string) string {
	switch form {
	case "armistice":
		return "an armistice"
	case "withdrawal", "surrender":
		return form
	case "peace":
		return "a peace"
	}
	return "a ceasefire"
}

func stance(s string) string {
	switch s {
	case "benevolent-neutral":
		return "benevolently neutral"
	case "non-belligerent":
		return s
	}
	return s
}

// stateEvent tells of the life of a state.
func (d *teller) stateEvent(p ledger.Payload) string {
	switch p := any(p).(type) {
	case *ledger.StateFormed:
		return p.Name + " came to be a member of the international system" + opt(", from ", d.states(p.From, ""), "") + opt(" (", p.How, ")")
	case *ledger.StateRenamed:
		return "the name of the state became " + p.Name
	case *ledger.StateCoded:
		return d.self() + " has the code " + p.Code + " in the list " + p.Scheme + until(", until ", p.Until)
	case *ledger.StateMerged:
		return d.self() + " became a part of " + d.state(p.Into)
	case *ledger.StateSplit:
		return d.self() + " split into " + d.states(p.Into, "several states")
	case *ledger.StateDissolved:
		return d.self() + " ceased to exist" + opt("; continued or succeeded by ", d.states(p.Successors, ""), "")
	case *ledger.StateOccupied:
		return d.self() + " was occupied by " + d.states(p.By, "others")
	case *ledger.StateRestored:
		return d.self() + " was restored" + opt(" after ", p.After, "")
	case *ledger.TerritoryChanged:
		return unslug(p.Territory) + " passed" + opt(" from ", d.stateOr(p.From), "") + opt(" to ", d.stateOr(p.To), "") + " (" + p.Relation + ")"
	case *ledger.GovernmentChanged:
		return "the government of " + d.self() + " became " + p.Government + opt(" (", p.How, ")")
	case *ledger.TreatySuccession:
		return d.state(p.Successor) + " took the place of " + d.state(p.Predecessor) + " in " + d.it() + " (" + unslug(p.Rule) + ")"
	}
	return ""
}

// record tells of what happened to the record itself.
func (d *teller) record(p ledger.Payload) string {
	switch p := any(p).(type) {
	case *ledger.RecordCorrected:
		return "the record " + p.Target.String() + " was corrected: " + p.Reason
	case *ledger.RecordRetracted:
		return "the record " + p.Target.String() + " was retracted: " + p.Reason
	case *ledger.RecordMerged:
		return "the record " + p.Target.String() + " was merged into " + p.Into.String() + ": " + p.Reason
	case *ledger.DisputeOpened:
		return "sources disagree: " + p.Question
	case *ledger.DisputeDecided:
		return "the dispute " + strconv.Quote(string(p.Dispute)) + " was decided (" + p.Verdict + "): " + p.Reason
	case *ledger.SourceAdded:
		return "the source " + p.Title + " was added" + opt(" (", p.Author, ")")
	case *ledger.CoverageDeclared:
		return "the ledger covers this" + opt(" from ", p.From.String(), "") + " through " + p.Through.String() + ": " + p.Scope
	}
	return ""
}
