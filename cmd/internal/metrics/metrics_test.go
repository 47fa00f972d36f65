package metrics_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	dto "github.com/prometheus/client_model/go"

	"foedus/cmd/internal/metrics"
	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

// gauges is a server in the middle of its work.
func gauges() metrics.Gauges {
	return metrics.Gauges{
		Log:      func() (metrics.LogState, bool) { return metrics.LogState{Last: 7, Bytes: 4096}, true },
		World:    func() metrics.Progress { return metrics.Progress{Applied: 5} },
		Updates:  func() metrics.Progress { return metrics.Progress{Applied: 3, Stopped: true} },
		Ready:    func() bool { return true },
		DiskFree: func() (int64, bool) { return 1 << 30, true },
	}
}

// newSet returns a set that was asked one question of each kind, so that every
// metric is there.
func newSet() *metrics.Set {
	s := metrics.New("v0.0.0-test", gauges())
	for _, status := range []int{200, 404, 503} {
		s.Observe("/v1/world", "GET", status, time.Millisecond)
	}
	return s
}

// page is what Prometheus gets to read.
func page(t *testing.T, s *metrics.Set) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	if w.Code != 200 {
		t.Fatalf("/metrics answers %d\n%s", w.Code, w.Body)
	}
	return w.Body.String()
}

// says checks lines of the page.
func says(t *testing.T, s *metrics.Set, lines ...string) {
	t.Helper()
	text := page(t, s)
	for _, want := range lines {
		if !strings.Contains(text, "\n"+want+"\n") {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// silent checks that metrics are absent from the page.
func silent(t *testing.T, s *metrics.Set, names ...string) {
	t.Helper()
	text := page(t, s)
	for _, name := range names {
		if strings.Contains(text, "\n"+name) {
			t.Errorf("the page has %s", name)
		}
	}
}

// ours are the metrics of foedus itself.
func ours(t *testing.T, s *metrics.Set) (out []*dto.MetricFamily) {
	t.Helper()
	all, err := s.Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if strings.HasPrefix(f.GetName(), "foedus_") {
			out = append(out, f)
		}
	}
	if len(out) < 25 {
		t.Fatalf("only %d metrics", len(out))
	}
	return out
}

func TestNamesPassTheLinter(t *testing.T) {
	problems, err := testutil.GatherAndLint(newSet().Registry())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "foedus_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// TestHelpSaysWhatToDo wants a sentence that says what is measured, and one that
// says what follows from it.
func TestHelpSaysWhatToDo(t *testing.T) {
	for _, f := range ours(t, newSet()) {
		if help := f.GetHelp(); !strings.Contains(help, ". ") || !strings.HasSuffix(help, ".") {
			t.Errorf("%s: the help has less than two sentences: %s", f.GetName(), help)
		}
	}
}

// TestNoLabelGrows keeps to the labels whose values are bounded by the program.
func TestNoLabelGrows(t *testing.T) {
	bounded := map[string]bool{
		"type": true, "reason": true, "outcome": true, "projection": true, "route": true, "method": true, "code": true, "version": true,
	}
	s := newSet()
	s.Observe("", "BREW", 404, time.Millisecond)
	s.Observe("/v1/world", metrics.MethodNATS, 200, time.Millisecond)
	for _, f := range ours(t, s) {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if !bounded[l.GetName()] {
					t.Errorf("%s has the label %s", f.GetName(), l.GetName())
				}
			}
		}
	}
	says(t, s, `foedus_query_duration_seconds_count{code="4xx",method="other",route=""} 1`,
		`foedus_query_duration_seconds_count{code="2xx",method="NATS",route="/v1/world"} 1`)
}

func TestAppendsAreCounted(t *testing.T) {
	s := newSet()
	log := s.Log(ledgertest.NewMemory())
	events := ledgertest.NewGenerator(1, ledgertest.Options{}).Encoded(3)
	for range 2 {
		if _, err := log.Append(t.Context(), ledger.Any(), events...); err != nil {
			t.Fatal(err)
		}
	}
	says(t, s, "foedus_events_duplicate_total 3", "foedus_append_duration_seconds_count 2")
	if text := page(t, s); !regexp.MustCompile(`foedus_events_appended_total\{type="` + regexp.QuoteMeta(string(events[0].Type)) + `"\} [1-3]\n`).MatchString(text) {
		t.Errorf("the page does not count %s", events[0].Type)
	}
}

// broken is a log that fails.
type broken struct {
	ledger.Log
	err error
}

func (b broken) Append(context.Context, ledger.Expectation, ...ledger.Encoded) ([]ledger.Receipt, error) {
	return nil, fmt.Errorf("append: %w", b.err)
}

func (b broken) Read(context.Context, ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) { yield(ledger.Entry{}, b.err) }
}

func (b broken) Follow(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return b.Read(ctx, after)
}

func (b broken) Get(context.Context, ...ledger.Seq) ([]ledger.Entry, error) { return nil, b.err }

func (b broken) Find(context.Context, ledger.EventID) (ledger.Seq, error) { return 0, b.err }

