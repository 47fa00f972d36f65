package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"foedus/ledger"
)

// Plan is what has to be appended for the log to say what the file says.
type Plan struct {
	// Events are in an order in which any batches of them can be appended:
	// sources and coverage, states, alliances, crises, in each the order of the
	// file; then what retracts the records that vanished. The caller owns them.
	Events []*ledger.Event
	Report Report
}

// Report counts records by what becomes of them. Each record of the file
// counts once in Appended, Corrected, Restored or Skipped.
type Report struct {
	Appended  int // new
	Corrected int // the file says something else now
	Retracted int // in the log, no longer in the file
	Restored  int // retracted before, in the file again, changed or not
	Skipped   int // equal
	// Remarks tell of what an import cannot mend, one line each.
	Remarks []string
}

// String returns the counts in one line.
func (r Report) String() string {
	return fmt.Sprintf("%d appended, %d corrected, %d retracted, %d restored, %d equal",
		r.Appended, r.Corrected, r.Retracted, r.Restored, r.Skipped)
}

// The reasons that stand on what an import does to a record. They do not say
// which file or line, so that the same change gives the same event.
const (
	reasonChanged  = "the imported file states it otherwise"
	reasonVanished = "the imported file no longer holds the record"
	reasonBack     = "the imported file holds the record again"
	reasonTwin     = "an earlier event holds the record of this key"
)

// Reconcile says which events make the log say what records say. held is what
// the log holds of dataset; records are all that the file has. The file is the
// authority for every record with a key, whoever wrote the last correction of
// it; events without a key are not touched.
//
// New events carry recorded and, where they correct or retract, editor. It
// fails with [*Problems] if two records have one key, if a record is not one of
// dataset or is itself a correction, or if it cannot be encoded. held and
// records are not changed. O(records + held).
func Reconcile(held *Holdings, dataset ledger.DatasetID, records []Record, recorded time.Time, editor string) (Plan, error) {
	if held.dataset != "" && held.dataset != dataset {
		return Plan{}, fmt.Errorf("reconcile %s: the holdings are those of %s", dataset, held.dataset)
	}
	if recorded.IsZero() {
		return Plan{}, errors.New("reconcile: the time of recording is not set")
	}
	hashes, err := checkRecords(dataset, records)
	if err != nil {
		return Plan{}, err
	}
	p := planner{held: held, recorded: recorded, editor: editor}
	seen := make(map[name]bool, len(records))
	for _, i := range order(records) {
		r := &records[i]
		seen[name{r.Aggregate, r.Key}] = true
		if err := p.record(r, hashes[i]); err != nil {
			return Plan{}, err
		}
	}
	for _, r := range held.records {
		if r.twin || !seen[r.name] {
			p.vanished(*r)
		}
	}
	return p.plan, nil
}

// checkRecords finds what is wrong with the records by themselves and hashes
// each.
func checkRecords(dataset ledger.DatasetID, records []Record) ([]hash, error) {
	var bad Problems
	hashes := make([]hash, len(records))
	first := make(map[name]int, len(records))
	for i := range records {
		r := &records[i]
		if why := unfit(dataset, r); why != "" {
			bad.Add(Problem{r.Where, "key", r.Key, why})
			continue
		}
		n := name{r.Aggregate, r.Key}
		if j, ok := first[n]; ok {
			bad.Add(Problem{r.Where, "key", r.Key, fmt.Sprintf(
				"%s has a record of this key already, at %s; give one of the two another key", r.Aggregate.Subject(), records[j].Where)})
			continue
		}
		first[n] = i
		sum, err := hashOf(r.Aggregate, &r.Content)
		if err != nil {
			bad.Add(problemsOf(r.Where, err)...)
		}
		hashes[i] = sum
	}
	return hashes, bad.Err()
}

