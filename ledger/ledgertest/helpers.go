package ledgertest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foedus/ledger"
)

// patience is how long a test waits for what is bound to come; a test that
// needs it has failed.
const patience = 30 * time.Second

// sample returns an event on a state; n decides its id alone, so that the same
// n on another state gives the same id with other bytes.
func sample(tb testing.TB, state string, n int) ledger.Encoded {
	tb.Helper()
	var id ledger.EventID
	id[0] = 1
	binary.BigEndian.PutUint64(id[8:], uint64(n))
	e := ledger.Event{
		ID:        id,
		Aggregate: ledger.Aggregate{Dataset: ledger.Core, Kind: ledger.KindState, ID: state},
		Recorded:  time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		Content: ledger.Content{
			Payload:   &ledger.StateRenamed{Name: fmt.Sprintf("%s the %d", state, n)},
			Citations: []ledger.Citation{{Source: "test", Grade: ledger.GradeB}},
		},
	}
	enc, err := ledger.Encode(&e)
	if err != nil {
		tb.Fatal(err)
	}
	return enc
}

func clone(e ledger.Encoded) ledger.Encoded {
	e.Bytes = bytes.Clone(e.Bytes)
	return e
}

func mustAppend(tb testing.TB, l ledger.Log, expect ledger.Expectation, events ...ledger.Encoded) []ledger.Receipt {
	tb.Helper()
	receipts, err := l.Append(tb.Context(), expect, events...)
	if err != nil {
		tb.Fatal(err)
	}
	if len(receipts) != len(events) {
		tb.Fatalf("%d receipts for %d events", len(receipts), len(events))
	}
	return receipts
}

func mustGet(t *testing.T, l ledger.Log, seq ledger.Seq) ledger.Entry {
	t.Helper()
	entries, err := l.Get(t.Context(), seq)
	if err != nil {
		t.Fatal(err)
	}
	return entries[0]
}

func readAll(t *testing.T, l ledger.Log, after ledger.Seq) []ledger.Entry {
	t.Helper()
	var out []ledger.Entry
	for e, err := range l.Read(t.Context(), after) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func wantHead(t *testing.T, l ledger.Log, want ledger.Seq) {
	t.Helper()
	if got, err := l.Head(t.Context()); err != nil || got != want {
		t.Fatalf("Head = %d, %v; want %d", got, err, want)
	}
}

// wantEntries compares two readings of a log. It does not show a difference
// field by field as cmp does, which is too slow for thousands of entries.
func wantEntries(t *testing.T, got, want []ledger.Entry) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d entries, want %d", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		same := g.Seq == w.Seq && g.Time.Equal(w.Time) && g.More == w.More && g.ID == w.ID &&
			g.Aggregate == w.Aggregate && g.Type == w.Type && bytes.Equal(g.Bytes, w.Bytes)
		if !same {
			t.Fatalf("two readings differ:\n%+v\n%+v", g, w)
		}
	}
}

func wantReceipts(t *testing.T, got []ledger.Receipt, want ...ledger.Receipt) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Fatalf("receipts (-want +got):\n%s", d)
	}
}

func wantConflict(t *testing.T, err error, state string, last ledger.Seq) {
	t.Helper()
	c, ok := errors.AsType[*ledger.ConflictError](err)
	if !ok || !errors.Is(err, ledger.ErrConflict) {
		t.Fatalf("error %v, want a conflict", err)
	}
	if c.Aggregate.ID != state {
		t.Errorf("the conflict is about %s, want %s", c.Aggregate, state)
	}
	// A log may not know the last sequence; if it names one, it must be right.
	if c.Last != 0 && c.Last != last {
		t.Errorf("the conflict names %d as the last sequence, want %d", c.Last, last)
	}
}

func wantIDTaken(t *testing.T, err error, id ledger.EventID, seq ledger.Seq) {
	t.Helper()
	taken, ok := errors.AsType[*ledger.IDTakenError](err)
	if !ok || !errors.Is(err, ledger.ErrIDTaken) {
		t.Fatalf("error %v, want an id that is taken", err)
	}
	if taken.ID != id || taken.Seq != seq {
		t.Errorf("%s is taken at %d, want %s at %d", taken.ID, taken.Seq, id, seq)
	}
}

func await[T any](t *testing.T, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.NewTimer(patience).C:
		t.Fatal("nothing came")
		panic("unreachable")
	}
}
