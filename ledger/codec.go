package ledger

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The wire form is one CloudEvents 1.0 document in structured mode. The
// attribute names come from the CloudEvents specification, section 3; the
// extension attribute recordedtime is ours.
const (
	specVersion = "1.0"
	typePrefix  = "foedus."
	sourceStem  = "/foedus/"
	jsonContent = "application/json"
)

// MaxEvent is the largest event in bytes, well below the payload limit of a
// NATS server (1 MiB).
const MaxEvent = 256 << 10

// Encode checks e and returns its canonical wire form: the same event always
// gives the same bytes. It fails with [ErrInvalid] and names every field.
func Encode(e *Event) (Encoded, error) {
	if e.Payload == nil {
		return Encoded{}, &InvalidError{[]FieldError{{Field: "type", Why: "is required"}}}
	}
	w := wire{mode: encoding, out: make([]byte, 0, 640)}
	checkEnvelope(&w, e)
	w.key2("specversion", specVersion)
	w.key2("id", e.ID.String())
	w.key2("source", sourceStem+string(e.Aggregate.Dataset))
	w.key2("type", e.Payload.Type().Wire())
	w.key2("subject", e.Aggregate.Subject())
	if !e.Instant.IsZero() {
		w.key2("time", e.Instant.UTC().Format(time.RFC3339))
	}
	w.key2("recordedtime", e.Recorded.UTC().Format(time.RFC3339))
	w.key2("datacontenttype", jsonContent)
	w.key("data")
	w.nested("data.", func(w *wire) {
		w.text("key", &e.Key, optional, "")
		e.Content.wire(w)
	})
	out := append(w.out, '}')
	out[0] = '{'
	if len(out) > MaxEvent {
		w.fail("data", "", fmt.Sprintf("the event has %d bytes, at most %d are allowed", len(out), MaxEvent))
	}
	if len(w.bad) > 0 {
		return Encoded{}, &InvalidError{w.bad}
	}
	return Encoded{ID: e.ID, Aggregate: e.Aggregate, Type: e.Payload.Type(), Bytes: out}, nil
}

// key2 writes a CloudEvents attribute. The first one leaves its comma where
// the opening brace goes.
func (w *wire) key2(name, v string) {
	w.comma = true
	w.key(name)
	w.out = appendString(w.out, v)
}

func checkEnvelope(w *wire, e *Event) {
	if e.ID.IsZero() {
		w.fail("id", "", "is required")
	}
	if e.Recorded.IsZero() {
		w.fail("recordedtime", "", "is required")
	}
	checkAggregate(w, e.Aggregate, e.Payload.Type())
	w.bad = append(w.bad, checkContent(&e.Content, e.Instant)...)
}

func checkAggregate(w *wire, a Aggregate, t Type) {
	if why := CheckName(string(a.Dataset)); why != "" {
		w.fail("source", string(a.Dataset), "the dataset "+why)
	}
	if why := CheckName(a.ID); why != "" {
		w.fail("subject", a.ID, "the id "+why)
	}
	if !hasWord(strings.Join(Kinds(), " "), string(a.Kind)) {
		w.fail("subject", string(a.Kind), "the kind is one of: "+strings.Join(Kinds(), " "))
	} else if kinds := t.Kinds(); kinds != "" && !hasWord(kinds, string(a.Kind)) {
		w.fail("subject", a.Subject(), fmt.Sprintf("%s is about one of: %s", t, kinds))
	}
}

// checkContent holds the rules that span fields.
func checkContent(c *Content, instant time.Time) (bad []FieldError) {
	if x, ok := c.Payload.(interface{ check(*Content) []FieldError }); ok {
		bad = x.check(c)
		for i := range bad {
			bad[i].Field = "data." + bad[i].Field
		}
	}
	if !instant.IsZero() && c.DoneOn.Exact() {
		y, m, d := instant.UTC().Date()
		day, err := NewDate(y, int(m), d)
		if err != nil || day < c.DoneOn.lo-1 || day > c.DoneOn.lo+1 {
			bad = append(bad, FieldError{"time", instant.Format(time.RFC3339), "is more than a day away from data.done_on " + c.DoneOn.text})
		}
	}
	return bad
}

