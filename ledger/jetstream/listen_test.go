package jetstream

import (
	"context"
	"errors"
	"fmt"
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

// TestReaderReplies: the server sends answers, messages and pushed messages where a
// reader says. None of them ends in a stream.
func TestReaderReplies(t *testing.T) {
	l, nc, denied := listening(t)
	fill(t, l, 20)
	if _, err := l.JetStream().Publish(t.Context(), "foedus.update.core.party.nato.greece", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	for _, stream := range []string{streamName, UpdatesName} {
		if _, err := js.CreateConsumer(t.Context(), stream, jetstream.ConsumerConfig{Durable: "mine"}); err != nil {
			t.Fatal(err)
		}
	}
	for _, subject := range []string{"foedus.log.>", "foedus.update.>"} { // consumers send only where somebody listens
		if _, err := nc.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
	}
	e := ledgertest.NewGenerator(77, ledgertest.Options{}).Encoded(1)[0]
	targets := []string{e.Aggregate.NATSSubject(e.Type), "foedus.update.core.party.nato.greece"}
	for _, target := range targets {
		for subject, body := range map[string]string{
			"$JS.API.INFO":                                       "",
			"$JS.API.STREAM.NAMES":                               "",
			"$JS.API.STREAM.INFO." + streamName:                  "",
			"$JS.API.STREAM.MSG.GET." + streamName:               `{"seq":3}`,
			"$JS.API.DIRECT.GET." + streamName:                   `{"seq":3}`,
			"$JS.API.DIRECT.GET." + UpdatesName:                  `{"seq":1}`,
			"$JS.API.CONSUMER.MSG.NEXT." + streamName + ".mine":  `{"batch":5}`,
			"$JS.API.CONSUMER.MSG.NEXT." + UpdatesName + ".mine": `{"batch":5}`,
			"$JS.API.CONSUMER.CREATE." + UpdatesName + ".other":  `{"stream_name":"FOEDUS_UPDATES","config":{"name":"other"}}`,
			"$JS.API.CONSUMER.INFO." + streamName + ".mine":      "",
			"$SRV.PING":       "",
			"foedus.query.at": "{}",
		} {
			if err := nc.PublishRequest(subject, target, []byte(body)); err != nil {
				t.Fatal(err)
			}
		}
		for subject, config := range map[string]string{
			"CREATE.FOEDUS_UPDATES":             `{"deliver_subject":"%s"}`,
			"CREATE.FOEDUS_UPDATES.push":        `{"name":"push","deliver_subject":"%s"}`,
			"CREATE.FOEDUS.push":                `{"name":"push","deliver_subject":"%s"}`,
			"CREATE.FOEDUS_UPDATES.case":        `{"name":"case","Deliver_Subject":"%s"}`,
			"CREATE.FOEDUS_UPDATES.twice":       `{"name":"twice","deliver_subject":"_INBOX.x","deliver_subject":"%s"}`,
			"DURABLE.CREATE.FOEDUS_UPDATES.old": `{"durable_name":"old","deliver_subject":"%s"}`,
		} {
			stream, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(subject, "DURABLE."), "CREATE."), ".")
			body := fmt.Sprintf(`{"stream_name":%q,"config":`+config+`}`, stream, target)
			m, err := nc.Request("$JS.API.CONSUMER."+subject, []byte(body), 5*time.Second)
			if err != nil || !strings.Contains(string(m.Data), "may push to a subject that begins with _INBOX.") {
				t.Errorf("%s with %s: %v, %v", subject, body, m, err)
			}
		}
	}
	if m, err := nc.Request("$JS.API.CONSUMER.CREATE.FOEDUS_UPDATES.x", []byte("{"), 5*time.Second); err != nil || !strings.Contains(string(m.Data), "cannot be read") {
		t.Errorf("no JSON: %v, %v", m, err)
	}
	for stream, n := range map[string]uint64{streamName: uint64(5 * len(targets)), UpdatesName: 1} { // all that was asked for was sent
		c, err := js.Consumer(t.Context(), stream, "mine")
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		for sent := uint64(0); sent < n; {
			info, err := c.Info(ctx)
			if err != nil {
				t.Fatalf("%s: %d of %d messages were sent: %v", stream, sent, n, err)
			}
			sent = info.Delivered.Stream
		}
	}
	if got := len(ledgertest.CheckLog(t, l)); got != 20 {
		t.Errorf("the log has %d events, want 20", got)
	}
	for stream, want := range map[string]uint64{streamName: 20, UpdatesName: 1} {
		s, err := l.JetStream().Stream(t.Context(), stream)
		if err != nil {
			t.Fatal(err)
		}
		if info, err := s.Info(t.Context()); err != nil || info.State.LastSeq != want {
			t.Errorf("%s ends at %d, want %d: %v", stream, info.State.LastSeq, want, err)
		}
	}
	for len(denied) > 0 {
		t.Errorf("was refused and does not show whether it is harmless: %v", <-denied)
	}
}

// TestReaderIsPushed: clients that have consumers push get what comes, and hear
// events and updates on their subjects.
func TestReaderIsPushed(t *testing.T) {
	l, nc, _ := listening(t)
	fill(t, l, 20)
	old, err := nc.JetStream()
	if err != nil {
		t.Fatal(err)
	}
	push, err := old.SubscribeSync("foedus.log.>", nats.BindStream(streamName), nats.Durable("pushed"), nats.DeliverAll(), nats.AckExplicit())
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		m, err := push.NextMsg(5 * time.Second)
		if err != nil {
			t.Fatalf("message %d: %v", i+1, err)
		}
		if meta, err := m.Metadata(); err != nil || meta.Sequence.Stream != uint64(i+1) {
			t.Fatalf("message %d is %+v, %v", i+1, meta, err)
		}
		if err := m.AckSync(); err != nil {
			t.Fatal(err)
		}
	}
	plain, err := nc.SubscribeSync("foedus.update.core.*.nato.>")
	if err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.JetStream().Publish(t.Context(), "foedus.update.core.party.nato.greece", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if m, err := plain.NextMsg(5 * time.Second); err != nil || m.Subject != "foedus.update.core.party.nato.greece" {
		t.Errorf("heard %v, %v", m, err)
	}
}
