package projections

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"foedus/ledger"
)

// dump writes down what the World tells of one aggregate, all of history at one
// state of knowledge, in every view. The sequences are translated by name, so
// that Worlds that hold other events besides can be compared.
func dump(w *World, a ledger.Aggregate, known ledger.Seq, name func(ledger.Seq) string) string {
	var b strings.Builder
	for _, reading := range []Reading{ReadingInForce, ReadingSignature} {
		for _, public := range []bool{false, true} {
			q := Query{Dataset: a.Dataset, Known: known, Reading: reading, Public: public}
			w.FactsOf(q, a, func(f Fact) {
				fmt.Fprintf(&b, "%s %v: %s/%s/%s %s (%s) %v %s known %s by %s,%s %q %q %q\n", reading, public, f.Kind, f.A, f.B, f.Value, f.How,
					f.Span, f.End, name(f.Known), name(f.Causes.Began), name(f.Causes.Ended), f.Dispute(), f.EndDispute(), f.Finding())
			})
		}
	}
	return b.String()
}

// rectangles writes down the whole table as it stands in memory.
func rectangles(w *World) string {
	var b strings.Builder
	for _, s := range w.subjects {
		fmt.Fprintf(&b, "%s %+v\n%+v\n%+v\n%+v\n%+v\n", s.aggregate, s.live, s.dead, s.rare, s.keys, s.items)
	}
	fmt.Fprintf(&b, "%+v\n%+v\n%v\n", w.clips, w.rareItems, w.sym.text)
	return b.String()
}

func drawHistory(t *rapid.T) []*ledger.Event {
	h := &history{t: t}
	for range rapid.IntRange(1, 20).Draw(t, "events") {
		h.step()
	}
	return h.events
}

func apply(t *rapid.T, events []*ledger.Event) *World {
	w := New()
	for i, e := range events {
		if err := w.Apply(ledger.Seq(i+1), int64(i), e); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// TestSameEventsSameTable: nothing in the table depends on anything but the
// events.
func TestSameEventsSameTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		if a, b := rectangles(apply(t, events)), rectangles(apply(t, events)); a != b {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

// TestOtherSubjectsDoNotMatter: what the World tells of an aggregate follows
// from the events about it alone, at every state of knowledge.
func TestOtherSubjectsDoNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := drawHistory(t)
		a := ledger.Aggregate{Dataset: ledger.Core, Kind: ledger.KindAlliance, ID: "pact"}
		alone := slices.DeleteFunc(slices.Clone(all), func(e *ledger.Event) bool { return e.Aggregate != a })
		mixed, single := apply(t, all), apply(t, alone)
		nameIn := func(w *World) func(ledger.Seq) string {
			return func(seq ledger.Seq) string {
				if seq == 0 {
					return "-"
				}
				return w.ID(seq).String()
			}
		}
		k := ledger.Seq(0)
		for i, e := range all {
			if e.Aggregate == a {
				k++
			}
			if x, y := dump(mixed, a, ledger.Seq(i+1), nameIn(mixed)), dump(single, a, k, nameIn(single)); x != y {
				t.Fatalf("known %d: among others\n%s\nalone\n%s", i+1, x, y)
			}
		}
	})
}

// TestPinnedAnswersStay: later events do not change what was answered at an
// earlier state of knowledge, not even its order.
func TestPinnedAnswersStay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		n := rapid.IntRange(0, len(events)).Draw(t, "known")
		before, after := apply(t, events[:n]), apply(t, events)
		on := drawDay(t)
		for _, id := range []string{"pact", "union"} {
			a := ledger.Aggregate{Dataset: ledger.Core, Kind: ledger.KindAlliance, ID: id}
			seq := func(s ledger.Seq) string { return fmt.Sprint(s) }
			if x, y := dump(before, a, ledger.Seq(n), seq), dump(after, a, ledger.Seq(n), seq); x != y {
				t.Fatalf("%s\n%s", x, y)
			}
			q := Query{Dataset: ledger.Core, On: on, Known: ledger.Seq(n), Certain: rapid.Bool().Draw(t, "certain")}
			if x, y := answer(before, q, id), answer(after, q, id); x != y {
				t.Fatalf("%s\n%s", x, y)
			}
			if x, y := fmt.Sprint(before.AllianceTimeline(ledger.Core, ledger.AllianceID(id), q.Known)), fmt.Sprint(after.AllianceTimeline(ledger.Core, ledger.AllianceID(id), q.Known)); x != y {
				t.Fatalf("%s\n%s", x, y)
			}
			to := q
			to.On = drawDay(t)
			if x, y := changes(before.Diff(q, to, Scope{})), changes(after.Diff(q, to, Scope{})); x != y {
				t.Fatalf("%s\n%s", x, y)
			}
		}
	})
}

