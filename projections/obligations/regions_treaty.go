package obligations

import (
	"fmt"
	"slices"
)

// inNorthAtlanticArea is Art. 6 of the North Atlantic Treaty: as signed in 1949,
// with Art. II of the Protocol of 1951 from 1952-02-15, and without the Algerian
// departments from 1962-07-03. West Berlin was territory of no party; the three
// powers declared on 1954-10-03, and all parties with them on 1954-10-22, that an
// attack on it is one on their forces.
func inNorthAtlanticArea(s site) (Truth, string) {
	if s.id == "west-berlin" && s.taken && !s.forces {
		if s.from("1954-10-22") {
			return s.answer(True, "an attack on it is one on the forces of the three powers, declared in October 1954", "Art. 6")
		}
		return s.answer(Arguable, "only the occupation forces there are named", "Art. 6")
	}
	if t, why := northAtlanticTerritory(s); t == True || !s.forces {
		return t, why
	}
	return northAtlanticForces(s)
}

// northAtlanticTerritory answers for territory and islands. Turkey is named by
// the article itself, five days before it was a party.
func northAtlanticTerritory(s site) (Truth, string) {
	const text = "Art. 6"
	if s.titular() == "turkey" && s.from("1952-02-15") {
		return s.answer(True, "the territory of Turkey, named since 1952-02-15", text)
	}
	holder, ok := s.party()
	switch {
	case !ok:
		return s.noParty(text)
	case s.id == "algerian-departments" && holder == "france":
		return s.answer(True, "the Algerian departments of France, named until 1962-07-03", text)
	case s.id == "saharan-algeria" && holder == "france":
		return s.answer(Arguable, "whether the Saharan departments are Algerian departments is open", text)
	case s.in.Has(AreaEurope | AreaNorthAmerica):
		return s.answer(True, fmt.Sprintf("territory of %s in Europe or North America", holder), text)
	case s.in.Has(AreaNorthAtlantic):
		return s.answer(True, "an island north of the Tropic of Cancer, under the jurisdiction of "+string(holder), text)
	case s.partly.Has(AreaEurope | AreaNorthAmerica | AreaNorthAtlantic):
		return s.answer(Arguable, "on the edge of the area, "+s.where, text)
	case s.kind == KindIsland:
		return s.answer(False, "of islands those in the North Atlantic north of the Tropic of Cancer are named, and this is "+s.where, text)
	}
	return s.answer(False, "territory in Europe or North America is named, and this is "+s.where, text)
}

// northAtlanticForces answers for forces, vessels and aircraft where the
// territory itself is not covered.
func northAtlanticForces(s site) (Truth, string) {
	const text = "Art. 6"
	protocol := s.from("1952-02-15")
	sea := s.kind == KindSea
	switch {
	case s.in.Has(AreaOccupation1949) && protocol:
		return s.answer(True, "forces where occupation forces of a party stood on 1949-08-24", text+"(ii)")
	case s.in.Has(AreaOccupation1949):
		return s.answer(True, "the occupation forces of a party in Europe", text)
	case sea && s.in.Has(AreaNorthAtlantic):
		return s.answer(True, "vessels or aircraft in the North Atlantic area north of the Tropic of Cancer", text)
	case sea && s.in.Has(AreaMediterranean) && protocol:
		return s.answer(True, "forces, vessels or aircraft in the Mediterranean, named since 1952-02-15", text+"(ii)")
	case sea && s.in.Has(AreaMediterranean):
		return s.answer(Arguable, "the text of 1949 does not name the Mediterranean", text)
	case sea && s.partly.Has(AreaNorthAtlantic), s.partly.Has(AreaOccupation1949):
		return s.answer(Arguable, "on the edge of the area, "+s.where, text)
	}
	return s.answer(False, "forces outside the area, "+s.where, text)
}

// inPacificTreatyArea is Art. V of the ANZUS Treaty and of the treaty with the
// Philippines, in the same words: "the metropolitan territory of any of the
// Parties, or the island territories under its jurisdiction in the Pacific or
// its armed forces, public vessels or aircraft in the Pacific".
func inPacificTreatyArea(s site) (Truth, string) {
	if s.forces && s.lies(AreaPacific) != False {
		return pacificForces(s)
	}
	const text = "Art. V"
	holder, ok := s.party()
	at := s.lies(AreaPacific)
	metropolitan := s.kind == KindMetropolitan || s.integralHawaii()
	switch {
	case !ok && slices.ContainsFunc(s.claims, s.around.Party) && at != False:
		return s.answer(Arguable, "claimed by a party, which does not hold the title", text)
	case !ok:
		return s.noParty(text)
	case metropolitan && at == True:
		return s.answer(True, "metropolitan territory of "+string(holder)+" in the Pacific", text)
	case metropolitan:
		return s.answer(Arguable, "Art. V names metropolitan territory without a limit, Art. IV an attack in the Pacific Area", text)
	case at == True:
		return s.answer(True, "island territory under the jurisdiction of "+string(holder)+" in the Pacific", text)
	case at == Arguable:
		return s.answer(Arguable, "on the edge of the Pacific, "+s.where, text)
	}
	return s.answer(False, "of island territories those in the Pacific are named, and this is "+s.where, text)
}

// pacificForces answers for forces in the Pacific. Of the South China Sea the
// United States said to the Philippines on 2019-03-01 that it is a part.
func pacificForces(s site) (Truth, string) {
	const text = "Art. V"
	switch {
	case s.lies(AreaPacific) == True:
		return s.answer(True, "forces, public vessels or aircraft in the Pacific", text)
	case s.southChinaSea() && s.around.Party("philippines") && s.from("2019-03-01"):
		return s.answer(True, "the South China Sea is part of the Pacific by the statement of 2019-03-01", text)
	}
	return s.answer(Arguable, "whether this sea is a part of the Pacific is open", text)
}

