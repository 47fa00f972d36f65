"""Reads graph.graphml with igraph."""
import sys

import igraph

g = igraph.Graph.Read_GraphML(sys.argv[1])
assert g.is_directed() and g.vcount() == 3 and g.ecount() == 2
assert g.vs["id"] == ["aut", "bel", "grc"], g.vs["id"]
assert g.vs["name"][:2] == ["Österreich & <Ungarn>", 'line\r\nline "quoted" ]]>'], g.vs["name"]
assert g.vs["code"][0] == 300 and g.es["defence"][0] == 1 and g.es["since"][0] == "1839-04-19"
print("Python igraph", igraph.__version__)
