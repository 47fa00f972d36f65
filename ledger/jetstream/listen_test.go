package jetstream

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

const listenPassword = "a password of a test"

// listening opens an embedded log that listens, with the stream of updates
// beside it, and connects a reader.
func listening(t *testing.T) (l *Log, reader *nats.Conn, denied chan error) {
	t.Helper()
	l = openLog(t, Config{Dir: t.TempDir(), Listen: "127.0.0.1:0", ListenUser: "reader", ListenPassword: listenPassword})
	if _, err := l.JetStream().CreateStream(t.Context(), jetstream.StreamConfig{
		Name: UpdatesName, Subjects: []string{"foedus.update.>"}, AllowDirect: true,
	}); err != nil {
		t.Fatal(err)
	}
	denied = make(chan error, 100)
	reader, err := nats.Connect(l.Listening(), nats.UserInfo("reader", listenPassword),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { denied <- err }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(reader.Close)
	return l, reader, denied
}

// TestListenNeeds: no port without a user, none for an external server, and a
// port that is taken is an error at once.
func TestListenNeeds(t *testing.T) {
	taken, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	for name, cfg := range map[string]Config{
		"no user":     {Dir: t.TempDir(), Listen: "127.0.0.1:0", ListenPassword: "x"},
		"no password": {Dir: t.TempDir(), Listen: "127.0.0.1:0", ListenUser: "x"},
		"external":    {URL: "nats://127.0.0.1:1", Listen: "127.0.0.1:0", ListenUser: "x", ListenPassword: "x"},
		"no port":     {Dir: t.TempDir(), Listen: "127.0.0.1", ListenUser: "x", ListenPassword: "x"},
		"taken":       {Dir: t.TempDir(), Listen: taken.Addr().String(), ListenUser: "x", ListenPassword: "x"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		l, err := Open(ctx, cfg)
		if err == nil {
			t.Errorf("%s: it listens at %s", name, l.Listening())
			_ = l.Close()
		}
		if ctx.Err() != nil {
			t.Errorf("%s: it took long to say %v", name, err)
		}
		cancel()
	}
	if l := openLog(t, Config{Dir: t.TempDir()}); l.Listening() != "" {
		t.Errorf("a log that was not told to listens at %s", l.Listening())
	}
}

// TestStrangers: who does not say the right password is not let in.
func TestStrangers(t *testing.T) {
	l, _, _ := listening(t)
	for name, o := range map[string]nats.Option{
		"nothing":              nats.Name("stranger"),
		"a wrong password":     nats.UserInfo("reader", "no"),
		"no password":          nats.UserInfo("reader", ""),
		"the process's user":   nats.UserInfo("foedus", ""),
		"another user":         nats.UserInfo("writer", listenPassword),
		"the password as user": nats.Token(listenPassword),
	} {
		nc, err := nats.Connect(l.Listening(), o)
		if err == nil {
			nc.Close()
		}
		if !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("%s: %v, want an authorization error", name, err)
		}
	}
}

// TestReaderReads: a reader follows both streams, with a durable consumer and
// an ordered one, gets single messages and looks at the streams.
func TestReaderReads(t *testing.T) {
	l, nc, _ := listening(t)
	events := fill(t, l, 60)
	if _, err := l.JetStream().Publish(t.Context(), "foedus.update.core.party.nato.greece", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	durable, err := js.CreateOrUpdateConsumer(t.Context(), UpdatesName, jetstream.ConsumerConfig{Durable: "mine", AckPolicy: jetstream.AckExplicitPolicy})
	if err != nil {
		t.Fatal(err)
	}
	m, err := durable.Next(jetstream.FetchMaxWait(5 * time.Second))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.DoubleAck(t.Context()); err != nil {
		t.Errorf("acknowledge: %v", err)
	}
	if info, err := durable.Info(t.Context()); err != nil || info.AckFloor.Stream != 1 {
		t.Errorf("the consumer has acknowledged %+v, %v", info, err)
	}
	ordered, err := js.OrderedConsumer(t.Context(), streamName, jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := ordered.Fetch(len(events), jetstream.FetchMaxWait(5*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for m := range batch.Messages() {
		if string(m.Data()) != string(events[n].Bytes) {
			t.Fatalf("event %d is\n%s", n+1, m.Data())
		}
		n++
	}
	if n != len(events) {
		t.Errorf("%d events, want %d: %v", n, len(events), batch.Error())
	}
	s, err := js.Stream(t.Context(), streamName)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.GetMsg(t.Context(), 7); err != nil || string(got.Data) != string(events[6].Bytes) {
		t.Errorf("message 7: %v, %v", got, err)
	}
	if _, err := js.AccountInfo(t.Context()); err != nil {
		t.Error(err)
	}
	if err := js.DeleteConsumer(t.Context(), UpdatesName, "mine"); err != nil {
		t.Error(err)
	}
}

// denial waits until the server has refused something.
func denial(t *testing.T, nc *nats.Conn, denied <-chan error, what string) error {
	t.Helper()
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	select {
	case err := <-denied:
		return err
	case <-ctx.Done():
		t.Errorf("%s: nobody refused it", what)
		return errors.New("nothing was refused")
	}
}

// refused checks that a request is answered with a permission error, and not at
// all otherwise.
func refused(t *testing.T, nc *nats.Conn, denied <-chan error, subject string, body string) {
	t.Helper()
	if err := nc.PublishRequest(subject, nc.NewInbox(), []byte(body)); err != nil {
		t.Fatal(err)
	}
	if err := denial(t, nc, denied, subject); !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), subject) {
		t.Errorf("%s: %v", subject, err)
	}
}

// TestReaderWrites: a reader cannot write, change or remove anything, or answer
// in the place of others.
func TestReaderWrites(t *testing.T) {
	l, nc, denied := listening(t)
	fill(t, l, 20)
	e := ledgertest.NewGenerator(77, ledgertest.Options{}).Encoded(1)[0]
	for subject, body := range map[string]string{
		e.Aggregate.NATSSubject(e.Type):                string(e.Bytes),
		"foedus.update.core.party.nato.greece":         "{}",
		"$JS.API.STREAM.DELETE." + streamName:          "",
		"$JS.API.STREAM.DELETE." + UpdatesName:         "",
		"$JS.API.STREAM.PURGE." + UpdatesName:          "",
		"$JS.API.STREAM.MSG.DELETE." + streamName:      `{"seq":1}`,
		"$JS.API.STREAM.UPDATE." + streamName:          `{"name":"FOEDUS","max_msgs":1}`,
		"$JS.API.STREAM.CREATE.OTHER":                  `{"name":"OTHER","subjects":["other"]}`,
		"$JS.API.STREAM.RESTORE." + streamName:         "{}",
		"$JS.API.STREAM.SNAPSHOT." + streamName:        "{}",
		"$JS.API.CONSUMER.CREATE.OTHER.x":              "{}",
		"$JS.API.STREAM.LEADER.STEPDOWN." + streamName: "",
		"$SYS.REQ.SERVER.PING":                         "",
		"_INBOX.somebody":                              "a false answer",
	} {
		refused(t, nc, denied, subject, body)
	}
	for _, subject := range []string{">", "$JS.>", "$SYS.>", "foedus.query.at"} {
		if _, err := nc.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		if err := denial(t, nc, denied, "subscribe to "+subject); !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("subscribe to %s: %v", subject, err)
		}
	}
	if got := len(ledgertest.CheckLog(t, l)); got != 20 {
		t.Errorf("the log has %d events, want 20", got)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := js.DeleteStream(ctx, streamName); err == nil {
		t.Error("the client deleted the stream")
	}
	if _, err := l.Append(t.Context(), ledger.Any(), e); err != nil {
		t.Errorf("the process itself: %v", err)
	}
}
