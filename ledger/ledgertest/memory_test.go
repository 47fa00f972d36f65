package ledgertest_test

import (
	"testing"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

func TestMemory(t *testing.T) {
	ledgertest.TestLog(t, func(*testing.T) ledger.Log { return ledgertest.NewMemory() })
}
