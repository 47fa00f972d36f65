package table

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"foedus/ledger"
)

// MaxMapping bounds the size of a mapping file, in bytes.
const MaxMapping = 1 << 20

// maxName bounds the name of a column and a text that goes into a locator, in
// bytes, so that two of them always fit into one.
const maxName = 1000

// Mapping says what the columns of a file mean. [ReadMapping] makes it; nothing
// changes it afterwards, so that several goroutines may use one.
type Mapping struct {
	file                   string // its name
	source                 ledger.SourceAdded
	coverage               ledger.CoverageDeclared
	sourceLine, coverLine  int
	alliance, title, state ref // title has no name where there is none
	scheme                 string
	start, end             dateColumns
	lastDay                bool // an end is the last day in
	open, yes, no          map[string]bool
	obligations            []obligation
	delimiter              rune
}

// ref is a column that the mapping names, and where.
type ref struct {
	name, key string
	line      int
}

func (c ref) given() bool { return c.name != "" }

// dateColumns is where a date stands: in one column or in its parts.
type dateColumns struct{ whole, year, month, day ref }

// obligation is a column that says who owes something.
type obligation struct {
	ref
	kind ledger.ClauseKind
}

// The schemes of codes, and schemeID for ids of the ledger.
const schemeID = "id"

func schemes() []string { return []string{"cow", "cow-abbrev", "gw", "iso3", schemeID} }

// ReadMapping reads a mapping file, at most [MaxMapping] bytes; name is what
// messages call it. The package documentation describes the format. It fails
// with [*ingest.Problems], which lists all that is wrong, and then returns nil.
// O(input).
func ReadMapping(r io.Reader, name string) (*Mapping, error) {
	p := mapper{faults: faults{name: name}, m: Mapping{file: name}}
	text, err := io.ReadAll(io.LimitReader(r, MaxMapping+1))
	switch {
	case err != nil:
		p.add(0, "", "", "cannot be read: "+err.Error())
	case len(text) > MaxMapping:
		p.add(0, "", "", fmt.Sprintf("has more than %d bytes; is it a mapping file?", MaxMapping))
	case !utf8.Valid(text):
		p.add(0, "", "", "is not UTF-8; save it as UTF-8")
	default:
		if root := p.parse(text); root != nil && p.is(root, isMap, "", "must have the keys source, coverage and columns") {
			p.root(root)
		}
	}
	if err := p.err(); err != nil {
		return nil, err
	}
	m := p.m
	return &m, nil
}

// mapper makes a Mapping out of a tree.
type mapper struct {
	faults
	m Mapping
}

// is reports whether n has a form, and fails if not.
func (p *mapper) is(n *node, f form, path, why string) bool {
	if n.form != f {
		p.add(n.line, path, n.text, why)
	}
	return n.form == f
}

// keys refuses every key of n that is not known.
func (p *mapper) keys(n *node, path string, known ...string) {
	for _, m := range n.members {
		if slices.Contains(known, m.name) {
			continue
		}
		why := "is not a key here" + suggest(m.name, known)
		if !strings.Contains(why, ";") {
			why += "; the keys are " + strings.Join(known, ", ")
		}
		p.add(m.line, dotted(path, m.name), "", why)
	}
}

