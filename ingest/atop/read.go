package atop

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"foedus/ingest"
	"foedus/ledger"
)

// MaxFile bounds the size of a file, in bytes; version 5.1 has 0.7 million.
const MaxFile = 64 << 20

// The columns that every version has. The others are used where they stand.
func required() []string {
	return []string{
		"atopid", "member", "yrent", "moent", "dayent", "yrexit", "moexit", "dayexit",
		"defense", "offense", "neutral", "nonagg", "consul",
	}
}

// row is one line of the file: a state in one phase of an alliance.
type row struct {
	line     int
	alliance string
	phase    int
	member   int
	entry    ledger.When
	exit     ledger.When // the first day out; zero while it lasts
	codes    map[string]int
	version  string
}

// code returns the value of a column, 0 where the file has none.
func (r *row) code(column string) int { return r.codes[column] }

// table reads lines, and collects what is wrong with them.
type table struct {
	name   string
	column map[string]int
	rows   []row
	bad    ingest.Problems
	number map[string]bool // the columns that hold codes
}

func (t *table) fail(line int, field, value, why string) {
	where := t.name
	if line > 0 {
		where += ":" + strconv.Itoa(line)
	}
	t.bad.Add(ingest.Problem{Where: where, Field: field, Value: value, Why: why})
}

// readTable reads the whole file. With any problem the rows are of no use.
func readTable(r io.Reader, name string) *table {
	t := &table{name: name}
	text, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	switch {
	case err != nil:
		t.fail(0, "", "", "cannot be read: "+err.Error())
	case len(text) > MaxFile:
		t.fail(0, "", "", fmt.Sprintf("has more than %d bytes; give the member-level file", MaxFile))
	default:
		t.parse(bytes.TrimPrefix(text, []byte("\ufeff")))
	}
	return t
}

func (t *table) parse(text []byte) {
	if !t.sound(text) {
		return
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.FieldsPerRecord = -1
	in.ReuseRecord = true
	header, err := in.Read()
	if err != nil {
		t.fail(1, "", "", "has no header line: "+err.Error())
		return
	}
	if !t.header(header) {
		return
	}
	width := len(header)
	for {
		fields, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			t.fail(bad.Line, "", "", "is no line of a CSV file: "+bad.Err.Error())
			return
		}
		line, _ := in.FieldPos(0)
		if len(fields) != width {
			t.fail(line, "", "", fmt.Sprintf("has %d fields, the header has %d; the line is cut off or has a stray comma", len(fields), width))
			continue
		}
		t.row(line, fields)
	}
	if len(t.rows) == 0 && t.bad.Err() == nil {
		t.fail(1, "", "", "has no rows below the header")
	}
	t.twice()
}

