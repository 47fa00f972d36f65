package main

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"foedus/cmd/internal/export"
	"foedus/cmd/internal/httpapi"
	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/panel"
)

// The products beside the raw events.
const (
	productSpells   = "spells"
	productStates   = "state-year"
	productDyads    = "dyad-year"
	productDirected = "directed-dyad-year"
	productEdges    = "edges"
	productEvents   = "events"
)

// The formats of products.
const (
	formatCSV      = "csv"
	formatJSONL    = "jsonl"
	formatParquet  = "parquet"
	formatStata    = "dta"
	formatGraphML  = "graphml"
	formatCodebook = "md"
	formatBibTeX   = "bib"
)

// productFormats says in which formats each product comes, codebook and citation
// aside.
func productFormats() map[string][]string {
	table := []string{formatCSV, formatJSONL, formatParquet, formatStata}
	return map[string][]string{
		productEvents: {formatJSONL}, productSpells: table, productStates: table, productDyads: table, productDirected: table,
		productEdges: append(slices.Clone(table), formatGraphML),
	}
}

// offeredProducts is what the API serves of them; the events and the spells as
// lines it serves by itself.
func offeredProducts() (out []httpapi.Product) {
	for _, name := range []string{productSpells, productStates, productDyads, productDirected, productEdges} {
		formats := append(slices.Clone(productFormats()[name]), formatCodebook, formatBibTeX)
		if name == productSpells {
			formats = formats[2:]
		}
		out = append(out, httpapi.Product{Name: name, Formats: formats})
	}
	return out
}

// file is a product in the making.
type file struct {
	q     *httpapi.ProductQuery
	table *export.Table
	nodes *export.Table // for a graph
	prov  *export.Provenance
}

// makeProduct collects a product while the World stands still.
func makeProduct(w *projections.World, q *httpapi.ProductQuery) (*httpapi.ProductFile, error) {
	f := &file{q: q, prov: provenance(w, q)}
	if q.Product == productSpells {
		f.table = spellTable(httpapi.Spells(w, q.Query))
		return f.ready(), nil
	}
	rule, _ := panel.ParseRule(q.YearRule)
	f.prov.YearRule = rule.String()
	o := panel.Options{Query: q.Query, Rule: rule, From: q.From, To: q.To, Full: q.Full}
	if q.Product == productEdges {
		o.Rule, o.From, o.To, o.Full, o.Named = panel.OnDay, q.On.Year(), q.On.Year(), false, true
		f.prov.YearRule, f.prov.On = "", q.On.String()
	}
	p := panel.New(w, o)
	if q.Product == productEdges && (q.On < p.First || q.On > p.Last) {
		return nil, &ledger.InvalidError{Fields: []ledger.FieldError{{
			Field: "on", Value: q.On.String(),
			Why: "lies outside what the dataset covers, " + p.First.String() + " to " + p.Last.String() + "; name a day within",
		}}}
	}
	switch q.Product {
	case productStates:
		f.table = stateYears(p)
	case productEdges:
		f.nodes, f.table = graphOf(w, q, p)
	default:
		f.table = dyadYears(p, q.Product == productDirected, q.Product)
	}
	return f.ready(), nil
}

func (f *file) ready() *httpapi.ProductFile {
	types := map[string]string{
		formatCSV: "text/csv; charset=utf-8; header=present", formatJSONL: "application/x-ndjson", formatParquet: "application/vnd.apache.parquet",
		formatStata: "application/x-stata-dta", formatGraphML: "application/graphml+xml", formatCodebook: "text/markdown; charset=utf-8",
		formatBibTeX: "application/x-bibtex; charset=utf-8",
	}
	return &httpapi.ProductFile{ContentType: types[f.q.Format], Write: f.write}
}

func (f *file) write(w io.Writer) (err error) {
	o := export.Options{Provenance: f.prov}
	switch f.q.Format {
	case formatCSV:
		_, err = export.CSV(w, f.table, o)
	case formatJSONL:
		_, err = export.JSONLines(w, f.table, o)
	case formatParquet:
		_, err = export.Parquet(w, f.table, o)
	case formatStata:
		_, err = export.Stata(w, f.table, o)
	case formatGraphML:
		_, err = export.GraphML(w, f.nodes, f.table, false, o)
	case formatCodebook:
		f.prov.SHA256 = f.q.SHA256
		if err := f.table.Rows(func([]export.Cell) bool { f.prov.Rows++; return true }); err != nil {
			return err
		}
		tables := []*export.Table{f.table}
		if f.nodes != nil && f.q.Of == formatGraphML {
			tables = []*export.Table{f.nodes, f.table}
		}
		err = export.Codebook(w, f.prov, tables...)
	case formatBibTeX:
		err = export.BibTeX(w, f.prov)
	}
	return err
}

