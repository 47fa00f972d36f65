package httpapi_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"

	"foedus/cmd/internal/httpapi"
)

// TestPerformance: the history of one alliance, with claims that conflict and
// numbers that have rules.
func TestPerformance(t *testing.T) {
	r := withSeeds(t)
	h := decode[httpapi.History](t, r.ok("/v1/performance?alliance=triple-alliance"))
	values := map[string]bool{}
	for _, a := range h.Assessments {
		values[a.Value] = true
		if len(a.Citations) == 0 || a.Rule == "" {
			t.Errorf("a claim without a source: %+v", a)
		}
	}
	if len(h.Occasions) < 2 || !values["violated"] || !values["not-triggered"] || len(h.Counts) == 0 {
		t.Errorf("%d occasions, claims %v, %d counts", len(h.Occasions), values, len(h.Counts))
	}
	for _, c := range h.Counts {
		if c.Rule == "" || c.Over == "" {
			t.Errorf("a number without its rule: %+v", c)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(r.ok("/v1/performance?crisis=september-2001&format=csv").body)).ReadAll()
	if err != nil || len(rows) < 20 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	for query, want := range map[string]string{
		"crisis=july-1915": "did you mean july-1914", "alliance=nati": "did you mean", "state=itali": "did you mean",
	} {
		if a := r.get("/v1/performance?" + query); a.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", query, a.StatusCode, a.body)
		}
	}
}
