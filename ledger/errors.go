package ledger

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Errors of reading and checking what a user wrote. They are found before
// anything reaches a log.
var (
	// ErrDate: a text is no date, or an interval ends before it begins.
	ErrDate = errors.New("bad date")
	// ErrInvalid: an event is not well formed. The error in the chain is an
	// [*InvalidError], which names the fields.
	ErrInvalid = errors.New("invalid event")
	// ErrUnknownType: an event type, or a version of one, that this program
	// does not know.
	ErrUnknownType = errors.New("unknown event type")
)

// Errors of appending.
var (
	// ErrConflict: the expectation of an append did not hold, because another
	// writer was first. The error in the chain is a [*ConflictError]. Read the
	// aggregate again, decide again, append again.
	ErrConflict = errors.New("conflict")
	// ErrIDTaken: the log holds an event with this id and other bytes. The
	// error in the chain is an [*IDTakenError].
	ErrIDTaken = errors.New("id taken")
	// ErrUnknownOutcome: the acknowledgement was lost and the log could not be
	// read back. Appending the very same events again is safe.
	ErrUnknownOutcome = errors.New("unknown outcome")
	// ErrNoSpace: the store is full. Nothing of the append was kept.
	ErrNoSpace = errors.New("no space left in the store")
)

// Errors of opening and reading a log.
var (
	// ErrLocked: another process has the store open for writing.
	ErrLocked = errors.New("store is open in another process")
	// ErrNotFound: no entry has this sequence or id.
	ErrNotFound = errors.New("not found")
	// ErrDamaged: the log does not hold what it acknowledged. The error in the
	// chain is a [*DamageError].
	ErrDamaged = errors.New("log is damaged")
	// ErrClosed: the log was closed.
	ErrClosed = errors.New("log is closed")
)

// FieldError is one thing that is wrong with one field.
type FieldError struct {
	Field string // path, for example "citations[0].grade"
	Value string // what was given, "" if it is missing
	Why   string // what is wrong and what to write instead
}

// Error implements error.
func (e FieldError) Error() string {
	if e.Value == "" {
		return e.Field + ": " + e.Why
	}
	return fmt.Sprintf("%s: %q: %s", e.Field, clip(e.Value), e.Why)
}

// InvalidError lists everything that is wrong with one event, up to a hundred
// fields.
type InvalidError struct {
	Fields []FieldError
}

// Error implements error: one line that names each field.
func (e *InvalidError) Error() string {
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Error()
	}
	return strings.Join(parts, "; ")
}

// Unwrap makes errors.Is(err, ErrInvalid) hold.
func (e *InvalidError) Unwrap() error { return ErrInvalid }

// ConflictError says what an append expected of an aggregate and what it found.
type ConflictError struct {
	Aggregate Aggregate
	Expected  Expectation
	Last      Seq // last sequence of the aggregate; 0 if the server did not say
}

// Error implements error.
func (e *ConflictError) Error() string {
	found := "another writer was first"
	if e.Last != 0 {
		found = fmt.Sprintf("its last event is %d", e.Last)
	}
	return fmt.Sprintf("conflict: %s was expected %s, but %s; read it again and decide anew",
		e.Aggregate, e.Expected, found)
}

// Unwrap makes errors.Is(err, ErrConflict) hold.
func (e *ConflictError) Unwrap() error { return ErrConflict }

// IDTakenError names the entry that has the id already.
type IDTakenError struct {
	ID  EventID
	Seq Seq // where the other content stands; 0 within one append
}

// Error implements error.
func (e *IDTakenError) Error() string {
	if e.Seq == 0 {
		return fmt.Sprintf("id taken: %s stands twice in one append; give each event its own id", e.ID)
	}
	return fmt.Sprintf("id taken: %s is at sequence %d with other content; to change a record append record.corrected", e.ID, e.Seq)
}

// Unwrap makes errors.Is(err, ErrIDTaken) hold.
func (e *IDTakenError) Unwrap() error { return ErrIDTaken }

// DamageError names the first sequence that is missing or unreadable.
type DamageError struct {
	Missing Seq
	Detail  string
}

// Error implements error.
func (e *DamageError) Error() string {
	return fmt.Sprintf("log is damaged: sequence %d is missing or unreadable (%s); stop writing and restore from a backup", e.Missing, e.Detail)
}

// Unwrap makes errors.Is(err, ErrDamaged) hold.
func (e *DamageError) Unwrap() error { return ErrDamaged }

// clip shortens what somebody wrote so that it fits into a message.
func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	cut := most - len("...")
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "..."
}
