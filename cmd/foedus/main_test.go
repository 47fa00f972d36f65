package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"foedus/ledger/jetstream"
)

// The programs that tests start.
const (
	program = "foedus"        // the program as it is
	victim  = "foedus-victim" // with a clock that stands still, and telling what was acknowledged
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){program: main, victim: beVictim})
}

// standstill is the time at which every victim runs, so that two imports of the
// same files append the same bytes.
func standstill() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// beVictim is the program to be killed: it prints how many events of its import
// stand, a line after each acknowledgement.
func beVictim() {
	if len(os.Args) == 3 && os.Args[1] == readBack {
		if err := printStore(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(exitFailed)
		}
		return
	}
	a := newApp(os.Stdin, os.Stdout, os.Stderr)
	a.now = standstill
	a.acked = func(n int) { fmt.Fprintf(os.Stdout, "%d\n", n) }
	os.Exit(a.execute(context.Background(), os.Args[1:]))
}

// readBack makes the victim print the store of a data directory instead.
const readBack = "--read-back"

func printStore(data string) error {
	ctx := context.Background()
	log, err := jetstream.Open(ctx, jetstream.Config{Dir: filepath.Join(data, storeDir)})
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	out := bufio.NewWriter(os.Stdout)
	for e, err := range log.Read(ctx, 0) {
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s\n", e.Bytes)
	}
	return out.Flush()
}

// exits is the script command "exit STATUS ARGS...": it runs foedus and wants
// that exit status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exit STATUS ARGS...")
	}
	status := exitDone
	if err := ts.Exec(program, args[1:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		status = exit.ExitCode()
	}
	if got := strconv.Itoa(status); got != args[0] {
		ts.Fatalf("exit status %s, want %s", got, args[0])
	}
}

// TestScripts runs the command as people do: testdata/script/*.txtar.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:  "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exit": exits},
		Setup: func(e *testscript.Env) error {
			e.Setenv("FOEDUS_DATA", e.Cd+"/data")
			return nil
		},
	})
}
