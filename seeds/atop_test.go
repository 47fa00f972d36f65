package seeds_test

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"foedus/ledger"
	"foedus/projections"
)

// TestATOP lays the members of every alliance that names ATOP numbers beside
// the rows of ATOP's member file. What differs stands in a table below
// testdata/atop, one line a difference:
//
//	ALLIANCE STATE entry|exit|member[N] ATOP OURS CLASS: REASON
//
// ATOP and OURS are what the two say: a day, a month, days with a "/" between
// for an interval, "open" for no end, "-" for nothing. N counts the stays of a
// state that left and came back, from the second. CLASS is one of
//
//	signature   ATOP dates from a signature that the ledger keeps apart
//	disputed    a dispute in the ledger has both
//	slip        ATOP errs, as the reason shows
//	ours        the ledger answers another question, as the reason shows
//
// A difference without a line fails, and so does a line without a difference.
// ATOP dates membership from the signature, so an entry that equals ours under
// the reading "signature" needs no line, and neither does a day that lies in the
// interval that the ledger gives.
func TestATOP(t *testing.T) {
	rows := readATOP(t)
	h := load(t)
	table := readDifferences(t)
	classes := make(map[string]int)
	for _, f := range h.titles() {
		d, ok := f.Detail.(*ledger.InstrumentDescribed)
		if !ok || len(d.ATOP) == 0 {
			continue
		}
		c := comparison{t: t, h: h, alliance: *f.Aggregate, table: table, classes: classes}
		for _, id := range d.ATOP {
			if rows[id] == nil {
				t.Errorf("%s: described: atop: %q: ATOP 5.1 has no such alliance", f.Aggregate.Subject(), id)
			}
			c.theirs = append(c.theirs, rows[id]...)
		}
		c.run()
	}
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if d := table[key]; !d.used {
			t.Errorf("%s: %q is no difference any more; remove the line", d.where, key)
		}
	}
	t.Logf("entries and exits compared: %v", classes)
}

// bound is one end of a stay: a day between lo and hi.
type bound struct{ lo, hi ledger.Date }

func (b bound) String() string {
	switch {
	case b.lo >= ledger.NoAfter:
		return "open"
	case b.hi >= ledger.NoAfter:
		return b.lo.String() + "/.."
	case b.lo == b.hi:
		return b.lo.String()
	}
	return b.lo.String() + "/" + b.hi.String()
}

func (b bound) meets(o bound) bool { return b.lo <= o.hi && o.lo <= b.hi }

// tenure is a stay of a state in an alliance. The exit is the first day out.
type tenure struct{ entry, exit bound }

