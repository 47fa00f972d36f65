package httpapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/live"
)

// The ways in which a subscription ends. The first two are no fault.
const (
	endLeft    = "left"    // the client went
	endStopped = "stopped" // the server stops
	cutLagged  = "lagged"  // too far behind
	cutStalled = "stalled" // he did not read
	cutFailed  = "failed"  // the log could not be read
)

// subscriber is one that reads GET /v1/stream.
type subscriber struct {
	s        *server
	topic    topic
	after    ledger.Seq
	snapshot bool // it begins with all facts
	moving   bool // its question is about today, whichever day that is

	w       io.Writer
	sub     *live.Subscription[rendered, topic]
	tick    *time.Timer
	spoken  time.Time // when something was sent last
	updates int       // sent
}

// headers are those of every stream.
func (b *subscriber) headers(h http.Header) {
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // proxies must not collect it
	h.Set(seqHeader, seqText(b.after))
}

// serve answers. Where it can, it takes the connection from the server and
// returns: what the server keeps for a request, and the stack that led here,
// is several times what an idle subscriber needs.
func (b *subscriber) serve(w http.ResponseWriter, r *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil { // in process, or HTTP/2
		defer b.s.leave()
		b.headers(w.Header())
		w.WriteHeader(http.StatusOK)
		b.w = &pacedWriter{w, http.NewResponseController(w)}
		b.live(r.Context(), time.Now())
		return
	}
	if out, ok := w.(*recorder); ok {
		out.hijacked = true
	}
	h := http.Header{"Connection": {"close"}, "Date": {time.Now().UTC().Format(http.TimeFormat)}}
	b.headers(h)
	allowAnyOrigin(h)
	go b.own(conn, h)
}

// own is the life of a subscriber with a connection of its own.
func (b *subscriber) own(conn net.Conn, h http.Header) {
	defer b.s.leave()
	defer func() { _ = conn.Close() }()
	ctx, gone := context.WithCancel(context.Background())
	defer gone()
	_ = conn.SetDeadline(time.Time{}) // those of the request
	go func() {
		defer gone()
		var b [64]byte // a client says nothing more; what it says all the same is dropped
		for {
			if _, err := conn.Read(b[:]); err != nil {
				return
			}
		}
	}()
	line := &connWriter{conn: conn, patience: b.s.Patience}
	b.w = line
	begin := time.Now()
	if err := line.begin(h); err != nil {
		return
	}
	b.live(ctx, begin)
}

// connWriter writes to a connection and gives its reader time for each write.
type connWriter struct {
	conn     net.Conn
	patience time.Duration
	moved    time.Time // when the deadline was set
}

func (c *connWriter) Write(p []byte) (int, error) {
	// A deadline that is far enough stays: to move it for each write is work for nothing.
	if now := time.Now(); now.Sub(c.moved) > c.patience/4 {
		_ = c.conn.SetWriteDeadline(now.Add(c.patience + c.patience/4))
		c.moved = now
	}
	return c.conn.Write(p)
}

func (c *connWriter) begin(h http.Header) error {
	head := []byte("HTTP/1.1 200 OK\r\n")
	for name, values := range h {
		head = append(append(append(append(head, name...), ": "...), values[0]...), "\r\n"...)
	}
	_, err := c.Write(append(head, "\r\n"...))
	return err
}

// live sends until one of the two ends goes, and says how it was.
func (b *subscriber) live(ctx context.Context, begin time.Time) {
	ctx, end := context.WithCancel(ctx)
	defer end()
	if b.s.Streaming != nil {
		defer context.AfterFunc(b.s.Streaming, end)()
	}
	b.tick = time.NewTimer(b.s.Heartbeat)
	defer b.tick.Stop()
	at, outcome := b.run(ctx)
	if cut := outcome != endLeft && outcome != endStopped; cut && b.s.Stream.Cut != nil {
		b.s.Stream.Cut(outcome)
	}
	if b.s.Logger.Enabled(ctx, slog.LevelInfo) {
		b.s.Logger.LogAttrs(ctx, slog.LevelInfo, "stream", slog.String("route", "/v1/stream"), slog.String("outcome", outcome),
			slog.Duration("duration", time.Since(begin)), slog.Uint64("seq", uint64(at)), slog.Int("updates", b.updates))
	}
}

