package httpapi

import (
	"bytes"
	"fmt"
	"strings"

	"foedus/projections/obligations"
)

// drawn is a document that has forms beside JSON and a table.
type drawn interface {
	// drawn returns the document in a format that is neither.
	drawn(format string) (contentType string, body []byte)
}

// drawn implements the interface of that name.
func (o *Obligations) drawn(format string) (contentType string, body []byte) {
	if format == formatDOT {
		return "text/vnd.graphviz; charset=utf-8", o.dot()
	}
	return "text/plain; charset=utf-8", o.plainText()
}

// dot draws the chain for Graphviz: states are nodes, the act asked about is a
// thick edge, and what is no more than a hypothesis is dashed.
func (o *Obligations) dot() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "digraph obligations {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\", fontsize=10];\n")
	fmt.Fprintf(&b, "  label=%s;\n", quoted("On "+o.On+", as known at "+seqText(o.Known.Seq)+", chain "+o.Chain.Mode+". By the text, on these facts; no forecast."))
	named := make(map[string]bool)
	node := func(id, name, attributes string) {
		if !named[id] {
			named[id] = true
			fmt.Fprintf(&b, "  %s [label=%s%s];\n", quoted(id), quoted(name), attributes)
		}
	}
	for _, s := range o.Situation.By {
		node(s.State, o.nameOf(s.State), ", penwidth=2")
	}
	for _, name := range o.Situation.NonState {
		node(name, name, ", penwidth=2")
	}
	for _, s := range o.Situation.Attacked {
		node(s.State, o.nameOf(s.State), ", peripheries=2")
	}
	for i := range o.Chain.Edges {
		e := &o.Chain.Edges[i]
		node(e.From, o.nameOf(e.From), "")
		node(e.To, o.nameOf(e.To), "")
	}
	for _, target := range o.Situation.Attacked {
		for _, by := range o.Situation.By {
			fmt.Fprintf(&b, "  %s -> %s [label=%s, penwidth=3];\n", quoted(by.State), quoted(target.State), quoted(o.Situation.Act))
		}
		for _, by := range o.Situation.NonState {
			fmt.Fprintf(&b, "  %s -> %s [label=%s, penwidth=3];\n", quoted(by), quoted(target.State), quoted(o.Situation.Act))
		}
	}
	for i := range o.Chain.Edges {
		o.dotEdge(&b, &o.Chain.Edges[i])
	}
	b.WriteString("}\n")
	return b.Bytes()
}

// dotEdge draws one step. The number of its cause makes the order readable.
func (o *Obligations) dotEdge(b *bytes.Buffer, e *EdgeDoc) {
	label := fmt.Sprintf("%d. %s", e.Step, e.Kind)
	if e.Article != "" {
		label += "\n" + e.Article + ", " + e.Alliance
	}
	if e.Verdict == string(obligations.Contestable) {
		label += "\narguable"
	}
	if e.Cause != 0 {
		label += fmt.Sprintf("\nfrom %d", e.Cause)
	}
	style := "solid"
	if e.Hypothesis {
		style = "dashed"
	}
	color := map[string]string{
		string(obligations.EdgeObligation): "firebrick", string(obligations.EdgePerformance): "black", string(obligations.EdgeRecorded): "black",
		string(obligations.EdgeConsultation): "steelblue", string(obligations.EdgeNeutrality): "gray50", string(obligations.EdgeConflict): "darkorange",
	}[e.Kind]
	fmt.Fprintf(b, "  %s -> %s [label=%s, style=%s, color=%s, tooltip=%s];\n", quoted(e.From), quoted(e.To), quoted(label), style, color, quoted(e.Text))
}

// quoted is an identifier in the DOT language: only the quote has to be escaped,
// and a backslash at the end would escape ours.
func quoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

// nameOf is the name of a state of this answer, its id where it has none there.
func (o *Obligations) nameOf(id string) string {
	for _, list := range [][]StateRef{o.Situation.By, o.Situation.Attacked, o.states} {
		for i := range list {
			if list[i].State == id && list[i].Name != nil {
				return *list[i].Name
			}
		}
	}
	return id
}

// textWidth is how long a line of text is.
const textWidth = 100

// plainText is the paragraph, and the trace with its numbers.
func (o *Obligations) plainText() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "On %s, as known at %d, dataset %s, reading %s, coverage %s\n\n", o.On, o.Known.Seq, o.Dataset, o.Reading, o.Coverage)
	wrapped(&b, "", o.Explanation)
	for i := range o.Duties {
		d := &o.Duties[i]
		fmt.Fprintf(&b, "\n%d. %s: %s %s\n", d.Number, o.nameOf(d.State), d.Verdict, d.Duty)
		wrapped(&b, "   ", strings.Join(filled(d.Title, d.Article, d.Label, d.Kind, d.Strength, opt("text: ", d.Text, "")), ", "))
		for _, s := range d.Trace {
			indent := strings.Repeat("  ", s.Level)
			line := fmt.Sprintf("%s [%s] %s", s.Number, s.Truth, s.Text)
			if len(s.Events) > 0 {
				line += " (" + strings.Join(s.Events, ", ") + ")"
			}
			wrapped(&b, "   "+indent, line)
		}
		for k := range d.Citations {
			wrapped(&b, "   source: ", d.Citations[k].short())
		}
	}
	if len(o.Chain.Edges) > 0 {
		fmt.Fprintf(&b, "\nChain, %s\n", o.Chain.Mode)
	}
	for i := range o.Chain.Edges {
		wrapped(&b, "   ", o.Chain.Edges[i].line())
	}
	return b.Bytes()
}

// line is a step of a chain on one line.
func (e *EdgeDoc) line() string {
	text := fmt.Sprintf("%d. %s", e.Step, e.Kind)
	if e.Hypothesis {
		text += " (hypothesis)"
	}
	if e.Cause != 0 {
		text += fmt.Sprintf(", from %d", e.Cause)
	}
	if e.Cycle {
		text += ", back to what there is"
	}
	return text + ": " + e.Text
}

func filled(parts ...string) (out []string) {
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// wrapped writes text in lines that begin with an indent.
func wrapped(b *bytes.Buffer, indent, text string) {
	width := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case width == 0:
			b.WriteString(indent)
			width = len(indent)
		case width+1+len(word) > textWidth:
			b.WriteString("\n" + strings.Repeat(" ", len(indent)))
			width = len(indent)
		default:
			b.WriteByte(' ')
			width++
		}
		b.WriteString(word)
		width += len(word)
	}
	b.WriteByte('\n')
}
