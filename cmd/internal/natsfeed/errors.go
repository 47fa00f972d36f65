package natsfeed

import (
	"errors"

	"github.com/nats-io/nats.go/jetstream"
)

// What ends a [Publisher] for good: repeating would not help.
var (
	// ErrUnfit says that the stream of updates which stands there could lose or
	// change messages, or lacks what a publisher needs. The text lists each point.
	// A publisher never changes a stream.
	ErrUnfit = errors.New("stream is not fit for updates")
	// ErrForeign says that the stream of updates tells of another log: of one that
	// was longer, or held another event at that place.
	ErrForeign = errors.New("the stream of updates belongs to another log")
	// ErrProjection says that the projection stopped; the error wraps why.
	ErrProjection = errors.New("the projection stopped")
)

// errRaced: the stream did not end where the publisher thought, because another
// one was faster, or because an earlier message of its own arrived after all.
var errRaced = errors.New("the stream of updates has moved on")

// Error codes of the JetStream API that the client library has no name for. The
// names are those of the server (server/errors.json).
const (
	codeNoMessage            = 10037
	codeWrongLastSequence    = 10071 // single server; also cluster, once applied
	codeDuplicateInProcess   = 10158
	codeWrongLastSequenceAny = 10164 // cluster, while another message is in flight
	codeBatchDuplicate       = 10201
)

// classify turns what the server answered to a publication into errRaced where
// that is what it means.
func classify(e *jetstream.APIError) error {
	switch e.ErrorCode {
	case codeWrongLastSequence, codeWrongLastSequenceAny, codeDuplicateInProcess, codeBatchDuplicate:
		return errRaced
	}
	return e
}
