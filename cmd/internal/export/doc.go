// Package export writes tables of typed rows in the formats that researchers
// read: [CSV], [JSONLines], [Parquet], [Stata] and, for two tables, [GraphML].
// Beside a file it writes a [Codebook] and a [BibTeX] entry.
//
// A [Table] is a function that gives its rows, so memory does not grow with
// their number: a writer holds one buffer, Parquet one row group and a few
// hundred bytes of footer for each earlier one, and GraphML the ids of at most
// [MaxNodes] nodes. The same rows give the same bytes, as no writer reads a
// clock or starts a goroutine.
//
// What is wrong with the columns is reported before a byte is written
// ([ErrTable]). What is wrong with a cell ([ErrCell]) is reported where it
// stands: Stata goes through all rows before it writes, the other formats may
// have written earlier rows by then, so the caller must drop the file.
//
// The package knows nothing of alliances, of HTTP or of the ledger beyond its
// dates: what the rows say is decided by the caller.
package export
