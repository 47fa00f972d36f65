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

// The lists of states stand beside the project, not in it, because their
// licences do not let us pass them on. Their last day of the present differs.
const (
	listFolder = "../../shared/data/states"
	cowNow     = "2016-12-31"
	gwNow      = "9999-12-31"

	codesFile = "testdata/codes.txt"
)

// stay is how long a code stands for a state, or for one state after another:
// the first day, and the first day on which it does so no longer.
type stay struct{ from, until ledger.Date }

func (s stay) String() string {
	if s.until >= ledger.NoAfter {
		return s.from.String() + "/.."
	}
	return s.from.String() + "/" + s.until.String()
}

// TestCodes compares the numbers and abbreviations of the seeds with the two
// lists that give them, both ways: every stay of a list is in the seeds and
// every stay in the seeds is in the list, on the same days. A code that passed
// from one state to its successor without a break is one stay. Where the seeds
// differ on purpose, testdata/codes.txt has a line "SCHEME CODE: REASON".
func TestCodes(t *testing.T) {
	cow, abbreviations := readCOW(t)
	lists := map[string]map[string][]stay{"cow": cow, "cow-abbrev": abbreviations, "gw": readGW(t)}
	h := load(t)
	odd, used := tableOf(codesFile), make(map[string]bool)
	for _, scheme := range slices.Sorted(maps.Keys(lists)) {
		list, held := lists[scheme], h.codes(scheme)
		codes := slices.Sorted(maps.Keys(list))
		for code := range held {
			if list[code] == nil {
				codes = append(codes, code)
			}
		}
		for _, code := range codes {
			name := scheme + " " + code
			ours := touching(held[code])
			if slices.Equal(ours, list[code]) {
				continue
			}
			used[name] = true
			if _, ok := odd[name]; !ok {
				t.Errorf("states: %s: the seeds have %v, the list has %v; correct the records, or add the difference and its reason to testdata/codes.txt", name, ours, list[code])
			}
		}
	}
	maps.DeleteFunc(odd, func(name, _ string) bool { return strings.HasPrefix(name, "iso3 ") })
	for _, line := range stale(codesFile, odd, used, h) {
		t.Error(line)
	}
}

// TestCrosswalk: a state that the published crosswalk gives two numbers and an
// ISO code bears all three in the years for which it gives them, ISO codes from
// 1974 on. Differences stand in testdata/codes.txt as "iso3 CODE: REASON", where
// CODE is the number if there is no code.
func TestCrosswalk(t *testing.T) {
	all := rows(t, "crosswalk_cow_gw_iso3.csv")
	h := load(t)
	odd, used := tableOf(codesFile), make(map[string]bool)
	maps.DeleteFunc(odd, func(name, _ string) bool { return !strings.HasPrefix(name, "iso3 ") })
	checked := 0
	for _, r := range all {
		iso, cow, gw := r[1], number(r[2]), number(r[4])
		first, _ := strconv.Atoi(r[6])
		last, _ := strconv.Atoi(r[7])
		name := "iso3 " + cmp.Or(iso, cow, gw)
		for _, year := range []int{first, last} {
			want := map[string]string{"cow": cow, "gw": gw}
			if year > 1974 {
				want["iso3"] = iso
			}
			maps.DeleteFunc(want, func(_, code string) bool { return code == "" })
			if len(want) < 2 {
				continue // a single number: TestCodes has compared it by the day
			}
			checked++
			problem := h.bearer(want, year)
			if problem == "" {
				continue
			}
			used[name] = true
			if _, ok := odd[name]; !ok {
				t.Errorf("states: %s: %s in %d; correct the records, or add the difference and its reason to testdata/codes.txt", name, problem, year)
			}
		}
	}
	for _, line := range stale(codesFile, odd, used, h) {
		t.Error(line)
	}
	if checked < 400 {
		t.Errorf("%d rows compared; the crosswalk has more", checked)
	}
}

// number takes the ".0" off a number that a spreadsheet wrote.
func number(s string) string { return strings.TrimSuffix(s, ".0") }

