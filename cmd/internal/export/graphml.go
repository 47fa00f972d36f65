package export

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// MaxNodes is how many nodes a graph may have. Their ids are kept in memory.
const MaxNodes = 1 << 18

// GraphML writes a graph (GraphML 1.0 with typed attributes). The first column
// of nodes is the id of a node, the first two columns of edges are the ids of
// their source and target; these columns are Required. The other columns
// become data: numbers are int, texts and dates (YYYY-MM-DD) string; a missing
// cell has no data.
//
// An id must be what XML calls an NMTOKEN (letters, digits, and . - _ :), no
// two nodes have one id, and an edge joins nodes that are there; a text must be
// without the control characters that XML cannot hold. What breaks these rules
// is an [ErrCell]. Progress counts nodes and edges together, and so does the
// number that is returned with the first error.
func GraphML(w io.Writer, nodes, edges *Table, directed bool, o Options) (int64, error) {
	n := counter{tell: o.Progress}
	g := &graph{sink: newSink(w), nodes: nodes, edges: edges, ids: map[string]struct{}{}}
	if err := g.check(); err != nil {
		return 0, wrap("GraphML", g.at, err)
	}
	if err := g.write(&n, directed, o.Provenance); err != nil {
		return n.rows, wrap("GraphML", g.at, err)
	}
	return n.done(), nil
}

// graph is a graph that is being written.
type graph struct {
	*sink
	nodes, edges *Table
	at           *Table // the one that is being written
	ids          map[string]struct{}
	id           [2][]byte // of the node, or of source and target
}

func (g *graph) check() error {
	for i, t := range []*Table{g.nodes, g.edges} {
		if g.at = t; t == nil {
			g.at = &Table{Name: "graph"}
			return fmt.Errorf("%w: a graph needs nodes and edges", ErrTable)
		}
		if err := t.check(); err != nil {
			return err
		}
		for j := range i + 1 {
			if j >= len(t.Columns) || !t.Columns[j].Required || t.Columns[j].Kind == KindDate {
				return fmt.Errorf("%w: the first %d columns are ids: they must be there, text or integer, and required", ErrTable, i+1)
			}
		}
	}
	return nil
}

func (g *graph) write(n *counter, directed bool, prov *Provenance) error {
	g.at = g.nodes
	g.b = append(g.b, `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" `+
		`xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
`...)
	if facts := prov.facts(); len(facts) > 0 {
		g.b = append(g.b, "<desc>"...)
		for i, f := range facts {
			if i > 0 {
				g.b = append(g.b, "; "...)
			}
			g.b = appendXML(g.b, line(f.name+": "+f.value))
		}
		g.b = append(g.b, "</desc>\n"...)
	}
	nodeKeys := g.keys(g.nodes, "node", 1)
	edgeKeys := g.keys(g.edges, "edge", 2)
	kind := "undirected"
	if directed {
		kind = "directed"
	}
	g.b = append(g.b, `<graph id="`+g.edges.Name+`" edgedefault="`+kind+"\">\n"...)
	if err := g.nodes.each(n, func(_ int64, cells []Cell) error { return g.node(cells, nodeKeys) }); err != nil {
		return err
	}
	g.at = g.edges
	if err := g.edges.each(n, func(_ int64, cells []Cell) error { return g.edge(cells, edgeKeys) }); err != nil {
		return err
	}
	g.b = append(g.b, "</graph>\n</graphml>\n"...)
	return g.flush()
}

// keys declares the attributes of a table and returns how the data of each
// column begins.
func (g *graph) keys(t *Table, of string, skip int) []string {
	out := make([]string, len(t.Columns))
	for i := skip; i < len(t.Columns); i++ {
		c := &t.Columns[i]
		typ := "string"
		if c.Kind == KindInt {
			typ = "int"
		}
		id := of + "." + c.Name
		out[i] = `<data key="` + id + `">`
		g.b = append(g.b, `<key id="`+id+`" for="`+of+`" attr.name="`+c.Name+`" attr.type="`+typ+`"`...)
		if text := c.describe(); text == "" {
			g.b = append(g.b, "/>\n"...)
		} else {
			g.b = append(append(append(g.b, "><desc>"...), appendXML(nil, text)...), "</desc></key>\n"...)
		}
	}
	return out
}

// describe puts the label and the value labels on one line.
func (c *Column) describe() string {
	var b strings.Builder
	b.WriteString(line(c.Label))
	for i, v := range c.values() {
		switch {
		case i > 0:
			b.WriteString(", ")
		case c.Label != "":
			b.WriteString(": ")
		}
		fmt.Fprintf(&b, "%d %s", v, line(c.Values[v]))
	}
	return b.String()
}

