package ledgertest

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"foedus/ledger"
)

// Memory is a [ledger.Log] that keeps its entries in memory. It loses them
// when it is closed, and is otherwise held to the same contract as any log.
type Memory struct {
	// Clock gives [ledger.Entry.Time]. Nil stands for a clock that begins on
	// 2026-01-01 and ticks one second with every append. Set it before the
	// first append.
	Clock func() time.Time

	mu      sync.Mutex // guards what follows
	entries []ledger.Entry
	ids     map[ledger.EventID]ledger.Seq
	last    map[ledger.Aggregate]ledger.Seq
	ticks   int
	grown   chan struct{} // closed and replaced by every append
	closed  chan struct{}
}

// NewMemory returns an empty log.
func NewMemory() *Memory {
	return &Memory{
		ids:    make(map[ledger.EventID]ledger.Seq),
		last:   make(map[ledger.Aggregate]ledger.Seq),
		grown:  make(chan struct{}),
		closed: make(chan struct{}),
	}
}

var _ ledger.Log = (*Memory)(nil)

// Append implements [ledger.Log].
func (m *Memory) Append(ctx context.Context, expect ledger.Expectation, events ...ledger.Encoded) ([]ledger.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return nil, fmt.Errorf("append: %w", err)
	}
	if err := checkAppend(expect, events); err != nil {
		return nil, fmt.Errorf("append: %w", err)
	}
	receipts, fresh, err := m.plan(events)
	if err == nil && len(fresh) > 0 {
		err = m.holds(expect, events[0].Aggregate)
	}
	if err != nil {
		return nil, fmt.Errorf("append: %w", err)
	}
	m.add(fresh)
	return receipts, nil
}

func (m *Memory) usable(ctx context.Context) error {
	select {
	case <-m.closed:
		return ledger.ErrClosed
	default:
		return ctx.Err()
	}
}

func checkAppend(expect ledger.Expectation, events []ledger.Encoded) error {
	if len(events) > ledger.MaxAppend {
		return fmt.Errorf("%w: %d events in one append, at most %d are allowed", ledger.ErrInvalid, len(events), ledger.MaxAppend)
	}
	_, set := expect.Last()
	for _, e := range events {
		if e.ID.IsZero() || len(e.Bytes) == 0 {
			return fmt.Errorf("%w: an event was not made by ledger.Encode", ledger.ErrInvalid)
		}
		if set && e.Aggregate != events[0].Aggregate {
			return fmt.Errorf("%w: an append that expects something is about one aggregate, not %s and %s",
				ledger.ErrInvalid, events[0].Aggregate, e.Aggregate)
		}
	}
	return nil
}

// plan says where each event stands or will stand, and which are to be added.
func (m *Memory) plan(events []ledger.Encoded) (receipts []ledger.Receipt, fresh []ledger.Encoded, err error) {
	receipts = make([]ledger.Receipt, len(events))
	here := make(map[ledger.EventID]ledger.Seq)
	next := ledger.Seq(len(m.entries))
	for i, e := range events {
		if seq, ok := m.ids[e.ID]; ok {
			if !bytes.Equal(m.entries[seq-1].Bytes, e.Bytes) {
				return nil, nil, &ledger.IDTakenError{ID: e.ID, Seq: seq}
			}
			receipts[i] = ledger.Receipt{Seq: seq, Duplicate: true}
			continue
		}
		seq, ok := here[e.ID]
		if ok && !bytes.Equal(fresh[int(seq)-len(m.entries)-1].Bytes, e.Bytes) {
			return nil, nil, &ledger.IDTakenError{ID: e.ID}
		}
		if !ok {
			next++
			seq = next
			here[e.ID] = seq
			fresh = append(fresh, e)
		}
		receipts[i] = ledger.Receipt{Seq: seq}
	}
	return receipts, fresh, nil
}

func (m *Memory) holds(expect ledger.Expectation, a ledger.Aggregate) error {
	if want, set := expect.Last(); set && want != m.last[a] {
		return &ledger.ConflictError{Aggregate: a, Expected: expect, Last: m.last[a]}
	}
	return nil
}

func (m *Memory) add(fresh []ledger.Encoded) {
	if len(fresh) == 0 {
		return
	}
	now := m.now()
	for i, e := range fresh {
		e.Bytes = bytes.Clone(e.Bytes)
		seq := ledger.Seq(len(m.entries) + 1)
		m.entries = append(m.entries, ledger.Entry{Seq: seq, Time: now, More: i < len(fresh)-1, Encoded: e})
		m.ids[e.ID] = seq
		m.last[e.Aggregate] = seq
	}
	close(m.grown)
	m.grown = make(chan struct{})
}

func (m *Memory) now() time.Time {
	if m.Clock != nil {
		return m.Clock()
	}
	m.ticks++
	return time.Date(2026, 1, 1, 0, 0, m.ticks, 0, time.UTC)
}

// Read implements [ledger.Log].
func (m *Memory) Read(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		entries, _ := m.since(after)
		for _, e := range entries {
			if err := m.check(ctx); err != nil {
				yield(ledger.Entry{}, fmt.Errorf("read: %w", err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := m.check(ctx); err != nil {
			yield(ledger.Entry{}, fmt.Errorf("read: %w", err))
		}
	}
}

// Follow implements [ledger.Log].
func (m *Memory) Follow(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for {
			entries, grown := m.since(after)
			for _, e := range entries {
				if m.check(ctx) != nil {
					break
				}
				if !yield(e, nil) {
					return
				}
				after = e.Seq
			}
			select {
			case <-grown:
			case <-ctx.Done():
			case <-m.closed:
			}
			if err := m.check(ctx); err != nil {
				yield(ledger.Entry{}, fmt.Errorf("follow: %w", err))
				return
			}
		}
	}
}

func (m *Memory) check(ctx context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.usable(ctx)
}

// since returns the entries after seq and a channel that the next append
// closes. Entries are never changed, so the slice can be read without a lock.
func (m *Memory) since(seq ledger.Seq) ([]ledger.Entry, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	from := min(int(min(seq, 1<<62)), len(m.entries))
	return slices.Clip(m.entries[from:]), m.grown
}

// Get implements [ledger.Log].
func (m *Memory) Get(ctx context.Context, seqs ...ledger.Seq) ([]ledger.Entry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	out := make([]ledger.Entry, 0, len(seqs))
	for _, s := range seqs {
		if s == 0 || s > ledger.Seq(len(m.entries)) {
			return nil, fmt.Errorf("get sequence %d: %w", s, ledger.ErrNotFound)
		}
		out = append(out, m.entries[s-1])
	}
	return out, nil
}

// Find implements [ledger.Log].
func (m *Memory) Find(ctx context.Context, id ledger.EventID) (ledger.Seq, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return 0, fmt.Errorf("find: %w", err)
	}
	seq, ok := m.ids[id]
	if !ok {
		return 0, fmt.Errorf("find event %s: %w", id, ledger.ErrNotFound)
	}
	return seq, nil
}

// Head implements [ledger.Log].
func (m *Memory) Head(ctx context.Context) (ledger.Seq, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(ctx); err != nil {
		return 0, fmt.Errorf("head: %w", err)
	}
	return ledger.Seq(len(m.entries)), nil
}

// Close implements [ledger.Log].
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	select {
	case <-m.closed:
	default:
		close(m.closed)
	}
	return nil
}
