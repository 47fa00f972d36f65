package httpapi_test

import (
	"context"
	"fmt"
	"net"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"foedus/cmd/internal/httpapi"
	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

// TestStalled: a client that never reads is cut off when his patience with us,
// and ours with him, ends. Meanwhile neither the ledger nor another subscriber
// waits for him, and in the end he is counted.
func TestStalled(t *testing.T) {
	cut := make(chan string, 1)
	r := newRig(t, func(c *httpapi.Config) {
		c.Patience = 300 * time.Millisecond
		c.Stream.Cut = func(reason string) { cut <- reason }
	})
	server := httptest.NewServer(r.handler)
	defer server.Close()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.(*net.TCPConn).SetReadBuffer(4096)
	if _, err := fmt.Fprint(conn, "GET /v1/stream HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	other, _ := subscribe(t, server.URL, "")
	events := ledgertest.NewGenerator(9, ledgertest.Options{}).Encoded(20_000)
	var reading sync.WaitGroup
	reading.Go(func() {
		for n := 0; n < len(events); {
			f, ok := other.next()
			if !ok {
				t.Errorf("the other subscriber was cut off after %d", n)
				return
			}
			if f.event == "update" {
				n++
			}
		}
	})
	for list := events; len(list) > 0; list = list[min(len(list), 500):] {
		if _, err := r.log.Append(t.Context(), ledger.Any(), list[:min(len(list), 500)]...); err != nil {
			t.Fatal(err)
		}
	}
	reading.Wait()
	select {
	case reason := <-cut:
		if reason != "stalled" {
			t.Errorf("cut off because %s", reason)
		}
	case <-time.After(20 * time.Second):
		t.Error("who does not read is not cut off")
	}
}

// TestStreamInProcess: where no connection can be taken over the stream is the
// same.
func TestStreamInProcess(t *testing.T) {
	r := newRig(t, nil)
	for _, e := range ledgertest.NewGenerator(3, ledgertest.Options{}).Encoded(10) {
		if _, err := r.log.Append(t.Context(), ledger.Any(), e); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.proj.Wait(t.Context(), 10); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	rec := httptest.NewRecorder()
	r.handler.ServeHTTP(rec, httptest.NewRequestWithContext(ctx, "GET", "/v1/stream?after=4", nil))
	body := rec.Body.String()
	if n := strings.Count(body, "event: update\n"); n != 6 || !strings.Contains(body, "event: caughtup\nid: 10\n") || rec.Header().Get("Content-Type") != "text/event-stream" {
		t.Errorf("%d updates in\n%s", n, body)
	}
}
