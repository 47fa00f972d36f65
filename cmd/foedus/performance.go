package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

func (a *app) performanceCommand() *cobra.Command {
	var alliance, state, crisis string
	c := &cobra.Command{
		Use:   "performance",
		Short: "What parties did when a clause was called for, and what scholars made of it",
		Long: `performance lists each clause that was invoked, and each that somebody answered although nobody invoked it, with what
every party of that day is on record to have done. An alliance that acted as a whole says nothing of its
parties. Claims of scholars stand as claims and may conflict. Every number has the rule that produced it.`,
		Example: `  foedus performance --alliance triple-alliance
  foedus performance --state italy
  foedus performance --crisis september-2001 --format csv`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			q := a.query()
			for name, value := range map[string]string{"alliance": alliance, "state": state, "crisis": crisis} {
				if value != "" {
					q.Set(name, value)
				}
			}
			return a.answer(c.Context(), "/v1/performance", q, renderPerformance)
		},
	}
	c.Flags().StringVar(&alliance, "alliance", "", "one alliance, by `ID`")
	c.Flags().StringVar(&state, "state", "", "one state `S`, by id, ISO code, cow:NNN or gw:NNN")
	c.Flags().StringVar(&crisis, "crisis", "", "one crisis, by `ID`")
	a.addReadFlags(c)
	a.completeNames(c)
	return c
}

// deedDoc is what a table shows of a deed.
type deedDoc struct {
	Sort  string  `json:"sort"`
	Value string  `json:"value"`
	What  string  `json:"what"`
	Named bool    `json:"names_clause"`
	Still bool    `json:"still"`
	Since *string `json:"since"`
}

// performanceDoc is what a table shows of a history of performance.
type performanceDoc struct {
	Known     knownDoc `json:"known"`
	Occasions []struct {
		Crisis   string   `json:"crisis"`
		Alliance string   `json:"alliance"`
		Clause   string   `json:"clause"`
		Kind     string   `json:"kind"`
		Invoked  bool     `json:"invoked"`
		Invokers []string `json:"invokers"`
		Organ    string   `json:"organ"`
		Since    *string  `json:"since"`
		Rulings  []struct {
			Ruling string  `json:"ruling"`
			Since  *string `json:"since"`
		} `json:"rulings"`
		Parties []struct {
			State  string    `json:"state"`
			Name   string    `json:"name"`
			Bearer bool      `json:"bearer"`
			Deeds  []deedDoc `json:"deeds"`
		} `json:"parties"`
		Collective []deedDoc `json:"collective"`
	} `json:"occasions"`
	Assessments []struct {
		Crisis    string        `json:"crisis"`
		Alliance  string        `json:"alliance"`
		State     *string       `json:"state"`
		Value     string        `json:"value"`
		Rule      string        `json:"rule"`
		Citations []citationDoc `json:"citations"`
	} `json:"assessments"`
	Counts []struct {
		Rule string `json:"rule"`
		N    int    `json:"n"`
		Of   int    `json:"of"`
		Over string `json:"over"`
	} `json:"counts"`
}

func renderPerformance(body []byte, w io.Writer) error {
	var d performanceDoc
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if len(d.Occasions) == 0 {
		fmt.Fprintln(w, "the record tells of no clause that was called for; that is no proof that none was")
	}
	for i := range d.Occasions {
		o := &d.Occasions[i]
		how := []string{"answered without an invocation on record"}
		if o.Invoked {
			how[0] = "invoked by " + cmp.Or(named(o.Invokers), o.Organ)
		}
		for _, r := range o.Rulings {
			how = append(how, r.Ruling+" "+text(r.Since))
		}
		fmt.Fprintf(w, "%s %s/%s (%s) %s\n", text(o.Since), o.Alliance, o.Clause, joinNonEmpty(", ", o.Kind, o.Crisis), strings.Join(how, ", "))
		var silent []string
		for k := range o.Parties {
			p := &o.Parties[k]
			if len(p.Deeds) == 0 && p.Bearer {
				silent = append(silent, cmp.Or(p.Name, p.State))
			}
			for n := range p.Deeds {
				indented(w, "    ", cmp.Or(p.Name, p.State)+", "+p.Deeds[n].line())
			}
		}
		for k := range o.Collective {
			indented(w, "    ", "the alliance, "+o.Collective[k].line())
		}
		if len(silent) > 0 {
			indented(w, "    ", "nothing on record of its own: "+strings.Join(silent, ", "))
		}
	}
	renderClaims(w, &d)
	return nil
}

// line says a deed in one line.
func (d *deedDoc) line() string {
	out := joinNonEmpty(" ", text(d.Since), d.Sort, d.Value)
	if d.Sort == d.Value {
		out = joinNonEmpty(" ", text(d.Since), d.Sort)
	}
	if d.Still {
		out += " (which is what the clause asks for)"
	}
	return joinNonEmpty(": ", out, d.What)
}

// renderClaims shows who holds what, and the numbers with their rules.
func renderClaims(w io.Writer, d *performanceDoc) {
	if len(d.Assessments) > 0 {
		fmt.Fprintln(w, "\nCLAIMS, which may conflict")
	}
	for i := range d.Assessments {
		a := &d.Assessments[i]
		indented(w, "    ", fmt.Sprintf("%s (%s), %s: %s: %s  %s", a.Alliance, a.Crisis, cmp.Or(text(a.State), "the alliance"), a.Value, a.Rule, sources(a.Citations)))
	}
	over := ""
	for _, c := range d.Counts {
		if c.Over != over {
			over = c.Over
			fmt.Fprintln(w)
			indented(w, "", fmt.Sprintf("OUT OF %d %s", c.Of, over))
		}
		fmt.Fprintf(w, "%6d %s\n", c.N, c.Rule)
	}
}
