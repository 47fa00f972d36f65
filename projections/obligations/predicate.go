package obligations

import (
	"fmt"
	"slices"
	"strings"

	"foedus/ledger"
)

// The groups of states that clauses name; see ledger.Clause.
const (
	groupParties   = "@parties"
	groupOthers    = "@other-parties"
	groupAmericans = "@american-states"
	groupProtocol  = "@protocol-states"
	groupGuarantor = "@guarantors"
)

// askedFor is the condition that the party attacked asks for help, as the
// curated history writes it.
const askedFor = "the party attacked asks for it"

// reading evaluates the condition of one clause for one bearer.
type reading struct {
	*scene
	p      *pact
	clause *ledger.Clause
	bearer ledger.StateID
	trace  []Step
	quiet  bool // no trace is wanted
	alone  bool // what is on record to have been asked for does not count
	// touched is set when the condition looked at an act of the question.
	touched bool
}

// On implements [Surroundings].
func (r *reading) On() ledger.Date { return r.q.On }

// Party implements [Surroundings].
func (r *reading) Party(id ledger.StateID) bool { return r.p.party(id) }

// COW implements [Surroundings].
func (r *reading) COW(id ledger.StateID) int { return r.number(id) }

// note adds a step. The step stands before those that it rests on, so its place
// is taken first; see [reading.enter].
func (r *reading) note(level int, t Truth, events []ledger.Seq, format string, v ...any) Truth {
	if !r.quiet {
		r.trace = append(r.trace, Step{Text: fmt.Sprintf(format, v...), Truth: t, Level: level, Events: events})
	}
	return t
}

// contains reports whether a list of states and groups holds a state.
func (r *reading) contains(list []string, id ledger.StateID) bool {
	for _, name := range list {
		switch name {
		case groupParties:
			if r.p.party(id) {
				return true
			}
		case groupOthers:
			if id != r.bearer && r.p.party(id) {
				return true
			}
		case groupAmericans:
			if n := r.number(id); n >= 2 && n < 200 {
				return true
			}
		case groupProtocol:
			if slices.Contains(r.p.protocol, id) {
				return true
			}
		case groupGuarantor:
			if slices.Contains(r.clause.Bearer, string(id)) {
				return true
			}
		default:
			if name == string(id) {
				return true
			}
		}
	}
	return false
}

// owed reports whether a list holds a state to which something may be owed: a
// party that left is owed nothing, even where a text names it.
func (r *reading) owed(list []string, id ledger.StateID) bool {
	return !slices.Contains(r.p.left, id) && r.contains(list, id)
}

// holds evaluates a condition over the acts given.
func (r *reading) holds(p *ledger.Predicate, acts []Act, level int) Truth {
	at := len(r.trace)
	if !r.quiet {
		r.trace = append(r.trace, Step{Level: level})
	}
	f := r.evaluate(p, acts, level)
	if p.InOpinionOf != "" && (f.truth != False || p.InOpinionOf == "any-party" && r.clause.Kind == "consult") {
		f = r.opinion(p, f)
	}
	if !r.quiet {
		s := &r.trace[at]
		s.Truth, s.Text, s.cause = f.truth, f.text, f.cause
	}
	return f.truth
}

// finding is what came of a condition.
type finding struct {
	truth Truth
	text  string // what the condition asks for
	cause string // why it holds or does not; "" where its parts say
}

// found is a finding of which the text says the cause too.
func found(t Truth, text string) finding { return finding{t, text, text} }

