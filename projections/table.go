package projections

import "foedus/ledger"

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
	ref            uint32 // into World.details; 0 for none
	dispute        sym
	next           uint32 // in the list of its key, plus one; 0 ends it
	op             op
	flags          uint8
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

// rect is one rectangle: 60 bytes, so that it fills less than a cache line. The
// live ones of an aggregate stand side by side, because a question scans them.
type rect struct {
	sinceLo, sinceHi day
	untilLo, untilHi day
	known            uint32 // first sequence that knows it
	value, how       sym
	began, ended     uint32
	ref              uint32
	clip             uint32 // into World.clips; 0: no limit
	dispute          sym
	key              uint32 // into subject.keys
	next             uint32 // live: next of its key, plus one; dead: first sequence that no longer knows it
	views            view   // 0: the place is free
	finding          finding
	unknownEnd       bool
}

// clip limits on which days a fact is visible in the public views.
type clip struct{ from, to day }

// finding marks something odd that was accepted, because history arrives in any order.
type finding uint8

const (
	findingNone finding = iota
	findingNotAParty
	findingEndsFirst
	findingNothingToEnd
)

func (f finding) String() string {
	return [...]string{
		"",
		"it leaves without having been a party; append the missing signature, accession or entry into force",
		"it may end before it begins; correct one of the two dates",
		"it ends without having begun; append the missing beginning",
	}[f]
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
	firstItem, lastItem uint32 // into subject.items, plus one; in order of arrival
	live                uint32 // into subject.live, plus one; ordered by beginning
}

// subject is one aggregate.
type subject struct {
	dataset, id sym
	kind        ledger.Kind
	first, last uint32 // sequences of its first and its last event
	keys        []keyState
	index       map[factKey]uint32 // only when there are many keys
	items       []item
	live        []rect // known at the head
	dead        []rect // closed, in the order in which they were
	freeItem    uint32 // list of free places in items, plus one
	freeRect    uint32 // list of free places in live, plus one
	frame       []frameStep
	records     *records // nil until a record is corrected, retracted or disputed
}

// records is what an aggregate keeps of the records that something touched.
type records struct {
	groups   map[uint32]*group // by root sequence
	opOf     map[uint32]uint32 // sequence of a ledger event -> root sequence
	disputes []disputeState
	dangling []dangling
}

// touched returns the records of s for writing.
func (s *subject) touched() *records {
	if s.records == nil {
		s.records = &records{groups: make(map[uint32]*group), opOf: make(map[uint32]uint32)}
	}
	return s.records
}

// grow adds one place to an array: by a quarter, because there are many small
// arrays and doubling would leave half of the memory empty.
func grow[T any](list []T, v T) []T {
	if len(list) == cap(list) {
		bigger := make([]T, len(list), len(list)+max(2, len(list)/4))
		copy(bigger, list)
		list = bigger
	}
	return append(list, v)
}

// addItem appends an item to the list of a key.
func (s *subject) addItem(key uint32, it item) {
	it.next = 0
	at := s.freeItem
	if at != 0 {
		s.freeItem = s.items[at-1].next
		s.items[at-1] = it
	} else {
		s.items = grow(s.items, it)
		at = uint32(len(s.items))
	}
	k := &s.keys[key]
	if k.lastItem == 0 {
		k.firstItem = at
	} else {
		s.items[k.lastItem-1].next = at
	}
	k.lastItem = at
}

// dropItems removes the items of one event from the list of a key.
func (s *subject) dropItems(key, seq uint32) {
	k := &s.keys[key]
	prev := uint32(0)
	for at := k.firstItem; at != 0; {
		next := s.items[at-1].next
		if s.items[at-1].seq != seq {
			prev, at = at, next
			continue
		}
		if prev == 0 {
			k.firstItem = next
		} else {
			s.items[prev-1].next = next
		}
		if k.lastItem == at {
			k.lastItem = prev
		}
		s.items[at-1] = item{next: s.freeItem}
		s.freeItem, at = at, next
	}
}

// eachItem yields the items of a key in order of arrival.
func (s *subject) eachItem(k *keyState, yield func(*item)) {
	for at := k.firstItem; at != 0; at = s.items[at-1].next {
		yield(&s.items[at-1])
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
const manyKeys = 12

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
	switch {
	case s.index != nil:
		s.index[k] = i
	case len(s.keys) > manyKeys:
		s.index = make(map[factKey]uint32, 2*manyKeys)
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
		if r.views&v != 0 && r.sinceLo <= d && r.untilHi > d && r.known <= known && w.visible(r, d) {
			yield(r)
		}
	}
	if known >= s.last {
		return
	}
	for i := len(s.dead) - 1; i >= 0 && s.dead[i].next > known; i-- {
		r := &s.dead[i]
		if r.views&v != 0 && r.sinceLo <= d && r.untilHi > d && r.known <= known && w.visible(r, d) {
			yield(r)
		}
	}
}

func (w *World) visible(r *rect, d day) bool {
	if r.clip == 0 {
		return true
	}
	c := w.clips[r.clip]
	return d >= c.from && d < c.to
}

// span returns the valid time of a rectangle.
func (r *rect) span() ledger.Span {
	return ledger.Span{SinceEarliest: r.sinceLo, SinceLatest: r.sinceHi, UntilEarliest: r.untilLo, UntilLatest: r.untilHi}
}
