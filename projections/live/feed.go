package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"foedus/ledger"
	"foedus/projections"
)

// What a feed keeps at hand.
const (
	feedRing  = 4096     // updates of the whole log, rendered
	topicRing = 4096     // frames of one topic
	topicMost = 4 << 20  // bytes of them, at most
	topicsAll = 64 << 20 // bytes of all topics, which they share
	stretch   = 128      // updates that are rendered together while a subscriber catches up
	held      = 16       // updates rendered while the World stands still: its writer waits
	joinMost  = 64 << 10 // bytes of one batch that is made of several
)

// MaxBehind is how many updates a subscriber who had caught up may be behind
// before he is cut off. One who is catching up may take as long as he likes.
const MaxBehind = 64 << 10

// Topic is what a subscriber asks for. Subscribers whose topics are equal share
// all work.
type Topic[T any] interface {
	comparable
	// Append appends what goes out for an update, or nothing if the topic does
	// not want it, and says whether it did. The World does not move meanwhile, but
	// may know more than the update.
	Append(dst []byte, w *projections.World, seq ledger.Seq, update *T) ([]byte, bool)
}

// Feed fans the updates of a projection out to subscribers. Each update is
// rendered once, and each topic decides once whether it wants it. A subscriber
// has no queue that somebody else fills: it has a cursor, reads what the topic
// has for all, and where it is too far behind for that, the table of facts. So
// nothing that a subscriber does holds up the log, the projection or others.
//
// T is an update as it was rendered, K the kind of topic. Make it with [NewFeed]
// and start it with [Feed.Run].
type Feed[T any, K Topic[T]] struct {
	proj   *Projection
	log    ledger.Log
	render Render[T]

	// Report is told why updates are late; nil tells nobody. Set it before Run.
	Report func(error)

	at    atomic.Uint64                 // every update up to it was offered to the topics
	moved atomic.Pointer[chan struct{}] // closed and replaced when at moves, for those who are not live yet

	mu     sync.Mutex   // guards what follows; held while updates are offered
	topics map[K]*topic // those that somebody follows
	open   bool         // it began
	err    error        // why no more will come
	recent []slot[T]    // by sequence modulo its length
	past   past[T]      // has its own lock
}

// Render makes an update of an event out of the table. It is called while the
// World does not move, which may know more than the event. What it is given to
// fill is new, or an older update that nobody looks at any more, whose memory it
// may use again.
type Render[T any] func(w *projections.World, e *ledger.Entry, update *T) error

type slot[T any] struct {
	seq    ledger.Seq
	update T
}

// NewFeed returns a feed that has no subscribers. The log is that of the
// projection.
func NewFeed[T any, K Topic[T]](proj *Projection, log ledger.Log, render Render[T]) *Feed[T, K] {
	f := &Feed[T, K]{proj: proj, log: log, render: render, topics: make(map[K]*topic), recent: make([]slot[T], feedRing)}
	f.past.init(log)
	f.move(0)
	return f
}

// topic is what the subscribers of one topic share.
type topic struct {
	subscribers int // guarded by Feed.mu
	state       atomic.Pointer[topicState]
}

// topicState is never changed: a newer one takes its place.
type topicState struct {
	open    bool          // the feed began
	from    ledger.Seq    // batches hold all that the topic wants after it
	batches []batchOf     // ascending
	size    int           // bytes of them
	frames  int           // of them
	newer   chan struct{} // closed when there is a newer state
	err     error         // no newer state will come
}

// batchOf is what one round of the feed brought a topic.
type batchOf struct {
	after   ledger.Seq // the round began behind it
	through ledger.Seq // the last update in it
	frames  int
	data    []byte
}

// Run offers updates to the topics until ctx ends. When the projection stops
// it says so to the subscribers, who keep what there is, and waits for the end
// of ctx. Where the log cannot be read it reports that and tries again.
func (f *Feed[T, K]) Run(ctx context.Context) {
	defer f.past.close()
	err := f.proj.WaitReady(ctx)
	f.begin()
	for err == nil {
		at := ledger.Seq(f.at.Load())
		if err = f.proj.Wait(ctx, at+1); err != nil {
			break
		}
		if failed := f.offer(ctx, at+1, min(f.proj.Status().Applied, at+stretch)); failed != nil && ctx.Err() == nil {
			if f.Report != nil {
				f.Report(failed)
			}
			err = pause(ctx)
		}
	}
	if ctx.Err() != nil {
		err = ledger.ErrClosed
	}
	f.end(err)
	<-ctx.Done()
}

