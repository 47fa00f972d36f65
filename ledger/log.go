package ledger

import (
	"context"
	"fmt"
	"iter"
	"time"
)

// MaxAppend is the largest number of events in one [Log.Append].
const MaxAppend = 1000

// Encoded is an event in its wire form, checked. [Encode] and [Decoder.Check] make it,
// so that nothing that is not well formed can be appended. The bytes are the
// identity of the content: what is stored, hashed, exported and compared.
// Treat them as read-only.
type Encoded struct {
	ID        EventID
	Aggregate Aggregate
	Type      Type
	Bytes     []byte
}

// Entry is an event at its place in the log.
type Entry struct {
	Seq  Seq
	Time time.Time // when the log acknowledged it; a wall clock, never an order
	// More is set on every entry but the last of one atomic append. A reader
	// that publishes a state should do so only where More is false.
	More bool
	Encoded
}

// Receipt says where an event stands after an append.
type Receipt struct {
	Seq       Seq
	Duplicate bool // it stood there before this append
}

// Expectation is what a writer believes of an aggregate at the moment of its
// append. The zero value is [Any].
type Expectation struct {
	set bool
	seq Seq
}

// Any expects nothing: the append is taken whatever else was written.
func Any() Expectation { return Expectation{} }

// NoneYet expects that the aggregate has no event.
func NoneYet() Expectation { return Expectation{set: true} }

// At expects that the last event of the aggregate is at sequence s.
func At(s Seq) Expectation { return Expectation{set: true, seq: s} }

// Last returns the sequence expected (0 for none yet); ok is false for [Any].
func (e Expectation) Last() (s Seq, ok bool) { return e.seq, e.set }

// String returns a phrase that completes "was expected ...".
func (e Expectation) String() string {
	switch {
	case !e.set:
		return "in any state"
	case e.seq == 0:
		return "to have no event yet"
	}
	return fmt.Sprintf("to end at %d", e.seq)
}

// Log is an append-only sequence of events. Implementations are safe for
// concurrent use. What they MUST do is also what package ledgertest tests.
type Log interface {
	// Append adds events at the end, in the order given.
	//
	// It MUST add all of them or none, with consecutive sequences, and MUST
	// return nil only when they are durable: whatever happens to the process
	// afterwards, they are there. It MUST NOT change its arguments.
	//
	// An event whose id the log holds already with the same bytes MUST NOT be
	// added again, however long ago that was; its receipt has the first
	// sequence and Duplicate set. The same id with other bytes MUST fail with
	// [ErrIDTaken]; nothing is added then.
	//
	// Unless expect is [Any], all events MUST be of one aggregate, and the
	// append MUST fail with [ErrConflict] if the aggregate's last event is not
	// the expected one. If every event is a duplicate, the expectation is not
	// looked at: repeating an append that succeeded succeeds.
	//
	// More than [MaxAppend] events fail with [ErrInvalid]; none is no error. A
	// full store fails with [ErrNoSpace]. If the acknowledgement is lost, Append
	// MUST read back what happened rather than guess; if it cannot, it fails
	// with [ErrUnknownOutcome]. After Close it fails with [ErrClosed].
	Append(ctx context.Context, expect Expectation, events ...Encoded) ([]Receipt, error)

	// Read yields the entries after the sequence given, up to the end of the
	// log as it was when the iteration began, in order and without gaps.
	//
	// A missing or unreadable entry MUST end the iteration with [ErrDamaged],
	// naming the sequence, and MUST NOT be skipped. The bytes of an entry stay
	// valid after the iteration.
	Read(ctx context.Context, after Seq) iter.Seq2[Entry, error]

	// Follow is Read without an end: it waits for what is appended next. It
	// ends with the context's error, [ErrClosed] or [ErrDamaged].
	Follow(ctx context.Context, after Seq) iter.Seq2[Entry, error]

	// Get returns the entries at the sequences given, in that order. It fails
	// with [ErrNotFound] for a sequence beyond the head, [ErrDamaged] for one
	// below it that is missing.
	Get(ctx context.Context, seqs ...Seq) ([]Entry, error)

	// Find returns the sequence of the event with this id, or [ErrNotFound].
	Find(ctx context.Context, id EventID) (Seq, error)

	// Head returns the last sequence, 0 if the log is empty.
	Head(ctx context.Context) (Seq, error)

	// Close releases the log. Everything acknowledged stays. Closing twice is
	// no error.
	Close() error
}
