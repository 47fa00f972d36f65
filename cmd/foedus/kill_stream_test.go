package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"foedus/cmd/internal/natsfeed"
	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

// load appends to servers that are killed. A batch whose outcome is not known is
// sent again to the next server.
type load struct {
	g     *ledgertest.Generator
	rng   *rand.Rand
	batch []ledger.Encoded // not acknowledged yet
	acked int
}

// run appends until it fails, or for n batches.
func (l *load) run(ctx context.Context, url, token string, n int) error {
	for range n {
		if l.batch == nil {
			l.batch = l.g.Encoded(1 + l.rng.IntN(12))
		}
		docs := make([]string, len(l.batch))
		for i, e := range l.batch {
			docs[i] = string(e.Bytes)
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/v1/events", strings.NewReader("["+strings.Join(docs, ",")+"]"))
		if err != nil {
			return err
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := direct().Do(req)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil {
			return err
		}
		if res.StatusCode == http.StatusUnprocessableEntity { // the generator refers to what it tells of later
			l.batch = nil
			continue
		}
		if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusCreated {
			return fmt.Errorf("status %d: %s", res.StatusCode, body)
		}
		l.acked += len(l.batch)
		l.batch = nil
	}
	return nil
}

// overHTTP is a subscriber to server-sent events that goes on at the last event
// which it got.
type overHTTP struct {
	last string
	got  []carried
}

// run collects until the connection breaks, or through a sequence.
func (s *overHTTP) run(ctx context.Context, url string, through int) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/v1/stream?after=0", http.NoBody)
	if err != nil {
		return err
	}
	if s.last != "" {
		req.Header.Set("Last-Event-ID", s.last)
	}
	res, err := direct().Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d after %q", res.StatusCode, s.last)
	}
	var event, id, data string
	for in := bufio.NewReader(res.Body); through == 0 || len(s.got) < through; {
		line, err := in.ReadString('\n')
		if err != nil {
			return err // a frame that was cut short does not count
		}
		switch name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); name {
		case "event":
			event = value
		case "id":
			id = value
		case "data":
			data = value
		case "":
			if event == "update" {
				var c carried
				if err := json.Unmarshal([]byte(data), &c); err != nil {
					return err
				}
				c.Part, c.Parts = 1, 1
				s.got = append(s.got, c)
			}
			if id != "" {
				s.last = id
			}
			event, id, data = "", "", ""
		}
	}
	return nil
}

// overNATS is a durable pull consumer that acknowledges a message after it has
// recorded it. Acknowledgements may be lost with the server, so that messages come
// again: those that it has recorded are known by their ids.
type overNATS struct {
	got   []carried
	known map[string]bool
	again int
}

// run collects until the connection breaks, or through a sequence.
func (s *overNATS) run(ctx context.Context, address, password string, through int) error {
	nc, err := nats.Connect(address, nats.UserInfo("reader", password), nats.NoReconnect())
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	c, err := js.CreateOrUpdateConsumer(ctx, natsfeed.StreamName, jetstream.ConsumerConfig{
		Durable: "collector", AckPolicy: jetstream.AckExplicitPolicy, AckWait: time.Second,
		MaxAckPending: 1, // so that nothing new comes before what comes again
	})
	if err != nil {
		return err
	}
	for through == 0 || len(s.got) == 0 || s.got[len(s.got)-1].Seq < through || s.got[len(s.got)-1].Part < s.got[len(s.got)-1].Parts {
		wait, cancel := context.WithTimeout(ctx, 5*time.Second)
		m, err := c.Next(jetstream.FetchContext(wait))
		cancel()
		if err != nil && wait.Err() != nil && ctx.Err() == nil {
			continue
		}
		if err != nil {
			return err
		}
		if err := s.record(m); err != nil {
			return err
		}
		if err := m.Ack(); err != nil {
			return err
		}
	}
	return nil
}

func (s *overNATS) record(m jetstream.Msg) error {
	var u struct {
		ID   string  `json:"id"`
		Data carried `json:"data"`
	}
	if err := json.Unmarshal(m.Data(), &u); err != nil {
		return err
	}
	if s.known[u.ID] {
		s.again++
		return nil
	}
	s.known[u.ID] = true
	s.got = append(s.got, u.Data)
	return nil
}

// TestKilledStreams kills a server again and again under load, while a
// subscriber over HTTP and a consumer over NATS collect its updates: in the end
// both have every update of every event that was acknowledged, once and in order,
// and the same.
func TestKilledStreams(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	l := &load{g: ledgertest.NewGenerator(seed, ledgertest.Options{States: 30, Open: 5}), rng: rng}
	web, bus := &overHTTP{}, &overNATS{known: make(map[string]bool)}
	data := t.TempDir()
	for round := range rounds(20) {
		p := start(t, data, "--no-seed", "--nats-listen", "127.0.0.1:0")
		ctx, cancel := context.WithCancel(t.Context())
		address, password := p.natsOf()
		token := p.token()
		var ended sync.WaitGroup
		for _, run := range []func() error{
			func() error { return l.run(ctx, p.url, token, 1_000_000) },
			func() error { return web.run(ctx, p.url, 0) },
			func() error { return bus.run(ctx, address, password, 0) },
		} {
			ended.Go(func() { _ = run() }) // each ends with the server
		}
		wait := time.NewTimer(time.Duration(20+rand.IntN(400)) * time.Millisecond)
		<-wait.C
		p.stop(syscall.SIGKILL)
		cancel()
		ended.Wait()
		t.Logf("round %d: %d events acknowledged, %d updates over HTTP, %d messages over NATS, %d of them again", round, l.acked, len(web.got), len(bus.got), bus.again)
	}
	p := start(t, data, "--no-seed", "--nats-listen", "127.0.0.1:0")
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	if err := l.run(ctx, p.url, p.token(), 5); err != nil {
		t.Fatal(err)
	}
	res, _ := p.ask(http.MethodGet, "/v1/world", "")
	head, err := strconv.Atoi(res.Header.Get("Foedus-Seq"))
	if err != nil || head != l.acked {
		t.Fatalf("the ledger ends at %d, %v; %d events were acknowledged", head, err, l.acked)
	}
	if err := web.run(ctx, p.url, head); err != nil {
		t.Fatal(err)
	}
	address, password := p.natsOf()
	if err := bus.run(ctx, address, password, head); err != nil {
		t.Fatal(err)
	}
	whole := join(t, bus.got)
	for i, want := range join(t, web.got) {
		if i >= len(whole) || whole[i].text() != want.text() {
			t.Fatalf("update %d differs over NATS and over HTTP", i+1)
		}
	}
	if len(whole) != head {
		t.Errorf("%d updates over NATS, want %d", len(whole), head)
	}
	p.stop(syscall.SIGTERM)
}
