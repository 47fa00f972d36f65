package natsfeed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	"github.com/nats-io/nats.go/jetstream"

	"foedus/ledger"
	log "foedus/ledger/jetstream"
	"foedus/ledger/ledgertest"
	"foedus/projections"
)

// errInjected is what a test lets fail.
var errInjected = errors.New("injected")

// sometimes fails with a probability of 1 in n. It is safe for concurrent use.
func sometimes(rng *rand.Rand, mu *sync.Mutex, n int) func() error {
	return func() error {
		mu.Lock()
		defer mu.Unlock()
		if rng.IntN(n) == 0 {
			return errInjected
		}
		return nil
	}
}

// TestExactlyOnce: whatever is appended, and however often publishers are
// killed, lose an acknowledgement or run beside each other, the stream holds in
// the end what a naive rendering of the log gives, byte for byte and once each.
func TestExactlyOnce(t *testing.T) {
	seeds := 4
	if testing.Short() {
		seeds = 1
	}
	base := uint64(time.Now().UnixNano())
	for i := range seeds {
		seed := base + uint64(i)
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			var mu sync.Mutex // guards rng
			rng := rand.New(rand.NewPCG(seed, 0))
			draw := func(n int) int {
				mu.Lock()
				defer mu.Unlock()
				return rng.IntN(n)
			}
			r := newRig(t, log.Config{Dir: t.TempDir()})
			g := ledgertest.NewGenerator(seed, ledgertest.SmallWorld())
			faulty := func(p *Publisher) {
				p.interrupt, p.forget = sometimes(rng, &mu, 8), sometimes(rng, &mu, 4)
			}
			for range 12 {
				var stops []func() error
				for range 1 + draw(2) {
					stops = append(stops, running(t, r.publisher(faulty)))
				}
				for range draw(5) {
					r.append(g.Encoded(1 + draw(40))...)
				}
				wait, cancel := context.WithTimeout(t.Context(), time.Duration(draw(120))*time.Millisecond)
				<-wait.Done()
				cancel()
				for _, stop := range stops {
					if err := stop(); err != nil {
						t.Fatal(err)
					}
				}
				want, got := r.naive(), r.published()
				if len(got) > len(want) {
					t.Fatalf("%d messages, and the log makes %d", len(got), len(want))
				}
				r.compare(got, want[:len(got)])
			}
			running(t, r.publisher(faulty))
			running(t, r.publisher(nil))
			r.complete()
		})
	}
}

// TestReopened: a publisher goes on where the stream ends when the store is
// opened again, and one process is as good as another.
func TestReopened(t *testing.T) {
	dir := t.TempDir()
	events := ledgertest.NewGenerator(4, ledgertest.Options{}).Encoded(3000)
	r := newRig(t, log.Config{Dir: dir})
	for i := 0; i < 2000; i += 500 {
		r.append(events[i : i+500]...)
	}
	stop := running(t, r.publisher(nil))
	r.reaches(700)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	if err := r.log.Close(); err != nil {
		t.Fatal(err)
	}
	r = newRig(t, log.Config{Dir: dir})
	r.append(events[2000:]...)
	running(t, r.publisher(nil))
	r.complete()
}

// wide is an alliance of so many states that its end has more groups of changes
// than one batch takes.
func wide(t *testing.T) (out []ledger.Encoded) {
	t.Helper()
	when, err := ledger.ParseWhen("1950-01-01")
	if err != nil {
		t.Fatal(err)
	}
	add := func(p ledger.Payload) {
		e := ledger.Event{
			ID:        ledger.EventID{0, 1, 2, byte(len(out))},
			Aggregate: ledger.Aggregate{Dataset: ledger.Core, Kind: ledger.KindAlliance, ID: "everybody"},
			Recorded:  time.Unix(1, 0),
			Content:   ledger.Content{DoneOn: when, Payload: p, Citations: []ledger.Citation{{Source: "s", Grade: ledger.GradeA}}},
		}
		enc, err := ledger.Encode(&e)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, enc)
	}
	for i := range 3 {
		var among []ledger.StateID
		for j := range 400 {
			among = append(among, ledger.StateID(fmt.Sprintf("state-%d-%d", i, j)))
		}
		add(&ledger.InstrumentInForce{Among: among})
	}
	when, err = ledger.ParseWhen("1960-01-01")
	if err != nil {
		t.Fatal(err)
	}
	add(&ledger.InstrumentEnded{How: "consent"})
	return out
}

// TestWide: an event with more parts than a batch takes is published in several,
// and a publisher that is killed in between goes on in the middle.
func TestWide(t *testing.T) {
	r := newRig(t, log.Config{Dir: t.TempDir()})
	events := wide(t)
	r.append(events...)
	r.append(ledgertest.NewGenerator(9, ledgertest.Options{}).Encoded(3)...)
	var failed atomic.Bool
	once := 0
	stop := running(t, r.publisher(func(p *Publisher) {
		p.interrupt = func() error {
			if once++; once > 3 { // two events, one more, and the first thousand parts of the end
				failed.Store(true)
				return errInjected
			}
			return nil
		}
	}))
	r.until("a publication failed", failed.Load)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	var end told
	all := r.published()
	if err := json.Unmarshal([]byte(all[len(all)-1].body), &end); err != nil || end.Data.Part == end.Data.Parts || end.Data.Parts <= mostMessages {
		t.Fatalf("the stream ends with %+v, %v; want it in the middle of an event", end, err)
	}
	running(t, r.publisher(nil))
	r.complete()
}

