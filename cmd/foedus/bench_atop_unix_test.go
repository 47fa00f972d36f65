//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// atopFile is the published member file, or the benchmark says that it is not
// there.
func atopFile(b *testing.B) string {
	b.Helper()
	path, err := filepath.Abs("../../../shared/data/atop/atop5_1m.csv")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		b.Skipf("NOT MEASURED: %s is not there; ATOP's file stands beside the project and is not part of it", path)
	}
	return path
}

// binary builds the program as users have it.
func binary(b *testing.B) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "foedus")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-trimpath", "-o", path, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	return path
}

// once runs the program from its start to its exit and returns the most memory
// that it held, in MiB.
func once(b *testing.B, program string, args ...string) float64 {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), program, args...)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		b.Fatalf("%v: %v", args, err)
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok || runtime.GOOS != "linux" {
		return 0
	}
	return float64(usage.Maxrss) / 1024
}

// BenchmarkATOP times the way from a published file to a panel, each step a
// process from its start to its exit: the import of the member file into a
// ledger that holds the curated history, the same again, and the directed
// dyad-years of the whole file.
func BenchmarkATOP(b *testing.B) {
	file, program := atopFile(b), binary(b)
	b.Run("import", func(b *testing.B) {
		memory := 0.0
		for b.Loop() {
			b.StopTimer()
			data := b.TempDir()
			once(b, program, "import", "seeds", "--data", data)
			b.StartTimer()
			memory = max(memory, once(b, program, "import", "atop", file, "--data", data))
		}
		b.ReportMetric(memory, "MiB")
	})
	data := b.TempDir()
	once(b, program, "import", "seeds", "--data", data)
	once(b, program, "import", "atop", file, "--data", data)
	for name, args := range map[string][]string{
		"import-again":                {"import", "atop", file},
		"state-year-csv":              {"export", "state-year", "--dataset", "atop", "--out", filepath.Join(data, "sy.csv")},
		"directed-dyad-year-csv":      {"export", "directed-dyad-year", "--dataset", "atop", "--out", filepath.Join(data, "dd.csv")},
		"directed-dyad-year-parquet":  {"export", "directed-dyad-year", "--dataset", "atop", "--out", filepath.Join(data, "dd.parquet")},
		"directed-dyad-year-dta":      {"export", "directed-dyad-year", "--dataset", "atop", "--out", filepath.Join(data, "dd.dta")},
		"directed-dyad-year-full-csv": {"export", "directed-dyad-year", "--dataset", "atop", "--full", "--out", filepath.Join(data, "full.csv")},
	} {
		b.Run(name, func(b *testing.B) {
			memory := 0.0
			for b.Loop() {
				memory = max(memory, once(b, program, append(args, "--data", data)...))
			}
			b.ReportMetric(memory, "MiB")
		})
	}
}
