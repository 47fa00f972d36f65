package export

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"foedus/ledger"
)

// The two errors of content. Any other error comes from the rows or from the
// writer underneath.
var (
	// ErrTable says that the columns of a table cannot be written.
	ErrTable = errors.New("unfit table")
	// ErrCell says that a row holds what its column does not allow.
	ErrCell = errors.New("unfit cell")
)

// Bounds that hold in every format, so that one table fits all of them.
const (
	// MinInt and MaxInt are the least and the greatest number of a column: what
	// a Stata long holds beside its missing values.
	MinInt = -2147483647
	MaxInt = 2147483620
	// MaxColumns is the greatest number of columns.
	MaxColumns = 2048
	// MaxName is the length of the longest column name in bytes.
	MaxName = 32
	// MaxValueLabel is the length of the longest value label in bytes.
	MaxValueLabel = 32000
)

// progressRows is how many rows pass between two calls of [Options.Progress].
const progressRows = 4096

// Kind is the type of a column.
type Kind uint8

// The kinds of columns.
const (
	KindInt  Kind = iota + 1 // a whole number from MinInt to MaxInt
	KindText                 // valid UTF-8
	KindDate                 // a civil day, years 1 to 9999
)

// String names k for a codebook and for errors.
func (k Kind) String() string {
	switch k {
	case KindInt:
		return "integer"
	case KindText:
		return "text"
	case KindDate:
		return "date"
	}
	return "nothing"
}

// Missing is why a cell has no value. Only Stata keeps the reason; in the
// other formats every reason looks the same.
type Missing uint8

// The reasons, and how Stata writes them.
const (
	None        Missing = iota // . no reason given, or there is nothing to tell
	NotCovered                 // .a the coverage of the data does not reach there
	NoSuchState                // .b the state did not exist then
	DateUnknown                // .c it happened, the day is not known
	missingReasons
)

// String is the value label of m.
func (m Missing) String() string {
	switch m {
	case NotCovered:
		return "not covered"
	case NoSuchState:
		return "no such state then"
	case DateUnknown:
		return "date unknown"
	}
	return "missing"
}

// code is how Stata shows m.
func (m Missing) code() string {
	if m == None {
		return "."
	}
	return "." + string(rune('a'+m-NotCovered))
}

// Column describes one column of a [Table].
type Column struct {
	// Name has 1 to [MaxName] ASCII letters, digits and underscores, does not
	// begin with a digit and is no reserved word of Stata. Names that differ
	// only in case are taken as equal.
	Name string
	// Label is a short title. Stata cuts it to 80 characters.
	Label string
	// Doc explains the column in the codebook; plain text.
	Doc  string
	Kind Kind
	// Required says that no cell is missing.
	Required bool
	// Min and Max bound a KindInt column; a cell outside is an [ErrCell]. Both
	// zero stand for [MinInt] and [MaxInt]. Stata chooses byte, int or long by them.
	Min, Max int64
	// Values are the labels of some or all values of a KindInt column. No two
	// are equal, and none is that of a [Missing].
	Values map[int64]string
}

// bounds returns the least and the greatest value of a KindInt column.
func (c *Column) bounds() (lo, hi int64) {
	if c.Min == 0 && c.Max == 0 {
		return MinInt, MaxInt
	}
	return c.Min, c.Max
}

// values returns the labelled values in ascending order.
func (c *Column) values() []int64 {
	out := make([]int64, 0, len(c.Values))
	for v := range c.Values {
		out = append(out, v)
	}
	slices.Sort(out)
	return out
}

// Cell is one value or the reason why there is none. The zero Cell is missing
// for [None].
type Cell struct {
	text    string
	num     int64 // the number, or the day
	kind    Kind  // 0 if missing
	missing Missing
}

// Int returns the cell of a number.
func Int(v int64) Cell { return Cell{num: v, kind: KindInt} }

// Text returns the cell of a text, which may be empty.
func Text(s string) Cell { return Cell{text: s, kind: KindText} }

// Day returns the cell of a day.
func Day(d ledger.Date) Cell { return Cell{num: int64(d), kind: KindDate} }

// Absent returns a cell without a value.
func Absent(why Missing) Cell { return Cell{missing: why} }

// Table is a stream of rows under typed columns.
type Table struct {
	Name    string // what errors and files call the table; as the name of a column, dashes allowed
	Title   string // what the table holds, in a few words
	Columns []Column
	// Rows gives every row to yield, until yield returns false; then it returns
	// without calling it again. It may reuse the slice between rows. It is run
	// up to three times and must give the same rows each time. Its error ends
	// the export.
	Rows func(yield func([]Cell) bool) error
}

