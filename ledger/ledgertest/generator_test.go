package ledgertest_test

import (
	"bytes"
	"testing"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

func worlds() map[string]ledgertest.Options {
	return map[string]ledgertest.Options{"large": {}, "small": ledgertest.SmallWorld(), "plain": {Late: -1, Vague: -1, Secret: -1, Corrections: -1, Retractions: -1, Disputes: -1}}
}

func TestGeneratedEventsAreValid(t *testing.T) {
	for name, opt := range worlds() {
		t.Run(name, func(t *testing.T) {
			g := ledgertest.NewGenerator(7, opt)
			var d ledger.Decoder
			ids := make(map[ledger.EventID]bool)
			for i := range 8000 {
				e := g.Next()
				enc, err := ledger.Encode(e)
				if err != nil {
					t.Fatalf("event %d, %s: %v", i, e.Payload.Type(), err)
				}
				_, again, err := d.Check(enc.Bytes)
				if err != nil {
					t.Fatalf("event %d: %v\n%s", i, err, enc.Bytes)
				}
				if !bytes.Equal(enc.Bytes, again.Bytes) {
					t.Fatalf("event %d is encoded anew as other bytes:\n%s\n%s", i, enc.Bytes, again.Bytes)
				}
				if ids[e.ID] {
					t.Fatalf("event %d has an id that came before", i)
				}
				ids[e.ID] = true
			}
		})
	}
}

func TestGeneratorRepeats(t *testing.T) {
	a, b := ledgertest.NewGenerator(3, ledgertest.Options{}), ledgertest.NewGenerator(3, ledgertest.Options{})
	other := ledgertest.NewGenerator(4, ledgertest.Options{})
	same := 0
	for i := range 2000 {
		x, y, z := a.Encoded(1)[0], b.Encoded(1)[0], other.Encoded(1)[0]
		if !bytes.Equal(x.Bytes, y.Bytes) {
			t.Fatalf("event %d differs:\n%s\n%s", i, x.Bytes, y.Bytes)
		}
		if bytes.Equal(x.Bytes, z.Bytes) {
			same++
		}
	}
	if same > 0 {
		t.Errorf("%d events of another seed are the same", same)
	}
}

// TestGeneratorMix holds the shares that the options promise, and what a
// reader of the stream relies on: a revision names an earlier event of the
// same aggregate.
func TestGeneratorMix(t *testing.T) {
	const n = 20000
	g := ledgertest.NewGenerator(11, ledgertest.Options{})
	count := make(map[ledger.Type]int)
	last := make(map[ledger.Aggregate]ledger.Date)
	of := make(map[ledger.EventID]ledger.Aggregate)
	alliances := make(map[ledger.Aggregate]int)
	var vague, secret, backward, dated, onRevision int
	types := make(map[ledger.EventID]ledger.Type)
	for range n {
		e := g.Next()
		count[e.Payload.Type()]++
		of[e.ID], types[e.ID] = e.Aggregate, e.Payload.Type()
		if e.Aggregate.Kind == ledger.KindAlliance {
			alliances[e.Aggregate]++
		}
		var target ledger.EventID
		switch p := any(e.Payload).(type) { // any: the others name no target
		case *ledger.RecordCorrected:
			target = p.Target
		case *ledger.RecordRetracted:
			target = p.Target
			if tt := types[target]; tt == ledger.TypeRecordCorrected || tt == ledger.TypeRecordRetracted {
				onRevision++
			}
		case *ledger.DisputeOpened:
			target = p.About
		}
		if !target.IsZero() && of[target] != e.Aggregate {
			t.Fatalf("%s on %s is about an event of %s", e.Payload.Type(), e.Aggregate, of[target])
		}
		if !e.PublicOn.IsZero() {
			secret++
		}
		if e.DoneOn.IsZero() {
			continue
		}
		dated++
		if !e.DoneOn.Exact() {
			vague++
		}
		if was, ok := last[e.Aggregate]; ok && e.DoneOn.Latest() < was {
			backward++
		}
		last[e.Aggregate] = e.DoneOn.Earliest()
	}
	share := func(name string, got, of int, lo, hi float64) {
		t.Helper()
		s := float64(got) / float64(of)
		t.Logf("%-12s %.3f", name, s)
		if s < lo || s > hi {
			t.Errorf("share of %s is %.3f, want %.3f to %.3f", name, s, lo, hi)
		}
	}
	share("vague", vague, dated, 0.02, 0.08)
	share("secret", secret, dated, 0.004, 0.02)
	share("backward", backward, dated, 0.05, 0.2)
	share("corrections", count[ledger.TypeRecordCorrected], n, 0.02, 0.04)
	share("retractions", count[ledger.TypeRecordRetracted], n, 0.005, 0.015)
	share("undone revisions", onRevision, count[ledger.TypeRecordRetracted], 0.02, 0.5)
	share("disputes", count[ledger.TypeDisputeOpened], n, 0.005, 0.015)
	share("decisions", count[ledger.TypeDisputeDecided], count[ledger.TypeDisputeOpened], 0.2, 1)
	share("per alliance", n/len(alliances), 1, 30, 70)
	for _, ty := range []ledger.Type{
		ledger.TypeInstrumentDescribed, ledger.TypeInstrumentSigned, ledger.TypeConsentDeposited, ledger.TypeInstrumentInForce,
		ledger.TypePartyInForce, ledger.TypeMemberInvited, ledger.TypeProtocolSigned, ledger.TypeClauseAdded, ledger.TypeClauseChanged,
		ledger.TypeCommandJoined, ledger.TypeCommandLeft, ledger.TypeNoticeGiven, ledger.TypeNoticeRevoked, ledger.TypeWithdrawalEffective,
		ledger.TypeObligationSuspended, ledger.TypeObligationResumed, ledger.TypeInstrumentRenewed, ledger.TypeInstrumentEnded,
		ledger.TypeAttackMade, ledger.TypeClauseInvoked, ledger.TypeInvocationDetermined, ledger.TypeResponseMade, ledger.TypeOperationStarted,
	} {
		if count[ty] == 0 {
			t.Errorf("no %s", ty)
		}
	}
	t.Logf("%v", count)
}

func BenchmarkMemory(b *testing.B) {
	ledgertest.BenchmarkLog(b, func(*testing.B) ledger.Log { return ledgertest.NewMemory() })
}

func BenchmarkGenerator(b *testing.B) {
	g := ledgertest.NewGenerator(1, ledgertest.Options{})
	b.ReportAllocs()
	for b.Loop() {
		g.Next()
	}
}
