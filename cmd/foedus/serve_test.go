package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"foedus/ledger/jetstream"
)

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
