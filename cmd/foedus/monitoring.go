package main

import (
	"io"

	"github.com/spf13/cobra"

	"foedus/cmd/internal/metrics"
)

func (a *app) monitoringCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "monitoring",
		Short: "Print the alert rules and the dashboard that belong to this program",
		Long: `monitoring prints files for who watches a server: alert rules for Prometheus, each with what
to do when it fires, and a dashboard for Grafana. They fit the metrics that this version
serves at /metrics, so print them again after an update.

Prometheus has to scrape the server under the job name foedus:

  scrape_configs:
    - job_name: foedus
      static_configs: [{targets: ["127.0.0.1:8080"]}]
  rule_files: [rules/foedus.yml]`,
		Example: `  foedus monitoring alerts > /etc/prometheus/rules/foedus.yml
  foedus monitoring dashboard > foedus.json      in Grafana: Dashboards, New, Import`,
	}
	c.AddCommand(
		a.printCommand("alerts", "Print the alert rules, a rule file of Prometheus", "  foedus monitoring alerts > /etc/prometheus/rules/foedus.yml\n"+
			"  promtool check rules /etc/prometheus/rules/foedus.yml", metrics.Alerts),
		a.printCommand("dashboard", "Print the dashboard, in the JSON that Grafana imports", "  foedus monitoring dashboard > foedus.json", metrics.Dashboard),
	)
	return c
}

// printCommand is a command that prints a file built into the program.
func (a *app) printCommand(use, short, example string, text func() string) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Example: example, Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(a.stdout, text())
			return err
		},
	}
}
