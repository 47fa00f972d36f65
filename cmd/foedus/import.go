package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"foedus/ingest"
	"foedus/ingest/seed"
	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/live"
	"foedus/seeds"
)

func (a *app) importCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import",
		Short: "Bring a dataset up to a file",
		Long: `import reads files and brings the ledger up to them: new records are appended, changed ones
corrected, vanished ones retracted, equal ones skipped. A file with anything wrong in it
changes nothing. An import that was interrupted is simply run again.`,
		Example: `  foedus import seeds
  foedus import atop atop5_1m.csv
  foedus import csv pacts.csv --map pacts.yaml --dataset pacts
  foedus import events backup.jsonl`,
	}
	c.AddCommand(a.importSeedsCommand(), a.importATOPCommand(), a.importCSVCommand(), a.importEventsCommand())
	return c
}

func (a *app) importSeedsCommand() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use:   "seeds [DIR]",
		Short: "Bring the dataset core up to the curated history",
		Example: `  foedus import seeds                the history built into this program
  foedus import seeds ./seeds        the same format from a directory
  foedus import seeds ./seeds --dry-run`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return a.importSeeds(c.Context(), strings.Join(args, ""), dryRun)
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "say what would happen and do nothing")
	return c
}

func (a *app) importSeeds(ctx context.Context, dir string, dryRun bool) error {
	h, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	w := h.writer()
	plan, err := a.planSeeds(ctx, dir, w)
	if err != nil {
		return err
	}
	return a.settle(ctx, plan, w, dryRun)
}

// settle carries a plan out, or says what it would do.
func (a *app) settle(ctx context.Context, plan ingest.Plan, w writer, dryRun bool) error {
	for _, r := range plan.Report.Remarks {
		fmt.Fprintln(a.stderr, r)
	}
	if dryRun {
		fmt.Fprintln(a.stdout, "would be: "+plan.Report.String())
		return nil
	}
	if err := a.carryOut(ctx, plan, w); err != nil {
		return err
	}
	fmt.Fprintln(a.stdout, plan.Report.String())
	return nil
}

// planSeeds compares the seeds in dir ("" for those built in) with the ledger.
func (a *app) planSeeds(ctx context.Context, dir string, w writer) (ingest.Plan, error) {
	files := seeds.FS()
	if dir != "" {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return ingest.Plan{}, usagef("%s is not a directory of seeds; it should hold the folders alliances, crises, sources and states", dir)
		}
		files = os.DirFS(dir)
	}
	records, problems := seed.Read(files, ledger.Core)
	if len(problems) > 0 {
		list := &ingest.Problems{}
		list.Add(problems...)
		return ingest.Plan{}, list
	}
	return a.plan(ctx, ledger.Core, records, "import seeds", w)
}

// plan compares records with what the ledger holds of a dataset.
func (a *app) plan(ctx context.Context, dataset ledger.DatasetID, records []ingest.Record, editor string, w writer) (ingest.Plan, error) {
	held := new(ingest.Holdings)
	if err := w.holdings(ctx, dataset, held); err != nil {
		return ingest.Plan{}, err
	}
	plan, err := ingest.Reconcile(held, dataset, records, a.now().UTC().Truncate(time.Second), editor)
	if err != nil {
		return ingest.Plan{}, err
	}
	return plan, w.check(plan.Events)
}

// writer is where an import reads what is held and appends what is new: the
// store in this process, or a server.
type writer interface {
	// holdings adds every event of the dataset to h, in log order.
	holdings(ctx context.Context, dataset ledger.DatasetID, h *ingest.Holdings) error
	// core returns a World that tells of the curated history.
	core(ctx context.Context, read func(*projections.World)) error
	// check looks for references to things that do not exist.
	check(events []*ledger.Event) error
	// append appends a batch, whole or not at all, and says how many were there already.
	append(ctx context.Context, batch []ledger.Encoded) (duplicates int, err error)
	// limit is the largest batch in bytes.
	limit() int
}

