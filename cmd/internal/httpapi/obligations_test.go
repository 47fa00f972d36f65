package httpapi_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"foedus/cmd/internal/httpapi"
	"foedus/ingest"
	"foedus/ingest/seed"
	"foedus/ledger"
	"foedus/ledger/ledgertest"
	"foedus/seeds"
)

// withSeeds is a server over the curated history.
func withSeeds(tb testing.TB) *rig {
	tb.Helper()
	return newRigOn(tb, curated(tb), nil)
}

// curated is a log that holds the curated history.
func curated(tb testing.TB) ledger.Log {
	tb.Helper()
	records, bad := seed.Read(seeds.FS(), ledger.Core)
	if len(bad) > 0 {
		tb.Fatal(bad)
	}
	plan, err := ingest.Reconcile(new(ingest.Holdings), ledger.Core, records, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), "test")
	if err != nil {
		tb.Fatal(err)
	}
	log := ledgertest.NewMemory()
	for part := range slices.Chunk(plan.Events, ledger.MaxAppend) {
		encoded := make([]ledger.Encoded, len(part))
		for i, e := range part {
			if encoded[i], err = ledger.Encode(e); err != nil {
				tb.Fatal(err)
			}
		}
		if _, err := log.Append(tb.Context(), ledger.Any(), encoded...); err != nil {
			tb.Fatal(err)
		}
	}
	return log
}

// firmest returns the firmest verdict on a state in an answer, "" for none.
func firmest(o *httpapi.Obligations, state, alliance string) string {
	for i := range o.Duties { // the firmest first
		if d := &o.Duties[i]; d.State == state && (alliance == "" || d.Alliance == alliance) {
			return d.Verdict
		}
	}
	return ""
}

// TestObligations asks the great questions over HTTP.
func TestObligations(t *testing.T) {
	r := withSeeds(t)
	for _, c := range []struct{ query, state, alliance, verdict, says string }{
		{"attacked=russia&by=germany&act=war&on=1914-08-01&chain=obliged", "france", "franco-russian-alliance", "bound", "France would come into the war"},
		{"attacked=cow:365&by=cow:255&act=war&on=1914-08-01", "france", "franco-russian-alliance", "bound", "goes to war with Russia"},
		{"attacked=belgium&by=germany&on=1914-08-04", "united-kingdom", "belgian-guarantee-1839", "bound", "breaks a promise"},
		{"attacked=poland&by=germany&on=1939-09-01&provocation=unprovoked", "united-kingdom", "anglo-polish-assurance", "bound", "Romania"},
		{"attacked=poland&by=germany,soviet-union&on=1939-09-17", "united-kingdom", "anglo-polish-assurance", "bound", "the Soviet Union attack Poland"},
		{"attacked=NZL&by=SUN&on=1986-08-12", "united-states", "anzus", "suspended", "Suspended: the United States"},
		{"attacked=united-states&nonstate=al-qaida&on=2001-09-11", "canada", "nato", "arguable", "al-qaida attacks the United States"},
		{"attacked=united-kingdom&by=argentina&on=1982-04-02&place=malvinas", "united-states", "nato", "arguable", "at Falkland Islands"},
		{"attacked=poland&by=germany&on=1700-01-01", "", "", "", "does not mean that nobody was bound"},
	} {
		o := decode[httpapi.Obligations](t, r.ok("/v1/obligations?"+c.query))
		if got := firmest(&o, c.state, c.alliance); got != c.verdict {
			t.Errorf("%s: %s under %s is %q, want %q", c.query, c.state, c.alliance, got, c.verdict)
		}
		if !strings.Contains(o.Explanation, c.says) {
			t.Errorf("%s: the explanation does not say %q: %s", c.query, c.says, o.Explanation)
		}
		if strings.Contains(o.Explanation, "@") || !strings.Contains(o.Explanation, "no forecast") {
			t.Errorf("%s: %s", c.query, o.Explanation)
		}
		wantDuties(t, c.query, &o)
	}
}

// wantDuties checks what every duty has to carry.
func wantDuties(t *testing.T, query string, o *httpapi.Obligations) {
	t.Helper()
	for i := range o.Duties {
		d := &o.Duties[i]
		if d.Number != i+1 || d.Reason == "" || d.Title == "" || d.Article == "" || len(d.Trace) == 0 || d.Verdict == "bound" && len(d.Citations) == 0 {
			t.Errorf("%s: duty %d lacks something: %+v", query, i+1, d)
		}
		for k, s := range d.Trace {
			if s.Number != strconv.Itoa(d.Number)+"."+strconv.Itoa(k+1) || s.Text == "" {
				t.Errorf("%s: step %d of duty %d is %+v", query, k+1, d.Number, s)
			}
		}
	}
	if o.Coverage == "outside" && strings.Contains(o.Explanation, "binds anybody") {
		t.Errorf("%s: outside, and it says that nobody is bound: %s", query, o.Explanation)
	}
	if o.Coverage == "outside" && (len(o.Duties) > 0 || o.Scope == "") {
		t.Errorf("%s: outside, and %d duties in the scope %q", query, len(o.Duties), o.Scope)
	}
}

