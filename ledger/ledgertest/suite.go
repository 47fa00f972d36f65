package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"foedus/ledger"
)

// TestLog checks that a log does what [ledger.Log] says it must. It opens one
// empty log for each subtest and closes it at the end; open may register what
// else is to be cleaned up.
func TestLog(t *testing.T, open func(t *testing.T) ledger.Log) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*testing.T, ledger.Log)
	}{
		{"empty", testEmpty},
		{"order", testOrder},
		{"arguments", testArguments},
		{"duplicates", testDuplicates},
		{"twice in one append", testTwins},
		{"id taken", testIDTaken},
		{"expect none yet", testNoneYet},
		{"expect at", testAt},
		{"expect of duplicates", testExpectDuplicates},
		{"invalid appends", testInvalid},
		{"largest append", testLargest},
		{"read from", testReadFrom},
		{"read ends at the head of its start", testReadEnds},
		{"read is left", testReadLeft},
		{"follow", testFollow},
		{"follow is cancelled", testFollowCancelled},
		{"follow is closed", testFollowClosed},
		{"get", testGet},
		{"find", testFind},
		{"one winner", testOneWinner},
		{"concurrent appends", testConcurrent},
		{"cancelled", testCancelled},
		{"closed", testClosed},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := open(t)
			defer func() {
				if err := l.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}()
			c.test(t, l)
		})
	}
}

// CheckLog reads the whole of a log in every way that the contract offers and
// fails the test unless they agree: sequences from 1 without a gap, the same
// entries by [ledger.Log.Get], each id once and found where it stands, and an
// end that is the end of an append. Use it as the last step of a test that
// wrote.
func CheckLog(t *testing.T, l ledger.Log) []ledger.Entry {
	t.Helper()
	entries := readAll(t, l, 0)
	seqs := make([]ledger.Seq, len(entries))
	ids := make(map[ledger.EventID]ledger.Seq, len(entries))
	for i, e := range entries {
		seqs[i] = e.Seq
		if e.Seq != ledger.Seq(i+1) {
			t.Fatalf("entry %d has sequence %d", i+1, e.Seq)
		}
		if other, ok := ids[e.ID]; ok {
			t.Fatalf("event %s stands at %d and at %d", e.ID, other, e.Seq)
		}
		ids[e.ID] = e.Seq
		if got, err := l.Find(t.Context(), e.ID); err != nil || got != e.Seq {
			t.Fatalf("Find(%s) = %d, %v; it stands at %d", e.ID, got, err, e.Seq)
		}
		checkBytes(t, e)
	}
	if n := len(entries); n > 0 && entries[n-1].More {
		t.Fatalf("entry %d is the last and announces more", n)
	}
	got, err := l.Get(t.Context(), seqs...)
	if err != nil {
		t.Fatal(err)
	}
	wantEntries(t, got, entries)
	wantHead(t, l, ledger.Seq(len(entries)))
	return entries
}

// checkBytes holds an entry's fields against the document that they were
// taken from.
func checkBytes(t *testing.T, e ledger.Entry) {
	t.Helper()
	ev, err := ledger.Decode(e.Bytes)
	if err != nil {
		t.Fatalf("entry %d: %v", e.Seq, err)
	}
	if ev.ID != e.ID || ev.Aggregate != e.Aggregate || ev.Payload.Type() != e.Type {
		t.Fatalf("entry %d says %s %s %s, its document %s %s %s",
			e.Seq, e.ID, e.Aggregate, e.Type, ev.ID, ev.Aggregate, ev.Payload.Type())
	}
}

func testEmpty(t *testing.T, l ledger.Log) {
	t.Helper()
	wantHead(t, l, 0)
	if got := readAll(t, l, 0); len(got) != 0 {
		t.Errorf("an empty log yields %d entries", len(got))
	}
	receipts, err := l.Append(t.Context(), ledger.Any())
	if err != nil || len(receipts) != 0 {
		t.Errorf("appending nothing gives %v, %v", receipts, err)
	}
	if entries, err := l.Get(t.Context()); err != nil || len(entries) != 0 {
		t.Errorf("getting nothing gives %v, %v", entries, err)
	}
	wantHead(t, l, 0)
}

