package obligations

import (
	"foedus/ledger"
	"foedus/projections"
)

// Verdict is the answer for one state under one clause.
type Verdict string

// The verdicts. Only the first is a duty in law that the facts given set off.
const (
	Bound       Verdict = "bound"
	Contestable Verdict = "arguable"  // bound on one reading of the text or the facts
	Undecided   Verdict = "unknown"   // a fact is missing, or the text was not public
	Political   Verdict = "political" // promised, and not in law
	InSuspense  Verdict = "suspended" // between just these two, or for this state
	NotBound    Verdict = "not-bound"
)

// Verdicts lists the verdicts, the firmest first.
func Verdicts() []Verdict {
	return []Verdict{Bound, Contestable, Undecided, Political, InSuspense, NotBound}
}

// Step is one line of a trace.
type Step struct {
	Text   string
	Truth  Truth
	Level  int          // how deep it stands in the condition
	Events []ledger.Seq // what it rests on
	cause  string       // why it is so, for [Duty.Reason]; "" where the steps below it say
}

// Duty is what one state owes under one clause, or does not, and why.
type Duty struct {
	Bearer   ledger.StateID
	Alliance ledger.AllianceID
	Clause   *ledger.Clause // shared with the World: read-only
	ClauseID ledger.ClauseID
	For      []ledger.StateID // whom the attack is on
	Against  []string         // who attacks: states, and names of others
	Verdict  Verdict
	// Reason is the one sentence that decided.
	Reason string
	Trace  []Step
	// Certainty is that of the membership and of the clause on the day.
	Certainty ledger.Tri
	Event     ledger.Seq // that tells of the clause in this version
	// Determined is the event by which an organ ruled, 0 for none.
	Determined ledger.Seq
}

// Military reports whether who performs the duty goes to war, or may.
func (d *Duty) Military() bool {
	switch d.Clause.Kind {
	case "defense", "offense", "guarantee":
		return d.Clause.Strength != "consult-then-decide" && d.Clause.Strength != "political-only"
	}
	return false
}

// Breach is a promise that the act asked about would break.
type Breach struct {
	State    ledger.StateID
	Toward   ledger.StateID
	Alliance ledger.AllianceID
	ClauseID ledger.ClauseID
	Clause   *ledger.Clause
	Event    ledger.Seq
	Possible bool // the dates of the membership or the clause leave it open
}

// Conflict names two duties of one state that it cannot both perform.
type Conflict struct {
	State ledger.StateID
	Text  string
	A, B  int // into Result.Duties; B is -1 for a promise in Promise
	// Promise is the clause that performing A would break, nil where both are duties.
	Promise *Breach
}

// Pledge is a promise that stands outside of any treaty's clauses.
type Pledge struct {
	By, To   []ledger.StateID
	Alliance ledger.AllianceID
	Text     string
	Event    ledger.Seq
}

// Result answers a question about a situation.
type Result struct {
	Query     projections.Query
	Situation Situation
	Coverage  projections.Coverage
	// Acts are those of the question, and behind them what the log tells of that
	// stood beside it on the day and that some condition looked at.
	Acts      []Act
	Duties    []Duty // the firmest verdict first, then by bearer, alliance and clause
	Breaches  []Breach
	Conflicts []Conflict
	Pledges   []Pledge
	// Crises are those in which the log tells of these very attackers and targets.
	Crises []string
	// Deemed lists the states of which a treaty says that an attack on another is
	// one on them too, where the question was to suppose that this counts for
	// other treaties.
	Deemed []Deemed
	// Considered counts the clauses in force on the day that were looked at.
	Considered int
}

// Of returns the firmest verdict for a state, [NotBound] if no clause binds it.
func (r *Result) Of(state ledger.StateID) Verdict {
	return r.firmest(state, func(*Duty) bool { return true })
}

// Fights returns the firmest verdict for a state over the clauses by which it
// may have to fight, [NotBound] if there is none.
func (r *Result) Fights(state ledger.StateID) Verdict {
	return r.firmest(state, (*Duty).Military)
}

func (r *Result) firmest(state ledger.StateID, counts func(*Duty) bool) Verdict {
	for _, v := range Verdicts() {
		for i := range r.Duties {
			if d := &r.Duties[i]; d.Bearer == state && d.Verdict == v && counts(d) {
				return v
			}
		}
	}
	return NotBound
}
