package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"foedus/ledger"
)

// MaxFile bounds the size of a file, in bytes.
const MaxFile = 64 << 20

// row is one line of the file: a stay of a state in an alliance.
type row struct {
	line            int
	alliance, title string // as they stand in the file
	id              string // of the alliance
	state, code     string // as it stands in the file, and as codes are compared
	start           ledger.When
	end             ledger.When // the first day out; zero while it lasts
	owes            uint        // a bit for each obligation of the mapping
}

// reader reads lines, and collects what is wrong with them.
type reader struct {
	faults
	*Mapping
	at   map[string]int // where each column of the header stands
	rows []row
}

// csv reads the whole file.
func (t *reader) csv(r io.Reader) {
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	switch {
	case err != nil:
		t.add(0, "", "", "cannot be read: "+err.Error())
	case len(text) > MaxFile:
		t.add(0, "", "", fmt.Sprintf("has more than %d bytes, which is the bound", MaxFile))
	default:
		t.parse(bytes.TrimPrefix(text, []byte("\ufeff")))
	}
}

func (t *reader) parse(text []byte) {
	if !t.sound(text) {
		return
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma = t.delimiter
	in.FieldsPerRecord = -1
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		t.add(1, "", "", "has no header line: "+err.Error())
		return
	}
	width, good := len(header), t.header(header)
	for rows := false; ; rows = true {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			if !rows {
				t.add(1, "", "", "has no rows below the header")
			}
			return
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			t.add(bad.Line, "", "", "is no line of a CSV file: "+bad.Err.Error())
			return
		}
		line, _ := in.FieldPos(0)
		switch {
		case len(fields) != width:
			t.add(line, "", "", fmt.Sprintf("has %d fields, the header has %d; the line is cut off or has a stray delimiter", len(fields), width))
		case good:
			t.row(line, fields)
		}
	}
}

// sound looks at the bytes before they are taken for lines.
func (t *reader) sound(text []byte) bool {
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		t.add(0, "", "", "is empty; give a CSV file with a header and rows")
		return false
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		t.add(1, "", "", "the file is written in UTF-16; save it as UTF-8")
		return false
	case bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') >= 0:
		t.add(1, "", "", "ends its lines with CR only; save it with LF or CRLF")
		return false
	case text[len(text)-1] != '\n':
		t.add(1+bytes.Count(text, []byte{'\n'}), "", "", "does not end with a line end: the file is cut off; copy it again")
		return false
	case utf8.Valid(text):
		return true
	}
	names, _, _ := bytes.Cut(text, []byte{'\n'})
	header := strings.Split(strings.TrimSpace(string(names)), string(t.delimiter))
	n := 0
	for line := range bytes.Lines(text) {
		n++
		if at := firstBad(line); at >= 0 {
			column := ""
			if i := bytes.Count(line[:at], []byte(string(t.delimiter))); i < len(header) && n > 1 {
				column = strings.Trim(header[i], ` "`)
			}
			t.add(n, strings.ToValidUTF8(column, "?"), "", fmt.Sprintf("has the byte 0x%02x, which is no UTF-8; the file is Latin-1 perhaps, save it as UTF-8", line[at]))
		}
	}
	return false
}

// firstBad returns where b stops being UTF-8, -1 if it does not.
func firstBad(b []byte) int {
	for at := 0; at < len(b); {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n == 1 {
			return at
		}
		at += n
	}
	return -1
}

// columns lists the columns that the mapping names.
func (m *Mapping) columns() (out []ref) {
	for _, c := range []ref{
		m.alliance, m.title, m.state, m.start.whole, m.start.year, m.start.month, m.start.day,
		m.end.whole, m.end.year, m.end.month, m.end.day,
	} {
		if c.given() {
			out = append(out, c)
		}
	}
	for _, o := range m.obligations {
		out = append(out, o.ref)
	}
	return out
}

