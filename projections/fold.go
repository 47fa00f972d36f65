package projections

import (
	"cmp"
	"slices"

	"foedus/ledger"
)

// frameStep is a step of an aggregate as a whole that bears on its facts: the
// first signature, the entry into force, the end.
type frameStep = item

// step is an item placed on the axis of history for one reading.
type step struct {
	order, lo, hi day // order sorts; lo and hi bound the true day
	it            item
}

// spell is a stretch of a fact's history before it becomes a rectangle.
type spell struct {
	sinceLo, sinceHi day
	untilLo, untilHi day
	value, how       sym
	began, ended     uint32
	ref              uint32
	clip             uint32
	dispute          sym // about the beginning
	endDispute       sym
	views            view
	finding          finding
	unknownEnd       bool
}

// oddity is a finding with the event that caused it.
type oddity struct {
	seq     uint32
	finding finding
}

// folder turns the items of one fact into spells, for one reading and one
// state of publicity. It keeps its buffers between calls.
type folder struct {
	w       *World
	reading Reading
	cutoff  day // items that become public after this day are not seen
	steps   []step
	out     []spell
	open    int // index in out of the spell that still runs, -1 for none
	odd     []oddity
}

// everything is the cutoff that sees all items, secret ones included.
const everything = ledger.NoAfter

// fold appends the spells of key k of s to f.out.
func (f *folder) fold(s *subject, k *keyState) {
	f.open = -1
	switch k.kind {
	case kParty:
		f.place(s, k, false)
		f.party()
	case kStatus:
		f.place(s, k, false)
		f.status()
	case kTitle, kSource, kCoverage, kDispute:
		f.timeless(s, k)
	default:
		f.place(s, k, k.kind == kClause)
		f.follow(k.kind)
	}
}

// place puts the visible items, and the steps of the frame, into historical
// order; the signatures of the frame only where they date something. O(n log n), O(n) when they come in order.
func (f *folder) place(s *subject, k *keyState, signatures bool) {
	f.steps = f.steps[:0]
	for at := k.items; at != 0; at = s.items[at-1].next {
		if it := f.w.unpack(&s.items[at-1]); it.public <= f.cutoff {
			f.steps = append(f.steps, f.step(it))
		}
	}
	if k.kind != kStatus {
		for i := range s.frame {
			if it := s.frame[i]; it.public <= f.cutoff && (it.op != opSigned || signatures) {
				f.steps = append(f.steps, f.step(it))
			}
		}
	}
	sortSteps(f.steps)
}