func (s site) southChinaSea() bool {
	return slices.Contains([]PlaceID{"south-china-sea", "spratly-islands", "second-thomas-shoal", "scarborough-shoal"}, s.id)
}

// inKoreanTreatyArea is Art. III of the treaty between the United States and
// Korea: "an armed attack in the Pacific area on either of the Parties in
// territories now under their respective administrative control, or hereafter
// recognized by one of the Parties as lawfully brought under" that of the other.
func inKoreanTreatyArea(s site) (Truth, string) {
	const text = "Art. III"
	holders := s.holders()
	i := slices.IndexFunc(holders, s.around.Party)
	at := s.lies(AreaPacific)
	switch {
	case i < 0:
		return s.noParty(text)
	case holders[i] == "south-korea" && len(s.claims) > 0:
		return s.answer(Arguable, "the United States has not recognised it as lawfully brought under control", text)
	case holders[i] == "south-korea":
		return s.answer(True, "under the administrative control of south-korea", text)
	case s.in.Has(AreaNorthAmerica) && at != False:
		return s.answer(Arguable, "whether the Pacific coast of America lies in the Pacific area is open", text)
	case at == True:
		return s.answer(True, "under the administrative control of "+string(holders[i])+" in the Pacific area", text)
	case at == Arguable:
		return s.answer(Arguable, "on the edge of the Pacific area, "+s.where, text)
	}
	return s.answer(False, "outside the Pacific area, "+s.where, text)
}

// inWestPacificArea is Art. VI of the treaty between the United States and the
// Republic of China: Taiwan and the Pescadores, and the island territories in the
// West Pacific under the jurisdiction of the United States.
func inWestPacificArea(s site) (Truth, string) {
	const text = "Art. VI"
	switch {
	case s.heldBy("taiwan") && (s.id == "taiwan" || s.id == "pescadores" || s.id == ""):
		return s.answer(True, "named by the article", text)
	case s.heldBy("taiwan"):
		return s.answer(False, "only Taiwan and the Pescadores are named; the Formosa Resolution of 1955 is not the treaty", text)
	case s.heldBy("united-states") && s.in.Has(AreaWestPacific):
		return s.answer(True, "island territory in the West Pacific under the jurisdiction of the United States", text)
	}
	return s.answer(False, "no territory that the article names", text)
}

// inJapaneseAdministration is Art. V of the treaty of 1960 between Japan and the
// United States: an attack on either "in the territories under the administration
// of Japan". Administration is a fact of the day, so a claim is not enough.
func inJapaneseAdministration(s site) (Truth, string) {
	const text = "Art. V"
	day := s.around.On().String()
	switch {
	case s.title == "japan" && s.id == "" && !s.from("1952-04-28") && s.from("1945-09-02"):
		return s.answer(False, "occupied until 1952-04-28", text)
	case len(s.control) > 0 && !slices.Contains(s.control, "japan"):
		return s.answer(False, fmt.Sprintf("under the administration of %s on %s", s.control[0], day), text)
	case s.heldBy("japan"):
		return s.answer(True, "under the administration of Japan on "+day, text)
	}
	return s.answer(False, "not under the administration of Japan on "+day, text)
}

// inRioRegion is Art. 3(3) and Art. 4 of the Rio Treaty (62 Stat. 1681): an attack
// within the lines of Art. 4 or within the territory of an American state.
func inRioRegion(s site) (Truth, string) {
	switch s.lies(AreaRioRegion) {
	case True:
		return s.answer(True, "inside the lines", "Art. 4")
	case Arguable:
		return s.answer(Arguable, "only a part lies inside the lines", "Art. 4")
	case False, Unknown:
	}
	const text = "Art. 3(3) and 4"
	owner := s.title
	switch {
	case owner == "" || !AmericanState(s.around.COW(owner)):
		return s.answer(False, "outside the lines and not the territory of an American state", text)
	case s.kind == KindMetropolitan || s.integralHawaii():
		return s.answer(True, "outside the lines and the territory of "+string(owner), text)
	}
	return s.answer(Arguable, "outside the lines; whether a possession is the territory of an American state is open", text)
}

// inManilaArea is Art. VIII of the Manila Treaty: "the general area of Southeast
// Asia, including also the entire territories of the Asian Parties, and the
// general area of the Southwest Pacific not including the Pacific area north of
// 21 degrees 30 minutes north latitude".
func inManilaArea(s site) (Truth, string) {
	const text = "Art. VIII"
	owner := s.titular()
	if owner != "" && s.around.Party(owner) {
		if cow := s.around.COW(owner); cow >= 700 && cow < 900 {
			return s.answer(True, "the entire territory of "+string(owner)+", an Asian party", text)
		}
	}
	switch t := s.lies(AreaSoutheastAsia); {
	case t == True:
		return s.answer(True, "in Southeast Asia or the Southwest Pacific", text)
	case t == Arguable:
		return s.answer(Arguable, "on the edge of the area, "+s.where, text)
	case slices.ContainsFunc(s.claims, s.around.Party):
		return s.answer(Arguable, "claimed by a party as a part of its entire territory", text)
	}
	return s.answer(False, "neither in Southeast Asia nor in the Southwest Pacific, with the line at 21 degrees 30 minutes north, but "+s.where, text)
}