// header finds the columns of the mapping among names.
func (t *reader) header(names []string) bool {
	before := len(t.list)
	t.at = make(map[string]int, len(names))
	all := make([]string, 0, len(names))
	twice := make(map[string]bool)
	for i, n := range names {
		n = strings.TrimSpace(n)
		if _, ok := t.at[n]; ok {
			twice[n] = true
		}
		t.at[n] = i
		all = append(all, n)
	}
	if other := t.otherDelimiter(names); other != "" {
		t.add(1, "", "", "has a single column; "+other)
		return false
	}
	for _, c := range t.columns() {
		_, ok := t.at[c.name]
		switch {
		case !ok:
			t.add(1, c.name, "", fmt.Sprintf("is missing from the header; %s of %s:%d names it%s", c.key, t.file, c.line, suggest(c.name, all)))
		case twice[c.name]:
			t.add(1, c.name, "", "stands in the header twice; give the two different names")
		}
	}
	return len(t.list) == before
}

// otherDelimiter says which delimiter a header that looks like one column has.
func (t *reader) otherDelimiter(names []string) string {
	if len(names) != 1 {
		return ""
	}
	for _, d := range []string{";", "\t", ","} {
		if d != string(t.delimiter) && strings.Contains(names[0], d) {
			return fmt.Sprintf("write the delimiter that it has, %q, under options in %s", d, t.file)
		}
	}
	return ""
}

// cell returns the value of a column, "" where the mapping names none.
func (t *reader) cell(fields []string, c ref) string {
	if !c.given() {
		return ""
	}
	return strings.TrimSpace(fields[t.at[c.name]])
}

// row reads one line.
func (t *reader) row(line int, fields []string) {
	before := len(t.list) + t.more
	r := row{
		line: line, alliance: t.short(line, fields, t.alliance), title: t.cell(fields, t.title),
		state: t.short(line, fields, t.state),
	}
	if r.alliance != "" {
		if r.id = kebab(r.alliance); r.id == "" {
			t.add(line, t.alliance.name, r.alliance, "has no letter a to z and no digit to make an id of; write a number or a Latin name")
		}
	}
	if len(r.title) > ledger.MaxText {
		t.add(line, t.title.name, r.title, fmt.Sprintf("has %d bytes, at most %d are allowed", len(r.title), ledger.MaxText))
	}
	r.code = compared(t.scheme, r.state)
	start, startOK := t.date(line, fields, t.start)
	end, endOK := t.date(line, fields, t.end)
	if startOK && start.IsZero() {
		c := t.start.first()
		t.add(line, c.name, t.cell(fields, c), "a stay must have begun; write a date")
		startOK = false
	}
	if endOK && t.lastDay && !end.IsZero() {
		end = nextDay(end)
	}
	if startOK && endOK && !end.IsZero() && end.Latest() <= start.Earliest() {
		t.add(line, t.end.first().name, t.cell(fields, t.end.first()), t.reversed(start, end))
	}
	r.start, r.end = start, end
	for i, o := range t.obligations {
		v := t.cell(fields, o.ref)
		switch f := folded(v); {
		case t.yes[f]:
			r.owes |= 1 << i
		case v != "" && !t.no[f]:
			t.add(line, o.name, v, "says neither yes nor no; name it under yes_values or no_values in "+t.file)
		}
	}
	if len(t.list)+t.more == before {
		r.keep()
		t.rows = append(t.rows, r)
	}
}

// keep copies the texts, so that they do not hold the rest of the line.
func (r *row) keep() {
	r.alliance, r.title, r.state = strings.Clone(r.alliance), strings.Clone(r.title), strings.Clone(r.state)
	r.code = strings.Clone(r.code)
}

// reversed says that a stay ends before it has lasted a day.
func (t *reader) reversed(start, end ledger.When) string {
	if end.Latest() < start.Earliest() {
		return "lies before the start on " + start.String()
	}
	return "is the day of the start, and an end is the first day out; write the day after, or end_means: last-day in " + t.file
}

