package projections

import (
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
	ref            uint32 // into World.details; 0 for none
	dispute        sym
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

// rect is one rectangle that is still known at the head, 60 bytes. When it is
// closed it moves to the dead list of its aggregate.
type rect struct {
	sinceLo, sinceHi day
	untilLo, untilHi day
	maxUntil         day    // the latest untilHi of this and all earlier rects of the key
	known            uint32 // first sequence that knows it
	value, how       sym
	began, ended     uint32
	ref              uint32
	clip             uint32 // into World.clips; 0: no limit
	dispute          sym
	views            view
	finding          finding
	unknownEnd       bool
}

// deadRect is a rectangle that a later event closed.
type deadRect struct {
	rect
	until uint32 // first sequence that no longer knows it
	key   uint32 // index into keys
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

// keyState is one fact with its whole history.
type keyState struct {
	factKey
	items []item // in order of sequence
	live  []rect // known at the head, ordered by sinceLo
}

// subject is one aggregate.
type subject struct {
	dataset, id sym
	kind        ledger.Kind
	keys        []keyState
	index       map[factKey]uint32 // only when there are many keys
	dead        []deadRect         // ordered by until
	first, last uint32             // sequences of its first and its last event
	frame       []frameStep
	groups      map[uint32]*group // by root sequence; records that were corrected, retracted or disputed
	opOf        map[uint32]uint32 // sequence of a ledger event -> root sequence
	disputes    []disputeState
	dangling    []dangling
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
	s.keys = append(s.keys, keyState{factKey: k})
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
// visible in view v, and possibly valid on d. At the head it costs
// O(keys + log(spells of a key) + results); before the head, the rectangles
// closed since then are looked at too.
func (w *World) stab(s *subject, d day, known uint32, v view, yield func(key uint32, r *rect)) {
	head := known >= s.last
	for k := range s.keys {
		live := s.keys[k].live
		for i := firstAfter(live, d) - 1; i >= 0 && live[i].maxUntil > d; i-- {
			r := &live[i]
			if r.views&v != 0 && r.untilHi > d && (head || r.known <= known) && w.visible(r, d) {
				yield(uint32(k), r)
			}
		}
	}
	if head {
		return
	}
	from, _ := slices.BinarySearchFunc(s.dead, known, func(x deadRect, k uint32) int {
		if x.until <= k {
			return -1
		}
		return 1
	})
	for i := range s.dead[from:] {
		r := &s.dead[from+i]
		if r.known <= known && r.views&v != 0 && r.sinceLo <= d && r.untilHi > d && w.visible(&r.rect, d) {
			yield(r.key, &r.rect)
		}
	}
}

// firstAfter returns the index of the first rectangle that begins after d.
func firstAfter(live []rect, d day) int {
	if n := len(live); n < 8 {
		i := 0
		for i < n && live[i].sinceLo <= d {
			i++
		}
		return i
	}
	lo, hi := 0, len(live)
	for lo < hi {
		if mid := (lo + hi) / 2; live[mid].sinceLo <= d {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
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
