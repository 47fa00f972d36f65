package obligations

import (
	"fmt"
	"slices"
	"strings"

	"foedus/ledger"
)

// PlacesVersion is the version of the registry. An answer that rests on a place
// names it, because the registry can grow and be corrected.
const PlacesVersion = 1

// PlaceKind says what a place is. It does not change with its holder.
type PlaceKind string

// The kinds of places.
const (
	KindMetropolitan PlaceKind = "metropolitan" // part of the mainland of a state
	KindOverseas     PlaceKind = "overseas"     // a dependency on another continent
	KindIsland       PlaceKind = "island"       // an island or a group of islands
	KindOccupied     PlaceKind = "occupied"     // known for being held by another than its sovereign
	KindSea          PlaceKind = "sea"          // water; only forces can be attacked there
)

// Hold is how a state has a place.
type Hold string

// The ways to have a place. Title runs on under occupation and administration:
// Japan kept the sovereignty of Okinawa, and the United States administered it.
const (
	HoldSovereign    Hold = "sovereign"
	HoldAdministered Hold = "administered" // by treaty, mandate, trust, lease or standing control
	HoldOccupied     Hold = "occupied"     // by force of arms
	HoldClaimed      Hold = "claimed"      // in words only
)

// Tenure says that a state had a place from one day to another.
type Tenure struct {
	Holder ledger.StateID
	From   ledger.Date // [ledger.NoBefore] where the beginning is not known or does not matter
	To     ledger.Date // the first day on which it no longer held; [ledger.NoAfter] while it lasts
	How    Hold
	Joint  bool   // together with the other joint holders of the same days
	Grade  string // A, B, C or D, as in the citations of the ledger
	Note   string // the source, or what is doubtful
}

// On reports whether the tenure covers the day.
func (t Tenure) On(day ledger.Date) bool { return t.From <= day && day < t.To }

// Place is a part of the earth that treaties or crises name.
type Place struct {
	ID      PlaceID // where the seeds have a territory, its name there
	Name    string
	Aliases []string
	Kind    PlaceKind
	Areas   Areas  // the areas in which all of it lies
	Partly  Areas  // the areas in which a part of it lies, or it lies by one reading
	Where   string // in words: what decides whether a region holds it
	Tenures []Tenure
}

// Places returns the registry, sorted by id. The caller owns the slice.
func Places() []Place {
	var out []Place
	for _, group := range placeGroups() {
		out = append(out, group()...)
	}
	slices.SortFunc(out, func(a, b Place) int { return strings.Compare(string(a.ID), string(b.ID)) })
	return out
}

// placeGroups lists the tables of the registry.
func placeGroups() []func() []Place {
	return []func() []Place{
		placesNorthAmerica, placesLatinAmerica, placesNorthAtlantic, placesWesternEurope, placesMediterranean,
		placesEasternEurope, placesBlackSea, placesAfrica, placesMiddleEast, placesSouthAsia, placesChina,
		placesJapan, placesSoutheastAsia, placesPacific, placesSeas,
	}
}

// placeByID looks a place up without building all of the registry.
func placeByID(id PlaceID) (Place, bool) {
	for _, group := range placeGroups() {
		for _, p := range group() {
			if p.ID == id {
				return p, true
			}
		}
	}
	return Place{}, false
}

// FindPlace returns the place with an id or an alias. Case does not matter, and a
// space is a hyphen. It fails with [*UnknownPlaceError].
func FindPlace(text string) (Place, error) {
	word := placeWord(text)
	places := Places()
	for _, p := range places {
		if string(p.ID) == word || slices.Contains(p.Aliases, word) {
			return p, nil
		}
	}
	return Place{}, &UnknownPlaceError{Text: text, Nearest: nearPlaces(word, places)}
}

// UnknownPlaceError says that the registry has no such place.
type UnknownPlaceError struct {
	Text    string
	Nearest []string // what was probably meant, at most three ids or aliases
}

// Error names the text and what was probably meant.
func (e *UnknownPlaceError) Error() string {
	if len(e.Nearest) == 0 {
		return fmt.Sprintf("no place %q in the registry", e.Text)
	}
	return fmt.Sprintf("no place %q in the registry; did you mean %s?", e.Text, strings.Join(e.Nearest, " or "))
}

// Holder returns who holds or administers the place on a day: the state in
// control, which is not always the one with the title. Of joint holders it is the
// first. A claim alone holds nothing.
func (p Place) Holder(on ledger.Date) (Tenure, bool) {
	if held := p.control(on); len(held) > 0 {
		return held[0], true
	}
	return p.Sovereign(on)
}

// Sovereign returns who has the title to the place on a day, whoever controls it.
func (p Place) Sovereign(on ledger.Date) (Tenure, bool) {
	for _, t := range p.Tenures {
		if t.How == HoldSovereign && t.On(on) {
			return t, true
		}
	}
	return Tenure{}, false
}

// control returns those that occupy or administer the place on a day.
func (p Place) control(on ledger.Date) (out []Tenure) {
	for _, t := range p.Tenures {
		if (t.How == HoldOccupied || t.How == HoldAdministered) && t.On(on) {
			out = append(out, t)
		}
	}
	return out
}

// placeWord turns what a user writes into the form of an id.
func placeWord(text string) string {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return r == ' ' || r == '-' || r == '_' || r == '\t'
	})
	return strings.Join(words, "-")
}

func nearPlaces(word string, places []Place) (out []string) {
	var known []string
	for _, p := range places {
		known = append(append(known, string(p.ID)), p.Aliases...)
	}
	for range 3 {
		near := ledger.Nearest(word, known)
		if near == "" {
			return out
		}
		out = append(out, near)
		known = slices.DeleteFunc(known, func(k string) bool { return k == near })
	}
	return out
}

// The rows of the tables below are written with these. A day is YYYY-MM-DD, ""
// leaves the side open.

func sovereign(holder ledger.StateID, from, to, grade, note string) Tenure {
	return tenure(HoldSovereign, holder, from, to, grade, note)
}

func administered(holder ledger.StateID, from, to, grade, note string) Tenure {
	return tenure(HoldAdministered, holder, from, to, grade, note)
}

func occupied(holder ledger.StateID, from, to, grade, note string) Tenure {
	return tenure(HoldOccupied, holder, from, to, grade, note)
}

func claimed(holder ledger.StateID, from, to, grade, note string) Tenure {
	return tenure(HoldClaimed, holder, from, to, grade, note)
}

func jointly(t Tenure) Tenure {
	t.Joint = true
	return t
}

func tenure(how Hold, holder ledger.StateID, from, to, grade, note string) Tenure {
	return Tenure{
		Holder: holder, How: how, Grade: grade, Note: note,
		From: placeDay(from, ledger.NoBefore), To: placeDay(to, ledger.NoAfter),
	}
}

// placeDay reads a day of a table. One that is none becomes [ledger.MinDate],
// which the test of the registry refuses.
func placeDay(s string, open ledger.Date) ledger.Date {
	if s == "" {
		return open
	}
	d, err := ledger.ParseDate(s)
	if err != nil {
		return ledger.MinDate
	}
	return d
}
