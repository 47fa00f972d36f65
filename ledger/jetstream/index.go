package jetstream

import (
	"hash/maphash"
	"sync"
	"sync/atomic"

	"foedus/ledger"
)

// chunkLen is how many ids are allocated at once.
const chunkLen = 4096

// idIndex maps event ids to sequences, for a log whose sequences have no gaps.
// The ids lie in the order of their sequences, 16 bytes each; beside them is a
// hash table with open addressing whose slots hold nothing but a sequence, so
// that an event costs 16 bytes and, at a load between 0.4 and 0.8, another 5 to
// 10. It holds up to 2^32-1 events. It is safe for concurrent use.
type idIndex struct {
	seed maphash.Seed // ids come from outside; a random seed keeps them from colliding on purpose
	n    atomic.Uint64

	mu     sync.RWMutex // guards what follows; n changes only under it
	chunks []*[chunkLen]ledger.EventID
	slots  []uint32 // sequences, 0 for a free slot; the length is a power of two
	used   int      // slots in use
}

func newIndex() *idIndex { return &idIndex{seed: maphash.MakeSeed()} }

// through returns the last sequence that is indexed: all before it are too.
func (x *idIndex) through() ledger.Seq { return ledger.Seq(x.n.Load()) }

// add notes that id stands at seq. It does nothing unless seq is the one after
// the last, so every reader can offer what it reads: only the one that is in
// front extends the index. Amortised O(1).
func (x *idIndex) add(seq ledger.Seq, id ledger.EventID) {
	if seq != x.through()+1 {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	i := x.n.Load()
	if uint64(seq) != i+1 {
		return
	}
	if i%chunkLen == 0 {
		x.chunks = append(x.chunks, new([chunkLen]ledger.EventID))
	}
	x.chunks[i/chunkLen][i%chunkLen] = id
	if (x.used+1)*5 > len(x.slots)*4 {
		x.grow()
	}
	if at, taken := x.slot(id); !taken { // the first of two stays
		x.slots[at] = uint32(seq)
		x.used++
	}
	x.n.Store(i + 1)
}

// find returns the first sequence at which id stands. O(1).
func (x *idIndex) find(id ledger.EventID) (ledger.Seq, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if len(x.slots) == 0 {
		return 0, false
	}
	at, taken := x.slot(id)
	return ledger.Seq(x.slots[at]), taken
}

// slot returns the slot of id, or the free one where it belongs.
func (x *idIndex) slot(id ledger.EventID) (at uint64, taken bool) {
	mask := uint64(len(x.slots) - 1)
	for at = maphash.Bytes(x.seed, id[:]) & mask; ; at = (at + 1) & mask {
		seq := x.slots[at]
		if seq == 0 {
			return at, false
		}
		if *x.at(seq) == id {
			return at, true
		}
	}
}

func (x *idIndex) at(seq uint32) *ledger.EventID {
	i := seq - 1
	return &x.chunks[i/chunkLen][i%chunkLen]
}

func (x *idIndex) grow() {
	old := x.slots
	x.slots = make([]uint32, max(1024, 2*len(old)))
	for _, seq := range old {
		if seq != 0 {
			at, _ := x.slot(*x.at(seq))
			x.slots[at] = seq
		}
	}
}
