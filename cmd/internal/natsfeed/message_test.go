package natsfeed

import (
	"encoding/json"
	"strings"
	"testing"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
	"foedus/projections"
)

// TestLarge: a group of changes that is too large for one message is cut into
// parts, between changes and in their order, and no message is larger than a server
// takes.
func TestLarge(t *testing.T) {
	e := &ledger.Entry{Seq: 9, Encoded: ledgertest.NewGenerator(1, ledgertest.Options{}).Encoded(1)[0]}
	pact := ledger.Aggregate{Dataset: ledger.Core, Kind: ledger.KindAlliance, ID: "pact"}
	text := func(n int) []byte { return []byte(`"` + strings.Repeat("x", n<<10) + `"`) }
	var changes []Change
	for _, c := range []struct {
		kind projections.FactKind
		a    string
		size int
	}{{"party", "a", 200}, {"party", "b", 10}, {"party", "a", 100}, {"party", "a", 90}, {"status", "", 500}, {"status", "", 1}, {"party", "a", 1}} {
		changes = append(changes, Change{&projections.Fact{Kind: c.kind, Aggregate: &pact, A: c.a}, text(c.size)})
	}
	list, err := messages(e, changes)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		subject string
		changes int
	}{
		{"foedus.update.core.party.pact.a", 2},
		{"foedus.update.core.party.pact.b", 1},
		{"foedus.update.core.party.pact.a", 2},
		{"foedus.update.core.status.pact._", 1},
		{"foedus.update.core.status.pact._", 1},
	}
	if len(list) != len(want) {
		t.Fatalf("%d messages, want %d", len(list), len(want))
	}
	ids := make(map[ledger.EventID]bool)
	for i := range list {
		m := &list[i]
		body := m.body()
		if m.subject != want[i].subject || len(m.changes) != want[i].changes || m.part != i+1 || m.parts != len(want) {
			t.Errorf("message %d: %s with %d changes, part %d of %d", i, m.subject, len(m.changes), m.part, m.parts)
		}
		if !json.Valid(body) || len(body) > 1<<20-ledger.MaxEvent || ids[m.id()] {
			t.Errorf("message %d has %d bytes and the id %s", i, len(body), m.id())
		}
		ids[m.id()] = true
	}
}

// TestCut: a batch holds whole events, as many as fit, and of one that does not
// fit as much as does.
func TestCut(t *testing.T) {
	many := func(parts ...int) (list []message) {
		for _, n := range parts {
			for i := range n {
				list = append(list, message{entry: new(ledger.Entry), part: i + 1, parts: n})
			}
		}
		return list
	}
	heavy := many(1, 3)
	for i := range heavy {
		heavy[i].size = mostBytes / 2
	}
	for name, c := range map[string]struct {
		list []message
		want int
	}{
		"one":            {many(1), 1},
		"all":            {many(1, 2, 3), 6},
		"whole events":   {many(999, 2), 999},
		"just full":      {many(400, 600, 1), 1000},
		"a wide one":     {many(1200), 1000},
		"the rest of it": {many(1200)[1000:], 200},
		"then a wide":    {many(1, 1200), 1},
		"by bytes":       {heavy, 1},
		"heavy":          {heavy[1:], 1},
	} {
		if got := cut(c.list); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
