package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"foedus/ledger"
	"foedus/projections"
)

// maxBody is the largest body of an append.
const maxBody = 1 << 20

// appendInput is an append.
type appendInput struct {
	Expect  string `query:"expect" doc:"What the writer believes of the subject: the sequence of its last event, or none. Absent: anything." example:"none"`
	Strict  bool   `query:"strict" doc:"Refuse besides what would be accepted and reported as odd." example:"true"`
	Dataset string `query:"dataset" default:"core" maxLength:"64" doc:"The dataset of events that name no source." example:"core"`
	RawBody []byte `contentType:"application/json"`
}

// Appended says where the events of an append stand.
type Appended struct {
	Seqs       []ledger.Seq `json:"seqs" doc:"In the order of the events."`
	IDs        []string     `json:"ids"`
	Duplicates int          `json:"duplicates" doc:"How many stood there before."`
}

// appendOutput is the answer of an append.
type appendOutput struct {
	Status   int
	Location string `header:"Location"`
	Cache    string `header:"Cache-Control"`
	Seq      uint64 `header:"Foedus-Seq"`
	Body     Appended
}

// authorize lets a writer through. The comparison takes the same time for
// every wrong token.
func (s *server) authorize(ctx huma.Context, next func(huma.Context)) {
	_, w := humago.Unwrap(ctx)
	scheme, given, _ := strings.Cut(ctx.Header("Authorization"), " ")
	want, got := sha256.Sum256([]byte(s.Token)), sha256.Sum256([]byte(strings.TrimSpace(given)))
	same := subtle.ConstantTimeCompare(want[:], got[:]) == 1
	if same && s.Token != "" && strings.EqualFold(scheme, "Bearer") {
		next(ctx)
		return
	}
	s.reject("unauthorized")
	message := "Appending needs the bearer token of this server; send it as Authorization: Bearer TOKEN"
	if s.Token == "" {
		message = "This server takes no writes, because it was started without a token; start it with one"
	}
	challenge := http.Header{"Www-Authenticate": {`Bearer realm="foedus"`}}
	s.writeProblem(w, huma.ErrorWithHeaders(problem(http.StatusUnauthorized, message), challenge))
}

// append answers POST /v1/events.
func (s *server) append(ctx context.Context, in *appendInput) (*appendOutput, error) {
	out, err := s.appended(ctx, in)
	if err == nil {
		return out, nil
	}
	err = s.problemOf(err)
	s.reject(reasonOf(err))
	return nil, err
}

// rejection is a problem document with the reason that is counted.
type rejection struct {
	error
	reason string
}

// Unwrap returns the problem.
func (r *rejection) Unwrap() error { return r.error }

// reasonOf names the reason for which an append was refused.
func reasonOf(err error) string {
	if r, ok := errors.AsType[*rejection](err); ok {
		return r.reason
	}
	return "invalid"
}

func (s *server) appended(ctx context.Context, in *appendInput) (*appendOutput, error) {
	expect, err := expectation(in.Expect)
	if err != nil {
		return nil, err
	}
	events, encoded, err := s.drafts(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := s.checked(events, in, expect); err != nil {
		return nil, err
	}
	receipts, err := s.Log.Append(ctx, expect, encoded...)
	if err != nil {
		reason := "internal"
		if k, ok := kindOf(err); ok {
			reason = k.reason
		}
		return nil, &rejection{s.problemOf(err), reason}
	}
	return s.receipt(ctx, encoded, receipts), nil
}

// receipt waits until the events can be read, and says where they stand. They
// are durable: that the projection lags is no reason to report a failure.
func (s *server) receipt(ctx context.Context, encoded []ledger.Encoded, receipts []ledger.Receipt) *appendOutput {
	out := &appendOutput{Status: http.StatusCreated, Cache: "no-store"}
	var last ledger.Seq
	for i, r := range receipts {
		out.Body.Seqs = append(out.Body.Seqs, r.Seq)
		out.Body.IDs = append(out.Body.IDs, encoded[i].ID.String())
		last = max(last, r.Seq)
		if r.Duplicate {
			out.Body.Duplicates++
		}
	}
	if out.Body.Duplicates == len(receipts) {
		out.Status = http.StatusOK
		s.reject("duplicate")
	}
	if len(receipts) == 1 {
		out.Location = "/v1/events/" + out.Body.IDs[0]
	}
	ctx, cancel := context.WithTimeout(ctx, applyPatience)
	defer cancel()
	if err := s.Projection.Wait(ctx, last); err != nil {
		s.Logger.WarnContext(ctx, "appended, not applied yet", "seq", uint64(last), "error", err)
	}
	out.Seq = uint64(s.Projection.Status().Applied)
	return out
}

// expectation reads the parameter expect.
func expectation(text string) (ledger.Expectation, error) {
	switch text {
	case "":
		return ledger.Any(), nil
	case "none":
		return ledger.NoneYet(), nil
	}
	seq, err := ledger.ParseSeq(text)
	if err != nil {
		return ledger.Expectation{}, badParam("expect", text,
			fmt.Sprintf("%q is neither a sequence nor none; write the last sequence of the subject that you saw, or none", clip(text)))
	}
	return ledger.At(seq), nil
}

// checked refuses references to what nobody tells of, and an expectation about
// several subjects.
func (s *server) checked(events []*ledger.Event, in *appendInput, expect ledger.Expectation) error {
	if _, set := expect.Last(); set {
		for i, e := range events {
			if e.Aggregate != events[0].Aggregate {
				message := fmt.Sprintf("an append that expects something is about one subject, not %s and %s; append them apart",
					events[0].Aggregate, e.Aggregate)
				return problem(http.StatusUnprocessableEntity, message, wrong(fmt.Sprintf("body[%d].subject", i), e.Aggregate.Subject(), message))
			}
		}
	}
	var bad []ledger.FieldError
	s.view(func(w *projections.World) { bad = w.Check(events, in.Strict) })
	if len(bad) == 0 {
		return nil
	}
	details := make([]*huma.ErrorDetail, len(bad))
	array := isArray(in.RawBody)
	for i, f := range bad {
		at := "body." + f.Field
		if rest, ok := strings.CutPrefix(f.Field, "events["); ok {
			at = "body[" + rest
		} else if array {
			at = "body[0]." + f.Field
		}
		details[i] = wrong(at, f.Value, f.Why)
	}
	return problem(http.StatusUnprocessableEntity, summarise(details), details...)
}

func isArray(body []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(body, " \t\r\n"), []byte("[")) }

