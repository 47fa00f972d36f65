package panel_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"foedus/ingest"
	"foedus/ingest/atop"
	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/panel"
)

// file is a member-level file in the hands of a test.
type file struct {
	column map[string]int
	rows   [][]string // the header first
}

func readFile(t *testing.T) *file {
	t.Helper()
	text, err := os.ReadFile(folder + "atop5_1m.csv")
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	f := &file{column: make(map[string]int), rows: all}
	for i, n := range all[0] {
		f.column[n] = i
	}
	return f
}

func (f *file) get(r []string, name string) string { return r[f.column[name]] }

func (f *file) number(r []string, name string) int {
	n, _ := strconv.Atoi(f.get(r, name))
	return n
}

func (f *file) text() string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.WriteAll(f.rows)
	return b.String()
}

// change makes another version of the file: 50 rows get other dates or other
// obligations, vanish, or are new. It returns the alliances that it touched.
func (f *file) change(seed uint64) map[string]bool {
	r := rand.New(rand.NewPCG(seed, 2))
	touched := make(map[string]bool)
	for n := 0; n < 50; {
		i := 1 + r.IntN(len(f.rows)-1)
		row := slices.Clone(f.rows[i])
		id := f.get(row, "atopid")
		if touched[id] || f.get(row, "member") == "8152" {
			continue
		}
		switch n % 4 {
		case 0: // another exit
			year := f.number(row, "yrexit")
			if year == 0 || year > 2016 {
				continue
			}
			row[f.column["yrexit"]] = strconv.Itoa(year + 1)
			if f.get(row, "dayexit") == "29" { // there is no such day a year later
				row[f.column["dayexit"]] = "28"
			}
			f.rows[i] = row
		case 1: // another obligation
			name := []string{"defense", "offense", "neutral", "nonagg", "consul"}[r.IntN(5)]
			row[f.column[name]] = strconv.Itoa(1 - f.number(row, name))
			f.rows[i] = row
		case 2: // a member that vanishes
			f.rows = slices.Delete(f.rows, i, i+1)
		case 3: // a member that is new
			row[f.column["member"]] = "225"
			if slices.ContainsFunc(f.rows, func(o []string) bool { return f.get(o, "atopid") == id && f.get(o, "member") == "225" }) {
				continue
			}
			f.rows = slices.Insert(f.rows, i, row)
		}
		touched[id] = true
		n++
	}
	return touched
}

// naive makes the state-years straight from the rows, by the rules of the
// codebook.
func (f *file) naive() map[string]string {
	type key struct{ member, year int }
	last := make(map[key]map[string][]string) // by alliance: the row of the last phase
	transitional := make(map[key]bool)
	for _, r := range f.rows[1:] {
		from, to := f.number(r, "yrent"), f.number(r, "yrexit")
		if to == 0 {
			to = 2018
		}
		for y := from; y <= to; y++ {
			k := key{f.number(r, "member"), y}
			if last[k] == nil {
				last[k] = make(map[string][]string)
			}
			id := f.get(r, "atopid")
			if old := last[k][id]; old == nil || f.number(old, "phase") <= f.number(r, "phase") {
				last[k][id] = r
			}
			transitional[k] = transitional[k] || y == from || y == f.number(r, "yrexit")
		}
	}
	out := make(map[string]string)
	for k, rows := range last {
		if k.member > 999 { // Annam is in no panel
			continue
		}
		owed := []byte("00000")
		for _, r := range rows {
			for i, name := range []string{"defense", "offense", "neutral", "nonagg", "consul"} {
				if f.get(r, name) == "1" {
					owed[i] = '1'
				}
			}
		}
		ids := slices.SortedFunc(maps.Keys(rows), func(a, b string) int { x, _ := strconv.Atoi(a); y, _ := strconv.Atoi(b); return x - y })
		out[fmt.Sprintf("%d %d", k.member, k.year)] = fmt.Sprintf("%s %d %t %v", owed, len(ids), transitional[k], ids)
	}
	return out
}

