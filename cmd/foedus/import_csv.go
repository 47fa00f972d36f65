package main

import (
	"context"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"foedus/ingest"
	"foedus/ingest/table"
	"foedus/ledger"
	"foedus/projections"
)

func (a *app) importCSVCommand() *cobra.Command {
	var in csvImport
	c := &cobra.Command{
		Use:   "csv FILE --map MAPPING --dataset NAME",
		Short: "Bring a dataset up to a table of member spells of your own",
		Long: `import csv reads any CSV file of which a row is the time of one state in one alliance. A small
YAML file, the mapping, says which column means what; "go doc foedus/ingest/table" documents it.
The guarantees are those of import atop: the file again changes nothing, a newer one becomes
corrections, retractions and additions, and a file with anything wrong in it changes nothing.

  source: {title: Pacts of the Middle Sea, author: R. Hentzau}
  coverage: {from: 1860-01-01, through: 1923-12-31}
  columns:
    alliance: pact
    state: {column: ccode, code: cow}      # cow, cow-abbrev, gw, iso3, or id
    start: {year: from_year, month: from_month, day: from_day}
    end: until                             # one column with a date
    end_means: last-day                    # or first-day-out
    obligations: {defense: defends, consult: talks}`,
		Example: `  foedus import csv pacts.csv --map pacts.yaml --dataset pacts --dry-run
  foedus import csv pacts.csv --map pacts.yaml --dataset pacts
  foedus export state-year --dataset pacts --out panel.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.importCSV(c.Context(), args[0], &in) },
	}
	f := c.Flags()
	f.StringVar(&in.mapping, "map", "", "the `MAPPING`, a YAML file")
	f.StringVar(&in.dataset, "dataset", "", "the dataset `NAME` to bring up to the file")
	f.BoolVar(&in.dryRun, "dry-run", false, "say what would happen and do nothing")
	f.BoolVar(&in.shrink, "shrink", false, "go on although more than a quarter of the records would be retracted")
	return c
}

// csvImport are the flags of import csv.
type csvImport struct {
	foreignImport
	mapping string
}

func (a *app) importCSV(ctx context.Context, name string, in *csvImport) error {
	dataset, err := foreign(in.dataset)
	if err != nil {
		return err
	}
	if in.mapping == "" {
		return usagef("--map is missing: name the YAML file that says which column means what; see foedus import csv --help")
	}
	mapFile, err := openInput(in.mapping)
	if err != nil {
		return err
	}
	defer func() { _ = mapFile.Close() }()
	m, err := table.ReadMapping(mapFile, filepath.Base(in.mapping))
	if err != nil {
		return err
	}
	o := table.Options{Dataset: dataset}
	return a.importFile(ctx, name, "import csv", &in.foreignImport,
		func(w *projections.World) { bearers(w, &o) },
		func(r io.Reader) ([]ingest.Record, error) { return table.Read(r, filepath.Base(name), m, o) })
}

// foreign checks the name of a dataset that an import may fill.
func foreign(name string) (ledger.DatasetID, error) {
	switch why := ledger.CheckName(name); {
	case name == "":
		return "", usagef("--dataset is missing: give what is imported a name of its own, for example mydata")
	case why != "":
		return "", usagef("--dataset: %q: %s", name, why)
	case name == string(ledger.Core):
		return "", usagef("--dataset: core is the curated history; name another dataset")
	}
	return ledger.DatasetID(name), nil
}

// bearers says which states the curated history has, and who bore which code
// when.
func bearers(w *projections.World, o *table.Options) {
	q := projections.Query{Dataset: ledger.Core, Known: w.Head()}
	w.Spells(q, projections.FactCode, func(f projections.Fact) bool {
		o.Holders = append(o.Holders, table.Holder{
			State: ledger.StateID(f.Aggregate.ID), Scheme: f.A, Code: f.Value, From: f.Span.SinceEarliest, Until: f.Span.UntilLatest,
		})
		return true
	})
	for _, id := range w.List(ledger.Core, ledger.KindState, q.Known) {
		o.States = append(o.States, ledger.StateID(id))
	}
}
