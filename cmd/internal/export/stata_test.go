package export

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"foedus/ledger"
)

// dtaFile is what readDTA finds in a file of format 118.
type dtaFile struct {
	label, stamp                  string
	types                         []uint16
	names, formats, lists, labels []string
	notes                         map[string][]string
	values                        map[string]map[int32]string
	texts                         [][]string // of the columns that are text
	numbers                       [][]int64  // of the others; missing values are .a as 'a', . as '.', plus missingMark
	rows                          uint64
	strlCount                     int
}

const missingMark = 1 << 40

// dtaReader reads from front to back and fails the test where the bytes are
// not as the description of the format says.
type dtaReader struct {
	t  *testing.T
	b  []byte
	at int
}

func (r *dtaReader) bytes(n int) []byte {
	r.t.Helper()
	if n < 0 || r.at+n > len(r.b) {
		r.t.Fatalf("byte %d: %d more wanted, the file has %d", r.at, n, len(r.b))
	}
	r.at += n
	return r.b[r.at-n : r.at]
}

func (r *dtaReader) tag(s string) {
	r.t.Helper()
	if got := r.bytes(len(s)); string(got) != s {
		r.t.Fatalf("byte %d: %q, want %q", r.at-len(s), got, s)
	}
}

func (r *dtaReader) u16() uint16 { r.t.Helper(); return binary.LittleEndian.Uint16(r.bytes(2)) }
func (r *dtaReader) u32() uint32 { r.t.Helper(); return binary.LittleEndian.Uint32(r.bytes(4)) }
func (r *dtaReader) u64() uint64 { r.t.Helper(); return binary.LittleEndian.Uint64(r.bytes(8)) }

// padded reads a text that ends at its first zero; only zeros may follow.
func (r *dtaReader) padded(n int) string {
	r.t.Helper()
	s, rest, ok := bytes.Cut(r.bytes(n), []byte{0})
	if !ok || len(bytes.Trim(rest, "\x00")) > 0 || !utf8.Valid(s) {
		r.t.Fatalf("byte %d: no padded text of %d bytes", r.at-n, n)
	}
	return string(s)
}

func (r *dtaReader) next(s string) bool { return bytes.HasPrefix(r.b[r.at:], []byte(s)) }

