package natsfeed

import (
	"os"
	"strconv"
	"testing"
	"time"

	"foedus/ledger"
	log "foedus/ledger/jetstream"
	"foedus/ledger/ledgertest"
)

// BenchmarkCatchUp measures a publisher that finds an empty stream beside a long
// log: FOEDUS_BENCH_EVENTS events, 20,000 unless set. Rendering is that of these tests.
func BenchmarkCatchUp(b *testing.B) {
	n := 20_000
	if text := os.Getenv("FOEDUS_BENCH_EVENTS"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			b.Fatal(err)
		}
	}
	for range b.N {
		b.StopTimer()
		r := newRig(b, log.Config{Dir: b.TempDir()})
		g := ledgertest.NewGenerator(1, ledgertest.Options{})
		for left := n; left > 0; left -= ledger.MaxAppend {
			r.append(g.Encoded(min(left, ledger.MaxAppend))...)
		}
		if err := r.proj.Wait(b.Context(), ledger.Seq(n)); err != nil {
			b.Fatal(err)
		}
		caught := make(chan struct{})
		p := r.publisher(func(p *Publisher) {
			p.cfg.Published = func(_ int, through ledger.Seq) {
				if int(through) == n {
					close(caught)
				}
			}
		})
		b.StartTimer()
		begin := time.Now()
		stop := running(b, p)
		<-caught
		b.StopTimer()
		b.ReportMetric(float64(n)/time.Since(begin).Seconds(), "events/s")
		b.ReportMetric(float64(r.messages())/time.Since(begin).Seconds(), "messages/s")
		if err := stop(); err != nil {
			b.Fatal(err)
		}
	}
}
