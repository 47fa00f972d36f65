package jetstream

import (
	"context"
	"fmt"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go/jetstream"

	"foedus/ledger"
)

// Fsync says whether an acknowledgement means that the event is on a disk.
type Fsync string

// The answers. A client of an external server can neither set nor see how that
// one syncs, so there it stays unknown.
const (
	FsyncYes     Fsync = "yes"
	FsyncUnknown Fsync = "unknown"
)

// Status is what a log says of itself, for people and for "doctor".
type Status struct {
	Embedded       bool
	Dir            string // of an embedded store
	URL            string // of the external server that the client is connected to
	Server         string // name of that server
	Version        string // of the server, embedded or external
	FsyncBeforeAck Fsync
	Replicas       int

	Messages uint64     // entries that the server counts
	First    ledger.Seq // 0 if the log is empty
	Last     ledger.Seq
	Bytes    uint64     // of the store
	Indexed  ledger.Seq // through where the index of ids reaches
	// Damage is what the server itself knows to be missing, nil if nothing. That
	// nothing is known says little: only a reading of the whole log finds a
	// record that cannot be read.
	Damage error
}

// Status asks the server how the log is.
func (l *Log) Status(ctx context.Context) (Status, error) {
	if err := l.usable(); err != nil {
		return Status{}, fmt.Errorf("read status: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, l.cfg.Timeout)
	defer cancel()
	s, err := l.js.Stream(ctx, streamName)
	if err != nil {
		return Status{}, fmt.Errorf("read status: %w", err)
	}
	info, err := s.Info(ctx, jetstream.WithDeletedDetails(true))
	if err != nil {
		return Status{}, fmt.Errorf("read status: %w", err)
	}
	st := Status{
		Embedded:       l.embedded(),
		Dir:            l.cfg.Dir,
		Server:         l.nc.ConnectedServerName(),
		Version:        l.nc.ConnectedServerVersion(),
		FsyncBeforeAck: FsyncUnknown,
		Replicas:       max(1, info.Config.Replicas),
		Messages:       info.State.Msgs,
		First:          ledger.Seq(info.State.FirstSeq),
		Last:           ledger.Seq(info.State.LastSeq),
		Bytes:          info.State.Bytes,
		Indexed:        l.index.through(),
		Damage:         checkState(&info.State, l.torn),
	}
	if st.Embedded {
		st.FsyncBeforeAck, st.Version = FsyncYes, server.VERSION
	} else {
		st.URL = l.nc.ConnectedUrlRedacted()
	}
	return st, nil
}

// Free returns how many bytes can still be written to the disk of an embedded
// store, without asking the server. ok is false for an external one, and where
// the system does not say. Appends are refused before it is 0: see Append.
func (l *Log) Free() (bytes int64, ok bool) {
	if !l.embedded() {
		return 0, false
	}
	free, err := freeBytes(l.cfg.Dir)
	return free, err == nil
}
