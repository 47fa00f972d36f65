package natsfeed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"foedus/ledger"
)

// StreamName is the name of the stream of updates.
const StreamName = "FOEDUS_UPDATES"

const (
	subjectPrefix  = "foedus.update."
	streamSubjects = subjectPrefix + ">"
)

// wanted is the configuration of a stream that is created. The duplicate window
// is the shortest there is: the expected sequence already keeps a message from
// being stored twice, and the window would keep ids in memory.
func wanted(replicas int) jetstream.StreamConfig {
	return jetstream.StreamConfig{
		Name:               StreamName,
		Description:        "What each event of foedus changes. It follows from the stream FOEDUS; nothing here is ever changed or removed.",
		Subjects:           []string{streamSubjects},
		Retention:          jetstream.LimitsPolicy,
		Storage:            jetstream.FileStorage,
		Replicas:           max(1, replicas),
		Duplicates:         100 * time.Millisecond,
		DenyDelete:         true,
		DenyPurge:          true,
		AllowDirect:        true,
		AllowAtomicPublish: true,
	}
}

// ensure creates the stream if there is none, and checks the one that is there.
func (p *Publisher) ensure(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Timeout)
	defer cancel()
	s, err := p.js.Stream(ctx, StreamName)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		s, err = p.js.CreateStream(ctx, wanted(p.cfg.Replicas))
		if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) { // another process was first
			s, err = p.js.Stream(ctx, StreamName)
		}
	}
	if err != nil {
		return fmt.Errorf("find the stream of updates: %w", err)
	}
	return checkConfig(&s.CachedInfo().Config)
}

// checkConfig lists everything by which a stream could lose or change a message,
// or could not do what a publisher needs.
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
	want(c.MaxMsgs <= 0 && c.MaxBytes <= 0 && c.MaxAge == 0 && c.MaxMsgsPerSubject <= 0, "it must have no limits")
	want(c.MaxMsgSize <= 0, "it must not limit the size of a message")
	want(!c.AllowMsgTTL && c.SubjectDeleteMarkerTTL == 0, "it must not let messages expire")
	want(!c.NoAck, "it must acknowledge")
	want(!c.Sealed, "it is sealed")
	want(c.Mirror == nil && len(c.Sources) == 0, "it must not copy from other streams")
	want(c.SubjectTransform == nil, "it must not transform subjects")
	want(c.AllowAtomicPublish, "it must allow atomic batches")
	want(c.PersistMode == jetstream.DefaultPersistMode, "it must acknowledge only what is stored")
	if len(bad) > 0 {
		return fmt.Errorf("%w: %s: %s", ErrUnfit, StreamName, strings.Join(bad, "; "))
	}
	return nil
}

// position is where a publisher stands: what the stream ends with, and which
// part of which event comes next.
type position struct {
	last uint64 // sequence of the last message in the stream, 0 if it is empty
	seq  ledger.Seq
	part int // from 1
}

// stored is a message as the leader of the stream returns it.
type stored struct {
	Message struct {
		Seq  uint64 `json:"seq"`
		Data []byte `json:"data"`
	} `json:"message"`
	Error *jetstream.APIError `json:"error"`
}

// told is what a publisher needs of a message that stands there.
type told struct {
	ID   string `json:"id"`
	Data struct {
		Seq   ledger.Seq `json:"seq"`
		Part  int        `json:"part"`
		Parts int        `json:"parts"`
	} `json:"data"`
}

// locate reads the last message of the stream and checks that it tells of this
// log.
func (p *Publisher) locate(ctx context.Context) (position, error) {
	m, ok, err := p.lastMessage(ctx)
	if err != nil || !ok {
		return position{seq: 1, part: 1}, err
	}
	var t told
	if err := json.Unmarshal(m.Message.Data, &t); err != nil || t.Data.Seq == 0 || t.Data.Part < 1 || t.Data.Part > t.Data.Parts {
		return position{}, fmt.Errorf("%w: its message %d is no update", ErrForeign, m.Message.Seq)
	}
	if err := p.same(ctx, &t); err != nil {
		return position{}, err
	}
	at := position{last: m.Message.Seq, seq: t.Data.Seq, part: t.Data.Part + 1}
	if t.Data.Part == t.Data.Parts {
		at.seq, at.part = at.seq+1, 1
	}
	return at, nil
}

// same fails with [ErrForeign] unless a message tells of an event of this log.
// Another process may be ahead with the same log, so it waits until the
// projection is as far.
func (p *Publisher) same(ctx context.Context, t *told) error {
	head, err := p.cfg.Log.Head(ctx)
	if err != nil {
		return fmt.Errorf("find the head of the log: %w", err)
	}
	if t.Data.Seq > head {
		return fmt.Errorf("%w: it tells of the event %d, and the log ends at %d", ErrForeign, t.Data.Seq, head)
	}
	if err := p.wait(ctx, t.Data.Seq); err != nil {
		return err
	}
	if id := updateID(p.eventID(t.Data.Seq), t.Data.Part).String(); id != t.ID {
		return fmt.Errorf("%w: for the event %d it has the id %s, and it should be %s", ErrForeign, t.Data.Seq, t.ID, id)
	}
	return nil
}

// lastMessage asks the leader of the stream, whose answer counts: a direct get
// could be answered by a replica that is behind.
func (p *Publisher) lastMessage(ctx context.Context) (m stored, ok bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Timeout)
	defer cancel()
	r, err := p.cfg.Conn.RequestWithContext(ctx, "$JS.API.STREAM.MSG.GET."+StreamName, []byte(`{"last_by_subj":"`+streamSubjects+`"}`))
	if err == nil {
		err = json.Unmarshal(r.Data, &m)
	}
	switch {
	case err != nil:
		return m, false, fmt.Errorf("read the last update: %w", err)
	case m.Error == nil:
		return m, true, nil
	case m.Error.ErrorCode == codeNoMessage:
		return m, false, nil
	}
	return m, false, fmt.Errorf("read the last update: %w", m.Error)
}
