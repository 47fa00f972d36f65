package httpapi

import (
	"iter"
	"strconv"
	"time"

	"foedus/ledger"
	"foedus/projections"
)

// Known is the state of knowledge that an answer was given at.
type Known struct {
	Seq  ledger.Seq `json:"seq" doc:"The sequence: the permalink pins it."`
	Time *string    `json:"time" doc:"When the log acknowledged the event at seq (RFC 3339); null for 0."`
}

// Asked is the point of a question, at the top of every document.
type Asked struct {
	Dataset string `json:"dataset"`
	Reading string `json:"reading" enum:"in-force,signature"`
	On      string `json:"on" doc:"The day of history."`
	Known   Known  `json:"known"`
	Public  bool   `json:"public" doc:"Only what was publicly known on that day."`
	Certain bool   `json:"certain,omitempty" doc:"What is only possible was dropped."`
}

// asked returns the point as documents show it.
func asked(w *projections.World, p *point) Asked {
	return Asked{
		Dataset: string(p.Dataset), Reading: p.Reading.String(), On: p.On.String(),
		Known: knownAt(w, p.Known), Public: p.Public, Certain: p.Certain,
	}
}

func knownAt(w *projections.World, seq ledger.Seq) Known {
	k := Known{Seq: seq}
	if seq > 0 {
		text := time.Unix(0, w.Time(seq)).UTC().Format(time.RFC3339Nano)
		k.Time = &text
	}
	return k
}

// StateRef names a state with its name and codes on the day asked about; null
// where the ledger has none.
type StateRef struct {
	State string  `json:"state" doc:"The id of the state."`
	Name  *string `json:"name"`
	COW   *int    `json:"cow" doc:"The Correlates of War number."`
	GW    *int    `json:"gw" doc:"The Gleditsch and Ward number."`
	ISO3  *string `json:"iso3" doc:"The ISO 3166 alpha-3 code."`
}

// Interval is a half-open stretch of history. A bound known only to lie
// between two days is an EDTF interval, with the two days beside it.
type Interval struct {
	Since         *string `json:"since" doc:"The first day in; null if nobody says. An EDTF interval if it is not exactly known."`
	SinceEarliest string  `json:"since_earliest,omitempty"`
	SinceLatest   string  `json:"since_latest,omitempty"`
	Until         *string `json:"until" doc:"The first day out; null if the end is not a date."`
	UntilEarliest string  `json:"until_earliest,omitempty"`
	UntilLatest   string  `json:"until_latest,omitempty"`
	End           string  `json:"end" enum:"date,open,unknown,beyond-coverage" doc:"How it ends."`
}

// Told is what every fact says of itself.
type Told struct {
	Interval
	Certainty string   `json:"certainty" enum:"certain,possible"`
	How       string   `json:"how,omitempty" doc:"How it came about."`
	Events    []string `json:"events" doc:"The events that it follows from: what began it, and what ended it."`
	Disputes  []string `json:"disputes,omitempty" doc:"The disputes about its beginning and its end, by name."`
	Finding   string   `json:"finding,omitempty" doc:"What is odd about it."`
}

// Finding is something odd that somebody should look at.
type Finding struct {
	Seq   ledger.Seq `json:"seq"`
	Event string     `json:"event"`
	Text  string     `json:"text"`
}

// intervalOf renders a span.
func intervalOf(span ledger.Span, end projections.End) Interval {
	i := Interval{End: string(end)}
	i.Since, i.SinceEarliest, i.SinceLatest = bound(span.SinceEarliest, span.SinceLatest)
	if end == projections.EndDate {
		i.Until, i.UntilEarliest, i.UntilLatest = bound(span.UntilEarliest, span.UntilLatest)
	} else if knownToLast(span, end) {
		i.UntilEarliest = span.UntilEarliest.String()
	}
	return i
}

// knownToLast reports whether of an unknown end at least a day is known on which it
// had not come.
func knownToLast(span ledger.Span, end projections.End) bool {
	return end == projections.EndUnknown && span.UntilEarliest.Finite() && span.UntilEarliest > span.SinceEarliest
}

