package projections_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"foedus/ingest"
	"foedus/ingest/seed"
	"foedus/ledger"
	"foedus/projections"
	"foedus/seeds"
)

// TestConcern says of every kind of fact what it is first about.
func TestConcern(t *testing.T) {
	type states = []ledger.StateID
	pact, greece := ledger.KindAlliance, ledger.KindState
	crisis, book := ledger.KindCrisis, ledger.KindLedger
	for _, c := range []struct {
		kind     projections.FactKind
		of       ledger.Kind
		a, b     string
		how      string
		detail   any
		alliance ledger.AllianceID
		state    ledger.StateID
	}{
		{"status", pact, "", "", "", nil, "x", ""},
		{"party", pact, "a", "", "accession", nil, "x", "a"},
		{"suspension", pact, "a", "b", "", &ledger.ObligationSuspended{By: "a", Toward: states{"b"}}, "x", "a"},
		{"clause", pact, "art-5", "", "", &ledger.Clause{}, "x", ""},
		{"participation", pact, "command", "b", "", nil, "x", "b"},
		{"partner", pact, "programme", "b", "", &ledger.PartnerDesignated{State: "b", By: states{"c"}}, "x", "b"},
		{"organ", pact, "council", "", "", &ledger.OrganCreated{}, "x", ""},
		{"base", pact, "keflavik", "b", "", &ledger.BaseAgreed{Host: "b", User: "c"}, "x", "b"},
		{"posture", pact, "battlegroup", "", "", &ledger.PostureChanged{Host: "b", Lead: "c"}, "x", "b"},
		{"pledge", pact, "two-percent", "", "", &ledger.PledgeMade{}, "x", ""},
		{"pledge", pact, "two-percent", "", "", &ledger.PledgeMade{Givers: states{"b", "c"}}, "x", "b"},
		{"reservation", pact, "r", "b", "", nil, "x", "b"},
		{"objection", pact, "r", "b", "", nil, "x", "b"},
		{"declaration", pact, "art-5", "it covers this", "", &ledger.DeclarationMade{Organ: "council"}, "x", ""},
		{"declaration", pact, "art-5", "it covers this", "", &ledger.DeclarationMade{By: states{"b"}}, "x", "b"},
		{"notice", pact, "a", "", "", nil, "x", "a"},
		{"provisional", pact, "a", "", "", nil, "x", "a"},
		{"protocol", pact, "p", "", "", &ledger.ProtocolSigned{AccessionOf: states{"a"}}, "x", ""},
		{"term", pact, "", "", "", nil, "x", ""},
		{"title", pact, "", "", "", &ledger.InstrumentDescribed{}, "x", ""},
		{"breach", pact, "a", "b", "", &ledger.BreachAlleged{Accuser: "a", Accused: "b"}, "x", "a"},
		{"phase", pact, "phase-1", "b", "", nil, "x", "b"},
		{"existence", greece, "", "", "", &ledger.StateFormed{}, "", "x"},
		{"name", greece, "", "", "", nil, "", "x"},
		{"code", greece, "cow", "", "", nil, "", "x"},
		{"succession", greece, "other", "", "", nil, "", "x"},
		{"territory", greece, "part", "", "", &ledger.TerritoryChanged{}, "", "x"},
		{"government", greece, "", "", "", nil, "", "x"},
		{"attack", crisis, "first", "", "", &ledger.AttackMade{Attackers: states{"a", "c"}, Targets: states{"b"}}, "", "a"},
		{"attack", crisis, "first", "", "", &ledger.AttackMade{AttackerName: "somebody", Targets: states{"b"}}, "", ""},
		{"war", crisis, "a", "b", "", nil, "", "a"},
		{"mobilization", crisis, "a", "", "", nil, "", "a"},
		{"ultimatum", crisis, "a", "b", "", nil, "", "a"},
		{"incident", crisis, "", "", "", &ledger.IncidentOccurred{By: states{"a"}, Against: states{"b"}}, "", "a"},
		{"consultation", crisis, "p", "b", "art-4", &ledger.ConsultationRequested{}, "p", "b"},
		{"consultation", crisis, "p", "", "art-4", &ledger.ConsultationHeld{}, "p", ""},
		{"invocation", crisis, "i", "", "p/art-5", &ledger.ClauseInvoked{Invokers: states{"a"}}, "p", "a"},
		{"invocation", crisis, "i", "", "council", &ledger.InvocationDetermined{}, "", ""},
		{"response", crisis, "r", "p", "treaty-clause", &ledger.ResponseMade{Responders: states{"a", "b"}}, "p", "a"},
		{"response", crisis, "r", "", "", &ledger.ResponseMade{}, "", ""},
		{"neutrality", crisis, "a", "", "", nil, "", "a"},
		{"operation", crisis, "o", "", "", &ledger.OperationStarted{Alliance: "p", Participants: states{"a"}}, "p", "a"},
		{"operation", crisis, "o", "", "", nil, "", ""},
		{"assessment", crisis, "a", "p", "", &ledger.AssessmentRecorded{State: "b"}, "p", "b"},
		{"status", crisis, "", "", "armistice", nil, "", ""},
		{"coverage", book, "", "", "", &ledger.CoverageDeclared{}, "", ""},
		{"dispute", book, "d", "", "", &ledger.DisputeOpened{}, "", ""},
		{"source", book, "", "", "", &ledger.SourceAdded{}, "", ""},
	} {
		f := projections.Fact{
			Kind: c.kind, Aggregate: &ledger.Aggregate{Dataset: ledger.Core, Kind: c.of, ID: "x"}, A: c.a, B: c.b, How: c.how, Detail: c.detail,
		}
		if f.Alliance() != c.alliance || f.State() != c.state {
			t.Errorf("%s of a %s (%s, %s; %T) is about alliance %q and state %q, want %q and %q",
				c.kind, c.of, c.a, c.b, c.detail, f.Alliance(), f.State(), c.alliance, c.state)
		}
	}
}