// unfit says why r can be no record of dataset, "" if it can.
func unfit(dataset ledger.DatasetID, r *Record) string {
	switch {
	case r.Key == "":
		return "is missing; give the record a name that stays the same for ever"
	case r.Aggregate.Dataset != dataset:
		return fmt.Sprintf("the record is about %s, the import about the dataset %s", r.Aggregate, dataset)
	}
	switch any(r.Content.Payload).(type) { // all others can stand in a file
	case *ledger.RecordCorrected, *ledger.RecordRetracted, *ledger.RecordMerged:
		return "a file holds no corrections or retractions; change or remove the record itself, and the import writes them"
	}
	return ""
}

// order returns the indices of records in the order of a plan.
func order(records []Record) []int {
	place := make(map[ledger.Aggregate]int)
	indices := make([]int, len(records))
	for i := range records {
		indices[i] = i
		if _, ok := place[records[i].Aggregate]; !ok {
			place[records[i].Aggregate] = i
		}
	}
	slices.SortStableFunc(indices, func(i, j int) int {
		a, b := records[i].Aggregate, records[j].Aggregate
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), cmp.Compare(place[a], place[b]))
	})
	return indices
}

// planner collects a plan.
type planner struct {
	held     *Holdings
	recorded time.Time
	editor   string
	plan     Plan
}

// record plans what r needs; says is the hash of its content.
func (p *planner) record(r *Record, says hash) error {
	id := ledger.RecordID(r.Aggregate, r.Key)
	known := p.held.byName[name{r.Aggregate, r.Key}]
	if known == nil {
		if other := p.held.byID[id]; other != nil {
			return fmt.Errorf("reconcile: %s: the id %s of this record belongs to the record %q already; give it another key", r.Where, id, other.key)
		}
		p.plan.Report.Appended++
		p.plan.Events = append(p.plan.Events, &ledger.Event{
			ID: id, Aggregate: r.Aggregate, Key: r.Key, Recorded: p.recorded, Instant: r.Instant, Content: r.Content,
		})
		return nil
	}
	now := *known
	restored := p.restore(&now)
	stands, _ := now.standing()
	changed := stands != says
	if changed {
		p.revise(&now, op{corrects: true, hash: says}, &ledger.RecordCorrected{
			Target: now.id, Reason: reasonChanged, Editor: p.editor, Replacement: ledger.Replacement{Content: r.Content},
		})
	}
	if !known.at.Equal(r.Instant) {
		p.plan.Report.Remarks = append(p.plan.Report.Remarks,
			r.Where+": time: the clock time of an event cannot be corrected; remove this record and write it under a new key")
	}
	switch {
	case restored:
		p.plan.Report.Restored++
	case changed:
		p.plan.Report.Corrected++
	default:
		p.plan.Report.Skipped++
	}
	return nil
}

// restore takes back whatever retracts r and reports whether anything did.
func (p *planner) restore(r *held) (restored bool) {
	for {
		id, ok := r.retraction()
		if !ok {
			return restored
		}
		restored = true
		p.revise(r, op{target: id}, &ledger.RecordRetracted{Target: id, Reason: reasonBack, Editor: p.editor})
	}
}

// vanished retracts a record that the file does not have, if it stands.
func (p *planner) vanished(r held) {
	if _, ok := r.standing(); !ok {
		return
	}
	why := reasonVanished
	if r.twin {
		why = reasonTwin
	}
	p.plan.Report.Retracted++
	p.revise(&r, op{target: r.id}, &ledger.RecordRetracted{Target: r.id, Reason: why, Editor: p.editor})
}

// revise plans a ledger event on r. r is a copy, so the holdings stay as they
// are: appending to ops must not write into what they share.
func (p *planner) revise(r *held, o op, payload ledger.Payload) {
	o.id = ledger.RevisionID(r.last)
	if o.corrects {
		o.target = r.id
	}
	r.ops = append(slices.Clip(r.ops), o)
	r.last = o.id
	p.plan.Events = append(p.plan.Events, &ledger.Event{
		ID: o.id, Aggregate: r.aggregate, Recorded: p.recorded, Content: ledger.Content{Payload: payload},
	})
}