func (h *ledgerHandle) writer() writer {
	if h.log != nil {
		return &localWriter{h.log, h.proj}
	}
	return &remoteWriter{h.client}
}

// localWriter writes to a log in this process.
type localWriter struct {
	log  ledger.Log
	proj *live.Projection // nil if references are not checked
}

func (w *localWriter) holdings(ctx context.Context, dataset ledger.DatasetID, h *ingest.Holdings) error {
	var d ledger.Decoder
	for e, err := range w.log.Read(ctx, 0) {
		if err != nil {
			return fmt.Errorf("read what the ledger holds: %w", err)
		}
		if e.Aggregate.Dataset != dataset {
			continue
		}
		event, err := d.Decode(e.Bytes)
		if err != nil {
			return fmt.Errorf("decode the event at sequence %d: %w", e.Seq, err)
		}
		if err := h.Add(e.Seq, &event); err != nil {
			return err
		}
	}
	return nil
}

func (w *localWriter) core(_ context.Context, read func(*projections.World)) error {
	w.proj.View(read)
	return nil
}

func (w *localWriter) check(events []*ledger.Event) error {
	var bad []ledger.FieldError
	w.proj.View(func(world *projections.World) { bad = world.Check(events, false) })
	if len(bad) > 0 {
		return &ledger.InvalidError{Fields: bad}
	}
	return nil
}

func (w *localWriter) append(ctx context.Context, batch []ledger.Encoded) (duplicates int, err error) {
	receipts, err := w.log.Append(ctx, ledger.Any(), batch...)
	if err != nil {
		return 0, err
	}
	for _, r := range receipts {
		if r.Duplicate {
			duplicates++
		}
	}
	if w.proj != nil && len(receipts) > 0 {
		return duplicates, w.proj.Wait(ctx, receipts[len(receipts)-1].Seq)
	}
	return duplicates, nil
}

func (w *localWriter) limit() int { return 16 << 20 }

// remoteWriter writes through a server.
type remoteWriter struct{ client *client }

func (w *remoteWriter) holdings(ctx context.Context, dataset ledger.DatasetID, h *ingest.Holdings) error {
	var d ledger.Decoder
	seq := ledger.Seq(0)
	err := w.client.events(ctx, string(dataset), func(line []byte) error {
		event, err := d.Decode(line)
		if err != nil {
			return fmt.Errorf("decode an event of the server: %w", err)
		}
		seq++ // their order counts here, not their place
		return h.Add(seq, &event)
	})
	var refused *problemError
	if seq == 0 && errors.As(err, &refused) && refused.Status == http.StatusUnprocessableEntity && strings.HasPrefix(refused.Detail, "dataset: ") {
		return nil // the server has no such dataset yet
	}
	return err
}

// core replays the curated history of the server.
func (w *remoteWriter) core(ctx context.Context, read func(*projections.World)) error {
	var d ledger.Decoder
	world := projections.New()
	err := w.client.events(ctx, string(ledger.Core), func(line []byte) error {
		event, err := d.Decode(line)
		if err != nil {
			return fmt.Errorf("decode an event of the server: %w", err)
		}
		return world.Apply(world.Head()+1, 0, &event) // their order counts here, not their place
	})
	if err != nil {
		return err
	}
	read(world)
	return nil
}

func (w *remoteWriter) check([]*ledger.Event) error { return nil } // the server does

func (w *remoteWriter) append(ctx context.Context, batch []ledger.Encoded) (duplicates int, err error) {
	var body bytes.Buffer
	for i, e := range batch {
		body.WriteByte("[,"[min(i, 1)])
		body.Write(e.Bytes)
	}
	body.WriteByte(']')
	out, err := w.client.post(ctx, nil, body.Bytes())
	return out.Duplicates, err
}

func (w *remoteWriter) limit() int { return 900 << 10 } // a body may have 1 MiB

// carryOut appends a plan in batches.
func (a *app) carryOut(ctx context.Context, plan ingest.Plan, w writer) error {
	encoded := make([]ledger.Encoded, len(plan.Events))
	for i, e := range plan.Events {
		enc, err := ledger.Encode(e)
		if err != nil {
			return fmt.Errorf("encode %s of %s: %w", e.Key, e.Aggregate, err)
		}
		encoded[i] = enc
	}
	_, err := a.appendAll(ctx, encoded, w)
	return err
}

