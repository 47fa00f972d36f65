package projections_test

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
	"foedus/projections"
)

// grown returns a World of n synthetic events.
func grown(tb testing.TB, n int) *projections.World {
	tb.Helper()
	w := projections.New()
	g := ledgertest.NewGenerator(1, ledgertest.Options{})
	for i := range n {
		if err := w.Apply(ledger.Seq(i+1), int64(i), g.Next()); err != nil {
			tb.Fatal(err)
		}
	}
	w.Compact() // as the projection does after a replay
	return w
}

// BenchmarkMemory reports what the World costs per event.
func BenchmarkMemory(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				heap := func() uint64 {
					var m runtime.MemStats
					runtime.GC()
					runtime.GC()
					runtime.ReadMemStats(&m)
					return m.HeapAlloc
				}
				before := heap()
				b.StartTimer()
				w := grown(b, n)
				b.StopTimer()
				b.ReportMetric(float64(heap()-before)/float64(n), "bytes/event")
				runtime.KeepAlive(w)
				b.StartTimer()
			}
		})
	}
}

// BenchmarkAlliance asks for one alliance on one date, at the head and a
// thousand events back, in a small and in a large World. Alliances and dates
// change with every question, so nothing is warm. It reports the median beside
// the mean, which holds the garbage collector as well.
func BenchmarkAlliance(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		w := grown(b, n)
		ids := w.List(ledger.Core, ledger.KindAlliance, w.Head())
		for _, back := range []ledger.Seq{0, 1000} {
			b.Run(fmt.Sprintf("events=%d/back=%d", n, back), func(b *testing.B) {
				b.ReportAllocs()
				day, _ := ledger.NewDate(1950, 1, 1)
				facts, i := 0, 0
				took := make([]time.Duration, 0, 1<<20)
				var v projections.View
				for b.Loop() {
					id := ids[i%len(ids)]
					q := projections.Query{Dataset: ledger.Core, On: day + ledger.Date(i%20000-10000), Known: w.Head() - back}
					start := time.Now()
					w.AtInto(&v, q, ledger.KindAlliance, id)
					if len(took) < cap(took) {
						took = append(took, time.Since(start))
					}
					facts += len(v.Facts)
					i += 7919
				}
				slices.Sort(took)
				b.ReportMetric(float64(facts)/float64(b.N), "facts/op")
				b.ReportMetric(float64(took[len(took)/2].Nanoseconds()), "p50-ns")
				b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds()), "p99-ns")
			})
		}
	}
}

// BenchmarkApply measures the fold alone, events already decoded.
func BenchmarkApply(b *testing.B) {
	g := ledgertest.NewGenerator(1, ledgertest.Options{})
	events := make([]*ledger.Event, 200_000)
	for i := range events {
		events[i] = g.Next()
	}
	for b.Loop() {
		w := projections.New()
		for i, e := range events {
			if err := w.Apply(ledger.Seq(i+1), 0, e); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(events)), "ns/event")
}
