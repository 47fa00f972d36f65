package projections

import (
	"cmp"
	"slices"

	"foedus/ledger"
)

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
			if first.seq == 0 || cmp.Or(cmpDay(it.doneLo, first.doneLo), cmpDay(it.doneHi, first.doneHi), cmp.Compare(it.seq, first.seq)) < 0 {
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
