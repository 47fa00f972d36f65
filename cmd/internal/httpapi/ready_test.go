package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"foedus/cmd/internal/httpapi"
	"foedus/ledger/ledgertest"
	"foedus/projections/live"
)

// TestReadyWhenPrepared: a server that is still bringing its data up to date
// answers questions and is not ready.
func TestReadyWhenPrepared(t *testing.T) {
	log := ledgertest.NewMemory()
	proj := live.New(log)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = proj.Run(t.Context())
	}()
	defer func() { _ = log.Close(); <-done }()
	if err := proj.WaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
	var prepared atomic.Bool
	h := httpapi.New(httpapi.Config{Log: log, Projection: proj, Prepared: prepared.Load})
	status := func(path string) int {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
		return w.Code
	}
	if got := status("/readyz"); got != http.StatusServiceUnavailable {
		t.Errorf("readyz before: %d, want 503", got)
	}
	if got := status("/v1/alliances?on=1950-01-01"); got != http.StatusOK {
		t.Errorf("a question before: %d, want 200", got)
	}
	prepared.Store(true)
	if got := status("/readyz"); got != http.StatusOK {
		t.Errorf("readyz after: %d, want 200", got)
	}
}
