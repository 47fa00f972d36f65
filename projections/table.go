package projections

import (
	"cmp"
	"slices"

	"foedus/ledger"
)

// day is a [ledger.Date] inside the table.
type day = ledger.Date

// item is what one event says of one fact: a step in its history. It has the
// dates of the version of the record that stands, disputes included.
type item struct {
	seq            uint32
	doneLo, doneHi day
	effLo, effHi   day
	public         day // the first day on which it is certainly public; NoBefore: always was
	value, how     sym
	ref            uint32 // into subject.details, plus one; 0 for none
	dispute        sym
	op             op
	flags          uint8
}

// storedItem is an item at rest: 36 bytes. Most items have exact dates, are
// public and undisputed; what only a few have stands in World.rareItems.
type storedItem struct {
	seq        uint32
	done, eff  day
	value, how sym
	ref        uint32
	next       uint32 // in the list of its key, plus one; 0 ends it
	rare       uint32 // into World.rareItems; 0 for none
	op         op
	flags      uint8
}

type rareItem struct {
	doneHi, effHi, public day
	dispute               sym
}

func (w *World) pack(it *item) storedItem {
	p := storedItem{
		seq: it.seq, done: it.doneLo, eff: it.effLo, value: it.value, how: it.how, ref: it.ref, op: it.op, flags: it.flags,
	}
	if it.doneHi != it.doneLo || it.effHi != it.effLo || it.public != ledger.NoBefore || it.dispute != 0 {
		w.rareItems = append(w.rareItems, rareItem{it.doneHi, it.effHi, it.public, it.dispute})
		p.rare = uint32(len(w.rareItems) - 1)
	}
	return p
}

func (w *World) unpack(p *storedItem) item {
	it := item{
		seq: p.seq, doneLo: p.done, doneHi: p.done, effLo: p.eff, effHi: p.eff, public: ledger.NoBefore,
		value: p.value, how: p.how, ref: p.ref, op: p.op, flags: p.flags,
	}
	if p.rare != 0 {
		r := &w.rareItems[p.rare]
		it.doneHi, it.effHi, it.public, it.dispute = r.doneHi, r.effHi, r.public, r.dispute
	}
	return it
}

const (
	// itemStated: effective_on is stated, so effLo and effHi are not DoneOn's.
	itemStated uint8 = 1 << iota
	// itemUndated: no date is stated at all.
	itemUndated
	// itemEffectOnly: DoneOn is not stated, the effect stands in for it.
	itemEffectOnly
	// itemOwnDate: the dates are not those of the event, so a dispute about
	// them does not move the item.
	itemOwnDate
	// itemDecides: it decides a dispute rather than opening it.
	itemDecides
	// itemQuiet: that there is nothing for it to end is not odd.
	itemQuiet
	// itemAtOnce: it ends on the very day of the beginning that its event
	// states, so it comes behind it.
	itemAtOnce
)

// op is what an item does. Their order breaks ties on one day: one enters
// before one leaves.
type op uint8

const (
	opTimeless op = iota // holds always
	opProposed           // frame: a draft exists
	opInvited
	opSigned
	opProtocol // accession protocol signed
	opDeposit
	opInForce // frame: the instrument enters into force
	opEntry   // a party from here on
	opSet     // the fact has this value from here on
	opAct     // an act of one day
	opSuspend
	opResume
	opWithdraw
	opExclude
	opEnd  // the fact ends
	opOver // frame: the instrument, or the fighting, ends
)

// rect is one rectangle: 48 bytes. The live ones of an aggregate stand side by
// side, because a question scans them.
type rect struct {
	since      day    // the earliest first day in
	until      day    // the latest first day out
	known      uint32 // first sequence that knows it
	value, how sym
	began      uint32
	ended      uint32
	ref        uint32
	key        uint32 // into subject.keys
	next       uint32 // live: next of its key, plus one; dead: first sequence that no longer knows it
	rare       uint32 // into subject.rare, plus one; 0 for none
	views      view   // 0: the place is free
	finding    finding
	unknownEnd bool
	kind       uint8 // of its key
}

// rareRect is what only a few rectangles have: ends that are not exact, a limit
// to the days on which it is public, a dispute.
type rareRect struct {
	sinceHi, untilLo day
	clip             uint32 // into World.clips; 0: no limit
	dispute          sym    // about the beginning
	endDispute       sym    // about the end
}

