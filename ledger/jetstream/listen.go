package jetstream

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"net"
	"strconv"

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
	o.CustomClientAuthentication = &doorkeeper{
		user: l.cfg.ListenUser, password: sha256.Sum256([]byte(l.cfg.ListenPassword)), reader: reading(),
	}
	return nil
}

// doorkeeper decides who may connect: this process, with every right, and one
// user who may read.
type doorkeeper struct {
	user     string
	password [sha256.Size]byte
	reader   *server.Permissions
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
	c.RegisterUser(&server.User{Username: d.user, Permissions: d.reader})
	return true
}

// reading is what who reads may do. What is not listed is denied: above all to
// publish events and updates, and to change or remove a stream.
func reading() *server.Permissions {
	publish := []string{
		"$JS.API.INFO", "$JS.API.STREAM.NAMES", "$JS.API.STREAM.LIST",
		"$JS.ACK.>", "$JS.FC.>", // acknowledgements and flow control of consumers
		"$SRV.>", "foedus.query.>",
	}
	for _, stream := range []string{streamName, UpdatesName} {
		for _, verb := range []string{
			"STREAM.INFO.", "STREAM.MSG.GET.", "DIRECT.GET.",
			"CONSUMER.CREATE.", "CONSUMER.LIST.", "CONSUMER.NAMES.",
		} {
			publish = append(publish, "$JS.API."+verb+stream)
		}
		for _, verb := range []string{
			"DIRECT.GET.", "CONSUMER.CREATE.", "CONSUMER.DURABLE.CREATE.", "CONSUMER.INFO.", "CONSUMER.MSG.NEXT.", "CONSUMER.DELETE.",
		} {
			publish = append(publish, "$JS.API."+verb+stream+".>")
		}
	}
	return &server.Permissions{
		Publish: &server.SubjectPermission{Allow: publish},
		Subscribe: &server.SubjectPermission{
			Allow: []string{"foedus.>", "_INBOX.>"},
			Deny:  []string{"foedus.query.>"}, // who answers there takes the questions from those who can
		},
	}
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
