package seeds_test

import (
	"path"
	"strings"
	"testing"

	"foedus/ledger"
	"foedus/projections"
)

// at returns where the record of an event stands.
func (h *history) at(e *ledger.Event) string { return h.where[e.ID] + ": " + e.Key }

// query asks about everything at the head.
func (h *history) query() projections.Query {
	return projections.Query{Dataset: ledger.Core, Known: h.world.Head()}
}

// TestReferences: every state, alliance, clause, source and event that a record
// names is told of.
func TestReferences(t *testing.T) {
	h := load(t)
	for _, e := range h.events {
		for _, f := range h.world.Check([]*ledger.Event{e}, false) {
			f.Field = strings.TrimPrefix(f.Field, "data.")
			t.Errorf("%s: %v", h.at(e), f)
		}
	}
}

// oddities are findings that are right as they are, by subject and key, each
// with the reason.
func oddities() map[string]string {
	return map[string]string{
		"alliance/nato posture/headquarters-in-france": "the headquarters were there from the start; no source gives the day on which each came",
	}
}

// TestFindings: history is whole. Nobody leaves what he has not joined, and
// nothing ends before it begins.
func TestFindings(t *testing.T) {
	h := load(t)
	odd, used := oddities(), make(map[string]bool)
	for _, f := range h.world.Findings() {
		e := h.events[f.Seq-1]
		name := e.Aggregate.Subject() + " " + e.Key
		used[name] = true
		if _, ok := odd[name]; ok {
			continue
		}
		t.Errorf("%s: %s", h.at(e), f.Text)
	}
	for name := range odd {
		if !used[name] {
			t.Errorf("oddities: %q is not found any more; remove it from the table", name)
		}
	}
}

// TestCoverage: no record is dated after the day to which the dataset claims to
// be complete.
func TestCoverage(t *testing.T) {
	h := load(t)
	through := ledger.NoBefore
	for _, e := range h.events {
		p, ok := e.Payload.(*ledger.CoverageDeclared)
		if ok && e.Aggregate.ID == string(ledger.Core) {
			through = p.Through.Latest()
		}
		if ok && p.Through.String() != "2025-12-31" {
			t.Errorf("%s: through: %q: the coverage ends on 2025-12-31 everywhere; move all or none", h.at(e), p.Through)
		}
	}
	if through == ledger.NoBefore {
		t.Fatal("coverage.yaml: no coverage.declared on ledger/core; add one")
	}
	for _, e := range h.events {
		for field, when := range map[string]ledger.When{"done_on": e.DoneOn, "effective_on": e.EffectiveOn, "public_on": e.PublicOn} {
			if !when.IsZero() && when.Earliest() > through {
				t.Errorf("%s: %s: %q: is after %s, where the coverage ends; leave the record out or move the coverage", h.at(e), field, when, through)
			}
		}
	}
}

// TestNames: no name stands for two alliances.
func TestNames(t *testing.T) {
	h := load(t)
	owner := make(map[string]*ledger.Event)
	for _, e := range h.events {
		p, ok := e.Payload.(*ledger.InstrumentDescribed)
		if !ok {
			continue
		}
		names := append([]string{e.Aggregate.ID, p.Title}, append(p.Aliases, p.Misnomers...)...)
		for _, n := range names {
			other := owner[strings.ToLower(n)]
			if other != nil && other.Aggregate != e.Aggregate {
				t.Errorf("%s: aliases: %q: is a name of %s too (%s); leave it out of both", h.at(e), n, other.Aggregate.Subject(), h.at(other))
			}
			owner[strings.ToLower(n)] = e
		}
	}
}

// TestClauseStates: who is bound by a clause, or profits from it, is a party at
// some time.
func TestClauseStates(t *testing.T) {
	h := load(t)
	for _, e := range h.events {
		var clause *ledger.Clause
		switch p := any(e.Payload).(type) {
		case *ledger.ClauseAdded:
			clause = &p.Clause
		case *ledger.ClauseChanged:
			clause = &p.Clause
		default:
			continue
		}
		parties := h.everParty(e.Aggregate)
		for field, states := range map[string][]string{"bearer": clause.Bearer, "beneficiary": clause.Beneficiary} {
			for _, s := range states {
				if !strings.HasPrefix(s, "@") && !parties[s] {
					t.Errorf("%s: clause.%s: %q: was never a party to %s; name a party or a group, for example @parties", h.at(e), field, s, e.Aggregate.ID)
				}
			}
		}
	}
}

func (h *history) everParty(a ledger.Aggregate) map[string]bool {
	parties := make(map[string]bool)
	h.world.SpellsOf(h.query(), a, projections.FactParty, func(f projections.Fact) bool {
		parties[f.A] = parties[f.A] || f.Value == projections.Party || f.Value == projections.Suspended
		return true
	})
	return parties
}

// TestSources: every source is cited.
func TestSources(t *testing.T) {
	h := load(t)
	cited := make(map[string]bool)
	for _, e := range h.events {
		for _, m := range ledger.Mentions(e) {
			if m.Kind == "source" {
				cited[m.ID] = true
			}
		}
	}
	for _, e := range h.events {
		if _, ok := e.Payload.(*ledger.SourceAdded); ok && !cited[e.Aggregate.ID] {
			t.Errorf("%s: subject: %q: no record cites this source; remove it, or cite it where it belongs", h.at(e), e.Aggregate.ID)
		}
	}
}

// TestFileNames: a subject has one file, which is found by its name.
func TestFileNames(t *testing.T) {
	h := load(t)
	folders := map[ledger.Kind]string{ledger.KindAlliance: "alliances", ledger.KindState: "states", ledger.KindCrisis: "crises"}
	for _, e := range h.events {
		file, _, _ := strings.Cut(h.where[e.ID], ":")
		want := path.Join(folders[e.Aggregate.Kind], e.Aggregate.ID+".yaml")
		switch {
		case e.Payload.Type() == ledger.TypeSourceAdded: // by topic, in any file of the folder
			want = path.Join("sources", path.Base(file))
		case e.Aggregate.Kind == ledger.KindLedger:
			want = "coverage.yaml"
		}
		if file != want {
			t.Errorf("%s: is about %s; move it to %s", h.at(e), e.Aggregate.Subject(), want)
		}
	}
}
