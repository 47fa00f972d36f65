package httpapi_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"foedus/cmd/internal/httpapi"
)

// canonical returns the permalink of an answer.
func canonical(tb testing.TB, a answer) string {
	tb.Helper()
	for _, link := range a.Header.Values("Link") {
		if target, ok := strings.CutSuffix(link, `>; rel="canonical"`); ok {
			return strings.TrimPrefix(target, "<")
		}
	}
	tb.Fatalf("no permalink in %v", a.Header)
	return ""
}

// questions asks every route that answers at a point, with the permalink that
// it must name.
func questions() map[string]string {
	return map[string]string{
		"/v1/world?on=1960-01-01": "/v1/world?on=1960-01-01&known=39",
		"/v1/world":               "/v1/world?on=2026-03-01&known=39",
		"/v1/world?certain=true&public=true&reading=signature&on=1950-01-01": "/v1/world?on=1950-01-01&known=39&reading=signature&public=true&certain=true",
		"/v1/alliances?on=1960-01-01&state=cow:290&q=PACT":                   "/v1/alliances?state=poland&q=pact&on=1960-01-01&known=39",
		"/v1/alliances/NATO?on=1955-05-10":                                   "/v1/alliances/nato?on=1955-05-10&known=39",
		"/v1/alliances/nato?on=1955-05-10&format=csv":                        "/v1/alliances/nato?on=1955-05-10&known=39&format=csv",
		"/v1/alliances/nato?on=1955-05-10&known=2026-01-01T00:00:01Z":        "/v1/alliances/nato?on=1955-05-10&known=39",
		"/v1/alliances/nato/timeline":                                        "/v1/alliances/nato/timeline?on=2026-03-01&known=39",
		"/v1/states?q=alb":                                                   "/v1/states?q=alb&on=2026-03-01&known=39",
		"/v1/states/GRC?on=1960-01-01":                                       "/v1/states/greece?on=1960-01-01&known=39",
		"/v1/states/gw:339/timeline?on=1960-01-01":                           "/v1/states/albania/timeline?on=1960-01-01&known=39",
		"/v1/diff?from=1951-01-01&to=1969-01-01&alliance=nato":               "/v1/diff?from=1951-01-01&to=1969-01-01&alliance=nato&known=39",
		"/v1/diff?known_from=28&on=1950-01-01&state=BEL":                     "/v1/diff?known_from=28&known_to=39&state=belgium&on=1950-01-01",
		"/v1/events?limit=2":                                                 "/v1/events?after=0&limit=2&known=39",
		"/v1/events?type=instrument.signed&format=jsonl":                     "/v1/events?after=0&type=instrument.signed&known=39&format=jsonl",
		"/v1/export/spells.csv":                                              "/v1/export/spells.csv?known=39",
		"/v1/export/events.jsonl?known=7":                                    "/v1/export/events.jsonl?known=7",
	}
}

// TestPermalinks follows every permalink: the answer is the same bytes, may be
// kept for ever, and answers 304 to who has it.
func TestPermalinks(t *testing.T) {
	r := withHistory(t)
	for target, want := range questions() {
		t.Run(target, func(t *testing.T) {
			first := r.ok(target)
			if got := canonical(t, first); got != want {
				t.Fatalf("permalink %s, want %s", got, want)
			}
			pinned := r.ok(want)
			if got := canonical(t, pinned); got != want {
				t.Errorf("permalink of the permalink %s, want itself", got)
			}
			if d := cmp.Diff(first.body, pinned.body); d != "" {
				t.Errorf("the permalink answers differently (-first +pinned):\n%s", d)
			}
			if first.Header.Get("ETag") != pinned.Header.Get("ETag") || !strings.HasPrefix(pinned.Header.Get("ETag"), `"`) {
				t.Errorf("ETags %s and %s, want one strong one", first.Header.Get("ETag"), pinned.Header.Get("ETag"))
			}
			wantCaching(t, pinned, "public, max-age=31536000, immutable")
			if !strings.Contains(target, "known=7") {
				wantCaching(t, first, "no-cache")
			}
			again := r.get(target, "If-None-Match", `"other", W/`+pinned.Header.Get("ETag"))
			if again.StatusCode != http.StatusNotModified || again.body != "" {
				t.Errorf("If-None-Match: %d with %d bytes, want 304 with none", again.StatusCode, len(again.body))
			}
		})
	}
}

func wantCaching(t *testing.T, a answer, want string) {
	t.Helper()
	if got := a.Header.Get("Cache-Control"); got != want {
		t.Errorf("Cache-Control %q, want %q", got, want)
	}
}

