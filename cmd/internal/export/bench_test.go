package export

import (
	"io"
	"testing"
)

const benchRows = 300_000

func benchmark(b *testing.B, write func(io.Writer, *Table, Options) (int64, error)) {
	b.Helper()
	table := many(benchRows)
	size := NewHashing(io.Discard)
	if _, err := write(size, table, Options{}); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size.Size())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := write(io.Discard, table, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/benchRows, "ns/row")
	b.ReportMetric(float64(size.Size())/benchRows, "bytes/row")
}

func BenchmarkCSV(b *testing.B)       { benchmark(b, CSV) }
func BenchmarkJSONLines(b *testing.B) { benchmark(b, JSONLines) }
func BenchmarkParquet(b *testing.B)   { benchmark(b, Parquet) }
func BenchmarkStata(b *testing.B)     { benchmark(b, Stata) }
