//go:build unix

package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

// line is a subscriber that does nothing but read: a socket, as cheap as it
// can be, because it shares the cores with what is measured.
type line struct{ conn net.Conn }

// dial subscribes and reads until the hand-over to live, or nothing if after is
// given.
func dial(b *testing.B, base, query string) *line {
	b.Helper()
	u, err := url.Parse(base)
	if err != nil {
		b.Fatal(err)
	}
	conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", u.Host)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	if _, err := fmt.Fprintf(conn, "GET /v1/stream%s HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n\r\n", query); err != nil {
		b.Fatal(err)
	}
	return &line{conn: conn}
}

// awaitLive reads up to the hand-over.
func (l *line) awaitLive(b *testing.B) {
	b.Helper()
	var seen []byte
	buf := make([]byte, 4096)
	for !bytes.Contains(seen, []byte("event: caughtup")) {
		n, err := l.conn.Read(buf)
		if err != nil {
			b.Fatalf("%v after %q", err, seen)
		}
		seen = append(seen, buf[:n]...)
	}
}

// subscribers opens n lines that are live.
func subscribers(b *testing.B, p *process, n int, query string) []*line {
	b.Helper()
	list := make([]*line, n)
	for i := range list {
		list[i] = dial(b, p.url, query)
		list[i].awaitLive(b)
	}
	return list
}

// poster appends over one connection that stays open.
func poster(b *testing.B, p *process) func(body string) {
	b.Helper()
	client := &http.Client{Transport: &http.Transport{}}
	b.Cleanup(client.CloseIdleConnections)
	token := p.token()
	return func(body string) {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodPost, p.url+"/v1/events", strings.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := client.Do(req)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if _, err := io.Copy(io.Discard, res.Body); err != nil || res.StatusCode != http.StatusCreated {
			b.Fatalf("%d, %v", res.StatusCode, err)
		}
	}
}

// delays are how long updates took, over all subscribers.
type delays struct {
	acked []atomic.Int64 // by event: when its append was acknowledged
	all   []time.Duration
}

func (d *delays) percentile(p float64) float64 {
	if len(d.all) == 0 {
		return 0
	}
	slices.Sort(d.all)
	return float64(d.all[int(p*float64(len(d.all)-1))].Microseconds()) / 1000
}

// measure appends n events at a rate and lets every line note when each update
// came. An update that overtakes the answer to its append counts as no delay.
func measure(b *testing.B, p *process, lines []*line, prefix string, n, perSecond int) *delays {
	b.Helper()
	d := &delays{acked: make([]atomic.Int64, n)}
	var reading sync.WaitGroup
	came := make([][]int64, len(lines))
	for i, l := range lines {
		came[i] = make([]int64, 0, n)
		reading.Go(func() {
			if _, err := drain(l.conn, make([]byte, 8<<10), update, n, func(k int) {
				now := time.Now().UnixNano()
				for range k {
					came[i] = append(came[i], now)
				}
			}); err != nil {
				b.Errorf("subscriber %d: %v after %d updates", i, err, len(came[i]))
			}
		})
	}
	post := poster(b, p)
	next := time.Now()
	for i := range n {
		time.Sleep(time.Until(next))
		next = next.Add(time.Second / time.Duration(perSecond))
		post(source(fmt.Sprintf("%s-%d", prefix, i)))
		d.acked[i].Store(time.Now().UnixNano())
	}
	reading.Wait()
	for i := range came {
		for k, at := range came[i] {
			d.all = append(d.all, time.Duration(max(0, at-d.acked[k].Load())))
		}
	}
	return d
}

// BenchmarkStreamLatency: 1,000 subscribers, 100 events a second, each to all;
// then the same with one of them that does not read.
func BenchmarkStreamLatency(b *testing.B) {
	const n, perSecond, events = 1000, 100, 1000
	for b.Loop() {
		p := start(b, b.TempDir(), "--no-seed")
		lines := subscribers(b, p, n, "")
		measure(b, p, lines, "warm", 100, perSecond)
		d := measure(b, p, lines, "even", events, perSecond)
		b.ReportMetric(d.percentile(0.5), "p50-ms")
		b.ReportMetric(d.percentile(0.99), "p99-ms")
		stalled := dial(b, p.url, "?after=0") // reads nothing, ever
		d = measure(b, p, lines, "stalled", events, perSecond)
		_ = stalled.conn.Close()
		b.ReportMetric(d.percentile(0.5), "stalled-p50-ms")
		b.ReportMetric(d.percentile(0.99), "stalled-p99-ms")
	}
}

// memoryOf returns the resident memory of a process, in bytes.
func memoryOf(b *testing.B, pid int) int {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Skipf("NOT MEASURED: the memory of a process is read from /proc, which is not here: %v", err)
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return kib << 10
}

// BenchmarkStreamIdle: what a subscriber costs who waits, everything in, by the
// resident memory of the server.
func BenchmarkStreamIdle(b *testing.B) {
	const n = 10_000
	for b.Loop() {
		p := start(b, b.TempDir(), "--no-seed")
		subscribers(b, p, 100, "")
		before := memoryOf(b, p.cmd.Process.Pid)
		subscribers(b, p, n, "?kind=party")
		b.ReportMetric(float64(memoryOf(b, p.cmd.Process.Pid)-before)/n, "B/subscriber")
	}
}

