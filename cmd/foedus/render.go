package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// The parts of the documents that tables show. The API's OpenAPI document
// describes them in full.
type (
	knownDoc struct {
		Seq uint64 `json:"seq"`
	}
	memberDoc struct {
		State     string   `json:"state"`
		Name      string   `json:"name"`
		Status    string   `json:"status"`
		Since     *string  `json:"since"`
		Until     *string  `json:"until"`
		End       string   `json:"end"`
		Certainty string   `json:"certainty"`
		How       string   `json:"how"`
		Disputes  []string `json:"disputes"`
		Finding   string   `json:"finding"`

		settled []string // disputes that are decided
	}
	claimDoc struct {
		Value       string `json:"value"`
		Source      string `json:"source"`
		SourceTitle string `json:"source_title"`
		Locator     string `json:"locator"`
		Grade       string `json:"grade"`
	}
	disputeDoc struct {
		Name     string     `json:"name"`
		Question string     `json:"question"`
		Verdict  string     `json:"verdict"`
		Reason   string     `json:"reason"`
		Claims   []claimDoc `json:"claims"`
	}
	suspensionDoc struct {
		By       string   `json:"by"`
		Toward   string   `json:"toward"`
		Since    *string  `json:"since"`
		Ground   string   `json:"ground"`
		Disputes []string `json:"disputes"`
	}
	clauseDoc struct {
		Article  string `json:"article"`
		Label    string `json:"label"`
		Kind     string `json:"kind"`
		Strength string `json:"strength"`
	}
	allianceDoc struct {
		ID             string          `json:"id"`
		Title          string          `json:"title"`
		On             string          `json:"on"`
		Reading        string          `json:"reading"`
		Known          knownDoc        `json:"known"`
		Status         string          `json:"status"`
		StatusSince    *string         `json:"status_since"`
		Coverage       string          `json:"coverage"`
		Members        []memberDoc     `json:"members"`
		Candidates     []memberDoc     `json:"candidates"`
		Former         []memberDoc     `json:"former"`
		Suspensions    []suspensionDoc `json:"suspensions"`
		Clauses        []clauseDoc     `json:"clauses"`
		Participations []struct {
			State  string  `json:"state"`
			Name   string  `json:"name"`
			Organ  string  `json:"organ"`
			Status string  `json:"status"`
			Since  *string `json:"since"`
		} `json:"participations"`
		Notices []struct {
			State  string  `json:"state"`
			Name   string  `json:"name"`
			Of     string  `json:"of"`
			Period string  `json:"period"`
			Since  *string `json:"since"`
		} `json:"notices"`
		Disputes []disputeDoc `json:"disputes"`
	}
)

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// coverageNote warns where the day lies outside what the ledger covers.
func coverageNote(coverage string) string {
	switch coverage {
	case "outside":
		return "outside the declared coverage: what is not covered is unknown, not \"not allied\""
	case "undeclared":
		return "no coverage is declared"
	}
	return ""
}

func renderAlliance(body []byte, w io.Writer) error {
	var d allianceDoc
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	fmt.Fprintf(w, "%s (%s)\n", cmp.Or(d.Title, d.ID), d.ID)
	fmt.Fprintf(w, "on %s, as known at %d, reading %s: %s", d.On, d.Known.Seq, d.Reading, cmp.Or(d.Status, "no status"))
	if s := text(d.StatusSince); s != "" {
		fmt.Fprintf(w, " since %s", s)
	}
	fmt.Fprintln(w)
	if n := coverageNote(d.Coverage); n != "" {
		fmt.Fprintln(w, n)
	}
	d.settle()
	renderMembers(w, "MEMBER", d.Members)
	parties, possible := count(d.Members)
	fmt.Fprintf(w, "\n%d parties", parties)
	if possible > 0 {
		fmt.Fprintf(w, ", %d more possible", possible)
	}
	fmt.Fprintln(w)
	renderMembers(w, "ON THE WAY", d.Candidates)
	renderMembers(w, "FORMER", d.Former)
	renderRest(w, &d)
	return nil
}

// settle moves the disputes that are decided out of the notes on members: their
// dates stand.
func (d *allianceDoc) settle() {
	open := make(map[string]bool)
	for _, x := range d.Disputes {
		open[x.Name] = x.Verdict == "open"
	}
	for _, list := range [][]memberDoc{d.Members, d.Candidates, d.Former} {
		for i := range list {
			m := &list[i]
			for _, name := range m.Disputes {
				if !open[name] {
					m.settled = append(m.settled, name)
				}
			}
			m.Disputes = slices.DeleteFunc(m.Disputes, func(name string) bool { return !open[name] })
		}
	}
}