// TestForeign: a stream that tells of another log is left alone.
func TestForeign(t *testing.T) {
	for name, again := range map[string]func(events []ledger.Encoded) []ledger.Encoded{
		"shorter": func(events []ledger.Encoded) []ledger.Encoded { return events[:10] },
		"other": func([]ledger.Encoded) []ledger.Encoded {
			return ledgertest.NewGenerator(12, ledgertest.Options{}).Encoded(50)
		},
	} {
		events := ledgertest.NewGenerator(11, ledgertest.Options{}).Encoded(30)
		one := newRig(t, log.Config{Dir: t.TempDir()})
		one.append(events...)
		running(t, one.publisher(nil))
		one.complete()
		other := newRig(t, log.Config{Dir: t.TempDir()})
		other.append(again(events)...)
		p, err := NewPublisher(Config{Log: other.log, Projection: other.proj, Conn: one.log.Conn(), Changes: rendered})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(t.Context()); !errors.Is(err, ErrForeign) {
			t.Errorf("%s: %v, want that it belongs to another log", name, err)
		}
		one.complete()
	}
}

// TestUnfit: a stream that could lose updates is refused.
func TestUnfit(t *testing.T) {
	r := newRig(t, log.Config{Dir: t.TempDir()})
	if _, err := r.log.JetStream().CreateStream(t.Context(), jetstream.StreamConfig{
		Name: StreamName, Subjects: []string{"foedus.update.>"}, MaxMsgs: 10,
	}); err != nil {
		t.Fatal(err)
	}
	err := r.publisher(nil).Run(t.Context())
	if !errors.Is(err, ErrUnfit) || !strings.Contains(err.Error(), "deny deletion") || !strings.Contains(err.Error(), "limits") {
		t.Errorf("%v, want what is wrong with the stream", err)
	}
}

// TestStopped: a publisher ends with its projection, after it has published what
// that one has, and with what cannot be rendered.
func TestStopped(t *testing.T) {
	r := newRig(t, log.Config{Dir: t.TempDir()})
	r.append(ledgertest.NewGenerator(1, ledgertest.Options{}).Encoded(5)...)
	p := r.publisher(func(p *Publisher) {
		p.cfg.Changes = func(*projections.World, *ledger.Entry) ([]Change, error) { return nil, errInjected }
	})
	if err := p.Run(t.Context()); !errors.Is(err, errInjected) {
		t.Errorf("%v, want what the rendering failed with", err)
	}
	published := make(chan int, 10)
	p = r.publisher(func(p *Publisher) {
		p.cfg.Published = func(messages int, _ ledger.Seq) { published <- messages }
	})
	ended := make(chan error, 1)
	go func() { ended <- p.Run(t.Context()) }()
	<-published
	if err := r.log.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, ErrProjection) && !errors.Is(err, ledger.ErrClosed) {
		t.Errorf("%v, want that the projection stopped", err)
	}
}

// TestForeignReader: the CloudEvents library reads every update and every event
// of the log, and finds nothing wrong with them.
func TestForeignReader(t *testing.T) {
	r := newRig(t, log.Config{Dir: t.TempDir()})
	r.append(ledgertest.NewGenerator(21, ledgertest.Options{States: 20}).Encoded(500)...)
	running(t, r.publisher(nil))
	r.complete()
	byID := make(map[string]bool)
	for _, m := range r.published() {
		var e cloudevents.Event
		if err := json.Unmarshal([]byte(m.body), &e); err != nil {
			t.Fatalf("%v in\n%s", err, m.body)
		}
		if err := e.Validate(); err != nil {
			t.Fatalf("%v in\n%s", err, m.body)
		}
		if e.SpecVersion() != "1.0" || e.Type() != EventType || e.ID() != m.id || byID[e.ID()] || e.DataContentType() != "application/json" {
			t.Fatalf("it reads %s", e)
		}
		byID[e.ID()] = true
		var data struct {
			Event json.RawMessage `json:"event"`
		}
		if err := e.DataAs(&data); err != nil {
			t.Fatal(err)
		}
		foreign(t, data.Event)
	}
	s, err := r.log.JetStream().Stream(t.Context(), "FOEDUS")
	if err != nil {
		t.Fatal(err)
	}
	for seq := uint64(1); seq <= 500; seq++ {
		m, err := s.GetMsg(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		foreign(t, m.Data)
	}
}

func foreign(t *testing.T, b []byte) {
	t.Helper()
	var e cloudevents.Event
	err := json.Unmarshal(b, &e)
	if err == nil {
		err = e.Validate()
	}
	if err != nil {
		t.Fatalf("%v in\n%s", err, b)
	}
}