// identify renders the id in column i.
func (g *graph) identify(t *Table, i, slot int, v *Cell) error {
	b := g.id[slot][:0]
	if v.kind == KindInt {
		b = strconv.AppendInt(b, v.num, 10)
	} else {
		b = append(b, v.text...)
	}
	g.id[slot] = b
	if !nmtoken(b) {
		return wrongCell(&t.Columns[i], "%.60q cannot be an id in GraphML: it must be letters, digits and . - _ :", b)
	}
	return nil
}

func (g *graph) node(cells []Cell, keys []string) error {
	if err := g.identify(g.nodes, 0, 0, &cells[0]); err != nil {
		return err
	}
	id := g.id[0]
	if _, twice := g.ids[string(id)]; twice {
		return wrongCell(&g.nodes.Columns[0], "a node before has the id %q too", id)
	}
	if len(g.ids) == MaxNodes {
		return wrongCell(&g.nodes.Columns[0], "a graph has at most %d nodes", MaxNodes)
	}
	g.ids[string(id)] = struct{}{}
	g.b = append(append(append(g.b, `<node id="`...), id...), '"')
	return g.close(g.nodes, cells, keys, 1, "</node>\n")
}

func (g *graph) edge(cells []Cell, keys []string) error {
	for i := range 2 {
		if err := g.identify(g.edges, i, i, &cells[i]); err != nil {
			return err
		}
		if _, there := g.ids[string(g.id[i])]; !there {
			return wrongCell(&g.edges.Columns[i], "no node has the id %q", g.id[i])
		}
	}
	g.b = append(append(g.b, `<edge source="`...), g.id[0]...)
	g.b = append(append(append(g.b, `" target="`...), g.id[1]...), '"')
	return g.close(g.edges, cells, keys, 2, "</edge>\n")
}

// close appends the data of an element and its end.
func (g *graph) close(t *Table, cells []Cell, keys []string, skip int, end string) error {
	b, empty := g.b, true
	for i := skip; i < len(cells); i++ {
		v := &cells[i]
		if v.kind == 0 {
			continue
		}
		if empty {
			b, empty = append(b, '>'), false
		}
		b = append(b, keys[i]...)
		switch v.kind {
		case KindInt:
			b = strconv.AppendInt(b, v.num, 10)
		case KindDate:
			b = appendDay(b, v.num)
		default:
			if r, bad := unfitXML(v.text); bad {
				return wrongCell(&t.Columns[i], "XML cannot hold %U", r)
			}
			b = appendXML(b, v.text)
		}
		b = append(b, "</data>"...)
	}
	if empty {
		end = "/>\n"
	}
	b = append(b, end...)
	g.b = b
	return g.spill()
}

// nmtoken reports whether b is a Nmtoken of XML 1.0, fifth edition, where
// letters beyond ASCII may stand but for the few that are signs.
func nmtoken(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		switch {
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z', r == '-', r == '.', r == '_', r == ':', r == 0xb7,
			r >= 0xc0 && r <= 0x37d && r != 0xd7 && r != 0xf7, r >= 0x37f && r <= 0x1fff, r == 0x200c, r == 0x200d,
			r == 0x203f, r == 0x2040, r >= 0x2070 && r <= 0x218f, r >= 0x2c00 && r <= 0x2fef, r >= 0x3001 && r <= 0xd7ff,
			r >= 0xf900 && r <= 0xfdcf, r >= 0xfdf0 && r <= 0xfffc, r >= 0x10000 && r <= 0xeffff:
		default:
			return false
		}
		b = b[size:]
	}
	return true
}

// unfitXML returns the first character of s that XML 1.0 cannot hold, not even
// escaped.
func unfitXML(s string) (rune, bool) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= ' ' && c < 0xef || c == '\t' || c == '\n' || c == '\r' {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(s[i:]); r < ' ' || r == 0xfffe || r == 0xffff {
			return r, true
		}
	}
	return 0, false
}

// appendXML appends s as the content of an element. A carriage return is
// escaped, because a reader makes a line feed of it.
func appendXML(b []byte, s string) []byte {
	from := 0
	for i := range len(s) {
		var esc string
		switch s[i] {
		case '&':
			esc = "&amp;"
		case '<':
			esc = "&lt;"
		case '>':
			esc = "&gt;"
		case '\r':
			esc = "&#13;"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), esc...)
		from = i + 1
	}
	return append(b, s[from:]...)
}
