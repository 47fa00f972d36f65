package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"foedus/ledger"
	"foedus/projections"
)

// kindOfError is a row of the table from errors to answers.
type kindOfError struct {
	is     error
	status int
	reason string // for the count of refused appends
	retry  string // Retry-After in seconds, "" for no use
	mend   string // said after the error
}

// errorKinds is the one table from error kinds to HTTP statuses; the first row
// that matches counts.
func errorKinds() []kindOfError {
	return []kindOfError{
		{ledger.ErrConflict, http.StatusConflict, "conflict", "", ""},
		{ledger.ErrIDTaken, http.StatusConflict, "id_taken", "", ""},
		{ledger.ErrUnknownType, http.StatusUnprocessableEntity, "invalid", "", ""},
		{ledger.ErrInvalid, http.StatusUnprocessableEntity, "invalid", "", ""},
		{ledger.ErrDate, http.StatusUnprocessableEntity, "invalid", "", ""},
		{ledger.ErrNoSpace, http.StatusInsufficientStorage, "no_space", "", "nothing was kept; make room and append again"},
		{ledger.ErrUnknownOutcome, http.StatusServiceUnavailable, "unknown_outcome", "2", "append the very same events again, which is safe"},
		{ledger.ErrDamaged, http.StatusInternalServerError, "damaged", "", "stop writing and restore from a backup"},
		{ledger.ErrNotFound, http.StatusNotFound, "not_found", "", ""},
		{ledger.ErrClosed, http.StatusServiceUnavailable, "unavailable", "5", "ask again when it is back"},
		{ledger.ErrLocked, http.StatusServiceUnavailable, "unavailable", "5", "ask again when it is free"},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "unavailable", "2", "ask again"},
		{context.Canceled, http.StatusServiceUnavailable, "unavailable", "2", "ask again"},
	}
}

// problem returns a problem document (RFC 9457). The detail is one sentence
// that says what is wrong and what to do.
func problem(status int, detail string, errs ...*huma.ErrorDetail) *huma.ErrorModel {
	return &huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: sentence(detail), Errors: errs}
}

// sentence ends a sentence with its full stop.
func sentence(s string) string {
	if last := strings.TrimRight(s, `")`); s == "" || strings.HasSuffix(last, ".") || strings.HasSuffix(last, "?") {
		return s
	}
	return s + "."
}

// wrong is one thing that is wrong with one parameter.
func wrong(location string, value any, message string) *huma.ErrorDetail {
	return &huma.ErrorDetail{Location: location, Value: value, Message: message}
}

// badParam refuses a query parameter.
func badParam(name, value, message string) *huma.ErrorModel {
	e := wrong("query."+name, value, message)
	if value == "" {
		e.Value = nil
	}
	return problem(http.StatusUnprocessableEntity, summarise([]*huma.ErrorDetail{e}), e)
}

// kindOf finds the row of an error; ok is false if there is none.
func kindOf(err error) (k kindOfError, ok bool) {
	for _, k := range errorKinds() {
		if errors.Is(err, k.is) {
			return k, true
		}
	}
	return kindOfError{}, false
}

// problemOf turns an error into a problem document with the headers that it
// needs. A problem document stays what it is.
func (s *server) problemOf(err error) error {
	if _, ok := errors.AsType[*huma.ErrorModel](err); ok {
		return err
	}
	k, ok := kindOf(err)
	if !ok {
		s.Logger.Error("request failed", "error", err)
		return problem(http.StatusInternalServerError, "The server could not answer; its log says why, and asking again may help.")
	}
	detail := err.Error()
	if k.mend != "" && !strings.Contains(detail, k.mend) {
		detail += "; " + k.mend
	}
	p := problem(k.status, detail)
	if invalid, ok := errors.AsType[*ledger.InvalidError](err); ok {
		p.Errors = fieldErrors("body", invalid.Fields)
		p.Detail = summarise(p.Errors)
	}
	if k.retry == "" {
		return p
	}
	return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {k.retry}})
}

// fieldErrors places the errors of an event under a location.
func fieldErrors(under string, fields []ledger.FieldError) []*huma.ErrorDetail {
	out := make([]*huma.ErrorDetail, len(fields))
	for i, f := range fields {
		out[i] = &huma.ErrorDetail{Location: under + "." + f.Field, Message: f.Why}
		if f.Value != "" {
			out[i].Value = f.Value
		}
	}
	return out
}

