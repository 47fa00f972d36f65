package jetstream

import (
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

func BenchmarkEmbedded(b *testing.B) {
	ledgertest.BenchmarkLog(b, func(b *testing.B) ledger.Log {
		b.Helper()
		l, err := Open(b.Context(), Config{Dir: b.TempDir()})
		if err != nil {
			b.Fatal(err)
		}
		return l
	})
}

// BenchmarkOrbit is the same batch of 1000 through the batch publisher of
// orbit.go, into the same kind of store.
func BenchmarkOrbit(b *testing.B) {
	l := openLog(b, Config{Dir: b.TempDir()})
	g := ledgertest.NewGenerator(1, ledgertest.Options{})
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		b.StopTimer()
		events := g.Encoded(ledger.MaxAppend)
		b.StartTimer()
		msgs := make([]*nats.Msg, len(events))
		for i, e := range events {
			msgs[i] = &nats.Msg{
				Subject: e.Aggregate.NATSSubject(e.Type), Data: e.Bytes,
				Header: nats.Header{headerID: {e.ID.String()}},
			}
		}
		if _, err := jetstreamext.PublishMsgBatch(b.Context(), l.js, msgs); err != nil {
			b.Fatal(err)
		}
		n += len(events)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

// BenchmarkOrderedConsumer is what Read does, through the ordered consumer of
// nats.go and without making entries.
func BenchmarkOrderedConsumer(b *testing.B) {
	l := openLog(b, Config{Dir: b.TempDir()})
	g := ledgertest.NewGenerator(1, ledgertest.Options{})
	const appends = 50
	for range appends {
		if _, err := l.Append(b.Context(), ledger.Any(), g.Encoded(ledger.MaxAppend)...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		c, err := l.js.OrderedConsumer(b.Context(), streamName, jetstream.OrderedConsumerConfig{})
		if err != nil {
			b.Fatal(err)
		}
		done := make(chan struct{})
		n := 0
		cc, err := c.Consume(func(jetstream.Msg) {
			if n++; n == appends*ledger.MaxAppend {
				close(done)
			}
		})
		if err != nil {
			b.Fatal(err)
		}
		<-done
		cc.Stop()
	}
	b.ReportMetric(float64(appends*ledger.MaxAppend*b.N)/b.Elapsed().Seconds(), "events/s")
}

func BenchmarkIndex(b *testing.B) {
	x := newIndex()
	g := ledgertest.NewGenerator(1, ledgertest.Options{})
	ids := make([]ledger.EventID, 1<<16)
	for i := range ids {
		ids[i] = g.Next().ID
	}
	b.ReportAllocs()
	var n ledger.Seq
	for b.Loop() {
		n++
		id := ids[n%(1<<16)]
		id[0], id[1], id[2] = byte(n>>16), byte(n>>24), byte(n>>32)
		x.add(n, id)
	}
}
