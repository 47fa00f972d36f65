package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"foedus/ingest"
	"foedus/ingest/atop"
	"foedus/ledger"
	"foedus/projections"
)

// manyRetracted is from which part on an import that takes records back looks
// like one of the wrong file, or of a part of the right one.
const manyRetracted = 4 // a quarter

func (a *app) importATOPCommand() *cobra.Command {
	var in atopImport
	c := &cobra.Command{
		Use:   "atop FILE",
		Short: "Bring a dataset up to ATOP's member-level file",
		Long: `import atop reads the member-level file of the Alliance Treaty Obligations and Provisions data,
for example atop5_1m.csv, which its authors give to anybody who cites them. foedus neither ships
nor fetches it. The file again changes nothing; a newer version of it becomes corrections,
retractions and additions, and "known" before them still answers with the old version.`,
		Example: `  foedus import atop atop5_1m.csv
  foedus import atop atop5_2m.csv --dry-run
  foedus export directed-dyad-year --dataset atop --out panel.csv
  foedus diff --dataset atop --known-from 9000 --known-to 9500 --on 1914-01-01`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.importATOP(c.Context(), args[0], &in) },
	}
	f := c.Flags()
	f.StringVar(&in.dataset, "dataset", "atop", "the dataset `NAME` to bring up to the file")
	f.StringVar(&in.version, "version", "", "the `VERSION` of the data (default: what the file says)")
	f.StringVar(&in.through, "through", "", "the last `DATE` that the data cover (default: that of the version)")
	f.BoolVar(&in.dryRun, "dry-run", false, "say what would happen and do nothing")
	f.BoolVar(&in.shrink, "shrink", false, "go on although more than a quarter of the records would be retracted")
	return c
}

// atopImport are the flags of import atop.
type atopImport struct {
	foreignImport
	version, through string
}

func (a *app) importATOP(ctx context.Context, name string, in *atopImport) error {
	dataset, err := foreign(in.dataset)
	if err != nil {
		return err
	}
	o := atop.Options{Dataset: dataset, Name: filepath.Base(name), Version: in.version}
	if in.through != "" {
		day, err := ledger.ParseDate(in.through)
		if err != nil {
			return usagef("--through: %v", err)
		}
		o.Through = day
	}
	return a.importFile(ctx, name, "import atop", &in.foreignImport,
		func(w *projections.World) { o.Holders = holders(w) },
		func(r io.Reader) ([]ingest.Record, error) { return atop.Read(r, o) })
}

// foreignImport are the flags of every import of somebody else's data.
type foreignImport struct {
	dataset        string
	dryRun, shrink bool
}

// importFile brings a dataset up to the records that read finds in a file. Before,
// ask looks in the World for who the states of the curated history are.
func (a *app) importFile(
	ctx context.Context, name, editor string, in *foreignImport,
	ask func(w *projections.World), read func(r io.Reader) ([]ingest.Record, error),
) error {
	file, err := openInput(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	h, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	w := h.writer()
	states := 0
	err = w.core(ctx, func(world *projections.World) {
		states = len(world.List(ledger.Core, ledger.KindState, world.Head()))
		ask(world)
	})
	if err != nil {
		return err
	}
	if states == 0 {
		return errors.New("the ledger does not know who the states are; run foedus import seeds first")
	}
	records, err := read(file)
	if err != nil {
		return err
	}
	plan, err := a.plan(ctx, ledger.DatasetID(in.dataset), records, editor, w)
	if err != nil {
		return err
	}
	if err := shrinks(plan.Report, in.shrink || in.dryRun); err != nil {
		return err
	}
	return a.settle(ctx, plan, w, in.dryRun)
}

// shrinks refuses a plan that takes back much of what there is.
func shrinks(r ingest.Report, allowed bool) error {
	there := r.Corrected + r.Retracted + r.Skipped
	if allowed || r.Retracted*manyRetracted <= there || there == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d records would be retracted; is it the whole file? Look with --dry-run, and write --shrink if it is right", r.Retracted, there)
}

// openInput opens a file that the user named.
func openInput(name string) (io.ReadCloser, error) {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usagef("there is no file %s", name)
	}
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		_ = f.Close()
		return nil, usagef("%s is a directory; name a file", name)
	}
	return f, nil
}

// holders says which state of the curated history bore which number when.
func holders(w *projections.World) (out []atop.Holder) {
	q := projections.Query{Dataset: ledger.Core, Known: w.Head()}
	w.Spells(q, projections.FactCode, func(f projections.Fact) bool {
		if n, err := strconv.Atoi(f.Value); err == nil && f.A == "cow" {
			out = append(out, atop.Holder{
				State: ledger.StateID(f.Aggregate.ID), Code: n, From: f.Span.SinceEarliest, Until: f.Span.UntilLatest,
			})
		}
		return true
	})
	return out
}
