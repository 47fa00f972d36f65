package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"foedus/cmd/internal/httpapi"
	"foedus/ledger"
	"foedus/ledger/ledgertest"
	"foedus/projections/live"
)

const token = "open sesame"

// rig is a server over a log in memory, with a projection that follows it.
type rig struct {
	feed    *httpapi.Feed
	tb      testing.TB
	log     ledger.Log
	handler http.Handler
	proj    *live.Projection
}

// newRig starts a server; adjust may change its configuration.
func newRig(tb testing.TB, adjust func(*httpapi.Config)) *rig {
	tb.Helper()
	log := ledgertest.NewMemory()
	return newRigOn(tb, log, adjust)
}

func newRigOn(tb testing.TB, log ledger.Log, adjust func(*httpapi.Config)) *rig {
	tb.Helper()
	r := &rig{tb: tb, log: log, proj: live.New(log)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = r.proj.Run(tb.Context())
	}()
	tb.Cleanup(func() {
		_ = log.Close()
		<-done
	})
	feed := httpapi.NewFeed(r.proj, log)
	r.feed = feed
	feeding, stop := context.WithCancel(tb.Context())
	fed := make(chan struct{})
	go func() {
		defer close(fed)
		feed.Run(feeding)
	}()
	tb.Cleanup(func() {
		stop()
		<-fed
	})
	minted := 0
	c := httpapi.Config{
		Feed: feed,
		Log:  log, Projection: r.proj, Token: token, Version: "test",
		Now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) },
		NewID: func() ledger.EventID {
			minted++
			var id ledger.EventID
			copy(id[:], fmt.Sprintf("\x01minted%09d", minted))
			return id
		},
	}
	if adjust != nil {
		adjust(&c)
	}
	r.handler = httpapi.New(c)
	if err := r.proj.WaitReady(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return r
}

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

func (r *rig) do(method, target, body string, header ...string) answer {
	r.tb.Helper()
	req := httptest.NewRequestWithContext(r.tb.Context(), method, target, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	r.handler.ServeHTTP(rec, req)
	res := rec.Result()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		r.tb.Fatal(err)
	}
	return answer{res, string(b)}
}

func (r *rig) get(target string, header ...string) answer {
	r.tb.Helper()
	return r.do(http.MethodGet, target, "", header...)
}

func (r *rig) post(target, body string) answer {
	r.tb.Helper()
	return r.do(http.MethodPost, target, body, "Authorization", "Bearer "+token, "Content-Type", "application/json")
}

// ok asks and fails unless the answer is 200.
func (r *rig) ok(target string, header ...string) answer {
	r.tb.Helper()
	a := r.get(target, header...)
	if a.StatusCode != http.StatusOK {
		r.tb.Fatalf("GET %s: %d\n%s", target, a.StatusCode, a.body)
	}
	return a
}

// decode reads a JSON answer.
func decode[T any](tb testing.TB, a answer) T {
	tb.Helper()
	var v T
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		tb.Fatalf("%v in\n%s", err, a.body)
	}
	return v
}

// id returns the id of the n-th event of the history.
func id(n int) string {
	var x ledger.EventID
	copy(x[:], fmt.Sprintf("\x01history%08d", n))
	return x.String()
}

// event renders a CloudEvents document; fields is the inside of data without
// citations.
func event(n int, subject, typ, fields string) string {
	if fields != "" {
		fields += ","
	}
	return fmt.Sprintf(`{"specversion":"1.0","id":%q,"source":"/foedus/core","type":"foedus.%s.v1","subject":%q,`+
		`"recordedtime":"2026-01-01T00:00:00Z","datacontenttype":"application/json",`+
		`"data":{%s"citations":[{"source":"unts","locator":"p. %d","grade":"A"}]}}`, id(n), typ, subject, fields, n)
}

// history is a small past: NATO with Greece's accession, the Warsaw Pact with
// Albania's withdrawal, a secret treaty, and the states in them.
func history() []string {
	var list []string
	add := func(subject, typ, fields string) {
		list = append(list, event(len(list)+1, subject, typ, fields))
	}
	add("ledger/unts", "source.added", `"title":"United Nations Treaty Series","form":"treaty-text"`)
	add("ledger/core", "coverage.declared", `"from":"1816-01-01","through":"2020-12-31","scope":"alliances"`)
	states := []struct{ id, name, cow, iso string }{
		{"belgium", "Belgium", "211", "BEL"},
		{"canada", "Canada", "20", "CAN"},
		{"greece", "Greece", "350", "GRC"},
		{"albania", "Albania", "339", "ALB"},
		{"soviet-union", "Soviet Union", "365", "SUN"},
		{"poland", "Poland", "290", "POL"},
	}
	for _, s := range states {
		add("state/"+s.id, "state.formed", `"done_on":"1900-01-01","name":"`+s.name+`"`)
		add("state/"+s.id, "state.coded", `"done_on":"1900-01-01","scheme":"cow","code":"`+s.cow+`"`)
		add("state/"+s.id, "state.coded", `"done_on":"1900-01-01","scheme":"gw","code":"`+s.cow+`"`)
		add("state/"+s.id, "state.coded", `"done_on":"1900-01-01","scheme":"iso3","code":"`+s.iso+`"`)
	}
	nato, pact := "alliance/nato", "alliance/warsaw-pact"
	add(nato, "instrument.described", `"title":"North Atlantic Treaty","form":"treaty","aliases":["NATO"]`)
	add(nato, "instrument.signed", `"done_on":"1949-04-04","signatory":"belgium","place":"Washington"`)
	add(nato, "instrument.signed", `"done_on":"1949-04-04","signatory":"canada","place":"Washington"`)
	add(nato, "instrument.in_force", `"done_on":"1949-08-24","among":["belgium","canada"]`)
	add(nato, "clause.added", `"clause":{"id":"art-5","article":"Art. 5","label":"Collective defence","kind":"defense",`+
		`"bearer":["@parties"],"trigger":{"is":"attack","against":["@parties"]}}`)
	add(nato, "protocol.signed", `"done_on":"1951-10-17","protocol":"accession-1951","accession_of":["greece"]`)
	add(nato, "consent.deposited", `"done_on":"1952-02-18","party":"greece","mode":"accession"`)
	add(pact, "instrument.described", `"title":"Treaty of Friendship","form":"treaty","aliases":["Warsaw Pact"]`)
	add(pact, "instrument.in_force", `"done_on":"1955-06-04","among":["albania","soviet-union","poland"]`)
	add(pact, "withdrawal.effective", `"done_on":"1968-09","party":"albania","how":"denunciation"`)
	add(pact, "instrument.ended", `"done_on":"1991-07-01","how":"consent"`)
	add("alliance/secret", "instrument.described", `"public_on":"1970-01-01","title":"Secret Pact","form":"treaty"`)
	add("alliance/secret", "instrument.in_force", `"done_on":"1930-01-01","public_on":"1970-01-01","among":["greece","poland"]`)
	return list
}

// withHistory is a server that holds the history, appended through POST.
func withHistory(tb testing.TB) *rig {
	tb.Helper()
	r := newRig(tb, nil)
	a := r.post("/v1/events", "["+strings.Join(history(), ",")+"]")
	if a.StatusCode != http.StatusCreated {
		tb.Fatalf("POST history: %d\n%s", a.StatusCode, a.body)
	}
	return r
}
