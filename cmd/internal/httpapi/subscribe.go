package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"foedus/ledger"
	"foedus/projections"
)

// How a subscription runs. A subscriber has no queue: he reads the table of
// facts at his own pace, and shares what is rendered with those beside him.
const (
	heartbeat   = 15 * time.Second
	streamChunk = 256               // updates between two looks at the head
	mostBehind  = 64 << 10          // updates, for who had caught up
	mostStreams = 20_000            // subscribers, unless Config says otherwise
	reconnect   = "retry: 2000\n\n" // milliseconds until a client that lost us asks again
)

// The reasons for which a subscriber is cut off.
const (
	cutLagged  = "lagged"  // too far behind
	cutStalled = "stalled" // he did not read
	cutStopped = "stopped" // the projection, or the server
)

// StreamObserver is told of subscribers; every function may be nil.
type StreamObserver struct {
	Subscribed func(delta int)   // one came or went
	Sent       func(updates int) // were written to one
	Cut        func(reason string)
}

// streamInput subscribes to updates.
type streamInput struct {
	After       string `query:"after" doc:"Every update behind this sequence, then what comes. Default: only what comes." example:"0"`
	LastEventID string `header:"Last-Event-ID" doc:"Where a client that lost the connection goes on; it wins over after."`
	Alliance    string `query:"alliance" doc:"Only changes that concern this alliance." example:"nato"`
	State       string `query:"state" doc:"Only changes that concern this state: an id, an ISO 3166 alpha-3 code, cow:290 or gw:290." example:"poland"`
	Kind        string `query:"kind" doc:"Only changes of facts of this kind: party, clause, suspension and so on." example:"party"`
	Dataset     string `query:"dataset" default:"core" maxLength:"64" doc:"The body of events to follow." example:"core"`
}

// subscribe answers GET /v1/stream.
func (s *server) subscribe(_ context.Context, in *streamInput) (*reply, error) {
	after, f, err := s.subscription(in)
	if err != nil {
		return nil, err
	}
	if !s.admit() {
		return nil, busy()
	}
	return &reply{func(ctx huma.Context) {
		defer s.leave()
		r, w := humago.Unwrap(ctx)
		h := w.Header()
		h.Set("Content-Type", "text/event-stream")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Accel-Buffering", "no") // proxies must not collect it
		h.Set(seqHeader, seqText(after))
		w.WriteHeader(http.StatusOK)
		if r.Method == http.MethodHead {
			return
		}
		sub := subscriber{s: s, filter: f, cursor: after, w: &pacedWriter{w, http.NewResponseController(w)}}
		life, end := context.WithCancel(r.Context())
		defer end()
		if s.Streaming != nil {
			defer context.AfterFunc(s.Streaming, end)()
		}
		if reason := sub.run(life); reason != "" && s.Stream.Cut != nil {
			s.Stream.Cut(reason)
		}
	}}, nil
}

// busy refuses a subscriber more than there may be.
func busy() error {
	p := problem(http.StatusServiceUnavailable, "there are as many subscribers as this server takes; come again in a while")
	return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"30"}})
}

func (s *server) admit() bool {
	if s.streams.Add(1) > int64(s.MaxStreams) {
		s.streams.Add(-1)
		return false
	}
	if s.Stream.Subscribed != nil {
		s.Stream.Subscribed(1)
	}
	return true
}

func (s *server) leave() {
	s.streams.Add(-1)
	if s.Stream.Subscribed != nil {
		s.Stream.Subscribed(-1)
	}
}

