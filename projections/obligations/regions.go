package obligations

import (
	"fmt"
	"slices"

	"foedus/ledger"
)

// region is a part of the earth that a clause names, as a rule. The rule answers
// whether the site lies in it and says in one sentence why.
type region struct {
	name string
	rule func(s site) (Truth, string)
}

// RegionNames returns the regions that [InRegion] knows, sorted.
func RegionNames() []string {
	var out []string
	for _, r := range regionTable() {
		out = append(out, r.name)
	}
	slices.Sort(out)
	return out
}

// InRegion answers whether a ground lies in a region on the day of the
// surroundings, and says in one sentence why, with the article. It is [Unknown]
// where the region, the place or who held it is not on record.
func InRegion(name string, g Ground, around Surroundings) (Truth, string) {
	table := regionTable()
	i := slices.IndexFunc(table, func(r region) bool { return r.name == name })
	if i < 0 {
		return Unknown, fmt.Sprintf("no rule for the region %q", name)
	}
	s, problem := siteOf(g, around)
	if problem != "" {
		return Unknown, problem
	}
	return table[i].rule(s)
}

// regionTable lists the regions of the seeds.
func regionTable() []region {
	return []region{
		{"american-states", inAmericanStates},
		{"austria-hungary-bordering-romania", inRomanianBorderlands},
		{"balkans", within(AreaBalkans, "the Balkans")},
		{"china", within(AreaChina, "China")},
		{"china-and-korea", within(AreaChina|AreaKorea, "China or Korea")},
		{"eastern-asia-and-india", inEasternAsiaAndIndia},
		{"eastern-frontiers-of-poland-and-romania", frontierOf("the eastern frontiers of Poland and Romania (Art. 1)",
			[]PlaceID{"polish-eastern-frontier", "bessarabia"}, "poland", "romania")},
		{"europe", within(AreaEurope, "Europe")},
		{"far-east", within(AreaFarEast, "the Far East")},
		{"finland", territoryOf("finland")},
		{"greek-turkish-frontier", frontierOf("the common frontier (Art. 1)",
			[]PlaceID{"east-thrace", "western-thrace"}, "greece", "turkey")},
		{"lithuania", territoryOf("lithuania")},
		{"manchuria", within(AreaManchuria, "Manchuria")},
		{"mediterranean", within(AreaMediterranean, "the Mediterranean")},
		{"mediterranean-and-eastern-atlantic", within(AreaMediterranean|AreaEasternAtlantic,
			"the Mediterranean or the Atlantic that washes Europe and Africa (notes of 16 May 1907)")},
		{"member-state-territory", inUnionTerritory},
		{"north-atlantic-treaty-area", inNorthAtlanticArea},
		{"pacific", within(AreaPacific, "the Pacific")},
		{"pacific-area-territories-under-administrative-control", inKoreanTreatyArea},
		{"pacific-treaty-area", inPacificTreatyArea},
		{"portuguese-colonies", inPortugueseColonies},
		{"rio-treaty-region", inRioRegion},
		{"southeast-asia-treaty-area", inManilaArea},
		{"territories-under-the-administration-of-japan", inJapaneseAdministration},
		{"west-pacific-treaty-area", inWestPacificArea},
	}
}

// site is a ground with all that the rules ask of it on one day.
type site struct {
	around     Surroundings
	id         PlaceID // "" for the metropolitan territory of a state
	name       string
	where      string
	kind       PlaceKind
	in, partly Areas
	title      ledger.StateID   // who is sovereign, "" for nobody on record
	control    []ledger.StateID // who administers or occupies it, where that is told apart
	taken      bool             // the control is an occupation
	claims     []ledger.StateID
	forces     bool
}

