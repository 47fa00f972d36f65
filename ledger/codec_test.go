package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const envelope = `"specversion":"1.0","id":"0000000000Q6MMJW7HHACXVPPF","source":"/foedus/core",` +
	`"type":"foedus.instrument.signed.v1","subject":"alliance/nato","recordedtime":"2026-11-22T00:00:00Z"`

const cited = `"citations":[{"source":"unts-34-243","grade":"A"}]`

// signed is a document of an instrument.signed with these data members.
func signed(data ...string) string {
	return "{" + envelope + `,"data":{` + strings.Join(data, ",") + "}}"
}

// with replaces the attribute called name, or removes it if value is empty.
func with(t *testing.T, name, value string) string {
	t.Helper()
	var m map[string]json.RawMessage
	if err := json.Unmarshal([]byte(signed(`"signatory":"belgium"`, cited)), &m); err != nil {
		t.Fatal(err)
	}
	delete(m, name)
	if value != "" {
		m[name] = json.RawMessage(value)
	}
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// The whole message of an error, and so also that it is the only one.
func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	belgium := `"signatory":"belgium"`
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "event: not JSON: expected a value, but the text ends"},
		{"array", "[]", `event: "[]": must be an object`},
		{"null", "null", `event: "null": must be an object`},
		{"trailing", signed(belgium, cited) + "x", "event: not JSON: unexpected text after the value at byte 263, not 'x'"},
		{"no type", with(t, "type", ""), "type: is required"},
		{"empty type", with(t, "type", `""`), "type: is empty"},
		{"foreign type", with(t, "type", `"com.example"`), `unknown event type: type: "com.example": is not foedus.<name>.v<version>, for example foedus.instrument.signed.v1`},
		{"misspelt type", with(t, "type", `"foedus.instrument.singed.v1"`), `unknown event type: type: "foedus.instrument.singed.v1": is not in the vocabulary; did you mean "foedus.instrument.signed.v1"?`},
		{"newer type", with(t, "type", `"foedus.instrument.signed.v2"`), `unknown event type: type: "foedus.instrument.signed.v2": is newer than this program, which knows version 1; use a newer program`},
		{"type v0", with(t, "type", `"foedus.instrument.signed.v0"`), `unknown event type: type: "foedus.instrument.signed.v0": ends in no version; a version is a whole number from 1`},
		{"type v01", with(t, "type", `"foedus.instrument.signed.v01"`), `unknown event type: type: "foedus.instrument.signed.v01": ends in no version; a version is a whole number from 1`},
		{"no id", with(t, "id", ""), "id: is required"},
		{"zero id", with(t, "id", `"00000000000000000000000000"`), `id: "00000000000000000000000000": must be an event id: a ULID, 26 letters and digits, not all 0`},
		{"no subject", with(t, "subject", ""), "subject: is required"},
		{"subject", with(t, "subject", `"nato"`), `subject: "nato": must be <kind>/<id>, for example alliance/nato`},
		{"kind", with(t, "subject", `"treaty/nato"`), `subject: "treaty/nato": the kind is one of: alliance state crisis ledger`},
		{"wrong kind", with(t, "subject", `"state/belgium"`), `subject: "state/belgium": instrument.signed is about one of: alliance`},
		{"subject id", with(t, "subject", `"alliance/NATO"`), `subject: "alliance/NATO": the id write lower-case letters, digits and single hyphens, for example "soviet-union"`},
		{"source", with(t, "source", `"core"`), `source: "core": must be /foedus/<dataset>, for example /foedus/core`},
		{"specversion", with(t, "specversion", `"0.3"`), `specversion: "0.3": must be "1.0"`},
		{"specversion number", with(t, "specversion", `1.0`), `specversion: "1.0": must be a string`},
		{"content type", with(t, "datacontenttype", `"text/xml"`), `datacontenttype: "text/xml": must be "application/json"`},
		{"extension", with(t, "traceparent", `"x"`), `traceparent: is not a field here; remove it`},
		{"no data", with(t, "data", ""), "data: is required"},
		{"data null", with(t, "data", "null"), `data: "null": must be an object`},
		{"missing", signed(cited), "data.signatory: is required"},
		{"misspelt", signed(belgium, cited, `"plcae":"Paris"`), `data.plcae: is not a field here; did you mean "place"?`},
		{"odd name", signed(belgium, cited, `"a\nb":1`), `data."a\nb": is not a field here; remove it`},
		{"twice", signed(belgium, cited, `"signatory":"france"`), "data.signatory: stands twice in this object; keep one"},
		{"twice, escaped", signed(belgium, cited, `"\u0073ignatory":"france"`), "data.signatory: stands twice in this object; keep one"},
		{"number", signed(`"signatory":7`, cited), `data.signatory: "7": must be a string`},
		{"null value", signed(belgium, cited, `"place":null`), `data.place: "null": is no value; leave it out instead`},
		{"empty value", signed(belgium, cited, `"place":""`), "data.place: is empty; leave it out instead"},
		{"empty required", signed(`"signatory":""`, cited), "data.signatory: is empty"},
		{"name", signed(`"signatory":"Belgium"`, cited), `data.signatory: "Belgium": write lower-case letters, digits and single hyphens, for example "soviet-union"`},
		{"enum", signed(belgium, cited, `"mode":"definitiv"`), `data.mode: "definitiv": did you mean "definitive"? It takes one of: ad-referendum subject-to-ratification definitive`},
		{"two words", signed(belgium, cited, `"mode":"ad-referendum subject-to-ratification"`), `data.mode: "ad-referendum subject-to-ratification": takes one of: ad-referendum subject-to-ratification definitive`},
		{"date", signed(belgium, cited, `"done_on":"1949-13-01"`), `data.done_on: "1949-13-01": "1949-13-01": a month is 01 to 12, XX, or a season 21 to 24`},
		{"no citations", signed(belgium, `"citations":[]`), "data.citations: is empty; at least one element is required"},
		{"citations", signed(belgium, `"citations":{}`), `data.citations: "{}": must be a list`},
		{"citation", signed(belgium, `"citations":["unts"]`), `data.citations[0]: "unts": must be an object`},
		{"grade", signed(belgium, `"citations":[{"source":"unts","grade":"A"},{"source":"unts","grade":"E"}]`), `data.citations[1].grade: "E": takes one of: A B C D`},
		{"long text", signed(belgium, cited, `"note":"`+strings.Repeat("a", MaxText+1)+`"`), `data.note: "` + strings.Repeat("a", 77) + `...": has 4097 bytes, at most 4096 are allowed`},
		{"long quote", signed(belgium, cited, `"quote":"`+strings.Repeat("a ", 41)+`"`), `data.quote: "` + strings.Repeat("a ", 38) + `a...": quotes 41 words, at most 40 are allowed`},
		{"too large", strings.Repeat(" ", MaxEvent+1), "event: the event has 262145 bytes, at most 262144 are allowed"},
		{"two errors", signed(`"mode":"x"`, cited), `data.signatory: is required; data.mode: "x": takes one of: ad-referendum subject-to-ratification definitive`},
		{"time", with(t, "time", `"1949-04-04T12:00:00Z"`), ""},
	} {
		_, err := Decode([]byte(c.text))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
		if err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v is not ErrInvalid", c.name, err)
		}
		if strings.Contains(c.name, "type") && strings.Contains(c.want, "unknown") && !errors.Is(err, ErrUnknownType) {
			t.Errorf("%s: %v is not ErrUnknownType", c.name, err)
		}
	}
}

