package seeds_test

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"foedus/ledger"
	"foedus/projections"
	"foedus/seeds"
)

// A check looks at a whole history and says what is wrong, one line a problem:
// file:line, the record, what is wrong, how to mend it. That the files can be
// read at all (no unknown field, no missing citation or grade, no key twice, no
// quotation too long) package ingest/seed has seen to before.
type check func(h *history) []string

func checks() map[string]check {
	return map[string]check{
		"references": references,
		"findings":   findings,
		"coverage":   coverage,
		"names":      names,
		"clauses":    clauses,
		"existence":  existence,
		"sources":    sources,
		"files":      fileNames,
	}
}

// TestLint: nothing is wrong with the seeds.
func TestLint(t *testing.T) {
	h := load(t)
	for name, check := range checks() {
		t.Run(name, func(t *testing.T) {
			for _, problem := range check(h) {
				t.Error(problem)
			}
		})
	}
	for _, problem := range commas(seeds.FS()) {
		t.Error(problem)
	}
}

// commas: a list of sentences on one line has each in quotes, because a comma
// within one would make two of it. In the history it is too late to tell.
func commas(fsys fs.FS) (out []string) {
	files, err := fs.Glob(fsys, "alliances/*.yaml")
	if err != nil {
		return []string{err.Error()}
	}
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			return append(out, err.Error())
		}
		for i, line := range strings.Split(string(text), "\n") {
			list, ok := strings.CutPrefix(strings.TrimSpace(line), "exclusions: [")
			if ok && strings.Contains(list, ",") && !quotedList.MatchString(list) {
				out = append(out, fmt.Sprintf("%s:%d: exclusions: a comma outside quotes begins another item; put each item in double quotes", file, i+1))
			}
		}
	}
	return out
}

var quotedList = regexp.MustCompile(`^"[^"]*"(, "[^"]*")*\]$`)

// at returns where the record of an event stands.
func (h *history) at(e *ledger.Event) string { return h.where[e.ID] + ": " + e.Key }

// query asks about everything at the head.
func (h *history) query() projections.Query {
	return projections.Query{Dataset: ledger.Core, Known: h.world.Head()}
}

// references: every state, alliance, clause, source and event that a record
// names is told of.
func references(h *history) (out []string) {
	for _, e := range h.events {
		for _, f := range h.world.Check([]*ledger.Event{e}, false) {
			f.Field = strings.TrimPrefix(f.Field, "data.")
			out = append(out, fmt.Sprintf("%s: %v", h.at(e), f))
		}
	}
	return out
}

// findings: history is whole. Nobody leaves what he has not joined, and nothing
// ends before it begins. What is odd and right stands in testdata/oddities.txt.
func findings(h *history) (out []string) {
	odd := tableOf("testdata/oddities.txt")
	used := make(map[string]bool)
	for _, f := range h.world.Findings() {
		e := h.events[f.Seq-1]
		name := e.Aggregate.Subject() + " " + e.Key
		used[name] = true
		if _, ok := odd[name]; !ok {
			out = append(out, fmt.Sprintf("%s: %s", h.at(e), f.Text))
		}
	}
	return append(out, stale("testdata/oddities.txt", odd, used, h)...)
}

// coverage: no record is dated after the day to which the dataset, and its
// alliance, claim to be complete.
func coverage(h *history) (out []string) {
	through := make(map[string]ledger.When)
	for _, e := range h.events {
		if p, ok := e.Payload.(*ledger.CoverageDeclared); ok {
			through[e.Aggregate.Subject()] = p.Through
		}
	}
	core := "ledger/" + string(ledger.Core)
	end := through[core]
	if end.IsZero() {
		return []string{"coverage.yaml:1: no coverage.declared on " + core + "; add one"}
	}
	missing := make(map[string]bool)
	for _, e := range h.events {
		subject := e.Aggregate.Subject()
		if _, ok := through[subject]; !ok && e.Aggregate.Kind == ledger.KindAlliance && !missing[subject] {
			missing[subject] = true
			out = append(out, fmt.Sprintf("%s: no coverage.declared on %s; add a record that says from when, through when and what is covered", h.at(e), subject))
		}
		if p, ok := e.Payload.(*ledger.CoverageDeclared); ok && p.Through.String() != end.String() {
			out = append(out, fmt.Sprintf("%s: through: %q: the coverage ends on %s everywhere; move all or none", h.at(e), p.Through, end))
		}
		for _, d := range dates(e) {
			if d.when.Earliest() > end.Latest() {
				out = append(out, fmt.Sprintf("%s: %s: %q: is after %s, where the coverage ends; leave the record out or move the coverage", h.at(e), d.field, d.when, end))
			}
		}
	}
	return out
}

// dated is a date of a record.
type dated struct {
	field string
	when  ledger.When
}

func dates(e *ledger.Event) (out []dated) {
	for _, d := range []dated{{"done_on", e.DoneOn}, {"effective_on", e.EffectiveOn}, {"public_on", e.PublicOn}} {
		if !d.when.IsZero() {
			out = append(out, d)
		}
	}
	return out
}

