package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"foedus/cmd/internal/httpapi"
)

// plainDefenders answers bound-to-defend out of the answers about obligations.
func plainDefenders(r *rig, state, by, on string, known int) string {
	a := r.get(fmt.Sprintf("/v1/obligations?attacked=%s&by=%s&on=%s&known=%d&provocation=unprovoked", state, by, on, known))
	if a.StatusCode == http.StatusUnprocessableEntity { // nothing tells of them yet
		return "[]"
	}
	doc := decode[httpapi.Obligations](r.tb, a)
	out := []httpapi.StandingDuty{}
	for _, verdict := range []string{"bound", "arguable"} {
		for i := range doc.Duties {
			d := &doc.Duties[i]
			if d.Verdict != verdict || !d.Fights || d.Kind == "offense" {
				continue
			}
			at := slices.IndexFunc(out, func(s httpapi.StandingDuty) bool { return s.State == d.State })
			switch {
			case at < 0:
				out = append(out, httpapi.StandingDuty{State: d.State, Verdict: verdict, Clauses: []string{d.Alliance + "/" + d.Clause}})
			case out[at].Verdict == verdict:
				out[at].Clauses = append(out[at].Clauses, d.Alliance+"/"+d.Clause)
			}
		}
	}
	slices.SortFunc(out, func(x, y httpapi.StandingDuty) int { return strings.Compare(x.State, y.State) })
	return text(out)
}

// TestBoundToDefend: a subscriber hears who is bound whenever that changes, and
// between two updates it stays, by asking the API here and there.
func TestBoundToDefend(t *testing.T) {
	r := withSeeds(t)
	server := httptest.NewServer(r.handler)
	defer server.Close()
	head := int(r.proj.Status().Applied)
	for _, c := range []struct{ state, by, on string }{
		{"poland", "germany", "1939-09-01"}, {"belgium", "germany", "1914-08-04"}, {"south-korea", "north-korea", "1960-01-01"},
	} {
		s, res := subscribe(t, server.URL, fmt.Sprintf("?question=bound-to-defend&state=%s&by=%s&on=%s", c.state, c.by, c.on), "Last-Event-ID", "0")
		if res.StatusCode != http.StatusOK {
			t.Fatal(res.Status)
		}
		begun := time.Now()
		was, from, updates := "", 0, 0
		for f, ok := s.next(); ; f, ok = s.next() {
			if !ok {
				t.Fatal("the stream broke off")
			}
			var u told
			seq := head + 1
			if f.event != "caughtup" {
				if err := json.Unmarshal([]byte(f.data), &u); err != nil {
					t.Fatalf("%+v: %v", f, err)
				}
				seq = u.Seq
			}
			if f.event != "answer" {
				for known := from; known < seq; known += 97 {
					if is := plainDefenders(r, c.state, c.by, c.on, known); is != was {
						t.Errorf("%s at %d: the API says %s, heard %s", c.state, known, is, was)
					}
				}
				if is := plainDefenders(r, c.state, c.by, c.on, seq-1); seq > 1 && is != was {
					t.Errorf("%s before %d: the API says %s, heard %s", c.state, seq, is, was)
				}
			}
			if f.event == "caughtup" {
				break
			}
			if f.event == "answer" {
				was = text(u.Answer.Defenders)
				continue
			}
			updates++
			if text(u.Before.Defenders) != was || u.Question.By != c.by {
				t.Errorf("%s at %d: before is %s, heard %s", c.state, seq, text(u.Before.Defenders), was)
			}
			was, from = text(u.After.Defenders), seq
		}
		s.stop()
		t.Logf("%s: %d updates in %v, at last %s", c.state, updates, time.Since(begun), was)
		if updates == 0 {
			t.Errorf("%s: nothing was heard", c.state)
		}
	}
}
