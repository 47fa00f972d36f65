package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"foedus/ledger/jetstream"
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
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within %s", what, patience)
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		}
	}
}

// process is a server in a process of its own.
type process struct {
	t    *testing.T
	data string
	cmd  *exec.Cmd
	log  *transcript
	url  string
	done chan struct{} // closed when it ended
}

var readyLine = regexp.MustCompile(`msg=ready url=(\S+)`)

// start starts a server and waits until it says where it is.
func start(t *testing.T, data string, args ...string) *process {
	t.Helper()
	p := &process{t: t, data: data, log: new(transcript), done: make(chan struct{})}
	p.cmd = exec.CommandContext(t.Context(), program, append([]string{"--data", data, "serve", "--listen", "127.0.0.1:0"}, args...)...)
	p.cmd.Stderr = p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // the state of the process tells
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.done
		if t.Failed() {
			t.Logf("the server logged:\n%s", p.log)
		}
	})
	eventually(t, "the server says that it is ready", func() bool {
		select {
		case <-p.done:
			t.Fatalf("the server ended:\n%s", p.log)
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

// source is an event that refers to nothing.
func source(id string) string {
	return fmt.Sprintf(`{"type":"foedus.source.added.v1","subject":"ledger/%s","data":{"title":"A source","form":"treaty-text"}}`, id)
}

// TestServe looks at a server from the outside: where it says it is, what it
// listens on, and whom it lets write.
func TestServe(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--no-seed")
	if h := p.here(); h.URL != p.url || h.PID != p.cmd.Process.Pid {
		t.Errorf("server.json says %+v; the server is process %d at %s", h, p.cmd.Process.Pid, p.url)
	}
	p.want(200, http.MethodGet, "/healthz", "")
	p.want(200, http.MethodGet, "/readyz", "")
	if b := p.want(200, http.MethodGet, "/metrics", ""); !strings.Contains(b, "foedus_") {
		t.Error("/metrics has nothing of foedus")
	}
	onlyLoopback(t, p)

	info, err := os.Stat(filepath.Join(data, tokenFile))
	if err != nil || info.Mode() != 0o600 && runtime.GOOS != "windows" {
		t.Fatalf("the token file has mode %v, %v; want 0600", info.Mode(), err)
	}
	first := p.token()
	const asJSON = "application/json"
	for _, c := range []struct {
		name, body, authorization string
		status                    int
	}{
		{"no token", source("a"), "", 401},
		{"a wrong token", source("a"), "Bearer " + strings.Repeat("0", len(first)), 401},
		{"half a token", source("a"), "Bearer " + first[:32], 401},
		{"the token under another scheme", source("a"), "Basic " + first, 401},
		{"too large", strings.Repeat(" ", 1<<20) + source("a"), "Bearer " + first, 413},
		{"no JSON", "{", "Bearer " + first, 422},
	} {
		p.want(c.status, http.MethodPost, "/v1/events", c.body, "Content-Type", asJSON, "Authorization", c.authorization)
		if b := p.want(200, http.MethodGet, "/v1/events", ""); strings.TrimSpace(b) != "[]" {
			t.Fatalf("%s: the log holds %s", c.name, b)
		}
	}
	p.post(source("a"))
	if code := p.stop(syscall.SIGTERM); code != 0 {
		t.Errorf("exit status %d after SIGTERM", code)
	}
	p = start(t, data, "--no-seed")
	if p.token() != first {
		t.Error("the second start made another token")
	}
	if b := p.want(200, http.MethodGet, "/v1/events", ""); strings.Count(b, "source.added") != 1 {
		t.Errorf("--no-seed: the log holds %s", b)
	}
}

// onlyLoopback checks that the process listens on one port of the loopback
// interface and on nothing else.
func onlyLoopback(t *testing.T, p *process) {
	t.Helper()
	fds := fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid)
	entries, err := os.ReadDir(fds)
	if err != nil {
		t.Logf("NOT CHECKED: which ports the server listens on (%v)", err)
		return
	}
	mine := map[string]bool{}
	for _, e := range entries {
		if to, err := os.Readlink(filepath.Join(fds, e.Name())); err == nil {
			mine[strings.TrimSuffix(strings.TrimPrefix(to, "socket:["), "]")] = true
		}
	}
	var listening []string
	for _, table := range []string{"tcp", "tcp6"} {
		b, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", p.cmd.Process.Pid, table))
		if err != nil {
			t.Logf("NOT CHECKED: %s ports (%v)", table, err)
			continue
		}
		for line := range strings.Lines(string(b)) {
			if f := strings.Fields(line); len(f) > 9 && f[3] == "0A" && mine[f[9]] { // 0A is LISTEN
				listening = append(listening, f[1])
			}
		}
	}
	u, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	var port int
	if _, err := fmt.Sscan(u.Port(), &port); err != nil {
		t.Fatal(err)
	}
	if want := []string{fmt.Sprintf("0100007F:%04X", port)}; !slices.Equal(listening, want) {
		t.Errorf("the server listens on %v, want %v", listening, want)
	}
}

// TestServeAlone starts a second server on a directory, and servers after one
// that died without a word.
func TestServeAlone(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--no-seed")
	for _, address := range []string{"127.0.0.1:0", strings.TrimPrefix(p.url, "http://")} {
		_, stderr, status := quietly(t, "", "--data", data, "serve", "--listen", address)
		if status != exitFailed || !strings.Contains(stderr, fmt.Sprint("process ", p.cmd.Process.Pid)) || strings.Count(stderr, "foedus: ") != 1 {
			t.Errorf("a second server on %s: exit status %d\n%s", address, status, stderr)
		}
	}
	p.want(200, http.MethodGet, "/readyz", "")
	if h := p.here(); h.PID != p.cmd.Process.Pid {
		t.Errorf("the second server left %+v", h)
	}

	p.stop(syscall.SIGKILL)
	stale := p.here() // nobody removed it
	if out, stderr, status := quietly(t, "", "--data", data, "events"); status != 0 || out != "" {
		t.Errorf("after a crash: exit status %d, %q %s", status, out, stderr)
	}
	stranger, asked := impostor(t)
	stale.URL = stranger
	b, err := json.Marshal(stale)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(data, hereFile), b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, status := quietly(t, source("b"), "--data", data, "append", "-"); status != 0 {
		t.Errorf("with somebody else at the address: exit status %d %s", status, stderr)
	}
	if paths := asked(); slices.ContainsFunc(paths, func(p string) bool { return p != "/healthz" }) {
		t.Errorf("the stranger was asked %v", paths)
	}
	p = start(t, data, "--no-seed")
	if b := p.want(200, http.MethodGet, "/v1/events", ""); strings.Count(b, "source.added") != 1 {
		t.Errorf("the log holds %s", b)
	}
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

// TestServeStops lets a request that is under way finish, whatever the signal.
func TestServeStops(t *testing.T) {
	for _, sig := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		data := t.TempDir()
		p := start(t, data, "--no-seed")
		body := source("slow")
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(p.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		// Expect makes the server say when the handler reads: the request is
		// under way then.
		fmt.Fprintf(conn, "POST /v1/events HTTP/1.1\r\nHost: foedus\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"+
			"Authorization: Bearer %s\r\nContent-Length: %d\r\n\r\n", p.token(), len(body))
		in := bufio.NewReader(conn)
		if line, err := in.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
			t.Fatalf("%q, %v", line, err)
		}
		if err := p.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		eventually(t, "server.json is gone", func() bool {
			_, err := os.Stat(filepath.Join(data, hereFile))
			return os.IsNotExist(err)
		})
		if _, err := io.WriteString(conn, body); err != nil {
			t.Fatal(err)
		}
		rest, err := io.ReadAll(in)
		if err != nil || !strings.Contains(string(rest), "201 Created") {
			t.Errorf("%v: the request under way got %q, %v", sig, rest, err)
		}
		select {
		case <-p.done:
		case <-time.After(patience):
			t.Fatalf("%v: the server does not end", sig)
		}
		if code := p.cmd.ProcessState.ExitCode(); code != 0 {
			t.Errorf("%v: exit status %d", sig, code)
		}
		log, err := jetstream.Open(t.Context(), jetstream.Config{Dir: filepath.Join(data, storeDir)})
		if err != nil {
			t.Fatalf("%v: the store does not open at once: %v", sig, err)
		}
		if head, err := log.Head(t.Context()); err != nil || head != 1 {
			t.Errorf("%v: the log ends at %d, %v", sig, head, err)
		}
		_ = log.Close()
	}
}

// TestSlowClients holds connections open without ever finishing a request. They
// are cut; the others do not notice.
func TestSlowClients(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	log := new(transcript)
	a := newApp(strings.NewReader(""), io.Discard, log)
	a.data = t.TempDir()
	quick := defaultLimits()
	quick.header, quick.body = 300*time.Millisecond, 600*time.Millisecond
	ended := make(chan error, 1)
	go func() { ended <- a.serve(ctx, serveFlags{listen: "127.0.0.1:0", noSeed: true, limits: quick}) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	eventually(t, "ready", func() bool { return readyLine.MatchString(log.String()) })
	base := readyLine.FindStringSubmatch(log.String())[1]

	var cut sync.WaitGroup
	begin := time.Now()
	for i := range 20 {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		text := "GET /healthz HTTP/1.1\r\nHost: fo" // headers that never end
		if i%2 == 1 {
			text = "POST /v1/events HTTP/1.1\r\nHost: foedus\r\nContent-Length: 1000\r\n\r\n{" // a body that never does
		}
		if _, err := io.WriteString(conn, text); err != nil {
			t.Fatal(err)
		}
		cut.Go(func() {
			defer func() { _ = conn.Close() }()
			_ = conn.SetReadDeadline(begin.Add(patience))
			if _, err := io.Copy(io.Discard, conn); err != nil && time.Since(begin) >= patience {
				t.Errorf("connection %d was not cut: %v", i, err)
			}
		})
	}
	for range 20 {
		if !answers(ctx, base) {
			t.Error("others are not served")
		}
	}
	cut.Wait()
}

// rio is the story of a treaty whose date was wrong at first.
func rio(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("testdata/script/correction.txtar")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, part := range strings.Split(string(b), "\n-- ")[1:] {
		name, body, _ := strings.Cut(part, " --\n")
		files[name] = body
	}
	return files
}

// TestServeRemembers corrects a date over HTTP. Answers about what was known
// before stay the same, byte for byte, over corrections and restarts.
func TestServeRemembers(t *testing.T) {
	files, data := rio(t), t.TempDir()
	p := start(t, data, "--no-seed")
	p.post(files["states.json"])
	p.post(files["wrong.json"])
	const path = "/v1/alliances/rio?on=1948-06-01"
	before := p.want(200, http.MethodGet, path, "")
	p.post(files["correction.json"])
	after := p.want(200, http.MethodGet, path, "")
	if !strings.Contains(before, `"status":"in-force"`) || strings.Contains(after, `"status":"in-force"`) {
		t.Fatalf("before the correction\n%s\nafter it\n%s", before, after)
	}
	check := func() {
		t.Helper()
		res, body := p.ask(http.MethodGet, path+"&known=12", "")
		if body != before {
			t.Errorf("known at 12 is\n%s\nand was\n%s", body, before)
		}
		if c := res.Header.Get("Cache-Control"); !strings.Contains(c, "immutable") {
			t.Errorf("a pinned answer has Cache-Control %q", c)
		}
		tag := res.Header.Get("ETag")
		if res, body := p.ask(http.MethodGet, path+"&known=12", "", "If-None-Match", tag); tag == "" || res.StatusCode != 304 || body != "" {
			t.Errorf("asked with its tag %q: %d %s", tag, res.StatusCode, body)
		}
		if res, _ := p.ask(http.MethodGet, path, "", "If-None-Match", tag); res.StatusCode != 200 {
			t.Errorf("the head with the tag of 12: %d", res.StatusCode)
		}
	}
	check()
	p.stop(syscall.SIGTERM)
	p = start(t, data, "--no-seed")
	check()
	if body := p.want(200, http.MethodGet, path, ""); body != after {
		t.Errorf("after a restart\n%s\nbefore\n%s", body, after)
	}
}

// TestSameAnswers runs the commands with a server and without: they print the
// same bytes.
func TestSameAnswers(t *testing.T) {
	data, copied := t.TempDir(), t.TempDir()
	p := start(t, data)
	p.stop(syscall.SIGTERM)
	if err := os.CopyFS(copied, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	p = start(t, data, "--no-seed")
	events, _, _ := quietly(t, "", "--data", copied, "events")
	file := filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(file, []byte(events), 0o600); err != nil {
		t.Fatal(err)
	}
	fixed := strings.Replace(source("c"), "{", `{"id":"01J00000000000000000000001","recordedtime":"2026-01-02T00:00:00Z",`, 1)
	for _, c := range []struct{ stdin, args string }{
		{"", "at 1955-05-06"},
		{"", "at 1955-05-06 --alliance nato"},
		{"", "at 1955-05-06 --alliance nato --format json"},
		{"", "at 1955-05-06 --alliance nato --format jsonl"},
		{"", "at 1955-05-06 --alliance nato --format csv"},
		{"", "at 1986-08-12 --state new-zealand --known 500"},
		{"", "at 1955-05-06 --alliance natto"},
		{"", "at 1955-05-06 --known 99999"},
		{"", "timeline --alliance warsaw-pact"},
		{"", "timeline --state greece --format csv"},
		{"", "diff 1954-01-01 1956-01-01"},
		{"", "diff 1954-01-01 1956-01-01 --format json"},
		{"", "diff --known-from 500 --known-to 900 --on 1955-05-06"},
		{"", "events"},
		{"", "events --after 1000"},
		{"", "events --known 7"},
		{"", "export spells"},
		{"", "export spells --format jsonl --reading signature"},
		{"", "export events"},
		{"", "import seeds"},
		{"", "import seeds --dry-run"},
		{"", "import events " + file},
		{fixed, "append -"},
		{fixed, "append - --format json"},
		{source("d") + "{", "append -"},
		{fixed, "append - --expect 3"},
		{"", "events --after 1070"},
	} {
		args := strings.Fields(c.args)
		gotOut, gotErr, gotStatus := quietly(t, c.stdin, append([]string{"--data", data}, args...)...)
		wantOut, wantErr, wantStatus := quietly(t, c.stdin, append([]string{"--data", copied}, args...)...)
		if gotOut != wantOut || gotErr != wantErr || gotStatus != wantStatus {
			t.Errorf("%s\nwith a server: %d %.400s %s\nwithout: %d %.400s %s", c.args, gotStatus, gotOut, gotErr, wantStatus, wantOut, wantErr)
		}
	}
	got, _, _ := quietly(t, "", "--data", data, "doctor")
	want, _, _ := quietly(t, "", "--data", copied, "doctor")
	if strings.ReplaceAll(got, data, copied) != want {
		t.Errorf("doctor with a server:\n%s\nwithout:\n%s", got, want)
	}
	body := p.want(200, http.MethodGet, "/v1/alliances/nato?on=1955-05-06", "")
	if out, _, _ := quietly(t, "", "--data", data, "at", "1955-05-06", "--alliance", "nato", "--format", "json"); out != body {
		t.Errorf("--format json prints\n%s\nthe server's document is\n%s", out, body)
	}
}
