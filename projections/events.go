package projections

import (
	"encoding/binary"
	"math/bits"

	"foedus/ledger"
)

// eventMeta is what the World keeps of an event beside its facts: 40 bytes.
type eventMeta struct {
	id         ledger.EventID
	atHi, atLo uint32 // nanoseconds since 1970, when the log acknowledged it; never decreasing
	subject    uint32
	key        uint32 // the first fact that it says something of, plus one; 0 for none
	from       day    // when it was done, with typSpan; see bounds
	typSpan    uint32 // the type in the low 8 bits, the days until the last possible one above
}

func (m *eventMeta) time() int64 { return int64(m.atHi)<<32 | int64(m.atLo) }

// typ returns the number of the event's type.
func (m *eventMeta) typ() uint8 { return uint8(m.typSpan) }

// The spans that are no number of days. The whole calendar has fewer than 2^22.
const (
	spanNotBefore = 1<<24 - 1 // from the day from on
	spanNotAfter  = 1<<24 - 2 // up to the day from
)

// happened sets when an event was done, and what it was.
func (m *eventMeta) happened(w ledger.When, typ uint8) {
	lo, hi := w.Earliest(), w.Latest()
	span := uint32(spanNotBefore)
	switch {
	case hi == ledger.NoAfter:
	case lo == ledger.NoBefore:
		lo, span = hi, spanNotAfter
	default:
		span = uint32(hi - lo)
	}
	m.from, m.typSpan = lo, span<<8|uint32(typ)
}

// bounds returns the days between which the event was done.
func (m *eventMeta) bounds() (lo, hi day) {
	switch span := m.typSpan >> 8; span {
	case spanNotBefore:
		return m.from, ledger.NoAfter
	case spanNotAfter:
		return ledger.NoBefore, m.from
	default:
		return m.from, m.from + day(span)
	}
}

// eventTable holds the events by sequence, in blocks, so that it grows without
// copying and without slack.
type eventTable struct {
	blocks [][]eventMeta
	n      int
}

const eventBlock = 1 << 12

func (t *eventTable) add(m eventMeta) {
	if t.n%eventBlock == 0 {
		t.blocks = append(t.blocks, make([]eventMeta, 0, min(eventBlock, max(64, t.n))))
	}
	last := &t.blocks[t.n/eventBlock]
	*last = append(*last, m)
	t.n++
}

// at returns the event at a sequence from 1 to n.
func (t *eventTable) at(seq uint32) *eventMeta {
	return &t.blocks[(seq-1)/eventBlock][(seq-1)%eventBlock]
}

// idIndex finds the sequence of an id: open addressing over sequences, the ids
// themselves stand in the event table. About 6 bytes an event.
type idIndex struct {
	slots []uint32
	n     int
}

func (x *idIndex) add(meta *eventTable, seq uint32) {
	if 5*(x.n+1) > 4*len(x.slots) {
		x.grow(meta, seq)
	}
	x.put(meta, seq)
	x.n++
}

// grow makes room by a half: doubling would leave up to two thirds empty. It
// reads the events before seq in order, which is faster than in the order of
// the old slots.
func (x *idIndex) grow(meta *eventTable, seq uint32) {
	x.slots = make([]uint32, max(64, len(x.slots)+len(x.slots)/2))
	for s := uint32(1); s < seq; s++ {
		x.put(meta, s)
	}
}

// slot returns where the search for an id begins.
func (x *idIndex) slot(id *ledger.EventID) int {
	return int(uint64(hashID(id)) * uint64(len(x.slots)) >> 32)
}

// put keeps the first sequence of an id.
func (x *idIndex) put(meta *eventTable, seq uint32) {
	id := &meta.at(seq).id
	for i := x.slot(id); ; i++ {
		if i == len(x.slots) {
			i = 0
		}
		if x.slots[i] == 0 {
			x.slots[i] = seq
			return
		}
		if meta.at(x.slots[i]).id == *id {
			return
		}
	}
}

func (x *idIndex) find(meta *eventTable, id ledger.EventID) (seq uint32, ok bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	for i := x.slot(&id); ; i++ {
		if i == len(x.slots) {
			i = 0
		}
		if x.slots[i] == 0 {
			return 0, false
		}
		if meta.at(x.slots[i]).id == id {
			return x.slots[i], true
		}
	}
}

// hashID mixes all 16 bytes, because ids that a program made in a row may
// differ in the last byte only.
func hashID(id *ledger.EventID) uint32 {
	h := binary.LittleEndian.Uint64(id[:8]) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(id[8:]), 29)
	h *= 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio
	return uint32(h >> 32)
}
