package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"foedus/ledger"
)

// window is how many messages a reader lets the server send ahead.
const window = 2048

// Read implements [ledger.Log]. It holds a window of entries in memory.
func (l *Log) Read(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		head, err := l.Head(ctx)
		if err == nil && after < head {
			err = l.scan(ctx, after, head, func(e ledger.Entry) bool { return yield(e, nil) })
		}
		if err != nil && !errors.Is(err, errLeft) {
			yield(ledger.Entry{}, fmt.Errorf("read: %w", l.closedOr(err)))
		}
	}
}

// Follow implements [ledger.Log].
func (l *Log) Follow(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		err := l.scan(ctx, after, math.MaxUint64, func(e ledger.Entry) bool { return yield(e, nil) })
		if !errors.Is(err, errLeft) {
			yield(ledger.Entry{}, fmt.Errorf("follow: %w", l.closedOr(err)))
		}
	}
}

// errLeft: whoever iterates has stopped.
var errLeft = errors.New("left")

// scan yields the entries after one sequence up to another and offers each to
// the index. It goes on past the end as long as an atomic append is not
// complete: the head was then read while the server was storing it.
func (l *Log) scan(ctx context.Context, after, until ledger.Seq, yield func(ledger.Entry) bool) error {
	r := &reader{log: l, next: uint64(after) + 1, until: uint64(until)}
	defer r.stop(ctx)
	for more := false; r.next <= r.until || more; {
		e, err := r.read(ctx)
		if err != nil {
			if err = r.outlast(ctx, err); err != nil {
				return err
			}
			continue
		}
		l.index.add(e.Seq, e.ID)
		if !yield(e) {
			return errLeft
		}
		more = e.More
	}
	return nil
}

// reader takes entries in order from a consumer of its own. It is the client
// library's ordered consumer reduced to what is needed here: that one checks
// only the numbering of the deliveries and so passes over a record that the
// server can no longer read, and it leaves its consumer behind on the server.
// This one counts the sequences themselves. Whenever they do not follow each
// other, or nothing comes although it should, it asks the server for the next
// entry by its sequence: that gives the entry, or it is missing.
type reader struct {
	log         *Log
	next, until uint64 // the sequence to come, the last one wanted

	// The consumer in use; the reader replaces it when it is in doubt.
	name   string
	sub    *nats.Subscription
	in     chan *nats.Msg
	asked  int // messages requested and not yet come
	timer  *time.Timer
	silent int // quiet periods in a row
}

func (r *reader) read(ctx context.Context) (ledger.Entry, error) {
	for {
		if err := r.ask(ctx); err != nil {
			return ledger.Entry{}, err
		}
		m, err := r.receive(ctx)
		if err != nil {
			return ledger.Entry{}, err
		}
		if m == nil {
			e, ok, err := r.missed(ctx)
			if err != nil || ok {
				return e, err
			}
			continue
		}
		r.silent = 0
		if r.status(ctx, m) {
			continue
		}
		r.asked--
		e, err := delivered(m)
		switch {
		case err != nil:
			return e, err
		case uint64(e.Seq) > r.next:
			return r.probe(ctx)
		case uint64(e.Seq) == r.next:
			r.next++
			return e, nil
		}
	}
}

// outlast waits a moment, with a new consumer to come, if who follows the log met
// nothing but a server that is away; any other error it returns. What reads up to
// an end does not wait: somebody waits for it.
func (r *reader) outlast(ctx context.Context, err error) error {
	if r.until != math.MaxUint64 || ctx.Err() != nil || !away(err) {
		return err
	}
	r.log.cfg.Logger.WarnContext(ctx, "the log cannot be followed; trying again", "next", r.next, "error", err)
	r.stop(ctx)
	return pause(ctx, r.log.cfg.quiet)
}

// receive returns the next message, or nil when nothing came for a while.
func (r *reader) receive(ctx context.Context) (*nats.Msg, error) {
	select {
	case m := <-r.in:
		// Messages that are there already must not hide the end.
		if ctx.Err() == nil {
			return m, r.log.usable()
		}
		return nil, ctx.Err()
	default:
	}
	r.timer.Reset(r.log.cfg.quiet)
	select {
	case m := <-r.in:
		return m, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.log.closed:
		return nil, ledger.ErrClosed
	case <-r.timer.C:
		return nil, nil
	}
}

