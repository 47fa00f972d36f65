package table

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"foedus/ledger"
)

// Holder says that a state of the ledger bore a code, from a day up to another,
// which is the first on which it did so no longer.
type Holder struct {
	State       ledger.StateID
	Scheme      string // cow, cow-abbrev, gw or iso3
	Code        string
	From, Until ledger.Date // ledger.NoBefore and ledger.NoAfter where it has no bound
}

// compared is how codes of a scheme are compared: numbers without leading
// zeros, letters as capitals.
func compared(scheme, s string) string {
	switch scheme {
	case schemeID:
		return s
	case "cow", "gw":
		if n := strings.TrimLeft(plain(s), "0"); n != "" {
			return n
		}
	}
	return strings.ToUpper(s)
}

// piece is a stretch of history in which a code means the same.
type piece struct {
	from, to ledger.Date
	states   []ledger.StateID // who bears it, several if that is not clear
	borne    bool             // not just before or after somebody did
}

// codes says what each code means when.
type codes struct {
	pieces map[string][]piece
	known  []string // as messages name them, sorted
}

// newCodes sorts out who bore the codes of a scheme. O(n log n) for n holders,
// for one code O(its holders²).
func newCodes(scheme string, o *Options) codes {
	c := codes{pieces: make(map[string][]piece)}
	holders := make(map[string][]Holder)
	if scheme == schemeID {
		for _, s := range o.States {
			holders[string(s)] = []Holder{{State: s, From: ledger.NoBefore, Until: ledger.NoAfter}}
		}
	}
	for _, h := range o.Holders {
		if h.From < ledger.MinDate {
			h.From = ledger.NoBefore
		}
		if h.Until > ledger.MaxDate {
			h.Until = ledger.NoAfter
		}
		if h.Scheme == scheme && h.From < h.Until {
			code := compared(scheme, h.Code)
			holders[code] = append(holders[code], h)
		}
	}
	for code, list := range holders {
		c.pieces[code] = cut(list)
	}
	c.known = slices.Sorted(maps.Keys(holders))
	return c
}

// cut makes pieces of the days on which the list says who bore a code, and of
// those before, between and after them.
func cut(list []Holder) (out []piece) {
	days := []ledger.Date{ledger.NoBefore, ledger.NoAfter}
	for _, h := range list {
		days = append(days, h.From, h.Until)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	for i, from := range days[:len(days)-1] {
		p := piece{from: from, to: days[i+1]}
		for _, h := range list {
			if h.From <= from && from < h.Until && !slices.Contains(p.states, h.State) {
				p.states = append(p.states, h.State)
			}
		}
		slices.Sort(p.states)
		if p.borne = len(p.states) > 0; !p.borne && i > 0 {
			p.states = out[len(out)-1].states
		}
		out = append(out, p)
	}
	if !out[0].borne {
		out[0].states = out[1].states // somebody bore it some day, so there is a second piece
	}
	return out
}

// bound is one end of a stay: some day between lo and hi.
type bound struct{ lo, hi ledger.Date }

func boundOf(w ledger.When) bound { return bound{w.Earliest(), w.Latest()} }

// until is the end of a stay; one without a date does not come.
func until(w ledger.When) bound {
	if w.IsZero() {
		return bound{ledger.NoAfter, ledger.NoAfter}
	}
	return boundOf(w)
}

// when is the date with these bounds, w if it has them.
func (b bound) when(w ledger.When) ledger.When {
	if b.lo == ledger.NoAfter || !w.IsZero() && b == boundOf(w) {
		return w
	}
	out, err := ledger.Between(b.lo, b.hi)
	if err != nil {
		panic(err) // unreachable: a row has finite bounds, and so has a piece that cuts it
	}
	return out
}

// spell is a stay of one state, with the row that tells of it.
type spell struct {
	state        ledger.StateID
	since, until ledger.When // until is zero while it lasts
	row          *row
	next         ledger.StateID // who takes over the code where the row goes on
}

// split says which states a row is about, in order of time. gap is told of the
// days on which nobody bore the code. It fails where two states did.
func (c *codes) split(r *row, gap func(state ledger.StateID, from, to ledger.Date)) (out []spell, why string) {
	since, end := boundOf(r.start), until(r.end)
	for _, p := range c.pieces[r.code] {
		if p.from >= end.hi || p.to <= since.lo {
			continue
		}
		if len(p.states) > 1 {
			first := max(p.from, since.lo)
			return nil, fmt.Sprintf("is the code of %s and of %s on %s; write the id of the state, or mend the list of codes", p.states[0], p.states[1], first)
		}
		state := p.states[0]
		if !p.borne {
			gap(state, max(p.from, since.lo), min(p.to, end.hi))
		}
		stop := bound{max(p.from, min(end.lo, p.to)), min(end.hi, p.to)}
		if n := len(out); n > 0 && out[n-1].state == state {
			out[n-1].until = stop.when(r.end)
			continue
		}
		if n := len(out); n > 0 {
			out[n-1].next = state
		}
		begin := bound{max(since.lo, p.from), max(p.from, min(since.hi, p.to))}
		out = append(out, spell{state: state, since: begin.when(r.start), until: stop.when(r.end), row: r})
	}
	return out, ""
}

// join unites stays of one state that touch, in order of state and time.
func join(spells []spell) (out []spell) {
	slices.SortStableFunc(spells, func(a, b spell) int {
		return cmp.Or(strings.Compare(string(a.state), string(b.state)), cmp.Compare(a.since.Earliest(), b.since.Earliest()),
			cmp.Compare(a.since.Latest(), b.since.Latest()), strings.Compare(a.row.state, b.row.state))
	})
	for _, s := range spells {
		if n := len(out); n > 0 && out[n-1].state == s.state && s.since.Earliest() <= until(out[n-1].until).hi {
			if later(until(s.until), until(out[n-1].until)) {
				out[n-1].until, out[n-1].next, out[n-1].row = s.until, s.next, s.row
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// later reports whether a comes after b, as far as one can tell.
func later(a, b bound) bool { return cmp.Or(cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo)) > 0 }
