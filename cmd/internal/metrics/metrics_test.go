package metrics_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"foedus/cmd/internal/metrics"
	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

func newSet() *metrics.Set {
	return metrics.New("v0.0.0-test", metrics.Gauges{
		LogLast:  func() ledger.Seq { return 7 },
		LogBytes: func() uint64 { return 4096 },
		Applied:  func() ledger.Seq { return 5 },
	})
}

func TestNamesPassTheLinter(t *testing.T) {
	s := newSet()
	s.Observe("/v1/world", "GET", 200, time.Millisecond)
	s.Rejected("invalid")
	s.Imported("appended", 3)
	problems, err := testutil.GatherAndLint(s.Registry())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "foedus_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

func TestAppendsAreCounted(t *testing.T) {
	s := newSet()
	log := s.Log(ledgertest.NewMemory())
	events := ledgertest.NewGenerator(1, ledgertest.Options{}).Encoded(3)
	for range 2 {
		if _, err := log.Append(context.Background(), ledger.Any(), events...); err != nil {
			t.Fatal(err)
		}
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(context.Background(), "GET", "/metrics", nil))
	for _, want := range []string{
		"foedus_events_duplicate_total 3", "foedus_log_last_sequence 7", "foedus_log_size_bytes 4096",
		`foedus_projection_lag_events{projection="world"} 2`, `foedus_build_info{version="v0.0.0-test"} 1`,
		"foedus_append_duration_seconds_count 2", "go_goroutines", `foedus_events_appended_total{type="` + string(events[0].Type) + `"}`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}
