package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

func unwrap(ctx huma.Context) (*http.Request, http.ResponseWriter) { return humago.Unwrap(ctx) }

// apiConfig describes the API. The documents themselves are served by
// plainRoutes, because the readers that huma ships load scripts from elsewhere.
func (s *server) apiConfig() huma.Config {
	c := huma.DefaultConfig("foedus", s.Version)
	c.Info.Description = "An event-sourced ledger of alliances: who was bound to whom, on any day of history, " +
		"as known at any state of the ledger. Every answer names its permalink (Link, rel=canonical), which never changes."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.Transformers = []huma.Transformer{s.polish}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer", Description: "The token that the server was started with."},
	}
	return c
}

// register adds every documented operation.
func (s *server) register() {
	get(s, "/v1/world", "world", "Every alliance in force on a day, with its members", s.world, World{}, true)
	get(s, "/v1/alliances", "alliances", "The alliances of a dataset", s.alliances, AllianceList{}, true)
	get(s, "/v1/alliances/{id}", "alliance", "One alliance on a day: status, members, clauses in force", s.alliance, Alliance{}, true)
	get(s, "/v1/alliances/{id}/timeline", "alliance-timeline", "What is told of an alliance, in historical order", s.allianceTimeline, Timeline{}, true)
	get(s, "/v1/states", "states", "The states of a dataset", s.states, StateList{}, true)
	get(s, "/v1/states/{id}", "state", "One state on a day: identity, codes, alliances, allies", s.state, State{}, true)
	get(s, "/v1/states/{id}/timeline", "state-timeline", "What is told of a state, in historical order", s.stateTimeline, Timeline{}, true)
	get(s, "/v1/diff", "diff", "What changed between two dates, or between two states of knowledge", s.diff, Diff{}, true)
	s.registerObligations()
	get(s, "/v1/report", "report", "How well each alliance is recorded: events, clauses, citations by grade, disputes", s.report, Report{}, true)
	get(s, "/v1/events", "events", "The log: a page of it, or all of it as JSON Lines", s.events, []map[string]any{}, false)
	get(s, "/v1/events/{id}", "event", "One event, byte for byte", s.event, map[string]any{}, false)
	get(s, "/v1/export/{file}", "export", "A streamed export: the events, the spells, a panel, the edges of a day", s.export, nil, false)
	get(s, "/v1/doctor", "doctor", "What is odd, and how the server is", s.doctor, Doctor{}, false)
	get(s, "/v1/stream", "stream", "Updates as server-sent events: what each event changes in the world", s.subscribe, nil, false)
	s.api.OpenAPI().Paths["/v1/stream"].Get.Responses["200"].Content["text/event-stream"] = &huma.MediaType{Schema: &huma.Schema{
		Type: huma.TypeString, Description: "event: update, with the sequence as id and {seq, event, changes} as data; caughtup, heartbeat, lagged.",
	}}
	s.api.OpenAPI().Paths["/v1/stream"].Get.Responses["410"] = &huma.Response{
		Description: "The sequence to go on from lies beyond the head: it is another ledger, or was restored.",
	}
	s.registerAppend()
	huma.Register(s.api, huma.Operation{
		OperationID: "healthz", Method: http.MethodGet, Path: "/healthz", Summary: "The process is up", Tags: []string{"operation"},
	}, s.healthz)
	huma.Register(s.api, huma.Operation{
		OperationID: "readyz", Method: http.MethodGet, Path: "/readyz", Summary: "The log is replayed up to its head",
		Tags: []string{"operation"}, Errors: []int{http.StatusServiceUnavailable},
	}, s.readyz)
	s.documentExport()
	s.documentEvents()
}

// get registers a question. doc is an example of the document, for its schema.
func get[I any](s *server, path, id, summary string, handler func(context.Context, *I) (*reply, error), doc any, tabular bool) {
	ok := &huma.Response{Description: "The answer.", Headers: answerHeaders(), Content: map[string]*huma.MediaType{}}
	if doc != nil {
		schema := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeOf(doc), true, id)
		ok.Content["application/json"] = &huma.MediaType{Schema: schema}
	}
	if tabular {
		ok.Content["text/csv"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: "RFC 4180, with a header line."}}
	}
	huma.Register(s.api, huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: path, Summary: summary, Tags: []string{"questions"},
		Responses: map[string]*huma.Response{
			"200": ok,
			"304": {Description: "The client has the answer (If-None-Match)."},
		},
		Errors: []int{http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable},
	}, handler)
}

