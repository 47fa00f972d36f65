package jetstream

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

// fault is what a faulty connection does around the next publication.
type fault int

const (
	none       fault = iota
	holdAnswer       // what the server answers stays on the way until released
	dropAnswer       // the connection breaks when the answer arrives
	loseIt           // the publication gets lost on the way to the server
)

// wire dials connections that can be made to fail.
type wire struct {
	mu       sync.Mutex // guards what follows
	next     fault
	trigger  string // in what is written; it arms the fault
	released chan struct{}
	armed    chan struct{} // closed when the fault has begun
}

func newWire() *wire { return &wire{released: make(chan struct{}), armed: make(chan struct{})} }

func (w *wire) fail(f fault, trigger string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next, w.trigger = f, trigger
	w.released, w.armed = make(chan struct{}), make(chan struct{})
}

func (w *wire) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.released)
}

// hit reports the fault that what is written sets off.
func (w *wire) hit(b []byte) fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.next == none || !bytes.Contains(b, []byte(w.trigger)) {
		return none
	}
	f := w.next
	w.next = none
	close(w.armed)
	return f
}

func (w *wire) Dial(network, address string) (net.Conn, error) {
	c, err := net.Dial(network, address) //nolint:noctx // the signature is the client library's
	return &faultyConn{Conn: c, wire: w}, err
}

type faultyConn struct {
	net.Conn
	wire *wire

	mu   sync.Mutex // guards what follows
	now  fault
	hold chan struct{}
}

func (c *faultyConn) Write(b []byte) (int, error) {
	if f := c.wire.hit(b); f != none {
		if f == loseIt {
			return len(b), nil
		}
		c.mu.Lock()
		c.now, c.hold = f, c.wire.released
		c.mu.Unlock()
	}
	return c.Conn.Write(b)
}

func (c *faultyConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	f, hold := c.now, c.hold
	c.now = none
	c.mu.Unlock()
	switch f {
	case holdAnswer:
		<-hold
	case dropAnswer:
		_ = c.Close()
		return 0, io.EOF
	}
	return n, err
}

func openFaulty(t *testing.T, timeout time.Duration) (*Log, *wire) {
	t.Helper()
	url, _ := startExternal(t)
	w := newWire()
	l := openLog(t, Config{URL: url, Timeout: timeout, options: []nats.Option{
		nats.SetCustomDialer(w), nats.ReconnectWait(5 * time.Millisecond), nats.ReconnectJitter(0, 0),
	}})
	fill(t, l, 10)
	return l, w
}

// single and batch are what arms the fault: the only publication of an append,
// and the commit of a batch.
const (
	single = "HPUB foedus.log.core"
	batch  = headerBatchCommit
)

// TestAnswerComesTooLate ends the context while the acknowledgement is on its
// way. The event is stored, so the append must find that out and succeed.
func TestAnswerComesTooLate(t *testing.T) {
	for trigger, n := range map[string]int{single: 1, batch: 30} {
		l, w := openFaulty(t, 10*time.Second)
		events := ledgertest.NewGenerator(5, ledgertest.Options{}).Encoded(n)
		ctx, cancel := context.WithCancel(t.Context())
		w.fail(holdAnswer, trigger)
		go func() {
			<-w.armed
			cancel()
			w.release()
		}()
		receipts, err := l.Append(ctx, ledger.Any(), events...)
		if err != nil || len(receipts) != n || receipts[0] != (ledger.Receipt{Seq: 11}) {
			t.Errorf("append of %d: %v, %v; want success", n, receipts, err)
		}
		ledgertest.CheckLog(t, l)
	}
}

// TestConnectionBreaks breaks the connection when the acknowledgement arrives.
func TestConnectionBreaks(t *testing.T) {
	for trigger, n := range map[string]int{single: 1, batch: 30} {
		l, w := openFaulty(t, time.Second)
		events := ledgertest.NewGenerator(5, ledgertest.Options{}).Encoded(n)
		w.fail(dropAnswer, trigger)
		receipts, err := l.Append(t.Context(), ledger.Any(), events...)
		if err != nil || len(receipts) != n || receipts[n-1] != (ledger.Receipt{Seq: ledger.Seq(10 + n)}) {
			t.Errorf("append of %d: %v, %v; want success", n, receipts, err)
		}
		ledgertest.CheckLog(t, l)
	}
}

// TestPublicationGetsLost loses the event on the way. The server can tell that
// it is done with what came before, so it is certain that nothing was stored.
func TestPublicationGetsLost(t *testing.T) {
	for trigger, n := range map[string]int{single: 1, headerBatch: 20, batch: 30} {
		l, w := openFaulty(t, 300*time.Millisecond)
		events := ledgertest.NewGenerator(5, ledgertest.Options{}).Encoded(n)
		w.fail(loseIt, trigger)
		_, err := l.Append(t.Context(), ledger.Any(), events...)
		if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, ledger.ErrUnknownOutcome) {
			t.Errorf("append of %d: %v, want a deadline and nothing unknown", n, err)
		}
		if got := len(ledgertest.CheckLog(t, l)); got != 10 {
			t.Errorf("the log holds %d entries, want 10", got)
		}
		if _, err := l.Append(t.Context(), ledger.Any(), events...); err != nil {
			t.Errorf("the next append: %v", err)
		}
	}
}

// TestNoAnswerAtAll holds back everything, so that nothing can be read back.
// Appending the same again is safe then.
func TestNoAnswerAtAll(t *testing.T) {
	l, w := openFaulty(t, 300*time.Millisecond)
	event := ledgertest.NewGenerator(5, ledgertest.Options{}).Encoded(1)[0]
	w.fail(holdAnswer, single)
	_, err := l.Append(t.Context(), ledger.Any(), event)
	if !errors.Is(err, ledger.ErrUnknownOutcome) {
		t.Errorf("append: %v, want ErrUnknownOutcome", err)
	}
	w.release()
	receipts, err := l.Append(t.Context(), ledger.NoneYet(), event)
	if err != nil || receipts[0] != (ledger.Receipt{Seq: 11, Duplicate: true}) {
		t.Errorf("appending the same again: %v, %v", receipts, err)
	}
	ledgertest.CheckLog(t, l)
}

// TestFollowSurvivesABreak breaks the connection of a follower.
func TestFollowSurvivesABreak(t *testing.T) {
	url, _ := startExternal(t)
	w := newWire()
	writer := openLog(t, Config{URL: url})
	fill(t, writer, 100)
	l := openLog(t, Config{URL: url, quiet: 20 * time.Millisecond, options: []nats.Option{
		nats.SetCustomDialer(w), nats.ReconnectWait(5 * time.Millisecond), nats.ReconnectJitter(0, 0),
	}})
	w.fail(dropAnswer, "CONSUMER.MSG.NEXT")
	n := ledger.Seq(0)
	for e, err := range l.Follow(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if n++; e.Seq != n {
			t.Fatalf("Follow yields %d, want %d", e.Seq, n)
		}
		if n == 100 {
			break
		}
	}
}
