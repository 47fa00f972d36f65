package projections

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"

	"foedus/ledger"
)

// World is the table of facts that follow from the first [World.Head] events
// of a log. The zero value is not ready; see [New]. It has one writer, and no
// reader may run beside it.
type World struct {
	sym       symbols
	subjects  []*subject
	index     map[room]map[string]*subject // by id
	meta      eventTable
	ids       idIndex
	mentions  map[uint64]*mention  // by mentionKey.pack
	codes     map[codeKey][]uint32 // subjects that ever had the code
	clips     []clip
	rareItems []rareItem
	clipIdx   map[clip]uint32
	types     map[ledger.Type]uint8
	kinds     []FactKind
	multi     map[uint32][]uint32 // keys of events that say something of several facts

	// Buffers of one Apply.
	folder        folder
	cutoffs       []day
	contributions []contribution
	marked        []uint32
	disputed      []uint32
	frame         []frameStep
	names         []ledger.Mention
}

// room is where an aggregate is looked for: its id is unique there.
type room struct {
	dataset ledger.DatasetID
	kind    ledger.Kind
}

// eventMeta is what the World keeps of an event beside its facts: 44 bytes.
type eventMeta struct {
	id         ledger.EventID
	atHi, atLo uint32 // nanoseconds since 1970, when the log acknowledged it; never decreasing
	subject    uint32
	key        uint32 // the first fact that it says something of, plus one; 0 for none
	lo, hi     day    // when it was done
	typ        uint8
}

func (m *eventMeta) time() int64 { return int64(m.atHi)<<32 | int64(m.atLo) }

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
	mentionsSource
)

// mention is where a state or an alliance is referred to.
type mention struct {
	seqs     []uint32 // of events, ascending
	subjects []uint32 // aggregates with a fact about it, each once
}

type codeKey struct{ scheme, code sym }

// New returns an empty World.
func New() *World {
	w := &World{
		sym:       newSymbols(),
		index:     make(map[room]map[string]*subject),
		mentions:  make(map[uint64]*mention),
		codes:     make(map[codeKey][]uint32),
		clips:     []clip{{}},
		rareItems: []rareItem{{}},
		clipIdx:   make(map[clip]uint32),
		types:     make(map[ledger.Type]uint8),
		kinds:     factKinds(),
		multi:     make(map[uint32][]uint32),
	}
	w.folder.w = w
	for _, s := range statuses() {
		w.sym.of(s)
	}
	for i, t := range ledger.Types() {
		w.types[t] = uint8(i)
	}
	return w
}

// Head returns the sequence of the last event applied, 0 for none.
func (w *World) Head() ledger.Seq { return ledger.Seq(w.meta.n) }

// Apply adds the event at the next sequence. at is when the log acknowledged
// it, in nanoseconds since 1970. It fails with [ledger.ErrDamaged] if seq is not
// the one that follows [World.Head]. The cost is that of resolving the facts
// that the event can touch; an event that moves the frame of an alliance (its
// entry into force, its end) touches all of that alliance's.
//
// What is odd about an event (a withdrawal without a membership, a correction
// of something that is not there) is no error: see [World.Findings]. The World
// keeps pointers into e's payload; the caller must not change it afterwards.
func (w *World) Apply(seq ledger.Seq, at int64, e *ledger.Event) error {
	if seq != w.Head()+1 {
		return &ledger.DamageError{Missing: w.Head() + 1, Detail: fmt.Sprintf("the next event is %d", seq)}
	}
	si := w.subjectOf(e.Aggregate)
	s := w.subjects[si]
	n := uint32(seq)
	content := &e.Content
	if c, ok := e.Payload.(*ledger.RecordCorrected); ok {
		content = &c.Replacement.Content
	}
	when := content.DoneOn
	if when.IsZero() {
		when = content.EffectiveOn
	}
	if n > 1 {
		at = max(at, w.meta.at(n-1).time())
	}
	w.meta.add(eventMeta{
		id: e.ID, atHi: uint32(at >> 32), atLo: uint32(at), subject: si, lo: when.Earliest(), hi: when.Latest(), typ: w.types[e.Payload.Type()],
	})
	w.ids.add(&w.meta, n)
	w.mention(si, n, e)
	w.marked, w.disputed = w.marked[:0], w.disputed[:0]
	switch p := e.Payload.(type) {
	case *ledger.RecordCorrected:
		w.touch(s, n, p.Target, &p.Replacement.Content)
	case *ledger.RecordRetracted:
		w.touch(s, n, p.Target, nil)
	case *ledger.RecordMerged:
		w.touch(s, n, p.Target, nil)
	default:
		w.record(s, n, e)
	}
	if s.first == 0 {
		s.first = n
	}
	s.last = n
	w.settle(s, n)
	return nil
}

