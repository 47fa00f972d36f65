package httpapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"foedus/cmd/internal/httpapi"
	"foedus/ledger"
	"foedus/ledger/ledgertest"
	"foedus/projections/live"
)

// issue is a problem document.
type issue struct {
	Title, Detail string
	Status        int
	Errors        []struct {
		Location, Message string
		Value             any
	}
}

// TestProblems asks what cannot be answered. The detail says what is wrong, and
// the first error where.
func TestProblems(t *testing.T) {
	r := withHistory(t)
	for _, c := range []struct {
		target string
		status int
		at     string // location of the first error
		says   string
	}{
		{"/v1/alliances/nat", 404, "path.id", `there is no alliance "nat"; did you mean nato?`},
		{"/v1/alliances/nat/timeline", 404, "path.id", "nato"},
		{"/v1/alliances/nato?known=0", 404, "path.id", "nato"},
		{"/v1/states/grece", 404, "path.id", "greece"},
		{"/v1/states/XYZ", 404, "path.id", "XYZ on 2026-03-01"},
		{"/v1/alliances?state=grece", 422, "query.state", `there is no state "grece"; did you mean greece?`},
		{"/v1/events?alliance=nat", 422, "query.alliance", "nato"},
		{"/v1/diff?from=1950-01-01&to=1960-01-01&state=grece", 422, "query.state", "greece"},
		{"/v1/world?on=1955-02-30", 422, "query.on", "1955-02-30"},
		{"/v1/world?on=yesterday", 422, "query.on", "write YYYY-MM-DD"},
		{"/v1/world?known=40", 422, "query.known", "ends at 39"},
		{"/v1/world?known=soon", 422, "query.known", "RFC 3339"},
		{"/v1/world?reading=signed", 422, "query.reading", "in-force, signature"},
		{"/v1/world?public=yes", 422, "query.public", `public "yes"`},
		{"/v1/world?datset=core", 422, "query.datset", `did you mean "dataset"?`},
		{"/v1/world?on=1950-01-01&on=1960-01-01", 422, "query.on", "more than once"},
		{"/v1/world?on=%zz", 422, "query", "cannot be read"},
		{"/v1/world?dataset=cor", 422, "query.dataset", "did you mean core?"},
		{"/v1/world?format=xml", 422, "query.format", "json, csv"},
		{"/v1/events?limit=0", 422, "query.limit", ">= 1"},
		{"/v1/events?limit=1001", 422, "query.limit", "<= 1000"},
		{"/v1/events?after=x", 422, "query.after", "sequence number"},
		{"/v1/events?type=instrument.singed", 422, "query.type", "instrument.signed"},
		{"/v1/events/nonsense", 404, "path.id", "ULID"},
		{"/v1/events/" + id(999), 404, "path.id", "there is no event"},
		{"/v1/diff", 422, "query.from", "say what to compare"},
		{"/v1/diff?from=1950-01-01", 422, "query.to", "is missing"},
		{"/v1/diff?from=1950-01-01&to=1960-01-01&known_from=1", 422, "query.from", "keep one pair"},
		{"/v1/diff?from=1950-01-01&to=1960-01-01&on=1950-01-01", 422, "query.on", "leave it out"},
		{"/v1/diff?known_to=3", 422, "query.known_from", "is missing"},
		{"/v1/export/spels.csv", 404, "path.product", "spells.csv"},
		{"/v1/wordl", 404, "", "/v1/world"},
		{"/metrics", 404, "", "there is no route"},
	} {
		t.Run(c.target, func(t *testing.T) { wantProblem(t, r.get(c.target), c.status, c.at, c.says) })
	}
}

func wantProblem(t *testing.T, a answer, status int, at, says string) {
	t.Helper()
	if a.StatusCode != status || a.Header.Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d %s, want %d and a problem document\n%s", a.StatusCode, a.Header.Get("Content-Type"), status, a.body)
	}
	p := decode[issue](t, a)
	if p.Status != status || p.Title == "" || !strings.Contains(strings.ToLower(p.Detail), strings.ToLower(says)) {
		t.Errorf("detail %q, want it to say %q", p.Detail, says)
	}
	if at != "" && (len(p.Errors) == 0 || p.Errors[0].Location != at) {
		t.Errorf("errors %+v, want the first at %s", p.Errors, at)
	}
	if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("ETag") != "" || a.Header.Get("Foedus-Seq") == "" {
		t.Errorf("headers of an error: %v", a.Header)
	}
}

