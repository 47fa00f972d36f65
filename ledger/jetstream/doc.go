// Package jetstream is the [ledger.Log] on NATS JetStream: embedded, as a
// server inside this process that listens on nothing unless told to, or
// external, as a client of a server or cluster. Both run the same code.
//
// # The stream
//
// All events stand in one stream, one message each: its subject is that of the
// event's aggregate and type, its Nats-Msg-Id header the event id, its payload
// the event's bytes. The stream denies deletion and purging and has no limits,
// so its sequences have no gaps. JetStream does not report a record that it can
// no longer read, it skips it. This package therefore counts for itself: on
// opening, and on every read, a gap is a [ledger.DamageError].
//
// # The life of an append
//
// One writer at a time takes a turn. It completes the index of ids up to the
// head, sets aside what the log holds already, and publishes the rest: one
// event as a message, several as an atomic batch, each with the same literal
// filter for its aggregate as the expectation. The embedded server syncs to
// disk before it acknowledges, once for a batch.
//
// # Idempotence
//
// JetStream forgets a Nats-Msg-Id after two minutes. The index in memory
// forgets none: it takes at most 30 bytes an event and is filled by whoever
// reads the log from its beginning, which every program that projects it does.
// JetStream's own window is left to catch the race between two processes.
//
// # What it must not do
//
// It must not listen on a port that nobody asked for, delete or change a stream, retry an append
// whose outcome it does not know, or decide anything by the text of an error.
package jetstream
