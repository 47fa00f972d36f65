package obligations

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"foedus/ledger"
)

func TestPlacesAreNamedOnce(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]PlaceID{}
	places := Places()
	for i, p := range places {
		for _, name := range append([]string{string(p.ID)}, p.Aliases...) {
			if !kebab.MatchString(name) {
				t.Errorf("%s: %q is not lower-case words joined by hyphens", p.ID, name)
			}
			if other, ok := seen[name]; ok {
				t.Errorf("%s: %q already names %s", p.ID, name, other)
			}
			seen[name] = p.ID
		}
		if i > 0 && places[i-1].ID >= p.ID {
			t.Errorf("%s does not stand in order", p.ID)
		}
		if p.Name == "" || p.Where == "" || p.Kind == "" {
			t.Errorf("%s: give it a name, a kind and where it lies", p.ID)
		}
		if p.Areas.Has(p.Partly) {
			t.Errorf("%s lies in an area both wholly and in part", p.ID)
		}
		if (p.Kind == KindSea) != (len(p.Tenures) == 0) && p.ID != "scarborough-shoal" {
			t.Errorf("%s: a sea has no tenures and everything else has", p.ID)
		}
	}
	if len(places) < 100 {
		t.Errorf("the registry has %d places", len(places))
	}
}

func TestTenuresAreInOrder(t *testing.T) {
	for _, p := range Places() {
		for i, a := range p.Tenures {
			lintTenure(t, p.ID, a)
			for _, b := range p.Tenures[i+1:] {
				if tenureLayer(a) != tenureLayer(b) || a.How == HoldClaimed || a.Joint && b.Joint {
					continue
				}
				if b.From < a.From {
					t.Errorf("%s: %s from %s stands after %s", p.ID, b.Holder, b.From, a.From)
				}
				if b.From < a.To {
					t.Errorf("%s: %s from %s overlaps %s to %s", p.ID, b.Holder, b.From, a.Holder, a.To)
				}
			}
		}
	}
}

// tenureLayer parts title, control and claims: they may run side by side.
func tenureLayer(t Tenure) Hold {
	if t.How == HoldAdministered {
		return HoldOccupied
	}
	return t.How
}

func lintTenure(t *testing.T, id PlaceID, a Tenure) {
	t.Helper()
	if a.From == ledger.MinDate || a.To == ledger.MinDate {
		t.Errorf("%s: a day of %s is none; write YYYY-MM-DD", id, a.Holder)
	}
	if a.From >= a.To {
		t.Errorf("%s: %s ends on %s, before it begins", id, a.Holder, a.To)
	}
	if !slices.Contains([]string{"A", "B", "C", "D"}, a.Grade) {
		t.Errorf("%s: %s has no grade; give A, B, C or D", id, a.Holder)
	}
	if !slices.Contains([]Hold{HoldSovereign, HoldAdministered, HoldOccupied, HoldClaimed}, a.How) {
		t.Errorf("%s: %s holds it in no known way", id, a.Holder)
	}
	if _, err := os.Stat(filepath.Join("..", "..", "seeds", "states", string(a.Holder)+".yaml")); err != nil {
		t.Errorf("%s: no state %q in seeds/states", id, a.Holder)
	}
}

// seedTexts returns the seed files of a folder.
func seedTexts(t *testing.T, folder string) (out []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "seeds", folder, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no seeds in %s: %v", folder, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(b))
	}
	return out
}

