package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/nats-io/nats.go"

	"foedus/cmd/internal/metrics"
)

// prometheus is a Prometheus that watches one server.
type prometheus struct {
	t    *testing.T
	base string
}

var listeningLine = regexp.MustCompile(`msg="Listening on" address=(\S+)`)

// watch starts a Prometheus on the server, with the alert rules of the program.
// An alert that has to last for minutes has to last for a second here, because a
// test cannot wait; the expressions are those of the program. Where Prometheus
// is not installed (Debian: prometheus), the test says NOT CHECKED.
func watch(t *testing.T, server *process) *prometheus {
	t.Helper()
	if _, err := exec.LookPath("prometheus"); err != nil {
		t.Log("NOT CHECKED: scrapes and alerts with a Prometheus")
		t.Skip("NOT CHECKED: scrapes and alerts with a Prometheus: prometheus is not installed")
	}
	dir := t.TempDir()
	rules := regexp.MustCompile(`(?m)^( +for:) .*$`).ReplaceAllString(metrics.Alerts(), "$1 1s")
	config := fmt.Sprintf(`
global: {scrape_interval: 1s, evaluation_interval: 1s}
rule_files: [%s]
scrape_configs:
  - job_name: foedus
    static_configs: [{targets: [%q]}]
`, filepath.Join(dir, "alerts.yml"), strings.TrimPrefix(server.url, "http://"))
	for name, text := range map[string]string{"alerts.yml": rules, "prometheus.yml": config} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	log, done := new(transcript), make(chan struct{})
	cmd := exec.CommandContext(t.Context(), "prometheus", "--config.file="+filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address=127.0.0.1:0")
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(done)
		_ = cmd.Wait() // ended by the test, so with a complaint
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
		if t.Failed() {
			t.Logf("Prometheus logged:\n%s", log)
		}
	})
	eventually(t, "Prometheus listens", func() bool {
		select {
		case <-done:
			t.Fatalf("Prometheus ended:\n%s", log)
		default:
		}
		return listeningLine.MatchString(log.String())
	})
	return &prometheus{t, "http://" + listeningLine.FindStringSubmatch(log.String())[1]}
}

// get asks the API of Prometheus; false while it does not answer.
func (p *prometheus) get(path string, into any) bool {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.base+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := direct().Do(req)
	if err != nil {
		return false
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode == http.StatusOK && json.NewDecoder(res.Body).Decode(into) == nil
}

// value returns what a question has as its only answer, "" while it has none.
func (p *prometheus) value(expr string) string {
	p.t.Helper()
	var answer struct {
		Data struct {
			Result []struct{ Value []any }
		}
	}
	if !p.get("/api/v1/query?query="+url.QueryEscape(expr), &answer) || len(answer.Data.Result) != 1 {
		return ""
	}
	return fmt.Sprint(answer.Data.Result[0].Value[1])
}

// alert is one that fires.
type alert struct {
	State       string
	Labels      map[string]string
	Annotations map[string]string
}

// firing returns the alerts that fire, by name.
func (p *prometheus) firing() map[string]alert {
	p.t.Helper()
	var answer struct {
		Data struct{ Alerts []alert }
	}
	p.get("/api/v1/alerts", &answer)
	out := map[string]alert{}
	for _, a := range answer.Data.Alerts {
		if a.State == "firing" {
			out[a.Labels["alertname"]] = a
		}
	}
	return out
}

// TestPrometheus lets a Prometheus watch a server whose projection is held back:
// another program writes an event into the log that this one cannot read.
func TestPrometheus(t *testing.T) {
	store := external(t)
	server := start(t, t.TempDir(), "--nats", store, "--no-seed")
	files := rio(t)
	server.post(files["states.json"])
	server.post(files["wrong.json"])
	const question = "/v1/alliances/rio?on=1948-06-01"
	before := server.want(200, http.MethodGet, question, "")
	p := watch(t, server)

	eventually(t, "Prometheus has scraped", func() bool {
		return p.value("foedus_ready") == "1"
	})
	healthyRules(t, p)
	for expr, want := range map[string]string{
		"foedus_ready": "1", "foedus_log_up": "1", `foedus_projection_lag_events{projection="world"}`: "0",
		`foedus_projection_stopped{projection="world"}`: "0", "sum(foedus_events_appended_total)": p.value("foedus_log_last_sequence"),
	} {
		if got := p.value(expr); got != want {
			t.Errorf("%s is %q, want %q", expr, got, want)
		}
	}
	eventually(t, "nothing fires for a sound server", func() bool { return len(p.firing()) == 0 })

	poison(t, store, "foedus.log.core.alliance.nato.instrument.signed")
	expected := []string{"FoedusNotReady", "FoedusProjectionLag", "FoedusProjectionStopped"}
	eventually(t, "the alerts fire", func() bool {
		f := p.firing()
		return !slices.ContainsFunc(expected, func(name string) bool { _, ok := f[name]; return !ok })
	})
	for name, a := range p.firing() {
		text := fmt.Sprint(a.Annotations)
		if !slices.Contains(expected, name) || !strings.Contains(text, a.Labels["instance"]) || strings.Contains(text, "<") {
			t.Errorf("%s fires with %v", name, a)
		}
	}
	if got := p.value(`foedus_projection_lag_events{projection="world"}`); got != "1" {
		t.Errorf("the lag is %q", got)
	}
	if b := server.want(503, http.MethodGet, "/readyz", ""); !strings.Contains(b, "stopped at sequence") || !strings.Contains(b, "decode the event") {
		t.Errorf("/readyz says %s", b)
	}
	if after := server.want(200, http.MethodGet, question, ""); after != before {
		t.Errorf("answers changed:\n%s\nbefore\n%s", after, before)
	}

	server.stop(syscall.SIGTERM)
	eventually(t, "the alert for a server that is gone fires", func() bool { return p.firing()["FoedusTargetDown"].State != "" })
}

// healthyRules fails unless Prometheus evaluates every rule without an error.
func healthyRules(t *testing.T, p *prometheus) {
	t.Helper()
	var answer struct {
		Data struct {
			Groups []struct {
				Rules []struct{ Name, Health, LastError string }
			}
		}
	}
	evaluated := func() bool {
		n := 0
		if !p.get("/api/v1/rules", &answer) {
			return false
		}
		for _, g := range answer.Data.Groups {
			for _, r := range g.Rules {
				n++
				if r.Health == "unknown" {
					return false
				}
			}
		}
		return n > 0
	}
	eventually(t, "the rules were evaluated", evaluated)
	for _, g := range answer.Data.Groups {
		for _, r := range g.Rules {
			if r.Health != "ok" {
				t.Errorf("the rule %s is %s: %s", r.Name, r.Health, r.LastError)
			}
		}
	}
}

// poison writes what no program can decode straight to the store, under an id as
// events have: without one it would count as damage.
func poison(t *testing.T, store, subject string) {
	t.Helper()
	nc, err := nats.Connect(store)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	m := &nats.Msg{Subject: subject, Data: []byte("\x00no event"), Header: nats.Header{nats.MsgIdHdr: {newID().String()}}}
	if _, err := nc.RequestMsg(m, patience); err != nil {
		t.Fatal(err)
	}
}
