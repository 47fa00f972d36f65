package jetstream

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		fmt.Fprintln(os.Stderr, victim(dir))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

func openLog(tb testing.TB, cfg Config) *Log {
	tb.Helper()
	l, err := Open(tb.Context(), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
	})
	return l
}

// startExternal runs a server of its own on the loopback interface.
func startExternal(t *testing.T, change ...func(*server.Options)) (url string, srv *server.Server) {
	t.Helper()
	o := &server.Options{Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true, DisableJetStreamBanner: true}
	for _, f := range change {
		f(o)
	}
	srv, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	srv.Start()
	t.Cleanup(func() {
		srv.Shutdown()
		srv.WaitForShutdown()
	})
	if !srv.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server did not start")
	}
	return srv.ClientURL(), srv
}

func TestEmbedded(t *testing.T) {
	ledgertest.TestLog(t, func(t *testing.T) ledger.Log {
		t.Helper()
		return openLog(t, Config{Dir: t.TempDir()})
	})
}

func TestExternal(t *testing.T) {
	ledgertest.TestLog(t, func(t *testing.T) ledger.Log {
		t.Helper()
		url, _ := startExternal(t)
		return openLog(t, Config{URL: url})
	})
}

// fill appends n events, the first alone and the rest in atomic appends, and
// returns them.
func fill(t *testing.T, l ledger.Log, n int) []ledger.Encoded {
	t.Helper()
	events := ledgertest.NewGenerator(1, ledgertest.Options{}).Encoded(n)
	for from := 0; from < n; {
		to := min(n, max(1, from+50))
		if from == 0 {
			to = 1
		}
		if _, err := l.Append(t.Context(), ledger.Any(), events[from:to]...); err != nil {
			t.Fatal(err)
		}
		from = to
	}
	return events
}

func closeLog(t *testing.T, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestReopen(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, Config{Dir: dir})
	events := fill(t, l, 300)
	before := ledgertest.CheckLog(t, l)
	closeLog(t, l)

	l = openLog(t, Config{Dir: dir})
	if got := l.index.through(); got != 0 {
		t.Errorf("a log that was just opened has read %d entries", got)
	}
	// Nobody has read it: the append itself must find the duplicates.
	receipts, err := l.Append(t.Context(), ledger.NoneYet(), events[250])
	if err != nil || receipts[0] != (ledger.Receipt{Seq: 251, Duplicate: true}) {
		t.Fatalf("repeating event 251: %v, %v", receipts, err)
	}
	for i, e := range ledgertest.CheckLog(t, l) {
		if b := before[i]; e.ID != b.ID || !e.Time.Equal(b.Time) || !bytes.Equal(e.Bytes, b.Bytes) {
			t.Fatalf("entry %d was %+v and is %+v after reopening", i+1, b, e)
		}
	}
}

func TestSecondOpenerIsRefused(t *testing.T) {
	dir := t.TempDir()
	if pid, err := LockHolder(dir); pid != 0 || err != nil {
		t.Errorf("LockHolder of an empty directory = %d, %v", pid, err)
	}
	l := openLog(t, Config{Dir: dir})
	_, err := Open(t.Context(), Config{Dir: dir})
	if !errors.Is(err, ledger.ErrLocked) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Errorf("opening it again: %v, want ErrLocked with the process id", err)
	}
	if pid, err := LockHolder(dir); pid != os.Getpid() || err != nil {
		t.Errorf("LockHolder = %d, %v, want this process", pid, err)
	}
	fill(t, l, 3)
	closeLog(t, l)
	if pid, err := LockHolder(dir); pid != 0 || err != nil {
		t.Errorf("LockHolder after Close = %d, %v", pid, err)
	}
	ledgertest.CheckLog(t, openLog(t, Config{Dir: dir}))
}

func TestOpenNeedsOnePlace(t *testing.T) {
	for _, cfg := range []Config{{}, {Dir: "x", URL: "y"}} {
		if _, err := Open(t.Context(), cfg); err == nil {
			t.Errorf("Open(%+v) succeeds", cfg)
		}
	}
	if _, err := Open(t.Context(), Config{URL: "nats://127.0.0.1:1"}); err == nil {
		t.Error("Open succeeds where nobody listens")
	}
}

