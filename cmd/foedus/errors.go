package main

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"foedus/ingest"
	"foedus/ledger"
	"foedus/projections"
)

// The exit statuses.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitNotFound = 3
	exitConflict = 4
	exitDamaged  = 5
)

// errUsage: the command line is wrong.
var errUsage = errors.New("wrong usage")

// errReplay: the log cannot be replayed by this program.
var errReplay = errors.New("replay the log")

// damageReport is [ledger.ErrDamaged] in the words of whoever found it.
type damageReport string

func (e damageReport) Error() string { return string(e) }
func (e damageReport) Unwrap() error { return ledger.ErrDamaged }

// usageError is errUsage with its text.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }
func (e usageError) Unwrap() error { return errUsage }

func usagef(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

// problemError is a problem document (RFC 9457) that a server answered with.
type problemError struct {
	Status int    `json:"status"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Location string `json:"location"`
		Message  string `json:"message"`
		Value    any    `json:"value"`
	} `json:"errors"`
}

func (e *problemError) Error() string {
	if len(e.Errors) < 2 {
		return cmp.Or(e.Detail, e.Title)
	}
	parts := make([]string, len(e.Errors))
	for i, x := range e.Errors {
		parts[i] = x.Message
		if x.Location != "" {
			parts[i] = strings.TrimPrefix(x.Location, "body.") + ": " + x.Message
		}
	}
	return strings.Join(parts, "; ")
}

// exitStatus maps an error to the exit status of the program.
func exitStatus(err error) int {
	var problem *problemError
	var unknown *projections.UnknownError
	var ambiguous *projections.AmbiguousError
	switch {
	case errors.As(err, &problem):
		return problem.exitStatus()
	case errors.Is(err, ledger.ErrDamaged):
		return exitDamaged
	case errors.Is(err, errReplay):
		return exitFailed // whatever is wrong stands in the log, not on the command line
	case errors.Is(err, ledger.ErrConflict), errors.Is(err, ledger.ErrIDTaken):
		return exitConflict
	case errors.As(err, &unknown), errors.Is(err, ledger.ErrNotFound):
		return exitNotFound
	case errors.As(err, &ambiguous), errors.Is(err, errUsage), errors.Is(err, ledger.ErrDate),
		errors.Is(err, ledger.ErrInvalid), errors.Is(err, ledger.ErrUnknownType):
		return exitUsage
	}
	return exitFailed
}

// tellsOfDamage reports whether a server says that its log is damaged. Of an
// error that crossed HTTP only the text is left.
func tellsOfDamage(text string) bool { return strings.Contains(text, ledger.ErrDamaged.Error()) }

func (e *problemError) exitStatus() int {
	if e.Status >= http.StatusInternalServerError && tellsOfDamage(e.Detail) {
		return exitDamaged
	}
	switch e.Status {
	case http.StatusNotFound:
		return exitNotFound
	case http.StatusConflict:
		return exitConflict
	case http.StatusUnprocessableEntity, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusNotAcceptable:
		return exitUsage
	}
	return exitFailed
}

// oneLine prints an error as one line; a list of problems of a file is worth a
// line each.
func oneLine(err error) string {
	if _, ok := errors.AsType[*ingest.Problems](err); ok {
		return err.Error()
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}
