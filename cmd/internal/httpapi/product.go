package httpapi

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"foedus/ledger"
	"foedus/projections"
)

// Product is an export beside the events and the spells as lines.
type Product struct {
	Name    string
	Formats []string // the endings of its files
}

// ProductQuery asks for a product at a point.
type ProductQuery struct {
	projections.Query
	Product, Format string
	YearRule        string // any-day, all-days, jan-1, dec-31
	From, To        int    // years; 0 takes the coverage
	Full            bool   // rows for those without an alliance too
	// Of is the format of the file that a codebook or a citation is about, and
	// SHA256 its hash, which only the client knows.
	Of     string
	SHA256 string
	// Permalink gives the same bytes again; for a codebook those of the file.
	Permalink string
	Version   string // of the program
}

// ProductFile is a product that is ready to be written. Write needs the World no
// more.
type ProductFile struct {
	ContentType string
	Write       func(w io.Writer) error
}

// exportInput asks for an export.
type exportInput struct {
	File     string `path:"file" doc:"The product and its format, for example spells.csv." example:"spells.csv"`
	On       string `query:"on" doc:"The day, for edges. Default: today (UTC)." format:"date" example:"1955-05-10"`
	YearRule string `query:"year_rule" enum:"any-day,all-days,jan-1,dec-31" doc:"When a year counts, for panels. Default: any-day." example:"any-day"`
	From     int    `query:"from" minimum:"0" maximum:"9999" doc:"The first year of a panel; 0 is that of the coverage." example:"1914"`
	To       int    `query:"to" minimum:"0" maximum:"9999" doc:"The last year of a panel; 0 is that of the coverage." example:"1945"`
	Full     bool   `query:"full" doc:"A panel with rows for those without an alliance too." example:"true"`
	Of       string `query:"of" maxLength:"16" doc:"For a codebook (md) or a citation (bib): the format of the file that it is about." example:"csv"`
	SHA256   string `query:"sha256" pattern:"^([0-9a-f]{64})?$" doc:"For a codebook: the hash of that file." example:"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"`
	KnowledgeParams
	ConventionParams
}

// product answers with a product that Config.Make makes.
func (s *server) product(p *point, in *exportInput, name, format string) (*reply, error) {
	q := &ProductQuery{
		Query: p.Query, Product: name, Format: format, YearRule: in.YearRule, From: in.From, To: in.To, Full: in.Full,
		Of: in.Of, SHA256: in.SHA256, Version: s.Version,
	}
	var args []string
	add := func(key, value string, given bool) {
		if given {
			args = append(args, key, value)
		}
	}
	add("from", strconv.Itoa(in.From), in.From != 0)
	add("full", "true", in.Full)
	add("to", strconv.Itoa(in.To), in.To != 0)
	add("year_rule", in.YearRule, in.YearRule != "")
	q.Permalink = p.permalink("/v1/export/"+name+"."+cmp.Or(in.Of, format), args...)
	add("of", in.Of, in.Of != "")
	add("sha256", in.SHA256, in.SHA256 != "")
	link := p.permalink("/v1/export/"+in.File, args...)
	if in.From != 0 && in.To != 0 && in.From > in.To {
		return nil, badParam("from", strconv.Itoa(in.From), "lies behind the last year, "+strconv.Itoa(in.To))
	}
	var file *ProductFile
	var err error
	s.view(func(w *projections.World) { file, err = s.Make(w, q) })
	if err != nil {
		return nil, s.problemOf(err)
	}
	return s.stream(p, link, file.ContentType, func(_ context.Context, w io.Writer) error { return file.Write(w) }), nil
}

// offered reports whether there is a product in a format.
func (s *server) offered(name, format string) bool {
	i := slices.IndexFunc(s.Products, func(p Product) bool { return p.Name == name })
	return i >= 0 && slices.Contains(s.Products[i].Formats, format)
}

// exports lists every file that can be asked for.
func (s *server) exports() []string {
	all := []string{"events.jsonl", "spells.csv", "spells.jsonl"}
	for _, p := range s.Products {
		for _, f := range p.Formats {
			all = append(all, p.Name+"."+f)
		}
	}
	slices.Sort(all)
	return all
}

func (s *server) noExport(file string) error {
	all := s.exports()
	message := fmt.Sprintf("there is no export %q; there are: %s", clip(file), strings.Join(all, ", "))
	if near := ledger.Nearest(file, all); near != "" {
		message = fmt.Sprintf("there is no export %q; did you mean %s?", clip(file), near)
	}
	return problem(http.StatusNotFound, "product: "+message, wrong("path.product", file, message))
}

// documentExport names the path of the exports as it is meant.
func (s *server) documentExport() {
	paths := s.api.OpenAPI().Paths
	item := paths["/v1/export/{file}"]
	delete(paths, "/v1/export/{file}")
	paths["/v1/export/{product}.{format}"] = item
	text := func(doc string) *huma.MediaType {
		return &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString, Description: doc}}
	}
	item.Get.Responses["200"].Content = map[string]*huma.MediaType{
		"application/x-ndjson": text("JSON Lines."), "text/csv": text("RFC 4180, with a header line."),
	}
	if len(s.Products) > 0 {
		for typ, doc := range map[string]string{
			"application/vnd.apache.parquet": "Parquet.", "application/x-stata-dta": "Stata, format 118.",
			"application/graphml+xml": "GraphML.", "text/markdown": "A codebook.", "application/x-bibtex": "BibTeX.",
		} {
			item.Get.Responses["200"].Content[typ] = text(doc)
		}
	}
	var params []*huma.Param
	for _, p := range item.Get.Parameters {
		if p.Name != "file" {
			params = append(params, p)
		}
	}
	products, formats := []any{"spells", "events"}, []any{"csv", "jsonl"}
	for _, p := range s.Products {
		if !slices.Contains(products, any(p.Name)) {
			products = append(products, p.Name)
		}
		for _, f := range p.Formats {
			if !slices.Contains(formats, any(f)) {
				formats = append(formats, f)
			}
		}
	}
	choice := func(name, doc string, of []any) *huma.Param {
		return &huma.Param{Name: name, In: inPath, Required: true, Description: doc, Schema: &huma.Schema{Type: huma.TypeString, Enum: of, Examples: of[:1]}}
	}
	item.Get.Parameters = append([]*huma.Param{
		choice("product", "What to export.", products),
		choice("format", "As what; events are jsonl only.", formats),
	}, params...)
}

// Spells lists the spells of a dataset, as the product spells has them: one row
// for each stretch of one status of a state in an alliance.
func Spells(w *projections.World, q projections.Query) (out []Spell) {
	p := &point{Query: q}
	for _, id := range w.List(q.Dataset, ledger.KindAlliance, q.Known) {
		out = append(out, spellsOf(w, p, id)...)
	}
	return out
}