func TestStatus(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, Config{Dir: dir})
	fill(t, l, 60)
	got, err := l.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := Status{
		Embedded: true, Dir: dir, Server: "foedus", Version: server.VERSION, FsyncBeforeAck: FsyncYes, Replicas: 1,
		Messages: 60, First: 1, Last: 60, Bytes: got.Bytes, Indexed: 60,
	}
	if d := cmp.Diff(want, got); d != "" || got.Bytes == 0 {
		t.Errorf("status (-want +got):\n%s", d)
	}
	if free, ok := l.Free(); !ok || free <= 0 {
		t.Errorf("%d bytes are free, %v", free, ok)
	}
	url, srv := startExternal(t)
	l = openLog(t, Config{URL: url})
	if got, err = l.Status(t.Context()); err != nil {
		t.Fatal(err)
	}
	if free, ok := l.Free(); ok {
		t.Errorf("an external store has %d bytes free", free)
	}
	want = Status{URL: url, Server: srv.Name(), Version: server.VERSION, FsyncBeforeAck: FsyncUnknown, Replicas: 1}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("status of an external log (-want +got):\n%s", d)
	}
}

func TestNothingListens(t *testing.T) {
	l := openLog(t, Config{Dir: t.TempDir()})
	if a := l.srv.Addr(); a != nil {
		t.Errorf("the embedded server listens on %s", a)
	}
}

