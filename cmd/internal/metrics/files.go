package metrics

import _ "embed" // the files of monitoring

//go:embed monitoring/alerts.yml
var alerts string

//go:embed monitoring/dashboard.json
var dashboard string

// Alerts returns the alert rules, a rule file of Prometheus.
func Alerts() string { return alerts }

// Dashboard returns the dashboard, in the JSON that Grafana imports.
func Dashboard() string { return dashboard }
