package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"

	"foedus/ledger"
	"foedus/projections"
)

// spellsPage is how many alliances are collected under the lock at a time.
const spellsPage = 64

// Spell is one stretch of one status of a state in an alliance.
type Spell struct {
	Dataset       string  `json:"dataset"`
	Alliance      string  `json:"alliance"`
	State         string  `json:"state"`
	CCode         *int    `json:"ccode" doc:"The Correlates of War number at the beginning."`
	GWCode        *int    `json:"gwcode" doc:"The Gleditsch and Ward number at the beginning."`
	ISO3C         *string `json:"iso3c"`
	Status        string  `json:"status" enum:"invited,signatory,acceding,party,suspended"`
	Since         *string `json:"since"`
	SinceEarliest *string `json:"since_earliest"`
	SinceLatest   *string `json:"since_latest"`
	Until         *string `json:"until"`
	UntilEarliest *string `json:"until_earliest"`
	UntilLatest   *string `json:"until_latest"`
	End           string  `json:"end" enum:"date,open,unknown,beyond-coverage"`
	Certainty     string  `json:"certainty" enum:"certain,possible" doc:"Possible if a bound is not exactly known."`
	How           string  `json:"how"`
	BeganEvent    string  `json:"began_event"`
	EndedEvent    *string `json:"ended_event"`
}

// export answers GET /v1/export/{product}.{format}.
func (s *server) export(_ context.Context, in *exportInput) (*reply, error) {
	dot := strings.LastIndexByte(in.File, '.')
	product, format := in.File[:max(dot, 0)], in.File[dot+1:]
	p := &point{head: s.Projection.Status().Applied, onLess: true, format: formatJSON}
	p.On = s.today()
	var err error
	if in.On != "" {
		if p.On, err = ledger.ParseDate(in.On); err != nil {
			return nil, badParam("on", in.On, err.Error())
		}
	}
	if p.Known, p.pinned, err = s.known("known", in.Known, p.head); err != nil {
		return nil, err
	}
	if err := s.convention(p, &in.ConventionParams); err != nil {
		return nil, err
	}
	p.onLess = product != "edges"
	link := p.permalink("/v1/export/" + in.File)
	switch {
	case product == "events" && format == formatJSONL:
		q := eventsQuery{Selection: projections.Selection{Dataset: p.Dataset}}
		return s.stream(p, link, "application/x-ndjson", func(ctx context.Context, w io.Writer) error {
			return s.eachPage(ctx, p, q, func(entries []ledger.Entry) error { return writeLines(w, entries) })
		}), nil
	case product == "spells" && (format == formatCSV || format == formatJSONL):
		return s.spells(p, link, format), nil
	case s.offered(product, format):
		return s.product(p, in, product, format)
	}
	return nil, s.noExport(in.File)
}

// spells streams the spells, some alliances at a time.
func (s *server) spells(p *point, link, format string) *reply {
	contentType := "application/x-ndjson"
	if format == formatCSV {
		contentType = csvType
	}
	return s.stream(p, link, contentType, func(_ context.Context, w io.Writer) error {
		var ids []string
		s.view(func(w *projections.World) { ids = w.List(p.Dataset, ledger.KindAlliance, p.Known) })
		header := true
		for from := 0; from < len(ids) || header; from += spellsPage {
			var page spellTable
			s.view(func(w *projections.World) {
				for _, id := range ids[from:min(from+spellsPage, len(ids))] {
					page.rows = append(page.rows, spellsOf(w, p, id)...)
				}
			})
			page.header = header
			header = false
			if err := page.write(w, format); err != nil {
				return err
			}
		}
		return nil
	})
}

func spellsOf(w *projections.World, p *point, alliance string) (out []Spell) {
	a := ledger.Aggregate{Dataset: p.Dataset, Kind: ledger.KindAlliance, ID: alliance}
	w.SpellsOf(p.Query, a, projections.FactParty, func(f projections.Fact) bool {
		switch f.Value {
		case projections.Withdrawn, projections.Excluded, projections.Ended:
			return true // the time after a membership is no spell of it
		}
		if sp := spellOf(w, p, &f); !p.Certain || sp.Certainty == certainty(ledger.In) {
			out = append(out, sp)
		}
		return true
	})
	return out
}

// fillCodes gives a spell that began before a list existed (ISO 3166 is of
// 1974) the code of its last day.
func fillCodes(ref *StateRef, last StateRef) {
	if ref.COW == nil {
		ref.COW = last.COW
	}
	if ref.GW == nil {
		ref.GW = last.GW
	}
	if ref.ISO3 == nil {
		ref.ISO3 = last.ISO3
	}
}

func spellOf(w *projections.World, p *point, f *projections.Fact) Spell {
	q := p.Query
	switch {
	case f.Span.SinceLatest.Finite():
		q.On = f.Span.SinceLatest
	case f.Span.SinceEarliest.Finite():
		q.On = f.Span.SinceEarliest
	}
	ref := refOf(w.Identify(q, ledger.StateID(f.A)))
	if q.On = p.On; f.Span.UntilEarliest.Finite() {
		q.On = f.Span.UntilEarliest - 1
	}
	fillCodes(&ref, refOf(w.Identify(q, ledger.StateID(f.A))))
	i := intervalOf(f.Span, f.End)
	out := Spell{
		Dataset: string(f.Aggregate.Dataset), Alliance: f.Aggregate.ID, State: f.A, CCode: ref.COW, GWCode: ref.GW, ISO3C: ref.ISO3,
		Status: f.Value, Since: i.Since, Until: i.Until, End: i.End, Certainty: certaintyEver(f.Span), How: f.How,
		SinceEarliest: finite(f.Span.SinceEarliest), SinceLatest: finite(f.Span.SinceLatest),
		UntilEarliest: finite(f.Span.UntilEarliest), UntilLatest: finite(f.Span.UntilLatest),
		BeganEvent: w.ID(f.Causes.Began).String(),
	}
	if f.Causes.Ended != 0 {
		id := w.ID(f.Causes.Ended).String()
		out.EndedEvent = &id
	}
	return out
}

// finite renders a day, nil for an infinity.
func finite(d ledger.Date) *string {
	if !d.Finite() {
		return nil
	}
	s := d.String()
	return &s
}

// spellTable is a page of spells.
type spellTable struct {
	rows   []Spell
	header bool // the names of the columns stand before it
}

func (t *spellTable) write(w io.Writer, format string) error {
	var b bytes.Buffer
	if format == formatCSV {
		if err := writeCSV(&b, t); err != nil {
			return err
		}
	} else {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		for i := range t.rows {
			if err := enc.Encode(&t.rows[i]); err != nil {
				return err
			}
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

func (t *spellTable) table(row func(cells ...string)) {
	if t.header {
		row("dataset", "alliance", "state", "ccode", "gwcode", "iso3c", "status", "since", "since_earliest", "since_latest",
			"until", "until_earliest", "until_latest", "end", "certainty", "how", "began_event", "ended_event")
	}
	for i := range t.rows {
		s := &t.rows[i]
		row(s.Dataset, s.Alliance, s.State, num(s.CCode), num(s.GWCode), str(s.ISO3C), s.Status, str(s.Since),
			str(s.SinceEarliest), str(s.SinceLatest), str(s.Until), str(s.UntilEarliest), str(s.UntilLatest), s.End,
			s.Certainty, s.How, s.BeganEvent, str(s.EndedEvent))
	}
}
