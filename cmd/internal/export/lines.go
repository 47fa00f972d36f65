package export

import (
	"io"
	"strconv"
	"strings"
)

// CSV writes t as comma-separated values after RFC 4180: UTF-8 without a byte
// order mark, a header, lines that end in CR LF. Dates are YYYY-MM-DD, numbers
// are written plainly, whatever their labels. A missing cell is an empty field;
// a text that is there but empty is "" in quotes, which only some readers tell
// apart. It returns the number of rows and the first error.
func CSV(w io.Writer, t *Table, o Options) (int64, error) {
	n := counter{tell: o.Progress}
	if err := writeCSV(w, t, &n); err != nil {
		return n.rows, wrap("CSV", t, err)
	}
	return n.done(), nil
}

func writeCSV(w io.Writer, t *Table, n *counter) error {
	if err := t.check(); err != nil {
		return err
	}
	s := newSink(w)
	for i := range t.Columns {
		if i > 0 {
			s.b = append(s.b, ',')
		}
		s.b = append(s.b, t.Columns[i].Name...)
	}
	s.b = append(s.b, "\r\n"...)
	err := t.each(n, func(_ int64, cells []Cell) error {
		b := s.b
		for i := range cells {
			if i > 0 {
				b = append(b, ',')
			}
			switch c := &cells[i]; c.kind {
			case KindInt:
				b = strconv.AppendInt(b, c.num, 10)
			case KindDate:
				b = appendDay(b, c.num)
			case KindText:
				b = appendField(b, c.text)
			default:
				if len(cells) == 1 {
					b = append(b, `""`...) // readers skip an empty line
				}
			}
		}
		b = append(b, "\r\n"...)
		s.b = b
		return s.spill()
	})
	if err != nil {
		return err
	}
	return s.flush()
}

// appendField appends a text that is present, in quotes where a reader could
// take it for something else.
func appendField(b []byte, s string) []byte {
	if plainField(s) {
		return append(b, s...)
	}
	b = append(b, '"')
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			break
		}
		b = append(append(b, s[:i]...), `""`...)
		s = s[i+1:]
	}
	return append(append(b, s...), '"')
}

// plainField reports whether s needs no quotes.
func plainField(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case ',', '"', '\r', '\n':
			return false
		}
	}
	return s != "" && s[0] > ' ' && s[len(s)-1] > ' '
}

// JSONLines writes t as one JSON object a line (RFC 8259), with every column
// in order. Dates are YYYY-MM-DD, a missing cell is null. It returns the number
// of rows and the first error.
func JSONLines(w io.Writer, t *Table, o Options) (int64, error) {
	n := counter{tell: o.Progress}
	if err := writeJSON(w, t, &n); err != nil {
		return n.rows, wrap("JSON Lines", t, err)
	}
	return n.done(), nil
}

func writeJSON(w io.Writer, t *Table, n *counter) error {
	if err := t.check(); err != nil {
		return err
	}
	keys := make([]string, len(t.Columns))
	for i := range keys {
		before := ","
		if i == 0 {
			before = "{"
		}
		keys[i] = before + `"` + t.Columns[i].Name + `":`
	}
	s := newSink(w)
	err := t.each(n, func(_ int64, cells []Cell) error {
		b := s.b
		for i := range cells {
			b = append(b, keys[i]...)
			switch c := &cells[i]; c.kind {
			case KindInt:
				b = strconv.AppendInt(b, c.num, 10)
			case KindDate:
				b = append(appendDay(append(b, '"'), c.num), '"')
			case KindText:
				b = appendString(b, c.text)
			default:
				b = append(b, "null"...)
			}
		}
		b = append(b, "}\n"...)
		s.b = b
		return s.spill()
	})
	if err != nil {
		return err
	}
	return s.flush()
}

// appendString appends a JSON string. Line and paragraph separators are
// escaped, as some readers take them for the end of a line.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(append(b, s[from:i]...), '\\', c)
		case c == '\n':
			b = append(append(b, s[from:i]...), '\\', 'n')
		case c < ' ' || c == 0x7f:
			b = append(append(b, s[from:i]...), '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c == 0xe2 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2]&^1 == 0xa8: // U+2028, U+2029
			b = append(append(b, s[from:i]...), '\\', 'u', '2', '0', '2', hex[s[i+2]&15])
			i += 2
		default:
			continue
		}
		from = i + 1
	}
	return append(append(b, s[from:]...), '"')
}