// TestAlliance compares one member with the interface, and the statuses with
// history.
func TestAlliance(t *testing.T) {
	r := withHistory(t)
	doc := decode[map[string]any](t, r.ok("/v1/alliances/nato?on=1955-05-10"))
	member, err := json.Marshal(doc["members"].([]any)[2])
	if err != nil {
		t.Fatal(err)
	}
	want := `{"certainty":"certain","cow":350,"end":"open","events":["` + id(33) + `"],"gw":350,"how":"accession","iso3":"GRC",` +
		`"name":"Greece","since":"1952-02-18","state":"greece","status":"party","until":null}`
	if d := cmp.Diff(want, string(member)); d != "" {
		t.Errorf("member (-want +got):\n%s", d)
	}
	for name := range strings.FieldsSeq("id title form aliases dataset reading on known public status status_since coverage members candidates former suspensions clauses") {
		if _, ok := doc[name]; !ok {
			t.Errorf("the document has no %s", name)
		}
	}
	for _, c := range []struct{ target, members, candidates, former, status, coverage string }{
		{"/v1/alliances/nato?on=1949-05-01", "", "belgium canada", "", "signed", "inside"},
		{"/v1/alliances/nato?on=1949-05-01&reading=signature", "belgium canada", "", "", "signed", "inside"},
		{"/v1/alliances/nato?on=1952-01-01", "belgium canada", "greece", "", "in-force", "inside"},
		{"/v1/alliances/nato?on=1952-03-01&known=32", "belgium canada", "greece", "", "in-force", "inside"},
		{"/v1/alliances/nato?on=2024-01-01", "belgium canada greece", "", "", "in-force", "outside"},
		{"/v1/alliances/nato?on=2024-01-01&certain=true", "", "", "", "", "outside"},
		{"/v1/alliances/warsaw-pact?on=1968-09-15", "albania poland soviet-union", "", "albania", "in-force", "inside"},
		{"/v1/alliances/warsaw-pact?on=1968-09-15&certain=true", "poland soviet-union", "", "", "in-force", "inside"},
		{"/v1/alliances/warsaw-pact?on=1999-01-01", "", "", "albania poland soviet-union", "ended", "inside"},
	} {
		a := decode[httpapi.Alliance](t, r.ok(c.target))
		status := ""
		if a.Status != nil {
			status = *a.Status
		}
		got := []string{names(a.Members), names(a.Candidates), names(a.Former), status, a.Coverage}
		if d := cmp.Diff([]string{c.members, c.candidates, c.former, c.status, c.coverage}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.target, d)
		}
	}
}