// Options are what all writers take. The zero value is fine.
type Options struct {
	// Provenance is written into the files that have a place for it: Parquet,
	// Stata and GraphML. Nil writes nothing. Rows and SHA256 are left out, as
	// they are known only when the file is complete.
	Provenance *Provenance
	// Progress is called with the number of rows written so far, every few
	// thousand rows and at the end.
	Progress func(rows int64)
}

// reserved are the words that Stata takes for itself.
func reserved(name string) bool {
	switch name {
	case "_all", "_b", "_coef", "_cons", "_n", "_N", "_pi", "_pred", "_rc", "_se", "_skip", "byte", "double", "float", "if", "in",
		"int", "long", "strL", "using", "with":
		return true
	}
	digits, ok := strings.CutPrefix(name, "str")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

func identifier(name, extra string) bool {
	for i := range len(name) {
		switch b := name[i]; {
		case b == '_', b|0x20 >= 'a' && b|0x20 <= 'z':
		case i > 0 && (b >= '0' && b <= '9' || strings.IndexByte(extra, b) >= 0):
		default:
			return false
		}
	}
	return name != "" && len(name) <= MaxName
}

// check reports the first thing that is wrong with the columns, as an [ErrTable].
func (t *Table) check() error {
	if !identifier(t.Name, "-") {
		return fmt.Errorf("%w: the name %q is not 1 to %d letters, digits, dashes and underscores", ErrTable, t.Name, MaxName)
	}
	if t.Rows == nil {
		return fmt.Errorf("%w: it has no rows function", ErrTable)
	}
	if n := len(t.Columns); n == 0 || n > MaxColumns {
		return fmt.Errorf("%w: %d columns; there must be 1 to %d", ErrTable, n, MaxColumns)
	}
	seen := make(map[string]bool, len(t.Columns))
	for i := range t.Columns {
		c := &t.Columns[i]
		if err := c.check(); err != nil {
			return fmt.Errorf("%w: column %d, %q: %w", ErrTable, i+1, c.Name, err)
		}
		if low := strings.ToLower(c.Name); !seen[low] {
			seen[low] = true
			continue
		}
		return fmt.Errorf("%w: column %d: a column before it is called %q too, upper and lower case aside", ErrTable, i+1, c.Name)
	}
	return nil
}

func (c *Column) check() error {
	switch {
	case !identifier(c.Name, ""):
		return fmt.Errorf("the name must be 1 to %d ASCII letters, digits and underscores, not beginning with a digit", MaxName)
	case reserved(c.Name):
		return errors.New("the name is a reserved word of Stata")
	case !clean(c.Label) || !clean(c.Doc):
		return errors.New("the label or the doc is not valid UTF-8 or holds a control character")
	}
	switch c.Kind {
	case KindInt:
		return c.checkInt()
	case KindText, KindDate:
		if c.Min != 0 || c.Max != 0 || len(c.Values) > 0 {
			return fmt.Errorf("bounds and value labels are for integers, not for %s", c.Kind)
		}
		return nil
	}
	return fmt.Errorf("kind %d is unknown", c.Kind)
}

func (c *Column) checkInt() error {
	lo, hi := c.bounds()
	if lo < MinInt || hi > MaxInt || lo > hi {
		return fmt.Errorf("the bounds %d and %d are not within %d and %d", lo, hi, MinInt, MaxInt)
	}
	labels := map[string]bool{}
	for m := NotCovered; m < missingReasons; m++ {
		labels[m.String()] = true
	}
	for _, v := range c.values() {
		label := c.Values[v]
		switch {
		case v < lo || v > hi:
			return fmt.Errorf("the label of %d is for a value outside the bounds %d and %d", v, lo, hi)
		case label == "" || len(label) > MaxValueLabel || !clean(label):
			return fmt.Errorf("the label of %d is empty, over %d bytes, not valid UTF-8 or holds a control character", v, MaxValueLabel)
		case labels[label]:
			return fmt.Errorf("the label %q stands for two values", label)
		}
		labels[label] = true
	}
	return nil
}

// clean reports whether s is valid UTF-8 without control characters other than
// tab and line feed.
func clean(s string) bool {
	for i, r := range s {
		if r < ' ' && r != '\t' && r != '\n' || r == 0x7f || r == 0xfffe || r == 0xffff {
			return false
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return false
			}
		}
	}
	return true
}

