package panel

import (
	"cmp"
	"maps"
	"slices"

	"foedus/ledger"
)

// DyadYear is a pair of units in a year. Directed, the obligations are those of
// A toward B; undirected they are those of either, and A is the smaller number.
type DyadYear struct {
	A, B           Unit
	CodesA, CodesB Codes
	Year           int
	Obligations    Obligation
	TransYear      bool
	Asymmetric     bool // undirected: the two do not owe each other the same
	Alliances      []string
}

// DyadYears yields a row for every year in which two units were a party to an
// alliance together, ordered by the units and the year. Directed, each pair
// comes twice. In a full panel there is a row for every pair of units of which
// both existed in a year that is covered. It stops when yield returns false. It
// holds the rows of one unit at a time.
func (p *Panel) DyadYears(directed bool, yield func(*DyadYear) bool) {
	index := make([]int, len(p.tenures)) // of the unit of a tenure
	for i := range p.units {
		for _, n := range p.units[i].tenures {
			index[n] = i
		}
	}
	for i := range p.units {
		meetings := p.meetings(i, index, directed)
		if p.Full {
			p.fill(i, meetings, directed)
		}
		keys := slices.SortedFunc(maps.Keys(meetings), func(a, b pairYear) int {
			return cmp.Or(cmp.Compare(a.other, b.other), cmp.Compare(a.year, b.year))
		})
		for _, k := range keys {
			if !yield(p.dyad(i, k, meetings[k], directed)) {
				return
			}
		}
	}
}

// fill adds the years in which a unit and another had no alliance.
func (p *Panel) fill(i int, meetings map[pairYear]*year, directed bool) {
	u := &p.units[i]
	for j := range p.units {
		if j == i || !directed && j < i {
			continue
		}
		for y := p.From; y <= p.To; y++ {
			if p.covers(y) && p.exists(u, y) && p.exists(&p.units[j], y) {
				entry(meetings, pairYear{j, y})
			}
		}
	}
}

// pairYear is the other unit of a dyad and the year.
type pairYear struct{ other, year int }

func (p *Panel) meetings(i int, index []int, directed bool) map[pairYear]*year {
	type pair struct {
		other    int
		alliance *alliance
	}
	type meeting struct {
		mine, theirs *tenure
		span         ledger.Span
		of           pair
	}
	var list []meeting
	spans := make(map[pair][]ledger.Span) // only AllDays needs them
	for _, n := range p.units[i].tenures {
		mine := &p.tenures[n]
		for _, m := range mine.alliance.members {
			theirs, j := &p.tenures[m], index[m]
			if j == i || theirs.phase != mine.phase || !directed && j < i {
				continue
			}
			if together := meet(mine.span, theirs.span); together.SinceEarliest < together.UntilLatest {
				of := pair{j, mine.alliance}
				list = append(list, meeting{mine, theirs, together, of})
				if p.Rule == AllDays {
					spans[of] = append(spans[of], together)
				}
			}
		}
	}
	for of, all := range spans {
		spans[of] = unions(all)
	}
	out := make(map[pairYear]*year)
	for _, m := range list {
		from, to := p.yearsOf(m.span)
		var owed, back Obligation
		for y := from; y <= to; y++ {
			if y == from || y == to || m.mine.alliance.changes[y] || m.mine.alliance.changes[y-1] {
				on := p.judged(m.span, y)
				owed = p.owed(m.mine, on, m.theirs.state())
				if !directed {
					back = p.owed(m.theirs, on, m.mine.state())
				}
			}
			if p.countsAmong(spans[m.of], m.span, y) {
				entry(out, pairYear{m.of.other, y}).add(m.mine, m.span, y, owed, back)
			}
		}
	}
	return out
}

// meet is when both spans hold.
func meet(a, b ledger.Span) ledger.Span {
	return ledger.Span{
		SinceEarliest: max(a.SinceEarliest, b.SinceEarliest), SinceLatest: max(a.SinceLatest, b.SinceLatest),
		UntilEarliest: min(a.UntilEarliest, b.UntilEarliest), UntilLatest: min(a.UntilLatest, b.UntilLatest),
	}
}

func (p *Panel) dyad(i int, k pairYear, y *year, directed bool) *DyadYear {
	a, b := &p.units[i], &p.units[k.other]
	row := &DyadYear{A: a.unit, B: b.unit, Year: k.year, TransYear: y.transitional, Alliances: y.ids()}
	row.A.State, row.CodesA = p.codes(a, k.year)
	row.B.State, row.CodesB = p.codes(b, k.year)
	owed, back := y.sum()
	row.Obligations = owed
	if !directed {
		row.Obligations, row.Asymmetric = owed|back, owed != back
	}
	return row
}
