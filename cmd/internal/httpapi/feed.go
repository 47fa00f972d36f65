package httpapi

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/live"
)

// Feed is what the subscribers of GET /v1/stream hear. Make it with [NewFeed],
// start it with its Run, and give it to [New].
type Feed struct{ *live.Feed[rendered, topic] }

// NewFeed returns a feed of a projection and its log.
func NewFeed(proj *live.Projection, log ledger.Log) *Feed {
	return &Feed{live.NewFeed[rendered, topic](proj, log, renderUpdate)}
}

// rendered is an update as it goes out, with what topics look at.
type rendered struct {
	seq       ledger.Seq
	aggregate ledger.Aggregate
	changes   []renderedChange
	words     []byte               // the summaries of changes
	whole     []byte               // the frame with all changes
	event     extent               // the document
	room      []projections.Change // empty, for the next update in this memory
}

// extent is where something stands in a text: in rendered.whole unless it is said otherwise.
type extent struct{ from, to int }

type renderedChange struct {
	kind      projections.FactKind
	alliances [3]string // that it is a fact of, or that a fact of a crisis names; "" where there are fewer
	states    [3]string
	others    []string // more states
	summary   extent   // in rendered.words
	json      extent
}

// renderUpdate makes an update of an event, in the memory of an older one. It is
// a function of the log up to the event.
func renderUpdate(w *projections.World, e *ledger.Entry, r *rendered) error {
	r.seq, r.aggregate = e.Seq, e.Aggregate
	d := newTeller(w, projections.Query{Dataset: e.Aggregate.Dataset, Known: e.Seq})
	list := w.AppendUpdate(r.room, e.Seq)
	r.changes = slices.Grow(r.changes[:0], len(list))[:len(list)]
	r.words = slices.Grow(r.words[:0], 100*len(list))
	for i := range list {
		c := &r.changes[i]
		*c = renderedChange{kind: list[i].Fact.Kind, summary: extent{from: len(r.words)}}
		c.concerns(&list[i].Fact)
		r.words = d.appendSummary(r.words, &list[i])
		c.summary.to = len(r.words)
	}
	event := bytes.TrimSpace(e.Bytes)
	b := slices.Grow(r.whole[:0], len(event)+400*len(list)+200)
	b, r.event = r.begin(b, len(list), extent{0, len(r.words)}, event)
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		c := &r.changes[i]
		c.json.from = len(b)
		b = d.appendChange(b, &list[i], r.words[c.summary.from:c.summary.to])
		c.json.to = len(b)
	}
	b = append(b, "]}\n\n"...)
	r.whole = b
	clear(list) // the World is not to be held on to
	r.room = list[:0]
	return nil
}

// change renders one change.
func (d *teller) change(c *projections.Change) Change {
	fact := d.fact(&c.Fact)
	fact.Certainty = certaintyEver(c.Fact.Span)
	return Change{c.Op, string(d.appendSummary(nil, c)), fact}
}

// appendSummary says what a change is, with the names of the day on which the
// fact began.
func (d *teller) appendSummary(b []byte, c *projections.Change) []byte {
	d.q.On = d.writer.q.On
	if on := c.Fact.Span.SinceLatest; on.Finite() {
		d.q.On = on
	}
	return d.appendChanged(b, c)
}

// concerns lists the alliances and states that a fact is about.
func (c *renderedChange) concerns(f *projections.Fact) {
	c.states = [3]string{f.A, f.B}
	switch f.Aggregate.Kind {
	case ledger.KindAlliance:
		c.alliances[0] = f.Aggregate.ID
	case ledger.KindState:
		c.states[2] = f.Aggregate.ID
	case ledger.KindCrisis:
		if i, ok := f.Detail.(*ledger.ClauseInvoked); ok {
			c.others = words(i.Invokers)
		}
		alliance, _, _ := strings.Cut(f.How, "/") // of an invocation
		c.alliances = [3]string{f.A, f.B, alliance}
	case ledger.KindLedger:
		c.states = [3]string{}
	}
}

