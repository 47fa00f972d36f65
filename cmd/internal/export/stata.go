package export

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"foedus/ledger"
)

// What format 118 fixes ("Description of .dta file format 118", Stata 14 to 19).
const (
	dtaNameBytes   = 129   // 32 characters of up to 4 bytes, and a zero
	dtaFormatBytes = 57    // a display format
	dtaLabelBytes  = 321   // 80 characters of up to 4 bytes, and a zero
	dtaLabelRunes  = 80    // of a variable or of the dataset
	dtaCharBytes   = 67784 // of a characteristic
	dtaMaxStrf     = 2045  // bytes of the widest fixed text; beyond it is a strL

	dtaStrL uint16 = 32768
	dtaLong uint16 = 65528
	dtaInt  uint16 = 65529
	dtaByte uint16 = 65530

	dtaEpoch = ledger.Date(-3653) // 1960-01-01
)

// The least code of missing values, that of "."; .a follows it, and so on.
const (
	dtaByteMissing = 101
	dtaIntMissing  = 32741
	dtaLongMissing = 2147483621
)

// Stata writes t as a Stata dataset in format 118, little-endian, which Stata
// 14 and later read. Integers are byte, int or long by the bounds of their
// column, with value labels; dates are %td; texts are as wide as the longest,
// in bytes, and strL beyond 2045. Missing cells keep their reason: "." or .a
// to .c, which labelled columns explain among their labels. A missing text is
// an empty one. The Provenance is in the notes of the dataset, its KnownAt the
// time stamp.
//
// It goes through the rows two times, and a third time if there is a strL;
// Progress counts the second. All cells are checked before a byte is written; a
// text with a NUL byte is an [ErrCell]. It returns the number of rows and the
// first error.
func Stata(w io.Writer, t *Table, o Options) (int64, error) {
	n := counter{tell: o.Progress}
	if err := writeStata(w, t, &n, o.Provenance); err != nil {
		return n.rows, wrap("Stata", t, err)
	}
	return n.done(), nil
}

// errMoved says that the rows of a table were not the same when they were run
// again.
var errMoved = errors.New("the rows differ from those of the pass before")

// dtaColumn is what the first pass learns of a column.
type dtaColumn struct {
	*Column
	typ     uint16
	width   int   // bytes in a row
	longest int   // bytes of the longest text
	filled  int64 // texts that are not empty
	bytes   int64 // of all texts
}

// dta is a dataset that is being written.
type dta struct {
	*sink
	t       *Table
	prov    *Provenance
	columns []dtaColumn
	rows    int64
	width   int // bytes of a row
	at      int64
	parts   [14]int64 // the map
}

