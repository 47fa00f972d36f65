package obligations

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"foedus/ledger"
)

// surroundings is one day for the tests below.
type surroundings struct {
	day     ledger.Date
	parties []ledger.StateID
}

func (s surroundings) On() ledger.Date              { return s.day }
func (s surroundings) Party(id ledger.StateID) bool { return slices.Contains(s.parties, id) }
func (s surroundings) COW(id ledger.StateID) int    { return testNumbers()[id] }

// testNumbers are numbers of the Correlates of War list, as the seeds have them.
func testNumbers() map[ledger.StateID]int {
	return map[ledger.StateID]int{
		"united-states": 2, "canada": 20, "cuba": 40, "grenada": 55, "mexico": 70, "belize": 80, "honduras": 91, "panama": 95,
		"argentina": 160, "chile": 155, "united-kingdom": 200, "france": 220, "belgium": 211, "luxembourg": 212, "netherlands": 210,
		"spain": 230, "portugal": 235, "germany": 260, "east-germany": 265, "poland": 290, "austria-hungary": 300, "austria": 305,
		"hungary": 310, "italy": 325, "malta": 338, "albania": 339, "serbia": 345, "yugoslavia": 345, "greece": 350, "cyprus": 352,
		"bulgaria": 355, "romania": 360, "soviet-union": 365, "russia": 365, "armenia": 371, "lithuania": 368, "finland": 375,
		"sweden": 380, "norway": 385, "denmark": 390, "iceland": 395, "algeria": 615, "libya": 620, "turkey": 640, "ottoman-empire": 640,
		"egypt": 651, "syria": 652, "china": 710, "taiwan": 713, "korea": 730, "south-korea": 732, "north-korea": 731, "japan": 740,
		"india": 750, "pakistan": 770, "thailand": 800, "laos": 812, "south-vietnam": 817, "malaysia": 820, "singapore": 830,
		"philippines": 840, "indonesia": 850, "australia": 900, "papua-new-guinea": 910, "new-zealand": 920,
	}
}

// testParties returns the parties of the treaty of a region. A treaty is written
// "id" or "id>day" for a party from a day on, "id<day" for one until a day.
func testParties(region string, day ledger.Date) (out []ledger.StateID) {
	words := map[string]string{
		"nato":  "united-states united-kingdom france canada italy belgium denmark iceland norway portugal netherlands luxembourg turkey>1952-02-18 greece>1952-02-18 germany>1955-05-06 spain>1982-05-30 finland>2023-04-04",
		"anzus": "united-states australia new-zealand",
		"usph":  "united-states philippines",
		"usrok": "united-states south-korea",
		"usroc": "united-states taiwan",
		"usj":   "united-states japan",
		"rio":   "united-states argentina chile honduras panama mexico cuba",
		"seato": "united-states united-kingdom france australia new-zealand philippines thailand pakistan<1973-11-08",
		"eu":    "france spain germany portugal netherlands denmark greece cyprus malta italy united-kingdom<2020-02-01",
	}[region]
	for word := range strings.FieldsSeq(words) {
		id, from, _ := strings.Cut(word, ">")
		id, to, _ := strings.Cut(id, "<")
		if placeDay(from, ledger.NoBefore) <= day && day < placeDay(to, ledger.NoAfter) {
			out = append(out, ledger.StateID(id))
		}
	}
	return out
}

type regionCase struct {
	treaty, day, where string // where: a place, "=state" for its metropolitan territory, "*" after it for forces
	want               Truth
}

func (c regionCase) run(t *testing.T, region string) {
	t.Helper()
	day := placeDay(c.day, ledger.NoBefore)
	where, forces := strings.CutSuffix(c.where, "*")
	g := Ground{Place: PlaceID(where), Forces: forces}
	if state, ok := strings.CutPrefix(where, "="); ok {
		g = Ground{State: ledger.StateID(state), Forces: forces}
	}
	got, why := InRegion(region, g, surroundings{day, testParties(c.treaty, day)})
	if got != c.want {
		t.Errorf("%s on %s in %s: %s, want %s (%s)", c.where, c.day, region, got, c.want, why)
	}
	if why == "" || strings.Contains(why, "\n") {
		t.Errorf("%s on %s in %s: the reason %q is no sentence", c.where, c.day, region, why)
	}
}

