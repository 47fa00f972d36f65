// Package live keeps a World in step with a log. One goroutine follows the
// log, decodes and applies; any number of readers look at the World in between.
//
// The package may wait and lock. It must not know a transport: who serves the
// answers, and how, is decided above it.
package live

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"foedus/ledger"
	"foedus/projections"
)

// chunk is how many entries are decoded and applied at a time while catching up,
// and those that belong to the same atomic append.
const chunk = 256

// inFlight is how many of them wait at most between two stages.
const inFlight = 8

// keepRecent is how many entries that were followed are kept for those who show
// them right away.
const keepRecent = 1024

// Projection is a World that follows a log. Make it with [New] and start it
// with [Projection.Run].
type Projection struct {
	log ledger.Log

	mu      sync.RWMutex
	world   *projections.World // guarded by mu
	changed chan struct{}      // guarded by mu; closed and replaced when the World moves
	target  ledger.Seq         // guarded by mu; the head of the log when Run began
	ready   bool               // guarded by mu; target was reached
	failure error              // guarded by mu; why Run ended
	recent  []ledger.Entry     // guarded by mu; what was followed last, by sequence modulo its length
}

// New returns a projection of log that has applied nothing yet.
func New(log ledger.Log) *Projection {
	return &Projection{log: log, world: projections.New(), changed: make(chan struct{})}
}

// Status says how far a projection is.
type Status struct {
	Applied ledger.Seq // the last sequence applied
	Target  ledger.Seq // where it is ready: the head of the log when it was started
	Ready   bool
	// Err is why it stopped, nil while it runs. It serves what it has.
	Err error
}

// Status returns how far the projection is.
func (p *Projection) Status() Status {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return Status{p.world.Head(), p.target, p.ready, p.failure}
}

// View calls f with the World. The World does not move while f runs, so f
// should be short: the follower waits for it. What f keeps must not be a
// reference into the World other than the strings and payloads that it hands
// out.
func (p *Projection) View(f func(w *projections.World)) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	f(p.world)
}

// Recent returns the entries from the first sequence to the last, if they were
// applied so recently that they are at hand; nil if not all of them are. The
// caller owns the slice, and the bytes of its entries are read-only.
func (p *Projection) Recent(first, last ledger.Seq) []ledger.Entry {
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.recent == nil || last-first >= keepRecent {
		return nil
	}
	out := make([]ledger.Entry, 0, last-first+1)
	for seq := first; seq <= last; seq++ {
		e := &p.recent[seq%keepRecent]
		if e.Seq != seq {
			return nil
		}
		out = append(out, *e)
	}
	return out
}

// Wait returns when everything up to seq is applied. It fails with the
// context's error, or with the reason for which the projection stopped.
func (p *Projection) Wait(ctx context.Context, seq ledger.Seq) error {
	return p.wait(ctx, func() bool { return p.world.Head() >= seq })
}

// WaitReady returns when the projection has applied what the log held when it
// was started.
func (p *Projection) WaitReady(ctx context.Context) error {
	return p.wait(ctx, func() bool { return p.ready })
}

