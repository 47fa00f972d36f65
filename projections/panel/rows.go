package panel

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"foedus/ledger"
)

// Missing says why a row has no values.
type Missing uint8

// The reasons, as Stata numbers them.
const (
	Present     Missing = iota
	NotCovered          // the dataset says nothing of that year
	NoSuchState         // the state did not exist in that year
)

// StateYear is a unit in a year.
type StateYear struct {
	Unit
	Codes
	Year        int
	Missing     Missing
	Obligations Obligation
	Number      int // of alliances
	TransYear   bool
	Alliances   []string
}

// Codes are the codes of a unit beside the number.
type Codes struct {
	GW   string
	ISO3 string
}

// yearsOf returns which years of the table a span counts in.
func (p *Panel) yearsOf(s ledger.Span) (from, to int) {
	last := min(s.UntilLatest, p.Last) // the end of the coverage is no exit
	if !last.Finite() {
		last = day(p.To, 12, 31)
	}
	if first := max(s.SinceEarliest, p.First); first.Finite() {
		from = first.Year()
	} else {
		from = p.From
	}
	return max(from, p.From), min(last.Year(), p.To)
}

func day(year, month, d int) ledger.Date {
	out, _ := ledger.NewDate(year, month, d)
	return out
}

// counts reports whether a year counts for a span, by the rule.
func (p *Panel) counts(s ledger.Span, year int) bool {
	first, last := day(year, 1, 1), day(year, 12, 31)
	since, until := s.SinceEarliest, s.UntilLatest
	if p.Query.Certain {
		since, until = s.SinceLatest, s.UntilEarliest
	}
	if !p.covers(year) {
		return false
	}
	switch p.Rule {
	case AllDays:
		return since <= max(first, p.First) && until > min(last, p.Last)
	case Jan1:
		return since <= first && until > first
	case Dec31:
		return since <= last && until > last
	case OnDay:
		return since <= p.Query.On && until > p.Query.On
	case AnyDay:
	}
	return since <= last && (until > first || p.ExitCounts && until == first) && since < until
}

// countsAmong reports whether a year counts for one of the stretches of a
// membership. Under AllDays it is the membership that has to last all year, not
// each of its phases.
func (p *Panel) countsAmong(all []ledger.Span, s ledger.Span, year int) bool {
	if p.Rule != AllDays {
		return p.counts(s, year)
	}
	if s.SinceEarliest > day(year, 12, 31) || s.UntilLatest <= day(year, 1, 1) {
		return false
	}
	return slices.ContainsFunc(all, func(u ledger.Span) bool { return p.counts(u, year) })
}