func TestDecodeLists(t *testing.T) {
	t.Parallel()
	doc := func(by string) string {
		return strings.Replace(signed(`"by":`+by, cited), "instrument.signed", "instrument.proposed", 1)
	}
	many := make([]string, maxList+1)
	for i := range many {
		many[i] = fmt.Sprintf("%q", fmt.Sprintf("state-%d", i))
	}
	for _, c := range []struct{ by, want string }{
		{`["belgium",7]`, `data.by[1]: "7": must be a string`},
		{`["belgium",null]`, `data.by[1]: "null": is no value; leave it out instead`},
		{`["belgium",""]`, `data.by[1]: is empty`},
		{`["belgium","France"]`, `data.by[1]: "France": write lower-case letters, digits and single hyphens, for example "soviet-union"`},
		{`["belgium","france","belgium"]`, `data.by[2]: "belgium": stands twice in the list; keep one`},
		{`"belgium"`, `data.by: "belgium": must be a list`},
		{`[` + strings.Join(many, ",") + `]`, "data.by: has 401 elements, at most 400 are allowed"},
		{`[` + strings.Join(many[1:], ",") + `]`, ""},
	} {
		_, err := Decode([]byte(doc(c.by)))
		if got := fmt.Sprint(err); err != nil && got != c.want || err == nil && c.want != "" {
			t.Errorf("by %.40s: %v, want %s", c.by, err, c.want)
		}
	}
}

