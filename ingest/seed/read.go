package seed

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"foedus/ingest"
	"foedus/ledger"
)

// Read reads every .yaml file below the root of fsys, in the order of their
// names. The records are in the order in which they stand there. The problems
// are all that is wrong with the files by themselves, ordered by file and line;
// with any, the records are not complete and should not be used.
//
// Whether the states, alliances, clauses and sources that a record names exist
// is not looked at: package projections knows (World.Check).
func Read(fsys fs.FS, dataset ledger.DatasetID) ([]ingest.Record, []ingest.Problem) {
	r := reader{dataset: dataset, keys: make(map[ledger.Aggregate]map[string]string)}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			r.fail(name, 0, "", "", "cannot be read: "+err.Error())
		case d.IsDir():
		case path.Ext(name) == ".yml":
			r.fail(name, 0, "", "", "is not read; let the name end in .yaml")
		case path.Ext(name) == ".yaml":
			r.file(fsys, name)
		}
		return nil
	})
	if err != nil {
		r.fail(".", 0, "", "", "cannot be read: "+err.Error())
	}
	if len(r.drafts) == 0 && len(r.bad) == 0 {
		r.fail(".", 0, "", "", "there is no .yaml file with records here; name the folder that holds states, alliances and crises")
	}
	r.resolve()
	slices.SortStableFunc(r.bad, func(a, b placed) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line))
	})
	problems := make([]ingest.Problem, len(r.bad))
	for i, p := range r.bad {
		problems[i] = p.Problem
	}
	return r.records, problems
}

// placed is a problem that can be sorted.
type placed struct {
	ingest.Problem
	file string
	line int
}

// draft is a record whose fields are not decoded yet, because they may name
// records that come later.
type draft struct {
	aggregate ledger.Aggregate
	key       string
	typ       ledger.Type
	file      string
	line      int
	fields    *node // the fields of the event, each merged in
}

// reader collects what the files hold.
type reader struct {
	dataset ledger.DatasetID
	drafts  []draft
	keys    map[ledger.Aggregate]map[string]string // where each record stands
	decoder ledger.Decoder
	records []ingest.Record
	bad     []placed
}

func (r *reader) fail(file string, line int, field, value, why string) {
	r.bad = append(r.bad, placed{ingest.Problem{Where: where(file, line), Field: field, Value: value, Why: why}, file, line})
}

// where returns file:line, or just the file if no line is meant.
func where(file string, line int) string {
	if line == 0 {
		return file
	}
	return file + ":" + strconv.Itoa(line)
}

func (r *reader) file(fsys fs.FS, name string) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		r.fail(name, 0, "", "", "cannot be read: "+err.Error())
		return
	}
	tree, bad := parse(text)
	for _, f := range bad {
		r.fail(name, f.line, f.field, "", f.why)
	}
	switch {
	case tree == nil && len(bad) > 0:
	case tree == nil:
		r.fail(name, 1, "", "", "is empty; write \"records:\" and at least one record, or remove the file")
	case tree.form != isMap:
		r.fail(name, tree.line, "", "", "must have the fields subject and records")
	default:
		r.top(name, tree)
	}
}

// top reads the fields of a file.
func (r *reader) top(file string, tree *node) {
	for _, m := range tree.members {
		if m.name != "subject" && m.name != "records" {
			r.fail(file, m.line, m.name, "", unknown(m.name, []string{"subject", "records"}))
		}
	}
	var subject ledger.Aggregate
	if n := tree.field("subject"); n != nil {
		var ok bool
		if subject, ok = r.subject(file, n); !ok {
			return
		}
	}
	list := tree.field("records")
	if list == nil || list.form != isList || len(list.items) == 0 {
		r.fail(file, tree.line, "records", "", "must be a list with at least one record")
		return
	}
	for _, n := range list.items {
		if n.form != isMap {
			r.fail(file, n.line, "records", n.text, "a record must be a list of fields, the first of them key")
			continue
		}
		r.record(file, subject, n)
	}
}

// subject reads "alliance/nato".
func (r *reader) subject(file string, n *node) (a ledger.Aggregate, ok bool) {
	kind, id, _ := strings.Cut(n.text, "/")
	why := ledger.CheckName(id)
	switch {
	case n.form != isText || id == "":
		why = "must be <kind>/<id>, for example alliance/nato"
	case !slices.Contains(ledger.Kinds(), kind):
		why = "the kind " + unknown(kind, ledger.Kinds()) + "; the kinds are " + strings.Join(ledger.Kinds(), ", ")
	case why != "":
		why = "the id " + why
	}
	if why != "" {
		r.fail(file, n.line, "subject", n.text, why)
		return a, false
	}
	return ledger.Aggregate{Dataset: r.dataset, Kind: ledger.Kind(kind), ID: id}, true
}

// unknown says that name means nothing here, and which of known is nearest.
func unknown(name string, known []string) string {
	if near := ledger.Nearest(name, known); near != "" {
		return fmt.Sprintf("is not known here; did you mean %q?", near)
	}
	return "is not known here; remove it"
}
