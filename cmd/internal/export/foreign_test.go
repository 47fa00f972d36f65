package export

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The tests of this file give the files to the programs that researchers read
// them with. They run where these programs are found:
//
//	Debian: python3-pandas python3-networkx python3-igraph r-base-core r-cran-haven r-cran-igraph
//	npm: @duckdb/node-api hyparquet hyparquet-compressors, in the folder that FOEDUS_NODE names
//
// Where one is not found, the test says NOT CHECKED.

// largeRows is how many rows the large files have: more than a row group.
const largeRows = 150_000

// files writes what the scripts read, and large files if one is asked for.
// long is the long text of the sample, as JSON.
func files(t *testing.T, large ...format) (dir, long string) {
	t.Helper()
	dir = t.TempDir()
	o := Options{Provenance: provenance()}
	nodes, edges := graphTables()
	var graph bytes.Buffer
	if _, err := GraphML(&graph, nodes, edges, true, o); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"members.csv": must(t, CSV, sample(), o), "members.dta": must(t, Stata, sample(), o),
		"members.parquet": must(t, Parquet, sample(), o), "graph.graphml": graph.Bytes(),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range large {
		if err := os.WriteFile(filepath.Join(dir, f.name), must(t, f.write, many(largeRows), o), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := json.Marshal(longText)
	if err != nil {
		t.Fatal(err)
	}
	return dir, string(b)
}

// notChecked says loudly what was left out.
func notChecked(t *testing.T, what, missing string) {
	t.Helper()
	t.Logf("NOT CHECKED: %s", what)
	t.Skipf("NOT CHECKED: %s: %s is not installed", what, missing)
}

// succeeds reports whether a command is there and does not fail.
func succeeds(t *testing.T, name string, args ...string) bool {
	t.Helper()
	return exec.CommandContext(t.Context(), name, args...).Run() == nil
}

// python returns an interpreter that has the module.
func python(t *testing.T, what, module string) string {
	t.Helper()
	for _, p := range []string{"python3", "/usr/bin/python3"} {
		if succeeds(t, p, "-c", "import "+module) {
			return p
		}
	}
	notChecked(t, what, "Python's "+module)
	return ""
}

func rscript(t *testing.T, what, library string) string {
	t.Helper()
	if !succeeds(t, "Rscript", "-e", "library("+library+")") {
		notChecked(t, what, "R's "+library)
	}
	return "Rscript"
}

// node returns the folder of the npm package.
func node(t *testing.T, what, module string) string {
	t.Helper()
	dir := os.Getenv("FOEDUS_NODE")
	if _, err := os.Stat(filepath.Join(dir, "node_modules", module)); dir == "" || err != nil || !succeeds(t, "node", "--version") {
		notChecked(t, what, "npm's "+module+" (FOEDUS_NODE)")
	}
	return dir
}

func run(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
	t.Logf("checked with %s", strings.TrimSpace(string(out)))
}

// script returns the absolute path of a script.
func script(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "foreign", name))
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestForeignStataPandas(t *testing.T) {
	p := python(t, "Stata files with pandas.read_stata", "pandas")
	dir, long := files(t, format{"large.dta", Stata})
	run(t, dir, p, script(t, "pandas_stata.py"), "members.dta", long, "large.dta")
}

func TestForeignCSVPandas(t *testing.T) {
	p := python(t, "CSV with pandas.read_csv", "pandas")
	dir, long := files(t)
	run(t, dir, p, script(t, "pandas_csv.py"), "members.csv", long)
}

func TestForeignStataAndCSVinR(t *testing.T) {
	r := rscript(t, "Stata files with haven, CSV with read.csv", "haven")
	dir, _ := files(t)
	run(t, dir, r, script(t, "stata.R"), "members.dta", "members.csv")
}

func TestForeignGraphNetworkx(t *testing.T) {
	p := python(t, "GraphML with networkx", "networkx")
	dir, _ := files(t)
	run(t, dir, p, script(t, "graph_networkx.py"), "graph.graphml")
}

func TestForeignGraphPythonIgraph(t *testing.T) {
	p := python(t, "GraphML with igraph in Python", "igraph")
	dir, _ := files(t)
	run(t, dir, p, script(t, "graph_igraph.py"), "graph.graphml")
}

func TestForeignGraphR(t *testing.T) {
	r := rscript(t, "GraphML with igraph", "igraph")
	dir, _ := files(t)
	run(t, dir, r, script(t, "graph.R"), "graph.graphml")
}

func TestForeignParquetPyarrow(t *testing.T) {
	p := python(t, "Parquet with pyarrow", "pyarrow")
	dir, long := files(t)
	run(t, dir, p, script(t, "parquet_pyarrow.py"), "members.parquet", long)
}

func TestForeignParquetDuckDB(t *testing.T) {
	modules := node(t, "Parquet and CSV with DuckDB", "@duckdb/node-api")
	dir, long := files(t, format{"large.parquet", Parquet})
	at := func(name string) string { return filepath.Join(dir, name) }
	run(t, modules, "node", script(t, "parquet_duckdb.mjs"), at("members.parquet"), at("members.csv"), long, at("large.parquet"))
}

func TestForeignParquetHyparquet(t *testing.T) {
	modules := node(t, "Parquet with hyparquet", "hyparquet")
	dir, long := files(t)
	run(t, modules, "node", script(t, "parquet_hyparquet.mjs"), filepath.Join(dir, "members.parquet"), long)
}
