package projections

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"foedus/ledger"
)

// naive answers the way the World promises to answer, without any of its
// machinery: filter all events, fold from nothing.
func naive(events []*ledger.Event, q Query) []string {
	w := New() // for its symbols and details only
	known := events[:min(int(q.Known), len(events))]
	var out []string
	for _, a := range aggregatesOf(known) {
		contents := standingContents(known, a)
		applyDisputes(contents)
		keys := map[factKey][]item{}
		sub := &subject{}
		for _, c := range contents {
			if q.Public && c.content.PublicOn.Latest() > q.On && !c.content.PublicOn.IsZero() {
				continue
			}
			for _, x := range w.contribute(sub, c.seq, &c.content, nil) {
				if c.dispute != "" && x.item.flags&itemOwnDate == 0 {
					x.item.dispute = w.sym.of(c.dispute)
				}
				x.item.public = ledger.NoBefore
				keys[x.key] = append(keys[x.key], x.item)
			}
		}
		for k, items := range keys {
			f := folder{w: w, reading: q.Reading, cutoff: everything}
			one := &subject{frame: naiveFrame(keys[factKey{kind: kStatus}])}
			for _, it := range items {
				one.addItem(one.keyOf(k), w.pack(&it))
			}
			f.fold(one, &one.keys[0])
			for _, x := range f.out {
				r := one.rect(&x, 0, 0)
				if t := one.span(&r).At(q.On); t != ledger.Out {
					out = append(out, describe(w, one, a, k, &r, t))
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

func naiveFrame(status []item) (frame []item) {
	for _, it := range status {
		if it.op == opInForce || it.op == opOver || it.op == opSigned {
			frame = append(frame, it)
		}
	}
	return frame
}

func describe(w *World, s *subject, a ledger.Aggregate, k factKey, r *rect, t ledger.Tri) string {
	return fmt.Sprintf("%s %s/%s/%s %s (%s) %v %s by %d,%d dispute %v %s", a, w.kinds[k.kind], w.sym.text[k.a], w.sym.text[k.b],
		w.sym.text[r.value], w.sym.text[r.how], s.span(r), t, r.began, r.ended, disputeNamesOf(w, s, r), r.finding)
}

func disputeNamesOf(w *World, s *subject, r *rect) [2]string {
	began, ended := s.disputesOver(r)
	return [2]string{w.sym.text[began], w.sym.text[ended]}
}

// fast asks the World the same.
func fast(w *World, q Query) []string {
	var out []string
	for _, s := range w.subjects {
		if s.dataset != w.sym.byText[string(q.Dataset)] {
			continue
		}
		w.stab(s, q.On, uint32(q.Known), q.view(), func(r *rect) {
			out = append(out, describe(w, s, s.aggregate, s.keys[r.key].factKey, r, s.span(r).At(q.On)))
		})
	}
	slices.Sort(out)
	return out
}

type standing struct {
	seq     uint32
	id      ledger.EventID
	content ledger.Content
	dispute string
}

func aggregatesOf(events []*ledger.Event) (out []ledger.Aggregate) {
	for _, e := range events {
		if !slices.Contains(out, e.Aggregate) {
			out = append(out, e.Aggregate)
		}
	}
	return out
}

// standingContents reads the record rules of record.go from the text, slowly:
// for every record, which of its versions stands.
func standingContents(events []*ledger.Event, a ledger.Aggregate) (out []standing) {
	root := map[int]int{} // index of an event -> index of the root of its record
	at := map[ledger.EventID]int{}
	for i, e := range events {
		if _, ok := at[e.ID]; !ok {
			at[e.ID] = i
		}
		if e.Aggregate != a {
			continue
		}
		root[i] = i
		if target, ok := targetOf(e); ok {
			root[i] = -1
			if t, ok := at[target]; ok && t < i && events[t].Aggregate == a {
				root[i] = root[t]
			}
		}
	}
	for i, e := range events {
		if root[i] != i || e.Aggregate != a {
			continue
		}
		if v, ok := versionOf(events, root, at, i); ok {
			c := events[v].Content
			if p, ok := events[v].Payload.(*ledger.RecordCorrected); ok {
				c = p.Replacement.Content
			}
			out = append(out, standing{seq: uint32(v + 1), id: e.ID, content: c})
		}
	}
	slices.SortFunc(out, func(a, b standing) int { return cmp.Compare(a.seq, b.seq) })
	return out
}

func targetOf(e *ledger.Event) (ledger.EventID, bool) {
	switch p := e.Payload.(type) {
	case *ledger.RecordCorrected:
		return p.Target, true
	case *ledger.RecordRetracted:
		return p.Target, true
	case *ledger.RecordMerged:
		return p.Target, true
	default:
	}
	return ledger.EventID{}, false
}

// versionOf returns the event that says what the record of root i says.
func versionOf(events []*ledger.Event, root map[int]int, at map[ledger.EventID]int, i int) (int, bool) {
	undone := func(j int) bool { return undoneAfter(events, root, at, i, j) }
	if undone(i) {
		return 0, false
	}
	best := i
	for j := range events {
		r, here := root[j]
		if _, ok := events[j].Payload.(*ledger.RecordCorrected); ok && here && r == i && j > i && !undone(j) {
			best = j
		}
	}
	return best, true
}

// undoneAfter reports whether a later retraction of event j, one that is not
// itself undone, stands in the record of root i.
func undoneAfter(events []*ledger.Event, root map[int]int, at map[ledger.EventID]int, i, j int) bool {
	for k := j + 1; k < len(events); k++ {
		r, isOp := root[k]
		if !isOp || r != i || k == i {
			continue
		}
		if _, corrects := events[k].Payload.(*ledger.RecordCorrected); corrects {
			continue
		}
		if t, ok := targetOf(events[k]); ok && at[t] == j && !undoneAfter(events, root, at, i, k) {
			return true
		}
	}
	return false
}

// applyDisputes moves the dates that open or decided disputes are about.
func applyDisputes(contents []standing) {
	for _, name := range disputeNames(contents) {
		var opened *ledger.DisputeOpened
		value := ""
		for _, c := range contents {
			switch p := c.content.Payload.(type) {
			case *ledger.DisputeOpened:
				if p.Dispute == name {
					opened = p
				}
			case *ledger.DisputeDecided:
				if p.Dispute == name {
					value = p.Value
				}
			default:
			}
		}
		if opened == nil || opened.About.IsZero() {
			continue
		}
		lo, hi := hull(opened.Claims)
		when, _ := ledger.Between(lo, hi)
		if v, err := ledger.ParseWhen(value); err == nil && !v.IsZero() {
			when = v
		}
		for i := range contents {
			c := &contents[i]
			if c.id != opened.About {
				continue
			}
			switch opened.Field {
			case "done_on":
				c.content.DoneOn, c.dispute = when, string(name)
			case "effective_on":
				c.content.EffectiveOn, c.dispute = when, string(name)
			case "public_on":
				c.content.PublicOn = when
			}
		}
	}
}

// disputeNames lists the disputes by the latest event that opened them.
func disputeNames(contents []standing) (names []ledger.Name) {
	for i, c := range contents {
		p, ok := c.content.Payload.(*ledger.DisputeOpened)
		later := ok && slices.ContainsFunc(contents[i+1:], func(d standing) bool {
			q, ok := d.content.Payload.(*ledger.DisputeOpened)
			return ok && q.Dispute == p.Dispute
		})
		if ok && !later {
			names = append(names, p.Dispute)
		}
	}
	return names
}

// history draws a small random history: few names, few dates, so that
// everything meets everything.
type history struct {
	t      *rapid.T
	events []*ledger.Event
	n      int
}

func draw[T any](h *history, of []T, label string) T {
	return rapid.SampledFrom(of).Draw(h.t, label)
}

func (h *history) when(label string) ledger.When {
	s := draw(h, []string{
		"1950-01-01", "1950-06-01", "1950-06-01", "1951-03-05", "1951", "1950-06", "1952-01-01", "1953-07-09", "195X", "../1951-01-01", "1952/..", "1950-01-01/1951-12-31", "",
	}, label)
	w, err := ledger.ParseWhen(s)
	if err != nil {
		h.t.Fatal(err)
	}
	return w
}

func (h *history) add(p ledger.Payload) *ledger.Event {
	h.n++
	e := &ledger.Event{
		ID:        ledger.RecordID(ledger.Aggregate{}, strconv.Itoa(h.n)),
		Aggregate: ledger.Aggregate{Dataset: ledger.Core, Kind: ledger.KindAlliance, ID: draw(h, []string{"pact", "pact", "union"}, "alliance")},
		Content:   ledger.Content{Payload: p, DoneOn: h.when("done"), EffectiveOn: draw(h, []ledger.When{{}, h.when("effective")}, "stated")},
	}
	if rapid.IntRange(0, 9).Draw(h.t, "secret") == 0 {
		e.PublicOn = h.when("public")
	}
	h.events = append(h.events, e)
	return e
}

func (h *history) state() ledger.StateID {
	return draw(h, []ledger.StateID{"aland", "borduria", "syldavia"}, "state")
}

// fact draws an event that says something about history.
func (h *history) fact() ledger.Payload {
	s, t := h.state(), h.state()
	clause := ledger.Clause{ID: draw(h, []ledger.ClauseID{"art-1", "art-2"}, "clause"), Kind: "defense"}
	return draw(h, []ledger.Payload{
		&ledger.InstrumentSigned{Signatory: s}, &ledger.InstrumentSigned{Signatory: t}, &ledger.ConsentDeposited{Party: s},
		&ledger.ConsentDeposited{Party: t}, &ledger.InstrumentInForce{}, &ledger.InstrumentInForce{Among: []ledger.StateID{s}},
		&ledger.PartyInForce{Party: s}, &ledger.MemberInvited{State: s}, &ledger.ProtocolSigned{Protocol: "p", AccessionOf: []ledger.StateID{s}},
		&ledger.WithdrawalEffective{Party: s, How: "denunciation"}, &ledger.MemberExcluded{State: s}, &ledger.NoticeGiven{By: s, Of: "withdrawal"},
		&ledger.NoticeRevoked{By: s}, &ledger.ObligationSuspended{By: s, Toward: []ledger.StateID{t}}, &ledger.ObligationResumed{By: s, Toward: []ledger.StateID{t}},
		&ledger.ObligationSuspended{By: s}, &ledger.ObligationResumed{By: s}, &ledger.InstrumentEnded{How: "expiry"}, &ledger.ClauseAdded{Clause: clause},
		&ledger.ClauseChanged{Clause: clause}, &ledger.ClauseEnded{Clause: "art-1"}, &ledger.CommandJoined{State: s, Organ: "staff"}, &ledger.CommandLeft{State: s, Organ: "staff"},
		&ledger.PhaseJoined{State: s, Phase: "p-1"}, &ledger.PhaseLeft{State: s, Phase: "p-1"},
		&ledger.TreatySuccession{Predecessor: s, Successor: t}, &ledger.InstrumentAdopted{},
		&ledger.CoverageDeclared{From: h.when("from"), Through: ledger.OnDay(2000)},
	}, "payload")
}

// step adds one event, which may touch an earlier one.
func (h *history) step() {
	kind := rapid.IntRange(0, 9).Draw(h.t, "step")
	if kind < 6 || len(h.events) == 0 {
		h.add(h.fact())
		return
	}
	target := draw(h, h.events, "target")
	var e *ledger.Event
	switch kind {
	case 6:
		r := ledger.Replacement{Content: ledger.Content{Payload: h.fact(), DoneOn: h.when("done")}}
		e = h.add(&ledger.RecordCorrected{Target: target.ID, Replacement: r})
	case 7:
		e = h.add(&ledger.RecordRetracted{Target: target.ID})
	case 8:
		field := draw(h, []string{"done_on", "effective_on", "public_on"}, "field")
		about := target.ID
		if rapid.IntRange(0, 4).Draw(h.t, "ahead") == 0 {
			about = ledger.RecordID(ledger.Aggregate{}, strconv.Itoa(h.n+3))
		}
		e = h.add(&ledger.DisputeOpened{Dispute: draw(h, []ledger.Name{"x", "y"}, "dispute"), About: about, Field: field, Claims: []ledger.Claim{
			{Value: "1950-02-02"}, {Value: draw(h, []string{"1950-08-08", "1952-02-02"}, "claim")},
		}})
	default:
		e = h.add(&ledger.DisputeDecided{Dispute: draw(h, []ledger.Name{"x", "y"}, "dispute"), Verdict: "upheld", Value: draw(h, []string{"", "1950-02-02"}, "value")})
	}
	if rapid.IntRange(0, 9).Draw(h.t, "astray") > 0 {
		e.Aggregate = target.Aggregate
	}
}

// TestWorldAgainstNaive is the promise of the package: whatever the history,
// the table answers like the naive model, on both axes, under both readings,
// with and without secrets.
func TestWorldAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &history{t: t}
		n := rapid.IntRange(1, 25).Draw(t, "events")
		w := New()
		for range n {
			h.step()
			if err := w.Apply(ledger.Seq(len(h.events)), 0, h.events[len(h.events)-1]); err != nil {
				t.Fatal(err)
			}
		}
		days := []string{"1949-12-31", "1950-01-01", "1950-02-02", "1950-05-31", "1950-06-01", "1950-08-08", "1951-01-01", "1951-12-31", "1952-01-01", "1952-02-02", "1953-07-09", "1999-01-01"}
		for range 12 {
			on, _ := ledger.ParseDate(rapid.SampledFrom(days).Draw(t, "on"))
			q := Query{
				Dataset: ledger.Core, On: on, Known: ledger.Seq(rapid.IntRange(0, n).Draw(t, "known")),
				Reading: Reading(rapid.IntRange(0, 1).Draw(t, "reading")), Public: rapid.Bool().Draw(t, "public"),
			}
			want, got := naive(h.events, q), fast(w, q)
			if !slices.Equal(want, got) {
				for i, e := range h.events {
					t.Logf("%d %s %s done %s effective %s public %s %+v", i+1, e.Aggregate, e.Payload.Type(), e.DoneOn, e.EffectiveOn, e.PublicOn, e.Payload)
				}
				t.Fatalf("%+v\nnaive %q\nworld %q", q, want, got)
			}
		}
	})
}
