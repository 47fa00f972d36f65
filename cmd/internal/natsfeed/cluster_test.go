package natsfeed

import (
	"fmt"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"foedus/ledger"
	log "foedus/ledger/jetstream"
	"foedus/ledger/ledgertest"
)

// freePorts returns ports of the loopback interface that were free just now.
func freePorts(t *testing.T, n int) []int {
	t.Helper()
	ports := make([]int, n)
	for i := range ports {
		l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = l.Close() }()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports
}

// startCluster runs three servers and returns their addresses.
func startCluster(t *testing.T) (addresses []string) {
	t.Helper()
	ports := freePorts(t, 3)
	var routes []*url.URL
	for _, p := range ports {
		routes = append(routes, &url.URL{Scheme: "nats-route", Host: fmt.Sprintf("127.0.0.1:%d", p)})
	}
	var servers []*server.Server
	for i, p := range ports {
		srv, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprintf("s%d", i), Host: "127.0.0.1", Port: -1, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: t.TempDir(), DisableJetStreamBanner: true,
			Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: p}, Routes: routes,
		})
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
		servers, addresses = append(servers, srv), append(addresses, srv.ClientURL())
	}
	(&rig{tb: t}).until("the cluster has a leader", func() bool {
		for _, s := range servers {
			if s.JetStreamIsLeader() && len(s.JetStreamClusterPeers()) == len(servers) {
				return true
			}
		}
		return false
	})
	return addresses
}

// TestCluster: two processes publish the updates of one replicated log at the
// same time, each to another server, while both append to it and one after the
// other is killed.
func TestCluster(t *testing.T) {
	if testing.Short() {
		t.Skip("starts three servers")
	}
	addresses := startCluster(t)
	rigs := []*rig{
		newRig(t, log.Config{URL: addresses[0], Replicas: 3}),
		newRig(t, log.Config{URL: addresses[1], Replicas: 3}),
	}
	var stored [2]atomic.Int64
	var stops [2]func() error
	begin := func(i int) {
		stops[i] = running(t, rigs[i].publisher(func(p *Publisher) {
			p.cfg.Published = func(n int, _ ledger.Seq) { stored[i].Add(int64(n)) }
		}))
	}
	begin(0)
	begin(1)
	g := ledgertest.NewGenerator(31, ledgertest.Options{})
	for i := range 60 {
		rigs[i%2].append(g.Encoded(1 + i%9)...)
		if i%10 == 9 {
			n := i / 10 % 2
			if err := stops[n](); err != nil {
				t.Fatal(err)
			}
			rigs[0].complete() // by the other one
			begin(n)
		}
	}
	rigs[0].complete()
	t.Logf("one stored %d messages, the other %d", stored[0].Load(), stored[1].Load())
	s, err := rigs[1].log.JetStream().Stream(t.Context(), StreamName)
	if err != nil {
		t.Fatal(err)
	}
	if n := s.CachedInfo().Config.Replicas; n != 3 {
		t.Errorf("the stream has %d replicas, want 3", n)
	}
}
