package atop

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"foedus/ledger"
)

// codes tells of the numbers under which ATOP counts a state on days on which
// the list does not give them, and of the states that the ledger does not have.
func (b *builder) codes() {
	for _, id := range slices.Sorted(maps.Keys(b.states)) {
		byCode := make(map[int][]spell)
		for _, s := range b.states[id] {
			byCode[s.code] = append(byCode[s.code], s)
		}
		for _, code := range slices.Sorted(maps.Keys(byCode)) {
			spells := join(byCode[code])
			if len(b.holders[code]) == 0 {
				s := spells[0]
				locator := fmt.Sprintf("member %d", code)
				b.add(s.row, ledger.KindState, string(id), "formed", ledger.When{}, &ledger.StateFormed{Name: "ATOP member " + strconv.Itoa(code)}, locator,
					"No published list of states that the ledger holds has the number.")
			}
			b.uncovered(id, code, spells)
		}
	}
}

// lastNumber is the greatest number that the Correlates of War list can give:
// they have three digits. ATOP counts Annam as 8152, and leaves it out of its
// panels (codebook, footnote 19).
const lastNumber = 999

// uncovered records the number for the days on which the list does not give it.
func (b *builder) uncovered(id ledger.StateID, code int, spells []spell) {
	if code > lastNumber {
		return
	}
	n := 0
	for _, s := range spells {
		from, to := s.since.Earliest(), until(s.until).hi
		for _, h := range b.holders[code] {
			if h.State != id || h.Until <= from || h.From >= to {
				continue
			}
			if from < h.From {
				n++
				b.coded(id, code, n, from, h.From, s.row)
			}
			from = max(from, h.Until)
		}
		if from < to {
			n++
			b.coded(id, code, n, from, to, s.row)
		}
	}
}

func (b *builder) coded(id ledger.StateID, code, n int, from, to ledger.Date, r *row) {
	p := &ledger.StateCoded{Scheme: "cow", Code: strconv.Itoa(code)}
	if to < ledger.NoAfter {
		p.Until = ledger.OnDay(to)
	}
	b.add(r, ledger.KindState, string(id), ordinal("code/cow/"+strconv.Itoa(code), n), ledger.OnDay(from), p,
		fmt.Sprintf("member %d", code), "ATOP counts it under this number on days on which the list of states does not.")
}