// A hostile event is answered in bounded time and space.
func TestDecodeHostile(t *testing.T) {
	t.Parallel()
	var members []string
	for i := range 15000 {
		members = append(members, fmt.Sprintf(`"f%d":[]`, i))
	}
	var bad *InvalidError
	if _, err := Decode([]byte(signed(members...))); !errors.As(err, &bad) || len(bad.Fields) != maxErrors {
		t.Errorf("15000 unknown fields: %d reported", len(bad.Fields))
	}
	if _, err := Decode([]byte(signed(`"note":` + strings.Repeat("[", 100000)))); err == nil || len(err.Error()) > 200 {
		t.Errorf("deep nesting: %v", err)
	}
}

func TestDecodeTimes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z"},
		{"2026-01-31T12:00:00+00:00", "2026-01-31T12:00:00Z"},
		{"2026-01-31T12:00:00-05:30", "2026-01-31T17:30:00Z"},
		{"2026-01-31T23:59:59.5Z", "2026-01-31T23:59:59.5Z"},
		{"2026-01-31T23:59:59.500000000Z", "2026-01-31T23:59:59.5Z"},
		{"2026-01-31T23:59:59.000Z", "2026-01-31T23:59:59Z"},
		{"2026-01-31T23:59:59.1234567891Z", "finer than a nanosecond"},
		{"2026-01-31T23:59:60Z", "must be an RFC 3339 time"},
		{"2026-01-31T12:00:00", "must be an RFC 3339 time"},
		{"2026-01-31 12:00:00Z", "must be an RFC 3339 time"},
		{"2026-01-31T12:00:00,5Z", "must be an RFC 3339 time"},
		{"2026-01-31T1:00:00Z", "must be an RFC 3339 time"},
		{"2026-02-29T12:00:00Z", "must be an RFC 3339 time"},
		{"2026-01-31T12:00:00+24:00", "must be an RFC 3339 time"},
		{"2026-01-31T12:00:00+23:60", "must be an RFC 3339 time"},
		{"2026-01-31T12:00:00+25:00", "must be an RFC 3339 time"},
		{"2026-01-31", "must be an RFC 3339 time"},
		{"0000-12-31T00:00:00Z", "years 1 to 9999"},
		{"0001-01-01T00:00:00Z", "years 1 to 9999"},
		{"0001-01-01T00:00:00+01:00", "years 1 to 9999"},
		{"9999-12-31T23:59:59-01:00", "years 1 to 9999"},
	} {
		for _, name := range []string{"recordedtime", "time"} {
			e, enc, err := new(Decoder).Check([]byte(with(t, name, `"`+c.text+`"`)))
			if !strings.HasSuffix(c.want, "Z") {
				if err == nil || !strings.Contains(err.Error(), name+`: "`+c.text+`": `) || !strings.Contains(err.Error(), c.want) {
					t.Errorf("%s %s: %v, want an error with %q", name, c.text, err, c.want)
				}
				continue
			}
			if err != nil || !strings.Contains(string(enc.Bytes), `"`+name+`":"`+c.want+`"`) {
				t.Errorf("%s %s: %v, written as %s, want %s", name, c.text, err, enc.Bytes, c.want)
			}
			if e.Recorded.Location() != time.UTC {
				t.Errorf("%s %s is not in UTC", name, c.text)
			}
		}
	}
}

