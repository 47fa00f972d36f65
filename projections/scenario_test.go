package projections_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"foedus/ledger"
	"foedus/projections"
)

// The scenarios in testdata/scenarios are written in a small language, one
// statement a line; # begins a comment.
//
//	scenario NAME                  begins one; its World is empty
//	given [alliance|state|crisis|ledger ID]
//	  SEQ VERB WORDS... [DATE] [KEY DATE]...
//	in any order                   every order of the (few) events gives the same answers
//	at DATE [POINT...] expect WHAT = ANSWER
//	expect WHAT = ANSWER           of what has no date
//
// Sequences count from 1 through the whole scenario. A bare DATE is done_on; the
// keys are done, effective, public, until, from, through. The verbs stand in
// scenario_verbs_test.go. A POINT is "known SEQ", "reading signature", "public"
// or "certain".
//
// WHAT is one of
//
//	STATE                          its statuses in the alliance given last
//	KIND [A [B]]                   the values of the facts of a kind
//	since|until|end|disputed|end-disputed KIND [A [B]]
//	coverage
//	argument TEXT                  the state that a state argument means
//	alliance TEXT                  the alliance that a name means
//	memberships STATE              ALLIANCE STATUS, in every alliance
//	diff DATE|known SEQ            from the point asked about to that one
//	findings [KIND:ID]             their sequences
//	timeline [STATE]               root>version where it was corrected
//	known-at NANOSECONDS           event n was acknowledged at n seconds
//	check EVENT, strict EVENT      the fields refused and why
//
// and ANSWER is a list separated by commas, "none" for an empty one. A value
// that only possibly holds has " possibly" behind it. An answer is asked of the
// World with all events, and again of one that holds no more than known: the two
// must agree.

type scenario struct {
	file, name string
	line       int
	events     []*ledger.Event
	expects    []expectation
	anyOrder   bool
	subject    ledger.Aggregate
}

type expectation struct {
	line    int
	subject ledger.Aggregate
	query   projections.Query // Known 0 means the head
	what    []string
	answer  string
}

func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no scenarios", err)
	}
	count := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		scenarios, err := parseScenarios(filepath.Base(file), string(text))
		if err != nil {
			t.Error(err)
		}
		for _, s := range scenarios {
			count += len(s.expects)
			t.Run(strings.ReplaceAll(s.name, " ", "-"), s.run)
		}
	}
	if count < 80 {
		t.Errorf("the scenarios hold %d expectations, at least 80 are wanted: do not drop any", count)
	}
}

// TestScenarioErrors: what the language does not know is refused with its line.
func TestScenarioErrors(t *testing.T) {
	for text, want := range map[string]string{
		"scenario x\ngiven\n 1 flew belgium":                        "x.txt:3: there is no verb \"flew\"",
		"scenario x\ngiven\n 2 signed belgium":                      "x.txt:3: the next sequence is 1",
		"scenario x\ngiven\n 1 signed":                              "x.txt:3: signed takes",
		"scenario x\ngiven\n 1 signed belgium 1949-13-01":           "x.txt:3: signed takes",
		"scenario x\ngiven\n 1 signed belgium done 1949-13-01":      "x.txt:3: ",
		"scenario x\nat 1949-01-01 sideways expect belgium = party": "x.txt:2: there is no point \"sideways\"",
		"scenario x\nat 1949-01-01 expect belgium party":            "x.txt:2: an expectation is WHAT = ANSWER",
		"given":             "x.txt:1: begin with a scenario",
		"scenario x\nwhat?": "x.txt:2: there is no statement \"what?\"",
	} {
		if _, err := parseScenarios("x.txt", text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v, want %q", text, err, want)
		}
	}
}

func parseScenarios(file, text string) (out []*scenario, err error) {
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if words[0] == "scenario" {
			out = append(out, &scenario{file: file, name: strings.Join(words[1:], " "), line: i + 1})
			continue
		}
		if len(out) == 0 {
			return out, fmt.Errorf("%s:%d: begin with a scenario", file, i+1)
		}
		if err := out[len(out)-1].statement(i+1, words); err != nil {
			return out, fmt.Errorf("%s:%d: %w", file, i+1, err)
		}
	}
	return out, nil
}

func (s *scenario) statement(line int, words []string) error {
	switch words[0] {
	case "given":
		s.subject = aggregate("alliance", "pact")
		if len(words) == 3 {
			s.subject = aggregate(words[1], words[2])
		}
		return nil
	case "in":
		s.anyOrder = true
		return nil
	case "at", "expect":
		return s.expect(line, words)
	}
	seq, err := strconv.Atoi(words[0])
	if err != nil {
		return fmt.Errorf("there is no statement %q", words[0])
	}
	if seq != len(s.events)+1 {
		return fmt.Errorf("the next sequence is %d", len(s.events)+1)
	}
	c, err := parseContent(words[1:])
	if err != nil {
		return err
	}
	s.events = append(s.events, &ledger.Event{ID: eventID(seq), Aggregate: s.subject, Content: c})
	return nil
}

