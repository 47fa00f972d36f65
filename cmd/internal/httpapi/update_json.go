package httpapi

import (
	"encoding/json"
	"strconv"

	"foedus/ledger"
	"foedus/projections"
)

// appendChange appends what json.Marshal makes of [teller.change], with the
// summary given, and a test holds it to that. Updates are written by hand because
// catching up with a large ledger is bound by it.
func (d *teller) appendChange(b []byte, c *projections.Change, summary []byte) []byte {
	b = appendAll(b, `{"op":"`, c.Op, `","summary":`) // opened or closed
	b = appendText(b, summary)
	b = append(b, `,"fact":`...)
	b = d.appendFact(b, &c.Fact)
	return append(b, '}')
}

// Words that the program itself chose, ids and dates need no quoting.
func (d *teller) appendFact(b []byte, f *projections.Fact) []byte {
	b = appendAll(b, `{"kind":"`, string(f.Kind), `","subject":"`, string(f.Aggregate.Kind), "/", f.Aggregate.ID, `"`)
	b = appendField(b, "a", f.A)
	b = appendField(b, "b", f.B)
	b = append(b, `,"value":`...)
	b = appendText(b, f.Value)
	b = appendInterval(b, f.Span, f.End)
	b = appendAll(b, `,"certainty":"`, certaintyEver(f.Span), `"`)
	b = appendField(b, "how", f.How)
	b = append(b, `,"events":[`...)
	before := len(b)
	for seq := range causes(f) {
		if len(b) > before {
			b = append(b, ',')
		}
		b = appendID(b, d.w.ID(seq))
	}
	b = append(b, ']')
	if list := disputes(f); len(list) > 0 {
		b = append(b, `,"disputes":[`...)
		for i, s := range list {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(b, s)
		}
		b = append(b, ']')
	}
	b = appendField(b, "finding", f.Finding())
	b = append(b, `,"known":`...)
	return append(appendSeq(b, f.Known), '}')
}

// appendInterval appends what [intervalOf] says.
func appendInterval(b []byte, span ledger.Span, end projections.End) []byte {
	b = appendEnd(b, "since", span.SinceEarliest, span.SinceLatest)
	switch {
	case end == projections.EndDate:
		b = appendEnd(b, "until", span.UntilEarliest, span.UntilLatest)
	case knownToLast(span, end):
		b = appendDate(append(b, `,"until":null,"until_earliest":"`...), span.UntilEarliest)
		b = append(b, '"')
	default:
		b = append(b, `,"until":null`...)
	}
	return appendAll(b, `,"end":"`, string(end), `"`)
}

// appendEnd appends one end of an interval, as [bound] does.
func appendEnd(b []byte, name string, lo, hi ledger.Date) []byte {
	b = appendAll(b, `,"`, name, `":`)
	if !lo.Finite() && !hi.Finite() {
		return append(b, "null"...)
	}
	b = append(appendBound(append(b, '"'), lo, hi), '"')
	if lo != hi && lo.Finite() {
		b = append(appendDate(appendAll(b, `,"`, name, `_earliest":"`), lo), '"')
	}
	if lo != hi && hi.Finite() {
		b = append(appendDate(appendAll(b, `,"`, name, `_latest":"`), hi), '"')
	}
	return b
}

// appendField appends a field unless it is empty.
func appendField(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	return appendText(appendAll(b, `,"`, name, `":`), value)
}

func appendID(b []byte, id ledger.EventID) []byte {
	b, _ = id.AppendText(append(b, '"')) // never fails
	return append(b, '"')
}

// appendText appends a JSON string.
func appendText[T string | []byte](b []byte, s T) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c >= 0x7f, c == '"', c == '\\', c == '<', c == '>', c == '&':
			quoted, _ := json.Marshal(string(s)) // a string can always be marshalled
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendSeq(b []byte, seq ledger.Seq) []byte { return strconv.AppendUint(b, uint64(seq), 10) }
