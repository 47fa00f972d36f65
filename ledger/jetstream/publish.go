package jetstream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nuid"

	"foedus/ledger"
)

// reserve is what stays free on the disk of an embedded store. A disk that is
// full to the last byte puts a stream out of action until a restart, and stops
// an atomic batch in the middle.
const reserve = 32 << 20

// overhead is at least what the store adds to subject and payload: the record
// and the headers of one message.
const overhead = 512

// publish sends the events, one as a message and more as an atomic batch, and
// returns the sequence of the last.
//
// The batch headers (ADR-50) are set here and not by jetstreamext's publisher
// because that one needs a message of its own with a header map for each event
// and waits for its first acknowledgement without regard to the context; here
// one message serves for all. Otherwise it is the same protocol: the first
// message is acknowledged alone, so that its refusal is not lost in a later
// "batch is incomplete", the middle is not acknowledged, the last commits.
func (l *Log) publish(ctx context.Context, expect ledger.Expectation, events []*ledger.Encoded) (last uint64, err error) {
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Timeout)
	defer cancel()
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	n := len(events)
	m := newMessage(n)
	for i, e := range events {
		m.fill(e, i, n)
		// The last message of a batch states the expectation too: a cluster
		// keeps the aggregate closed to others until the last message that
		// does so is applied.
		if i == 0 || i == n-1 {
			m.expect(expect, e.Aggregate)
		}
		switch i {
		case n - 1:
			return l.commit(ctx, m, n)
		case 0:
			_, err = l.request(ctx, &m.Msg)
			delete(m.Header, jetstream.ExpectedLastSubjSeqHeader)
			delete(m.Header, jetstream.ExpectedLastSubjSeqSubjHeader)
		default:
			err = l.nc.PublishMsg(&m.Msg)
		}
		if err != nil { // without its commit the server drops a batch
			return 0, beforeCommit(err)
		}
	}
	return 0, errors.New("no events")
}

// beforeCommit says what an error means that came before the commit of a
// batch: whatever the server has of it, it will not store.
func beforeCommit(err error) error {
	if lost, ok := errors.AsType[*lostError](err); ok {
		return lost.cause
	}
	return err
}

func (l *Log) commit(ctx context.Context, m *message, n int) (uint64, error) {
	a, err := l.request(ctx, &m.Msg)
	switch {
	case err != nil:
		return 0, err
	case a.Duplicate:
		return 0, errStored
	case a.Seq < uint64(n) || n > 1 && a.Count != n:
		return 0, &lostError{fmt.Errorf("the server acknowledged %d of %d events up to %d", a.Count, n, a.Seq)}
	}
	return a.Seq, nil
}

// message is one message that is used for each event in turn: the client has
// copied it out when a call returns.
type message struct {
	nats.Msg
	id, seq []string
}

func newMessage(n int) *message {
	m := &message{id: make([]string, 1), seq: make([]string, 1)}
	m.Header = nats.Header{headerID: m.id}
	if n > 1 {
		m.Header[headerBatch] = []string{nuid.Next()}
		m.Header[headerBatchSeq] = m.seq
	}
	return m
}

func (m *message) fill(e *ledger.Encoded, i, n int) {
	m.Subject, m.Data, m.id[0] = e.Aggregate.NATSSubject(e.Type), e.Bytes, e.ID.String()
	if n > 1 {
		m.seq[0] = strconv.Itoa(i + 1)
		if i == n-1 {
			m.Header[headerBatchCommit] = []string{"1"}
		}
	}
}

func (m *message) expect(x ledger.Expectation, a ledger.Aggregate) {
	if last, ok := x.Last(); ok {
		m.Header[jetstream.ExpectedLastSubjSeqHeader] = []string{strconv.FormatUint(uint64(last), 10)}
		m.Header[jetstream.ExpectedLastSubjSeqSubjHeader] = []string{a.Filter()}
	}
}