// bound renders one end of a span: a day, an interval of days, or nothing.
func bound(lo, hi ledger.Date) (text *string, earliest, latest string) {
	if !lo.Finite() && !hi.Finite() {
		return nil, "", ""
	}
	s := string(appendBound(make([]byte, 0, 24), lo, hi))
	if lo != hi && lo.Finite() {
		earliest = lo.String()
	}
	if lo != hi && hi.Finite() {
		latest = hi.String()
	}
	return &s, earliest, latest
}

// appendBound appends one end of a span of which something is known.
func appendBound(b []byte, lo, hi ledger.Date) []byte {
	b = appendDate(b, lo)
	if lo != hi {
		b = appendDate(append(b, '/'), hi)
	}
	return b
}

func appendDate(b []byte, d ledger.Date) []byte {
	b, _ = d.AppendText(b) // never fails
	return b
}

func certainty(t ledger.Tri) string {
	if t == ledger.In {
		return "certain"
	}
	return "possible"
}

// writer turns facts into documents while the World stands still. It remembers
// the states that it has named.
type writer struct {
	w     *projections.World
	q     projections.Query
	named map[string]StateRef // nil until one is named
}

func newWriter(w *projections.World, q projections.Query) *writer {
	return &writer{w: w, q: q}
}

// told renders what a fact says of itself.
func (d *writer) told(f *projections.Fact) Told {
	return Told{
		Interval: intervalOf(f.Span, f.End), Certainty: certainty(f.Certainty), How: f.How,
		Events: d.events(f), Disputes: disputes(f), Finding: f.Finding(),
	}
}

// disputes names the disputes about the beginning and the end of a fact.
func disputes(f *projections.Fact) (out []string) {
	if f.Dispute() != "" {
		out = append(out, f.Dispute())
	}
	if f.EndDispute() != "" && f.EndDispute() != f.Dispute() {
		out = append(out, f.EndDispute())
	}
	return out
}

// causes are the events that began a fact and that ended it.
func causes(f *projections.Fact) iter.Seq[ledger.Seq] {
	return func(yield func(ledger.Seq) bool) {
		if f.Causes.Began != 0 && !yield(f.Causes.Began) {
			return
		}
		if f.Causes.Ended != 0 && f.Causes.Ended != f.Causes.Began {
			yield(f.Causes.Ended)
		}
	}
}

// events names the causes of a fact.
func (d *writer) events(f *projections.Fact) []string {
	out := make([]string, 0, 2)
	for seq := range causes(f) {
		out = append(out, d.w.ID(seq).String())
	}
	return out
}

// ref names a state on the day asked about.
func (d *writer) ref(id string) StateRef {
	if r, ok := d.named[id]; ok {
		return r
	}
	r := refOf(d.w.Identify(d.q, ledger.StateID(id)))
	if d.named == nil {
		d.named = make(map[string]StateRef, 16)
	}
	d.named[id] = r
	return r
}

func refOf(i projections.Identity) StateRef {
	r := StateRef{State: string(i.ID), COW: number(i.Codes["cow"]), GW: number(i.Codes["gw"])}
	if i.Name != "" {
		r.Name = &i.Name
	}
	if code, ok := i.Codes["iso3"]; ok {
		r.ISO3 = &code
	}
	return r
}

// number reads a numbered code, nil if it is none.
func number(code string) *int {
	n, err := strconv.Atoi(code)
	if err != nil {
		return nil
	}
	return &n
}

// words turns a list of identifiers into strings, nil for none.
func words[T ~string](list []T) []string {
	if len(list) == 0 {
		return nil
	}
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// detail returns the payload that a fact shows, an empty one if it shows none.
func detail[T any](f *projections.Fact) *T {
	if p, ok := f.Detail.(*T); ok {
		return p
	}
	return new(T)
}

// orEmpty makes an array of nothing out of nil, so that JSON says [].
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