// begin appends the frame of an update up to its changes: n of them, of which one
// has the summary given. It says where in it the document of the event is.
func (r *rendered) begin(b []byte, n int, only extent, event []byte) (_ []byte, at extent) {
	b = append(b, "event: update\nid: "...)
	b = appendSeq(b, r.seq)
	b = append(b, "\ndata: {\"seq\":"...)
	b = appendSeq(b, r.seq)
	b = append(b, `,"summary":`...)
	b = r.appendSummary(b, n, only)
	b = append(b, `,"event":`...)
	at.from = len(b)
	b = append(b, event...)
	at.to = len(b)
	return append(b, `,"changes":[`...), at
}

// appendSummary says in one sentence what an update means: its change if that is
// one, else how many facts moved.
func (r *rendered) appendSummary(b []byte, n int, only extent) []byte {
	switch n {
	case 0:
		return append(b, `"No fact changed"`...)
	case 1:
		first := len(b) + 1 // behind the quotation mark
		b = appendText(b, r.words[only.from:only.to])
		if 'a' <= b[first] && b[first] <= 'z' {
			b[first] -= 'a' - 'A'
		}
		return b
	}
	b = strconv.AppendInt(append(b, '"'), int64(n), 10)
	return appendAll(b, " facts of ", string(r.aggregate.Kind), "/", r.aggregate.ID, ` changed"`)
}

// document is that of the event.
func (r *rendered) document() []byte { return r.whole[r.event.from:r.event.to] }

// some appends the frame with the changes that a filter wants: n of them, of
// which one has the summary given.
func (r *rendered) some(b []byte, f filter, n int, only extent) []byte {
	b, _ = r.begin(b, n, only, r.document())
	for i := range r.changes {
		if c := &r.changes[i]; f.wants(c) {
			b = append(append(b, r.whole[c.json.from:c.json.to]...), ',')
		}
	}
	if n > 0 {
		b = b[:len(b)-1]
	}
	return append(b, "]}\n\n"...)
}

// filter says which updates a subscriber wants.
type filter struct{ dataset, alliance, state, kind string }

func (f filter) wants(c *renderedChange) bool {
	return (f.kind == "" || string(c.kind) == f.kind) && (f.alliance == "" || slices.Contains(c.alliances[:], f.alliance)) &&
		(f.state == "" || slices.Contains(c.states[:], f.state) || slices.Contains(c.others, f.state))
}

// append appends the frame for who has this filter, if the update is one for
// him. An event that changes nothing still is one for whoever asks about its
// subject, or about everything; with a kind only facts count.
func (f filter) append(b []byte, r *rendered) ([]byte, bool) {
	if f.dataset != string(r.aggregate.Dataset) {
		return b, false
	}
	if f.alliance == "" && f.state == "" && f.kind == "" {
		return append(b, r.whole...), true
	}
	n, only := 0, extent{}
	for i := range r.changes {
		if c := &r.changes[i]; f.wants(c) {
			n++
			only = c.summary
		}
	}
	switch {
	case n == len(r.changes) && n > 0:
		return append(b, r.whole...), true
	case n > 0, f.kind == "" && f.names(r.aggregate):
		return r.some(b, f, n, only), true
	}
	return b, false
}

// names reports whether the filter asks about just this aggregate.
func (f filter) names(a ledger.Aggregate) bool {
	return f.alliance != "" && f.state == "" && a.Kind == ledger.KindAlliance && a.ID == f.alliance ||
		f.state != "" && f.alliance == "" && a.Kind == ledger.KindState && a.ID == f.state
}

// topic is what a subscriber asks for: updates that pass a filter, or the
// answer to a question whenever it changes. Equal topics share all work.
type topic struct {
	filter   filter
	question question // the zero question for none
}

// Append implements [live.Topic].
func (t topic) Append(b []byte, w *projections.World, seq ledger.Seq, r *rendered) ([]byte, bool) {
	if t.question.name == "" {
		return t.filter.append(b, r)
	}
	return t.question.append(b, w, seq, r)
}
