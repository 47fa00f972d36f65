package seed

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// form is what a YAML value is.
type form uint8

const (
	isText    form = iota
	isLiteral      // a number, true, false or null: text holds it as JSON
	isList
	isMap
)

// node is a YAML value with its place. It keeps what the format has: no
// anchors, no tags, no keys that are not text.
type node struct {
	form    form
	line    int
	text    string
	items   []*node
	members []member
}

// member is one field of a map.
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

// fault is what is wrong at a line.
type fault struct {
	line       int
	field, why string
}

// maxFile bounds a file, and maxDepth what is nested in it; both are far above
// what a record needs.
const (
	maxFile  = 4 << 20
	maxDepth = 32
)

// parse reads one YAML document. The tree is nil if it is empty or not YAML.
func parse(text []byte) (tree *node, bad []fault) {
	if len(text) > maxFile {
		return nil, []fault{{1, "", fmt.Sprintf("the file has %d bytes, at most %d are allowed; split it", len(text), maxFile)}}
	}
	file, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, []fault{syntax(err)}
	}
	var t transcriber
	for i, doc := range file.Docs {
		switch {
		case doc.Body == nil:
		case i > 0 && tree != nil:
			t.fail(doc.Body, "", "the file holds a second document; remove the line \"---\"")
		default:
			tree = t.value(doc.Body, 0)
		}
	}
	return tree, t.bad
}

// syntax turns an error of the YAML parser into a fault with its line.
func syntax(err error) fault {
	var e yaml.Error
	if !errors.As(err, &e) {
		return fault{1, "", "is not YAML: " + err.Error()}
	}
	line := 1
	if t := e.GetToken(); t != nil && t.Position != nil {
		line = t.Position.Line
	}
	return fault{line, "", "is not YAML: " + e.GetMessage()}
}

// transcriber copies the parser's tree into ours.
type transcriber struct {
	bad []fault
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 1
	}
	return n.GetToken().Position.Line
}

func (t *transcriber) fail(n ast.Node, field, why string) *node {
	t.bad = append(t.bad, fault{lineOf(n), field, why})
	return &node{form: isLiteral, text: "null", line: lineOf(n)}
}

func (t *transcriber) value(n ast.Node, depth int) *node {
	if depth > maxDepth {
		return t.fail(n, "", fmt.Sprintf("is nested deeper than %d levels", maxDepth))
	}
	switch v := n.(type) {
	case *ast.MappingNode:
		return t.mapping(v, depth)
	case *ast.SequenceNode:
		out := &node{form: isList, line: lineOf(n)}
		for _, item := range v.Values {
			out.items = append(out.items, t.value(item, depth+1))
		}
		return out
	case *ast.StringNode:
		return &node{form: isText, line: lineOf(n), text: v.Value}
	case *ast.LiteralNode:
		return &node{form: isText, line: lineOf(n), text: v.Value.Value}
	case *ast.BoolNode:
		return &node{form: isLiteral, line: lineOf(n), text: strconv.FormatBool(v.Value)}
	case *ast.IntegerNode:
		return &node{form: isLiteral, line: lineOf(n), text: fmt.Sprint(v.Value)}
	case *ast.FloatNode:
		if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
			return t.fail(n, "", "is no number; put text in quotes")
		}
		return &node{form: isLiteral, line: lineOf(n), text: strconv.FormatFloat(v.Value, 'g', -1, 64)}
	case *ast.NullNode:
		return &node{form: isLiteral, line: lineOf(n), text: "null"}
	}
	return t.fail(n, "", "anchors, aliases, tags and the like are not part of the format; write the value out")
}

func (t *transcriber) mapping(v *ast.MappingNode, depth int) *node {
	out := &node{form: isMap, line: lineOf(v)}
	if len(v.Values) > 0 {
		out.line = lineOf(v.Values[0].Key)
	}
	for _, m := range v.Values {
		key, ok := m.Key.(*ast.StringNode)
		if !ok {
			t.fail(m.Key, "", "the name of a field must be plain text")
			continue
		}
		if out.field(key.Value) != nil {
			t.fail(m.Key, key.Value, "stands twice here; keep one")
			continue
		}
		out.members = append(out.members, member{key.Value, lineOf(m.Key), t.value(m.Value, depth+1)})
	}
	return out
}
