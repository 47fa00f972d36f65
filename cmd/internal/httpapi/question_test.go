package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"foedus/cmd/internal/httpapi"
	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

// told is an update of a standing question.
type told struct {
	Seq      int               `json:"seq"`
	Event    json.RawMessage   `json:"event"`
	Question httpapi.Question  `json:"question"`
	Before   httpapi.Standing  `json:"before"`
	After    httpapi.Standing  `json:"after"`
	Answer   *httpapi.Standing `json:"answer"`
}

func text(doc any) string {
	b, _ := json.Marshal(doc)
	return string(b)
}

// plainAllies answers allies-of out of the documents of the API.
func plainAllies(r *rig, state, on string, known int) string {
	a := r.get(fmt.Sprintf("/v1/states/%s?on=%s&known=%d", state, on, known))
	if a.StatusCode == http.StatusNotFound { // nothing tells of it yet
		return "[]"
	}
	doc := decode[httpapi.State](r.tb, a)
	out := httpapi.Standing{Allies: []httpapi.StandingAlly{}}
	for _, a := range doc.Allies {
		slices.Sort(a.Alliances)
		out.Allies = append(out.Allies, httpapi.StandingAlly{State: a.State, Certainty: a.Certainty, Alliances: a.Alliances})
	}
	slices.SortFunc(out.Allies, func(x, y httpapi.StandingAlly) int { return strings.Compare(x.State, y.State) })
	return text(out.Allies)
}

