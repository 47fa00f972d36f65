package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"

	"github.com/spf13/cobra"

	"foedus/ledger"
	"foedus/projections/obligations"
)

// obligationFlags are the flags of obligations.
type obligationFlags struct {
	attacked, by, nonstate, assume, without []string
	on, place, act, chain                   string
	domain, provocation, attribution        string
	extent, whatIf                          string
	forces, trace, dot, all, brief, fights  bool
	propagate                               bool
}

func (a *app) obligationsCommand() *cobra.Command {
	var f obligationFlags
	c := &cobra.Command{
		Use:   "obligations --attacked S --by S --on DATE",
		Short: "Who is bound to do what, under which clause, and why",
		Long: `obligations holds every clause that was in force on a day against a situation: who is attacked by whom,
where and how. It says what the texts say on these facts. It forecasts nothing, and claims no law beyond
the text. A fact that the record does not hold is unknown and never taken for false.

The verdicts: bound; arguable, where the text or the facts can be read both ways; unknown, where a fact is
missing; political, where it was promised and not in law; suspended; not-bound (listed with --all).

--chain follows what comes of it: recorded, as far as the record tells up to the day; obliged, as if every
state did what it is bound to; worst, as if what is arguable were bound too. Whatever is not on record is
called a hypothesis.

--without and --what-if ask the same question about a record that is only supposed. Nothing is written.`,
		Example: `  foedus obligations --attacked russia --by germany --act war --on 1914-08-01 --chain obliged
  foedus obligations --attacked belgium --by germany --on 1914-08-04 --trace
  foedus obligations --attacked poland --by germany,soviet-union --on 1939-09-17
  foedus obligations --attacked united-kingdom --by argentina --on 1982-04-02 --place falkland-islands
  foedus obligations --attacked united-states --nonstate al-qaida --on 2001-09-11
  foedus obligations --attacked russia --by germany --act war --on 1914-08-01 --chain worst --dot | dot -Tsvg > chain.svg
  foedus obligations --attacked france --by germany --on 1914-08-04 --chain recorded --what-if italy-fights.json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.obligations(c.Context(), &f) },
	}
	a.addObligationFlags(c, &f)
	a.addReadFlags(c)
	return c
}

// addObligationFlags declares the flags that say what is asked.
func (a *app) addObligationFlags(c *cobra.Command, f *obligationFlags) {
	s := c.Flags()
	s.StringSliceVar(&f.attacked, "attacked", nil, "who is attacked: a state `S`, by id, ISO code, cow:NNN or gw:NNN; repeated, or separated by commas")
	s.StringSliceVar(&f.by, "by", nil, "who attacks: a state `S`, written likewise")
	s.StringArrayVar(&f.nonstate, "nonstate", nil, "the `NAME` of an attacker that is no state; repeated")
	s.StringVar(&f.on, "on", "", "the `DATE` of the question (default today)")
	s.StringVar(&f.act, "act", "", "what is done, a `KIND`: attack, war, mobilization, threat or blockade (default attack)")
	s.StringVar(&f.place, "place", "", "where, a `PLACE` of foedus places (default: the metropolitan territory of who is attacked)")
	s.BoolVar(&f.forces, "forces", false, "not the territory is attacked but forces, vessels or aircraft that are there")
	s.StringVar(&f.domain, "domain", "", "the `DOMAIN`: land, sea, air, cyber or space")
	s.StringVar(&f.provocation, "provocation", "", "`WHETHER` the target provoked it: unprovoked, provoked or disputed")
	s.StringVar(&f.attribution, "attribution", "", "`WHOSE` act it is: state, non-state or disputed")
	s.StringVar(&f.extent, "extent", "", "the `EXTENT` of a mobilization: partial, general or precautionary (default general)")
	s.StringArrayVar(&f.assume, "assume", nil, "`WORDS` of a condition that no recorded fact decides, which is taken to hold; repeated")
	s.BoolVar(&f.propagate, "propagate", false, "suppose that what one treaty deems an attack on all counts for others too")
	s.StringVar(&f.chain, "chain", "", "how far to follow what comes of it, a `MODE`: none, recorded, obliged or worst (default none)")
	s.StringSliceVar(&f.without, "without", nil, "suppose that the event `ID` does not count; repeated")
	s.StringVar(&f.whatIf, "what-if", "", "suppose the events of `FILE`: CloudEvents JSON, one or an array, as for append")
	s.BoolVar(&f.trace, "trace", false, "show each step that led to each verdict, numbered, with its sources")
	s.BoolVar(&f.dot, "dot", false, "print the chain for Graphviz")
	s.BoolVar(&f.all, "all", false, "list what is not bound as well")
	s.BoolVar(&f.fights, "fights", false, "list only duties by which somebody may have to fight or to mobilise")
	s.BoolVar(&f.brief, "brief", false, "leave out the paragraph that explains")
	for flag, values := range map[string][]string{
		"act": obligations.ActKinds(), "chain": obligations.Modes(), "domain": {"land", "sea", "air", "cyber", "space"},
		"provocation": {obligations.Unprovoked, obligations.Provoked, obligations.Disputed}, "attribution": {"state", "non-state", "disputed"},
		"extent": {"partial", "general", "precautionary"},
	} {
		_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
	for flag, path := range map[string]string{"attacked": "/v1/states", "by": "/v1/states"} {
		a.completeFlag(c, flag, path)
	}
	_ = c.RegisterFlagCompletionFunc("place", cobra.FixedCompletions(placeNames(), cobra.ShellCompDirectiveNoFileComp))
	_ = c.MarkFlagFilename("what-if", "json")
}

// placeNames lists the places with what they are called.
func placeNames() (out []string) {
	for _, p := range obligations.Places() {
		out = append(out, cobra.CompletionWithDesc(string(p.ID), p.Name))
	}
	return out
}

// params are those of the HTTP API.
func (f *obligationFlags) params(q url.Values) url.Values {
	for name, values := range map[string][]string{
		"attacked": f.attacked, "by": f.by, "nonstate": f.nonstate, "assume": f.assume, "without": f.without,
		"on": {f.on}, "place": {f.place}, "act": {f.act}, "chain": {f.chain}, "domain": {f.domain}, "provocation": {f.provocation},
		"attribution": {f.attribution}, "extent": {f.extent},
	} {
		for _, v := range values {
			if v != "" {
				q.Add(name, v)
			}
		}
	}
	if f.forces {
		q.Set("forces", "true")
	}
	if f.propagate {
		q.Set("propagate", "true")
	}
	return q
}

func (a *app) obligations(ctx context.Context, f *obligationFlags) error {
	format, err := a.output("table", "json", "csv", "jsonl")
	if err != nil {
		return err
	}
	switch {
	case len(f.attacked) == 0:
		return usagef("name who is attacked with --attacked; see foedus obligations --help")
	case len(f.by)+len(f.nonstate) == 0:
		return usagef("name who attacks with --by, or with --nonstate an attacker that is no state; see foedus obligations --help")
	case f.dot && a.format != "":
		return usagef("--dot is a format of its own; leave --format out")
	}
	if f.on != "" {
		if err := dateArg("--on", f.on); err != nil {
			return err
		}
	}
	q := f.params(a.query())
	accept := map[bool]string{true: "text/csv", false: "application/json"}[format == "csv"]
	if f.dot {
		accept = "text/vnd.graphviz"
	}
	body, err := a.askObligations(ctx, q, accept, f.whatIf)
	if err != nil {
		return err
	}
	if f.dot {
		_, err := a.stdout.Write(body)
		return err
	}
	return a.show(body, format, func(body []byte, w io.Writer) error { return renderObligations(body, w, f) })
}

// askObligations asks about the record, or about what a file supposes.
func (a *app) askObligations(ctx context.Context, q url.Values, accept, whatIf string) ([]byte, error) {
	var events []byte
	if whatIf != "" {
		var err error
		if events, err = a.supposed(whatIf); err != nil {
			return nil, err
		}
	}
	h, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	defer h.close()
	var body io.ReadCloser
	if events == nil {
		body, err = h.client.get(ctx, "/v1/obligations", q, accept)
	} else {
		body, err = h.client.send(ctx, "/v1/obligations", q, accept, events)
	}
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

// supposed reads a file of events: one, an array, or JSON Lines.
func (a *app) supposed(name string) ([]byte, error) {
	text, err := a.readFile(name)
	if err != nil {
		return nil, err
	}
	var events []json.RawMessage
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		var doc json.RawMessage
		err := d.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, usagef("%s is not JSON: %v", filepath.Base(name), err)
		}
		var list []json.RawMessage
		if json.Unmarshal(doc, &list) == nil {
			events = append(events, list...)
			continue
		}
		events = append(events, doc)
	}
	if len(events) > ledger.MaxAppend {
		return nil, usagef("%s has %d events; at most %d can be supposed", filepath.Base(name), len(events), ledger.MaxAppend)
	}
	return json.Marshal(map[string]any{"events": events})
}

// send posts a question that needs a body; the caller closes the answer.
func (c *client) send(ctx context.Context, path string, query url.Values, accept string, body []byte) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path+"?"+query.Encode(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", accept)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		defer func() { _ = res.Body.Close() }()
		return nil, readProblem(res)
	}
	return res.Body, nil
}

func (a *app) placesCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "places [TEXT]",
		Short: "The places that --place of obligations knows, and who held them",
		Example: `  foedus places
  foedus places malvinas
  foedus places algeria --format json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			q := url.Values{}
			if len(args) > 0 {
				q.Set("q", args[0])
			}
			return a.answer(c.Context(), "/v1/places", q, renderPlaces)
		},
	}
}