// Decoder decodes events. It shares the strings that come again and again, so
// one decoder per goroutine makes a replay cheap. The zero value is ready; it
// is not safe for concurrent use.
type Decoder struct {
	names map[string]string
	stack []member
}

// Decode reads one event, strictly: a name, type or version that it does not
// know is an error that names it, and so is a field that is missing or
// malformed. Events written under an older version are brought up to date
// first (see upcast). It fails with [ErrInvalid] or [ErrUnknownType].
func (d *Decoder) Decode(b []byte) (Event, error) {
	return d.decode(b, nil)
}

// DecodeDraft is Decode for a document that its author has not completed: an
// absent id, recordedtime, specversion, source or datacontenttype is filled in
// from defaults. The id is minted by the caller.
func (d *Decoder) DecodeDraft(b []byte, defaults Draft) (Event, error) {
	return d.decode(b, &defaults)
}

// Draft is what [Decoder.DecodeDraft] fills in.
type Draft struct {
	Dataset  DatasetID
	Recorded time.Time
	NewID    func() EventID
}

// Decode is [Decoder.Decode] for a single event.
func Decode(b []byte) (Event, error) {
	var d Decoder
	return d.Decode(b)
}

// Check decodes b and returns it in canonical wire form.
func (d *Decoder) Check(b []byte) (Event, Encoded, error) {
	e, err := d.Decode(b)
	if err != nil {
		return Event{}, Encoded{}, err
	}
	enc, err := Encode(&e)
	return e, enc, err
}

func (d *Decoder) decode(b []byte, draft *Draft) (Event, error) {
	if len(b) > MaxEvent {
		return Event{}, invalid("data", "", fmt.Sprintf("the event has %d bytes, at most %d are allowed", len(b), MaxEvent))
	}
	if d.names == nil {
		d.names = make(map[string]string, 256)
	}
	w := wire{mode: decoding, names: d.names, stack: d.stack[:0]}
	members, err := parseObject(b, w.stack)
	if err != nil {
		return Event{}, invalid("event", "", err.Error())
	}
	w.stack, w.in = members, members
	var e Event
	t, data, err := w.envelope(&e, draft)
	if err != nil {
		return Event{}, err
	}
	w.leftover(func() []string {
		return []string{"specversion", "id", "source", "type", "subject", "time", "recordedtime", "datacontenttype", "data"}
	})
	e.Payload = newPayload(t)
	if data != nil {
		w.decodeNested("data", data, func(w *wire) {
			w.text("key", &e.Key, optional, "the importer's name of the record")
			e.Content.wire(w)
		})
	}
	d.stack = w.stack
	checkAggregate(&w, e.Aggregate, t)
	if len(w.bad) == 0 {
		w.bad = checkContent(&e.Content, e.Instant)
	}
	if len(w.bad) > 0 {
		return Event{}, &InvalidError{w.bad}
	}
	return e, nil
}

// envelope reads the CloudEvents attributes and returns the type and the raw
// data, both brought up to the current version.
func (w *wire) envelope(e *Event, draft *Draft) (Type, []byte, error) {
	w.attribute("specversion", draft == nil, func(s string) string {
		if s != specVersion {
			return "must be \"1.0\""
		}
		return ""
	})
	idGiven := w.attribute("id", draft == nil, func(s string) (why string) {
		id, err := ParseEventID(s)
		if err != nil {
			return "must be a ULID of 26 characters"
		}
		e.ID = id
		return ""
	})
	if !w.attribute("source", draft == nil, func(s string) string {
		ds, ok := strings.CutPrefix(s, sourceStem)
		if !ok {
			return "must be /foedus/<dataset>"
		}
		e.Aggregate.Dataset = DatasetID(w.intern([]byte(ds)))
		return ""
	}) && draft != nil {
		e.Aggregate.Dataset = draft.Dataset
	}
	var wireType string
	w.attribute("type", true, func(s string) string { wireType = s; return "" })
	w.attribute("subject", true, func(s string) string {
		kind, id, ok := strings.Cut(s, "/")
		if !ok {
			return "must be <kind>/<id>, for example alliance/nato"
		}
		e.Aggregate.Kind, e.Aggregate.ID = Kind(kind), id
		return ""
	})
	w.attribute("time", false, setTime(&e.Instant))
	if !w.attribute("recordedtime", draft == nil, setTime(&e.Recorded)) && draft != nil {
		e.Recorded = draft.Recorded
	}
	w.attribute("datacontenttype", false, func(s string) string {
		if s != jsonContent {
			return "must be \"application/json\""
		}
		return ""
	})
	m := w.take("data")
	if m == nil {
		w.fail("data", "", "is required")
	}
	if draft != nil && !idGiven {
		e.ID = draft.NewID()
	}
	if wireType == "" {
		return "", nil, &InvalidError{w.bad}
	}
	var data []byte
	if m != nil {
		data = m.value
	}
	return upcast(wireType, data)
}