// record adds what a new event says.
func (w *World) record(s *subject, seq uint32, e *ledger.Event) {
	w.contributions = w.contribute(s, seq, &e.Content, w.contributions)
	var keys []uint32
	for i, c := range w.contributions {
		key := w.insert(s, c)
		if i == 0 {
			w.meta.at(seq).key = key + 1
		} else if c.key.kind != kStatus && c.key.kind != kName {
			keys = append(keys, key)
		}
	}
	if keys != nil {
		w.multi[seq] = keys
	}
	if s.records == nil {
		return
	}
	for _, d := range s.records.disputes {
		if d.applies && d.about == e.ID {
			w.restateAbout(s, d)
		}
	}
}

// keysOf lists the keys that the event at seq says something of.
func (w *World) keysOf(s *subject, seq uint32) []uint32 {
	keys := slices.Clone(w.multi[seq])
	if k := w.meta.at(seq).key; k > 0 {
		keys = append(keys, k-1)
	}
	for _, k := range [...]uint8{kStatus, kName} {
		if i, ok := s.find(factKey{kind: k}); ok {
			keys = append(keys, i)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// insert adds one item and marks its key.
func (w *World) insert(s *subject, c contribution) (key uint32) {
	key = s.keyOf(c.key)
	s.addItem(key, w.pack(&c.item))
	w.mark(key)
	return key
}

func (w *World) mark(key uint32) {
	if !slices.Contains(w.marked, key) {
		w.marked = append(w.marked, key)
	}
}

// settle resolves every marked key. Disputes come first, because they move the
// dates of other records; then the frame, because it touches every key.
func (w *World) settle(s *subject, seq uint32) {
	for i := 0; i < len(w.marked); i++ { // grows while disputes restate records
		if k := &s.keys[w.marked[i]]; k.kind == kDispute {
			w.redispute(s, k)
		}
	}
	entry, end := w.reframe(s)
	for key := range s.keys {
		if end || entry && s.keys[key].awaitsEntry() {
			w.mark(uint32(key))
		}
	}
	for _, key := range w.marked {
		w.resolve(s, key, seq)
	}
}

// awaitsEntry reports whether the entry into force of the instrument can date
// the fact; its end dates every fact.
func (k *keyState) awaitsEntry() bool { return k.kind == kParty || k.kind == kClause }

// reframe works out the frame of an aggregate again and reports what changed:
// its beginnings, its ends.
func (w *World) reframe(s *subject) (entry, end bool) {
	status, ok := s.find(factKey{kind: kStatus})
	if !ok || !slices.Contains(w.marked, status) {
		return false, false
	}
	w.frame = w.frame[:0]
	var first item // seq 0: none
	secret := false
	k := &s.keys[status]
	w.eachItem(s, k, func(it item) {
		switch it.op {
		case opInForce, opOver:
			w.frame = append(w.frame, it)
		case opSigned:
			secret = secret || it.public != ledger.NoBefore
			if first.seq == 0 || it.doneLo < first.doneLo || it.doneLo == first.doneLo && it.doneHi < first.doneHi {
				first = it
			}
		}
	})
	if first.seq != 0 && !secret {
		w.frame = append(w.frame, first)
	}
	if secret {
		w.eachItem(s, k, func(it item) {
			if it.op == opSigned {
				w.frame = append(w.frame, it)
			}
		})
	}
	if slices.Equal(w.frame, s.frame) {
		return false, false
	}
	end = !slices.Equal(ends(w.frame), ends(s.frame))
	s.frame = slices.Clone(w.frame)
	return true, end
}

// ends returns the steps of a frame that end it.
func ends(frame []frameStep) (out []frameStep) {
	for _, f := range frame {
		if f.op == opOver {
			out = append(out, f)
		}
	}
	return out
}

func (w *World) subjectOf(a ledger.Aggregate) uint32 {
	if s := w.lookup(a); s != nil {
		return s.number
	}
	i := uint32(len(w.subjects))
	s := &subject{number: i, dataset: w.sym.of(string(a.Dataset)), id: w.sym.of(a.ID)}
	s.aggregate = ledger.Aggregate{Dataset: ledger.DatasetID(w.sym.text[s.dataset]), Kind: w.kindOf(a.Kind), ID: w.sym.text[s.id]}
	w.subjects = append(w.subjects, s)
	r := room{s.aggregate.Dataset, s.aggregate.Kind}
	if w.index[r] == nil {
		w.index[r] = make(map[string]*subject)
	}
	w.index[r][s.aggregate.ID] = s
	return i
}

// kindOf returns the constant that k equals, so that no event's text is kept.
func (w *World) kindOf(k ledger.Kind) ledger.Kind {
	return ledger.Kind(w.sym.text[w.sym.of(string(k))])
}

// lookup returns an aggregate, nil if no event is about it.
func (w *World) lookup(a ledger.Aggregate) *subject {
	return w.index[room{a.Dataset, a.Kind}][a.ID]
}

// detail keeps a payload that facts show and returns its reference.
func (s *subject) detail(p any) uint32 {
	s.details = grow(s.details, p)
	return uint32(len(s.details))
}

// detailOf returns the payload that a reference stands for, nil for none.
func (s *subject) detailOf(ref uint32) any {
	if ref == 0 {
		return nil
	}
	return s.details[ref-1]
}

// coded remembers that the aggregate of the event being applied has a code.
func (w *World) coded(scheme, code sym) {
	key := codeKey{scheme, code}
	si := w.meta.at(uint32(w.meta.n)).subject
	if !slices.Contains(w.codes[key], si) {
		w.codes[key] = append(w.codes[key], si)
	}
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
	if n := len(m.subjects); n == 0 || m.subjects[n-1] != si && !slices.Contains(m.subjects, si) {
		m.subjects = grow(m.subjects, si)
	}
}

// idIndex finds the sequence of an id: open addressing over sequences, the ids
// themselves stand in the event table. About 6 bytes an event.
type idIndex struct {
	slots []uint32
	n     int
}

func (x *idIndex) add(meta *eventTable, seq uint32) {
	if 4*(x.n+1) > 3*len(x.slots) {
		x.grow(meta)
	}
	x.put(meta, seq)
	x.n++
}

func (x *idIndex) grow(meta *eventTable) {
	old := x.slots
	x.slots = make([]uint32, max(64, 2*len(old)))
	for _, seq := range old {
		if seq != 0 {
			x.put(meta, seq)
		}
	}
}

// put keeps the first sequence of an id.
func (x *idIndex) put(meta *eventTable, seq uint32) {
	id := &meta.at(seq).id
	mask := uint32(len(x.slots) - 1)
	for i := hashID(id) & mask; ; i = (i + 1) & mask {
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
	mask := uint32(len(x.slots) - 1)
	for i := hashID(&id) & mask; x.slots[i] != 0; i = (i + 1) & mask {
		if meta.at(x.slots[i]).id == id {
			return x.slots[i], true
		}
	}
	return 0, false
}

// hashID mixes all 16 bytes, because ids that a program made in a row may
// differ in the last byte only.
func hashID(id *ledger.EventID) uint32 {
	h := binary.LittleEndian.Uint64(id[:8]) ^ bits.RotateLeft64(binary.LittleEndian.Uint64(id[8:]), 29)
	h *= 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio
	return uint32(h>>32) ^ uint32(h>>12)
}
