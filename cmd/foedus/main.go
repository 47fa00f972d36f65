// Command foedus keeps an event-sourced ledger of alliances and answers from
// it: who was bound to whom on any date, as known at any point of the log.
//
// This package wires the rooms together: it parses flags, opens the store or
// finds the server that has it open, and prints. It must not hold rules of the
// domain; those live in ledger, projections and ingest.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program without a process around it. It returns the exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot(&app{stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv})
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(stderr, "foedus: "+oneLine(err))
		return exitStatus(err)
	}
	return exitDone
}
