package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// stateDoc is what a table shows of a state.
type stateDoc struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	On        string   `json:"on"`
	Known     knownDoc `json:"known"`
	Coverage  string   `json:"coverage"`
	Scope     string   `json:"coverage_scope"`
	COW       any      `json:"cow"`
	GW        any      `json:"gw"`
	ISO3      any      `json:"iso3"`
	Existence *struct {
		Status string   `json:"status"`
		By     []string `json:"by"`
		Since  *string  `json:"since"`
	} `json:"existence"`
	Memberships []struct {
		memberDoc
		Alliance string `json:"alliance"`
	} `json:"memberships"`
	Allies []struct {
		State     string   `json:"state"`
		Name      string   `json:"name"`
		Alliances []string `json:"alliances"`
	} `json:"allies"`
	Commitments []struct {
		Alliance        string        `json:"alliance"`
		Article         string        `json:"article"`
		Label           string        `json:"label"`
		Kind            string        `json:"kind"`
		Strength        string        `json:"strength"`
		Role            string        `json:"role"`
		With            []string      `json:"with"`
		SuspendedBy     []string      `json:"suspended_by"`
		SuspendedToward []string      `json:"suspended_toward"`
		Certainty       string        `json:"certainty"`
		Citations       []citationDoc `json:"citations"`
	} `json:"commitments"`
}

// citationDoc is where something stands.
type citationDoc struct {
	Source  string `json:"source"`
	Title   string `json:"source_title"`
	Locator string `json:"locator"`
	Grade   string `json:"grade"`
}

func (c *citationDoc) String() string {
	return fmt.Sprintf("%s [%s]", joinNonEmpty(", ", c.Source, c.Locator), c.Grade)
}

func sources(citations []citationDoc) string {
	out := make([]string, len(citations))
	for i := range citations {
		out[i] = citations[i].String()
	}
	return strings.Join(out, "; ")
}

// maxNamed is how many states a cell names; more are counted.
const maxNamed = 4

// named lists states, or counts them where they are many.
func named(states []string) string {
	if len(states) > maxNamed {
		return fmt.Sprintf("%d states", len(states))
	}
	return strings.Join(states, ", ")
}

func renderState(body []byte, w io.Writer) error {
	var d stateDoc
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	fmt.Fprintf(w, "%s (%s) on %s, as known at %d", cmp.Or(d.Name, d.ID), d.ID, d.On, d.Known.Seq)
	for _, code := range []struct {
		list  string
		value any
	}{{"COW", d.COW}, {"GW", d.GW}, {"ISO", d.ISO3}} {
		if code.value != nil && code.value != "" {
			fmt.Fprintf(w, ", %s %v", code.list, code.value)
		}
	}
	fmt.Fprintln(w)
	if n := coverageNote(d.Coverage); n != "" {
		fmt.Fprintln(w, n)
	}
	switch e := d.Existence; {
	case e == nil:
		fmt.Fprintln(w, "no member of the international system on this day, or nobody says")
	case e.Status == "occupied":
		fmt.Fprintf(w, "occupied by %s since %s; whether it went on in law is a claim of others\n", strings.Join(e.By, ", "), text(e.Since))
	}
	fmt.Fprint(w, "\nALLIANCE\tSTATUS\tSINCE\tUNTIL\tNOTE\n")
	var former []string
	for _, m := range d.Memberships {
		switch m.Status {
		case "withdrawn", "excluded", "ended":
			former = append(former, fmt.Sprintf("%s (%s %s)", m.Alliance, m.Status, text(m.Since)))
			continue
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", m.Alliance, m.Status, text(m.Since), cmp.Or(text(m.Until), m.End), m.note())
	}
	if len(former) > 0 {
		fmt.Fprintln(w)
		for _, line := range wrap("before: "+strings.Join(former, ", "), 118) {
			fmt.Fprintln(w, line)
		}
	}
	if len(d.Allies) > 0 {
		fmt.Fprint(w, "\nALLY\tTHROUGH\n")
		for _, x := range d.Allies {
			fmt.Fprintf(w, "%s\t%s\n", cmp.Or(x.Name, x.State), strings.Join(x.Alliances, ", "))
		}
	}
	renderCommitments(w, &d)
	renderScope(w, d.Scope)
	return nil
}

// renderCommitments shows which clauses bind the state, for whom, and where
// they stand.
func renderCommitments(w io.Writer, d *stateDoc) {
	if len(d.Commitments) == 0 {
		return
	}
	fmt.Fprint(w, "\nCLAUSE\tKIND\tROLE\tWITH\tSTRENGTH\tLABEL\tSOURCE\n")
	for i := range d.Commitments {
		c := &d.Commitments[i]
		label := c.Label
		if len(c.SuspendedBy) > 0 {
			label += " (suspended by " + strings.Join(c.SuspendedBy, ", ") + ")"
		}
		if len(c.SuspendedToward) > 0 {
			label += " (suspended toward " + strings.Join(c.SuspendedToward, ", ") + ")"
		}
		if c.Certainty != "certain" {
			label += " (" + c.Certainty + ")"
		}
		fmt.Fprintf(w, "%s %s\t%s\t%s\t%s\t%s\t%s\t%s\n", c.Alliance, c.Article, c.Kind, c.Role, named(c.With), c.Strength, label, sources(c.Citations))
	}
}
