package obligations

import (
	"slices"
	"strings"

	"foedus/ledger"
	"foedus/projections"
)

// Deemed says that a treaty takes an attack on one of its parties for an attack
// on another.
type Deemed struct {
	State    ledger.StateID
	Alliance ledger.AllianceID
	ClauseID ledger.ClauseID
	Event    ledger.Seq
}

// deemingWords are those by which the curated history says that a text takes an
// attack on one for an attack on all.
func deemingWords() []string {
	return []string{"against them all", "attack against all", "aggression against all", "attack on all", "directed against all"}
}

// deems reports whether a clause takes an attack on one party for an attack on
// all of them.
func deems(c *ledger.Clause) bool {
	return c.Trigger != nil && says(c.Trigger, deemingWords()) || slices.ContainsFunc(deemingWords(), func(w string) bool { return strings.Contains(strings.ToLower(c.Label), w) })
}

func says(p *ledger.Predicate, words []string) bool {
	text := strings.ToLower(p.Description)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) }) ||
		slices.ContainsFunc(p.Of, func(q ledger.Predicate) bool { return says(&q, words) })
}

// propagated answers a question as if an attack that one treaty takes for an
// attack on all its parties were one for every other treaty as well. No treaty
// says that of others: it is what the user asked to suppose. It ends because each
// state is deemed attacked once.
func propagated(w *projections.World, q projections.Query, s Situation) *Result {
	s.Propagate = false
	out := Evaluate(w, q, s)
	for done := 0; done < len(out.Duties); done++ { // grows
		d := out.Duties[done]
		known := func(x Deemed) bool { return x.State == d.Bearer }
		if d.Verdict != Bound || !deems(d.Clause) || slices.ContainsFunc(out.Deemed, known) {
			continue
		}
		out.Deemed = append(out.Deemed, Deemed{d.Bearer, d.Alliance, d.ClauseID, d.Event})
		next := s
		next.Attacked = []ledger.StateID{d.Bearer}
		for _, more := range Evaluate(w, q, next).Duties {
			same := func(o Duty) bool {
				return o.Bearer == more.Bearer && o.Alliance == more.Alliance && o.ClauseID == more.ClauseID
			}
			if !slices.Contains(s.Attacked, more.Bearer) && !slices.ContainsFunc(out.Duties, same) {
				out.Duties = append(out.Duties, more)
			}
		}
	}
	out.Situation.Propagate = true
	slices.SortStableFunc(out.Duties, compareDuties)
	out.Conflicts = nil
	c := newScene(w, q, &s)
	c.known = c.pacts()
	c.conflicts(out)
	return out
}
