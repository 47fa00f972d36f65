package export

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
)

func TestColumnsAreCheckedFirst(t *testing.T) {
	many := make([]Column, MaxColumns+1)
	for i := range many {
		many[i] = Column{Name: fmt.Sprintf("c%d", i), Kind: KindText}
	}
	for name, c := range map[string]struct {
		columns []Column
		want    string
	}{
		"none":        {nil, "0 columns"},
		"too many":    {many, "2049 columns"},
		"no name":     {[]Column{{Kind: KindText}}, `column 1, ""`},
		"digit":       {[]Column{{Name: "1st", Kind: KindText}}, "not beginning with a digit"},
		"dash":        {[]Column{{Name: "a-b", Kind: KindText}}, "letters, digits"},
		"letter":      {[]Column{{Name: "straße", Kind: KindText}}, "letters, digits"},
		"long":        {[]Column{{Name: strings.Repeat("n", 33), Kind: KindText}}, "1 to 32"},
		"reserved":    {[]Column{{Name: "if", Kind: KindText}}, "reserved word"},
		"type":        {[]Column{{Name: "str12", Kind: KindText}}, "reserved word"},
		"twice":       {[]Column{{Name: "a", Kind: KindText}, {Name: "A", Kind: KindText}}, "column 2"},
		"kind":        {[]Column{{Name: "a"}}, "kind 0"},
		"label":       {[]Column{{Name: "a", Kind: KindText, Label: "\xff"}}, "UTF-8"},
		"text bounds": {[]Column{{Name: "a", Kind: KindText, Max: 1}}, "for integers, not for text"},
		"date values": {[]Column{{Name: "a", Kind: KindDate, Values: map[int64]string{1: "x"}}}, "not for date"},
		"bounds":      {[]Column{{Name: "a", Kind: KindInt, Max: MaxInt + 1}}, "not within"},
		"turned":      {[]Column{{Name: "a", Kind: KindInt, Min: 2, Max: 1}}, "not within"},
		"outside":     {[]Column{{Name: "a", Kind: KindInt, Min: 0, Max: 1, Values: map[int64]string{2: "x"}}}, "label of 2"},
		"empty label": {[]Column{{Name: "a", Kind: KindInt, Values: map[int64]string{2: ""}}}, "label of 2 is empty"},
		"nul label":   {[]Column{{Name: "a", Kind: KindInt, Values: map[int64]string{2: "a\x00b"}}}, "control character"},
		"same label":  {[]Column{{Name: "a", Kind: KindInt, Values: map[int64]string{1: "x", 2: "x"}}}, "two values"},
		"own label":   {[]Column{{Name: "a", Kind: KindInt, Values: map[int64]string{1: "not covered"}}}, "two values"},
	} {
		for _, f := range formats() {
			var b bytes.Buffer
			_, err := f.write(&b, &Table{Name: "t", Columns: c.columns, Rows: fixed()}, Options{})
			if !errors.Is(err, ErrTable) || !strings.Contains(fmt.Sprint(err), c.want) || !strings.HasPrefix(fmt.Sprint(err), "export t as "+f.name) {
				t.Errorf("%s, %s: %v, want %q", name, f.name, err, c.want)
			}
			if b.Len() > 0 {
				t.Errorf("%s, %s: wrote %q", name, f.name, b.Bytes())
			}
		}
	}
	for _, table := range []*Table{{Name: "a b", Columns: []Column{{Name: "a", Kind: KindText}}, Rows: fixed()}, {Name: "t", Columns: []Column{{Name: "a", Kind: KindText}}}} {
		if _, err := CSV(io.Discard, table, Options{}); !errors.Is(err, ErrTable) {
			t.Errorf("%+v: %v", table, err)
		}
	}
}

func TestCellsAreChecked(t *testing.T) {
	good := []Cell{Int(5), Text("x"), day("2000-01-01")}
	for name, c := range map[string]struct {
		row  []Cell
		want string
	}{
		"few":      {good[:2], "2 cells for 3 columns"},
		"low":      {[]Cell{Int(-1), good[1], good[2]}, "column n: -1 is not within 0 and 9"},
		"high":     {[]Cell{Int(10), good[1], good[2]}, "column n: 10 is not within 0 and 9"},
		"kind":     {[]Cell{Text("1"), good[1], good[2]}, "column n: holds text"},
		"required": {[]Cell{good[0], Absent(None), good[2]}, "column s: missing, but"},
		"utf8":     {[]Cell{good[0], Text("a\xff"), good[2]}, "column s: the text"},
		"infinity": {[]Cell{good[0], good[1], Day(1 << 30)}, "column d: day 1073741824"},
		"reason":   {[]Cell{good[0], good[1], Absent(9)}, "unknown reason 9"},
	} {
		table := &Table{
			Name: "t",
			Columns: []Column{
				{Name: "n", Kind: KindInt, Min: 0, Max: 9},
				{Name: "s", Kind: KindText, Required: true},
				{Name: "d", Kind: KindDate},
			},
			Rows: fixed(good, c.row, good),
		}
		for _, f := range formats() {
			var b bytes.Buffer
			_, err := f.write(&b, table, Options{})
			if !errors.Is(err, ErrCell) || !strings.Contains(fmt.Sprint(err), c.want) || !strings.Contains(fmt.Sprint(err), "row 2: ") {
				t.Errorf("%s, %s: %v, want %q", name, f.name, err, c.want)
			}
			if f.name == "Stata" && b.Len() > 0 {
				t.Errorf("%s: Stata wrote %q", name, b.Bytes())
			}
		}
	}
}

