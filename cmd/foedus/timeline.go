package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// told is an entry of a timeline as the table shows it.
type told struct {
	Date        string        `json:"date"`
	EffectiveOn string        `json:"effective_on"`
	PublicOn    string        `json:"public_on"`
	Type        string        `json:"type"`
	Summary     string        `json:"summary"`
	Citations   []citationDoc `json:"citations"`
}

// renderTimeline shows one line for each act, as a reference work does: acts of
// one kind on one day that differ in who did them are one line, and the sources
// are listed at the end.
func renderTimeline(body []byte, w io.Writer) error {
	var d struct {
		Title   string `json:"title"`
		Entries []told `json:"entries"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	out := columns{w: w, widths: []int{21, 72, 60}}
	out.line(d.Title)
	out.line("")
	out.row("DATE", "EVENT", "SOURCES")
	dated := true
	titles := make(map[string]string)
	for i := 0; i < len(d.Entries); {
		n := alike(d.Entries[i:])
		if dated && d.Entries[i].Date == "" {
			dated = false
			out.line("")
			out.row("", "THE TEXT, ITS NAMES, WHAT IS DISPUTED")
		}
		for _, c := range d.Entries[i].Citations {
			titles[c.Source] = c.Title
		}
		out.row(d.Entries[i].when(), together(d.Entries[i:i+n]), sources(d.Entries[i].Citations))
		i += n
	}
	out.widths = []int{32, 120}
	if len(titles) > 0 {
		out.line("")
		out.row("SOURCE", "TITLE")
	}
	for _, id := range slices.Sorted(maps.Keys(titles)) {
		out.row(id, titles[id])
	}
	return out.err
}

// when is the day, with the day of effect and the day of disclosure below it.
func (t *told) when() string {
	lines := []string{t.Date}
	if t.EffectiveOn != "" && t.EffectiveOn != t.Date {
		lines = append(lines, "in effect "+t.EffectiveOn)
	}
	if t.PublicOn != "" {
		lines = append(lines, "public "+t.PublicOn)
	}
	return strings.Join(lines, "\n")
}

// alike counts the entries from the first on that differ from it only in who
// acted.
func alike(list []told) int {
	first := &list[0]
	n := 1
	for n < len(list) && byState(first.Type) {
		next := &list[n]
		if next.Type != first.Type || next.when() != first.when() || sources(next.Citations) != sources(first.Citations) {
			break
		}
		if _, predicate := split(list[:n+1]); predicate == "" {
			break
		}
		n++
	}
	return n
}

// byState reports whether the summary of a type begins with the state that acted.
func byState(typ string) bool {
	family, act, _ := strings.Cut(typ, ".")
	switch family {
	case "member", "command", "partner", "participation", "phase":
		return true
	case "instrument":
		return act == "signed"
	case "consent", "withdrawal":
		return true
	}
	return false
}

// split parts the summaries into who acted, one for each, and what all did, ""
// if they have less than two words in common at the end.
func split(list []told) (who []string, predicate string) {
	predicate = list[0].Summary
	for i := range list[1:] {
		s := list[i+1].Summary
		for !strings.HasSuffix(s, predicate) {
			_, size := utf8.DecodeRuneInString(predicate)
			predicate = predicate[size:]
		}
	}
	if at := strings.IndexByte(predicate, ' '); at >= 0 {
		predicate = predicate[at:]
	}
	if strings.Count(predicate, " ") < 2 {
		return nil, ""
	}
	for i := range list {
		name := strings.TrimSuffix(list[i].Summary, predicate)
		if name == "" || strings.ContainsAny(name, ",;:(") {
			return nil, "" // more than a name comes before it
		}
		who = append(who, name)
	}
	return who, predicate
}

// together is the summary of entries that are alike.
func together(list []told) string {
	if len(list) == 1 {
		return list[0].Summary
	}
	who, predicate := split(list)
	for i, name := range who[1:] {
		if rest, ok := strings.CutPrefix(name, "The "); ok {
			who[i+1] = "the " + rest
		}
	}
	if rest, ok := strings.CutPrefix(predicate, " was "); ok {
		predicate = " were " + rest
	}
	last := len(who) - 1
	return strings.Join(who[:last], ", ") + " and " + who[last] + predicate
}

// columns writes rows of cells side by side, each wrapped at its width. The last
// column is not padded.
type columns struct {
	w      io.Writer
	widths []int
	err    error
}

func (c *columns) line(text string) {
	if _, err := fmt.Fprintln(c.w, text); err != nil && c.err == nil {
		c.err = err
	}
}

func (c *columns) row(cells ...string) {
	parts := make([][]string, len(cells))
	height := 0
	for i, cell := range cells {
		parts[i] = wrap(cell, c.widths[i])
		height = max(height, len(parts[i]))
	}
	for line := range height {
		var b strings.Builder
		for i := range parts {
			text := ""
			if line < len(parts[i]) {
				text = parts[i][line]
			}
			b.WriteString(text)
			b.WriteString(strings.Repeat(" ", max(0, c.widths[i]-utf8.RuneCountInString(text))+2))
		}
		c.line(strings.TrimRight(b.String(), " "))
	}
}

// wrap breaks a text between words, so that no line is wider than width unless
// a word is.
func wrap(text string, width int) (lines []string) {
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := ""
		for word := range strings.FieldsSeq(paragraph) {
			switch {
			case line == "":
				line = word
			case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
				lines, line = append(lines, line), word
			default:
				line += " " + word
			}
		}
		lines = append(lines, line)
	}
	return lines
}
