package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"testing"

	"foedus/cmd/internal/httpapi"
	"foedus/ledger"
	"foedus/ledger/ledgertest"
	"foedus/projections"
)

// TestUpdateChanges: what other carriers get is byte for byte what stands in the
// server-sent events, and it is the same right after the event and at the end.
func TestUpdateChanges(t *testing.T) {
	r := newRig(t, nil)
	events := ledgertest.NewGenerator(5, ledgertest.SmallWorld()).Encoded(400)
	var then [][]byte
	render := func(seq ledger.Seq) (all []byte) {
		entries, err := r.log.Get(t.Context(), seq)
		if err != nil {
			t.Fatal(err)
		}
		r.proj.View(func(w *projections.World) {
			changes := httpapi.UpdateChanges(w, &entries[0])
			docs := make([]json.RawMessage, len(changes))
			for i, c := range changes {
				docs[i] = c.JSON
			}
			if all, err = json.Marshal(docs); err != nil {
				t.Fatal(err)
			}
		})
		return all
	}
	for i := range events {
		if _, err := r.log.Append(t.Context(), ledger.Any(), events[i]); err != nil {
			t.Fatal(err)
		}
		if err := r.proj.Wait(t.Context(), ledger.Seq(i+1)); err != nil {
			t.Fatal(err)
		}
		then = append(then, render(ledger.Seq(i+1)))
	}
	server := httptest.NewServer(r.handler)
	defer server.Close()
	s, _ := subscribe(t, server.URL, "?after=0")
	defer s.stop()
	for seq := ledger.Seq(1); int(seq) <= len(events); {
		f, ok := s.next()
		if !ok {
			t.Fatalf("the stream ended before %d", seq)
		}
		if f.event != "update" {
			continue
		}
		var u struct {
			Changes json.RawMessage `json:"changes"`
		}
		if err := json.Unmarshal([]byte(f.data), &u); err != nil || f.id != strconv.Itoa(int(seq)) {
			t.Fatalf("%v in %.200s; it has the id %s, want %d", err, f.data, f.id, seq)
		}
		if !bytes.Equal(u.Changes, then[seq-1]) {
			t.Fatalf("update %d was\n%s\nin the stream it is\n%s", seq, then[seq-1], u.Changes)
		}
		if now := render(seq); !bytes.Equal(now, then[seq-1]) {
			t.Fatalf("update %d was\n%s\nand is now\n%s", seq, then[seq-1], now)
		}
		seq++
	}
}