func testOrder(t *testing.T, l ledger.Log) {
	t.Helper()
	var want []ledger.Encoded
	var more []bool
	for i, n := range []int{1, 3, 1, 2, 20} {
		var events []ledger.Encoded
		for j := range n {
			events = append(events, sample(t, fmt.Sprintf("state-%d", j), i*100+j))
			more = append(more, j < n-1)
		}
		receipts := mustAppend(t, l, ledger.Any(), events...)
		for j, r := range receipts {
			if w := (ledger.Receipt{Seq: ledger.Seq(len(want) + j + 1)}); r != w {
				t.Fatalf("receipt %d of append %d is %v, want %v", j, i, r, w)
			}
		}
		want = append(want, events...)
		wantHead(t, l, ledger.Seq(len(want)))
	}
	for i, e := range CheckLog(t, l) {
		if d := cmp.Diff(want[i], e.Encoded); d != "" {
			t.Fatalf("entry %d (-appended +read):\n%s", i+1, d)
		}
		if e.More != more[i] {
			t.Errorf("entry %d has More %v, want %v", i+1, e.More, more[i])
		}
		if e.Time.IsZero() {
			t.Errorf("entry %d has no time", i+1)
		}
	}
}

func testArguments(t *testing.T, l ledger.Log) {
	t.Helper()
	a, b, c := sample(t, "a", 1), sample(t, "a", 2), sample(t, "a", 3)
	mustAppend(t, l, ledger.Any(), a)
	events := []ledger.Encoded{a, b, b, c}
	want := []ledger.Encoded{clone(a), clone(b), clone(b), clone(c)}
	mustAppend(t, l, ledger.Any(), events...)
	if d := cmp.Diff(want, events); d != "" {
		t.Fatalf("Append changed its arguments (-before +after):\n%s", d)
	}
	// What stands must not share memory with what was given.
	events[1].Bytes[0] = '!'
	if e := mustGet(t, l, 2); e.Bytes[0] == '!' {
		t.Error("a change of the argument after the append changed the log")
	}
}

func testDuplicates(t *testing.T, l ledger.Log) {
	t.Helper()
	var events []ledger.Encoded
	for i := range 40 {
		events = append(events, sample(t, "a", i))
	}
	mustAppend(t, l, ledger.Any(), events[0])
	mustAppend(t, l, ledger.Any(), events[1:30]...)

	wantReceipts(t, mustAppend(t, l, ledger.Any(), events[0]), ledger.Receipt{Seq: 1, Duplicate: true})
	wantReceipts(t, mustAppend(t, l, ledger.Any(), events[12]), ledger.Receipt{Seq: 13, Duplicate: true})
	for i, r := range mustAppend(t, l, ledger.Any(), events[:30]...) {
		wantReceipts(t, []ledger.Receipt{r}, ledger.Receipt{Seq: ledger.Seq(i + 1), Duplicate: true})
	}
	wantHead(t, l, 30)

	mixed := mustAppend(t, l, ledger.Any(), events[35], events[3], events[36], events[29])
	wantReceipts(t, mixed, ledger.Receipt{Seq: 31}, ledger.Receipt{Seq: 4, Duplicate: true},
		ledger.Receipt{Seq: 32}, ledger.Receipt{Seq: 30, Duplicate: true})
	wantHead(t, l, 32)
	if entries := CheckLog(t, l); !entries[30].More || entries[31].More {
		t.Error("the new events of one append do not stand together")
	}
}

func testTwins(t *testing.T, l ledger.Log) {
	t.Helper()
	a, b := sample(t, "a", 1), sample(t, "a", 2)
	receipts := mustAppend(t, l, ledger.Any(), a, b, a)
	wantReceipts(t, receipts, ledger.Receipt{Seq: 1}, ledger.Receipt{Seq: 2}, ledger.Receipt{Seq: 1})
	wantHead(t, l, 2)

	c := sample(t, "a", 3)
	other := sample(t, "b", 3)
	_, err := l.Append(t.Context(), ledger.Any(), c, other)
	wantIDTaken(t, err, c.ID, 0)
	wantHead(t, l, 2)
}

func testIDTaken(t *testing.T, l ledger.Log) {
	t.Helper()
	a, other := sample(t, "a", 1), sample(t, "b", 1)
	mustAppend(t, l, ledger.Any(), a)
	_, err := l.Append(t.Context(), ledger.Any(), other)
	wantIDTaken(t, err, a.ID, 1)
	_, err = l.Append(t.Context(), ledger.Any(), sample(t, "a", 2), other, sample(t, "a", 3))
	wantIDTaken(t, err, a.ID, 1)
	wantHead(t, l, 1)
	CheckLog(t, l)
}

