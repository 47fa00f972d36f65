package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestWatch: watch prints every update once, across a restart of the server.
func TestWatch(t *testing.T) {
	data := t.TempDir()
	p := start(t, data, "--no-seed")
	var out, errs transcript
	cmd := exec.CommandContext(t.Context(), program, "--data", data, "watch", "--after", "0", "--count", "3")
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.post(source("first"))
	eventually(t, "the first update is printed", func() bool { return strings.Count(out.String(), "\n") == 1 })
	if status := p.stop(os.Interrupt); status != 0 {
		t.Errorf("the server ended with %d: a subscriber must not hold it", status)
	}
	p = start(t, data, "--no-seed")
	p.post(source("second"))
	p.post(source("third"))
	if err := cmd.Wait(); err != nil {
		t.Fatalf("watch: %v\n%s", err, errs.String())
	}
	var seqs []int
	for line := range bytes.Lines([]byte(out.String())) {
		var u struct {
			Seq int `json:"seq"`
		}
		if err := json.Unmarshal(line, &u); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		seqs = append(seqs, u.Seq)
	}
	if len(seqs) != 3 || seqs[0] != 1 || seqs[1] != 2 || seqs[2] != 3 {
		t.Errorf("got the updates %v, want 1, 2, 3", seqs)
	}
	if body := p.want(200, "GET", "/metrics", ""); !strings.Contains(body, "foedus_stream_updates_sent_total 2") {
		t.Error("/metrics does not count the updates sent")
	}

	_, stderr, status := quietly(t, "", "--data", t.TempDir(), "watch")
	if status == 0 || !strings.Contains(stderr, "no server runs on this data directory") {
		t.Errorf("without a server: status %d, %s", status, stderr)
	}
	for _, bad := range [][]string{{"--kind", "partty"}, {"--after", "x"}, {"--alliance", "no-such"}, {"--after", "99"}} {
		_, stderr, status := quietly(t, "", append([]string{"--data", data, "watch"}, bad...)...)
		if status == 0 || stderr == "" {
			t.Errorf("%v: status %d, %s", bad, status, stderr)
		}
	}
}

// TestWatchQuestion: watch tells the answer to a question, and how it changes,
// across a restart of the server.
func TestWatchQuestion(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	var out, errs transcript
	cmd := exec.CommandContext(t.Context(), program, "--data", data, "--format", "table", "watch", "--question", "members-of",
		"--alliance", "anzus", "--on", "1990-01-01", "--count", "2")
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the answer is told", func() bool { return strings.Contains(out.String(), "+ new-zealand party since 1952-04-29") })
	event := func(typ, data string) string {
		return `{"type":"foedus.` + typ + `.v1","subject":"alliance/anzus","data":` + data + `}`
	}
	cited := `,"citations":[{"source":"unts-34-243","grade":"D"}]}`
	p.post(source("beside")) // changes no answer
	p.post(event("withdrawal.effective", `{"effective_on":"1988-02-03","party":"new-zealand","how":"withdrawal"`+cited))
	eventually(t, "the change is told", func() bool { return strings.Contains(out.String(), "- new-zealand party") })
	if status := p.stop(os.Interrupt); status != 0 {
		t.Errorf("the server ended with %d", status)
	}
	p = start(t, data)
	p.post(event("withdrawal.effective", `{"effective_on":"1989-05-05","party":"australia","how":"withdrawal"`+cited))
	if err := cmd.Wait(); err != nil {
		t.Fatalf("watch: %v\n%s\n%s", err, errs.String(), out.String())
	}
	text := out.String()
	if strings.Count(text, "the answer so far") < 1 || !strings.Contains(text, "- australia party since 1952-04-29") ||
		strings.Count(text, "alliance/anzus  withdrawal.effective") != 2 {
		t.Errorf("watch said\n%s", text)
	}
}