func (r *reading) evaluate(p *ledger.Predicate, acts []Act, level int) finding {
	switch p.Is {
	case "all":
		t := True
		for i := range p.Of {
			t = And(t, r.holds(&p.Of[i], acts, level+1))
		}
		return finding{t, gloss("all of these must hold", p), ""}
	case "any":
		t := False
		for i := range p.Of {
			t = Or(t, r.holds(&p.Of[i], acts, level+1))
		}
		return finding{t, gloss("one of these must hold", p), ""}
	case "not":
		t := True
		for i := range p.Of {
			t = And(t, Not(r.holds(&p.Of[i], acts, level+1)))
		}
		return finding{t, gloss("this must not hold", p), ""}
	case "during":
		return found(r.during(p))
	case "described":
		return found(r.described(p))
	case "not-aggressor":
		return found(r.notAggressor(p, acts))
	case "demand-refused":
		return found(r.assumed(p, Unknown, "a demand must have been refused, and nothing recorded decides that"))
	}
	return r.leaf(p, acts, level)
}

func gloss(text string, p *ledger.Predicate) string {
	if p.Description == "" {
		return text
	}
	return text + ": " + p.Description
}

func (r *reading) during(p *ledger.Predicate) (Truth, string) {
	lo, hi := p.Period.Earliest(), p.Period.Latest()
	if r.q.On >= lo && r.q.On <= hi {
		return True, "the day lies in the period " + p.Period.String()
	}
	return False, "the day does not lie in the period " + p.Period.String()
}

// described is a condition in words. Nothing decides it but what the user
// assumes, or, for a request, what is recorded.
func (r *reading) described(p *ledger.Predicate) (Truth, string) {
	if p.Description == askedFor {
		return r.requested()
	}
	missing := Unknown
	if r.q.Dataset != ledger.Core { // a code says that there is a condition, not which
		missing = Arguable
	}
	return r.assumed(p, missing, "the text asks that "+p.Description+"; no recorded fact decides that")
}

func (r *reading) assumed(p *ledger.Predicate, otherwise Truth, text string) (Truth, string) {
	for _, a := range r.s.Assumed {
		if a != "" && strings.Contains(strings.ToLower(p.Description), strings.ToLower(a)) {
			return True, "assumed: " + p.Description
		}
	}
	return otherwise, text
}

func (r *reading) requested() (Truth, string) {
	for _, a := range r.s.Assumed {
		if strings.Contains(askedFor, strings.ToLower(a)) && a != "" {
			return True, "assumed: " + askedFor
		}
	}
	for _, c := range r.claims {
		if c.alliance == r.p.id && slices.Contains(r.s.Attacked, c.by) {
			return True, string(c.by) + " asked for it"
		}
	}
	return Arguable, "the party attacked must ask for it, and no request is recorded"
}

func (r *reading) notAggressor(p *ledger.Predicate, acts []Act) (Truth, string) {
	for _, target := range r.s.Attacked {
		for i := range acts {
			if a := &acts[i]; a.fights() && a.By == target && !a.Answer && a.Origin != Asked {
				return Arguable, string(target) + " must not be the aggressor, and " + a.String()
			}
		}
	}
	return r.assumed(p, True, "the party attacked is not the aggressor")
}

// opinion weakens a condition that is left to somebody's opinion: it holds once
// one who may say so has said so on record. Where any party may ask to consult,
// its word is enough.
func (r *reading) opinion(p *ledger.Predicate, f finding) finding {
	if c := r.said(); c != nil {
		r.touched = true
		said := string(c.by) + " asked for it on record"
		return finding{True, f.text + "; " + said, said}
	}
	if f.truth == False {
		return f
	}
	whose := map[string]string{"any-party": "any party", "each-party": "each party", "organ": "the organ"}[p.InOpinionOf]
	open := "is for " + whose + " to say, and none is on record to have said so"
	out := finding{And(f.truth, Arguable), f.text + "; that " + open, f.cause}
	if f.truth == True {
		out.cause = "whether the case has come " + open
	}
	return out
}

// said returns a request on record under the clause, nil if there is none.
func (r *reading) said() *claim {
	if r.alone {
		return nil
	}
	i := slices.IndexFunc(r.claims, func(c claim) bool {
		return c.alliance == r.p.id && (c.clause == "" || c.clause == r.clause.ID) && r.p.party(c.by)
	})
	if i < 0 {
		return nil
	}
	return &r.claims[i]
}
