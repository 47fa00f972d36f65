package obligations

import (
	"fmt"
	"slices"

	"foedus/ledger"
	"foedus/projections"
)

// Mode says how far a chain goes beyond the act that is asked about.
type Mode string

// The modes of a chain.
const (
	ModeNone     Mode = "none"     // only what the act itself sets off
	ModeRecorded Mode = "recorded" // and what the log tells of, up to the day
	ModeObliged  Mode = "obliged"  // and what follows if every state does what it is bound to
	ModeWorst    Mode = "worst"    // likewise, and what is arguable counts as bound
)

// Modes lists the modes.
func Modes() []string {
	return []string{string(ModeNone), string(ModeRecorded), string(ModeObliged), string(ModeWorst)}
}

// EdgeKind says what an edge of a chain is.
type EdgeKind string

// The kinds of edge.
const (
	EdgeObligation   EdgeKind = "obligation"   // an act sets off a duty to fight or to mobilise
	EdgeConsultation EdgeKind = "consultation" // an act sets off a duty to consult
	EdgeNeutrality   EdgeKind = "neutrality"   // an act sets off a duty to stay out
	EdgePerformance  EdgeKind = "performance"  // a duty that is done is a new act
	EdgeRecorded     EdgeKind = "recorded"     // the log tells that a state acted, bound or not
	EdgeConflict     EdgeKind = "conflict"     // a state cannot do both
)

// Edge is one step of a chain.
type Edge struct {
	Step int // from 1, in the order in which they follow
	Kind EdgeKind
	From string // a state, or who attacks
	To   string // a state
	Text string
	// Hypothesis is set on everything that is not on record: it supposes that
	// somebody does what he is bound to.
	Hypothesis bool
	Duty       *Duty // of an obligation, a consultation or a neutrality
	Event      ledger.Seq
	Cause      int  // the step that it follows from, 0 for the act asked about
	Cycle      bool // it comes back to an act that is part of the chain already
}

// Chain is what follows from an act, and from that.
type Chain struct {
	Mode   Mode
	Edges  []Edge
	First  *Result          // the answer to the act itself
	AtWar  []ledger.StateID // who fights in the end, without those asked about
	Rounds int              // acts whose consequences were looked at
}

// link is a pair of enemies, the unordered edge of a war.
type link struct{ a, b string }

func linkOf(a, b string) link {
	if a > b {
		a, b = b, a
	}
	return link{a, b}
}

// follower builds a chain.
type follower struct {
	w     *projections.World
	q     projections.Query
	mode  Mode
	base  *scene
	chain *Chain
	acts  []Act // of the chain so far, those of the question first
	seen  map[string]bool
	war   map[link]int // the step that began it
}

// Follow answers a question and follows what comes of it. It always ends: an act
// is a pair of states, and each pair acts at most once in each way. O(pairs of
// states that can come to act * what [Evaluate] costs without gathering the
// alliances again).
func Follow(w *projections.World, q projections.Query, s Situation, mode Mode) *Chain {
	base := newScene(w, q, &s)
	base.known = base.pacts()
	first := base.evaluate()
	if s.Propagate {
		first = propagated(w, q, s)
	}
	f := &follower{
		w: w, q: q, mode: mode, base: base, chain: &Chain{Mode: mode, First: first}, seen: make(map[string]bool), war: make(map[link]int),
	}
	f.acts = slices.Clone(base.acts[:base.asked])
	for i := range f.acts {
		f.note(&f.acts[i], 0)
	}
	f.consequences(first, 0)
	if mode == ModeNone {
		return f.chain
	}
	if mode == ModeRecorded {
		f.recorded()
	}
	for done := len(base.acts[:base.asked]); done < len(f.acts); done++ {
		f.chain.Rounds++
		act := f.acts[done]
		f.consequences(f.answer(act), act.Step)
	}
	f.finish()
	return f.chain
}

// note remembers an act; it reports whether it is new.
func (f *follower) note(a *Act, step int) bool {
	key := string(a.Kind) + " " + a.who() + " " + string(a.Against)
	if f.seen[key] {
		return false
	}
	f.seen[key] = true
	if a.fights() && a.Against != "" {
		if l := linkOf(a.who(), string(a.Against)); f.war[l] == 0 {
			f.war[l] = step + 1
		}
	}
	return true
}

// answer evaluates one act of the chain beside all others.
func (f *follower) answer(act Act) *Result {
	s := Situation{
		By: []ledger.StateID{act.By}, Kind: act.Kind, Provocation: act.Provocation, Extent: act.Extent, Assumed: f.base.s.Assumed,
	}
	if act.Against != "" {
		s.Attacked = []ledger.StateID{act.Against}
	}
	c := *f.base
	c.s, c.asked = &s, 1
	c.acts = append([]Act{act}, slices.DeleteFunc(slices.Clone(f.acts), func(o Act) bool { return o == act })...)
	for _, o := range f.base.acts[f.base.asked:] { // what the log tells of stands beside it
		if !slices.ContainsFunc(c.acts, func(a Act) bool { return a.By == o.By && a.Against == o.Against && a.Kind == o.Kind }) {
			c.acts = append(c.acts, o)
		}
	}
	c.rulings = nil // they were given on what happened, not on what is supposed
	return c.evaluate()
}

// counts reports whether a verdict counts as a duty in the mode of the chain.
func (f *follower) counts(v Verdict) bool {
	return v == Bound || f.mode == ModeWorst && v == Contestable
}