// ask sees to it that there is a consumer and that it has something to do.
func (r *reader) ask(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if r.sub == nil {
		if err := r.start(ctx); err != nil {
			return err
		}
	}
	if r.asked > window/2 {
		return nil
	}
	n := window - r.asked
	if left := r.until - r.next + 1; left < uint64(n) {
		n = max(1, int(left)-r.asked)
		if uint64(r.asked) >= left {
			return nil
		}
	}
	body, err := json.Marshal(map[string]int64{"batch": int64(n), "expires": int64(r.log.cfg.expires)})
	if err != nil {
		return err
	}
	r.asked += n
	return r.log.nc.PublishRequest("$JS.API.CONSUMER.MSG.NEXT."+streamName+"."+r.name, r.sub.Subject, body)
}

func (r *reader) start(ctx context.Context) error {
	if err := r.log.usable(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, r.log.cfg.Timeout)
	defer cancel()
	c, err := r.log.js.CreateConsumer(ctx, streamName, jetstream.ConsumerConfig{
		DeliverPolicy:     jetstream.DeliverByStartSequencePolicy,
		OptStartSeq:       r.next,
		AckPolicy:         jetstream.AckNonePolicy,
		MemoryStorage:     true,
		Replicas:          1,
		InactiveThreshold: 2 * r.log.cfg.expires, // if deleting it fails
	})
	if err != nil {
		return fmt.Errorf("create consumer: %w", err)
	}
	r.name, r.asked = c.CachedInfo().Name, 0
	// Twice the window: what a reader asks for always finds room, with the
	// server's own remarks between.
	r.in = make(chan *nats.Msg, 2*window)
	r.sub, err = r.log.nc.ChanSubscribe(r.log.nc.NewInbox(), r.in)
	if r.timer == nil {
		r.timer = time.NewTimer(r.log.cfg.quiet)
	}
	return err
}

// stop removes the consumer. It works although the context may be at its end.
func (r *reader) stop(ctx context.Context) {
	if r.sub == nil {
		return
	}
	_ = r.sub.Unsubscribe()
	r.sub = nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.log.cfg.Timeout)
	defer cancel()
	if r.log.usable() == nil && r.log.nc.IsConnected() {
		_ = r.log.js.DeleteConsumer(ctx, streamName, r.name) // it would expire
	}
}

// status reports whether a message is a remark of the server rather than an
// entry, and does what follows from it.
func (r *reader) status(ctx context.Context, m *nats.Msg) bool {
	code := first(m.Header, "Status")
	switch {
	case code == "" || len(m.Data) > 0:
		return false
	case code == "100": // a heartbeat
	case code == "408": // a request expired
		var pending int
		_, _ = fmt.Sscan(first(m.Header, "Nats-Pending-Messages"), &pending)
		r.asked -= pending
	default: // the consumer is gone, or its server is
		r.stop(ctx)
	}
	return true
}

// missed is called when nothing came for a while. It returns the next entry if
// the log holds it after all.
func (r *reader) missed(ctx context.Context) (e ledger.Entry, ok bool, err error) {
	l := r.log
	if !l.nc.IsConnected() {
		return e, false, nil // the client is reconnecting
	}
	head, err := l.head(ctx)
	if err != nil {
		return e, false, err
	}
	if uint64(head) >= r.next {
		e, err = r.probe(ctx)
		return e, err == nil, err
	}
	// Nothing is there yet. Follow goes on waiting. Read knows that something
	// was there, or is due within milliseconds as the rest of an atomic append;
	// a few periods are left to a cluster that is choosing a leader.
	if r.silent++; r.until != math.MaxUint64 && r.silent > 3 {
		detail := fmt.Sprintf("the log reached to %d and ends at %d now", r.until, head)
		if r.next > r.until {
			detail = "the log ends in the middle of an atomic append"
		}
		err = &ledger.DamageError{Missing: ledger.Seq(r.next), Detail: detail}
	}
	return e, false, err
}

// probe asks for the next entry by its sequence and gives up the consumer that
// did not deliver it.
func (r *reader) probe(ctx context.Context) (ledger.Entry, error) {
	r.stop(ctx)
	e, err := r.log.getOne(ctx, ledger.Seq(r.next))
	if err == nil {
		r.next++
	}
	return e, err
}

// complete extends the index to the head of the log.
func (l *Log) complete(ctx context.Context) error {
	if !l.embedded() {
		if err := l.refresh(ctx); err != nil {
			return err
		}
	}
	head := ledger.Seq(l.own.Load())
	if l.index.through() >= head {
		return nil
	}
	if err := l.acquire(ctx, l.indexing); err != nil {
		return err
	}
	defer func() { <-l.indexing }()
	from := l.index.through()
	if from >= head {
		return nil
	}
	return l.scan(ctx, from, head, func(ledger.Entry) bool { return true })
}
