package ledger

import (
	"bytes"
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
		return Encoded{}, invalid("type", "", "is required")
	}
	t := e.Payload.Type()
	w := wire{mode: encoding, out: make([]byte, 0, 640)}
	w.steps = w.shelf[:0]
	w.out = append(w.out, '{')
	w.putEnvelope(e, t)
	w.member("data")
	w.encodeObject("data", noIndex, e.data)
	w.out = append(w.out, '}')
	w.checkContent(&e.Content, e.Instant)
	if len(w.out) > MaxEvent {
		w.fail("data", "", tooLarge(len(w.out)))
	}
	if len(w.bad) > 0 {
		return Encoded{}, &InvalidError{w.bad}
	}
	return Encoded{ID: e.ID, Aggregate: e.Aggregate, Type: t, Bytes: w.out}, nil
}

// data declares the data member of the document.
func (e *Event) data(w *wire) {
	w.recordKey(&e.Key)
	e.wire(w)
}

func tooLarge(n int) string {
	return fmt.Sprintf("the event has %d bytes, at most %d are allowed", n, MaxEvent)
}

// putEnvelope writes the CloudEvents attributes, in canonical order.
func (w *wire) putEnvelope(e *Event, t Type) {
	w.checkAggregate(e.Aggregate, e.Payload)
	w.attribute("specversion", specVersion)
	if e.ID.IsZero() {
		w.fail("id", "", "is required")
	}
	w.member("id")
	w.out = append(w.out, '"')
	w.out = append(e.ID.append(w.out), '"')
	w.attribute("source", sourceStem, string(e.Aggregate.Dataset))
	w.attribute("type", typePrefix, string(t), ".v", strconv.Itoa(t.version()))
	w.attribute("subject", string(e.Aggregate.Kind), "/", e.Aggregate.ID)
	if !e.Instant.IsZero() {
		w.putTime("time", e.Instant)
	}
	w.putTime("recordedtime", e.Recorded)
	w.attribute("datacontenttype", jsonContent)
}

// attribute writes a CloudEvents attribute made of parts that need no escapes
// if they are valid; what is not has been reported.
func (w *wire) attribute(name string, parts ...string) {
	w.member(name)
	w.out = append(w.out, '"')
	for _, p := range parts {
		w.out = append(w.out, p...)
	}
	w.out = append(w.out, '"')
}

// putTime writes a time in UTC, to the second, with a fraction only if there is
// one: nothing that the producer wrote is lost.
func (w *wire) putTime(name string, t time.Time) {
	t = t.UTC()
	switch {
	case t.IsZero():
		w.fail(name, "", "is required")
	case t.Year() < 1 || t.Year() > 9999:
		w.fail(name, t.String(), "must lie in the years 1 to 9999")
	}
	w.member(name)
	w.out = append(w.out, '"')
	w.out = append(t.AppendFormat(w.out, time.RFC3339Nano), '"')
}

// checkAggregate checks what an event is about.
func (w *wire) checkAggregate(a Aggregate, p Payload) {
	if why := CheckName(string(a.Dataset)); why != "" {
		w.fail("source", string(a.Dataset), "the dataset "+why)
	}
	if why := CheckName(a.ID); why != "" {
		w.fail("subject", a.ID, "the id "+why)
	}
	if _, ok := kindOf(string(a.Kind)); !ok {
		w.fail("subject", string(a.Kind), kindTakes())
	} else {
		w.checkKind(a, p)
	}
}

// checkKind reports a type that is not about this kind of aggregate. A
// correction cannot make an event one of another aggregate.
func (w *wire) checkKind(a Aggregate, p Payload) {
	t := p.Type()
	if !t.about(a.Kind) {
		w.fail("subject", a.Subject(), fmt.Sprintf("%s is about one of: %s", t, t.Kinds()))
	}
	c, ok := p.(*RecordCorrected)
	if !ok || c.Replacement.Payload == nil {
		return
	}
	if t := c.Replacement.Payload.Type(); !t.about(a.Kind) {
		w.fail("data.replacement.type", string(t), fmt.Sprintf("is about one of: %s, not about %s", t.Kinds(), a.Subject()))
	}
}