// TestObligationsLink: one question has one link, however it is written, and the
// pinned answer stays.
func TestObligationsLink(t *testing.T) {
	r := withSeeds(t)
	head := strconv.Itoa(int(r.proj.Status().Applied))
	want := "/v1/obligations?attacked=poland&by=germany%2Csoviet-union&on=1939-09-17&known=" + head
	for _, query := range []string{
		"on=1939-09-17&by=germany&by=soviet-union&attacked=poland", "on=1939-09-17&by=germany,soviet-union&attacked=cow:290&act=attack&chain=none",
		"on=1939-09-17&by=germany,germany&by=soviet-union&attacked=poland&known=" + head,
	} {
		a := r.ok("/v1/obligations?" + query)
		if got := canonical(t, a); got != want {
			t.Errorf("%s: permalink %s, want %s", query, got, want)
		}
		pinned := r.ok(want)
		if pinned.body != a.body || pinned.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: the permalink answers otherwise, %s", query, pinned.Header.Get("Cache-Control"))
		}
		if again := r.get(want, "If-None-Match", a.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %d, want 304", query, again.StatusCode)
		}
	}
}

// TestObligationsRefused: what is wrong is named, with what was perhaps meant.
func TestObligationsRefused(t *testing.T) {
	r := withSeeds(t)
	for query, want := range map[string]string{
		"by=germany&on=1939-09-01":                                           "attacked",
		"attacked=poland&on=1939-09-01":                                      "query.by",
		"attacked=polland&by=germany&on=1939-09-01":                          "did you mean",
		"attacked=poland&by=germani&on=1939-09-01":                           "did you mean",
		"attacked=poland&by=poland&on=1939-09-01":                            "both sides",
		"attacked=poland&by=germany&on=1939-02-30":                           "query.on",
		"attacked=poland&by=germany&on=1939-09-01&act=atack":                 `did you mean \"attack\"`,
		"attacked=poland&by=germany&on=1939-09-01&chain=oblige":              `did you mean \"obliged\"`,
		"attacked=poland&by=germany&on=1939-09-01&chain=zzzzzzzzzz":          "none, recorded, obliged, worst",
		"attacked=poland&by=germany&on=1939-09-01&place=falkland-island":     `did you mean falkland-islands`,
		"attacked=poland&by=germany&on=1939-09-01&place=zzzzzzzzzzzzzzzz":    "/v1/places",
		"attacked=poland&by=germany&on=1939-09-01&extent=general":            "query.extent",
		"attacked=poland&by=germany&on=1939-09-01&without=zz":                "query.without",
		"attacked=poland&by=germany&on=1939-09-01&on=1939-09-02":             "more than once",
		"attacked=poland&by=germany&on=1939-09-01&without=0000000000AAAAAAA": "query.without",
	} {
		a := r.get("/v1/obligations?" + query)
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s; want %s", query, a.StatusCode, a.body, want)
		}
	}
}

// TestObligationsForms: a table with a row for each duty, text, and a graph that
// the program dot accepts.
func TestObligationsForms(t *testing.T) {
	r := withSeeds(t)
	const query = "/v1/obligations?attacked=russia&by=germany&act=war&on=1914-08-01&chain=worst"
	o := decode[httpapi.Obligations](t, r.ok(query))
	a := r.ok(query, "Accept", "text/csv")
	rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
	if err != nil || len(rows) != len(o.Duties)+1 {
		t.Errorf("%d rows for %d duties, %v", len(rows), len(o.Duties), err)
	}
	outside, err := csv.NewReader(strings.NewReader(r.ok("/v1/obligations?attacked=poland&by=germany&on=1700-01-01&format=csv").body)).ReadAll()
	if err != nil || len(outside) != 2 || !slices.Contains(outside[1], "outside") {
		t.Errorf("outside of what is covered: %v, %v", outside, err)
	}
	plain := r.ok(query + "&format=text")
	for _, want := range []string{"1.1 [true]", "By the text, on", "(hypothesis)", "source: "} {
		if !strings.Contains(plain.body, want) {
			t.Errorf("the text has no %q:\n%s", want, plain.body)
		}
	}
	dot := r.ok(query + "&format=dot")
	if !strings.Contains(dot.body, "style=dashed") || !strings.Contains(dot.body, "Art. 1") || !strings.HasPrefix(dot.Header.Get("Content-Type"), "text/vnd.graphviz") {
		t.Errorf("%s:\n%s", dot.Header.Get("Content-Type"), dot.body)
	}
	for _, graph := range []string{
		dot.body, r.ok("/v1/obligations?attacked=poland&by=germany&on=1939-09-01&chain=recorded&format=dot").body,
		r.ok("/v1/obligations?attacked=united-states&on=2001-09-11&format=dot&nonstate=" + url.QueryEscape("a \"name\" with\\\nodd signs\\")).body,
	} {
		drawsWell(t, graph)
	}
}

// drawsWell hands a graph to the program dot.
func drawsWell(t *testing.T, graph string) {
	t.Helper()
	program, err := exec.LookPath("dot")
	if err != nil {
		t.Log("NOT CHECKED: the program dot is not installed, so nobody has read the graph")
		return
	}
	cmd := exec.CommandContext(t.Context(), program, "-Tsvg")
	cmd.Stdin = strings.NewReader(graph)
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil || !strings.Contains(string(out), "</svg>") || strings.Contains(errs.String(), "syntax") {
		t.Errorf("dot: %v: %s\n%s", err, errs.String(), graph)
	}
}

// TestPlaces: the registry, whole and in part.
func TestPlaces(t *testing.T) {
	r := newRig(t, nil)
	all := decode[httpapi.PlaceList](t, r.ok("/v1/places"))
	some := decode[httpapi.PlaceList](t, r.ok("/v1/places?q=Malvinas"))
	if len(all.Places) < 50 || len(some.Places) != 1 || some.Places[0].ID != "falkland-islands" || len(some.Places[0].Tenures) == 0 {
		t.Errorf("%d places, and %+v", len(all.Places), some)
	}
	if a := r.ok("/v1/places?q=malvinas&format=csv"); strings.Count(a.body, "\r\n") != len(some.Places[0].Tenures)+1 {
		t.Errorf("the table: %s", a.body)
	}
}
