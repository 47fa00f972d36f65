package panel

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"foedus/ledger"
	"foedus/projections"
)

// Obligation is one of the five general obligations, as a bit.
type Obligation uint8

// The obligations, in the order of the published files.
const (
	Defense Obligation = 1 << iota
	Offense
	Neutral
	Nonagg
	Consul
)

// obligationOf maps a kind of clause to the obligation that it is, 0 for none.
func obligationOf(k ledger.ClauseKind) Obligation {
	switch k {
	case "defense":
		return Defense
	case "offense":
		return Offense
	case "neutrality":
		return Neutral
	case "nonaggression":
		return Nonagg
	case "consult":
		return Consul
	}
	return 0
}

// Rule says when a year counts.
type Rule uint8

// The rules. The day of exit is the first day out. Under AnyDay a dataset may say
// that the year of exit counts all the same; see [Panel.ExitCounts].
const (
	AnyDay  Rule = iota // some day of the year
	AllDays             // every day of the year
	Jan1                // the first day of the year
	Dec31               // the last day of the year
	OnDay               // the day Query.On alone: for the network of a day
)

// Rules are the names of the rules, in their order.
func Rules() []string { return []string{"any-day", "all-days", "jan-1", "dec-31"} }

// String returns the name of the rule.
func (r Rule) String() string {
	if r == OnDay {
		return "on-day"
	}
	return Rules()[r]
}

// ParseRule reads the name of a rule.
func ParseRule(s string) (Rule, bool) {
	i := slices.Index(Rules(), s)
	return Rule(max(i, 0)), i >= 0
}

// Unit is who a row is about.
type Unit struct {
	CCode int // the Correlates of War number, 0 for none
	State ledger.StateID
}

func (u Unit) compare(o Unit) int {
	return cmp.Or(cmp.Compare(u.order(), o.order()), strings.Compare(string(u.key()), string(o.key())))
}

// order puts those without a number behind the others.
func (u Unit) order() int {
	if u.CCode == 0 {
		return 1 << 30
	}
	return u.CCode
}

// key names the state where it stands for itself.
func (u Unit) key() ledger.StateID {
	if u.CCode == 0 {
		return u.State
	}
	return ""
}

func (u Unit) same(o Unit) bool { return u.CCode == o.CCode && u.key() == o.key() }

// tenure is a stretch in which a unit was a party to an alliance, in one phase.
type tenure struct {
	unit     Unit
	alliance *alliance
	phase    string
	span     ledger.Span
	heirs    []ledger.StateID // who bore the number later in it
}

// clause is what an alliance obliges to.
type clause struct {
	obligation  Obligation
	phase       string
	bearer      []string
	beneficiary []string
	span        ledger.Span
}

// suspension is one of all obligations, or of some, between two states.
type suspension struct {
	by, toward string // toward is "" for all
	span       ledger.Span
}

// alliance is what a panel needs to know of one.
type alliance struct {
	id          string
	clauses     []clause
	suspensions []suspension
	members     []int        // its tenures
	changes     map[int]bool // the years in which what is owed may change
}

// Options say which panel is meant.
type Options struct {
	Query    projections.Query // On is looked at under the rule OnDay only
	Rule     Rule
	From, To int  // the years, both included; 0 takes the coverage of the dataset
	Full     bool // rows for those without an alliance too: see StateYears and DyadYears
	Named    bool // units without a number too: a panel is keyed by numbers, a network by names
}

// Panel is everything that the tables are made of.
type Panel struct {
	Options
	// ExitCounts says that the year of exit counts under AnyDay even where the exit
	// was its first day, as in the published files of ATOP.
	ExitCounts bool

	First ledger.Date // the coverage of the dataset
	Last  ledger.Date // NoBefore and NoAfter where it declares none

	tenures []tenure
	units   []unitSpan // every unit, with its tenures, in order
	states  map[ledger.StateID]*identity
}

// unitSpan is a unit and its tenures.
type unitSpan struct {
	unit    Unit
	tenures []int
	known   map[int]bearer // by year
	stays   []held         // when the list gives the number to whom; only in a full panel
}

// held is a stretch in which a state bears the number of a unit.
type held struct {
	tile
	state ledger.StateID
}

// bearer is the state that a unit is in a year, and its other codes.
type bearer struct {
	state ledger.StateID
	codes Codes
}