func TestFailuresAreCounted(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{ledger.ErrNoSpace, `foedus_append_failures_total{reason="no_space"} 1`},
		{fmt.Errorf("%w: %w", ledger.ErrUnknownOutcome, context.Canceled), `foedus_append_failures_total{reason="unknown_outcome"} 1`},
		{&ledger.DamageError{Missing: 3}, `foedus_append_failures_total{reason="damaged"} 1`},
		{ledger.ErrClosed, `foedus_append_failures_total{reason="closed"} 1`},
		{context.DeadlineExceeded, `foedus_append_failures_total{reason="other"} 1`},
		{errors.New("lightning"), `foedus_append_failures_total{reason="other"} 1`},
		{&ledger.ConflictError{}, `foedus_append_conflicts_total 1`},
		{&ledger.IDTakenError{}, ""},
		{&ledger.InvalidError{}, ""},
		{context.Canceled, ""},
	} {
		s := newSet()
		if _, err := s.Log(broken{err: c.err}).Append(t.Context(), ledger.Any()); !errors.Is(err, c.err) {
			t.Errorf("%v became %v", c.err, err)
		}
		text := page(t, s)
		counted := regexp.MustCompile(`(?m)^foedus_append_(failures|conflicts)_total.* [^0]$`).FindAllString(text, -1)
		if got := strings.Join(counted, "; "); got != c.want {
			t.Errorf("%v counts as %q, want %q", c.err, got, c.want)
		}
		says(t, s, "foedus_append_duration_seconds_count 0")
	}
}

// TestDamageIsCounted meets damage on every way into a log.
func TestDamageIsCounted(t *testing.T) {
	s := newSet()
	log := s.Log(broken{err: &ledger.DamageError{Missing: 3}})
	last := func(entries iter.Seq2[ledger.Entry, error]) (err error) {
		for _, err = range entries {
			continue
		}
		return err
	}
	for _, f := range []func() error{
		func() error { return last(log.Read(t.Context(), 0)) },
		func() error { return last(log.Follow(t.Context(), 0)) },
		func() error { _, err := log.Get(t.Context(), 3); return err },
		func() error { _, err := log.Find(t.Context(), ledger.EventID{}); return err },
		func() error { _, err := log.Append(t.Context(), ledger.Any()); return err },
	} {
		if err := f(); !errors.Is(err, ledger.ErrDamaged) {
			t.Errorf("the damage became %v", err)
		}
	}
	says(t, s, "foedus_integrity_failures_total 5")
}

func TestScrape(t *testing.T) {
	s := metrics.New("v0.0.0-test", gauges())
	says(t, s,
		"foedus_log_up 1", "foedus_log_last_sequence 7", "foedus_log_size_bytes 4096", "foedus_log_damaged 0", "foedus_ready 1",
		`foedus_projection_applied_sequence{projection="world"} 5`, `foedus_projection_applied_sequence{projection="updates"} 3`,
		`foedus_projection_lag_events{projection="world"} 2`, `foedus_projection_lag_events{projection="updates"} 4`,
		`foedus_projection_stopped{projection="world"} 0`, `foedus_projection_stopped{projection="updates"} 1`,
		"foedus_disk_free_bytes 1.073741824e+09", `foedus_build_info{version="v0.0.0-test"} 1`,
		// What can be counted is there before it happens.
		`foedus_append_failures_total{reason="unknown_outcome"} 0`, `foedus_append_rejected_total{reason="unauthorized"} 0`,
		`foedus_stream_cut_total{reason="stalled"} 0`, `foedus_import_records_total{outcome="retracted"} 0`,
		`foedus_events_appended_total{type="instrument.signed"} 0`,
	)
	if text := page(t, s); !strings.Contains(text, "\ngo_goroutines ") || !strings.Contains(text, "\nprocess_") {
		t.Error("the page has nothing of the process")
	}
}

// TestAbsent does not make up what is not known.
func TestAbsent(t *testing.T) {
	g := gauges()
	g.Log = func() (metrics.LogState, bool) { return metrics.LogState{}, false }
	g.DiskFree = func() (int64, bool) { return 0, false }
	g.Updates = nil
	s := metrics.New("v0.0.0-test", g)
	says(t, s, "foedus_log_up 0", `foedus_projection_applied_sequence{projection="world"} 5`)
	silent(t, s, "foedus_log_last_sequence", "foedus_log_size_bytes", "foedus_log_damaged", "foedus_projection_lag_events", "foedus_disk_free_bytes",
		`foedus_projection_stopped{projection="updates"}`, "foedus_query_duration_seconds_count")
}

// TestScrapeAsksOnce keeps a scrape cheap: asking the log is a round trip.
func TestScrapeAsksOnce(t *testing.T) {
	asked, g := 0, gauges()
	log := g.Log
	g.Log = func() (metrics.LogState, bool) { asked++; return log() }
	s := metrics.New("v0.0.0-test", g)
	if asked != 0 {
		t.Error("the log was asked before the first scrape")
	}
	page(t, s)
	if asked != 1 {
		t.Errorf("a scrape asks the log %d times", asked)
	}
}

func TestStreams(t *testing.T) {
	s := metrics.New("v0.0.0-test", gauges())
	s.Observe("/v1/stream", "GET", 200, 3*time.Hour)
	s.Observe("/v1/stream", "GET", 410, time.Millisecond)
	s.Refused()
	s.Subscribed(1)
	s.Sent(4)
	s.Cut("lagged")
	s.Published(8)
	s.PublishFailed()
	silent(t, s, "foedus_query_duration_seconds_count")
	says(t, s, "foedus_stream_refused_total 1", "foedus_stream_subscribers 1", "foedus_stream_updates_sent_total 4", `foedus_stream_cut_total{reason="lagged"} 1`,
		"foedus_updates_published_total 8", "foedus_updates_publish_failures_total 1")
}
