package httpapi_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"foedus/cmd/internal/httpapi"
)

// italyFights is an event that never was.
const italyFights = `{"events":[{"type":"foedus.war.declared.v1","subject":"crisis/july-1914","data":{"done_on":"1914-08-03","by":"italy","against":["france"],` +
	`"citations":[{"source":"unts-34-243","grade":"D"}]}}]}`

// TestWhatIf: a supposition changes its answer and nothing else.
func TestWhatIf(t *testing.T) {
	r := withSeeds(t)
	head := r.proj.Status().Applied

	// New Zealand not suspended.
	const anzus = "/v1/obligations?attacked=new-zealand&by=soviet-union&on=1986-08-12"
	record := decode[httpapi.Obligations](t, r.ok(anzus))
	suspensions := decode[httpapi.Alliance](t, r.ok("/v1/alliances/anzus?on=1986-08-12")).Suspensions
	event := suspensions[0].Events[0]
	for range 2 { // again, by the branch that is kept
		a := r.ok(anzus + "&without=" + event)
		supposed := decode[httpapi.Obligations](t, a)
		was, is := firmest(&record, "united-states", "anzus"), firmest(&supposed, "united-states", "anzus")
		if was != "suspended" || is == "suspended" || is == "not-bound" || is == "" {
			t.Errorf("the United States were %q, and without the suspension %q", was, is)
		}
		h := supposed.Hypothetical
		if h == nil || len(h.Removed) != 1 || h.Removed[0].ID != event || h.Removed[0].Subject != "alliance/anzus" || len(h.Added) != 0 {
			t.Errorf("it says of itself %+v", h)
		}
		if a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("ETag") != "" || !strings.Contains(supposed.Explanation, "supposition") {
			t.Errorf("headers %v; %s", a.Header, supposed.Explanation)
		}
		if supposed.Known != record.Known && *supposed.Known.Time != *record.Known.Time {
			t.Errorf("known %+v, want %+v", supposed.Known, record.Known)
		}
	}

	// Italy honours 1914.
	const july = "/v1/obligations?attacked=france&by=germany&act=war&on=1914-08-04&chain=recorded"
	record = decode[httpapi.Obligations](t, r.ok(july))
	a := r.do(http.MethodPost, july, italyFights, "Content-Type", "application/json")
	if a.StatusCode != http.StatusOK {
		t.Fatal(a.body)
	}
	supposed := decode[httpapi.Obligations](t, a)
	if slices.Contains(record.Chain.AtWar, "italy") || !slices.Contains(supposed.Chain.AtWar, "italy") {
		t.Errorf("at war %v, and by supposition %v", record.Chain.AtWar, supposed.Chain.AtWar)
	}
	if h := supposed.Hypothetical; h == nil || len(h.Added) != 1 || h.Added[0].Type != "foedus.war.declared.v1" || h.Added[0].Subject != "crisis/july-1914" {
		t.Errorf("it says of itself %+v", h)
	}
	if now := r.proj.Status().Applied; now != head {
		t.Errorf("the log ends at %d, and ended at %d", now, head)
	}
	if again := decode[httpapi.Obligations](t, r.ok(july)); slices.Contains(again.Chain.AtWar, "italy") || again.Hypothetical != nil {
		t.Error("the record was touched")
	}
}

// TestWhatIfRefused: what is supposed is checked like an append.
func TestWhatIfRefused(t *testing.T) {
	r := withSeeds(t)
	const ask = "/v1/obligations?attacked=france&by=germany&on=1914-08-04"
	event := func(fields string) string { return strings.Replace(italyFights, `"by":"italy"`, fields, 1) }
	for body, want := range map[string]string{
		`[]`:                             `{\"events\": [...]}`,
		`{"event":[]}`:                   "unknown field",
		`{"events":[]}`:                  "nothing is supposed",
		`{"events":[{}]}`:                "body.events[0]",
		event(`"by":"itali"`):            "italy",
		event(`"bye":"italy"`):           "bye",
		event(`"by":"italy","x":"y"`):    "body.events[0]",
		`{"events":[{"type":"nobody"}]}`: "body.events[0]",
	} {
		a := r.do(http.MethodPost, ask, body, "Content-Type", "application/json")
		if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(strings.ToLower(a.body), want) {
			t.Errorf("%s: %d %s; want %s", body, a.StatusCode, a.body, want)
		}
	}
}

// TestWhatIfBounded: what would be replayed for whoever asks has an end, and the
// refusal says how to ask for less.
func TestWhatIfBounded(t *testing.T) {
	log := curated(t)
	head, err := log.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := newRigOn(t, log, func(c *httpapi.Config) { c.MaxReplayed = int(head) })
	const ask = "/v1/obligations?attacked=france&by=germany&act=war&on=1914-08-04"
	a := r.do(http.MethodPost, ask, italyFights, "Content-Type", "application/json")
	if a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, "as known at an earlier sequence") {
		t.Errorf("one event too many: %d %s", a.StatusCode, a.body)
	}
	earlier := fmt.Sprintf("%s&known=%d", ask, head-1)
	if a := r.do(http.MethodPost, earlier, italyFights, "Content-Type", "application/json"); a.StatusCode != http.StatusOK {
		t.Errorf("as known one event before: %d %s", a.StatusCode, a.body)
	}
	if a := r.do(http.MethodGet, ask, ""); a.StatusCode != http.StatusOK {
		t.Errorf("the record itself: %d %s", a.StatusCode, a.body)
	}
}
