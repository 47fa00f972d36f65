package jetstream

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"foedus/ledger"
)

// streamName is the name of the one stream.
const streamName = "FOEDUS"

const streamSubjects = ledger.SubjectPrefix + ">"

// wanted is the configuration of a stream that is created.
func (l *Log) wanted() jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               streamName,
		Description:        "The events of foedus. Nothing here is ever changed or removed.",
		Subjects:           []string{streamSubjects},
		Retention:          jetstream.LimitsPolicy,
		Storage:            jetstream.FileStorage,
		Replicas:           max(1, l.cfg.Replicas),
		Duplicates:         l.cfg.window,
		DenyDelete:         true,
		DenyPurge:          true,
		AllowDirect:        true,
		AllowAtomicPublish: true,
	}
}

// ensure returns the stream, creating it if there is none. One that exists is
// left as it is: [checkConfig] says whether it will do.
func (l *Log) ensure(ctx context.Context) (jetstream.Stream, error) {
	s, err := l.js.Stream(ctx, streamName)
	if !errors.Is(err, jetstream.ErrStreamNotFound) {
		return s, err
	}
	s, err = l.js.CreateStream(ctx, l.wanted())
	if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another process was first
		return l.js.Stream(ctx, streamName)
	}
	return s, err
}

// checkConfig lists everything by which a stream could lose or change an entry,
// or could not do what an append needs.
func checkConfig(c *jetstream.StreamConfig) error {
	var bad []string
	want := func(ok bool, what string) {
		if !ok {
			bad = append(bad, what)
		}
	}
	want(slices.Equal(c.Subjects, []string{streamSubjects}), fmt.Sprintf("its subjects must be %s alone, not %s", streamSubjects, strings.Join(c.Subjects, ", ")))
	want(c.Storage == jetstream.FileStorage, "it must store to files")
	want(c.Retention == jetstream.LimitsPolicy, "its retention policy removes messages")
	want(c.DenyDelete, "it must deny deletion")
	want(c.DenyPurge, "it must deny purging")
	want(!c.AllowRollup, "it must not allow rollups")
	want(c.MaxMsgs <= 0, "it must not limit the number of messages")
	want(c.MaxBytes <= 0, "it must not limit its size")
	want(c.MaxAge == 0, "it must not limit the age of messages")
	want(c.MaxMsgsPerSubject <= 0, "it must not limit the messages of a subject")
	want(c.MaxMsgSize <= 0, "it must not limit the size of a message")
	want(!c.AllowMsgTTL && c.SubjectDeleteMarkerTTL == 0, "it must not let messages expire")
	want(!c.NoAck, "it must acknowledge")
	want(!c.Sealed, "it is sealed")
	want(c.FirstSeq <= 1, "it must begin at sequence 1")
	want(c.Mirror == nil && len(c.Sources) == 0, "it must not copy from other streams")
	want(c.SubjectTransform == nil, "it must not transform subjects")
	want(c.AllowAtomicPublish, "it must allow atomic batches")
	want(c.AllowDirect, "it must allow direct gets")
	want(c.PersistMode == jetstream.DefaultPersistMode, "it must acknowledge only what is stored")
	if len(bad) > 0 {
		return fmt.Errorf("%w: %s", ErrUnfit, strings.Join(bad, "; "))
	}
	return nil
}

// checkState fails with [ledger.DamageError] if the server itself knows that
// messages are missing. It does not know all: see jetstream damage by reading.
// That it lost the bytes of a torn record is none, see [tornTail].
func checkState(s *jetstream.StreamState, torn int64) error {
	damage := func(missing uint64, format string, v ...any) error {
		return &ledger.DamageError{Missing: ledger.Seq(missing), Detail: fmt.Sprintf(format, v...)}
	}
	switch {
	case s.Lost != nil && len(s.Lost.Msgs) > 0:
		return damage(slices.Min(s.Lost.Msgs), "the server lost %d messages", len(s.Lost.Msgs))
	case s.Lost != nil && (torn == 0 || s.Lost.Bytes != uint64(torn)):
		return damage(s.LastSeq+1, "the server lost %d bytes", s.Lost.Bytes)
	case s.LastSeq == 0:
		return nil // of an empty stream the server lists 0 as deleted
	case s.FirstSeq > 1:
		return damage(1, "the stream begins at %d", s.FirstSeq)
	case len(s.Deleted) > 0:
		return damage(slices.Min(s.Deleted), "%d messages are gone", s.NumDeleted)
	case s.NumDeleted > 0 || s.Msgs != s.LastSeq:
		return damage(s.Msgs+1, "%d of %d messages are there", s.Msgs, s.LastSeq)
	}
	return nil
}

// checkTail fails if the last entry announces another one: an atomic append
// that a crash cut short and the server could not complete.
func (l *Log) checkTail(ctx context.Context, head ledger.Seq) error {
	if head == 0 {
		return nil
	}
	last, err := l.get(ctx, []ledger.Seq{head})
	if err != nil {
		return err
	}
	if last[0].More {
		return &ledger.DamageError{Missing: head + 1, Detail: "the log ends in the middle of an atomic append"}
	}
	return nil
}
