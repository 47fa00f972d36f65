package httpapi

import (
	"bytes"
	"slices"
	"sync"

	"foedus/ledger"
)

// Between two days on which something happened, an answer differs in nothing
// but the day it repeats. A stretch is such an answer with a gap for the day.
type stretch struct {
	from, to ledger.Date // the days for which it holds, to excluded
	pre      []byte      // up to the day
	post     []byte      // from behind the day
}

// mostStretches is how many are kept for one question: hardly any alliance saw
// more days on which something happened.
const mostStretches = 256

// stretches keeps stretches by question: the permalink without its day. When
// they are too many it forgets all of them.
type stretches struct {
	mu    sync.Mutex // guards what follows
	bytes int
	by    map[string][]stretch
}

// body returns the answer to a question on a day, nil if no stretch holds it.
func (k *stretches) body(question string, on ledger.Date) []byte {
	k.mu.Lock()
	list := k.by[question]
	k.mu.Unlock()
	for i := range list {
		if s := &list[i]; s.from <= on && on < s.to {
			return slices.Concat(s.pre, []byte(on.String()), s.post)
		}
	}
	return nil
}

// keep remembers an answer for the days [from, to) around on. A reader may
// hold the list that there was: it is copied, never changed.
func (k *stretches) keep(question string, on, from, to ledger.Date, body []byte) {
	const name = `"on":"`
	at := bytes.Index(body, []byte(name+on.String()+`"`))
	if at < 0 || len(body) > keepBytes || to-1 <= from {
		return
	}
	at += len(name)
	s := stretch{from, to, body[:at], body[at+len(on.String()):]}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.bytes += len(body) + len(question); k.bytes > cacheBytes || k.by == nil {
		k.by, k.bytes = make(map[string][]stretch), len(body)+len(question)
	}
	list := k.by[question]
	if len(list) >= mostStretches {
		list = list[1:]
	}
	k.by[question] = append(slices.Clone(list), s)
}

// steadyDoc is a document that knows for which days it holds.
type steadyDoc interface {
	steady() (from, to ledger.Date)
}

// question names what is asked, whatever the day.
func (p *point) question(path string) string {
	q := *p
	q.onLess = true
	return q.permalink(path)
}

func (a *Alliance) steady() (from, to ledger.Date) { return a.from, a.to }

// steadyAround works out for which days the document holds: as long as nothing
// changes in the alliance, in a state that it names, or in the coverage.
func (d *writer) steadyAround(doc *Alliance, a ledger.Aggregate) {
	about := []ledger.Aggregate{a, {Dataset: a.Dataset, Kind: ledger.KindLedger, ID: string(a.Dataset)}}
	for id := range d.named {
		about = append(about, d.w.Home(d.q, ledger.StateID(id)), ledger.Aggregate{Dataset: a.Dataset, Kind: ledger.KindState, ID: id})
	}
	doc.from, doc.to = d.w.Steady(d.q, about...)
}
