package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"foedus/cmd/internal/httpapi"
	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

// frame is one event of a stream.
type frame struct{ event, id, data string }

// stream reads a stream until it has n frames of updates, or breaks.
type stream struct {
	t    testing.TB
	body *bufio.Reader
	stop context.CancelFunc
}

func subscribe(tb testing.TB, base, query string, header ...string) (*stream, *http.Response) {
	tb.Helper()
	s, res := subscribeOr(tb, base, query, header...)
	if res == nil {
		tb.Fatal("there is no server")
	}
	return s, res
}

// subscribeOr returns nil where no server answers.
func subscribeOr(tb testing.TB, base, query string, header ...string) (*stream, *http.Response) {
	tb.Helper()
	ctx, stop := context.WithCancel(tb.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v1/stream"+query, nil)
	if err != nil {
		tb.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		stop()
		return nil, nil
	}
	tb.Cleanup(func() { stop(); _ = res.Body.Close() })
	return &stream{tb, bufio.NewReader(res.Body), stop}, res
}

// next returns the next frame, ok only if there is one.
func (s *stream) next() (f frame, ok bool) {
	for {
		line, err := s.body.ReadString('\n')
		if err != nil {
			return f, false
		}
		name, value, _ := strings.Cut(strings.TrimRight(line, "\n"), ": ")
		switch name {
		case "event":
			f.event = value
		case "id":
			f.id = value
		case "data":
			f.data = value
		case "":
			if f.event != "" {
				return f, true
			}
			f = frame{}
		}
	}
}

// update is the data of an update, as far as a filter looks at it.
type update struct {
	Seq   uint64 `json:"seq"`
	Event struct {
		Subject string `json:"subject"`
		Source  string `json:"source"`
	} `json:"event"`
	Changes []struct {
		Op   string `json:"op"`
		Fact struct {
			Kind    string `json:"kind"`
			Subject string `json:"subject"`
			A       string `json:"a"`
			B       string `json:"b"`
			Value   string `json:"value"`
			How     string `json:"how"`
		} `json:"fact"`
	} `json:"changes"`
}

func decodeUpdate(tb testing.TB, data string) (u update) {
	tb.Helper()
	if err := json.Unmarshal([]byte(data), &u); err != nil {
		tb.Fatalf("%v in %.200s", err, data)
	}
	return u
}

// wants is what a subscriber asks for, judged without the server's own filter.
type wants struct{ alliance, state, kind string }

func (w wants) query() string {
	return fmt.Sprintf("alliance=%s&state=%s&kind=%s", w.alliance, w.state, w.kind)
}

func (w wants) match(u *update) bool {
	if w == (wants{}) {
		return true
	}
	for _, c := range u.Changes {
		f := &c.Fact
		crisis := strings.HasPrefix(f.Subject, "crisis/") && (f.A == w.alliance || f.B == w.alliance || strings.HasPrefix(f.How, w.alliance+"/"))
		if (w.kind == "" || f.Kind == w.kind) && (w.alliance == "" || f.Subject == "alliance/"+w.alliance || crisis) &&
			(w.state == "" || f.A == w.state || f.B == w.state || f.Subject == "state/"+w.state) {
			return true
		}
	}
	return w.kind == "" && (w.state == "" && u.Event.Subject == "alliance/"+w.alliance || w.alliance == "" && u.Event.Subject == "state/"+w.state)
}

// restarts is a server over one log that is started anew now and then.
type restarts struct {
	t    *testing.T
	log  ledger.Log
	mu   sync.Mutex
	r    *rig
	base string
	stop func()
}

// again ends the server that runs, with all its subscribers, and starts another.
func (s *restarts) again() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != nil {
		s.stop()
	}
	streaming, end := context.WithCancel(s.t.Context())
	s.r = newRigOn(s.t, s.log, func(c *httpapi.Config) { c.Heartbeat, c.Streaming = 20*time.Millisecond, streaming })
	server := httptest.NewServer(s.r.handler)
	s.base = server.URL
	s.stop = func() { end(); server.Close() }
}

func (s *restarts) where() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.base
}

