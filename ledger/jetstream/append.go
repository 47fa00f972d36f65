package jetstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"foedus/ledger"
)

// tries is how often an append is planned anew because another process stored
// one of its events at the same moment.
const tries = 8

// Append implements [ledger.Log].
//
// Where the context ends while the acknowledgement is awaited, Append takes up
// to Config.Timeout longer to find out what happened.
func (l *Log) Append(ctx context.Context, expect ledger.Expectation, events ...ledger.Encoded) ([]ledger.Receipt, error) {
	receipts, err := l.append(ctx, expect, events)
	if err != nil {
		return nil, fmt.Errorf("append: %w", l.closedOr(err))
	}
	return receipts, nil
}

func (l *Log) append(ctx context.Context, expect ledger.Expectation, events []ledger.Encoded) ([]ledger.Receipt, error) {
	if err := l.usable(); err != nil {
		return nil, err
	}
	if err := check(expect, events); err != nil || len(events) == 0 {
		return nil, err
	}
	if err := l.acquire(ctx, l.writing); err != nil {
		return nil, err
	}
	defer func() { <-l.writing }()

	var err error
	for try := range tries {
		var p plan
		if p, err = l.plan(ctx, events); err != nil || len(p.fresh) == 0 {
			return p.receipts, err
		}
		if err = l.room(ctx, p.fresh); err != nil {
			return nil, err
		}
		reconnects := l.nc.Stats().Reconnects
		var ack uint64
		ack, err = l.publish(ctx, expect, p.fresh)
		switch {
		case err == nil:
			return l.acknowledged(p, ledger.Seq(ack)), nil
		case errors.Is(err, errLost):
			return l.settle(ctx, p, events, reconnects, err)
		case errors.Is(err, ledger.ErrConflict):
			return nil, l.conflict(ctx, expect, events[0].Aggregate)
		case errors.Is(err, errStoring):
			if err := pause(ctx, 10*time.Millisecond<<try); err != nil {
				return nil, err
			}
		case !errors.Is(err, errStored):
			return nil, err
		}
		// Another process was first with one of the events: it is in the log by
		// now, so the next plan finds it there.
	}
	return nil, fmt.Errorf("%w: after %d tries: %w", ledger.ErrUnknownOutcome, tries, err)
}

// check refuses what no log takes.
func check(expect ledger.Expectation, events []ledger.Encoded) error {
	if len(events) > ledger.MaxAppend {
		return fmt.Errorf("%w: %d events in one append, at most %d are allowed", ledger.ErrInvalid, len(events), ledger.MaxAppend)
	}
	_, set := expect.Last()
	for i := range events {
		e := &events[i]
		if e.ID.IsZero() || len(e.Bytes) == 0 || e.Aggregate.ID == "" || e.Type == "" {
			return fmt.Errorf("%w: event %d of the append was not made by ledger.Encode", ledger.ErrInvalid, i+1)
		}
		if set && e.Aggregate != events[0].Aggregate {
			return fmt.Errorf("%w: an append that expects something is about one aggregate, not %s and %s",
				ledger.ErrInvalid, events[0].Aggregate, e.Aggregate)
		}
	}
	return nil
}

// plan is what an append comes down to once the duplicates are known.
type plan struct {
	receipts []ledger.Receipt // complete for what the log holds already
	fresh    []*ledger.Encoded
	place    []int // for each event its index in fresh, -1 for a duplicate
}

// plan completes the index and sets aside the events that the log holds. It
// fails with [ledger.IDTakenError] where an id stands with other bytes.
func (l *Log) plan(ctx context.Context, events []ledger.Encoded) (plan, error) {
	if err := l.complete(ctx); err != nil {
		return plan{}, err
	}
	p := plan{receipts: make([]ledger.Receipt, len(events)), place: make([]int, len(events))}
	here := make(map[ledger.EventID]int, len(events))
	var known []int
	var seqs []ledger.Seq
	for i := range events {
		e := &events[i]
		if seq, ok := l.index.find(e.ID); ok {
			p.receipts[i] = ledger.Receipt{Seq: seq, Duplicate: true}
			p.place[i] = -1
			known, seqs = append(known, i), append(seqs, seq)
			continue
		}
		at, twin := here[e.ID]
		if twin && !bytes.Equal(p.fresh[at].Bytes, e.Bytes) {
			return plan{}, &ledger.IDTakenError{ID: e.ID}
		}
		if !twin {
			at = len(p.fresh)
			here[e.ID] = at
			p.fresh = append(p.fresh, e)
		}
		p.place[i] = at
	}
	return p, l.compare(ctx, events, known, seqs)
}

// compare reads back what stands under the ids of some events and fails unless
// it is the same.
func (l *Log) compare(ctx context.Context, events []ledger.Encoded, known []int, seqs []ledger.Seq) error {
	if len(known) == 0 {
		return nil
	}
	stored, err := l.get(ctx, seqs)
	if err != nil {
		return err
	}
	for i, k := range known {
		if !bytes.Equal(stored[i].Bytes, events[k].Bytes) {
			return &ledger.IDTakenError{ID: events[k].ID, Seq: seqs[i]}
		}
	}
	return nil
}

// acknowledged completes the receipts of a plan whose last event got the
// sequence given.
func (l *Log) acknowledged(p plan, last ledger.Seq) []ledger.Receipt {
	base := last + 1 - ledger.Seq(len(p.fresh))
	for i, e := range p.fresh {
		l.index.add(base+ledger.Seq(i), e.ID)
	}
	l.advance(last)
	for i, at := range p.place {
		if at >= 0 {
			p.receipts[i] = ledger.Receipt{Seq: base + ledger.Seq(at)}
		}
	}
	return p.receipts
}

// advance notes that the log reaches at least to seq.
func (l *Log) advance(seq ledger.Seq) {
	for {
		old := l.own.Load()
		if uint64(seq) <= old || l.own.CompareAndSwap(old, uint64(seq)) {
			return
		}
	}
}

// conflict describes a conflict. Which event is the last of the aggregate is
// told only if it can be read; the conflict is certain either way.
func (l *Log) conflict(ctx context.Context, expect ledger.Expectation, a ledger.Aggregate) error {
	last, err := l.lastOf(ctx, a)
	if err != nil {
		last = 0
	}
	return &ledger.ConflictError{Aggregate: a, Expected: expect, Last: last}
}

// settle finds out what became of an append whose acknowledgement was lost. It
// never publishes the events again.
func (l *Log) settle(ctx context.Context, p plan, events []ledger.Encoded, reconnects uint64, cause error) ([]ledger.Receipt, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.cfg.Timeout)
	defer cancel()
	if why := ctxCause(cause); why != nil {
		cause = why
	}
	certain, err := l.barrier(ctx, reconnects)
	if err == nil {
		err = l.refresh(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w; reading back: %w", ledger.ErrUnknownOutcome, cause, err)
	}
	now, err := l.plan(ctx, events)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%w: %w; reading back: %w", ledger.ErrUnknownOutcome, cause, err)
	case len(now.fresh) == 0:
		for i, at := range p.place {
			now.receipts[i].Duplicate = at < 0
		}
		return now.receipts, nil
	case len(now.fresh) < len(p.fresh):
		return nil, &ledger.DamageError{Missing: l.index.through() + 1, Detail: "an atomic append was stored in part"}
	case certain:
		return nil, fmt.Errorf("nothing was stored: %w", cause)
	}
	return nil, fmt.Errorf("%w: %w; the log does not hold it yet", ledger.ErrUnknownOutcome, cause)
}

// pause waits between two tries.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
