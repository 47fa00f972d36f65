package jetstream

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// UpdatesName is the name of the stream of updates that stands beside the log.
// The log neither writes nor reads it: it only lets who may read read it too.
const UpdatesName = "FOEDUS_UPDATES"

// checkListen refuses a port without a user, and an external server that is to
// listen.
func (c *Config) checkListen() error {
	switch {
	case c.Listen == "":
		return nil
	case c.Dir == "":
		return errors.New("only an embedded server can be told to listen")
	case c.ListenUser == "" || c.ListenPassword == "":
		return errors.New("a server that listens needs a user and a password")
	}
	return nil
}

// listen makes the server listen. A port that is taken is found here: the
// server itself would only write it to its log.
func (l *Log) listen(o *server.Options) error {
	if l.cfg.Listen == "" {
		return nil
	}
	probe, err := net.Listen("tcp", l.cfg.Listen) //nolint:noctx // it does not wait for anybody
	if err != nil {
		return fmt.Errorf("listen for NATS clients: %w", err)
	}
	if err := probe.Close(); err != nil {
		return fmt.Errorf("listen for NATS clients: %w", err)
	}
	host, port, err := net.SplitHostPort(l.cfg.Listen)
	if err != nil {
		return fmt.Errorf("listen for NATS clients: %w", err)
	}
	if o.Port, err = strconv.Atoi(port); err != nil {
		return fmt.Errorf("listen for NATS clients on %s: the port must be a number", l.cfg.Listen)
	}
	if o.Port == 0 {
		o.Port = server.RANDOM_PORT
	}
	o.Host, o.DontListen = host, false
	l.door = &doorkeeper{
		user: l.cfg.ListenUser, password: sha256.Sum256([]byte(l.cfg.ListenPassword)), open: make(chan struct{}), patience: l.cfg.Timeout,
	}
	o.CustomClientAuthentication = l.door
	return nil
}

// doorkeeper decides who may connect: this process, with every right, and one
// user who may read.
type doorkeeper struct {
	user     string
	password [sha256.Size]byte
	patience time.Duration

	open    chan struct{}   // closed when readers is set
	readers *server.Account // of those who may read
}

// Check implements [server.Authentication].
func (d *doorkeeper) Check(c server.ClientAuthentication) bool {
	if a := c.RemoteAddress(); a != nil && a.Network() == "pipe" { // only this process can make one
		c.RegisterUser(&server.User{Username: "foedus"})
		return true
	}
	o := c.GetOpts()
	given := sha256.Sum256([]byte(o.Password))
	if c.Kind() != server.CLIENT || o.Username != d.user || subtle.ConstantTimeCompare(given[:], d.password[:]) != 1 {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), d.patience)
	defer cancel()
	select {
	case <-d.open:
	case <-ctx.Done(): // the log cannot be opened
		return false
	}
	c.RegisterUser(&server.User{Username: d.user, Permissions: permissions(), Account: d.readers})
	return true
}

// Listening returns the URL at which the embedded server listens for NATS
// clients, without the password; "" if it does not.
func (l *Log) Listening() string {
	if l.srv == nil || l.cfg.Listen == "" {
		return ""
	}
	return l.srv.ClientURL()
}

// Conn returns the connection of the log, with every right that the log has. It
// is for what stands beside the log on the same server; who closes it closes
// the log. It keeps nothing back while it reconnects: what cannot be sent at
// once fails.
func (l *Log) Conn() *nats.Conn { return l.nc }

// JetStream returns the JetStream of the log's connection.
func (l *Log) JetStream() jetstream.JetStream { return l.js }

// Replicas returns how many servers keep a copy of the log, at least 1.
func (l *Log) Replicas() int { return max(1, l.stream.Replicas) }
