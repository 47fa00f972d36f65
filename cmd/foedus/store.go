package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/oklog/ulid/v2"

	"foedus/cmd/internal/httpapi"
	"foedus/ledger"
	"foedus/ledger/jetstream"
	"foedus/projections/live"
)

// The files of a data directory, beside the store itself.
const (
	storeDir  = "store"       // the embedded JetStream
	tokenFile = "token"       // the bearer token that writing needs, mode 0600
	hereFile  = "server.json" // where the server that has the store open listens
)

// lockPatience is how long a command waits for another one to finish with the
// store.
const lockPatience = 10 * time.Second

// openLog opens the log of the flags.
func (a *app) openLog(ctx context.Context, logger *slog.Logger) (*jetstream.Log, error) {
	if a.nats != "" {
		return jetstream.Open(ctx, jetstream.Config{URL: a.nats, Creds: a.creds, Replicas: a.replicas, Logger: logger})
	}
	if err := os.MkdirAll(a.dir(), 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	return jetstream.Open(ctx, jetstream.Config{Dir: filepath.Join(a.dir(), storeDir), Logger: logger})
}

// token returns the token of the data directory and makes it on first use.
func (a *app) token() (string, error) {
	path := filepath.Join(a.dir(), tokenFile)
	b, err := os.ReadFile(path)
	if err == nil {
		if t := string(bytes.TrimSpace(b)); len(t) >= 32 {
			return t, nil
		}
		return "", fmt.Errorf("%s holds no token of at least 32 characters; delete it, and the next start makes a new one", path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the token: %w", err)
	}
	if err := os.MkdirAll(a.dir(), 0o700); err != nil {
		return "", fmt.Errorf("make the data directory: %w", err)
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	t := hex.EncodeToString(secret)
	if err := writeFile(path, []byte(t+"\n")); err != nil {
		return "", fmt.Errorf("write the token: %w", err)
	}
	return t, nil
}

// writeFile writes a file that only its owner may read, whole or not at all.
func writeFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already after the rename
	_, err = f.Write(b)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// here tells the commands where the server is.
type here struct {
	URL     string `json:"url"`
	PID     int    `json:"pid"`
	Version string `json:"version"`
}

// findServer returns the server that has the store open, if one answers.
func (a *app) findServer(ctx context.Context) (here, bool) {
	b, err := os.ReadFile(filepath.Join(a.dir(), hereFile))
	var h here
	if err != nil || json.Unmarshal(b, &h) != nil {
		return here{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.URL+"/healthz", nil)
	if err != nil {
		return here{}, false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return here{}, false
	}
	defer func() { _ = res.Body.Close() }()
	return h, res.StatusCode == http.StatusOK
}

// ledgerHandle is the ledger as a command sees it: an HTTP API, in this process
// or another one.
type ledgerHandle struct {
	client *client
	log    ledger.Log       // nil when a server has it
	proj   *live.Projection // nil when a server has it
	close  func()
}

// open finds the server of the data directory, or opens the store. The answers
// are the same: a command always asks the API.
func (a *app) open(ctx context.Context) (*ledgerHandle, error) {
	if a.nats == "" {
		if h, ok := a.findServer(ctx); ok {
			return a.remote(h)
		}
	}
	return a.local(ctx, true)
}

func (a *app) remote(h here) (*ledgerHandle, error) {
	token, err := a.token()
	if err != nil {
		return nil, err
	}
	return &ledgerHandle{client: &client{base: h.URL, token: token, http: http.DefaultClient}, close: func() {}}, nil
}

// local opens the store in this process; with a projection if the command asks
// questions.
func (a *app) local(ctx context.Context, answers bool) (*ledgerHandle, error) {
	log, err := a.openPatiently(ctx)
	if err != nil {
		return nil, err
	}
	h := &ledgerHandle{log: log, close: func() { _ = log.Close() }}
	if !answers {
		return h, nil
	}
	ctx, cancel := context.WithCancel(ctx)
	h.proj = live.New(log)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = h.proj.Run(ctx) // Wait and Status report why it ended
	}()
	h.close = func() {
		cancel()
		<-done
		_ = log.Close()
	}
	if err := replay(ctx, log, h.proj); err != nil {
		h.close()
		return nil, err
	}
	const token = "in this process"
	handler := httpapi.New(httpapi.Config{
		Log: log, Projection: h.proj, Token: token, Version: a.version(), NewID: newID,
		Doctor: func() any { return storeStatus(ctx, log) },
	})
	h.client = &client{base: "http://foedus", token: token, http: &http.Client{Transport: inProcess{handler}}}
	return h, nil
}

// openPatiently waits a while for a command that has the store open.
func (a *app) openPatiently(ctx context.Context) (*jetstream.Log, error) {
	deadline := time.NewTimer(lockPatience)
	defer deadline.Stop()
	for {
		log, err := a.openLog(ctx, nil)
		if !errors.Is(err, ledger.ErrLocked) {
			return log, err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-deadline.C:
			return nil, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func newID() ledger.EventID { return ledger.EventID(ulid.Make()) }

// inProcess carries requests to a handler without a network. The answer is
// streamed, not collected.
type inProcess struct{ handler http.Handler }

// RoundTrip implements [http.RoundTripper].
func (t inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	pr, pw := io.Pipe()
	w := &pipeWriter{pw: pw, header: make(http.Header), started: make(chan struct{})}
	if req.Body == nil {
		req.Body = http.NoBody
	}
	go func() {
		t.handler.ServeHTTP(w, req)
		w.start(http.StatusOK)
		_ = pw.Close()
	}()
	select {
	case <-w.started:
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
	return &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Header: w.sent, Body: pr,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1, Request: req,
	}, nil
}

// pipeWriter is the handler's side of an in-process request.
type pipeWriter struct {
	pw      *io.PipeWriter
	header  http.Header
	sent    http.Header
	status  int
	started chan struct{} // closed when status and sent are set
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) start(status int) {
	if w.status == 0 {
		w.status, w.sent = status, w.header.Clone()
		close(w.started)
	}
}

func (w *pipeWriter) WriteHeader(status int) { w.start(status) }

func (w *pipeWriter) Write(b []byte) (int, error) {
	w.start(http.StatusOK)
	return w.pw.Write(b)
}

// Flush implements [http.Flusher]; a pipe holds nothing back.
func (w *pipeWriter) Flush() { w.start(http.StatusOK) }