// run sends and returns the sequence up to which all was sent, and how it ended.
func (b *subscriber) run(ctx context.Context) (at ledger.Seq, outcome string) {
	err := b.begin()
	b.sub = b.s.Feed.Subscribe(b.topic, b.after)
	defer func() { b.sub.Close() }()
	for err == nil {
		var batch live.Batch
		if batch, err = b.sub.Next(ctx, b.tick.C); err == nil {
			err = b.send(&batch)
		}
	}
	at = b.sub.Cursor()
	switch {
	case b.s.Streaming != nil && b.s.Streaming.Err() != nil:
		return at, endStopped
	case ctx.Err() != nil:
		return at, endLeft
	case errors.Is(err, live.ErrLagged):
		_, _ = fmt.Fprintf(b.w, "event: lagged\ndata: {\"seq\":%d}\n\n", at) // he is cut either way
		return at, cutLagged
	case errors.As(err, new(net.Error)), errors.Is(err, io.ErrClosedPipe):
		return at, cutStalled
	}
	b.s.Logger.ErrorContext(ctx, "updates cannot be sent", "seq", at, "error", err)
	return at, cutFailed
}

// begin sends what comes before all updates.
func (b *subscriber) begin() error {
	if _, err := io.WriteString(b.w, reconnect); err != nil {
		return err
	}
	if b.snapshot {
		return b.sendSnapshot()
	}
	if b.topic.question.name == "" {
		return nil
	}
	var first []byte
	b.s.view(func(w *projections.World) { first = b.topic.question.begin(nil, w, b.after) })
	_, err := b.w.Write(first)
	return err
}

// send writes a batch, or shows that the line is alive.
func (b *subscriber) send(batch *live.Batch) (err error) {
	now := time.Now()
	if quiet := now.Sub(b.spoken); batch.Frames == 0 && !batch.CaughtUp && batch.Stopped == nil && quiet < b.s.Heartbeat {
		b.tick.Reset(b.s.Heartbeat - quiet) // the timer is not moved for each update
		return nil
	}
	b.spoken = now
	switch {
	case batch.Frames > 0:
		if _, err = b.w.Write(batch.Data); err == nil {
			b.updates += batch.Frames
			if b.s.Stream.Sent != nil {
				b.s.Stream.Sent(batch.Frames)
			}
		}
	case batch.CaughtUp:
		err = b.say("caughtup", batch.Through)
	case batch.Stopped != nil && errors.Is(batch.Stopped, ledger.ErrClosed):
		return nil // the server is about to stop
	case batch.Stopped != nil:
		_, err = fmt.Fprintf(b.w, "event: stopped\nid: %d\ndata: {\"seq\":%d,\"error\":%s}\n\n",
			batch.Through, batch.Through, asJSON(batch.Stopped.Error()))
	default: // The id lets who asked for little go on here, and not at the last update.
		b.tick.Reset(b.s.Heartbeat)
		if err = b.newDay(); err == nil {
			err = b.say("heartbeat", batch.Through)
		}
	}
	return err
}

func (b *subscriber) say(event string, seq ledger.Seq) error {
	_, err := fmt.Fprintf(b.w, "event: %s\nid: %d\ndata: {\"seq\":%d}\n\n", event, seq, seq)
	return err
}

// newDay moves a question about today to the next day, and tells if its answer
// is another one there.
func (b *subscriber) newDay() error {
	today := b.s.today()
	if b.topic.question.name == "" || !b.moving || today == b.topic.question.q.On {
		return nil
	}
	at, next := b.sub.Cursor(), b.topic
	next.question.q.On = today
	var before, after []byte
	b.s.view(func(w *projections.World) {
		before, after = asJSON(b.topic.question.answer(w, at)), asJSON(next.question.answer(w, at))
	})
	b.sub.Close()
	b.topic = next
	b.sub = b.s.Feed.Subscribe(next, at)
	if string(before) == string(after) {
		return nil
	}
	_, err := b.w.Write(next.question.frame(nil, at, []byte("null"), before, after))
	return err
}