// TestStream: whatever is appended, however often subscribers lose their
// connection or the server is started anew, each gets exactly the updates behind
// its start that it asked for, in order, once each.
func TestStream(t *testing.T) {
	log := ledgertest.NewMemory()
	life := &restarts{t: t, log: log}
	life.again()
	defer func() { life.stop() }()
	r := life.r
	events := ledgertest.NewGenerator(11, ledgertest.Options{States: 20, Open: 5}).Encoded(1500)
	appendAll := func(list []ledger.Encoded, rng *rand.Rand) {
		for len(list) > 0 {
			n := min(len(list), 1+rng.IntN(9))
			if _, err := log.Append(t.Context(), ledger.Any(), list[:n]...); err != nil {
				t.Error(err)
				return
			}
			list = list[n:]
		}
	}
	appendAll(events[:300], rand.New(rand.NewPCG(1, 1)))
	if err := r.proj.Wait(t.Context(), 300); err != nil {
		t.Fatal(err)
	}
	states, alliances := decode[httpapi.StateList](t, r.ok("/v1/states")).States, decode[httpapi.AllianceList](t, r.ok("/v1/alliances")).Alliances
	if len(states) < 3 || len(alliances) < 3 {
		t.Fatalf("%d states, %d alliances", len(states), len(alliances))
	}
	asked := []wants{
		{},
		{kind: "party"},
		{alliance: alliances[0].ID},
		{alliance: alliances[1].ID, kind: "party"},
		{state: states[0].ID},
		{state: states[1].ID, kind: "party"},
		{state: states[2].ID, alliance: alliances[2].ID},
	}
	got := make([][]string, len(asked))
	var running sync.WaitGroup
	for i, w := range asked {
		running.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(i), 7))
			after := "0"
			for { // until everything was seen
				s, res := subscribeOr(t, life.where(), "?"+w.query(), "Last-Event-ID", after)
				if res == nil { // just then the server went away
					continue
				}
				left := rng.IntN(200)
				for {
					f, ok := s.next()
					if !ok {
						break
					}
					if f.event == "update" {
						got[i] = append(got[i], f.data)
					}
					if f.id != "" {
						after = f.id
					}
					if n, _ := strconv.Atoi(after); n >= len(events) && (f.event == "caughtup" || f.event == "heartbeat") {
						s.stop()
						return
					}
					if left--; left <= 0 {
						break // the line breaks
					}
				}
				s.stop()
			}
		})
	}
	for from := 300; from < len(events); from += 200 {
		appendAll(events[from:min(from+200, len(events))], rand.New(rand.NewPCG(2, uint64(from))))
		life.again()
	}
	running.Wait()
	if len(got[0]) != len(events) {
		t.Fatalf("%d updates without a filter, want %d", len(got[0]), len(events))
	}
	for i, w := range asked {
		var want []uint64
		for _, data := range got[0] {
			if u := decodeUpdate(t, data); w.match(&u) {
				want = append(want, u.Seq)
			}
		}
		var seqs []uint64
		for _, data := range got[i] {
			seqs = append(seqs, decodeUpdate(t, data).Seq)
		}
		if !slices.Equal(seqs, want) {
			t.Errorf("%+v: got %d updates %v, want %d %v", w, len(seqs), first(seqs), len(want), first(want))
		}
		t.Logf("%+v: %d updates", w, len(seqs))
	}
}

func first(list []uint64) []uint64 { return list[:min(len(list), 40)] }

// TestStreamAnswers: where a subscription starts, how it shows that it is alive,
// and what it refuses.
func TestStreamAnswers(t *testing.T) {
	var mu sync.Mutex
	var cut []string
	streaming, stop := context.WithCancel(t.Context())
	r := newRig(t, func(c *httpapi.Config) {
		c.Heartbeat, c.MaxStreams, c.Streaming = 20*time.Millisecond, 2, streaming
		c.Stream.Cut = func(reason string) { mu.Lock(); defer mu.Unlock(); cut = append(cut, reason) }
	})
	server := httptest.NewServer(r.handler)
	defer server.Close()
	for _, e := range ledgertest.NewGenerator(3, ledgertest.Options{}).Encoded(10) {
		if _, err := r.log.Append(t.Context(), ledger.Any(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.proj.Wait(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		query, header, want string
		status              int
	}{
		{"?after=11", "", "the ledger ends at 10", http.StatusGone},
		{"", "11", "the ledger ends at 10", http.StatusGone},
		{"?after=x", "", "not a sequence number", http.StatusUnprocessableEntity},
		{"", "x", "header.Last-Event-ID", http.StatusUnprocessableEntity},
		{"?kind=partty", "", `did you mean \"party\"`, http.StatusUnprocessableEntity},
		{"?alliance=no-such", "", "no-such", http.StatusUnprocessableEntity},
		{"?state=no-such", "", "no-such", http.StatusUnprocessableEntity},
		{"?dataset=no-such", "", "no-such", http.StatusUnprocessableEntity},
		{"?colour=red", "", "colour", http.StatusUnprocessableEntity},
	} {
		a := r.get("/v1/stream"+bad.query, "Last-Event-ID", bad.header)
		if a.StatusCode != bad.status || !strings.Contains(a.body, bad.want) {
			t.Errorf("%s %s: %d %s; want %d with %s", bad.query, bad.header, a.StatusCode, a.body, bad.status, bad.want)
		}
	}

	s, res := subscribe(t, server.URL, "?after=8")
	if res.Header.Get("Content-Type") != "text/event-stream" {
		t.Errorf("content type %q", res.Header.Get("Content-Type"))
	}
	var kinds []string
	for len(kinds) < 4 {
		f, ok := s.next()
		if !ok {
			t.Fatalf("the stream broke off after %v", kinds)
		}
		kinds = append(kinds, f.event+f.id)
	}
	if want := []string{"update9", "update10", "caughtup10", "heartbeat10"}; !slices.Equal(kinds, want) {
		t.Errorf("got %v, want %v", kinds, want)
	}
	fresh, _ := subscribe(t, server.URL, "")
	if f, ok := fresh.next(); !ok || f.event != "caughtup" || f.id != "10" {
		t.Errorf("a subscription to what comes begins with %v", f)
	}
	_, third := subscribe(t, server.URL, "")
	if third.StatusCode != http.StatusServiceUnavailable || third.Header.Get("Retry-After") == "" {
		t.Errorf("a third subscriber: %d, Retry-After %q", third.StatusCode, third.Header.Get("Retry-After"))
	}
	stop()
	for f, ok := s.next(); ok; f, ok = s.next() {
		if f.event != "heartbeat" {
			t.Errorf("unexpected %v", f)
		}
	}
	for { // they went by themselves or with the server: nobody was cut off for a fault
		if _, ok := fresh.next(); !ok {
			break
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(cut) > 0 {
		t.Errorf("cut off: %v", cut)
	}
}