func TestNorthAtlanticTreatyArea(t *testing.T) {
	for _, c := range []regionCase{
		{"nato", "1965-08-01", "hawaii", False},
		{"nato", "1984-01-01", "guam", False},
		{"nato", "1984-01-01", "puerto-rico", False},
		{"nato", "1984-01-01", "us-virgin-islands", False},
		{"nato", "1984-01-01", "alaska", True},
		{"nato", "2001-09-11", "new-york", True},
		{"nato", "2001-09-11", "=united-states", True},
		{"nato", "1982-04-02", "falkland-islands", False},
		{"nato", "1961-12-18", "goa", False},
		{"nato", "1962-07-02", "algerian-departments", True},
		{"nato", "1962-07-03", "algerian-departments", False},
		{"nato", "1962-07-02", "saharan-algeria", Arguable},
		{"nato", "1955-01-01", "moroccan-protectorate", False},
		{"nato", "1952-02-14", "anatolia", False},
		{"nato", "1952-02-15", "anatolia", True},
		{"nato", "1952-02-15", "=turkey", True},
		{"nato", "1952-02-14", "=turkey", False},
		{"nato", "1952-02-17", "aegean-islands", False},
		{"nato", "1952-02-18", "aegean-islands", True},
		{"nato", "2014-03-01", "melilla", False},
		{"nato", "2014-03-01", "ceuta", False},
		{"nato", "1982-05-29", "canary-islands", False},
		{"nato", "1982-05-30", "canary-islands", True},
		{"nato", "1984-01-01", "french-guiana", False},
		{"nato", "1984-01-01", "martinique", False},
		{"nato", "1961-08-13", "west-berlin", True},
		{"nato", "1949-09-01", "west-berlin", Arguable},
		{"nato", "1949-09-01", "west-berlin*", True},
		{"nato", "1953-01-01", "west-berlin*", True},
		{"nato", "1953-01-01", "=germany*", True},
		{"nato", "1955-05-05", "west-germany-territory", False},
		{"nato", "1955-05-05", "west-germany-territory*", True},
		{"nato", "1955-05-06", "west-germany-territory", True},
		{"nato", "1990-10-02", "east-germany-territory", False},
		{"nato", "1990-10-03", "east-germany-territory", True},
		{"nato", "1984-01-01", "gibraltar", True},
		{"nato", "1964-09-20", "malta", True},
		{"nato", "1964-09-21", "malta", False},
		{"nato", "1984-01-01", "greenland", True},
		{"nato", "1984-01-01", "azores", True},
		{"nato", "1984-01-01", "svalbard", True},
		{"nato", "1974-01-01", "cabo-verde-islands", False},
		{"nato", "1973-07-09", "bahamas", Arguable},
		{"nato", "1973-07-10", "bahamas", False},
		{"nato", "1997-06-30", "hong-kong", False},
		{"nato", "2020-02-27", "idlib*", False},
		{"nato", "1962-10-27", "=cuba*", False},
		{"nato", "1951-12-01", "mediterranean-sea", Arguable},
		{"nato", "1952-02-15", "mediterranean-sea", True},
		{"nato", "1984-01-01", "north-atlantic", True},
		{"nato", "1984-01-01", "persian-gulf", False},
		{"nato", "1984-01-01", "caribbean-sea", False},
		{"nato", "1984-01-01", "black-sea", Arguable},
		{"nato", "2023-04-03", "=finland", False},
		{"nato", "2023-04-04", "=finland", True},
		{"nato", "1984-01-01", "atlantis", Unknown},
		{"nato", "1984-01-01", "=", Unknown},
		{"nato", "1984-01-01", "=utopia", Unknown},
	} {
		c.run(t, "north-atlantic-treaty-area")
	}
}