func answerHeaders() map[string]*huma.Param {
	text := func(doc string) *huma.Param {
		return &huma.Param{Description: doc, Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return map[string]*huma.Param{
		seqHeader:       text("The sequence at which the answer was given."),
		"ETag":          text("A strong validator."),
		"Link":          text("The permalink, rel=canonical."),
		"Cache-Control": text("Immutable if on was given and known was a sequence."),
	}
}

// opAppend is the operation that writes.
const opAppend = "append"

// registerObligations registers the questions about obligations, and the same
// over a record that is only supposed.
func (s *server) registerObligations() {
	get(s, "/v1/obligations", "obligations", "Who is bound to do what, under which clause, and why", s.obligations, Obligations{}, true)
	get(s, "/v1/places", "places", "The registry of places that situations may name", s.places, PlaceList{}, true)
	get(s, "/v1/performance", "performance", "What parties did when a clause was called for, and what scholars made of it", s.performance, History{}, true)
	forms := s.api.OpenAPI().Paths["/v1/obligations"].Get.Responses["200"].Content
	forms["text/vnd.graphviz"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: "The chain, in the DOT language."}}
	forms["text/plain"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: "The explanation and the trace with its numbers."}}
	huma.Register(s.api, huma.Operation{
		OperationID: "what-if", Method: http.MethodPost, Path: "/v1/obligations", Tags: []string{"questions"},
		Summary: "Who would be bound if these events were on record",
		Description: "The same question on a branch of the log: up to known, without the events that without names, and with those of the body. " +
			"They are checked like an append and never written. The answer says what was supposed, and is not to be kept.",
		Responses:    map[string]*huma.Response{"200": {Description: "The answer.", Content: forms}},
		MaxBodyBytes: maxBody + 1, BodyReadTimeout: writePatience, SkipValidateBody: true,
		Errors: []int{
			http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity, http.StatusInternalServerError,
			http.StatusServiceUnavailable,
		},
	}, s.supposed)
	s.api.OpenAPI().Paths["/v1/obligations"].Post.RequestBody.Content = map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{
		Type: huma.TypeObject, Required: []string{"events"},
		Properties: map[string]*huma.Schema{"events": {Type: huma.TypeArray, Items: eventSchema(), Description: "What is supposed to have happened."}},
	}}}
}

// registerAppend registers POST /v1/events.
func (s *server) registerAppend() {
	huma.Register(s.api, huma.Operation{
		OperationID: opAppend, Method: http.MethodPost, Path: "/v1/events", Tags: []string{"appending"},
		Summary: "Append an event, or several: all of them or none",
		Description: "One CloudEvents 1.0 document or an array of them. id, source and recordedtime may be left out. " +
			"The same id with the same content again answers 200 with the first sequence.",
		DefaultStatus: http.StatusCreated, MaxBodyBytes: maxBody + 1, BodyReadTimeout: writePatience, SkipValidateBody: true,
		Security:    []map[string][]string{{"token": {}}},
		Middlewares: huma.Middlewares{s.authorize},
		Errors: []int{
			http.StatusBadRequest, http.StatusUnauthorized, http.StatusConflict, http.StatusRequestEntityTooLarge,
			http.StatusUnprocessableEntity, http.StatusInternalServerError, http.StatusServiceUnavailable, http.StatusInsufficientStorage,
		},
	}, s.append)
	op := s.api.OpenAPI().Paths["/v1/events"].Post
	op.Responses["200"] = &huma.Response{
		Description: "Every event stood there before.", Content: op.Responses[strconv.Itoa(http.StatusCreated)].Content,
	}
	one := eventSchema()
	op.RequestBody.Content = map[string]*huma.MediaType{"application/json": {
		Schema: &huma.Schema{OneOf: []*huma.Schema{one, {Type: huma.TypeArray, Items: one}}},
	}}
}

// eventSchema describes a CloudEvents document of the ledger.
func eventSchema() *huma.Schema {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: doc} }
	return &huma.Schema{
		Type: huma.TypeObject, Description: "A CloudEvents 1.0 document.", Required: []string{"type", "subject", "data"},
		Properties: map[string]*huma.Schema{
			"specversion":     text("1.0"),
			"id":              text("A ULID."),
			"source":          text("/foedus/<dataset>"),
			"type":            text("foedus.<event type>.v<version>, for example foedus.instrument.signed.v1."),
			"subject":         text("<kind>/<id>, for example alliance/nato."),
			"time":            text("The historical moment, where a source gives a clock time (RFC 3339)."),
			"recordedtime":    text("When the producer wrote it down (RFC 3339)."),
			"datacontenttype": text("application/json"),
			"data":            {Type: huma.TypeObject, Description: "What happened: the fields of the type, citations, dates in EDTF."},
		},
	}
}

// documentEvents adds the streamed form.
func (s *server) documentEvents() {
	op := s.api.OpenAPI().Paths["/v1/events"].Get
	op.Responses["200"].Content = map[string]*huma.MediaType{
		"application/json":     {Schema: &huma.Schema{Type: huma.TypeArray, Items: eventSchema()}},
		"application/x-ndjson": {Schema: &huma.Schema{Type: huma.TypeString, Description: "JSON Lines, streamed."}},
	}
	s.api.OpenAPI().Paths["/v1/events/{id}"].Get.Responses["200"].Content["application/json"].Schema = eventSchema()
}
