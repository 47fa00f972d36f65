package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"foedus/ledger"
)

func (a *app) exportCommand() *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "export PRODUCT",
		Short: "Write a whole product: events or spells",
		Long: `export writes a product of the whole dataset as it is known. The format follows from the
ending of --out, or from --format.

  events   the raw events, as import events reads them   jsonl
  spells   one row for each spell of a state in an alliance   csv, jsonl`,
		Example: `  foedus export spells --out spells.csv
  foedus export spells --reading signature --format jsonl
  foedus export events --out events.jsonl`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: []string{"events", "spells"},
		RunE:      func(c *cobra.Command, args []string) error { return a.export(c.Context(), args[0], out) },
	}
	c.Flags().StringVar(&out, "out", "", "`FILE` to write (default standard output)")
	a.addReadFlags(c)
	return c
}

func (a *app) export(ctx context.Context, product, out string) error {
	formats := map[string][]string{"events": {"jsonl"}, "spells": {"csv", "jsonl"}}[product]
	if near := ledger.Nearest(product, []string{"events", "spells"}); formats == nil && near != "" {
		return usagef("there is no product %q; did you mean %s?", product, near)
	}
	if formats == nil {
		return usagef("there is no product %q; the products are events and spells", product)
	}
	if ending := strings.TrimPrefix(filepath.Ext(out), "."); a.format == "" && ending != "" {
		a.format = ending
	}
	format, err := a.output(formats...)
	if err != nil {
		return err
	}
	path := "/v1/export/" + product + "." + format
	if out == "" {
		return a.stream(ctx, path, a.query(), "*/*", a.stdout)
	}
	return whole(out, func(w io.Writer) error { return a.stream(ctx, path, a.query(), "*/*", w) })
}

// whole writes a file by way of another name, so that it is whole or not there.
func whole(path string, write func(io.Writer) error) error {
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
