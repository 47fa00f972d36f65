// Package metrics counts what the program does, for Prometheus. Nothing is
// registered globally: [New] returns a set that one server owns. No label grows
// with the data: none names an alliance, a state or an event.
package metrics

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"foedus/ledger"
)

// Set is the metrics of one server.
type Set struct {
	registry *prometheus.Registry

	appended  *prometheus.CounterVec
	duration  prometheus.Histogram
	conflicts prometheus.Counter
	duplicate prometheus.Counter
	rejected  *prometheus.CounterVec
	integrity prometheus.Counter
	queries   *prometheus.HistogramVec
	imported  *prometheus.CounterVec
	rebuild   prometheus.Gauge
	streams   prometheus.Gauge
	updates   prometheus.Counter
	cut       *prometheus.CounterVec
}

// Gauges are what the set asks for when it is scraped. Each must be cheap and
// safe to call at any time.
type Gauges struct {
	LogLast  func() ledger.Seq // last sequence of the log
	LogBytes func() uint64     // bytes of the store
	Applied  func() ledger.Seq // last sequence that the projection applied
}

// New returns a set that is registered with itself only.
func New(version string, g Gauges) *Set {
	s := &Set{
		registry: prometheus.NewRegistry(),
		appended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foedus_events_appended_total", Help: "Events acknowledged by the log, by event type.",
		}, []string{"type"}),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "foedus_append_duration_seconds", Help: "Time from an append to its acknowledgement, fsync included. If it grows, look at the disk.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}),
		conflicts: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "foedus_append_conflicts_total", Help: "Appends refused because another writer was first. Writers read again and retry; a steady rate means that two of them fight.",
		}),
		duplicate: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "foedus_events_duplicate_total", Help: "Events that the log held already and did not take again.",
		}),
		rejected: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foedus_append_rejected_total", Help: "Appends refused, by reason.",
		}, []string{"reason"}),
		integrity: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "foedus_integrity_failures_total", Help: "Times that the log was found damaged. Any value above 0: stop writing, run doctor, restore from a backup.",
		}),
		queries: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "foedus_query_duration_seconds", Help: "Time to answer a request, by route, method and status class.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 3, 11),
		}, []string{"route", "method", "code"}),
		imported: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foedus_import_records_total", Help: "Records of imports, by outcome.",
		}, []string{"outcome"}),
		rebuild: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "foedus_rebuild_duration_seconds", Help: "Time that the last start took to replay the log.",
		}),
		streams: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "foedus_stream_subscribers", Help: "Subscribers connected now. At --max-streams new ones are refused.",
		}),
		updates: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "foedus_stream_updates_sent_total", Help: "Updates written to subscribers, each counted for each.",
		}),
		cut: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "foedus_stream_cut_total",
			Help: "Subscribers cut off, by reason: lagged (too far behind) and stalled (does not read) are theirs, stopped is ours: see /readyz.",
		}, []string{"reason"}),
	}
	s.registry.MustRegister(
		s.appended, s.duration, s.conflicts, s.duplicate, s.rejected, s.integrity, s.queries, s.imported, s.rebuild, s.streams, s.updates, s.cut,
		gauge("foedus_log_last_sequence", "Sequence of the last event in the log.", func() float64 { return float64(g.LogLast()) }),
		gauge("foedus_log_size_bytes", "Bytes of the log in its store.", func() float64 { return float64(g.LogBytes()) }),
		projection("foedus_projection_applied_sequence", "Sequence of the last event that a projection applied.", func() float64 { return float64(g.Applied()) }),
		projection("foedus_projection_lag_events", "Events in the log that a projection has not applied. If it stays above 0, the projection is stopped: see /readyz.", func() float64 {
			applied := g.Applied() // first, so that the difference is never negative
			return float64(max(g.LogLast(), applied) - applied)
		}),
		buildInfo(version),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return s
}

func gauge(name, help string, f func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f)
}

func projection(name, help string, f func() float64) prometheus.Collector {
	return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: name, Help: help, ConstLabels: prometheus.Labels{"projection": "world"},
	}, f)
}

func buildInfo(version string) prometheus.Collector {
	g := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "foedus_build_info", Help: "Always 1; the version is the label.", ConstLabels: prometheus.Labels{"version": version},
	})
	g.Set(1)
	return g
}

// Handler serves the metrics.
func (s *Set) Handler() http.Handler {
	return promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{Registry: s.registry})
}

// Registry returns the registry, for tests that gather from it.
func (s *Set) Registry() *prometheus.Registry { return s.registry }

// Rebuilt records how long the replay at the start took.
func (s *Set) Rebuilt(d time.Duration) { s.rebuild.Set(d.Seconds()) }

// Observe records one request. route is the pattern, never the path.
func (s *Set) Observe(route, method string, status int, d time.Duration) {
	s.queries.WithLabelValues(route, method, strconv.Itoa(status/100)+"xx").Observe(d.Seconds())
}

// Rejected records an append that was refused before it reached the log.
func (s *Set) Rejected(reason string) { s.rejected.WithLabelValues(reason).Inc() }

// Imported records the outcomes of an import.
func (s *Set) Imported(outcome string, n int) { s.imported.WithLabelValues(outcome).Add(float64(n)) }

// Log returns l with its appends counted.
func (s *Set) Log(l ledger.Log) ledger.Log { return &countedLog{l, s} }

// countedLog decorates a log.
type countedLog struct {
	ledger.Log
	set *Set
}

// Append implements [ledger.Log].
func (l *countedLog) Append(ctx context.Context, expect ledger.Expectation, events ...ledger.Encoded) ([]ledger.Receipt, error) {
	start := time.Now()
	receipts, err := l.Log.Append(ctx, expect, events...)
	switch {
	case errors.Is(err, ledger.ErrConflict):
		l.set.conflicts.Inc()
	case errors.Is(err, ledger.ErrDamaged):
		l.set.integrity.Inc()
	}
	if err != nil {
		return nil, err
	}
	l.set.duration.Observe(time.Since(start).Seconds())
	for i, r := range receipts {
		if r.Duplicate {
			l.set.duplicate.Inc()
			continue
		}
		l.set.appended.WithLabelValues(string(events[i].Type)).Inc()
	}
	return receipts, nil
}

// Follow implements [ledger.Log].
func (l *countedLog) Follow(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return l.counted(l.Log.Follow(ctx, after))
}

// Read implements [ledger.Log].
func (l *countedLog) Read(ctx context.Context, after ledger.Seq) iter.Seq2[ledger.Entry, error] {
	return l.counted(l.Log.Read(ctx, after))
}

func (l *countedLog) counted(in iter.Seq2[ledger.Entry, error]) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for e, err := range in {
			if errors.Is(err, ledger.ErrDamaged) {
				l.set.integrity.Inc()
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// Subscribed counts a subscriber that came (1) or went (-1).
func (s *Set) Subscribed(delta int) { s.streams.Add(float64(delta)) }

// Sent counts updates written to a subscriber.
func (s *Set) Sent(updates int) { s.updates.Add(float64(updates)) }

// Cut counts a subscriber that was cut off.
func (s *Set) Cut(reason string) { s.cut.WithLabelValues(reason).Inc() }