// New collects what w tells of a dataset. O(facts of the dataset).
func New(w *projections.World, o Options) *Panel {
	p := &Panel{Options: o, First: ledger.NoBefore, Last: ledger.NoAfter, states: make(map[ledger.StateID]*identity)}
	q := o.Query
	whole := ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.KindLedger, ID: string(q.Dataset)}
	w.SpellsOf(q, whole, projections.FactCoverage, func(f projections.Fact) bool {
		p.First, p.Last = f.Span.SinceEarliest, f.Span.UntilEarliest
		if p.Last < ledger.NoAfter {
			p.Last--
		}
		if c, ok := f.Detail.(*ledger.CoverageDeclared); ok {
			p.ExitCounts = c.ExitCounts
		}
		return true
	})
	for _, id := range w.List(q.Dataset, ledger.KindAlliance, q.Known) {
		p.collect(w, ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.KindAlliance, ID: id})
	}
	p.order()
	p.years()
	if o.Full {
		p.everybody(w)
	}
	return p
}

// everybody adds the units that were in no alliance: every state of the list, by
// its numbers.
func (p *Panel) everybody(w *projections.World) {
	for _, id := range w.List(ledger.Core, ledger.KindState, p.Query.Known) {
		state := ledger.StateID(id)
		for _, t := range p.identify(w, state).cow {
			n, _ := strconv.Atoi(t.code)
			u := Unit{n, state}
			if n == 0 {
				continue
			}
			i := slices.IndexFunc(p.units, func(o unitSpan) bool { return o.unit.same(u) })
			if i < 0 {
				i, p.units = len(p.units), append(p.units, unitSpan{unit: u, known: make(map[int]bearer)})
			}
			p.units[i].stays = append(p.units[i].stays, held{t, state})
		}
	}
	slices.SortStableFunc(p.units, func(a, b unitSpan) int { return a.unit.compare(b.unit) })
}

// years settles which years the tables are of.
func (p *Panel) years() {
	first, last := p.First, p.Last
	for i := range p.tenures { // where no coverage says so, from the first membership on
		if since := p.tenures[i].span.SinceEarliest; !p.First.Finite() && since.Finite() && (!first.Finite() || since < first) {
			first = since
		}
	}
	if !last.Finite() {
		last = p.Query.On
	}
	if p.From == 0 && first.Finite() {
		p.From = first.Year()
	}
	if p.To == 0 && last.Finite() {
		p.To = last.Year()
	}
}

// collect reads one alliance.
func (p *Panel) collect(w *projections.World, a ledger.Aggregate) {
	al := &alliance{id: a.ID}
	type stretch struct {
		state ledger.StateID
		phase string
		span  ledger.Span
	}
	var parties, phases []stretch
	q := p.Query
	w.SpellsOf(q, a, projections.FactParty, func(f projections.Fact) bool {
		if f.Value == projections.Party || f.Value == projections.Suspended {
			parties = append(parties, stretch{ledger.StateID(f.A), "", f.Span})
		}
		if f.Value == projections.Suspended {
			al.suspensions = append(al.suspensions, suspension{f.A, "", f.Span})
		}
		return true
	})
	w.SpellsOf(q, a, projections.FactPhase, func(f projections.Fact) bool {
		phases = append(phases, stretch{ledger.StateID(f.B), f.A, f.Span})
		return true
	})
	w.SpellsOf(q, a, projections.FactSuspension, func(f projections.Fact) bool {
		al.suspensions = append(al.suspensions, suspension{f.A, f.B, f.Span})
		return true
	})
	w.SpellsOf(q, a, projections.FactClause, func(f projections.Fact) bool {
		c, ok := f.Detail.(*ledger.Clause)
		if o := obligationOf(ledger.ClauseKind(f.Value)); ok && o != 0 {
			al.clauses = append(al.clauses, clause{o, string(c.Phase), c.Bearer, c.Beneficiary, f.Span})
		}
		return true
	})
	if len(phases) > 0 {
		parties = phases
	}
	al.note()
	if len(parties) == 0 {
		return
	}
	for _, s := range parties {
		p.split(w, al, s.state, s.phase, s.span)
	}
	p.unite(al)
}

// note notes the years in which a clause or a suspension begins or ends.
func (a *alliance) note() {
	a.changes = make(map[int]bool)
	mark := func(s ledger.Span) {
		for _, d := range []ledger.Date{s.SinceEarliest, s.SinceLatest, s.UntilEarliest, s.UntilLatest} {
			if d.Finite() {
				a.changes[d.Year()] = true
			}
		}
	}
	for i := range a.clauses {
		mark(a.clauses[i].span)
	}
	for i := range a.suspensions {
		mark(a.suspensions[i].span)
	}
}