// sound looks at the bytes before they are taken for lines.
func (t *table) sound(text []byte) bool {
	switch {
	case len(text) == 0:
		t.fail(0, "", "", "is empty; give the member-level file, for example atop5_1m.csv")
		return false
	case bytes.IndexByte(text, '\n') < 0 && bytes.IndexByte(text, '\r') >= 0:
		t.fail(1, "", "", "ends its lines with CR only; save it with LF or CRLF")
		return false
	case text[len(text)-1] != '\n':
		t.fail(1+bytes.Count(text, []byte{'\n'}), "", "", "does not end with a line end: the file is cut off; copy it again")
		return false
	case utf8.Valid(text):
		return true
	}
	for i, line := range bytes.Split(text, []byte{'\n'}) {
		if utf8.Valid(line) {
			continue
		}
		at := 0
		for at < len(line) {
			r, n := utf8.DecodeRune(line[at:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			at += n
		}
		t.fail(i+1, t.nth(text, bytes.Count(line[:at], []byte{','})), "", fmt.Sprintf("has the byte 0x%02x, which is no UTF-8; the file is Latin-1 perhaps, save it as UTF-8", line[at]))
	}
	return false
}

// nth names a column by its place in the header.
func (t *table) nth(text []byte, i int) string {
	first, _, _ := bytes.Cut(text, []byte{'\n'})
	names := strings.Split(strings.TrimSpace(string(first)), ",")
	if i < len(names) {
		return strings.Trim(names[i], `"`)
	}
	return ""
}

func (t *table) header(names []string) bool {
	t.column = make(map[string]int, len(names))
	for i, n := range names {
		n = strings.ToLower(strings.TrimSpace(n))
		if _, twice := t.column[n]; twice {
			t.fail(1, n, "", "stands in the header twice")
		}
		t.column[n] = i
	}
	if product := t.product(); product != "" {
		t.fail(1, "", "", "this is "+product+"; give the member-level file, for example atop5_1m.csv")
		return false
	}
	all := slices.Clone(names)
	for _, n := range required() {
		if _, ok := t.column[n]; ok {
			continue
		}
		why := "is missing from the header"
		if near := ledger.Nearest(n, all); near != "" {
			why += fmt.Sprintf("; rename %q", near)
		}
		t.fail(1, n, "", why)
	}
	t.number = make(map[string]bool)
	for _, n := range coded() {
		if _, ok := t.column[n]; ok {
			t.number[n] = true
		}
	}
	return t.bad.Err() == nil
}

// product names the other files of ATOP by what only they have.
func (t *table) product() string {
	has := func(n string) bool { _, ok := t.column[n]; return ok }
	switch {
	case has("member"):
		return ""
	case has("mem1") && has("begyr") && has("phase"):
		return "ATOP's alliance-phase file"
	case has("mem1") && has("begyr"):
		return "ATOP's alliance-level file"
	case has("ddyad"):
		return "ATOP's directed dyad-year file"
	case has("dyad"):
		return "ATOP's dyad-year file"
	case has("state") && has("year"):
		return "ATOP's state-year file"
	}
	return ""
}

// row reads one line.
func (t *table) row(line int, fields []string) {
	before := len(t.bad.List) + t.bad.More
	get := func(n string) string {
		i, ok := t.column[n]
		if !ok {
			return ""
		}
		return strings.TrimSpace(fields[i])
	}
	r := row{line: line, alliance: get("atopid"), version: strings.Clone(get("version")), codes: make(map[string]int)}
	if id := t.whole(line, "atopid", get("atopid"), 1, 999999); id > 0 {
		r.alliance = strconv.Itoa(id)
	}
	r.member = t.whole(line, "member", get("member"), 1, 99999)
	if get("phase") != "" {
		r.phase = t.whole(line, "phase", get("phase"), 0, 99)
	}
	r.entry = t.date(line, "ent", get)
	r.exit = t.date(line, "exit", get)
	if v := get("yrent"); v == "" || v == "0" {
		t.fail(line, "yrent", v, "a member must have entered; write a year")
	}
	for n := range t.number {
		if v := get(n); v != "" {
			r.codes[n] = t.whole(line, n, v, -9, 99999)
		}
	}
	for _, n := range []string{"defense", "offense", "neutral", "nonagg", "consul"} {
		if v, ok := r.codes[n]; !ok || v < 0 || v > 1 {
			t.fail(line, n, get(n), "must be 0 or 1")
		}
	}
	if !r.entry.IsZero() && !r.exit.IsZero() && r.exit.Latest() <= r.entry.Earliest() {
		t.fail(line, "yrexit", r.exit.String(), "lies before the entry on "+r.entry.String())
	}
	if len(t.bad.List)+t.bad.More == before {
		t.rows = append(t.rows, r)
	}
}

// whole reads a whole number from least to most; 0 and a problem if it is none.
func (t *table) whole(line int, field, value string, least, most int) int {
	n, err := strconv.Atoi(strings.TrimSuffix(value, ".0"))
	switch {
	case value == "":
		t.fail(line, field, "", "is empty; write a number")
	case err != nil:
		t.fail(line, field, value, "is no number")
	case n < least || n > most:
		t.fail(line, field, value, fmt.Sprintf("must lie between %d and %d", least, most))
	default:
		return n
	}
	return 0
}

// date reads three columns. No year, or 0, is no date; no month or day, or 0,
// is one that the file does not know.
func (t *table) date(line int, which string, get func(string) string) ledger.When {
	parts := [3]int{}
	most := [3]int{2200, 12, 31}
	for i, n := range []string{"yr" + which, "mo" + which, "day" + which} {
		if v := get(n); v != "" && v != "0" {
			if parts[i] = t.whole(line, n, v, 1, most[i]); parts[i] == 0 {
				return ledger.When{}
			}
		}
	}
	switch year, month, day := parts[0], parts[1], parts[2]; {
	case year == 0 && (month > 0 || day > 0):
		t.fail(line, "yr"+which, get("yr"+which), "is empty, but the month or the day is not")
		return ledger.When{}
	case year == 0:
		return ledger.When{}
	case month == 0 && day > 0:
		t.fail(line, "mo"+which, get("mo"+which), "is empty, but the day is not")
		return ledger.When{}
	case month == 0:
		return t.when(line, "yr"+which, fmt.Sprintf("%04d", year))
	case day == 0:
		return t.when(line, "mo"+which, fmt.Sprintf("%04d-%02d", year, month))
	default:
		return t.when(line, "day"+which, fmt.Sprintf("%04d-%02d-%02d", year, month, day))
	}
}

func (t *table) when(line int, field, text string) ledger.When {
	w, err := ledger.ParseWhen(text)
	if err != nil {
		t.fail(line, field, text, "is no date: "+err.Error())
	}
	return w
}

// twice finds rows of one member in one phase that overlap.
func (t *table) twice() {
	type place struct {
		alliance      string
		phase, member int
	}
	seen := make(map[place][]*row)
	for i := range t.rows {
		r := &t.rows[i]
		p := place{r.alliance, r.phase, r.member}
		for _, o := range seen[p] {
			if overlap(r, o) {
				t.fail(r.line, "member", strconv.Itoa(r.member), fmt.Sprintf("stands in phase %d of alliance %s on line %d already, at the same time", r.phase, r.alliance, o.line))
			}
		}
		seen[p] = append(seen[p], r)
	}
}

func overlap(a, b *row) bool {
	return a.entry.Latest() < until(b.exit).lo && b.entry.Latest() < until(a.exit).lo
}