func writeStata(w io.Writer, t *Table, n *counter, prov *Provenance) error {
	if err := t.check(); err != nil {
		return err
	}
	d := &dta{sink: newSink(w), t: t, prov: prov, columns: make([]dtaColumn, len(t.Columns))}
	if err := d.measure(); err != nil {
		return err
	}
	for _, write := range []func() error{
		d.head, func() error { return d.data(n) }, d.strls, d.valueLabels,
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return d.flush()
}

// measure is the first pass: it counts rows, finds the widths of texts and
// chooses the types.
func (d *dta) measure() error {
	for i := range d.columns {
		d.columns[i].Column = &d.t.Columns[i]
	}
	err := d.t.each(nil, func(at int64, cells []Cell) error {
		for i := range cells {
			v := &cells[i]
			if v.text == "" {
				continue
			}
			c := &d.columns[i]
			if strings.IndexByte(v.text, 0) >= 0 {
				return wrongCell(c.Column, "Stata cannot hold the text %.60q: it has a NUL byte", v.text)
			}
			c.longest = max(c.longest, len(v.text))
			c.bytes += int64(len(v.text))
			c.filled++
		}
		d.rows = at + 1
		return nil
	})
	for i := range d.columns {
		c := &d.columns[i]
		c.choose()
		d.width += c.width
	}
	return err
}

func (c *dtaColumn) choose() {
	lo, hi := c.bounds()
	switch {
	case c.Kind == KindText && c.longest > dtaMaxStrf:
		c.typ, c.width = dtaStrL, 8
	case c.Kind == KindText:
		c.width = max(c.longest, 1)
		c.typ = uint16(c.width)
	case c.Kind == KindInt && lo >= -127 && hi < dtaByteMissing:
		c.typ, c.width = dtaByte, 1
	case c.Kind == KindInt && lo >= -32767 && hi < dtaIntMissing:
		c.typ, c.width = dtaInt, 2
	default:
		c.typ, c.width = dtaLong, 4
	}
}

// format is how Stata shows the column.
func (c *dtaColumn) format() string {
	switch {
	case c.Kind == KindDate:
		return "%td"
	case c.typ == dtaStrL:
		return "%9s"
	case c.Kind == KindText:
		return "%" + strconv.Itoa(max(c.width, 9)) + "s"
	case c.typ == dtaLong:
		return "%12.0g"
	}
	return "%8.0g"
}

// head writes everything before the data: the header, the map, what describes
// the columns, and the notes. The map needs the place of each part, so the
// parts are made first; they grow with the columns only.
func (d *dta) head() error {
	parts := [][]byte{d.header(), make([]byte, len("<map></map>")+8*len(d.parts)), nil, nil, nil, nil, nil, nil, nil}
	copy(parts[2:], d.describe())
	parts[8] = d.characteristics()
	var at int64
	for i, p := range parts {
		d.parts[i] = at
		at += int64(len(p))
	}
	d.parts[9] = at
	d.parts[10] = d.parts[9] + int64(len("<data></data>")) + d.rows*int64(d.width)
	d.parts[11] = d.parts[10] + int64(len("<strls></strls>")) + d.strlBytes()
	labels := int64(len("<value_labels></value_labels>"))
	for i := range d.columns {
		labels += int64(len(d.columns[i].table()))
	}
	d.parts[12] = d.parts[11] + labels
	d.parts[13] = d.parts[12] + int64(len("</stata_dta>"))
	parts[1] = append(parts[1][:0], "<map>"...) // of the length that the places count on
	for _, p := range d.parts {
		parts[1] = binary.LittleEndian.AppendUint64(parts[1], uint64(p))
	}
	parts[1] = append(parts[1], "</map>"...)
	for _, p := range parts {
		if err := d.put(p); err != nil {
			return err
		}
	}
	return nil
}

// put appends b and writes when there is enough.
func (d *dta) put(b []byte) error {
	d.b = append(d.b, b...)
	d.at += int64(len(b))
	return d.spill()
}

// reached fails if the part with this index in the map does not begin here.
func (d *dta) reached(part int) error {
	if d.at != d.parts[part] {
		return fmt.Errorf("%w: part %d of the file begins at byte %d, the map says %d", errMoved, part, d.at, d.parts[part])
	}
	return nil
}

func (d *dta) header() []byte {
	le := binary.LittleEndian
	b := []byte("<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>")
	b = append(le.AppendUint16(b, uint16(len(d.columns))), "</K><N>"...)
	b = append(le.AppendUint64(b, uint64(d.rows)), "</N><label>"...)
	title := cut(line(d.t.Title), dtaLabelRunes)
	b = append(append(le.AppendUint16(b, uint16(len(title))), title...), "</label><timestamp>"...)
	var stamp string
	if d.prov != nil && !d.prov.KnownAt.IsZero() {
		stamp = d.prov.KnownAt.In(time.UTC).Format("02 Jan 2006 15:04")
	}
	return append(append(append(b, byte(len(stamp))), stamp...), "</timestamp></header>"...)
}

// describe returns parts 2 to 7 of the map.
func (d *dta) describe() [][]byte {
	le := binary.LittleEndian
	types, names, sorted := []byte("<variable_types>"), []byte("<varnames>"), []byte("<sortlist>")
	formats, lists, labels := []byte("<formats>"), []byte("<value_label_names>"), []byte("<variable_labels>")
	for i := range d.columns {
		c := &d.columns[i]
		types = le.AppendUint16(types, c.typ)
		names = appendPadded(names, c.Name, dtaNameBytes)
		formats = appendPadded(formats, c.format(), dtaFormatBytes)
		list := ""
		if len(c.Values) > 0 {
			list = c.Name // a list of value labels is called as its column
		}
		lists = appendPadded(lists, list, dtaNameBytes)
		labels = appendPadded(labels, cut(line(c.Label), dtaLabelRunes), dtaLabelBytes)
	}
	sorted = append(sorted, make([]byte, 2*(len(d.columns)+1))...) // zeros: not sorted, as far as Stata need know
	return [][]byte{
		append(types, "</variable_types>"...), append(names, "</varnames>"...), append(sorted, "</sortlist>"...),
		append(formats, "</formats>"...), append(lists, "</value_label_names>"...), append(labels, "</variable_labels>"...),
	}
}

func appendPadded(b []byte, s string, width int) []byte {
	return append(append(b, s...), make([]byte, width-len(s))...)
}

// characteristics holds the notes: what Stata's command notes lists. note0 is
// their number.
func (d *dta) characteristics() []byte {
	b := []byte("<characteristics>")
	notes := []string{}
	for _, f := range d.prov.facts() {
		notes = append(notes, f.name+": "+f.value)
	}
	notes = append(notes, "Missing values: .a not covered, .b no such state then, .c date unknown, . no reason given.")
	b = appendNotes(b, "_dta", notes)
	for i := range d.columns {
		if c := &d.columns[i]; c.Doc != "" {
			b = appendNotes(b, c.Name, []string{c.Doc})
		}
	}
	return append(b, "</characteristics>"...)
}

func appendNotes(b []byte, of string, notes []string) []byte {
	b = appendChar(b, of, "note0", strconv.Itoa(len(notes)))
	for i, text := range notes {
		b = appendChar(b, of, "note"+strconv.Itoa(i+1), line(text))
	}
	return b
}

func appendChar(b []byte, of, name, text string) []byte {
	if n := dtaCharBytes - 1; len(text) > n {
		for !utf8.RuneStart(text[n]) {
			n--
		}
		text = text[:n]
	}
	b = binary.LittleEndian.AppendUint32(append(b, "<ch>"...), uint32(2*dtaNameBytes+len(text)+1))
	b = appendPadded(appendPadded(b, of, dtaNameBytes), name, dtaNameBytes)
	return append(append(append(b, text...), 0), "</ch>"...)
}

// data is the second pass.
func (d *dta) data(n *counter) error {
	if err := d.reached(9); err != nil {
		return err
	}
	if err := d.put([]byte("<data>")); err != nil {
		return err
	}
	err := d.t.each(n, func(at int64, cells []Cell) error {
		if at >= d.rows {
			return errMoved
		}
		b := d.b
		for i := range cells {
			c, v := &d.columns[i], &cells[i]
			if c.Kind != KindText {
				b = c.number(b, v)
				continue
			}
			if len(v.text) > c.longest {
				return errMoved
			}
			if c.typ == dtaStrL {
				b = appendRef(b, i, at, v)
				continue
			}
			b = append(b, v.text...)
			for range c.width - len(v.text) {
				b = append(b, 0)
			}
		}
		d.b = b
		d.at += int64(d.width)
		return d.spill()
	})
	if err != nil {
		return err
	}
	return d.put([]byte("</data>"))
}

// number appends a number, a day or the code of a missing value.
func (c *dtaColumn) number(b []byte, v *Cell) []byte {
	num := v.num
	if v.kind == KindDate {
		num -= int64(dtaEpoch)
	}
	switch c.typ {
	case dtaByte:
		if v.kind == 0 {
			num = dtaByteMissing + int64(v.missing)
		}
		return append(b, byte(num))
	case dtaInt:
		if v.kind == 0 {
			num = dtaIntMissing + int64(v.missing)
		}
		return binary.LittleEndian.AppendUint16(b, uint16(num))
	}
	if v.kind == 0 {
		num = dtaLongMissing + int64(v.missing)
	}
	return binary.LittleEndian.AppendUint32(b, uint32(num))
}

// appendRef appends (v,o), which says where the text of a strL is: 2 bytes of
// column and 6 of row, both from 1; zeros for an empty text.
func appendRef(b []byte, column int, row int64, v *Cell) []byte {
	if v.text == "" {
		return binary.LittleEndian.AppendUint64(b, 0)
	}
	return binary.LittleEndian.AppendUint64(b, uint64(column+1)|uint64(row+1)<<16)
}

// gsoBytes is the size of a text in the strls beside the text: GSO, v, o, the
// type, the length, the zero at the end.
const gsoBytes = 3 + 4 + 8 + 1 + 4 + 1

func (d *dta) strlBytes() (n int64) {
	for i := range d.columns {
		if c := &d.columns[i]; c.typ == dtaStrL {
			n += c.bytes + c.filled*gsoBytes
		}
	}
	return n
}

// strls is the third pass, if any column is a strL: it writes their texts in
// the order of their references.
func (d *dta) strls() error {
	if err := d.reached(10); err != nil {
		return err
	}
	if err := d.put([]byte("<strls>")); err != nil {
		return err
	}
	if d.strlBytes() > 0 {
		err := d.t.each(nil, func(at int64, cells []Cell) error {
			for i := range cells {
				if text := cells[i].text; d.columns[i].typ == dtaStrL && text != "" {
					if err := d.gso(i, at, text); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return d.put([]byte("</strls>"))
}

func (d *dta) gso(column int, row int64, text string) error {
	le := binary.LittleEndian
	b := d.b
	b = append(b, "GSO"...)
	b = le.AppendUint32(b, uint32(column+1))
	b = le.AppendUint64(b, uint64(row+1))
	b = append(b, 130) // text, with a zero at the end
	b = le.AppendUint32(b, uint32(len(text)+1))
	d.b = append(append(b, text...), 0)
	d.at += int64(len(text)) + gsoBytes
	return d.spill()
}

// table is the list of value labels of a column, nil if it has none. The
// reasons of missing values stand at its end.
func (c *dtaColumn) table() []byte {
	if len(c.Values) == 0 {
		return nil
	}
	le := binary.LittleEndian
	values := c.values()
	texts := make([]string, 0, len(values)+int(missingReasons))
	for _, v := range values {
		texts = append(texts, c.Values[v])
	}
	for m := NotCovered; m < missingReasons; m++ {
		values = append(values, dtaLongMissing+int64(m))
		texts = append(texts, m.String())
	}
	size := 0
	for _, s := range texts {
		size += len(s) + 1
	}
	b := le.AppendUint32([]byte("<lbl>"), uint32(8+8*len(values)+size))
	b = appendPadded(b, c.Name, dtaNameBytes)
	b = append(b, 0, 0, 0)
	b = le.AppendUint32(b, uint32(len(values)))
	b = le.AppendUint32(b, uint32(size))
	off := 0
	for _, s := range texts {
		b = le.AppendUint32(b, uint32(off))
		off += len(s) + 1
	}
	for _, v := range values {
		b = le.AppendUint32(b, uint32(v))
	}
	for _, s := range texts {
		b = append(append(b, s...), 0)
	}
	return append(b, "</lbl>"...)
}

func (d *dta) valueLabels() error {
	if err := d.reached(11); err != nil {
		return err
	}
	if err := d.put([]byte("<value_labels>")); err != nil {
		return err
	}
	for i := range d.columns {
		if err := d.put(d.columns[i].table()); err != nil {
			return err
		}
	}
	if err := d.put([]byte("</value_labels>")); err != nil {
		return err
	}
	if err := d.reached(12); err != nil {
		return err
	}
	return d.put([]byte("</stata_dta>"))
}

// cut shortens s to n characters.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// line puts s on one line: what is blank or a control character becomes one
// space, what is not UTF-8 the replacement character.
func line(s string) string {
	return strings.Join(slices.Collect(strings.FieldsFuncSeq(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return r <= ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfffe || r == 0xffff
	})), " ")
}
