package httpapi

import (
	"context"

	"foedus/ledger"
	"foedus/projections"
)

// World is every alliance in force on a day.
type World struct {
	Asked
	Coverage  string          `json:"coverage" enum:"inside,outside,undeclared" doc:"Of the dataset."`
	Scope     string          `json:"coverage_scope,omitempty" doc:"What the dataset covers, in words."`
	Alliances []WorldAlliance `json:"alliances"`
}

// WorldAlliance is one alliance in force. Under reading=signature those that
// are signed count as well.
type WorldAlliance struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Form        string   `json:"form,omitempty"`
	Aliases     []string `json:"aliases"`
	Status      string   `json:"status" enum:"signed,in-force"`
	StatusSince *string  `json:"status_since"`
	Certainty   string   `json:"status_certainty" enum:"certain,possible"`
	Coverage    string   `json:"coverage" enum:"inside,outside,undeclared"`
	Members     []Member `json:"members"`
}

// worldInput asks for the world.
type worldInput struct {
	PointParams
	TableFormat
}

// world answers GET /v1/world.
func (s *server) world(ctx context.Context, in *worldInput) (*reply, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV)
	return s.render(p, p.permalink("/v1/world"), func() (doc any, err error) {
		s.view(func(w *projections.World) { doc = worldDoc(w, p) })
		return doc, nil
	})
}

func worldDoc(w *projections.World, p *point) *World {
	doc := &World{Asked: asked(w, p), Coverage: datasetCoverage(w, p.Query), Scope: datasetScope(w, p.Query), Alliances: []WorldAlliance{}}
	d := newWriter(w, p.Query)
	for _, id := range w.List(p.Dataset, ledger.KindAlliance, p.Known) {
		v, ok := w.At(p.Query, ledger.KindAlliance, id)
		if !ok {
			continue
		}
		if status := standing(&v, p.Reading); status != nil {
			doc.Alliances = append(doc.Alliances, d.inForce(&v, status))
		}
	}
	return doc
}

// standing returns the status fact that makes an alliance stand, nil for none.
func standing(v *projections.View, r projections.Reading) *projections.Fact {
	facts := v.Of(projections.FactStatus)
	for i := range facts {
		if f := &facts[i]; f.Value == projections.InForce || r == projections.ReadingSignature && f.Value == projections.Signed {
			return f
		}
	}
	return nil
}

func (d *writer) inForce(v *projections.View, status *projections.Fact) WorldAlliance {
	row := d.row(v, "")
	out := WorldAlliance{
		ID: row.ID, Title: row.Title, Form: row.Form, Aliases: row.Aliases, Status: status.Value,
		Certainty: certainty(status.Certainty), Coverage: row.Coverage, Members: make([]Member, 0, row.Members),
	}
	out.StatusSince, _, _ = bound(status.Span.SinceEarliest, status.Span.SinceLatest)
	facts := v.Of(projections.FactParty)
	for i := range facts {
		if f := &facts[i]; isParty(f) {
			out.Members = append(out.Members, Member{d.ref(f.A), f.Value, d.told(f)})
		}
	}
	return out
}
