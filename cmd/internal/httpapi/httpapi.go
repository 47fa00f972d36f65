package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/live"
)

// Config says what to serve. Log and Projection are required, and NewID for a
// server that takes writes.
type Config struct {
	Log        ledger.Log       // appends and raw events
	Projection *live.Projection // answers
	// Token is the bearer token that POST needs; "" refuses every write.
	Token   string
	Version string
	// Now gives the default of the parameter on; nil stands for time.Now.
	Now func() time.Time
	// NewID mints the ids of drafts that come without one; nil requires an id.
	NewID  func() ledger.EventID
	Logger *slog.Logger // nil discards
	// Metrics serves /metrics; nil answers 404 there.
	Metrics http.Handler
	// Observe is told of every request; nil observes nothing. The route is the
	// pattern ("/v1/alliances/{id}"), never the path, and "" for no route.
	Observe func(route, method string, status int, d time.Duration)
	// Rejected is told why an append was refused: conflict, id_taken, invalid,
	// too_large, unauthorized, no_space, unknown_outcome, damaged, unavailable.
	// An append of nothing but duplicates is reported as duplicate. May be nil.
	Rejected func(reason string)
	// Doctor adds sections to the answer of /v1/doctor; may be nil.
	Doctor func() any
	// Prepared says whether the server is ready beside its projection; nil means
	// that it is. While it is not, /readyz answers 503; questions are answered.
	Prepared func() bool
	// Products are what can be exported beside the events and the spells as lines,
	// and Make makes one of them while the World stands still.
	Products []Product
	Make     func(w *projections.World, q *ProductQuery) (*ProductFile, error)
	// Feed is what subscribers hear, made with NewFeed and running; nil answers 404
	// to them. MaxStreams bounds their number; 0 stands for 20,000. Heartbeat is how
	// long one hears nothing at most; 0 stands for 15 seconds. Stream is told of
	// subscribers.
	Feed       *Feed
	MaxStreams int
	Heartbeat  time.Duration
	// Patience is how long a subscriber may take to read what is written to him; 0
	// stands for 30 seconds.
	Patience time.Duration
	Stream   StreamObserver
	// MaxReplayed bounds the events of a supposition, which is replayed for whoever
	// asks and held in memory; 0 stands for 200,000.
	MaxReplayed int
	// Streaming ends every subscription when it ends, so that a server can stop;
	// nil never does.
	Streaming context.Context //nolint:containedctx // the life of the server, not of a call
	// Extend registers further operations, which are documented, logged and
	// answered with problem documents like all others; may be nil.
	Extend func(api huma.API)
}

// The patience of the server.
const (
	readyPatience = 2 * time.Second  // of a question with a projection that still replays
	applyPatience = 5 * time.Second  // of an append with its own projection
	writePatience = 30 * time.Second // of a stream with its reader, for each page
)

// server is what all handlers share.
type server struct {
	Config
	api    huma.API
	mux    *http.ServeMux
	fast   *cache[rawKey] // answers by request as it came
	kept   *cache[string] // answers by permalink
	steady stretches      // answers that hold for a stretch of days

	branched branches // what is supposed

	streams atomic.Int64 // how many subscribers there are
}

// New returns the handler. It starts nothing: Projection.Run is the caller's.
func New(c Config) http.Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.MaxStreams == 0 {
		c.MaxStreams = mostStreams
	}
	if c.MaxReplayed == 0 {
		c.MaxReplayed = mostReplayed
	}
	if c.Heartbeat == 0 {
		c.Heartbeat = heartbeat
	}
	if c.Patience == 0 {
		c.Patience = writePatience
	}
	s := &server{Config: c, mux: http.NewServeMux(), fast: newCache[rawKey](cacheBytes), kept: newCache[string](cacheBytes)}
	s.branched.turn = make(chan struct{}, 1)
	s.api = humago.New(s.mux, s.apiConfig())
	s.api.UseMiddleware(s.remember, s.refuseUnknown)
	s.register()
	if c.Extend != nil {
		c.Extend(s.api)
	}
	s.plainRoutes()
	return s
}

// ServeHTTP implements [http.Handler].
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begin := time.Now()
	out := &recorder{ResponseWriter: w, read: r.Method == http.MethodGet || r.Method == http.MethodHead}
	defer func() {
		s.recovered(recover(), out, r)
		s.finished(out, r, time.Since(begin))
	}()
	status := s.Projection.Status()
	out.seq = status.Applied
	key, ok := s.rawKey(r, status.Applied)
	if ok && status.Ready {
		if a := s.fast.get(key); a != nil {
			r.Pattern = a.route
			a.serve(out, r)
			return
		}
	}
	if status.Err != nil {
		out.Header()[stoppedHeader] = []string{seqText(status.Applied + 1)}
	}
	if !status.Ready && strings.HasPrefix(r.URL.Path, "/v1/") && !s.becomesReady(out, r) {
		return
	}
	s.mux.ServeHTTP(out, r)
	if a := out.answer; ok && a != nil {
		kept := *a // the answer may be in the hands of others already
		kept.route = r.Pattern
		s.fast.put(key, &kept)
	}
}

