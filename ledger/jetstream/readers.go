package jetstream

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Permissions alone do not keep a reader from writing: the server sends an
// answer to whatever reply subject a request names, and a push consumer to whatever
// subject it was made for, with its own rights, and either may be a subject of the
// log. So readers have an account of their own, in which there is no stream. The
// account of the log exports to it the requests that only read. Their answers
// go back into the account of the readers, whatever subject they are for. The one
// subject that the account of the log would use as it is named, that of a
// push consumer, is looked at first: see [gate].

// readersAccount is the name of the account of those who may read.
const readersAccount = "READERS"

// gatePrefix begins the subjects at which requests for consumers are looked at, in the
// account of the log.
const gatePrefix = "foedus.gate."

// inbox begins the subjects to which readers may have messages pushed.
const inbox = "_INBOX."

// consumerPrefix begins the subjects of requests about consumers.
const consumerPrefix = "$JS.API.CONSUMER."

// service is a request that readers may make.
type service struct {
	subject string
	to      string                 // in the account of the log; empty for the same
	answers server.ServiceRespType // Streamed: several, and the server keeps note of the request until they end
}

// services are all requests that readers may make. What is not listed is denied:
// above all to publish events and updates, and to change or remove a stream.
// A direct get is answered once: one of several messages brings the first.
func services() []service {
	list := []service{
		{subject: "$JS.API.INFO"},
		{subject: "$JS.API.STREAM.NAMES"},
		{subject: "$JS.API.STREAM.LIST"},
		{subject: "$JS.ACK.>"}, // acknowledgements and flow control of consumers
		{subject: "$JS.FC.>"},
		{subject: "$SRV.>", answers: server.Streamed},
		{subject: "foedus.query.>"},
	}
	for _, stream := range []string{streamName, UpdatesName} {
		for _, verb := range []string{"STREAM.INFO.", "STREAM.MSG.GET.", "DIRECT.GET.", "CONSUMER.LIST.", "CONSUMER.NAMES."} {
			list = append(list, service{subject: "$JS.API." + verb + stream})
		}
		for _, verb := range []string{"DIRECT.GET.", "CONSUMER.INFO.", "CONSUMER.DELETE."} {
			list = append(list, service{subject: "$JS.API." + verb + stream + ".>"})
		}
		list = append(list, service{subject: consumerPrefix + "MSG.NEXT." + stream + ".>", answers: server.Streamed})
		for _, create := range []string{"CREATE." + stream, "CREATE." + stream + ".>", "DURABLE.CREATE." + stream + ".>"} {
			list = append(list, service{subject: consumerPrefix + create, to: gatePrefix + create})
		}
	}
	return list
}

// heard are the subjects that readers may hear: events and updates as they come,
// and what is pushed to them.
func heard() []string { return []string{"foedus.log.>", "foedus.update.>", inbox + ">"} }

// permissions are those of a reader in the account of the readers.
func permissions() *server.Permissions {
	var publish []string
	for _, s := range services() {
		publish = append(publish, s.subject)
	}
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: publish},
		Subscribe: &server.SubjectPermission{Allow: heard()},
	}
}

// admitReaders makes the account of the readers and lets them in.
func (l *Log) admitReaders() error {
	if l.door == nil {
		return nil
	}
	if _, err := l.nc.Subscribe(gatePrefix+">", func(m *nats.Msg) { go l.gate(m) }); err != nil {
		return err
	}
	if err := l.nc.FlushTimeout(l.cfg.Timeout); err != nil {
		return err
	}
	log, err := l.srv.LookupAccount(server.DEFAULT_GLOBAL_ACCOUNT)
	if err != nil {
		return err
	}
	readers, _ := l.srv.LookupOrRegisterAccount(readersAccount)
	to := []*server.Account{readers}
	for _, s := range services() {
		exported := s.subject
		if s.to != "" {
			exported = s.to
		}
		if err := log.AddServiceExportWithResponse(exported, s.answers, to); err != nil {
			return fmt.Errorf("export %s: %w", exported, err)
		}
		if err := readers.AddServiceImport(log, s.subject, s.to); err != nil {
			return fmt.Errorf("import %s: %w", s.subject, err)
		}
	}
	for _, subject := range heard() {
		if err := log.AddStreamExport(subject, to); err != nil {
			return fmt.Errorf("export %s: %w", subject, err)
		}
		if err := readers.AddStreamImport(log, subject, ""); err != nil {
			return fmt.Errorf("import %s: %w", subject, err)
		}
	}
	l.door.readers = readers
	close(l.door.open)
	return nil
}

// gate answers a reader's request for a consumer. What it delivers to is a
// subject in the account of the log, so it must be an inbox.
func (l *Log) gate(m *nats.Msg) {
	answer := func(b []byte) {
		if err := m.Respond(b); err != nil {
			l.cfg.Logger.Warn("a request for a consumer cannot be answered", "subject", m.Subject, "error", err)
		}
	}
	var request server.CreateConsumerRequest
	if err := json.Unmarshal(m.Data, &request); err != nil {
		answer(refusal(fmt.Sprintf("the request cannot be read: %v", err)))
		return
	}
	if d := request.Config.DeliverSubject; d != "" && !strings.HasPrefix(d, inbox) {
		answer(refusal(fmt.Sprintf("a reader's consumer may push to a subject that begins with %s, not to %q; or pull", inbox, d)))
		return
	}
	checked, err := json.Marshal(request) // what was looked at, and nothing else
	if err != nil {
		answer(refusal(err.Error()))
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), l.cfg.Timeout)
	defer cancel()
	got, err := l.nc.RequestWithContext(ctx, consumerPrefix+strings.TrimPrefix(m.Subject, gatePrefix), checked)
	if err != nil {
		answer(refusal(err.Error()))
		return
	}
	answer(got.Data)
}

// refusal is an answer of JetStream's API that says why there is no consumer.
func refusal(why string) []byte {
	b, _ := json.Marshal(map[string]any{ // cannot fail
		"type":  "io.nats.jetstream.api.v1.consumer_create_response",
		"error": map[string]any{"code": 403, "description": why},
	})
	return b
}
