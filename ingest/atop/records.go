package atop

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"foedus/ingest"
	"foedus/ledger"
)

// Holder says that a state of the ledger bore a number of the Correlates of War
// list, from a day up to another, which is the first on which it did so no longer.
type Holder struct {
	State       ledger.StateID
	Code        int
	From, Until ledger.Date // Until is ledger.NoAfter while it lasts
}

// Options say how a file is read.
type Options struct {
	Dataset ledger.DatasetID
	Name    string      // of the file, for messages
	Holders []Holder    // who bore which number, from the curated history
	Version string      // of the data; "" takes what the file says
	Through ledger.Date // the last day that the file covers; 0 takes that of the version
}

// covered is the last year that a version covers (codebooks of the versions).
func covered() map[string]string {
	return map[string]string{"3.0": "2003-12-31", "4.01": "2016-12-31", "5.0": "2018-12-31", "5.1": "2018-12-31"}
}

// The first day of the data (codebook, 1.1).
const firstDay = "1815-01-01"

// Source is the id of the source that every record cites. Its record says which
// version the file is of, so that a newer file corrects one record and not all.
const Source = "atop"

// Read reads a member-level file. The records are those of the whole dataset, in
// an order in which they can be appended; the problems are all that is wrong
// with the file, up to [ingest.MaxProblems], each with its line and column. With
// any problem there are no records. O(rows x log rows).
func Read(r io.Reader, o Options) ([]ingest.Record, error) {
	t := readTable(r, o.Name)
	through := t.through(&o)
	if err := t.bad.Err(); err != nil {
		return nil, err
	}
	b := builder{o: o, through: through, states: make(map[ledger.StateID][]spell), holders: make(map[int][]Holder)}
	for _, h := range o.Holders {
		b.holders[h.Code] = append(b.holders[h.Code], h)
	}
	for _, list := range b.holders {
		slices.SortFunc(list, func(x, y Holder) int { return cmp.Compare(x.From, y.From) })
	}
	b.about()
	for _, rows := range byAlliance(t.rows) {
		b.alliance(rows)
	}
	b.codes()
	return b.records, nil
}

// through settles which version a file is of and which day it covers last.
func (t *table) through(o *Options) ledger.When {
	for i := range t.rows {
		v := t.rows[i].version
		switch {
		case o.Version == "" && v != "":
			o.Version = v
		case v != "" && v != o.Version:
			t.fail(t.rows[i].line, "version", v, "differs from "+strconv.Quote(o.Version)+" above; a file is of one version")
		}
	}
	if o.Version == "" {
		o.Version = "unknown"
	}
	if o.Through != 0 {
		return ledger.OnDay(o.Through)
	}
	if day, ok := covered()[o.Version]; ok {
		return mustWhen(day)
	}
	last := 0
	for i := range t.rows {
		for _, w := range []ledger.When{t.rows[i].entry, t.rows[i].exit} {
			if !w.IsZero() {
				last = max(last, w.Latest().Year())
			}
		}
	}
	return mustWhen(fmt.Sprintf("%04d-12-31", max(last, 1815)))
}

// mustWhen reads a date that is known to be one.
func mustWhen(text string) ledger.When {
	w, err := ledger.ParseWhen(text)
	if err != nil {
		panic(err) // unreachable: the callers write the day themselves
	}
	return w
}

// byAlliance groups rows, alliances by number, in each the rows by phase, then
// by the member's number and entry.
func byAlliance(rows []row) (out [][]*row) {
	sorted := make([]*row, len(rows))
	for i := range rows {
		sorted[i] = &rows[i]
	}
	number := func(r *row) int { n, _ := strconv.Atoi(r.alliance); return n }
	slices.SortStableFunc(sorted, func(a, b *row) int {
		return cmp.Or(cmp.Compare(number(a), number(b)), cmp.Compare(a.phase, b.phase), cmp.Compare(a.member, b.member),
			cmp.Compare(a.entry.Earliest(), b.entry.Earliest()))
	})
	for len(sorted) > 0 {
		n := 1
		for n < len(sorted) && sorted[n].alliance == sorted[0].alliance {
			n++
		}
		out, sorted = append(out, sorted[:n]), sorted[n:]
	}
	return out
}

