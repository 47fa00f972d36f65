package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"foedus/cmd/internal/httpapi"
	"foedus/cmd/internal/metrics"
	"foedus/cmd/internal/natsfeed"
	"foedus/ledger"
	"foedus/ledger/jetstream"
	"foedus/projections"
)

// natsReader is the user as whom NATS clients connect to an embedded server.
const natsReader = "reader"

// passwordFile is the file of a data directory with that user's password, mode
// 0600.
const passwordFile = "nats-password"

// openServed opens the log of the flags for a server, which may listen for NATS
// clients.
func (a *app) openServed(ctx context.Context, logger *slog.Logger, listen string) (*jetstream.Log, error) {
	switch {
	case listen == "":
		return a.openLog(ctx, logger)
	case a.nats != "":
		return nil, usagef("--nats-listen is for the embedded server; with --nats, clients connect to that one")
	}
	password, err := a.natsPassword()
	if err != nil {
		return nil, err
	}
	log, err := jetstream.Open(ctx, jetstream.Config{
		Dir: filepath.Join(a.dir(), storeDir), Logger: logger,
		Listen: listen, ListenUser: natsReader, ListenPassword: password,
	})
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(log.Listening())
	if err == nil {
		u.User = url.User(natsReader)
		logger.InfoContext(ctx, "NATS clients may connect", "url", u.String(), "password", filepath.Join(a.dir(), passwordFile))
	}
	return log, nil
}

// natsPassword returns the password of the data directory and makes it on first
// use. The store is not open yet, so two may make one at a time: the first stays.
func (a *app) natsPassword() (string, error) {
	path := filepath.Join(a.dir(), passwordFile)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = a.makePassword(path); err == nil {
			b, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return "", fmt.Errorf("read the password of NATS clients: %w", err)
	}
	if p := string(bytes.TrimSpace(b)); len(p) >= 32 {
		return p, nil
	}
	return "", fmt.Errorf("%s holds no password of at least 32 characters; delete it, and the next foedus serve --nats-listen makes a new one", path)
}

// makePassword writes a new password, whole or not at all, unless one is there.
func (a *app) makePassword(path string) error {
	if err := os.MkdirAll(a.dir(), 0o700); err != nil {
		return fmt.Errorf("make the data directory: %w", err)
	}
	dir, err := os.MkdirTemp(a.dir(), ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	fresh := filepath.Join(dir, passwordFile)
	if err := writeFile(fresh, []byte(hex.EncodeToString(secret)+"\n")); err != nil {
		return err
	}
	if err := os.Link(fresh, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

// serveNATS publishes updates and answers questions over NATS, if there is a
// server that somebody else can reach. It returns when both run; stop ends both
// and returns when they have ended.
func (s *serving) serveNATS(ctx context.Context, answers http.Handler) (stop func(), err error) {
	if s.nats == "" && s.flags.natsListen == "" {
		return func() {}, nil
	}
	publisher, err := natsfeed.NewPublisher(natsfeed.Config{
		Log: s.log, Projection: s.proj, Conn: s.store.Conn(), Changes: natsChanges,
		Replicas: s.store.Replicas(), Logger: s.logger,
		Published: func(messages int, _ ledger.Seq) { s.set.Published(messages) },
		Failed:    func(error) { s.set.PublishFailed() },
	})
	if err != nil {
		return nil, err
	}
	s.publisher.Store(publisher)
	queries := natsfeed.NewQueries(natsfeed.QueryConfig{
		Conn: s.store.Conn(), Version: s.version(), Logger: s.logger,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answers.ServeHTTP(w, r.WithContext(httpapi.Via(r.Context(), metrics.MethodNATS)))
		}),
	})
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() {
		s.outliving(ctx, "updates", publisher.Run)
		s.unpublished.Store(true)
	})
	running.Go(func() {
		s.outliving(ctx, "questions", queries.Run)
	})
	return func() { cancel(); running.Wait() }, nil
}

// outliving runs what the rest of the server does not depend on.
func (s *serving) outliving(ctx context.Context, what string, run func(context.Context) error) {
	if err := run(ctx); err != nil && ctx.Err() == nil {
		s.logger.ErrorContext(ctx, "NATS is not served any more; HTTP is", "what", what, "error", err)
	}
}

// published says how far the stream of updates is.
func (s *serving) published() (p metrics.Progress) {
	if publisher := s.publisher.Load(); publisher != nil {
		p.Applied = publisher.Through()
	}
	p.Stopped = s.unpublished.Load()
	return p
}

// natsChanges hands the publisher what the HTTP API renders.
func natsChanges(w *projections.World, e *ledger.Entry) ([]natsfeed.Change, error) {
	changes := httpapi.UpdateChanges(w, e)
	out := make([]natsfeed.Change, len(changes))
	for i, c := range changes {
		out[i] = natsfeed.Change(c)
	}
	return out, nil
}
