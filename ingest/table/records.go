package table

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"foedus/ingest"
	"foedus/ledger"
)

// Options say what a file is read against.
type Options struct {
	// Dataset is the dataset that the records are of, and the id of its source.
	Dataset ledger.DatasetID
	// Holders say who bore which code when, from the curated history. Those of
	// other schemes than the mapping's are not looked at.
	Holders []Holder
	// States are the ids that a column of ids may hold.
	States []ledger.StateID
}

// maxBearers is how many states a clause can name.
const maxBearers = 400

// Read reads a file of at most [MaxFile] bytes by a mapping; name is what
// messages call it. The records are those of the whole dataset, in an order in
// which they can be appended. It fails with [*ingest.Problems], which lists what
// is wrong with the file, each with line and column, up to
// [ingest.MaxProblems]; then there are no records. m must come from
// [ReadMapping]. O(n log n) for n rows.
func Read(r io.Reader, name string, m *Mapping, o Options) ([]ingest.Record, error) {
	t := reader{faults: faults{name: name}, Mapping: m}
	if why := ledger.CheckName(string(o.Dataset)); why != "" {
		t.add(0, "dataset", string(o.Dataset), why)
	}
	t.csv(r)
	b := builder{reader: &t, dataset: o.Dataset, codes: newCodes(m.scheme, &o), gaps: make(map[coding][]stretch)}
	groups := b.grouped()
	b.resolve()
	for i := range groups {
		b.gather(&groups[i])
	}
	if err := t.err(); err != nil {
		return nil, err
	}
	b.about()
	for i := range groups {
		b.tell(&groups[i])
	}
	b.coded()
	return b.records, nil
}

// builder makes records out of rows.
type builder struct {
	*reader
	dataset ledger.DatasetID
	codes   codes
	gaps    map[coding][]stretch
	records []ingest.Record
}

// group is one alliance.
type group struct {
	id, text, title string
	rows            []*row
	spells          []spell
}

// coding is a state under a code.
type coding struct {
	state ledger.StateID
	code  string
}

// stretch is a part of a stay on whose days nobody bore the code.
type stretch struct {
	from, to ledger.Date
	row      *row
}

// grouped puts the rows of each alliance together, ordered by id, in each by
// state and start. It finds texts that give the same id, and titles that differ.
func (b *builder) grouped() (out []group) {
	text := make(map[string]*row) // the first row of each id
	told := make(map[string]bool)
	at := make(map[string]int)
	for i := range b.rows {
		r := &b.rows[i]
		first, ok := text[r.id]
		if !ok {
			first, text[r.id] = r, r
			at[r.id] = len(out)
			out = append(out, group{id: r.id, text: r.alliance})
		}
		if r.alliance != first.alliance && !told[r.alliance] {
			told[r.alliance] = true
			b.add(r.line, b.alliance.name, r.alliance, fmt.Sprintf("makes the id %s, as %q on line %d does; write the same name, or names that differ in more",
				r.id, first.alliance, first.line))
		}
		g := &out[at[r.id]]
		g.rows = append(g.rows, r)
	}
	for i := range out {
		b.titled(&out[i])
		slices.SortStableFunc(out[i].rows, func(x, y *row) int {
			return cmp.Or(strings.Compare(x.state, y.state), cmp.Compare(x.start.Earliest(), y.start.Earliest()))
		})
	}
	slices.SortFunc(out, func(x, y group) int { return strings.Compare(x.id, y.id) })
	return out
}

// titled finds the title of an alliance, whose rows stand in the order of the file.
func (b *builder) titled(g *group) {
	var from *row
	for _, r := range g.rows {
		switch {
		case r.title == "":
		case from == nil:
			from, g.title = r, r.title
		case r.title != g.title:
			b.add(r.line, b.title.name, r.title, fmt.Sprintf("differs from %q on line %d; an alliance has one title", g.title, from.line))
		}
	}
	if from == nil {
		g.title = g.text
	}
}

// resolve finds codes that nobody ever bore, and names each once.
func (b *builder) resolve() {
	type unknown struct {
		first *row
		more  int
	}
	bad := make(map[string]int)
	var list []unknown
	for i := range b.rows {
		r := &b.rows[i]
		if b.codes.pieces[r.code] != nil {
			continue
		}
		at, ok := bad[r.code]
		if !ok {
			bad[r.code] = len(list)
			list = append(list, unknown{first: r})
			continue
		}
		list[at].more++
	}
	what := "is no " + b.scheme + " code of any state that the ledger knows"
	if b.scheme == schemeID {
		what = "is no id of a state that the ledger knows"
	}
	for i, u := range list {
		why := what
		if i < kept { // looking for the nearest takes time
			why += suggest(u.first.code, b.codes.known)
		}
		if u.more > 0 {
			why += fmt.Sprintf(" (on %d more lines too)", u.more)
		}
		b.add(u.first.line, b.state.name, u.first.state, why)
	}
}

