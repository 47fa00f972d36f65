package seeds_test

import (
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
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

	problems []string // with any, the rest may be missing
}

// load returns the seeds, which no test may change. Whoever needs a World needs
// files without problems.
func load(t *testing.T) *history {
	t.Helper()
	h := seeded()
	if len(h.problems) > 0 {
		t.Fatalf("%d problems in the seeds:\n%s", len(h.problems), strings.Join(h.problems, "\n"))
	}
	return h
}

// seeded reads the seeds once for all tests.
var seeded = sync.OnceValue(func() *history {
	h, problems := read(seeds.FS())
	if h == nil {
		h = new(history)
	}
	h.problems = problems
	return h
})

// read reads files as the program does. With any problem there is no history.
func read(fsys fs.FS) (h *history, problems []string) {
	records, bad := seed.Read(fsys, ledger.Core)
	for _, p := range bad {
		problems = append(problems, p.String())
	}
	if len(bad) > 0 {
		return nil, problems
	}
	recorded := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	plan, err := ingest.Reconcile(new(ingest.Holdings), ledger.Core, records, recorded, "test")
	if err != nil {
		return nil, []string{err.Error()}
	}
	h = &history{records: records, events: plan.Events, world: projections.New(), where: make(map[ledger.EventID]string)}
	for _, r := range records {
		h.where[ledger.RecordID(r.Aggregate, r.Key)] = r.Where
	}
	for i, e := range h.events {
		if _, err := ledger.Encode(e); err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", h.at(e), err))
		}
		if err := h.world.Apply(ledger.Seq(i+1), recorded.UnixNano(), e); err != nil {
			return nil, append(problems, fmt.Sprintf("%s: %v", h.at(e), err))
		}
	}
	return h, problems
}

// wholeHistory is how many records the seeds have at least. Fewer are those of a
// test that made its own.
const wholeHistory = 1000

// TestSeeds: every record can be read, and there are some.
func TestSeeds(t *testing.T) {
	if h := load(t); len(h.records) < wholeHistory {
		t.Errorf("%d records; a file of the seeds is missing", len(h.records))
	}
}

// tableOf reads a table of what is odd and right: lines "NAME: REASON". A line
// without a reason is a panic, because nobody can go on without it.
func tableOf(file string) map[string]string {
	text, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	out := make(map[string]string)
	for i, line := range strings.Split(string(text), "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		name, why, _ := strings.Cut(line, ":")
		if _, twice := out[name]; twice || strings.TrimSpace(why) == "" {
			panic(fmt.Sprintf("%s:%d: write NAME: REASON, once for each name", file, i+1))
		}
		out[name] = strings.TrimSpace(why)
	}
	return out
}
