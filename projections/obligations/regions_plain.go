package obligations

import (
	"fmt"
	"slices"

	"foedus/ledger"
)

// within is the rule of a region that geography alone decides.
func within(a Areas, text string) func(s site) (Truth, string) {
	return func(s site) (Truth, string) {
		switch t := s.lies(a); {
		case t == True:
			return t, fmt.Sprintf("%s lies in %s", s.name, text)
		case t == Arguable && s.id == "":
			return t, fmt.Sprintf("only a part of %s lies in %s; name the place", s.name, text)
		case t == Arguable:
			return t, fmt.Sprintf("%s lies on the edge of %s: %s", s.name, text, s.where)
		case s.id == "":
			return False, fmt.Sprintf("%s does not lie in %s", s.name, text)
		}
		return False, fmt.Sprintf("%s does not lie in %s: %s", s.name, text, s.where)
	}
}

// territoryOf is the rule of a region that is the territory of one state.
func territoryOf(id ledger.StateID) func(s site) (Truth, string) {
	return func(s site) (Truth, string) {
		switch {
		case s.title == id:
			return True, fmt.Sprintf("%s is territory of %s", s.name, id)
		case slices.Contains(s.claims, id) || s.heldBy(id):
			return Arguable, fmt.Sprintf("%s is held or claimed by %s without a clear title", s.name, id)
		}
		return False, fmt.Sprintf("%s is not territory of %s", s.name, id)
	}
}

// frontierOf is the rule of a frontier: the places on it are in, the rest of the
// states is open, because an attack across the frontier may be anywhere there.
func frontierOf(text string, places []PlaceID, states ...ledger.StateID) func(s site) (Truth, string) {
	return func(s site) (Truth, string) {
		held := slices.ContainsFunc(states, s.heldBy)
		switch {
		case held && slices.Contains(places, s.id):
			return True, fmt.Sprintf("%s lies on %s", s.name, text)
		case held:
			return Arguable, fmt.Sprintf("%s belongs to a state of %s; whether the attack crosses it is open", s.name, text)
		}
		return False, fmt.Sprintf("%s does not lie on %s", s.name, text)
	}
}

// inRomanianBorderlands is the Austro-Romanian alliance of 1883, Art. 2: Austria-
// Hungary attacked "in a portion of its states bordering on Romania".
func inRomanianBorderlands(s site) (Truth, string) {
	const text = "the states of Austria-Hungary that border on Romania (Art. 2)"
	if s.title != "austria-hungary" {
		return False, fmt.Sprintf("%s is not territory of Austria-Hungary, so not of %s", s.name, text)
	}
	return within(AreaRomanianBorder, text)(s)
}

// inEasternAsiaAndIndia is the Anglo-Japanese alliance of 1905 and 1911: the
// regions of Eastern Asia and of India.
func inEasternAsiaAndIndia(s site) (Truth, string) {
	if s.in.Has(AreaSoutheastAsia) {
		return s.answer(Arguable, "Eastern Asia is not bounded in the text", "preamble of 1905 and 1911")
	}
	return within(AreaFarEast|AreaIndia, "Eastern Asia or India (preamble of 1905 and 1911)")(s)
}

// inPortugueseColonies is the secret article of 1661 and the declaration of 1899:
// the conquests and colonies of Portugal. The Azores and Madeira are none.
func inPortugueseColonies(s site) (Truth, string) {
	const text = "secret article of 1661, declaration of 1899"
	switch {
	case s.id == "" || s.in.Has(AreaEUTerritory) || s.kind == KindSea:
		return s.answer(False, "no colony of Portugal", text)
	case s.title == "portugal" && !s.taken:
		return s.answer(True, "a colony of Portugal", text)
	case s.title == "portugal" || s.heldBy("portugal"):
		return s.answer(Arguable, "Portugal did not hold both the title and the place", text)
	case slices.Contains(s.claims, "portugal"):
		return s.answer(Arguable, "lost in fact and not yet given up by Portugal", text)
	}
	return s.answer(False, "no colony of Portugal on "+s.around.On().String(), text)
}

// inUnionTerritory is Art. 42(7) of the Treaty on European Union: aggression on
// the territory of a member. Where the treaties apply is Art. 52 with Art. 355
// of the Treaty on the Functioning; whether 42(7) goes further is disputed.
func inUnionTerritory(s site) (Truth, string) {
	const text = "Art. 42(7) TEU, Art. 355 TFEU"
	holder, ok := s.party()
	switch {
	case !ok:
		return s.noParty(text)
	case s.id == "mayotte" && !s.from("2014-01-01"):
		return s.answer(Arguable, "an overseas country until 2014-01-01", text)
	case s.id == "" || s.in.Has(AreaEUTerritory) || s.in.Has(AreaEurope) && s.id != "faroe-islands" && !s.in.Has(AreaEUOverseas):
		return s.answer(True, fmt.Sprintf("territory of %s to which the treaties apply", holder), text)
	case s.partly.Has(AreaEUTerritory):
		return s.answer(Arguable, s.where, text)
	}
	return s.answer(Arguable, fmt.Sprintf("territory of %s outside the territorial scope of the treaties", holder), text)
}

// inAmericanStates is the territory of the American states: Act of Chapultepec,
// Art. 24 of the Charter of the Organization of American States.
func inAmericanStates(s site) (Truth, string) {
	const text = "Act of Chapultepec I(3), Charter of the OAS Art. 24 and 25"
	owner := s.titular()
	cow := 0
	if owner != "" {
		cow = s.around.COW(owner)
	}
	switch {
	case AmericanState(cow) && cow == 20 && !s.from("1990-01-08"):
		return s.answer(Arguable, "Canada joined the Organization only on 1990-01-08", text)
	case AmericanState(cow) && (s.in.Has(AreaRioRegion) || s.kind == KindMetropolitan || s.integralHawaii()):
		return s.answer(True, fmt.Sprintf("territory of %s, an American state", owner), text)
	case AmericanState(cow):
		return s.answer(Arguable, fmt.Sprintf("a possession of %s outside America", owner), text)
	case slices.ContainsFunc(s.claims, func(c ledger.StateID) bool { return AmericanState(s.around.COW(c)) }):
		return s.answer(Arguable, fmt.Sprintf("held by another and claimed by %s", s.claims[0]), text)
	}
	return s.answer(False, "not the territory of an American state", text)
}

// integralHawaii reports whether the site is Hawaii as a state of the Union.
func (s site) integralHawaii() bool { return s.id == "hawaii" && s.from("1959-08-21") }