// pause waits before something is tried again.
func pause(ctx context.Context) error {
	t := time.NewTimer(time.Second)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin opens the topics: what was applied up to now is the past.
func (f *Feed[T, K]) begin() {
	f.mu.Lock()
	defer f.mu.Unlock()
	at := f.proj.Status().Applied
	f.move(at)
	f.open = true
	for _, t := range f.topics {
		old := t.state.Load()
		t.state.Store(&topicState{open: true, from: at, newer: make(chan struct{})})
		close(old.newer)
	}
}

// end tells every subscriber that nothing will follow.
func (f *Feed[T, K]) end(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
	for _, t := range f.topics {
		old := t.state.Load()
		last := *old
		last.err, last.newer = err, nil
		t.state.Store(&last)
		close(old.newer)
	}
}

// offer renders updates and lets every topic look at them.
func (f *Feed[T, K]) offer(ctx context.Context, first, last ledger.Seq) error {
	entries, err := f.entries(ctx, first, last)
	if err != nil {
		return err
	}
	updates := make([]T, len(entries)) // new: whoever reads the tail of the past keeps what is in the ring
	if err := f.renderAll(updates, entries); err != nil {
		return err
	}
	f.mu.Lock()
	for i := range updates {
		seq := first + ledger.Seq(i)
		f.recent[seq%feedRing] = slot[T]{seq, updates[i]}
	}
	var grown []chan struct{}
	f.proj.View(func(w *projections.World) {
		for key, t := range f.topics {
			if b := batchFor(key, w, first, updates); b.frames > 0 {
				grown = append(grown, t.add(b, f.share()))
			}
		}
	})
	f.move(last) // behind the topics: who reads it first misses nothing
	f.mu.Unlock()
	for _, c := range grown {
		close(c)
	}
	return nil
}

// share is how many bytes a topic may keep, so that many topics together keep no
// more than they may. The caller holds mu.
func (f *Feed[T, K]) share() int { return min(topicMost, topicsAll/len(f.topics)) }

// move says that everything up to a sequence was offered.
func (f *Feed[T, K]) move(at ledger.Seq) {
	f.at.Store(uint64(at))
	next := make(chan struct{})
	if old := f.moved.Swap(&next); old != nil {
		close(*old)
	}
}

// batchFor joins what a topic wants of some updates.
func batchFor[T any, K Topic[T]](key K, w *projections.World, first ledger.Seq, updates []T) (b batchOf) {
	b.after = first - 1
	for i := range updates {
		seq := first + ledger.Seq(i)
		var ok bool
		if b.data, ok = key.Append(b.data, w, seq, &updates[i]); ok {
			b.frames++
			b.through = seq
		}
	}
	return b
}

// add puts a batch behind the others and drops old ones that are too many. It
// returns what is to be closed to wake the subscribers.
func (t *topic) add(b batchOf, most int) chan struct{} {
	old := t.state.Load()
	s := &topicState{
		open: true, from: old.from, batches: append(old.batches, b), size: old.size + len(b.data), frames: old.frames + b.frames,
		newer: make(chan struct{}),
	}
	for len(s.batches) > 1 && (s.size > most || s.frames > topicRing) {
		gone := &s.batches[0]
		s.from, s.size, s.frames = gone.through, s.size-len(gone.data), s.frames-gone.frames
		s.batches = s.batches[1:]
	}
	t.state.Store(s)
	return old.newer
}

// entries returns what has just been applied.
func (f *Feed[T, K]) entries(ctx context.Context, first, last ledger.Seq) ([]ledger.Entry, error) {
	if entries := f.proj.Recent(first, last); entries != nil {
		return entries, nil
	}
	return f.past.read(ctx, nil, first, last)
}

// renderAll renders entries, many of them on two cores.
func (f *Feed[T, K]) renderAll(out []T, entries []ledger.Entry) error {
	half := len(entries)
	if half > 2*held {
		half /= 2
	}
	var other error
	var second sync.WaitGroup
	second.Go(func() { other = f.renderInto(out[half:], entries[half:]) })
	err := f.renderInto(out[:half], entries[:half])
	second.Wait()
	return cmp.Or(err, other)
}

func (f *Feed[T, K]) renderInto(out []T, entries []ledger.Entry) (err error) {
	for from := 0; from < len(entries) && err == nil; from += held {
		f.proj.View(func(w *projections.World) {
			for i := from; i < min(from+held, len(entries)) && err == nil; i++ {
				if err = f.render(w, &entries[i], &out[i]); err != nil {
					err = fmt.Errorf("render the update %d: %w", entries[i].Seq, err)
				}
			}
		})
	}
	return err
}

// follow returns the topic of a new subscriber.
func (f *Feed[T, K]) follow(key K) *topic {
	f.mu.Lock()
	defer f.mu.Unlock()
	t := f.topics[key]
	if t == nil {
		t = new(topic)
		s := &topicState{open: f.open, from: ledger.Seq(f.at.Load()), err: f.err}
		if s.err == nil {
			s.newer = make(chan struct{})
		}
		t.state.Store(s)
		f.topics[key] = t
	}
	t.subscribers++
	return t
}

func (f *Feed[T, K]) unfollow(key K, t *topic) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if t.subscribers--; t.subscribers == 0 {
		delete(f.topics, key)
	}
}

// Topics returns how many different topics are followed.
func (f *Feed[T, K]) Topics() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.topics)
}

// ErrLagged says that a subscriber who had caught up fell more than [MaxBehind] updates
// behind. He may subscribe again where he was.
var ErrLagged = errors.New("too far behind")
