package ledgertest

import (
	"testing"

	"foedus/ledger"
)

// BenchmarkLog measures a log by the same work for all: appends of one event,
// of a hundred and of a thousand, appends of what is there already, and reading
// from the beginning. open returns an empty log. Each reports events/s.
func BenchmarkLog(b *testing.B, open func(b *testing.B) ledger.Log) {
	b.Helper()
	for _, size := range []struct {
		name string
		n    int
	}{{"append 1", 1}, {"append 100", 100}, {"append 1000", 1000}} {
		b.Run(size.name, func(b *testing.B) { benchAppend(b, open(b), size.n) })
	}
	b.Run("append duplicates", func(b *testing.B) { benchDuplicates(b, open(b)) })
	b.Run("read", func(b *testing.B) { benchRead(b, open(b)) })
}

// closeAfter closes the log and turns the running time into events a second.
func closeAfter(b *testing.B, l ledger.Log, events int) {
	b.Helper()
	b.ReportMetric(float64(events)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	if err := l.Close(); err != nil {
		b.Error(err)
	}
}

func benchAppend(b *testing.B, l ledger.Log, n int) {
	b.Helper()
	defer closeAfter(b, l, n)
	g := NewGenerator(1, Options{})
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		events := g.Encoded(n)
		b.StartTimer()
		mustAppend(b, l, ledger.Any(), events...)
	}
}

func benchDuplicates(b *testing.B, l ledger.Log) {
	b.Helper()
	defer closeAfter(b, l, ledger.MaxAppend)
	events := NewGenerator(1, Options{}).Encoded(ledger.MaxAppend)
	mustAppend(b, l, ledger.Any(), events...)
	b.ReportAllocs()
	for b.Loop() {
		mustAppend(b, l, ledger.Any(), events...)
	}
}

func benchRead(b *testing.B, l ledger.Log) {
	b.Helper()
	const appends = 50
	defer closeAfter(b, l, appends*ledger.MaxAppend)
	g := NewGenerator(1, Options{})
	for range appends {
		mustAppend(b, l, ledger.Any(), g.Encoded(ledger.MaxAppend)...)
	}
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, err := range l.Read(b.Context(), 0) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != appends*ledger.MaxAppend {
			b.Fatalf("read %d events", n)
		}
	}
}
