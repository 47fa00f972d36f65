//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal of 80 columns: the side of the person and
// the side of the program.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		t.Skipf("NOT CHECKED: progress on a terminal (%v)", err)
	}
	t.Cleanup(func() { _ = person.Close() })
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80}); err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("NOT CHECKED: progress on a terminal (%v)", err)
	}
	return person, program
}

// TestProgress imports many events: with bars on a terminal, in silence into a
// pipe.
func TestProgress(t *testing.T) {
	program := quick(t, program)
	path, _ := synthetic(t, 100_000)
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), program, "--data", t.TempDir(), "import", "events", path)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil || errs.Len() > 0 || out.String() != "100000 appended, 0 skipped\n" {
		t.Errorf("into a pipe: %v\n%s\n%s", err, out.String(), errs.String())
	}
	if screen, stdout := onTerminal(t, program, "import", "events", path); stdout != "100000 appended, 0 skipped\n" ||
		!strings.Contains(screen, "checking") || !strings.Contains(screen, "appending") || strings.Count(screen, "\r") < 4 {
		t.Errorf("stdout %q; the terminal shows %.2000q", stdout, screen)
	}
}

// onTerminal runs a program with a terminal for its errors, and returns what
// it shows.
func onTerminal(t *testing.T, program string, args ...string) (screen, stdout string) {
	t.Helper()
	person, tty := terminal(t)
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, program, append([]string{"--data", t.TempDir()}, args...)...)
	cmd.Env = append(os.Environ(), "TERM=xterm")
	cmd.Stdout, cmd.Stderr = &out, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = tty.Close()
	shown := make(chan string)
	go func() {
		b, _ := io.ReadAll(person) // ends with EIO when the program does
		shown <- string(b)
	}()
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	return <-shown, out.String()
}
