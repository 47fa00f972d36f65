package httpapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"foedus/ledger"
	"foedus/projections"
)

// Health says that the process is up.
type Health struct {
	Status  string `json:"status" enum:"ok"`
	Version string `json:"version"`
}

// Ready says how far the projection is.
type Ready struct {
	Ready   bool       `json:"ready"`
	Applied ledger.Seq `json:"applied" doc:"The last sequence that answers know."`
	Target  ledger.Seq `json:"target" doc:"The head of the log when the server started."`
}

// Doctor is what an operator wants to know.
type Doctor struct {
	Version  string          `json:"version"`
	Ready    bool            `json:"ready"`
	Error    string          `json:"error,omitempty" doc:"Why the projection stopped."`
	Head     ledger.Seq      `json:"head" doc:"The last sequence of the log."`
	Applied  ledger.Seq      `json:"applied" doc:"The last sequence that answers know."`
	Lag      ledger.Seq      `json:"lag" doc:"The difference of the two."`
	Datasets []DatasetCounts `json:"datasets"`
	Findings []DoctorFinding `json:"findings" doc:"What is odd, by sequence, and how to mend it."`
	Extra    any             `json:"extra,omitempty" doc:"Further sections of this server."`
}

// DatasetCounts says how much a dataset holds.
type DatasetCounts struct {
	Dataset   string     `json:"dataset"`
	Coverage  string     `json:"coverage" enum:"inside,outside,undeclared" doc:"Of today."`
	Alliances int        `json:"alliances"`
	States    int        `json:"states"`
	Crises    int        `json:"crises"`
	Sources   int        `json:"sources"`
	Events    ledger.Seq `json:"events"`
}

// DoctorFinding is a finding with what it is about.
type DoctorFinding struct {
	Finding
	Dataset string `json:"dataset"`
	Subject string `json:"subject"`
}

type empty struct{}

// plain is an answer that huma writes.
type plain[T any] struct {
	Cache string `header:"Cache-Control"`
	Body  T
}

// healthz answers GET /healthz.
func (s *server) healthz(context.Context, *empty) (*plain[Health], error) {
	return &plain[Health]{cacheRevalidate, Health{"ok", s.Version}}, nil
}

// readyz answers GET /readyz.
func (s *server) readyz(context.Context, *empty) (*plain[Ready], error) {
	status := s.Projection.Status()
	if !status.Ready || status.Err != nil {
		return nil, s.notReady()
	}
	if s.Prepared != nil && !s.Prepared() {
		const detail = "The dataset core is being brought up to the history that ships with this program; ask again in a moment"
		return nil, huma.ErrorWithHeaders(problem(http.StatusServiceUnavailable, detail), http.Header{"Retry-After": {"1"}})
	}
	return &plain[Ready]{cacheRevalidate, Ready{true, status.Applied, status.Target}}, nil
}

// notReady says why no answer can be given yet.
func (s *server) notReady() error {
	status := s.Projection.Status()
	detail := fmt.Sprintf("The log is still being replayed: %d of %d events; ask again in a moment", status.Applied, status.Target)
	if status.Err != nil {
		detail = fmt.Sprintf("The projection stopped at sequence %d: %v; restart the server once that is mended", status.Applied, status.Err)
	}
	return huma.ErrorWithHeaders(problem(http.StatusServiceUnavailable, detail), http.Header{"Retry-After": {"1"}})
}

// doctor answers GET /v1/doctor. It looks at the head, so it has no permalink.
func (s *server) doctor(ctx context.Context, _ *empty) (*reply, error) {
	head, err := s.Log.Head(ctx)
	if err != nil {
		return nil, s.problemOf(fmt.Errorf("find the head of the log: %w", err))
	}
	status := s.Projection.Status()
	doc := &Doctor{Version: s.Version, Ready: status.Ready && status.Err == nil, Head: head, Datasets: []DatasetCounts{}, Findings: []DoctorFinding{}}
	if status.Err != nil {
		doc.Error = status.Err.Error()
	}
	today := s.today()
	s.view(func(w *projections.World) {
		doc.Applied = w.Head()
		doc.Datasets = append(doc.Datasets, counts(w, today)...)
		for _, f := range w.Findings() {
			doc.Findings = append(doc.Findings, DoctorFinding{
				Finding{f.Seq, w.ID(f.Seq).String(), f.Text}, string(f.Aggregate.Dataset), f.Aggregate.Subject(),
			})
		}
	})
	doc.Lag = head - min(head, doc.Applied)
	if s.Doctor != nil {
		doc.Extra = s.Doctor()
	}
	contentType, body, err := encode(doc, formatJSON)
	if err != nil {
		return nil, s.problemOf(fmt.Errorf("render the findings: %w", err))
	}
	p := &point{Query: projections.Query{Known: doc.Applied}}
	a := newAnswer(contentType, body, tagOf(body), p, "")
	return &reply{func(ctx huma.Context) {
		r, w := unwrap(ctx)
		a.serve(w, r) // not offered to the cache: the lag moves without the head
	}}, nil
}

func counts(w *projections.World, today ledger.Date) (out []DatasetCounts) {
	for _, name := range w.Datasets() {
		d := ledger.DatasetID(name)
		n := func(k ledger.Kind) int { return len(w.List(d, k, w.Head())) }
		out = append(out, DatasetCounts{
			Dataset: name, Coverage: datasetCoverage(w, projections.Query{Dataset: d, On: today, Known: w.Head()}),
			Alliances: n(ledger.KindAlliance), States: n(ledger.KindState), Crises: n(ledger.KindCrisis), Sources: n(ledger.KindLedger),
			Events: ledger.Seq(len(w.Select(projections.Selection{Dataset: d}, 0, w.Head(), 0))),
		})
	}
	return out
}