func stateYears(w *projections.World, known ledger.Seq) map[string]string {
	out := make(map[string]string)
	p := panel.New(w, panel.Options{Query: projections.Query{Dataset: "atop", Known: known}})
	p.StateYears(func(r *panel.StateYear) bool {
		out[fmt.Sprintf("%d %d", r.CCode, r.Year)] = fmt.Sprintf("%s %d %t %v", bits(r.Obligations), r.Number, r.TransYear, r.Alliances)
		return true
	})
	return out
}

func same(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	bad := 0
	for k, w := range want {
		if got[k] != w {
			if bad++; bad <= 10 {
				t.Errorf("%s: %s: %q, want %q", what, k, got[k], w)
			}
		}
	}
	for k := range got {
		if _, ok := want[k]; !ok {
			if bad++; bad <= 20 {
				t.Errorf("%s: %s: %q, want no row", what, k, got[k])
			}
		}
	}
	if len(want) < 11000 {
		t.Errorf("%s: only %d rows to compare", what, len(want))
	}
}

// TestNewVersion: another version of the file becomes corrections, retractions
// and additions about the alliances that it changes and about nothing else; the
// panel is then that of the new version, and as known before that of the old.
func TestNewVersion(t *testing.T) {
	w := imported(t)
	first := w.Head()
	old := readFile(t)
	before := old.naive()
	same(t, "the first version", stateYears(w, first), before)

	held := new(ingest.Holdings)
	seq := ledger.Seq(0)
	add := func(events []*ledger.Event) {
		for _, e := range events {
			seq++
			if err := held.Add(seq, e); err != nil {
				t.Fatal(err)
			}
		}
	}
	plan := func(text string) ingest.Plan {
		records, err := atop.Read(strings.NewReader(text), atop.Options{Dataset: "atop", Name: "m.csv", Holders: holders(w)})
		if err != nil {
			t.Fatal(err)
		}
		p, err := ingest.Reconcile(held, "atop", records, time.Unix(1, 0), "test")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	add(plan(old.text()).Events)
	if again := plan(old.text()); len(again.Events) != 0 {
		t.Fatalf("the same file again gives %s", again.Report)
	}

	var reverted map[string]bool
	for seed := range uint64(3) {
		now := readFile(t)
		changed := now.change(seed)
		touched := maps.Clone(changed)
		maps.Copy(touched, reverted) // what the version before changed is as at first again
		both := reverted
		reverted = changed
		p := plan(now.text())
		told := make(map[string]bool)
		for _, e := range p.Events {
			switch {
			case e.Aggregate.Kind == ledger.KindAlliance && !touched[e.Aggregate.ID]:
				t.Errorf("%s of %s, which did not change", e.Payload.Type(), e.Aggregate.Subject())
			case e.Aggregate.Kind == ledger.KindAlliance:
				told[e.Aggregate.ID] = true
			}
		}
		for id := range touched {
			if !told[id] && (!changed[id] || !both[id]) { // both may have changed it alike
				t.Errorf("alliance %s changed, and no event says so", id)
			}
		}
		if p.Report.Corrected == 0 || p.Report.Retracted == 0 || p.Report.Appended == 0 {
			t.Errorf("the plan is %s; it should have something of all", p.Report)
		}
		t.Logf("version %d: %s", seed+2, p.Report)
		before, known := now.naive(), w.Head()
		earlier := stateYears(w, known)
		for _, e := range p.Events {
			if err := w.Apply(w.Head()+1, 1, e); err != nil {
				t.Fatal(err)
			}
		}
		add(p.Events)
		same(t, fmt.Sprintf("version %d", seed+2), stateYears(w, w.Head()), before)
		same(t, fmt.Sprintf("as known before version %d", seed+2), stateYears(w, known), earlier)
	}
	same(t, "the first version, in the end", stateYears(w, first), before)
}
