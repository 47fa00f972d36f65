package projections

import (
	"fmt"
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
	mentions  map[sym]*mentionTable // by dataset
	codes     map[codeKey][]uint32  // subjects that ever had the code
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
	stamps        []uint32 // by key: the stamp of the event that marked it last
	stamp         uint32
	frame         []frameStep
	names         []ledger.Mention
}

// room is where an aggregate is looked for: its id is unique there.
type room struct {
	dataset ledger.DatasetID
	kind    ledger.Kind
}

type codeKey struct{ scheme, code sym }

// New returns an empty World.
func New() *World {
	w := &World{
		sym:       newSymbols(),
		index:     make(map[room]map[string]*subject),
		mentions:  make(map[sym]*mentionTable),
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

// pin is a state of knowledge as the table counts it: what lies beyond the head
// is the head.
func (w *World) pin(known ledger.Seq) uint32 { return uint32(min(known, w.Head())) }

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
	meta := eventMeta{id: e.ID, atHi: uint32(at >> 32), atLo: uint32(at), subject: si}
	meta.happened(when, w.types[e.Payload.Type()])
	w.meta.add(meta)
	w.ids.add(&w.meta, n)
	w.mention(si, n, e)
	w.unmark()
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

// mark notes that a key is to be resolved, once. O(1), because an event that
// moves the frame of a large alliance marks all of its keys.
func (w *World) mark(key uint32) {
	if n := len(w.stamps); int(key) >= n {
		w.stamps = append(w.stamps, make([]uint32, int(key)+1-n)...)
	}
	if w.stamps[key] != w.stamp {
		w.stamps[key] = w.stamp
		w.marked = append(w.marked, key)
	}
}

// unmark forgets the marks of the last event.
func (w *World) unmark() {
	w.marked = w.marked[:0]
	w.stamp++
	if w.stamp == 0 { // it went round
		clear(w.stamps)
		w.stamp = 1
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
		if !w.beside(s, key, entry || end) {
			w.resolve(s, key, seq)
		}
	}
}

// beside reports whether the event being applied did nothing to the status of
// its instrument: it is one more signature, and the frame is what it was. So
// the signatures of a treaty of many are not folded again for each of them.
func (w *World) beside(s *subject, key uint32, framed bool) bool {
	k := &s.keys[key]
	if framed || k.kind != kStatus || s.records != nil {
		return false
	}
	last := &s.items[k.items-1]
	return last.next != 0 && last.op == opSigned && last.rare == 0 && !slices.ContainsFunc(s.frame, func(f frameStep) bool {
		return f.op == opOver || f.public != ledger.NoBefore
	})
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
