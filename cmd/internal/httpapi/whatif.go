package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"foedus/ledger"
	"foedus/projections"
)

// mostReplayed bounds a branch unless Config says otherwise.
const mostReplayed = 200_000

// whatIfInput asks who would be bound.
type whatIfInput struct {
	ObligationParams
	RawBody []byte `contentType:"application/json"`
}

// Hypothetical says how a branch differs from the record.
type Hypothetical struct {
	Added   []HypotheticalEvent `json:"added" doc:"Events that are on no record. They were checked like an append, and not written."`
	Removed []HypotheticalEvent `json:"removed" doc:"Events that did not count, as if they had been retracted."`
}

// HypotheticalEvent is an event that was added or removed.
type HypotheticalEvent struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Subject string `json:"subject"`
}

// branch is the log up to some point with events that nobody wrote: what is
// taken away is retracted at its end, so every sequence stays what it is.
type branch struct {
	key    string
	base   ledger.Seq // the last event that is on record
	world  *projections.World
	after  []*ledger.Event // those behind the base
	differ Hypothetical
}

// branches keeps the last branch, and lets one be built at a time. The zero
// value is not ready: turn needs room for one.
type branches struct {
	turn chan struct{} // holds a token while a branch is built; it guards last
	last *branch
}

// supposed answers POST /v1/obligations.
func (s *server) supposed(ctx context.Context, in *whatIfInput) (*reply, error) {
	p, k, err := s.quarrel(ctx, &in.ObligationParams)
	if err != nil {
		return nil, err
	}
	var body struct {
		Events []json.RawMessage `json:"events"`
	}
	d := json.NewDecoder(strings.NewReader(string(in.RawBody)))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		message := "The body is not what is asked for: " + err.Error() + `; send {"events": [...]}, each event as in an append`
		return nil, problem(http.StatusUnprocessableEntity, message, wrong("body", nil, err.Error()))
	}
	if len(body.Events)+len(k.without) == 0 {
		return nil, problem(http.StatusUnprocessableEntity, "Nothing is supposed; send events, or name with without those that are not to count",
			wrong("body.events", nil, "is empty"))
	}
	return s.whatIf(ctx, p, k, body.Events)
}

// whatIf answers a question on a branch. Nothing is written, and no cache may
// keep the answer, so that it is never taken for the record.
func (s *server) whatIf(ctx context.Context, p *point, k *quarrel, events []json.RawMessage) (*reply, error) {
	b, err := s.branch(ctx, p, k.without, events)
	if err != nil {
		return nil, s.problemOf(err)
	}
	on := &footing{q: p.Query, view: func(f func(w *projections.World)) { f(b.world) }, branch: &b.differ}
	on.q.Known = b.world.Head()
	on.events = func(ctx context.Context, seqs []ledger.Seq) ([]ledger.Event, error) { return s.eventsOf(ctx, b, seqs) }
	doc, err := s.obliged(ctx, p, k, on)
	if err != nil {
		return nil, s.problemOf(err)
	}
	contentType, body, err := encode(doc, p.format)
	if err != nil {
		return nil, s.problemOf(fmt.Errorf("render the answer: %w", err))
	}
	return &reply{func(ctx huma.Context) {
		_, w := unwrap(ctx)
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("Content-Length", strconv.Itoa(len(body)))
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h[seqHeader] = []string{seqText(p.Known)}
		w.WriteHeader(http.StatusOK)
		_, _ = w.Write(body) // the client has gone: nobody to tell
	}}, nil
}

// eventsOf reads events of a branch.
func (s *server) eventsOf(ctx context.Context, b *branch, seqs []ledger.Seq) ([]ledger.Event, error) {
	out := make([]ledger.Event, len(seqs))
	var recorded []ledger.Seq
	for _, seq := range seqs {
		if seq <= b.base {
			recorded = append(recorded, seq)
		}
	}
	read, err := s.eventsAt(ctx, recorded)
	if err != nil {
		return nil, err
	}
	for i, seq := range seqs {
		if seq > b.base {
			out[i] = *b.after[seq-b.base-1]
			continue
		}
		out[i], read = read[0], read[1:]
	}
	return out, nil
}

// branch returns the branch that is asked for: the last one again, or a new one.
func (s *server) branch(ctx context.Context, p *point, without []string, docs []json.RawMessage) (*branch, error) {
	removed, err := s.found(ctx, p, without)
	if err != nil {
		return nil, err
	}
	if n := int(p.Known) + len(removed) + len(docs); n > s.MaxReplayed {
		return nil, problem(http.StatusUnprocessableEntity, fmt.Sprintf(
			"this supposition would replay %d events, and at most %d are replayed for a question; ask as known at an earlier sequence", n, s.MaxReplayed))
	}
	key := branchKey(p, removed, docs)
	select {
	case s.branched.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.branched.turn }()
	if b := s.branched.last; b != nil && b.key == key {
		return b, nil
	}
	added, err := s.supposedEvents(ctx, p, docs)
	if err != nil {
		return nil, err
	}
	s.branched.last = nil // two at a time are too many
	b := &branch{key: key, base: p.Known, world: projections.New(), differ: Hypothetical{[]HypotheticalEvent{}, []HypotheticalEvent{}}}
	if err := s.replay(ctx, b); err != nil {
		return nil, err
	}
	if err := b.grow(removed, added, s.Now().UnixNano()); err != nil {
		return nil, err
	}
	s.branched.last = b
	return b, nil
}

