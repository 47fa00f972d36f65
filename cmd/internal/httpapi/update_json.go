package httpapi

import (
	"encoding/json"
	"strconv"

	"foedus/ledger"
)

// appendChange appends what json.Marshal makes of a change, and a test holds it
// to that. Updates are written by hand because catching up with a large ledger
// is bound by it.
func appendChange(b []byte, c *Change) []byte {
	b = append(b, `{"op":"`...)
	b = append(b, c.Op...) // opened or closed
	b = append(b, `","summary":`...)
	b = appendText(b, c.Summary)
	b = append(b, `,"fact":`...)
	b = appendFact(b, &c.Fact)
	return append(b, '}')
}

func appendFact(b []byte, f *Fact) []byte {
	b = append(b, `{"kind":"`...)
	b = append(b, f.Kind...) // a word of projections.FactKinds
	b = append(b, `","subject":`...)
	b = appendText(b, f.Subject)
	b = appendField(b, "a", f.A)
	b = appendField(b, "b", f.B)
	b = append(b, `,"value":`...)
	b = appendText(b, f.Value)
	b = appendInterval(b, &f.Interval)
	b = append(b, `,"certainty":"`...)
	b = append(b, f.Certainty...) // certain or possible
	b = append(b, '"')
	b = appendField(b, "how", f.How)
	b = append(b, `,"events":`...)
	b = appendList(b, f.Events)
	if len(f.Disputes) > 0 {
		b = append(b, `,"disputes":`...)
		b = appendList(b, f.Disputes)
	}
	b = appendField(b, "finding", f.Finding)
	b = append(b, `,"known":`...)
	b = strconv.AppendUint(b, uint64(f.Known), 10)
	return append(b, '}')
}

func appendInterval(b []byte, i *Interval) []byte {
	b = append(b, `,"since":`...)
	b = appendNullable(b, i.Since)
	b = appendField(b, "since_earliest", i.SinceEarliest)
	b = appendField(b, "since_latest", i.SinceLatest)
	b = append(b, `,"until":`...)
	b = appendNullable(b, i.Until)
	b = appendField(b, "until_earliest", i.UntilEarliest)
	b = appendField(b, "until_latest", i.UntilLatest)
	b = append(b, `,"end":`...)
	return appendText(b, i.End)
}

// appendField appends a field unless it is empty.
func appendField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(b, ',', '"')
	b = append(b, name...)
	b = append(b, '"', ':')
	return appendText(b, value)
}

func appendNullable(b []byte, s *string) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	return appendText(b, *s)
}

func appendList(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, s)
	}
	return append(b, ']')
}

// appendText appends a JSON string.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c >= 0x7f, c == '"', c == '\\', c == '<', c == '>', c == '&':
			quoted, _ := json.Marshal(s) // a string can always be marshalled
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendSeq(b []byte, seq ledger.Seq) []byte { return strconv.AppendUint(b, uint64(seq), 10) }
