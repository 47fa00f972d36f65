package httpapi

import (
	"fmt"

	"foedus/ledger"
	"foedus/projections"
)

// snapshotPart is about how many bytes of facts go out together.
const snapshotPart = 32 << 10

// sendSnapshot sends every fact of the topic that is known at the sequence at
// which the subscription starts, whatever is appended meanwhile. Only the last
// part has an id: who loses the connection before it begins anew.
func (b *subscriber) sendSnapshot() error {
	f := b.topic.filter
	q := projections.Query{Dataset: ledger.DatasetID(f.dataset), Known: b.after}
	var facts []byte
	for _, kind := range ledger.Kinds() {
		var ids []string
		b.s.view(func(w *projections.World) { ids = w.List(q.Dataset, ledger.Kind(kind), q.Known) })
		for _, id := range ids {
			b.s.view(func(w *projections.World) {
				facts = f.facts(facts, w, q, ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.Kind(kind), ID: id})
			})
			if len(facts) < snapshotPart {
				continue
			}
			if err := b.writeSnapshot(facts, false); err != nil {
				return err
			}
			facts = facts[:0]
		}
	}
	return b.writeSnapshot(facts, true)
}

// facts appends the facts of an aggregate that the filter wants, a comma before
// each but the first.
func (f filter) facts(b []byte, w *projections.World, q projections.Query, a ledger.Aggregate) []byte {
	d := newTeller(w, q)
	w.FactsOf(q, a, func(fact projections.Fact) {
		c := renderedChange{kind: fact.Kind}
		if c.concerns(&fact); !f.wants(&c) {
			return
		}
		if len(b) > 0 {
			b = append(b, ',')
		}
		b = d.appendFact(b, &fact)
	})
	return b
}

func (b *subscriber) writeSnapshot(facts []byte, last bool) error {
	frame := []byte("event: snapshot\n")
	if last {
		frame = fmt.Appendf(frame, "id: %d\n", b.after)
	}
	frame = fmt.Appendf(frame, "data: {\"seq\":%d,\"last\":%t,\"facts\":[%s]}\n\n", b.after, last, facts)
	_, err := b.w.Write(frame)
	return err
}
