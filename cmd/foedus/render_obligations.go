package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// obligationsDoc is what a table shows of an answer about obligations.
type obligationsDoc struct {
	On          string    `json:"on"`
	Known       knownDoc  `json:"known"`
	Coverage    string    `json:"coverage"`
	Scope       string    `json:"coverage_scope"`
	Explanation string    `json:"explanation"`
	Considered  int       `json:"considered"`
	Duties      []dutyDoc `json:"duties"`
	Chain       struct {
		Mode  string `json:"mode"`
		Edges []struct {
			Step       int    `json:"step"`
			Kind       string `json:"kind"`
			Text       string `json:"text"`
			Hypothesis bool   `json:"hypothesis"`
			Cause      int    `json:"cause"`
			Cycle      bool   `json:"cycle"`
			Fights     bool   `json:"fights"`
		} `json:"edges"`
		AtWar []string `json:"at_war"`
	} `json:"chain"`
	Hypothetical *struct {
		Added   []supposedDoc `json:"added"`
		Removed []supposedDoc `json:"removed"`
	} `json:"hypothetical"`
}

type supposedDoc struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Subject string `json:"subject"`
}

type dutyDoc struct {
	Number    int           `json:"n"`
	State     string        `json:"state"`
	Name      string        `json:"name"`
	Verdict   string        `json:"verdict"`
	Duty      string        `json:"duty"`
	Kind      string        `json:"kind"`
	Fights    bool          `json:"fights"`
	Alliance  string        `json:"alliance"`
	Title     string        `json:"title"`
	Article   string        `json:"article"`
	Label     string        `json:"label"`
	Reason    string        `json:"reason"`
	Text      string        `json:"text"`
	Citations []citationDoc `json:"citations"`
	Trace     []struct {
		Number string   `json:"n"`
		Level  int      `json:"level"`
		Truth  string   `json:"truth"`
		Text   string   `json:"text"`
		Events []string `json:"events"`
	} `json:"trace"`
}

// textWidth is how long the lines of a paragraph are.
const textWidth = 118

// whyWidth is how much of a reason a table shows; --trace has all of it.
const whyWidth = 72

func renderObligations(body []byte, w io.Writer, f *obligationFlags) error {
	var d obligationsDoc
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if d.Known.Seq == 0 {
		fmt.Fprintln(w, "the ledger is empty: foedus import seeds fills it")
	}
	if h := d.Hypothetical; h != nil {
		for _, list := range []struct {
			word   string
			events []supposedDoc
		}{{"without", h.Removed}, {"with", h.Added}} {
			for _, e := range list.events {
				fmt.Fprintf(w, "supposed %s %s of %s, %s\n", list.word, plainType(e.Type), e.Subject, e.ID)
			}
		}
	}
	if f.brief {
		if n := coverageNote(d.Coverage); n != "" {
			fmt.Fprintln(w, n)
		}
	} else {
		for _, line := range wrap(d.Explanation, textWidth) {
			fmt.Fprintln(w, line)
		}
	}
	renderDuties(w, &d, f)
	renderChain(w, &d, f)
	if f.trace {
		renderTrace(w, &d)
	}
	return nil
}

// dutyRow is a row of the table: duties that differ in the bearer only.
type dutyRow struct {
	*dutyDoc
	states []string
}

// rows puts duties that differ in the bearer only together, in their order, and
// counts those that do not bind and are left out.
func (d *obligationsDoc) rows(f *obligationFlags) (out []dutyRow, hidden int) {
	for i := range d.Duties {
		x := &d.Duties[i]
		if x.Verdict == "not-bound" && !f.all {
			hidden++
			continue
		}
		if f.fights && !x.Fights && x.Kind != "mobilize" {
			continue
		}
		k := slices.IndexFunc(out, func(o dutyRow) bool {
			return o.Verdict == x.Verdict && o.Alliance == x.Alliance && o.Article == x.Article && o.Reason == x.Reason
		})
		if k < 0 {
			k = len(out)
			out = append(out, dutyRow{dutyDoc: x})
		}
		out[k].states = append(out[k].states, cmp.Or(x.Name, x.State))
	}
	return out, hidden
}