// consequences adds the edges of one answer, and the acts that performing it makes.
func (f *follower) consequences(r *Result, cause int) {
	if r == nil {
		return
	}
	for i := range r.Duties {
		d := &r.Duties[i]
		if !f.counts(d.Verdict) {
			continue
		}
		e := Edge{
			Kind: edgeOf(d), From: string(d.helped()), To: string(d.Bearer), Duty: d, Cause: cause, Hypothesis: cause != 0,
			Text: fmt.Sprintf("%s of %s: %s is %s", d.Clause.Article, d.Alliance, d.Bearer, phrase(d)),
		}
		if f.has(&e) {
			continue
		}
		step := f.add(e)
		if f.mode == ModeObliged || f.mode == ModeWorst {
			f.perform(r, d, step)
		}
	}
	for i := range r.Conflicts {
		x := &r.Conflicts[i]
		if !f.counts(r.Duties[x.A].Verdict) || x.B >= 0 && !f.counts(r.Duties[x.B].Verdict) {
			continue
		}
		e := Edge{Kind: EdgeConflict, From: string(x.State), To: string(x.State), Text: x.Text, Cause: cause, Hypothesis: cause != 0}
		if !f.has(&e) {
			f.add(e)
		}
	}
}

// helped returns whom a duty is for first, "" for nobody in particular.
func (d *Duty) helped() ledger.StateID {
	if len(d.For) == 0 {
		return ""
	}
	return d.For[0]
}

func edgeOf(d *Duty) EdgeKind {
	switch {
	case d.Clause.Kind == "neutrality":
		return EdgeNeutrality
	case d.Military() || d.Clause.Kind == "mobilize":
		return EdgeObligation
	case d.Clause.Kind == "consult" || d.Clause.Strength == "consult-then-decide":
		return EdgeConsultation
	}
	return EdgeObligation
}

func (f *follower) add(e Edge) int {
	e.Step = len(f.chain.Edges) + 1
	f.chain.Edges = append(f.chain.Edges, e)
	return e.Step
}

// has reports whether the chain has an edge that says the same.
func (f *follower) has(e *Edge) bool {
	return slices.ContainsFunc(f.chain.Edges, func(o Edge) bool {
		if e.Duty != nil && o.Duty != nil {
			return o.Kind == e.Kind && o.Duty.Bearer == e.Duty.Bearer && o.Duty.Alliance == e.Duty.Alliance && o.Duty.ClauseID == e.Duty.ClauseID
		}
		return o.Kind == e.Kind && o.Text == e.Text
	})
}

// perform makes the acts of a state that does what it is bound to: it fights
// those against whom its duty is, or mobilises against whoever attacks.
func (f *follower) perform(r *Result, d *Duty, step int) {
	if !d.Military() && d.Clause.Kind != "mobilize" {
		return
	}
	_, enemies := f.base.sides(d, r.Situation.Attacked, r.Situation.By)
	for _, target := range enemies {
		act := Act{Kind: ActWar, By: d.Bearer, Against: target, Ground: Ground{State: target}, Answer: d.Clause.Kind != "offense", Origin: Hypothesis}
		verb := "joins the war against"
		if d.Clause.Kind == "mobilize" {
			act.Kind, verb = ActMobilization, "mobilises against"
		}
		if target == d.Bearer {
			continue
		}
		e := Edge{
			Kind: EdgePerformance, From: string(d.Bearer), To: string(target), Cause: step, Hypothesis: true,
			Text: fmt.Sprintf("if %s does what it is bound to, it %s %s", d.Bearer, verb, target),
		}
		_, fighting := f.war[linkOf(string(d.Bearer), string(target))]
		if e.Cycle = fighting && act.Kind == ActWar; !e.Cycle {
			act.Step = len(f.chain.Edges) + 1
			if !f.note(&act, act.Step) {
				continue
			}
			f.acts = append(f.acts, act)
		}
		if !f.has(&e) {
			f.add(e)
		}
	}
}

// recorded adds what the log tells of others who came to act, up to the day, in
// the crises that the question is about.
func (f *follower) recorded() {
	involved := make(map[string]bool)
	for _, a := range f.acts {
		involved[a.who()], involved[string(a.Against)] = true, true
	}
	rest := slices.Clone(f.base.acts[f.base.asked:])
	slices.SortStableFunc(rest, func(x, y Act) int { return int(x.Event) - int(y.Event) })
	for grew := true; grew; {
		grew = false
		for i := range rest {
			a := &rest[i]
			if a.Kind == "" || a.Against == "" || !a.fights() && a.Kind != ActMobilization || !involved[a.who()] && !involved[string(a.Against)] {
				continue
			}
			if f.note(a, len(f.chain.Edges)) {
				a.Step = f.add(Edge{Kind: EdgeRecorded, From: a.who(), To: string(a.Against), Text: a.String() + ", on record", Event: a.Event})
				f.acts = append(f.acts, *a)
				involved[a.who()], involved[string(a.Against)] = true, true
				grew = true
			}
			rest[i].Kind = ""
		}
	}
}

// finish lists who fights in the end.
func (f *follower) finish() {
	for i := range f.acts {
		a := &f.acts[i]
		if !a.fights() || a.Origin == Asked || a.By == "" || slices.Contains(f.chain.AtWar, a.By) || f.base.attacks(a.By) || f.base.attacked(a.By) {
			continue
		}
		f.chain.AtWar = append(f.chain.AtWar, a.By)
	}
	slices.Sort(f.chain.AtWar)
}
