// Package seed reads the curated history: the YAML files that the folder seeds
// documents field by field.
//
// What an event of some type may say is defined once, in package ledger. This
// package turns a record into the wire form of an event, lets ledger decode it
// as strictly as any event, and maps what is wrong back to file and line. It
// adds three things of its own: keys, the repetition called each, and fields
// that name another record of the same subject by its key.
//
// It reads the file system that it is given and nothing else.
package seed