// plainMembers answers members-of likewise.
func plainMembers(r *rig, alliance, on string, known int) string {
	doc := decode[httpapi.Alliance](r.tb, r.ok(fmt.Sprintf("/v1/alliances/%s?on=%s&known=%d", alliance, on, known)))
	out := []string{}
	for _, m := range doc.Members {
		out = append(out, text([]any{m.State, m.Status, m.Interval, m.Certainty}))
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// TestQuestions: a subscriber to an answer hears of every event that changes it
// and of no other, with the answer before and after, by asking the API at each
// sequence.
func TestQuestions(t *testing.T) {
	r := newRig(t, func(c *httpapi.Config) { c.Heartbeat = 10 * time.Millisecond })
	server := httptest.NewServer(r.handler)
	defer server.Close()
	events := ledgertest.NewGenerator(21, ledgertest.Options{States: 8, Open: 3}).Encoded(400)
	for _, e := range events {
		if _, err := r.log.Append(t.Context(), ledger.Any(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.proj.Wait(t.Context(), ledger.Seq(len(events))); err != nil {
		t.Fatal(err)
	}
	changes := 0
	for _, on := range []string{"1950-06-01", "1975-03-03", "2000-01-01"} {
		for _, s := range decode[httpapi.StateList](t, r.ok("/v1/states")).States[:4] {
			changes += follows(t, server.URL, "question=allies-of&state="+s.ID, on, len(events),
				func(known int) string { return plainAllies(r, s.ID, on, known) },
				func(s *httpapi.Standing) string { return text(s.Allies) })
		}
		for _, a := range decode[httpapi.AllianceList](t, r.ok("/v1/alliances")).Alliances[:6] {
			changes += follows(t, server.URL, "question=members-of&alliance="+a.ID, on, len(events),
				func(known int) string {
					if res := r.get(fmt.Sprintf("/v1/alliances/%s?on=%s&known=%d", a.ID, on, known)); res.StatusCode == http.StatusNotFound {
						return ""
					}
					return plainMembers(r, a.ID, on, known)
				},
				func(s *httpapi.Standing) string {
					var out []string
					for _, m := range s.Members {
						out = append(out, text([]any{m.State, m.Status, m.Interval, m.Certainty}))
					}
					slices.Sort(out)
					return strings.Join(out, "\n")
				})
		}
	}
	if changes < 60 {
		t.Errorf("only %d changes of answers: the test says little", changes)
	}
}

// follows hears a question from the beginning and compares with what the API
// answers at every sequence. It returns how often the answer changed.
func follows(t *testing.T, base, question, on string, last int, plain func(known int) string, form func(*httpapi.Standing) string) (n int) {
	t.Helper()
	s, res := subscribe(t, base, "?"+question+"&on="+on, "Last-Event-ID", "0")
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", question, res.StatusCode)
	}
	defer s.stop()
	f, ok := s.next()
	var begin told
	if err := json.Unmarshal([]byte(f.data), &begin); !ok || err != nil || f.event != "answer" || begin.Answer == nil || begin.Question.On != on {
		t.Fatalf("%s begins with %+v, %v", question, f, err)
	}
	was := plain(0)
	heard := map[int]told{}
	for f, ok = s.next(); ok && f.event != "caughtup"; f, ok = s.next() {
		var u told
		if err := json.Unmarshal([]byte(f.data), &u); err != nil || f.event != "update" {
			t.Fatalf("%s: %+v, %v", question, f, err)
		}
		heard[u.Seq] = u
	}
	for seq := 1; seq <= last; seq++ {
		is := plain(seq)
		u, told := heard[seq]
		switch {
		case told && (form(&u.Before) != was || form(&u.After) != is):
			t.Errorf("%s on %s at %d: heard %s then %s; the API says %s then %s", question, on, seq, form(&u.Before), form(&u.After), was, is)
		case told && len(u.Event) < 10:
			t.Errorf("%s at %d: no event is named", question, seq)
		case !told && is != was:
			t.Errorf("%s on %s at %d: nothing was heard of %s then %s", question, on, seq, was, is)
		case told:
			n++
		}
		was = is
	}
	return n
}

// TestQuestionOfToday: a question about today moves on with the days, and tells
// when that alone changes its answer.
func TestQuestionOfToday(t *testing.T) {
	var day atomic.Int64
	day.Store(time.Date(1966, 6, 30, 12, 0, 0, 0, time.UTC).Unix())
	r := newRig(t, func(c *httpapi.Config) {
		c.Heartbeat = 10 * time.Millisecond
		c.Now = func() time.Time { return time.Unix(day.Load(), 0) }
	})
	if a := r.post("/v1/events", "["+strings.Join(history(), ",")+"]"); a.StatusCode != http.StatusCreated {
		t.Fatal(a.body)
	}
	server := httptest.NewServer(r.handler)
	defer server.Close()
	on := func(date string) []httpapi.Member {
		return decode[httpapi.Alliance](t, r.ok("/v1/alliances/nato?on="+date)).Members
	}
	s, _ := subscribe(t, server.URL, "?question=members-of&alliance=nato")
	for f, ok := s.next(); f.event != "caughtup"; f, ok = s.next() {
		if !ok {
			t.Fatal("the stream broke off")
		}
	}
	day.Store(time.Date(1940, 1, 1, 12, 0, 0, 0, time.UTC).Unix())
	for f, ok := s.next(); ; f, ok = s.next() {
		if !ok {
			t.Fatal("the stream broke off")
		}
		if f.event == "heartbeat" {
			continue
		}
		var u told
		if err := json.Unmarshal([]byte(f.data), &u); err != nil {
			t.Fatal(err)
		}
		if string(u.Event) != "null" || len(u.Before.Members) != len(on("1966-06-30")) || len(u.After.Members) != len(on("1940-01-01")) || u.Question.On != "1940-01-01" {
			t.Errorf("got %s", f.data)
		}
		break
	}
}

// TestQuestionsRefused: what is not a question, or lacks what it is about.
func TestQuestionsRefused(t *testing.T) {
	r := newRig(t, nil)
	if a := r.post("/v1/events", "["+strings.Join(history(), ",")+"]"); a.StatusCode != http.StatusCreated {
		t.Fatal(a.body)
	}
	for query, want := range map[string]string{
		"question=alies-of&state=greece":                  `did you mean \"allies-of\"`,
		"question=zzzzzz":                                 "members-of",
		"question=allies-of":                              "query.state",
		"question=members-of&state=greece":                "query.alliance",
		"question=members-of&alliance=nato&kind=party":    "query.kind",
		"question=world&state=greece":                     "query.state",
		"question=bound-to-defend&state=greece":           "query.by",
		"question=bound-to-defend&state=greece&by=greece": "query.by",
		"question=bound-to-defend&by=greece":              "query.state",
		"question=bound-to-defend&state=greece&by=grece":  "did you mean",
		"question=allies-of&state=greece&by=albania":      "query.by",
		"by=greece":                    "query.by",
		"question=world&on=1914-13-01": "query.on",
		"question=world&snapshot=true": "query.snapshot",
		"snapshot=true&after=0":        "query.snapshot",
		"on=1914-08-01":                "query.on",
		"public=true":                  "query.public",
	} {
		a := r.get("/v1/stream?" + query)
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s; want %s", query, a.StatusCode, a.body, want)
		}
	}
}

// TestSnapshot: a subscription that begins with a snapshot has every fact of the
// head, and what comes afterwards adds up to the facts of a later head.
func TestSnapshot(t *testing.T) {
	r := newRig(t, func(c *httpapi.Config) { c.Heartbeat = 10 * time.Millisecond })
	server := httptest.NewServer(r.handler)
	defer server.Close()
	events := ledgertest.NewGenerator(31, ledgertest.Options{States: 20, Open: 5}).Encoded(900)
	add := func(list []ledger.Encoded) {
		for len(list) > 0 {
			n := min(len(list), 7)
			receipts, err := r.log.Append(t.Context(), ledger.Any(), list[:n]...)
			if err != nil {
				t.Fatal(err)
			}
			list = list[n:]
			if err := r.proj.Wait(t.Context(), receipts[n-1].Seq); err != nil {
				t.Fatal(err)
			}
		}
	}
	add(events[:500])
	rest := events[500:]
	for _, filter := range []url.Values{{}, {"kind": {"party"}}, {"state": {decode[httpapi.StateList](t, r.ok("/v1/states")).States[0].ID}}} {
		facts := map[string]int{}
		s, _ := subscribe(t, server.URL, "?snapshot=true&"+filter.Encode())
		f, ok := s.next()
		for ; ok && f.event == "snapshot"; f, ok = s.next() {
			var part struct {
				Last  bool           `json:"last"`
				Facts []httpapi.Fact `json:"facts"`
			}
			if err := json.Unmarshal([]byte(f.data), &part); err != nil {
				t.Fatal(err)
			}
			for i := range part.Facts {
				facts[content(&part.Facts[i])]++
			}
			if part.Last != (f.id != "") {
				t.Error("only the last part has an id")
			}
		}
		if !ok || f.event != "caughtup" || len(facts) < 10 {
			t.Fatalf("%v: %d facts, then %+v", filter, len(facts), f)
		}
		s.stop()
		s, _ = subscribe(t, server.URL, "?snapshot=true&"+filter.Encode(), "Last-Event-ID", f.id) // goes on, and is sent no snapshot again
		add(rest[:130])
		rest = rest[130:]
		head := int(r.proj.Status().Applied)
		for seq := 0; seq < head; {
			f, ok := s.next()
			if !ok || f.event == "snapshot" {
				t.Fatalf("got %+v", f)
			}
			if f.id != "" {
				_, _ = fmt.Sscan(f.id, &seq)
			}
			if f.event != "update" {
				continue
			}
			var u struct {
				Changes []httpapi.Change `json:"changes"`
			}
			if err := json.Unmarshal([]byte(f.data), &u); err != nil {
				t.Fatal(err)
			}
			for i := range u.Changes {
				facts[content(&u.Changes[i].Fact)] += map[string]int{"opened": 1, "closed": -1}[u.Changes[i].Op]
			}
		}
		s.stop()
		fresh := map[string]int{}
		s, _ = subscribe(t, server.URL, "?snapshot=true&"+filter.Encode())
		for f, ok := s.next(); ok && f.event == "snapshot"; f, ok = s.next() {
			var part struct {
				Facts []httpapi.Fact `json:"facts"`
			}
			if err := json.Unmarshal([]byte(f.data), &part); err != nil {
				t.Fatal(err)
			}
			for i := range part.Facts {
				fresh[content(&part.Facts[i])]++
			}
		}
		s.stop()
		for k, n := range facts {
			if n != fresh[k] {
				t.Errorf("%v: %d times, a new snapshot has it %d times: %s", filter, n, fresh[k], k)
			}
		}
		for k, n := range fresh {
			if facts[k] != n {
				t.Errorf("%v: missing: %s", filter, k)
			}
		}
	}
}

// content is what a fact says, without since when it is known and from which of
// several agreeing events.
func content(f *httpapi.Fact) string {
	c := *f
	c.Known, c.Events, c.Finding = 0, nil, ""
	return text(c)
}

// TestVanishing: clients that connect and vanish leave nothing behind.
func TestVanishing(t *testing.T) {
	var now, most atomic.Int64
	r := newRig(t, func(c *httpapi.Config) {
		c.Stream.Subscribed = func(delta int) {
			if n := now.Add(int64(delta)); n > most.Load() {
				most.Store(n)
			}
		}
	})
	server := httptest.NewServer(r.handler)
	defer server.Close()
	times := 10_000
	if testing.Short() {
		times = 500
	}
	for range times {
		ctx, vanish := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/v1/stream", nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		vanish()
		_ = res.Body.Close()
	}
	for deadline := time.Now().Add(20 * time.Second); now.Load() > 0 || r.feed.Topics() > 0; {
		if time.Now().After(deadline) {
			t.Fatalf("%d subscribers and %d topics are left", now.Load(), r.feed.Topics())
		}
		time.Sleep(time.Millisecond)
	}
	t.Logf("at most %d at a time", most.Load())
}
