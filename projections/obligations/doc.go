// Package obligations answers who is bound to do what for whom when somebody is
// attacked, by which clause and why: the casus foederis. It evaluates the
// clauses that are in force on a day against a situation, and shows each step.
//
// The answers say what the texts say on the facts given. They never predict what
// a state will do, and claim no law beyond the text. What the record does not
// hold is unknown and never taken for false.
//
// The package is pure: it must not read a clock, a file or a network, start a
// goroutine or depend on the order of a map.
package obligations