// subscription checks what is asked for.
func (s *server) subscription(in *streamInput) (after ledger.Seq, f filter, err error) {
	p := &point{head: s.Projection.Status().Applied}
	p.On, p.Known, p.Dataset = s.today(), p.head, ledger.DatasetID(in.Dataset)
	if err := s.knownDataset(p.Dataset); err != nil {
		return 0, f, err
	}
	f.dataset, f.kind = in.Dataset, in.Kind
	if kinds := projections.FactKinds(); in.Kind != "" && !slices.Contains(kinds, in.Kind) {
		message := "is no kind of fact"
		if near := ledger.Nearest(in.Kind, kinds); near != "" {
			message += fmt.Sprintf("; did you mean %q?", near)
		}
		return 0, f, badParam("kind", in.Kind, message)
	}
	if in.Alliance != "" {
		id, err := s.allianceNamed(p, inQuery, "alliance", in.Alliance)
		if err != nil {
			return 0, f, err
		}
		f.alliance = string(id)
	}
	state, err := s.stateNamed(p, inQuery, "state", in.State)
	if err != nil {
		return 0, f, err
	}
	f.state = string(state)
	after = p.head
	for _, from := range []struct{ name, text string }{{"header.Last-Event-ID", in.LastEventID}, {"query.after", in.After}} {
		if from.text == "" {
			continue
		}
		if after, err = ledger.ParseSeq(from.text); err != nil {
			return 0, f, problem(http.StatusUnprocessableEntity, from.name+": "+err.Error(), wrong(from.name, clip(from.text), err.Error()))
		}
		if after > p.head {
			message := fmt.Sprintf("the ledger ends at %d; it is another ledger, or was restored. Start again from 0 or from the state of today", p.head)
			return 0, f, problem(http.StatusGone, from.name+": "+message, wrong(from.name, from.text, message))
		}
		break
	}
	return after, f, nil
}

// subscriber is one that reads.
type subscriber struct {
	s      *server
	filter filter
	cursor ledger.Seq // every update up to it was written, or was none of his
	w      io.Writer
	buf    []byte
	live   bool // he caught up once
}

// run writes updates until the subscriber goes, and returns why he was cut off,
// "" if he went by himself.
func (b *subscriber) run(ctx context.Context) (cut string) {
	if _, err := io.WriteString(b.w, reconnect); err != nil {
		return cutStalled
	}
	for {
		head := b.s.Projection.Status().Applied
		switch {
		case b.live && head-b.cursor > mostBehind:
			_, _ = fmt.Fprintf(b.w, "event: lagged\ndata: {\"seq\":%d}\n\n", b.cursor) // he is lost either way
			return cutLagged
		case b.cursor < head:
			if cut := b.advance(ctx, min(head, b.cursor+streamChunk)); cut != "" {
				return b.blame(ctx, cut)
			}
		case !b.live:
			b.live = true
			if _, err := fmt.Fprintf(b.w, "event: caughtup\nid: %d\ndata: {\"seq\":%d}\n\n", b.cursor, b.cursor); err != nil {
				return b.blame(ctx, cutStalled)
			}
		default:
			if cut := b.wait(ctx); cut != "" {
				return b.blame(ctx, cut)
			}
		}
	}
}

// blame finds no fault where the subscriber went by himself.
func (b *subscriber) blame(ctx context.Context, cut string) string {
	if ctx.Err() != nil {
		return ""
	}
	return cut
}

// advance writes the updates up to a sequence.
func (b *subscriber) advance(ctx context.Context, to ledger.Seq) (cut string) {
	updates, err := b.s.feed.batch(ctx, b.cursor+1, to)
	if err != nil {
		b.s.Logger.ErrorContext(ctx, "updates cannot be rendered", "after", b.cursor, "error", err)
		return cutStopped
	}
	b.buf = b.buf[:0]
	n := 0
	for _, u := range updates {
		if frame := b.filter.of(u); frame != nil {
			b.buf = append(b.buf, frame...)
			n++
		}
	}
	b.cursor = to
	if n == 0 {
		return ""
	}
	if _, err := b.w.Write(b.buf); err != nil {
		return cutStalled
	}
	if b.s.Stream.Sent != nil {
		b.s.Stream.Sent(n)
	}
	if cap(b.buf) > 1<<20 {
		b.buf = nil // most of the time a subscriber waits
	}
	return ""
}

// wait returns when there is something new, and shows that the line is alive.
func (b *subscriber) wait(ctx context.Context) (cut string) {
	pause, cancel := context.WithTimeout(ctx, b.s.Heartbeat)
	defer cancel()
	err := b.s.Projection.Wait(pause, b.cursor+1)
	switch {
	case err == nil:
		return ""
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		// The id lets who asked for little go on here, and not at the last update.
		if _, err := fmt.Fprintf(b.w, "event: heartbeat\nid: %d\ndata: {\"seq\":%d}\n\n", b.cursor, b.cursor); err != nil {
			return cutStalled
		}
		return ""
	}
	return cutStopped
}