func (p *Projection) wait(ctx context.Context, done func() bool) error {
	for {
		p.mu.RLock()
		ok, changed, err := done(), p.changed, p.failure
		p.mu.RUnlock()
		switch {
		case ok:
			return nil
		case err != nil:
			return err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Run follows the log until ctx ends, which is no error, or something fails: an
// event that cannot be decoded, a gap, a closed log. It never skips an event.
// It may be called once.
func (p *Projection) Run(ctx context.Context) error {
	err := p.run(ctx)
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		err = nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failure = err
	if err == nil {
		p.failure = ledger.ErrClosed
	}
	p.announce()
	return err
}

func (p *Projection) run(ctx context.Context) error {
	head, err := p.log.Head(ctx)
	if err != nil {
		return fmt.Errorf("find the head of the log: %w", err)
	}
	p.mu.Lock()
	p.target = head
	p.mu.Unlock()
	if err := p.catchUp(ctx); err != nil {
		return err
	}
	p.mu.Lock()
	p.world.Compact()
	p.ready = true
	p.recent = make([]ledger.Entry, keepRecent)
	at := p.world.Head()
	p.announce()
	p.mu.Unlock()
	return p.follow(ctx, at)
}

// announce wakes everyone who waits. The caller holds mu.
func (p *Projection) announce() {
	close(p.changed)
	p.changed = make(chan struct{})
}

// follow applies what arrives. Entries of one atomic append become visible
// together.
func (p *Projection) follow(ctx context.Context, after ledger.Seq) error {
	var d ledger.Decoder
	b := &batch{}
	for e, err := range p.log.Follow(ctx, after) {
		if err != nil {
			return fmt.Errorf("follow the log: %w", err)
		}
		b.entries = append(b.entries, e)
		if e.More {
			continue
		}
		b.decode(&d)
		if err := p.apply(b); err != nil {
			return err
		}
		b.entries, b.events = b.entries[:0], b.events[:0]
	}
	return nil
}

// batch is a run of entries on its way into the World.
type batch struct {
	entries []ledger.Entry
	events  []ledger.Event
	err     error
	done    chan struct{} // closed when decoded; nil if that is not waited for
}

// decode fills events, up to the first entry that cannot be decoded.
func (b *batch) decode(d *ledger.Decoder) {
	for i := range b.entries {
		e, err := d.DecodeFacts(b.entries[i].Bytes)
		if err != nil {
			b.err = fmt.Errorf("decode the event at sequence %d: %w", b.entries[i].Seq, err)
			return
		}
		b.events = append(b.events, e)
	}
}

// apply applies what was decoded, then reports what was not.
func (p *Projection) apply(b *batch) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range b.events {
		e := &b.entries[i]
		if err := p.world.Apply(e.Seq, e.Time.UnixNano(), &b.events[i]); err != nil {
			return fmt.Errorf("apply the event at sequence %d: %w", e.Seq, err)
		}
		if p.recent != nil {
			p.recent[e.Seq%keepRecent] = *e
		}
	}
	p.announce()
	return b.err
}

// catchUp replays the log up to its head. Reading, decoding and applying
// overlap: replay is bound by the slowest of the three, not by their sum.
func (p *Projection) catchUp(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work, ordered := make(chan *batch), make(chan *batch, inFlight)
	spent := make(chan *batch, inFlight+2) // applied, to be filled again
	var readErr error
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel() // before the wait: it releases the reader
	running.Go(func() {
		defer close(ordered)
		defer close(work)
		readErr = p.read(ctx, work, ordered, spent)
	})
	running.Go(func() {
		var d ledger.Decoder
		for b := range work {
			b.decode(&d)
			close(b.done)
		}
	})
	for b := range ordered {
		<-b.done
		if err := p.apply(b); err != nil {
			return err
		}
		select {
		case spent <- b:
		default:
		}
	}
	return readErr
}

// read cuts the log into batches and hands each to the decoder and, in order,
// to the applier.
func (p *Projection) read(ctx context.Context, work, ordered chan<- *batch, spent <-chan *batch) error {
	send := func(b *batch) error {
		for _, to := range [...]chan<- *batch{work, ordered} {
			select {
			case to <- b:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	}
	fresh := func() *batch {
		select {
		case b := <-spent:
			b.entries, b.events, b.done = b.entries[:0], b.events[:0], make(chan struct{})
			return b
		default:
			return &batch{
				entries: make([]ledger.Entry, 0, chunk), events: make([]ledger.Event, 0, chunk), done: make(chan struct{}),
			}
		}
	}
	b := fresh()
	var damage error
	for e, err := range p.log.Read(ctx, 0) {
		if err != nil {
			damage = fmt.Errorf("read the log: %w", err)
			break
		}
		if b.entries = append(b.entries, e); len(b.entries) >= chunk && !e.More {
			if err := send(b); err != nil {
				return err
			}
			b = fresh()
		}
	}
	if b.trim(); len(b.entries) > 0 { // what stands before the damage is served
		if err := send(b); err != nil {
			return err
		}
	}
	return damage
}

// trim drops the entries of an atomic append that does not end here.
func (b *batch) trim() {
	for n := len(b.entries); n > 0 && b.entries[n-1].More; n-- {
		b.entries = b.entries[:n-1]
	}
}
