package obligations_test

import (
	"slices"
	"testing"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/obligations"
)

func historyOf(t *testing.T, p obligations.PerformanceQuery) *obligations.Performance {
	t.Helper()
	on, err := ledger.ParseDate("2026-01-01")
	if err != nil {
		t.Fatal(err)
	}
	w := curated()
	return obligations.History(w, projections.Query{Dataset: ledger.Core, On: on, Known: w.Head()}, p)
}

// occasion finds one that was invoked, or answered without.
func occasion(p *obligations.Performance, crisis string, alliance ledger.AllianceID, clause ledger.ClauseID) *obligations.Occasion {
	for i := range p.Occasions {
		if o := &p.Occasions[i]; o.Crisis == crisis && o.Alliance == alliance && (clause == "" || o.Clause == clause) {
			return o
		}
	}
	return nil
}

func party(o *obligations.Occasion, id ledger.StateID) *obligations.PartyRecord {
	for i := range o.Parties {
		if o.Parties[i].State == id {
			return &o.Parties[i]
		}
	}
	return nil
}

// TestHistory compares with what the curated history is known to tell.
func TestHistory(t *testing.T) {
	all := historyOf(t, obligations.PerformanceQuery{})

	// NATO, 2001: ruled on the very day, and done by the alliance as a whole.
	o := occasion(all, "september-2001", "nato", "art-5")
	if o == nil || !o.Invoked || len(o.Parties) != 19 || len(o.Rulings) != 2 || len(o.Collective) < 8 {
		t.Fatalf("NATO in 2001: %+v", o)
	}
	if r := party(o, "canada"); len(r.Deeds) != 0 || !r.Bearer {
		t.Errorf("what the alliance did counts for Canada: %+v", r)
	}

	// Italy, 1914: it refused and stayed neutral, and the claims on that conflict.
	o = occasion(all, "triple-alliance-1914", "triple-alliance", "art-3")
	if o == nil || !o.Invoked {
		t.Fatal("the Triple Alliance was not invoked")
	}
	italy, germany := party(o, "italy"), party(o, "germany")
	refused := func(d obligations.Deed) bool { return d.Value == "refusal" && d.Named }
	if !slices.ContainsFunc(italy.Deeds, refused) || !italy.Bearer || !germany.Invoker || germany.Bearer {
		t.Errorf("Italy %+v, Germany %+v", italy, germany)
	}
	claims := historyOf(t, obligations.PerformanceQuery{Alliance: "triple-alliance"}).Assessments
	values := map[string]bool{}
	for _, c := range claims {
		values[c.Value] = true
		if c.Rule == "" || c.Event == 0 {
			t.Errorf("a claim without its rule: %+v", c)
		}
	}
	if !values["violated"] || !values["not-triggered"] {
		t.Errorf("the claims on the Triple Alliance do not conflict: %v", values)
	}

	// The Soviet Union and Japan: nothing done is neutrality kept.
	o = occasion(all, "soviet-union-1941", "soviet-japanese-neutrality-1941", "art-2")
	if o == nil || o.Invoked {
		t.Fatalf("the neutrality of 1941: %+v", o)
	}
	if r := party(o, "japan"); !slices.ContainsFunc(r.Deeds, func(d obligations.Deed) bool { return d.Value == "none" && d.Still }) {
		t.Errorf("Japan %+v", r)
	}
	// Turkey in 1940 did nothing under a clause that asks for help.
	o = occasion(all, "balkans-1940", "anglo-french-turkish-alliance", "art-3")
	if r := party(o, "turkey"); !slices.ContainsFunc(r.Deeds, func(d obligations.Deed) bool { return d.Value == "none" && !d.Still }) {
		t.Errorf("Turkey %+v", r)
	}
}

// TestHistoryCounts: every number has its rule, none is larger than its total, and
// a selection counts only what it selects.
func TestHistoryCounts(t *testing.T) {
	for _, p := range []obligations.PerformanceQuery{
		{}, {Alliance: "nato"}, {State: "italy"}, {Crisis: "july-1914"}, {Alliance: "rio-treaty"}, {Alliance: "no-such-alliance"},
	} {
		h := historyOf(t, p)
		for _, c := range h.Counts {
			if c.Rule == "" || c.Over == "" || c.N > c.Of || c.Of == 0 {
				t.Errorf("%+v: %+v", p, c)
			}
		}
		for i := range h.Occasions {
			o := &h.Occasions[i]
			if p.Alliance != "" && o.Alliance != p.Alliance || p.Crisis != "" && o.Crisis != p.Crisis || p.State != "" && party(o, p.State) == nil {
				t.Errorf("%+v selects %s %s %s", p, o.Crisis, o.Alliance, o.Clause)
			}
		}
		t.Logf("%+v: %d occasions, %d assessments, %v", p, len(h.Occasions), len(h.Assessments), h.Counts)
	}
}