// clip limits on which days a fact is visible in the public views.
type clip struct{ from, to day }

// finding marks something odd that was accepted, because history arrives in any order.
type finding uint8

const (
	findingNone finding = iota
	findingNotAParty
	findingNothingToEnd
	findingNotBound
)

func (f finding) String() string {
	switch f {
	case findingNotAParty:
		return "it leaves without having been a party; append the missing signature, accession or entry into force"
	case findingNothingToEnd:
		return "it ends without having begun; append the missing beginning"
	case findingNotBound:
		return "it suspends or resumes obligations without being a party; append the missing signature, accession or entry into force"
	case findingNone:
	}
	return ""
}

// factKey names one fact of an aggregate.
type factKey struct {
	kind uint8
	a, b sym
}

// keyState is one fact with its whole history: two lists inside the arrays of
// its aggregate.
type keyState struct {
	factKey
	items uint32 // into subject.items, plus one; the latest to arrive comes first
	live  uint32 // into subject.live, plus one; ordered by beginning
}

// subject is one aggregate.
type subject struct {
	// What every question reads stands together.
	live        []rect // known at the head
	keys        []keyState
	dead        []rect // closed, in the order in which they were
	first, last uint32 // sequences of its first and its last event
	dataset, id sym
	coverage    uint32 // key of its coverage, plus one; 0 for none
	rare        []rareRect
	details     []any  // payloads that its facts show; an item's ref is the place plus one
	number      uint32 // its place in World.subjects

	aggregate ledger.Aggregate
	index     map[factKey]uint32 // only when there are many keys
	items     []storedItem
	freeItem  uint32 // list of free places in items, plus one
	freeRect  uint32 // list of free places in live, plus one
	frame     []frameStep
	records   *records // nil until a record is corrected, retracted or disputed
}

// records is what an aggregate keeps of the records that something touched.
type records struct {
	groups   []*group // by root sequence
	ops      []opRoot // by sequence
	disputes []disputeState
	dangling []dangling // ascending by sequence
}

// opRoot says which record a ledger event touched.
type opRoot struct{ seq, root uint32 }

// group returns the record with a root, nil if nothing touched it.
func (r *records) group(root uint32) *group {
	if i, ok := r.find(root); ok {
		return r.groups[i]
	}
	return nil
}

func (r *records) find(root uint32) (int, bool) {
	return slices.BinarySearchFunc(r.groups, root, func(g *group, root uint32) int {
		return cmp.Compare(g.versions[0].seq, root)
	})
}

// touched returns the records of s for writing.
func (s *subject) touched() *records {
	if s.records == nil {
		s.records = new(records)
	}
	return s.records
}

// grow adds one place to an array, and room for half as many more: a replay
// fills the arrays, and [World.Compact] takes the room back when it is done.
func grow[T any](list []T, v T) []T {
	if len(list) == cap(list) {
		// append to nil rounds the capacity up to what the allocator hands out.
		bigger := append([]T(nil), make([]T, len(list)+1+len(list)/2)...)[:len(list)]
		copy(bigger, list)
		list = bigger
	}
	return append(list, v)
}

// exact returns list without room to grow.
func exact[T any](list []T) []T {
	if len(list) == cap(list) {
		return list
	}
	return append(make([]T, 0, len(list)), list...)
}

// Compact gives back the room that arrays kept for growing, and puts those of
// one aggregate beside each other. It changes no answer. It is for the end of a
// replay: O(facts), and the next event about an aggregate makes room again.
func (w *World) Compact() {
	for _, s := range w.subjects {
		s.live, s.keys = exact(s.live), exact(s.keys)
		s.rare, s.details = exact(s.rare), exact(s.details)
		s.dead, s.items = exact(s.dead), exact(s.items)
	}
	for _, t := range w.mentions {
		for _, list := range t {
			for _, m := range list {
				if m != nil {
					m.seqs, m.subjects = exact(m.seqs), exact(m.subjects)
				}
			}
		}
	}
}

