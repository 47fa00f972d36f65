package obligations_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"foedus/ingest"
	"foedus/ingest/atop"
	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/obligations"
)

// published is ATOP's member-level file, which its authors give to whoever cites
// them; it is not part of the project.
const published = "../../../shared/data/atop/atop5_1m.csv"

// both is the curated history with all of ATOP beside it.
func both(tb testing.TB) *projections.World {
	tb.Helper()
	file, err := os.Open(published)
	if err != nil {
		tb.Skipf("NOT CHECKED: questions with the whole of ATOP loaded: %v", err)
	}
	defer func() { _ = file.Close() }()
	o := atop.Options{Dataset: "atop", Name: "atop5_1m.csv"}
	core := curated()
	core.Spells(projections.Query{Dataset: ledger.Core, Known: core.Head()}, projections.FactCode, func(f projections.Fact) bool {
		if n, err := strconv.Atoi(f.Value); err == nil && f.A == "cow" {
			o.Holders = append(o.Holders, atop.Holder{
				State: ledger.StateID(f.Aggregate.ID), Code: n, From: f.Span.SinceEarliest, Until: f.Span.UntilLatest,
			})
		}
		return true
	})
	records, err := atop.Read(file, o)
	if err != nil {
		tb.Fatal(err)
	}
	plan, err := ingest.Reconcile(new(ingest.Holdings), "atop", records, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), "test")
	if err != nil {
		tb.Fatal(err)
	}
	w := freshWorld(tb)
	for _, e := range plan.Events {
		if err := w.Apply(w.Head()+1, 0, e); err != nil {
			tb.Fatal(err)
		}
	}
	w.Compact()
	return w
}

// freshWorld is the curated history in a World of its own.
func freshWorld(tb testing.TB) *projections.World {
	tb.Helper()
	w := projections.New()
	for i, e := range curatedEvents() {
		if err := w.Apply(ledger.Seq(i+1), 0, e); err != nil {
			tb.Fatal(err)
		}
	}
	return w
}

// question draws a state, an attacker and a day on which both exist.
func question(w *projections.World, rng *rand.Rand, dataset ledger.DatasetID, states []string) (projections.Query, obligations.Situation) {
	for {
		q := projections.Query{Dataset: dataset, On: day("1870-01-01") + ledger.Date(rng.IntN(148*365)), Known: w.Head()}
		a, b := states[rng.IntN(len(states))], states[rng.IntN(len(states))]
		if a == b || w.Identify(q, ledger.StateID(a)).Codes["cow"] == "" || w.Identify(q, ledger.StateID(b)).Codes["cow"] == "" {
			continue
		}
		return q, obligations.Situation{Attacked: []ledger.StateID{ledger.StateID(a)}, By: []ledger.StateID{ledger.StateID(b)}, Provocation: obligations.Unprovoked}
	}
}

// TestATOP: an imported dataset is asked like the curated one: where a code says
// only that there is a condition, the answer is arguable and says which.
func TestATOP(t *testing.T) {
	w := both(t)
	q := projections.Query{Dataset: "atop", On: day("1914-08-01"), Known: w.Head()}
	r := obligations.Evaluate(w, q, obligations.Situation{Attacked: []ledger.StateID{"russia"}, By: []ledger.StateID{"germany"}})
	if v := r.Fights("france"); v != obligations.Contestable && v != obligations.Bound {
		t.Errorf("by ATOP France is %s on 1914-08-01", v)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	seen := map[obligations.Verdict]int{}
	states := w.List(ledger.Core, ledger.KindState, w.Head())
	for range 300 {
		q, s := question(w, rng, "atop", states)
		for _, d := range obligations.Evaluate(w, q, s).Duties {
			seen[d.Verdict]++
			if d.Verdict == obligations.Contestable && len(d.Trace) < 3 {
				t.Errorf("%s/%s is arguable without a reason", d.Alliance, d.ClauseID)
			}
		}
	}
	if seen[obligations.Bound] == 0 || seen[obligations.Contestable] == 0 {
		t.Errorf("verdicts %v: the codes say little", seen)
	}
	t.Logf("verdicts %v", seen)
}

// BenchmarkQuestion: one question about two states on a day, each time another,
// with the curated history and all of ATOP loaded.
func BenchmarkQuestion(b *testing.B) {
	w := both(b)
	states := w.List(ledger.Core, ledger.KindState, w.Head())
	for _, dataset := range []ledger.DatasetID{ledger.Core, "atop"} {
		b.Run(string(dataset), func(b *testing.B) {
			rng := rand.New(rand.NewPCG(1, 2))
			var took []time.Duration
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				q, s := question(w, rng, dataset, states)
				b.StartTimer()
				begin := time.Now()
				obligations.Evaluate(w, q, s)
				took = append(took, time.Since(begin))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "median-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
		})
	}
}

// BenchmarkChain1914: what follows from Germany's declaration of war on Russia.
func BenchmarkChain1914(b *testing.B) {
	w := both(b)
	q := projections.Query{Dataset: ledger.Core, On: day("1914-08-01"), Known: w.Head()}
	s := obligations.Situation{Attacked: []ledger.StateID{"russia"}, By: []ledger.StateID{"germany"}, Kind: obligations.ActWar}
	for _, mode := range obligations.Modes() {
		b.Run(mode, func(b *testing.B) {
			edges := 0
			for b.Loop() {
				edges = len(obligations.Follow(w, q, s, obligations.Mode(mode)).Edges)
			}
			b.ReportMetric(float64(edges), "edges")
		})
	}
}
