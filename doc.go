// Package foedus is an event-sourced ledger of alliances. It holds no code; it
// is where a tour begins.
//
//	ledger                    the vocabulary: events, dates, citations, the Log contract
//	ledger/jetstream          the Log on NATS JetStream, embedded or external
//	ledger/ledgertest         what any Log must do; a Log in memory; an event generator
//	projections               pure: events in, the World of facts out
//	projections/panel         pure: the World in, state-years and dyad-years out
//	projections/obligations   pure: an attack in, who is bound to do what out
//	projections/live          follows a Log and publishes the World
//	ingest                    files in, events out: ingest/seed, ingest/atop, ingest/table
//	seeds                     the curated history, as data
//	cmd/foedus                the binary
//	cmd/internal/...          delivery: HTTP, NATS, metrics; files for researchers
//
// Imports go downward only:
//
//	ledger <- projections <- projections/live <- cmd
//	ledger <- ledger/jetstream                <- cmd
//	ledger <- ingest <- ingest/seed and peers <- cmd
//	          seeds                           <- cmd
//
// The test beside this file holds the arrows. DESIGN.md tells the life of an
// event from a source to an answer.
package foedus