// gather finds the stays of an alliance, and rows that overlap.
func (b *builder) gather(g *group) {
	for _, r := range g.rows {
		spells, why := b.codes.split(r, func(s ledger.StateID, from, to ledger.Date) {
			k := coding{s, r.code}
			b.gaps[k] = append(b.gaps[k], stretch{from, to, r})
		})
		if why != "" {
			b.add(r.line, b.state.name, r.state, why)
		}
		g.spells = append(g.spells, spells...)
	}
	slices.SortStableFunc(g.spells, func(x, y spell) int {
		return cmp.Or(strings.Compare(string(x.state), string(y.state)), cmp.Compare(x.since.Latest(), y.since.Latest()))
	})
	var longest *spell // of the state at hand
	for i := range g.spells {
		s := &g.spells[i]
		if longest != nil && longest.state == s.state {
			if longest.row != s.row && overlap(longest, s) {
				early, late := longest.row, s.row
				if early.line > late.line {
					early, late = late, early
				}
				b.add(late.line, b.state.name, late.state, fmt.Sprintf("stands in alliance %s on line %d already, at the same time", g.text, early.line))
			}
			if !later(until(s.until), until(longest.until)) {
				continue
			}
		}
		longest = s
	}
}

// overlap reports whether two stays certainly share a day, or are the same.
func overlap(a, b *spell) bool {
	if a.since == b.since && a.until == b.until {
		return true
	}
	return a.since.Latest() < until(b.until).lo && b.since.Latest() < until(a.until).lo
}

// record adds one that, with a locator, cites the file.
func (b *builder) record(where string, kind ledger.Kind, id, key string, c ledger.Content, locator string) {
	if locator != "" {
		c.Citations = []ledger.Citation{{Source: ledger.SourceID(b.dataset), Locator: locator, Grade: ledger.GradeA}}
	}
	b.records = append(b.records, ingest.Record{
		Aggregate: ledger.Aggregate{Dataset: b.dataset, Kind: kind, ID: id}, Key: key, Content: c, Where: where,
	})
}

// about tells of the source and of what the dataset covers.
func (b *builder) about() {
	at := func(line int) string { return b.file + ":" + strconv.Itoa(line) }
	source, cover := b.source, b.coverage // the mapping stays as it is, whatever is done to records
	b.record(at(b.sourceLine), ledger.KindLedger, string(b.dataset), "added", ledger.Content{Payload: &source}, "")
	b.record(at(b.coverLine), ledger.KindLedger, string(b.dataset), "coverage", ledger.Content{Payload: &cover}, "")
}

// telling is the telling of one alliance.
type telling struct {
	*builder
	*group
	over ledger.When // when the last state left; zero while one has not
}

// say adds a record that cites one row, or with nil those of the alliance.
func (a *telling) say(r *row, key string, done ledger.When, p ledger.Payload, note string) {
	where, locator := a.rows[0], "rows of "+a.text
	if r != nil {
		where, locator = r, "row of "+a.text+", "+r.state
	}
	a.record(a.where(where.line), ledger.KindAlliance, a.id, key, ledger.Content{DoneOn: done, Payload: p, Note: note}, locator)
}

// tell tells of one alliance.
func (b *builder) tell(g *group) {
	a := telling{builder: b, group: g}
	begin, end, open := boundOf(a.rows[0].start), bound{ledger.NoBefore, ledger.NoBefore}, false
	var first, last ledger.When
	for _, r := range a.rows {
		begin = bound{min(begin.lo, r.start.Earliest()), min(begin.hi, r.start.Latest())}
		open = open || r.end.IsZero()
		end = bound{max(end.lo, until(r.end).lo), max(end.hi, until(r.end).hi)}
	}
	for _, r := range a.rows { // a date of the file, where one has these bounds, as the file writes it
		if boundOf(r.start) == begin && (first.IsZero() || r.start.String() < first.String()) {
			first = r.start
		}
		if !open && boundOf(r.end) == end && (last.IsZero() || r.end.String() < last.String()) {
			last = r.end
		}
	}
	a.say(nil, "described", ledger.When{}, &ledger.InstrumentDescribed{Title: a.title, Form: "arrangement"}, "")
	a.say(nil, "in-force", begin.when(first), &ledger.InstrumentInForce{}, "")
	if !open {
		a.over = end.when(last)
		a.say(nil, "ended", a.over, &ledger.InstrumentEnded{How: "unspecified"}, "")
	}
	a.parties()
	for i := range a.obligations {
		a.clause(i)
	}
}