func names(members []httpapi.Member) string {
	var out []string
	for _, m := range members {
		out = append(out, m.State)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestSecret checks that what was secret does not exist in public before its
// disclosure.
func TestSecret(t *testing.T) {
	r := withHistory(t)
	for target, want := range map[string]int{
		"/v1/alliances/secret?on=1950-01-01":                                 http.StatusOK,
		"/v1/alliances/secret?on=1950-01-01&public=true":                     http.StatusNotFound,
		"/v1/alliances/secret?on=1980-01-01&public=true":                     http.StatusOK,
		"/v1/alliances/secret/timeline?on=1950-01-01&public=true":            http.StatusNotFound,
		"/v1/events?alliance=secret":                                         http.StatusOK,
		"/v1/diff?from=1920-01-01&to=1940-01-01&alliance=secret":             http.StatusOK,
		"/v1/diff?from=1920-01-01&to=1940-01-01&alliance=secret&public=true": http.StatusUnprocessableEntity,
	} {
		if a := r.get(target); a.StatusCode != want {
			t.Errorf("%s: %d, want %d\n%s", target, a.StatusCode, want, a.body)
		}
	}
	for _, route := range []string{"/v1/world", "/v1/alliances", "/v1/states/greece", "/v1/states/greece/timeline"} {
		if body := r.ok(route + "?on=1950-01-01&public=true").body; strings.Contains(body, "secret") || strings.Contains(body, "Secret") {
			t.Errorf("%s tells in public of what was secret:\n%s", route, body)
		}
		if body := r.ok(route + "?on=1980-01-01&public=true").body; !strings.Contains(body, "secret") {
			t.Errorf("%s does not tell of what had become public:\n%s", route, body)
		}
	}
}

func TestState(t *testing.T) {
	r := withHistory(t)
	s := decode[httpapi.State](t, r.ok("/v1/states/cow:290?on=1960-01-01"))
	var allies []string
	for _, a := range s.Allies {
		allies = append(allies, a.State+":"+strings.Join(a.Alliances, "+"))
	}
	if d := cmp.Diff([]string{"albania:warsaw-pact", "greece:secret", "soviet-union:warsaw-pact"}, allies); d != "" {
		t.Errorf("allies (-want +got):\n%s", d)
	}
	if s.ID != "poland" || *s.Name != "Poland" || *s.COW != 290 || s.Codes["iso3"] != "POL" || s.Existence == nil || len(s.CodeHistory) != 3 {
		t.Errorf("identity %+v", s)
	}
}

func TestTables(t *testing.T) {
	r := withHistory(t)
	for target, lines := range map[string]int{
		"/v1/world?on=1960-01-01": 9, "/v1/alliances?on=1960-01-01": 4, "/v1/alliances/nato?on=1955-05-10": 4,
		"/v1/states": 7, "/v1/states/greece?on=1960-01-01": 3, "/v1/alliances/nato/timeline": 8,
		"/v1/states/albania/timeline": 7, "/v1/diff?from=1951-01-01&to=1969-01-01": 7, "/v1/export/spells.csv": 12,
		"/v1/alliances/nato?on=2024-01-01&certain=true": 2,
	} {
		a := r.ok(target, "Accept", "application/json;q=0.5, text/csv")
		rows, err := csv.NewReader(strings.NewReader(a.body)).ReadAll()
		if err != nil || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") {
			t.Errorf("%s: %s: %v", target, a.Header.Get("Content-Type"), err)
			continue
		}
		if len(rows) != lines || strings.Count(a.body, "\r\n") != lines {
			t.Errorf("%s: %d lines, want %d\n%s", target, len(rows), lines, a.body)
		}
	}
	if got := decode[[]any](t, r.ok("/v1/events?limit=3", "Accept", "text/csv")); len(got) != 3 {
		t.Errorf("events have no tabular form: %v", got)
	}
}

func TestTimelineTells(t *testing.T) {
	r := withHistory(t)
	doc := decode[httpapi.Timeline](t, r.ok("/v1/alliances/warsaw-pact/timeline"))
	var got []string
	var dated []httpapi.Entry
	for _, e := range doc.Entries {
		if e.Date != nil {
			dated = append(dated, e)
			got = append(got, e.Summary)
		}
	}
	want := []string{
		"The Warsaw Pact entered into force for Albania, the Soviet Union and Poland",
		"Albania withdrew from the Warsaw Pact (denunciation)",
		"The Warsaw Pact ended (consent)",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("summaries (-want +got):\n%s", d)
	}
	if c := dated[1].Citations[0]; c.Source != "unts" || *c.Title != "United Nations Treaty Series" || c.Grade != "A" {
		t.Errorf("citation %+v", c)
	}
}

// TestEvents pages through the log and compares with the stream.
func TestEvents(t *testing.T) {
	r := withHistory(t)
	var paged []string
	next := "/v1/events?limit=7"
	for next != "" {
		a := r.ok(next)
		for _, e := range decode[[]json.RawMessage](t, a) {
			paged = append(paged, string(e))
		}
		next = ""
		for _, link := range a.Header.Values("Link") {
			if target, ok := strings.CutSuffix(link, `>; rel="next"`); ok {
				next = strings.TrimPrefix(target, "<")
			}
		}
	}
	streamed := strings.Split(strings.TrimSpace(r.ok("/v1/events", "Accept", "application/x-ndjson").body), "\n")
	if d := cmp.Diff(streamed, paged); d != "" || len(paged) != 39 {
		t.Errorf("%d events; pages differ from the stream (-stream +pages):\n%s", len(paged), d)
	}
	entries := decode[[]httpapi.EventEntry](t, r.ok("/v1/events?format=entries&state=albania&type=withdrawal.effective"))
	if len(entries) != 1 || entries[0].Seq != 36 {
		t.Errorf("entries %+v", entries)
	}
	a := r.ok("/v1/events?alliance=nato&after=30")
	if got := a.Header.Get("Foedus-Event-Seqs"); got != "31-33" {
		t.Errorf("sequences %q, want 31-33", got)
	}
	if one := r.ok("/v1/events/" + id(36)); strings.TrimSpace(one.body) != streamed[35] {
		t.Errorf("one event differs from the log:\n%s\n%s", one.body, streamed[35])
	}
}
