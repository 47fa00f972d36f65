package metrics

import (
	"context"
	"errors"
	"iter"
	"time"

	"foedus/ledger"
)

// The reasons for which an append fails at the log.
const (
	failNoSpace = "no_space"
	failUnknown = "unknown_outcome"
	failDamaged = "damaged"
	failClosed  = "closed"
	failOther   = "other"
)

// Log returns l with its appends, and the damage that anybody meets, counted.
// Whoever is to be counted reads and writes through it, projections included.
func (s *Set) Log(l ledger.Log) ledger.Log { return &countedLog{l, s} }

// countedLog decorates a log.
type countedLog struct {
	ledger.Log
	set *Set
}

// Append implements [ledger.Log].
func (l *countedLog) Append(ctx context.Context, expect ledger.Expectation, events ...ledger.Encoded) ([]ledger.Receipt, error) {
	start := time.Now()
	receipts, err := l.Log.Append(ctx, expect, events...)
	if err != nil {
		l.failed(err)
		return nil, err
	}
	l.set.duration.Observe(time.Since(start).Seconds())
	for i, r := range receipts {
		if r.Duplicate {
			l.set.duplicate.Inc()
			continue
		}
		l.set.appended.WithLabelValues(string(events[i].Type)).Inc()
	}
	return receipts, nil
}

// failed counts an append that failed. A conflict is its own counter. What the
// writer did wrong, or gave up, is no failure of the log.
func (l *countedLog) failed(err error) {
	l.damaged(err)
	reason := failOther
	switch {
	case errors.Is(err, ledger.ErrDamaged):
		reason = failDamaged
	case errors.Is(err, ledger.ErrNoSpace):
		reason = failNoSpace
	case errors.Is(err, ledger.ErrUnknownOutcome):
		reason = failUnknown
	case errors.Is(err, ledger.ErrClosed):
		reason = failClosed
	case errors.Is(err, ledger.ErrConflict):
		l.set.conflicts.Inc()
		return
	case errors.Is(err, ledger.ErrIDTaken), errors.Is(err, ledger.ErrInvalid), errors.Is(err, context.Canceled):
		return
	}
	l.set.failures.WithLabelValues(reason).Inc()
}

// damaged counts an error that tells of damage, and no other.
func (l *countedLog) damaged(err error) {
	if err != nil && errors.Is(err, ledger.ErrDamaged) {
		l.set.integrity.Inc()
	}
}

// Follow implements [ledger.Log].
func (l *countedLog) Follow(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return l.counted(l.Log.Follow(ctx, after))
}

// Read implements [ledger.Log].
func (l *countedLog) Read(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return l.counted(l.Log.Read(ctx, after))
}

// Get implements [ledger.Log].
func (l *countedLog) Get(ctx context.Context, seqs ...ledger.Seq) ([]ledger.Entry, error) {
	entries, err := l.Log.Get(ctx, seqs...)
	l.damaged(err)
	return entries, err
}

// Find implements [ledger.Log].
func (l *countedLog) Find(ctx context.Context, id ledger.EventID) (ledger.Seq, error) {
	seq, err := l.Log.Find(ctx, id)
	l.damaged(err)
	return seq, err
}

func (l *countedLog) counted(in iter.Seq2[ledger.Entry, error]) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for e, err := range in {
			l.damaged(err)
			if !yield(e, err) {
				return
			}
		}
	}
}
