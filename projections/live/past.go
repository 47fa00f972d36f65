package live

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"

	"foedus/ledger"
)

// What is kept of the past.
const (
	mostParts   = 32 // stretches of updates, rendered
	mostSpare   = 8  // stretches whose memory waits to be used again
	mostReaders = 4  // places where the log is being read
)

// part is a stretch of updates that were rendered together. Its memory is used
// again once it is neither kept nor used: catching up would else make garbage
// faster than it can be collected.
type part[T any] struct {
	first   ledger.Seq
	entries []ledger.Entry // empty but for its memory, once they are rendered
	updates []T
	err     error
	done    chan struct{} // closed when the others are set

	users int  // who make it or read it; guarded by past.mu
	kept  bool // among past.parts; guarded by past.mu
}

func (p *part[T]) last() ledger.Seq { return p.first + ledger.Seq(len(p.updates)) - 1 }

// past is what a feed keeps for those who catch up: stretches, so that many who
// come at once share them, and places where the log is being read, so that
// one who reads it all reads it in one go.
type past[T any] struct {
	log  ledger.Log
	ctx  context.Context //nolint:containedctx // of the reading that outlives a call
	stop context.CancelFunc

	mu      sync.Mutex // guards what follows
	parts   []*part[T] // the latest used last
	spare   []*part[T]
	readers []*reader // the latest used last
	closed  bool
}

// reader is a place where the log is being read.
type reader struct {
	began, next ledger.Seq
	pull        func() (ledger.Entry, error, bool)
	stop        func()
}

// fresh reports whether it has not brought anything yet.
func (r *reader) fresh() bool { return r.next == r.began }

func (p *past[T]) init(log ledger.Log) {
	p.log = log
	p.ctx, p.stop = context.WithCancel(context.Background())
}

// close ends all reading.
func (p *past[T]) close() {
	p.stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, r := range p.readers {
		r.stop()
	}
	p.readers = nil
}

// part returns the stretch that holds a sequence which was offered to the
// topics: a whole one, or what there is of the last. The caller releases it.
func (f *Feed[T, K]) part(ctx context.Context, seq ledger.Seq) *part[T] {
	first := (seq-1)/stretch*stretch + 1
	last := first + stretch - 1
	if at := ledger.Seq(f.at.Load()); at < last {
		return f.tail(ctx, seq, at)
	}
	p, mine := f.past.claim(first)
	if mine {
		f.readPast(ctx, p, last)
		f.renderPast(p)
		return p
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		f.past.release(p)
		return &part[T]{err: ctx.Err()}
	}
	if p.err != nil && ctx.Err() == nil { // perhaps only that of who was first to ask
		f.past.release(p)
		return f.own(ctx, first, last)
	}
	return p
}

// tail returns the updates of a stretch that is not complete yet.
func (f *Feed[T, K]) tail(ctx context.Context, first, last ledger.Seq) *part[T] {
	p := &part[T]{first: first}
	f.mu.Lock()
	for seq := first; seq <= last && f.recent[seq%feedRing].seq == seq; seq++ {
		p.updates = append(p.updates, f.recent[seq%feedRing].update)
	}
	f.mu.Unlock()
	if len(p.updates) == 0 {
		return f.own(ctx, first, last)
	}
	return p
}

// own makes a stretch that nobody else is given.
func (f *Feed[T, K]) own(ctx context.Context, first, last ledger.Seq) *part[T] {
	p := &part[T]{first: first, done: make(chan struct{}), users: 2}
	f.readPast(ctx, p, last)
	f.renderPast(p)
	return p
}

// readPast reads the entries of a stretch up to a sequence.
func (f *Feed[T, K]) readPast(ctx context.Context, p *part[T], last ledger.Seq) {
	p.entries, p.err = f.past.read(ctx, p.entries, p.first, last)
}

