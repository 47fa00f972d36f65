package obligations_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/obligations"
)

// maker writes a small random history: a few states, treaties with random
// clauses between them, attacks, wars and suspensions.
type maker struct {
	t      *rapid.T
	events []*ledger.Event
}

func (m *maker) add(kind ledger.Kind, id string, c ledger.Content) {
	n := len(m.events) + 1
	e := &ledger.Event{
		ID: ledger.EventID{0, 0, 0, 0, 0, 1, byte(n >> 8), byte(n)}, Aggregate: ledger.Aggregate{Dataset: ledger.Core, Kind: kind, ID: id}, Content: c,
	}
	m.events = append(m.events, e)
}

func when(s string) ledger.When {
	w, err := ledger.ParseWhen(s)
	if err != nil {
		panic(err)
	}
	return w
}

func day(s string) ledger.Date {
	d, err := ledger.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// actors are the states of the random histories.
func actors() []string { return []string{"aland", "bland", "cland", "dland", "eland", "fland"} }

func (m *maker) some(label string, groups ...string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(append(actors(), groups...)), 1, 3, rapid.ID[string]).Draw(m.t, label)
}

// predicate draws a condition.
func (m *maker) predicate(depth int) ledger.Predicate {
	kinds := []string{"attack", "attack", "war", "threat", "mobilization", "described", "during", "not-aggressor", "demand-refused"}
	if depth < 2 {
		kinds = append(kinds, "all", "any", "not")
	}
	p := ledger.Predicate{Is: rapid.SampledFrom(kinds).Draw(m.t, "is")}
	switch p.Is {
	case "all", "any", "not":
		for range rapid.IntRange(1, 2).Draw(m.t, "of") {
			p.Of = append(p.Of, m.predicate(depth+1))
		}
	case "described":
		p.Description = rapid.SampledFrom([]string{"the party attacked asks for it", "the moon is full"}).Draw(m.t, "description")
	case "during":
		p.Period = when("1950/1960")
	case "attack", "war", "threat", "mobilization":
		if rapid.Bool().Draw(m.t, "by?") {
			p.By = m.some("by", "@parties")
		}
		if rapid.Bool().Draw(m.t, "against?") {
			p.Against = m.some("against", "@parties", "@other-parties")
		}
		p.Unprovoked = rapid.Bool().Draw(m.t, "unprovoked")
		if rapid.IntRange(0, 4).Draw(m.t, "two?") == 0 {
			p.AtLeast = 2
		}
		if rapid.IntRange(0, 4).Draw(m.t, "joined?") == 0 {
			p.JoinedBy = m.some("joined")
		}
		p.Region = rapid.SampledFrom([]string{"", "", "", "europe", "nowhere"}).Draw(m.t, "region")
	}
	return p
}

// treaty adds a treaty of some states with random clauses.
func (m *maker) treaty(id string) {
	parties := rapid.SliceOfNDistinct(rapid.SampledFrom(actors()), 2, 4, rapid.ID[string]).Draw(m.t, "parties")
	for _, s := range parties {
		m.add(ledger.KindAlliance, id, ledger.Content{DoneOn: when("1950-01-01"), Payload: &ledger.InstrumentSigned{Signatory: ledger.StateID(s)}})
	}
	m.add(ledger.KindAlliance, id, ledger.Content{DoneOn: when("1950-02-01"), Payload: &ledger.InstrumentInForce{Among: states(parties), Rule: "signature"}})
	for i := range rapid.IntRange(0, 3).Draw(m.t, "clauses") {
		c := ledger.Clause{
			ID: ledger.ClauseID(fmt.Sprintf("art-%d", i+1)), Article: fmt.Sprintf("Art. %d", i+1), Label: "a clause",
			Kind:   ledger.ClauseKind(rapid.SampledFrom([]string{"defense", "defense", "offense", "neutrality", "consult", "guarantee", "mobilize", "nonaggression"}).Draw(m.t, "kind")),
			Bearer: []string{"@parties"}, Beneficiary: []string{"@other-parties"},
			Strength: ledger.Strength(rapid.SampledFrom([]string{"", "automatic-full", "political-only", "consult-then-decide"}).Draw(m.t, "strength")),
		}
		if c.Kind != "nonaggression" {
			p := m.predicate(0)
			c.Trigger = &p
		}
		m.add(ledger.KindAlliance, id, ledger.Content{DoneOn: when("1950-02-01"), Payload: &ledger.ClauseAdded{Clause: c}})
	}
	if rapid.IntRange(0, 2).Draw(m.t, "suspend?") == 0 {
		m.add(ledger.KindAlliance, id, ledger.Content{DoneOn: when("1952-01-01"), Payload: &ledger.ObligationSuspended{
			By: ledger.StateID(parties[0]), Toward: []ledger.StateID{ledger.StateID(parties[1])}, Ground: "a quarrel",
		}})
	}
}

