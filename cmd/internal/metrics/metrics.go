// Package metrics counts what the program does, for Prometheus, and carries the
// alert rules and the dashboard that read the counts. Nothing is registered
// globally: [New] returns a set that one server owns. No label grows with the
// data: none names an alliance, a state or an event. What is not known when it
// is scraped is absent, never 0, and a counter whose label values are known
// starts at 0 for each, so that rates work from the first one.
//
// METRICS.md beside this file lists every metric.
package metrics

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"foedus/ledger"
)

// MethodNATS stands in the place of the HTTP method for a question that came
// over NATS.
const MethodNATS = "NATS"

// routeStream is the route whose requests last for hours.
const routeStream = "/v1/stream"

// Set is the metrics of one server. Its methods are safe for concurrent use.
type Set struct {
	registry *prometheus.Registry
	appends
	serving
	streams
}

// appends is what is told of writing.
type appends struct {
	appended  *prometheus.CounterVec
	duration  prometheus.Histogram
	conflicts prometheus.Counter
	duplicate prometheus.Counter
	rejected  *prometheus.CounterVec
	failures  *prometheus.CounterVec
	integrity prometheus.Counter
	imported  *prometheus.CounterVec
}

// serving is what is told of answering.
type serving struct {
	queries *prometheus.HistogramVec
	rebuild prometheus.Gauge
}

// streams is what is told of updates and of who gets them.
type streams struct {
	subscribers prometheus.Gauge
	sent        prometheus.Counter
	cut         *prometheus.CounterVec
	refused     prometheus.Counter
	published   prometheus.Counter
	unpublished prometheus.Counter
}

// New returns a set that is registered with itself only. It asks g when it is
// scraped and not before.
func New(version string, g Gauges) *Set {
	r := prometheus.NewRegistry()
	f := promauto.With(r)
	s := &Set{registry: r, appends: newAppends(f), serving: newServing(f), streams: newStreams(f)}
	f.NewGauge(prometheus.GaugeOpts{
		Name: "foedus_build_info", Help: "Always 1; the version is the label. Nothing to do: join on it to see which version does what.",
		ConstLabels: prometheus.Labels{"version": version},
	}).Set(1)
	r.MustRegister(newScrape(g), collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return s
}

func newAppends(f promauto.Factory) appends {
	a := appends{
		appended: f.NewCounterVec(prometheus.CounterOpts{
			Name: "foedus_events_appended_total",
			Help: "Events acknowledged by the log, by event type. Nothing to do: a rate of 0 where an import should run means that it does not reach the log.",
		}, []string{"type"}),
		duration: f.NewHistogram(prometheus.HistogramOpts{
			Name:    "foedus_append_duration_seconds",
			Help:    "Time from an append to its acknowledgement, fsync included, of those that succeed. If it grows, look at the disk.",
			Buckets: prometheus.ExponentialBuckets(0.0005, 2, 14),
		}),
		conflicts: f.NewCounter(prometheus.CounterOpts{
			Name: "foedus_append_conflicts_total",
			Help: "Appends refused because another writer was first. Writers read again and retry; a steady rate means that two of them fight.",
		}),
		duplicate: f.NewCounter(prometheus.CounterOpts{
			Name: "foedus_events_duplicate_total",
			Help: "Events that the log held already and did not take again. Nothing to do: repeating an append is safe.",
		}),
		rejected: f.NewCounterVec(prometheus.CounterOpts{
			Name: "foedus_append_rejected_total",
			Help: "Appends over HTTP that brought nothing new, by reason. The answer that the writer got says what to mend; unauthorized means a wrong token.",
		}, []string{"reason"}),
		failures: f.NewCounterVec(prometheus.CounterOpts{
			Name: "foedus_append_failures_total",
			Help: "Appends that failed at the log through no fault of the writer, by reason. no_space: make room; damaged: stop writing, restore from a backup; " +
				"unknown_outcome: look at the connection to JetStream, repeating the append is safe; else the log of the server says more.",
		}, []string{"reason"}),
		integrity: f.NewCounter(prometheus.CounterOpts{
			Name: "foedus_integrity_failures_total",
			Help: "Times that the log was found damaged. Any value above 0: stop writing, run foedus doctor, restore from a backup.",
		}),
		imported: f.NewCounterVec(prometheus.CounterOpts{
			Name: "foedus_import_records_total",
			Help: "Records of the imports that the server itself carried out at its start, by outcome. " +
				"Many corrected or retracted after an update of the program: read its changelog. An import through the server counts as appended events.",
		}, []string{"outcome"}),
	}
	known(a.appended, eventTypes()...)
	known(a.rejected, "conflict", "duplicate", "id_taken", "internal", "invalid", "no_space", "not_found", "too_large", "unauthorized", "unavailable",
		"unknown_outcome", "damaged")
	known(a.failures, failNoSpace, failUnknown, failDamaged, failClosed, failOther)
	known(a.imported, "appended", "corrected", "retracted", "restored", "skipped")
	return a
}

func newServing(f promauto.Factory) serving {
	return serving{
		queries: f.NewHistogramVec(prometheus.HistogramOpts{
			Name: "foedus_query_duration_seconds",
			Help: "Time to answer a request, by route, method (NATS for questions over NATS) and status class; subscriptions are not in it. " +
				"If one route grows, look for who asks it and how; if all do, look at the processor.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 3, 11),
		}, []string{"route", "method", "code"}),
		rebuild: f.NewGauge(prometheus.GaugeOpts{
			Name: "foedus_rebuild_duration_seconds",
			Help: "Time that the last start took to replay the log, 0 until it has. It grows with the log: allow a restart at least that long.",
		}),
	}
}

func newStreams(f promauto.Factory) streams {
	s := streams{
		subscribers: f.NewGauge(prometheus.GaugeOpts{
			Name: "foedus_stream_subscribers", Help: "Subscribers connected over HTTP now. At serve --max-streams new ones are refused: raise it, or start another server.",
		}),
		sent: f.NewCounter(prometheus.CounterOpts{
			Name: "foedus_stream_updates_sent_total",
			Help: "Updates written to subscribers over HTTP, each counted for each. Nothing to do: it says what the subscribers cost.",
		}),
		cut: f.NewCounterVec(prometheus.CounterOpts{
			Name: "foedus_stream_cut_total",
			Help: "Subscribers cut off, by reason. lagged (too far behind) and stalled (does not read) are theirs: look at the client or the way to it; failed (the log could not be read) is ours: see the log of the server.",
		}, []string{"reason"}),
		refused: f.NewCounter(prometheus.CounterOpts{
			Name: "foedus_stream_refused_total",
			Help: "Subscribers refused because there were as many as serve --max-streams allows. Raise it, or find out who opens so many.",
		}),
		published: f.NewCounter(prometheus.CounterOpts{
			Name: "foedus_updates_published_total",
			Help: "Updates published to the NATS stream of updates and acknowledged there. If it stands while the log moves, see foedus_projection_lag_events of the projection updates.",
		}),
		unpublished: f.NewCounter(prometheus.CounterOpts{
			Name: "foedus_updates_publish_failures_total",
			Help: "Attempts to publish updates to NATS that failed; they are repeated. A steady rate: look at the NATS server and at its room for the stream FOEDUS_UPDATES.",
		}),
	}
	known(s.cut, "lagged", "stalled", "failed")
	return s
}

// known starts a counter at 0 for each value of its label.
func known(c *prometheus.CounterVec, values ...string) {
	for _, v := range values {
		c.WithLabelValues(v)
	}
}

func eventTypes() []string {
	types := ledger.Types()
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = string(t)
	}
	return names
}

