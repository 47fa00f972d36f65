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

// mentionTable finds the mentions in one dataset, by kind and symbol.
type mentionTable [mentionKinds][]*mention

// of returns the mentions of one thing, made on first use.
func (t *mentionTable) of(kind uint8, id sym) *mention {
	if int(id) >= len(t[kind]) {
		t[kind] = append(t[kind], make([]*mention, int(id)+1-len(t[kind]))...)
	}
	if t[kind][id] == nil {
		t[kind][id] = new(mention)
	}
	return t[kind][id]
}

// find returns the mentions of one thing, nil for none.
func (t *mentionTable) find(kind uint8, id sym) *mention {
	if t == nil || int(id) >= len(t[kind]) {
		return nil
	}
	return t[kind][id]
}

const (
	mentionsState uint8 = iota
	mentionsAlliance
	mentionKinds
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
	t := w.mentions[k.dataset]
	if t == nil {
		t = new(mentionTable)
		w.mentions[k.dataset] = t
	}
	m := t.of(k.kind, k.id)
	if n := len(m.seqs); n == 0 || m.seqs[n-1] != seq {
		m.seqs = grow(m.seqs, seq)
	}
	if at, ok := slices.BinarySearch(m.subjects, si); !ok {
		m.subjects = grow(m.subjects, si) // mostly the latest aggregate, so at its place
		copy(m.subjects[at+1:], m.subjects[at:])
		m.subjects[at] = si
	}
}
