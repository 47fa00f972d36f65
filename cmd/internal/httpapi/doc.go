// Package httpapi serves the ledger over HTTP: questions about history to
// anyone, appends to whoever holds the token.
//
// Every question is asked at a point: a day of history (on) and a state of
// knowledge (known). The answer says at which sequence it was given
// (Foedus-Seq), carries a strong ETag, and names its permalink, in which known
// is pinned to a sequence: an answer at a pinned point never changes, and may
// be cached for ever.
//
// The way of a request through the package:
//
//	httpapi.go   recover, log, measure; the cache in front of everything
//	routes.go    the operations and what their documentation says
//	params.go    what was asked: the point, the format
//	alliance.go, state.go, world.go, timeline.go, diff.go, events.go, export.go
//	             one document each: collected under the lock of the
//	             projection, rendered outside of it
//	append.go    POST: decode, check, append, wait until it can be read
//	answer.go    headers, conditional requests, permalinks
//	problem.go   the one table from errors to statuses
//
// The package must not hold the projection's lock while it writes to a client:
// a client that reads slowly would stop the ledger. It decides nothing about
// history: every fact comes from package projections.
package httpapi
