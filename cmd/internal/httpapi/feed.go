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
type Feed struct{ *live.Feed[*rendered, topic] }

// NewFeed returns a feed of a projection and its log.
func NewFeed(proj *live.Projection, log ledger.Log) *Feed {
	return &Feed{live.NewFeed[*rendered, topic](proj, log, renderUpdate)}
}

// rendered is an update as it goes out, with what topics look at.
type rendered struct {
	seq       ledger.Seq
	aggregate ledger.Aggregate
	event     []byte // the document
	changes   []renderedChange
	whole     []byte // the frame with all changes; they are parts of it
}

type renderedChange struct {
	kind      projections.FactKind
	summary   string
	alliances [3]string // that it is a fact of, or that a fact of a crisis names; "" where there are fewer
	states    [3]string
	others    []string               // more states
	json      struct{ from, to int } // where it stands in rendered.whole
}

// renderUpdate makes an update of an event. It is a function of the log up to
// the event.
func renderUpdate(w *projections.World, e *ledger.Entry) (*rendered, error) {
	r := &rendered{seq: e.Seq, aggregate: e.Aggregate, event: bytes.TrimSpace(e.Bytes)}
	d := newTeller(w, projections.Query{Dataset: e.Aggregate.Dataset, Known: e.Seq})
	list := w.Update(e.Seq)
	r.changes = make([]renderedChange, len(list))
	b := make([]byte, 0, len(r.event)+400*len(list)+200)
	for i := range list {
		c := &r.changes[i]
		doc := d.change(&list[i])
		c.kind, c.summary = list[i].Fact.Kind, doc.Summary
		c.concerns(&list[i].Fact)
		if i == 0 { // what comes before the changes
			b = r.begin(b, r.summary(len(list), doc.Summary))
		} else {
			b = append(b, ',')
		}
		from := len(b)
		b = appendChange(b, &doc)
		c.json.from, c.json.to = from, len(b)
	}
	if len(list) == 0 {
		b = r.begin(b, r.summary(0, ""))
	}
	b = append(b, "]}\n\n"...)
	r.whole = b
	return r, nil
}

// change renders one change, with the names of the day on which the fact began.
func (d *teller) change(c *projections.Change) Change {
	f := &c.Fact
	if on := f.Span.SinceLatest; on.Finite() {
		d.q.On = on
	}
	fact := d.fact(f)
	fact.Certainty = certaintyEver(f.Span)
	return Change{c.Op, d.changed(*c, fact.Interval), fact}
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

// begin appends the frame of the update up to its changes.
func (r *rendered) begin(b []byte, summary string) []byte {
	b = append(b, "event: update\nid: "...)
	b = appendSeq(b, r.seq)
	b = append(b, "\ndata: {\"seq\":"...)
	b = appendSeq(b, r.seq)
	b = append(b, `,"summary":`...)
	b = appendText(b, summary)
	b = append(b, `,"event":`...)
	b = append(b, r.event...)
	return append(b, `,"changes":[`...)
}

// some appends the frame with the changes that a filter wants: n of them, of
// which one has the summary given.
func (r *rendered) some(b []byte, f filter, n int, summary string) []byte {
	b = r.begin(b, r.summary(n, summary))
	for i := range r.changes {
		c := &r.changes[i]
		if !f.wants(c) {
			continue
		}
		b = append(append(b, r.whole[c.json.from:c.json.to]...), ',')
	}
	if n > 0 {
		b = b[:len(b)-1]
	}
	return append(b, "]}\n\n"...)
}

// summary says in one sentence what an update means: its change if that is one,
// else how many facts moved.
func (r *rendered) summary(n int, only string) string {
	switch n {
	case 0:
		return "No fact changed"
	case 1:
		return sentenceCase(only)
	}
	return strconv.Itoa(n) + " facts of " + r.aggregate.Subject() + " changed"
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
	n, only := 0, ""
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
