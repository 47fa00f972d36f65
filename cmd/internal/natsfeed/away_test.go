package natsfeed

import (
	"log/slog"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"foedus/ledger"
	log "foedus/ledger/jetstream"
	"foedus/ledger/ledgertest"
)

// TestAway: a publisher waits for a server that is away, and goes on when it is
// back.
func TestAway(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for what does not answer")
	}
	dir, port := t.TempDir(), freePorts(t, 1)[0]
	begin := func() *server.Server {
		srv, err := server.NewServer(&server.Options{
			Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir, DisableJetStreamBanner: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		srv.Start()
		t.Cleanup(func() {
			srv.Shutdown()
			srv.WaitForShutdown()
		})
		if !srv.ReadyForConnections(10 * time.Second) {
			t.Fatal("the server did not start")
		}
		return srv
	}
	srv := begin()
	r := newRig(t, log.Config{URL: srv.ClientURL()})
	g := ledgertest.NewGenerator(41, ledgertest.Options{})
	r.append(g.Encoded(800)...)
	failed := make(chan error, 100)
	stop := running(t, r.publisher(func(p *Publisher) {
		p.cfg.Failed = func(err error) { failed <- err }
		p.cfg.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
	}))
	r.reaches(100)
	srv.Shutdown()
	srv.WaitForShutdown()
	_, err := r.log.Append(t.Context(), ledger.Any(), g.Encoded(1)...)
	if err == nil {
		t.Fatal("the server is still there")
	}
	begin()
	r.until("an append succeeds", func() bool {
		_, err := r.log.Append(t.Context(), ledger.Any(), g.Encoded(20)...)
		return err == nil
	})
	r.complete()
	if err := stop(); err != nil {
		t.Error(err)
	}
	select {
	case err := <-failed:
		t.Logf("meanwhile: %v", err)
	default:
	}
}