func dotted(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// need returns a key of n, and fails if it is not there.
func (p *mapper) need(n *node, path, name string) *node {
	v := n.field(name)
	if v == nil {
		p.add(n.line, dotted(path, name), "", "is required")
	}
	return v
}

// section returns a key of n that has keys of its own.
func (p *mapper) section(n *node, path, name string, known ...string) (s *node, ok bool) {
	s = n.field(name)
	if s == nil || !p.is(s, isMap, dotted(path, name), "must have keys of its own: "+strings.Join(known, ", ")) {
		return nil, false
	}
	p.keys(s, dotted(path, name), known...)
	return s, true
}

// text reads a key of n that is text, "" if it is not there.
func (p *mapper) text(n *node, path, name string) string {
	v := n.field(name)
	if v == nil {
		return ""
	}
	return p.textOf(v, dotted(path, name), ledger.MaxText)
}

func (p *mapper) textOf(v *node, path string, most int) string {
	s := strings.TrimSpace(v.text)
	switch {
	case v.form == isNull:
		p.add(v.line, path, "", "is empty; write text, in quotes if need be, or remove the key")
	case v.form != isText:
		p.add(v.line, path, "", "must be text, one value")
	case s == "":
		p.add(v.line, path, "", "is empty; write text or remove the key")
	case len(s) > most:
		p.add(v.line, path, "", fmt.Sprintf("has %d bytes, at most %d are allowed", len(s), most))
	case !utf8.ValidString(s):
		p.add(v.line, path, s, "is not UTF-8")
	default:
		return s
	}
	return ""
}

// word reads a key of n that takes one of a few words, "" if it is not there.
func (p *mapper) word(n *node, path, name string, words ...string) string {
	s := p.text(n, path, name)
	if s == "" || slices.Contains(words, s) {
		return s
	}
	p.add(n.field(name).line, dotted(path, name), s, "takes one of: "+strings.Join(words, " ")+suggest(s, words))
	return ""
}

// column reads a key of n that names a column.
func (p *mapper) column(n *node, path, name string) ref {
	v := n.field(name)
	if v == nil {
		return ref{}
	}
	path = dotted(path, name)
	return ref{p.textOf(v, path, maxName), path, v.line}
}

// values reads a key of n that lists values; nil if it is not there.
func (p *mapper) values(n *node, path, name string, fold func(string) string) map[string]bool {
	v := n.field(name)
	path = dotted(path, name)
	if v == nil || !p.is(v, isList, path, "must be a list, for example [\".\", \"NA\"]") {
		return nil
	}
	out := make(map[string]bool, len(v.items))
	for i, item := range v.items {
		switch {
		case item.form == isNull:
			p.add(item.line, fmt.Sprintf("%s[%d]", path, i), "", "is empty in YAML; put it in quotes")
		case item.form != isText:
			p.add(item.line, fmt.Sprintf("%s[%d]", path, i), "", "must be one value")
		default:
			out[fold(item.text)] = true
		}
	}
	return out
}

// plain is how values are compared: without space around them, and 1.0 is 1.
func plain(s string) string {
	s = strings.TrimSpace(s)
	whole, zeros, ok := strings.Cut(s, ".")
	if !ok || whole == "" || zeros == "" || strings.Trim(zeros, "0") != "" {
		return s
	}
	if _, err := strconv.Atoi(whole); err != nil {
		return s
	}
	return whole
}

// folded is plain, and without regard to case.
func folded(s string) string { return strings.ToLower(plain(s)) }

func (p *mapper) root(n *node) {
	p.keys(n, "", "source", "coverage", "columns", "options")
	if p.need(n, "", "source") != nil {
		p.source(n)
	}
	if p.need(n, "", "coverage") != nil {
		p.cover(n)
	}
	if p.need(n, "", "columns") != nil {
		p.columns(n)
	}
	p.m.delimiter = ','
	if s, ok := p.section(n, "", "options", "delimiter"); ok {
		p.options(s)
	}
}

func (p *mapper) source(root *node) {
	const path = "source"
	n, ok := p.section(root, "", path, "title", "author", "published", "identifier", "licence")
	if !ok {
		return
	}
	p.need(n, path, "title")
	p.m.sourceLine = n.line
	p.m.source = ledger.SourceAdded{
		Title: p.text(n, path, "title"), Form: "dataset", Author: p.text(n, path, "author"), Published: p.when(n, path, "published"),
		Identifier: p.text(n, path, "identifier"), Licence: p.text(n, path, "licence"),
	}
}

func (p *mapper) when(n *node, path, name string) ledger.When {
	s := p.text(n, path, name)
	w, err := ledger.ParseWhen(s)
	if err != nil {
		p.add(n.field(name).line, dotted(path, name), s, noDate(err))
	}
	return w
}

// noDate says what is wrong with a text that is no date.
func noDate(err error) string {
	return "is no date: " + strings.TrimPrefix(err.Error(), ledger.ErrDate.Error()+": ")
}

func (p *mapper) cover(root *node) {
	const path = "coverage"
	n, ok := p.section(root, "", path, "from", "through", "scope")
	if !ok {
		return
	}
	c := ledger.CoverageDeclared{From: p.day(n, path, "from"), Through: p.day(n, path, "through"), Scope: p.text(n, path, "scope")}
	if !c.From.IsZero() && c.Through.Latest() < c.From.Earliest() {
		p.add(n.field("through").line, dotted(path, "through"), c.Through.String(), "is before from, "+c.From.String())
	}
	if c.Scope == "" {
		title := p.m.source.Title
		for len(title) > maxName { // the whole must be a text of an event
			_, size := utf8.DecodeLastRuneInString(title)
			title = title[:len(title)-size]
		}
		c.Scope = "The member spells of " + title + "."
	}
	p.m.coverage, p.m.coverLine = c, n.line
}

// day reads a key of n that must be there and be a day.
func (p *mapper) day(n *node, path, name string) ledger.When {
	if p.need(n, path, name) == nil {
		return ledger.When{}
	}
	w := p.when(n, path, name)
	if !w.IsZero() && !w.Exact() {
		p.add(n.field(name).line, dotted(path, name), w.String(), "must be a day, for example 1816-01-01")
	}
	return w
}

func (p *mapper) columns(root *node) {
	const path = "columns"
	n, ok := p.section(root, "", path, "alliance", "title", "state", "start", "end", "end_means", "open_values",
		"obligations", "yes_values", "no_values")
	if !ok {
		return
	}
	m := &p.m
	p.need(n, path, "alliance")
	m.alliance, m.title = p.column(n, path, "alliance"), p.column(n, path, "title")
	if p.need(n, path, "state") != nil {
		p.state(n)
	}
	m.start, m.end = p.date(n, "start"), p.date(n, "end")
	m.lastDay = p.word(n, path, "end_means", "first-day-out", "last-day") == "last-day"
	m.open = p.values(n, path, "open_values", plain)
	p.obligations(n)
	if m.yes = p.values(n, path, "yes_values", folded); m.yes == nil {
		m.yes = map[string]bool{"1": true, "true": true, "yes": true}
	}
	if m.no = p.values(n, path, "no_values", folded); m.no == nil {
		m.no = map[string]bool{"0": true, "false": true, "no": true}
		maps.DeleteFunc(m.no, func(v string, _ bool) bool { return m.yes[v] }) // who says that 0 is a yes means it
	}
	for _, v := range slices.Sorted(maps.Keys(m.no)) {
		if m.yes[v] {
			p.add(n.field("no_values").line, dotted(path, "no_values"), v, "stands in yes_values too; keep one")
		}
	}
	if m.yes[""] {
		p.add(n.field("yes_values").line, dotted(path, "yes_values"), "", "holds the empty text, which always says no")
	}
}

func (p *mapper) state(columns *node) {
	const path = "columns.state"
	n, ok := p.section(columns, "columns", "state", "column", "code")
	if !ok {
		return
	}
	p.need(n, path, "column")
	p.need(n, path, "code")
	p.m.state = p.column(n, path, "column")
	p.m.scheme = p.word(n, path, "code", schemes()...)
}

// date reads a column, or the columns of the parts of a date.
func (p *mapper) date(columns *node, name string) (d dateColumns) {
	v := p.need(columns, "columns", name)
	path := dotted("columns", name)
	switch {
	case v == nil:
	case v.form == isMap:
		p.keys(v, path, "year", "month", "day")
		p.need(v, path, "year")
		d.year, d.month, d.day = p.column(v, path, "year"), p.column(v, path, "month"), p.column(v, path, "day")
		if v.field("day") != nil && v.field("month") == nil {
			p.add(v.line, dotted(path, "month"), "", "is required where day is given")
		}
	default:
		d.whole = p.column(columns, "columns", name)
	}
	return d
}

func (p *mapper) obligations(columns *node) {
	const path = "columns.obligations"
	known := make([]string, 0, len(kinds()))
	for _, k := range kinds() {
		known = append(known, string(k.kind))
	}
	n, ok := p.section(columns, "columns", "obligations", known...)
	if !ok {
		return
	}
	for _, k := range kinds() {
		if c := p.column(n, path, string(k.kind)); c.given() {
			p.m.obligations = append(p.m.obligations, obligation{c, k.kind})
		}
	}
}

func (p *mapper) options(n *node) {
	const path = "options.delimiter"
	v := n.field("delimiter")
	if v == nil || !p.is(v, isText, path, "must be one of \",\" \";\" tab, in quotes") {
		return
	}
	switch v.text {
	case ",", ";", "\t":
		p.m.delimiter = rune(v.text[0])
	case "tab":
		p.m.delimiter = '\t'
	default:
		p.add(v.line, path, v.text, "takes one of: \",\" \";\" tab")
	}
}