// becomesReady waits a moment for a projection that still replays, and answers
// 503 if that was too short. One that stopped serves what it has.
func (s *server) becomesReady(w http.ResponseWriter, r *http.Request) bool {
	ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
	defer cancel()
	err := s.Projection.WaitReady(ctx)
	if stopped := s.Projection.Status().Err; err != nil && (stopped == nil || errors.Is(stopped, ledger.ErrClosed)) {
		s.writeProblem(w, s.notReady())
		return false
	}
	return true
}

// finished logs and measures a request, unless it became a stream, which does
// so at its end.
func (s *server) finished(out *recorder, r *http.Request, d time.Duration) {
	if out.hijacked {
		return
	}
	_, route, ok := strings.Cut(r.Pattern, " ")
	if !ok {
		route = r.Pattern
	}
	if route == "/" {
		route = "" // the fallback is no route
	}
	ctx := r.Context()
	method := r.Method
	if via, ok := ctx.Value(viaKey{}).(string); ok {
		method = via
	}
	if s.Observe != nil {
		s.Observe(route, method, out.code(), d)
	}
	if s.Logger.Enabled(ctx, slog.LevelInfo) {
		s.Logger.LogAttrs(ctx, slog.LevelInfo, "request", slog.String("method", method), slog.String("route", route),
			slog.Int("status", out.code()), slog.String("outcome", outcome(out.code())), slog.Duration("duration", d), slog.Uint64("seq", uint64(out.seq)))
	}
}

// outcome says whose fault an answer is: refused is the client's, failed ours.
func outcome(status int) string {
	switch {
	case status >= http.StatusInternalServerError:
		return "failed"
	case status >= http.StatusBadRequest:
		return "refused"
	}
	return "ok"
}

// viaKey is under which a context says how a request came.
type viaKey struct{}

// Via returns a context for a request that did not come over HTTP. The name
// takes the place of the method in what is logged and observed.
func Via(ctx context.Context, name string) context.Context {
	return context.WithValue(ctx, viaKey{}, name)
}

// recovered turns a panic into a problem document. One that aborts an answer
// on purpose goes on to the server, which cuts the connection.
func (s *server) recovered(v any, out *recorder, r *http.Request) {
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	s.Logger.LogAttrs(r.Context(), slog.LevelError, "panic", slog.String("method", r.Method), slog.String("path", r.URL.Path),
		slog.String("panic", fmt.Sprint(v)), slog.String("stack", string(debug.Stack())))
	if out.status == 0 {
		s.writeProblem(out, problem(http.StatusInternalServerError,
			"The server made a mistake while it answered; the log says more, and asking again may help."))
	}
}

// recorder remembers what was answered. The headers that every error has, and
// must not have, are set here and nowhere else.
type recorder struct {
	http.ResponseWriter
	read   bool // GET or HEAD: any origin may read the answer
	status int
	seq    ledger.Seq // at which the request is answered
	answer *answer    // what a handler answered with, if it may be kept

	hijacked bool // the connection is a subscriber's
}

// WriteHeader implements [http.ResponseWriter].
func (o *recorder) WriteHeader(status int) {
	if o.status != 0 {
		return
	}
	o.status = status
	h := o.Header()
	if status >= http.StatusBadRequest {
		h.Set("Cache-Control", "no-store")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Del("ETag")
		h.Del("Link")
	}
	if _, ok := h[seqHeader]; !ok {
		h[seqHeader] = []string{seqText(o.seq)}
	}
	if o.read {
		allowAnyOrigin(h)
	}
	o.ResponseWriter.WriteHeader(status)
}

// allowAnyOrigin lets pages from anywhere read an answer.
func allowAnyOrigin(h http.Header) {
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "ETag, Foedus-Seq, Foedus-Event-Seqs, Link")
}

// Write implements [http.ResponseWriter].
func (o *recorder) Write(b []byte) (int, error) {
	if o.status == 0 {
		o.WriteHeader(http.StatusOK)
	}
	return o.ResponseWriter.Write(b)
}

// Unwrap lets [http.ResponseController] reach the connection.
func (o *recorder) Unwrap() http.ResponseWriter { return o.ResponseWriter }

func (o *recorder) code() int {
	if o.status == 0 {
		return http.StatusOK
	}
	return o.status
}

// view looks at the World for a moment.
func (s *server) view(f func(w *projections.World)) { s.Projection.View(f) }

// today is the default of on.
func (s *server) today() ledger.Date {
	y, m, d := s.Now().UTC().Date()
	day, err := ledger.NewDate(y, int(m), d)
	if err != nil {
		return ledger.MaxDate // a clock beyond the calendar
	}
	return day
}
