package projections

import (
	"cmp"
	"slices"
	"sort"

	"foedus/ledger"
)

// Told is a place in a timeline: a record in the version that stands.
type Told struct {
	Root    ledger.Seq // the event that began the record
	Version ledger.Seq // the event that says what it says now: Root, or a correction
	From    ledger.Date
	To      ledger.Date // the days between which it was done
	Type    ledger.Type // of the version; for a correction, record.corrected
}

// AllianceTimeline returns the records about an alliance, and those elsewhere
// that mention it or go on with what does (the ruling on an invocation, the end
// of an operation), in historical order, as known at known. O(n log n) in the
// events that it returns, and for each that was corrected or retracted the
// ledger events about it, if some of those came after known; O(events) where the
// alliance was invoked.
func (w *World) AllianceTimeline(dataset ledger.DatasetID, id ledger.AllianceID, known ledger.Seq) []Told {
	return w.timeline(w.sequels(w.mentionOf(dataset, mentionsAlliance, string(id)), w.pin(known)), known)
}

// sequels adds to a mention the events of crises that say more of an invocation
// or an operation that it has, and name the alliance no more.
func (w *World) sequels(m *mention, known uint32) *mention {
	if m == nil {
		return nil
	}
	type place struct{ subject, key uint32 }
	begun := make(map[place]bool)
	for _, seq := range m.seqs {
		if seq > known {
			break
		}
		meta := w.meta.at(seq)
		s := w.subjects[meta.subject]
		if s.aggregate.Kind != ledger.KindCrisis || meta.key == 0 {
			continue
		}
		if k := s.keys[meta.key-1].kind; k == kInvocation || k == kOperation {
			begun[place{meta.subject, meta.key}] = true
		}
	}
	if len(begun) == 0 {
		return m
	}
	out := &mention{seqs: slices.Clone(m.seqs)}
	for seq := uint32(1); seq <= known; seq++ {
		if meta := w.meta.at(seq); begun[place{meta.subject, meta.key}] {
			out.seqs = append(out.seqs, seq)
			s := w.subjects[meta.subject]
			if s.records == nil {
				continue
			}
			if g := s.records.group(seq); g != nil {
				for _, v := range g.versions {
					out.seqs = append(out.seqs, v.seq)
				}
			}
		}
	}
	slices.Sort(out.seqs)
	out.seqs = slices.Compact(out.seqs)
	return out
}

// StateTimeline returns the records about a state, and those elsewhere that
// mention it, in historical order, as known at known.
func (w *World) StateTimeline(dataset ledger.DatasetID, id ledger.StateID, known ledger.Seq) []Told {
	return w.timeline(w.mentionOf(dataset, mentionsState, string(id)), known)
}

func (w *World) timeline(m *mention, known ledger.Seq) []Told {
	if m == nil {
		return nil
	}
	types := ledger.Types()
	var out []Told
	for _, seq := range m.seqs {
		if ledger.Seq(seq) > known {
			break
		}
		if root, stands := w.stands(seq, w.pin(known)); stands {
			meta := w.meta.at(seq)
			from, to := meta.bounds()
			out = append(out, Told{ledger.Seq(root), ledger.Seq(seq), from, to, types[meta.typ()]})
		}
	}
	slices.SortStableFunc(out, func(a, b Told) int {
		return cmp.Or(cmp.Compare(a.undated(), b.undated()), cmpDay(a.From, b.From), cmpDay(a.To, b.To), cmp.Compare(a.Root, b.Root))
	})
	return out
}

// undated is 1 for what has no date, so that it comes behind history.
func (t *Told) undated() int {
	if t.From == ledger.NoBefore && t.To == ledger.NoAfter {
		return 1
	}
	return 0
}

// stands reports whether the event at seq is what its record says at known.
func (w *World) stands(seq, known uint32) (root uint32, ok bool) {
	s := w.subjects[w.meta.at(seq).subject]
	root = s.rootOf(seq)
	if s.records == nil {
		return root, true
	}
	if w.isAstray(s, seq) {
		return root, false
	}
	g := s.records.group(root)
	if g == nil {
		return root, true
	}
	v := g.current
	if n := len(g.ops); n > 0 && g.ops[n-1].seq > known {
		v = g.standing(known)
	}
	return root, v >= 0 && g.versions[v].seq == seq
}

// Find returns the sequence of an event, if it is among the first known.
func (w *World) Find(id ledger.EventID, known ledger.Seq) (ledger.Seq, bool) {
	seq, ok := w.ids.find(&w.meta, id)
	return ledger.Seq(seq), ok && ledger.Seq(seq) <= known
}

// ID returns the id of the event at a sequence from 1 to [World.Head].
func (w *World) ID(seq ledger.Seq) ledger.EventID { return w.meta.at(uint32(seq)).id }

// Time returns when the log acknowledged the event at seq, in nanoseconds since
// 1970, never decreasing; 0 for seq 0.
func (w *World) Time(seq ledger.Seq) int64 {
	if seq == 0 {
		return 0
	}
	return w.meta.at(uint32(seq)).time()
}

// KnownAt translates a clock time into a sequence: the last event that the log
// had acknowledged by then. O(log n).
func (w *World) KnownAt(at int64) ledger.Seq {
	return ledger.Seq(sort.Search(w.meta.n, func(i int) bool { return w.meta.at(uint32(i+1)).time() > at }))
}

// Last returns the sequence of the last event about an aggregate, 0 for none:
// what a writer states as its expectation.
func (w *World) Last(a ledger.Aggregate) ledger.Seq {
	if s := w.lookup(a); s != nil {
		return ledger.Seq(s.last)
	}
	return 0
}
