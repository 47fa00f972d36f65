package obligations_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"foedus/ingest"
	"foedus/ingest/seed"
	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/obligations"
	"foedus/seeds"
)

// curatedEvents are the events of the seeds, read once.
var curatedEvents = sync.OnceValue(func() []*ledger.Event {
	records, bad := seed.Read(seeds.FS(), ledger.Core)
	if len(bad) > 0 {
		panic(fmt.Sprint(bad))
	}
	plan, err := ingest.Reconcile(new(ingest.Holdings), ledger.Core, records, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), "test")
	if err != nil {
		panic(err)
	}
	return plan.Events
})

// curated is the World of the seeds. No test may change it.
var curated = sync.OnceValue(func() *projections.World {
	w := projections.New()
	for i, e := range curatedEvents() {
		if err := w.Apply(ledger.Seq(i+1), 0, e); err != nil {
			panic(err)
		}
	}
	return w
})

// A file of cases is lines of text. "#" begins a comment. A case is
//
//	case NAME [WORDS...]
//	on DATE [public] [reading in-force|signature]
//	attacked STATE... by STATE... [and NAME...]   states, and after "and" attackers that are no states
//	act KIND                              attack (the default), war, mobilization, threat, blockade
//	place PLACE [forces]
//	provocation unprovoked|provoked|disputed
//	domain land|sea|air|cyber|space
//	attribution state|non-state|disputed
//	extent partial|general|precautionary
//	assume WORDS...
//	propagate                             an attack that a treaty deems one on all counts for other treaties
//
// followed by what is expected:
//
//	VERDICT STATE ALLIANCE/CLAUSE [: WORDS...]   the verdict for the state under the clause; the
//	                                      reason or the trace has the words in a row
//	VERDICT STATE                         the firmest verdict for the state, over all clauses by which it may have to fight
//	nobody                                no clause has another verdict than not-bound
//	nobody-fights                         no clause binds anybody to fight, arguably or not
//	only STATE...                         who is bound or arguably bound to fight: these and no others
//	breach STATE ALLIANCE/CLAUSE          the attack breaks it
//	conflict STATE                        the state cannot do all that it is bound to
//	pledge WORDS...                       a promise outside of clauses has the words
//	coverage inside|outside
//	chain MODE STATE...                   who fights in the end of the chain; "-" for nobody
//	edge MODE KIND STATE ALLIANCE/CLAUSE  the chain has such an edge to the state
//
// VERDICT is bound, arguable, unknown, political, suspended or not-bound.
type aCase struct {
	t      *testing.T
	name   string
	at     string
	q      projections.Query
	s      obligations.Situation
	result *obligations.Result
	asked  int // expectations
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	cases := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var c *aCase
		for i, line := range strings.Split(string(text), "\n") {
			line, _, _ = strings.Cut(line, "#")
			words := strings.Fields(line)
			if len(words) == 0 {
				continue
			}
			if words[0] == "case" {
				c.end()
				cases++
				c = &aCase{t: t, name: strings.Join(words[1:], " "), q: projections.Query{Dataset: ledger.Core, Known: curated().Head()}}
			}
			if c == nil {
				t.Fatalf("%s:%d: begin with a case", file, i+1)
			}
			c.at = fmt.Sprintf("%s:%d (%s)", file, i+1, c.name)
			if words[0] != "case" && !c.given(words) {
				c.expect(words, line)
			}
		}
		c.end()
	}
	t.Logf("%d cases", cases)
}

func (c *aCase) end() {
	if c != nil && c.asked == 0 {
		c.t.Errorf("%s: the case expects nothing", c.at)
	}
}

func states(words []string) (out []ledger.StateID) {
	for _, w := range words {
		out = append(out, ledger.StateID(strings.TrimSuffix(w, ",")))
	}
	return out
}

// given reads a line that says what is asked; ok is false for an expectation.
func (c *aCase) given(words []string) bool {
	switch words[0] {
	case "on":
		d, err := ledger.ParseDate(words[1])
		if err != nil {
			c.t.Fatalf("%s: %v", c.at, err)
		}
		c.q.On = d
		c.q.Public = slices.Contains(words, "public")
		if i := slices.Index(words, "reading"); i > 0 {
			c.q.Reading, _ = projections.ParseReading(words[i+1])
		}
	case "attacked":
		by, and := slices.Index(words, "by"), slices.Index(words, "and")
		if and < 0 {
			and = len(words)
		}
		if by < 0 {
			by = and
		}
		c.s.Attacked, c.s.By = states(words[1:by]), states(words[min(by+1, and):and])
		if and < len(words) {
			c.s.NonState = words[and+1:]
		}
	case "act":
		c.s.Kind = obligations.ActKind(words[1])
	case "place":
		p, err := obligations.FindPlace(words[1])
		if err != nil {
			c.t.Fatalf("%s: %v", c.at, err)
		}
		c.s.Place, c.s.Forces = p.ID, slices.Contains(words, "forces")
	case "provocation":
		c.s.Provocation = words[1]
	case "domain":
		c.s.Domain = words[1]
	case "attribution":
		c.s.Attribution = words[1]
	case "extent":
		c.s.Extent = words[1]
	case "propagate":
		c.s.Propagate = true
	case "assume":
		c.s.Assumed = append(c.s.Assumed, strings.Join(words[1:], " "))
	default:
		return false
	}
	c.result = nil
	return true
}

