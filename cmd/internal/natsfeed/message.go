package natsfeed

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"time"

	"foedus/ledger"
	"foedus/projections"
)

// EventType is the CloudEvents type of an update.
const EventType = "foedus.fact.changed.v1"

// contentType is the media type of a CloudEvents document in structured mode.
const contentType = "application/cloudevents+json"

// mostChanges is how many bytes of changes one message holds, unless a single
// one is larger. Together with the largest event ([ledger.MaxEvent]) it stays
// well below the payload limit of a server as it comes. It is part of what the
// stream holds: with another one the parts would be others.
const mostChanges = 384 << 10

// none is the token of a subject where there is no such thing.
const none = "_"

// Change is a change of a fact, rendered.
type Change struct {
	Fact *projections.Fact
	JSON []byte // kept
}

// message is one update on its way. Its body is made when it is sent: many
// messages can share one large event.
type message struct {
	entry       *ledger.Entry
	attributes  string // of the event, from subject to recordedtime
	subject     string
	part, parts int
	changes     []Change
	size        int // of the changes, in bytes
}

// address is what the messages of one event are grouped by.
type address struct {
	kind     projections.FactKind
	alliance ledger.AllianceID
	state    ledger.StateID
}

// addressOf says where a change goes.
func addressOf(f *projections.Fact) address { return address{f.Kind, f.Alliance(), f.State()} }

// subject renders an address. What is no identifier cannot be a token.
func (a address) subject(d ledger.DatasetID) string {
	token := func(s string) string {
		if ledger.CheckName(s) != "" {
			return none
		}
		return s
	}
	return subjectPrefix + string(d) + "." + token(string(a.kind)) + "." + token(string(a.alliance)) + "." + token(string(a.state))
}

// messages makes the messages of an event: the groups in the order in which
// their first changes come, one that grows too large in several.
func messages(e *ledger.Entry, changes []Change) ([]message, error) {
	attributes, err := attributesOf(e)
	if err != nil {
		return nil, err
	}
	var out []message
	latest := make(map[address]int) // the last message of a group
	for _, c := range changes {
		a := addressOf(c.Fact)
		i, ok := latest[a]
		if !ok || out[i].size+len(c.JSON) > mostChanges {
			i = len(out)
			latest[a] = i
			out = append(out, message{subject: a.subject(e.Aggregate.Dataset)})
		}
		out[i].changes = append(out[i].changes, c)
		out[i].size += len(c.JSON) + 1
	}
	if len(out) == 0 {
		var a address
		switch e.Aggregate.Kind {
		case ledger.KindAlliance:
			a.alliance = ledger.AllianceID(e.Aggregate.ID)
		case ledger.KindState:
			a.state = ledger.StateID(e.Aggregate.ID)
		case ledger.KindCrisis, ledger.KindLedger:
		}
		out = []message{{subject: a.subject(e.Aggregate.Dataset)}}
	}
	for i := range out {
		m := &out[i]
		m.entry, m.attributes, m.part, m.parts = e, attributes, i+1, len(out)
	}
	return out, nil
}

// attributesOf renders the attributes that an update has from its event.
func attributesOf(e *ledger.Entry) (string, error) {
	event, err := ledger.Decode(e.Bytes)
	if err != nil {
		return "", fmt.Errorf("decode the event at sequence %d: %w", e.Seq, err)
	}
	b := fmt.Appendf(nil, `"subject":"%s",`, e.Aggregate.Subject())
	if !event.Instant.IsZero() {
		b = fmt.Appendf(b, `"time":"%s",`, event.Instant.UTC().Format(time.RFC3339Nano))
	}
	return string(fmt.Appendf(b, `"recordedtime":"%s"`, event.Recorded.UTC().Format(time.RFC3339Nano))), nil
}

// id returns the id of the message.
func (m *message) id() ledger.EventID { return updateID(m.entry.ID, m.part) }

// bytes returns about how large the body is.
func (m *message) bytes() int { return len(m.entry.Bytes) + m.size + 512 }

// body renders the CloudEvents document. Identifiers need no escapes, and the
// event is a document as it stands.
func (m *message) body() []byte {
	b := make([]byte, 0, m.bytes())
	b = append(b, `{"specversion":"1.0","id":"`...)
	b = append(b, m.id().String()...)
	b = append(b, `","source":"/foedus/`...)
	b = append(b, m.entry.Aggregate.Dataset...)
	b = append(b, `","type":"`+EventType+`",`...)
	b = append(b, m.attributes...)
	b = append(b, `,"datacontenttype":"application/json","data":{"seq":`...)
	b = strconv.AppendUint(b, uint64(m.entry.Seq), 10)
	b = append(b, `,"part":`...)
	b = strconv.AppendInt(b, int64(m.part), 10)
	b = append(b, `,"parts":`...)
	b = strconv.AppendInt(b, int64(m.parts), 10)
	b = append(b, `,"event":`...)
	b = append(b, m.entry.Bytes...)
	b = append(b, `,"changes":[`...)
	for i, c := range m.changes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, c.JSON...)
	}
	return append(b, "]}}"...)
}

// updateID returns the id of one part of the update that an event makes: a ULID
// with the time of the event's, and else a digest of the event's id and the
// part, so that whoever publishes it finds the same.
func updateID(event ledger.EventID, part int) (id ledger.EventID) {
	const timeBytes = 6
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(part))
	digest := sha256.Sum256(append(append([]byte(EventType), event[:]...), number[:]...))
	copy(id[:timeBytes], event[:timeBytes])
	copy(id[timeBytes:], digest[:])
	return id
}