// bound is one end of a spell: some day between lo and hi.
type bound struct{ lo, hi ledger.Date }

// until is the end of a spell; one without a date does not come.
func until(w ledger.When) bound {
	if w.IsZero() {
		return bound{ledger.NoAfter, ledger.NoAfter}
	}
	return bound{w.Earliest(), w.Latest()}
}

// spell is a stretch of one state, with the row that tells of it.
type spell struct {
	state ledger.StateID
	code  int
	since ledger.When
	until ledger.When // zero while it lasts
	row   *row
}

// builder collects records.
type builder struct {
	o       Options
	through ledger.When
	holders map[int][]Holder
	states  map[ledger.StateID][]spell // under which numbers ATOP counts each
	records []ingest.Record
}

func (b *builder) add(r *row, kind ledger.Kind, id, key string, done ledger.When, p ledger.Payload, locator, note string) {
	where := b.o.Name
	if r != nil {
		where += ":" + strconv.Itoa(r.line)
	}
	c := ledger.Content{DoneOn: done, Payload: p, Note: note}
	if locator != "" {
		c.Citations = []ledger.Citation{{Source: Source, Locator: locator, Grade: ledger.GradeA}}
	}
	b.records = append(b.records, ingest.Record{
		Aggregate: ledger.Aggregate{Dataset: b.o.Dataset, Kind: kind, ID: id}, Key: key, Content: c, Where: where,
	})
}

// about tells of the source and of what the dataset covers.
func (b *builder) about() {
	b.add(nil, ledger.KindLedger, Source, "added", ledger.When{}, &ledger.SourceAdded{
		Title: "Alliance Treaty Obligations and Provisions Project, member-level data, version " + b.o.Version,
		Form:  "dataset", Author: "Leeds, Brett Ashley; Jeffrey M. Ritter; Sara McLaughlin Mitchell; Andrew G. Long",
		Identifier: "International Interactions 28 (2002): 237-260, doi:10.1080/03050620213653", Language: "en",
		Licence: "free for research with citation; not to be passed on",
	}, "", "")
	b.add(nil, ledger.KindLedger, string(b.o.Dataset), "coverage", ledger.When{}, &ledger.CoverageDeclared{
		From: mustWhen(firstDay), Through: b.through, ExitCounts: true,
		Scope: "Formal agreements among independent states to co-operate militarily, as version " + b.o.Version +
			" of the Alliance Treaty Obligations and Provisions data counts them. Membership runs from the signature.",
	}, "", "")
}

// alliance tells of one alliance.
func (b *builder) alliance(rows []*row) {
	a := telling{builder: b, id: rows[0].alliance, rows: rows, phased: rows[0].phase != rows[len(rows)-1].phase}
	for _, r := range rows {
		a.spells = append(a.spells, b.spells(r)...)
	}
	a.frame()
	a.parties()
	if a.phased {
		a.phases()
	}
	for from := 0; from < len(rows); {
		to := from
		for to < len(rows) && rows[to].phase == rows[from].phase {
			to++
		}
		a.clauses(rows[from:to])
		from = to
	}
}

// spells says which states a row is about: the number may have passed from one
// to another while it lasted. A day on which nobody bore it belongs to who bore
// it before, or else after.
func (b *builder) spells(r *row) (out []spell) {
	holders := b.holders[r.member]
	if len(holders) == 0 {
		holders = []Holder{{State: ledger.StateID("cow-" + strconv.Itoa(r.member)), Code: r.member, From: ledger.NoBefore, Until: ledger.NoAfter}}
	}
	for i, h := range holders {
		from, to := h.From, ledger.NoAfter
		if i == 0 {
			from = ledger.NoBefore
		}
		if i+1 < len(holders) {
			to = holders[i+1].From
		}
		s := spell{state: h.State, code: r.member, since: r.entry, until: r.exit, row: r}
		if from >= until(r.exit).hi || to <= r.entry.Earliest() {
			continue
		}
		if from > r.entry.Latest() {
			s.since = ledger.OnDay(from)
		}
		if to < until(r.exit).lo {
			s.until = ledger.OnDay(to)
		}
		if n := len(out); n > 0 && out[n-1].state == s.state {
			out[n-1].until = s.until
			continue
		}
		out = append(out, s)
	}
	for _, s := range out {
		b.states[s.state] = append(b.states[s.state], s)
	}
	return out
}

