package live_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
	"foedus/projections"
	"foedus/projections/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// events returns n events in their wire form.
func events(tb testing.TB, n int) (list []ledger.Encoded) {
	tb.Helper()
	g := ledgertest.NewGenerator(7, ledgertest.Options{})
	for range n {
		enc, err := ledger.Encode(g.Next())
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, enc)
	}
	return list
}

func appendAll(tb testing.TB, l ledger.Log, list []ledger.Encoded) {
	tb.Helper()
	for len(list) > 0 {
		n := min(len(list), 300)
		if _, err := l.Append(tb.Context(), ledger.Any(), list[:n]...); err != nil {
			tb.Fatal(err)
		}
		list = list[n:]
	}
}

// facts writes down all party spells and statuses of a World.
func facts(w *projections.World) (out []string) {
	for _, kind := range []projections.FactKind{projections.FactStatus, projections.FactParty, projections.FactClause, projections.FactName} {
		w.Spells(projections.Query{Dataset: ledger.Core, Known: w.Head()}, kind, func(f projections.Fact) bool {
			out = append(out, fmt.Sprintf("%s %s %s %s %v %d %v", f.Aggregate, f.Kind, f.A, f.Value, f.Span, f.Known, f.Causes))
			return true
		})
	}
	return out
}

// direct applies events without a log.
func direct(tb testing.TB, list []ledger.Encoded) *projections.World {
	tb.Helper()
	w := projections.New()
	var d ledger.Decoder
	for i, enc := range list {
		e, err := d.Decode(enc.Bytes)
		if err != nil {
			tb.Fatal(err)
		}
		if err := w.Apply(ledger.Seq(i+1), 0, &e); err != nil {
			tb.Fatal(err)
		}
	}
	return w
}

// start runs a projection; stop ends it and returns what Run did.
func start(l ledger.Log) (p *live.Projection, stop func() error) {
	ctx, cancel := context.WithCancel(context.Background())
	p = live.New(l)
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	return p, func() error {
		cancel()
		return <-done
	}
}

func TestCatchUpAndFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, list := ledgertest.NewMemory(), events(t, 1500)
		appendAll(t, log, list[:1200])
		p, stop := start(log)
		if err := p.WaitReady(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got, want := p.Status(), (live.Status{Applied: 1200, Target: 1200, Ready: true}); got != want {
			t.Errorf("status %+v, want %+v", got, want)
		}
		appendAll(t, log, list[1200:])
		if err := p.Wait(t.Context(), 1500); err != nil {
			t.Fatal(err)
		}
		p.View(func(w *projections.World) {
			want := facts(direct(t, list))
			if len(want) < 100 {
				t.Fatalf("only %d facts: the comparison says little", len(want))
			}
			if diff := cmp.Diff(want, facts(w)); diff != "" {
				t.Error(diff)
			}
		})
		if err := stop(); err != nil {
			t.Errorf("Run returned %v when its context ended", err)
		}
		if err := p.Wait(t.Context(), 1501); !errors.Is(err, ledger.ErrClosed) {
			t.Errorf("waiting on a projection that ended gives %v", err)
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, stop := start(ledgertest.NewMemory())
		ctx, cancel := context.WithCancel(t.Context())
		waited := make(chan error)
		go func() { waited <- p.Wait(ctx, 1) }()
		synctest.Wait()
		select {
		case err := <-waited:
			t.Fatalf("it did not wait: %v", err)
		default:
		}
		cancel()
		if err := <-waited; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
}

// altered is a Log whose entries pass through change; an error ends the
// iteration.
type altered struct {
	*ledgertest.Memory
	change func(ledger.Entry) (ledger.Entry, error)
}

func (a *altered) through(in iter.Seq2[ledger.Entry, error]) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for e, err := range in {
			if err == nil {
				e, err = a.change(e)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

func (a *altered) Read(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return a.through(a.Memory.Read(ctx, after))
}

func (a *altered) Follow(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return a.through(a.Memory.Follow(ctx, after))
}

// poison makes the event at a sequence undecodable.
func poison(at ledger.Seq) func(ledger.Entry) (ledger.Entry, error) {
	return func(e ledger.Entry) (ledger.Entry, error) {
		if e.Seq == at {
			e.Bytes = bytes.Replace(e.Bytes, []byte("{"), []byte("<"), 1)
		}
		return e, nil
	}
}

// damage ends the log at a sequence.
func damage(at ledger.Seq) func(ledger.Entry) (ledger.Entry, error) {
	return func(e ledger.Entry) (ledger.Entry, error) {
		if e.Seq == at {
			return ledger.Entry{}, &ledger.DamageError{Missing: at, Detail: "made by the test"}
		}
		return e, nil
	}
}

// TestStopsAt: an event that cannot be read stops the projection at it, while
// catching up and while following; what stands before it is served.
func TestStopsAt(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(ledger.Entry) (ledger.Entry, error)
		early   int // events in the log before the projection starts
		applied ledger.Seq
		ready   bool
		says    string
		is      error
	}{
		"poison while catching up": {poison(700), 900, 699, false, "sequence 700", nil},
		"poison while following":   {poison(801), 800, 800, true, "sequence 801", nil},
		"damage while catching up": {damage(701), 900, 600, false, "made by the test", ledger.ErrDamaged},
		"damage while following":   {damage(801), 800, 800, true, "made by the test", ledger.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log, list := &altered{ledgertest.NewMemory(), c.change}, events(t, 900)
				appendAll(t, log, list[:c.early])
				p, stop := start(log)
				synctest.Wait()
				appendAll(t, log, list[c.early:])
				err := p.Wait(t.Context(), 900)
				if err == nil || !strings.Contains(err.Error(), c.says) || c.is != nil && !errors.Is(err, c.is) {
					t.Errorf("waiting for the end gives %v", err)
				}
				s := p.Status()
				if s.Applied != c.applied || s.Ready != c.ready || !errors.Is(s.Err, err) {
					t.Errorf("status %+v, want applied %d, ready %v and the error", s, c.applied, c.ready)
				}
				p.View(func(w *projections.World) {
					if diff := cmp.Diff(facts(direct(t, list[:c.applied])), facts(w)); diff != "" {
						t.Error(diff)
					}
				})
				if stopped := stop(); !errors.Is(stopped, err) {
					t.Errorf("Run returned %v, Status said %v", stopped, err)
				}
			})
		})
	}
}

