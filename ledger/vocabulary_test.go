package ledger

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// source is what the source text of the package says of the event types.
type source struct {
	constants map[string]string // TypeWarDeclared -> war.declared
	listed    []string          // constants, in the order of Types
	made      map[string]string // constant -> struct, in newPayload
	described []string          // constants in Doc
	types     map[string]string // struct -> constant, in its method Type
	wires     []string          // payload structs that have a method wire
	checked   []string          // structs in Content.check
	checks    []string          // structs that have a method check
	docs      map[string]string // struct -> its comment, on one line
}

func readSource(t *testing.T) *source {
	t.Helper()
	notTest := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	//nolint:staticcheck // the package has no build tags, and its files are all that is needed
	pkgs, err := parser.ParseDir(token.NewFileSet(), ".", notTest, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	s := &source{constants: map[string]string{}, made: map[string]string{}, types: map[string]string{}, docs: map[string]string{}}
	var wires []string
	for _, f := range pkgs["ledger"].Files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.GenDecl:
				s.readDecl(d)
			case *ast.FuncDecl:
				if s.readFunc(d); d.Name.Name == "wire" {
					wires = append(wires, receiver(d))
				}
			}
		}
	}
	for _, name := range wires { // Clause, Predicate and others are parts, not payloads
		if _, ok := s.types[name]; ok {
			s.wires = append(s.wires, name)
		}
	}
	return s
}

func (s *source) readDecl(d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			if id, ok := spec.Type.(*ast.Ident); ok && id.Name == "Type" && len(spec.Values) == 1 {
				text, _ := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				s.constants[spec.Names[0].Name] = text
			}
		case *ast.TypeSpec:
			s.docs[spec.Name.Name] = strings.Join(strings.Fields(d.Doc.Text()), " ")
		}
	}
}

func (s *source) readFunc(d *ast.FuncDecl) {
	recv := receiver(d)
	switch {
	case recv == "" && d.Name.Name == "Types":
		s.listed = typeConstants(d.Body)
	case recv == "" && d.Name.Name == "newPayload":
		s.readNewPayload(d)
	case recv == "Type" && d.Name.Name == "Doc":
		s.described = typeConstants(d.Body)
	case recv == "Content" && d.Name.Name == "check":
		ast.Inspect(d.Body, func(n ast.Node) bool {
			if c, ok := n.(*ast.CaseClause); ok {
				s.checked = append(s.checked, c.List[0].(*ast.StarExpr).X.(*ast.Ident).Name)
			}
			return true
		})
	case d.Name.Name == "check":
		s.checks = append(s.checks, recv)
	case d.Name.Name == "Type" && recv != "":
		s.types[recv] = typeConstants(d.Body)[0]
	}
}

func (s *source) readNewPayload(d *ast.FuncDecl) {
	ast.Inspect(d.Body, func(n ast.Node) bool {
		if c, ok := n.(*ast.CaseClause); ok {
			call := c.Body[0].(*ast.ReturnStmt).Results[0].(*ast.CallExpr)
			s.made[c.List[0].(*ast.Ident).Name] = call.Args[0].(*ast.Ident).Name
		}
		return true
	})
}

func receiver(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return ""
	}
	switch x := d.Recv.List[0].Type.(type) {
	case *ast.StarExpr:
		if id, ok := x.X.(*ast.Ident); ok {
			return id.Name
		}
	case *ast.Ident:
		return x.Name
	}
	return ""
}

// typeConstants lists the constants of event types in n, in order.
func typeConstants(n ast.Node) (names []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && strings.HasPrefix(id.Name, "Type") && id.Name != "Type" {
			names = append(names, id.Name)
		}
		return true
	})
	return names
}