// checkRow reports the first cell that its column does not allow.
func (t *Table) checkRow(cells []Cell) error {
	if len(cells) != len(t.Columns) {
		return fmt.Errorf("%w: %d cells for %d columns", ErrCell, len(cells), len(t.Columns))
	}
	for i := range cells {
		c, v := &t.Columns[i], &cells[i]
		ok := v.kind == c.Kind
		switch v.kind {
		case 0:
			ok = !c.Required && v.missing < missingReasons
		case KindInt:
			lo, hi := c.bounds()
			ok = ok && v.num >= lo && v.num <= hi
		case KindDate:
			ok = ok && v.num >= int64(ledger.MinDate) && v.num <= int64(ledger.MaxDate)
		case KindText:
			ok = ok && utf8.ValidString(v.text)
		}
		if !ok {
			return t.unfit(i, v)
		}
	}
	return nil
}

// unfit says what is wrong with a cell that checkRow refused.
func (t *Table) unfit(i int, v *Cell) error {
	c := &t.Columns[i]
	switch {
	case v.kind == 0 && v.missing >= missingReasons:
		return wrongCell(c, "missing for the unknown reason %d", v.missing)
	case v.kind == 0:
		return wrongCell(c, "missing, but the column is required")
	case v.kind != c.Kind:
		return wrongCell(c, "holds %s, but the column is of kind %s", v.kind, c.Kind)
	case v.kind == KindInt:
		lo, hi := c.bounds()
		return wrongCell(c, "%d is not within %d and %d", v.num, lo, hi)
	case v.kind == KindDate:
		return wrongCell(c, "day %d is outside the years 1 to 9999", v.num)
	}
	return wrongCell(c, "the text %.60q is not valid UTF-8", v.text)
}

func wrongCell(c *Column, format string, args ...any) error {
	return fmt.Errorf("%w: column %s: %s", ErrCell, c.Name, fmt.Sprintf(format, args...))
}

// counter counts the rows of one export over all its tables.
type counter struct {
	rows int64
	tell func(int64)
}

func (n *counter) add() {
	if n.rows++; n.tell != nil && n.rows%progressRows == 0 {
		n.tell(n.rows)
	}
}

// done reports the last rows.
func (n *counter) done() int64 {
	if n.tell != nil && n.rows%progressRows != 0 {
		n.tell(n.rows)
	}
	return n.rows
}

// each runs through the rows once, checks every cell and gives the row with its
// number, from 0. Errors of a row name it, counted from 1. A nil n counts
// nothing.
func (t *Table) each(n *counter, row func(at int64, cells []Cell) error) error {
	var at int64
	var failed error
	err := t.Rows(func(cells []Cell) bool {
		if failed != nil {
			return false
		}
		if failed = t.checkRow(cells); failed == nil {
			failed = row(at, cells)
		}
		if failed != nil {
			return false
		}
		at++
		if n != nil {
			n.add()
		}
		return true
	})
	switch {
	case failed != nil:
		return fmt.Errorf("row %d: %w", at+1, failed)
	case err != nil:
		return fmt.Errorf("the rows, after row %d: %w", at, err)
	}
	return nil
}

// sinkBytes is how much a sink collects before it writes.
const sinkBytes = 64 << 10

// sink is what formats append to.
type sink struct {
	w io.Writer
	b []byte
}

func newSink(w io.Writer) *sink { return &sink{w: w, b: make([]byte, 0, sinkBytes+4096)} }

// spill writes what was collected if that is enough.
func (s *sink) spill() error {
	if len(s.b) < sinkBytes {
		return nil
	}
	return s.flush()
}

func (s *sink) flush() error {
	if len(s.b) == 0 {
		return nil
	}
	n, err := s.w.Write(s.b)
	if err == nil && n < len(s.b) {
		err = io.ErrShortWrite
	}
	if s.b = s.b[:0]; cap(s.b) > 4*sinkBytes {
		s.b = make([]byte, 0, sinkBytes+4096) // one very long text must not stay in memory
	}
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// wrap says what was being written when err happened.
func wrap(format string, t *Table, err error) error {
	return fmt.Errorf("export %s as %s: %w", t.Name, format, err)
}

// appendDay renders the day of a checked date cell.
func appendDay(b []byte, num int64) []byte {
	out, _ := ledger.Date(num).AppendText(b) // never fails
	return out
}