func drawDay(t *rapid.T) ledger.Date {
	on, err := ledger.ParseDate(rapid.SampledFrom([]string{"1950-01-01", "1950-06-01", "1951-01-01", "1952-02-02", "1953-07-09"}).Draw(t, "day"))
	if err != nil {
		t.Fatal(err)
	}
	return on
}

func line(f *Fact) string {
	return fmt.Sprintf("%s/%s/%s %s (%s) %v %s %v %v", f.Kind, f.A, f.B, f.Value, f.How, f.Span, f.Certainty, f.Known, f.Causes)
}

func answer(w *World, q Query, id string) string {
	v, ok := w.At(q, ledger.KindAlliance, id)
	var b strings.Builder
	fmt.Fprintln(&b, ok, v.Coverage)
	for i := range v.Facts {
		fmt.Fprintln(&b, line(&v.Facts[i]))
	}
	return b.String()
}

func changes(list []Change) string {
	var b strings.Builder
	for i := range list {
		fmt.Fprintln(&b, list[i].Op, line(&list[i].Fact))
	}
	return b.String()
}

// TestSpellsAreTheAnswers: on every day the spells over all of history are what
// At answers for that day, with and without secrets.
func TestSpellsAreTheAnswers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		w := apply(t, events)
		a := ledger.Aggregate{Dataset: ledger.Core, Kind: ledger.KindAlliance, ID: "pact"}
		q := Query{
			Dataset: ledger.Core, On: drawDay(t), Known: ledger.Seq(rapid.IntRange(0, len(events)).Draw(t, "known")),
			Reading: Reading(rapid.IntRange(0, 1).Draw(t, "reading")), Public: rapid.Bool().Draw(t, "public"),
		}
		told := func(f *Fact, t ledger.Tri) string {
			return fmt.Sprintf("%s/%s/%s %s (%s) %v by %v", f.Kind, f.A, f.B, f.Value, f.How, t, f.Causes)
		}
		var want, got []string
		v, _ := w.At(q, a.Kind, a.ID)
		for i := range v.Facts {
			f := &v.Facts[i]
			want = append(want, told(f, f.Span.At(q.On)))
		}
		w.FactsOf(q, a, func(f Fact) {
			if t := f.Span.At(q.On); t != ledger.Out {
				got = append(got, told(&f, t))
			}
		})
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(want, got) {
			t.Fatalf("at %q\nspells %q", want, got)
		}
	})
}

// TestDiffIsTheDifference: what Diff closes and opens turns the first answer
// into the second.
func TestDiffIsTheDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		events := drawHistory(t)
		w := apply(t, events)
		n := len(events)
		from := Query{Dataset: ledger.Core, On: drawDay(t), Known: ledger.Seq(rapid.IntRange(0, n).Draw(t, "from")), Certain: rapid.Bool().Draw(t, "certain")}
		to := from
		to.On, to.Known = drawDay(t), ledger.Seq(rapid.IntRange(0, n).Draw(t, "to"))
		said := func(f *Fact) string {
			return fmt.Sprintf("%s %s/%s/%s %s (%s) %v %q %q %p", f.Aggregate.ID, f.Kind, f.A, f.B, f.Value, f.How, f.Span, f.Dispute(), f.EndDispute(), f.Detail)
		}
		all := func(q Query) (out []string) {
			for _, id := range []string{"pact", "union"} {
				v, _ := w.At(q, ledger.KindAlliance, id)
				for i := range v.Facts {
					out = append(out, said(&v.Facts[i]))
				}
			}
			return out
		}
		now := all(from)
		for _, c := range w.Diff(from, to, Scope{}) {
			s := said(&c.Fact)
			if c.Op == "opened" {
				now = append(now, s)
				continue
			}
			i := slices.Index(now, s)
			if i < 0 {
				t.Fatalf("it closes %s, which was not there", s)
			}
			now = slices.Delete(now, i, i+1)
		}
		want := all(to)
		slices.Sort(now)
		slices.Sort(want)
		if now, want = slices.Compact(now), slices.Compact(want); !slices.Equal(now, want) {
			t.Fatalf("%q and the changes give %q, want %q", all(from), now, want)
		}
	})
}
