package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"foedus/ledger"
	"foedus/projections"
)

// feedRing is how many updates are kept rendered. All subscribers that are not
// further behind share them.
const feedRing = 4096

// rendered is an update as it goes out, with what filters look at.
type rendered struct {
	seq     ledger.Seq
	dataset string
	subject string // of the event
	head    []byte // the frame up to the changes
	changes []renderedChange
	whole   []byte // the frame with all changes
}

type renderedChange struct {
	kind      string
	alliances []string // that it is a fact of, or that a fact of a crisis names
	states    []string
	json      []byte
}

// feed renders updates, each once for all subscribers.
type feed struct {
	s    *server
	mu   sync.Mutex // guards ring; held while an update is rendered
	ring [feedRing]*rendered
}

// batch returns the updates from the first sequence to the last, which must not
// be further apart than the ring is long.
func (f *feed) batch(ctx context.Context, first, last ledger.Seq) ([]*rendered, error) {
	out := make([]*rendered, 0, last-first+1)
	f.mu.Lock()
	defer f.mu.Unlock()
	var missing []ledger.Seq
	for seq := first; seq <= last; seq++ {
		r := f.ring[seq%feedRing]
		if r == nil || r.seq != seq {
			missing, r = append(missing, seq), nil
		}
		out = append(out, r)
	}
	if len(missing) == 0 {
		return out, nil
	}
	made, err := f.render(ctx, missing)
	if err != nil {
		return nil, err
	}
	for _, r := range made {
		out[r.seq-first] = r
		// A subscriber far behind must not push out what the others are about to read.
		if old := f.ring[r.seq%feedRing]; old == nil || old.seq < r.seq {
			f.ring[r.seq%feedRing] = r
		}
	}
	return out, nil
}

// render makes updates out of the log and of the table.
func (f *feed) render(ctx context.Context, seqs []ledger.Seq) (out []*rendered, err error) {
	entries, err := f.s.Log.Get(ctx, seqs...)
	if err != nil {
		return nil, fmt.Errorf("read the events of updates: %w", err)
	}
	f.s.view(func(w *projections.World) {
		for i := range entries {
			var r *rendered
			if r, err = renderUpdate(w, &entries[i]); err != nil {
				return
			}
			out = append(out, r)
		}
	})
	return out, err
}

func renderUpdate(w *projections.World, e *ledger.Entry) (*rendered, error) {
	r := &rendered{seq: e.Seq, dataset: string(e.Aggregate.Dataset), subject: e.Aggregate.Subject()}
	r.head = fmt.Appendf(nil, "event: update\nid: %d\ndata: {\"seq\":%d,\"event\":", e.Seq, e.Seq)
	r.head = append(append(r.head, bytes.TrimSpace(e.Bytes)...), `,"changes":[`...)
	d := newTeller(w, projections.Query{Dataset: e.Aggregate.Dataset, Known: e.Seq})
	for _, c := range w.Update(e.Seq) {
		f := &c.Fact
		if on := f.Span.SinceLatest; on.Finite() { // the names of the day
			d.q.On = on
		}
		fact := d.fact(f)
		fact.Certainty = certaintyEver(f.Span)
		b, err := json.Marshal(Change{c.Op, d.changed(c), fact})
		if err != nil {
			return nil, fmt.Errorf("render the update %d: %w", e.Seq, err)
		}
		change := renderedChange{kind: string(f.Kind), json: b}
		change.concerns(f)
		r.changes = append(r.changes, change)
	}
	all := make([]int, len(r.changes))
	for i := range all {
		all[i] = i
	}
	r.whole = r.frame(all)
	return r, nil
}

// concerns lists the alliances and states that a fact is about.
func (c *renderedChange) concerns(f *projections.Fact) {
	switch f.Aggregate.Kind {
	case ledger.KindAlliance:
		c.alliances = []string{f.Aggregate.ID}
		c.states = []string{f.A, f.B}
	case ledger.KindState:
		c.states = []string{f.Aggregate.ID, f.A, f.B}
	case ledger.KindCrisis:
		c.states = []string{f.A, f.B}
		if i, ok := f.Detail.(*ledger.ClauseInvoked); ok {
			c.states = append(c.states, words(i.Invokers)...)
		}
		alliance, _, _ := strings.Cut(f.How, "/") // of an invocation
		c.alliances = []string{f.A, f.B, alliance}
	case ledger.KindLedger:
	}
}

// frame writes the update with some of its changes.
func (r *rendered) frame(which []int) []byte {
	out := slices.Clone(r.head)
	for n, i := range which {
		if n > 0 {
			out = append(out, ',')
		}
		out = append(out, r.changes[i].json...)
	}
	return append(out, "]}\n\n"...)
}

// filter says which updates a subscriber wants.
type filter struct{ dataset, alliance, state, kind string }

// of returns the frame for a subscriber, nil if the update is none of his. An
// event that changes nothing still is one for whoever asks about its subject,
// or about everything; with a kind only facts count.
func (f *filter) of(r *rendered) []byte {
	if f.dataset != r.dataset {
		return nil
	}
	if f.alliance == "" && f.state == "" && f.kind == "" {
		return r.whole
	}
	var which []int
	for i := range r.changes {
		c := &r.changes[i]
		if (f.kind == "" || c.kind == f.kind) && (f.alliance == "" || slices.Contains(c.alliances, f.alliance)) &&
			(f.state == "" || slices.Contains(c.states, f.state)) {
			which = append(which, i)
		}
	}
	switch {
	case len(which) == len(r.changes) && len(which) > 0:
		return r.whole
	case len(which) > 0, f.kind == "" && f.names(r.subject):
		return r.frame(which)
	}
	return nil
}

// names reports whether the filter asks about just this subject.
func (f *filter) names(subject string) bool {
	return f.alliance != "" && f.state == "" && subject == "alliance/"+f.alliance ||
		f.state != "" && f.alliance == "" && subject == "state/"+f.state
}
