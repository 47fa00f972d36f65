package live

import (
	"context"

	"foedus/ledger"
)

// farAhead is how many stretches are rendered, or being rendered, before a
// subscriber who catches up asks for them.
const farAhead = 2

// ahead reads and renders what a subscriber who catches up will want next:
// while one stretch is written to him, the next is rendered and the one behind
// it read.
type ahead[T any] struct {
	past  *past[T]
	parts chan *part[T] // in order; closed at the end
	stop  context.CancelFunc
	done  chan struct{}
}

// lookAhead begins with the stretch that begins at a sequence and ends with the
// last whole one before another.
func (f *Feed[T, K]) lookAhead(ctx context.Context, first, last ledger.Seq) *ahead[T] {
	ctx, stop := context.WithCancel(ctx)
	a := &ahead[T]{past: &f.past, parts: make(chan *part[T], farAhead), stop: stop, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		defer close(a.parts)
		for seq := first; (seq-1)%stretch == 0 && seq+stretch-1 <= last; seq += stretch {
			p := f.begun(ctx, seq)
			select {
			case a.parts <- p:
			case <-ctx.Done():
				a.drop(p)
				return
			}
		}
	}()
	return a
}

// begun returns a stretch that has been read, if nobody else has it, and is
// being rendered.
func (f *Feed[T, K]) begun(ctx context.Context, first ledger.Seq) *part[T] {
	p, mine := f.past.claim(first)
	if mine {
		f.readPast(ctx, p, first+stretch-1)
		go f.renderPast(p)
	}
	return p
}

// next returns the next stretch when it is rendered, nil if there is none. The
// caller releases it.
func (a *ahead[T]) next(ctx context.Context) *part[T] {
	select {
	case p, ok := <-a.parts:
		if !ok {
			return nil
		}
		select {
		case <-p.done:
			return p
		case <-ctx.Done():
			a.past.release(p)
		}
	case <-ctx.Done():
	}
	return nil
}

// drop waits until what is under way for a stretch is done, and releases it.
func (a *ahead[T]) drop(p *part[T]) {
	<-p.done
	a.past.release(p)
}

// end stops looking ahead and returns when nothing is under way any more.
func (a *ahead[T]) end() {
	if a == nil {
		return
	}
	a.stop()
	for p := range a.parts {
		a.drop(p)
	}
	<-a.done
}
