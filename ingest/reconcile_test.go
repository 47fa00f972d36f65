package ingest_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"foedus/ingest"
	"foedus/ledger"
	"foedus/projections"
)

const dataset = ledger.DatasetID("test")

func alliance(id string) ledger.Aggregate {
	return ledger.Aggregate{Dataset: dataset, Kind: ledger.KindAlliance, ID: id}
}

func day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

// says is one of a few things that the record called key may say. What two
// records say never concerns the same fact, so that their order does not matter.
func says(key string, variant int) ledger.Content {
	c := ledger.Content{
		DoneOn:    ledger.OnDay(ledger.Date(variant / 2)),
		Citations: []ledger.Citation{{Source: "gazette", Grade: ledger.GradeB}},
		Payload:   &ledger.OrganCreated{Organ: ledger.Name(key), Title: fmt.Sprintf("Council %d", variant%2)},
	}
	if variant == 5 {
		c.Payload = &ledger.PledgeMade{Pledge: ledger.Name(key), Text: "support"}
	}
	return c
}

func record(a ledger.Aggregate, key string, variant int) ingest.Record {
	return ingest.Record{Aggregate: a, Key: key, Content: says(key, variant), Where: "file.yaml:" + key}
}

// memory is a log reduced to what matters here. It re-verifies after each
// append that it stays a log.
type memory struct {
	t      rapid.TB
	events []*ledger.Event
	bytes  [][]byte
	held   ingest.Holdings
	world  *projections.World
}

func newMemory(t rapid.TB) *memory { return &memory{t: t, world: projections.New()} }

func (m *memory) append(events ...*ledger.Event) {
	for _, e := range events {
		if slices.ContainsFunc(m.events, func(o *ledger.Event) bool { return o.ID == e.ID }) {
			m.t.Fatalf("the id %s is appended twice", e.ID)
		}
		enc, err := ledger.Encode(e)
		if err != nil {
			m.t.Fatalf("%v", err)
		}
		back, err := ledger.Decode(enc.Bytes)
		if err != nil {
			m.t.Fatalf("%v", err)
		}
		m.events, m.bytes = append(m.events, &back), append(m.bytes, enc.Bytes)
		seq := ledger.Seq(len(m.events))
		if err := m.held.Add(seq, &back); err != nil {
			m.t.Fatalf("%v", err)
		}
		if err := m.world.Apply(seq, 0, &back); err != nil {
			m.t.Fatalf("%v", err)
		}
	}
}

func (m *memory) plan(records []ingest.Record) ingest.Plan {
	p, err := ingest.Reconcile(&m.held, dataset, records, day(2), "tester")
	if err != nil {
		m.t.Fatalf("%v", err)
	}
	return p
}

// facts lists what the log says on a, apart from where in the log it says so.
func (m *memory) facts(a ledger.Aggregate) (out []string) {
	q := projections.Query{Dataset: dataset, Known: m.world.Head()}
	for _, kind := range []projections.FactKind{projections.FactOrgan, projections.FactPledge} {
		m.world.SpellsOf(q, a, kind, func(f projections.Fact) bool {
			out = append(out, fmt.Sprintf("%s %s %s %v %+v", f.A, f.Value, f.How, f.Span, f.Detail))
			return true
		})
	}
	slices.Sort(out)
	return out
}

func drawFile(t *rapid.T) (records []ingest.Record) {
	for _, a := range []string{"entente", "league"} {
		for _, key := range []string{"alpha", "beta", "gamma", "delta"} {
			if v := rapid.IntRange(-3, 5).Draw(t, a+"/"+key); v >= 0 {
				records = append(records, record(alliance(a), key, v))
			}
		}
	}
	return rapid.Permutation(records).Draw(t, "order")
}

