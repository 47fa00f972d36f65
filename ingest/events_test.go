package ingest_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"foedus/ingest"
	"foedus/ledger"
)

// deposit is the n-th of a series of events that look like real ones.
func deposit(n int) ledger.Event {
	states := []ledger.StateID{"canada", "norway", "denmark", "portugal", "united-kingdom"}
	return ledger.Event{
		ID:        ledger.RecordID(ledger.Aggregate{}, strconv.Itoa(n)),
		Aggregate: ledger.Aggregate{Dataset: "bench", Kind: ledger.KindAlliance, ID: fmt.Sprintf("treaty-%d", n%400)},
		Key:       fmt.Sprintf("deposit/%d", n),
		Recorded:  time.Date(2026, 1, 1, 0, 0, n%86400, 0, time.UTC),
		Content: ledger.Content{
			DoneOn: ledger.OnDay(ledger.Date(-7000 + n%9000)),
			Payload: &ledger.ConsentDeposited{
				Party: states[n%len(states)], Mode: "ratification", Depositary: "Government of Ruritania",
			},
			Citations: []ledger.Citation{{Source: "unts-34-243", Locator: fmt.Sprintf("page %d", n%700), Grade: ledger.GradeB}},
		},
	}
}

// lines returns n events as JSON Lines.
func lines(tb testing.TB, n int) []byte {
	tb.Helper()
	var b bytes.Buffer
	for i := range n {
		e := deposit(i)
		enc, err := ledger.Encode(&e)
		if err != nil {
			tb.Fatal(err)
		}
		b.Write(enc.Bytes)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func TestReadEventsKeepsOrderAndBytes(t *testing.T) {
	const n = 9000 // several blocks
	input := lines(t, n)
	events, err := ingest.ReadEvents(iotest.OneByteReader(bytes.NewReader(input[:5000])), "head.jsonl")
	if err == nil {
		t.Fatalf("half an event at the end is accepted: %d events", len(events))
	}
	events, err = ingest.ReadEvents(bytes.NewReader(input), "all.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if len(events) != n {
		t.Fatalf("%d events of %d", len(events), n)
	}
	var out bytes.Buffer
	for i, e := range events {
		if want := deposit(i).ID; e.ID != want {
			t.Fatalf("event %d is %s, want %s", i, e.ID, want)
		}
		out.Write(e.Bytes)
		out.WriteByte('\n')
	}
	if !bytes.Equal(out.Bytes(), input) {
		t.Error("the bytes are not those of the file")
	}
}

func TestReadEventsToleratesEditors(t *testing.T) {
	input := strings.TrimSuffix(string(lines(t, 3)), "\n")
	spaced := strings.ReplaceAll(input, `,"type":`, ` , "type" : `)
	forms := map[string]string{
		"no last line end": input,
		"carriage returns": strings.ReplaceAll(input, "\n", "\r\n") + "\r\n",
		"byte order mark":  "\ufeff" + input + "\n",
		"blank lines":      "\n \n" + strings.ReplaceAll(input, "\n", "\n\n\t\n") + "\n\n",
		"not canonical":    spaced,
		"the same twice":   input + "\n" + input,
	}
	for name, text := range forms {
		t.Run(name, func(t *testing.T) {
			events, err := ingest.ReadEvents(strings.NewReader(text), "x")
			if err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(input, "\n") {
				if string(events[i].Bytes) != line {
					t.Errorf("event %d is %s, want %s", i, events[i].Bytes, line)
				}
			}
		})
	}
}

func TestReadEventsReportsEverything(t *testing.T) {
	good := strings.Split(string(lines(t, 2)), "\n")
	long := `{"id":"` + strings.Repeat("x", 3<<20) + `"}`
	text := strings.Join([]string{
		good[0],
		strings.Replace(good[1], `"grade":"B"`, `"grade":"E"`, 1),
		`{"id":`,
		"",
		long,
		strings.Replace(good[1], "instrument.x", "", 1),
		strings.Replace(good[1], "consent.deposited", "consent.depsited", 1),
		strings.Replace(good[1], "ratification", "accession", 1),
		"{\r}",
	}, "\n")
	events, err := ingest.ReadEvents(strings.NewReader(text), "bad.jsonl")
	if events != nil {
		t.Error("events were returned beside problems")
	}
	var bad *ingest.Problems
	if !errors.As(err, &bad) || !errors.Is(err, ledger.ErrInvalid) {
		t.Fatalf("the error is %v", err)
	}
	wants := []string{
		`bad.jsonl:2: data.citations[0].grade: "E": takes one of: A B C D`,
		`bad.jsonl:3: event: not JSON`,
		`bad.jsonl:5: the line has more than`,
		`did you mean "foedus.consent.deposited.v1"?`,
		`bad.jsonl:9: there is a carriage return inside the line`,
		`line 6 has this id with other content`,
	}
	for _, want := range wants {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	if len(bad.List) != len(wants) {
		t.Errorf("%d problems, want %d:\n%v", len(bad.List), len(wants), err)
	}
}

func TestReadEventsCountsBeyondTheCap(t *testing.T) {
	_, err := ingest.ReadEvents(strings.NewReader(strings.Repeat("{}\n", 400)), "x")
	var bad *ingest.Problems
	if !errors.As(err, &bad) || len(bad.List) != ingest.MaxProblems || bad.More < 300 {
		t.Fatalf("the error is %v", err)
	}
	if !strings.HasSuffix(err.Error(), fmt.Sprintf("and %d more; mend these first", bad.More)) {
		t.Errorf("the end of the message is %q", err.Error()[len(err.Error())-60:])
	}
	if _, err := ingest.ReadEvents(strings.NewReader("\xff\xfe{\x00"), "x"); err == nil || !strings.Contains(err.Error(), "UTF-16") {
		t.Errorf("UTF-16 is not named: %v", err)
	}
}

func TestReadEventsReportsTheReader(t *testing.T) {
	broken := errors.New("the disk is gone")
	r := io.MultiReader(bytes.NewReader(lines(t, 5)), iotest.ErrReader(broken))
	if events, err := ingest.ReadEvents(r, "x"); !errors.Is(err, broken) || events != nil {
		t.Errorf("got %d events and %v", len(events), err)
	}
}

// FuzzReadEvents holds the parallel reader against a loop over lines.
func FuzzReadEvents(f *testing.F) {
	f.Add([]byte("\ufeff\r\n{}\n"))
	f.Add(lines(f, 3))
	f.Add([]byte("{\"a\":\r1}\n\xff\xfe"))
	f.Fuzz(func(t *testing.T, input []byte) {
		got, err := ingest.ReadEvents(bytes.NewReader(input), "x")
		if err != nil {
			if !errors.Is(err, ledger.ErrInvalid) || got != nil {
				t.Fatalf("%d events and %v", len(got), err)
			}
		}
		var want []ledger.Encoded
		bad := false
		for line := range bytes.Lines(bytes.TrimPrefix(input, []byte("\ufeff"))) {
			if line = bytes.TrimSpace(line); len(line) == 0 {
				continue
			}
			var d ledger.Decoder
			if _, enc, err := d.Check(line); err != nil {
				bad = true
			} else {
				want = append(want, enc)
			}
		}
		if bad != (err != nil) && !strings.Contains(fmt.Sprint(err), "other content") {
			t.Fatalf("the error is %v", err)
		}
		for i := range got {
			if !bytes.Equal(got[i].Bytes, want[i].Bytes) || got[i].Aggregate != want[i].Aggregate {
				t.Fatalf("event %d is %s, want %s", i, got[i].Bytes, want[i].Bytes)
			}
		}
	})
}

func BenchmarkReadEvents(b *testing.B) {
	const n = 100_000
	input := lines(b, n)
	b.SetBytes(int64(len(input)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ingest.ReadEvents(bytes.NewReader(input), "bench"); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
}
