// Package ingest turns what stands in files into events for the log.
//
// An importer is a function from a reader to records: it says what the file
// holds, under keys that stay the same from one version of the file to the
// next. It knows nothing of the log. [Reconcile] compares the records with what
// the log holds of their dataset ([Holdings]) and says which events would bring
// the two together ([Plan]). Whoever calls it appends them.
//
// The ids of those events follow from the key of the record and from what
// touched it last. An import that was interrupted anywhere and is run again
// therefore ends with the same events as one that was not, and one that is run
// twice adds nothing the second time.
//
// The package is pure: it reads the reader that it is given and nothing else,
// appends nothing, and takes the time of recording as an argument.
// [ReadEvents] uses goroutines, which end before it returns.
package ingest