// renderPast makes a stretch of its entries. Who claimed it calls it once, also if
// they could not be read.
func (f *Feed[T, K]) renderPast(p *part[T]) {
	if p.err == nil {
		p.updates = slices.Grow(p.updates[:0], len(p.entries))[:len(p.entries)]
		p.err = f.renderAll(p.updates, p.entries)
	}
	clear(p.entries)
	p.entries = p.entries[:0]
	if p.err != nil {
		f.past.forget(p)
	}
	close(p.done)
	f.past.release(p)
}

// claim returns the stretch that begins at a sequence, for somebody to read who
// will release it; mine is set if the caller is also the one to make it.
func (p *past[T]) claim(first ledger.Seq) (s *part[T], mine bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.parts, func(s *part[T]) bool { return s.first == first })
	if i >= 0 {
		s = p.parts[i]
		s.users++
		p.parts = append(slices.Delete(p.parts, i, i+1), s)
		return s, false
	}
	if len(p.parts) >= mostParts {
		p.drop(0)
	}
	s = new(part[T])
	if n := len(p.spare); n > 0 {
		s, p.spare = p.spare[n-1], p.spare[:n-1]
	}
	s.first, s.err, s.done = first, nil, make(chan struct{})
	s.users, s.kept = 2, true // who makes it and who reads it
	p.parts = append(p.parts, s)
	return s, true
}

// drop keeps a stretch no longer. The caller holds mu.
func (p *past[T]) drop(i int) {
	s := p.parts[i]
	p.parts = slices.Delete(p.parts, i, i+1)
	s.kept = false
	p.reclaim(s)
}

// reclaim lets the memory of a stretch be used again if that may be. The caller
// holds mu.
func (p *past[T]) reclaim(s *part[T]) {
	if s.users == 0 && !s.kept && len(p.spare) < mostSpare {
		p.spare = append(p.spare, s)
	}
}

// release says that its caller does not use a stretch any more.
func (p *past[T]) release(s *part[T]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.users == 0 { // of the tail, which is nobody's
		return
	}
	s.users--
	p.reclaim(s)
}

// forget drops a stretch that could not be made.
func (p *past[T]) forget(s *part[T]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.parts, s); i >= 0 {
		p.drop(i)
	}
}

// read appends entries of the log. Who goes on where somebody stopped goes on
// with his reading.
func (p *past[T]) read(ctx context.Context, out []ledger.Entry, first, last ledger.Seq) ([]ledger.Entry, error) {
	out = slices.Grow(out, int(last-first+1))
	r := p.take(first)
	for r.next <= last {
		e, err, ok := r.pull()
		switch {
		case err != nil && ctx.Err() == nil && p.ctx.Err() == nil && !r.fresh(): // it may have waited too long
			r.stop()
			r = p.open(r.next)
			continue
		case ctx.Err() != nil || err != nil:
			r.stop()
			return nil, fmt.Errorf("read the events of updates: %w", cmp.Or(ctx.Err(), err))
		case !ok && r.fresh(): // the log ends before what was applied
			r.stop()
			return nil, fmt.Errorf("read the events of updates: %w", &ledger.DamageError{Missing: r.next, Detail: "it was applied before"})
		case !ok: // where the log ended when the reading began
			r.stop()
			r = p.open(r.next)
			continue
		}
		out, r.next = append(out, e), e.Seq+1
	}
	p.put(r)
	return out, nil
}

func (p *past[T]) take(next ledger.Seq) *reader {
	p.mu.Lock()
	i := slices.IndexFunc(p.readers, func(r *reader) bool { return r.next == next })
	if i < 0 {
		p.mu.Unlock()
		return p.open(next)
	}
	r := p.readers[i]
	p.readers = slices.Delete(p.readers, i, i+1)
	p.mu.Unlock()
	return r
}

func (p *past[T]) open(next ledger.Seq) *reader {
	r := &reader{next: next, began: next}
	r.pull, r.stop = iter.Pull2(p.log.Read(p.ctx, next-1))
	return r
}

func (p *past[T]) put(r *reader) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		r.stop()
		return
	}
	if len(p.readers) >= mostReaders {
		p.readers[0].stop()
		p.readers = slices.Delete(p.readers, 0, 1)
	}
	p.readers = append(p.readers, r)
}