func TestMethods(t *testing.T) {
	r := withHistory(t)
	a := r.do(http.MethodDelete, "/v1/events", "")
	wantProblem(t, a, http.StatusMethodNotAllowed, "", "GET or POST")
	if a.Header.Get("Allow") != "GET, POST, HEAD" || a.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("headers %v", a.Header)
	}
	if a := r.do(http.MethodHead, "/v1/world", ""); a.StatusCode != http.StatusOK || a.body != "" || a.Header.Get("ETag") == "" {
		t.Errorf("HEAD: %d %q %v", a.StatusCode, a.body, a.Header)
	}
	if a := r.ok("/v1/world"); a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("a question cannot be asked from elsewhere: %v", a.Header)
	}
}

// TestAmbiguous asks with a code that two states have.
func TestAmbiguous(t *testing.T) {
	r := withHistory(t)
	a := r.post("/v1/events", event(200, "state/belgium", "state.coded", `"done_on":"1950-01-01","scheme":"cow-abbrev","code":"POL"`))
	if a.StatusCode != http.StatusCreated {
		t.Fatal(a.body)
	}
	a = r.post("/v1/events", event(201, "state/albania", "state.coded", `"done_on":"1950-01-01","scheme":"cow","code":"290"`))
	if a.StatusCode != http.StatusCreated {
		t.Fatal(a.body)
	}
	wantProblem(t, r.get("/v1/alliances?state=cow:290&on=1960-01-01"), 422, "query.state", "albania, poland")
	wantProblem(t, r.get("/v1/states/cow:290?on=1960-01-01"), 422, "path.id", "albania, poland")
}

// TestPanic checks that a panic becomes a problem document.
func TestPanic(t *testing.T) {
	r := newRig(t, func(c *httpapi.Config) { c.Doctor = func() any { panic("boo") } })
	a := r.get("/v1/doctor")
	wantProblem(t, a, http.StatusInternalServerError, "", "made a mistake")
	if strings.Contains(a.body, "boo") {
		t.Error("the panic shows")
	}
}

// broken is a log that cannot append.
type broken struct {
	*ledgertest.Memory
	err error
}

func (b *broken) appendError() error { return fmt.Errorf("append: %w", b.err) }

// TestStatuses maps every kind of error of the log to its status.
func TestStatuses(t *testing.T) {
	for err, want := range map[error]int{
		ledger.ErrConflict: 409, ledger.ErrIDTaken: 409, ledger.ErrInvalid: 422, ledger.ErrNoSpace: 507,
		ledger.ErrUnknownOutcome: 503, ledger.ErrDamaged: 500, ledger.ErrClosed: 503, errors.New("else"): 500,
	} {
		log := &broken{ledgertest.NewMemory(), err}
		reason := ""
		r := newRigOn(t, failing{log}, func(c *httpapi.Config) { c.Rejected = func(s string) { reason = s } })
		uncited, _, _ := strings.Cut(history()[1], `,"citations"`)
		a := r.post("/v1/events", uncited+"}}")
		wantProblem(t, a, want, "", "")
		if reason == "" {
			t.Errorf("%v is not counted", err)
		}
		if retry := a.Header.Get("Retry-After"); (want == 503) != (retry != "") {
			t.Errorf("%v: Retry-After %q", err, retry)
		}
	}
}

// TestNotReady asks a server whose projection does not run.
func TestNotReady(t *testing.T) {
	log := ledgertest.NewMemory()
	r := &rig{tb: t, log: log, proj: live.New(log)}
	r.handler = httpapi.New(httpapi.Config{Log: log, Projection: r.proj})
	wantProblem(t, r.get("/readyz"), http.StatusServiceUnavailable, "", "replayed")
	if a := r.get("/healthz"); a.StatusCode != http.StatusOK {
		t.Errorf("healthz: %d", a.StatusCode)
	}
	_ = log.Close()
	if err := r.proj.Run(t.Context()); err == nil {
		t.Fatal("the projection runs on a closed log")
	}
	wantProblem(t, r.get("/v1/world"), http.StatusServiceUnavailable, "", "stopped")
}
