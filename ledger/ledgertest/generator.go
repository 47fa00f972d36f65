package ledgertest

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/oklog/ulid/v2"

	"foedus/ledger"
)

// Options shapes the world that a [Generator] tells of. The zero value is a
// large one. Of the shares, zero stands for the default and a negative number
// for none.
type Options struct {
	// States is how many states there are; zero means 200. At least 4.
	States int
	// Open is how many alliances are written about at the same time; zero means
	// 20. An alliance is closed after about 50 events and a new one begins.
	Open int
	// Alliances bounds how many alliances there are in all; they are then never
	// closed. Zero means no bound.
	Alliances int

	Late        float64 // share of events that come long after their neighbours; 0.10
	Vague       float64 // share of dates known only to a month, a year or an interval; 0.05
	Secret      float64 // share of acts that became public later; 0.01
	Corrections float64 // share of record.corrected; 0.03
	Retractions float64 // share of record.retracted; 0.01
	Disputes    float64 // share of dispute.opened; most are decided later; 0.01
}

// SmallWorld returns options for a property test: few states and alliances, and
// so many revisions that most events are revised some time.
func SmallWorld() Options {
	return Options{
		States: 5, Open: 2, Alliances: 2,
		Late: 0.2, Vague: 0.15, Secret: 0.05, Corrections: 0.2, Retractions: 0.12, Disputes: 0.05,
	}
}

func (o *Options) fill() {
	number := func(p *int, zero, least int) {
		if *p == 0 {
			*p = zero
		}
		*p = max(*p, least)
	}
	share := func(p *float64, zero float64) {
		if *p == 0 {
			*p = zero
		}
	}
	number(&o.States, 200, 4)
	number(&o.Open, 20, 1)
	if o.Alliances > 0 {
		o.Open = min(o.Open, o.Alliances)
	}
	share(&o.Late, 0.10)
	share(&o.Vague, 0.05)
	share(&o.Secret, 0.01)
	share(&o.Corrections, 0.03)
	share(&o.Retractions, 0.01)
	share(&o.Disputes, 0.01)
}

// Generator is an endless stream of valid events: sources, then states, then
// alliances and crises as they might have been. The same seed and options give
// the same events. It remembers only what is still being written about, so its
// memory does not grow with the stream. It is not safe for concurrent use.
type Generator struct {
	opt      Options
	rng      *rand.Rand
	recorded time.Time
	n        int // events so far

	states    []ledger.StateID
	intro     []entry  // comes before everything else
	open      []*story // what is being written about
	held      []entry  // late events, in no order
	alliances int
	crises    int
}

// entry is an event that has not been given an identity yet.
type entry struct {
	of      *story
	content ledger.Content
	due     int // for a late event, when it comes
}