// count returns how many are members for certain and how many possibly.
func count(members []memberDoc) (certain, possible int) {
	for _, m := range members {
		if m.Certainty == "certain" {
			certain++
		} else {
			possible++
		}
	}
	return certain, possible
}

func renderMembers(w io.Writer, heading string, members []memberDoc) {
	if len(members) == 0 {
		return
	}
	fmt.Fprintf(w, "\n%s\tSTATUS\tSINCE\tUNTIL\tNOTE\n", heading)
	for _, m := range members {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", cmp.Or(m.Name, m.State), m.Status, text(m.Since), cmp.Or(text(m.Until), m.End), m.note())
	}
}

// note says what a reader should know of a membership beside its dates.
func (m *memberDoc) note() string {
	var notes []string
	if m.Certainty != "certain" {
		notes = append(notes, m.Certainty)
	}
	if len(m.Disputes) > 0 {
		notes = append(notes, "disputed: "+strings.Join(m.Disputes, ", "))
	}
	if len(m.settled) > 0 {
		notes = append(notes, "settled: "+strings.Join(m.settled, ", "))
	}
	if m.Finding != "" {
		notes = append(notes, "finding: "+m.Finding)
	}
	return strings.Join(notes, "; ")
}

func renderRest(w io.Writer, d *allianceDoc) {
	if len(d.Suspensions) > 0 {
		fmt.Fprint(w, "\nSUSPENDED BY\tTOWARD\tSINCE\tGROUND\n")
		for _, s := range d.Suspensions {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.By, s.Toward, text(s.Since), s.Ground)
		}
	}
	if len(d.Notices) > 0 {
		fmt.Fprint(w, "\nNOTICE BY\tOF\tSINCE\tPERIOD\n")
		for _, n := range d.Notices {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", cmp.Or(n.Name, n.State), n.Of, text(n.Since), n.Period)
		}
	}
	if len(d.Clauses) > 0 {
		slices.SortStableFunc(d.Clauses, func(a, b clauseDoc) int { return natural(a.Article, b.Article) })
		fmt.Fprint(w, "\nCLAUSE\tKIND\tSTRENGTH\tLABEL\n")
		for _, c := range d.Clauses {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", c.Article, c.Kind, c.Strength, c.Label)
		}
	}
	if len(d.Participations) > 0 {
		fmt.Fprint(w, "\nTAKES PART\tIN\tHOW\tSINCE\n")
		for _, p := range d.Participations {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", cmp.Or(p.Name, p.State), p.Organ, p.Status, text(p.Since))
		}
	}
	renderDisputes(w, d)
}

// renderDisputes shows the disputes about what the tables show, and those that
// are open; the timeline has the others.
func renderDisputes(w io.Writer, d *allianceDoc) {
	shown := map[string]bool{}
	for _, list := range [][]memberDoc{d.Members, d.Candidates, d.Former} {
		for _, m := range list {
			for _, name := range append(m.Disputes, m.settled...) {
				shown[name] = true
			}
		}
	}
	for _, s := range d.Suspensions {
		for _, name := range s.Disputes {
			shown[name] = true
		}
	}
	for _, p := range d.Disputes {
		if p.Verdict != "open" && !shown[p.Name] {
			continue
		}
		fmt.Fprintf(w, "\nDISPUTE %s, %s: %s\n", p.Name, p.Verdict, p.Question)
		for _, c := range p.Claims {
			fmt.Fprintf(w, "  %s\tgrade %s\t%s\n", c.Value, c.Grade, joinNonEmpty(", ", cmp.Or(c.SourceTitle, c.Source), c.Locator))
		}
		if p.Reason != "" {
			fmt.Fprintf(w, "  decided: %s\n", p.Reason)
		}
	}
}

// natural compares texts with the numbers in them as numbers: Art. 2 comes
// before Art. 10.
func natural(a, b string) int {
	number := func(s string) (n int, rest string) {
		i := 0
		for i < len(s) && s[i] >= '0' && s[i] <= '9' && i < 9 {
			n, i = 10*n+int(s[i]-'0'), i+1
		}
		return n, s[i:]
	}
	for a != "" && b != "" {
		x, restA := number(a)
		y, restB := number(b)
		switch {
		case len(restA) < len(a) && len(restB) < len(b):
			if x != y {
				return cmp.Compare(x, y)
			}
			a, b = restA, restB
		case a[0] != b[0]:
			return cmp.Compare(a[0], b[0])
		default:
			a, b = a[1:], b[1:]
		}
	}
	return cmp.Compare(len(a), len(b))
}