func readDTA(t *testing.T, b []byte) *dtaFile {
	t.Helper()
	r := &dtaReader{t: t, b: b}
	f := &dtaFile{notes: map[string][]string{}, values: map[string]map[int32]string{}}
	r.tag("<stata_dta><header><release>118</release><byteorder>LSF</byteorder><K>")
	k := int(r.u16())
	r.tag("</K><N>")
	f.rows = r.u64()
	r.tag("</N><label>")
	f.label = string(r.bytes(int(r.u16())))
	r.tag("</label><timestamp>")
	if f.stamp = string(r.bytes(int(r.bytes(1)[0]))); f.stamp != "" && len(f.stamp) != 17 {
		t.Fatalf("time stamp %q", f.stamp)
	}
	r.tag("</timestamp></header>")
	places := []int{0, r.at}
	r.tag("<map>")
	var parts [14]int
	for i := range parts {
		parts[i] = int(r.u64())
	}
	r.tag("</map>")
	part := func(name string, read func()) {
		t.Helper()
		places = append(places, r.at)
		r.tag("<" + name + ">")
		read()
		r.tag("</" + name + ">")
	}
	list := func(width int) (out []string) {
		for range k {
			out = append(out, r.padded(width))
		}
		return out
	}
	part("variable_types", func() {
		for range k {
			f.types = append(f.types, r.u16())
		}
	})
	part("varnames", func() { f.names = list(129) })
	part("sortlist", func() { r.bytes(2 * (k + 1)) })
	part("formats", func() { f.formats = list(57) })
	part("value_label_names", func() { f.lists = list(129) })
	part("variable_labels", func() { f.labels = list(321) })
	part("characteristics", func() {
		for r.next("<ch>") {
			r.tag("<ch>")
			n := int(r.u32())
			of, name := r.padded(129), r.padded(129)
			text := string(r.bytes(n - 258))
			r.tag("</ch>")
			if !strings.HasSuffix(text, "\x00") || len(text) > 67784 {
				t.Fatalf("characteristic %s[%s] of %d bytes does not end with a zero or is too long", of, name, len(text))
			}
			if name == "note0" {
				f.notes[of] = []string{text}
				continue
			}
			f.notes[of] = append(f.notes[of], strings.TrimSuffix(text, "\x00"))
		}
		for of, notes := range f.notes {
			if notes[0] != fmt.Sprintf("%d\x00", len(notes)-1) {
				t.Fatalf("%s has %q notes", of, notes)
			}
			f.notes[of] = notes[1:]
		}
	})
	refs := map[[2]uint64][2]int{}
	part("data", func() { r.data(f, refs) })
	part("strls", func() {
		for ; r.next("GSO"); f.strlCount++ {
			r.tag("GSO")
			ref := [2]uint64{uint64(r.u32()), r.u64()}
			if typ := r.bytes(1)[0]; typ != 130 {
				t.Fatalf("GSO of type %d", typ)
			}
			text := string(r.bytes(int(r.u32())))
			cell, ok := refs[ref]
			if !ok || !strings.HasSuffix(text, "\x00") {
				t.Fatalf("GSO %d: no cell refers to it or it ends without a zero", ref)
			}
			f.texts[cell[0]][cell[1]] = text[:len(text)-1]
			delete(refs, ref)
		}
		if len(refs) > 0 {
			t.Fatalf("no text for the strLs %v", refs)
		}
	})
	part("value_labels", func() { r.valueLabels(f) })
	places = append(places, r.at)
	r.tag("</stata_dta>")
	places = append(places, r.at)
	if r.at != len(b) || !slices.Equal(parts[:], places) {
		t.Fatalf("the map says\n%d, the parts are at\n%d of %d bytes", parts, places, len(b))
	}
	return f
}

func (r *dtaReader) data(f *dtaFile, refs map[[2]uint64][2]int) {
	r.t.Helper()
	f.texts, f.numbers = make([][]string, len(f.types)), make([][]int64, len(f.types))
	number := func(column int, v, missing int64) {
		switch {
		case v == missing:
			v = missingMark + '.'
		case v > missing:
			v = missingMark + 'a' + v - missing - 1
		}
		f.numbers[column] = append(f.numbers[column], v)
	}
	for row := range int(f.rows) {
		for i, typ := range f.types {
			switch {
			case typ >= 1 && typ <= 2045:
				s, rest, _ := bytes.Cut(r.bytes(int(typ)), []byte{0})
				if len(bytes.Trim(rest, "\x00")) > 0 {
					r.t.Fatalf("row %d, column %d: bytes after the zero", row, i)
				}
				f.texts[i] = append(f.texts[i], string(s))
			case typ == 32768:
				v, o := uint64(r.u16()), r.bytes(6)
				ref := [2]uint64{v, binary.LittleEndian.Uint64(append(slices.Clone(o), 0, 0))}
				f.texts[i] = append(f.texts[i], "")
				if ref != [2]uint64{} {
					refs[ref] = [2]int{i, row}
				}
			case typ == 65528:
				number(i, int64(int32(r.u32())), 2147483621)
			case typ == 65529:
				number(i, int64(int16(r.u16())), 32741)
			case typ == 65530:
				number(i, int64(int8(r.bytes(1)[0])), 101)
			default:
				r.t.Fatalf("type %d", typ)
			}
		}
	}
}

