package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"foedus/ledger"
	"foedus/ledger/jetstream"
	"foedus/ledger/ledgertest"
	"foedus/projections"
	"foedus/seeds"
)

// synthetic writes n synthetic events as JSON Lines and returns the path and
// the lines.
func synthetic(t *testing.T, n int) (path string, lines []string) {
	t.Helper()
	var buf bytes.Buffer
	for _, e := range ledgertest.NewGenerator(7, ledgertest.Options{}).Encoded(n) {
		buf.Write(e.Bytes)
		buf.WriteByte('\n')
		lines = append(lines, string(e.Bytes))
	}
	path = filepath.Join(t.TempDir(), "events.jsonl")
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, lines
}

// stored reads a store that nobody has open: every event, in order.
func stored(t *testing.T, data string) []ledger.Entry {
	t.Helper()
	log, err := jetstream.Open(t.Context(), jetstream.Config{Dir: filepath.Join(data, storeDir)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	var out []ledger.Entry
	for e, err := range log.Read(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	if n := len(out); n > 0 && (out[n-1].More || int(out[n-1].Seq) != n) {
		t.Fatalf("the log ends in the middle of an append, or with a gap: %d entries, the last at %d", n, out[n-1].Seq)
	}
	return out
}

// quick returns the path of one of the programs, as an executable of its own, built without
// the race detector even if the test has it: the moments at which it is killed
// should be those of real imports.
func quick(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-race=false", "-o", path, ".")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Logf("go test -c: %v\n%s; using this very binary", err, out)
		return name
	}
	return path
}

// reread is stored by way of a process without the race detector: reading many
// events is slow with it.
func reread(t *testing.T, program, data string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, readBack, data)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("read the store: %v\n%s", err, stderr.String())
	}
	if len(out) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// bytesOf returns the documents of entries.
func bytesOf(entries []ledger.Entry) []string {
	out := make([]string, len(entries))
	for i, e := range entries {
		out[i] = string(e.Bytes)
	}
	return out
}

// sameEvents compares without printing thousands of lines.
func sameEvents(t *testing.T, got, want []string) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("event %d is\n%s\nwant\n%s", i+1, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
}

// dump renders all that a World knows of entries: every fact of every kind over
// all of history under each reading, and what holds on a day.
func dump(t *testing.T, entries []ledger.Entry) string {
	t.Helper()
	w := projections.New()
	var d ledger.Decoder
	for _, e := range entries {
		event, err := d.Decode(e.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Apply(e.Seq, 0, &event); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	fact := func(f *projections.Fact) {
		detail, err := json.Marshal(f.Detail)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, f.Kind, f.Aggregate, f.A, f.B, f.Value, f.How, f.Span, f.End, f.Known, f.Causes, f.Certainty,
			f.Dispute(), f.EndDispute(), f.Finding(), string(detail))
	}
	for _, q := range questions(w) {
		kinds := map[projections.FactKind]bool{}
		for _, kind := range ledger.Kinds() {
			for _, id := range w.List(q.Dataset, ledger.Kind(kind), q.Known) {
				v, _ := w.At(q, ledger.Kind(kind), id)
				for i := range v.Facts {
					fact(&v.Facts[i])
					if f := &v.Facts[i]; !kinds[f.Kind] {
						kinds[f.Kind] = true
						w.Spells(q, f.Kind, func(f projections.Fact) bool { fact(&f); return true })
					}
				}
			}
		}
	}
	for _, f := range w.Findings() {
		fmt.Fprintln(&b, f)
	}
	return b.String()
}

func questions(w *projections.World) (out []projections.Query) {
	on, err := ledger.ParseDate("1955-06-15")
	if err != nil {
		panic(err) // a day of the calendar
	}
	for _, dataset := range w.Datasets() {
		for _, reading := range []projections.Reading{projections.ReadingInForce, projections.ReadingSignature} {
			out = append(out, projections.Query{Dataset: ledger.DatasetID(dataset), On: on, Known: w.Head(), Reading: reading})
		}
	}
	return out
}

// undisturbed lets an import run to its end and returns how long it took.
func undisturbed(t *testing.T, program string, args ...string) time.Duration {
	t.Helper()
	start := time.Now()
	cmd := exec.CommandContext(t.Context(), program, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return time.Since(start)
}

// killed starts an import and kills it a while after it acknowledged as many
// events as given. It returns what was acknowledged in the end; finished
// reports whether the import was faster than the kill.
func killed(t *testing.T, program string, after int, wait time.Duration, args ...string) (acked int, finished bool) {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context()) // the default of exec.Cmd.Cancel is SIGKILL
	defer kill()
	cmd := exec.CommandContext(ctx, program, args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var timer *time.Timer
	arm := func() {
		if timer == nil && acked >= after {
			timer = time.AfterFunc(wait, kill)
		}
	}
	arm()
	for in := bufio.NewReader(out); ; arm() {
		line, err := in.ReadString('\n')
		if err != nil {
			break // a line without its end was cut short by the kill
		}
		if n, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
			acked = n
		}
	}
	err = cmd.Wait()
	if finished = cmd.ProcessState.Success(); !finished && cmd.ProcessState.Exited() {
		t.Fatalf("the import failed: %v\n%s", err, stderr.String())
	}
	return acked, finished
}

// rounds returns how often to kill.
func rounds(n int) int {
	if testing.Short() {
		return (n + 3) / 4
	}
	return n
}

// TestKilled kills imports.
func TestKilled(t *testing.T) {
	program := quick(t, victim)
	t.Run("events", func(t *testing.T) { killEvents(t, program) })
	t.Run("seeds", func(t *testing.T) {
		killPlanned(t, program, []string{"import", "seeds"}, []string{"import", "seeds", changedSeeds(t)})
	})
	t.Run("atop", func(t *testing.T) {
		killPlanned(t, program, []string{"import", "atop", members(t, 1)}, []string{"import", "atop", members(t, 2)})
	})
}

// members writes a version of a member-level file that nobody published, of 600
// alliances.
func members(t *testing.T, version int) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("atopid,member,yrent,moent,dayent,yrexit,moexit,dayexit,defense,offense,neutral,nonagg,consul\n")
	for i := range 600 {
		exit := 1950 + i%50
		if i%7 == 0 {
			exit += version
		}
		for m := range 2 + i%3 {
			if version == 2 && i%11 == 0 && m == 2 {
				continue // it vanishes
			}
			fmt.Fprintf(&b, "%d,%d,%d,3,%d,%d,6,1,1,0,0,%d,1\n", 1000+i, 100+(i+17*m)%400, 1900+i%40, 1+i%28, exit, i%2)
		}
	}
	path := filepath.Join(t.TempDir(), fmt.Sprintf("m%d.csv", version))
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// killEvents kills imports of a file at random moments. What was
// acknowledged is always there, and running the import again finishes it as if
// nothing had happened.
func killEvents(t *testing.T, program string) {
	t.Helper()
	path, lines := synthetic(t, 20_000)
	calm := t.TempDir()
	undisturbed(t, program, "--data", calm, "import", "events", path)
	sameEvents(t, reread(t, program, calm), lines)

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	data, held, ended := t.TempDir(), 0, 0
	for round := range rounds(20) {
		after, wait := 0, time.Duration(rng.IntN(400))*time.Millisecond // anywhere from its start
		if round%4 != 0 {                                               // between acknowledgements
			after, wait = held+1+rng.IntN(1500), time.Duration(rng.IntN(20))*time.Millisecond
		}
		acked, finished := killed(t, program, after, wait, "--data", data, "import", "events", path)
		entries := reread(t, program, data)
		sameEvents(t, entries, lines[:min(len(entries), len(lines))])
		if len(entries) < acked || len(entries) < held {
			t.Fatalf("round %d: %d events are there; %d were acknowledged, and %d were there before", round, len(entries), acked, held)
		}
		if held = len(entries); finished { // nothing is left to interrupt: begin again
			ended++
			sameEvents(t, entries, lines)
			data, held = t.TempDir(), 0
		}
	}
	t.Logf("%d imports ended before they were killed; the last had %d events", ended, held)
	sameEvents(t, bytesOf(stored(t, data)), lines[:held])
	undisturbed(t, program, "--data", data, "import", "events", path)
	again := stored(t, data)
	sameEvents(t, bytesOf(again), lines)
	if dump(t, again) != dump(t, stored(t, calm)) {
		t.Error("the World of the interrupted import is not that of an undisturbed one")
	}
}

// killPlanned kills imports that reconcile, first into an empty ledger and then
// of what changed, and ends each.
func killPlanned(t *testing.T, program string, first, changed []string) {
	t.Helper()
	calm, data := t.TempDir(), t.TempDir()
	if first[1] != "seeds" { // other imports ask who the states are
		for _, dir := range []string{calm, data} {
			undisturbed(t, program, "--data", dir, "import", "seeds")
		}
	}
	for _, c := range []struct {
		kills int
		args  []string
	}{{rounds(3), first}, {rounds(2), changed}} {
		took := undisturbed(t, program, append([]string{"--data", calm}, c.args...)...)
		whole, held := bytesOf(stored(t, calm)), len(stored(t, data))
		for range c.kills {
			wait := time.Duration(rand.Int64N(int64(took)))
			acked, _ := killed(t, program, 0, wait, append([]string{"--data", data}, c.args...)...)
			entries := reread(t, program, data)
			sameEvents(t, entries, whole[:min(len(entries), len(whole))])
			if len(entries) < held+acked {
				t.Fatalf("%d events are there; %d were before, and %d were acknowledged", len(entries), held, acked)
			}
			held = len(entries)
		}
		undisturbed(t, program, append([]string{"--data", data}, c.args...)...)
		sameEvents(t, bytesOf(stored(t, data)), whole)
	}
	if dump(t, stored(t, data)) != dump(t, stored(t, calm)) {
		t.Error("the World of the interrupted imports is not that of undisturbed ones")
	}
}

// changedSeeds writes the seeds without one alliance and with another date.
func changedSeeds(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, seeds.FS()); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "alliances", "anzus.yaml")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "alliances", "nato.yaml")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	mended := bytes.ReplaceAll(b, []byte("done_on: 1952-02-18"), []byte("done_on: 1952-02-19"))
	if bytes.Equal(b, mended) {
		t.Fatal("the seeds do not hold the date that the test changes")
	}
	if err := os.WriteFile(path, mended, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// quietly runs the program in this process and returns what it printed.
func quietly(t *testing.T, stdin string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs bytes.Buffer
	status = newApp(strings.NewReader(stdin), &out, &errs).execute(t.Context(), args)
	return out.String(), errs.String(), status
}

// TestImportThroughServer: an import into a dataset that the server does not
// have yet, and again.
func TestImportThroughServer(t *testing.T) {
	data := t.TempDir()
	p := start(t, data)
	defer p.stop(os.Interrupt)
	for _, want := range []string{" appended, 0 corrected, 0 retracted, 0 restored, 0 equal", "0 appended, 0 corrected, 0 retracted, 0 restored, "} {
		out, errs, status := quietly(t, "", "--data", data, "import", "atop", members(t, 1))
		if status != 0 || !strings.Contains(out, want) {
			t.Fatalf("status %d: %s%s; want %q", status, out, errs, want)
		}
	}
	out, errs, status := quietly(t, "", "--data", data, "export", "state-year", "--dataset", "atop", "--from", "1940", "--to", "1940")
	if status != 0 || strings.Count(out, "\n") < 100 {
		t.Fatalf("status %d: %s\n%.300s", status, errs, out)
	}
}