func TestErrorsOfRowsAndWriter(t *testing.T) {
	broken := errors.New("the ledger is gone")
	table := many(5000)
	rows := table.Rows
	table.Rows = func(yield func([]Cell) bool) error {
		_ = rows(yield)
		return broken
	}
	for _, f := range formats() {
		if _, err := f.write(io.Discard, table, Options{}); !errors.Is(err, broken) || !strings.Contains(err.Error(), "export panel as "+f.name+": the rows, after row 5000") {
			t.Errorf("%s: %v", f.name, err)
		}
		size := len(must(t, f.write, many(5000), Options{}))
		for _, n := range []int{0, 100, size / 2, size - 1} {
			if _, err := f.write(&failing{n: n}, many(5000), Options{}); !errors.Is(err, errFull) || !strings.Contains(err.Error(), "export panel as "+f.name) {
				t.Errorf("%s, full after %d of %d bytes: %v", f.name, n, size, err)
			}
		}
		if _, err := f.write(&failing{n: size}, many(5000), Options{}); err != nil {
			t.Errorf("%s into %d bytes: %v", f.name, size, err)
		}
	}
}

// A rows function that does not stop when it is told must not do harm.
func TestRowsThatGoOn(t *testing.T) {
	table := texts()
	table.Rows = func(yield func([]Cell) bool) error {
		for range 10 {
			yield([]Cell{Int(1), Text("\xff")})
		}
		return nil
	}
	for _, f := range formats() {
		if n, err := f.write(io.Discard, table, Options{}); n != 0 || !errors.Is(err, ErrCell) || !strings.Contains(err.Error(), "row 1:") {
			t.Errorf("%s: %d, %v", f.name, n, err)
		}
	}
}

func TestSameBytesAgainAndProgress(t *testing.T) {
	table := many(10_000)
	for _, f := range formats() {
		var told []int64
		first := must(t, f.write, table, Options{Provenance: provenance(), Progress: func(n int64) { told = append(told, n) }})
		if second := must(t, f.write, table, Options{Provenance: provenance()}); !bytes.Equal(first, second) {
			t.Errorf("%s is not the same when written again", f.name)
		}
		if fmt.Sprint(told) != "[4096 8192 10000]" {
			t.Errorf("%s told %d", f.name, told)
		}
		if n, err := f.write(io.Discard, many(0), Options{}); n != 0 || err != nil {
			t.Errorf("%s of no rows: %d, %v", f.name, n, err)
		}
		if n, err := f.write(io.Discard, table, Options{}); n != 10_000 || err != nil {
			t.Errorf("%s: %d, %v", f.name, n, err)
		}
	}
}

// What a writer allocates does not grow with the rows.
func TestAllocationsPerRow(t *testing.T) {
	small, large := many(2_000), many(42_000)
	for _, f := range formats() {
		measure := func(table *Table) float64 {
			return testing.AllocsPerRun(2, func() {
				if _, err := f.write(io.Discard, table, Options{}); err != nil {
					t.Fatal(err)
				}
			})
		}
		perRow := (measure(large) - measure(small)) / 40_000
		bound := 0.001
		if f.name == "Parquet" {
			bound = 0.15 // pages and dictionaries
		}
		if perRow > bound {
			t.Errorf("%s: %.4f allocations a row, at most %.4f", f.name, perRow, bound)
		}
		t.Logf("%s: %.5f allocations a row", f.name, perRow)
	}
	nodes, edges := graphTables()
	cells := []Cell{Text("aut"), Text("bel"), Int(1), day("1839-04-19")}
	edges.Rows = func(yield func([]Cell) bool) error {
		for range 20_000 {
			if !yield(cells) {
				break
			}
		}
		return nil
	}
	if n := testing.AllocsPerRun(2, func() {
		if _, err := GraphML(io.Discard, nodes, edges, true, Options{}); err != nil {
			t.Fatal(err)
		}
	}); n > 500 {
		t.Errorf("GraphML of 20,000 edges: %.0f allocations", n)
	}
}

// What is alive while a Parquet file is written does not grow with its row
// groups.
func TestParquetKeepsOneRowGroup(t *testing.T) {
	alive := map[int64]uint64{}
	n := counter{tell: func(n int64) {
		if n == 8*progressRows || n == 80*progressRows {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			alive[n] = m.HeapAlloc
		}
	}}
	if err := writeParquet(io.Discard, many(81*progressRows), &n, nil, groupLimit{rows: 2 * progressRows, text: 1 << 30}); err != nil {
		t.Fatal(err)
	}
	early, late := alive[8*progressRows], alive[80*progressRows]
	if early == 0 || late > early+early/4+1<<20 {
		t.Errorf("%d bytes were alive after 8 pages of rows, %d after 80", early, late)
	}
	t.Logf("%d and %d bytes alive", early, late)
}