// renderDuties is the table, the firmest verdict first.
func renderDuties(w io.Writer, d *obligationsDoc, f *obligationFlags) {
	rows, hidden := d.rows(f)
	if !f.brief {
		fmt.Fprintln(w)
	}
	if len(rows) > 0 {
		fmt.Fprint(w, "STATE\tVERDICT\tDUTY\tUNDER\tWHY\n")
	}
	for _, x := range rows {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s %s\t%s\n", named(x.states), x.Verdict, x.Duty, x.Alliance, clipped(x.Article, whyWidth/2), clipped(x.Reason, whyWidth))
	}
	if hidden > 0 {
		fmt.Fprintf(w, "%d more duties under the %d clauses in force are not set off (--all lists them)\n", hidden, d.Considered)
	}
}

// clipped cuts a text that would make a table too wide.
func clipped(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return strings.TrimRight(string(runes[:most-3]), " ,;:") + "..."
}

// renderChain lists the steps in the order in which they follow.
func renderChain(w io.Writer, d *obligationsDoc, f *obligationFlags) {
	if d.Chain.Mode == "none" {
		return
	}
	fmt.Fprintf(w, "\nCHAIN, %s\n", d.Chain.Mode)
	for i := range d.Chain.Edges {
		e := &d.Chain.Edges[i]
		if f.fights && !e.Fights && e.Kind != "performance" && e.Kind != "recorded" {
			continue
		}
		note := e.Kind
		if e.Cause != 0 {
			note += fmt.Sprintf(" from %d", e.Cause)
		}
		if e.Hypothesis {
			note += ", hypothesis"
		}
		if e.Cycle {
			note += ", back to what there is"
		}
		fmt.Fprintf(w, "%3d. %s (%s)\n", e.Step, e.Text, note)
	}
	if len(d.Chain.Edges) == 0 {
		fmt.Fprintln(w, "nothing follows")
	}
}

// renderTrace lists each step of each verdict with its number.
func renderTrace(w io.Writer, d *obligationsDoc) {
	for i := range d.Duties {
		x := &d.Duties[i]
		fmt.Fprintf(w, "\n%d. %s: %s %s\n", x.Number, cmp.Or(x.Name, x.State), x.Verdict, x.Duty)
		indented(w, "   ", fmt.Sprintf("%s of %s (%s)", x.Article, x.Title, x.Label))
		for _, s := range x.Trace {
			text := fmt.Sprintf("%s [%s] %s", s.Number, s.Truth, s.Text)
			if len(s.Events) > 0 {
				text += " (" + strings.Join(s.Events, ", ") + ")"
			}
			indented(w, strings.Repeat("  ", s.Level+1)+" ", text)
		}
		if len(x.Citations) > 0 {
			indented(w, "   ", "text: "+sources(x.Citations))
		}
	}
}

// indented prints a text in lines that begin with an indent.
func indented(w io.Writer, indent, text string) {
	for _, line := range wrap(text, textWidth-len(indent)) {
		fmt.Fprintln(w, indent+line)
	}
}

func renderPlaces(body []byte, w io.Writer) error {
	var d struct {
		Version int `json:"version"`
		Places  []struct {
			ID      string   `json:"id"`
			Name    string   `json:"name"`
			Kind    string   `json:"kind"`
			Aliases []string `json:"aliases"`
			Tenures []struct {
				Holder string  `json:"holder"`
				How    string  `json:"how"`
				From   *string `json:"from"`
				To     *string `json:"to"`
			} `json:"tenures"`
		} `json:"places"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if len(d.Places) == 0 {
		fmt.Fprintln(w, "no place has this text in a name; foedus places lists all")
		return nil
	}
	fmt.Fprint(w, "PLACE\tKIND\tNAME\tALSO\tHOLDERS\n")
	for i := range d.Places {
		p := &d.Places[i]
		holders := make([]string, len(p.Tenures))
		for k, t := range p.Tenures {
			holders[k] = fmt.Sprintf("%s (%s %s to %s)", t.Holder, t.How, cmp.Or(text(t.From), "..."), cmp.Or(text(t.To), "..."))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", p.ID, p.Kind, p.Name, strings.Join(p.Aliases, ", "), strings.Join(holders, ", "))
	}
	return nil
}
