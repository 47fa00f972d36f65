package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"foedus/ledger"
)

// query returns the parameters of the flags that every reading command has.
func (a *app) query() url.Values {
	q := url.Values{}
	set := func(name, value string) {
		if value != "" {
			q.Set(name, value)
		}
	}
	set("dataset", a.reading.dataset)
	set("known", a.reading.known)
	set("reading", a.reading.reading)
	if a.reading.public {
		q.Set("public", "true")
	}
	if a.reading.certain {
		q.Set("certain", "true")
	}
	return q
}

// dateArg checks a date before a store is opened for it.
func dateArg(name, s string) error {
	if _, err := ledger.ParseDate(s); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// answer asks path and prints what comes in the format of --format: the
// server's own JSON or CSV, byte for byte, or a table made by render from the
// JSON.
func (a *app) answer(ctx context.Context, path string, q url.Values, render func(body []byte, w io.Writer) error) error {
	format, err := a.output("table", "json", "csv", "jsonl")
	if err != nil {
		return err
	}
	body, err := a.ask(ctx, path, q, format)
	if err != nil {
		return err
	}
	return a.show(body, format, render)
}

// ask returns the whole answer to path. An answer that breaks off is an error,
// so that nothing is printed of it.
func (a *app) ask(ctx context.Context, path string, q url.Values, format string) ([]byte, error) {
	h, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	defer h.close()
	accept := "application/json"
	if format == "csv" {
		accept = "text/csv"
	}
	body, err := h.client.get(ctx, path, q, accept)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }()
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return b, nil
}