// NewGenerator returns a generator for a seed.
func NewGenerator(seed uint64, opt Options) *Generator {
	opt.fill()
	g := &Generator{
		opt:      opt,
		rng:      rand.New(rand.NewPCG(seed, 0x666f65647573)),
		recorded: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	g.introduce()
	for range opt.Open {
		g.openAlliance()
	}
	return g
}

// Next returns the next event. The caller owns it, but must not change what its
// payload refers to: a later correction may repeat it.
func (g *Generator) Next() *ledger.Event {
	if len(g.intro) > 0 {
		e := g.intro[0]
		g.intro = g.intro[1:]
		return g.emit(e)
	}
	if e, ok := g.revise(); ok {
		return g.emit(e)
	}
	if e, ok := g.dueNow(); ok {
		return g.emit(e)
	}
	for {
		i := g.rng.IntN(len(g.open))
		s := g.open[i]
		if s.done() {
			g.close(i)
			continue
		}
		e := entry{of: s, content: s.next(g)}
		g.blur(&e.content)
		if g.chance(g.opt.Late) {
			e.due = g.n + 20 + g.rng.IntN(300)
			g.held = append(g.held, e)
			continue
		}
		return g.emit(e)
	}
}

// Encoded returns the next n events in wire form. It panics if one cannot be
// encoded, which is a mistake of this package.
func (g *Generator) Encoded(n int) []ledger.Encoded {
	out := make([]ledger.Encoded, n)
	for i := range out {
		var err error
		if out[i], err = ledger.Encode(g.Next()); err != nil {
			panic(fmt.Sprintf("ledgertest: generated an event that is not valid: %v", err))
		}
	}
	return out
}

// dueNow takes a late event whose time has come.
func (g *Generator) dueNow() (entry, bool) {
	for i, e := range g.held {
		if e.due <= g.n {
			last := len(g.held) - 1
			g.held[i] = g.held[last]
			g.held = g.held[:last]
			return e, true
		}
	}
	return entry{}, false
}

// close replaces a story that is told by a new one.
func (g *Generator) close(i int) {
	last := len(g.open) - 1
	was := g.open[i]
	g.open[i] = g.open[last]
	g.open = g.open[:last]
	if was.aggregate.Kind == ledger.KindAlliance {
		g.openAlliance()
		if g.alliances%3 == 0 {
			g.openCrisis()
		}
	}
}

func (g *Generator) emit(e entry) *ledger.Event {
	g.n++
	g.recorded = g.recorded.Add(time.Duration(1+g.rng.IntN(90)) * time.Second)
	ev := &ledger.Event{ID: g.id(), Aggregate: e.of.aggregate, Recorded: g.recorded, Content: e.content}
	if _, attack := e.content.Payload.(*ledger.AttackMade); attack && e.content.DoneOn.Exact() && g.chance(0.5) {
		y, m, d := e.content.DoneOn.Earliest().Civil()
		ev.Instant = time.Date(y, time.Month(m), d, g.rng.IntN(24), g.rng.IntN(60), 0, 0, time.UTC)
	}
	e.of.remember(ev)
	return ev
}

// id mints a ULID of the recording time and 80 bits of the generator.
func (g *Generator) id() ledger.EventID {
	var id ulid.ULID
	binary.BigEndian.PutUint64(id[8:], g.rng.Uint64())
	binary.BigEndian.PutUint64(id[2:], g.rng.Uint64())
	if err := id.SetTime(ulid.Timestamp(g.recorded)); err != nil {
		panic(err) // beyond the year 10889
	}
	return ledger.EventID(id)
}

func (g *Generator) chance(p float64) bool { return g.rng.Float64() < p }

// between returns a number from lo to hi, both included.
func (g *Generator) between(lo, hi int) int { return lo + g.rng.IntN(hi-lo+1) }

func pick[T any](g *Generator, from ...T) T { return from[g.rng.IntN(len(from))] }

// others returns up to n states that are not in without, in random order.
func (g *Generator) others(n int, without []ledger.StateID) []ledger.StateID {
	taken := make(map[ledger.StateID]bool, len(without))
	for _, s := range without {
		taken[s] = true
	}
	var out []ledger.StateID
	for _, i := range g.rng.Perm(len(g.states)) {
		if len(out) == n {
			break
		}
		if !taken[g.states[i]] {
			out = append(out, g.states[i])
		}
	}
	return out
}

// introduce queues the sources and the states.
func (g *Generator) introduce() {
	for _, id := range sources() {
		s := newStory(ledger.KindLedger, string(id))
		g.intro = append(g.intro, entry{of: s, content: ledger.Content{Payload: &ledger.SourceAdded{
			Title: "Collection " + string(id), Form: "dataset", Published: ledger.OnDay(day(1990, 1, 1)),
		}}})
	}
	seen := make(map[string]bool)
	for i := range g.opt.States {
		name := g.name(seen)
		id := ledger.StateID(slug(name))
		g.states = append(g.states, id)
		s := newStory(ledger.KindState, string(id))
		formed := ledger.OnDay(g.day(1648, 1815))
		g.intro = append(g.intro,
			entry{of: s, content: g.cited(formed, &ledger.StateFormed{Name: name, How: pick(g, "independence", "union", "unspecified")})},
			entry{of: s, content: g.cited(formed, &ledger.StateCoded{Scheme: "cow", Code: strconv.Itoa(2 + i)})})
	}
}

// sources lists the sources that are cited.
func sources() []ledger.SourceID {
	return []ledger.SourceID{"treaty-series", "state-papers", "alliance-data", "newspaper"}
}

// cited returns a content with one or two citations.
func (g *Generator) cited(on ledger.When, p ledger.Payload) ledger.Content {
	c := ledger.Content{DoneOn: on, Payload: p}
	grades := []ledger.Grade{ledger.GradeA, ledger.GradeA, ledger.GradeB, ledger.GradeC}
	for _, s := range sources()[:g.between(1, 2)] {
		c.Citations = append(c.Citations, ledger.Citation{
			Source: s, Locator: fmt.Sprintf("vol. %d, p. %d", g.between(1, 400), g.between(1, 900)), Grade: pick(g, grades...),
		})
	}
	return c
}
