package metrics_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
)

var update = flag.Bool("update", false, "rewrite the reference of the metrics")

// TestReference holds METRICS.md.
func TestReference(t *testing.T) {
	const path = "METRICS.md"
	var b strings.Builder
	b.WriteString("# Metrics\n\n" +
		"What `GET /metrics` serves, for Prometheus; `make golden` writes this table. Beside it stand the metrics of the Go runtime (`go_`), of the\n" +
		"process (`process_`) and of the scrape itself (`promhttp_`). A counter whose label values are listed starts at 0 for each of them. What is\n" +
		"not known when it is scraped is absent. `foedus monitoring alerts` prints alert rules, `foedus monitoring dashboard` a dashboard.\n\n" +
		"| metric | type | labels | what it says, and what to do |\n|---|---|---|---|\n")
	for _, f := range ours(t, newSet()) {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.GetName(), strings.ToLower(f.GetType().String()), labels(f), f.GetHelp())
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil || b.String() != string(want) {
		t.Errorf("%s is out of date (%v); run make golden and review the difference\n%s", path, err, b.String())
	}
}

// labels lists the labels of a metric, with their values where the program
// knows them all.
func labels(f *dto.MetricFamily) string {
	var out []string
	for name, values := range labelValues(f) {
		switch name {
		case "reason", "outcome", "projection":
			out = append(out, fmt.Sprintf("`%s`: %s", name, strings.Join(slices.Sorted(maps.Keys(values)), ", ")))
		default:
			out = append(out, "`"+name+"`")
		}
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// labelValues returns the labels of a metric with the values that they have.
func labelValues(f *dto.MetricFamily) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, m := range f.GetMetric() {
		for _, l := range m.GetLabel() {
			if out[l.GetName()] == nil {
				out[l.GetName()] = map[string]bool{}
			}
			out[l.GetName()][l.GetValue()] = true
		}
	}
	return out
}