func kindTakes() string { return "the kind is one of: " + strings.Join(Kinds(), " ") }

// checkContent reports what breaks a rule that spans fields.
func (w *wire) checkContent(c *Content, instant time.Time) {
	for _, f := range c.check() {
		w.fail("data."+f.Field, f.Value, f.Why)
	}
	if instant.IsZero() || c.DoneOn.IsZero() {
		return
	}
	// Local time is up to a day away from UTC.
	y, m, d := instant.UTC().Date()
	if day := civil(y, int(m), d); day+1 < c.DoneOn.Earliest() || day-1 > c.DoneOn.Latest() {
		w.fail("time", instant.Format(time.RFC3339), "is more than a day away from data.done_on "+c.DoneOn.text)
	}
}

// Decoder decodes events. It shares the strings that come again and again, so
// one decoder per goroutine makes a replay cheap. The zero value is ready; it
// is not safe for concurrent use.
type Decoder struct {
	w       wire
	decoded int // capped at 2
}

// DecodeFacts is Decode for those who fold: it leaves Citations, Note and Quote
// empty and does not look into them, because no fact follows from them. It is
// for the bytes of a log, which were checked whole when they were appended.
func (d *Decoder) DecodeFacts(b []byte) (Event, error) {
	d.w.facts = true
	defer func() { d.w.facts = false }()
	return d.decode(b, nil)
}

// Decode reads one event, strictly: a name, type or version that it does not
// know is an error that names it, and so is a field that is missing or
// malformed. Events written under an older version are brought up to date
// first (see upcast). It fails with [ErrInvalid] or [ErrUnknownType]. The event
// does not share memory with b.
func (d *Decoder) Decode(b []byte) (Event, error) {
	return d.decode(b, nil)
}

// DecodeDraft is Decode for a document that its author has not completed: an
// absent id, recordedtime, specversion, source or datacontenttype is filled in
// from defaults. The id is minted by the caller.
func (d *Decoder) DecodeDraft(b []byte, defaults Draft) (Event, error) {
	return d.decode(b, &defaults)
}

// Draft is what [Decoder.DecodeDraft] fills in. What is zero here is required
// of the document.
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
	if err != nil {
		return Event{}, Encoded{}, err
	}
	return e, enc, nil
}

func (d *Decoder) decode(b []byte, draft *Draft) (e Event, err error) {
	if len(b) > MaxEvent {
		return Event{}, invalid("event", "", tooLarge(len(b)))
	}
	d.begin()
	defer d.end()
	w := &d.w
	if err := w.open("event", b); err != nil {
		return Event{}, err
	}
	wireType := w.getEnvelope(&e, draft)
	data, ok := w.given("data", required)
	if w.unused > 0 {
		w.leftover(attributeNames())
	}
	if wireType == "" {
		return Event{}, &InvalidError{w.bad}
	}
	t, data, err := w.upcast(wireType, data, ok)
	if err != nil {
		return Event{}, err
	}
	e.Payload = newPayload(t)
	if ok {
		w.decodeObject("data", noIndex, data, e.data)
	}
	if len(w.bad) == 0 {
		w.checkKind(e.Aggregate, e.Payload)
		w.checkContent(&e.Content, e.Instant)
	}
	if len(w.bad) > 0 {
		return Event{}, &InvalidError{w.bad}
	}
	return e, nil
}

// begin makes the decoder ready. The caches cost more than one event, so they
// are made for the second.
func (d *Decoder) begin() {
	if d.decoded == 1 {
		d.w.share = newCaches()
	}
	d.decoded = min(d.decoded+1, 2)
	d.w.mode, d.w.steps, d.w.bad = decoding, d.w.steps[:0], nil
}

// end lets go of the input and of what an unusually large one has left behind.
func (d *Decoder) end() {
	d.w.src = nil
	if cap(d.w.tape) > 1<<12 {
		d.w.tape = nil
	}
	if cap(d.w.scratch) > 1<<14 {
		d.w.scratch = nil
	}
}