func (r *dtaReader) valueLabels(f *dtaFile) {
	r.t.Helper()
	for r.next("<lbl>") {
		r.tag("<lbl>")
		size := int(r.u32())
		name := r.padded(129)
		r.tag("\x00\x00\x00")
		n, txtlen := int(r.u32()), int(r.u32())
		if size != 8+8*n+txtlen {
			r.t.Fatalf("label list %s: %d bytes for %d labels and %d bytes of text", name, size, n, txtlen)
		}
		off, val := make([]int, n), make([]int32, n)
		for i := range off {
			off[i] = int(r.u32())
		}
		for i := range val {
			val[i] = int32(r.u32())
		}
		text := r.bytes(txtlen)
		f.values[name] = map[int32]string{}
		for i := range n {
			s, _, ok := bytes.Cut(text[off[i]:], []byte{0})
			if !ok || i > 0 && val[i] <= val[i-1] {
				r.t.Fatalf("label list %s: not in order, or no zero after a label", name)
			}
			f.values[name][val[i]] = string(s)
		}
		r.tag("</lbl>")
	}
}

func TestStata(t *testing.T) {
	table := sample()
	b := must(t, Stata, table, Options{Provenance: provenance()})
	golden(t, "members.dta", b)
	f := readDTA(t, b)
	if want := []uint16{3, 65529, 65530, 65530, 65529, 65528, 65528, 29, 32768}; !slices.Equal(f.types, want) {
		t.Errorf("types %d, want %d", f.types, want)
	}
	if want := []string{"%9s", "%8.0g", "%8.0g", "%8.0g", "%8.0g", "%12.0g", "%td", "%29s", "%9s"}; !slices.Equal(f.formats, want) {
		t.Errorf("formats %q, want %q", f.formats, want)
	}
	if got := []rune(f.labels[5]); len(got) != 80 || string(got[:40]) != string([]rune(table.Columns[5].Label)[:40]) {
		t.Errorf("label %q of %d characters", f.labels[5], len(got))
	}
	if f.label != table.Title || f.stamp != "04 Mar 2026 05:06" || f.strlCount != 4 {
		t.Errorf("label %q, stamp %q, %d strLs", f.label, f.stamp, f.strlCount)
	}
	want := map[int32]string{0: "no", 1: "yes", 2147483622: "not covered", 2147483623: "no such state then", 2147483624: "date unknown"}
	if len(f.values) != 1 || !maps.Equal(f.values["member"], want) || f.lists[2] != "member" || f.lists[3] != "" {
		t.Errorf("value labels %v of %q", f.values, f.lists)
	}
	const m = missingMark
	numbers := map[string][]int64{
		"year":    {1648, 1839, 1952, 1959, 1960, 2100},
		"member":  {0, 1, m + '.', m + 'a', m + 'b', m + 'c'},
		"allies":  {-127, 100, m + '.', m + 'a', m + 'b', 0},
		"balance": {-32767, 32740, m + '.', m + 'a', m + 'b', 0},
		"code":    {-2147483647, 2147483620, m + '.', m + 'a', m + 'b', 0},
		"since":   {-113658, -44086, m + '.', m + 'a', m + 'b', m + 'c'},
	}
	for i, name := range f.names {
		if w, ok := numbers[name]; ok && !slices.Equal(f.numbers[i], w) {
			t.Errorf("%s: %d, want %d", name, f.numbers[i], w)
		}
	}
	if got := f.texts[8]; !slices.Equal(got, []string{longText, "", "", "x", "=1+1", "NA"}) {
		t.Errorf("remarks %q", got)
	}
	if got := f.texts[7]; got[4] != " 조선 " || got[5] != "" || got[2] != "Ελλάδα\nΕλληνική" {
		t.Errorf("names %q", got)
	}
	notes := f.notes["_dta"]
	if len(notes) != 16 || notes[5] != "Known up to sequence: 4711" || !strings.HasPrefix(notes[15], "Missing values: .a") || len(f.notes["state"]) != 1 {
		t.Errorf("notes %q", f.notes)
	}
}

