package export

import (
	"bytes"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"foedus/ledger"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of testdata/golden.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs (go test -update rewrites it):\n%q\nwant\n%q", path, got, want)
	}
}

// fixed gives the rows that it is made of.
func fixed(rows ...[]Cell) func(func([]Cell) bool) error {
	return func(yield func([]Cell) bool) error {
		for _, r := range rows {
			if !yield(r) {
				return nil
			}
		}
		return nil
	}
}

func day(s string) Cell {
	d, err := ledger.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return Day(d)
}

// longText is too long for a fixed text of Stata, and not ASCII.
var longText = strings.Repeat("Vertrag über Freundschaft; ", 100)

// sample has every kind, every reason and what is awkward about texts. The
// foreign readers are asked for the same values.
func sample() *Table {
	return &Table{
		Name: "members", Title: "Members of alliances, a row for each state and year",
		Columns: []Column{
			{Name: "state", Label: "State", Kind: KindText, Required: true, Doc: "Id of the state: lower-case letters."},
			{Name: "year", Label: "Year", Kind: KindInt, Required: true, Min: 1648, Max: 2100},
			{
				Name: "member", Label: "Member of an alliance", Kind: KindInt, Min: 0, Max: 1, Values: map[int64]string{0: "no", 1: "yes"},
				Doc: "Whether the state is a party on 31 December. 1 | 0, *never* both.",
			},
			{Name: "allies", Label: "Number of allies", Kind: KindInt, Min: -127, Max: 100},
			{Name: "balance", Label: "Allies minus rivals", Kind: KindInt, Min: -32767, Max: 32740},
			{Name: "code", Label: strings.Repeat("A label that is too long for Stata, ü ", 3), Kind: KindInt},
			{Name: "since", Label: "First day", Kind: KindDate},
			{Name: "name", Label: "Name in the language of the state", Kind: KindText},
			{Name: "remark", Label: "Remark", Kind: KindText},
		},
		Rows: fixed(
			[]Cell{Text("aut"), Int(1648), Int(0), Int(-127), Int(-32767), Int(MinInt), day("1648-10-24"), Text("Österreich"), Text(longText)},
			[]Cell{Text("bel"), Int(1839), Int(1), Int(100), Int(32740), Int(MaxInt), day("1839-04-19"), Text(`"België", Belgique`), Text("")},
			[]Cell{Text("grc"), Int(1952), Absent(None), Absent(None), Absent(None), Absent(None), Absent(None), Text("Ελλάδα\nΕλληνική"), Absent(None)},
			[]Cell{Text("jpn"), Int(1959), Absent(NotCovered), Absent(NotCovered), Absent(NotCovered), Absent(NotCovered), Absent(NotCovered), Text("日本 <&>"), Text("x")},
			[]Cell{Text("prk"), Int(1960), Absent(NoSuchState), Absent(NoSuchState), Absent(NoSuchState), Absent(NoSuchState), Absent(NoSuchState), Text(" 조선 "), Text("=1+1")},
			[]Cell{Text("usa"), Int(2100), Absent(DateUnknown), Int(0), Int(0), Int(0), Absent(DateUnknown), Absent(NoSuchState), Text("NA")},
		),
	}
}

func provenance() *Provenance {
	return &Provenance{
		Product: "members", Title: "Members of alliances & 100% of {friends}", Dataset: "core", DatasetTitle: "Curated history", Version: "1.2",
		Seq: 4711, KnownAt: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Reading: "in-force", YearRule: "last-day", On: "1648 to 2100",
		Coverage: "states of the list, 1648 to 2100", Program: "foedus v0.4.0",
		Permalink: "https://ledger.example.org/v1/export/members.csv?known=4711&reading=in-force",
		Sources:   []string{"Doe, J. (2002). Alliances_and_More | a list. Journal of Lists 1(2): 3-4.", "Müller, Ä. (1999). Bündnisse."},
		Rows:      6, SHA256: strings.Repeat("0123456789abcdef", 4),
	}
}

