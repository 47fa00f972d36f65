// Package projections folds events into the World: the table of facts that
// follow from a log.
//
// A fact is a rectangle. It is valid over a half-open stretch of history and
// known over a half-open stretch of the log. Applying an event resolves again
// the few facts that the event can touch, closes the rectangles that no longer
// hold at its sequence, and opens the new ones there. Nothing is ever
// overwritten, so every earlier state of knowledge stays answerable; the table
// is its own change log.
//
// The way of an event through the package:
//
//	contribute.go  what an event says of which facts (one switch over the types)
//	party.go       how signatures, deposits and accessions become party spells
//	fold.go        how all other facts follow each other in time
//	resolve.go     the fold's result against what the table holds
//	record.go      corrections, retractions and disputes
//	at.go          the questions: an alliance, a state, the world on a date
//
// The package is pure: the same events give the same World, byte for byte. It
// must not know a clock, a goroutine, a logger or a file, and nothing in it
// depends on the order of a map. A [World] has one writer and is not safe for
// concurrent use; package live guards it.
package projections
