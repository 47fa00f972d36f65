package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// transcript collects what a server logs. It is safe for concurrent use.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (l *transcript) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *transcript) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// eventually polls until ok, and fails when that takes too long.
func eventually(tb testing.TB, what string, ok func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(patience); !ok(); {
		if time.Now().After(deadline) {
			tb.Fatalf("%s: not within %s", what, patience)
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-tb.Context().Done():
			tb.Fatal(tb.Context().Err())
		}
	}
}

// process is a server in a process of its own.
type process struct {
	t    testing.TB
	data string
	cmd  *exec.Cmd
	log  *transcript
	url  string
	done chan struct{} // closed when it ended
}

var readyLine = regexp.MustCompile(`msg=(?:ready|"serving what could be replayed") url=(\S+)`)

// start starts a server and waits until it says where it is.
func start(tb testing.TB, data string, args ...string) *process {
	tb.Helper()
	p := &process{t: tb, data: data, log: new(transcript), done: make(chan struct{})}
	p.cmd = exec.CommandContext(tb.Context(), program, append([]string{"--data", data, "serve", "--listen", "127.0.0.1:0"}, args...)...)
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // the state of the process tells
	}()
	tb.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		if tb.Failed() {
			tb.Logf("the server logged:\n%s", p.log)
		}
	})
	eventually(tb, "the server says that it is ready", func() bool {
		select {
		case <-p.done:
			tb.Fatalf("the server ended:\n%s", p.log)
		default:
		}
		m := readyLine.FindStringSubmatch(p.log.String())
		if m != nil {
			p.url = m[1]
		}
		return m != nil
	})
	return p
}

// stop sends a signal and returns the exit status.
func (p *process) stop(sig os.Signal) int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-p.done:
	case <-time.After(patience):
		p.t.Fatalf("the server did not end after %v", sig)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *process) token() string {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(p.data, tokenFile))
	if err != nil {
		p.t.Fatal(err)
	}
	return strings.TrimSpace(string(b))
}

// ask sends a request and returns the answer with its body.
func (p *process) ask(method, path, body string, header ...string) (*http.Response, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := direct().Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res, string(b)
}

func (p *process) want(status int, method, path, body string, header ...string) string {
	p.t.Helper()
	res, b := p.ask(method, path, body, header...)
	if res.StatusCode != status {
		p.t.Fatalf("%s %s: %d, want %d\n%s", method, path, res.StatusCode, status, b)
	}
	return b
}

func (p *process) post(body string) {
	p.t.Helper()
	p.want(201, http.MethodPost, "/v1/events", body, "Content-Type", "application/json", "Authorization", "Bearer "+p.token())
}

func (p *process) here() (h here) {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(p.data, hereFile))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := json.Unmarshal(b, &h); err != nil {
		p.t.Fatal(err)
	}
	return h
}

// said returns what a stream says up to a text that it must come to.
func (p *process) said(query, until string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/v1/stream"+query, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := direct().Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var said bytes.Buffer
	for buf := make([]byte, 4096); !strings.Contains(said.String(), until); {
		n, err := res.Body.Read(buf)
		if err != nil {
			p.t.Fatalf("%v before %q; the stream said\n%s", err, until, said.String())
		}
		said.Write(buf[:n])
	}
	return said.String()
}

// source is an event that refers to nothing.
func source(id string) string {
	return fmt.Sprintf(`{"type":"foedus.source.added.v1","subject":"ledger/%s","data":{"title":"A source","form":"treaty-text"}}`, id)
}

// impostor is a server that has nothing to do with foedus. asked returns the
// paths that it was asked for.
func impostor(t *testing.T) (base string, asked func() []string) {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var paths []string
	s := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		paths = append(paths, r.URL.Path)
	})}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return "http://" + l.Addr().String(), func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(paths)
	}
}
