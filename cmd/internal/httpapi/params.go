package httpapi

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/negotiation"

	"foedus/ledger"
	"foedus/projections"
)

// The formats of an answer.
const (
	formatJSON    = "json"
	formatCSV     = "csv"
	formatJSONL   = "jsonl"
	formatEntries = "entries"
)

// KnowledgeParams is the parameter of every question: which state of knowledge.
type KnowledgeParams struct {
	Known string `query:"known" doc:"What the ledger held: a sequence number, or an RFC 3339 time that is resolved to one. Default: the head." example:"1"`
}

// PointParams are the parameters of a question at a point.
type PointParams struct {
	On string `query:"on" doc:"The day of history asked about, YYYY-MM-DD. Default: today (UTC)." format:"date" example:"1955-05-10"`
	KnowledgeParams
	ConventionParams
}

// ConventionParams say how a question is to be understood.
type ConventionParams struct {
	Reading string `query:"reading" enum:"in-force,signature" default:"in-force" doc:"What dates membership: entry into force for that party, or signature." example:"in-force"`
	Public  bool   `query:"public" doc:"Answer with only what was publicly known on the day." example:"true"`
	Certain bool   `query:"certain" doc:"Drop what is only possible on the day, because a date is not fully known." example:"true"`
	Dataset string `query:"dataset" default:"core" maxLength:"64" doc:"The body of events to ask." example:"core"`
}

// TableFormat is the parameter of an answer that has a tabular form.
type TableFormat struct {
	Format string `query:"format" enum:"json,csv" doc:"The format; it wins over the Accept header." example:"csv"`
}

// point is where a question is asked, resolved.
type point struct {
	projections.Query
	head   ledger.Seq
	pinned bool // on and known were given, known as a sequence
	format string
	// The permalink leaves them out, because the route has others in their place.
	onLess, knownLess bool
	// steadily names the question whatever its day, "" if the answer is not one
	// that holds for a stretch of days.
	steadily string
}

// requestKey is where the request stands in the context of a handler.
type requestKey struct{}

// remember puts the request into the context, because huma hands its handlers
// only the parameters.
func (s *server) remember(ctx huma.Context, next func(huma.Context)) {
	r, _ := humago.Unwrap(ctx)
	next(huma.WithValue(ctx, requestKey{}, r))
}

func requestOf(ctx context.Context) *http.Request {
	r, _ := ctx.Value(requestKey{}).(*http.Request)
	return r
}

// refuseUnknown refuses a query parameter that the operation does not have, or
// that stands twice: a name misspelt must not look like a question answered.
func (s *server) refuseUnknown(ctx huma.Context, next func(huma.Context)) {
	r, w := humago.Unwrap(ctx)
	if r.URL.RawQuery == "" {
		next(ctx)
		return
	}
	var known, lists []string
	for _, p := range ctx.Operation().Parameters {
		if p.In != inQuery {
			continue
		}
		known = append(known, p.Name)
		if p.Schema != nil && p.Schema.Type == huma.TypeArray {
			lists = append(lists, p.Name)
		}
	}
	if bad := checkQuery(r.URL.RawQuery, known, lists); len(bad) > 0 {
		if ctx.Operation().OperationID == opAppend {
			s.reject("invalid")
		}
		s.writeProblem(w, problem(http.StatusUnprocessableEntity, summarise(bad), bad...))
		return
	}
	next(ctx)
}

// checkQuery looks at the names of the parameters; those of lists may repeat.
func checkQuery(raw string, known, lists []string) (bad []*huma.ErrorDetail) {
	q, err := url.ParseQuery(raw)
	if err != nil {
		return []*huma.ErrorDetail{wrong(inQuery, clip(raw), "the query cannot be read: "+err.Error()+"; escape it as URLs ask")}
	}
	for _, name := range slices.Sorted(maps.Keys(q)) {
		values := q[name]
		switch {
		case !slices.Contains(known, name):
			bad = append(bad, wrong(inQuery+"."+clip(name), clip(values[0]), noSuchParam(name, known)))
		case len(values) > 1 && !slices.Contains(lists, name):
			bad = append(bad, wrong(inQuery+"."+name, values[1], "stands more than once; keep one"))
		}
	}
	return bad
}

func noSuchParam(name string, known []string) string {
	switch near := ledger.Nearest(name, known); {
	case near != "":
		return fmt.Sprintf("is not a parameter here; did you mean %q?", near)
	case len(known) == 0:
		return "is not a parameter here; this route takes none"
	}
	return "is not a parameter here; the route takes: " + strings.Join(known, ", ")
}

// ask resolves the parameters of a question.
func (s *server) ask(in *PointParams) (*point, error) {
	p := &point{head: s.Projection.Status().Applied}
	var err error
	onGiven := in.On != ""
	if p.On, err = s.day("on", in.On); err != nil {
		return nil, err
	}
	var isSeq bool
	if p.Known, isSeq, err = s.known("known", in.Known, p.head); err != nil {
		return nil, err
	}
	p.pinned = onGiven && isSeq
	return p, s.convention(p, &in.ConventionParams)
}

