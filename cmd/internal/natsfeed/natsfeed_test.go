package natsfeed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"foedus/ledger"
	log "foedus/ledger/jetstream"
	"foedus/ledger/ledgertest"
	"foedus/projections"
	"foedus/projections/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a log with a projection that follows it.
type rig struct {
	tb   testing.TB
	log  *log.Log
	proj *live.Projection
}

func newRig(tb testing.TB, cfg log.Config) *rig {
	tb.Helper()
	l, err := log.Open(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	r := &rig{tb, l, live.New(l)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.proj.Run(tb.Context())
	}()
	tb.Cleanup(func() {
		_ = l.Close()
		<-done
	})
	return r
}

// change is a change as these tests render it.
type change struct {
	Op    string `json:"op"`
	Kind  string `json:"kind"`
	A     string `json:"a"`
	Value string `json:"value"`
}

func rendered(w *projections.World, e *ledger.Entry) (out []Change, err error) {
	changes := w.Update(e.Seq)
	for i := range changes {
		f := &changes[i].Fact
		b, err := json.Marshal(change{changes[i].Op, string(f.Kind), f.A, f.Value})
		if err != nil {
			return nil, err
		}
		out = append(out, Change{f, b})
	}
	return out, nil
}

// publisher makes a publisher of the rig; adjust may be nil.
func (r *rig) publisher(adjust func(*Publisher)) *Publisher {
	r.tb.Helper()
	p, err := NewPublisher(Config{
		Log: r.log, Projection: r.proj, Conn: r.log.Conn(), Changes: rendered, Replicas: r.log.Replicas(), Timeout: 5 * time.Second,
	})
	if err != nil {
		r.tb.Fatal(err)
	}
	if adjust != nil {
		adjust(p)
	}
	return p
}

// running starts a publisher; stop kills it and returns how it ended.
func running(tb testing.TB, p *Publisher) (stop func() error) {
	tb.Helper()
	ctx, kill := context.WithCancel(tb.Context())
	ended := make(chan error, 1)
	go func() {
		err := p.Run(ctx)
		if err != nil {
			tb.Logf("the publisher ended: %v", err)
		}
		ended <- err
	}()
	stopped, result := false, error(nil)
	stop = func() error {
		if kill(); !stopped {
			stopped, result = true, <-ended
		}
		return result
	}
	tb.Cleanup(func() { _ = stop() })
	return stop
}

func (r *rig) append(events ...ledger.Encoded) {
	r.tb.Helper()
	if _, err := r.log.Append(r.tb.Context(), ledger.Any(), events...); err != nil {
		r.tb.Fatal(err)
	}
}

// expected is a message as it should be.
type expected struct{ subject, id, body string }

// naive renders what the stream should hold, from the log alone: a World that
// applies one event after the other, and encoding/json.
func (r *rig) naive() (out []expected) {
	r.tb.Helper()
	w := projections.New()
	for e, err := range r.log.Read(r.tb.Context(), 0) {
		if err != nil {
			r.tb.Fatal(err)
		}
		event, err := ledger.Decode(e.Bytes)
		if err != nil {
			r.tb.Fatal(err)
		}
		if err := w.Apply(e.Seq, 0, &event); err != nil {
			r.tb.Fatal(err)
		}
		out = append(out, r.naiveUpdate(w, &e)...)
	}
	return out
}

func (r *rig) naiveUpdate(w *projections.World, e *ledger.Entry) (out []expected) {
	r.tb.Helper()
	changes, err := rendered(w, e)
	if err != nil {
		r.tb.Fatal(err)
	}
	or := func(s string) string {
		if s == "" {
			return "_"
		}
		return s
	}
	var subjects []string
	groups := make(map[string][]json.RawMessage)
	for _, c := range changes {
		s := fmt.Sprintf("foedus.update.%s.%s.%s.%s", e.Aggregate.Dataset, c.Fact.Kind, or(string(c.Fact.Alliance())), or(string(c.Fact.State())))
		if _, ok := groups[s]; !ok {
			subjects = append(subjects, s)
		}
		groups[s] = append(groups[s], c.JSON)
	}
	if len(changes) == 0 {
		alliance, state := "_", "_"
		switch e.Aggregate.Kind {
		case ledger.KindAlliance:
			alliance = e.Aggregate.ID
		case ledger.KindState:
			state = e.Aggregate.ID
		case ledger.KindCrisis, ledger.KindLedger:
		}
		s := fmt.Sprintf("foedus.update.%s._.%s.%s", e.Aggregate.Dataset, alliance, state)
		subjects, groups[s] = []string{s}, []json.RawMessage{}
	}
	var event struct {
		Subject      json.RawMessage `json:"subject"`
		Time         json.RawMessage `json:"time"`
		RecordedTime json.RawMessage `json:"recordedtime"`
	}
	if err := json.Unmarshal(e.Bytes, &event); err != nil {
		r.tb.Fatal(err)
	}
	for i, s := range subjects {
		id := updateID(e.ID, i+1).String()
		list, err := json.Marshal(groups[s])
		if err != nil {
			r.tb.Fatal(err)
		}
		when := ""
		if len(event.Time) > 0 {
			when = `"time":` + string(event.Time) + ","
		}
		body := fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"/foedus/%s","type":"foedus.fact.changed.v1","subject":%s,%s"recordedtime":%s,`+
			`"datacontenttype":"application/json","data":{"seq":%d,"part":%d,"parts":%d,"event":%s,"changes":%s}}`,
			id, e.Aggregate.Dataset, event.Subject, when, event.RecordedTime, e.Seq, i+1, len(subjects), e.Bytes, list)
		out = append(out, expected{s, id, body})
	}
	return out
}

// published reads the whole stream.
func (r *rig) published() (out []expected) {
	r.tb.Helper()
	s, err := r.log.JetStream().Stream(r.tb.Context(), StreamName)
	if err != nil {
		r.tb.Fatal(err)
	}
	last := s.CachedInfo().State.LastSeq
	if last == 0 {
		return nil
	}
	c, err := r.log.JetStream().OrderedConsumer(r.tb.Context(), StreamName, jetstream.OrderedConsumerConfig{})
	if err != nil {
		r.tb.Fatal(err)
	}
	for away := 0; uint64(len(out)) < last; {
		batch, err := c.Fetch(int(min(500, last-uint64(len(out)))), jetstream.FetchMaxWait(5*time.Second))
		if err != nil {
			r.tb.Fatal(err)
		}
		n := 0
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil {
				r.tb.Fatal(err)
			}
			if meta.Sequence.Stream != uint64(len(out)+1) {
				r.tb.Fatalf("message %d follows %d", meta.Sequence.Stream, len(out))
			}
			if got := m.Headers().Get("Content-Type"); got != "application/cloudevents+json" {
				r.tb.Fatalf("message %d has the content type %q", meta.Sequence.Stream, got)
			}
			out = append(out, expected{m.Subject(), m.Headers().Get("Nats-Msg-Id"), string(m.Data())})
			n++
		}
		// In a cluster the consumer may be there before a server answers for it.
		if away++; n == 0 && errors.Is(batch.Error(), nats.ErrNoResponders) && away < 50 {
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if n == 0 {
			r.tb.Fatalf("%d of %d messages: %v", len(out), last, batch.Error())
		}
	}
	return out
}

// complete waits until the stream holds as many messages as it should, and
// compares.
func (r *rig) complete() {
	r.tb.Helper()
	want := r.naive()
	r.reaches(len(want))
	r.compare(r.published(), want)
}

func (r *rig) compare(got, want []expected) {
	r.tb.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			r.tb.Fatalf("message %d is\n%s %s\n%s\nwant\n%s %s\n%s", i+1, got[i].subject, got[i].id, got[i].body, want[i].subject, want[i].id, want[i].body)
		}
	}
	if len(got) != len(want) {
		r.tb.Fatalf("%d messages, want %d", len(got), len(want))
	}
}

// reaches waits until the stream has n messages.
func (r *rig) reaches(n int) {
	r.tb.Helper()
	r.until(fmt.Sprintf("the stream has %d messages", n), func() bool { return r.messages() >= n })
}

func (r *rig) messages() int {
	s, err := r.log.JetStream().Stream(r.tb.Context(), StreamName)
	if err != nil {
		return 0
	}
	return int(s.CachedInfo().State.LastSeq)
}

func (r *rig) until(what string, ok func() bool) {
	r.tb.Helper()
	for deadline := time.Now().Add(60 * time.Second); !ok(); {
		if time.Now().After(deadline) {
			r.tb.Fatalf("not in time: %s; the projection is at %+v, the stream at %d", what, r.proj.Status(), r.messages())
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-r.tb.Context().Done():
			r.tb.Fatal(r.tb.Context().Err())
		}
	}
}

// TestSubjects: whatever the generator tells of, subjects have six tokens and a
// kind of fact, and every sequence is there.
func TestSubjects(t *testing.T) {
	r := newRig(t, log.Config{Dir: t.TempDir()})
	r.append(ledgertest.NewGenerator(3, ledgertest.SmallWorld()).Encoded(300)...)
	stop := running(t, r.publisher(nil))
	r.complete()
	if err := stop(); err != nil {
		t.Error(err)
	}
	seqs := make(map[ledger.Seq]bool)
	kinds := append(projections.FactKinds(), "_")
	for _, m := range r.published() {
		tokens := strings.Split(m.subject, ".")
		if len(tokens) != 6 || !slices.Contains(kinds, tokens[3]) || slices.Contains(tokens, "") {
			t.Errorf("subject %q", m.subject)
		}
		var d told
		if err := json.Unmarshal([]byte(m.body), &d); err != nil {
			t.Fatal(err)
		}
		seqs[d.Data.Seq] = true
	}
	if len(seqs) != 300 {
		t.Errorf("%d sequences, want 300", len(seqs))
	}
}