// names: no name stands for two alliances.
func names(h *history) (out []string) {
	owner := make(map[string]*ledger.Event)
	for _, e := range h.events {
		p, ok := e.Payload.(*ledger.InstrumentDescribed)
		if !ok {
			continue
		}
		for _, n := range slices.Concat([]string{e.Aggregate.ID, p.Title}, p.Aliases, p.Misnomers) {
			other := owner[strings.ToLower(n)]
			if other != nil && other.Aggregate != e.Aggregate {
				out = append(out, fmt.Sprintf("%s: aliases: %q: is a name of %s too (%s); leave it out of both", h.at(e), n, other.Aggregate.Subject(), h.at(other)))
			}
			owner[strings.ToLower(n)] = e
		}
	}
	return out
}

// clauses: who is bound by a clause is a party at some time, and so is who
// profits from it. Who profits without being a party (a state that is
// guaranteed) stands in testdata/beneficiaries.txt.
func clauses(h *history) (out []string) {
	odd := tableOf("testdata/beneficiaries.txt")
	used := make(map[string]bool)
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
		wrong := func(field, state string) {
			out = append(out, fmt.Sprintf("%s: clause.%s: %q: was never a party to %s; name a party or a group, for example @parties", h.at(e), field, state, e.Aggregate.ID))
		}
		for _, s := range clause.Bearer {
			if !strings.HasPrefix(s, "@") && !parties[s] {
				wrong("bearer", s)
			}
		}
		for _, s := range clause.Beneficiary {
			name := e.Aggregate.ID + " " + s
			if strings.HasPrefix(s, "@") || parties[s] {
				continue
			}
			used[name] = true
			if _, ok := odd[name]; !ok {
				wrong("beneficiary", s)
			}
		}
	}
	return append(out, stale("testdata/beneficiaries.txt", odd, used, h)...)
}

func (h *history) everParty(a ledger.Aggregate) map[string]bool {
	parties := make(map[string]bool)
	h.world.SpellsOf(h.query(), a, projections.FactParty, func(f projections.Fact) bool {
		parties[f.A] = parties[f.A] || f.Value == projections.Party || f.Value == projections.Suspended
		return true
	})
	return parties
}

// existence: a state that a record names existed when it was done, or was
// occupied. Acts of who was no member of the international system yet, or no
// longer, stand in testdata/existence.txt.
func existence(h *history) (out []string) {
	odd := tableOf("testdata/existence.txt")
	used := make(map[string]bool)
	lives := h.lives()
	for _, e := range h.events {
		when := e.DoneOn
		if when.IsZero() {
			when = e.EffectiveOn
		}
		if when.IsZero() || e.Aggregate.Kind == ledger.KindState || e.Aggregate.Kind == ledger.KindLedger {
			continue
		}
		for _, m := range ledger.Mentions(e) {
			if m.Kind != string(ledger.KindState) || alive(lives[m.ID], when) || aftermath(e.Payload) {
				continue
			}
			name := e.Aggregate.Subject() + " " + m.ID
			used[name] = true
			if _, ok := odd[name]; !ok {
				out = append(out, fmt.Sprintf("%s: %s: %q: did not exist on %s, by states/%s.yaml; name the state of that day, correct one of the dates, or give the reason in testdata/existence.txt as %q", h.at(e), m.Field, m.ID, when, m.ID, name+": REASON"))
			}
		}
	}
	return append(out, stale("testdata/existence.txt", odd, used, h)...)
}

// aftermath reports whether an event may tell of a state that is no more: its
// end in an alliance, an organ, or in the books of scholars.
func aftermath(p ledger.Payload) bool {
	switch any(p).(type) { // all others are acts of the state
	case *ledger.WithdrawalEffective, *ledger.CommandLeft, *ledger.AssessmentRecorded, *ledger.TreatySuccession, *ledger.InstrumentEnded,
		*ledger.TextDisclosed:
		return true
	}
	return false
}

// lives are the spells in which each state existed.
func (h *history) lives() map[string][]ledger.Span {
	out := make(map[string][]ledger.Span)
	h.world.Spells(h.query(), projections.FactExistence, func(f projections.Fact) bool {
		out[f.Aggregate.ID] = append(out[f.Aggregate.ID], f.Span)
		return true
	})
	return out
}

func alive(spells []ledger.Span, when ledger.When) bool {
	return slices.ContainsFunc(spells, func(s ledger.Span) bool {
		return when.Latest() >= s.SinceEarliest && when.Earliest() < s.UntilLatest
	})
}

// sources: every source is cited.
func sources(h *history) (out []string) {
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
			out = append(out, fmt.Sprintf("%s: subject: %q: no record cites this source; remove it, or cite it where it belongs", h.at(e), e.Aggregate.ID))
		}
	}
	return out
}

// fileNames: a subject has one file, which is found by its name.
func fileNames(h *history) (out []string) {
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
			out = append(out, fmt.Sprintf("%s: is about %s; move it to %s", h.at(e), e.Aggregate.Subject(), want))
		}
	}
	return out
}

// stale reports the lines of a table that nothing needs any more. It looks only
// at the seeds themselves: what other files a test makes has other oddities.
func stale(file string, odd map[string]string, used map[string]bool, h *history) (out []string) {
	if len(h.records) < wholeHistory {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(odd)) {
		if !used[name] {
			out = append(out, fmt.Sprintf("%s: %q is odd no more; remove the line", file, name))
		}
	}
	return out
}
