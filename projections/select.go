package projections

import (
	"slices"

	"foedus/ledger"
)

// Selection says which events of the log are meant. The zero value means all.
type Selection struct {
	Dataset  ledger.DatasetID  // "" for every dataset
	Alliance ledger.AllianceID // about it, or mentioning it
	State    ledger.StateID    // about it, or mentioning it
	Type     ledger.Type       // as it stands in the log: a correction is record.corrected
}

// Select returns the sequences of the events selected after a sequence, up to
// known and at most limit of them, ascending; all of them if limit is 0. The
// caller owns the slice. O(events looked at); with an alliance or a state only
// the events that mention it are.
func (w *World) Select(sel Selection, after, known ledger.Seq, limit int) (out []ledger.Seq) {
	known = min(known, w.Head())
	if after >= known {
		return nil
	}
	matches := w.matcher(sel)
	if sel.Alliance == "" && sel.State == "" {
		for seq := after + 1; seq <= known && (limit == 0 || len(out) < limit); seq++ {
			if matches(uint32(seq)) {
				out = append(out, seq)
			}
		}
		return out
	}
	for _, seq := range w.mentionsOf(sel) {
		if ledger.Seq(seq) > after && ledger.Seq(seq) <= known && matches(seq) {
			if out = append(out, ledger.Seq(seq)); len(out) == limit {
				break
			}
		}
	}
	return out
}

// matcher returns the part of a selection that the event table answers.
func (w *World) matcher(sel Selection) func(seq uint32) bool {
	dataset, known := w.sym.find(string(sel.Dataset))
	typ, typed := w.types[sel.Type]
	return func(seq uint32) bool {
		m := w.meta.at(seq)
		return (sel.Dataset == "" || known && w.subjects[m.subject].dataset == dataset) &&
			(sel.Type == "" || typed && m.typ() == typ)
	}
}

// mentionsOf lists the events that mention the alliance and the state of a
// selection, in every dataset that it allows.
func (w *World) mentionsOf(sel Selection) (out []uint32) {
	datasets := []string{string(sel.Dataset)}
	if sel.Dataset == "" {
		datasets = w.Datasets()
	}
	for _, d := range datasets {
		var found [][]uint32
		for _, m := range [...]struct {
			kind uint8
			id   string
		}{{mentionsAlliance, string(sel.Alliance)}, {mentionsState, string(sel.State)}} {
			if m.id == "" {
				continue
			}
			var seqs []uint32
			if in := w.mentionOf(ledger.DatasetID(d), m.kind, m.id); in != nil {
				seqs = in.seqs
			}
			found = append(found, seqs)
		}
		out = append(out, intersect(found)...)
	}
	slices.Sort(out)
	return out
}

// intersect returns what stands in every list; the lists are ascending.
func intersect(lists [][]uint32) []uint32 {
	if len(lists) == 1 {
		return lists[0]
	}
	return slices.DeleteFunc(slices.Clone(lists[0]), func(seq uint32) bool {
		_, ok := slices.BinarySearch(lists[1], seq)
		return !ok
	})
}