// drawByHand makes an event that no importer made: something without a key, or
// a correction, retraction or merger of any earlier event.
func drawByHand(t *rapid.T, log *memory, n int) *ledger.Event {
	e := &ledger.Event{
		ID: ledger.RecordID(alliance("hand"), strconv.Itoa(n)), Aggregate: alliance("entente"), Recorded: day(1),
	}
	if len(log.events) == 0 || rapid.IntRange(0, 5).Draw(t, "by hand") == 0 {
		e.Aggregate = alliance("by-hand")
		e.Content = says(fmt.Sprintf("hand-%d", n), 1)
		return e
	}
	target := rapid.SampledFrom(log.events).Draw(t, "target")
	e.Aggregate = target.Aggregate
	switch rapid.IntRange(0, 4).Draw(t, "op") {
	case 0, 1:
		key := target.Key
		if key == "" {
			key = "alpha"
		}
		e.Payload = &ledger.RecordCorrected{Target: target.ID, Reason: "by hand", Replacement: ledger.Replacement{
			Content: says(key, rapid.IntRange(0, 5).Draw(t, "variant")),
		}}
	case 2, 3:
		e.Payload = &ledger.RecordRetracted{Target: target.ID, Reason: "by hand"}
	default:
		e.Payload = &ledger.RecordMerged{Target: target.ID, Into: ledger.RecordID(alliance("x"), "y"), Reason: "by hand"}
	}
	return e
}

// TestInterruptedImports compares a log whose imports run through with one
// whose imports are cut off anywhere and run again, while people correct and
// retract by hand between the imports.
func TestInterruptedImports(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		through, cut := newMemory(t), newMemory(t)
		for n := range rapid.IntRange(1, 6).Draw(t, "imports") {
			for i := range rapid.IntRange(0, 3).Draw(t, "hands") {
				e := drawByHand(t, through, 10*n+i)
				through.append(e)
				cut.append(e)
			}
			file := drawFile(t)
			through.append(through.plan(file).Events...)
			for range rapid.IntRange(0, 3).Draw(t, "cuts") {
				events := cut.plan(file).Events
				cut.append(events[:rapid.IntRange(0, len(events)).Draw(t, "prefix")]...)
			}
			cut.append(cut.plan(file).Events...)
			if !slices.EqualFunc(through.bytes, cut.bytes, bytes.Equal) {
				t.Fatalf("interrupted and run again, the log is another one:\n%s", cmp.Diff(through.bytes, cut.bytes))
			}
			checkImported(t, cut, file)
		}
	})
}

// checkImported holds what the log says against a log that never held
// anything but the file.
func checkImported(t *rapid.T, log *memory, file []ingest.Record) {
	again := log.plan(file)
	if len(again.Events) > 0 || again.Report.Skipped != len(file) {
		t.Fatalf("the second import of the same file plans %d events: %s", len(again.Events), again.Report)
	}
	fresh := newMemory(t)
	fresh.append(fresh.plan(file).Events...)
	for _, a := range []string{"entente", "league"} {
		if diff := cmp.Diff(fresh.facts(alliance(a)), log.facts(alliance(a))); diff != "" {
			t.Fatalf("%s is not as the file says (-file +log):\n%s", a, diff)
		}
	}
}

