// Package atop turns the member-level file of the Alliance Treaty Obligations
// and Provisions data (atop5_1m.csv; versions 3 to 5 have the same columns or
// some of them) into records for [ingest.Reconcile].
//
// A row of the file is the time that a state spent in one phase of an alliance,
// from the day of entry to the first day out. What follows from it is told in
// events of the ledger's own vocabulary: when the instrument entered into force,
// who was a party and took part in which phase, which clauses bound whom, how it
// ended. Every obligation and condition keeps ATOP's own code. The rules are
// those of the codebook of version 5.1, sections 1.5 and 2.3.
//
// ATOP names states by their number in the Correlates of War list. The caller
// says which state of the ledger bore a number when ([Holder]); a number that
// none ever bore stays, as the state cow-<number>.
//
// The package reads and plans. It never fetches the file, which its authors do
// not allow others to pass on, and never appends.
package atop