func TestTerritoriesOfSeedsAgree(t *testing.T) {
	day := regexp.MustCompile(`(?m)^    (?:done_on|effective_on): "?(\d{4}-\d{2}-\d{2})"?$`)
	field := func(name, record string) string {
		m := regexp.MustCompile(`(?m)^    ` + name + `: (\S+)$`).FindStringSubmatch(record)
		if m == nil {
			return ""
		}
		return m[1]
	}
	n := 0
	for _, text := range seedTexts(t, "states") {
		for record := range strings.SplitSeq(text, "\n  - key: ") {
			if !strings.Contains(record, "type: territory.changed") {
				continue
			}
			n++
			p, err := FindPlace(field("territory", record))
			if err != nil {
				t.Error(err)
				continue
			}
			to, m := field("to", record), day.FindStringSubmatch(record)
			if to == "" || m == nil {
				continue
			}
			if held, ok := p.Holder(placeDay(m[1], 0)); !ok || string(held.Holder) != to {
				t.Errorf("%s on %s: the registry has %q, the seeds %q", p.ID, m[1], held.Holder, to)
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d territories read", n)
	}
}

func TestFindPlace(t *testing.T) {
	for text, want := range map[string]PlaceID{
		"goa": "goa", "Okinawa": "ryukyu-islands", "Iwo Jima": "ogasawara-islands", "ALGERIA": "algerian-departments",
		"pearl_harbor": "hawaii", "  malvinas ": "falkland-islands", "Dokdo": "takeshima", "formosa": "taiwan",
	} {
		if p, err := FindPlace(text); err != nil || p.ID != want {
			t.Errorf("FindPlace(%q) = %q, %v, want %q", text, p.ID, err, want)
		}
	}
	_, err := FindPlace("Falkland Island")
	var unknown *UnknownPlaceError
	if !errors.As(err, &unknown) || !slices.Contains(unknown.Nearest, "falkland-islands") {
		t.Errorf("got %v, want the Falkland Islands as the nearest", err)
	}
	if _, err := FindPlace(""); err == nil {
		t.Error("nothing names a place")
	}
}

func TestHolder(t *testing.T) {
	for _, c := range []struct {
		place PlaceID
		day   string
		want  ledger.StateID
		how   Hold
	}{
		{"ryukyu-islands", "1972-05-14", "united-states", HoldAdministered},
		{"ryukyu-islands", "1972-05-15", "japan", HoldSovereign},
		{"algerian-departments", "1962-07-02", "france", HoldSovereign},
		{"algerian-departments", "1962-07-03", "algeria", HoldSovereign},
		{"falkland-islands", "1982-04-01", "united-kingdom", HoldSovereign},
		{"falkland-islands", "1982-04-02", "argentina", HoldOccupied},
		{"falkland-islands", "1982-06-14", "united-kingdom", HoldSovereign},
		{"goa", "1961-12-18", "portugal", HoldSovereign},
		{"goa", "1961-12-19", "india", HoldSovereign},
		{"hong-kong", "1943-01-01", "japan", HoldOccupied},
		{"hong-kong", "1997-06-30", "united-kingdom", HoldSovereign},
		{"hong-kong", "1997-07-01", "china", HoldSovereign},
		{"west-berlin", "1961-08-13", "united-kingdom", HoldOccupied},
		{"senkaku-islands", "1972-05-15", "japan", HoldAdministered},
		{"spratly-islands", "2016-07-12", "", ""},
		{"danzig", "1939-08-31", "", ""},
	} {
		p, err := FindPlace(string(c.place))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := p.Holder(placeDay(c.day, 0))
		if got.Holder != c.want || got.How != c.how || ok != (c.want != "") {
			t.Errorf("%s on %s: %q %q, want %q %q", c.place, c.day, got.Holder, got.How, c.want, c.how)
		}
	}
}

func FuzzFindPlace(f *testing.F) {
	for _, s := range []string{"goa", "Falkland  Islands", "okinava", "-", "\xff", "Iwo-Jima", strings.Repeat("a", 200)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := FindPlace(text)
		if err == nil {
			if again, err := FindPlace(string(p.ID)); err != nil || again.ID != p.ID {
				t.Errorf("%q finds %s, which is not found again: %v", text, p.ID, err)
			}
			return
		}
		var unknown *UnknownPlaceError
		if !errors.As(err, &unknown) || unknown.Text != text || len(unknown.Nearest) > 3 {
			t.Fatalf("FindPlace(%q) fails with %v", text, err)
		}
		for _, near := range unknown.Nearest {
			if _, err := FindPlace(near); err != nil {
				t.Errorf("the nearest name %q of %q is none", near, text)
			}
		}
	})
}