func TestReconcileCounts(t *testing.T) {
	log := newMemory(t)
	a := alliance("entente")
	first := log.plan([]ingest.Record{record(a, "alpha", 0), record(a, "beta", 0), record(a, "gamma", 0)})
	log.append(first.Events...)
	second := log.plan([]ingest.Record{record(a, "alpha", 0), record(a, "beta", 1), record(a, "delta", 0)})
	log.append(second.Events...)
	third := log.plan([]ingest.Record{record(a, "alpha", 0), record(a, "beta", 1), record(a, "gamma", 3)})
	log.append(third.Events...)
	got := []string{first.Report.String(), second.Report.String(), third.Report.String()}
	want := []string{
		"3 appended, 0 corrected, 0 retracted, 0 restored, 0 equal",
		"1 appended, 1 corrected, 1 retracted, 0 restored, 1 equal",
		"0 appended, 0 corrected, 1 retracted, 1 restored, 2 equal",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	retraction := second.Events[len(second.Events)-1].ID
	back, ok := third.Events[0].Payload.(*ledger.RecordRetracted)
	if !ok || back.Target != retraction || third.Events[0].ID != ledger.RevisionID(retraction) {
		t.Errorf("gamma comes back by %+v, want the retraction of %s", third.Events[0], retraction)
	}
	change, ok := third.Events[1].Payload.(*ledger.RecordCorrected)
	if !ok || change.Target != ledger.RecordID(a, "gamma") || change.Editor != "tester" {
		t.Errorf("gamma is changed by %+v, want a correction of its first event", third.Events[1])
	}
}

// TestTwinsAreRetracted: events that came otherwise and have the key of a record.
func TestTwinsAreRetracted(t *testing.T) {
	log := newMemory(t)
	a := alliance("entente")
	for i := range 2 {
		log.append(&ledger.Event{
			ID: ledger.RecordID(alliance("hand"), strconv.Itoa(i)), Aggregate: a, Key: "alpha", Recorded: day(1), Content: says("alpha", i),
		})
	}
	file := []ingest.Record{record(a, "alpha", 2)}
	plan := log.plan(file)
	log.append(plan.Events...)
	if plan.Report.Corrected != 1 || plan.Report.Retracted != 1 || len(log.plan(file).Events) != 0 {
		t.Errorf("the plan is %s, and after it %s", plan.Report, log.plan(file).Report)
	}
	if facts := log.facts(a); len(facts) != 1 {
		t.Errorf("the facts are %q, want one", facts)
	}
}

func TestReconcileOrder(t *testing.T) {
	of := func(kind ledger.Kind, id, key string, p ledger.Payload) ingest.Record {
		return ingest.Record{
			Aggregate: ledger.Aggregate{Dataset: dataset, Kind: kind, ID: id}, Key: key,
			Content: ledger.Content{Payload: p, Citations: []ledger.Citation{{Source: "gazette", Grade: ledger.GradeB}}},
		}
	}
	held := new(ingest.Holdings)
	plan, err := ingest.Reconcile(held, dataset, []ingest.Record{
		of(ledger.KindCrisis, "c", "z", &ledger.IncidentOccurred{What: "w"}),
		of(ledger.KindAlliance, "b", "z", &ledger.OrganCreated{Organ: "o", Title: "t"}),
		of(ledger.KindAlliance, "a", "z", &ledger.OrganCreated{Organ: "o", Title: "t"}),
		of(ledger.KindAlliance, "b", "y", &ledger.OrganCreated{Organ: "p", Title: "t"}),
		of(ledger.KindState, "s", "z", &ledger.StateFormed{Name: "S", How: "unspecified"}),
		of(ledger.KindLedger, "gazette", "z", &ledger.SourceAdded{Title: "G", Form: "press"}),
	}, day(1), "")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range plan.Events {
		got = append(got, e.Aggregate.Subject()+" "+e.Key)
	}
	want := []string{"ledger/gazette z", "state/s z", "alliance/b z", "alliance/b y", "alliance/a z", "crisis/c z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReconcileRefuses(t *testing.T) {
	a := alliance("entente")
	elsewhere := record(ledger.Aggregate{Dataset: "other", Kind: ledger.KindAlliance, ID: "entente"}, "alpha", 0)
	correction := record(a, "beta", 0)
	correction.Content.Payload = &ledger.RecordRetracted{Target: ledger.EventID{1}, Reason: "r"}
	malformed := record(a, "gamma", 0)
	malformed.Content.Citations = nil
	twice := record(a, "delta", 1)
	twice.Where = "other.yaml:9"
	_, err := ingest.Reconcile(new(ingest.Holdings), dataset, []ingest.Record{
		elsewhere, correction, malformed, record(a, "", 0), record(a, "delta", 0), twice,
	}, day(1), "")
	var bad *ingest.Problems
	if !errors.As(err, &bad) || len(bad.List) != 5 {
		t.Fatalf("the error is %v", err)
	}
	for _, want := range []string{
		"the import about the dataset test", "a file holds no corrections", "data.citations: is required",
		"give the record a name", "other.yaml:9: key: \"delta\": alliance/entente has a record of this key already, at file.yaml:delta",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	if _, err := ingest.Reconcile(new(ingest.Holdings), dataset, nil, time.Time{}, ""); err == nil {
		t.Error("a missing time of recording is accepted")
	}
}

// TestRecordedDoesNotCount: an import on another day changes nothing.
func TestRecordedDoesNotCount(t *testing.T) {
	log := newMemory(t)
	file := []ingest.Record{record(alliance("entente"), "alpha", 0)}
	log.append(log.plan(file).Events...)
	later, err := ingest.Reconcile(&log.held, dataset, file, day(20), "somebody else")
	if err != nil || len(later.Events) != 0 {
		t.Errorf("the plan is %+v, %v", later, err)
	}
	file[0].Instant = day(3)
	moved := log.plan(file)
	if len(moved.Events) != 0 || len(moved.Report.Remarks) != 1 {
		t.Errorf("another clock time gives %+v", moved)
	}
	if !bytes.Contains(log.bytes[0], []byte(`"key":"alpha"`)) {
		t.Errorf("the key is missing in %s", log.bytes[0])
	}
}
