# Reads graph.graphml with igraph.
args <- commandArgs(trailingOnly = TRUE)
suppressPackageStartupMessages(library(igraph))
g <- read_graph(args[1], format = "graphml")
stopifnot(is_directed(g), vcount(g) == 3, ecount(g) == 2)
stopifnot(identical(V(g)$id, c("aut", "bel", "grc")))
stopifnot(V(g)$code[1] == 300, E(g)$defence[1] == 1, E(g)$since[1] == "1839-04-19")
stopifnot(V(g)$name[1] == "\u00d6sterreich & <Ungarn>")
cat("R igraph ", as.character(packageVersion("igraph")), "\n", sep = "")
