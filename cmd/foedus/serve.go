package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"foedus/cmd/internal/httpapi"
	"foedus/cmd/internal/metrics"
	"foedus/ingest"
	"foedus/ledger"
	"foedus/ledger/jetstream"
	"foedus/projections/live"
)

// Time-outs of the HTTP server. A client that is slower than these is cut off.
const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 30 * time.Second
	writeTimeout  = 5 * time.Minute // a whole export
	idleTimeout   = 2 * time.Minute
	stopTimeout   = 10 * time.Second
	maxHeader     = 64 << 10
)

// serveFlags are the flags of serve.
type serveFlags struct {
	listen  string
	noSeed  bool
	logJSON bool
}

func (a *app) serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server: ledger, projections, HTTP API, metrics",
		Long: `serve opens the ledger, brings the dataset core up to the history that ships with this
program, and answers over HTTP until it is interrupted.

It listens on the loopback interface unless told otherwise. Reading is open to whoever can
connect; writing needs the bearer token that the first start writes to DATA/token.`,
		Example: `  foedus serve
  foedus serve --listen 127.0.0.1:9000 --no-seed
  curl '127.0.0.1:8080/v1/alliances/nato?on=1955-05-06'`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.serve(c.Context(), f) },
	}
	c.Flags().StringVar(&f.listen, "listen", "127.0.0.1:8080", "`ADDRESS` to listen on")
	c.Flags().BoolVar(&f.noSeed, "no-seed", false, "leave the dataset core as it is")
	c.Flags().BoolVar(&f.logJSON, "log-json", false, "log as JSON instead of text")
	return c
}

func (a *app) logger(asJSON bool) *slog.Logger {
	if asJSON {
		return slog.New(slog.NewJSONHandler(a.stderr, nil))
	}
	return slog.New(slog.NewTextHandler(a.stderr, nil))
}

// serve runs until ctx ends. The order of the ends is the reverse of that of
// the beginnings: first nobody new is served, then the projection stops, then
// the log closes.
func (a *app) serve(ctx context.Context, f serveFlags) error {
	logger := a.logger(f.logJSON)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", f.listen, err)
	}
	defer func() { _ = listener.Close() }()
	token, err := a.token()
	if err != nil {
		return err
	}
	store, err := a.openLog(ctx, logger)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()

	proj := live.New(store)
	set := metrics.New(a.version(), gauges(store, proj))
	log := set.Log(store)
	running, stop := context.WithCancel(ctx)
	defer stop()
	followed := make(chan error, 1)
	go func() { followed <- proj.Run(running) }()
	defer func() { stop(); <-followed }()

	server := &http.Server{
		Handler: httpapi.New(httpapi.Config{
			Log: log, Projection: proj, Token: token, Version: a.version(), NewID: newID, Logger: logger,
			Metrics: set.Handler(), Observe: set.Observe, Rejected: set.Rejected,
			Doctor: func() any { return storeStatus(running, store) },
		}),
		ReadHeaderTimeout: headerTimeout, ReadTimeout: bodyTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	defer a.stopServing(server)
	if a.nats == "" {
		if err := a.announce(listener); err != nil {
			return err
		}
		defer func() { _ = os.Remove(filepath.Join(a.dir(), hereFile)) }()
	}
	if err := a.prepare(running, log, proj, set, logger, f.noSeed); err != nil {
		return err
	}
	logger.InfoContext(ctx, "ready", "url", "http://"+listener.Addr().String(), "data", a.dir(), "version", a.version())
	return await(ctx, logger, served, followed)
}

// await returns when the server is told to stop or cannot go on. A projection
// that stopped is no reason to stop serving what it has: readiness tells.
func await(ctx context.Context, logger *slog.Logger, served, followed chan error) error {
	for {
		select {
		case <-ctx.Done():
			logger.Info("stopping")
			return nil
		case err := <-served:
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return fmt.Errorf("serve: %w", err)
		case err := <-followed:
			followed <- err // for the deferred wait
			if ctx.Err() != nil {
				continue
			}
			logger.Error("the projection stopped; answers stay at what it has", "err", err)
			<-ctx.Done()
		}
	}
}

// prepare waits for the replay and brings the dataset core up to the seeds.
func (a *app) prepare(ctx context.Context, log ledger.Log, proj *live.Projection, set *metrics.Set, logger *slog.Logger, noSeed bool) error {
	start := time.Now()
	if err := replay(ctx, log, proj); err != nil {
		if ctx.Err() != nil {
			return nil // told to stop while replaying
		}
		return err
	}
	set.Rebuilt(time.Since(start))
	if noSeed {
		return nil
	}
	plan, err := a.planSeeds(ctx, "", &localWriter{log, proj})
	if err != nil {
		return fmt.Errorf("bring core up to the seeds: %w", err)
	}
	if err := a.carryOut(ctx, plan, &localWriter{log, proj}); err != nil {
		return fmt.Errorf("bring core up to the seeds: %w", err)
	}
	for outcome, n := range outcomes(plan.Report) {
		set.Imported(outcome, n)
	}
	logger.InfoContext(ctx, "core is up to the seeds", "report", plan.Report.String())
	return nil
}

// outcomes names the counts of a report as the metrics do.
func outcomes(r ingest.Report) map[string]int {
	return map[string]int{
		"appended": r.Appended, "corrected": r.Corrected, "retracted": r.Retracted, "restored": r.Restored, "skipped": r.Skipped,
	}
}

func gauges(store *jetstream.Log, proj *live.Projection) metrics.Gauges {
	status := func() jetstream.Status {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		s, _ := store.Status(ctx) // the zero status if the server does not answer
		return s
	}
	return metrics.Gauges{
		LogLast:  func() ledger.Seq { return status().Last },
		LogBytes: func() uint64 { return status().Bytes },
		Applied:  func() ledger.Seq { return proj.Status().Applied },
	}
}

// announce tells the commands on this directory where the server is.
func (a *app) announce(l net.Listener) error {
	b, err := json.Marshal(here{URL: "http://" + reachable(l.Addr()), PID: os.Getpid(), Version: a.version()})
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(a.dir(), hereFile), append(b, '\n')); err != nil && !errors.Is(err, fs.ErrExist) {
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
	return net.JoinHostPort("127.0.0.1", fmt.Sprint(tcp.Port))
}

// stopServing lets the requests under way finish.
func (a *app) stopServing(s *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), stopTimeout)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		_ = s.Close()
	}
}
