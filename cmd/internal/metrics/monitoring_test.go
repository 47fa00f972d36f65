package metrics_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"foedus/cmd/internal/metrics"
)

// rule is an alert.
type rule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func rules(t *testing.T) []rule {
	t.Helper()
	var file struct {
		Groups []struct {
			Name  string `yaml:"name"`
			Rules []rule `yaml:"rules"`
		} `yaml:"groups"`
	}
	if err := yaml.UnmarshalWithOptions([]byte(metrics.Alerts()), &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(file.Groups) != 1 || len(file.Groups[0].Rules) == 0 {
		t.Fatalf("alerts.yml has %d groups", len(file.Groups))
	}
	return file.Groups[0].Rules
}

// TestAlerts checks that the rules ask for what there is, and say what to do.
func TestAlerts(t *testing.T) {
	there := exported(t)
	mentioned := regexp.MustCompile(`\$labels\.(\w+)`)
	for _, r := range rules(t) {
		e := question{r.Alert, r.Expr}
		e.check(t, there)
		if s := r.Labels["severity"]; s != "page" && s != "ticket" {
			t.Errorf("%s: the severity is %q", r.Alert, s)
		}
		for _, name := range []string{"summary", "description", "action"} {
			if r.Annotations[name] == "" {
				t.Errorf("%s has no %s", r.Alert, name)
			}
			for _, m := range mentioned.FindAllStringSubmatch(r.Annotations[name], -1) {
				if !slices.Contains(e.result(there), m[1]) {
					t.Errorf("%s: the %s mentions the label %s, which the alert does not have", r.Alert, name, m[1])
				}
			}
		}
	}
}

// TestAlertsAreTested wants of each alert that the tests of promtool see it fire
// for a bad instance, and see it silent before.
func TestAlertsAreTested(t *testing.T) {
	var file struct {
		Tests []struct {
			Name    string `yaml:"name"`
			Queries []struct {
				Expr    string           `yaml:"expr"`
				Samples []map[string]any `yaml:"exp_samples"`
			} `yaml:"promql_expr_test"`
		} `yaml:"tests"`
	}
	b, err := os.ReadFile("monitoring/alerts_test.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	fires, silent := map[string]bool{}, map[string]bool{}
	for _, c := range file.Tests {
		name, _, _ := strings.Cut(c.Name, ",")
		for _, q := range c.Queries {
			if q.Expr != `ALERTS{alertname="`+name+`", alertstate="firing"}` {
				t.Errorf("%s asks for %s", c.Name, q.Expr)
			}
			if len(q.Samples) == 0 {
				silent[name] = true
			} else {
				fires[name] = true
			}
		}
	}
	for _, r := range rules(t) {
		if !fires[r.Alert] || !silent[r.Alert] {
			t.Errorf("%s is not tested: it fires: %v, it does not: %v", r.Alert, fires[r.Alert], silent[r.Alert])
		}
	}
}

// TestForeignPromtool gives the rules to the program that Prometheus brings for
// it (Debian: prometheus). Where that is not found, it says NOT CHECKED.
func TestForeignPromtool(t *testing.T) {
	if _, err := exec.LookPath("promtool"); err != nil {
		t.Log("NOT CHECKED: alert rules with promtool")
		t.Skip("NOT CHECKED: alert rules with promtool: promtool is not installed")
	}
	for _, args := range [][]string{{"check", "rules", "alerts.yml"}, {"test", "rules", "alerts_test.yml"}} {
		cmd := exec.CommandContext(t.Context(), "promtool", args...)
		cmd.Dir, cmd.WaitDelay = "monitoring", time.Second
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		t.Logf("checked with promtool: %s", strings.Join(strings.Fields(string(out)), " "))
	}
}

// panel is a part of the dashboard.
type panel struct {
	ID          int    `json:"id"`
	Type        string `json:"type"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Grid        struct {
		H, W, X, Y int
	} `json:"gridPos"`
	Targets []struct {
		Ref    string `json:"refId"`
		Expr   string `json:"expr"`
		Legend string `json:"legendFormat"`
	} `json:"targets"`
}

type board struct {
	Title      string  `json:"title"`
	UID        string  `json:"uid"`
	Panels     []panel `json:"panels"`
	Templating struct {
		List []struct {
			Name       string `json:"name"`
			Type       string `json:"type"`
			Definition string `json:"definition"`
		} `json:"list"`
	} `json:"templating"`
}

func dashboard(t *testing.T) (d board) {
	t.Helper()
	if err := json.Unmarshal([]byte(metrics.Dashboard()), &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestDashboard checks that every panel asks for what there is, and that what is
// ours is shown somewhere or raises an alert.
func TestDashboard(t *testing.T) {
	there, d := exported(t), dashboard(t)
	var rows []string
	ids, asked := map[int]bool{}, []string{metrics.Alerts()}
	for _, p := range d.Panels {
		if ids[p.ID] {
			t.Errorf("%s: another panel has the id %d", p.Title, p.ID)
		}
		ids[p.ID] = true
		if p.Grid.X+p.Grid.W > 24 || p.Grid.W == 0 || p.Grid.H == 0 {
			t.Errorf("%s does not fit into the grid of 24 columns: %+v", p.Title, p.Grid)
		}
		if p.Type == "row" {
			rows = append(rows, p.Title)
			continue
		}
		if p.Description == "" || len(p.Targets) == 0 {
			t.Errorf("%s lacks a description or asks for nothing", p.Title)
		}
		for _, target := range p.Targets {
			e := question{p.Title, target.Expr}
			e.check(t, there)
			e.checkLegend(t, there, target.Legend)
			asked = append(asked, target.Expr)
		}
	}
	if want := []string{"Ledger", "Projections", "Questions", "Subscribers", "Imports", "Process"}; !slices.Equal(rows, want) {
		t.Errorf("the rows are %v, want %v", rows, want)
	}
	for _, f := range ours(t, newSet()) {
		if !slices.ContainsFunc(asked, func(text string) bool { return strings.Contains(text, f.GetName()) }) {
			t.Errorf("%s is neither on the dashboard nor in an alert", f.GetName())
		}
	}
}

// TestDashboardVariables checks what a reader of the dashboard chooses from.
func TestDashboardVariables(t *testing.T) {
	there := exported(t)
	of := regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)
	var names []string
	for _, v := range dashboard(t).Templating.List {
		names = append(names, v.Name)
		if v.Type != "query" {
			continue
		}
		m := of.FindStringSubmatch(v.Definition)
		if m == nil || m[2] != v.Name {
			t.Errorf("%s comes from %s", v.Name, v.Definition)
			continue
		}
		question{v.Name, m[1]}.check(t, there)
	}
	if want := []string{"datasource", "job", "instance"}; !slices.Equal(names, want) {
		t.Errorf("the variables are %v, want %v", names, want)
	}
}
