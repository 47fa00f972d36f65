package httpapi

import (
	"context"
	"strconv"

	"foedus/ledger"
	"foedus/projections"
)

// Report says how well each alliance of a dataset is recorded.
type Report struct {
	Asked
	Coverage  string      `json:"coverage" enum:"inside,outside,undeclared" doc:"Of the dataset."`
	Alliances []ReportRow `json:"alliances"`
	Total     ReportRow   `json:"total"`
}

// ReportRow is the record of one alliance, or the sum of all.
type ReportRow struct {
	Alliance  string `json:"alliance,omitempty"`
	Title     string `json:"title,omitempty"`
	Events    int    `json:"events" doc:"Records about the alliance that stand: corrected ones count once, retracted ones not."`
	Elsewhere int    `json:"elsewhere" doc:"Records about something else, a crisis for example, that mention it."`
	Clauses   int    `json:"clauses" doc:"Clauses, each once, whatever its versions."`
	Uncited   int    `json:"uncited" doc:"Records about the alliance without any citation, but for disputes and coverage, which need none of their own."`
	A         int    `json:"grade_a" doc:"Citations of grade A: checked against the source. Claims of a dispute count as citations."`
	B         int    `json:"grade_b" doc:"Well known, the source not opened again."`
	C         int    `json:"grade_c" doc:"Probable."`
	D         int    `json:"grade_d" doc:"Disputed."`
	Open      int    `json:"disputes_open"`
	Decided   int    `json:"disputes_decided"`
}

func (r *ReportRow) add(o *ReportRow) {
	r.Events, r.Elsewhere, r.Clauses, r.Uncited = r.Events+o.Events, r.Elsewhere+o.Elsewhere, r.Clauses+o.Clauses, r.Uncited+o.Uncited
	r.A, r.B, r.C, r.D = r.A+o.A, r.B+o.B, r.C+o.C, r.D+o.D
	r.Open, r.Decided = r.Open+o.Open, r.Decided+o.Decided
}

// reportInput asks for the report.
type reportInput struct {
	Alliance string `query:"alliance" doc:"Only this alliance: an id or one of its names." example:"nato"`
	PointParams
	TableFormat
}

// report answers GET /v1/report.
func (s *server) report(ctx context.Context, in *reportInput) (*reply, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV)
	only := ledger.AllianceID("")
	if in.Alliance != "" {
		if only, err = s.allianceNamed(p, inQuery, "alliance", in.Alliance); err != nil {
			return nil, err
		}
	}
	return s.render(p, p.permalink("/v1/report", "alliance", string(only)), func() (any, error) {
		return s.reported(ctx, p, only)
	})
}

func (s *server) reported(ctx context.Context, p *point, only ledger.AllianceID) (*Report, error) {
	doc := &Report{Alliances: []ReportRow{}}
	var rows []ReportRow
	s.view(func(w *projections.World) {
		doc.Asked, doc.Coverage = asked(w, p), datasetCoverage(w, p.Query)
		for _, id := range w.List(p.Dataset, ledger.KindAlliance, p.Known) {
			v, ok := w.At(p.Query, ledger.KindAlliance, id)
			if only == "" || string(only) == id {
				if ok && !hidden(w, p.Query, &v) {
					rows = append(rows, ReportRow{Alliance: id, Title: titleOf(&v)})
				}
			}
		}
	})
	for i := range rows {
		if err := s.count(ctx, p, &rows[i]); err != nil {
			return nil, err
		}
		doc.Total.add(&rows[i])
	}
	doc.Alliances = orEmpty(rows)
	return doc, nil
}

// count reads the records of one alliance from the log: the World keeps no
// citations.
func (s *server) count(ctx context.Context, p *point, row *ReportRow) error {
	var told []projections.Told
	s.view(func(w *projections.World) {
		told = w.AllianceTimeline(p.Dataset, ledger.AllianceID(row.Alliance), p.Known)
	})
	events, err := s.decoded(ctx, told)
	if err != nil {
		return err
	}
	clauses := make(map[ledger.ClauseID]bool)
	for i := range events {
		c := standingContent(&events[i])
		switch {
		case !publicly(p, c):
		case events[i].Aggregate.Kind != ledger.KindAlliance || events[i].Aggregate.ID != row.Alliance:
			row.Elsewhere++
		default:
			row.Events++
			row.record(c, clauses)
		}
	}
	row.Clauses = len(clauses)
	return nil
}

// record counts one record about the alliance.
func (r *ReportRow) record(c *ledger.Content, clauses map[ledger.ClauseID]bool) {
	cited := len(c.Citations) > 0
	switch p := any(c.Payload).(type) { // the others count as they are
	case *ledger.ClauseAdded:
		clauses[p.Clause.ID] = true
	case *ledger.ClauseChanged:
		clauses[p.Clause.ID] = true
	case *ledger.DisputeOpened:
		cited = true
		r.Open++
		for i := range p.Claims {
			r.cite(p.Claims[i].Grade)
		}
	case *ledger.DisputeDecided:
		cited = true
		r.Open, r.Decided = r.Open-1, r.Decided+1
	case *ledger.CoverageDeclared:
		cited = true
	}
	if !cited {
		r.Uncited++
	}
	for i := range c.Citations {
		r.cite(c.Citations[i].Grade)
	}
}

func (r *ReportRow) cite(g ledger.Grade) {
	switch g {
	case ledger.GradeA:
		r.A++
	case ledger.GradeB:
		r.B++
	case ledger.GradeC:
		r.C++
	case ledger.GradeD:
		r.D++
	}
}

func (r *Report) table(row func(cells ...string)) {
	row("dataset", "known", "alliance", "title", "events", "elsewhere", "clauses", "uncited",
		"grade_a", "grade_b", "grade_c", "grade_d", "disputes_open", "disputes_decided")
	for i := range r.Alliances {
		a := &r.Alliances[i]
		cells := []string{r.Dataset, seqText(r.Known.Seq), a.Alliance, a.Title}
		for _, n := range []int{a.Events, a.Elsewhere, a.Clauses, a.Uncited, a.A, a.B, a.C, a.D, a.Open, a.Decided} {
			cells = append(cells, strconv.Itoa(n))
		}
		row(cells...)
	}
}
