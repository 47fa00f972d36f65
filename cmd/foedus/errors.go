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
		return exitOfStatus(problem.Status)
	case errors.Is(err, ledger.ErrDamaged):
		return exitDamaged
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

func exitOfStatus(status int) int {
	switch status {
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
	var problems *ingest.Problems
	if errors.As(err, &problems) {
		return err.Error()
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}