// TestConcernOfSeeds: whatever the facts of the curated history are first about
// is an alliance or a state that the history tells of, and each kind of fact
// that has a state names it.
func TestConcernOfSeeds(t *testing.T) {
	w := projections.New()
	records, problems := seed.Read(seeds.FS(), ledger.Core)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	plan, err := ingest.Reconcile(new(ingest.Holdings), ledger.Core, records, time.Unix(0, 0), "test")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range plan.Events {
		if err := w.Apply(w.Head()+1, 1, e); err != nil {
			t.Fatal(err)
		}
	}
	exist := func(kind ledger.Kind) map[string]bool {
		all := map[string]bool{"": true}
		for _, id := range w.List(ledger.Core, kind, w.Head()) {
			all[id] = true
		}
		return all
	}
	alliances, states := exist(ledger.KindAlliance), exist(ledger.KindState)
	stateless := make(map[projections.FactKind]bool)
	for seq := ledger.Seq(1); seq <= w.Head(); seq++ {
		for _, c := range w.Update(seq) {
			f := &c.Fact
			if a, s := f.Alliance(), f.State(); !alliances[string(a)] || !states[string(s)] {
				t.Errorf("%d: %s %s %s of %s is about alliance %q and state %q", seq, f.Kind, f.A, f.B, f.Aggregate, a, s)
			}
			if f.State() == "" {
				stateless[f.Kind] = true
			}
		}
	}
	t.Log("without a state:", slices.Sorted(maps.Keys(stateless)))
	for _, kind := range []projections.FactKind{
		projections.FactParty, projections.FactSuspension, projections.FactParticipation, projections.FactPartner, projections.FactBase,
		projections.FactNotice, projections.FactBreach, projections.FactWar, projections.FactExistence, projections.FactName,
	} {
		if stateless[kind] {
			t.Errorf("a %s is about no state", kind)
		}
	}
}