// branchKey names a branch by what makes it.
func branchKey(p *point, removed []ledger.Event, docs []json.RawMessage) string {
	h := sha256.New()
	fmt.Fprintf(h, "%d %s", p.Known, p.Dataset)
	for i := range removed {
		fmt.Fprintf(h, " %s", removed[i].ID)
	}
	for _, doc := range docs {
		fmt.Fprintf(h, "\n%d\n%s", len(doc), doc)
	}
	return string(h.Sum(nil))
}

// found reads the events that are not to count.
func (s *server) found(ctx context.Context, p *point, without []string) ([]ledger.Event, error) {
	var seqs []ledger.Seq
	for _, text := range without {
		id, err := ledger.ParseEventID(text)
		if err != nil {
			return nil, badParam("without", text, err.Error()+"; write the id of an event, as answers name it")
		}
		var seq ledger.Seq
		ok := false
		s.view(func(w *projections.World) { seq, ok = w.Find(id, p.Known) })
		if !ok {
			return nil, badParam("without", text, fmt.Sprintf("no event up to %d has this id", p.Known))
		}
		seqs = append(seqs, seq)
	}
	return s.eventsAt(ctx, seqs)
}

// supposedEvents decodes the events of a supposition as an append would.
func (s *server) supposedEvents(ctx context.Context, p *point, docs []json.RawMessage) ([]*ledger.Event, error) {
	if len(docs) == 0 {
		return nil, nil
	}
	raw, err := json.Marshal(docs)
	if err != nil {
		return nil, problem(http.StatusUnprocessableEntity, "The events are not JSON: "+err.Error(), wrong("body.events", nil, err.Error()))
	}
	events, _, err := s.drafts(ctx, &appendInput{Dataset: string(p.Dataset), RawBody: raw})
	if err != nil {
		return nil, relocated(err)
	}
	var bad []ledger.FieldError
	s.view(func(w *projections.World) {
		seen := make(map[ledger.EventID]bool)
		for i, e := range events {
			if _, ok := w.Find(e.ID, w.Head()); ok || seen[e.ID] {
				bad = append(bad, ledger.FieldError{Field: fmt.Sprintf("events[%d].id", i), Value: e.ID.String(), Why: "stands for another event already; leave it out"})
			}
			seen[e.ID] = true
		}
	})
	return events, refusedEvents(bad)
}

// relocated tells of events where they stand in the body of a supposition.
func relocated(err error) error {
	p, ok := errors.AsType[*huma.ErrorModel](err)
	if !ok {
		return err
	}
	for _, e := range p.Errors {
		e.Location = strings.Replace(e.Location, "body[", "body.events[", 1)
	}
	p.Detail = summarise(p.Errors)
	return p
}

// refusedEvents is a problem document for events that were refused, nil for none.
func refusedEvents(bad []ledger.FieldError) error {
	if len(bad) == 0 {
		return nil
	}
	details := fieldErrors("body", bad)
	return problem(http.StatusUnprocessableEntity, summarise(details), details...)
}

// replay applies what is on record.
func (s *server) replay(ctx context.Context, b *branch) error {
	if b.base == 0 {
		return nil
	}
	var d ledger.Decoder
	for entry, err := range s.Log.Read(ctx, 0) {
		if err != nil {
			return fmt.Errorf("replay the log: %w", err)
		}
		e, err := d.Decode(entry.Bytes)
		if err != nil {
			return fmt.Errorf("decode the event at sequence %d: %w", entry.Seq, err)
		}
		if err := b.world.Apply(entry.Seq, entry.Time.UnixNano(), &e); err != nil {
			return fmt.Errorf("replay the log: %w", err)
		}
		if entry.Seq >= b.base {
			break
		}
	}
	return nil
}

// grow applies what is supposed: first the retractions, then the events.
func (b *branch) grow(removed []ledger.Event, added []*ledger.Event, at int64) error {
	for i := range removed {
		target := &removed[i]
		b.differ.Removed = append(b.differ.Removed, hypothetical(target))
		sum := sha256.Sum256([]byte("without " + target.ID.String()))
		e := &ledger.Event{Aggregate: target.Aggregate, Recorded: time.Unix(0, at).UTC().Truncate(time.Second)}
		copy(e.ID[:], sum[:])
		e.Payload = &ledger.RecordRetracted{Target: target.ID, Reason: "supposed not to count"}
		if err := b.apply(e, at); err != nil {
			return err
		}
	}
	bad := b.world.Check(added, false)
	for i := range bad {
		if !strings.HasPrefix(bad[i].Field, "events[") {
			bad[i].Field = "events[0]." + bad[i].Field
		}
	}
	if err := refusedEvents(bad); err != nil {
		return err
	}
	for _, e := range added {
		b.differ.Added = append(b.differ.Added, hypothetical(e))
		if err := b.apply(e, at); err != nil {
			return err
		}
	}
	return nil
}

func hypothetical(e *ledger.Event) HypotheticalEvent {
	return HypotheticalEvent{e.ID.String(), e.Payload.Type().Wire(), e.Aggregate.Subject()}
}

func (b *branch) apply(e *ledger.Event, at int64) error {
	b.after = append(b.after, e)
	if err := b.world.Apply(b.world.Head()+1, at, e); err != nil {
		return fmt.Errorf("apply what is supposed: %w", err)
	}
	return nil
}
