package httpapi_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

// bigAlliance is an alliance of sixteen parties and twelve clauses, the size of
// the North Atlantic Treaty.
func bigAlliance(from int) []string {
	var list []string
	add := func(subject, typ, fields string) { list = append(list, event(from+len(list), subject, typ, fields)) }
	var parties []string
	for i := range 16 {
		id := fmt.Sprintf("member-%d", i)
		parties = append(parties, strconv.Quote(id))
		add("state/"+id, "state.formed", fmt.Sprintf(`"done_on":"1900-01-01","name":"Member %d"`, i))
		for _, scheme := range []string{"cow", "gw", "iso3"} {
			code := strconv.Itoa(900 + i)
			if scheme == "iso3" {
				code = "M" + string(rune('A'+i)) + "X"
			}
			add("state/"+id, "state.coded", fmt.Sprintf(`"done_on":"1900-01-01","scheme":%q,"code":%q`, scheme, code))
		}
	}
	big := "alliance/big"
	add(big, "instrument.described", `"title":"Treaty of Many","form":"treaty","aliases":["Big Pact"]`)
	for _, p := range parties {
		add(big, "instrument.signed", `"done_on":"1949-04-04","mode":"subject-to-ratification","signatory":`+p)
	}
	add(big, "instrument.in_force", `"done_on":"1949-08-24","among":[`+strings.Join(parties, ",")+`]`)
	for i := range 12 {
		add(big, "clause.added", fmt.Sprintf(`"clause":{"id":"art-%d","article":"Art. %d","label":"A promise of mutual help","kind":"defense",`+
			`"bearer":["@parties"],"beneficiary":["@other-parties"],"trigger":{"is":"attack","against":["@parties"],"region":"area"},`+
			`"strength":"as-it-deems-necessary","means":"assist forthwith by the action that the party deems necessary"}`, i+1, i+1))
	}
	return list
}

// BenchmarkAlliance serves one alliance over loopback to connections that stay
// open, against a handler of net/http that writes the same bytes: repeated asks
// the same question again and again, pinned does so at a pinned point, rotating
// asks about another day each time, and rotating-unkept in a way that nothing
// rendered before can help with.
func BenchmarkAlliance(b *testing.B) {
	r := withHistory(b)
	if a := r.post("/v1/events", "["+strings.Join(bigAlliance(1000), ",")+"]"); a.StatusCode != http.StatusCreated {
		b.Fatal(a.body)
	}
	const path = "/v1/alliances/big?on=1955-05-10"
	body := []byte(r.ok(path).body)
	bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = w.Write(body)
	})
	var n atomic.Int64
	rotating := func() string {
		day := n.Add(1)
		return fmt.Sprintf("/v1/alliances/big?on=%04d-%02d-%02d", 1950+day/336%1000, 1+day/28%12, 1+day%28)
	}
	fixed := func(path string) func() string { return func() string { return path } }
	b.Run("bare", func(b *testing.B) { serve(b, bare, fixed(path)) })
	b.Run("repeated", func(b *testing.B) { serve(b, r.handler, fixed(path)) })
	b.Run("pinned", func(b *testing.B) { serve(b, r.handler, fixed(path+"&known="+seqOf(r))) })
	b.Run("rotating", func(b *testing.B) { serve(b, r.handler, rotating) })
	b.Run("rotating-unkept", func(b *testing.B) {
		serve(b, r.handler, func() string { return rotating() + "&public=true" })
	})
	b.Run("rotating-in-process", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			rec := httptest.NewRecorder()
			r.handler.ServeHTTP(rec, httptest.NewRequestWithContext(b.Context(), http.MethodGet, rotating(), nil))
		}
	})
}

// serve asks h over loopback. The client is as small as it can be, so that what
// is measured is the server.
func serve(b *testing.B, h http.Handler, path func() string) {
	b.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	b.ReportAllocs()
	b.SetParallelism(4)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		conn, err := (&net.Dialer{}).DialContext(b.Context(), "tcp", server.Listener.Addr().String())
		if err != nil {
			b.Error(err)
			return
		}
		defer func() { _ = conn.Close() }()
		in := bufio.NewReaderSize(conn, 64<<10)
		for pb.Next() {
			if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path()); err != nil {
				b.Error(err)
				return
			}
			if err := skipAnswer(in); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "req/s")
}

func skipAnswer(in *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200")) {
			return fmt.Errorf("answered %q", line)
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		if v, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(v)); err != nil {
				return err
			}
		}
	}
	_, err := io.CopyN(io.Discard, in, int64(length))
	return err
}

// seqOf returns the head.
func seqOf(r *rig) string { return strconv.FormatUint(uint64(r.proj.Status().Applied), 10) }