// ack is what the server answers to a publication; nothing but an empty
// payload answers the first message of a batch.
type ack struct {
	Stream    string              `json:"stream"`
	Seq       uint64              `json:"seq"`
	Duplicate bool                `json:"duplicate"`
	Count     int                 `json:"count"`
	Error     *jetstream.APIError `json:"error"`
}

// lostError is errLost with what kept the acknowledgement away.
type lostError struct{ cause error }

func (e *lostError) Error() string   { return errLost.Error() + ": " + e.cause.Error() }
func (e *lostError) Unwrap() []error { return []error{errLost, e.cause} }

// ctxCause returns what kept an acknowledgement away, nil if err is no lost
// acknowledgement.
func ctxCause(err error) error {
	if lost, ok := errors.AsType[*lostError](err); ok {
		return lost.cause
	}
	return nil
}

// request publishes a message and waits for the acknowledgement. An error that
// leaves open whether the server got the message is errLost.
func (l *Log) request(ctx context.Context, m *nats.Msg) (a ack, err error) {
	r, err := l.nc.RequestMsgWithContext(ctx, m)
	switch {
	case err != nil && unsent(err):
		return a, err
	case err != nil:
		return a, &lostError{err}
	case len(r.Data) == 0:
		return a, nil
	}
	if err := json.Unmarshal(r.Data, &a); err != nil {
		return a, &lostError{fmt.Errorf("read acknowledgement: %w", err)}
	}
	if a.Error != nil {
		return a, classify(a.Error)
	}
	if a.Stream != streamName {
		return a, fmt.Errorf("%w: %s is stored by the stream %q", ErrUnfit, m.Subject, a.Stream)
	}
	return a, nil
}

// barrier returns when the server is done with everything that this connection
// sent before: it publishes a message that the server must refuse, and a stream
// takes messages in order. reconnects is how often the client had reconnected
// when the messages were sent. If certain is set, what the log does not hold then
// it will not hold later either. That cannot be said after a reconnection,
// whose old connection may still be in processing, or of a cluster, where a
// message can be under way to a former leader.
func (l *Log) barrier(ctx context.Context, reconnects uint64) (certain bool, err error) {
	_, err = l.request(ctx, &nats.Msg{
		Subject: ledger.SubjectPrefix + "none.none.none.none",
		Header:  nats.Header{jetstream.ExpectedStreamHeader: {"none"}},
	})
	api, refused := errors.AsType[*jetstream.APIError](err)
	if !refused || api.ErrorCode != codeStreamNotMatch {
		return false, fmt.Errorf("ask the server: %w", err)
	}
	return l.stream.Replicas <= 1 && l.nc.Stats().Reconnects == reconnects, nil
}

// room fails with [ledger.ErrNoSpace] if the events might not fit. The server
// checks only while it stores one event after the other, so that a batch that
// does not fit would be stored in part.
func (l *Log) room(ctx context.Context, events []*ledger.Encoded) error {
	var need int64
	for _, e := range events {
		need += int64(len(e.Bytes)) + overhead
	}
	if l.embedded() {
		free, err := freeBytes(l.cfg.Dir)
		if err == nil && free < 2*need+reserve { // a batch is staged in a file of its own
			return fmt.Errorf("%w: %d bytes are free on the disk of %s", ledger.ErrNoSpace, free, l.cfg.Dir)
		}
		if l.cfg.MaxStore == 0 {
			return nil
		}
	}
	if len(events) == 1 {
		return nil // all or nothing anyway
	}
	return l.quota(ctx, need)
}

// quota is room for the limits that the server sets itself. Where it does not
// tell them, its refusal has to do.
func (l *Log) quota(ctx context.Context, need int64) error {
	account, err := l.js.AccountInfo(ctx)
	if err != nil {
		return ctx.Err()
	}
	limit := account.Limits.MaxStore
	if l.embedded() {
		limit = l.cfg.MaxStore
	}
	if limit > 0 && int64(account.Store)+need > limit {
		return fmt.Errorf("%w: %d of %d bytes are used", ledger.ErrNoSpace, account.Store, limit)
	}
	return nil
}