func TestConsumersAreRemoved(t *testing.T) {
	l := openLog(t, Config{Dir: t.TempDir()})
	fill(t, l, 10)
	for _, err := range l.Read(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	for _, err := range l.Read(t.Context(), 2) {
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := l.js.Stream(t.Context(), streamName)
	if err != nil {
		t.Fatal(err)
	}
	if n := s.CachedInfo().State.Consumers; n != 0 {
		t.Errorf("%d consumers are left behind", n)
	}
}

func TestUnfitStreamIsRefused(t *testing.T) {
	for name, change := range map[string]func(*jetstream.StreamConfig){
		"deny deletion":            func(c *jetstream.StreamConfig) { c.DenyDelete = false },
		"deny purging":             func(c *jetstream.StreamConfig) { c.DenyPurge = false },
		"number of messages":       func(c *jetstream.StreamConfig) { c.MaxMsgs = 1000 },
		"size":                     func(c *jetstream.StreamConfig) { c.MaxBytes = 1 << 20 },
		"age":                      func(c *jetstream.StreamConfig) { c.MaxAge = time.Hour },
		"messages of a subject":    func(c *jetstream.StreamConfig) { c.MaxMsgsPerSubject = 5 },
		"expire":                   func(c *jetstream.StreamConfig) { c.AllowMsgTTL = true },
		"files":                    func(c *jetstream.StreamConfig) { c.Storage = jetstream.MemoryStorage },
		"atomic batches":           func(c *jetstream.StreamConfig) { c.AllowAtomicPublish = false },
		"direct gets":              func(c *jetstream.StreamConfig) { c.AllowDirect = false },
		"subjects must be":         func(c *jetstream.StreamConfig) { c.Subjects = []string{"foedus.log.core.>"} },
		"begin at sequence 1":      func(c *jetstream.StreamConfig) { c.FirstSeq = 7 },
		"acknowledge":              func(c *jetstream.StreamConfig) { c.NoAck = true },
		"retention policy removes": func(c *jetstream.StreamConfig) { c.Retention = jetstream.InterestPolicy },
	} {
		t.Run(name, func(t *testing.T) {
			url, srv := startExternal(t)
			cfg := (&Log{}).wanted()
			change(&cfg)
			createStream(t, srv, cfg)
			_, err := Open(t.Context(), Config{URL: url})
			if !errors.Is(err, ErrUnfit) || !strings.Contains(err.Error(), name) {
				t.Errorf("Open: %v, want ErrUnfit that says %q", err, name)
			}
		})
	}
}

func createStream(t *testing.T, srv *server.Server, cfg jetstream.StreamConfig) jetstream.Stream {
	t.Helper()
	nc, err := nats.Connect(srv.ClientURL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	s, err := js.CreateStream(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStateOfADamagedStream(t *testing.T) {
	for name, c := range map[string]struct {
		state   jetstream.StreamState
		missing ledger.Seq // 0 for none
	}{
		"empty":        {jetstream.StreamState{NumDeleted: 1, Deleted: []uint64{0}}, 0},
		"whole":        {jetstream.StreamState{FirstSeq: 1, LastSeq: 9, Msgs: 9}, 0},
		"head is gone": {jetstream.StreamState{FirstSeq: 3, LastSeq: 9, Msgs: 7}, 1},
		"purged":       {jetstream.StreamState{FirstSeq: 10, LastSeq: 9}, 1},
		"deleted":      {jetstream.StreamState{FirstSeq: 1, LastSeq: 9, Msgs: 7, NumDeleted: 2, Deleted: []uint64{6, 4}}, 4},
		"uncounted":    {jetstream.StreamState{FirstSeq: 1, LastSeq: 9, Msgs: 7}, 8},
		"lost":         {jetstream.StreamState{FirstSeq: 1, LastSeq: 9, Msgs: 9, Lost: &jetstream.LostStreamData{Msgs: []uint64{5, 6}}}, 5},
		"lost bytes":   {jetstream.StreamState{FirstSeq: 1, LastSeq: 9, Msgs: 9, Lost: &jetstream.LostStreamData{Bytes: 77}}, 10},
	} {
		err := checkState(&c.state, 0)
		damage, ok := errors.AsType[*ledger.DamageError](err)
		switch {
		case c.missing == 0 && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.missing != 0 && (!ok || damage.Missing != c.missing):
			t.Errorf("%s: %v, want %d missing", name, err, c.missing)
		}
	}
}

func TestClassify(t *testing.T) {
	for code, want := range map[jetstream.ErrorCode]error{
		10071: ledger.ErrConflict, 10164: ledger.ErrConflict,
		10002: ledger.ErrNoSpace, 10023: ledger.ErrNoSpace, 10028: ledger.ErrNoSpace, 10047: ledger.ErrNoSpace,
		10201: errStored, 10158: errStoring, 10163: errStoring, 10210: errStoring,
	} {
		if got := classify(&jetstream.APIError{ErrorCode: code, Description: "whatever"}); !errors.Is(got, want) {
			t.Errorf("code %d is %v, want %v", code, got, want)
		}
	}
	other := &jetstream.APIError{ErrorCode: 10174, Description: "wrong last sequence: 5"}
	if got := classify(other); !errors.Is(got, other) {
		t.Errorf("an unknown code became %v", got)
	}
}

// TestFullStore fills a small store until nothing fits. What does not fit must
// not be there in part, and what was acknowledged must be there.
func TestFullStore(t *testing.T) {
	l := openLog(t, Config{Dir: t.TempDir(), MaxStore: 1 << 20})
	g := ledgertest.NewGenerator(1, ledgertest.Options{})
	n := 0
	for _, size := range []int{100, 7, 1} {
		var err error
		for err == nil && n < 10000 {
			if _, err = l.Append(t.Context(), ledger.Any(), g.Encoded(size)...); err == nil {
				n += size
			}
		}
		if !errors.Is(err, ledger.ErrNoSpace) {
			t.Fatalf("appending %d to a full store: %v, want ErrNoSpace", size, err)
		}
	}
	if got := len(ledgertest.CheckLog(t, l)); got != n {
		t.Errorf("the log holds %d entries, %d were acknowledged", got, n)
	}
	t.Logf("%d entries fit", n)
}

func TestDuplicateAfterTheWindow(t *testing.T) {
	l := openLog(t, Config{Dir: t.TempDir(), window: 100 * time.Millisecond})
	events := fill(t, l, 60)
	if err := pause(t.Context(), 300*time.Millisecond); err != nil {
		t.Fatal(err)
	}
	receipts, err := l.Append(t.Context(), ledger.Any(), events...)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range receipts {
		if r != (ledger.Receipt{Seq: ledger.Seq(i + 1), Duplicate: true}) {
			t.Fatalf("receipt %d is %v", i+1, r)
		}
	}
	ledgertest.CheckLog(t, l)
	// The server itself has forgotten: it would have stored the event again.
	m := newMessage(1)
	m.fill(&events[0], 0, 1)
	if a, err := l.request(t.Context(), &m.Msg); err != nil || a.Duplicate {
		t.Errorf("the window had not passed: %+v, %v", a, err)
	}
}

// TestTwoWriters lets two logs write into one server. Neither knows what the
// other does until it looks.
func TestTwoWriters(t *testing.T) {
	url, _ := startExternal(t)
	a, b := openLog(t, Config{URL: url}), openLog(t, Config{URL: url})
	events := fill(t, a, 120)
	more := ledgertest.NewGenerator(2, ledgertest.Options{}).Encoded(20)
	receipts, err := b.Append(t.Context(), ledger.Any(), append(events[100:110:110], more...)...)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range receipts {
		if want := (ledger.Receipt{Seq: ledger.Seq(101 + i), Duplicate: true}); i < 10 && r != want {
			t.Errorf("receipt %d is %v, want %v", i, r, want)
		}
	}
	if receipts, err = a.Append(t.Context(), ledger.NoneYet(), more[3]); err != nil || receipts[0].Seq != 124 {
		t.Errorf("what the other wrote: %v, %v", receipts, err)
	}
	ledgertest.CheckLog(t, a)
	ledgertest.CheckLog(t, b)
}

// TestRaceOfTheSameEvents lets two logs append the same events at once, one by
// one and in batches: each event must stand once and both must succeed.
func TestRaceOfTheSameEvents(t *testing.T) {
	url, _ := startExternal(t)
	logs := []*Log{openLog(t, Config{URL: url}), openLog(t, Config{URL: url})}
	events := ledgertest.NewGenerator(1, ledgertest.Options{}).Encoded(200)
	errs := make(chan error, len(logs))
	for w, l := range logs {
		go func() {
			for from := 0; from < len(events); {
				to := min(len(events), from+1+(from+w)%3)
				if _, err := l.Append(t.Context(), ledger.Any(), events[from:to]...); err != nil {
					errs <- fmt.Errorf("writer %d at %d: %w", w, from, err)
					return
				}
				from = to
			}
			errs <- nil
		}()
	}
	for range logs {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if got := len(ledgertest.CheckLog(t, logs[0])); got != len(events) {
		t.Errorf("the log holds %d entries of %d", got, len(events))
	}
}

// blockFile returns the one file that holds the messages of a small store.
func blockFile(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "jetstream", "*", "streams", streamName, "msgs", "*.blk"))
	if err != nil || len(files) != 1 {
		t.Fatalf("block files: %v, %v", files, err)
	}
	return files[0]
}

// damage writes a log, closes it and changes one bit in the payload of each of
// some events, as a bad disk does.
func damage(t *testing.T, n int, seqs ...ledger.Seq) (dir string) {
	t.Helper()
	dir = t.TempDir()
	l := openLog(t, Config{Dir: dir})
	events := fill(t, l, n)
	closeLog(t, l)
	path := blockFile(t, dir)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range seqs {
		at := strings.Index(string(b), string(events[s-1].Bytes))
		if at < 0 {
			t.Fatalf("event %d is not in the file", s)
		}
		b[at+20] ^= 1
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func wantDamage(t *testing.T, err error, missing ledger.Seq) {
	t.Helper()
	d, ok := errors.AsType[*ledger.DamageError](err)
	if !ok || !errors.Is(err, ledger.ErrDamaged) || d.Missing != missing {
		t.Errorf("error %v, want that %d is missing", err, missing)
	}
}

func TestDamagedEntry(t *testing.T) {
	l := openLog(t, Config{Dir: damage(t, 300, 120)})
	n := ledger.Seq(0)
	var last error
	for e, err := range l.Read(t.Context(), 0) {
		if last = err; err == nil {
			n = e.Seq
		}
	}
	if n != 119 {
		t.Errorf("Read yields up to %d, want 119", n)
	}
	wantDamage(t, last, 120)
	for _, err := range l.Follow(t.Context(), 110) {
		last = err
	}
	wantDamage(t, last, 120)
	_, err := l.Get(t.Context(), 118, 119, 120, 121)
	wantDamage(t, err, 120)
	if _, err := l.Get(t.Context(), 121, 122); err != nil {
		t.Errorf("Get of what is whole: %v", err)
	}
	// Whether an event is a duplicate cannot be known any more: stop writing.
	_, err = l.Append(t.Context(), ledger.Any(), ledgertest.NewGenerator(9, ledgertest.Options{}).Encoded(1)...)
	wantDamage(t, err, 120)
}

func TestDamagedEnd(t *testing.T) {
	_, err := Open(t.Context(), Config{Dir: damage(t, 100, 100)})
	wantDamage(t, err, 100)
}

// TestCutBatch cuts a store in the middle of an atomic append, as a bad disk
// does. The server makes nothing of it; the log must.
func TestCutBatch(t *testing.T) {
	dir := damage(t, 100)
	path := blockFile(t, dir)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	events := ledgertest.NewGenerator(1, ledgertest.Options{}).Encoded(100)
	if err := os.Truncate(path, int64(strings.Index(string(b), string(events[89].Bytes)))); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(filepath.Dir(path), "index.db")); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), Config{Dir: dir})
	wantDamage(t, err, 90)
}

// TestPullsExpire follows a log in which nothing happens for longer than the
// server keeps a request for messages.
func TestPullsExpire(t *testing.T) {
	l := openLog(t, Config{Dir: t.TempDir(), expires: 30 * time.Millisecond, quiet: 10 * time.Millisecond})
	events := fill(t, l, 10)
	rest := ledgertest.NewGenerator(2, ledgertest.Options{}).Encoded(3)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	written := make(chan error, 1)
	for e, err := range l.Follow(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		i := int(e.Seq) - len(events)
		if i == len(rest) {
			return
		}
		if i >= 0 {
			go func() {
				err := pause(ctx, 100*time.Millisecond)
				if err == nil {
					_, err = l.Append(ctx, ledger.Any(), rest[i])
				}
				written <- err
			}()
			t.Cleanup(func() {
				if err := <-written; err != nil {
					t.Error(err)
				}
			})
		}
	}
	t.Fatal("Follow ended")
}

// TestMissingEnd reads a log whose server has forgotten the end of it, which
// must not wait for ever.
func TestMissingEnd(t *testing.T) {
	l := openLog(t, Config{Dir: t.TempDir(), quiet: 20 * time.Millisecond})
	fill(t, l, 20)
	l.own.Store(23) // as if three more had been acknowledged
	var last error
	for _, err := range l.Read(t.Context(), 0) {
		last = err
	}
	wantDamage(t, last, 21)
}

// TestLostStore lets an external server lose its store while a log is open.
func TestLostStore(t *testing.T) {
	url, srv := startExternal(t)
	l := openLog(t, Config{URL: url})
	fill(t, l, 20)
	if err := l.js.DeleteStream(t.Context(), streamName); err != nil {
		t.Fatal(err)
	}
	createStream(t, srv, l.wanted())
	_, err := l.Append(t.Context(), ledger.Any(), ledgertest.NewGenerator(9, ledgertest.Options{}).Encoded(1)...)
	wantDamage(t, err, 1)
}

func TestCloseWhileReading(t *testing.T) {
	l := openLog(t, Config{Dir: t.TempDir()})
	fill(t, l, 200)
	var last error
	for e, err := range l.Read(t.Context(), 0) {
		if last = err; err == nil && e.Seq == 5 {
			closeLog(t, l) // from inside the loop: it must not wait for the reader
		}
	}
	if !errors.Is(last, ledger.ErrClosed) {
		t.Errorf("Read ended with %v, want ErrClosed", last)
	}
}

func TestAppendWaitsForItsTurn(t *testing.T) {
	l := openLog(t, Config{Dir: t.TempDir()})
	l.writing <- struct{}{} // somebody else has the turn
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := l.Append(ctx, ledger.Any(), ledgertest.NewGenerator(1, ledgertest.Options{}).Encoded(1)...)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Append: %v, want the context's error", err)
	}
	<-l.writing
}