func TestEncodeErrors(t *testing.T) {
	t.Parallel()
	many := make([]StateID, maxList+1)
	for i := range many {
		many[i] = StateID(fmt.Sprintf("state-%d", i))
	}
	sign := func(f func(*InstrumentSigned)) func(*Event) {
		return func(e *Event) { f(e.Payload.(*InstrumentSigned)) }
	}
	for _, c := range []struct {
		name   string
		change func(*Event)
		want   string
	}{
		{"payload", func(e *Event) { e.Payload = nil }, "type: is required"},
		{"id", func(e *Event) { e.ID = EventID{} }, "id: is required"},
		{"recorded", func(e *Event) { e.Recorded = time.Time{} }, "recordedtime: is required"},
		{"year", func(e *Event) { e.Recorded = e.Recorded.AddDate(8000, 0, 0) }, `recordedtime: "10026-11-22 00:00:00 +0000 UTC": must lie in the years 1 to 9999`},
		{"dataset", func(e *Event) { e.Aggregate.Dataset = "" }, "source: the dataset is required"},
		{"kind", func(e *Event) { e.Aggregate.Kind = "treaty" }, `subject: "treaty": the kind is one of: alliance state crisis ledger`},
		{"wrong kind", func(e *Event) { e.Aggregate.Kind = KindState }, `subject: "state/nato": instrument.signed is about one of: alliance`},
		{"aggregate", func(e *Event) { e.Aggregate.ID = "NATO" }, `subject: "NATO": the id write lower-case letters, digits and single hyphens, for example "soviet-union"`},
		{"required", sign(func(p *InstrumentSigned) { p.Signatory = "" }), "data.signatory: is required"},
		{"enum", sign(func(p *InstrumentSigned) { p.Mode = "x" }), `data.mode: "x": takes one of: ad-referendum subject-to-ratification definitive`},
		{"text", sign(func(p *InstrumentSigned) { p.Place = "\xff" }), `data.place: "\xff": is not UTF-8`},
		{"key", func(e *Event) { e.Key = "\xff" }, `data.key: "\xff": is not UTF-8`},
		{"citations", func(e *Event) { e.Citations = nil }, "data.citations: is required: at least one element"},
		{"citation", func(e *Event) { e.Citations[0].Grade = "" }, "data.citations[0].grade: is required"},
		{"long list", func(e *Event) { e.Payload = &InstrumentProposed{By: many} }, "data.by: has 401 elements, at most 400 are allowed"},
		{"empty element", func(e *Event) { e.Payload = &InstrumentProposed{By: []StateID{""}} }, "data.by[0]: is empty"},
		{"twice", func(e *Event) { e.Payload = &InstrumentProposed{By: []StateID{"a", "a"}} }, `data.by[1]: "a": stands twice in the list; keep one`},
		{"instant", func(e *Event) { e.Instant = time.Date(1949, 4, 6, 0, 0, 0, 0, time.UTC) }, `time: "1949-04-06T00:00:00Z": is more than a day away from data.done_on 1949-04-04`},
		{"instant in a zone", func(e *Event) { e.Instant = time.Date(1949, 4, 5, 23, 0, 0, 0, time.UTC) }, ""},
		{"instant without a day", func(e *Event) { e.DoneOn, e.Instant = day(t, "../1949"), time.Date(1950, 1, 2, 0, 0, 0, 0, time.UTC) }, `time: "1950-01-02T00:00:00Z": is more than a day away from data.done_on ../1949`},
		{"count", func(e *Event) {
			e.Payload = &ClauseAdded{Clause{ID: "art-5", Article: "5", Label: "x", Kind: "defense", Bearer: []string{"@parties"}, Trigger: &Predicate{Is: "attack", AtLeast: -1}}}
		}, `data.clause.trigger.at_least: "-1": must be a whole number from 1 to 2147483647, without quotes`},
		{"group", func(e *Event) {
			e.Payload = &ClauseAdded{Clause{ID: "art-5", Article: "5", Label: "x", Kind: "defense", Bearer: []string{"@partys"}}}
		}, `data.clause.bearer[0]: "@partys": did you mean "@parties"? It takes one of: @parties @other-parties @guarantors @american-states @protocol-states`},
		{"large", func(e *Event) { e.Payload = &InstrumentDescribed{Title: "x", Form: "treaty", Aliases: longTexts()} }, "data: the event has"},
	} {
		e := typical(t)
		c.change(e)
		enc, err := Encode(e)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want && (c.name != "large" || !strings.HasPrefix(got, c.want)) {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, got, c.want)
		}
		if err != nil && enc.Bytes != nil {
			t.Errorf("%s: bytes beside an error", c.name)
		}
	}
}