// join unites stays that touch each other.
func join(stays []tenure) (out []tenure) {
	slices.SortFunc(stays, func(a, b tenure) int { return cmp.Compare(a.entry.lo, b.entry.lo) })
	for _, s := range stays {
		if n := len(out); n > 0 && s.entry.lo <= out[n-1].exit.hi {
			if s.exit.hi > out[n-1].exit.hi {
				out[n-1].exit = s.exit
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// memberRow is a row of ATOP's member file.
type memberRow struct {
	member string
	tenure
}

// atopEnd is the last day that ATOP 5.1 covers.
func atopEnd() ledger.Date { return day("2018-12-31") }

func day(s string) ledger.Date {
	d, err := ledger.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func readATOP(t *testing.T) map[string][]memberRow {
	t.Helper()
	const name = "../../shared/data/atop/atop5_1m.csv"
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("NOT CHECKED: the members of the seeds against ATOP, because %s is not there", name)
		t.Skip("ATOP's member file stands beside the project and is not part of it; put it there to check the members")
	}
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := make(map[string]int)
	for i, n := range all[0] {
		column[n] = i
	}
	out := make(map[string][]memberRow)
	for _, r := range all[1:] {
		get := func(n string) int { v, _ := strconv.Atoi(r[column[n]]); return v }
		date := func(of string) bound { return atopDay(t, get("yr"+of), get("mo"+of), get("day"+of)) }
		m := memberRow{member: r[column["member"]], tenure: tenure{entry: date("ent"), exit: date("exit")}}
		id := r[column["atopid"]]
		out[id] = append(out[id], m)
	}
	return out
}

// atopDay reads a date of ATOP: no year is an open end, no day a month.
func atopDay(t *testing.T, year, month, d int) bound {
	t.Helper()
	if year == 0 {
		return bound{ledger.NoAfter, ledger.NoAfter}
	}
	text := fmt.Sprintf("%04d-%02d-%02d", year, month, d)
	if d == 0 {
		text = text[:7]
	}
	w, err := ledger.ParseWhen(text)
	if err != nil {
		t.Fatal(err)
	}
	return bound{w.Earliest(), w.Latest()}
}

// difference is a line of the table.
type difference struct {
	atop, ours, class, where string
	used                     bool
}

func readDifferences(t *testing.T) map[string]*difference {
	t.Helper()
	files, err := filepath.Glob("testdata/atop/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]*difference)
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			where := fmt.Sprintf("%s:%d", name, i+1)
			head, reason, _ := strings.Cut(line, ":")
			words := strings.Fields(head)
			if len(words) == 0 || strings.HasPrefix(words[0], "#") {
				continue
			}
			classes := []string{"signature", "disputed", "slip", "ours"}
			if len(words) != 6 || strings.TrimSpace(reason) == "" || !slices.Contains(classes, words[5]) {
				t.Errorf("%s: write ALLIANCE STATE entry|exit|member ATOP OURS CLASS: REASON, with a class of %v", where, classes)
				continue
			}
			key := strings.Join(words[:3], " ")
			if out[key] != nil {
				t.Errorf("%s: %q stands in %s already", where, key, out[key].where)
			}
			out[key] = &difference{atop: words[3], ours: words[4], class: words[5], where: where}
		}
	}
	return out
}

func (h *history) titles() (out []projections.Fact) {
	h.world.Spells(h.query(), projections.FactTitle, func(f projections.Fact) bool {
		out = append(out, f)
		return true
	})
	return out
}

// comparison is that of one alliance.
type comparison struct {
	t        *testing.T
	h        *history
	alliance ledger.Aggregate
	theirs   []memberRow
	table    map[string]*difference
	classes  map[string]int
}

func (c *comparison) run() {
	theirs := make(map[string][]tenure)
	for _, r := range c.theirs {
		id := c.state(r)
		theirs[id] = append(theirs[id], r.tenure)
	}
	force, signed := c.ours(projections.ReadingInForce), c.ours(projections.ReadingSignature)
	for _, state := range c.states(theirs, force, signed) {
		a, f, s := join(theirs[state]), join(force[state]), join(signed[state])
		if len(f) == 0 && len(a) > 0 {
			f = s // who only signed is a member to ATOP
		}
		for i := range max(len(a), len(f)) {
			n := ""
			if i > 0 {
				n = strconv.Itoa(i + 1)
			}
			switch {
			case i >= len(f):
				c.differs(state, "member"+n, a[i].entry.String(), "-")
			case i >= len(a):
				if f[i].entry.lo <= atopEnd() {
					c.differs(state, "member"+n, "-", f[i].entry.String())
				}
			default:
				c.entry(state, "entry"+n, a[i].entry, f[i].entry, nth(s, i))
				c.exit(state, "exit"+n, a[i].exit, f[i].exit)
			}
		}
	}
}

// nth is the entry of the i-th stay, if there are as many.
func nth(s []tenure, i int) *bound {
	if i >= len(s) {
		return nil
	}
	return &s[i].entry
}

func (c *comparison) states(lists ...map[string][]tenure) []string {
	all := make(map[string]bool)
	for _, l := range lists {
		for id := range l {
			all[id] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

func (c *comparison) entry(state, field string, theirs, ours bound, signed *bound) {
	switch {
	case theirs == ours:
		c.classes["same"]++
	case signed != nil && theirs.meets(*signed):
		c.classes["signature"]++
	case theirs.meets(ours):
		c.classes["in the interval"]++
	default:
		c.differs(state, field, theirs.String(), ours.String())
	}
}

func (c *comparison) exit(state, field string, theirs, ours bound) {
	switch {
	case theirs == ours, theirs.lo >= ledger.NoAfter && ours.lo > atopEnd():
		c.classes["same"]++
	case theirs.meets(ours):
		c.classes["in the interval"]++
	default:
		c.differs(state, field, theirs.String(), ours.String())
	}
}

func (c *comparison) differs(state, field, theirs, ours string) {
	key := strings.Join([]string{c.alliance.ID, state, field}, " ")
	d := c.table[key]
	if d == nil {
		c.t.Errorf("%s: ATOP has %s, the seeds have %s; correct the record, or explain the difference in testdata/atop: %s %s %s CLASS: REASON", key, theirs, ours, key, theirs, ours)
		return
	}
	d.used = true
	c.classes[d.class]++
	if d.atop != theirs || d.ours != ours {
		c.t.Errorf("%s: %q says that ATOP has %s and the seeds %s; they have %s and %s", d.where, key, d.atop, d.ours, theirs, ours)
	}
	if d.class == "disputed" && !c.disputed() {
		c.t.Errorf("%s: %q is disputed, but no dispute is recorded on %s; add one with both claims", d.where, key, c.alliance.Subject())
	}
}

func (c *comparison) disputed() (found bool) {
	c.h.world.SpellsOf(c.h.query(), c.alliance, projections.FactDispute, func(projections.Fact) bool {
		found = true
		return false
	})
	return found
}

// state is who bears the number when he enters: ATOP uses the numbers of the
// Correlates of War. A number that nobody bears on that day is read as on the
// nearest day on which somebody does.
func (c *comparison) state(r memberRow) string {
	q := c.h.query()
	q.On = r.entry.lo
	if id, err := c.h.world.State(q, "cow:"+r.member); err == nil {
		return string(id)
	}
	nearest, found := int64(1)<<40, "cow:"+r.member
	c.h.world.Spells(q, projections.FactCode, func(f projections.Fact) bool {
		if f.A != "cow" || f.Value != r.member {
			return true
		}
		distance := min(apart(f.Span.SinceLatest, r.entry.lo), apart(f.Span.UntilEarliest, r.entry.lo))
		if distance < nearest {
			nearest, found = distance, f.Aggregate.ID
		}
		return true
	})
	return found
}

// apart is how many days lie between two.
func apart(a, b ledger.Date) int64 { return int64(max(a, b)) - int64(min(a, b)) }

// ours are the stays of every state under a reading. A suspended party stays.
func (c *comparison) ours(r projections.Reading) map[string][]tenure {
	out := make(map[string][]tenure)
	q := c.h.query()
	q.Reading = r
	c.h.world.SpellsOf(q, c.alliance, projections.FactParty, func(f projections.Fact) bool {
		if f.Value == projections.Party || f.Value == projections.Suspended {
			exit := bound{f.Span.UntilEarliest, f.Span.UntilLatest}
			if f.End == projections.EndOpen {
				exit = bound{ledger.NoAfter, ledger.NoAfter}
			}
			out[f.A] = append(out[f.A], tenure{bound{f.Span.SinceEarliest, f.Span.SinceLatest}, exit})
		}
		return true
	})
	return out
}