// join unites spells of one state that touch each other, in order of time.
func join(spells []spell) (out []spell) {
	slices.SortStableFunc(spells, func(a, b spell) int {
		return cmp.Or(strings.Compare(string(a.state), string(b.state)), cmp.Compare(a.since.Earliest(), b.since.Earliest()))
	})
	for _, s := range spells {
		if n := len(out); n > 0 && out[n-1].state == s.state && s.since.Earliest() <= until(out[n-1].until).hi {
			if until(s.until).hi >= until(out[n-1].until).hi {
				out[n-1].until, out[n-1].row = s.until, s.row
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// telling is the telling of one alliance.
type telling struct {
	*builder
	id     string
	rows   []*row
	spells []spell
	phased bool
	over   ledger.When // when the last member left; zero while it lasts
}

func (a *telling) say(r *row, key string, done ledger.When, p ledger.Payload, note string) {
	locator := "alliance " + a.id
	if r != nil {
		locator += fmt.Sprintf(", phase %d, member %d", r.phase, r.member)
	}
	a.add(r, ledger.KindAlliance, a.id, key, done, p, locator, note)
}

// frame tells what the instrument is, when it began and when it ended.
func (a *telling) frame() {
	first, last := a.rows[0], a.rows[0]
	for _, r := range a.rows {
		if r.entry.Earliest() < first.entry.Earliest() {
			first = r
		}
		if until(r.exit).hi > until(last.exit).hi {
			last = r
		}
	}
	form := "arrangement"
	if first.code("estmode") == 1 {
		form = "treaty"
	}
	var notes []string
	if n := first.code("pubsecr"); n > 0 {
		notes = append(notes, map[int]string{1: "in part secret (pubsecr 1)", 2: "secret (pubsecr 2)"}[n])
	}
	if first.code("wartime") == 1 {
		notes = append(notes, "concluded in wartime")
	}
	a.say(nil, "described", ledger.When{}, &ledger.InstrumentDescribed{Title: a.title(first), Form: form, ATOP: []string{a.id}}, strings.Join(notes, "; "))
	a.say(first, "in-force", first.entry, &ledger.InstrumentInForce{Rule: "ATOP counts from the signature"}, "")
	if a.over = last.exit; !a.over.IsZero() {
		a.say(last, "ended", a.over, &ledger.InstrumentEnded{How: endOf(last)}, last.causes())
	}
}

// maxFounders is how many founders a title names.
const maxFounders = 4

// title names the alliance by its number and who began it: ATOP has no names.
func (a *telling) title(first *row) string {
	var founders []string
	for _, s := range a.spells {
		if s.since.String() == first.entry.String() && !slices.Contains(founders, string(s.state)) {
			founders = append(founders, string(s.state))
		}
	}
	slices.Sort(founders)
	out := "ATOP " + a.id + ": "
	if n := len(founders) - maxFounders; n > 0 {
		return out + strings.Join(founders[:maxFounders], ", ") + fmt.Sprintf(" and %d more", n)
	}
	return out + strings.Join(founders, ", ")
}

// parties tells who was bound, from when to when. Who stayed to the end leaves
// with it.
func (a *telling) parties() {
	nth := make(map[ledger.StateID]int)
	for _, s := range join(slices.Clone(a.spells)) {
		nth[s.state]++
		key := ordinal(string(s.state), nth[s.state])
		a.say(s.row, "party/"+key, s.since, &ledger.PartyInForce{Party: s.state}, "")
		if !s.until.IsZero() && s.until.String() != a.over.String() {
			a.say(s.row, "left/"+key, s.until, &ledger.WithdrawalEffective{Party: s.state, How: exitOf(s.row)}, s.row.causes())
		}
	}
}

// phases tells who took part in which phase.
func (a *telling) phases() {
	byPhase := make(map[int][]spell)
	for _, s := range a.spells {
		byPhase[s.row.phase] = append(byPhase[s.row.phase], s)
	}
	for phase := a.rows[0].phase; phase <= a.rows[len(a.rows)-1].phase; phase++ {
		nth := make(map[ledger.StateID]int)
		for _, s := range join(byPhase[phase]) {
			nth[s.state]++
			key := phaseName(phase) + "/" + ordinal(string(s.state), nth[s.state])
			a.say(s.row, "joined/"+key, s.since, &ledger.PhaseJoined{State: s.state, Phase: ledger.Name(phaseName(phase))}, "")
			if !s.until.IsZero() {
				a.say(s.row, "left/"+key, s.until, &ledger.PhaseLeft{State: s.state, Phase: ledger.Name(phaseName(phase))}, s.row.causes())
			}
		}
	}
}

func phaseName(n int) string { return "phase-" + strconv.Itoa(n) }

// ordinal numbers a second stay and those after it.
func ordinal(key string, n int) string {
	if n == 1 {
		return key
	}
	return key + "/" + strconv.Itoa(n)
}

// clauses tells what the members of one phase owed. Members under the same
// conditions bear one clause together.
func (a *telling) clauses(rows []*row) {
	for _, o := range obligations() {
		a.group(rows, o.code, o.clauseOf)
	}
	for _, p := range provisions() {
		a.group(rows, p.code, p.clauseOf)
	}
}

func (a *telling) group(rows []*row, code string, of func(*row) (clause, bool)) {
	var groups []clause
	for _, r := range rows {
		c, ok := of(r)
		if !ok {
			continue
		}
		i := slices.IndexFunc(groups, func(g clause) bool { return g.same == c.same })
		if i < 0 {
			i, groups = len(groups), append(groups, c)
		}
		for _, s := range a.spells {
			if s.row == r && !slices.Contains(groups[i].Bearer, string(s.state)) {
				groups[i].Bearer = append(groups[i].Bearer, string(s.state))
			}
		}
	}
	begun, ended := rows[0].entry, rows[0].exit
	for _, r := range rows {
		if r.entry.Earliest() < begun.Earliest() {
			begun = r.entry
		}
		if until(r.exit).hi > until(ended).hi {
			ended = r.exit
		}
	}
	for i, g := range groups {
		id := code
		g.Article = code
		if a.phased {
			id = "p" + strconv.Itoa(rows[0].phase) + "-" + code
			g.Phase = ledger.Name(phaseName(rows[0].phase))
			g.Article += ", phase " + strconv.Itoa(rows[0].phase)
		}
		if i > 0 {
			id += "-" + strconv.Itoa(i+1)
		}
		g.ID, g.Beneficiary = ledger.ClauseID(id), []string{"@other-parties"}
		a.say(rows[0], "clause/"+id, begun, &ledger.ClauseAdded{Clause: g.Clause}, "")
		if !ended.IsZero() && ended.String() != a.over.String() {
			a.say(rows[0], "clause-ended/"+id, ended, &ledger.ClauseEnded{Clause: ledger.ClauseID(id), Reason: "the phase ended"}, "")
		}
	}
}

// causes repeats ATOP's codes of how a membership ended.
func (r *row) causes() string {
	return fmt.Sprintf("term %d, termmode %d, termcaus %d", r.code("term"), r.code("termmode"), r.code("termcaus"))
}

// endOf reads how an alliance ended from TERM, TERMMODE and TERMCAUS (codebook,
// 2.32).
func endOf(r *row) string {
	switch {
	case r.code("termmode") == 4:
		return "extinction"
	case r.code("term") == 1:
		return "expiry"
	case r.code("term") == 3:
		return "replaced"
	case r.code("termcaus") == 6, r.code("termcaus") == 7:
		return "war"
	case r.code("termcaus") == 8:
		return "breach"
	}
	return "unspecified"
}

// exitOf reads how a member left from TERMMODE.
func exitOf(r *row) string {
	switch r.code("termmode") {
	case 1:
		return "lapse"
	case 2:
		return "agreement"
	case 3:
		return "withdrawal"
	case 4:
		return "extinction"
	}
	return "unspecified"
}
