package projections_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
	"foedus/projections"
)

// TestCompact: a World that is compacted again and again while events arrive
// answers like one that never is.
func TestCompact(t *testing.T) {
	g := ledgertest.NewGenerator(7, ledgertest.SmallWorld())
	plain, compact := projections.New(), projections.New()
	for i := range 600 {
		e := g.Next()
		for _, w := range []*projections.World{plain, compact} {
			if err := w.Apply(ledger.Seq(i+1), int64(i), e); err != nil {
				t.Fatal(err)
			}
		}
		if i%7 == 0 {
			compact.Compact()
		}
	}
	day, _ := ledger.NewDate(1950, 1, 1)
	for _, id := range plain.List(ledger.Core, ledger.KindAlliance, plain.Head()) {
		for known := plain.Head(); known > 0; known -= min(known, 50) {
			q := projections.Query{Dataset: ledger.Core, On: day, Known: known}
			want, _ := plain.At(q, ledger.KindAlliance, id)
			got, _ := compact.At(q, ledger.KindAlliance, id)
			if diff := cmp.Diff(dump(&want), dump(&got)); diff != "" {
				t.Fatalf("%s known %d (-plain +compact)\n%s", id, known, diff)
			}
		}
	}
}

func dump(v *projections.View) (out []string) {
	for i := range v.Facts {
		f := &v.Facts[i]
		out = append(out, string(f.Kind)+"|"+f.A+"|"+f.B+"|"+f.Value+"|"+f.How+"|"+f.Span.SinceEarliest.String()+"|"+f.Span.UntilLatest.String()+"|"+f.Dispute()+f.EndDispute()+f.Finding())
	}
	return out
}
