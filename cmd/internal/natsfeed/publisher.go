package natsfeed

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/live"
)

// chunk is how many events are rendered at a time; the World stands still
// meanwhile.
const chunk = 256

// The pauses of a publisher that did not get on: the first one, the longest
// after errors that follow each other, and the longest after races, so that one who
// stands by soon takes over.
const (
	firstPause   = 50 * time.Millisecond
	longestPause = 5 * time.Second
	longestRace  = 500 * time.Millisecond
)

// Config says what to publish, and where. Log, Projection, Conn and Changes are
// required.
type Config struct {
	Log        ledger.Log       // read only
	Projection *live.Projection // of Log
	// Conn reaches the server of the stream. It should not keep messages back
	// while it reconnects: they would come too late to be of use.
	Conn *nats.Conn
	// Changes renders what an event changes, in the order of
	// [projections.World.Update]. It must give the same whenever it is asked.
	Changes func(w *projections.World, e *ledger.Entry) ([]Change, error)
	// Replicas is the number of servers that keep a copy of a stream that is
	// created. Zero means 1. It is ignored where the stream exists.
	Replicas int
	// Timeout is how long an answer of the server is waited for. Zero means 10
	// seconds.
	Timeout time.Duration
	Logger  *slog.Logger // nil discards

	// Published is told of messages that this publisher stored, and up to which
	// event; Failed of every error that it goes on after. Both may be nil.
	Published func(messages int, through ledger.Seq)
	Failed    func(err error)
}

// Publisher writes every update of a log to the stream of updates, in log order
// and exactly once, whoever else does the same. Make it with [NewPublisher] and start it
// with [Publisher.Run].
type Publisher struct {
	cfg     Config
	js      jetstream.JetStream
	through atomic.Uint64 // every part of every event up to it is stored

	// What only tests set.
	interrupt func() error // called before each publication, which fails with what it returns
	forget    func() error // called after each publication, whose acknowledgement is lost with what it returns
}

// NewPublisher returns a publisher that has published nothing yet.
func NewPublisher(cfg Config) (*Publisher, error) {
	if cfg.Timeout <= 0 {
		cfg.Timeout = 10 * time.Second
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	js, err := jetstream.New(cfg.Conn, jetstream.WithDefaultTimeout(cfg.Timeout))
	if err != nil {
		return nil, fmt.Errorf("make publisher: %w", err)
	}
	return &Publisher{cfg: cfg, js: js}, nil
}

// Run publishes until ctx ends, which is no error. What may pass by, a server
// that is away or a full disk, it waits for. It fails with [ErrUnfit],
// [ErrForeign] or [ErrProjection], and where an event cannot be read or rendered,
// because then nothing after it may be published either.
func (p *Publisher) Run(ctx context.Context) error {
	pause := firstPause
	for ctx.Err() == nil {
		got, err := p.run(ctx)
		if got {
			pause = firstPause
		}
		most := longestPause
		switch {
		case ctx.Err() != nil:
		case final(err):
			return fmt.Errorf("publish updates: %w", err)
		case errors.Is(err, errRaced):
			most = longestRace
			p.cfg.Logger.DebugContext(ctx, "another publisher was first", "error", err)
		default:
			p.cfg.Logger.WarnContext(ctx, "updates are not published; trying again", "after", pause, "error", err)
			if p.cfg.Failed != nil {
				p.cfg.Failed(err)
			}
		}
		rest(ctx, pause)
		pause = min(2*pause, most)
	}
	return nil
}

// rest waits for about as long as given: two publishers that lost to each other
// must not come back together.
func rest(ctx context.Context, pause time.Duration) {
	t := time.NewTimer(pause/2 + rand.N(pause))
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// final reports whether repeating would not help.
func final(err error) bool {
	for _, e := range []error{ErrUnfit, ErrForeign, ErrProjection, errRender, ledger.ErrDamaged, ledger.ErrClosed} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// errRender: an event cannot be turned into messages.
var errRender = errors.New("an update cannot be rendered")

// run publishes from where the stream ends until something is in doubt. got
// reports whether anything was published.
func (p *Publisher) run(ctx context.Context) (got bool, err error) {
	if err := p.ensure(ctx); err != nil {
		return false, err
	}
	at, err := p.locate(ctx)
	if err != nil {
		return false, err
	}
	p.through.Store(uint64(at.seq - 1))
	var list []message
	next := at.seq // the event to be rendered
	for ; ; got = true {
		if len(list) == 0 {
			if err := p.wait(ctx, next); err != nil {
				return got, err
			}
		}
		for len(list) < mostMessages {
			last := min(p.cfg.Projection.Status().Applied, next+chunk-1)
			if last < next {
				break
			}
			if list, err = p.render(ctx, list, next, last); err != nil {
				return got, err
			}
			next = last + 1
		}
		if at.part > 1 { // the stream ends in the middle of an event
			if list, err = remaining(list, &at); err != nil {
				return got, err
			}
		}
		n := cut(list)
		if at.last, err = p.send(ctx, at.last, list[:n]); err != nil {
			return got, err
		}
		if p.cfg.Published != nil {
			p.cfg.Published(n, list[n-1].entry.Seq)
		}
		if m := &list[n-1]; m.part == m.parts {
			p.through.Store(uint64(m.entry.Seq))
		}
		list = list[n:]
	}
}

// Through returns the sequence up to which every update is known to be stored,
// whoever stored it. It stays behind while another publisher is at work.
func (p *Publisher) Through() ledger.Seq { return ledger.Seq(p.through.Load()) }

// remaining leaves out the parts of the first event that are stored.
func remaining(list []message, at *position) ([]message, error) {
	if parts := list[0].parts; at.part > parts {
		return nil, fmt.Errorf("%w: it has %d parts of the event %d, which makes %d", ErrForeign, at.part-1, at.seq, parts)
	}
	list = list[at.part-1:]
	at.part = 1
	return list, nil
}

// send is publish, with what tests do to it.
func (p *Publisher) send(ctx context.Context, last uint64, list []message) (uint64, error) {
	if p.interrupt != nil {
		if err := p.interrupt(); err != nil {
			return 0, err
		}
	}
	last, err := p.publish(ctx, last, list)
	if err == nil && p.forget != nil {
		err = p.forget()
	}
	return last, err
}

// wait returns when the projection has applied an event.
func (p *Publisher) wait(ctx context.Context, seq ledger.Seq) error {
	err := p.cfg.Projection.Wait(ctx, seq)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%w: %w", ErrProjection, err)
	}
	return err
}

// eventID returns the id of an event that was applied.
func (p *Publisher) eventID(seq ledger.Seq) (id ledger.EventID) {
	p.cfg.Projection.View(func(w *projections.World) { id = w.ID(seq) })
	return id
}

// render appends the messages of the events from first to last, which were
// applied.
func (p *Publisher) render(ctx context.Context, list []message, first, last ledger.Seq) ([]message, error) {
	seqs := make([]ledger.Seq, 0, last-first+1)
	for seq := first; seq <= last; seq++ {
		seqs = append(seqs, seq)
	}
	entries, err := p.cfg.Log.Get(ctx, seqs...)
	if err != nil {
		return nil, fmt.Errorf("read the events of updates: %w", err)
	}
	changes := make([][]Change, len(entries))
	p.cfg.Projection.View(func(w *projections.World) {
		for i := range entries {
			if changes[i], err = p.cfg.Changes(w, &entries[i]); err != nil {
				return
			}
		}
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRender, err)
	}
	for i := range entries {
		made, err := messages(&entries[i], changes[i])
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errRender, err)
		}
		list = append(list, made...)
	}
	return list, nil
}
