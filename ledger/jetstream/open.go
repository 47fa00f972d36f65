package jetstream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"foedus/ledger"
)

// Config says where a log is kept. Either Dir or URL must be set.
type Config struct {
	// Dir is the store directory of an embedded server; it is created if it
	// does not exist. Empty for an external server.
	Dir string
	// MaxStore is the largest size in bytes of the embedded store. Zero means
	// as far as the disk goes, less a reserve that keeps the store healthy.
	MaxStore int64
	// Listen is a "host:port" at which the embedded server also listens for NATS
	// clients; port 0 takes a free one, see [Log.Listening]. Empty means no port
	// at all: then only this process reaches the server.
	//
	// Who connects there must say ListenUser and ListenPassword, which are
	// required, and may read: follow both streams with consumers of his own, get
	// messages, and ask what answers at foedus.query. He may not publish events or
	// updates, nor change or remove a stream. Readers share an account of their
	// own, and so see and may remove each other's consumers. Nothing is encrypted.
	Listen                     string
	ListenUser, ListenPassword string

	// URL is the address of an external server or cluster, as nats.Connect
	// takes it. Empty for an embedded server.
	URL string
	// Creds is the path of a credentials file for URL. Empty means none.
	Creds string
	// Replicas is the number of servers that keep a copy of a stream that is
	// created at URL. Zero means 1. It is ignored where the stream exists.
	Replicas int

	// Timeout is how long an answer of the server is waited for before it
	// counts as lost. Zero means 10 seconds.
	Timeout time.Duration
	// Logger gets what the server and the connection report. Nil discards it.
	Logger *slog.Logger

	// What only tests set.
	window  time.Duration // the duplicate window of a stream that is created; zero means 2 minutes
	quiet   time.Duration // how long a reader waits before it asks what is the matter; zero means 1 second
	expires time.Duration // how long the server keeps a request for messages; zero means 1 minute
	options []nats.Option // more options of the connection
}

func (c *Config) fill() {
	if c.Timeout <= 0 {
		c.Timeout = 10 * time.Second
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.window == 0 {
		c.window = 2 * time.Minute
	}
	if c.quiet == 0 {
		c.quiet = time.Second
	}
	if c.expires == 0 {
		c.expires = time.Minute
	}
}

// Log is a [ledger.Log] on JetStream. [Open] makes it.
type Log struct {
	cfg    Config
	nc     *nats.Conn
	js     jetstream.JetStream
	srv    *server.Server // nil if external
	door   *doorkeeper    // nil unless it listens
	lock   *os.File       // nil if external
	torn   int64          // bytes of a record that was being written when the last process ended
	stream jetstream.StreamConfig

	// own is the head of the log as this process knows it. In an embedded log
	// that is the head, because there is no other writer.
	own   atomic.Uint64
	index *idIndex

	writing  chan struct{} // holds a token while an append has its turn
	indexing chan struct{} // holds a token while the index is being completed
	closed   chan struct{} // closed by Close
	closing  sync.Once
	closeErr error // set under closing
}

var _ ledger.Log = (*Log)(nil)

// Open opens the log that cfg names and creates it if there is none. It checks
// what it finds before anything can be written.
//
// It fails with [ledger.ErrLocked] if another process has the store open, with
// [ledger.ErrDamaged] if entries are missing, and with [ErrUnfit] if the stream
// could lose entries.
func Open(ctx context.Context, cfg Config) (*Log, error) {
	if (cfg.Dir == "") == (cfg.URL == "") {
		return nil, errors.New("open log: set either a directory or a URL")
	}
	if err := cfg.checkListen(); err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	cfg.fill()
	l := &Log{
		cfg:      cfg,
		index:    newIndex(),
		writing:  make(chan struct{}, 1),
		indexing: make(chan struct{}, 1),
		closed:   make(chan struct{}),
	}
	if err := l.open(ctx); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("open log: %w", err)
	}
	return l, nil
}

func (l *Log) open(ctx context.Context) error {
	if err := l.connect(); err != nil {
		return err
	}
	var err error
	if l.js, err = jetstream.New(l.nc, jetstream.WithDefaultTimeout(l.cfg.Timeout)); err != nil {
		return err
	}
	if err := l.admitReaders(); err != nil {
		return fmt.Errorf("let NATS clients read: %w", err)
	}
	s, err := l.ensure(ctx)
	if err != nil {
		return err
	}
	info, err := s.Info(ctx, jetstream.WithDeletedDetails(true))
	if err != nil {
		return err
	}
	if err := checkConfig(&info.Config); err != nil {
		return err
	}
	if err := checkState(&info.State, l.torn); err != nil {
		return err
	}
	if l.torn > 0 {
		l.cfg.Logger.WarnContext(ctx, "a process ended while it wrote an event, which nobody was told is stored; what was written of it is dropped", "bytes", l.torn)
	}
	l.stream = info.Config
	l.own.Store(info.State.LastSeq)
	return l.checkTail(ctx, ledger.Seq(info.State.LastSeq))
}

// connect starts the embedded server, if the log is embedded, and connects.
func (l *Log) connect() error {
	options := []nats.Option{
		nats.Name("foedus"),
		nats.Timeout(l.cfg.Timeout),
		// What cannot be sent now must fail now: a message that is kept back and
		// sent after a reconnection could arrive after its append was given up.
		nats.ReconnectBufSize(-1),
		nats.MaxReconnects(-1),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			l.cfg.Logger.Warn("nats connection", "error", err)
		}),
	}
	if l.cfg.Creds != "" {
		options = append(options, nats.UserCredentials(l.cfg.Creds))
	}
	if l.cfg.Dir != "" {
		if err := l.startServer(); err != nil {
			return err
		}
		// Readers hear the inboxes that everybody else uses, see [heard].
		options = append(options, nats.InProcessServer(l.srv), nats.CustomInboxPrefix("_FOEDUS"))
	}
	var err error
	l.nc, err = nats.Connect(l.cfg.URL, append(options, l.cfg.options...)...)
	return err
}

// Close implements [ledger.Log]. It waits for an append that has its turn and
// stops the embedded server in an orderly way.
func (l *Log) Close() error {
	l.closing.Do(func() {
		close(l.closed)
		l.writing <- struct{}{} // never given back: nobody writes from here on
		if l.nc != nil {
			l.nc.Close()
		}
		if l.srv != nil {
			l.srv.Shutdown()
			l.srv.WaitForShutdown()
		}
		if l.lock != nil {
			if err := l.lock.Close(); err != nil { // gives the lock back
				l.closeErr = fmt.Errorf("close log: %w", err)
			}
		}
	})
	return l.closeErr
}

func (l *Log) embedded() bool { return l.cfg.Dir != "" }

// usable fails with [ledger.ErrClosed] after Close.
func (l *Log) usable() error {
	select {
	case <-l.closed:
		return ledger.ErrClosed
	default:
		return nil
	}
}

// acquire takes a turn; the caller gives it back by receiving from turn.
func (l *Log) acquire(ctx context.Context, turn chan struct{}) error {
	if err := l.usable(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case turn <- struct{}{}:
		return nil
	case <-l.closed:
		return ledger.ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
}