func aggregate(kind, id string) ledger.Aggregate {
	return ledger.Aggregate{Dataset: ledger.Core, Kind: ledger.Kind(kind), ID: id}
}

func eventID(seq int) ledger.EventID { return ledger.RecordID(ledger.Aggregate{}, strconv.Itoa(seq)) }

// expect reads "at DATE [POINT...] expect WHAT = ANSWER".
func (s *scenario) expect(line int, words []string) error {
	e := expectation{line: line, subject: s.subject, query: projections.Query{Dataset: ledger.Core}}
	if words[0] == "at" {
		if len(words) < 2 {
			return errors.New("at takes a date")
		}
		on, err := ledger.ParseDate(words[1])
		if err != nil {
			return err
		}
		e.query.On = on
		words = words[2:]
		for len(words) > 0 && words[0] != "expect" {
			if words, err = e.point(words); err != nil {
				return err
			}
		}
	}
	at := slices.Index(words, "=")
	if at < 2 {
		return errors.New("an expectation is WHAT = ANSWER")
	}
	e.what, e.answer = words[1:at], strings.Join(words[at+1:], " ")
	s.expects = append(s.expects, e)
	return nil
}

func (e *expectation) point(words []string) ([]string, error) {
	switch words[0] {
	case "public":
		e.query.Public = true
		return words[1:], nil
	case "certain":
		e.query.Certain = true
		return words[1:], nil
	case "known", "reading":
		if len(words) < 2 {
			return nil, fmt.Errorf("%s takes a value", words[0])
		}
		seq, err := strconv.Atoi(words[1])
		reading, ok := projections.ParseReading(words[1])
		switch {
		case words[0] == "known" && err == nil:
			e.query.Known = ledger.Seq(seq)
		case words[0] == "reading" && ok:
			e.query.Reading = reading
		default:
			return nil, fmt.Errorf("%q is no value of %s", words[1], words[0])
		}
		return words[2:], nil
	}
	return nil, fmt.Errorf("there is no point %q", words[0])
}

