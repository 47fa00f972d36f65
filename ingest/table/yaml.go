package table

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"foedus/ingest"
	"foedus/ledger"
)

// faults collects what is wrong with one file.
type faults struct {
	name string
	list []fault
	more int // that were not kept
}

type fault struct {
	line int
	ingest.Problem
}

// kept bounds what faults holds before it is sorted.
const kept = 10 * ingest.MaxProblems

// add takes a problem; line is 0 where it is about the whole file.
func (f *faults) add(line int, field, value, why string) {
	if len(f.list) >= kept {
		f.more++
		return
	}
	f.list = append(f.list, fault{line, ingest.Problem{Where: f.where(line), Field: field, Value: value, Why: why}})
}

func (f *faults) where(line int) string {
	if line == 0 {
		return f.name
	}
	return f.name + ":" + strconv.Itoa(line)
}

// err returns the problems in the order of their lines, nil if there are none.
func (f *faults) err() error {
	slices.SortStableFunc(f.list, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
	var out ingest.Problems
	for _, x := range f.list {
		out.Add(x.Problem)
	}
	out.More += f.more
	return out.Err()
}

// form is what a value of the mapping file is.
type form uint8

const (
	isText form = iota
	isNull
	isList
	isMap
)

// node is a value with its line. Numbers and booleans are the text that stands
// in the file.
type node struct {
	form    form
	line    int
	text    string
	items   []*node
	members []member
}

type member struct {
	name  string
	line  int
	value *node
}

// field returns the value called name, nil if there is none.
func (n *node) field(name string) *node {
	for i := range n.members {
		if n.members[i].name == name {
			return n.members[i].value
		}
	}
	return nil
}

// maxDepth bounds what is nested in a mapping file, which needs three levels.
const maxDepth = 16

// maxKeys bounds the keys of one level; the format has ten at most.
const maxKeys = 30

// parse reads one YAML document; nil, and a problem, if it is none.
func (f *faults) parse(text []byte) *node {
	if line := tooDeep(string(text)); line > 0 {
		f.add(line, "", "", fmt.Sprintf("is nested deeper than %d levels", maxDepth))
		return nil
	}
	file, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		f.syntax(err)
		return nil
	}
	var root *node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case root != nil:
			f.add(lineOf(doc.Body), "", "", "the file holds a second document; remove the line \"---\"")
		default:
			root = f.value(doc.Body, 0)
		}
	}
	if root == nil {
		f.add(1, "", "", "is empty; write source, coverage and columns")
	}
	return root
}

// tooDeep finds the line on which more brackets or list marks are open than any
// mapping has, 0 if there is none. The parser needs time that grows with the
// square of them. O(len(text)).
func tooDeep(text string) int {
	open, line := 0, 0
	for s := range strings.Lines(text) {
		line++
		for rest, marks := s, 0; ; marks++ {
			rest = strings.TrimLeft(rest, " \t")
			if len(rest) < 2 || strings.IndexByte("-?", rest[0]) < 0 || rest[1] != ' ' {
				break
			}
			if rest = rest[1:]; marks > maxDepth {
				return line
			}
		}
		for i := range len(s) {
			switch s[i] {
			case '[', '{':
				open++
			case ']', '}':
				open = max(0, open-1)
			}
			if open > maxDepth {
				return line
			}
		}
	}
	return 0
}

func (f *faults) syntax(err error) {
	var e yaml.Error
	if !errors.As(err, &e) {
		f.add(1, "", "", "is not YAML: "+err.Error())
		return
	}
	line := 1
	if t := e.GetToken(); t != nil && t.Position != nil {
		line = t.Position.Line
	}
	f.add(line, "", "", "is not YAML: "+e.GetMessage())
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1
	}
	return n.GetToken().Position.Line
}

// value copies a value of the parser's tree.
func (f *faults) value(n ast.Node, depth int) *node {
	out := &node{form: isNull, line: lineOf(n)}
	if depth > maxDepth {
		f.add(out.line, "", "", fmt.Sprintf("is nested deeper than %d levels", maxDepth))
		return out
	}
	switch v := n.(type) {
	case *ast.MappingNode:
		f.mapping(out, v, depth)
	case *ast.SequenceNode:
		out.form = isList
		for _, item := range v.Values {
			out.items = append(out.items, f.value(item, depth+1))
		}
	case *ast.StringNode:
		out.form, out.text = isText, v.Value
	case *ast.LiteralNode:
		out.form, out.text = isText, v.Value.Value
	case *ast.BoolNode, *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		out.form, out.text = isText, strings.TrimSpace(n.GetToken().Value)
	case *ast.NullNode:
	default:
		f.add(out.line, "", "", "anchors, aliases, tags and the like are not part of the format; write the value out")
	}
	return out
}

func (f *faults) mapping(out *node, v *ast.MappingNode, depth int) {
	out.form = isMap
	if len(v.Values) > 0 {
		out.line = lineOf(v.Values[0].Key)
	}
	for i, m := range v.Values {
		key, ok := m.Key.(*ast.StringNode)
		switch {
		case i >= maxKeys:
			f.add(lineOf(m.Key), "", "", fmt.Sprintf("has more than %d keys; no part of a mapping has as many", maxKeys))
			return
		case !ok:
			f.add(lineOf(m.Key), "", "", "the name of a key must be plain text")
		case out.field(key.Value) != nil:
			f.add(lineOf(m.Key), key.Value, "", "stands twice here; keep one")
		default:
			out.members = append(out.members, member{key.Value, lineOf(m.Key), f.value(m.Value, depth+1)})
		}
	}
}

// suggest ends a message with the word of known that s was perhaps meant to be.
func suggest(s string, known []string) string {
	for _, k := range known { // Nearest counts a capital as another letter
		if strings.EqualFold(k, s) {
			return fmt.Sprintf("; did you mean %q?", k)
		}
	}
	if near := ledger.Nearest(s, known); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	return ""
}