// provenance says what a product is made of.
func provenance(w *projections.World, q *httpapi.ProductQuery) *export.Provenance {
	titles := map[string]string{
		productSpells: "Spells of states in alliances", productStates: "Alliance obligations by state and year",
		productDyads: "Alliance obligations by dyad and year", productDirected: "Alliance obligations by directed dyad and year",
		productEdges: "The network of alliances on a day",
	}
	p := &export.Provenance{
		Product: q.Product, Title: titles[q.Product], Dataset: string(q.Dataset), Seq: uint64(q.Known), Reading: q.Reading.String(),
		Program: "foedus " + q.Version, Permalink: q.Permalink, DatasetTitle: "the curated history of foedus",
	}
	if at := w.Time(min(q.Known, w.Head())); at > 0 {
		p.KnownAt = time.Unix(0, at).UTC()
	}
	whole := ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.KindLedger, ID: string(q.Dataset)}
	w.SpellsOf(q.Query, whole, projections.FactCoverage, func(f projections.Fact) bool {
		p.Coverage = f.Span.SinceEarliest.String() + " to " + (f.Span.UntilEarliest - 1).String() + ": " + f.Value
		return false
	})
	if q.Dataset == ledger.Core {
		return p
	}
	p.DatasetTitle = string(q.Dataset)
	w.Spells(q.Query, projections.FactSource, func(f projections.Fact) bool {
		s, ok := f.Detail.(*ledger.SourceAdded)
		if !ok {
			return true
		}
		p.DatasetTitle, p.Version, _ = strings.Cut(s.Title, ", version ")
		parts := []string{s.Author, s.Title, s.Published.String(), s.Identifier}
		p.Sources = append(p.Sources, strings.Join(slices.DeleteFunc(parts, func(x string) bool { return x == "" }), ", "))
		return true
	})
	return p
}

// The columns.

func yesNo(name, label, doc string) export.Column {
	return export.Column{Name: name, Label: label, Doc: doc, Kind: export.KindInt, Min: 0, Max: 1, Values: map[int64]string{0: "no", 1: "yes"}}
}

func obligationColumns(who string) []export.Column {
	return []export.Column{
		yesNo("defense", "Defence obligation", who+" owes help against an attack."),
		yesNo("offense", "Offence obligation", who+" owes help in an attack."),
		yesNo("neutral", "Neutrality obligation", who+" owes neutrality in a conflict of the other."),
		yesNo("nonagg", "Non-aggression obligation", who+" owes not to use force against the other."),
		yesNo("consul", "Consultation obligation", who+" owes consultation in a crisis."),
	}
}

func unitColumns(suffix, who string) []export.Column {
	return []export.Column{
		{Name: "ccode" + suffix, Label: "COW number" + who, Kind: export.KindInt, Min: 0, Max: 99999, Doc: "The number of the Correlates of War list; missing where it gives none."},
		{Name: "gwcode" + suffix, Label: "G-W number" + who, Kind: export.KindInt, Min: 0, Max: 99999, Doc: "The number of the Gleditsch and Ward list at the end of the year, or the first later one."},
		{Name: "iso3c" + suffix, Label: "ISO 3166-1 alpha-3" + who, Kind: export.KindText, Doc: "The code at the end of the year, or the first later one: the list is of 1974."},
		{Name: "state" + suffix, Label: "State id" + who, Kind: export.KindText, Doc: "The id of the state in the ledger at the end of the year."},
	}
}

func yearColumn() export.Column {
	return export.Column{Name: "year", Label: "Year", Kind: export.KindInt, Min: 1, Max: 9999, Doc: "The calendar year."}
}

func allianceColumns(count string) []export.Column {
	return []export.Column{
		{Name: count, Label: "Number of alliances", Kind: export.KindInt, Min: 0, Max: 9999, Doc: "How many alliances are in effect at some time of what counts of the year."},
		yesNo("transyr", "Year of transition", "A membership, or a phase of one, begins or ends in the year."),
		{Name: "alliances", Label: "Alliances", Kind: export.KindText, Doc: "Their ids, joined by semicolons."},
	}
}

func code(n int) export.Cell {
	if n == 0 {
		return export.Absent(export.None)
	}
	return export.Int(int64(n))
}

func unitCells(u panel.Unit, c panel.Codes) [4]export.Cell {
	gw, _ := strconv.Atoi(c.GW)
	iso := export.Absent(export.None)
	if c.ISO3 != "" {
		iso = export.Text(c.ISO3)
	}
	return [4]export.Cell{code(u.CCode), code(gw), iso, export.Text(string(u.State))}
}

