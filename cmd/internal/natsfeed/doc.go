// Package natsfeed brings the ledger to programs on NATS: a [Publisher] that
// writes every update to a stream, and [Queries], a service that answers
// questions.
//
// # The stream of updates
//
// Each message is one CloudEvents document in structured mode: what one event
// changes of one kind of fact about one alliance and one state, which its
// subject names:
//
//	foedus.update.<dataset>.<fact kind>.<alliance>.<state>
//
// with "_" where there is none. An event that changes several such groups has a
// message for each, numbered as parts; one that changes no fact has one message
// with the kind "_", so that a consumer sees every sequence of the log.
//
// # Exactly once
//
// What the stream holds is a function of the log and nothing else: part p of the
// event at sequence s has one subject, one id and one body. So the stream is its
// own cursor. A publisher reads the last message, and publishes what comes next
// on the condition that this is still the last one. Whatever happens in between,
// a crash, a lost acknowledgement, another publisher, ends in the same stream:
// either the condition holds, or the publisher reads again.
//
// # What it must not do
//
// It must not decide from memory where the stream ends once it is in doubt, write
// to the log, know how a change is rendered, or know HTTP beyond a handler that it asks.
package natsfeed
