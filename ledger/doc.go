// Package ledger is the vocabulary of foedus: the events that historians
// report of alliances, states and crises, the identifiers, dates and citations
// that they are made of, their wire form, and the contract of the [Log] that
// keeps them.
//
// An [Event] is one thing that happened, as a source reports it. It is about
// one [Aggregate], says what happened in its [Payload], when in three dates
// ([Content]), and on whose word in its [Citation]s. The payloads are a sealed
// sum; the generated reference, VOCABULARY.md, lists them with their fields.
//
// Two kinds of time never mix here. History is a [Date] or, as sources state
// it, a [When]. Knowledge is a [Seq], the position in the log. A [time.Time] is
// only ever a clock that somebody read while recording.
//
// The package reads and writes the wire form ([Decode], [Encode]) and checks it
// strictly. It must not know what follows from events (that is package
// projections), must not do I/O, and imports the standard library and ulid
// only.
package ledger
