package jetstream

import (
	"errors"
	"fmt"
	"log/slog"

	"github.com/nats-io/nats-server/v2/server"
)

// unlimited is a store size that no disk has. Left to itself the server takes
// 75 % of what is free when it starts and stops writing there.
const unlimited = 1 << 60

// startServer locks the directory and starts a server in this process that
// listens on nothing, unless told to.
func (l *Log) startServer() error {
	var err error
	if l.lock, err = lock(l.cfg.Dir); err != nil {
		return err
	}
	l.torn = tornTail(l.cfg.Dir)
	maxStore := l.cfg.MaxStore
	if maxStore == 0 {
		maxStore = unlimited
	}
	o := &server.Options{
		ServerName:             "foedus",
		DontListen:             true,
		NoSigs:                 true,
		JetStream:              true,
		StoreDir:               l.cfg.Dir,
		JetStreamMaxStore:      maxStore,
		SyncAlways:             true, // an acknowledgement means that it is on the disk
		DisableJetStreamBanner: true,
	}
	if err := l.listen(o); err != nil {
		return err
	}
	srv, err := server.NewServer(o)
	if err != nil {
		return fmt.Errorf("start server: %w", err)
	}
	srv.SetLoggerV2(serverLog{l.cfg.Logger}, false, false, false)
	l.srv = srv
	srv.Start()
	if !srv.ReadyForConnections(l.cfg.Timeout) {
		return errors.New("start server: it was not ready in time")
	}
	if !srv.JetStreamEnabled() {
		return fmt.Errorf("start server: JetStream could not use %s; its log says why", l.cfg.Dir)
	}
	return nil
}

// serverLog hands what the server reports to a structured logger. The server's
// notices are about every start and stop, so they are of the level Debug here.
type serverLog struct{ to *slog.Logger }

func (s serverLog) Noticef(format string, v ...any) {
	s.to.Debug("nats server", "report", fmt.Sprintf(format, v...))
}

func (s serverLog) Warnf(format string, v ...any) {
	s.to.Warn("nats server", "report", fmt.Sprintf(format, v...))
}

func (s serverLog) Errorf(format string, v ...any) {
	s.to.Error("nats server", "report", fmt.Sprintf(format, v...))
}

func (s serverLog) Fatalf(format string, v ...any) {
	s.to.Error("nats server", "report", fmt.Sprintf(format, v...))
}
func (s serverLog) Debugf(string, ...any) {}
func (s serverLog) Tracef(string, ...any) {}