// open scans a document, which must be an object, and stands before its first
// member.
func (w *wire) open(name string, b []byte) error {
	s := scanner{src: b, tape: w.tape[:0]}
	err := s.scan()
	w.src, w.tape = b, s.tape
	if err != nil {
		return invalid(name, "", err.Error())
	}
	root := &w.tape[0]
	if root.kind != '{' {
		return invalid(name, clip(string(w.raw(root))), "must be an object")
	}
	w.frame = frame{first: 1, next: 1, end: root.next, unused: root.count}
	return nil
}

func attributeNames() []string {
	return []string{"specversion", "id", "source", "type", "subject", "time", "recordedtime", "datacontenttype", "data"}
}

// getEnvelope reads the CloudEvents attributes and returns the wire type, ""
// after reporting that there is none.
func (w *wire) getEnvelope(e *Event, draft *Draft) (wireType string) {
	must := need(draft == nil)
	if b, ok := w.get("specversion", "", must, ""); ok && string(b) != specVersion {
		w.fail("specversion", string(b), "must be \"1.0\"")
	}
	w.getID(&e.ID, draft)
	w.getSource(&e.Aggregate, draft)
	if b, ok := w.get("type", "", required, ""); ok {
		wireType = w.share.text(b)
	}
	if b, ok := w.get("subject", "", required, ""); ok {
		w.getSubject(&e.Aggregate, b)
	}
	w.getTime("time", &e.Instant, optional)
	if draft != nil && !draft.Recorded.IsZero() {
		e.Recorded = draft.Recorded
		w.getTime("recordedtime", &e.Recorded, optional)
	} else {
		w.getTime("recordedtime", &e.Recorded, required)
	}
	if b, ok := w.get("datacontenttype", "", optional, ""); ok && string(b) != jsonContent {
		w.fail("datacontenttype", string(b), "must be \"application/json\"")
	}
	return wireType
}

func (w *wire) getID(p *EventID, draft *Draft) {
	must := need(draft == nil || draft.NewID == nil)
	if b, ok := w.get("id", "", must, ""); ok {
		w.eventID("id", b, p)
	} else if must == optional {
		*p = draft.NewID()
	}
}

func (w *wire) getSource(a *Aggregate, draft *Draft) {
	must := need(draft == nil || draft.Dataset == "")
	if must == optional {
		a.Dataset = draft.Dataset
	}
	b, ok := w.get("source", "", must, "")
	if !ok {
		return
	}
	name, ok := bytes.CutPrefix(b, []byte(sourceStem))
	if !ok {
		w.fail("source", string(b), "must be /foedus/<dataset>, for example /foedus/core")
		return
	}
	s, why := w.share.identifier(name)
	if why != "" {
		w.fail("source", string(b), "the dataset "+why)
	}
	a.Dataset = DatasetID(s)
}

func (w *wire) getSubject(a *Aggregate, b []byte) {
	kind, id, ok := bytes.Cut(b, []byte("/"))
	if !ok {
		w.fail("subject", string(b), "must be <kind>/<id>, for example alliance/nato")
		return
	}
	if a.Kind, ok = kindOf(string(kind)); !ok {
		w.fail("subject", string(b), kindTakes())
	}
	name, why := w.share.identifier(id)
	if why != "" {
		w.fail("subject", string(b), "the id "+why)
	}
	a.ID = name
}

func (w *wire) getTime(name string, p *time.Time, n need) {
	b, ok := w.get(name, "", n, "")
	if !ok {
		return
	}
	t, why := parseTime(b)
	if why != "" {
		w.fail(name, string(b), why)
		return
	}
	*p = t
}

// parseTime reads an RFC 3339 time and returns it in UTC, or why it cannot.
func parseTime(b []byte) (t time.Time, why string) {
	if err := t.UnmarshalText(b); err != nil || !strictTime(b) {
		return time.Time{}, "must be an RFC 3339 time, for example 2026-01-31T12:00:00Z"
	}
	// time.Time reads any number of digits and keeps nine.
	if dot := bytes.IndexByte(b, '.'); dot >= 0 && len(b)-len(bytes.TrimLeft(b[dot+1:], "0123456789")) > dot+10 {
		return time.Time{}, "is finer than a nanosecond; write whole seconds"
	}
	t = t.UTC()
	if t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, "must lie in the years 1 to 9999 (UTC) and after 0001-01-01T00:00:00Z"
	}
	return t, ""
}