// convention resolves how a question is to be understood.
func (s *server) convention(p *point, in *ConventionParams) error {
	p.Reading, _ = projections.ParseReading(in.Reading) // huma has checked it
	p.Public, p.Certain = in.Public, in.Certain
	p.Dataset = ledger.DatasetID(in.Dataset)
	return s.knownDataset(p.Dataset)
}

// knownDataset refuses a dataset of which no event tells; core always exists.
func (s *server) knownDataset(d ledger.DatasetID) error {
	if d == ledger.Core || d == "" {
		return nil
	}
	var all []string
	s.view(func(w *projections.World) { all = w.Datasets() })
	if slices.Contains(all, string(d)) {
		return nil
	}
	message := fmt.Sprintf("there is no dataset %q; there are: %s", clip(string(d)), strings.Join(all, ", "))
	if near := ledger.Nearest(string(d), all); near != "" {
		message = fmt.Sprintf("there is no dataset %q; did you mean %s?", clip(string(d)), near)
	}
	return badParam("dataset", string(d), message)
}

// day reads a date; "" is today.
func (s *server) day(name, text string) (ledger.Date, error) {
	if text == "" {
		return s.today(), nil
	}
	d, err := ledger.ParseDate(text)
	if err != nil {
		return 0, badParam(name, text, plainly(err))
	}
	return d, nil
}

// known resolves a state of knowledge; "" is the head.
func (s *server) known(name, text string, head ledger.Seq) (seq ledger.Seq, isSeq bool, err error) {
	if text == "" {
		return head, false, nil
	}
	if seq, err := ledger.ParseSeq(text); err == nil {
		if seq > head {
			return 0, false, badParam(name, text, fmt.Sprintf("the ledger ends at %d; ask for a sequence up to that", head))
		}
		return seq, true, nil
	}
	// A plus sign that nobody escaped arrives as a space.
	at, err := time.Parse(time.RFC3339, strings.ReplaceAll(text, " ", "+"))
	if err != nil {
		return 0, false, badParam(name, text,
			fmt.Sprintf("%q is neither a sequence number nor an RFC 3339 time; write for example 12 or 2026-01-31T12:00:00Z", clip(text)))
	}
	s.view(func(w *projections.World) { seq = w.KnownAt(at.UnixNano()) })
	return min(seq, head), false, nil
}

// caching says how long the answer may be kept.
func (p *point) caching() string {
	if p.pinned {
		return cacheForever
	}
	return cacheRevalidate
}

// permalink returns the canonical URL of the question: every parameter that
// matters, in a fixed order, with on explicit and known pinned to a sequence.
// Pairs of name and value are those of the route itself; a pair with an empty
// value is left out.
func (p *point) permalink(path string, pairs ...string) string {
	var b strings.Builder
	b.Grow(len(path) + 64)
	b.WriteString(path)
	sep := byte('?')
	add := func(name, value string) {
		if value == "" {
			return
		}
		b.WriteByte(sep)
		sep = '&'
		b.WriteString(name)
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(value))
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		add(pairs[i], pairs[i+1])
	}
	if !p.onLess {
		add("on", p.On.String())
	}
	if !p.knownLess {
		add("known", seqText(p.Known))
	}
	if p.Reading != projections.ReadingInForce {
		add("reading", p.Reading.String())
	}
	if p.Public {
		add("public", "true")
	}
	if p.Certain {
		add("certain", "true")
	}
	if p.Dataset != ledger.Core {
		add("dataset", string(p.Dataset))
	}
	if p.format != formatJSON {
		add("format", p.format)
	}
	return b.String()
}

// chooseFormat returns the format asked for: by name, else by the Accept
// header, else JSON. offered names the formats beside JSON.
func chooseFormat(ctx context.Context, name string, offered ...string) string {
	if name != "" {
		return name
	}
	r := requestOf(ctx)
	if r == nil {
		return formatJSON
	}
	accept := r.Header.Get("Accept")
	if accept == "" || accept == "*/*" || accept == "application/json" {
		return formatJSON
	}
	types := []string{"application/json"}
	for _, f := range offered {
		types = append(types, mediaTypes(f)...)
	}
	got := negotiation.SelectQValue(accept, types)
	for _, f := range offered {
		if slices.Contains(mediaTypes(f), got) {
			return f
		}
	}
	return formatJSON
}

// mediaTypes lists the media types of a format, the one it is served as first.
func mediaTypes(format string) []string {
	switch format {
	case formatCSV:
		return []string{"text/csv"}
	case formatJSONL:
		return []string{"application/x-ndjson", "application/jsonl", "application/jsonlines"}
	case formatDOT:
		return []string{"text/vnd.graphviz"}
	case formatText:
		return []string{"text/plain"}
	}
	return []string{"application/json"}
}