// graphTables is a graph with typed data and with what XML must escape.
func graphTables() (nodes, edges *Table) {
	nodes = &Table{
		Name: "states", Title: "States",
		Columns: []Column{
			{Name: "id", Kind: KindText, Required: true},
			{Name: "name", Label: "Name", Kind: KindText},
			{Name: "code", Label: "Code <of> the list", Kind: KindInt},
		},
		Rows: fixed(
			[]Cell{Text("aut"), Text("Österreich & <Ungarn>"), Int(300)},
			[]Cell{Text("bel"), Text("line\r\nline \"quoted\" ]]>"), Absent(None)},
			[]Cell{Text("grc"), Absent(None), Absent(None)},
		),
	}
	edges = &Table{
		Name: "allies", Title: "Alliances",
		Columns: []Column{
			{Name: "a", Kind: KindText, Required: true},
			{Name: "b", Kind: KindText, Required: true},
			{Name: "defence", Label: "Defence", Kind: KindInt, Min: 0, Max: 1, Values: map[int64]string{0: "no", 1: "yes"}},
			{Name: "since", Label: "First day", Kind: KindDate},
		},
		Rows: fixed(
			[]Cell{Text("aut"), Text("bel"), Int(1), day("1839-04-19")},
			[]Cell{Text("bel"), Text("grc"), Absent(NotCovered), Absent(DateUnknown)},
		),
	}
	return nodes, edges
}

// format is one of the writers of a table.
type format struct {
	name  string
	write func(io.Writer, *Table, Options) (int64, error)
}

func formats() []format {
	return []format{{"CSV", CSV}, {"JSON Lines", JSONLines}, {"Parquet", Parquet}, {"Stata", Stata}}
}

// must writes and returns the bytes.
func must(t *testing.T, write func(io.Writer, *Table, Options) (int64, error), table *Table, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if _, err := write(&b, table, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts is a table with the given texts in its second column; the first is a
// number, so that no line is empty.
func texts(values ...string) *Table {
	return &Table{
		Name: "texts", Columns: []Column{{Name: "n", Kind: KindInt}, {Name: "text", Kind: KindText}},
		Rows: func(yield func([]Cell) bool) error {
			for i, s := range values {
				if !yield([]Cell{Int(int64(i)), Text(s)}) {
					return nil
				}
			}
			return nil
		},
	}
}

// many gives n rows of twelve columns without allocating, as a panel would.
func many(n int) *Table {
	t := &Table{Name: "panel", Title: "A panel", Columns: []Column{
		{Name: "dataset", Kind: KindText, Required: true},
		{Name: "alliance", Kind: KindText, Required: true},
		{Name: "state", Kind: KindText, Required: true},
		{Name: "year", Kind: KindInt, Min: 1800, Max: 2100, Required: true},
		{Name: "ccode", Kind: KindInt, Min: 0, Max: 999},
		{Name: "member", Kind: KindInt, Min: 0, Max: 1, Values: map[int64]string{0: "no", 1: "yes"}},
		{Name: "allies", Kind: KindInt, Min: 0, Max: 300},
		{Name: "since", Kind: KindDate},
		{Name: "until", Kind: KindDate},
		{Name: "status", Kind: KindText},
		{Name: "event", Kind: KindText},
		{Name: "id", Kind: KindInt},
	}}
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	alliances := []string{"nato", "warsaw-pact", "entente", "triple-alliance", "oas", "rio-treaty", "anzus", "seato"}
	states := []string{"united-states", "france", "germany", "russia", "japan", "italy", "austria", "belgium", "greece"}
	events := make([]string, 512)
	for i := range events {
		events[i] = "01JABCDEFGHJKMNPQRSTVWX" + string(digits[i/36]) + string(digits[i%36])
	}
	cells := make([]Cell, len(t.Columns))
	t.Rows = func(yield func([]Cell) bool) error {
		for i := range n {
			cells[0] = Text("core")
			cells[1] = Text(alliances[i/1000%len(alliances)])
			cells[2] = Text(states[i/200%len(states)])
			cells[3] = Int(1800 + int64(i%200))
			cells[4] = Int(int64(i / 200 % 900))
			cells[5] = Int(int64(i / 7 % 2))
			cells[6] = Int(int64(i % 60))
			cells[7] = Day(ledger.Date(-40000 + i/150))
			cells[8] = Absent(None)
			if i%3 == 0 {
				cells[8] = Day(ledger.Date(i % 20000))
			}
			cells[9] = Text("party")
			cells[10] = Text(events[i/11%len(events)])
			cells[11] = Int(int64(i))
			if !yield(cells) {
				return nil
			}
		}
		return nil
	}
	return t
}

// failing takes n bytes and then fails.
type failing struct{ n int }

var errFull = errors.New("no space left")

func (f *failing) Write(b []byte) (int, error) {
	if len(b) > f.n {
		n := f.n
		f.n = 0
		return n, errFull
	}
	f.n -= len(b)
	return len(b), nil
}