// crisis adds what happened between some of them.
func (m *maker) crisis(id string) {
	for range rapid.IntRange(0, 4).Draw(m.t, "events") {
		a := rapid.SampledFrom(actors()).Draw(m.t, "by")
		b := rapid.SampledFrom(actors()).Draw(m.t, "against")
		if a == b {
			continue
		}
		var p ledger.Payload
		switch rapid.IntRange(0, 2).Draw(m.t, "what") {
		case 0:
			p = &ledger.WarDeclared{By: ledger.StateID(a), Against: []ledger.StateID{ledger.StateID(b)}}
		case 1:
			p = &ledger.MobilizationOrdered{By: ledger.StateID(a), Extent: "general", Against: []ledger.StateID{ledger.StateID(b)}}
		default:
			p = &ledger.AttackMade{
				Attack: ledger.Name(fmt.Sprintf("attack-%d", len(m.events))), Attackers: []ledger.StateID{ledger.StateID(a)}, AttackerKind: "state",
				Targets: []ledger.StateID{ledger.StateID(b)}, Form: "invasion", Provocation: "unprovoked",
			}
		}
		m.add(ledger.KindCrisis, id, ledger.Content{DoneOn: when("1954-01-01"), Payload: p})
	}
}

// world applies the events, but for those left out.
func (m *maker) world(without func(*ledger.Event) bool) *projections.World {
	w := projections.New()
	n := ledger.Seq(0)
	for _, e := range m.events {
		if without != nil && without(e) {
			continue
		}
		n++
		if err := w.Apply(n, 0, e); err != nil {
			m.t.Fatal(err)
		}
	}
	return w
}

func (m *maker) situation() obligations.Situation {
	target := rapid.SampledFrom(actors()).Draw(m.t, "target")
	by := rapid.SampledFrom(slices.DeleteFunc(actors(), func(s string) bool { return s == target })).Draw(m.t, "attacker")
	return obligations.Situation{
		Attacked: []ledger.StateID{ledger.StateID(target)}, By: []ledger.StateID{ledger.StateID(by)},
		Provocation: rapid.SampledFrom([]string{"", obligations.Unprovoked, obligations.Provoked}).Draw(m.t, "provocation"),
	}
}

func history(t *rapid.T) *maker {
	m := &maker{t: t}
	for i := range rapid.IntRange(1, 5).Draw(t, "treaties") {
		m.treaty(fmt.Sprintf("pact-%d", i+1))
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "crises") {
		m.crisis(fmt.Sprintf("crisis-%d", i+1))
	}
	return m
}

func at(w *projections.World) projections.Query {
	return projections.Query{Dataset: ledger.Core, On: day("1955-01-01"), Known: w.Head()}
}

// brief writes down an answer.
func brief(r *obligations.Result) (out []string) {
	for i := range r.Duties {
		d := &r.Duties[i]
		out = append(out, fmt.Sprintf("%s %s %s/%s: %s", d.Verdict, d.Bearer, d.Alliance, d.ClauseID, d.Reason))
		for _, s := range d.Trace {
			out = append(out, fmt.Sprintf("%d %s %s %v", s.Level, s.Truth, s.Text, s.Events))
		}
	}
	for _, b := range r.Breaches {
		out = append(out, fmt.Sprintf("breach %s %s %s/%s", b.State, b.Toward, b.Alliance, b.ClauseID))
	}
	for _, c := range r.Conflicts {
		out = append(out, "conflict "+c.Text)
	}
	return out
}

// TestDeterministic: the same question has the same answer and the same chain,
// byte for byte, and every chain ends, whatever the clauses: cycles included.
func TestDeterministic(t *testing.T) {
	seen := map[obligations.Verdict]int{}
	long := 0
	defer func() {
		t.Logf("verdicts %v, longest chain %d", seen, long)
		for _, v := range []obligations.Verdict{obligations.Bound, obligations.Contestable, obligations.Undecided, obligations.Political, obligations.NotBound} {
			if seen[v] == 0 && !t.Failed() {
				t.Errorf("no answer was %s: the histories say little", v)
			}
		}
	}()
	rapid.Check(t, func(t *rapid.T) {
		m := history(t)
		w, again := m.world(nil), m.world(nil)
		s := m.situation()
		if diff := cmp.Diff(brief(obligations.Evaluate(w, at(w), s)), brief(obligations.Evaluate(again, at(again), s))); diff != "" {
			t.Fatal(diff)
		}
		for _, mode := range obligations.Modes() {
			one, two := obligations.Follow(w, at(w), s, obligations.Mode(mode)), obligations.Follow(again, at(again), s, obligations.Mode(mode))
			if diff := cmp.Diff(edges(one), edges(two)); diff != "" {
				t.Fatal(diff)
			}
			if n := len(actors()); one.Rounds > 2*n*n {
				t.Fatalf("%d rounds among %d states", one.Rounds, n)
			}
			checkChain(t, one)
			long = max(long, len(one.Edges))
			for i := range one.First.Duties {
				seen[one.First.Duties[i].Verdict]++
			}
		}
	})
}

