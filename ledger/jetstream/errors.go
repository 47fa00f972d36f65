package jetstream

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"foedus/ledger"
)

// ErrUnfit says that the stream which stands under the log's name allows what a
// ledger must not allow, or lacks what it needs. The text lists each point. Open
// never changes a stream.
var ErrUnfit = errors.New("stream is not fit for a ledger")

// What became of a publication that was not simply acknowledged. These never
// leave the package.
var (
	// errLost: no acknowledgement came; the server may or may not have stored it.
	errLost = errors.New("acknowledgement lost")
	// errStored: the server knows an id already that the index did not.
	errStored = errors.New("id stored by another writer")
	// errStoring: another writer is storing the same id right now.
	errStoring = errors.New("id being stored by another writer")
)

// Error codes of the JetStream API that the client library has no name for, or
// that matter here. The names are those of the server (server/errors.json).
const (
	codeAccountResourcesExceeded = 10002
	codeInsufficientResources    = 10023
	codeMemoryResourcesExceeded  = 10028
	codeStorageResourcesExceeded = 10047
	codeStreamNotMatch           = 10060
	codeWrongLastSequence        = 10071 // single server; also cluster, once applied
	codeDuplicateInProcess       = 10158
	codeExpectedNotReady         = 10163
	codeWrongLastSequenceConst   = 10164 // cluster, while another append is in flight
	codeBatchIncomplete          = 10176
	codeBatchDuplicate           = 10201
	codeBatchTooManyInflight     = 10210
)

// classify turns what the server answered to a publication into an error that
// the log's contract knows, and leaves the others as they are.
func classify(e *jetstream.APIError) error {
	switch e.ErrorCode {
	case codeWrongLastSequence, codeWrongLastSequenceConst:
		return ledger.ErrConflict
	case codeAccountResourcesExceeded, codeInsufficientResources, codeMemoryResourcesExceeded, codeStorageResourcesExceeded:
		return ledger.ErrNoSpace
	case codeBatchDuplicate:
		return errStored
	case codeDuplicateInProcess, codeExpectedNotReady, codeBatchTooManyInflight:
		return errStoring
	}
	return e
}

// unsent reports whether err says for certain that the server got nothing.
func unsent(err error) bool {
	for _, e := range []error{
		nats.ErrNoResponders, nats.ErrReconnectBufExceeded, nats.ErrMaxPayload,
		nats.ErrBadSubject, nats.ErrInvalidConnection, nats.ErrHeadersNotSupported,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// away reports whether err says only that no answer came: the server is being
// restarted, or a cluster is choosing a leader.
func away(err error) bool {
	for _, e := range []error{
		context.DeadlineExceeded, nats.ErrTimeout, nats.ErrNoResponders, nats.ErrReconnectBufExceeded, nats.ErrDisconnected,
	} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// closedOr returns [ledger.ErrClosed] instead of an error that is only the
// consequence of closing. What the contract tells apart stays.
func (l *Log) closedOr(err error) error {
	if err == nil || l.usable() == nil {
		return err
	}
	for _, e := range []error{
		ledger.ErrUnknownOutcome, ledger.ErrConflict, ledger.ErrIDTaken, ledger.ErrNoSpace,
		ledger.ErrInvalid, ledger.ErrNotFound, ledger.ErrDamaged,
	} {
		if errors.Is(err, e) {
			return err
		}
	}
	return ledger.ErrClosed
}