func testNoneYet(t *testing.T, l ledger.Log) {
	t.Helper()
	mustAppend(t, l, ledger.NoneYet(), sample(t, "a", 1))
	_, err := l.Append(t.Context(), ledger.NoneYet(), sample(t, "a", 2))
	wantConflict(t, err, "a", 1)
	_, err = l.Append(t.Context(), ledger.NoneYet(), sample(t, "a", 3), sample(t, "a", 4))
	wantConflict(t, err, "a", 1)
	// An aggregate whose name begins the same is another one.
	mustAppend(t, l, ledger.NoneYet(), sample(t, "a-b", 5), sample(t, "a-b", 6))
	wantHead(t, l, 3)
	CheckLog(t, l)
}

func testAt(t *testing.T, l ledger.Log) {
	t.Helper()
	mustAppend(t, l, ledger.Any(), sample(t, "a", 1))
	mustAppend(t, l, ledger.Any(), sample(t, "b", 2))
	mustAppend(t, l, ledger.At(1), sample(t, "a", 3), sample(t, "a", 4))
	_, err := l.Append(t.Context(), ledger.At(1), sample(t, "a", 5))
	wantConflict(t, err, "a", 4)
	_, err = l.Append(t.Context(), ledger.At(3), sample(t, "a", 5), sample(t, "a", 6))
	wantConflict(t, err, "a", 4)
	_, err = l.Append(t.Context(), ledger.At(9), sample(t, "c", 7))
	wantConflict(t, err, "c", 0)
	wantHead(t, l, 4)
	mustAppend(t, l, ledger.At(2), sample(t, "b", 8))
	mustAppend(t, l, ledger.At(4), sample(t, "a", 9))
	CheckLog(t, l)
}

func testExpectDuplicates(t *testing.T, l ledger.Log) {
	t.Helper()
	a, b, c := sample(t, "a", 1), sample(t, "a", 2), sample(t, "a", 3)
	mustAppend(t, l, ledger.NoneYet(), a, b)
	// Repeating an append that succeeded succeeds, whatever happened since.
	again := mustAppend(t, l, ledger.NoneYet(), a, b)
	wantReceipts(t, again, ledger.Receipt{Seq: 1, Duplicate: true}, ledger.Receipt{Seq: 2, Duplicate: true})
	// A part that is new is held to the expectation.
	_, err := l.Append(t.Context(), ledger.NoneYet(), a, c)
	wantConflict(t, err, "a", 2)
	wantReceipts(t, mustAppend(t, l, ledger.At(2), a, c), ledger.Receipt{Seq: 1, Duplicate: true}, ledger.Receipt{Seq: 3})
	CheckLog(t, l)
}