func edges(c *obligations.Chain) (out []string) {
	for i := range c.Edges {
		e := &c.Edges[i]
		out = append(out, fmt.Sprintf("%d %s %s %s %s hypothesis=%v cause=%d cycle=%v", e.Step, e.Kind, e.From, e.To, e.Text, e.Hypothesis, e.Cause, e.Cycle))
	}
	return out
}

// checkChain: each edge follows from an earlier one, and nothing beyond the
// record goes without the label.
func checkChain(t *rapid.T, c *obligations.Chain) {
	for i := range c.Edges {
		e := &c.Edges[i]
		if e.Step != i+1 || e.Cause >= e.Step {
			t.Fatalf("step %d follows from %d: %s", e.Step, e.Cause, e.Text)
		}
		if e.Kind == obligations.EdgePerformance && !e.Hypothesis {
			t.Fatalf("a performance that nobody recorded is no hypothesis: %s", e.Text)
		}
		if e.Cause != 0 && c.Mode != obligations.ModeRecorded && !e.Hypothesis {
			t.Fatalf("a step behind a hypothesis is none itself: %s", e.Text)
		}
		if c.Mode == obligations.ModeNone && e.Cause != 0 {
			t.Fatalf("a chain of nothing goes on: %s", e.Text)
		}
	}
}

// TestNoClauses: where no clause is in force, nothing follows.
func TestNoClauses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := history(t)
		w := m.world(func(e *ledger.Event) bool { _, ok := e.Payload.(*ledger.ClauseAdded); return ok })
		s := m.situation()
		for _, mode := range obligations.Modes() {
			c := obligations.Follow(w, at(w), s, obligations.Mode(mode))
			if len(c.First.Duties)+len(c.First.Breaches)+len(c.First.Conflicts) > 0 {
				t.Fatalf("an answer without clauses: %v", brief(c.First))
			}
			for i := range c.Edges {
				if c.Edges[i].Kind != obligations.EdgeRecorded {
					t.Fatalf("an edge without clauses: %s", c.Edges[i].Text)
				}
			}
		}
	})
}

// TestSuspended: a pair whose obligations are suspended is never bound.
func TestSuspended(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := history(t)
		w := m.world(nil)
		s := m.situation()
		r := obligations.Evaluate(w, at(w), s)
		for _, e := range m.events {
			p, ok := e.Payload.(*ledger.ObligationSuspended)
			if !ok || p.Toward[0] != s.Attacked[0] {
				continue
			}
			for i := range r.Duties {
				d := &r.Duties[i]
				if string(d.Alliance) == e.Aggregate.ID && d.Bearer == p.By && (d.Verdict == obligations.Bound || d.Verdict == obligations.Contestable) {
					t.Fatalf("%s is %s toward %s under %s, which it suspended", d.Bearer, d.Verdict, s.Attacked[0], d.Alliance)
				}
			}
		}
	})
}

// TestKnowingMore: one more fact on record turns a verdict only where the new
// trace tells of it, or tells of it no more: what the trace rests on differs.
func TestKnowingMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := history(t)
		before := m.world(nil)
		s := m.situation()
		old := obligations.Evaluate(before, at(before), s)
		n := len(m.events)
		if rapid.Bool().Draw(t, "treaty or crisis") {
			m.crisis("crisis-1")
		} else {
			m.treaty("pact-9")
		}
		if len(m.events) == n {
			return
		}
		after := m.world(nil)
		fresh := obligations.Evaluate(after, at(after), s)
		verdicts := func(r *obligations.Result) map[string]*obligations.Duty {
			out := map[string]*obligations.Duty{}
			for i := range r.Duties {
				d := &r.Duties[i]
				out[fmt.Sprintf("%s %s/%s", d.Bearer, d.Alliance, d.ClauseID)] = d
			}
			return out
		}
		was, is := verdicts(old), verdicts(fresh)
		for key, o := range was {
			if _, ok := is[key]; !ok && o.Verdict != obligations.NotBound {
				t.Fatalf("%s was %s and is not told of any more", key, o.Verdict)
			}
		}
		for key, d := range is {
			if d.Alliance == "pact-9" {
				continue // a new treaty, told of as such
			}
			o, ok := was[key]
			if ok && o.Verdict == d.Verdict {
				continue
			}
			if ok && strings.Join(trace(o), "\n") == strings.Join(trace(d), "\n") {
				t.Fatalf("%s was %s and is %s without a cause in the trace:\n%s", key, o.Verdict, d.Verdict, strings.Join(trace(d), "\n"))
			}
		}
	})
}

// trace is what a verdict rests on, without the conclusion.
func trace(d *obligations.Duty) (out []string) {
	for _, s := range d.Trace[:len(d.Trace)-1] {
		out = append(out, fmt.Sprint(s.Truth, s.Text, s.Events))
	}
	return out
}
