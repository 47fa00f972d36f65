// Package ledgertest holds what any [ledger.Log] must do, as tests, and what
// tests of other packages need: an in-memory log, a generator of events and a
// benchmark of logs.
//
//   - [TestLog] is the conformance suite: every MUST of the contract is one
//     subtest.
//   - [Memory] is the simplest log that passes it. It is the model against which
//     a real log, or whatever reads one, can be compared.
//   - [Generator] is an endless and repeatable stream of valid events.
//   - [BenchmarkLog] measures any log by the same work.
//
// Nothing here reads a clock, so a test that fails once fails again.
package ledgertest
