package httpapi

import (
	"foedus/ledger"
	"foedus/projections"
)

// UpdateChange is one change of an update as subscribers get it.
type UpdateChange struct {
	Fact *projections.Fact
	JSON []byte // a [Change] document
}

// UpdateChanges renders what an event changes, in the order of
// [projections.World.Update], for any carrier: it is what stands in changes of
// a server-sent event. The World must have applied the event. The names are those of
// the day of each fact as known at the event, so that the answer is the same
// at any later time.
func UpdateChanges(w *projections.World, e *ledger.Entry) []UpdateChange {
	changes := w.Update(e.Seq)
	out := make([]UpdateChange, 0, len(changes))
	var words []byte
	d := newTeller(w, projections.Query{Dataset: e.Aggregate.Dataset, Known: e.Seq})
	for i := range changes {
		words = d.appendSummary(words[:0], &changes[i])
		out = append(out, UpdateChange{&changes[i].Fact, d.appendChange(nil, &changes[i], words)})
	}
	return out
}
