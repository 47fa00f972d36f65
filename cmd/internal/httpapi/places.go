package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/obligations"
)

// PlaceList is the registry of places, or a part of it.
type PlaceList struct {
	Version int        `json:"version" doc:"Of the registry. It is a part of the program and not of the log."`
	Places  []PlaceRow `json:"places"`
}

// PlaceRow is a part of the earth that treaties or crises name.
type PlaceRow struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	Kind    string       `json:"kind" enum:"metropolitan,overseas,island,occupied,sea"`
	Aliases []string     `json:"aliases"`
	Where   string       `json:"where,omitempty" doc:"What decides whether a region of a treaty holds it."`
	Tenures []PlaceState `json:"tenures" doc:"Who had it, and how."`
}

// PlaceState says that a state had a place from one day to another.
type PlaceState struct {
	Holder string  `json:"holder"`
	How    string  `json:"how" enum:"sovereign,administered,occupied,claimed"`
	From   *string `json:"from" doc:"Null where the beginning is not known or does not matter."`
	To     *string `json:"to" doc:"The first day on which it no longer held; null while it lasts."`
	Joint  bool    `json:"joint,omitempty"`
	Grade  string  `json:"grade" enum:"A,B,C,D"`
	Note   string  `json:"note,omitempty"`
}

// placesInput asks for places.
type placesInput struct {
	Q string `query:"q" maxLength:"200" doc:"Only those with this text in the id, the name, an alias or the name of a holder." example:"malvinas"`
	TableFormat
}

// places answers GET /v1/places. The registry changes only with the program.
func (s *server) places(ctx context.Context, in *placesInput) (*reply, error) {
	format := chooseFormat(ctx, in.Format, formatCSV)
	contentType, body, err := encode(placeList(strings.ToLower(strings.TrimSpace(in.Q))), format)
	if err != nil {
		return nil, s.problemOf(err)
	}
	a := &answer{body: body, etag: tagOf(body), seq: s.Projection.Status().Applied}
	a.add("Content-Type", contentType)
	a.add("Content-Length", strconv.Itoa(len(body)))
	a.common(&point{Query: projections.Query{Known: a.seq}}, "")
	a.header = slices.DeleteFunc(a.header, func(h headerField) bool { return h.key == http.CanonicalHeaderKey(seqHeader) })
	return s.send(a), nil
}

func placeList(q string) *PlaceList {
	doc := &PlaceList{Version: obligations.PlacesVersion, Places: []PlaceRow{}}
	for _, p := range obligations.Places() {
		row := PlaceRow{
			ID: string(p.ID), Name: p.Name, Kind: string(p.Kind), Aliases: orEmpty(p.Aliases), Where: p.Where, Tenures: []PlaceState{},
		}
		for _, t := range p.Tenures {
			row.Tenures = append(row.Tenures, PlaceState{
				Holder: string(t.Holder), How: string(t.How), From: dayOrNull(t.From), To: dayOrNull(t.To), Joint: t.Joint, Grade: t.Grade, Note: t.Note,
			})
		}
		if row.holds(q) {
			doc.Places = append(doc.Places, row)
		}
	}
	return doc
}

// holds reports whether a place is told of with a text, in small letters.
func (p *PlaceRow) holds(q string) bool {
	word := strings.ReplaceAll(q, " ", "-")
	has := func(s string) bool {
		return strings.Contains(strings.ToLower(s), q) || strings.Contains(s, word)
	}
	return has(p.ID) || has(p.Name) || slices.ContainsFunc(p.Aliases, has) ||
		slices.ContainsFunc(p.Tenures, func(t PlaceState) bool { return has(t.Holder) })
}

// dayOrNull renders a day, null for none.
func dayOrNull(d ledger.Date) *string {
	if !d.Finite() {
		return nil
	}
	text := d.String()
	return &text
}

// table is one row for each tenure.
func (l *PlaceList) table(row func(cells ...string)) {
	row("version", "place", "name", "kind", "aliases", "where", "holder", "how", "from", "to", "joint", "grade", "note")
	for i := range l.Places {
		p := &l.Places[i]
		at := []string{strconv.Itoa(l.Version), p.ID, p.Name, p.Kind, join(p.Aliases), p.Where}
		for _, t := range p.Tenures {
			row(line(at, []string{t.Holder, t.How, str(t.From), str(t.To), strconv.FormatBool(t.Joint), t.Grade, t.Note})...)
		}
		if len(p.Tenures) == 0 {
			row(line(at, make([]string, 7))...)
		}
	}
}
