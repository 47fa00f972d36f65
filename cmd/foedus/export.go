package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"foedus/ledger"
	"foedus/projections/panel"
)

// exportFlags are the flags of export.
type exportFlags struct {
	out, on, yearRule string
	from, to          int
	full, cite        bool
}

func (a *app) exportCommand() *cobra.Command {
	var f exportFlags
	c := &cobra.Command{
		Use:   "export PRODUCT",
		Short: "Write a whole product: events, spells, panels, the network of a day",
		Long: `export writes a product of the whole dataset as it is known. The format follows from the
ending of --out, or from --format. With --out a codebook is written beside the file: what it
is, what every column and every missing value means, the hash of its content, how to cite it.

  events               the raw events, as import events reads them      jsonl
  spells               one row for each spell of a state in an alliance  csv, jsonl, parquet, dta
  state-year           what each state owed in each year                 csv, jsonl, parquet, dta
  dyad-year            what two states owed each other in each year      csv, jsonl, parquet, dta
  directed-dyad-year   what one state owed another in each year          csv, jsonl, parquet, dta
  edges                who was allied with whom on --on                  csv, jsonl, parquet, dta, graphml

A year counts by --year-rule: any-day (the membership touches the year; in a dataset of ATOP the
year of exit counts even if the exit was on 1 January, as in the published files), all-days, jan-1
or dec-31. Panels have a row for who is in an alliance; --full adds everybody else, with zeros.
What the dataset does not cover is missing, never zero. In the curated history most dyads are
those of the Charter of the United Nations.`,
		Example: `  foedus export spells --out spells.csv
  foedus export state-year --from 1914 --to 1945 --out states.dta
  foedus export directed-dyad-year --dataset atop --out panel.parquet --cite
  foedus export edges --on 1914-08-01 --out network.graphml
  foedus export events --out events.jsonl`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: slices.Sorted(maps.Keys(productFormats())),
		RunE:      func(c *cobra.Command, args []string) error { return a.export(c.Context(), args[0], &f) },
	}
	c.Flags().StringVar(&f.out, "out", "", "`FILE` to write (default standard output)")
	c.Flags().StringVar(&f.on, "on", "", "the `DATE` of edges (default today)")
	c.Flags().StringVar(&f.yearRule, "year-rule", "", "when a year counts: `RULE` any-day, all-days, jan-1 or dec-31 (default any-day)")
	c.Flags().IntVar(&f.from, "from", 0, "the first `YEAR` of a panel (default: that of the coverage)")
	c.Flags().IntVar(&f.to, "to", 0, "the last `YEAR` of a panel (default: that of the coverage)")
	c.Flags().BoolVar(&f.full, "full", false, "a panel with rows for those without an alliance too")
	c.Flags().BoolVar(&f.cite, "cite", false, "write a BibTeX entry beside --out, or alone to standard output")
	a.addReadFlags(c)
	_ = c.RegisterFlagCompletionFunc("year-rule", cobra.FixedCompletions(panel.Rules(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) export(ctx context.Context, product string, f *exportFlags) error {
	all := productFormats()
	formats := all[product]
	names := slices.Sorted(maps.Keys(all))
	if near := ledger.Nearest(product, names); formats == nil && near != "" {
		return usagef("there is no product %q; did you mean %s?", product, near)
	}
	if formats == nil {
		return usagef("there is no product %q; the products are %s", product, strings.Join(names, ", "))
	}
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(f.out), "."))
	switch {
	case a.format == "" && slices.Contains(formats, ending):
		a.format = ending
	case a.format == "" && f.out != "":
		return usagef("--out: the ending %q names no format of %s; use %s, or write --format", ending, product, strings.Join(formats, ", "))
	case slices.Contains(formats, ending) && a.format != ending:
		return usagef("--out ends in .%s and --format says %s; say the same twice, or once", ending, a.format)
	}
	format, err := a.output(formats...)
	if err != nil {
		return err
	}
	q, err := a.exportQuery(product, f)
	if err != nil {
		return err
	}
	base := "/v1/export/" + product + "."
	switch {
	case f.out == "" && f.cite && product != productEvents:
		q.Set("of", format)
		return a.stream(ctx, base+formatBibTeX, q, "*/*", a.stdout)
	case f.out == "":
		return a.stream(ctx, base+format, q, "*/*", a.stdout)
	}
	h, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	sum := sha256.New()
	bar := a.spinner("writing " + filepath.Base(f.out))
	err = whole(f.out, func(w io.Writer) error { return h.stream(ctx, base+format, q, "*/*", io.MultiWriter(w, sum, bar)) })
	_ = bar.Finish()
	if err != nil || product == productEvents {
		return err
	}
	return beside(ctx, h, base, format, q, f, hex.EncodeToString(sum.Sum(nil)))
}

// beside writes the codebook, and the citation if it is asked for.
func beside(ctx context.Context, h *ledgerHandle, base, format string, q url.Values, f *exportFlags, sum string) error {
	q.Set("of", format)
	q.Set("known", h.client.seq) // that of the file: the ledger may have grown
	if f.cite {
		if err := whole(f.out+".bib", func(w io.Writer) error { return h.stream(ctx, base+formatBibTeX, q, "*/*", w) }); err != nil {
			return err
		}
	}
	q.Set("sha256", sum)
	return whole(f.out+".codebook.md", func(w io.Writer) error { return h.stream(ctx, base+formatCodebook, q, "*/*", w) })
}

// exportQuery checks the flags before a store is opened for them.
func (a *app) exportQuery(product string, f *exportFlags) (url.Values, error) {
	q := a.query()
	isPanel := slices.Contains([]string{productStates, productDyads, productDirected}, product)
	for name, given := range map[string]bool{"--year-rule": f.yearRule != "", "--from": f.from != 0, "--to": f.to != 0, "--full": f.full} {
		if given && !isPanel {
			return nil, usagef("%s is for the panels: state-year, dyad-year, directed-dyad-year", name)
		}
	}
	if f.on != "" {
		if product != productEdges {
			return nil, usagef("--on is for edges; a panel takes --from and --to")
		}
		if err := dateArg("--on", f.on); err != nil {
			return nil, err
		}
		q.Set("on", f.on)
	}
	if f.yearRule != "" {
		if _, ok := panel.ParseRule(f.yearRule); !ok {
			return nil, usagef("--year-rule: %q is none of %s", f.yearRule, strings.Join(panel.Rules(), ", "))
		}
		q.Set("year_rule", f.yearRule)
	}
	for name, year := range map[string]int{"from": f.from, "to": f.to} {
		if year < 0 || year > 9999 {
			return nil, usagef("--%s: %d is no year; write one from 1 to 9999", name, year)
		}
		if year != 0 {
			q.Set(name, strconv.Itoa(year))
		}
	}
	if f.full {
		q.Set("full", "true")
	}
	return q, nil
}

// spinner shows how much was written, on a terminal; a silent one elsewhere. It
// turns when something is written and not by itself: the library's own clock
// reads what the writer writes without a lock.
func (a *app) spinner(what string) *progressbar.ProgressBar {
	to := io.Discard
	if a.terminal() {
		to = a.stderr
	}
	return progressbar.NewOptions64(-1, progressbar.OptionSetWriter(to), progressbar.OptionSetDescription(what),
		progressbar.OptionShowBytes(true), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(),
		progressbar.OptionSetSpinnerChangeInterval(0))
}

// whole writes a file by way of another name, so that it is whole or not there.
func whole(path string, write func(io.Writer) error) error {
	if behind, err := filepath.EvalSymlinks(path); err == nil {
		path = behind // a link stays one
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return usagef("--out: %s is a directory; name a file", path)
	case err == nil && !info.Mode().IsRegular(): // a device or a pipe has no name to give away
		return straight(path, write)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already after the rename
	if err := write(f); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}

// straight writes into what is there.
func straight(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	if err := write(f); err != nil {
		_ = f.Close()
		return fmt.Errorf("write %s: %w", path, err)
	}
	return f.Close()
}
