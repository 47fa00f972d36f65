package httpapi

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"foedus/ledger"
	"foedus/projections"
)

// allianceInput asks for one alliance.
type allianceInput struct {
	ID string `path:"id" doc:"The id of the alliance, or one of its names." example:"nato"`
	PointParams
	TableFormat
}

// alliance answers GET /v1/alliances/{id}.
func (s *server) alliance(ctx context.Context, in *allianceInput) (*reply, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV)
	id, err := s.allianceNamed(p, inPath, "id", in.ID)
	if err != nil {
		return nil, err
	}
	path := "/v1/alliances/" + url.PathEscape(string(id))
	p.steadily = p.question(path)
	if body := s.steady.body(p.steadily, p.On); body != nil {
		return s.send(newAnswer("application/json", body, tagOf(body), p, p.permalink(path))), nil
	}
	return s.render(p, p.permalink(path), func() (any, error) {
		var doc *Alliance
		var ok bool
		s.view(func(w *projections.World) { doc, ok = allianceDoc(w, p, id) })
		if !ok {
			return nil, s.unresolved(&projections.UnknownError{Kind: "alliance", Value: in.ID}, inPath, "id", in.ID)
		}
		return doc, nil
	})
}

// allianceNamed resolves the name of an alliance. With public=true one of
// which nothing was public does not exist.
func (s *server) allianceNamed(p *point, in, name, value string) (id ledger.AllianceID, err error) {
	s.view(func(w *projections.World) {
		if id, err = w.Alliance(p.Query, value); err != nil || !p.Public {
			return
		}
		if v, ok := w.At(p.Query, ledger.KindAlliance, string(id)); ok && hidden(w, p.Query, &v) {
			err = &projections.UnknownError{Kind: "alliance", Value: value}
		}
	})
	if err != nil {
		return "", s.unresolved(err, in, name, value)
	}
	return id, nil
}

// AllianceList lists the alliances of a dataset.
type AllianceList struct {
	Asked
	Coverage  string        `json:"coverage" enum:"inside,outside,undeclared" doc:"Of the dataset."`
	Alliances []AllianceRow `json:"alliances"`
}

// AllianceRow is one alliance in a list.
type AllianceRow struct {
	ID          string   `json:"id"`
	Title       string   `json:"title"`
	Form        string   `json:"form,omitempty"`
	Aliases     []string `json:"aliases"`
	Status      *string  `json:"status" enum:"proposed,signed,in-force,ended"`
	StatusSince *string  `json:"status_since"`
	Certainty   string   `json:"status_certainty,omitempty"`
	Coverage    string   `json:"coverage" enum:"inside,outside,undeclared"`
	Members     int      `json:"members" doc:"How many states are parties on this day."`
	Membership  *Member  `json:"membership,omitempty" doc:"That of the state asked for."`
}

// allianceListInput asks for a list of alliances.
type allianceListInput struct {
	State string `query:"state" doc:"Only those of which this state is a party on the day: an id, an ISO 3166 alpha-3 code, cow:290 or gw:290." example:"POL"`
	Q     string `query:"q" maxLength:"200" doc:"Only those with this text in the id or in one of the names." example:"pact"`
	PointParams
	TableFormat
}

// alliances answers GET /v1/alliances.
func (s *server) alliances(ctx context.Context, in *allianceListInput) (*reply, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV)
	state, err := s.stateNamed(p, inQuery, "state", in.State)
	if err != nil {
		return nil, err
	}
	q := strings.ToLower(strings.TrimSpace(in.Q))
	return s.render(p, p.permalink("/v1/alliances", "state", string(state), "q", q), func() (doc any, err error) {
		s.view(func(w *projections.World) { doc = allianceList(w, p, state, q) })
		return doc, nil
	})
}

func allianceList(w *projections.World, p *point, state ledger.StateID, q string) *AllianceList {
	list := &AllianceList{Asked: asked(w, p), Coverage: datasetCoverage(w, p.Query), Alliances: []AllianceRow{}}
	d := newWriter(w, p.Query)
	for _, id := range w.List(p.Dataset, ledger.KindAlliance, p.Known) {
		if q != "" && !slices.ContainsFunc(append(w.Names(p.Query, id), id), func(n string) bool {
			return strings.Contains(strings.ToLower(n), q)
		}) {
			continue
		}
		v, ok := w.At(p.Query, ledger.KindAlliance, id)
		if !ok || hidden(w, p.Query, &v) {
			continue
		}
		if row := d.row(&v, state); state == "" || row.Membership != nil {
			list.Alliances = append(list.Alliances, row)
		}
	}
	return list
}

func (d *writer) row(v *projections.View, state ledger.StateID) AllianceRow {
	var head Alliance
	head.ID = v.Aggregate.ID
	d.describe(&head, v)
	row := AllianceRow{
		ID: head.ID, Title: head.Title, Form: head.Form, Aliases: orEmpty(head.Aliases),
		Status: head.Status, StatusSince: head.StatusSince, Certainty: head.StatusCertain, Coverage: string(v.Coverage),
	}
	facts := v.Of(projections.FactParty)
	for i := range facts {
		if f := &facts[i]; isParty(f) {
			row.Members++
			if f.A == string(state) {
				row.Membership = &Member{d.ref(f.A), f.Value, d.told(f)}
			}
		}
	}
	return row
}

// isParty reports whether a party fact is that of a party.
func isParty(f *projections.Fact) bool {
	return f.Value == projections.Party || f.Value == projections.Suspended
}

// datasetCoverage is the coverage of the dataset as a whole.
func datasetCoverage(w *projections.World, q projections.Query) string {
	if v, ok := w.At(q, ledger.KindLedger, string(q.Dataset)); ok {
		return string(v.Coverage)
	}
	return string(projections.CoverageUndeclared)
}

// datasetScope says in words what the dataset covers, "" if nobody does.
func datasetScope(w *projections.World, q projections.Query) string {
	return scopeOf(w, q, ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.KindLedger, ID: string(q.Dataset)})
}

// scopeOf says in words what is covered of an aggregate, whatever the day.
func scopeOf(w *projections.World, q projections.Query, a ledger.Aggregate) (scope string) {
	w.SpellsOf(q, a, projections.FactCoverage, func(f projections.Fact) bool {
		scope = f.Value
		return false
	})
	return scope
}