// parties tells who was bound, from when to when. Who stayed to the end leaves
// with it.
func (a *telling) parties() {
	nth := make(map[ledger.StateID]int)
	for _, s := range join(slices.Clone(a.spells)) {
		nth[s.state]++
		key := string(s.state)
		if n := nth[s.state]; n > 1 {
			key += "/" + strconv.Itoa(n)
		}
		a.say(s.row, "party/"+key, s.since, &ledger.PartyInForce{Party: s.state}, "")
		if s.until.IsZero() || s.until == a.over {
			continue
		}
		note := ""
		if s.next != "" {
			note = "The code passed to " + string(s.next) + " while the row lasted."
		}
		a.say(s.row, "left/"+key, s.until, &ledger.WithdrawalEffective{Party: s.state, How: "unspecified"}, note)
	}
}

// kind is an obligation that a column may tell of.
type kind struct {
	kind  ledger.ClauseKind
	label string
	when  *ledger.Predicate // nil for always
}

func kinds() []kind {
	return []kind{
		{"defense", "Defence", &ledger.Predicate{Is: "attack", Against: []string{"@other-parties"}}},
		{"offense", "Offence", nil},
		{"neutrality", "Neutrality", &ledger.Predicate{Is: "described", Description: "a conflict between an ally and others"}},
		{"nonaggression", "Non-aggression", nil},
		{"consult", "Consultation", &ledger.Predicate{Is: "threat", Against: []string{"@parties"}}},
	}
}

// clause tells who owes the obligation of a column.
func (a *telling) clause(i int) {
	o := a.obligations[i]
	yes, no := make(map[ledger.StateID]bool), make(map[ledger.StateID]bool)
	for _, s := range a.spells {
		if s.row.owes&(1<<i) != 0 {
			yes[s.state] = true
		} else {
			no[s.state] = true
		}
	}
	if len(yes) == 0 {
		return
	}
	k := kinds()[slices.IndexFunc(kinds(), func(k kind) bool { return k.kind == o.kind })]
	c := ledger.Clause{
		ID: ledger.ClauseID(o.kind), Article: o.name, Label: k.label, Kind: o.kind, Beneficiary: []string{"@other-parties"}, Trigger: k.when,
	}
	var differ []string
	for _, s := range slices.Sorted(maps.Keys(yes)) {
		c.Bearer = append(c.Bearer, string(s))
		if no[s] {
			differ = append(differ, string(s))
		}
	}
	note := differing(differ)
	if len(c.Bearer) > maxBearers {
		c.Bearer = []string{"@parties"}
		note = strings.TrimSpace(note + fmt.Sprintf(" More than %d states say yes; the clause is put on all.", maxBearers))
	}
	a.say(nil, "clause/"+string(o.kind), ledger.When{}, &ledger.ClauseAdded{Clause: c}, note)
}

// maxDiffering is how many states a note names.
const maxDiffering = 20

// differing is the note on states that do not owe something in all their rows.
func differing(states []string) string {
	if len(states) == 0 {
		return ""
	}
	list := strings.Join(states[:min(len(states), maxDiffering)], ", ")
	if n := len(states) - maxDiffering; n > 0 {
		list += fmt.Sprintf(" and %d more", n)
	}
	return "Not all rows of these states say yes: " + list + "."
}

// coded tells of the days on which the dataset gives a state a code that nobody
// bore then.
func (b *builder) coded() {
	keys := slices.SortedFunc(maps.Keys(b.gaps), func(x, y coding) int {
		return cmp.Or(strings.Compare(string(x.state), string(y.state)), strings.Compare(x.code, y.code))
	})
	for _, k := range keys {
		list := b.gaps[k]
		slices.SortFunc(list, func(x, y stretch) int {
			return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(x.row.line, y.row.line))
		})
		for len(list) > 0 {
			s, n := list[0], 1
			for ; n < len(list) && list[n].from <= s.to; n++ {
				s.to = max(s.to, list[n].to)
			}
			list = list[n:]
			c := ledger.StateCoded{Scheme: b.scheme, Code: k.code, Until: ledger.OnDay(s.to)}
			b.record(b.where(s.row.line), ledger.KindState, string(k.state), "code/"+b.scheme+"/"+k.code+"/"+s.from.String(), ledger.Content{
				DoneOn: ledger.OnDay(s.from), Payload: &c,
				Note: "The table has it under this code on days on which the list of states does not.",
			}, "rows of "+k.code)
		}
	}
}
