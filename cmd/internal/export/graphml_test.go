package export

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// xmlGraph is GraphML as encoding/xml reads it.
type xmlGraph struct {
	XMLName xml.Name `xml:"http://graphml.graphdrawing.org/xmlns graphml"`
	Desc    string   `xml:"desc"`
	Keys    []struct {
		ID   string `xml:"id,attr"`
		For  string `xml:"for,attr"`
		Name string `xml:"attr.name,attr"`
		Type string `xml:"attr.type,attr"`
		Desc string `xml:"desc"`
	} `xml:"key"`
	Graph struct {
		Default string `xml:"edgedefault,attr"`
		Nodes   []struct {
			ID   string    `xml:"id,attr"`
			Data []xmlData `xml:"data"`
		} `xml:"node"`
		Edges []struct {
			Source string    `xml:"source,attr"`
			Target string    `xml:"target,attr"`
			Data   []xmlData `xml:"data"`
		} `xml:"edge"`
	} `xml:"graph"`
}

type xmlData struct {
	Key  string `xml:"key,attr"`
	Text string `xml:",chardata"`
}

func readGraph(t *testing.T, b []byte) (g xmlGraph) {
	t.Helper()
	if err := xml.Unmarshal(b, &g); err != nil {
		t.Fatalf("%v in %s", err, b)
	}
	return g
}

func TestGraphML(t *testing.T) {
	nodes, edges := graphTables()
	var b bytes.Buffer
	var told []int64
	n, err := GraphML(&b, nodes, edges, true, Options{Provenance: provenance(), Progress: func(n int64) { told = append(told, n) }})
	if err != nil || n != 5 || fmt.Sprint(told) != "[5]" {
		t.Fatal(n, told, err)
	}
	golden(t, "graph.graphml", b.Bytes())
	g := readGraph(t, b.Bytes())
	if len(g.Keys) != 4 || len(g.Graph.Nodes) != 3 || len(g.Graph.Edges) != 2 || g.Graph.Default != "directed" {
		t.Errorf("%+v", g)
	}
	if got := g.Graph.Nodes[1].Data; len(got) != 1 || got[0].Text != "line\r\nline \"quoted\" ]]>" {
		t.Errorf("%q", got)
	}
	b.Reset()
	if _, err := GraphML(&b, nodes, edges, false, Options{}); err != nil || !strings.Contains(b.String(), `edgedefault="undirected"`) || strings.Contains(b.String(), "</desc>\n<key") {
		t.Error(b.String(), err)
	}
}

func TestGraphMLRefuses(t *testing.T) {
	id := Column{Name: "id", Kind: KindText, Required: true}
	other := Column{Name: "other", Kind: KindText, Required: true}
	for name, c := range map[string]struct {
		nodes, edges *Table
		is           error
		want         string
	}{
		"nil":        {nil, nil, ErrTable, "needs nodes and edges"},
		"optional":   {&Table{Name: "n", Columns: []Column{{Name: "id", Kind: KindText}}, Rows: fixed()}, nil, ErrTable, "are ids"},
		"no target":  {&Table{Name: "n", Columns: []Column{id}, Rows: fixed()}, &Table{Name: "e", Columns: []Column{id}, Rows: fixed()}, ErrTable, "export e"},
		"space":      {&Table{Name: "n", Columns: []Column{id}, Rows: fixed([]Cell{Text("a b")})}, nil, ErrCell, "cannot be an id"},
		"twice":      {&Table{Name: "n", Columns: []Column{id}, Rows: fixed([]Cell{Text("a")}, []Cell{Text("a")})}, nil, ErrCell, "row 2: "},
		"stray edge": {&Table{Name: "n", Columns: []Column{id}, Rows: fixed([]Cell{Text("a")})}, &Table{Name: "e", Columns: []Column{id, other}, Rows: fixed([]Cell{Text("a"), Text("b")})}, ErrCell, `no node has the id "b"`},
		"control":    {&Table{Name: "n", Columns: []Column{id, other}, Rows: fixed([]Cell{Text("a"), Text("x\x01")})}, nil, ErrCell, "XML cannot hold U+0001"},
	} {
		edges := c.edges
		if edges == nil && c.nodes != nil {
			edges = &Table{Name: "e", Columns: []Column{id, other}, Rows: fixed()}
		}
		if _, err := GraphML(io.Discard, c.nodes, edges, true, Options{}); !errors.Is(err, c.is) || !strings.Contains(fmt.Sprint(err), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	nodes, edges := graphTables()
	for _, n := range []int{0, 500, 900} {
		if _, err := GraphML(&failing{n: n}, nodes, edges, true, Options{}); !errors.Is(err, errFull) {
			t.Errorf("full after %d: %v", n, err)
		}
	}
	endless := &Table{Name: "n", Columns: []Column{{Name: "id", Kind: KindInt, Required: true}}, Rows: func(yield func([]Cell) bool) error {
		for i := int64(0); yield([]Cell{Int(i)}); i++ {
		}
		return nil
	}}
	if n, err := GraphML(io.Discard, endless, edges, true, Options{}); n != MaxNodes || !errors.Is(err, ErrCell) {
		t.Errorf("endless nodes: %d, %v", n, err)
	}
}

func FuzzGraphML(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip()
		}
		for _, table := range []*Table{
			{Rows: fixed([]Cell{Text("a"), Text(s)})},
			{Rows: fixed([]Cell{Text(s), Text("x")})},
		} {
			table.Name = "n"
			table.Columns = []Column{{Name: "id", Kind: KindText, Required: true}, {Name: "v", Kind: KindText}}
			edges := &Table{Name: "e", Columns: []Column{{Name: "a", Kind: KindText, Required: true}, {Name: "b", Kind: KindText, Required: true}}, Rows: fixed()}
			var b bytes.Buffer
			if _, err := GraphML(&b, table, edges, true, Options{Provenance: &Provenance{Title: s}}); errors.Is(err, ErrCell) {
				continue
			} else if err != nil {
				t.Fatal(err)
			}
			g := readGraph(t, b.Bytes())
			if n := g.Graph.Nodes; len(n) != 1 || n[0].ID != s && n[0].Data[0].Text != s {
				t.Errorf("%q became %+v", s, n)
			}
		}
	})
}