// BenchmarkStreamCatchUp: one subscriber reads all updates from the beginning.
func BenchmarkStreamCatchUp(b *testing.B) {
	n := benchEvents(b)
	data := b.TempDir()
	path := events(b, n)
	if out, err := exec.CommandContext(b.Context(), program, "--data", data, "import", "events", path).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	p := start(b, data, "--no-seed")
	for b.Loop() {
		begin := time.Now()
		l := dial(b, p.url, "?after=0")
		if _, err := drain(l.conn, make([]byte, 64<<10), update, n, nil); err != nil {
			b.Fatal(err)
		}
		_ = l.conn.Close()
		b.ReportMetric(float64(n)/time.Since(begin).Seconds(), "updates/s")
	}
}

// BenchmarkStreamFanOut: one busy topic to 1,000 subscribers, against a bare
// server that publishes as many messages of the same size to 1,000
// subscriptions, each on a connection of its own.
func BenchmarkStreamFanOut(b *testing.B) {
	const n, events = 1000, 5000
	for b.Loop() {
		ours, size := fanOut(b, n, events)
		bare := fanOutBare(b, n, events, size)
		b.ReportMetric(ours, "deliveries/s")
		b.ReportMetric(bare, "bare-deliveries/s")
		b.ReportMetric(ours/bare, "ratio")
		b.ReportMetric(float64(size), "B/update")
	}
}

func fanOut(b *testing.B, n, events int) (perSecond float64, size int) {
	b.Helper()
	p := start(b, b.TempDir(), "--no-seed")
	lines := subscribers(b, p, n, "")
	var total atomic.Int64
	var reading sync.WaitGroup
	for _, l := range lines {
		reading.Go(func() {
			k, err := drain(l.conn, make([]byte, 64<<10), update, events, nil)
			if err != nil {
				b.Error(err)
			}
			total.Add(int64(k))
		})
	}
	post := poster(b, p)
	begin := time.Now()
	for batch := range events / 500 {
		list := make([]string, 500)
		for i := range list {
			list[i] = source(fmt.Sprintf("busy-%d-%d", batch, i))
		}
		post("[" + strings.Join(list, ",") + "]")
	}
	reading.Wait()
	return float64(n*events) / time.Since(begin).Seconds(), int(total.Load()) / n / events
}

// update is how an update begins.
const update = "event: update\n"

// drain reads until a mark came so many times and returns how many bytes came.
// came, if it is not nil, is told after each read how many marks were in it.
//
// It asks the socket once for what it is told is there, and not, as Read does, a
// second time to hear that there is no more: it shares the cores with what is measured.
func drain(conn net.Conn, buf []byte, mark string, times int, came func(marks int)) (total int, err error) {
	raw, err := conn.(syscall.Conn).SyscallConn() //nolint:forcetypeassert // it was dialled
	if err != nil {
		return 0, err
	}
	kept := 0 // bytes at the front of buf that may begin a mark
	var failed error
	err = raw.Read(func(fd uintptr) (done bool) {
		for {
			n, err := syscall.Read(int(fd), buf[kept:])
			switch {
			case errors.Is(err, syscall.EAGAIN):
				return false
			case errors.Is(err, syscall.EINTR):
				continue
			case err != nil || n == 0:
				failed = cmp.Or(err, io.ErrUnexpectedEOF)
				return true
			}
			full := kept+n == len(buf)
			total += n
			have := buf[:kept+n]
			k := bytes.Count(have, []byte(mark))
			times -= k
			if came != nil {
				came(k)
			}
			kept = copy(buf, have[max(0, len(have)-len(mark)+1):])
			if times <= 0 || !full {
				return times <= 0
			}
		}
	})
	if err = cmp.Or(err, failed); err != nil {
		err = fmt.Errorf("%w: %d more to come", err, times)
	}
	return total, err
}

func fanOutBare(b *testing.B, n, events, size int) (perSecond float64) {
	b.Helper()
	srv, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: -1, NoLog: true, NoSigs: true})
	if err != nil {
		b.Fatal(err)
	}
	srv.Start()
	defer srv.Shutdown()
	if !srv.ReadyForConnections(10 * time.Second) {
		b.Fatal("the bare server does not start")
	}
	var reading, ready sync.WaitGroup
	for range n {
		conn := dialNATS(b, srv.Addr().String(), "SUB busy 1\r\nPING\r\n")
		ready.Add(1)
		reading.Go(func() {
			answered := sync.OnceFunc(ready.Done) // PONG, before any message
			if _, err := drain(conn, make([]byte, 64<<10), "MSG busy 1", events, func(int) { answered() }); err != nil {
				b.Error(err)
			}
		})
	}
	ready.Wait()
	publisher := dialNATS(b, srv.Addr().String(), "")
	message := []byte(fmt.Sprintf("PUB busy %d\r\n%s\r\n", size, strings.Repeat("x", size)))
	begin := time.Now()
	for range events {
		if _, err := publisher.Write(message); err != nil {
			b.Fatal(err)
		}
	}
	reading.Wait()
	return float64(n*events) / time.Since(begin).Seconds()
}

func dialNATS(b *testing.B, addr, then string) net.Conn {
	b.Helper()
	conn, err := new(net.Dialer).DialContext(b.Context(), "tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	if _, err := io.WriteString(conn, "CONNECT {\"verbose\":false}\r\n"+then); err != nil {
		b.Fatal(err)
	}
	return conn
}