func longTexts() (texts []string) {
	for i := range 100 {
		texts = append(texts, strconv.Itoa(i)+strings.Repeat("x", MaxText-3))
	}
	return texts
}

// The rules that span fields.
func TestChecks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typ    Type
		change func(Payload)
		want   []string
	}{
		{TypeDisputeOpened, func(p Payload) { p.(*DisputeOpened).Claims[0].Value = "soon" }, []string{"data.claims[0].value"}},
		{TypeDisputeOpened, func(p Payload) { p.(*DisputeOpened).About = EventID{} }, []string{"data.field"}},
		{TypeDisputeOpened, func(p Payload) { p.(*DisputeOpened).Field = "" }, []string{"data.field"}},
		{TypeDisputeOpened, func(p Payload) {
			d := p.(*DisputeOpened)
			d.Field, d.About, d.Claims[0].Value = "", EventID{}, "soon"
		}, nil},
		{TypeCoverageDeclared, func(p Payload) { p.(*CoverageDeclared).Through = day(t, "1900") }, []string{"data.through"}},
		{TypeStateCoded, func(p Payload) { p.(*StateCoded).Until = day(t, "1900") }, []string{"data.until"}},
		{TypeRecordMerged, func(p Payload) { p.(*RecordMerged).Into = p.(*RecordMerged).Target }, []string{"data.into"}},
		{TypeRecordCorrected, func(p Payload) { p.(*RecordCorrected).Replacement.Payload = nil }, []string{"data.replacement.type"}},
		{TypeRecordCorrected, func(p Payload) { p.(*RecordCorrected).Replacement.Payload = p }, []string{"data.replacement.type"}},
		{TypeRecordCorrected, func(p Payload) { p.(*RecordCorrected).Replacement.Payload = &StateRenamed{"x"} }, []string{"data.replacement.type"}},
		{TypeRecordCorrected, func(p Payload) {
			opened := full(t, TypeDisputeOpened).Payload.(*DisputeOpened)
			opened.Claims[0].Value = "soon"
			p.(*RecordCorrected).Replacement.Payload = opened
		}, []string{"data.replacement.claims[0].value"}},
	} {
		e := full(t, c.typ)
		c.change(e.Payload)
		_, err := Encode(e)
		var got []string
		if bad, ok := errors.AsType[*InvalidError](err); ok {
			for _, f := range bad.Fields {
				got = append(got, f.Field)
			}
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %v\n%s", c.typ, err, diff)
		}
	}
}