func TestPacificRegions(t *testing.T) {
	for region, cases := range map[string][]regionCase{
		"pacific-treaty-area": {
			{"anzus", "1986-08-12", "hawaii", True},
			{"anzus", "1959-08-20", "hawaii", True},
			{"anzus", "1984-01-01", "guam", True},
			{"anzus", "2001-09-11", "new-york", Arguable},
			{"anzus", "2001-09-11", "=united-states", Arguable},
			{"anzus", "1984-01-01", "california", True},
			{"anzus", "1984-01-01", "puerto-rico", False},
			{"anzus", "1984-01-01", "=australia", True},
			{"anzus", "1984-01-01", "=new-zealand", True},
			{"anzus", "1975-09-15", "papua-and-new-guinea", True},
			{"anzus", "1975-09-16", "papua-and-new-guinea", False},
			{"anzus", "1984-01-01", "christmas-island", Arguable},
			{"anzus", "1984-01-01", "pacific-ocean", True},
			{"anzus", "1971-12-01", "ryukyu-islands", True},
			{"anzus", "1972-05-15", "ryukyu-islands", False},
			{"anzus", "1972-05-15", "ryukyu-islands*", True},
			{"anzus", "1964-08-02", "tonkin-gulf*", Arguable},
			{"usph", "2016-07-13", "second-thomas-shoal*", Arguable},
			{"usph", "2019-02-28", "south-china-sea", Arguable},
			{"usph", "2019-03-01", "south-china-sea", True},
			{"usph", "2019-03-01", "second-thomas-shoal*", True},
			{"usph", "2019-03-01", "second-thomas-shoal", Arguable},
			{"usph", "2019-03-01", "spratly-islands", Arguable},
			{"anzus", "2019-03-01", "south-china-sea", Arguable},
			{"usph", "1984-01-01", "luzon", True},
			{"usph", "1984-01-01", "=philippines", True},
			{"usph", "1984-01-01", "taiwan", False},
		},
		"pacific": {
			{"anzus", "1984-01-01", "=australia", True},
			{"anzus", "1984-01-01", "=united-states", Arguable},
			{"anzus", "1984-01-01", "new-york", False},
			{"anzus", "1984-01-01", "=france", False},
		},
		"pacific-area-territories-under-administrative-control": {
			{"usrok", "1984-01-01", "=south-korea", True},
			{"usrok", "1984-01-01", "=north-korea", False},
			{"usrok", "2010-11-23", "yeonpyeong", True},
			{"usrok", "1984-01-01", "hawaii", True},
			{"usrok", "1984-01-01", "guam", True},
			{"usrok", "1984-01-01", "alaska", Arguable},
			{"usrok", "2001-09-11", "new-york", False},
			{"usrok", "2006-04-19", "takeshima", Arguable},
			{"usrok", "1972-05-14", "ryukyu-islands", True},
			{"usrok", "1972-05-15", "ryukyu-islands", False},
		},
		"west-pacific-treaty-area": {
			{"usroc", "1958-08-23", "quemoy", False},
			{"usroc", "1958-08-23", "taiwan", True},
			{"usroc", "1958-08-23", "pescadores", True},
			{"usroc", "1958-08-23", "=taiwan", True},
			{"usroc", "1971-12-01", "ryukyu-islands", True},
			{"usroc", "1972-05-15", "ryukyu-islands", False},
			{"usroc", "1960-01-01", "guam", True},
			{"usroc", "1960-01-01", "hawaii", False},
		},
		"territories-under-the-administration-of-japan": {
			{"usj", "1972-05-14", "ryukyu-islands", False},
			{"usj", "1972-05-15", "ryukyu-islands", True},
			{"usj", "1968-06-25", "ogasawara-islands", False},
			{"usj", "1968-06-26", "ogasawara-islands", True},
			{"usj", "1960-06-23", "amami-islands", True},
			{"usj", "1972-05-14", "senkaku-islands", False},
			{"usj", "2012-09-15", "senkaku-islands", True},
			{"usj", "2012-09-15", "takeshima", False},
			{"usj", "2012-09-15", "kuril-islands", False},
			{"usj", "2012-09-15", "=japan", True},
			{"usj", "2012-09-15", "hawaii", False},
			{"usj", "1952-04-27", "=japan", False},
			{"usj", "1952-04-28", "=japan", True},
			{"usj", "1984-01-01", "japanese-main-islands*", True},
		},
		"southeast-asia-treaty-area": {
			{"seato", "1965-09-06", "west-pakistan", True},
			{"seato", "1971-12-03", "east-pakistan", True},
			{"seato", "1973-11-07", "west-pakistan", True},
			{"seato", "1973-11-08", "west-pakistan", False},
			{"seato", "1960-01-01", "hong-kong", False},
			{"seato", "1960-01-01", "taiwan", False},
			{"seato", "1960-01-01", "hawaii", False},
			{"seato", "1960-01-01", "guam", Arguable},
			{"seato", "1961-12-18", "goa", False},
			{"seato", "1964-12-01", "=south-vietnam", True},
			{"seato", "1960-01-01", "new-caledonia", True},
			{"seato", "1964-08-02", "tonkin-gulf*", Arguable},
			{"seato", "1965-09-06", "kashmir", Arguable},
		},
	} {
		for _, c := range cases {
			c.run(t, region)
		}
	}
}