// Handler serves the metrics.
func (s *Set) Handler() http.Handler {
	return promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{Registry: s.registry})
}

// Registry returns the registry, for tests that gather from it.
func (s *Set) Registry() *prometheus.Registry { return s.registry }

// Rebuilt records how long the replay at the start took.
func (s *Set) Rebuilt(d time.Duration) { s.rebuild.Set(d.Seconds()) }

// Observe records one request. route is the pattern, never the path; method is
// that of HTTP or [MethodNATS]. A subscription lasts as long as its client likes,
// so its time is not recorded.
func (s *Set) Observe(route, method string, status int, d time.Duration) {
	if route == routeStream {
		return
	}
	s.queries.WithLabelValues(route, methodLabel(method), strconv.Itoa(status/100)+"xx").Observe(d.Seconds())
}

// methodLabel bounds the values of a label that clients choose.
func methodLabel(method string) string {
	if slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost, MethodNATS}, method) {
		return method
	}
	return "other"
}

// Rejected counts an append over HTTP that brought nothing new.
func (s *Set) Rejected(reason string) { s.rejected.WithLabelValues(reason).Inc() }

// Imported records the outcomes of an import.
func (s *Set) Imported(outcome string, n int) { s.imported.WithLabelValues(outcome).Add(float64(n)) }

// Subscribed counts a subscriber that came (1) or went (-1).
func (s *Set) Subscribed(delta int) { s.subscribers.Add(float64(delta)) }

// Sent counts updates written to a subscriber.
func (s *Set) Sent(updates int) { s.sent.Add(float64(updates)) }

// Cut counts a subscriber that was cut off.
func (s *Set) Cut(reason string) { s.cut.WithLabelValues(reason).Inc() }

// Refused counts a subscriber that was one too many.
func (s *Set) Refused() { s.refused.Inc() }

// Published counts n updates that NATS acknowledged.
func (s *Set) Published(n int) { s.published.Add(float64(n)) }

// PublishFailed counts an attempt to publish updates to NATS that failed.
func (s *Set) PublishFailed() { s.unpublished.Inc() }
