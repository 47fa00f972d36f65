package ledger

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/oklog/ulid/v2"
)

// The identifiers of the domain: lower-case words joined by hyphens, at most
// [MaxName] bytes, stable for ever.
type (
	// AllianceID names an alliance, a treaty or an arrangement: "nato".
	AllianceID string
	// StateID names a country: "soviet-union". A state is always a country.
	StateID string
	// CrisisID names a crisis: "july-1914".
	CrisisID string
	// ClauseID names a clause inside its alliance: "art-5".
	ClauseID string
	// DatasetID names a body of events with one provenance: "core".
	DatasetID string
	// SourceID names a source that citations refer to.
	SourceID string
	// Name is any other short identifier: of an organ, a place, a protocol, an
	// operation, a dispute, a reservation.
	Name string
)

// MaxName is the longest identifier, in bytes. A NATS subject that joins the
// longest ones stays far below the server's limit.
const MaxName = 64

// Core is the dataset of the curated history that ships with the program.
const Core DatasetID = "core"

// Seq is the position of an event in the log, from 1, without gaps. It is the
// only axis of knowledge. 0 is "before the first event".
type Seq uint64

// ParseSeq reads a decimal sequence number.
func ParseSeq(s string) (Seq, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a sequence number; write a whole number, 0 or more", s)
	}
	return Seq(n), nil
}

// EventID is the identity of an event: a ULID.
type EventID ulid.ULID

// ParseEventID reads 26 characters of Crockford's base 32.
func ParseEventID(s string) (EventID, error) {
	id, ok := parseEventID(s)
	if !ok {
		return EventID{}, fmt.Errorf("%q is not an event id; write a ULID, 26 letters and digits", clip(s))
	}
	return id, nil
}

// parseEventID is ParseEventID without the message, so that s can stay where it
// is.
func parseEventID(s string) (EventID, bool) {
	id, err := ulid.ParseStrict(s)
	return EventID(id), err == nil
}

// String returns the 26 characters.
func (id EventID) String() string { return string(id.append(make([]byte, 0, ulid.EncodedSize))) }

func (id EventID) append(b []byte) []byte {
	b = append(b, make([]byte, ulid.EncodedSize)...)
	// The one error there is means a wrong size.
	_ = ulid.ULID(id).MarshalTextTo(b[len(b)-ulid.EncodedSize:])
	return b
}

// IsZero reports whether no id is set.
func (id EventID) IsZero() bool { return id == EventID{} }

// AppendText implements [encoding.TextAppender].
func (id EventID) AppendText(b []byte) ([]byte, error) { return id.append(b), nil }

// MarshalText implements [encoding.TextMarshaler].
func (id EventID) MarshalText() ([]byte, error) { return ulid.ULID(id).MarshalText() }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (id *EventID) UnmarshalText(b []byte) error {
	v, err := ParseEventID(string(b))
	if err == nil {
		*id = v
	}
	return err
}

// Kind is what an aggregate is about; it decides which event types may stand
// on it.
type Kind string

// The kinds of aggregate.
const (
	KindAlliance Kind = "alliance"
	KindState    Kind = "state"
	KindCrisis   Kind = "crisis"
	KindLedger   Kind = "ledger"
)

// Kinds lists every kind.
func Kinds() []string {
	return []string{string(KindAlliance), string(KindState), string(KindCrisis), string(KindLedger)}
}

// kindOf returns the kind called s.
func kindOf(s string) (Kind, bool) {
	switch k := Kind(s); k {
	case KindAlliance:
		return KindAlliance, true
	case KindState:
		return KindState, true
	case KindCrisis:
		return KindCrisis, true
	case KindLedger:
		return KindLedger, true
	}
	return "", false
}

// Aggregate is the one thing that an event is about. Facts of an aggregate
// follow from its own events alone, and an [Expectation] is about one
// aggregate.
type Aggregate struct {
	Dataset DatasetID
	Kind    Kind
	ID      string
}

// String returns "core/alliance/nato".
func (a Aggregate) String() string {
	return string(a.Dataset) + "/" + string(a.Kind) + "/" + a.ID
}

// Subject returns the CloudEvents subject attribute: "alliance/nato".
func (a Aggregate) Subject() string { return string(a.Kind) + "/" + a.ID }

// SubjectPrefix is the first two tokens of every subject of the log.
const SubjectPrefix = "foedus.log."

// NATSSubject returns the NATS subject of an event of type t on a:
// foedus.log.<dataset>.<kind>.<id>.<type>.
func (a Aggregate) NATSSubject(t Type) string {
	return SubjectPrefix + string(a.Dataset) + "." + string(a.Kind) + "." + a.ID + "." + string(t)
}

// Filter returns the one literal filter by which every writer states its
// expectation of a. Two different filters over the same subjects do not
// exclude each other on a replicated stream, so there is just this one.
func (a Aggregate) Filter() string {
	return SubjectPrefix + string(a.Dataset) + "." + string(a.Kind) + "." + a.ID + ".>"
}

// ParseSubject splits a NATS subject of the log. It does not ask whether the
// type is known, so that a reader can name one that is not. It allocates
// nothing and fails with [ErrInvalid].
func ParseSubject(s string) (a Aggregate, t Type, err error) {
	rest, ok1 := strings.CutPrefix(s, SubjectPrefix)
	dataset, rest, ok2 := strings.Cut(rest, ".")
	kind, rest, ok3 := strings.Cut(rest, ".")
	id, typ, ok4 := strings.Cut(rest, ".")
	k, ok5 := kindOf(kind)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || typ == "" || CheckName(dataset) != "" || CheckName(id) != "" {
		return Aggregate{}, "", fmt.Errorf("%w: subject %q is not foedus.log.<dataset>.<kind>.<id>.<type>", ErrInvalid, clip(s))
	}
	return Aggregate{DatasetID(dataset), k, id}, Type(typ), nil
}

// CheckName says why s cannot be an identifier, "" if it can.
func CheckName(s string) string {
	switch {
	case s == "":
		return "is required"
	case len(s) > MaxName:
		return fmt.Sprintf("has %d bytes, at most %d are allowed", len(s), MaxName)
	}
	hyphen := true // as if one stood before the first character
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '-' && !hyphen:
			hyphen = true
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			hyphen = false
		default:
			return "write lower-case letters, digits and single hyphens, for example \"soviet-union\""
		}
	}
	if hyphen {
		return "must not end with a hyphen"
	}
	return ""
}