// short reads a cell that must have a short text.
func (t *reader) short(line int, fields []string, c ref) string {
	s := t.cell(fields, c)
	switch {
	case s == "":
		t.add(line, c.name, "", "is empty")
	case len(s) > maxName:
		t.add(line, c.name, s, fmt.Sprintf("has %d bytes, at most %d are allowed", len(s), maxName))
	}
	return s
}

// first is the column that a message about the date names.
func (d *dateColumns) first() ref {
	if d.whole.given() {
		return d.whole
	}
	return d.year
}

// date reads a date, the zero When where there is none; not ok with a problem.
func (t *reader) date(line int, fields []string, d dateColumns) (w ledger.When, ok bool) {
	if d.whole.given() {
		return t.when(line, d.whole, t.known(fields, d.whole))
	}
	columns, most := []ref{d.year, d.month, d.day}, []int{9999, 12, 31}
	var parts [3]int
	ok = true
	for i, c := range columns {
		v := t.known(fields, c)
		if v == "" {
			continue
		}
		if i > 0 && ok && parts[i-1] == 0 {
			t.add(line, c.name, v, "is given, but "+columns[i-1].name+" is not")
			return w, false
		}
		n, why := whole(v, most[i])
		if why != "" {
			t.add(line, c.name, v, why)
			ok = false
		}
		parts[i] = n
	}
	switch {
	case !ok:
		return w, false
	case parts[2] > 0:
		return t.when(line, d.day, fmt.Sprintf("%04d-%02d-%02d", parts[0], parts[1], parts[2]))
	case parts[1] > 0:
		return t.when(line, d.month, fmt.Sprintf("%04d-%02d", parts[0], parts[1]))
	case parts[0] > 0:
		return t.when(line, d.year, fmt.Sprintf("%04d", parts[0]))
	}
	return w, true
}

// known returns the value of a column, "" where it stands for no date.
func (t *reader) known(fields []string, c ref) string {
	if v := t.cell(fields, c); !t.open[plain(v)] {
		return v
	}
	return ""
}

// whole reads a number from 1 to most, and says what is wrong if it is none.
func whole(v string, most int) (n int, why string) {
	n, err := strconv.Atoi(plain(v))
	switch {
	case err != nil:
		return 0, "is no whole number"
	case n < 1 || n > most:
		return 0, fmt.Sprintf("must lie between 1 and %d; leave empty what is not known, or name the value under open_values", most)
	}
	return n, ""
}

// when reads a date with both ends.
func (t *reader) when(line int, c ref, text string) (w ledger.When, ok bool) {
	w, err := ledger.ParseWhen(text)
	switch {
	case err != nil:
		t.add(line, c.name, text, noDate(err))
		return w, false
	case w.IsZero():
		return w, true
	case !w.Earliest().Finite() || !w.Latest().Finite():
		t.add(line, c.name, text, "is open to one side; write a date or an interval with both ends")
		return w, false
	case w.Latest().Year() == ledger.MaxDate.Year():
		t.add(line, c.name, text, "lies at the end of the calendar; if it stands for no end, name it under open_values in "+t.file)
		return w, false
	}
	return w, true
}

// nextDay adds a day to the first and the last day that w can mean. What the
// source is not sure of stays marked so.
func nextDay(w ledger.When) ledger.When {
	from, to, interval := strings.Cut(w.String(), "/")
	if !interval {
		to = from
	}
	text := (w.Earliest() + 1).String() + qualifier(from)
	if !w.Exact() {
		text += "/" + (w.Latest() + 1).String() + qualifier(to)
	}
	next, err := ledger.ParseWhen(text)
	if err != nil {
		panic(err) // unreachable: reader.when takes nothing that ends with the calendar
	}
	return next
}

// qualifier returns the mark at the end of an EDTF date, "" if it has none.
func qualifier(s string) string {
	if s != "" && strings.IndexByte("~?%", s[len(s)-1]) >= 0 {
		return s[len(s)-1:]
	}
	return ""
}
