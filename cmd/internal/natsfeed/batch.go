package natsfeed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/oklog/ulid/v2"
)

// The bounds of one atomic batch. The number is the server's; the bytes keep
// what a publisher and a server hold in memory small.
const (
	mostMessages = 1000
	mostBytes    = 8 << 20
)

// The headers of a message.
const (
	headerID          = "Nats-Msg-Id"
	headerType        = "Content-Type"
	headerBatch       = "Nats-Batch-Id"
	headerBatchSeq    = "Nats-Batch-Sequence"
	headerBatchCommit = "Nats-Batch-Commit"
)

// cut returns how many of the messages go into the next batch: whole events as
// far as they fit, and as much as fits of one that does not.
func cut(list []message) int {
	n, whole, size := 0, 0, 0
	for n < len(list) && n < mostMessages {
		if size += list[n].bytes(); n > 0 && size > mostBytes {
			break
		}
		n++
		if list[n-1].part == list[n-1].parts {
			whole = n
		}
	}
	if whole > 0 {
		return whole
	}
	return n
}

// publish stores messages behind the last one given, all or none, and returns
// what is the last one then. One message goes alone, several as an atomic batch
// (ADR-50): the first is acknowledged by itself, so that its refusal is not lost in
// a later "batch is incomplete", those between are not acknowledged, and the last commits.
//
// It fails with errRaced if the stream ends elsewhere. After any other error it
// is open whether the messages are stored.
func (p *Publisher) publish(ctx context.Context, last uint64, list []message) (uint64, error) {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Timeout)
	defer cancel()
	n := len(list)
	batch := ulid.Make().String()
	for i := range list {
		m := nats.Msg{Subject: list[i].subject, Data: list[i].body(), Header: nats.Header{
			headerID: {list[i].id().String()}, headerType: {contentType}, jetstream.ExpectedStreamHeader: {StreamName},
		}}
		if i == 0 {
			m.Header[jetstream.ExpectedLastSeqHeader] = []string{strconv.FormatUint(last, 10)}
		}
		if n > 1 {
			m.Header[headerBatch], m.Header[headerBatchSeq] = []string{batch}, []string{strconv.Itoa(i + 1)}
		}
		var err error
		switch i {
		case n - 1:
			if n > 1 {
				m.Header[headerBatchCommit] = []string{"1"}
			}
			return p.commit(ctx, &m, last, n)
		case 0:
			_, err = p.request(ctx, &m)
		default:
			err = p.cfg.Conn.PublishMsg(&m)
		}
		if err != nil { // without its commit the server drops a batch
			return 0, err
		}
	}
	return last, nil
}

// commit sends the last message. An acknowledgement that does not fit is treated
// like none.
func (p *Publisher) commit(ctx context.Context, m *nats.Msg, last uint64, n int) (uint64, error) {
	a, err := p.request(ctx, m)
	switch {
	case err != nil:
		return 0, err
	case a.Duplicate:
		return 0, errRaced
	case a.Seq != last+uint64(n) || n > 1 && a.Count != n:
		return 0, fmt.Errorf("publish updates: the server acknowledged %d of %d messages up to %d; %d was the last before", a.Count, n, a.Seq, last)
	}
	return a.Seq, nil
}

// ack is what the server answers to a publication; nothing but an empty payload
// answers the first message of a batch.
type ack struct {
	Seq       uint64              `json:"seq"`
	Duplicate bool                `json:"duplicate"`
	Count     int                 `json:"count"`
	Error     *jetstream.APIError `json:"error"`
}

func (p *Publisher) request(ctx context.Context, m *nats.Msg) (a ack, err error) {
	r, err := p.cfg.Conn.RequestMsgWithContext(ctx, m)
	if err == nil && len(r.Data) > 0 {
		err = json.Unmarshal(r.Data, &a)
	}
	if err != nil {
		return a, fmt.Errorf("publish updates: %w", err)
	}
	if a.Error != nil {
		if err := classify(a.Error); errors.Is(err, errRaced) {
			return a, err
		}
		return a, fmt.Errorf("publish updates: %w", a.Error)
	}
	return a, nil
}
