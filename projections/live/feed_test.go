package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
	"foedus/projections"
	"foedus/projections/live"
)

// every is a topic: every event whose sequence is a multiple of the number. Its
// frame repeats what the table says of the event.
type every uint64

func (n every) Append(b []byte, w *projections.World, seq ledger.Seq, u *text) ([]byte, bool) {
	if uint64(seq)%uint64(n) != 0 {
		return b, false
	}
	return fmt.Appendf(b, "%d of %d: %s %d\n", seq, n, *u, len(w.Update(seq))), true
}

// text is an update. Its memory is written over when it is used again.
type text []byte

func render(_ *projections.World, e *ledger.Entry, u *text) (err error) {
	*u, err = e.ID.AppendText((*u)[:0])
	return err
}

type feed = live.Feed[text, every]

// fed starts a projection and a feed; stop ends both.
func fed(l ledger.Log) (p *live.Projection, f *feed, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	p = live.New(l)
	f = live.NewFeed[text, every](p, l, render)
	var running sync.WaitGroup
	running.Go(func() { _ = p.Run(ctx) })
	running.Go(func() { f.Run(ctx) })
	return p, f, func() { cancel(); running.Wait() }
}

// frames is what a topic must hear behind a sequence, by the plain rule.
func frames(w *projections.World, list []ledger.Encoded, n every, after int) (out []string) {
	for i := after; i < len(list); i++ {
		id := text(list[i].ID.String())
		if b, ok := n.Append(nil, w, ledger.Seq(i+1), &id); ok {
			out = append(out, string(b))
		}
	}
	return out
}

// hear collects lines until the cursor is at a sequence.
func hear(ctx context.Context, f *feed, n every, after, until ledger.Seq, got *[]string) (at ledger.Seq, err error) {
	s := f.Subscribe(n, after)
	defer s.Close()
	tick := time.NewTicker(5 * time.Millisecond) // what a topic does not want wakes nobody
	defer tick.Stop()
	for s.Cursor() < until {
		b, err := s.Next(ctx, tick.C)
		if err != nil {
			return s.Cursor(), err
		}
		lines := strings.SplitAfter(string(b.Data), "\n")
		if lines = lines[:len(lines)-1]; len(lines) != b.Frames {
			return s.Cursor(), fmt.Errorf("%d lines, Frames says %d", len(lines), b.Frames)
		}
		*got = append(*got, lines...)
	}
	return s.Cursor(), nil
}

// TestFeed: whatever is appended and whenever subscribers come, leave and come
// again, across restarts of the whole, each hears exactly what its topic wants
// behind its start, once and in order.
func TestFeed(t *testing.T) {
	log, list := ledgertest.NewMemory(), events(t, 6000)
	w := direct(t, list)
	for round := range uint64(3) {
		begin, to := 2000*int(round), 2000*int(round+1)
		_, f, stop := fed(log)
		var running sync.WaitGroup
		for i, n := range []every{1, 1, 1, 2, 3, 7, 7, 100, 10_000} {
			running.Go(func() {
				rng := rand.New(rand.NewPCG(round, uint64(i)))
				after := rng.IntN(begin + 1)
				at := ledger.Seq(after)
				var got []string
				for at < ledger.Seq(to) {
					var err error
					if at, err = hear(t.Context(), f, n, at, min(ledger.Seq(to), at+ledger.Seq(1+rng.IntN(900))), &got); err != nil {
						t.Errorf("topic %d: %v", n, err)
						return
					}
				}
				if want := frames(w, list[:to], n, after); !slices.Equal(got, want) {
					t.Errorf("round %d, topic %d behind %d: %d frames, want %d", round, n, after, len(got), len(want))
				}
			})
		}
		rng := rand.New(rand.NewPCG(round, 99))
		for from := begin; from < to; {
			k := min(1+rng.IntN(40), to-from)
			appendAll(t, log, list[from:from+k])
			from += k
		}
		running.Wait()
		if n := f.Topics(); n != 0 {
			t.Errorf("%d topics are followed by nobody", n)
		}
		stop()
	}
}

// TestFeedFromHead: who starts at a head that the feed has not come to yet hears
// nothing of what lies before it.
func TestFeedFromHead(t *testing.T) {
	log, list := ledgertest.NewMemory(), events(t, 3000)
	w := direct(t, list)
	p, f, stop := fed(log)
	defer stop()
	for from := 0; from < len(list); from += 10 {
		appendAll(t, log, list[from:from+10])
		head := ledger.Seq(from + 10)
		if err := p.Wait(t.Context(), head); err != nil {
			t.Fatal(err)
		}
		for back := range 4 {
			var got []string
			if _, err := hear(t.Context(), f, 1, head-ledger.Seq(back), head, &got); err != nil {
				t.Fatal(err)
			}
			if want := frames(w, list[:head], 1, int(head)-back); !slices.Equal(got, want) {
				t.Fatalf("%d before the head %d: got %v, want %v", back, head, got, want)
			}
		}
	}
}