// show prints an answer.
func (a *app) show(body []byte, format string, render func(body []byte, w io.Writer) error) error {
	switch format {
	case "json", "csv":
		_, err := a.stdout.Write(body)
		return err
	case "jsonl":
		return printLines(a.stdout, body)
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	if err := render(body, w); err != nil {
		return err
	}
	return w.Flush()
}

// printLines prints the list that a document is about one element a line, or
// the document itself on one line if it is about no list.
func printLines(w io.Writer, b []byte) error {
	var doc map[string]json.RawMessage
	if err := json.Unmarshal(b, &doc); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	for _, name := range []string{"entries", "changes", "alliances", "memberships", "members", "duties", "places", "occasions"} {
		var list []json.RawMessage
		if doc[name] == nil || json.Unmarshal(doc[name], &list) != nil {
			continue
		}
		for _, item := range list {
			if _, err := fmt.Fprintf(w, "%s\n", item); err != nil {
				return err
			}
		}
		return nil
	}
	_, err := fmt.Fprintf(w, "%s\n", bytes.TrimSpace(b))
	return err
}

func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (a *app) atCommand() *cobra.Command {
	var alliance, state string
	c := &cobra.Command{
		Use:   "at DATE",
		Short: "The world, one alliance or one state on a date",
		Example: `  foedus at 1955-05-06 --alliance nato
  foedus at 1968-09-12 --alliance warsaw-pact
  foedus at 1986-08-12 --state new-zealand
  foedus at 1949-08-24 --known 120 --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := dateArg("DATE", args[0]); err != nil {
				return err
			}
			q := a.query()
			q.Set("on", args[0])
			switch {
			case alliance != "" && state != "":
				return usagef("--alliance and --state exclude each other; ask twice")
			case alliance != "":
				return a.answer(c.Context(), "/v1/alliances/"+url.PathEscape(alliance), q, renderAlliance)
			case state != "":
				return a.answer(c.Context(), "/v1/states/"+url.PathEscape(state), q, renderState)
			}
			return a.answer(c.Context(), "/v1/world", q, renderWorld)
		},
	}
	c.Flags().StringVar(&alliance, "alliance", "", "one alliance, by `ID`")
	c.Flags().StringVar(&state, "state", "", "one state `S`, by id, ISO code, cow:NNN or gw:NNN")
	a.addReadFlags(c)
	a.completeNames(c)
	return c
}

func (a *app) timelineCommand() *cobra.Command {
	var alliance, state, on string
	c := &cobra.Command{
		Use:   "timeline (--alliance ID | --state S)",
		Short: "What is recorded of an alliance or a state, in historical order, with sources",
		Example: `  foedus timeline --alliance warsaw-pact
  foedus timeline --state greece --format csv`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			q := a.query()
			if on != "" {
				if err := dateArg("--on", on); err != nil {
					return err
				}
				q.Set("on", on)
			}
			switch {
			case alliance != "" && state == "":
				return a.answer(c.Context(), "/v1/alliances/"+url.PathEscape(alliance)+"/timeline", q, renderTimeline)
			case state != "" && alliance == "":
				return a.answer(c.Context(), "/v1/states/"+url.PathEscape(state)+"/timeline", q, renderTimeline)
			}
			return usagef("write one of --alliance ID and --state S")
		},
	}
	c.Flags().StringVar(&alliance, "alliance", "", "one alliance, by `ID`")
	c.Flags().StringVar(&state, "state", "", "one state `S`, by id, ISO code, cow:NNN or gw:NNN")
	c.Flags().StringVar(&on, "on", "", "the `DATE` on which codes are read and publicity is judged (default today)")
	a.addReadFlags(c)
	a.completeNames(c)
	return c
}

func (a *app) reportCommand() *cobra.Command {
	var alliance string
	c := &cobra.Command{
		Use:   "report",
		Short: "How well each alliance is recorded: events, clauses, citations by grade, disputes",
		Long: `How well each alliance is recorded.

A citation of grade A was checked against its source, B is well known, C
probable, D disputed. The claims of a dispute count as citations. ELSEWHERE are
records of crises and states that mention the alliance.`,
		Example: `  foedus report
  foedus report --alliance nato
  foedus report --format csv > report.csv`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			q := a.query()
			if alliance != "" {
				q.Set("alliance", alliance)
			}
			return a.answer(c.Context(), "/v1/report", q, renderReport)
		},
	}
	c.Flags().StringVar(&alliance, "alliance", "", "one alliance, by `ID`")
	a.addReadFlags(c)
	a.completeNames(c)
	return c
}

// diffFlags are the flags of diff.
type diffFlags struct {
	alliance, state, on, knownFrom, knownTo string
}

func (a *app) diffCommand() *cobra.Command {
	var f diffFlags
	c := &cobra.Command{
		Use:   "diff (FROM TO | --known-from K --known-to K --on DATE)",
		Short: "What changed between two dates, or between two states of knowledge",
		Example: `  foedus diff 1954-01-01 1956-01-01
  foedus diff 1966-06-30 1966-07-02 --alliance nato
  foedus diff --known-from 100 --known-to 101 --on 1948-06-01`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			q, err := a.diffQuery(args, f)
			if err != nil {
				return err
			}
			return a.answer(c.Context(), "/v1/diff", q, renderDiff)
		},
	}
	c.Flags().StringVar(&f.alliance, "alliance", "", "one alliance, by `ID`")
	c.Flags().StringVar(&f.state, "state", "", "one state `S`, by id, ISO code, cow:NNN or gw:NNN")
	c.Flags().StringVar(&f.on, "on", "", "the `DATE`, with --known-from and --known-to")
	c.Flags().StringVar(&f.knownFrom, "known-from", "", "the earlier state of knowledge `K`, a sequence or an RFC 3339 time")
	c.Flags().StringVar(&f.knownTo, "known-to", "", "the later state of knowledge `K`")
	a.addReadFlags(c)
	a.completeNames(c)
	return c
}

func (a *app) diffQuery(args []string, f diffFlags) (url.Values, error) {
	q := a.query()
	switch {
	case len(args) == 2 && f.knownFrom == "" && f.knownTo == "":
		for i, name := range []string{"FROM", "TO"} {
			if err := dateArg(name, args[i]); err != nil {
				return nil, err
			}
		}
		q.Set("from", args[0])
		q.Set("to", args[1])
	case len(args) == 0 && f.knownFrom != "" && f.knownTo != "" && f.on != "":
		if err := dateArg("--on", f.on); err != nil {
			return nil, err
		}
		q.Set("known_from", f.knownFrom)
		q.Set("known_to", f.knownTo)
		q.Set("on", f.on)
	default:
		return nil, usagef("write two dates, or --known-from, --known-to and --on; see foedus diff --help")
	}
	if f.alliance != "" {
		q.Set("alliance", f.alliance)
	}
	if f.state != "" {
		q.Set("state", f.state)
	}
	return q, nil
}

func (a *app) eventsCommand() *cobra.Command {
	var after string
	c := &cobra.Command{
		Use:   "events",
		Short: "Raw events in log order, JSON Lines",
		Example: `  foedus events > backup.jsonl
  foedus events --after 1000 | jq .type`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if _, err := a.output("jsonl", "json"); err != nil {
				return err
			}
			q := a.query()
			q.Set("format", "jsonl")
			if after != "" {
				if _, err := ledger.ParseSeq(after); err != nil {
					return usagef("--after: %v", err)
				}
				q.Set("after", after)
			}
			return a.stream(c.Context(), "/v1/events", q, "application/x-ndjson", a.stdout)
		},
	}
	c.Flags().StringVar(&after, "after", "", "only events behind the sequence `SEQ`")
	c.Flags().StringVar(&a.reading.known, "known", "", "only what the ledger held at `K`, a sequence or an RFC 3339 time")
	c.Flags().StringVar(&a.reading.dataset, "dataset", "", "only the dataset `NAME`")
	return c
}

// stream copies an answer to w as it comes.
func (a *app) stream(ctx context.Context, path string, q url.Values, accept string, w io.Writer) error {
	h, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	return h.stream(ctx, path, q, accept, w)
}

// stream copies an answer to w as it comes.
func (h *ledgerHandle) stream(ctx context.Context, path string, q url.Values, accept string, w io.Writer) error {
	body, err := h.client.get(ctx, path, q, accept)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if _, err := io.Copy(w, body); err != nil {
		return fmt.Errorf("copy the answer: %w", err)
	}
	return nil
}