func testInvalid(t *testing.T, l ledger.Log) {
	t.Helper()
	a, b := sample(t, "a", 1), sample(t, "b", 2)
	many := make([]ledger.Encoded, ledger.MaxAppend+1)
	for i := range many {
		many[i] = sample(t, "a", 100+i)
	}
	for name, try := range map[string]func() ([]ledger.Receipt, error){
		"two aggregates, none yet": func() ([]ledger.Receipt, error) { return l.Append(t.Context(), ledger.NoneYet(), a, b) },
		"two aggregates, at":       func() ([]ledger.Receipt, error) { return l.Append(t.Context(), ledger.At(1), a, b) },
		"too many":                 func() ([]ledger.Receipt, error) { return l.Append(t.Context(), ledger.Any(), many...) },
		"not encoded":              func() ([]ledger.Receipt, error) { return l.Append(t.Context(), ledger.Any(), a, ledger.Encoded{}) },
	} {
		if _, err := try(); !errors.Is(err, ledger.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
	wantHead(t, l, 0)
}

func testLargest(t *testing.T, l ledger.Log) {
	t.Helper()
	events := make([]ledger.Encoded, ledger.MaxAppend)
	for i := range events {
		events[i] = sample(t, fmt.Sprintf("s%d", i%7), i)
	}
	mustAppend(t, l, ledger.Any(), events...)
	for i, e := range CheckLog(t, l) {
		if e.More != (i < len(events)-1) {
			t.Fatalf("entry %d has More %v", i+1, e.More)
		}
	}
}

func testReadFrom(t *testing.T, l ledger.Log) {
	t.Helper()
	for i := range 10 {
		mustAppend(t, l, ledger.Any(), sample(t, "a", i))
	}
	for after := range ledger.Seq(13) {
		got := readAll(t, l, after)
		if want := max(0, 10-int(after)); len(got) != want {
			t.Errorf("Read(%d) yields %d entries, want %d", after, len(got), want)
		}
		if len(got) > 0 && got[0].Seq != after+1 {
			t.Errorf("Read(%d) begins at %d", after, got[0].Seq)
		}
	}
}

func testReadEnds(t *testing.T, l ledger.Log) {
	t.Helper()
	for i := range 5 {
		mustAppend(t, l, ledger.Any(), sample(t, "a", i))
	}
	read := l.Read(t.Context(), 0)
	mustAppend(t, l, ledger.Any(), sample(t, "a", 5))
	n := 0
	for e, err := range read { // begins here, not where Read was called
		if err != nil {
			t.Fatal(err)
		}
		mustAppend(t, l, ledger.Any(), sample(t, "b", 100+n))
		if n++; e.Seq > 6 {
			t.Fatalf("Read yields %d, which was appended after it began", e.Seq)
		}
	}
	if n != 6 {
		t.Errorf("Read yields %d entries, want 6", n)
	}
}

func testReadLeft(t *testing.T, l ledger.Log) {
	t.Helper()
	for i := range 50 {
		mustAppend(t, l, ledger.Any(), sample(t, "a", i))
	}
	var first []byte
	for range 20 {
		for e, err := range l.Read(t.Context(), 0) {
			if err != nil {
				t.Fatal(err)
			}
			first = e.Bytes
			break
		}
	}
	if want := sample(t, "a", 0).Bytes; !slices.Equal(first, want) {
		t.Error("the bytes of an entry did not stay valid after the iteration")
	}
	CheckLog(t, l)
}

func testFollow(t *testing.T, l ledger.Log) {
	t.Helper()
	mustAppend(t, l, ledger.Any(), sample(t, "a", 0), sample(t, "a", 1))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	want := ledger.Seq(2)
	for e, err := range l.Follow(ctx, 1) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Seq != want {
			t.Fatalf("Follow yields %d, want %d", e.Seq, want)
		}
		want++
		switch {
		case e.Seq == 20:
			return
		case e.More:
		case e.Seq%2 == 0: // it waits for what comes next, one event or several
			mustAppend(t, l, ledger.Any(), sample(t, "a", int(e.Seq)))
		default:
			mustAppend(t, l, ledger.Any(), sample(t, "a", int(e.Seq)), sample(t, "b", int(e.Seq)+1))
		}
	}
	t.Fatal("Follow ended by itself")
}

// followUntil follows l in the background and returns a channel that tells
// when it has caught up with the head, and one with the error that ended it.
func followUntil(ctx context.Context, l ledger.Log, head ledger.Seq) (caughtUp chan struct{}, ended chan error) {
	caughtUp, ended = make(chan struct{}), make(chan error, 1)
	go func() {
		var last error
		for e, err := range l.Follow(ctx, 0) {
			last = err
			if err == nil && e.Seq == head {
				close(caughtUp)
			}
		}
		ended <- last
	}()
	return caughtUp, ended
}

func testFollowCancelled(t *testing.T, l ledger.Log) {
	t.Helper()
	mustAppend(t, l, ledger.Any(), sample(t, "a", 0))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	caughtUp, ended := followUntil(ctx, l, 1)
	await(t, caughtUp)
	cancel()
	if err := await(t, ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Follow ended with %v, want context.Canceled", err)
	}
}

func testFollowClosed(t *testing.T, l ledger.Log) {
	t.Helper()
	mustAppend(t, l, ledger.Any(), sample(t, "a", 0))
	caughtUp, ended := followUntil(t.Context(), l, 1)
	await(t, caughtUp)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := await(t, ended); !errors.Is(err, ledger.ErrClosed) {
		t.Errorf("Follow ended with %v, want ErrClosed", err)
	}
}

func testGet(t *testing.T, l ledger.Log) {
	t.Helper()
	for i := range 20 {
		mustAppend(t, l, ledger.Any(), sample(t, "a", i))
	}
	seqs := []ledger.Seq{7, 8, 9, 3, 20, 20, 1, 2, 19}
	entries, err := l.Get(t.Context(), seqs...)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if e.Seq != seqs[i] || e.ID != sample(t, "a", int(seqs[i]-1)).ID {
			t.Errorf("Get(%d) gives sequence %d, event %s", seqs[i], e.Seq, e.ID)
		}
	}
	if len(entries) != len(seqs) {
		t.Errorf("Get gives %d entries, want %d", len(entries), len(seqs))
	}
	for _, s := range []ledger.Seq{0, 21, 1 << 40} {
		if _, err := l.Get(t.Context(), 1, s); !errors.Is(err, ledger.ErrNotFound) {
			t.Errorf("Get(%d): %v, want ErrNotFound", s, err)
		}
	}
	if _, err := l.Get(t.Context(), 19, 20, 21); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("Get(19, 20, 21): %v, want ErrNotFound", err)
	}
}