// attribute reads one CloudEvents string attribute; given says whether it was
// there.
func (w *wire) attribute(name string, must bool, set func(string) string) (given bool) {
	m := w.take(name)
	if m == nil {
		if must {
			w.fail(name, "", "is required")
		}
		return false
	}
	s, ok := w.str(name, m.value)
	if !ok {
		return true
	}
	if why := set(s); why != "" {
		w.fail(name, s, why)
	}
	return true
}

func setTime(p *time.Time) func(string) string {
	return func(s string) string {
		t, err := time.Parse(time.RFC3339, s)
		if err != nil || t.IsZero() {
			return "must be an RFC 3339 time, for example 2026-01-31T12:00:00Z"
		}
		*p = t.UTC()
		return ""
	}
}

func invalid(field, value, why string) error {
	return &InvalidError{[]FieldError{{field, value, why}}}
}

// upcaster turns the data of one version of a type into the next version's.
type upcaster func(data []byte) ([]byte, error)

// upcasters is keyed by the wire type of the older version. No type has a
// second version yet; when one does, its older form is brought up to date
// here and nowhere else.
func upcasters() map[string]upcaster { return nil }

// upcast splits a wire type and brings older data up to the current version.
// Every path that decodes an event goes through it.
func upcast(wireType string, data []byte) (Type, []byte, error) {
	return upcastWith(wireType, data, upcasters(), Type.Version)
}

func upcastWith(wireType string, data []byte, up map[string]upcaster, current func(Type) int) (Type, []byte, error) {
	rest, ok := strings.CutPrefix(wireType, typePrefix)
	dot := strings.LastIndex(rest, ".v")
	if !ok || dot < 0 {
		return "", nil, unknownType(wireType, "a type is foedus.<name>.v<version>")
	}
	t := Type(rest[:dot])
	version, err := strconv.Atoi(rest[dot+2:])
	if err != nil || version < 1 {
		return "", nil, unknownType(wireType, "a version is a whole number from 1")
	}
	now := current(t)
	if now == 0 {
		return "", nil, unknownName(t)
	}
	if version > now {
		return "", nil, unknownType(wireType, fmt.Sprintf("this program knows version %d; use a newer one", now))
	}
	for ; version < now; version++ {
		f := up[typePrefix+string(t)+".v"+strconv.Itoa(version)]
		if f == nil {
			return "", nil, unknownType(wireType, "this version can no longer be read")
		}
		if data, err = f(data); err != nil {
			return "", nil, fmt.Errorf("bring %s up to date: %w", wireType, err)
		}
	}
	return t, data, nil
}

func unknownType(t, why string) error {
	return errors.Join(ErrUnknownType, &InvalidError{[]FieldError{{"type", t, why}}})
}

func unknownName(t Type) error {
	why := "is not in the vocabulary"
	all := make([]string, 0, 80)
	for _, k := range Types() {
		all = append(all, string(k))
	}
	if near := Nearest(string(t), all); near != "" {
		why = fmt.Sprintf("is not in the vocabulary; did you mean %q?", near)
	}
	return unknownType(string(t), why)
}

// Mentions lists what the event refers to: states, alliances, clauses, sources
// and events, with the field that does.
func Mentions(e *Event) []Mention {
	w := wire{mode: mentioning}
	e.Content.wire(&w)
	return w.mentions
}