func TestStataDates(t *testing.T) {
	table := &Table{Name: "t", Columns: []Column{{Name: "d", Kind: KindDate}}, Rows: fixed(
		[]Cell{day("1960-01-01")}, []Cell{day("1959-12-31")}, []Cell{Day(ledger.MinDate)}, []Cell{Day(ledger.MaxDate)}, []Cell{day("2000-02-29")},
	)}
	f := readDTA(t, must(t, Stata, table, Options{}))
	if want := []int64{0, -1, -715509, 2936549, 14669}; !slices.Equal(f.numbers[0], want) {
		t.Errorf("%d, want %d", f.numbers[0], want)
	}
}

func TestStataWidths(t *testing.T) {
	for n, want := range map[int]uint16{0: 1, 1: 1, 2: 2, 2044: 2044, 2045: 2045, 2046: 32768, 100_000: 32768} {
		s := strings.Repeat("x", n)
		f := readDTA(t, must(t, Stata, texts("", s, s), Options{}))
		if f.types[1] != want || !slices.Equal(f.texts[1], []string{"", s, s}) {
			t.Errorf("%d bytes: type %d, want %d", n, f.types[1], want)
		}
	}
	if f := readDTA(t, must(t, Stata, texts(), Options{})); f.rows != 0 || f.types[1] != 1 {
		t.Errorf("no rows: %+v", f)
	}
	long := &Table{Name: "t", Columns: []Column{{Name: "a", Kind: KindText, Doc: strings.Repeat("日", 30_000)}}, Rows: fixed()}
	if got := readDTA(t, must(t, Stata, long, Options{})).notes["a"][0]; len(got) != 67782 || !utf8.ValidString(got) {
		t.Errorf("a note of %d bytes", len(got))
	}
}

func TestStataRefuses(t *testing.T) {
	var b bytes.Buffer
	if _, err := Stata(&b, texts("a\x00b"), Options{}); !errors.Is(err, ErrCell) || !strings.Contains(err.Error(), "row 1: ") || b.Len() > 0 {
		t.Errorf("%v, %d bytes", err, b.Len())
	}
}

// Rows that are not the same the second time cannot give a file with a wrong
// map.
func TestStataRowsThatMove(t *testing.T) {
	long := strings.Repeat("x", 3000)
	for name, passes := range map[string][][]string{
		"more":           {{"a"}, {"a", "b"}},
		"fewer":          {{"a", "b"}, {"a"}},
		"wider":          {{"a"}, {"ab"}},
		"other strLs":    {{long}, {long}, {long + "y"}},
		"a strL is gone": {{long, "a"}, {long, "a"}, {long, ""}},
	} {
		pass := 0
		table := texts()
		table.Rows = func(yield func([]Cell) bool) error {
			pass++
			return texts(passes[min(pass, len(passes))-1]...).Rows(yield)
		}
		if _, err := Stata(&bytes.Buffer{}, table, Options{}); !errors.Is(err, errMoved) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzStata(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		table := texts(s, "end", s)
		table.Title = s
		if clean(s) {
			table.Columns[0].Label, table.Columns[1].Doc = s, s
			if s != "" && len(s) < MaxValueLabel && s != NotCovered.String() && s != NoSuchState.String() && s != DateUnknown.String() {
				table.Columns[0].Values = map[int64]string{7: s, -7: s + "!"}
			}
		}
		var b bytes.Buffer
		_, err := Stata(&b, table, Options{Provenance: &Provenance{Title: s, Sources: []string{s}}})
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			if !errors.Is(err, ErrCell) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		got := readDTA(t, b.Bytes())
		if !slices.Equal(got.texts[1], []string{s, "end", s}) {
			t.Errorf("%q became %q", s, got.texts[1])
		}
		if v := table.Columns[0].Values; v != nil && got.values["n"][7] != s {
			t.Errorf("label %q became %q", s, got.values["n"])
		}
	})
}
