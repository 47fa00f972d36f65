package export

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"time"
)

// Provenance says what a file is and how to make it again. Empty fields are
// left out of what is written.
type Provenance struct {
	Product      string    // id of the product, such as "spells"
	Title        string    // what the file is called
	Dataset      string    // id of the dataset in the ledger, such as "core"
	DatasetTitle string    // what the dataset is called
	Version      string    // of the dataset, as its authors call it
	Seq          uint64    // last sequence of the ledger that was taken in
	KnownAt      time.Time // when that event was recorded
	Reading      string    // when a treaty binds: in force, or from signature
	YearRule     string    // what counts as a year
	On           string    // the day or span that was asked about
	Coverage     string    // which states and years the rows cover
	Program      string    // name and version of the program
	Permalink    string    // address that gives the file again
	Sources      []string  // works that users are asked to cite beside it
	Rows         int64     // of the file, header aside
	SHA256       string    // of the bytes of the file, in hex
}

// fact is one line of a Provenance.
type fact struct{ key, name, value string }

// facts lists what goes into the file itself: everything but the Rows and the
// SHA256. Values are on one line and valid UTF-8. p may be nil.
func (p *Provenance) facts() []fact {
	if p == nil {
		return nil
	}
	var seq, known string
	if p.Seq > 0 {
		seq = strconv.FormatUint(p.Seq, 10)
	}
	if !p.KnownAt.IsZero() {
		known = p.KnownAt.UTC().Format(time.RFC3339)
	}
	all := []fact{
		{"product", "Product", p.Product},
		{"title", "Title", p.Title},
		{"dataset", "Dataset", p.Dataset},
		{"dataset_title", "Title of the dataset", p.DatasetTitle},
		{"version", "Version of the dataset", p.Version},
		{"seq", "Known up to sequence", seq},
		{"known_at", "Known at", known},
		{"reading", "Reading", p.Reading},
		{"year_rule", "Year rule", p.YearRule},
		{"on", "On", p.On},
		{"coverage", "Coverage", p.Coverage},
		{"program", "Program", p.Program},
		{"permalink", "Permalink", p.Permalink},
	}
	for i, s := range p.Sources {
		all = append(all, fact{"source." + strconv.Itoa(i+1), "Please cite", s})
	}
	out := all[:0]
	for _, f := range all {
		if f.value = line(f.value); f.value != "" {
			out = append(out, f)
		}
	}
	return out
}

// Hashing passes what is written to it on to a writer and keeps the SHA-256
// and the number of bytes, for the codebook beside the file.
type Hashing struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

// NewHashing returns a Hashing that writes to w.
func NewHashing(w io.Writer) *Hashing { return &Hashing{w: w, hash: sha256.New()} }

// Write implements [io.Writer]. Only what w took is counted.
func (h *Hashing) Write(b []byte) (int, error) {
	n, err := h.w.Write(b)
	h.hash.Write(b[:n])
	h.size += int64(n)
	return n, err
}

// SHA256 returns the hash of what was written so far, in hex.
func (h *Hashing) SHA256() string { return hex.EncodeToString(h.hash.Sum(nil)) }

// Size returns how many bytes were written so far.
func (h *Hashing) Size() int64 { return h.size }

// Codebook writes what a user of the file has to know, as Markdown (GitHub
// flavour): what it is, how it was made, every column, what missing values
// mean, how to cite it. A graph has two tables.
func Codebook(w io.Writer, p *Provenance, tables ...*Table) error {
	if p == nil {
		p = &Provenance{}
	}
	b := &strings.Builder{}
	title := p.Title
	for _, t := range tables {
		if err := t.check(); err != nil {
			return wrap("codebook", t, err)
		}
		if title == "" {
			title = t.Title
		}
	}
	fmt.Fprintf(b, "# Codebook: %s\n\n", md(title))
	p.describe(b)
	for _, t := range tables {
		t.describe(b)
	}
	describeMissing(b)
	p.cite(b)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("export %s as codebook: write: %w", p.Product, err)
	}
	return nil
}

