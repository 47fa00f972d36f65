package ingest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"foedus/ledger"
)

// Record is one thing that a file says happened.
type Record struct {
	Aggregate ledger.Aggregate
	// Key names the record in its aggregate: the same in every version of the
	// file, never given to another record.
	Key string
	// Instant is the historical moment, where the file gives a clock time.
	Instant time.Time
	Content ledger.Content
	// Where is the place in the file, "alliances/nato.yaml:12", for messages.
	Where string
}

// Problem is one thing that is wrong with a file.
type Problem struct {
	Where string // file and line
	Field string // the field, "" if it is about the whole record
	Value string // what stands there, "" if nothing does
	Why   string // what is wrong and how to mend it
}

// String returns the problem in one line.
func (p Problem) String() string {
	if p.Field == "" && p.Value == "" {
		return p.Where + ": " + p.Why
	}
	f := ledger.FieldError{Field: p.Field, Value: p.Value, Why: p.Why}
	if p.Field == "" {
		f.Field = "value"
	}
	return p.Where + ": " + f.Error()
}

// MaxProblems bounds what [Problems] lists.
const MaxProblems = 100

// Problems is the error of an input with something wrong in it. Nothing of such
// an input is used.
type Problems struct {
	List []Problem // in the order of the input, at most [MaxProblems]
	More int       // how many there are besides
}

// Add lists p, or counts it if the list is full.
func (ps *Problems) Add(p ...Problem) {
	room := min(len(p), max(0, MaxProblems-len(ps.List)))
	ps.List = append(ps.List, p[:room]...)
	ps.More += len(p) - room
}

// Err returns ps, or nil if it is empty.
func (ps *Problems) Err() error {
	if len(ps.List) == 0 {
		return nil
	}
	return ps
}

// Error implements error: one line for each problem.
func (ps *Problems) Error() string {
	lines := make([]string, 0, len(ps.List)+1)
	for _, p := range ps.List {
		lines = append(lines, p.String())
	}
	if ps.More > 0 {
		lines = append(lines, fmt.Sprintf("and %d more; mend these first", ps.More))
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.Is(err, ledger.ErrInvalid) hold.
func (ps *Problems) Unwrap() error { return ledger.ErrInvalid }

// problemsOf turns an error of package ledger about what stands at where into
// problems, one for each field.
func problemsOf(where string, err error) []Problem {
	fields := fieldsOf(err)
	if fields == nil {
		return []Problem{{Where: where, Why: err.Error()}}
	}
	out := make([]Problem, len(fields))
	for i, f := range fields {
		out[i] = Problem{where, f.Field, f.Value, f.Why}
	}
	return out
}

// rank orders aggregates by kind, so that what is referred to comes before what
// refers to it: sources, states, alliances, crises.
func rank(k ledger.Kind) int {
	return slices.Index([]ledger.Kind{ledger.KindLedger, ledger.KindState, ledger.KindAlliance, ledger.KindCrisis}, k)
}
