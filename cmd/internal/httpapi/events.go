package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"foedus/ledger"
	"foedus/projections"
)

// How many events an answer has.
const (
	pageDefault = 100
	pageMost    = 1000
	streamPage  = 500 // read from the log and written at a time
)

// EventEntry is an event with its place in the log: format=entries.
type EventEntry struct {
	Seq   ledger.Seq      `json:"seq"`
	Time  string          `json:"time" doc:"When the log acknowledged it (RFC 3339)."`
	Event json.RawMessage `json:"event" doc:"The CloudEvents document, byte for byte."`
}

// SelectionParams say which events are asked for.
type SelectionParams struct {
	Dataset  string `query:"dataset" maxLength:"64" doc:"Only events of this dataset. Default: all." example:"core"`
	Alliance string `query:"alliance" doc:"Only events about this alliance, or mentioning it." example:"nato"`
	State    string `query:"state" doc:"Only events about this state, or mentioning it: an id, an ISO 3166 alpha-3 code, cow:290 or gw:290." example:"poland"`
	Type     string `query:"type" doc:"Only events of this type." example:"instrument.signed"`
}

// eventsInput asks for a page of the log, or for all of it.
type eventsInput struct {
	After string `query:"after" doc:"Only events after this sequence." example:"0"`
	Limit int    `query:"limit" minimum:"1" maximum:"1000" doc:"How many at most. Default: 100, and for jsonl all." example:"100"`
	SelectionParams
	KnowledgeParams
	Format string `query:"format" enum:"json,entries,jsonl" doc:"json: an array of CloudEvents. entries: each with its sequence. jsonl: JSON Lines, streamed." example:"json"`
}

// eventsQuery is an eventsInput, resolved.
type eventsQuery struct {
	projections.Selection
	after ledger.Seq
	limit int // 0 for all
}

// events answers GET /v1/events.
func (s *server) events(ctx context.Context, in *eventsInput) (*reply, error) {
	p := &point{head: s.Projection.Status().Applied, onLess: true}
	p.On, p.Dataset = s.today(), ledger.Core
	var err error
	if p.Known, p.pinned, err = s.known("known", in.Known, p.head); err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatJSONL)
	q := eventsQuery{limit: in.Limit}
	if q.after, err = after(in.After); err != nil {
		return nil, err
	}
	if q.Selection, err = s.selected(p, &in.SelectionParams); err != nil {
		return nil, err
	}
	if q.limit == 0 && p.format != formatJSONL {
		q.limit = pageDefault
	}
	link := p.permalink("/v1/events", q.pairs()...)
	if p.format == formatJSONL {
		return s.stream(p, link, "application/x-ndjson", func(ctx context.Context, w io.Writer) error {
			return s.eachPage(ctx, p, q, func(entries []ledger.Entry) error { return writeLines(w, entries) })
		}), nil
	}
	return s.eventsPage(ctx, p, q, link)
}

// after reads the parameter after; one beyond the head is no error, because
// nothing after it is the answer.
func after(text string) (ledger.Seq, error) {
	if text == "" {
		return 0, nil
	}
	seq, err := ledger.ParseSeq(text)
	if err != nil {
		return 0, badParam("after", text, err.Error())
	}
	return seq, nil
}

// selected resolves which events are meant.
func (s *server) selected(p *point, in *SelectionParams) (sel projections.Selection, err error) {
	if err := s.knownDataset(ledger.DatasetID(in.Dataset)); err != nil {
		return sel, err
	}
	sel.Dataset = ledger.DatasetID(in.Dataset)
	if in.Dataset != "" {
		p.Dataset = sel.Dataset
	}
	if sel.Type = ledger.Type(strings.TrimSuffix(strings.TrimPrefix(in.Type, "foedus."), ".v1")); in.Type != "" && sel.Type.Version() == 0 {
		return sel, badType(in.Type, sel.Type)
	}
	if in.Alliance != "" {
		if sel.Alliance, err = s.allianceNamed(p, inQuery, "alliance", in.Alliance); err != nil {
			return sel, err
		}
	}
	sel.State, err = s.stateNamed(p, inQuery, "state", in.State)
	p.Dataset = ledger.Core // the permalink says it in the pairs
	return sel, err
}

func badType(given string, t ledger.Type) error {
	all := ledger.Types()
	names := make([]string, len(all))
	for i, t := range all {
		names[i] = string(t)
	}
	message := fmt.Sprintf("there is no event type %q; write one like instrument.signed", clip(given))
	if near := ledger.Nearest(string(t), names); near != "" {
		message = fmt.Sprintf("there is no event type %q; did you mean %s?", clip(given), near)
	}
	return badParam("type", given, message)
}

// pairs says the query in the permalink.
func (q *eventsQuery) pairs() []string {
	pairs := []string{
		"after", seqText(q.after), "limit", strconv.Itoa(q.limit), "dataset", string(q.Dataset),
		"alliance", string(q.Alliance), "state", string(q.State), "type", string(q.Type),
	}
	if q.limit == 0 {
		pairs[3] = ""
	}
	return pairs
}