func TestOtherRegions(t *testing.T) {
	for region, cases := range map[string][]regionCase{
		"rio-treaty-region": {
			{"rio", "1982-05-01", "falkland-islands", True},
			{"rio", "1959-08-20", "hawaii", Arguable},
			{"rio", "1959-08-21", "hawaii", True},
			{"rio", "1984-01-01", "guam", Arguable},
			{"rio", "1984-01-01", "greenland", True},
			{"rio", "1984-01-01", "bermuda", True},
			{"rio", "1984-01-01", "iceland", False},
			{"rio", "1984-01-01", "easter-island", True},
			{"rio", "1962-10-27", "=cuba*", True},
			{"rio", "1971-12-01", "ryukyu-islands", False},
			{"rio", "1984-01-01", "=france", False},
		},
		"american-states": {
			{"rio", "1984-01-01", "=honduras", True},
			{"rio", "1984-01-01", "guam", Arguable},
			{"rio", "1990-01-07", "=canada", Arguable},
			{"rio", "1990-01-08", "=canada", True},
			{"rio", "1982-05-01", "falkland-islands", Arguable},
			{"rio", "1984-01-01", "martinique", False},
		},
		"europe": {
			{"", "1969-03-02", "ussuri", False},
			{"", "1984-01-01", "falkland-islands", False},
			{"", "1954-11-01", "algerian-departments", False},
			{"", "1984-01-01", "french-guiana", False},
			{"", "1956-10-23", "=hungary", True},
			{"", "1984-01-01", "=soviet-union", Arguable},
			{"", "1984-01-01", "anatolia", False},
			{"", "1984-01-01", "east-thrace", True},
		},
		"member-state-territory": {
			{"eu", "2015-11-13", "french-guiana", True},
			{"eu", "2014-03-01", "melilla", True},
			{"eu", "2014-03-01", "canary-islands", True},
			{"eu", "2020-01-31", "gibraltar", True},
			{"eu", "2020-02-01", "gibraltar", False},
			{"eu", "2013-12-31", "mayotte", Arguable},
			{"eu", "2014-01-01", "mayotte", True},
			{"eu", "2015-11-13", "greenland", Arguable},
			{"eu", "2015-11-13", "northern-cyprus", Arguable},
			{"eu", "2015-11-13", "=france", True},
		},
		"portuguese-colonies": {
			{"", "1961-12-18", "goa", True},
			{"", "1961-12-19", "goa", Arguable},
			{"", "1975-01-01", "goa", False},
			{"", "1975-11-10", "angola-colony", True},
			{"", "1975-11-11", "angola-colony", False},
			{"", "1941-01-01", "azores", False},
			{"", "1916-03-09", "=portugal", False},
			{"", "1980-01-01", "east-timor", Arguable},
		},
		"austria-hungary-bordering-romania": {
			{"", "1888-01-15", "galicia", False},
			{"", "1888-01-15", "bukovina", True},
			{"", "1888-01-15", "=austria-hungary", Arguable},
		},
		"balkans":                            {{"", "1936-01-01", "=greece", True}, {"", "1936-01-01", "=romania", Arguable}, {"", "1936-01-01", "anatolia", False}},
		"mediterranean":                      {{"", "1940-06-10", "alps", False}, {"", "1940-06-10", "mediterranean-sea", True}, {"", "1940-06-10", "malta", True}},
		"mediterranean-and-eastern-atlantic": {{"", "1907-06-01", "canary-islands", True}, {"", "1907-06-01", "alps", False}},
		"far-east":                           {{"", "1963-01-01", "singapore", True}, {"", "1963-01-01", "hong-kong", True}, {"", "1963-01-01", "gibraltar", False}},
		"china":                              {{"", "1916-07-03", "=china", True}, {"", "1914-08-23", "tsingtao", True}, {"", "1916-07-03", "=japan", False}},
		"china-and-korea":                    {{"", "1904-02-08", "=korea", True}, {"", "1904-02-08", "manchuria", True}, {"", "1904-02-08", "=france", False}},
		"eastern-asia-and-india":             {{"", "1914-08-23", "tsingtao", True}, {"", "1914-08-04", "=belgium", False}, {"", "1914-08-04", "british-india", True}},
		"manchuria":                          {{"", "1931-09-18", "manchuria", True}, {"", "1931-09-18", "=china", Arguable}, {"", "1931-09-18", "=japan", False}},
		"finland":                            {{"", "1950-01-01", "=finland", True}, {"", "1950-01-01", "=sweden", False}},
		"lithuania":                          {{"", "1939-10-10", "=lithuania", True}, {"", "1939-10-10", "=soviet-union", False}},
		"greek-turkish-frontier":             {{"", "1934-01-01", "east-thrace", True}, {"", "1934-01-01", "=turkey", Arguable}, {"", "1934-01-01", "=bulgaria", False}},
		"eastern-frontiers-of-poland-and-romania": {{"", "1924-01-01", "bessarabia", True}, {"", "1924-01-01", "=poland", Arguable}, {"", "1924-01-01", "danzig", False}},
		"the-moon": {{"", "1969-07-20", "hawaii", Unknown}},
	} {
		for _, c := range cases {
			c.run(t, region)
		}
	}
}

