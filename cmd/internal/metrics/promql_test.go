package metrics_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
)

// labelsOf are the labels that a series can have, each with the values that are
// known of it.
type labelsOf map[string]map[string]bool

// exported returns every series name that the set exports, and that Prometheus
// makes of a target itself.
func exported(t *testing.T) map[string]labelsOf {
	t.Helper()
	all, err := newSet().Registry().Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]labelsOf{"up": {}}
	for _, f := range all {
		l := labelsOf(labelValues(f))
		name := f.GetName()
		out[name] = l
		switch f.GetType() {
		case dto.MetricType_HISTOGRAM:
			delete(out, name)
			bucket := labelsOf{"le": nil}
			maps.Copy(bucket, l)
			out[name+"_bucket"], out[name+"_sum"], out[name+"_count"] = bucket, l, l
		case dto.MetricType_SUMMARY:
			quantiles := labelsOf{"quantile": nil}
			maps.Copy(quantiles, l)
			out[name], out[name+"_sum"], out[name+"_count"] = quantiles, l, l
		}
	}
	for _, l := range out {
		l["job"], l["instance"] = nil, nil
	}
	return out
}

// question is an expression of PromQL, read as far as the checks need it.
type question struct{ where, expr string }

// series is a name with its matchers.
type series struct {
	name     string
	matchers [][]string // label, operator, value
}

// parse takes an expression apart: the series it asks for, and the labels that
// it groups by. Of the language it knows what the files use; anything else
// fails, so that a misspelt name cannot hide.
func (q question) parse() (asked []series, grouped []string) {
	known := []string{"sum", "rate", "increase", "delta", "changes", "absent", "predict_linear", "histogram_quantile", "or", "and"}
	rest := q.expr
	for _, m := range regexp.MustCompile(`([a-zA-Z_:][\w:]*)\{([^}]*)\}`).FindAllStringSubmatch(rest, -1) {
		asked = append(asked, series{m[1], matchers(m[2])})
	}
	rest = regexp.MustCompile(`[a-zA-Z_:][\w:]*\{[^}]*\}`).ReplaceAllString(rest, " ")
	rest = regexp.MustCompile(`\[[^\]]*\]`).ReplaceAllString(rest, " ")
	by := regexp.MustCompile(`\bby \(([^)]*)\)`)
	for _, m := range by.FindAllStringSubmatch(rest, -1) {
		grouped = append(grouped, strings.Split(m[1], ", ")...)
	}
	rest = by.ReplaceAllString(rest, " ")
	for _, word := range regexp.MustCompile(`[a-zA-Z_:$][\w:$]*`).FindAllString(rest, -1) {
		if !slices.Contains(known, word) {
			asked = append(asked, series{name: word})
		}
	}
	return asked, grouped
}

func matchers(text string) (out [][]string) {
	for _, m := range regexp.MustCompile(`(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"`).FindAllStringSubmatch(text, -1) {
		out = append(out, m[1:])
	}
	return out
}

// check fails unless every series is exported and every label is one of its own.
func (q question) check(t *testing.T, there map[string]labelsOf) {
	t.Helper()
	for _, p := range q.problems(there) {
		t.Errorf("%s: %s: %s", q.where, p, q.expr)
	}
}

func (q question) problems(there map[string]labelsOf) (out []string) {
	asked, grouped := q.parse()
	if len(asked) == 0 {
		return []string{"asks for nothing"}
	}
	for _, s := range asked {
		labels, ok := there[s.name]
		if !ok {
			out = append(out, s.name+" is not exported")
			continue
		}
		for _, g := range grouped {
			if _, ok := labels[g]; !ok {
				out = append(out, fmt.Sprintf("groups by %s, which %s does not have", g, s.name))
			}
		}
		for _, m := range s.matchers {
			values, ok := labels[m[0]]
			if !ok {
				out = append(out, fmt.Sprintf("matches %s, which %s does not have", m[0], s.name))
			}
			for v := range strings.SplitSeq(m[2], "|") {
				if values != nil && !values[v] {
					out = append(out, fmt.Sprintf("matches %s=%q, which %s never is", m[0], v, s.name))
				}
			}
		}
	}
	return out
}

// result returns the labels of what comes out.
func (q question) result(there map[string]labelsOf) (out []string) {
	asked, grouped := q.parse()
	if len(grouped) > 0 {
		return slices.DeleteFunc(grouped, func(g string) bool { return g == "le" })
	}
	for _, s := range asked {
		for l := range there[s.name] {
			out = append(out, l)
		}
	}
	return out
}

func (q question) checkLegend(t *testing.T, there map[string]labelsOf, legend string) {
	t.Helper()
	if legend == "" {
		t.Errorf("%s has no legend for %s", q.where, q.expr)
	}
	for _, m := range regexp.MustCompile(`\{\{(\w+)\}\}`).FindAllStringSubmatch(legend, -1) {
		if !slices.Contains(q.result(there), m[1]) {
			t.Errorf("%s: the legend %q names %s, which %s does not give", q.where, legend, m[1], q.expr)
		}
	}
}

// TestChecksHaveTeeth gives the checks what they must refuse.
func TestChecksHaveTeeth(t *testing.T) {
	there := exported(t)
	for _, expr := range []string{
		"foedus_log_last_sequenc", `sum by (state) (foedus_stream_cut_total)`, `foedus_stream_cut_total{reason="tired"}`,
		`foedus_log_up{projection="world"}`, "sun(foedus_log_up)", "foedus_query_duration_seconds", "rate(foedus_append_duration_seconds_max[5m])",
	} {
		if p := (question{"probe", expr}).problems(there); len(p) != 1 {
			t.Errorf("%s has the problems %q, want one", expr, p)
		}
	}
}
