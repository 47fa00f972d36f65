package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	natsjs "github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"foedus/ingest"
	"foedus/ledger/jetstream"
	"foedus/ledger/ledgertest"
	"foedus/projections/live"
)

// benchEvents is how many events the benchmarks of the whole path use; the
// figures of BENCHMARKS.md are for a million.
func benchEvents(b *testing.B) int {
	b.Helper()
	n, err := strconv.Atoi(os.Getenv("FOEDUS_BENCH_EVENTS"))
	if err != nil {
		return 100_000
	}
	return n
}

// events writes n synthetic events as JSON Lines and returns the path.
func events(b *testing.B, n int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "events.jsonl")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	g := ledgertest.NewGenerator(1, ledgertest.Options{})
	for left := n; left > 0; {
		batch := g.Encoded(min(left, 10_000))
		left -= len(batch)
		var buf bytes.Buffer
		for _, e := range batch {
			buf.Write(e.Bytes)
			buf.WriteByte('\n')
		}
		if _, err := f.Write(buf.Bytes()); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
}

// bare starts a server as the embedded log does, on a store of its own, with
// nothing around it.
func bare(b *testing.B, dir string) (natsjs.JetStream, func()) {
	b.Helper()
	srv, err := server.NewServer(&server.Options{
		ServerName: "bare", DontListen: true, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir,
		JetStreamMaxStore: 1 << 60, SyncAlways: true,
	})
	if err != nil {
		b.Fatal(err)
	}
	srv.Start()
	if !srv.ReadyForConnections(10 * time.Second) {
		b.Fatal("the bare server did not start")
	}
	nc, err := nats.Connect("", nats.InProcessServer(srv))
	if err != nil {
		b.Fatal(err)
	}
	js, err := natsjs.New(nc, natsjs.WithPublishAsyncMaxPending(4000), natsjs.WithDefaultTimeout(time.Minute))
	if err != nil {
		b.Fatal(err)
	}
	return js, func() { nc.Close(); srv.Shutdown(); srv.WaitForShutdown() }
}

func bareStream(b *testing.B, js natsjs.JetStream) {
	b.Helper()
	if _, err := js.CreateStream(b.Context(), natsjs.StreamConfig{
		Name: "FOEDUS", Subjects: []string{"foedus.log.>"}, Storage: natsjs.FileStorage, DenyDelete: true, DenyPurge: true,
		AllowDirect: true, AllowAtomicPublish: true,
	}); err != nil {
		b.Fatal(err)
	}
}

func rate(b *testing.B, n int, d time.Duration) float64 {
	b.Helper()
	return float64(n) / d.Seconds()
}

// BenchmarkImport imports a file of events into an empty ledger: every line
// decoded strictly, checked, looked for among the ids and fsynced before it is
// acknowledged. Its peers push the same bytes with nothing else: orbit's
// PublishMsgBatch of 1,000, and PublishAsync with fsync (a tenth of the events,
// because it takes so long). The ratios are of one run.
func BenchmarkImport(b *testing.B) {
	n := benchEvents(b)
	path := events(b, n)
	for b.Loop() {
		orbit := timeOrbit(b, path)
		async := timeAsync(b, path, n/10)
		start := time.Now()
		a := quiet(b)
		if err := a.importEvents(context.Background(), []string{path}, false); err != nil {
			b.Fatal(err)
		}
		ours := time.Since(start)
		b.ReportMetric(rate(b, n, ours), "import-events/s")
		b.ReportMetric(rate(b, n, orbit), "orbit-events/s")
		b.ReportMetric(rate(b, n/10, async), "async-events/s")
		b.ReportMetric(orbit.Seconds()/ours.Seconds(), "x-orbit")
		b.ReportMetric(10*async.Seconds()/ours.Seconds(), "x-async")
	}
}

// quiet is the program on an empty directory, with nobody listening.
func quiet(b *testing.B) *app {
	b.Helper()
	a := newApp(bytes.NewReader(nil), io.Discard, io.Discard)
	a.data = b.TempDir()
	return a
}

// messages reads the events as ready messages, outside the time measured.
func messages(b *testing.B, path string) []*nats.Msg {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	encoded, err := ingest.ReadEvents(f, "events")
	if err != nil {
		b.Fatal(err)
	}
	out := make([]*nats.Msg, len(encoded))
	for i, e := range encoded {
		out[i] = &nats.Msg{
			Subject: e.Aggregate.NATSSubject(e.Type), Data: e.Bytes, Header: nats.Header{"Nats-Msg-Id": {e.ID.String()}},
		}
	}
	return out
}

func timeOrbit(b *testing.B, path string) time.Duration {
	b.Helper()
	msgs := messages(b, path)
	js, stop := bare(b, b.TempDir())
	defer stop()
	bareStream(b, js)
	start := time.Now()
	for at := 0; at < len(msgs); at += 1000 {
		if _, err := jetstreamext.PublishMsgBatch(b.Context(), js, msgs[at:min(at+1000, len(msgs))]); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start)
}

func timeAsync(b *testing.B, path string, n int) time.Duration {
	b.Helper()
	msgs := messages(b, path)[:n]
	js, stop := bare(b, b.TempDir())
	defer stop()
	bareStream(b, js)
	start := time.Now()
	for _, m := range msgs {
		if _, err := js.PublishMsgAsync(m, natsjs.WithStallWait(time.Minute)); err != nil {
			b.Fatal(err)
		}
	}
	<-js.PublishAsyncComplete()
	return time.Since(start)
}

// BenchmarkRebuild replays a log into a World and compares with a bare ordered
// consumer that drains the same store and does nothing.
func BenchmarkRebuild(b *testing.B) {
	n := benchEvents(b)
	a := quiet(b)
	if err := a.importEvents(b.Context(), []string{events(b, n)}, false); err != nil {
		b.Fatal(err)
	}
	store := filepath.Join(a.data, storeDir)
	for b.Loop() {
		drained := timeDrain(b, store, n)
		log, err := jetstream.Open(b.Context(), jetstream.Config{Dir: store})
		if err != nil {
			b.Fatal(err)
		}
		ctx, stop := context.WithCancel(b.Context())
		start := time.Now()
		proj := live.New(log)
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = proj.Run(ctx)
		}()
		if err := replay(ctx, log, proj); err != nil {
			b.Fatal(err)
		}
		ours := time.Since(start)
		stop()
		<-done
		_ = log.Close()
		b.ReportMetric(rate(b, n, ours), "rebuild-events/s")
		b.ReportMetric(rate(b, n, drained), "drain-events/s")
		b.ReportMetric(drained.Seconds()/ours.Seconds(), "x-drain")
	}
}

func timeDrain(b *testing.B, store string, n int) time.Duration {
	b.Helper()
	js, stop := bare(b, store)
	defer stop()
	start := time.Now()
	c, err := js.OrderedConsumer(b.Context(), "FOEDUS", natsjs.OrderedConsumerConfig{})
	if err != nil {
		b.Fatal(err)
	}
	done := make(chan struct{})
	seen := 0
	cc, err := c.Consume(func(natsjs.Msg) {
		if seen++; seen == n {
			close(done)
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	<-done
	d := time.Since(start)
	cc.Stop()
	return d
}