func joinNonEmpty(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}

func renderWorld(body []byte, w io.Writer) error {
	var d struct {
		On        string   `json:"on"`
		Known     knownDoc `json:"known"`
		Coverage  string   `json:"coverage"`
		Scope     string   `json:"coverage_scope"`
		Alliances []struct {
			ID          string      `json:"id"`
			Title       string      `json:"title"`
			StatusSince *string     `json:"status_since"`
			Certainty   string      `json:"status_certainty"`
			Members     []memberDoc `json:"members"`
		} `json:"alliances"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	fmt.Fprintf(w, "alliances in force on %s, as known at %d\n", d.On, d.Known.Seq)
	if n := coverageNote(d.Coverage); n != "" {
		fmt.Fprintln(w, n)
	}
	if d.Known.Seq == 0 {
		fmt.Fprintln(w, "the ledger is empty: foedus import seeds fills it")
		return nil
	}
	fmt.Fprint(w, "\nALLIANCE\tSINCE\tPARTIES\tWHO\tTITLE\n")
	for _, a := range d.Alliances {
		certain, possible := count(a.Members)
		parties := strconv.Itoa(certain)
		if possible > 0 {
			parties += fmt.Sprintf(" to %d", certain+possible)
		}
		who := make([]string, len(a.Members))
		for i, m := range a.Members {
			who[i] = m.State
		}
		since := text(a.StatusSince)
		if a.Certainty != "certain" {
			since += " (" + a.Certainty + ")"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", a.ID, since, parties, named(who), a.Title)
	}
	renderScope(w, d.Scope)
	return nil
}

// renderScope says what the dataset covers, in words.
func renderScope(w io.Writer, scope string) {
	if scope == "" {
		return
	}
	fmt.Fprintln(w)
	for _, line := range wrap("covered: "+scope, 118) {
		fmt.Fprintln(w, line)
	}
}

// reportRow is a line of the report.
type reportRow struct {
	Alliance  string `json:"alliance"`
	Events    int    `json:"events"`
	Elsewhere int    `json:"elsewhere"`
	Clauses   int    `json:"clauses"`
	Uncited   int    `json:"uncited"`
	A         int    `json:"grade_a"`
	B         int    `json:"grade_b"`
	C         int    `json:"grade_c"`
	D         int    `json:"grade_d"`
	Open      int    `json:"disputes_open"`
	Decided   int    `json:"disputes_decided"`
}

func renderReport(body []byte, w io.Writer) error {
	var d struct {
		Known     knownDoc    `json:"known"`
		Alliances []reportRow `json:"alliances"`
		Total     reportRow   `json:"total"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	fmt.Fprintf(w, "the record of %d alliances, as known at %d\n", len(d.Alliances), d.Known.Seq)
	fmt.Fprint(w, "\nALLIANCE\tEVENTS\tELSEWHERE\tCLAUSES\tA\tB\tC\tD\tUNCITED\tOPEN\tDECIDED\n")
	d.Total.Alliance = "total"
	for _, r := range append(d.Alliances, d.Total) {
		fmt.Fprintf(w, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", r.Alliance, r.Events, r.Elsewhere, r.Clauses, r.A, r.B, r.C, r.D, r.Uncited, r.Open, r.Decided)
	}
	return nil
}

func renderDiff(body []byte, w io.Writer) error {
	var d struct {
		Changes []struct {
			Op      string `json:"op"`
			Summary string `json:"summary"`
			Fact    struct {
				Kind     string  `json:"kind"`
				Alliance string  `json:"alliance"`
				Subject  string  `json:"subject"`
				Since    *string `json:"since"`
				Until    *string `json:"until"`
			} `json:"fact"`
		} `json:"changes"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if len(d.Changes) == 0 {
		fmt.Fprintln(w, "nothing changed")
		return nil
	}
	fmt.Fprint(w, "\tSUBJECT\tKIND\tSINCE\tUNTIL\tWHAT\n")
	for _, c := range d.Changes {
		sign := "+"
		if c.Op == "closed" {
			sign = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", sign, cmp.Or(c.Fact.Subject, c.Fact.Alliance), c.Fact.Kind, text(c.Fact.Since), text(c.Fact.Until), c.Summary)
	}
	return nil
}
