package jetstream

import (
	"testing"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

func openDir(t testing.TB, cfg Config) *Log {
	t.Helper()
	l, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestEmbedded(t *testing.T) {
	ledgertest.TestLog(t, func(t *testing.T) ledger.Log { return openDir(t, Config{Dir: t.TempDir()}) })
}