// addItem adds an item to the list of a key.
func (s *subject) addItem(key uint32, it storedItem) {
	at := s.freeItem
	if at != 0 {
		s.freeItem = s.items[at-1].next
		s.items[at-1] = it
	} else {
		s.items = grow(s.items, it)
		at = uint32(len(s.items))
	}
	k := &s.keys[key]
	s.items[at-1].next = k.items
	k.items = at
}

// dropItems removes the items of one event from the list of a key.
func (s *subject) dropItems(key, seq uint32) {
	k := &s.keys[key]
	prev := uint32(0)
	for at := k.items; at != 0; {
		next := s.items[at-1].next
		if s.items[at-1].seq != seq {
			prev, at = at, next
			continue
		}
		if prev == 0 {
			k.items = next
		} else {
			s.items[prev-1].next = next
		}
		s.items[at-1] = storedItem{next: s.freeItem}
		s.freeItem, at = at, next
	}
}

// eachItem yields the items of a key, the latest to arrive first.
func (w *World) eachItem(s *subject, k *keyState, yield func(item)) {
	for at := k.items; at != 0; at = s.items[at-1].next {
		yield(w.unpack(&s.items[at-1]))
	}
}

// addRect stores a live rectangle and returns its place plus one.
func (s *subject) addRect(r rect) uint32 {
	if at := s.freeRect; at != 0 {
		s.freeRect = s.live[at-1].next
		s.live[at-1] = r
		return at
	}
	s.live = grow(s.live, r)
	return uint32(len(s.live))
}

// freeLive gives a place back.
func (s *subject) freeLive(at uint32) {
	s.live[at-1] = rect{next: s.freeRect}
	s.freeRect = at
}

// manyKeys is where a map beats a linear search.
const manyKeys = 32

func (s *subject) find(k factKey) (uint32, bool) {
	if s.index != nil {
		i, ok := s.index[k]
		return i, ok
	}
	for i := range s.keys {
		if s.keys[i].factKey == k {
			return uint32(i), true
		}
	}
	return 0, false
}

func (s *subject) keyOf(k factKey) uint32 {
	if i, ok := s.find(k); ok {
		return i
	}
	i := uint32(len(s.keys))
	s.keys = grow(s.keys, keyState{factKey: k})
	if k.kind == kCoverage {
		s.coverage = i + 1
	}
	switch {
	case s.index != nil:
		s.index[k] = i
	case len(s.keys) > manyKeys:
		s.index = make(map[factKey]uint32, manyKeys+manyKeys/4)
		for j := range s.keys {
			s.index[s.keys[j].factKey] = uint32(j)
		}
	}
	return i
}

// stab calls yield for every rectangle of the aggregate that is known at known,
// visible in view v, and possibly valid on d. It scans the rectangles that are
// live, side by side in memory; before the head, those closed since then too.
// O(live facts of the aggregate + facts closed since known).
func (w *World) stab(s *subject, d day, known uint32, v view, yield func(r *rect)) {
	for i := range s.live {
		r := &s.live[i]
		if r.views&v != 0 && r.since <= d && r.until > d && r.known <= known && w.visible(s, r, d) {
			yield(r)
		}
	}
	if known >= s.last {
		return
	}
	for i := len(s.dead) - 1; i >= 0 && s.dead[i].next > known; i-- {
		r := &s.dead[i]
		if r.views&v != 0 && r.since <= d && r.until > d && r.known <= known && w.visible(s, r, d) {
			yield(r)
		}
	}
}

func (w *World) visible(s *subject, r *rect, d day) bool {
	if r.rare == 0 {
		return true
	}
	n := s.rare[r.rare-1].clip
	return n == 0 || d >= w.clips[n].from && d < w.clips[n].to
}

// span returns the valid time of a rectangle.
func (s *subject) span(r *rect) ledger.Span {
	v := ledger.Span{SinceEarliest: r.since, SinceLatest: r.since, UntilEarliest: r.until, UntilLatest: r.until}
	if r.rare != 0 {
		v.SinceLatest, v.UntilEarliest = s.rare[r.rare-1].sinceHi, s.rare[r.rare-1].untilLo
	}
	return v
}

// disputesOver returns the disputes about the beginning and the end of a
// rectangle, 0 for none.
func (s *subject) disputesOver(r *rect) (began, ended sym) {
	if r.rare == 0 {
		return 0, 0
	}
	x := &s.rare[r.rare-1]
	return x.dispute, x.endDispute
}