// bearer looks for a state with all the codes at some time of a year.
func (h *history) bearer(codes map[string]string, year int) string {
	from, until := day(fmt.Sprintf("%04d-01-01", year)), day(fmt.Sprintf("%04d-12-31", year))
	bears := make(map[string]map[string]bool) // by scheme: the states
	for scheme := range codes {
		bears[scheme] = make(map[string]bool)
	}
	h.world.Spells(h.query(), projections.FactCode, func(f projections.Fact) bool {
		if codes[f.A] == f.Value && f.Value != "" && f.Span.SinceEarliest <= until && f.Span.UntilLatest > from {
			bears[f.A][f.Aggregate.ID] = true
		}
		return true
	})
	schemes := slices.Sorted(maps.Keys(codes))
	for id := range bears[schemes[0]] {
		if !slices.ContainsFunc(schemes, func(s string) bool { return !bears[s][id] }) {
			return ""
		}
	}
	var out []string
	for _, s := range schemes {
		out = append(out, fmt.Sprintf("%s %s is %v", s, codes[s], slices.Sorted(maps.Keys(bears[s]))))
	}
	return strings.Join(out, ", ")
}

// codes are the stays of every code of a scheme in the seeds, in order.
func (h *history) codes(scheme string) map[string][]stay {
	out := make(map[string][]stay)
	for _, e := range h.events {
		p, ok := e.Payload.(*ledger.StateCoded)
		if !ok || p.Scheme != scheme {
			continue
		}
		from, until := e.Effect().Latest(), ledger.NoAfter
		if !p.Until.IsZero() {
			until = p.Until.Earliest()
		}
		out[p.Code] = append(out[p.Code], stay{from, until})
	}
	return out
}

// touching unites stays of which one begins when the other ends.
func touching(stays []stay) (out []stay) {
	slices.SortFunc(stays, func(a, b stay) int { return cmp.Compare(a.from, b.from) })
	for _, s := range stays {
		if n := len(out); n > 0 && out[n-1].until == s.from {
			out[n-1].until = s.until
			continue
		}
		out = append(out, s)
	}
	return out
}

// rows reads a list without its header. Without the list the test says that it
// looked at nothing.
func rows(t *testing.T, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(listFolder, name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Logf("NOT CHECKED: the codes of the seeds, because %s is not there", filepath.Join(listFolder, name))
		t.Skip("the lists of states stand beside the project and are not part of it; put them there to check the codes")
	}
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[1:]
}

// readCOW reads the list of the Correlates of War, by number and by
// abbreviation: the last day of a stay is in it, in three columns, and the last
// day of the present is that of the release.
func readCOW(t *testing.T) (numbers, abbreviations map[string][]stay) {
	t.Helper()
	numbers, abbreviations = make(map[string][]stay), make(map[string][]stay)
	for _, r := range rows(t, "cow_states2016.csv") {
		var n [6]int
		for i := range n {
			n[i], _ = strconv.Atoi(r[3+i])
		}
		from, last := fmt.Sprintf("%04d-%02d-%02d", n[0], n[1], n[2]), fmt.Sprintf("%04d-%02d-%02d", n[3], n[4], n[5])
		s := stay{day(from), dayAfter(last, cowNow)}
		numbers[r[1]] = append(numbers[r[1]], s)
		abbreviations[r[0]] = append(abbreviations[r[0]], s)
	}
	return numbers, abbreviations
}

// readGW reads the list of Gleditsch and Ward, where a state without an end has
// a day that will not come.
func readGW(t *testing.T) map[string][]stay {
	t.Helper()
	out := make(map[string][]stay)
	for _, r := range rows(t, "gwstates.csv") {
		out[r[0]] = append(out[r[0]], stay{day(r[3]), dayAfter(r[4], gwNow)})
	}
	for _, s := range out {
		slices.SortFunc(s, func(a, b stay) int { return cmp.Compare(a.from, b.from) })
	}
	return out
}

func dayAfter(last, now string) ledger.Date {
	if last == now {
		return ledger.NoAfter
	}
	return day(last) + 1
}
