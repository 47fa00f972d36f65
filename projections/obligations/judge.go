package obligations

import (
	"fmt"
	"slices"
	"strings"

	"foedus/ledger"
	"foedus/projections"
)

// judgement turns a condition that was evaluated into a verdict. Each rule may
// only weaken it, but for what an organ or the state itself determined.
type judgement struct {
	*reading
	d *Duty
	t Truth
}

func (j *judgement) step(t Truth, events []ledger.Seq, format string, v ...any) {
	j.d.Trace = append(j.d.Trace, Step{Text: fmt.Sprintf(format, v...), Truth: t, Events: events})
}

// weaken lowers the verdict and remembers why.
func (j *judgement) weaken(v Verdict, why string) {
	order := Verdicts()
	if slices.Index(order, v) > slices.Index(order, j.d.Verdict) {
		j.d.Verdict, j.d.Reason = v, why
	}
}

// membership begins the trace: who is bound, by what.
func (j *judgement) membership(m *member, f *projections.Fact) {
	word := func(t ledger.Tri, yes string) string {
		if t == ledger.In {
			return yes
		}
		return "possibly " + yes
	}
	j.step(truthOf(m.certainty), []ledger.Seq{m.event}, "%s is %s to %s on %s", m.id, word(m.certainty, "a party"), j.p.id, j.q.On)
	j.step(truthOf(f.Certainty), []ledger.Seq{f.Causes.Began}, "%s of %s (%s) is %s and binds it", j.clause.Article, j.p.id, j.clause.Label, word(f.Certainty, "in force"))
}

func truthOf(t ledger.Tri) Truth {
	if t == ledger.In {
		return True
	}
	return Arguable
}

// head is how many steps of a trace stand before the condition; see [judgement.membership].
const head = 2

// decide gives the verdict.
func (j *judgement) decide(m *member) {
	j.d.Verdict = map[Truth]Verdict{True: Bound, Arguable: Contestable, Unknown: Undecided, False: NotBound}[j.t]
	j.d.Reason = "its condition is " + j.t.String()
	if len(j.d.Trace) > head {
		j.d.Reason = cause(j.d.Trace[head:])
	}
	j.attackerIsParty()
	j.determined()
	if j.d.Certainty != ledger.In {
		j.weaken(Contestable, "the dates leave open whether it was in force for "+string(m.id)+" on the day")
	}
	j.suspended(m)
	if j.clause.Strength == "political-only" {
		j.weaken(Political, "it is a promise without legal force")
	}
	j.remarks()
	j.step(map[Verdict]Truth{Bound: True, Contestable: Arguable, Undecided: Unknown, Political: Arguable}[j.d.Verdict], nil,
		"so %s is %s: %s", m.id, phrase(j.d), j.d.Reason)
}

// cause says why the first step of a trace is as it is: it goes down to the part
// that decides it. O(steps).
func cause(steps []Step) string {
	top := &steps[0]
	if top.cause != "" {
		return top.cause
	}
	deciding := -1
	for i := 1; i < len(steps) && steps[i].Level > top.Level; i++ {
		if steps[i].Level != top.Level+1 {
			continue
		}
		if steps[i].Truth == top.Truth {
			return cause(steps[i:])
		}
		if deciding < 0 && Not(steps[i].Truth) == top.Truth {
			deciding = i // of a "not"
		}
	}
	if deciding > 0 {
		return cause(steps[deciding:])
	}
	return top.Text
}

// attackerIsParty: few texts say what becomes of a duty when the attacker is a
// party himself.
func (j *judgement) attackerIsParty() {
	if j.clause.Kind != "defense" && j.clause.Kind != "offense" || j.d.Verdict == NotBound {
		return
	}
	if j.clause.Kind == "defense" && !j.favours(j.d, j.s.Attacked) {
		return // it is for him
	}
	for _, by := range j.s.By {
		if j.p.party(by) && !names(j.clause.Trigger, string(by)) {
			why := "the attacker " + string(by) + " is a party itself, which the text does not speak of"
			j.step(Arguable, nil, "%s", why)
			j.weaken(Contestable, why)
		}
	}
}

// names reports whether a condition names an attacker, or the parties as such.
func names(p *ledger.Predicate, id string) bool {
	return slices.Contains(p.By, id) || slices.Contains(p.By, groupParties) || slices.ContainsFunc(p.Of, func(q ledger.Predicate) bool { return names(&q, id) })
}

