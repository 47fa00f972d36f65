package natsfeed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
)

// serviceName is the name of the service, and of the queue group in which all
// replicas share the questions.
const serviceName = "foedus"

// serviceVersion is that of the endpoints, not of the program.
const serviceVersion = "1.0.0"

// atOnce is how many questions are answered at the same time unless the
// configuration says otherwise.
const atOnce = 4

// QueryConfig says who answers questions, and where they are asked. Conn and
// Handler are required.
type QueryConfig struct {
	Conn *nats.Conn
	// Handler is the HTTP API. A question is put to it in process, so that there is
	// one set of answers.
	Handler http.Handler
	// AtOnce is how many questions are answered at the same time. Zero means 4.
	AtOnce  int
	Version string       // of the program, for who looks at the service
	Logger  *slog.Logger // nil discards
}

// Queries is a service that answers questions over NATS. Make it with
// [NewQueries] and start it with [Queries.Run].
type Queries struct {
	cfg QueryConfig
	// turns holds a token for each question that is being answered.
	turns chan struct{}
}

// NewQueries returns a service that answers nothing yet.
func NewQueries(cfg QueryConfig) *Queries {
	if cfg.AtOnce <= 0 {
		cfg.AtOnce = atOnce
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	return &Queries{cfg: cfg, turns: make(chan struct{}, cfg.AtOnce)}
}

// Run answers until ctx ends, which is no error. When it returns, no question is
// being answered.
func (q *Queries) Run(ctx context.Context) error {
	var services []micro.Service
	defer func() {
		for _, s := range services {
			_ = s.Stop() // what fails only when the connection is gone
		}
		for range q.cfg.AtOnce { // those under way end; ctx keeps others from beginning
			q.turns <- struct{}{}
		}
	}()
	// An instance takes one question after the other, so there are as many as
	// questions may be answered at once: like replicas in one process.
	for range q.cfg.AtOnce {
		s, err := q.instance(ctx)
		if s != nil {
			services = append(services, s)
		}
		if err != nil {
			return fmt.Errorf("answer questions: %w", err)
		}
	}
	<-ctx.Done()
	return nil
}

func (q *Queries) instance(ctx context.Context) (micro.Service, error) {
	s, err := micro.AddService(q.cfg.Conn, micro.Config{
		Name: serviceName, Version: serviceVersion, QueueGroup: serviceName,
		Description: "Questions about alliances, answered as over HTTP. A question is a JSON object of parameters.",
		Metadata:    map[string]string{"program": q.cfg.Version},
		ErrorHandler: func(_ micro.Service, e *micro.NATSError) {
			q.cfg.Logger.WarnContext(ctx, "questions over NATS", "subject", e.Subject, "error", e.Description)
		},
	})
	if err != nil {
		return nil, err
	}
	for _, e := range endpoints() {
		err := s.AddEndpoint(e.name, micro.HandlerFunc(func(r micro.Request) { q.answer(ctx, &e, r) }),
			micro.WithEndpointSubject(querySubjects+e.name), micro.WithEndpointMetadata(map[string]string{"doc": e.doc, "example": e.example}))
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// answer puts one question to the handler and sends what it answers. A question
// that comes when the service stops is left without an answer, as one that comes
// a moment later would be.
func (q *Queries) answer(ctx context.Context, e *endpoint, r micro.Request) {
	select {
	case q.turns <- struct{}{}:
	case <-ctx.Done():
		return
	}
	defer func() { <-q.turns }()
	if ctx.Err() != nil {
		return
	}
	if err := q.respond(ctx, e, r); err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
		q.cfg.Logger.WarnContext(ctx, "an answer over NATS was not sent", "subject", r.Subject(), "error", err)
	}
}

func (q *Queries) respond(ctx context.Context, e *endpoint, r micro.Request) error {
	target, err := e.target(r.Data())
	if err != nil {
		return refuse(r, http.StatusUnprocessableEntity, err.Error(), "")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://foedus"+target, http.NoBody)
	if err != nil {
		return refuse(r, http.StatusUnprocessableEntity, err.Error(), "")
	}
	req.Header.Set("Accept", "application/json")
	out := collector{header: make(http.Header), most: int(q.cfg.Conn.MaxPayload())}
	out.ask(q.cfg.Handler, req)
	seq := out.header.Get(seqHeader)
	switch {
	case out.broken:
		return refuse(r, http.StatusInternalServerError, "the answer broke off", seq)
	case out.size > out.most-mostHeader:
		return refuse(r, http.StatusRequestEntityTooLarge, fmt.Sprintf(
			"the answer has %d bytes, and this server carries messages of %d; ask for one alliance or state, or over HTTP", out.size, out.most), seq)
	}
	if out.status >= http.StatusMultipleChoices && out.status < http.StatusBadRequest { // a path like ".."
		return refuse(r, http.StatusNotFound, "there is no such alliance or state", seq)
	}
	h := micro.Headers{seqHeader: {seq}, "Content-Type": {out.header.Get("Content-Type")}}
	if out.status < http.StatusMultipleChoices {
		return r.Respond(out.body, micro.WithHeaders(h))
	}
	return r.Error(strconv.Itoa(out.status), described(out.body, out.status), out.body, micro.WithHeaders(h))
}

// seqHeader says at which sequence an answer was given.
const seqHeader = "Foedus-Seq"

// mostHeader is how many bytes of a message are left to its headers.
const mostHeader = 4 << 10

// problem is a problem document (RFC 9457), as far as it is needed here.
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// refuse answers what does not come to the handler, in the form of its refusals.
func refuse(r micro.Request, status int, detail, seq string) error {
	body, err := json.Marshal(problem{http.StatusText(status), status, detail})
	if err != nil {
		return err
	}
	h := micro.Headers{"Content-Type": {"application/problem+json"}}
	if seq != "" {
		h[seqHeader] = []string{seq}
	}
	return r.Error(strconv.Itoa(status), oneLine(detail), body, micro.WithHeaders(h))
}

// described returns what a problem document says, as one line for a header.
func described(body []byte, status int) string {
	var p problem
	if json.Unmarshal(body, &p) == nil && p.Detail != "" {
		return oneLine(p.Detail)
	}
	return http.StatusText(status)
}

// oneLine makes text fit for a header.
func oneLine(s string) string {
	const most = 1000
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return strings.Join(strings.Fields(s), " ")
}

// collector takes an answer that is asked for in process. What is beyond the
// most is counted and not kept.
type collector struct {
	header http.Header
	status int
	body   []byte
	size   int
	most   int
	broken bool
}

// ask calls the handler. One that panics breaks its answer off.
func (c *collector) ask(h http.Handler, r *http.Request) {
	defer func() {
		if v := recover(); v != nil {
			c.broken = true
		}
	}()
	h.ServeHTTP(c, r)
	c.WriteHeader(http.StatusOK)
}

// Header implements [http.ResponseWriter].
func (c *collector) Header() http.Header { return c.header }

// WriteHeader implements [http.ResponseWriter].
func (c *collector) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

// Write implements [http.ResponseWriter].
func (c *collector) Write(b []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	if c.size += len(b); c.size <= c.most {
		c.body = append(c.body, b...)
	}
	return len(b), nil
}