// TestAtomicAppendsAreSeenWhole: readers beside the follower never see a part of
// an atomic append, neither while it catches up nor while it follows.
func TestAtomicAppendsAreSeenWhole(t *testing.T) {
	const whole = 7
	log, list := ledgertest.NewMemory(), events(t, 200*whole)
	add := func(list []ledger.Encoded) {
		for i := 0; i < len(list); i += whole {
			if _, err := log.Append(t.Context(), ledger.Any(), list[i:i+whole]...); err != nil {
				t.Error(err)
			}
		}
	}
	add(list[:100*whole])
	p, stop := start(log)
	stopped := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				p.View(func(w *projections.World) {
					if w.Head()%whole != 0 {
						t.Errorf("a reader sees the World at %d, inside an append", w.Head())
					}
					w.Memberships(projections.Query{Dataset: ledger.Core, Known: w.Head()}, "state-1")
				})
				if s := p.Status(); s.Applied%whole != 0 {
					t.Errorf("status says %d", s.Applied)
				}
				select {
				case <-stopped:
					return
				default:
				}
			}
		})
	}
	add(list[100*whole:])
	if err := p.Wait(t.Context(), 200*whole); err != nil {
		t.Error(err)
	}
	close(stopped)
	readers.Wait()
	if err := stop(); err != nil {
		t.Error(err)
	}
}

// TestCancelWhileCatchingUp: a context that ends is no failure.
func TestCancelWhileCatchingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		log := &altered{Memory: ledgertest.NewMemory()}
		log.change = func(e ledger.Entry) (ledger.Entry, error) {
			if e.Seq == 300 {
				cancel()
			}
			return e, nil
		}
		appendAll(t, log, events(t, 2000))
		p := live.New(log)
		if err := p.Run(ctx); err != nil {
			t.Error(err)
		}
		if s := p.Status(); s.Applied >= 2000 || s.Ready || !errors.Is(s.Err, ledger.ErrClosed) {
			t.Errorf("status %+v", s)
		}
	})
}

// TestClosedLog: a log that closes ends the projection, which serves on.
func TestClosedLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := ledgertest.NewMemory()
		appendAll(t, log, events(t, 10))
		p, stop := start(log)
		synctest.Wait()
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if s := p.Status(); s.Applied != 10 || !s.Ready || !errors.Is(s.Err, ledger.ErrClosed) {
			t.Errorf("status %+v", s)
		}
		if err := stop(); !errors.Is(err, ledger.ErrClosed) {
			t.Error(err)
		}
	})
}
