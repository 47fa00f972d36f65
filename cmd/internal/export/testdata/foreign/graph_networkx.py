"""Reads graph.graphml with networkx."""
import sys

import networkx as nx

g = nx.read_graphml(sys.argv[1])
assert g.is_directed()
assert list(g.nodes) == ["aut", "bel", "grc"], g.nodes
assert g.nodes["aut"] == {"name": "Österreich & <Ungarn>", "code": 300}, g.nodes["aut"]
assert g.nodes["bel"] == {"name": 'line\r\nline "quoted" ]]>'}, g.nodes["bel"]
assert g.nodes["grc"] == {}, g.nodes["grc"]
assert list(g.edges(data=True)) == [("aut", "bel", {"defence": 1, "since": "1839-04-19"}), ("bel", "grc", {})], g.edges(data=True)
print("networkx", nx.__version__)
