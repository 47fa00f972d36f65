package projections

import (
	"strings"

	"foedus/ledger"
)

// Alliance returns the one alliance that a fact is first about: its own, or the
// one under which something was done in a crisis. "" for none.
func (f *Fact) Alliance() ledger.AllianceID {
	switch f.Aggregate.Kind {
	case ledger.KindAlliance:
		return ledger.AllianceID(f.Aggregate.ID)
	case ledger.KindCrisis:
		return f.inCrisis()
	case ledger.KindState, ledger.KindLedger:
	}
	return ""
}

// inCrisis returns the alliance that a fact of a crisis names.
func (f *Fact) inCrisis() ledger.AllianceID {
	switch f.Kind {
	case FactConsultation:
		return ledger.AllianceID(f.A)
	case FactResponse, FactAssessment:
		return ledger.AllianceID(f.B)
	case FactInvocation:
		// Once an organ has ruled, How names the organ, and nothing the alliance.
		if alliance, _, ok := strings.Cut(f.How, "/"); ok {
			return ledger.AllianceID(alliance)
		}
	case FactOperation:
		if p, ok := f.Detail.(*ledger.OperationStarted); ok {
			return p.Alliance
		}
	default: // between states
	}
	return ""
}

// State returns the one state that a fact is first about: its own, the one that
// it is a fact of in its alliance, or the one that acted in a crisis; of several
// that acted together, the one that the event names first. "" for none.
func (f *Fact) State() ledger.StateID {
	if f.Aggregate.Kind == ledger.KindState {
		return ledger.StateID(f.Aggregate.ID)
	}
	switch f.Kind {
	case FactParty, FactSuspension, FactNotice, FactProvisional, FactBreach,
		FactWar, FactMobilization, FactUltimatum, FactNeutrality:
		return ledger.StateID(f.A)
	case FactParticipation, FactPartner, FactBase, FactReservation, FactObjection, FactPhase, FactConsultation:
		return ledger.StateID(f.B)
	default: // only its detail says
		return f.actor()
	}
}

// actor returns the state that the detail of a fact names first, in the role
// that the kind of fact is about.
func (f *Fact) actor() ledger.StateID {
	switch p := f.Detail.(type) {
	case *ledger.PostureChanged:
		return p.Host
	case *ledger.PledgeMade:
		return firstOf(p.Givers)
	case *ledger.DeclarationMade:
		return firstOf(p.By)
	case *ledger.AttackMade:
		return firstOf(p.Attackers)
	case *ledger.IncidentOccurred:
		return firstOf(p.By)
	case *ledger.OperationStarted:
		return firstOf(p.Participants)
	case *ledger.ClauseInvoked:
		return firstOf(p.Invokers)
	case *ledger.ResponseMade:
		return firstOf(p.Responders)
	case *ledger.AssessmentRecorded:
		return p.State
	}
	return ""
}

func firstOf(states []ledger.StateID) ledger.StateID { return ledger.StateID(first(states, "")) }