func worldOf(t *testing.T, events []*ledger.Event) *projections.World {
	t.Helper()
	w := projections.New()
	for i, e := range events {
		if err := w.Apply(ledger.Seq(i+1), int64(i+1)*1e9, e); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (s *scenario) run(t *testing.T) {
	full := worldOf(t, s.events)
	for _, e := range s.expects {
		s.verify(t, full, e)
		if k := int(e.query.Known); k > 0 && k < len(s.events) && e.what[0] != "diff" {
			s.verify(t, worldOf(t, s.events[:k]), e)
		}
	}
	if !s.anyOrder {
		return
	}
	permutations(s.events, func(events []*ledger.Event) {
		w := worldOf(t, events)
		for _, e := range s.expects {
			s.verify(t, w, e)
		}
	})
}

func (s *scenario) verify(t *testing.T, w *projections.World, e expectation) {
	t.Helper()
	if e.query.Known == 0 {
		e.query.Known = w.Head()
	}
	if got := e.ask(w); got != e.answer {
		t.Errorf("%s:%d: head %d: %s = %s, want %s", s.file, e.line, w.Head(), strings.Join(e.what, " "), got, e.answer)
	}
}

// permutations calls f with every order of the events (Heap's algorithm).
func permutations(events []*ledger.Event, f func([]*ledger.Event)) {
	a := slices.Clone(events)
	var heap func(n int)
	heap = func(n int) {
		if n <= 1 {
			f(slices.Clone(a))
			return
		}
		for i := range n {
			heap(n - 1)
			j := i
			if n%2 == 1 {
				j = 0
			}
			if i < n-1 {
				a[j], a[n-1] = a[n-1], a[j]
			}
		}
	}
	heap(len(a))
}

// ask answers an expectation.
func (e *expectation) ask(w *projections.World) string {
	arg := strings.Join(e.what[1:], " ")
	switch e.what[0] {
	case "since", "until", "end", "disputed", "end-disputed":
		var out []string
		for _, f := range e.facts(w, e.what[1:]) {
			out = append(out, detailOf(e.what[0], &f))
		}
		return list(out)
	case "coverage":
		v, _ := w.At(e.query, e.subject.Kind, e.subject.ID)
		return string(v.Coverage)
	case "argument":
		id, err := w.State(e.query, arg)
		return resolved(string(id), err)
	case "alliance":
		id, err := w.Alliance(e.query, arg)
		return resolved(string(id), err)
	case "memberships":
		var out []string
		for _, f := range w.Memberships(e.query, ledger.StateID(arg)) {
			out = append(out, f.Aggregate.ID+" "+value(&f))
		}
		return list(out)
	case "diff":
		return e.diff(w)
	case "findings":
		return findings(w, arg)
	case "timeline":
		return e.timeline(w, arg)
	case "known-at":
		n, _ := strconv.ParseInt(arg, 10, 64)
		return strconv.Itoa(int(w.KnownAt(n)))
	case "check", "strict":
		return e.check(w)
	}
	var out []string
	for _, f := range e.facts(w, e.what) {
		out = append(out, value(&f))
	}
	return list(out)
}

// facts returns the facts that "KIND A B" or "STATE" names.
func (e *expectation) facts(w *projections.World, what []string) (out []projections.Fact) {
	if !slices.Contains(kindsOfFacts(), projections.FactKind(what[0])) {
		what = append([]string{"party"}, what...)
	}
	v, _ := w.At(e.query, e.subject.Kind, e.subject.ID)
	for _, f := range v.Of(projections.FactKind(what[0])) {
		if (len(what) < 2 || f.A == what[1]) && (len(what) < 3 || f.B == what[2]) {
			out = append(out, f)
		}
	}
	return out
}

func kindsOfFacts() []projections.FactKind {
	return []projections.FactKind{
		projections.FactStatus, projections.FactParty, projections.FactSuspension, projections.FactClause, projections.FactParticipation,
		projections.FactOrgan, projections.FactNotice, projections.FactTitle, projections.FactTerm, projections.FactProtocol,
		projections.FactExistence, projections.FactName, projections.FactCode, projections.FactAttack, projections.FactWar,
		projections.FactUltimatum, projections.FactInvocation, projections.FactConsultation, projections.FactCoverage, projections.FactDispute,
	}
}

func value(f *projections.Fact) string {
	if f.Certainty == ledger.Possibly {
		return f.Value + " possibly"
	}
	return f.Value
}

func detailOf(what string, f *projections.Fact) string {
	span := func(lo, hi ledger.Date) string {
		if lo == hi {
			return lo.String()
		}
		return lo.String() + "/" + hi.String()
	}
	switch what {
	case "since":
		return span(f.Span.SinceEarliest, f.Span.SinceLatest)
	case "until":
		return span(f.Span.UntilEarliest, f.Span.UntilLatest)
	case "disputed":
		return f.Dispute()
	case "end-disputed":
		return f.EndDispute()
	}
	return string(f.End)
}

func list(out []string) string {
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}

func resolved(id string, err error) string {
	if ambiguous, ok := errors.AsType[*projections.AmbiguousError](err); ok {
		return "ambiguous " + list(ambiguous.Candidates)
	}
	if err != nil {
		return err.Error()
	}
	return id
}

func (e *expectation) diff(w *projections.World) string {
	to := e.query
	if e.what[1] == "known" {
		n, _ := strconv.Atoi(e.what[2])
		to.Known = ledger.Seq(n)
	} else {
		to.On, _ = ledger.ParseDate(e.what[1])
	}
	var out []string
	for _, c := range w.Diff(e.query, to, projections.Scope{Alliance: ledger.AllianceID(e.subject.ID)}) {
		out = append(out, strings.Join(strings.Fields(c.Op+" "+string(c.Fact.Kind)+" "+c.Fact.A+" "+value(&c.Fact)), " "))
	}
	return list(out)
}

func findings(w *projections.World, arg string) string {
	found := w.Findings()
	if kind, id, ok := strings.Cut(arg, ":"); ok {
		found = w.FindingsOf(aggregate(kind, id))
	}
	seqs := map[int]bool{}
	for _, f := range found {
		if !strings.Contains(f.Text, "of which no event tells") && !strings.Contains(f.Text, "append one with its") {
			seqs[int(f.Seq)] = true
		}
	}
	var out []string
	for _, seq := range slices.Sorted(maps.Keys(seqs)) {
		out = append(out, strconv.Itoa(seq))
	}
	return list(out)
}

func (e *expectation) timeline(w *projections.World, state string) string {
	told := w.AllianceTimeline(ledger.Core, ledger.AllianceID(e.subject.ID), e.query.Known)
	if state != "" {
		told = w.StateTimeline(ledger.Core, ledger.StateID(state), e.query.Known)
	}
	var out []string
	for _, x := range told {
		s := strconv.Itoa(int(x.Root))
		if x.Version != x.Root {
			s += ">" + strconv.Itoa(int(x.Version))
		}
		out = append(out, s)
	}
	return list(out)
}

func (e *expectation) check(w *projections.World) string {
	c, err := parseContent(e.what[1:])
	if err != nil {
		return err.Error()
	}
	var out []string
	for _, bad := range w.Check([]*ledger.Event{{ID: eventID(999), Aggregate: e.subject, Content: c}}, e.what[0] == "strict") {
		out = append(out, bad.Field+" "+bad.Why)
	}
	return list(out)
}
