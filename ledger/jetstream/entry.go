package jetstream

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"foedus/ledger"
)

// The headers of a stored message.
const (
	headerID          = "Nats-Msg-Id"
	headerBatch       = "Nats-Batch-Id"
	headerBatchSeq    = "Nats-Batch-Sequence"
	headerBatchCommit = "Nats-Batch-Commit"
)

// first returns the first value of a header whose name is spelt as the server
// spells it.
func first(h nats.Header, name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// entry makes an entry of a stored message. It keeps data.
func entry(seq uint64, at time.Time, subject string, h nats.Header, data []byte) (ledger.Entry, error) {
	a, t, err := ledger.ParseSubject(subject)
	if err != nil {
		return ledger.Entry{}, unreadable(seq, err)
	}
	id, err := ledger.ParseEventID(first(h, headerID))
	if err != nil {
		return ledger.Entry{}, unreadable(seq, fmt.Errorf("its %s header: %w", headerID, err))
	}
	return ledger.Entry{
		Seq:     ledger.Seq(seq),
		Time:    at,
		More:    first(h, headerBatch) != "" && first(h, headerBatchCommit) == "",
		Encoded: ledger.Encoded{ID: id, Aggregate: a, Type: t, Bytes: data},
	}, nil
}

func unreadable(seq uint64, why error) error {
	return &ledger.DamageError{Missing: ledger.Seq(seq), Detail: why.Error()}
}

// delivered makes an entry of a message that a consumer delivered.
func delivered(m *nats.Msg) (ledger.Entry, error) {
	seq, at, err := parseReply(m.Reply)
	if err != nil {
		return ledger.Entry{}, err
	}
	return entry(seq, at, m.Subject, m.Header, m.Data)
}

// parseReply takes the stream sequence and the timestamp out of the reply
// subject of a delivered message. It has one of two forms (ADR-15):
//
//	$JS.ACK.<stream>.<consumer>.<delivered>.<seq>.<consumer seq>.<time>.<pending>
//	$JS.ACK.<domain>.<account>.<stream>.<consumer>.<delivered>.<seq>.<consumer seq>.<time>.<pending>[.<token>]
func parseReply(reply string) (seq uint64, at time.Time, err error) {
	skip := 5
	if strings.Count(reply, ".") > 8 {
		skip = 7
	}
	rest := reply
	for range skip {
		_, rest, _ = strings.Cut(rest, ".")
	}
	s, rest, _ := strings.Cut(rest, ".")
	_, rest, _ = strings.Cut(rest, ".")
	ts, _, _ := strings.Cut(rest, ".")
	seq, err1 := strconv.ParseUint(s, 10, 64)
	nanos, err2 := strconv.ParseInt(ts, 10, 64)
	if err := errors.Join(err1, err2); err != nil {
		return 0, time.Time{}, fmt.Errorf("reply subject %q of a delivered message: %w", reply, err)
	}
	return seq, time.Unix(0, nanos).UTC(), nil
}
