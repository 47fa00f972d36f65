package ledger

import (
	"crypto/sha256"
	"time"

	"github.com/oklog/ulid/v2"
)

// Event is one thing that happened, as a source reports it. It is never
// changed: what was wrong is corrected by a later event ([RecordCorrected],
// [RecordRetracted]).
type Event struct {
	ID        EventID
	Aggregate Aggregate
	// Key is the stable name of the record that an importer made this event
	// from, unique in its dataset; "" for an event that came otherwise.
	Key string
	// Recorded is when the producer wrote the event down. When the log took
	// it is [Entry.Time]; neither is an order. On the wire it is in UTC, to the
	// second; a fraction, which it should not have, is kept.
	Recorded time.Time
	// Instant is the historical moment, where a source gives a clock time; it
	// becomes the CloudEvents time attribute. Zero if not known.
	Instant time.Time
	Content
}

// Content is what a correction replaces: everything that the event says.
type Content struct {
	// DoneOn is when the act was done: signed, deposited, announced.
	DoneOn When
	// EffectiveOn is when it took effect, where that is another day. UK
	// Treaties Online keeps the same two dates.
	EffectiveOn When
	// PublicOn is when an act that was secret became publicly known. Zero means
	// that it was public when it was done.
	PublicOn When
	// Payload says what happened.
	Payload Payload
	// Citations say who reports it. Historical facts need at least one.
	Citations []Citation
	// Note is a remark for the reader.
	Note string
	// Quote is a short quotation, at most [MaxQuoteWords] words.
	Quote string
}

// Effect returns the day on which the event takes effect: EffectiveOn, or
// DoneOn where no other day is stated.
func (c *Content) Effect() When {
	if c.EffectiveOn.IsZero() {
		return c.DoneOn
	}
	return c.EffectiveOn
}

// Grade says how well a fact is established.
type Grade string

// The grades.
const (
	GradeA Grade = "A" // checked against a public text or data file, which is named
	GradeB Grade = "B" // general knowledge, well known, not re-checked
	GradeC Grade = "C" // probable; to be checked against the treaty text or the depositary
	GradeD Grade = "D" // disputed between sources
)

const gradeValues = "A B C D"

// Citation says where a fact stands.
type Citation struct {
	Source  SourceID // a source.added record
	Locator string   // page, article, row
	Grade   Grade
	Says    string // what this source states, where it differs from the record
}

func (c *Citation) wire(w *wire) {
	w.source("source", &c.Source, required, "the source, a source.added record")
	w.text("locator", &c.Locator, optional, "page, article or row in the source")
	enum(w, "grade", &c.Grade, required, gradeValues, "how well the fact is established")
	w.text("says", &c.Says, optional, "what this source states, where it differs from the record")
}

// wire declares what stands in the data member of every event, around the
// fields of the payload.
func (c *Content) wire(w *wire) {
	w.when("done_on", &c.DoneOn, optional, "when the act was done")
	w.when("effective_on", &c.EffectiveOn, optional, "when it took effect, if on another day")
	w.when("public_on", &c.PublicOn, optional, "when a secret act became publicly known")
	c.Payload.wire(w)
	if w.names {
		return
	}
	if w.facts && w.mode == decoding {
		w.take("citations")
		w.take("note")
		w.take("quote")
		return
	}
	n := required
	if c.Payload.Type().Family() == FamilyLedger {
		n = optional
	}
	objects(w, "citations", &c.Citations, n, "who reports it", func(w *wire, c *Citation) { c.wire(w) })
	w.text("note", &c.Note, optional, "a remark for the reader")
	w.quote("quote", &c.Quote, "a short quotation, at most 40 words")
}

// Payload is what happened: one of the types that [Types] lists. The sum is
// sealed: only this package adds to it.
//
//sumtype:decl
type Payload interface {
	// Type returns the event type, "instrument.signed".
	Type() Type
	wire(w *wire)
}

// The five families are sums of their own, so that a switch over one of them
// can be held to be exhaustive.

// InstrumentPayload is a payload of [FamilyInstrument].
//
//sumtype:decl
type InstrumentPayload interface {
	Payload
	instrument()
}

// ParticipationPayload is a payload of [FamilyParticipation].
//
//sumtype:decl
type ParticipationPayload interface {
	Payload
	participation()
}

// CrisisPayload is a payload of [FamilyCrisis].
//
//sumtype:decl
type CrisisPayload interface {
	Payload
	crisis()
}

// StatePayload is a payload of [FamilyState].
//
//sumtype:decl
type StatePayload interface {
	Payload
	state()
}

// RecordPayload is a payload of [FamilyLedger].
//
//sumtype:decl
type RecordPayload interface {
	Payload
	record()
}

// RecordID returns the id of the event that first carries the record called
// key on an aggregate: the first 80 bits of a hash under a zero timestamp, so
// that an interrupted import repeated gives the same ids.
func RecordID(a Aggregate, key string) EventID {
	return hashID("record", a.String(), key)
}

// RevisionID returns the id of the ledger event (a correction or a retraction)
// that follows prior, the last one before it that touched the same record.
func RevisionID(prior EventID) EventID {
	return hashID("revision", prior.String())
}

func hashID(parts ...string) EventID {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	var id ulid.ULID
	copy(id[6:], h.Sum(nil))
	return EventID(id)
}
