// Package panel makes the tables that researchers of alliances work with out of
// a World: state-years, dyad-years, directed dyad-years, and the edges of the
// network on one day.
//
// The unit is the number of the Correlates of War list: what a state did under
// two numbers (260 and 255 in 1990) is two rows, and what two states did under
// one (365 in 1922) is one. A state without a number has no rows, as in the
// published files, unless [Options.Named] asks for it; then it stands for itself.
//
// The rules are those by which the published files of the Alliance Treaty
// Obligations and Provisions data follow from their member file (codebook of
// version 5.1, 2.5 to 2.7):
//
//   - A year counts by the rule asked for ([Rule]).
//   - Two states are a dyad in an alliance if both were a party, in the same
//     phase, for at least a day together.
//   - In an alliance the last phase of the year says what a state owed; of
//     several alliances each obligation counts that any of them has.
//
// A panel is a copy: once built it needs the World no more, so that it can be
// written while events arrive. The package is pure, and writes nothing.
package panel
