package jetstream

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

// victimDir is the environment variable that makes the test binary the process
// that is killed.
const victimDir = "FOEDUS_TEST_VICTIM"

// victim appends for ever, single events and batches in turn, and prints each
// acknowledgement: "<sequence> <id>".
func victim(dir string) error {
	ctx := context.Background()
	l, err := Open(ctx, Config{Dir: dir})
	if err != nil {
		return err
	}
	head, err := l.Head(ctx)
	if err != nil {
		return err
	}
	g := ledgertest.NewGenerator(uint64(head)+1, ledgertest.Options{})
	for i := 0; ; i++ {
		events := g.Encoded([]int{1, 40, 1, 1, 300}[i%5])
		receipts, err := l.Append(ctx, ledger.Any(), events...)
		if err != nil {
			return err
		}
		var out strings.Builder
		for j, r := range receipts {
			fmt.Fprintln(&out, r.Seq, events[j].ID)
		}
		if _, err := os.Stdout.WriteString(out.String()); err != nil {
			return err
		}
	}
}

// TestKill kills a process in the middle of its appends, again and again on the
// same store, and holds the store to what the process was told.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	acked := make(map[ledger.Seq]string)
	for round, lines := range []int{3, 45, 400, 20, 350} {
		runVictim(t, dir, lines, acked)
		l := openLog(t, Config{Dir: dir})
		entries := ledgertest.CheckLog(t, l) // no gap, nothing twice, no half batch
		for seq, id := range acked {
			if int(seq) > len(entries) || entries[seq-1].ID.String() != id {
				t.Fatalf("round %d: event %s was acknowledged at %d and is not there", round, id, seq)
			}
		}
		t.Logf("round %d: %d acknowledged, %d stored", round, len(acked), len(entries))
		closeLog(t, l)
	}
}

// runVictim starts a process, notes its acknowledgements and kills it after
// some. What it printed before it died counts too.
func runVictim(t *testing.T, dir string, lines int, acked map[ledger.Seq]string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), victimDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	for n := 0; ; n++ {
		if n == lines {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
		line, err := in.ReadString('\n')
		if err != nil { // a line without its end was cut short by the kill
			break
		}
		seq, id, _ := strings.Cut(strings.TrimSpace(line), " ")
		s, err := strconv.ParseUint(seq, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		acked[ledger.Seq(s)] = id
	}
	if err := cmd.Wait(); err == nil || cmd.ProcessState.Exited() {
		t.Fatalf("the process ended by itself: %v", err)
	}
}