// unions unites stretches that touch each other.
func unions(spans []ledger.Span) (out []ledger.Span) {
	slices.SortFunc(spans, func(a, b ledger.Span) int { return cmp.Compare(a.SinceEarliest, b.SinceEarliest) })
	for _, s := range spans {
		if n := len(out); n > 0 && s.SinceEarliest <= out[n-1].UntilLatest {
			if s.UntilLatest > out[n-1].UntilLatest {
				out[n-1].UntilEarliest, out[n-1].UntilLatest = s.UntilEarliest, s.UntilLatest
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// transitional reports whether a span begins or ends in a year.
func transitional(s ledger.Span, year int) bool {
	return s.SinceEarliest.Finite() && s.SinceEarliest.Year() == year || s.UntilLatest.Finite() && s.UntilLatest.Year() == year
}

// judged is the day of a year on which it is seen what a tenure obliges to: the
// last one that counts.
func (p *Panel) judged(s ledger.Span, year int) ledger.Date {
	switch p.Rule {
	case OnDay:
		return p.Query.On
	case Jan1:
		return day(year, 1, 1)
	case AnyDay, AllDays, Dec31:
	}
	return min(day(year, 12, 31), s.UntilLatest-1)
}

// owed are the obligations of a tenure on a day: those of its phase, or, where
// the alliance has no phases, those in force. toward is a state, or "" for
// anybody.
func (p *Panel) owed(t *tenure, on ledger.Date, toward ledger.StateID) (o Obligation) {
	self := string(t.state())
	for i := range t.alliance.clauses {
		c := &t.alliance.clauses[i]
		if c.phase != t.phase && c.phase != "" || o&c.obligation != 0 || !named(c.bearer, self) {
			continue
		}
		if now := c.span.At(on); c.phase == "" && (now == ledger.Out || now == ledger.Possibly && p.Query.Certain) {
			continue
		}
		if toward != "" && len(c.beneficiary) > 0 && !named(c.beneficiary, string(toward)) {
			continue
		}
		if !t.alliance.suspended(self, string(toward), on) {
			o |= c.obligation
		}
	}
	return o
}

// named reports whether a list of states and groups has a state. The groups of
// all parties, or of the others, have every party.
func named(list []string, state string) bool {
	return slices.Contains(list, state) || slices.Contains(list, "@parties") || slices.Contains(list, "@other-parties") ||
		slices.Contains(list, "@american-states")
}

func (a *alliance) suspended(by, toward string, on ledger.Date) bool {
	return slices.ContainsFunc(a.suspensions, func(s suspension) bool {
		return s.by == by && (s.toward == "" || s.toward == toward) && s.span.At(on) == ledger.In
	})
}

// state is who bears the number in the tenure, at its end if several did.
func (t *tenure) state() ledger.StateID {
	if n := len(t.heirs); n > 0 {
		return t.heirs[n-1]
	}
	return t.unit.State
}

// year collects what the tenures of one unit, or the meetings of two, say of
// one year. In an alliance the last phase counts.
type year struct {
	transitional bool
	alliances    map[string]phaseOf
}

type phaseOf struct {
	since ledger.Date
	phase string
	owed  Obligation
	back  Obligation
}

func (y *year) add(t *tenure, s ledger.Span, n int, owed, back Obligation) {
	y.transitional = y.transitional || transitional(s, n)
	if y.alliances == nil {
		y.alliances = make(map[string]phaseOf)
	}
	now := phaseOf{t.span.SinceEarliest, t.phase, owed, back}
	old, ok := y.alliances[t.alliance.id]
	switch {
	case !ok || cmp.Or(phaseOrder(old.phase, now.phase), cmp.Compare(old.since, now.since)) < 0:
		y.alliances[t.alliance.id] = now
	case old.phase == now.phase && t.phase == "": // two stays in one year
		old.owed, old.back = old.owed|owed, old.back|back
		y.alliances[t.alliance.id] = old
	}
}

// phaseOrder compares phases by their number: phase-2 comes before phase-10.
func phaseOrder(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// ids are the alliances in the order of the published files: by number, where
// they have numbers.
func (y *year) ids() []string {
	return slices.SortedFunc(maps.Keys(y.alliances), func(a, b string) int {
		x, err1 := strconv.Atoi(a)
		z, err2 := strconv.Atoi(b)
		if err1 == nil && err2 == nil {
			return cmp.Compare(x, z)
		}
		return strings.Compare(a, b)
	})
}

func (y *year) sum() (owed, back Obligation) {
	for _, a := range y.alliances {
		owed, back = owed|a.owed, back|a.back
	}
	return owed, back
}

// StateYears yields a row for every year in which a unit was a party to an
// alliance, ordered by unit and year. A year after the coverage of the dataset
// is yielded, without values, for who had a row in the last year covered. In a
// full panel there is a row for every unit and every year: without alliances it
// has zeros, outside the coverage and outside the life of the state no values.
// It stops when yield returns false. O(rows x alliances of a unit).
func (p *Panel) StateYears(yield func(*StateYear) bool) {
	for i := range p.units {
		u := &p.units[i]
		years := make(map[int]*year)
		all := p.memberships(u)
		for _, n := range u.tenures {
			t := &p.tenures[n]
			from, to := p.yearsOf(t.span)
			for y := from; y <= to; y++ {
				if p.countsAmong(all[t.alliance], t.span, y) {
					entry(years, y).add(t, t.span, y, p.owed(t, p.judged(t.span, y), ""), 0)
				}
			}
		}
		if p.Full {
			if !p.fullYears(u, years, yield) {
				return
			}
			continue
		}
		for _, y := range slices.Sorted(maps.Keys(years)) {
			row := StateYear{Unit: u.unit, Year: y, TransYear: years[y].transitional, Alliances: years[y].ids()}
			row.Number = len(row.Alliances)
			row.Obligations, _ = years[y].sum()
			row.State, row.Codes = p.codes(u, y)
			if !yield(&row) {
				return
			}
		}
		if !p.beyond(u, yield) {
			return
		}
	}
}

// memberships unites the tenures of a unit by alliance; only AllDays needs it.
func (p *Panel) memberships(u *unitSpan) map[*alliance][]ledger.Span {
	if p.Rule != AllDays {
		return nil
	}
	out := make(map[*alliance][]ledger.Span)
	for _, n := range u.tenures {
		t := &p.tenures[n]
		out[t.alliance] = append(out[t.alliance], t.span)
	}
	for a, spans := range out {
		out[a] = unions(spans)
	}
	return out
}

// fullYears yields every year of a unit.
func (p *Panel) fullYears(u *unitSpan, years map[int]*year, yield func(*StateYear) bool) bool {
	for y := p.From; y <= p.To; y++ {
		row := StateYear{Unit: u.unit, Year: y}
		switch of := years[y]; {
		case of != nil:
			row.TransYear, row.Alliances = of.transitional, of.ids()
			row.Number = len(row.Alliances)
			row.Obligations, _ = of.sum()
		case !p.covers(y):
			row.Missing = NotCovered
		case !p.exists(u, y):
			row.Missing = NoSuchState
		}
		row.State, row.Codes = p.codes(u, y)
		if !yield(&row) {
			return false
		}
	}
	return true
}

// tested is the first and the last day of a year that the rule looks at.
func (p *Panel) tested(year int) (first, last ledger.Date) {
	first, last = day(year, 1, 1), day(year, 12, 31)
	switch p.Rule {
	case Jan1:
		return first, first
	case Dec31:
		return last, last
	case OnDay:
		return p.Query.On, p.Query.On
	case AnyDay, AllDays:
	}
	return first, last
}

// covers reports whether the dataset covers one of the days of a year that the
// rule looks at.
func (p *Panel) covers(year int) bool {
	first, last := p.tested(year)
	return last >= p.First && first <= p.Last
}

// exists reports whether the list gives the number to somebody on one of those
// days.
func (p *Panel) exists(u *unitSpan, year int) bool {
	first, last := p.tested(year)
	return slices.ContainsFunc(u.stays, func(t held) bool { return t.from <= last && t.to > first })
}

func entry[K comparable](m map[K]*year, k K) *year {
	if m[k] == nil {
		m[k] = new(year)
	}
	return m[k]
}

// beyond yields the years behind the coverage, for who had a row in the last
// year that is covered.
func (p *Panel) beyond(u *unitSpan, yield func(*StateYear) bool) bool {
	if !p.Last.Finite() {
		return true
	}
	end := p.Last.Year()
	if !p.covers(end) {
		end--
	}
	if !slices.ContainsFunc(u.tenures, func(n int) bool { return p.counts(p.tenures[n].span, end) }) {
		return true
	}
	for y := max(end+1, p.From); y <= p.To; y++ {
		row := StateYear{Unit: u.unit, Year: y, Missing: NotCovered}
		row.State, row.Codes = p.codes(u, y)
		if !yield(&row) {
			return false
		}
	}
	return true
}

// codes are the codes of a unit at the end of a year, and the state that it is
// then.
func (p *Panel) codes(u *unitSpan, year int) (ledger.StateID, Codes) {
	b, ok := u.known[year]
	if !ok {
		b = p.bearer(u, year)
		u.known[year] = b
	}
	return b.state, b.codes
}

func (p *Panel) bearer(u *unitSpan, year int) bearer {
	first, last := day(year, 1, 1), day(year, 12, 31)
	if p.Rule == OnDay {
		first, last = p.Query.On, p.Query.On
	}
	state, from := u.unit.State, ledger.NoBefore
	for _, n := range u.tenures {
		t := &p.tenures[n]
		for _, s := range append([]ledger.StateID{t.unit.State}, t.heirs...) {
			for _, c := range p.states[s].cow { // who bore it last counts
				if c.from <= last && c.to > first && c.code == strconv.Itoa(u.unit.CCode) && c.from >= from {
					state, from = s, c.from
				}
			}
		}
	}
	for _, h := range u.stays {
		if h.from <= last && h.to > first && h.from >= from {
			state, from = h.state, h.from
		}
	}
	id := p.states[state]
	if id == nil {
		return bearer{state, Codes{}}
	}
	return bearer{state, Codes{at(id.gw, last), at(id.iso, last)}}
}