// TestFeedTells: a subscription that is caught up says so once, shows ticks, and
// is told when the projection stopped; it keeps what there is.
func TestFeedTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &altered{ledgertest.NewMemory(), poison(700)}
		list := events(t, 701)
		appendAll(t, log, list[:600])
		p, f, stop := fed(log)
		defer stop()
		s := f.Subscribe(1000, 600)
		defer s.Close()
		expect := func(what string, ok func(b live.Batch) bool, tick <-chan time.Time) {
			t.Helper()
			if b, err := s.Next(t.Context(), tick); err != nil || !ok(b) {
				t.Errorf("%s: got %+v, %v", what, b, err)
			}
		}
		expect("caught up", func(b live.Batch) bool { return b.CaughtUp && b.Through == 600 }, nil)
		expect("a tick", func(b live.Batch) bool { return b.Frames == 0 && !b.CaughtUp && b.Stopped == nil && b.Through == 600 }, time.NewTimer(time.Second).C)
		appendAll(t, log, list[600:])
		synctest.Wait()
		expect("stopped", func(b live.Batch) bool { return b.Stopped != nil && b.Through == p.Status().Applied }, nil)
		expect("a tick behind the end", func(b live.Batch) bool { return b.Stopped == nil && b.Through == p.Status().Applied }, time.NewTimer(time.Second).C)

		late := f.Subscribe(1, 0)
		defer late.Close()
		n, told := 0, false
		for b, err := late.Next(t.Context(), nil); ; b, err = late.Next(t.Context(), nil) {
			if err != nil {
				t.Fatal(err)
			}
			n += b.Frames
			if told = b.Stopped != nil; told {
				break
			}
		}
		if want := int(p.Status().Applied); n != want {
			t.Errorf("who comes after the end hears %d updates, want %d", n, want)
		}
	})
}

// TestFeedLagged: who had caught up and falls far behind is cut off where he
// was, and goes on there; who is catching up is not.
func TestFeedLagged(t *testing.T) {
	log, list := ledgertest.NewMemory(), events(t, live.MaxBehind+200)
	appendAll(t, log, list[:100])
	p, f, stop := fed(log)
	defer stop()
	s := f.Subscribe(1, 100)
	if b, err := s.Next(t.Context(), nil); err != nil || !b.CaughtUp {
		t.Fatalf("%+v, %v", b, err)
	}
	appendAll(t, log, list[100:])
	if err := p.Wait(t.Context(), ledger.Seq(len(list))); err != nil {
		t.Fatal(err)
	}
	other := f.Subscribe(1, ledger.Seq(len(list)-1)) // the feed itself is as far
	for other.Cursor() < ledger.Seq(len(list)) {
		if _, err := other.Next(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	}
	other.Close()
	if _, err := s.Next(t.Context(), nil); !errors.Is(err, live.ErrLagged) || s.Cursor() != 100 {
		t.Fatalf("at %d: %v", s.Cursor(), err)
	}
	s.Close()
	var got []string
	if _, err := hear(t.Context(), f, 1, 100, ledger.Seq(len(list)), &got); err != nil || len(got) != len(list)-100 {
		t.Errorf("%d updates from there on, %v", len(got), err)
	}
}

// TestFeedSlow: a topic that nobody reads keeps no more than its share, and one
// who was away longer than that goes on from the table.
func TestFeedSlow(t *testing.T) {
	log, list := ledgertest.NewMemory(), events(t, 12_000)
	p, f, stop := fed(log)
	defer stop()
	slow := f.Subscribe(1, 0)
	defer slow.Close()
	if b, err := slow.Next(t.Context(), nil); err != nil || !b.CaughtUp {
		t.Fatalf("%+v, %v", b, err)
	}
	appendAll(t, log, list)
	if err := p.Wait(t.Context(), ledger.Seq(len(list))); err != nil {
		t.Fatal(err)
	}
	n := 0
	for slow.Cursor() < ledger.Seq(len(list)) {
		b, err := slow.Next(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		n += b.Frames
	}
	if n != len(list) {
		t.Errorf("%d updates, want %d", n, len(list))
	}
}

// TestFeedContext: a subscriber's context ends its waiting, also before the feed
// began.
func TestFeedContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := ledgertest.NewMemory()
		f := live.NewFeed[text, every](live.New(log), log, render)
		s := f.Subscribe(1, 0)
		defer s.Close()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := s.Next(ctx, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
	})
}
