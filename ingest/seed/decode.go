package seed

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"foedus/ingest"
	"foedus/ledger"
)

// resolve decodes the drafts. All keys are known by then.
func (r *reader) resolve() {
	for i := range r.drafts {
		d := &r.drafts[i]
		if !r.linkEvents(d) {
			continue
		}
		e, err := r.decoder.Decode(d.wire())
		if err != nil {
			r.explain(d, err)
			continue
		}
		r.records = append(r.records, ingest.Record{
			Aggregate: d.aggregate, Key: d.key, Instant: e.Instant, Content: e.Content, Where: where(d.file, d.line),
		})
	}
}

// linkEvents replaces the keys in fields that hold an event by the ids of those
// records. It reports a key that nothing has.
func (r *reader) linkEvents(d *draft) (ok bool) {
	ok = true
	for _, f := range d.typ.Fields() {
		if f.Kind != "event id (ULID)" {
			continue
		}
		for i := range d.fields.members {
			m := &d.fields.members[i]
			if m.name != f.Name || m.value.form != isText {
				continue
			}
			if _, found := r.keys[d.aggregate][m.value.text]; !found {
				r.fail(d.file, m.value.line, m.name, m.value.text, r.noSuchKey(d, m.value.text))
				ok = false
				continue
			}
			id := ledger.RecordID(d.aggregate, m.value.text)
			m.value = &node{form: isText, line: m.value.line, text: id.String()}
		}
	}
	return ok
}

func (r *reader) noSuchKey(d *draft, key string) string {
	keys := make([]string, 0, len(r.keys[d.aggregate]))
	for k := range r.keys[d.aggregate] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	why := "no record of " + d.aggregate.Subject() + " has this key"
	if near := ledger.Nearest(key, keys); near != "" {
		return why + "; did you mean " + strconv.Quote(near) + "?"
	}
	return why + "; write the key of one of them"
}

// wire returns the event as a document. The time of recording is not part of
// what a file says, so any stands there.
func (d *draft) wire() []byte {
	id := ledger.RecordID(d.aggregate, d.key)
	b := []byte(`{"specversion":"1.0","id":"` + id.String() + `","source":"/foedus/` + string(d.aggregate.Dataset) +
		`","type":"` + d.typ.Wire() + `","subject":"` + d.aggregate.Subject() + `","recordedtime":"2000-01-01T00:00:00Z"`)
	if t := d.fields.field(fieldTime); t != nil {
		b = t.appendJSON(append(b, `,"time":`...))
	}
	b = appendText(append(b, `,"data":{"key":`...), d.key)
	for _, m := range d.fields.members {
		if m.name != fieldTime {
			b = m.value.appendJSON(append(appendText(append(b, ','), m.name), ':'))
		}
	}
	return append(b, "}}"...)
}

func (n *node) appendJSON(b []byte) []byte {
	switch n.form {
	case isText:
		return appendText(b, n.text)
	case isList:
		b = append(b, '[')
		for i, item := range n.items {
			if i > 0 {
				b = append(b, ',')
			}
			b = item.appendJSON(b)
		}
		return append(b, ']')
	case isMap:
		b = append(b, '{')
		for i, m := range n.members {
			if i > 0 {
				b = append(b, ',')
			}
			b = m.value.appendJSON(append(appendText(b, m.name), ':'))
		}
		return append(b, '}')
	case isLiteral:
	}
	return append(b, n.text...)
}

func appendText(b []byte, s string) []byte {
	text, _ := json.Marshal(s) // a string always has a JSON form
	return append(b, text...)
}

// explain maps what ledger found wrong back to the lines of the file.
func (r *reader) explain(d *draft, err error) {
	var bad *ledger.InvalidError
	if !errors.As(err, &bad) {
		r.fail(d.file, d.line, "", "", err.Error())
		return
	}
	for _, f := range bad.Fields {
		field := strings.TrimPrefix(f.Field, "data.")
		if f.Field == "subject" {
			field = fieldType // the file's subject holds for all its records, the type is the odd one
			f.Value = string(d.typ)
		}
		r.fail(d.file, d.lineOf(field), field, f.Value, mend(d, field, f.Why))
	}
}

// lineOf returns the line of a field, or the nearest line above it that stands
// in the file: for a field that is missing, the object that should have it.
func (d *draft) lineOf(path string) int {
	n, line := d.fields, d.line
	for step := range strings.SplitSeq(path, ".") {
		name, index, list := strings.Cut(step, "[")
		i := slices.IndexFunc(n.members, func(m member) bool { return m.name == strings.Trim(name, `"`) })
		if i < 0 {
			return line
		}
		n, line = n.members[i].value, n.members[i].line
		if !list {
			continue
		}
		at, err := strconv.Atoi(strings.TrimSuffix(index, "]"))
		if err != nil || at >= len(n.items) {
			return line
		}
		n = n.items[at]
		line = n.line
	}
	return line
}

// mend says in terms of YAML what ledger says in terms of JSON.
func mend(d *draft, field, why string) string {
	if why != "must be a string" {
		return why
	}
	n := d.fields.field(field)
	if n != nil && (n.form == isList || n.form == isMap) {
		return "must be text, one value"
	}
	return "must be text; put it in quotes"
}
