package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"foedus/cmd/internal/httpapi"
	"foedus/cmd/internal/metrics"
	"foedus/cmd/internal/natsfeed"
	"foedus/ingest"
	"foedus/ledger"
	"foedus/ledger/jetstream"
	"foedus/projections/live"
)

// scrapePatience is how long a scrape waits for the log: Prometheus gives up
// after ten seconds, and what else is measured should arrive.
const scrapePatience = time.Second

// limits are what the HTTP server allows a client. One that is slower is cut
// off; the others do not notice.
type limits struct {
	header, body, write, idle time.Duration
	stop                      time.Duration // of the requests under way when the server is told to stop
	headerBytes               int
}

func defaultLimits() limits {
	return limits{
		header: 10 * time.Second, body: 30 * time.Second, idle: 2 * time.Minute, stop: 10 * time.Second, headerBytes: 64 << 10,
		write: 5 * time.Minute, // a whole export
	}
}

// serveFlags are the flags of serve.
type serveFlags struct {
	listen  string
	noSeed  bool
	logJSON bool
	limits  limits

	maxStreams int
	natsListen string
}

func (a *app) serveCommand() *cobra.Command {
	f := serveFlags{limits: defaultLimits()}
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server: ledger, projections, HTTP API, metrics",
		Long: `serve opens the ledger, brings the dataset core up to the history that ships with this
program, and answers over HTTP until it is interrupted.

It listens on the loopback interface unless told otherwise. Reading is open to whoever can
connect; writing needs the bearer token that the first start writes to DATA/token.

With --nats-listen, or with --nats, it also publishes every update to the stream FOEDUS_UPDATES
and answers at foedus.query.at, .timeline, .diff and .obligations. Clients of the embedded
server connect as the user reader with the password in DATA/nats-password, and may only read.`,
		Example: `  foedus serve
  foedus serve --listen 127.0.0.1:9000 --no-seed
  curl '127.0.0.1:8080/v1/alliances/nato?on=1955-05-06'
  foedus serve --nats-listen 127.0.0.1:4222
  nats --server 127.0.0.1:4222 --user reader --password "$(cat DATA/nats-password)" subscribe 'foedus.update.>'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.serve(c.Context(), f) },
	}
	c.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8080", "`ADDRESS` to listen on")
	c.Flags().BoolVar(&f.noSeed, "no-seed", false, "leave the dataset core as it is")
	c.Flags().IntVar(&f.maxStreams, "max-streams", 20_000, "how many subscribers there may be at a time, `N`")
	c.Flags().StringVar(&f.natsListen, "nats-listen", "", "`ADDRESS` on which the embedded JetStream also listens for NATS clients (default none)")
	c.Flags().BoolVar(&f.logJSON, "log-json", false, "log as JSON instead of text")
	return c
}

func (a *app) logger(asJSON bool) *slog.Logger {
	if asJSON {
		return slog.New(slog.NewJSONHandler(a.stderr, nil))
	}
	return slog.New(slog.NewTextHandler(a.stderr, nil))
}

// serving is a server with what stands behind it.
type serving struct {
	*app
	flags  serveFlags
	logger *slog.Logger
	token  string
	store  *jetstream.Log
	log    ledger.Log // store, measured
	proj   *live.Projection
	feed   *httpapi.Feed
	set    *metrics.Set

	prepared    atomic.Bool                        // core is up to the seeds
	publisher   atomic.Pointer[natsfeed.Publisher] // nil without NATS clients
	unpublished atomic.Bool                        // the publisher ended
}

// serve runs until ctx ends. The order of the ends is the reverse of that of
// the beginnings: first nobody new is served, then the projection stops, then
// the log closes.
func (a *app) serve(ctx context.Context, f serveFlags) error {
	logger := a.logger(f.logJSON)
	listener, err := a.listen(ctx, f.listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	store, err := a.openServed(ctx, logger, f.natsListen)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	s := &serving{app: a, flags: f, logger: logger, store: store}
	s.set = metrics.New(a.version(), s.gauges())
	s.log = s.set.Log(store)
	s.proj = live.New(s.log)
	if s.token, err = a.token(); err != nil {
		return err
	}
	s.feed = httpapi.NewFeed(s.proj, s.log)
	s.feed.Report = func(err error) { logger.WarnContext(ctx, "updates are late", "error", err) }
	return s.run(ctx, listener)
}

// listen opens the address. If it is taken by the server of this very data
// directory, the error says so.
func (a *app) listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err == nil {
		return l, nil
	}
	if h, ok := a.findServer(ctx); ok && a.nats == "" {
		return nil, fmt.Errorf("%w: process %d serves %s at %s", ledger.ErrLocked, h.PID, a.dir(), h.URL)
	}
	return nil, fmt.Errorf("listen on %s: %w; choose another with --listen", address, err)
}

func (s *serving) run(ctx context.Context, listener net.Listener) error {
	running, stop := context.WithCancel(ctx)
	defer stop()
	var followers sync.WaitGroup
	followers.Go(func() { _ = s.proj.Run(running) }) // prepare and await ask the projection why it ended
	followers.Go(func() { s.feed.Run(running) })     // its subscribers are told why it ended
	defer func() { stop(); followers.Wait() }()

	server := s.server(running)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer s.stopServing(server)
	stopNATS, err := s.serveNATS(running, server.Handler)
	if err != nil {
		return err
	}
	defer stopNATS()
	if s.nats == "" {
		if err := s.announce(listener); err != nil {
			return err
		}
		defer func() { _ = os.Remove(filepath.Join(s.dir(), hereFile)) }()
	}
	if err := s.prepare(running); err != nil {
		return err
	}
	url := "http://" + reachable(listener.Addr())
	if s.proj.Status().Ready {
		s.logger.InfoContext(ctx, "ready", "url", url, "data", s.dir(), "version", s.version())
	} else if ctx.Err() == nil {
		s.logger.WarnContext(ctx, "serving what could be replayed", "url", url, "applied", s.proj.Status().Applied)
	}
	return s.await(ctx, served)
}

func (s *serving) server(running context.Context) *http.Server {
	l := s.flags.limits
	streaming, stop := context.WithCancel(running)
	server := &http.Server{
		Handler: httpapi.New(httpapi.Config{
			Log: s.log, Projection: s.proj, Token: s.token, Version: s.version(), NewID: newID, Logger: s.logger,
			Metrics: s.set.Handler(), Observe: s.set.Observe, Rejected: s.set.Rejected,
			Doctor: func() any { return storeStatus(running, s.store) }, Prepared: s.prepared.Load,
			Products: offeredProducts(), Make: makeProduct,
			Feed: s.feed, MaxStreams: s.flags.maxStreams, Streaming: streaming,
			Stream: httpapi.StreamObserver{Subscribed: s.set.Subscribed, Sent: s.set.Sent, Cut: s.set.Cut, Refused: s.set.Refused},
		}),
		ReadHeaderTimeout: l.header, ReadTimeout: l.body, WriteTimeout: l.write, IdleTimeout: l.idle,
		MaxHeaderBytes: l.headerBytes, ErrorLog: slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(stop) // they would not end by themselves
	return server
}

// await returns when the server is told to stop or cannot go on. A projection
// that stopped is no reason to stop serving what it has: readiness tells.
func (s *serving) await(ctx context.Context, served <-chan error) error {
	stopped := make(chan error, 1)
	go func() { stopped <- s.proj.Wait(ctx, math.MaxUint64) }() // no log is so long: it ends with ctx or a failure
	for {
		select {
		case <-ctx.Done():
			s.logger.InfoContext(ctx, "stopping")
			return nil
		case err := <-served:
			return fmt.Errorf("serve: %w", err)
		case err := <-stopped:
			if ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "the projection stopped; answers stay at what it has", "applied", s.proj.Status().Applied, "error", err)
			}
		}
	}
}

// prepare waits for the replay and brings the dataset core up to the seeds. A log that this program cannot replay to its
// end is served as far as it goes; one that is damaged is not.
func (s *serving) prepare(ctx context.Context) error {
	start := time.Now()
	err := replay(ctx, s.log, s.proj)
	if errors.Is(err, ledger.ErrDamaged) {
		return fmt.Errorf("%w: %w", errReplay, err)
	}
	if !s.proj.Status().Ready {
		return nil // told to stop while replaying, or await reports the reason
	}
	s.set.Rebuilt(time.Since(start))
	if err := s.seed(ctx); err != nil && ctx.Err() == nil {
		return fmt.Errorf("bring core up to the seeds: %w", err)
	}
	s.prepared.Store(true)
	return nil
}

// seed brings the dataset core up to the seeds, unless told not to.
func (s *serving) seed(ctx context.Context) error {
	if s.flags.noSeed {
		return nil
	}
	w := &localWriter{s.log, s.proj}
	plan, err := s.planSeeds(ctx, "", w)
	if err != nil {
		return err
	}
	if err := s.carryOut(ctx, plan, w); err != nil {
		return err
	}
	for outcome, n := range outcomes(plan.Report) {
		s.set.Imported(outcome, n)
	}
	s.logger.InfoContext(ctx, "core is up to the seeds", "report", plan.Report.String())
	return nil
}

// outcomes names the counts of a report as the metrics do.
func outcomes(r ingest.Report) map[string]int {
	return map[string]int{
		"appended": r.Appended, "corrected": r.Corrected, "retracted": r.Retracted, "restored": r.Restored, "skipped": r.Skipped,
	}
}

// gauges is what a scrape asks for.
func (s *serving) gauges() metrics.Gauges {
	g := metrics.Gauges{
		Log: func() (metrics.LogState, bool) {
			ctx, cancel := context.WithTimeout(context.Background(), scrapePatience)
			defer cancel()
			st, err := s.store.Status(ctx)
			return metrics.LogState{Last: st.Last, Bytes: st.Bytes, Damaged: st.Damage != nil}, err == nil
		},
		World: func() metrics.Progress {
			st := s.proj.Status()
			return metrics.Progress{Applied: st.Applied, Stopped: st.Err != nil}
		},
		Ready: func() bool {
			st := s.proj.Status()
			return st.Ready && st.Err == nil && s.prepared.Load()
		},
		DiskFree: s.store.Free,
	}
	if s.nats != "" || s.flags.natsListen != "" {
		g.Updates = s.published
	}
	return g
}

// announce tells the commands on this directory where the server is.
func (a *app) announce(l net.Listener) error {
	b, err := json.Marshal(here{URL: "http://" + reachable(l.Addr()), PID: os.Getpid(), Version: a.version()})
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(a.dir(), hereFile), append(b, '\n')); err != nil {
		return fmt.Errorf("write %s: %w", hereFile, err)
	}
	return nil
}

// reachable turns an address that listens on every interface into one that a
// command on this machine can dial.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return addr.String()
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
}

// stopServing lets the requests under way finish.
func (s *serving) stopServing(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), s.flags.limits.stop)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		_ = server.Close()
	}
}