// values fills in the obligations, the number of alliances, the transition and
// the alliances, or why there are none.
func values(cells []export.Cell, m panel.Missing, o panel.Obligation, transitional bool, alliances []string) {
	if m != panel.Present {
		why := map[panel.Missing]export.Missing{panel.NotCovered: export.NotCovered, panel.NoSuchState: export.NoSuchState}[m]
		for i := range cells {
			cells[i] = export.Absent(why)
		}
		return
	}
	for i, bit := range []panel.Obligation{panel.Defense, panel.Offense, panel.Neutral, panel.Nonagg, panel.Consul} {
		cells[i] = export.Int(flag(o&bit != 0))
	}
	cells[5], cells[6], cells[7] = export.Int(int64(len(alliances))), export.Int(flag(transitional)), export.Text(strings.Join(alliances, ";"))
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func stateYears(p *panel.Panel) *export.Table {
	columns := append(unitColumns("", ""), yearColumn())
	columns = append(columns, obligationColumns("The state, toward anybody,")...)
	columns = append(columns, allianceColumns("number")...)
	return &export.Table{
		Name: productStates, Title: "Alliance obligations by state and year", Columns: columns,
		Rows: func(yield func([]export.Cell) bool) error {
			cells := make([]export.Cell, len(columns))
			p.StateYears(func(r *panel.StateYear) bool {
				unit := unitCells(r.Unit, r.Codes)
				copy(cells, unit[:])
				cells[4] = export.Int(int64(r.Year))
				values(cells[5:], r.Missing, r.Obligations, r.TransYear, r.Alliances)
				return yield(cells)
			})
			return nil
		},
	}
}

func dyadYears(p *panel.Panel, directed bool, name string) *export.Table {
	who := "The first state, toward the second,"
	if !directed {
		who = "One of the two, toward the other,"
	}
	columns := dyadColumns()
	columns = append(columns, obligationColumns(who)...)
	columns = append(columns, allianceColumns("n_alliances")...)
	if !directed {
		columns = append(columns, yesNo("asymmetric", "Asymmetric", "The two do not owe each other the same."))
	}
	return &export.Table{
		Name: name, Title: "Alliance obligations by pair of states and year", Columns: columns,
		Rows: func(yield func([]export.Cell) bool) error {
			cells := make([]export.Cell, len(columns))
			p.DyadYears(directed, func(r *panel.DyadYear) bool {
				a, b := unitCells(r.A, r.CodesA), unitCells(r.B, r.CodesB)
				for i := range a {
					cells[2*i], cells[2*i+1] = a[i], b[i]
				}
				cells[8] = export.Int(int64(r.Year))
				values(cells[9:17], panel.Present, r.Obligations, r.TransYear, r.Alliances)
				if !directed {
					cells[17] = export.Int(flag(r.Asymmetric))
				}
				return yield(cells)
			})
			return nil
		},
	}
}

// dyadColumns are the columns of both units, each beside its peer, and the year.
func dyadColumns() (out []export.Column) {
	first, second := unitColumns("1", ", first"), unitColumns("2", ", second")
	for i := range first {
		out = append(out, first[i], second[i])
	}
	return append(out, yearColumn())
}

// graphOf makes the network of a day: the states that are an ally of somebody,
// and between each two that are one edge.
func graphOf(w *projections.World, q *httpapi.ProductQuery, p *panel.Panel) (nodes, edges *export.Table) {
	type edge struct {
		a, b   string
		values [9]export.Cell
	}
	var list []edge
	units := make(map[string][4]export.Cell)
	var order []string
	node := func(u panel.Unit, c panel.Codes) string {
		id := string(u.State)
		if _, ok := units[id]; !ok {
			units[id] = unitCells(u, c)
			order = append(order, id)
		}
		return id
	}
	p.DyadYears(false, func(r *panel.DyadYear) bool {
		e := edge{a: node(r.A, r.CodesA), b: node(r.B, r.CodesB)}
		values(e.values[:8], panel.Present, r.Obligations, r.TransYear, r.Alliances)
		e.values[8] = export.Int(flag(r.Asymmetric))
		list = append(list, e)
		return true
	})
	slices.Sort(order)
	names := make(map[string]string, len(order))
	for _, id := range order {
		names[id] = w.Identify(q.Query, ledger.StateID(id)).Name
	}
	nodes = &export.Table{
		Name: "states", Title: "The states", Columns: []export.Column{
			{Name: "state", Label: "State id", Kind: export.KindText, Required: true},
			{Name: "name", Label: "Name on the day", Kind: export.KindText},
			unitColumns("", "")[0], unitColumns("", "")[1], unitColumns("", "")[2],
		},
		Rows: func(yield func([]export.Cell) bool) error {
			for _, id := range order {
				u := units[id]
				if !yield([]export.Cell{export.Text(id), export.Text(names[id]), u[0], u[1], u[2]}) {
					break
				}
			}
			return nil
		},
	}
	columns := []export.Column{
		{Name: "source", Label: "First state", Kind: export.KindText, Required: true},
		{Name: "target", Label: "Second state", Kind: export.KindText, Required: true},
		unitColumns("1", ", first")[0], unitColumns("2", ", second")[0],
	}
	columns = append(columns, obligationColumns("One of the two, toward the other,")...)
	count := allianceColumns("n_alliances")
	columns = append(columns, count[0], count[2], yesNo("asymmetric", "Asymmetric", "The two do not owe each other the same."))
	edges = &export.Table{
		Name: productEdges, Title: "Who is allied with whom", Columns: columns,
		Rows: func(yield func([]export.Cell) bool) error {
			for i := range list {
				e := &list[i]
				row := append([]export.Cell{export.Text(e.a), export.Text(e.b), units[e.a][0], units[e.b][0]}, e.values[:6]...)
				row = append(row, e.values[7], e.values[8]) // a day is no year of transition
				if !yield(row) {
					break
				}
			}
			return nil
		},
	}
	return nodes, edges
}

// spellTable is the product spells with typed dates.
func spellTable(spells []httpapi.Spell) *export.Table {
	text := func(name, label string) export.Column {
		return export.Column{Name: name, Label: label, Kind: export.KindText}
	}
	date := func(name, label, doc string) export.Column {
		return export.Column{Name: name, Label: label, Doc: doc, Kind: export.KindDate}
	}
	columns := []export.Column{
		text("dataset", "Dataset"), text("alliance", "Alliance id"), text("state", "State id"),
		unitColumns("", "")[0], unitColumns("", "")[1], text("iso3c", "ISO 3166-1 alpha-3"), text("status", "Status"),
		date("since", "First day", "The first day in, if it is known."),
		date("since_earliest", "First day, earliest", "The first day in lies between this day"),
		date("since_latest", "First day, latest", "and this one."),
		date("until", "First day out", "The first day out, if there is one and it is known."),
		date("until_earliest", "First day out, earliest", "The first day out lies between this day"),
		date("until_latest", "First day out, latest", "and this one."),
		text("end", "How it ends: date, open, unknown, beyond-coverage"), text("certainty", "Whether the bounds are certain"), text("how", "How it began"),
		text("began_event", "Event that began it"), text("ended_event", "Event that ended it"),
	}
	return &export.Table{
		Name: productSpells, Title: "Spells of states in alliances", Columns: columns,
		Rows: func(yield func([]export.Cell) bool) error {
			for i := range spells {
				if !yield(spellCells(&spells[i])) {
					break
				}
			}
			return nil
		},
	}
}

func spellCells(s *httpapi.Spell) []export.Cell {
	number := func(n *int) export.Cell {
		if n == nil {
			return export.Absent(export.None)
		}
		return export.Int(int64(*n))
	}
	text := func(p *string) export.Cell {
		if p == nil {
			return export.Absent(export.None)
		}
		return export.Text(*p)
	}
	exact := func(lo, hi *string, open bool) export.Cell {
		switch {
		case lo != nil && hi != nil && *lo == *hi:
			return dayCell(lo, export.None)
		case open:
			return export.Absent(export.None)
		}
		return export.Absent(export.DateUnknown)
	}
	ended := s.End == string(projections.EndDate)
	return []export.Cell{
		export.Text(s.Dataset), export.Text(s.Alliance), export.Text(s.State), number(s.CCode), number(s.GWCode), text(s.ISO3C), export.Text(s.Status),
		exact(s.SinceEarliest, s.SinceLatest, false), dayCell(s.SinceEarliest, export.DateUnknown), dayCell(s.SinceLatest, export.DateUnknown),
		exact(s.UntilEarliest, s.UntilLatest, !ended && s.End != string(projections.EndUnknown)),
		dayCell(s.UntilEarliest, export.None), dayCell(s.UntilLatest, export.None),
		export.Text(s.End), export.Text(s.Certainty), export.Text(s.How), export.Text(s.BeganEvent), text(s.EndedEvent),
	}
}

func dayCell(s *string, why export.Missing) export.Cell {
	if s == nil {
		return export.Absent(why)
	}
	d, err := ledger.ParseDate(*s)
	if err != nil {
		return export.Absent(why)
	}
	return export.Day(d)
}