// determined applies what an organ ruled, or the state itself said, in the
// crisis that the question is about.
func (j *judgement) determined() {
	for _, r := range j.rulings {
		if r.alliance != j.p.id || r.clause != "" && r.clause != j.clause.ID {
			continue
		}
		events := []ledger.Seq{r.event}
		switch r.value {
		case "confirmed":
			j.step(True, events, "the organ confirmed in %s that it applies", r.crisis)
			j.d.Verdict, j.d.Reason, j.d.Determined = Bound, "the organ determined that it applies ("+r.crisis+")", r.event
		case "provisional":
			j.step(Arguable, events, "the organ said in %s that it applies on a condition", r.crisis)
			if j.d.Determined == 0 {
				j.d.Verdict, j.d.Reason = Contestable, "the organ determined it on a condition only ("+r.crisis+")"
			}
		case "declined", "lapsed":
			j.step(False, events, "the organ found in %s that it does not apply, or let it lapse", r.crisis)
			j.d.Verdict, j.d.Reason, j.d.Determined = NotBound, "the organ determined that it does not apply ("+r.crisis+")", r.event
		case "invoked":
			if slices.Contains(r.invokers, j.bearer) && j.d.Verdict == Contestable {
				j.step(True, events, "%s invoked it itself in %s", j.bearer, r.crisis)
				j.d.Verdict, j.d.Reason = Bound, "it invoked the clause itself ("+r.crisis+")"
				continue
			}
			j.step(Arguable, events, "it was invoked in %s", r.crisis)
		}
	}
}

// suspended: a duty that is suspended toward one of those attacked, or for the
// bearer as a whole, is none.
func (j *judgement) suspended(m *member) {
	if j.d.Verdict == NotBound {
		return
	}
	if m.suspended {
		j.step(False, []ledger.Seq{m.event}, "the obligations of %s are suspended as a whole", m.id)
		j.weaken(InSuspense, "its obligations are suspended as a whole")
	}
	for _, target := range j.s.Attacked {
		if f := j.p.suspension(m.id, target, j.clause.ID); f != nil {
			why := string(m.id) + " suspended it toward " + string(target)
			if f.Certainty == ledger.In {
				j.step(False, []ledger.Seq{f.Causes.Began}, "%s", why)
				j.weaken(InSuspense, why)
			} else {
				j.step(Arguable, []ledger.Seq{f.Causes.Began}, "%s, possibly", why)
				j.weaken(Contestable, why+", possibly")
			}
		}
		if f := j.p.suspension(target, m.id, j.clause.ID); f != nil {
			why := string(target) + " suspended it toward " + string(m.id) + ", which may do likewise (VCLT Art. 60)"
			j.step(Arguable, []ledger.Seq{f.Causes.Began}, "%s", why)
			j.weaken(Contestable, why)
		}
	}
}

// remarks adds to the trace what the text says beside its condition. None of it
// moves the verdict: no fact decides it.
func (j *judgement) remarks() {
	if j.d.Verdict == NotBound {
		return
	}
	c := j.clause
	say := func(label, text string) {
		if text != "" {
			j.step(j.t, nil, "%s: %s", label, text)
		}
	}
	say("what is owed", c.Means)
	say("how firmly", strings.ReplaceAll(string(c.Strength), "-", " "))
	say("who decides", c.Determines)
	say("nobody is made to do without consent", c.Consent)
	say("United Nations", c.UNClause)
	if len(c.Exclusions) > 0 {
		say("it does not apply to", strings.Join(c.Exclusions, "; "))
	}
}

// phrase completes "is ...".
func phrase(d *Duty) string {
	what := map[ledger.ClauseKind]string{
		"defense": "to help", "offense": "to fight beside the attacker", "neutrality": "to stay neutral", "consult": "to consult",
		"guarantee": "to uphold its guarantee", "mobilize": "to mobilise", "no-separate-peace": "to make no separate peace",
		"no-aid-to-enemy": "to give the attacker no aid",
	}[d.Clause.Kind]
	if what == "" {
		what = "to what the clause says"
	}
	if d.Clause.Strength == "consult-then-decide" {
		what = "to consult, and then to decide"
	}
	switch d.Verdict {
	case Bound:
		return "bound " + what
	case Contestable:
		return "arguably bound " + what
	case Undecided:
		return "perhaps bound " + what + ", which no recorded fact decides"
	case Political:
		return "committed in politics, not in law, " + what
	case InSuspense:
		return "not bound at present " + what
	case NotBound:
	}
	return "not bound " + what
}