// sortSteps sorts steps that mostly are in order already.
func sortSteps(s []step) {
	if len(s) > 32 {
		slices.SortFunc(s, func(a, b step) int { return compareSteps(&a, &b) })
		return
	}
	for i := 1; i < len(s); i++ {
		for j := i; j > 0 && compareSteps(&s[j], &s[j-1]) < 0; j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
}

// step dates an item. Signatures and invitations count from the day they were
// made; a deposit from its effect, or under the signature reading from the day
// it was made; all else from its effect.
func (f *folder) step(it item) step {
	lo, hi := it.effLo, it.effHi
	switch it.op {
	case opSigned, opProtocol, opInvited, opProposed:
		lo, hi = it.doneLo, it.doneHi
	case opDeposit:
		if f.reading == ReadingSignature {
			lo, hi = it.doneLo, it.doneHi
		}
	}
	order := lo
	if lo == ledger.NoBefore && it.op >= opSuspend {
		order = hi // what leaves on an unknown day leaves after it entered
	}
	return step{order, lo, hi, it}
}

func compareSteps(a, b *step) int {
	switch {
	case a.order != b.order:
		return cmpDay(a.order, b.order)
	case a.hi != b.hi:
		return cmpDay(a.hi, b.hi)
	case rank(&a.it) != rank(&b.it):
		return rank(&a.it) - rank(&b.it)
	}
	return cmp.Compare(a.it.seq, b.it.seq)
}

// rank orders what happens on one day. A plain fact that ends and begins on one
// day is renewed, so the end comes first.
func rank(it *item) int {
	if it.op == opEnd && it.flags&itemAtOnce == 0 {
		return 2*int(opSet) - 1
	}
	return 2 * int(it.op)
}

func cmpDay(a, b day) int {
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

// current returns the spell that runs, nil for none.
func (f *folder) current() *spell {
	if f.open < 0 {
		return nil
	}
	return &f.out[f.open]
}

// enter ends the spell that runs and begins another at s. What follows on a day
// of which nothing is known does not begin before what it follows.
func (f *folder) enter(s step, value sym) *spell {
	if c := f.current(); c != nil && s.lo == ledger.NoBefore && s.hi >= c.sinceLo {
		s.lo = c.sinceLo
	}
	f.leave(s)
	f.out = append(f.out, spell{
		sinceLo: s.lo, sinceHi: s.hi, untilLo: ledger.NoAfter, untilHi: ledger.NoAfter,
		value: value, how: s.it.how, began: s.it.seq, ref: s.it.ref, dispute: s.it.dispute,
	})
	f.open = len(f.out) - 1
	return &f.out[f.open]
}

// leave ends the spell that runs at s; one that would be empty is dropped.
func (f *folder) leave(s step) {
	c := f.current()
	if c == nil {
		return
	}
	c.untilLo, c.untilHi, c.ended = max(s.lo, c.sinceLo), s.hi, s.it.seq
	c.unknownEnd, c.endDispute = s.hi == ledger.NoAfter, s.it.dispute
	if c.untilHi <= c.sinceLo {
		f.out = slices.Delete(f.out, f.open, f.open+1)
	}
	f.open = -1
}

func (f *folder) oddly(s step, what finding) {
	f.odd = append(f.odd, oddity{s.it.seq, what})
}

// status follows the instrument as a whole.
func (f *folder) status() {
	started := false
	for _, s := range f.steps {
		switch s.it.op {
		case opProposed:
			if f.current() == nil && !started {
				f.enter(s, s.it.value)
			}
		case opSigned:
			if c := f.current(); !started && (c == nil || c.value != s.it.value) {
				f.enter(s, s.it.value)
			}
		case opInForce:
			started = true
			if c := f.current(); c == nil || c.value != s.it.value {
				f.enter(s, s.it.value)
			}
		case opOver:
			started = false
			if f.current() == nil && s.it.flags&itemQuiet == 0 {
				f.oddly(s, findingNothingToEnd)
			}
			f.enter(s, s.it.value)
		}
	}
}

// follow is the history of a plain fact: each value holds until the next one,
// or until the fact or the whole frame ends.
func (f *folder) follow(kind uint8) {
	begin := f.frameBegin()
	over := false // the frame ended the fact, so an end of its own may follow
	for _, s := range f.steps {
		switch s.it.op {
		case opSet:
			if kind == kClause && s.it.flags&itemStated == 0 {
				if begin == nil && s.it.flags&itemUndated != 0 {
					continue // not in force before the instrument is
				}
				s = withFrame(s, begin)
			}
			if kind == kInvocation {
				f.rule(s)
				continue
			}
			f.enter(s, s.it.value)
		case opAct:
			f.out = append(f.out, spell{
				sinceLo: s.lo, sinceHi: s.hi, untilLo: dayAfter(s.lo), untilHi: dayAfter(s.hi),
				value: s.it.value, how: s.it.how, began: s.it.seq, ended: s.it.seq, ref: s.it.ref, dispute: s.it.dispute,
			})
		case opEnd:
			f.end(s, over)
		case opOver:
			over = over || f.current() != nil
			f.leave(s)
		}
	}
}

// rule follows an invocation and what an organ ruled on it. A ruling of the very
// day leaves the invocation that day: which clause was invoked, and by whom,
// stands in no other event.
func (f *folder) rule(s step) {
	c := f.current()
	if c == nil || s.hi > c.sinceLo {
		f.enter(s, s.it.value)
		return
	}
	first := *c
	first.untilLo, first.untilHi, first.ended = dayAfter(c.sinceLo), dayAfter(c.sinceHi), s.it.seq
	f.enter(s, s.it.value)
	f.out = append(f.out, first)
}

// withFrame dates a clause that states no day on which it takes effect: it is
// in force with its instrument, but not before it was made.
func withFrame(s step, begin *step) step {
	switch {
	case begin == nil:
		return s
	case s.it.flags&itemUndated != 0:
		s.lo, s.hi = begin.lo, begin.hi
		return s
	}
	return later(s, *begin)
}

// end ends a plain fact. An end that one event states together with its
// beginning ends nothing else.
func (f *folder) end(s step, over bool) {
	c := f.current()
	switch {
	case c == nil && !over && s.it.flags&itemQuiet == 0:
		f.oddly(s, findingNothingToEnd)
	case c != nil && (s.it.flags&itemOwnDate == 0 || c.began == s.it.seq):
		f.leave(s)
	}
}

// frameBegin returns the step with which the instrument begins under the
// reading: the entry into force, or the first signature.
func (f *folder) frameBegin() *step {
	for i := range f.steps {
		switch f.steps[i].it.op {
		case opInForce:
			return &f.steps[i]
		case opSigned:
			if f.reading == ReadingSignature {
				return &f.steps[i]
			}
		}
	}
	return nil
}

func dayAfter(d day) day {
	if d.Finite() {
		return d + 1
	}
	return d
}

// timeless facts hold always; the last word counts.
func (f *folder) timeless(sub *subject, k *keyState) {
	var last, decided item // seq 0: none
	f.w.eachItem(sub, k, func(it item) {
		if it.public > f.cutoff {
			return
		}
		place := &last
		if it.flags&itemDecides != 0 {
			place = &decided
		}
		if it.seq > place.seq {
			*place = it
		}
	})
	if last.seq == 0 {
		if decided.seq != 0 {
			f.odd = append(f.odd, oddity{decided.seq, findingNothingToEnd})
		}
		return
	}
	s := spell{
		sinceLo: ledger.NoBefore, sinceHi: ledger.NoBefore, untilLo: ledger.NoAfter, untilHi: ledger.NoAfter,
		value: last.value, how: last.how, began: last.seq, ref: last.ref,
	}
	if k.kind == kCoverage {
		s.sinceLo, s.sinceHi = last.effLo, last.effHi
		s.untilLo, s.untilHi = dayAfter(last.doneLo), dayAfter(last.doneHi)
	}
	if decided.seq != 0 {
		s.value, s.how, s.ended = decided.value, decided.how, decided.seq
	}
	f.out = append(f.out, s)
}