// drafts decodes the body: one event or an array of them.
func (s *server) drafts(ctx context.Context, in *appendInput) ([]*ledger.Event, []ledger.Encoded, error) {
	if why := ledger.CheckName(in.Dataset); why != "" {
		return nil, nil, badParam("dataset", in.Dataset, why)
	}
	array := isArray(in.RawBody)
	docs := []json.RawMessage{in.RawBody}
	if array {
		docs = nil
		if err := json.Unmarshal(in.RawBody, &docs); err != nil {
			return nil, nil, problem(http.StatusUnprocessableEntity, "The body is not JSON: "+err.Error()+"; send one CloudEvents document or an array of them",
				wrong("body", nil, err.Error()))
		}
	}
	switch {
	case len(docs) == 0:
		return nil, nil, problem(http.StatusUnprocessableEntity, "The array is empty; send at least one event", wrong("body", nil, "is empty"))
	case len(docs) > ledger.MaxAppend:
		return nil, nil, &rejection{problem(http.StatusRequestEntityTooLarge, fmt.Sprintf(
			"%d events in one append, at most %d are allowed; append in smaller parts", len(docs), ledger.MaxAppend)), "too_large"}
	}
	var bad []*huma.ErrorDetail
	events := make([]*ledger.Event, len(docs))
	encoded := make([]ledger.Encoded, len(docs))
	var decoder ledger.Decoder
	for i, doc := range docs {
		at := "body"
		if array {
			at = fmt.Sprintf("body[%d]", i)
		}
		var err error
		if events[i], encoded[i], err = s.draft(ctx, &decoder, doc, ledger.DatasetID(in.Dataset)); err == nil {
			continue
		}
		invalid, ok := errors.AsType[*ledger.InvalidError](err)
		if !ok {
			return nil, nil, err
		}
		bad = append(bad, fieldErrors(at, invalid.Fields)...)
	}
	if len(bad) > 0 {
		return nil, nil, problem(http.StatusUnprocessableEntity, summarise(bad), bad...)
	}
	return events, encoded, nil
}

// draft decodes one event and completes it. A draft that comes a second time
// under the same id gets the time of recording that it got first: otherwise
// its repetition would not be the same event.
func (s *server) draft(ctx context.Context, decoder *ledger.Decoder, doc []byte, dataset ledger.DatasetID) (*ledger.Event, ledger.Encoded, error) {
	now := s.Now().UTC().Truncate(time.Second)
	minted := false
	defaults := ledger.Draft{Dataset: dataset, Recorded: now}
	if s.NewID != nil {
		defaults.NewID = func() ledger.EventID { minted = true; return s.NewID() }
	}
	e, err := decoder.DecodeDraft(doc, defaults)
	if err != nil {
		return nil, ledger.Encoded{}, err
	}
	if !minted && e.Recorded.Equal(now) {
		if err := s.recordedFirst(ctx, &e); err != nil {
			return nil, ledger.Encoded{}, err
		}
	}
	enc, err := ledger.Encode(&e)
	return &e, enc, err
}

// recordedFirst gives e the time of recording of the event that has its id.
func (s *server) recordedFirst(ctx context.Context, e *ledger.Event) error {
	seq, err := s.Log.Find(ctx, e.ID)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for an earlier event with the id: %w", err)
	}
	entries, err := s.Log.Get(ctx, seq)
	if err != nil {
		return fmt.Errorf("read the earlier event with the id: %w", err)
	}
	first, err := ledger.Decode(entries[0].Bytes)
	if err != nil {
		return fmt.Errorf("decode the earlier event with the id: %w", err)
	}
	e.Recorded = first.Recorded
	return nil
}