func (c *aCase) expect(words []string, line string) {
	c.asked++
	if c.result == nil {
		c.result = obligations.Evaluate(curated(), c.q, c.s)
	}
	r := c.result
	switch words[0] {
	case "nobody":
		for i := range r.Duties {
			if d := &r.Duties[i]; d.Verdict != obligations.NotBound {
				c.t.Errorf("%s: %s is %s by %s/%s: %s", c.at, d.Bearer, d.Verdict, d.Alliance, d.ClauseID, d.Reason)
			}
		}
	case "nobody-fights", "only":
		if got, want := fighters(r), slices.Sorted(slices.Values(words[1:])); !slices.Equal(got, want) {
			c.t.Errorf("%s: %v, want %v", c.at, got, want)
		}
	case "breach":
		if !slices.ContainsFunc(r.Breaches, func(b obligations.Breach) bool {
			return string(b.State) == words[1] && string(b.Alliance)+"/"+string(b.ClauseID) == words[2]
		}) {
			c.t.Errorf("%s: no such breach", c.at)
		}
	case "conflict":
		if !slices.ContainsFunc(r.Conflicts, func(x obligations.Conflict) bool { return string(x.State) == words[1] }) {
			c.t.Errorf("%s: no such conflict", c.at)
		}
	case "pledge":
		if !slices.ContainsFunc(r.Pledges, func(p obligations.Pledge) bool { return strings.Contains(p.Text, strings.Join(words[1:], " ")) }) {
			c.t.Errorf("%s: no such pledge in %v", c.at, r.Pledges)
		}
	case "coverage":
		if string(r.Coverage) != words[1] {
			c.t.Errorf("%s: coverage %s", c.at, r.Coverage)
		}
	case "chain":
		got := obligations.Follow(curated(), c.q, c.s, obligations.Mode(words[1])).AtWar
		want := states(words[2:])
		if len(want) == 1 && want[0] == "-" {
			want = nil
		}
		if slices.Sort(want); !slices.Equal(got, want) {
			c.t.Errorf("%s: in the end %v fight", c.at, got)
		}
	case "edge":
		c.edge(words)
	default:
		c.verdict(words, line)
	}
}

// fighters lists who is bound to fight, or arguably so.
func fighters(r *obligations.Result) (out []string) {
	for i := range r.Duties {
		d := &r.Duties[i]
		if d.Military() && (d.Verdict == obligations.Bound || d.Verdict == obligations.Contestable) {
			out = append(out, string(d.Bearer))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (c *aCase) edge(words []string) {
	chain := obligations.Follow(curated(), c.q, c.s, obligations.Mode(words[1]))
	for i := range chain.Edges {
		e := &chain.Edges[i]
		if string(e.Kind) == words[2] && e.To == words[3] && e.Duty != nil && string(e.Duty.Alliance)+"/"+string(e.Duty.ClauseID) == words[4] {
			return
		}
	}
	var have []string
	for i := range chain.Edges {
		have = append(have, strconv.Itoa(chain.Edges[i].Step)+". "+chain.Edges[i].Text)
	}
	c.t.Errorf("%s: no such edge in\n%s", c.at, strings.Join(have, "\n"))
}

func (c *aCase) verdict(words []string, line string) {
	v := obligations.Verdict(words[0])
	if !slices.Contains(obligations.Verdicts(), v) {
		c.t.Fatalf("%s: %q says nothing known", c.at, words[0])
	}
	_, says, _ := strings.Cut(line, " : ")
	if len(words) < 3 || words[2] == ":" {
		if got := c.result.Fights(ledger.StateID(words[1])); got != v {
			c.t.Errorf("%s: %s is %s\n%s", c.at, words[1], got, c.told(words[1], ""))
		}
		return
	}
	alliance, clause, _ := strings.Cut(words[2], "/")
	for i := range c.result.Duties {
		d := &c.result.Duties[i]
		if string(d.Bearer) != words[1] || string(d.Alliance) != alliance || string(d.ClauseID) != clause {
			continue
		}
		lines := []string{d.Reason}
		for _, s := range d.Trace {
			lines = append(lines, s.Text)
		}
		text := strings.Join(lines, "\n")
		if d.Verdict != v || !strings.Contains(strings.ToLower(text), strings.ToLower(strings.TrimSpace(says))) {
			c.t.Errorf("%s: %s; want %q\n%s", c.at, d.Verdict, strings.TrimSpace(says), c.told(words[1], words[2]))
		}
		return
	}
	if v != obligations.NotBound || says != "" {
		c.t.Errorf("%s: no answer under that clause\n%s", c.at, c.told(words[1], ""))
	}
}

// told writes down the answers for a state.
func (c *aCase) told(state, clause string) string {
	var b strings.Builder
	for i := range c.result.Duties {
		d := &c.result.Duties[i]
		id := string(d.Alliance) + "/" + string(d.ClauseID)
		if string(d.Bearer) != state || clause != "" && id != clause {
			continue
		}
		fmt.Fprintf(&b, "   %s %s: %s\n", d.Verdict, id, d.Reason)
		for _, s := range d.Trace {
			fmt.Fprintf(&b, "      %s%s: %s\n", strings.Repeat("  ", s.Level), s.Truth, s.Text)
		}
	}
	return b.String()
}
