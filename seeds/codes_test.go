package seeds_test

import (
	"bytes"
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
)

// The lists of states stand beside the project, not in it, because their
// licences do not let us pass them on. Their last day of the present differs.
const (
	listFolder = "../../shared/data/states"
	cowNow     = "2016-12-31"
	gwNow      = "9999-12-31"
)

// stay is how long a number of a list stands for a state: the first day, and
// the first day on which it does so no longer, "" for none.
type stay struct{ code, from, until string }

// deviations lists where the seeds differ from a list on purpose, by scheme and
// code, each with the reason.
func deviations() map[string]string {
	const (
		serbia  = "the list has one number for Serbia, Yugoslavia and Serbia again; here they are two states, on the days on which one followed the other"
		russia  = "the list has one number for Russia and the Soviet Union; here they are two states, and the Russian Empire is left out"
		yemen   = "the list keeps the number of the Yemen Arab Republic for united Yemen; here they are two states"
		vietnam = "the list keeps the number of the Democratic Republic of Vietnam for united Vietnam; here they are two states"
		turkey  = "the list has one number for the Ottoman Empire and Turkey; here the Ottoman Empire is left out"
	)
	return map[string]string{
		"cow 345": serbia, "cow 365": russia, "gw 365": russia, "cow 640": turkey, "gw 640": turkey,
		"gw 678": yemen, "cow 816": vietnam, "gw 816": vietnam,
	}
}

// TestCodes compares every numbered code in the seeds with the list that gives
// it. A list has more than one row for a number where a state was absent in
// between; so have the seeds.
func TestCodes(t *testing.T) {
	lists := map[string]map[string][]stay{"cow": readCOW(t), "gw": readGW(t)}
	h := load(t)
	held := map[string]map[string][]stay{"cow": {}, "gw": {}}
	place := make(map[string]string)
	for _, e := range h.events {
		p, ok := e.Payload.(*ledger.StateCoded)
		if !ok || held[p.Scheme] == nil {
			continue
		}
		until := p.Until.String()
		from := strings.TrimPrefix(e.Effect().String(), "../")
		held[p.Scheme][p.Code] = append(held[p.Scheme][p.Code], stay{p.Code, from, until})
		place[p.Scheme+" "+p.Code] = h.at(e)
	}
	odd, used := deviations(), make(map[string]bool)
	for scheme, codes := range held {
		for _, code := range slices.Sorted(maps.Keys(codes)) {
			name := scheme + " " + code
			for _, s := range codes[code] {
				if slices.Contains(lists[scheme][code], s) {
					continue
				}
				used[name] = true
				if _, ok := odd[name]; !ok {
					t.Errorf("%s: %s from %q until %q: the list has %v; correct the record, or add the difference and its reason to deviations", place[name], name, s.from, s.until, lists[scheme][code])
				}
			}
		}
	}
	for name := range odd {
		if !used[name] {
			t.Errorf("deviations: %q agrees with the list now; remove it from the table", name)
		}
	}
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

// readCOW reads the list of the Correlates of War: the last day of a stay is in
// it, in three columns, and the last day of the present is that of the release.
func readCOW(t *testing.T) map[string][]stay {
	t.Helper()
	out := make(map[string][]stay)
	for _, r := range rows(t, "cow_states2016.csv") {
		var n [6]int
		for i := range n {
			n[i], _ = strconv.Atoi(r[3+i])
		}
		from, last := fmt.Sprintf("%04d-%02d-%02d", n[0], n[1], n[2]), fmt.Sprintf("%04d-%02d-%02d", n[3], n[4], n[5])
		out[r[1]] = append(out[r[1]], stay{r[1], from, dayAfter(t, last, cowNow)})
	}
	return out
}

// readGW reads the list of Gleditsch and Ward, where a state without an end has
// a day that will not come.
func readGW(t *testing.T) map[string][]stay {
	t.Helper()
	out := make(map[string][]stay)
	for _, r := range rows(t, "gwstates.csv") {
		out[r[0]] = append(out[r[0]], stay{r[0], r[3], dayAfter(t, r[4], gwNow)})
	}
	return out
}

func dayAfter(t *testing.T, last, now string) string {
	t.Helper()
	if last == now {
		return ""
	}
	d, err := ledger.ParseDate(last)
	if err != nil {
		t.Fatal(err)
	}
	return (d + 1).String()
}
