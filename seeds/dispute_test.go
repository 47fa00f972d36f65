package seeds_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"foedus/ledger"
	"foedus/projections"
)

// TestClaims: if a claim of a dispute about a date were the truth, the answers
// would be others than under a claim with another date. A dispute for which that
// is not so is about nothing that anybody can ask.
func TestClaims(t *testing.T) {
	h := load(t)
	compared := 0
	for _, e := range h.events {
		p, ok := e.Payload.(*ledger.DisputeOpened)
		// What a record says may be over before it becomes public.
		if !ok || p.About.IsZero() || p.Field == "public_on" || h.factless(p.About) {
			continue
		}
		dates := claimed(p)
		var days []ledger.Date
		for _, w := range dates {
			days = append(days, w.Earliest()-1, w.Earliest(), w.Latest(), w.Latest()+1)
		}
		answers := make([]string, len(dates))
		for i, w := range dates {
			answers[i] = h.suppose(t, e, p, w, days)
			for j := range i {
				compared++
				if answers[i] == answers[j] {
					t.Errorf("%s: %s and %s lead to the same answers on the days between; leave out about, or say what differs", h.at(e), dates[j], w)
				}
			}
		}
	}
	if compared < 10 {
		t.Errorf("%d claims compared; the seeds have more disputed dates", compared)
	}
	t.Logf("%d pairs of claims compared", compared)
}

// factless reports whether only the timeline tells of a record: a disclosure is
// in the dates of what it disclosed, and a part that nobody recorded as taken
// cannot end.
func (h *history) factless(id ledger.EventID) bool {
	for _, e := range h.events {
		if e.ID == id {
			changed, ok := e.Payload.(*ledger.ParticipationChanged)
			return ok && changed.To == "none" || e.Payload.Type() == ledger.TypeTextDisclosed
		}
	}
	return false
}

// claimed are the different dates that the claims of a dispute state.
func claimed(p *ledger.DisputeOpened) (out []ledger.When) {
	for i := range p.Claims {
		w, err := ledger.ParseWhen(p.Claims[i].Value)
		if err == nil && !slices.ContainsFunc(out, func(o ledger.When) bool { return o.String() == w.String() }) {
			out = append(out, w)
		}
	}
	return out
}

// suppose returns what the ledger would answer on some days if the record that
// a dispute is about had been recorded with another date, and nobody disputed it.
func (h *history) suppose(t *testing.T, dispute *ledger.Event, p *ledger.DisputeOpened, date ledger.When, days []ledger.Date) string {
	t.Helper()
	w := projections.New()
	for _, e := range h.events {
		if e.Aggregate != dispute.Aggregate || e == dispute {
			continue
		}
		if d, ok := e.Payload.(*ledger.DisputeDecided); ok && d.Dispute == p.Dispute {
			continue
		}
		if e.ID == p.About {
			other := *e
			if p.Field == "effective_on" {
				other.EffectiveOn = date
			} else {
				other.DoneOn = date
			}
			e = &other
		}
		if err := w.Apply(w.Head()+1, 1, e); err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	q := projections.Query{Dataset: ledger.Core, Known: w.Head()}
	for _, q.On = range days {
		v, _ := w.At(q, dispute.Aggregate.Kind, dispute.Aggregate.ID)
		fmt.Fprintln(&b, q.On)
		for _, f := range v.Facts {
			fmt.Fprintln(&b, f.Kind, f.A, f.B, f.Value, f.Certainty)
		}
	}
	return b.String()
}

// TestPopularClaims: each of twenty claims that circulate about alliances stands
// in the seeds as a dispute with the verdict that testdata/claims.txt has. A
// line is "KIND/ID DISPUTE VERDICT # the claim".
func TestPopularClaims(t *testing.T) {
	const file = "testdata/claims.txt"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	h := load(t)
	n := 0
	for i, line := range strings.Split(string(text), "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		where := fmt.Sprintf("%s:%d", file, i+1)
		if len(words) != 3 {
			t.Fatalf("%s: write KIND/ID DISPUTE VERDICT # the claim", where)
		}
		n++
		kind, id, _ := strings.Cut(words[0], "/")
		got := "-"
		a := ledger.Aggregate{Dataset: ledger.Core, Kind: ledger.Kind(kind), ID: id}
		h.world.SpellsOf(h.query(), a, projections.FactDispute, func(f projections.Fact) bool {
			if f.A == words[1] {
				got = f.Value
			}
			return true
		})
		if got != words[2] {
			t.Errorf("%s: %s %s: the verdict is %s, want %s", where, words[0], words[1], got, words[2])
		}
	}
	if n != 20 {
		t.Errorf("%s has %d claims, want 20", file, n)
	}
}
