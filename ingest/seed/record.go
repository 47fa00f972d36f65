package seed

import (
	"fmt"
	"slices"
	"strings"

	"foedus/ledger"
)

// The fields of a record that are not fields of its event.
const (
	fieldSubject = "subject"
	fieldKey     = "key"
	fieldType    = "type"
	fieldTime    = "time"
	fieldEach    = "each"
)

func envelope() []string {
	return []string{fieldSubject, fieldKey, fieldType, fieldTime, fieldEach}
}

// record reads one record, or with each several, into drafts.
func (r *reader) record(file string, subject ledger.Aggregate, n *node) {
	if s := n.field(fieldSubject); s != nil {
		own, ok := r.subject(file, s)
		if !ok {
			return
		}
		if subject.ID != "" && subject != own {
			r.fail(file, s.line, fieldSubject, s.text, fmt.Sprintf("the file is about %s; move the record to a file of its own subject", subject.Subject()))
			return
		}
		subject = own
	}
	if subject.ID == "" {
		r.fail(file, n.line, fieldSubject, "", "is required, at the top of the file or on the record")
		return
	}
	key, ok1 := r.word(file, n, fieldKey)
	typ, ok2 := r.word(file, n, fieldType)
	if !ok1 || !ok2 || !r.known(file, n, typ) {
		return
	}
	if why := checkKey(key); why != "" {
		r.fail(file, n.field(fieldKey).line, fieldKey, key, why)
		return
	}
	d := draft{aggregate: subject, key: key, typ: ledger.Type(typ), file: file, line: n.line}
	d.fields = without(n, fieldSubject, fieldKey, fieldType, fieldEach)
	each := n.field(fieldEach)
	if each == nil {
		r.add(d)
		return
	}
	if each.form != isList || len(each.items) == 0 {
		r.fail(file, each.line, fieldEach, "", "must be a list with at least one item; write the fields on the record if there is only one")
		return
	}
	for _, item := range each.items {
		r.item(d, item)
	}
}

// item adds the record that one item of each stands for: the fields of the item
// win over those of the record, the first of them names it.
func (r *reader) item(d draft, item *node) {
	if item.form != isMap || len(item.members) == 0 {
		r.fail(d.file, item.line, fieldEach, item.text, "an item is a list of fields, for example {party: norway, done_on: 1949-07-08}")
		return
	}
	for _, m := range item.members {
		if m.name != fieldTime && slices.Contains(envelope(), m.name) {
			r.fail(d.file, m.line, fieldEach+"."+m.name, "", "cannot stand in an item; it belongs to the record")
			return
		}
	}
	first := item.members[0]
	if first.value.form != isText || ledger.CheckName(first.value.text) != "" {
		r.fail(d.file, first.line, fieldEach+"."+first.name, first.value.text,
			"the first field of an item becomes part of the key; put the one first that names it, for example the state")
		return
	}
	merged := &node{form: isMap, line: item.line, members: slices.Clone(item.members)}
	for _, m := range d.fields.members {
		if item.field(m.name) == nil {
			merged.members = append(merged.members, m)
		}
	}
	d.key, d.line, d.fields = d.key+"/"+first.value.text, item.line, merged
	r.add(d)
}

// add takes a draft, unless its key is taken.
func (r *reader) add(d draft) {
	keys := r.keys[d.aggregate]
	if keys == nil {
		keys = make(map[string]string)
		r.keys[d.aggregate] = keys
	}
	if other, ok := keys[d.key]; ok {
		r.fail(d.file, d.line, fieldKey, d.key, fmt.Sprintf(
			"%s has a record of this key already, at %s; give one of the two another key", d.aggregate.Subject(), other))
		return
	}
	keys[d.key] = where(d.file, d.line)
	r.drafts = append(r.drafts, d)
}

// word reads a field that every record must have.
func (r *reader) word(file string, n *node, name string) (s string, ok bool) {
	v := n.field(name)
	switch {
	case v == nil:
		r.fail(file, n.line, name, "", "is required"+r.nearField(n, name))
	case v.form != isText || v.text == "":
		r.fail(file, v.line, name, v.text, "must be text")
	default:
		return v.text, true
	}
	return "", false
}

// nearField says which field of n was perhaps meant to be called name.
func (r *reader) nearField(n *node, name string) string {
	for _, m := range n.members {
		if ledger.Nearest(m.name, []string{name}) == name {
			return fmt.Sprintf("; rename %q to %q", m.name, name)
		}
	}
	return ""
}

// known reports a type that is not in the vocabulary or does not belong in a
// file.
func (r *reader) known(file string, n *node, typ string) bool {
	why := ""
	switch {
	case ledger.Type(typ).Version() == 0:
		all := ledger.Types()
		names := make([]string, len(all))
		for i, t := range all {
			names[i] = string(t)
		}
		if why = "is not in the vocabulary"; ledger.Nearest(typ, names) != "" {
			why += fmt.Sprintf("; did you mean %q?", ledger.Nearest(typ, names))
		}
	case strings.HasPrefix(typ, "record."):
		why = "does not stand in a file; change or remove the record itself, and the import writes the correction"
	default:
		return true
	}
	r.fail(file, n.field(fieldType).line, fieldType, typ, why)
	return false
}

// checkKey says why s cannot be a key, "" if it can: names joined by slashes.
func checkKey(s string) string {
	for part := range strings.SplitSeq(s, "/") {
		if ledger.CheckName(part) != "" {
			return "must be lower-case words joined by hyphens, with / between the parts, for example deposit/france"
		}
	}
	return ""
}

// without returns n with some of its fields left out.
func without(n *node, names ...string) *node {
	out := &node{form: isMap, line: n.line}
	for _, m := range n.members {
		if !slices.Contains(names, m.name) {
			out.members = append(out.members, m)
		}
	}
	return out
}
