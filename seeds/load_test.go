package seeds_test

import (
	"strings"
	"testing"
	"time"

	"foedus/ingest"
	"foedus/ingest/seed"
	"foedus/ledger"
	"foedus/projections"
	"foedus/seeds"
)

// history is the seeds as a log would hold them after one import.
type history struct {
	records []ingest.Record
	events  []*ledger.Event
	world   *projections.World
	where   map[ledger.EventID]string // file:line of the record
}

// load reads the seeds. Whoever needs a World needs files without problems.
func load(t *testing.T) *history {
	t.Helper()
	h := &history{world: projections.New(), where: make(map[ledger.EventID]string)}
	var problems []ingest.Problem
	h.records, problems = seed.Read(seeds.FS(), ledger.Core)
	if len(problems) > 0 {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = p.String()
		}
		t.Fatalf("%d problems in the seeds:\n%s", len(problems), strings.Join(lines, "\n"))
	}
	recorded := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	plan, err := ingest.Reconcile(new(ingest.Holdings), ledger.Core, h.records, recorded, "test")
	if err != nil {
		t.Fatal(err)
	}
	h.events = plan.Events
	for i, e := range h.events {
		if _, err := ledger.Encode(e); err != nil {
			t.Errorf("%s: %v", e.Key, err)
		}
		if err := h.world.Apply(ledger.Seq(i+1), recorded.UnixNano(), e); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range h.records {
		h.where[ledger.RecordID(r.Aggregate, r.Key)] = r.Where
	}
	return h
}

// TestSeeds: every record can be read, and there are some.
func TestSeeds(t *testing.T) {
	if h := load(t); len(h.records) < 1000 {
		t.Errorf("%d records; a file of the seeds is missing", len(h.records))
	}
}