// What is wrong inside a replacement is named with its path, and nothing is
// said of its fields where nobody knows what they are.
func TestReplacementErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(r map[string]any)
		want   string
	}{
		{"unknown field", func(r map[string]any) { r["signatry"] = "x" }, `data.replacement.signatry: is not a field here; did you mean "signatory"?`},
		{"unknown field below", func(r map[string]any) {
			r["citations"] = []any{map[string]any{"source": "a", "grade": "A", "page": "1"}}
		}, "data.replacement.citations[0].page: is not a field here; remove it"},
		{"missing field", func(r map[string]any) { delete(r, "signatory") }, "data.replacement.signatory: is required"},
		{"no type", func(r map[string]any) { delete(r, "type") }, "data.replacement.type: is required"},
		{"wrong type", func(r map[string]any) { r["type"] = "instrument.singed" }, `data.replacement.type: "instrument.singed": is not in the vocabulary; did you mean "instrument.signed"?`},
		{"with a version", func(r map[string]any) { r["type"] = "foedus.instrument.signed.v1" }, `data.replacement.type: "foedus.instrument.signed.v1": is not in the vocabulary`},
		{"ledger type", func(r map[string]any) { r["type"] = "record.retracted" }, `data.replacement.type: "record.retracted": cannot replace anything; retract the event instead`},
		{"type null", func(r map[string]any) { r["type"] = nil }, `data.replacement.type: "null": is no value; leave it out instead`},
	} {
		doc := fullDocument(TypeRecordCorrected)
		c.change(doc["data"].(map[string]any)["replacement"].(map[string]any))
		if err := decodeMap(t, doc); fmt.Sprint(err) != c.want {
			t.Errorf("%s:\ngot  %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestPredicateDepth(t *testing.T) {
	t.Parallel()
	nest := func(levels int) string {
		p := map[string]any{"is": "attack"}
		for range levels {
			p = map[string]any{"is": "not", "of": []any{p}}
		}
		doc := fullDocument(TypeClauseAdded)
		doc["data"].(map[string]any)["clause"].(map[string]any)["trigger"] = p
		return fmt.Sprint(decodeMap(t, doc))
	}
	if got := nest(maxPredicates); got != "<nil>" {
		t.Errorf("%d levels: %s", maxPredicates, got)
	}
	want := "data.clause.trigger" + strings.Repeat(".of[0]", maxPredicates) + ".of: is nested deeper than 6 levels"
	if got := nest(maxPredicates + 1); got != want {
		t.Errorf("%d levels:\ngot  %s\nwant %s", maxPredicates+1, got, want)
	}
}

func TestDecodeDraft(t *testing.T) {
	t.Parallel()
	id := RecordID(Aggregate{}, "new")
	draft := Draft{Dataset: "mine", Recorded: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), NewID: func() EventID { return id }}
	text := `{"type":"foedus.instrument.signed.v1","subject":"alliance/nato","data":{"signatory":"belgium",` + cited + `}}`
	var d Decoder
	e, err := d.DecodeDraft([]byte(text), draft)
	if err != nil || e.ID != id || e.Aggregate.Dataset != "mine" || !e.Recorded.Equal(draft.Recorded) {
		t.Errorf("%+v, %v", e, err)
	}
	e, err = d.DecodeDraft([]byte(signed(`"signatory":"belgium"`, cited)), draft)
	if err != nil || e.ID == id || e.Aggregate.Dataset != Core || e.Recorded.Equal(draft.Recorded) {
		t.Errorf("what is given must win: %+v, %v", e, err)
	}
	if _, err := d.DecodeDraft([]byte(text), Draft{}); fmt.Sprint(err) != "id: is required; source: is required; recordedtime: is required" {
		t.Errorf("without defaults: %v", err)
	}
	if _, err := d.DecodeDraft([]byte(`{"id":"x",`+text[1:]), draft); err == nil {
		t.Error("an id that is given and wrong must not be replaced")
	}
}

// Nothing of an event lies in the bytes that it was read from.
func TestDecodeDoesNotAlias(t *testing.T) {
	t.Parallel()
	var d Decoder
	for _, typ := range Types() {
		want := full(t, typ)
		enc, err := Encode(want)
		if err != nil {
			t.Fatal(err)
		}
		b := slices.Clone(enc.Bytes)
		got, err := d.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		for i := range b {
			b[i] = 'X'
		}
		if diff := compareEvents(want, &got); diff != "" {
			t.Fatalf("%s changed with its bytes:\n%s", typ, diff)
		}
	}
}

func TestUpcast(t *testing.T) {
	t.Parallel()
	to := func(version string) upcaster {
		return func(b []byte) ([]byte, error) { return append(slices.Clone(b), " > "+version...), nil }
	}
	table := map[string]upcaster{
		"foedus.instrument.signed.v1": to("v2"),
		"foedus.instrument.signed.v2": to("v3"),
		"foedus.state.formed.v2":      to("v3"),
		"foedus.war.declared.v1":      func([]byte) ([]byte, error) { return nil, errors.New("no such war") },
	}
	current := func(t Type) int {
		if t.Version() == 0 {
			return 0
		}
		return 3
	}
	for _, c := range []struct {
		wire, data, newer, err string
	}{
		{"foedus.instrument.signed.v1", "v1", "v1 > v2 > v3", ""},
		{"foedus.instrument.signed.v2", "v2", "v2 > v3", ""},
		{"foedus.instrument.signed.v3", "v3", "", ""},
		{"foedus.instrument.signed.v1", "", "", ""},
		{"foedus.instrument.signed.v4", "v4", "", `unknown event type: type: "foedus.instrument.signed.v4": is newer than this program, which knows version 3; use a newer program`},
		{"foedus.state.formed.v1", "v1", "", `unknown event type: type: "foedus.state.formed.v1": is a version that this program can no longer read`},
		{"foedus.war.declared.v1", "v1", "", "invalid event: bring war.declared from version 1 up to date: no such war"},
		{"foedus.state.vanished.v1", "v1", "", `unknown event type: type: "foedus.state.vanished.v1": is not in the vocabulary; did you mean "foedus.state.renamed.v1"?`},
	} {
		typ, newer, err := upcastWith(c.wire, []byte(c.data), table, current)
		if c.err != "" {
			if fmt.Sprint(err) != c.err {
				t.Errorf("%s: %v, want %s", c.wire, err, c.err)
			}
			continue
		}
		if err != nil || string(newer) != c.newer || typPrefix(typ) != c.wire[:strings.LastIndex(c.wire, ".v")] {
			t.Errorf("%s: %s %q %v, want %q", c.wire, typ, newer, err, c.newer)
		}
	}
}

func typPrefix(t Type) string { return typePrefix + string(t) }

func TestMentions(t *testing.T) {
	t.Parallel()
	want := []Mention{
		{"clause.id", "clause", "art-5"},
		{"clause.bearer", "state", "belgium"},
		{"clause.beneficiary", "state", "belgium"},
		{"clause.trigger.by", "state", "belgium"},
		{"clause.trigger.joined_by", "state", "belgium"},
		{"clause.trigger.against", "state", "belgium"},
		{"citations[0].source", "source", "unts-34-243"},
	}
	if diff := cmp.Diff(want, Mentions(full(t, TypeClauseAdded))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	want = []Mention{
		{"target", "event", RecordID(Aggregate{}, "a").String()},
		{"replacement.signatory", "state", "belgium"},
		{"replacement.citations[0].source", "source", "unts-34-243"},
		{"citations[0].source", "source", "unts-34-243"},
	}
	if diff := cmp.Diff(want, Mentions(full(t, TypeRecordCorrected))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	empty := &Event{Content: Content{Payload: &ClauseAdded{Clause{Bearer: []string{""}}}}}
	if got := Mentions(empty); got != nil {
		t.Errorf("an empty event mentions %v", got)
	}
}

func TestExpectation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		e    Expectation
		s    Seq
		ok   bool
		text string
	}{
		{Any(), 0, false, "in any state"},
		{Expectation{}, 0, false, "in any state"},
		{NoneYet(), 0, true, "to have no event yet"},
		{At(7), 7, true, "to end at 7"},
	} {
		if s, ok := c.e.Last(); s != c.s || ok != c.ok || c.e.String() != c.text {
			t.Errorf("%+v: %d, %t, %q", c.e, s, ok, c.e)
		}
	}
}

func TestErrorTexts(t *testing.T) {
	t.Parallel()
	a := Aggregate{Core, KindAlliance, "nato"}
	for _, c := range []struct {
		err      error
		sentinel error
		text     string
	}{
		{&ConflictError{a, NoneYet(), 3}, ErrConflict, "conflict: core/alliance/nato was expected to have no event yet, but its last event is 3; read it again and decide anew"},
		{&ConflictError{a, At(2), 0}, ErrConflict, "conflict: core/alliance/nato was expected to end at 2, but another writer was first; read it again and decide anew"},
		{&IDTakenError{EventID{}, 0}, ErrIDTaken, "id taken: 00000000000000000000000000 stands twice in one append; give each event its own id"},
		{&IDTakenError{EventID{}, 4}, ErrIDTaken, "id taken: 00000000000000000000000000 is at sequence 4 with other content; to change a record append record.corrected"},
		{&DamageError{5, "gone"}, ErrDamaged, "log is damaged: sequence 5 is missing or unreadable (gone); stop writing and restore from a backup"},
		{&InvalidError{[]FieldError{{"a", "", "is required"}, {"b", strings.Repeat("é", 50), "is long"}}}, ErrInvalid, `a: is required; b: "` + strings.Repeat("é", 38) + `...": is long`},
	} {
		if c.err.Error() != c.text || !errors.Is(c.err, c.sentinel) {
			t.Errorf("got  %v\nwant %s", c.err, c.text)
		}
	}
}
