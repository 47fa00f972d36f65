package ingest

import (
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	"foedus/ledger"
)

// Holdings is what the log holds of one dataset, as far as an importer cares:
// the records, by aggregate and key, and what each of them says now. Events
// without a key are left out, and so is what corrects or retracts them.
//
// The zero value is empty and ready. It is not safe for concurrent use.
type Holdings struct {
	dataset ledger.DatasetID
	records []*held
	byName  map[name]*held
	byID    map[ledger.EventID]*held // the root and every event that touched it
}

// name is what identifies a record.
type name struct {
	aggregate ledger.Aggregate
	key       string
}

// held is a record in the log.
type held struct {
	name
	seq  ledger.Seq // of the event that began it
	id   ledger.EventID
	last ledger.EventID // the last event that touched it
	hash hash           // of what the first event says
	at   time.Time      // its historical moment, which no correction changes
	ops  []op           // what touched it, in log order
	twin bool           // an earlier event has the same key
}

// op is a correction, a retraction or a merger of a record.
type op struct {
	id, target ledger.EventID
	corrects   bool
	hash       hash // of the replacement
}

// hash identifies what an event says.
type hash [16]byte

// Add tells of the event at seq. Events must come in log order; those of other
// datasets than the first one's are ignored. It fails with [ledger.ErrInvalid]
// if e cannot be encoded, which no event out of a log does. It keeps nothing of
// e but strings.
func (h *Holdings) Add(seq ledger.Seq, e *ledger.Event) error {
	if h.dataset == "" {
		h.dataset = e.Aggregate.Dataset
		h.byName = make(map[name]*held)
		h.byID = make(map[ledger.EventID]*held)
	}
	if e.Aggregate.Dataset != h.dataset {
		return nil
	}
	switch p := any(e.Payload).(type) { // all others begin a record
	case *ledger.RecordCorrected:
		sum, err := hashOf(e.Aggregate, &p.Replacement.Content)
		if err != nil {
			return err
		}
		h.touch(e, op{e.ID, p.Target, true, sum})
	case *ledger.RecordRetracted:
		h.touch(e, op{id: e.ID, target: p.Target})
	case *ledger.RecordMerged:
		h.touch(e, op{id: e.ID, target: p.Target})
	default:
		return h.begin(seq, e)
	}
	return nil
}

// begin takes note of a new record.
func (h *Holdings) begin(seq ledger.Seq, e *ledger.Event) error {
	if e.Key == "" {
		return nil
	}
	sum, err := hashOf(e.Aggregate, &e.Content)
	if err != nil {
		return err
	}
	r := &held{name: name{e.Aggregate, e.Key}, seq: seq, id: e.ID, last: e.ID, hash: sum, at: e.Instant}
	h.records = append(h.records, r)
	h.byID[e.ID] = r
	if h.byName[r.name] != nil {
		r.twin = true
	} else {
		h.byName[r.name] = r
	}
	return nil
}

// touch takes note of a ledger event. One whose target is not an earlier event
// of the same aggregate touches nothing, as in package projections.
func (h *Holdings) touch(e *ledger.Event, o op) {
	r := h.byID[o.target]
	if r == nil || r.aggregate != e.Aggregate {
		return
	}
	r.ops = append(r.ops, o)
	r.last = e.ID
	h.byID[e.ID] = r
}

// standing returns what the record says now; ok is false if it stands no longer.
// The rule is that of package projections: an op counts unless a later one that
// counts takes it back, and the latest correction that counts is what stands.
func (r *held) standing() (says hash, ok bool) {
	says = r.hash
	undone, corrected := make([]ledger.EventID, 0, 8), false
	for _, o := range slices.Backward(r.ops) {
		switch {
		case slices.Contains(undone, o.id):
		case !o.corrects:
			undone = append(undone, o.target)
		case !corrected:
			says, corrected = o.hash, true
		}
	}
	return says, !slices.Contains(undone, r.id)
}

// retraction returns the latest op that counts and takes the whole record back.
func (r *held) retraction() (id ledger.EventID, ok bool) {
	var undone []ledger.EventID
	for _, o := range slices.Backward(r.ops) {
		if o.corrects || slices.Contains(undone, o.id) {
			continue
		}
		if o.target == r.id {
			return o.id, true
		}
		undone = append(undone, o.target)
	}
	return ledger.EventID{}, false
}

// hashOf hashes the canonical form of what an event on a says. When it was
// recorded and by which id does not count.
func hashOf(a ledger.Aggregate, c *ledger.Content) (hash, error) {
	e := ledger.Event{ID: ledger.EventID{1}, Aggregate: a, Recorded: time.Unix(0, 0), Content: *c}
	enc, err := ledger.Encode(&e)
	if err != nil {
		return hash{}, err
	}
	sum := sha256.Sum256(enc.Bytes)
	return hash(sum[:len(hash{})]), nil
}

// fieldsOf returns the fields that err names, nil if it names none.
func fieldsOf(err error) []ledger.FieldError {
	var bad *ledger.InvalidError
	if !errors.As(err, &bad) {
		return nil
	}
	return bad.Fields
}