// appendAll appends events in batches and shows progress on a terminal.
func (a *app) appendAll(ctx context.Context, events []ledger.Encoded, w writer) (duplicates int, err error) {
	bar := a.progress(len(events), "appending")
	defer func() { _ = bar.Exit() }() // leaves the bar where it stands
	done := 0
	for len(events) > 0 {
		n, size := 0, 0
		for n < len(events) && n < ledger.MaxAppend && (n == 0 || size+len(events[n].Bytes) < w.limit()) {
			size += len(events[n].Bytes) + 1
			n++
		}
		d, err := w.append(ctx, events[:n])
		if err != nil {
			return duplicates, fmt.Errorf("append: %w (what was acknowledged stays; run the import again to finish it)", err)
		}
		duplicates += d
		events = events[n:]
		if done += n; a.acked != nil {
			a.acked(done)
		}
		_ = bar.Add(n)
	}
	return duplicates, nil
}

// progress returns a bar on a terminal, a silent one elsewhere.
func (a *app) progress(n int, what string) *progressbar.ProgressBar {
	if !a.terminal() || n == 0 {
		return progressbar.DefaultSilent(int64(n))
	}
	return progressbar.NewOptions(n, progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription(what),
		progressbar.OptionShowCount(), progressbar.OptionShowIts(), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionOnCompletion(func() { fmt.Fprintln(a.stderr) }), progressbar.OptionFullWidth())
}

func (a *app) importEventsCommand() *cobra.Command {
	var dryRun bool
	c := &cobra.Command{
		Use:   "events FILE...",
		Short: "Append events from CloudEvents JSON Lines",
		Long: `import events appends what is not there yet: one CloudEvents document a line, as
"foedus events" prints them. It corrects and retracts nothing. Each file is checked whole
before anything of any file is appended. "-" reads standard input.`,
		Example: `  foedus events > backup.jsonl
  foedus import events backup.jsonl --data ./elsewhere`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.importEvents(c.Context(), args, dryRun) },
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "check the files and do nothing")
	return c
}

func (a *app) importEvents(ctx context.Context, names []string, dryRun bool) error {
	var events []ledger.Encoded
	for _, name := range names {
		more, err := a.readEvents(name)
		if err != nil {
			return err
		}
		events = append(events, more...)
	}
	if dryRun {
		fmt.Fprintf(a.stdout, "would be: %d events are well formed\n", len(events))
		return nil
	}
	w, done, err := a.bareWriter(ctx)
	if err != nil {
		return err
	}
	defer done()
	duplicates, err := a.appendAll(ctx, events, w)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%d appended, %d skipped\n", len(events)-duplicates, duplicates)
	return nil
}

// bareWriter opens the ledger for writing without answering questions.
func (a *app) bareWriter(ctx context.Context) (writer, func(), error) {
	if a.nats == "" {
		if h, ok := a.findServer(ctx); ok {
			r := a.remote(h)
			return r.writer(), r.close, nil
		}
	}
	h, err := a.local(ctx, false)
	if err != nil {
		return nil, nil, err
	}
	return h.writer(), h.close, nil
}

func (a *app) readEvents(name string) ([]ledger.Encoded, error) {
	r, label := a.stdin, "standard input"
	if name != "-" {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, usagef("there is no file %s", name)
		}
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		r, label = f, name
		if info, err := f.Stat(); err == nil && a.terminal() {
			bar := progressbar.NewOptions64(info.Size(), progressbar.OptionSetWriter(a.stderr), progressbar.OptionSetDescription("checking"),
				progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionFullWidth(),
				progressbar.OptionOnCompletion(func() { fmt.Fprintln(a.stderr) }))
			reader := progressbar.NewReader(f, bar)
			r = &reader
		}
	}
	return ingest.ReadEvents(r, label)
}
