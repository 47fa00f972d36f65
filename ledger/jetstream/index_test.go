package jetstream

import (
	"encoding/binary"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"foedus/ledger"
)

func numbered(n uint64) (id ledger.EventID) {
	binary.BigEndian.PutUint64(id[8:], n)
	return id
}

// TestIndexIsAMap compares the index with a map on random ids, some of them
// equal, offered in and out of turn.
func TestIndexIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := newIndex()
		model := make(map[ledger.EventID]ledger.Seq)
		next := ledger.Seq(1)
		for range rapid.IntRange(0, 3000).Draw(t, "events") {
			id := numbered(rapid.Uint64Range(0, 2000).Draw(t, "id"))
			seq := next + ledger.Seq(rapid.SampledFrom([]int{0, 0, 0, 0, 1, 7}).Draw(t, "skip"))
			x.add(seq, id)
			if seq != next {
				continue // out of turn: not taken
			}
			if _, ok := model[id]; !ok {
				model[id] = seq
			}
			next++
		}
		if x.through() != next-1 {
			t.Fatalf("the index reaches through %d, want %d", x.through(), next-1)
		}
		for n := range uint64(2001) {
			seq, ok := x.find(numbered(n))
			want, wantOK := model[numbered(n)]
			if ok != wantOK || seq != want {
				t.Fatalf("find(%d) = %d, %v, want %d, %v", n, seq, ok, want, wantOK)
			}
		}
	})
}

func TestIndexIsSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a large index")
	}
	const most = 30
	heap := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	x := newIndex()
	worst := 0.0
	for n := range uint64(1 << 17) {
		x.add(ledger.Seq(n+1), numbered(n))
		if n%(1<<13) == 1<<13-1 {
			per := float64(heap()-before) / float64(n+1)
			worst = max(worst, per)
		}
	}
	if t.Logf("at most %.1f bytes an event", worst); worst > most {
		t.Errorf("the index takes %.1f bytes an event, at most %d are allowed", worst, most)
	}
	runtime.KeepAlive(x)
}

func TestParseReply(t *testing.T) {
	for _, reply := range []string{
		"$JS.ACK.FOEDUS.c.1.42.7.1700000000000000005.0",
		"$JS.ACK._.hash.FOEDUS.c.1.42.7.1700000000000000005.0",
		"$JS.ACK.hub.hash.FOEDUS.c.1.42.7.1700000000000000005.0.token",
	} {
		seq, at, err := parseReply(reply)
		if err != nil || seq != 42 || at.UnixNano() != 1700000000000000005 {
			t.Errorf("parseReply(%q) = %d, %v, %v", reply, seq, at, err)
		}
	}
	for _, reply := range []string{"", "x", "$JS.ACK.FOEDUS.c.1.x.7.5.0"} {
		if _, _, err := parseReply(reply); err == nil {
			t.Errorf("parseReply(%q) succeeds", reply)
		}
	}
}
