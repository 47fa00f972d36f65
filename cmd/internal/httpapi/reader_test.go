package httpapi_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"foedus/cmd/internal/httpapi"
	"foedus/ledger"
)

// TestOpenAPI checks that the document is one, and that every route and every
// parameter of the interface is there.
func TestOpenAPI(t *testing.T) {
	r := newRig(t, nil)
	spec := decode[struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Parameters  []struct{ Name, In, Description string }
			Responses   map[string]any
		}
		Components struct{ Schemas map[string]any }
	}](t, r.ok("/openapi.json"))
	if !strings.HasPrefix(spec.OpenAPI, "3.1") {
		t.Errorf("version %s", spec.OpenAPI)
	}
	point := "on known reading public certain dataset format "
	for path, params := range map[string]string{
		"get /v1/world": point, "get /v1/alliances": point + "state q", "get /v1/alliances/{id}": point + "id",
		"get /v1/alliances/{id}/timeline": point + "id", "get /v1/states": point + "q", "get /v1/states/{id}": point + "id",
		"get /v1/states/{id}/timeline": point + "id", "get /v1/diff": point + "from to known_from known_to alliance state",
		"get /v1/events": "after limit dataset alliance state type known format", "get /v1/events/{id}": "id",
		"post /v1/events": "expect strict dataset", "get /v1/export/{product}.{format}": "product format on year_rule from to full of sha256 known reading public certain dataset",
		"get /v1/obligations":  point + "attacked by nonstate act place forces domain provocation attribution extent assume propagate chain without",
		"post /v1/obligations": point + "attacked by nonstate act place forces domain provocation attribution extent assume propagate chain without",
		"get /v1/performance":  point + "alliance state crisis",
		"get /v1/places":       "q format",
		"get /v1/doctor":       "", "get /healthz": "", "get /readyz": "",
	} {
		method, path, _ := strings.Cut(path, " ")
		op, ok := spec.Paths[path][method]
		if !ok {
			t.Errorf("no %s %s", method, path)
			continue
		}
		var got []string
		for _, p := range op.Parameters {
			got = append(got, p.Name)
			if p.Description == "" {
				t.Errorf("%s %s: %s is not described", method, path, p.Name)
			}
		}
		want := strings.Fields(params)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Errorf("%s %s takes %v, want %v", method, path, got, want)
		}
	}
	wantReferences(t, spec.Components.Schemas, r.ok("/openapi.json").body)
}

// wantReferences checks that every reference of the document leads somewhere.
func wantReferences(t *testing.T, schemas map[string]any, body string) {
	t.Helper()
	for part := range strings.SplitSeq(body, `"$ref":"`) {
		name, ok := strings.CutPrefix(part, "#/components/schemas/")
		if name, _, _ = strings.Cut(name, `"`); ok && schemas[name] == nil {
			t.Errorf("%s is referred to and not there", name)
		}
	}
}

// TestDocs checks that the reader needs nothing from elsewhere.
func TestDocs(t *testing.T) {
	r := newRig(t, nil)
	a := r.ok("/docs")
	for _, bad := range []string{"http://", "https://", "//cdn", "src=", "@import", "eval("} {
		if strings.Contains(a.body, bad) {
			t.Errorf("the reader contains %s", bad)
		}
	}
	csp := a.Header.Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'; script-src 'sha256-") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") {
		t.Errorf("policy %q", csp)
	}
	if home := r.get("/"); home.StatusCode != http.StatusFound || home.Header.Get("Location") != "/docs" {
		t.Errorf("/: %d to %q", home.StatusCode, home.Header.Get("Location"))
	}
}

// TestObserved checks what the log and the metrics are told.
func TestObserved(t *testing.T) {
	var routes, reasons []string
	var logged strings.Builder
	r := newRig(t, func(c *httpapi.Config) {
		c.Observe = func(route, method string, _ int, _ time.Duration) { routes = append(routes, method+" "+route) }
		c.Rejected = func(reason string) { reasons = append(reasons, reason) }
		c.Logger = slog.New(slog.NewTextHandler(&logged, nil))
		c.Metrics = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("up 1\n")) })
		c.Doctor = func() any { return map[string]int{"subscribers": 3} }
	})
	r.get("/v1/world")
	r.get("/v1/world")
	r.get("/v1/alliances/nato")
	r.get("/nowhere/at/all")
	r.do(http.MethodPost, "/v1/events", "{}")
	r.post("/v1/events", "{}")
	r.post("/v1/events", strings.Repeat(" ", 2<<20))
	if body := r.ok("/metrics").body; body != "up 1\n" {
		t.Errorf("metrics %q", body)
	}
	if body := r.ok("/v1/doctor").body; !strings.Contains(body, `"extra":{"subscribers":3}`) {
		t.Errorf("doctor %s", body)
	}
	want := "GET /v1/world,GET /v1/world,GET /v1/alliances/{id},GET ,POST /v1/events,POST /v1/events,POST /v1/events,GET /metrics,GET /v1/doctor"
	if got := strings.Join(routes, ","); got != want {
		t.Errorf("observed %s\nwant %s", got, want)
	}
	if got := strings.Join(reasons, ","); got != "unauthorized,invalid,too_large" {
		t.Errorf("reasons %s", got)
	}
	if n := strings.Count(logged.String(), "msg=request"); n != 9 || !strings.Contains(logged.String(), "route=/v1/world status=200") {
		t.Errorf("%d lines:\n%s", n, logged.String())
	}
}

// TestSummaries tells of one event of every type: the sentence is not the
// definition of the type, and leaves no gap.
func TestSummaries(t *testing.T) {
	r := newRig(t, nil)
	files, err := filepath.Glob("../../../ledger/testdata/golden/*.json")
	if err != nil || len(files) < len(ledger.Types()) {
		t.Fatalf("%d golden events for %d types, %v", len(files), len(ledger.Types()), err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		e, err := ledger.Decode([]byte(strings.TrimSpace(string(b))))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		enc, err := ledger.Encode(&e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.log.Append(t.Context(), ledger.Any(), enc); err != nil {
			t.Fatal(err)
		}
	}
	head, err := r.log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.proj.Wait(t.Context(), head); err != nil {
		t.Fatal(err)
	}
	told := make(map[string]string)
	for _, kind := range []string{"alliance", "state"} {
		for _, name := range mentioned(t, r, kind) {
			if a := r.get("/v1/" + kind + "s/" + name + "/timeline"); a.StatusCode == http.StatusOK {
				for _, e := range decode[httpapi.Timeline](t, a).Entries {
					told[e.Type] = e.Summary
				}
			}
		}
	}
	for typ, s := range told {
		t.Logf("%-24s %s", typ, s)
		if s == "" || s == ledger.Type(typ).Doc() || strings.Contains(s, "  ") || strings.Contains(s, "()") || strings.HasSuffix(s, " ") {
			t.Errorf("%s: %q", typ, s)
		}
	}
	if len(told) < 40 {
		t.Errorf("only %d types were told of", len(told))
	}
}

// mentioned lists what the events in the log are about.
func mentioned(t *testing.T, r *rig, kind string) (names []string) {
	t.Helper()
	for line := range strings.Lines(r.ok("/v1/events?format=jsonl").body) {
		var e struct{ Subject string }
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatal(err)
		}
		if name, ok := strings.CutPrefix(e.Subject, kind+"/"); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