// An event type stands in six places of the source. They agree one to one.
func TestVocabularyIsComplete(t *testing.T) {
	t.Parallel()
	s := readSource(t)
	constants := slices.Sorted(maps.Keys(s.constants))
	same := func(what string, got []string) {
		t.Helper()
		if diff := cmp.Diff(constants, slices.Sorted(slices.Values(got))); diff != "" {
			t.Errorf("%s (-constants +there):\n%s", what, diff)
		}
	}
	same("Types", s.listed)
	same("Doc", s.described)
	same("newPayload", slices.Collect(maps.Keys(s.made)))
	same("methods Type", slices.Collect(maps.Values(s.types)))
	for structName, constant := range s.types {
		if s.made[constant] != structName || constant != "Type"+structName {
			t.Errorf("%s says it is %s, of which newPayload makes a %s", structName, constant, s.made[constant])
		}
		want := fmt.Sprintf("%s (%s): %s", structName, s.constants[constant], Type(s.constants[constant]).Doc())
		if got := s.docs[structName]; got != want {
			t.Errorf("the comment of %s and Doc differ:\n%s\n%s", structName, got, want)
		}
	}
	if got, want := slices.Sorted(slices.Values(s.wires)), slices.Sorted(maps.Keys(s.types)); !slices.Equal(got, want) {
		t.Errorf("methods wire %v, want %v", got, want)
	}
	if got, want := slices.Sorted(slices.Values(s.checked)), slices.Sorted(slices.Values(s.checks)); !slices.Equal(got, want) {
		t.Errorf("Content.check calls %v, but there are %v", got, want)
	}
	texts := make([]string, 0, len(s.listed))
	for _, c := range s.listed {
		texts = append(texts, s.constants[c])
	}
	all := make([]string, 0, len(texts))
	for _, typ := range Types() {
		all = append(all, string(typ))
	}
	if diff := cmp.Diff(texts, all); diff != "" {
		t.Errorf("Types:\n%s", diff)
	}
}

// The reference that historians read is generated from the declarations.
func TestVocabularyReference(t *testing.T) {
	t.Parallel()
	golden(t, "VOCABULARY.md", reference())
}

const referenceHead = `# The vocabulary

<!-- Generated by go test ./ledger -update. Change the declarations in the Go files, not this file. -->

Each event is one thing that happened, as a source reports it. Its type says what; the line below the type says what that means and
which kind of thing it is about. Then come its fields: **bold** ones must be given, the others only where the source knows them. A field that
is not listed is refused.

- A *date* is EDTF: ` + "`1949-04-04`, `1949-04`, `1949`, `1949~`, `1949-04-XX`, `194X`, `../1949`, `1949-04-01/1949-04-30`" + `.
- A *state*, *alliance*, *clause*, *source* or *name* is lower-case words joined by hyphens: ` + "`soviet-union`" + `, at most 64 characters.
- *text* has at most 4096 bytes. A *list* has at most 400 elements, none of them twice.
- An *event id* is that of another event: a ULID of 26 letters and digits.

## Fields of every event

`

const referenceCitations = `
Events of the ledger family need no citations; all others need at least one.

`

func reference() string {
	var b strings.Builder
	b.WriteString(referenceHead)
	common := map[string]bool{}
	b.WriteString("| field | what it is | meaning |\n|---|---|---|\n| key | text | the importer's stable name of the record, unique in its dataset |\n")
	all := TypeInstrumentAdopted.Fields()
	for _, f := range all {
		if f.Name != "place" {
			common[f.Name] = true
			writeField(&b, f)
		}
	}
	b.WriteString(referenceCitations)
	var family Family
	for _, typ := range Types() {
		if typ.Family() != family {
			family = typ.Family()
			fmt.Fprintf(&b, "## The %s family\n\n", family)
		}
		writeType(&b, typ, common)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func writeType(b *strings.Builder, typ Type, common map[string]bool) {
	kinds := strings.ReplaceAll(typ.Kinds(), " ", ", ")
	if kinds == "" {
		kinds = "anything"
	}
	fmt.Fprintf(b, "### %s\n\n`%s` — %s *About: %s.*\n\n", typ, typ.Wire(), typ.Doc(), kinds)
	head := false
	for _, f := range typ.Fields() {
		if common[f.Name] {
			continue
		}
		if !head {
			b.WriteString("| field | what it is | meaning |\n|---|---|---|\n")
			head = true
		}
		writeField(b, f)
	}
	if !head {
		b.WriteString("No fields of its own.\n")
	}
	b.WriteString("\n")
}

func writeField(b *strings.Builder, f Field) {
	name := f.Name
	if f.Required {
		name = "**" + name + "**"
	}
	kind := f.Kind
	if values, ok := strings.CutPrefix(kind, "one of: "); ok {
		kind = "one of: `" + strings.Join(strings.Fields(values), "`, `") + "`"
	}
	fmt.Fprintf(b, "| %s | %s | %s |\n", name, kind, f.Doc)
}

// TestFamiliesAreSums holds that every payload is in the sum of its family.
func TestFamiliesAreSums(t *testing.T) {
	for _, typ := range Types() {
		var in Family
		switch newPayload(typ).(type) {
		case InstrumentPayload:
			in = FamilyInstrument
		case ParticipationPayload:
			in = FamilyParticipation
		case CrisisPayload:
			in = FamilyCrisis
		case StatePayload:
			in = FamilyState
		case RecordPayload:
			in = FamilyLedger
		default:
		}
		if in != typ.Family() {
			t.Errorf("%s is of the family %q, its payload of %q", typ, typ.Family(), in)
		}
	}
}
