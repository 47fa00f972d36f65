package projections

import (
	"slices"

	"foedus/ledger"
)

type mentionKey struct {
	dataset sym
	kind    uint8 // of what is mentioned
	id      sym
}

// pack joins the key into one number, which maps find faster than a struct.
// There are fewer than 2^24 datasets.
func (k mentionKey) pack() uint64 {
	return uint64(k.kind)<<56 | uint64(k.dataset)<<32 | uint64(k.id)
}

func unpackMention(p uint64) mentionKey {
	return mentionKey{kind: uint8(p >> 56), dataset: sym(p >> 32 & 0xffffff), id: sym(p & 0xffffffff)}
}

const (
	mentionsState uint8 = iota
	mentionsAlliance
)

// mention is where a state or an alliance is referred to.
type mention struct {
	seqs     []uint32 // of events, ascending
	subjects []uint32 // aggregates whose events refer to it, each once, ascending
}

// mention indexes what an event refers to.
func (w *World) mention(si, seq uint32, e *ledger.Event) {
	s := w.subjects[si]
	switch s.aggregate.Kind {
	case ledger.KindState:
		w.mentioned(mentionKey{s.dataset, mentionsState, s.id}, si, seq)
	case ledger.KindAlliance:
		w.mentioned(mentionKey{s.dataset, mentionsAlliance, s.id}, si, seq)
	case ledger.KindCrisis, ledger.KindLedger:
	}
	w.names = ledger.AppendNames(w.names[:0], e)
	for _, m := range w.names {
		kind := mentionsState
		if m.Kind == "alliance" {
			kind = mentionsAlliance
		}
		w.mentioned(mentionKey{s.dataset, kind, w.sym.of(m.ID)}, si, seq)
	}
}

func (w *World) mentioned(k mentionKey, si, seq uint32) {
	m := w.mentions[k.pack()]
	if m == nil {
		m = &mention{}
		w.mentions[k.pack()] = m
	}
	if n := len(m.seqs); n == 0 || m.seqs[n-1] != seq {
		m.seqs = grow(m.seqs, seq)
	}
	if at, ok := slices.BinarySearch(m.subjects, si); !ok {
		m.subjects = grow(m.subjects, si) // mostly the latest aggregate, so at its place
		copy(m.subjects[at+1:], m.subjects[at:])
		m.subjects[at] = si
	}
}
