package natsfeed

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"

	log "foedus/ledger/jetstream"
)

// echo answers with the request itself, like an API would.
func echo(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Foedus-Seq", "7")
	switch {
	case strings.Contains(r.URL.Path, "nobody"):
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"title":"Not Found","status":404,"detail":"there is no\nnobody"}`)
	case strings.Contains(r.URL.Path, "huge"):
		_, _ = w.Write(make([]byte, 2<<20)) // a collector does not fail
	case strings.Contains(r.URL.Path, "broken"):
		panic(http.ErrAbortHandler)
	default:
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, "%s %s %s", r.Method, r.Header.Get("Accept"), r.URL)
	}
}

// service runs the service over an embedded server.
func service(t *testing.T, cfg QueryConfig) (nc *nats.Conn, stop func()) {
	t.Helper()
	r := newRig(t, log.Config{Dir: t.TempDir()})
	cfg.Conn = r.log.Conn()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- NewQueries(cfg).Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	r.until("the service answers", func() bool {
		_, err := cfg.Conn.Request("foedus.query.diff", nil, time.Second)
		return err == nil
	})
	return cfg.Conn, stop
}

func ask(t *testing.T, nc *nats.Conn, subject, body string) *nats.Msg {
	t.Helper()
	m, err := nc.Request("foedus.query."+subject, []byte(body), 10*time.Second)
	if err != nil {
		t.Fatalf("%s %s: %v", subject, body, err)
	}
	return m
}

// TestQuestions: a question becomes the request of the HTTP API, and what that
// answers the answer.
func TestQuestions(t *testing.T) {
	nc, _ := service(t, QueryConfig{Handler: http.HandlerFunc(echo)})
	for _, c := range []struct{ subject, body, target string }{
		{"at", "", "/v1/world"},
		{"at", " {} ", "/v1/world"},
		{"at", `{"on":"1955-05-06","certain":true,"known":12}`, "/v1/world?certain=true&known=12&on=1955-05-06"},
		{"at", `{"alliance":"nato","on":"1955-05-06"}`, "/v1/alliances/nato?on=1955-05-06"},
		{"at", `{"state":"cow:290"}`, "/v1/states/cow:290"},
		{"at", `{"state":"a/b?c"}`, "/v1/states/a%2Fb%3Fc"},
		{"timeline", `{"alliance":"nato","public":true}`, "/v1/alliances/nato/timeline?public=true"},
		{"timeline", `{"state":"greece"}`, "/v1/states/greece/timeline"},
		{"diff", `{"from":"1954-01-01","to":"1956-01-01","state":"poland"}`, "/v1/diff?from=1954-01-01&state=poland&to=1956-01-01"},
		{"obligations", `{"attacked":"poland","by":["germany","soviet-union"],"forces":true}`, "/v1/obligations?attacked=poland&by=germany&by=soviet-union&forces=true"},
	} {
		m := ask(t, nc, c.subject, c.body)
		if want := "GET application/json http://foedus" + c.target; string(m.Data) != want {
			t.Errorf("%s %s: %s, want %s", c.subject, c.body, m.Data, want)
		}
		if m.Header.Get("Foedus-Seq") != "7" || m.Header.Get("Content-Type") != "application/json" || m.Header.Get(micro.ErrorHeader) != "" {
			t.Errorf("%s %s: headers %v", c.subject, c.body, m.Header)
		}
	}
	for _, c := range []struct{ subject, body, code, says string }{
		{"at", `{"alliance":"nobody"}`, "404", "there is no nobody"},
		{"at", `{"alliance":"nato","state":"greece"}`, "422", "one alliance or one state"},
		{"at", `{"alliance":""}`, "422", "one alliance or one state"},
		{"timeline", ``, "422", `{"state":"greece"}`},
		{"at", `[]`, "422", "JSON object"},
		{"at", `{"on":`, "422", "JSON object"},
		{"at", `{} {}`, "422", "follows"},
		{"at", `{"on":[1955]}`, "422", `"on"`},
		{"at", `{"on":{"year":1955}}`, "422", `"on"`},
		{"at", `{"on":null}`, "422", `"on"`},
		{"timeline", `{"alliance":"huge"}`, "413", "2097152 bytes"},
		{"at", `{"state":"broken"}`, "500", "broke off"},
	} {
		m := ask(t, nc, c.subject, c.body)
		if code, text := m.Header.Get(micro.ErrorCodeHeader), m.Header.Get(micro.ErrorHeader); code != c.code || !strings.Contains(text, c.says) {
			t.Errorf("%s %s: %s %q, want %s and %q", c.subject, c.body, code, text, c.code, c.says)
		}
		var p problem
		if err := json.Unmarshal(m.Data, &p); err != nil || strconv.Itoa(p.Status) != c.code {
			t.Errorf("%s %s: the body is %s", c.subject, c.body, m.Data)
		}
		if m.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s %s: %v", c.subject, c.body, m.Header)
		}
	}
}

// TestAtOnce: no more questions are answered at once than there may be, all are
// answered, and when the service has ended none is.
func TestAtOnce(t *testing.T) {
	var now, most atomic.Int64
	release := make(chan struct{})
	nc, stop := service(t, QueryConfig{AtOnce: 3, Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.URL.Path, "slow") {
			return
		}
		n := now.Add(1)
		defer now.Add(-1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		<-release
	})})
	var asked sync.WaitGroup
	for range 20 {
		asked.Go(func() {
			if _, err := nc.Request("foedus.query.at", []byte(`{"state":"slow"}`), 20*time.Second); err != nil {
				t.Error(err)
			}
		})
	}
	for deadline := time.Now().Add(10 * time.Second); now.Load() < 2; {
		if time.Now().After(deadline) {
			t.Error("questions wait for each other")
			break
		}
		<-time.After(time.Millisecond)
	}
	close(release)
	asked.Wait()
	if most.Load() > 3 {
		t.Errorf("%d questions were answered at once, want at most 3", most.Load())
	}
	stop()
	if now.Load() != 0 {
		t.Error("a question is being answered after the end")
	}
	if _, err := nc.Request("foedus.query.at", nil, time.Second); err == nil {
		t.Error("a service that ended answers")
	}
}
