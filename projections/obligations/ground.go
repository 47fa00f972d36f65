package obligations

import "foedus/ledger"

// PlaceID names a place of the registry: "falkland-islands". See [Places].
type PlaceID string

// Ground is where an act takes place: a place of the registry, or the
// metropolitan territory of a state where no place is named.
type Ground struct {
	Place PlaceID        // "" for none
	State ledger.StateID // whose metropolitan territory, where Place is ""
	// Forces is set where what is attacked are forces, vessels or aircraft that
	// are there, and not the territory itself.
	Forces bool
}

// Surroundings is what a region depends on beside geography. All of it is about
// the day asked about.
type Surroundings interface {
	// Party reports whether a state is a party to the instrument whose clause names
	// the region.
	Party(id ledger.StateID) bool
	// COW returns the Correlates of War number of a state, 0 if it has none. The
	// hundreds tell the part of the world: 2 to 199 America, 200 to 399 Europe, 400
	// to 626 Africa, 630 to 699 the Middle East, 700 to 899 Asia, 900 and more
	// Oceania (COW, State System Membership, codebook).
	COW(id ledger.StateID) int
	// On is the day.
	On() ledger.Date
}
