package foedus_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed says what each package may import beside the standard library: other
// packages of the module, and modules. What is not listed may not be imported.
func allowed() map[string][]string {
	delivery := []string{
		"foedus/ledger", "foedus/projections", "foedus/projections/live", "foedus/projections/obligations", "foedus/ingest", "github.com/",
	}
	return map[string][]string{
		"foedus":                         {},
		"foedus/ledger":                  {"github.com/oklog/ulid/v2"},
		"foedus/ledger/jetstream":        {"foedus/ledger", "github.com/nats-io/", "github.com/synadia-io/orbit.go/", "golang.org/x/sys/"},
		"foedus/ledger/ledgertest":       {"foedus/ledger", "github.com/oklog/ulid/v2", "github.com/google/go-cmp/cmp"},
		"foedus/projections":             {"foedus/ledger"},
		"foedus/projections/live":        {"foedus/ledger", "foedus/projections"},
		"foedus/projections/panel":       {"foedus/ledger", "foedus/projections"},
		"foedus/projections/obligations": {"foedus/ledger", "foedus/projections"},
		"foedus/ingest":                  {"foedus/ledger"},
		"foedus/ingest/atop":             {"foedus/ledger", "foedus/ingest"},
		"foedus/ingest/seed":             {"foedus/ledger", "foedus/ingest", "github.com/goccy/go-yaml/", "github.com/goccy/go-yaml"},
		"foedus/ingest/table":            {"foedus/ledger", "foedus/ingest", "github.com/goccy/go-yaml/", "github.com/goccy/go-yaml"},
		"foedus/seeds":                   {},
		"foedus/cmd/internal/export":     {"foedus/ledger", "github.com/parquet-go/parquet-go", "github.com/parquet-go/parquet-go/compress/zstd"},
		"foedus/cmd/internal/httpapi":    delivery,
		"foedus/cmd/internal/metrics":    delivery,
		"foedus/cmd/internal/natsfeed": {
			"foedus/ledger", "foedus/projections", "foedus/projections/live", "github.com/nats-io/nats.go",
			"github.com/nats-io/nats.go/jetstream", "github.com/nats-io/nats.go/micro", "github.com/oklog/ulid/v2",
		},
		"foedus/cmd/foedus": {"foedus/", "github.com/", "golang.org/x/"},
	}
}

// impure lists what a projection must not know.
func impure() []string {
	return []string{"context", "io", "io/fs", "log", "log/slog", "math/rand", "math/rand/v2", "net", "net/http", "os", "sync", "sync/atomic", "time"}
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) (out []listed) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	b, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for d := json.NewDecoder(strings.NewReader(string(b))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out = append(out, p)
	}
}

func TestArrows(t *testing.T) {
	rules := allowed()
	for _, p := range packages(t) {
		may, ok := rules[p.ImportPath]
		if !ok {
			t.Errorf("%s is new: say in arch_test.go what it may import, and in DESIGN.md why it exists", p.ImportPath)
			continue
		}
		for _, imp := range p.Imports {
			standard := !strings.Contains(strings.SplitN(imp, "/", 2)[0], ".") && !strings.HasPrefix(imp, "foedus")
			if !standard && !slices.ContainsFunc(may, func(m string) bool {
				return imp == m || strings.HasSuffix(m, "/") && strings.HasPrefix(imp, m)
			}) {
				t.Errorf("%s imports %s; the arrows of doc.go do not allow it", p.ImportPath, imp)
			}
		}
	}
}

func TestProjectionsArePure(t *testing.T) {
	for _, p := range packages(t) {
		if !slices.Contains([]string{"foedus/projections", "foedus/projections/panel", "foedus/projections/obligations"}, p.ImportPath) {
			continue
		}
		for _, imp := range p.Imports {
			if slices.Contains(impure(), imp) {
				t.Errorf("%s imports %s: a projection is a pure function of events", p.ImportPath, imp)
			}
		}
	}
}
