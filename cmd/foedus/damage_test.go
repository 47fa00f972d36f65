package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"foedus/ledger"
	"foedus/ledger/jetstream"
	"foedus/ledger/ledgertest"
)

// filled returns a data directory with the seeds in a store that nobody has
// open.
func filled(t *testing.T) string {
	t.Helper()
	data := t.TempDir()
	if _, stderr, status := quietly(t, "", "--data", data, "import", "seeds"); status != 0 {
		t.Fatal(stderr)
	}
	return data
}

// flip changes a few bytes of a block file, those that mark stands for.
func flip(t *testing.T, data, mark string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(data, storeDir, "jetstream", "*", "streams", "*", "msgs", "*.blk"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no block files: %v", err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.Index(b, []byte(mark))
		if at < 0 {
			continue
		}
		for i := range mark {
			b[at+i] ^= 0x15
		}
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Fatalf("no block holds %q", mark)
}

// TestDamage flips bytes of events in the middle of a stopped store. No command
// answers as if nothing had happened, and each names what is missing.
func TestDamage(t *testing.T) {
	sound := filled(t)
	for name, mark := range map[string]string{
		"in a value":       `1952-02-18`,
		"in the structure": `"specversion":"1.0","id":"`,
		"in a subject":     `foedus.log.core.alliance.nato.instrument`,
	} {
		t.Run(name, func(t *testing.T) {
			data := t.TempDir()
			if err := os.CopyFS(data, os.DirFS(sound)); err != nil {
				t.Fatal(err)
			}
			flip(t, data, mark)
			for _, args := range []string{
				"at 1955-05-06", "at 1955-05-06 --alliance nato --format json", "timeline --alliance nato", "diff 1954-01-01 1956-01-01",
				"events", "export spells", "export events", "doctor", "doctor --format json", "import seeds", "serve --listen 127.0.0.1:0",
			} {
				out, stderr, status := quietly(t, "", append([]string{"--data", data}, strings.Fields(args)...)...)
				line := regexp.MustCompile(`(?m)^foedus: .*sequence \d+ is missing or unreadable.*$`)
				if status != exitDamaged || out != "" || !line.MatchString(stderr) {
					t.Errorf("%s: exit status %d\n%.300s\n%s", args, status, out, stderr)
				}
			}
			if out, stderr, status := quietly(t, source("x"), "--data", data, "append", "-"); status != exitDamaged || out != "" {
				t.Errorf("append: exit status %d\n%s\n%s", status, out, stderr)
			}
		})
	}
}

// TestPoison puts an event into the log that this program does not know. A
// server that runs goes on with what it has and says so; one that is started
// afterwards, and every command, says why it has no answers.
func TestPoison(t *testing.T) {
	url := external(t)
	ctx, stop := context.WithCancel(t.Context())
	log := new(transcript)
	a := newApp(strings.NewReader(""), &transcript{}, log)
	a.data, a.nats = t.TempDir(), url
	ended := make(chan error, 1)
	go func() { ended <- a.serve(ctx, serveFlags{listen: "127.0.0.1:0", limits: defaultLimits()}) }()
	eventually(t, "ready", func() bool { return readyLine.MatchString(log.String()) })
	p := &process{t: t, url: readyLine.FindStringSubmatch(log.String())[1]}
	before := p.want(200, "GET", "/v1/alliances/nato?on=1955-05-06", "")

	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	poison := &nats.Msg{
		Subject: "foedus.log.core.alliance.nato.instrument.dreamt", Data: []byte(`{"no":"event"}`),
		Header: nats.Header{"Nats-Msg-Id": {newID().String()}},
	}
	if _, err := nc.RequestMsg(poison, patience); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server says that it stopped", func() bool { return strings.Contains(log.String(), "the projection stopped") })
	if b := p.want(503, "GET", "/readyz", ""); !strings.Contains(b, "stopped at sequence") {
		t.Errorf("/readyz says %s", b)
	}
	p.want(200, "GET", "/healthz", "")
	if after := p.want(200, "GET", "/v1/alliances/nato?on=1955-05-06", ""); after != before {
		t.Errorf("answers changed:\n%s\nbefore\n%s", after, before)
	}
	var doc doctorDoc
	if err := json.Unmarshal([]byte(p.want(200, "GET", "/v1/doctor", "")), &doc); err != nil || doc.verdict() == nil {
		t.Errorf("doctor finds nothing: %v", err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}

	again := start(t, t.TempDir(), "--nats", url) // it replays as far as it can, and serves that
	if b := again.want(503, "GET", "/readyz", ""); !strings.Contains(b, "stopped at sequence") {
		t.Errorf("/readyz says %s", b)
	}
	res, body := again.ask("GET", "/v1/alliances/nato?on=1955-05-06", "")
	if res.StatusCode != 200 || body != before || res.Header.Get("Foedus-Stopped") == "" {
		t.Errorf("%d, Foedus-Stopped %q: answers changed over a restart", res.StatusCode, res.Header.Get("Foedus-Stopped"))
	}
	if stream := again.said("?after=0&kind=notice", "event: stopped"); !strings.Contains(stream, "event: update") {
		t.Errorf("the stream does not serve what there is: %s", stream)
	}
	if out, stderr, status := quietly(t, "", "--nats", url, "at", "1955-05-06"); status != exitFailed && status != exitDamaged || out != "" || stderr == "" {
		t.Errorf("a command: exit status %d %s %s", status, out, stderr)
	}
}

// TestFull fills a store. The append that finds no room says so and leaves
// nothing; all that was acknowledged before is there after a restart. No flag
// limits the store, so the test sets the limit where the program opens it.
func TestFull(t *testing.T) {
	data := t.TempDir()
	cfg := jetstream.Config{Dir: filepath.Join(data, storeDir), MaxStore: 256 << 10}
	log, err := jetstream.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	_, lines := synthetic(t, 2000)
	var d ledger.Decoder
	var encoded []ledger.Encoded
	for _, line := range lines {
		_, e, err := d.Check([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		encoded = append(encoded, e)
	}
	held := 0
	a := newApp(strings.NewReader(""), &transcript{}, &transcript{})
	a.acked = func(n int) { held = n }
	const part = 50
	for held < len(encoded) {
		from := held
		if _, err = a.appendAll(t.Context(), encoded[from:min(from+part, len(encoded))], &localWriter{log: log}); err != nil {
			held = from
			break
		}
		held += from
	}
	if !errors.Is(err, ledger.ErrNoSpace) || held == 0 {
		t.Fatalf("after %d events: %v, want ErrNoSpace", held, err)
	}
	if line := oneLine(err); !strings.Contains(line, "no space left") {
		t.Errorf("the error is %s", line)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	sameEvents(t, bytesOf(stored(t, data)), lines[:held])
	again, err := jetstream.Open(t.Context(), jetstream.Config{Dir: cfg.Dir}) // room was made
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if _, err := again.Append(t.Context(), ledger.Any(), encoded[held:held+part]...); err != nil {
		t.Fatal(err)
	}
	ledgertest.CheckLog(t, again)
}

// external starts a server as somebody else runs it, and returns its URL.
func external(t *testing.T) string {
	t.Helper()
	srv, err := server.NewServer(&server.Options{
		Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true, JetStream: true, StoreDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() { srv.Shutdown(); srv.WaitForShutdown() })
	if !srv.ReadyForConnections(patience) {
		t.Fatal("the external server did not start")
	}
	return srv.ClientURL()
}

// TestExternal uses a JetStream that somebody else runs.
func TestExternal(t *testing.T) {
	url, data := external(t), t.TempDir()
	at := []string{"--data", data, "--nats", url, "at", "1955-05-06", "--alliance", "nato"}
	for _, c := range []struct {
		stdin string
		args  []string
		says  string
	}{
		{"", []string{"--data", data, "--nats", url, "import", "seeds"}, " appended, 0 corrected"},
		{"", at, "15 parties"},
		{source("x"), []string{"--data", data, "--nats", url, "append", "-"}, "1 appended"},
		{"", []string{"--data", data, "--nats", url, "doctor"}, "external at " + url},
		{"", []string{"--data", data, "--nats", url, "import", "seeds"}, "0 appended"},
	} {
		if out, stderr, status := quietly(t, c.stdin, c.args...); status != 0 || !strings.Contains(out, c.says) || stderr != "" {
			t.Errorf("%v: exit status %d\n%s\n%s", c.args, status, out, stderr)
		}
	}
	if entries, err := os.ReadDir(data); err != nil || len(entries) != 0 {
		t.Errorf("the data directory holds %v, %v", entries, err)
	}
	out, stderr, status := quietly(t, "", "--data", data, "--nats", "nats://127.0.0.1:1", "at", "1955-05-06")
	if status != exitFailed || out != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, "127.0.0.1:1") {
		t.Errorf("with nobody at the URL: exit status %d\n%s%s", status, out, stderr)
	}
}
