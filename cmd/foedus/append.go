package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"foedus/ledger"
)

func (a *app) appendCommand() *cobra.Command {
	var expect string
	var strict bool
	c := &cobra.Command{
		Use:   "append FILE",
		Short: "Append events from a JSON file",
		Long: `append takes one CloudEvents document or an array of them; an array lands whole or not at all.
An absent id, source and recordedtime are filled in. "-" reads standard input.`,
		Example: `  foedus append accession.json
  foedus append --expect none new-treaty.json
  echo '{"type":"foedus.member.invited.v1","subject":"alliance/nato","data":{...}}' | foedus append -`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.append(c.Context(), args[0], expect, strict) },
	}
	c.Flags().StringVar(&expect, "expect", "", "last `SEQ` of the subject that you saw, or none; refused if another writer was first")
	c.Flags().BoolVar(&strict, "strict", false, "refuse events about things that no event tells of yet")
	return c
}

func (a *app) append(ctx context.Context, name, expect string, strict bool) error {
	format, err := a.output("table", "json")
	if err != nil {
		return err
	}
	body, err := a.readFile(name)
	if err != nil {
		return err
	}
	h, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	query := url.Values{}
	if expect != "" {
		query.Set("expect", expect)
	}
	if strict {
		query.Set("strict", "true")
	}
	out, err := h.client.post(ctx, query, body)
	if err != nil {
		return fmt.Errorf("append %s: %w", filepath.Base(name), err)
	}
	if format == "json" {
		return printJSON(a.stdout, out)
	}
	if n := len(out.Seqs); n > 0 {
		fmt.Fprintf(a.stdout, "%d appended, %d were there already; last sequence %d\n", n-out.Duplicates, out.Duplicates, lastSeq(out.Seqs))
	}
	for i, id := range out.IDs[:min(len(out.IDs), 10)] { // to correct or retract by
		fmt.Fprintf(a.stdout, "%s at %d\n", id, out.Seqs[i])
	}
	return nil
}

func lastSeq(seqs []ledger.Seq) (last ledger.Seq) {
	for _, s := range seqs {
		last = max(last, s)
	}
	return last
}

// readFile reads a file, or standard input for "-".
func (a *app) readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(a.stdin)
	}
	b, err := os.ReadFile(name)
	if os.IsNotExist(err) {
		return nil, usagef("there is no file %s", name)
	}
	return b, err
}
