package httpapi

import (
	"slices"
	"strings"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/obligations"
)

// StandingDuty is what the firmest of its clauses asks of one state.
type StandingDuty struct {
	State   string   `json:"state"`
	Verdict string   `json:"verdict" enum:"bound,arguable"`
	Clauses []string `json:"clauses" doc:"The clauses that say so, each as alliance/clause."`
}

// defenders lists who is bound, or arguably bound, to fight for a state that the
// other attacks. The attack is an armed one on its metropolitan territory that it
// did not provoke. Who would have to consult, or to fight beside the attacker, is
// no defender.
func (k *question) defenders(w *projections.World, q projections.Query) []StandingDuty {
	r := obligations.Evaluate(w, q, obligations.Situation{
		Attacked: []ledger.StateID{ledger.StateID(k.of)}, By: []ledger.StateID{ledger.StateID(k.by)}, Kind: obligations.ActAttack,
		Provocation: obligations.Unprovoked,
	})
	out := []StandingDuty{}
	for i := range r.Duties { // the firmest first
		d := &r.Duties[i]
		if !defends(d.Clause) || !d.Military() || d.Verdict != obligations.Bound && d.Verdict != obligations.Contestable {
			continue
		}
		at := slices.IndexFunc(out, func(s StandingDuty) bool { return s.State == string(d.Bearer) })
		if at < 0 {
			at = len(out)
			out = append(out, StandingDuty{State: string(d.Bearer), Verdict: string(d.Verdict)})
		}
		if out[at].Verdict == string(d.Verdict) {
			out[at].Clauses = append(out[at].Clauses, string(d.Alliance)+"/"+string(d.ClauseID))
		}
	}
	slices.SortFunc(out, func(x, y StandingDuty) int { return strings.Compare(x.State, y.State) })
	return out
}

func defends(c *ledger.Clause) bool { return c.Kind == "defense" || c.Kind == "guarantee" }

// defenceTouched reports whether an event may change who is bound to defend: one
// of a crisis, because conditions look at what else goes on; one that changes the
// number of a state, because regions go by it; and one of an alliance that
// concerns the state before or after it.
func (k *question) defenceTouched(w *projections.World, seq ledger.Seq, r *rendered) bool {
	switch r.aggregate.Kind {
	case ledger.KindCrisis:
		return len(r.changes) > 0
	case ledger.KindState:
		return slices.ContainsFunc(r.changes, func(c renderedChange) bool { return c.kind == projections.FactCode })
	case ledger.KindAlliance:
		return k.concerned(w, seq-1, r.aggregate.ID) || k.concerned(w, seq, r.aggregate.ID)
	case ledger.KindLedger:
	}
	return false
}

// concerned reports whether an alliance may bind somebody to defend the state on
// the day: it has a clause of defence, and the state is a party or the clause is
// about others than parties.
func (k *question) concerned(w *projections.World, known ledger.Seq, alliance string) bool {
	v, ok := w.At(k.at(known), ledger.KindAlliance, alliance)
	if !ok {
		return false
	}
	party := slices.ContainsFunc(v.Of(projections.FactParty), func(f projections.Fact) bool { return f.A == k.of })
	clauses := v.Of(projections.FactClause)
	for i := range clauses {
		if c := detail[ledger.Clause](&clauses[i]); defends(c) && (party || !amongParties(c)) {
			return true
		}
	}
	return false
}

// amongParties reports whether a clause is for parties only, and is set off only
// by acts against parties.
func amongParties(c *ledger.Clause) bool {
	return !slices.ContainsFunc(c.Beneficiary, noParty) && c.Trigger != nil && againstParties(c.Trigger)
}

func noParty(name string) bool { return name != groupParties && name != groupOthers }

func againstParties(p *ledger.Predicate) bool {
	if len(p.Of) > 0 {
		return !slices.ContainsFunc(p.Of, func(q ledger.Predicate) bool { return !againstParties(&q) })
	}
	switch p.Is {
	case "attack", "war", "threat", "mobilization":
		return len(p.Against) > 0 && !slices.ContainsFunc(p.Against, noParty)
	}
	return true
}