// split divides the stay of a state among the numbers that it bore.
func (p *Panel) split(w *projections.World, al *alliance, state ledger.StateID, phase string, span ledger.Span) {
	for _, t := range p.identify(w, state).cow {
		part := ledger.Span{
			SinceEarliest: max(span.SinceEarliest, t.from), SinceLatest: max(span.SinceLatest, t.from),
			UntilEarliest: min(span.UntilEarliest, t.to), UntilLatest: min(span.UntilLatest, t.to),
		}
		if part.SinceEarliest < part.UntilLatest && (t.code != "" || p.Named) {
			n, _ := strconv.Atoi(t.code)
			p.tenures = append(p.tenures, tenure{unit: Unit{n, state}, alliance: al, phase: phase, span: part})
			al.members = append(al.members, len(p.tenures)-1)
		}
	}
}

// unite makes one tenure of those of one unit in one phase that touch: a number
// that passed from a state to its successor goes on.
func (p *Panel) unite(al *alliance) {
	first := len(p.tenures) - len(al.members)
	list := p.tenures[first:]
	slices.SortStableFunc(list, func(a, b tenure) int {
		return cmp.Or(strings.Compare(a.phase, b.phase), a.unit.compare(b.unit), cmp.Compare(a.span.SinceEarliest, b.span.SinceEarliest))
	})
	n := 0
	for i := range list {
		t := list[i]
		if n > 0 && list[n-1].phase == t.phase && list[n-1].unit.same(t.unit) && t.span.SinceEarliest <= list[n-1].span.UntilLatest {
			last := &list[n-1]
			if t.span.UntilLatest >= last.span.UntilLatest {
				last.span.UntilEarliest, last.span.UntilLatest = t.span.UntilEarliest, t.span.UntilLatest
			}
			last.heirs = append(last.heirs, t.unit.State)
			continue
		}
		list[n] = t
		n++
	}
	p.tenures = p.tenures[:first+n]
	al.members = al.members[:n]
	for i := range n {
		al.members[i] = first + i
	}
}

// order groups the tenures by unit.
func (p *Panel) order() {
	indices := make([]int, len(p.tenures))
	for i := range indices {
		indices[i] = i
	}
	slices.SortStableFunc(indices, func(i, j int) int { return p.tenures[i].unit.compare(p.tenures[j].unit) })
	for _, i := range indices {
		u := p.tenures[i].unit
		if n := len(p.units); n == 0 || !p.units[n-1].unit.same(u) {
			p.units = append(p.units, unitSpan{unit: u, known: make(map[int]bearer)})
		}
		last := &p.units[len(p.units)-1]
		last.tenures = append(last.tenures, i)
	}
}

// tile is a stretch of days on which a state bore a code, "" for none.
type tile struct {
	from, to ledger.Date
	code     string
}

// identity is what a state was called in the published lists.
type identity struct {
	cow, gw, iso []tile
}

// identify reads the codes of a state. Those that the dataset itself gives it
// count where both do.
func (p *Panel) identify(w *projections.World, state ledger.StateID) *identity {
	if id := p.states[state]; id != nil {
		return id
	}
	whole := []tile{{ledger.NoBefore, ledger.NoAfter, ""}}
	id := &identity{cow: whole, gw: whole, iso: whole}
	p.states[state] = id
	for _, d := range []ledger.DatasetID{ledger.Core, p.Query.Dataset} {
		a := ledger.Aggregate{Dataset: d, Kind: ledger.KindState, ID: string(state)}
		w.SpellsOf(p.Query, a, projections.FactCode, func(f projections.Fact) bool {
			t := tile{f.Span.SinceEarliest, f.Span.UntilLatest, f.Value}
			switch f.A {
			case "cow":
				id.cow = paint(id.cow, t)
			case "gw":
				id.gw = paint(id.gw, t)
			case "iso3":
				id.iso = paint(id.iso, t)
			}
			return true
		})
		if d == p.Query.Dataset {
			break
		}
	}
	return id
}

// paint lays a tile over others.
func paint(tiles []tile, t tile) (out []tile) {
	for _, o := range tiles {
		if o.from < t.from {
			out = append(out, tile{o.from, min(o.to, t.from), o.code})
		}
		if at := max(o.from, t.from); at == t.from && at < o.to {
			out = append(out, t)
		}
		if o.to > t.to {
			out = append(out, tile{max(o.from, t.to), o.to, o.code})
		}
	}
	return out
}

// at returns the code on a day; where there is none yet, the first that comes.
func at(tiles []tile, d ledger.Date) string {
	for _, t := range tiles {
		if t.to > d && t.code != "" {
			return t.code
		}
	}
	return ""
}
