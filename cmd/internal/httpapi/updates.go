package httpapi

import (
	"encoding/json"
	"fmt"

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
func UpdateChanges(w *projections.World, e *ledger.Entry) ([]UpdateChange, error) {
	changes := w.Update(e.Seq)
	out := make([]UpdateChange, 0, len(changes))
	d := newTeller(w, projections.Query{Dataset: e.Aggregate.Dataset, Known: e.Seq})
	for i := range changes {
		f := &changes[i].Fact
		if on := f.Span.SinceLatest; on.Finite() {
			d.q.On = on
		}
		fact := d.fact(f)
		fact.Certainty = certaintyEver(f.Span)
		b, err := json.Marshal(Change{changes[i].Op, d.changed(changes[i]), fact})
		if err != nil {
			return nil, fmt.Errorf("render the update %d: %w", e.Seq, err)
		}
		out = append(out, UpdateChange{f, b})
	}
	return out, nil
}