func (p *Provenance) describe(b *strings.Builder) {
	b.WriteString("## The file\n\n| | |\n|---|---|\n")
	for _, f := range p.facts() {
		switch f.key {
		case "permalink":
			f.value = mdLink(f.value)
		default:
			if strings.HasPrefix(f.key, "source.") {
				continue
			}
			f.value = md(f.value)
		}
		fmt.Fprintf(b, "| %s | %s |\n", f.name, f.value)
	}
	fmt.Fprintf(b, "| Rows | %d |\n", p.Rows)
	if p.SHA256 != "" {
		fmt.Fprintf(b, "| SHA-256 of the file | `%s` |\n", strings.ReplaceAll(line(p.SHA256), "`", ""))
	}
	b.WriteString("\n## How it was made\n\nThe rows follow from the events of the ledger")
	if p.Seq > 0 {
		fmt.Fprintf(b, " up to and including sequence %d", p.Seq)
	}
	b.WriteString(", under the conventions named above. Events are never changed, only corrected by later ones, so " +
		"the same sequence and the same conventions give the same rows at any time.")
	if p.Permalink != "" {
		b.WriteString(" The permalink asks for them again.")
	}
	if p.SHA256 != "" {
		b.WriteString(" `sha256sum` tells whether a file is the one that this codebook describes.")
	}
	b.WriteString("\n\n")
}

func (t *Table) describe(b *strings.Builder) {
	fmt.Fprintf(b, "## Columns of %s\n\n", t.Name)
	if t.Title != "" {
		fmt.Fprintf(b, "%s.\n\n", md(strings.TrimSuffix(line(t.Title), ".")))
	}
	b.WriteString("| Column | Kind | Label |\n|---|---|---|\n")
	for i := range t.Columns {
		c := &t.Columns[i]
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", c.Name, c.Kind, md(c.Label))
	}
	b.WriteString("\n")
	for i := range t.Columns {
		t.Columns[i].book(b)
	}
}

// book writes the section of a column.
func (c *Column) book(b *strings.Builder) {
	fmt.Fprintf(b, "### `%s`\n\n", c.Name)
	if c.Doc != "" {
		fmt.Fprintf(b, "%s\n\n", md(c.Doc))
	}
	switch c.Kind {
	case KindInt:
		lo, hi := c.bounds()
		fmt.Fprintf(b, "A whole number from %d to %d.", lo, hi)
	case KindDate:
		b.WriteString("A day of the Gregorian calendar, also before it was in use, as YYYY-MM-DD; in Stata a %td date.")
	default:
		b.WriteString("Text in UTF-8.")
	}
	if c.Required {
		b.WriteString(" Never missing.")
	} else {
		b.WriteString(" May be missing.")
	}
	b.WriteString("\n\n")
	if len(c.Values) == 0 {
		return
	}
	b.WriteString("| Value | Meaning |\n|---|---|\n")
	for _, v := range c.values() {
		fmt.Fprintf(b, "| %d | %s |\n", v, md(c.Values[v]))
	}
	b.WriteString("\n")
}

func describeMissing(b *strings.Builder) {
	b.WriteString("## Missing values\n\n| Stata | Label | Meaning |\n|---|---|---|\n")
	for m := range missingReasons {
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", m.code(), m, m.meaning())
	}
	b.WriteString(`
Only Stata files keep the reason, and there only numbers and dates have one: a missing text is an empty text. In CSV a
missing value is an empty field, in JSON Lines and Parquet it is null, in GraphML the element has no such data.

`)
}

func (m Missing) meaning() string {
	switch m {
	case NotCovered:
		return "The data do not reach there, so they say neither yes nor no."
	case NoSuchState:
		return "The state did not exist then, so the question does not arise."
	case DateUnknown:
		return "It happened, but the sources do not give the day."
	}
	return "There is nothing to tell, such as the end of what goes on; or no reason is given."
}

func (p *Provenance) cite(b *strings.Builder) {
	fmt.Fprintf(b, "## How to cite\n\n> %s\n", md(p.citation()))
	if len(p.Sources) > 0 {
		b.WriteString("\nThe data rest on the work of others. Cite them too:\n\n")
		for _, s := range p.Sources {
			fmt.Fprintf(b, "- %s\n", md(s))
		}
	}
}

// citation is one sentence or more that names the file.
func (p *Provenance) citation() string {
	title := line(p.Title)
	if title == "" {
		title = line(p.Product)
	}
	var out []string
	for _, part := range []string{title, p.knowledge(), line(p.Program)} {
		if part != "" {
			out = append(out, strings.TrimSuffix(part, ".")+".")
		}
	}
	return strings.TrimSpace(strings.Join(append(out, line(p.Permalink)), " "))
}