// summarise makes one sentence of what is wrong: the first error in full, the
// number of the others.
func summarise(errs []*huma.ErrorDetail) string {
	if len(errs) == 0 {
		return "The request is not well formed."
	}
	e := errs[0]
	_, name, ok := strings.Cut(e.Location, ".")
	if !ok {
		name = e.Location
	}
	said := name + ": " + e.Message
	if v := fmt.Sprint(e.Value); e.Value != nil && v != "" && !strings.Contains(e.Message, strconv.Quote(clip(v))) {
		said = fmt.Sprintf("%s %q: %s", name, clip(v), e.Message)
	}
	if n := len(errs) - 1; n > 0 {
		said += fmt.Sprintf(" (and %d more, listed in errors)", n)
	}
	return sentence(strings.TrimPrefix(said, ": "))
}

func clip(s string) string {
	const most = 80
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "..."
}

// unresolved says that a name stands for nothing or for too much: 404 in a
// path, 422 in a query, with what was perhaps meant.
func (s *server) unresolved(err error, in, name, value string) error {
	status := http.StatusUnprocessableEntity
	unknown, isUnknown := errors.AsType[*projections.UnknownError](err)
	_, isAmbiguous := errors.AsType[*projections.AmbiguousError](err)
	switch {
	case isUnknown && in == inPath:
		status = http.StatusNotFound
	case !isUnknown && !isAmbiguous:
		return s.problemOf(err)
	}
	message := err.Error()
	if isUnknown && len(unknown.Nearest) == 0 {
		message += "; " + listMend(unknown.Kind)
	}
	e := wrong(in+"."+name, value, message)
	return problem(status, summarise([]*huma.ErrorDetail{e}), e)
}

// listMend says where the names stand that could have been meant.
func listMend(kind string) string {
	if kind == "alliance" {
		return "/v1/alliances lists those there are"
	}
	return "/v1/states lists those there are"
}

const (
	inPath  = "path"
	inQuery = "query"
)

// polish is the transformer that gives the errors that huma finds itself the
// form that all others have.
func (s *server) polish(ctx huma.Context, _ string, v any) (any, error) {
	p, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	switch {
	case p.Detail == "validation failed":
		for _, e := range p.Errors {
			e.Message = s.mended(ctx.Operation(), e)
		}
		p.Detail = summarise(p.Errors)
	case p.Status == http.StatusRequestEntityTooLarge && strings.HasPrefix(p.Detail, "request body is too large"):
		p.Detail = fmt.Sprintf("The body has more than %d bytes; append in smaller parts.", maxBody)
		s.rejectAppend(ctx, "too_large")
	case p.Status == http.StatusBadRequest && p.Detail == "request body is required":
		p.Detail = "The body is empty; send one CloudEvents document or an array of them."
		s.rejectAppend(ctx, "invalid")
	}
	return p, nil
}

// mended adds to a message of huma what to write instead.
func (s *server) mended(op *huma.Operation, e *huma.ErrorDetail) string {
	name := e.Location[strings.LastIndexByte(e.Location, '.')+1:]
	for _, p := range op.Parameters {
		if p.Name != name || p.Schema == nil {
			continue
		}
		if text, ok := e.Value.(string); ok && p.Schema.Format == "date" {
			if _, err := ledger.ParseDate(text); err != nil {
				return plainly(err)
			}
		}
		if text, ok := e.Value.(string); ok && len(p.Schema.Enum) > 0 {
			var names []string
			for _, v := range p.Schema.Enum {
				names = append(names, fmt.Sprint(v))
			}
			if near := ledger.Nearest(text, names); near != "" {
				return fmt.Sprintf("%s; did you mean %q?", e.Message, near)
			}
		}
		if len(p.Schema.Examples) > 0 && !strings.Contains(e.Message, ";") {
			return fmt.Sprintf("%s; for example %s=%v", e.Message, name, p.Schema.Examples[0])
		}
	}
	return e.Message
}

// plainly is the message of a bad date without its class.
func plainly(err error) string { return strings.TrimPrefix(err.Error(), ledger.ErrDate.Error()+": ") }

// writeProblem answers with a problem document outside of huma.
func (s *server) writeProblem(w http.ResponseWriter, err error) {
	if h, ok := errors.AsType[huma.HeadersError](err); ok {
		maps.Copy(w.Header(), h.GetHeaders())
	}
	p, ok := errors.AsType[*huma.ErrorModel](err)
	if !ok {
		p = problem(http.StatusInternalServerError, err.Error())
	}
	body, err := json.Marshal(p)
	if err != nil {
		body = []byte(`{"status":500,"title":"Internal Server Error"}`)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_, _ = w.Write(append(body, '\n')) // the client has gone: nobody to tell
}

// rejectAppend counts a refusal, if the operation appends.
func (s *server) rejectAppend(ctx huma.Context, reason string) {
	if ctx.Operation().OperationID == opAppend {
		s.reject(reason)
	}
}

// reject counts a refused append.
func (s *server) reject(reason string) {
	if s.Rejected != nil {
		s.Rejected(reason)
	}
}
