package live

import (
	"context"
	"slices"
	"time"

	"foedus/ledger"
	"foedus/projections"
)

// Subscription is one subscriber's place in a feed. It is not safe for
// concurrent use.
type Subscription[T any, K Topic[T]] struct {
	feed    *Feed[T, K]
	key     K
	topic   *topic
	cursor  ledger.Seq // everything up to it was handed out, or was none of his
	goal    ledger.Seq // the head when he came: he has not caught up before it
	live    bool       // he caught up once
	stopped bool       // he was told that nothing will follow
	buf     []byte     // of batches that are joined
	ahead   *ahead[T]  // nil unless he is catching up
}

// Batch is what a subscriber gets at a time.
type Batch struct {
	Data    []byte // frames, one after the other; shared and read-only, valid until the next call
	Frames  int
	Through ledger.Seq // everything that the subscriber asked for, up to it, was handed out with this
	// CaughtUp is set once, when there was nothing beyond Through for the first
	// time. Stopped is why nothing will follow, told once.
	CaughtUp bool
	Stopped  error
}

// Subscribe starts behind a sequence, which must not lie beyond the head. The
// caller must Close the subscription.
func (f *Feed[T, K]) Subscribe(key K, after ledger.Seq) *Subscription[T, K] {
	return &Subscription[T, K]{feed: f, key: key, topic: f.follow(key), cursor: after, goal: f.proj.Status().Applied}
}

// Close ends the subscription. The context of its last call of Next should have
// ended, or Close waits until what is being rendered for it is done.
func (s *Subscription[T, K]) Close() {
	s.feed.unfollow(s.key, s.topic)
	s.ahead.end()
}

// Cursor returns the sequence up to which everything was handed out.
func (s *Subscription[T, K]) Cursor() ledger.Seq { return s.cursor }

// Next returns the next batch as soon as there is one, and an empty one when
// tick fires. It fails with [ErrLagged], the error of ctx, or one of reading
// the log. In every subscription the batches together hold each update that the
// topic wants exactly once, in order.
func (s *Subscription[T, K]) Next(ctx context.Context, tick <-chan time.Time) (Batch, error) {
	for {
		moved := *s.feed.moved.Load()
		at := ledger.Seq(s.feed.at.Load()) // before the state, which then holds all up to it
		state := s.topic.state.Load()
		switch {
		case ctx.Err() != nil:
			return Batch{}, ctx.Err()
		case !state.open:
			select {
			case <-state.newer:
			case <-ctx.Done():
			}
			continue
		case s.live && at > s.cursor+MaxBehind:
			return Batch{}, ErrLagged
		}
		if to := s.past(state); to != 0 {
			if b, err := s.catchUp(ctx, to); err != nil || b.Frames > 0 {
				return b, err
			}
			continue
		}
		if b := s.take(state); b.Frames > 0 {
			return b, nil
		}
		s.cursor = max(s.cursor, at)
		switch {
		case !s.live && s.cursor < s.goal && state.err == nil: // about to be offered
			select {
			case <-moved:
			case <-ctx.Done():
			}
			continue
		case !s.live:
			s.live, s.buf = true, nil
			s.ahead.end()
			s.ahead = nil
			return Batch{Through: s.cursor, CaughtUp: true}, nil
		case state.err != nil && !s.stopped:
			s.stopped = true
			return Batch{Through: s.cursor, Stopped: state.err}, nil
		}
		select {
		case <-state.newer: // nil, and so never, once nothing will follow
		case <-tick:
			return Batch{Through: s.cursor}, nil
		case <-ctx.Done():
		}
	}
}

// past returns up to where the table of facts has to be read, 0 if the topic has
// what comes next. Who came before the feed was as far as he is may stand in the
// middle of a batch.
func (s *Subscription[T, K]) past(state *topicState) ledger.Seq {
	if s.cursor < state.from {
		return state.from
	}
	if next := s.behind(state); len(next) > 0 && next[0].after < s.cursor {
		return next[0].through
	}
	return 0
}

// behind returns the batches that a topic has behind the cursor.
func (s *Subscription[T, K]) behind(state *topicState) []batchOf {
	i := len(state.batches)
	for i > 0 && state.batches[i-1].through > s.cursor {
		i--
	}
	return state.batches[i:]
}

// take returns what a topic has behind the cursor: one batch as it is, or
// several joined.
func (s *Subscription[T, K]) take(state *topicState) (b Batch) {
	joined := false
	for _, next := range s.behind(state) {
		switch {
		case b.Frames == 0:
			b.Data = next.data
		case len(b.Data)+len(next.data) > joinMost:
			return b
		case !joined:
			joined = true
			s.buf = append(append(s.buf[:0], b.Data...), next.data...)
			b.Data = s.buf
		default:
			s.buf = append(s.buf, next.data...)
			b.Data = s.buf
		}
		b.Frames += next.frames
		b.Through, s.cursor = next.through, next.through
	}
	return b
}

// catchUp returns the next stretch of updates out of the table of facts, up to a
// sequence. While the caller writes it, the one behind it is rendered.
func (s *Subscription[T, K]) catchUp(ctx context.Context, to ledger.Seq) (b Batch, err error) {
	p := s.part(ctx, s.cursor+1)
	defer s.feed.past.release(p)
	if p.err != nil {
		return b, p.err
	}
	last := min(p.last(), to)
	if last < to && s.ahead == nil {
		s.ahead = s.feed.lookAhead(ctx, last+1, to)
	}
	s.buf = s.buf[:0]
	seq := s.cursor + 1
	for some := range slices.Chunk(p.updates[seq-p.first:last+1-p.first], held) {
		s.feed.proj.View(func(w *projections.World) {
			for i := range some {
				var ok bool
				if s.buf, ok = s.key.Append(s.buf, w, seq, &some[i]); ok {
					b.Frames++
				}
				seq++
			}
		})
	}
	b.Data, b.Through, s.cursor = s.buf, last, last
	return b, nil
}

// part returns the stretch that holds a sequence; the caller releases it.
func (s *Subscription[T, K]) part(ctx context.Context, seq ledger.Seq) *part[T] {
	if s.ahead != nil {
		p := s.ahead.next(ctx)
		switch {
		case p != nil && p.err == nil && p.first <= seq && seq <= p.last():
			return p
		case p != nil:
			s.feed.past.release(p)
		}
		s.ahead.end()
		s.ahead = nil
	}
	return s.feed.part(ctx, seq)
}