// strictTime refuses what package time takes for RFC 3339 and is not: an hour of
// one digit, a comma before the fraction, a zone of a day or more.
func strictTime(b []byte) bool {
	if b[13] != ':' || bytes.IndexByte(b, ',') >= 0 {
		return false
	}
	zone := b[len(b)-1:]
	if zone[0] != 'Z' {
		zone = b[len(b)-len("+00:00"):]
		return string(zone[1:3]) <= "23" && string(zone[4:]) <= "59"
	}
	return true
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

// upcast returns the type of the event and where its data is. Data of an older
// version is replaced: nothing else of the document can be read after that.
func (w *wire) upcast(wireType string, at int, present bool) (t Type, data int, err error) {
	var raw []byte
	if present {
		raw = w.src[w.tape[at].start:w.tape[at].end]
	}
	t, newer, err := upcastWith(wireType, raw, upcasters(), Type.Version)
	if err != nil || newer == nil {
		return t, at, err
	}
	return t, 0, w.open("data", newer)
}

// upcastWith splits a wire type and brings data of an older version up to the
// current one; newer is nil if the data is current. Every path that decodes an
// event goes through it.
func upcastWith(wireType string, data []byte, up map[string]upcaster, current func(Type) int) (t Type, newer []byte, err error) {
	rest, ok := strings.CutPrefix(wireType, typePrefix)
	dot := strings.LastIndex(rest, ".v")
	if !ok || dot < 0 {
		return "", nil, unknownType(wireType, "is not foedus.<name>.v<version>, for example foedus.instrument.signed.v1")
	}
	t = Type(rest[:dot])
	version, err := strconv.Atoi(rest[dot+2:])
	if err != nil || version < 1 || strconv.Itoa(version) != rest[dot+2:] {
		return "", nil, unknownType(wireType, "ends in no version; a version is a whole number from 1")
	}
	now := current(t)
	if now == 0 {
		return "", nil, unknownType(wireType, notInVocabulary(string(t), Type.Wire))
	}
	if version > now {
		return "", nil, unknownType(wireType, fmt.Sprintf("is newer than this program, which knows version %d; use a newer program", now))
	}
	if version < now && len(data) == 0 {
		return t, nil, nil // reported as missing
	}
	for ; version < now; version++ {
		f := up[typePrefix+string(t)+".v"+strconv.Itoa(version)]
		if f == nil {
			return "", nil, unknownType(wireType, "is a version that this program can no longer read")
		}
		if data, err = f(data); err != nil {
			return "", nil, fmt.Errorf("%w: bring %s from version %d up to date: %w", ErrInvalid, t, version, err)
		}
		newer = data
	}
	return t, newer, nil
}

func unknownType(wireType, why string) error {
	return fmt.Errorf("%w: %w", ErrUnknownType, invalid("type", wireType, why))
}

// notInVocabulary says that there is no type t and which one, as named by form,
// it was probably meant to be.
func notInVocabulary(t string, form func(Type) string) string {
	all := make([]string, 0, 80)
	for _, k := range Types() {
		all = append(all, string(k))
	}
	if near := Nearest(t, all); near != "" {
		return fmt.Sprintf("is not in the vocabulary; did you mean %q?", form(Type(near)))
	}
	return "is not in the vocabulary"
}

// Mentions lists what the event refers to: states, alliances, clauses, sources
// and events, with the field that does.
func Mentions(e *Event) []Mention {
	w := wire{mode: mentioning}
	e.wire(&w)
	return w.mentions
}

// AppendNames appends to buf the states and alliances that the event refers to,
// in the order of its fields, without saying where; one may come twice. It is
// [Mentions] for those who index every event.
func AppendNames(buf []Mention, e *Event) []Mention {
	w := wire{mode: mentioning, names: true, mentions: buf}
	e.Payload.wire(&w)
	return w.mentions
}