func TestRegionReason(t *testing.T) {
	_, why := InRegion("north-atlantic-treaty-area", Ground{Place: "falkland-islands"},
		surroundings{placeDay("1982-04-02", 0), []ledger.StateID{"united-kingdom"}})
	want := "Falkland Islands: no, of islands those in the North Atlantic north of the Tropic of Cancer are named, " +
		"and this is 51 degrees south in the South Atlantic (Art. 6)"
	if why != want {
		t.Errorf("got  %s\nwant %s", why, want)
	}
}

// TestEveryPlaceInEveryRegion holds that no rule is silent, on any side of any day
// on which a place changed hands.
func TestEveryPlaceInEveryRegion(t *testing.T) {
	for _, p := range Places() {
		days := []ledger.Date{placeDay("1914-08-01", 0), placeDay("1984-01-01", 0)}
		for _, tenure := range p.Tenures {
			if tenure.To.Finite() {
				days = append(days, tenure.To-1, tenure.To)
			}
		}
		for _, region := range RegionNames() {
			for _, day := range days {
				if _, why := InRegion(region, Ground{Place: p.ID}, surroundings{day, testParties("nato", day)}); why == "" {
					t.Errorf("%s on %s in %s: no reason", p.ID, day, region)
				}
			}
		}
	}
}

func TestAmericanState(t *testing.T) {
	for cow, want := range map[int]bool{0: false, 2: true, 20: true, 40: true, 165: true, 200: false} {
		if AmericanState(cow) != want {
			t.Errorf("AmericanState(%d) = %v", cow, !want)
		}
	}
}

func TestRegionsOfSeedsAreKnown(t *testing.T) {
	known := RegionNames()
	used := map[string]bool{}
	re := regexp.MustCompile(`\bregion: ([a-z-]+)`)
	for _, text := range seedTexts(t, "alliances") {
		for _, m := range re.FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
			if !slices.Contains(known, m[1]) && m[1] != ownTerritory {
				t.Errorf("the seeds name the region %q, for which there is no rule", m[1])
			}
		}
	}
	for _, name := range known {
		if !used[name] {
			t.Errorf("no seed names the region %q", name)
		}
	}
	if !slices.IsSorted(known) || len(slices.Compact(slices.Clone(known))) != len(known) {
		t.Error("the names of regions are not sorted, or not unique")
	}
}
