package metrics

import (
	"github.com/prometheus/client_golang/prometheus"

	"foedus/ledger"
)

// Gauges are what the set asks for when it is scraped, each of them once. A
// scrape waits for them, so each must return within a second or so. They must be
// safe to call at any time, from several goroutines.
type Gauges struct {
	// Log says how the log is; ok is false if it did not answer.
	Log func() (s LogState, ok bool)
	// World is the progress of the projection that answers questions.
	World func() Progress
	// Updates is the progress of the publisher of updates to NATS; nil if there is
	// none.
	Updates func() Progress
	// Ready says whether the server is ready, as /readyz does.
	Ready func() bool
	// DiskFree is how many bytes can still be written to the embedded store; ok is
	// false if that is not known, or not ours to know.
	DiskFree func() (bytes int64, ok bool)
}

// LogState is how a log is.
type LogState struct {
	Last    ledger.Seq // 0 if it is empty
	Bytes   uint64     // of its store
	Damaged bool       // its server knows that something is missing
}

// Progress is how far somebody who follows the log is.
type Progress struct {
	Applied ledger.Seq // the last sequence he is done with
	Stopped bool       // he does not go on by himself
}

// scrape asks once for all gauges.
type scrape struct {
	from Gauges

	up, last, bytes, damaged, free, ready *prometheus.Desc
	applied, lag, stopped                 *prometheus.Desc
}

func newScrape(g Gauges) *scrape {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	return &scrape{
		from: g,
		up: desc("foedus_log_up",
			"1 if the log answered this scrape, else 0; what else it would tell is absent then. If it stays 0, look at the JetStream server and the way to it."),
		last: desc("foedus_log_last_sequence",
			"Sequence of the last event in the log. It never falls: if it did, the store is another one or was restored."),
		bytes: desc("foedus_log_size_bytes",
			"Bytes of the log in its store. They are never given back: plan the disk by their growth."),
		damaged: desc("foedus_log_damaged",
			"1 if the server of the log knows that something is missing from it. Stop writing, run foedus doctor, restore from a backup."),
		free: desc("foedus_disk_free_bytes",
			"Bytes that can still be written to the disk of the embedded store; absent for an external JetStream. Make room long before it is near 32 MiB, where appends are refused."),
		ready: desc("foedus_ready",
			"1 if /readyz says that the server is ready, else 0. Send nobody to a server that is not; /readyz says why."),
		applied: desc("foedus_projection_applied_sequence",
			"Sequence of the last event that a projection applied, or whose update the publisher is done with. If it stands while the log moves, see /readyz.", "projection"),
		lag: desc("foedus_projection_lag_events",
			"Events in the log that a projection has not applied. If it stays above 0, the projection is stopped or too slow: see /readyz.", "projection"),
		stopped: desc("foedus_projection_stopped",
			"1 if a projection stopped and answers only with what it had applied, else 0. /readyz says at which event and why; mend that and restart the server.", "projection"),
	}
}

// Describe implements [prometheus.Collector].
func (s *scrape) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.up, s.last, s.bytes, s.damaged, s.free, s.ready, s.applied, s.lag, s.stopped} {
		out <- d
	}
}

// Collect implements [prometheus.Collector]. It asks for the progress before the
// log, so that a lag is never negative.
func (s *scrape) Collect(out chan<- prometheus.Metric) {
	put := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	followers := map[string]Progress{"world": s.from.World()}
	if s.from.Updates != nil {
		followers["updates"] = s.from.Updates()
	}
	log, answered := s.from.Log()
	put(s.up, number(answered))
	if answered {
		put(s.last, float64(log.Last))
		put(s.bytes, float64(log.Bytes))
		put(s.damaged, number(log.Damaged))
	}
	for name, p := range followers {
		put(s.applied, float64(p.Applied), name)
		put(s.stopped, number(p.Stopped), name)
		if answered {
			put(s.lag, float64(max(log.Last, p.Applied)-p.Applied), name)
		}
	}
	put(s.ready, number(s.from.Ready()))
	if free, ok := s.from.DiskFree(); ok {
		put(s.free, float64(free))
	}
}

func number(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