// knowledge names the dataset and the point of the ledger.
func (p *Provenance) knowledge() string {
	set := line(p.DatasetTitle)
	if set == "" {
		set = line(p.Dataset)
	}
	set = strings.TrimSpace(set + " " + line(p.Version))
	var out []string
	if set != "" {
		out = append(out, "Dataset "+set)
	}
	if p.Seq > 0 {
		out = append(out, "sequence "+strconv.FormatUint(p.Seq, 10))
	}
	if !p.KnownAt.IsZero() {
		out = append(out, "known at "+p.KnownAt.UTC().Format(time.RFC3339))
	}
	return strings.Join(out, ", ")
}

// md renders a text as itself on one line of Markdown, also in a table.
func md(s string) string {
	var b strings.Builder
	for i, r := range line(s) {
		switch {
		case strings.ContainsRune("\\`*_[]<>|~&$", r), i == 0 && strings.ContainsRune("#+-=", r):
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// mdLink renders an address as a link, or as plain text if it is none.
func mdLink(s string) string {
	if !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") || strings.ContainsAny(s, " <>|\\`") {
		return md(s)
	}
	return "<" + s + ">"
}

// BibTeX writes one @misc entry for the file and one for each of its Sources,
// for any style of BibTeX and biber. The key of the entry is
// foedus-PRODUCT-DATASET-SEQ; those of the sources have their number after it.
func BibTeX(w io.Writer, p *Provenance) error {
	b := &strings.Builder{}
	parts := []string{"foedus"}
	for _, part := range []string{p.Product, p.Dataset, strconv.FormatUint(p.Seq, 10)} {
		if part = bibKey(part); part != "" {
			parts = append(parts, part)
		}
	}
	key := strings.Join(parts, "-")
	title := p.Title
	if title == "" {
		title = p.Product
	}
	fmt.Fprintf(b, "@misc{%s,\n", key)
	field(b, "title", "{"+tex(title)+"}") // a second brace keeps the case of its letters
	field(b, "author", brace(tex(p.Program)))
	if !p.KnownAt.IsZero() {
		field(b, "year", strconv.Itoa(p.KnownAt.UTC().Year()))
	}
	field(b, "version", tex(p.Version))
	field(b, "url", bibURL(p.Permalink))
	note := p.knowledge()
	if p.SHA256 != "" {
		note = strings.TrimPrefix(note+", SHA-256 "+line(p.SHA256), ", ")
	}
	field(b, "note", tex(note))
	b.WriteString("}\n")
	for i, s := range p.Sources {
		fmt.Fprintf(b, "\n@misc{%s-source%d,\n", key, i+1)
		field(b, "note", tex(s))
		b.WriteString("}\n")
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("export %s as BibTeX: write: %w", p.Product, err)
	}
	return nil
}

func field(b *strings.Builder, name, value string) {
	if value != "" && value != "{}" {
		fmt.Fprintf(b, "  %s = {%s},\n", name, value)
	}
}

// brace keeps BibTeX from taking a name apart.
func brace(s string) string {
	if s == "" {
		return ""
	}
	return "{" + s + "}"
}

// bibKey keeps what every BibTeX takes in a key.
func bibKey(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, s), "-.")
}

// tex renders s as text in a field. Braces become commands: BibTeX counts them
// even behind a backslash.
func tex(s string) string {
	var b strings.Builder
	for _, r := range line(s) {
		switch r {
		case '\\':
			b.WriteString(`\textbackslash{}`)
		case '{':
			b.WriteString(`\textbraceleft{}`)
		case '}':
			b.WriteString(`\textbraceright{}`)
		case '^':
			b.WriteString(`\textasciicircum{}`)
		case '~':
			b.WriteString(`\textasciitilde{}`)
		case '#', '$', '%', '&', '_':
			b.WriteByte('\\')
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// bibURL renders an address: it is not typeset as text, so only what would
// break the entry is percent-encoded.
func bibURL(s string) string {
	return strings.NewReplacer(" ", "%20", "{", "%7B", "}", "%7D", `\`, "%5C", `"`, "%22").Replace(line(s))
}