// siteOf looks a ground up. The second result says what is missing, if anything.
func siteOf(g Ground, around Surroundings) (site, string) {
	if g.Place == "" {
		return stateSite(g, around)
	}
	p, ok := placeByID(g.Place)
	if !ok {
		return site{}, fmt.Sprintf("no place %q in the registry", g.Place)
	}
	s := site{
		around: around, id: p.ID, name: p.Name, where: p.Where, kind: p.Kind, in: p.Areas, partly: p.Partly,
		forces: g.Forces || p.Kind == KindSea,
	}
	if t, ok := p.Sovereign(around.On()); ok {
		s.title = t.Holder
	}
	for _, t := range p.control(around.On()) {
		s.control = append(s.control, t.Holder)
		s.taken = s.taken || t.How == HoldOccupied
	}
	for _, t := range p.Tenures {
		if t.How == HoldClaimed && t.On(around.On()) {
			s.claims = append(s.claims, t.Holder)
		}
	}
	return s, ""
}

// stateSite is the metropolitan territory of a state, which its number places.
func stateSite(g Ground, around Surroundings) (site, string) {
	if g.State == "" {
		return site{}, "where it took place is not on record"
	}
	cow := around.COW(g.State)
	s := site{
		around: around, name: "the metropolitan territory of " + string(g.State), where: "told by its state",
		kind: KindMetropolitan, title: g.State, forces: g.Forces,
	}
	s.in, s.partly = stateAreas(cow)
	if s.in|s.partly == 0 {
		return site{}, fmt.Sprintf("no Correlates of War number places %s on %s", g.State, around.On())
	}
	return s, ""
}

// lies answers by geography alone: what lies in an area in part is arguable.
func (s site) lies(a Areas) Truth {
	switch {
	case s.in.Has(a):
		return True
	case s.partly.Has(a):
		return Arguable
	}
	return False
}

// from reports whether the day is d or later. A day that is none is never reached.
func (s site) from(d string) bool { return s.around.On() >= placeDay(d, ledger.NoAfter) }

// holders returns those with jurisdiction: who controls the site, else who has
// the title. A territory under occupation stays that of its sovereign too.
func (s site) holders() []ledger.StateID {
	switch {
	case s.title == "" || len(s.control) > 0 && !s.taken:
		return s.control
	case s.taken:
		return append([]ledger.StateID{s.title}, s.control...)
	}
	return []ledger.StateID{s.title}
}

// heldBy reports whether the state has jurisdiction over the site.
func (s site) heldBy(id ledger.StateID) bool { return slices.Contains(s.holders(), id) }

// party returns a party to the instrument that has the site by title or, short of
// force, by administration.
func (s site) party() (ledger.StateID, bool) {
	if s.title != "" && s.around.Party(s.title) {
		return s.title, true
	}
	if s.taken {
		return "", false
	}
	for _, c := range s.control {
		if s.around.Party(c) {
			return c, true
		}
	}
	return "", false
}

// titular reports who counts as sovereign: the title, else the administration
// where no title is on record.
func (s site) titular() ledger.StateID {
	if s.title == "" && len(s.control) > 0 && !s.taken {
		return s.control[0]
	}
	return s.title
}

// noParty is the answer where no party holds the site.
func (s site) noParty(text string) (Truth, string) {
	switch {
	case s.kind == KindSea:
		return False, fmt.Sprintf("%s: no, water and no territory of a party (%s)", s.name, text)
	case s.title == "" && len(s.control) == 0 && len(s.claims) == 0:
		return Unknown, fmt.Sprintf("%s: unknown, the registry does not say who held it on %s (%s)", s.name, s.around.On(), text)
	case s.taken && s.title == "":
		return False, fmt.Sprintf("%s: no, under occupation on %s and the territory of no party (%s)", s.name, s.around.On(), text)
	case len(s.holders()) == 0:
		return False, fmt.Sprintf("%s: no, claimed on %s and held by no party (%s)", s.name, s.around.On(), text)
	}
	return False, fmt.Sprintf("%s: no, territory of %s, which was no party on %s (%s)", s.name, s.holders()[0], s.around.On(), text)
}

// answer renders the usual sentence.
func (s site) answer(t Truth, why, text string) (Truth, string) {
	word := map[Truth]string{True: "yes", False: "no", Arguable: "arguable", Unknown: "unknown"}[t]
	return t, fmt.Sprintf("%s: %s, %s (%s)", s.name, word, why, text)
}
