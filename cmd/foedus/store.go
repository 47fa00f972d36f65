package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
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
		log, err := jetstream.Open(ctx, jetstream.Config{URL: a.nats, Creds: a.creds, Replicas: a.replicas, Logger: logger})
		if err != nil {
			return nil, fmt.Errorf("use the JetStream at %s: %w", redacted(a.nats), err)
		}
		return log, nil
	}
	if err := os.MkdirAll(a.dir(), 0o700); err != nil {
		return nil, fmt.Errorf("make the data directory: %w", err)
	}
	return jetstream.Open(ctx, jetstream.Config{Dir: filepath.Join(a.dir(), storeDir), Logger: logger})
}

// redacted returns a URL without its password, for messages.
func redacted(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "the URL of --nats"
	}
	return u.Redacted()
}

// readToken returns the token of the data directory.
func (a *app) readToken() (string, error) {
	path := filepath.Join(a.dir(), tokenFile)
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	if t := string(bytes.TrimSpace(b)); len(t) >= 32 {
		return t, nil
	}
	return "", fmt.Errorf("%s holds no token of at least 32 characters; delete it, and the next foedus serve makes a new one", path)
}

// token returns the token of the data directory and makes it on first use. Only
// who has the store open may call it: two that make one would not agree.
func (a *app) token() (string, error) {
	t, err := a.readToken()
	if !errors.Is(err, fs.ErrNotExist) {
		return t, err
	}
	if err := os.MkdirAll(a.dir(), 0o700); err != nil {
		return "", fmt.Errorf("make the data directory: %w", err)
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails, see crypto/rand
	t = hex.EncodeToString(secret)
	if err := writeFile(filepath.Join(a.dir(), tokenFile), []byte(t+"\n")); err != nil {
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

// findServer returns the server that has the store open, if one answers. What
// answers must be the process that holds the store: after a crash the address
// may belong to somebody else, who is not to see the token.
func (a *app) findServer(ctx context.Context) (here, bool) {
	b, err := os.ReadFile(filepath.Join(a.dir(), hereFile))
	var h here
	if err != nil || json.Unmarshal(b, &h) != nil || !answers(ctx, h.URL) {
		return here{}, false
	}
	pid, err := jetstream.LockHolder(filepath.Join(a.dir(), storeDir))
	return h, err == nil && pid == h.PID
}

// answers reports whether a server at base is up.
func answers(ctx context.Context, base string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/healthz", nil)
	if err != nil {
		return false
	}
	res, err := direct().Do(req)
	if err != nil {
		return false
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode == http.StatusOK
}

// direct returns a client that asks no proxy and keeps no connection.
func direct() *http.Client { return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} }

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
			return a.remote(h), nil
		}
	}
	return a.local(ctx, true)
}

// remote asks a server. Only writing needs the token, so that a missing one is
// reported there.
func (a *app) remote(h here) *ledgerHandle {
	c := &client{base: h.URL, http: &http.Client{Transport: &http.Transport{}}}
	c.token, c.tokenErr = a.readToken()
	return &ledgerHandle{client: c, close: c.http.CloseIdleConnections}
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
		return nil, fmt.Errorf("%w: %w", errReplay, err)
	}
	const token = "in this process"
	handler := httpapi.New(httpapi.Config{
		Log: log, Projection: h.proj, Token: token, Version: a.version(), NewID: newID,
		Doctor:   func() any { return storeStatus(ctx, log) },
		Products: offeredProducts(), Make: makeProduct,
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
