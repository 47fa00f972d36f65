package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"foedus/ledger"
)

// maxRun is the largest number of entries in one request.
const maxRun = 4096

// codeNoMessage is the server's error code for a message that is not there.
const codeNoMessage = 10037

// Get implements [ledger.Log]. Entries that follow each other are asked for
// together.
func (l *Log) Get(ctx context.Context, seqs ...ledger.Seq) ([]ledger.Entry, error) {
	if err := l.usable(); err != nil {
		return nil, fmt.Errorf("get: %w", err)
	}
	entries, err := l.get(ctx, seqs)
	if err != nil {
		return nil, fmt.Errorf("get: %w", l.closedOr(err))
	}
	return entries, nil
}

func (l *Log) get(ctx context.Context, seqs []ledger.Seq) ([]ledger.Entry, error) {
	out := make([]ledger.Entry, 0, len(seqs))
	for len(out) < len(seqs) {
		rest := seqs[len(out):]
		n := 1
		for n < len(rest) && n < maxRun && rest[n] == rest[0]+ledger.Seq(n) {
			n++
		}
		run, err := l.getRun(ctx, rest[0], n)
		if err != nil {
			return nil, err
		}
		out = append(out, run...)
	}
	return out, nil
}

// getRun returns at least the first of n entries that follow each other.
func (l *Log) getRun(ctx context.Context, seq ledger.Seq, n int) ([]ledger.Entry, error) {
	if seq == 0 {
		return nil, fmt.Errorf("sequence 0: %w", ledger.ErrNotFound)
	}
	run, err := l.getDirect(ctx, seq, n)
	if err != nil || len(run) > 0 {
		return run, err
	}
	// A direct get may be answered by a replica that is behind, and in a batch
	// the server passes over what it cannot read.
	e, err := l.getOne(ctx, seq)
	return []ledger.Entry{e}, err
}

func (l *Log) getDirect(ctx context.Context, seq ledger.Seq, n int) (run []ledger.Entry, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Timeout)
	defer cancel()
	batch, err := jetstreamext.GetBatch(ctx, l.js, streamName, n, jetstreamext.GetBatchSeq(uint64(seq)))
	if err != nil {
		return nil, err
	}
	for m, err := range batch {
		if errors.Is(err, jetstreamext.ErrNoMessages) {
			break
		}
		if err != nil {
			return nil, err
		}
		if m.Sequence != uint64(seq)+uint64(len(run)) {
			break
		}
		e, err := entry(m.Sequence, m.Time, m.Subject, m.Header, m.Data)
		if err != nil {
			return nil, err
		}
		run = append(run, e)
	}
	return run, nil
}

// stored is a message as the leader of the stream returns it.
type stored struct {
	Message struct {
		Subject string    `json:"subject"`
		Seq     uint64    `json:"seq"`
		Header  []byte    `json:"hdrs"`
		Data    []byte    `json:"data"`
		Time    time.Time `json:"time"`
	} `json:"message"`
	Error *jetstream.APIError `json:"error"`
}

// getOne asks the leader of the stream, whose answer is final: an entry that it
// does not have is beyond the head or damaged.
func (l *Log) getOne(ctx context.Context, seq ledger.Seq) (ledger.Entry, error) {
	m, err := l.ask(ctx, map[string]any{"seq": seq})
	if err == nil {
		var h nats.Header
		if h, err = nats.DecodeHeadersMsg(m.Message.Header); err != nil {
			return ledger.Entry{}, unreadable(uint64(seq), err)
		}
		return entry(m.Message.Seq, m.Message.Time, m.Message.Subject, h, m.Message.Data)
	}
	if !errors.Is(err, ledger.ErrNotFound) {
		return ledger.Entry{}, err
	}
	head, err := l.head(ctx)
	if err == nil && seq > head {
		err = fmt.Errorf("sequence %d: %w; the log ends at %d", seq, ledger.ErrNotFound, head)
	} else if err == nil {
		err = &ledger.DamageError{Missing: seq, Detail: fmt.Sprintf("the log reaches to %d", head)}
	}
	return ledger.Entry{}, err
}

// lastOf returns the sequence of the last event of an aggregate, 0 if it has
// none.
func (l *Log) lastOf(ctx context.Context, a ledger.Aggregate) (ledger.Seq, error) {
	m, err := l.ask(ctx, map[string]any{"last_by_subj": a.Filter()})
	if errors.Is(err, ledger.ErrNotFound) {
		return 0, nil
	}
	return ledger.Seq(m.Message.Seq), err
}

// ask sends one request for a message to the leader of the stream. A message
// that is not there is [ledger.ErrNotFound].
func (l *Log) ask(ctx context.Context, request map[string]any) (m stored, err error) {
	body, err := json.Marshal(request)
	if err != nil {
		return m, err
	}
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Timeout)
	defer cancel()
	r, err := l.nc.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+streamName, body)
	if err != nil {
		return m, fmt.Errorf("ask for a message: %w", err)
	}
	if err := json.Unmarshal(r.Data, &m); err != nil {
		return m, fmt.Errorf("ask for a message: %w", err)
	}
	switch {
	case m.Error == nil:
		return m, nil
	case m.Error.ErrorCode == codeNoMessage:
		return m, ledger.ErrNotFound
	}
	return m, fmt.Errorf("ask for a message: %w", m.Error)
}

// Find implements [ledger.Log]. O(1) once the index is complete; the first call
// reads the log if nobody has.
func (l *Log) Find(ctx context.Context, id ledger.EventID) (ledger.Seq, error) {
	if err := l.usable(); err != nil {
		return 0, fmt.Errorf("find: %w", err)
	}
	if seq, ok := l.index.find(id); ok {
		return seq, nil
	}
	if err := l.complete(ctx); err != nil {
		return 0, fmt.Errorf("find: %w", l.closedOr(err))
	}
	seq, ok := l.index.find(id)
	if !ok {
		return 0, fmt.Errorf("find event %s: %w", id, ledger.ErrNotFound)
	}
	return seq, nil
}

// Head implements [ledger.Log]. It asks the server only if that is external:
// into an embedded log nobody else writes.
func (l *Log) Head(ctx context.Context) (ledger.Seq, error) {
	if err := l.usable(); err != nil {
		return 0, fmt.Errorf("head: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return 0, fmt.Errorf("head: %w", err)
	}
	if l.embedded() {
		return ledger.Seq(l.own.Load()), nil
	}
	head, err := l.head(ctx)
	if err != nil {
		return 0, fmt.Errorf("head: %w", l.closedOr(err))
	}
	return head, nil
}

// head asks the server for the last sequence.
func (l *Log) head(ctx context.Context) (ledger.Seq, error) {
	s, err := l.state(ctx)
	if err != nil {
		return 0, err
	}
	return ledger.Seq(s.LastSeq), nil
}

func (l *Log) state(ctx context.Context) (*jetstream.StreamState, error) {
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Timeout)
	defer cancel()
	s, err := l.js.Stream(ctx, streamName)
	if err != nil {
		return nil, fmt.Errorf("ask for the head: %w", err)
	}
	return &s.CachedInfo().State, nil
}

// refresh asks the server how far the log reaches. A single server that has
// less than it acknowledged has lost it: other events would get the sequences
// again.
func (l *Log) refresh(ctx context.Context) error {
	known := l.own.Load()
	head, err := l.head(ctx)
	if err != nil {
		return err
	}
	if uint64(head) < known && l.stream.Replicas <= 1 {
		return &ledger.DamageError{Missing: head + 1, Detail: fmt.Sprintf("the server acknowledged up to %d and ends at %d", known, head)}
	}
	l.advance(head)
	return nil
}
