package jetstream

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

// freePorts returns ports of the loopback interface that were free just now.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	ports := make([]int, n)
	for i := range ports {
		l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// startCluster runs three servers and returns one's address.
func startCluster(t *testing.T) (address string) {
	t.Helper()
	ports := freePorts(t, 3)
	var routes []*url.URL
	for _, p := range ports {
		routes = append(routes, &url.URL{Scheme: "nats-route", Host: fmt.Sprintf("127.0.0.1:%d", p)})
	}
	var servers []*server.Server
	for i, p := range ports {
		address, srv := startExternal(t, func(o *server.Options) {
			o.ServerName = fmt.Sprintf("s%d", i)
			o.Cluster = server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: p}
			o.Routes = routes
		})
		servers = append(servers, srv)
		if i == 2 {
			awaitLeader(t, servers)
			return address
		}
	}
	panic("unreachable")
}

func awaitLeader(t *testing.T, servers []*server.Server) {
	t.Helper()
	for range 1000 {
		for _, s := range servers {
			if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == len(servers) {
				return
			}
		}
		if err := pause(t.Context(), 20*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the cluster chose no leader")
}

// TestCluster runs a replicated log with writers that contend for one
// aggregate: exactly one may win each round, whichever of its two codes the
// cluster answers the others with.
func TestCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("starts three servers")
	}
	address := startCluster(t)
	logs := []*Log{openLog(t, Config{URL: address, Replicas: 3}), openLog(t, Config{URL: address, Replicas: 3})}
	if st, err := logs[0].Status(t.Context()); err != nil || st.Replicas != 3 {
		t.Fatalf("status %+v, %v, want three replicas", st, err)
	}
	fill(t, logs[0], 120)
	events := ledgertest.NewGenerator(8, ledgertest.SmallWorld()).Encoded(400)
	var head ledger.Seq
	for round := range 40 {
		rival := make([]ledger.Encoded, 0, 4)
		for len(rival) < 4 { // of one aggregate: a state's first events
			e := events[0]
			events = events[1:]
			if e.Aggregate.ID == "pact-1" {
				rival = append(rival, e)
			}
		}
		expect := ledger.At(head)
		if head == 0 {
			expect = ledger.Any()
		}
		results := make([]error, len(logs))
		receipts := make([][]ledger.Receipt, len(logs))
		var wg sync.WaitGroup
		for w, l := range logs {
			wg.Go(func() { receipts[w], results[w] = l.Append(t.Context(), expect, rival[2*w:2*w+1+round%2]...) })
		}
		wg.Wait()
		wins := 0
		for w, err := range results {
			switch {
			case err == nil:
				wins++
				head = max(head, receipts[w][len(receipts[w])-1].Seq)
			case !errors.Is(err, ledger.ErrConflict):
				t.Fatalf("round %d: %v", round, err)
			}
		}
		if wins != 1 && round > 0 {
			t.Fatalf("round %d has %d winners", round, wins)
		}
		if len(events) < 100 {
			break
		}
	}
	ledgertest.CheckLog(t, logs[1])
}