func testFind(t *testing.T, l ledger.Log) {
	t.Helper()
	a, b := sample(t, "a", 1), sample(t, "a", 2)
	if _, err := l.Find(t.Context(), a.ID); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("Find in an empty log: %v, want ErrNotFound", err)
	}
	mustAppend(t, l, ledger.Any(), a)
	if seq, err := l.Find(t.Context(), a.ID); err != nil || seq != 1 {
		t.Errorf("Find = %d, %v, want 1", seq, err)
	}
	if _, err := l.Find(t.Context(), b.ID); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("Find of what was never appended: %v, want ErrNotFound", err)
	}
}

func testOneWinner(t *testing.T, l ledger.Log) {
	t.Helper()
	const rounds, writers = 12, 6
	head := ledger.Seq(0)
	for round := range rounds {
		var wins, losses, others int
		var mu sync.Mutex // guards the counts
		var wg sync.WaitGroup
		for w := range writers {
			n := (round*writers + w) * 2
			events := []ledger.Encoded{sample(t, "contested", n), sample(t, "contested", n+1)}[:1+w%2]
			wg.Go(func() {
				_, err := l.Append(t.Context(), ledger.At(head), events...)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					wins++
				case errors.Is(err, ledger.ErrConflict):
					losses++
				default:
					others++
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		wg.Wait()
		if wins != 1 || losses != writers-1 {
			t.Fatalf("round %d: %d winners, %d conflicts, %d other errors; want one winner", round, wins, losses, others)
		}
		var err error
		if head, err = l.Head(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	CheckLog(t, l)
}

func testConcurrent(t *testing.T, l ledger.Log) {
	t.Helper()
	const writers, appends = 6, 8
	var wg sync.WaitGroup
	for w := range writers {
		var batches [][]ledger.Encoded
		for i := range appends {
			n := (w*appends + i) * 3
			batches = append(batches, []ledger.Encoded{sample(t, "x", n), sample(t, "y", n+1), sample(t, "x", n+2)}[:1+i%3])
		}
		wg.Go(func() {
			for _, b := range batches {
				receipts, err := l.Append(t.Context(), ledger.Any(), b...)
				if err != nil {
					t.Error(err)
					return
				}
				for i, r := range receipts {
					if r.Seq != receipts[0].Seq+ledger.Seq(i) || r.Duplicate {
						t.Errorf("receipts of one append are %v", receipts)
					}
				}
			}
		})
	}
	wg.Wait()
	CheckLog(t, l)
}

func testCancelled(t *testing.T, l ledger.Log) {
	t.Helper()
	mustAppend(t, l, ledger.Any(), sample(t, "a", 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Append(ctx, ledger.Any(), sample(t, "a", 2)); !errors.Is(err, context.Canceled) {
		t.Errorf("Append: %v, want context.Canceled", err)
	}
	var last error
	for _, err := range l.Read(ctx, 0) {
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("Read: %v, want context.Canceled", last)
	}
	wantHead(t, l, 1)
}

func testClosed(t *testing.T, l ledger.Log) {
	t.Helper()
	e := sample(t, "a", 1)
	mustAppend(t, l, ledger.Any(), e)
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
	}
	ctx := t.Context()
	var readErr, followErr error
	for _, err := range l.Read(ctx, 0) {
		readErr = err
	}
	for _, err := range l.Follow(ctx, 0) {
		followErr = err
	}
	_, appendErr := l.Append(ctx, ledger.Any(), sample(t, "a", 2))
	_, getErr := l.Get(ctx, 1)
	_, findErr := l.Find(ctx, e.ID)
	_, headErr := l.Head(ctx)
	for name, err := range map[string]error{
		"Append": appendErr, "Read": readErr, "Follow": followErr, "Get": getErr, "Find": findErr, "Head": headErr,
	} {
		if !errors.Is(err, ledger.ErrClosed) {
			t.Errorf("%s after Close: %v, want ErrClosed", name, err)
		}
	}
}
