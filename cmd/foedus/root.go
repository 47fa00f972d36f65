package main

import (
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// version is stamped by the linker (see the Makefile); without it, the build
// information of the module stands in.
var version = ""

// app is what every command shares: the streams and the global flags.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	acked          func(events int) // told how many events of an import stand so far; may be nil

	data     string
	nats     string
	creds    string
	replicas int
	format   string
	reading  readFlags
}

// readFlags are the flags of every command that reads.
type readFlags struct {
	dataset, known, reading string
	public, certain         bool
}

func newApp(stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv, now: time.Now}
}

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "foedus",
		Short: "An event-sourced ledger of alliances",
		Long: `foedus answers who was bound to whom, under which treaty, on any date in history,
and what the ledger knew of it at any point of its log.

Read commands work on the data directory itself, or through the server that has it open.`,
		Example: `  foedus serve                                 start the server with the history that ships with it
  foedus at 1955-05-06 --alliance nato         the members on a day
  foedus at 1986-08-12 --alliance anzus        with its suspensions
  foedus obligations --attacked poland --by germany --on 1939-09-01   who is bound to help, and why
  foedus diff 1954-01-01 1956-01-01            what changed in between
  foedus timeline --alliance warsaw-pact       everything recorded about it, with sources`,
		SilenceUsage: true, SilenceErrors: true,
		Version: a.version(),
		Args:    cobra.ArbitraryArgs, // so that the unknown command comes to runGroup
		RunE:    runGroup,
	}
	a.addGlobalFlags(root)
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(strings.Replace(root.UsageTemplate(), "{{if .Runnable}}", "{{if and .Runnable (not .HasAvailableSubCommands)}}", 1))
	root.AddCommand(
		a.serveCommand(), a.importCommand(), a.appendCommand(), a.atCommand(), a.timelineCommand(), a.reportCommand(), a.watchCommand(),
		a.obligationsCommand(), a.placesCommand(), a.performanceCommand(), a.diffCommand(), a.eventsCommand(), a.exportCommand(), a.doctorCommand(), a.monitoringCommand(),
	)
	root.SetHelpCommand(helpCommand(root))
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		refuseStrangers(c)
		addExamples(c)
	}
	return root
}

func (a *app) addGlobalFlags(root *cobra.Command) {
	f := root.PersistentFlags()
	f.StringVar(&a.data, "data", "", "data directory `DIR` (default $FOEDUS_DATA, else $XDG_DATA_HOME/foedus, else ~/.local/share/foedus)")
	f.StringVar(&a.nats, "nats", "", "`URL` of an external JetStream, instead of the embedded one")
	f.StringVar(&a.creds, "creds", "", "credentials `FILE` for --nats")
	f.IntVar(&a.replicas, "replicas", 1, "copies of a stream created with --nats")
	f.StringVar(&a.format, "format", "", "output `FORMAT`: table, json, csv or jsonl; not every command has all (default table)")
	_ = root.RegisterFlagCompletionFunc("format", cobra.FixedCompletions([]string{"table", "json", "csv", "jsonl"}, cobra.ShellCompDirectiveNoFileComp))
	_ = root.MarkPersistentFlagDirname("data")
}

// refuseStrangers turns cobra's complaints about arguments into usage errors,
// and lets a command that only groups others complain at all.
func refuseStrangers(c *cobra.Command) {
	if c.HasSubCommands() {
		c.Args, c.RunE = cobra.ArbitraryArgs, runGroup
	}
	check := c.Args
	c.Args = func(cmd *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		if err := check(cmd, args); err != nil {
			return usagef("%s: %v; write %s", cmd.Name(), err, cmd.UseLine())
		}
		return nil
	}
	for _, sub := range c.Commands() {
		refuseStrangers(sub)
	}
}

// addReadFlags gives c the flags of a command that reads.
func (a *app) addReadFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&a.reading.dataset, "dataset", "", "dataset `NAME` to ask (default core)")
	f.StringVar(&a.reading.known, "known", "", "what the ledger held at `K`, a sequence or an RFC 3339 time (default everything)")
	f.StringVar(&a.reading.reading, "reading", "", "`READING` that dates membership: in-force, from entry into force, or signature (default in-force)")
	f.BoolVar(&a.reading.public, "public", false, "only what was publicly known on that date")
	f.BoolVar(&a.reading.certain, "certain", false, "leave out what is only possible")
	_ = c.RegisterFlagCompletionFunc("reading", cobra.FixedCompletions([]string{"in-force", "signature"}, cobra.ShellCompDirectiveNoFileComp))
}

func (a *app) version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}

// dir returns the data directory.
func (a *app) dir() string {
	switch {
	case a.data != "":
		return a.data
	case a.getenv("FOEDUS_DATA") != "":
		return a.getenv("FOEDUS_DATA")
	case a.getenv("XDG_DATA_HOME") != "":
		return filepath.Join(a.getenv("XDG_DATA_HOME"), "foedus")
	}
	return filepath.Join(a.getenv("HOME"), ".local", "share", "foedus")
}

// output returns the format to print in, one of those allowed; the first is
// the default.
func (a *app) output(allowed ...string) (string, error) {
	if a.format == "" {
		return allowed[0], nil
	}
	for _, f := range allowed {
		if a.format == f {
			return f, nil
		}
	}
	return "", usagef("--format %q is not possible here; write %s", a.format, strings.Join(allowed, ", "))
}

// terminal reports whether progress may be drawn on stderr.
func (a *app) terminal() bool {
	f, ok := a.stderr.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && a.getenv("TERM") != "dumb"
}

// terminalOut reports whether the results go to a terminal.
func (a *app) terminalOut() bool {
	f, ok := a.stdout.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