// eventsPage answers with one page as a JSON array. The documents stand in it
// byte for byte; Foedus-Event-Seqs says where they stand in the log.
func (s *server) eventsPage(ctx context.Context, p *point, q eventsQuery, link string) (*reply, error) {
	if a := s.kept.get(link); a != nil {
		return s.send(p.reuse(a)), nil
	}
	entries, err := s.page(ctx, p, q)
	if err != nil {
		return nil, s.problemOf(err)
	}
	body, err := eventsBody(entries, p.format)
	if err != nil {
		return nil, s.problemOf(fmt.Errorf("render the events: %w", err))
	}
	a := newAnswer("application/json", body, tagOf([]byte(link+"\x00"+tagOf(body))), p, link)
	a.add("Foedus-Event-Seqs", ranges(entries))
	if len(entries) == q.limit {
		next := q
		next.after = entries[len(entries)-1].Seq
		last := &a.header[len(a.header)-2] // Link
		last.values = append(last.values, "<"+p.permalink("/v1/events", next.pairs()...)+`>; rel="next"`)
	}
	s.kept.put(link, a)
	return s.send(a), nil
}

func eventsBody(entries []ledger.Entry, format string) ([]byte, error) {
	if format == formatEntries {
		out := make([]EventEntry, len(entries))
		for i, e := range entries {
			out[i] = EventEntry{e.Seq, e.Time.UTC().Format(time.RFC3339Nano), json.RawMessage(e.Bytes)}
		}
		_, body, err := encode(out, formatJSON)
		return body, err
	}
	var b bytes.Buffer
	b.WriteByte('[')
	for i, e := range entries {
		if i > 0 {
			b.WriteString(",\n")
		}
		b.Write(e.Bytes)
	}
	b.WriteString("]\n")
	return b.Bytes(), nil
}

// page reads one page of the log at the pinned sequence.
func (s *server) page(ctx context.Context, p *point, q eventsQuery) ([]ledger.Entry, error) {
	var seqs []ledger.Seq
	s.view(func(w *projections.World) { seqs = w.Select(q.Selection, q.after, p.Known, q.limit) })
	if len(seqs) == 0 {
		return nil, nil
	}
	entries, err := s.Log.Get(ctx, seqs...)
	if err != nil {
		return nil, fmt.Errorf("read the events: %w", err)
	}
	return entries, nil
}

// eachPage hands on page after page until the query is answered.
func (s *server) eachPage(ctx context.Context, p *point, q eventsQuery, yield func([]ledger.Entry) error) error {
	left := q.limit
	for {
		q.limit = streamPage
		if left > 0 {
			q.limit = min(left, streamPage)
		}
		entries, err := s.page(ctx, p, q)
		if err != nil || len(entries) == 0 {
			return err
		}
		if err := yield(entries); err != nil {
			return err
		}
		if left > 0 {
			if left -= len(entries); left == 0 {
				return nil
			}
		}
		if len(entries) < q.limit {
			return nil
		}
		q.after = entries[len(entries)-1].Seq
	}
}

func writeLines(w io.Writer, entries []ledger.Entry) error {
	var b bytes.Buffer
	for _, e := range entries {
		b.Write(e.Bytes)
		b.WriteByte('\n')
	}
	_, err := w.Write(b.Bytes())
	return err
}

// ranges renders sequences as "1-3,7".
func ranges(entries []ledger.Entry) string {
	var b strings.Builder
	for i := 0; i < len(entries); {
		j := i
		for j+1 < len(entries) && entries[j+1].Seq == entries[j].Seq+1 {
			j++
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(seqText(entries[i].Seq))
		if j > i {
			b.WriteString("-" + seqText(entries[j].Seq))
		}
		i = j + 1
	}
	return b.String()
}

// pacedWriter gives the reader of a stream time for each page, whatever the
// server allows an ordinary answer.
type pacedWriter struct {
	w  io.Writer
	rc *http.ResponseController
}

func (p *pacedWriter) Write(b []byte) (int, error) {
	_ = p.rc.SetWriteDeadline(time.Now().Add(writePatience)) // in process there is no deadline to set
	n, err := p.w.Write(b)
	if err == nil {
		_ = p.rc.Flush() // what cannot flush is written at the end
	}
	return n, err
}

// eventInput asks for one event.
type eventInput struct {
	ID string `path:"id" doc:"The id of the event, a ULID."`
}

// event answers GET /v1/events/{id}: the document, byte for byte. An event
// never changes, so the answer does not either.
func (s *server) event(ctx context.Context, in *eventInput) (*reply, error) {
	id, err := ledger.ParseEventID(in.ID)
	if err != nil {
		return nil, problem(http.StatusNotFound, "id: "+err.Error(), wrong("path.id", in.ID, err.Error()))
	}
	p := &point{head: s.Projection.Status().Applied, onLess: true, knownLess: true, pinned: true, format: formatJSON}
	p.Dataset, p.Known = ledger.Core, p.head
	var seq ledger.Seq
	var ok bool
	s.view(func(w *projections.World) { seq, ok = w.Find(id, p.head) })
	if !ok {
		message := fmt.Sprintf("there is no event %s in the ledger", id)
		return nil, problem(http.StatusNotFound, "id: "+message, wrong("path.id", in.ID, message))
	}
	entries, err := s.Log.Get(ctx, seq)
	if err != nil {
		return nil, s.problemOf(fmt.Errorf("read the event: %w", err))
	}
	p.Known = seq // what is known of it does not depend on what came later
	a := newAnswer("application/json", append(bytes.Clone(entries[0].Bytes), '\n'), tagOf(entries[0].Bytes), p,
		p.permalink("/v1/events/"+id.String()))
	a.add("Foedus-Event-Seqs", seqText(seq))
	return s.send(a), nil
}
