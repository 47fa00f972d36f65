package export

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

func openParquet(t *testing.T, b []byte) *parquet.File {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// readParquet renders every value; a null is nil.
func readParquet(t *testing.T, f *parquet.File) (out [][]any) {
	t.Helper()
	r := parquet.NewGenericReader[any](f)
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	rows := make([]parquet.Row, 100)
	for {
		n, err := r.ReadRows(rows)
		for _, row := range rows[:n] {
			var line []any
			for _, v := range row {
				switch {
				case v.IsNull():
					line = append(line, nil)
				case v.Kind() == parquet.ByteArray:
					line = append(line, string(v.ByteArray()))
				default:
					line = append(line, int64(v.Int32()))
				}
			}
			out = append(out, line)
		}
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// want renders the cells of a table as readParquet does.
func want(t *testing.T, table *Table) (out [][]any) {
	t.Helper()
	if err := table.Rows(func(cells []Cell) bool {
		var line []any
		for _, c := range cells {
			switch c.kind {
			case 0:
				line = append(line, nil)
			case KindText:
				line = append(line, c.text)
			default:
				line = append(line, c.num)
			}
		}
		out = append(out, line)
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestParquet(t *testing.T) {
	table := sample()
	f := openParquet(t, must(t, Parquet, table, Options{Provenance: provenance()}))
	if got, want := readParquet(t, f), want(t, table); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("read back %q\nwant %q", got, want)
	}
	for i, field := range f.Schema().Fields() {
		c := &table.Columns[i]
		kind := map[Kind]string{KindInt: "INT(32,true)", KindText: "STRING", KindDate: "DATE"}[c.Kind]
		if field.Name() != c.Name || field.Required() != c.Required || field.Type().String() != kind {
			t.Errorf("column %d is %s %s, required %t", i, field.Name(), field.Type(), field.Required())
		}
	}
	for key, want := range map[string]string{
		"foedus.seq": "4711", "foedus.product": "members", "foedus.known_at": "2026-03-04T05:06:07Z", "label.year": "Year",
		"foedus.table": table.Title, "values.member": `{"0":"no","1":"yes"}`, "foedus.source.2": "Müller, Ä. (1999). Bündnisse.",
	} {
		if got, _ := f.Lookup(key); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if _, ok := f.Lookup("foedus.sha256"); ok {
		t.Error("a file cannot hold its own hash")
	}
}

// Texts that fill dictionaries, pages, batches and row groups.
func TestParquetLarge(t *testing.T) {
	table := &Table{Name: "t", Columns: []Column{
		{Name: "z", Kind: KindInt, Required: true}, {Name: "a", Kind: KindText}, {Name: "m", Kind: KindText, Required: true}, {Name: "d", Kind: KindDate},
	}}
	table.Rows = func(yield func([]Cell) bool) error {
		for i := range 6_000 {
			cells := []Cell{Int(int64(i)), Text(fmt.Sprintf("unique-%d-%s", i, strings.Repeat("x", i%1000))), Text([]string{"", "a", "b"}[i%3]), Absent(None)}
			if i%7 == 0 {
				cells[1] = Absent(NotCovered)
			}
			if i == 2_345 {
				cells[1] = Text(strings.Repeat("long ", 1<<20))
			}
			if i > 4_000 {
				cells[3] = day("2000-01-01")
			}
			if !yield(cells) {
				break
			}
		}
		return nil
	}
	for _, limit := range []groupLimit{{rows: 1 << 30, text: 1 << 40}, {rows: 1_000, text: 1 << 40}, {rows: 1 << 30, text: 1 << 17}} {
		var b bytes.Buffer
		n := counter{}
		if err := writeParquet(&b, table, &n, nil, limit); err != nil {
			t.Fatal(err)
		}
		f := openParquet(t, b.Bytes())
		got, want := readParquet(t, f), want(t, table)
		if len(got) != len(want) {
			t.Fatalf("%+v: %d rows, want %d", limit, len(got), len(want))
		}
		for i := range got {
			if fmt.Sprint(got[i]) != fmt.Sprint(want[i]) {
				t.Fatalf("%+v: row %d is %.200q, want %.200q", limit, i, got[i], want[i])
			}
		}
		for i, g := range f.RowGroups() {
			if g.NumRows() > limit.rows {
				t.Errorf("%+v: row group %d has %d rows", limit, i, g.NumRows())
			}
		}
		t.Logf("%+v: %d row groups", limit, len(f.RowGroups()))
	}
}
