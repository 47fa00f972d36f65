package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"foedus/ingest"
)

// metric returns the value of a series on a page of metrics, "" if it is absent.
func metric(page, series string) string {
	m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(series) + ` (\S+)$`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return m[1]
}

// TestServeMetrics reads what a server says of itself while somebody subscribes
// and one more is turned away.
func TestServeMetrics(t *testing.T) {
	p := start(t, t.TempDir(), "--no-seed", "--max-streams", "1")
	p.post(source("a"))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+"/v1/stream?after=0", nil)
	if err != nil {
		t.Fatal(err)
	}
	first, err := direct().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	p.want(503, http.MethodGet, "/v1/stream", "")
	p.want(401, http.MethodPost, "/v1/events", source("b"))

	page := p.want(200, http.MethodGet, "/metrics", "")
	for series, want := range map[string]string{
		"foedus_ready": "1", "foedus_log_up": "1", "foedus_log_last_sequence": "1", "foedus_log_damaged": "0",
		`foedus_projection_lag_events{projection="world"}`: "0", `foedus_projection_stopped{projection="world"}`: "0",
		"foedus_stream_subscribers": "1", "foedus_stream_refused_total": "1",
		`foedus_append_rejected_total{reason="unauthorized"}`:                              "1",
		`foedus_events_appended_total{type="source.added"}`:                                "1",
		`foedus_projection_applied_sequence{projection="updates"}`:                         "",
		`foedus_query_duration_seconds_count{code="2xx",method="POST",route="/v1/events"}`: "1",
	} {
		if got := metric(page, series); got != want {
			t.Errorf("%s is %q, want %q", series, got, want)
		}
	}
	for outcome := range outcomes(ingest.Report{}) {
		if series := `foedus_import_records_total{outcome="` + outcome + `"}`; metric(page, series) != "0" {
			t.Errorf("%s does not start at 0", series)
		}
	}
	if metric(page, "foedus_disk_free_bytes") == "" {
		t.Error("the page does not say what is free on the disk")
	}

	_ = first.Body.Close()
	eventually(t, "the subscriber is gone", func() bool {
		page = p.want(200, http.MethodGet, "/metrics", "")
		return metric(page, "foedus_stream_subscribers") == "0"
	})
	if strings.Contains(page, `route="/v1/stream"`) {
		t.Error("a subscription counts as a question")
	}
}
