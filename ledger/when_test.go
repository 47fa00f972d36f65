package ledger

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseWhen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, lo, hi string }{
		{"1914-08-04", "1914-08-04", "1914-08-04"},
		{"1914-08", "1914-08-01", "1914-08-31"},
		{"1916-02", "1916-02-01", "1916-02-29"},
		{"1900-02", "1900-02-01", "1900-02-28"},
		{"1914", "1914-01-01", "1914-12-31"},
		{"0001", "0001-01-01", "0001-12-31"},
		{"9999", "9999-01-01", "9999-12-31"},
		{"1914-08-XX", "1914-08-01", "1914-08-31"},
		{"1914-XX-XX", "1914-01-01", "1914-12-31"},
		{"1914-XX", "1914-01-01", "1914-12-31"},
		{"191X", "1910-01-01", "1919-12-31"},
		{"19XX", "1900-01-01", "1999-12-31"},
		{"000X", "0001-01-01", "0009-12-31"},
		{"00XX", "0001-01-01", "0099-12-31"},
		{"1914~", "1914-01-01", "1914-12-31"},
		{"1914?", "1914-01-01", "1914-12-31"},
		{"1914%", "1914-01-01", "1914-12-31"},
		{"1914-08-04?", "1914-08-04", "1914-08-04"},
		{"191X~", "1910-01-01", "1919-12-31"},
		{"1914-21", "1914-03-01", "1914-05-31"},
		{"1914-22", "1914-06-01", "1914-08-31"},
		{"1914-23", "1914-09-01", "1914-11-30"},
		{"1914-24", "1914-12-01", "1915-02-28"},
		{"1915-24", "1915-12-01", "1916-02-29"},
		{"1914-08-01/1914-08-04", "1914-08-01", "1914-08-04"},
		{"1914-08/1914-08", "1914-08-01", "1914-08-31"},
		{"1914/1918-11-11", "1914-01-01", "1918-11-11"},
		{"1914~/1918?", "1914-01-01", "1918-12-31"},
		{"../1914", "..", "1914-12-31"},
		{"1914/..", "1914-01-01", ".."},
		{"/1914", "..", "1914-12-31"},
		{"1914/", "1914-01-01", ".."},
	} {
		w, err := ParseWhen(c.text)
		if err != nil {
			t.Errorf("ParseWhen(%q): %v", c.text, err)
			continue
		}
		if w.String() != c.text || w.Earliest().String() != c.lo || w.Latest().String() != c.hi {
			t.Errorf("ParseWhen(%q) = %q from %s to %s, want %s to %s", c.text, w, w.Earliest(), w.Latest(), c.lo, c.hi)
		}
		if w.IsZero() || w.Exact() != (c.lo == c.hi && c.lo != "..") {
			t.Errorf("ParseWhen(%q): IsZero %t, Exact %t", c.text, w.IsZero(), w.Exact())
		}
	}
}

func TestParseWhenRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, why string }{
		{"soon", "only its last one or two may be X"},
		{"14", "write EDTF"},
		{"1914-8", "write EDTF"},
		{"1914-08-04T23:00:00Z", "write EDTF"},
		{"~", "write EDTF"},
		{"1914~~", "write EDTF"},
		{"Y19140", "write EDTF"},
		{"-1914", "write EDTF"},
		{"0000", "a year has four digits"},
		{"XXXX", "a year has four digits"},
		{"1XXX", "a year has four digits"},
		{"1914/08", "write EDTF"},
		{"1914.08", "separated by '-'"},
		{"1914-08/04", "write EDTF"},
		{"1914-08.04", "separated by '-'"},
		{"1914-XX-04", "EDTF level 2"},
		{"191X-08", "a known year"},
		{"1914-00", "a month is 01 to 12"},
		{"1914-13", "a month is 01 to 12"},
		{"1914-25", "a month is 01 to 12"},
		{"1914-21-01", "a month is 01 to 12"},
		{"1914-xx", "a month is 01 to 12"},
		{"1914-02-29", "there is no such day"},
		{"1914-08-00", "there is no such day"},
		{"1914-08-3X", "there is no such day"},
		{"9999-24", "after the calendar"},
		{"1918/1914", "ends before it begins"},
		{"../..", "bounds nothing"},
		{"/", "bounds nothing"},
		{"/..", "bounds nothing"},
		{"soon/1914", "a year has four digits"},
		{"1914/soon", "a year has four digits"},
		{"1914//1918", "write EDTF"},
		{strings.Repeat("1", 65), "at most 64 characters"},
	} {
		w, err := ParseWhen(c.text)
		if !errors.Is(err, ErrDate) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("ParseWhen(%q) = %q, %v, want an error with %q", c.text, w, err, c.why)
		}
	}
}

func TestWhenZero(t *testing.T) {
	t.Parallel()
	w, err := ParseWhen("")
	if err != nil || !w.IsZero() || w.Exact() || w.Earliest() != NoBefore || w.Latest() != NoAfter {
		t.Errorf("the zero When: %v, %+v", err, w)
	}
	for _, d := range []Date{NoBefore, NoAfter, MinDate - 1, MaxDate + 1} {
		if w := OnDay(d); !w.IsZero() {
			t.Errorf("OnDay(%d) = %q, want the zero When", d, w)
		}
	}
}

func TestWhenText(t *testing.T) {
	t.Parallel()
	var w When
	if err := w.UnmarshalText([]byte("1914~")); err != nil || w.String() != "1914~" {
		t.Errorf("UnmarshalText = %q, %v", w, err)
	}
	if err := w.UnmarshalText([]byte("x")); err == nil || w.String() != "1914~" {
		t.Errorf("UnmarshalText of nonsense = %q, %v, want an error and no change", w, err)
	}
	if b, err := w.MarshalText(); err != nil || string(b) != "1914~" {
		t.Errorf("MarshalText = %q, %v", b, err)
	}
}

func dates() *rapid.Generator[Date] {
	return rapid.Custom(func(t *rapid.T) Date {
		return Date(rapid.Int32Range(int32(MinDate), int32(MaxDate)).Draw(t, "date"))
	})
}

// A day and an interval that are made mean what their text means.
func TestBetweenAndOnDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := dates().Draw(t, "a"), dates().Draw(t, "b")
		lo, hi := min(a, b), max(a, b)
		switch rapid.IntRange(0, 3).Draw(t, "shape") {
		case 0:
			lo = NoBefore
		case 1:
			hi = NoAfter
		case 2:
			hi = lo
		}
		made, err := Between(lo, hi)
		if err != nil {
			t.Fatal(err)
		}
		if lo == hi && made != OnDay(lo) {
			t.Fatalf("Between(%s, %s) = %q", lo, hi, made)
		}
		read, err := ParseWhen(made.String())
		if err != nil || read != made || made.Earliest() != lo || made.Latest() != hi {
			t.Fatalf("Between(%s, %s) = %+v, read %+v, %v", lo, hi, made, read, err)
		}
	})
	for _, c := range [][2]Date{{1, 0}, {NoBefore, NoAfter}, {NoAfter, NoAfter}, {NoBefore, NoBefore}, {0, NoBefore}, {MinDate - 1, 0}, {0, MaxDate + 1}} {
		if w, err := Between(c[0], c[1]); !errors.Is(err, ErrDate) {
			t.Errorf("Between(%d, %d) = %q, %v, want ErrDate", c[0], c[1], w, err)
		}
	}
}

// At agrees with asking every pair of ends that the span leaves open.
func TestSpanAt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Int32Range(0, 8)
		a, b := Date(day.Draw(t, "since")), Date(day.Draw(t, "since'"))
		c, d := Date(day.Draw(t, "until")), Date(day.Draw(t, "until'"))
		s := Span{min(a, b), max(a, b), min(c, d), max(c, d)}
		for on := Date(-1); on <= 9; on++ {
			if got, want := s.At(on), naiveAt(s, on); got != want {
				t.Fatalf("%+v.At(%d) = %s, want %s", s, on, got, want)
			}
		}
	})
}

func naiveAt(s Span, on Date) Tri {
	in, all := 0, 0
	for since := s.SinceEarliest; since <= s.SinceLatest; since++ {
		for until := s.UntilEarliest; until <= s.UntilLatest; until++ {
			all++
			if since <= on && on < until {
				in++
			}
		}
	}
	switch in {
	case 0:
		return Out
	case all:
		return In
	}
	return Possibly
}

func TestNewSpan(t *testing.T) {
	t.Parallel()
	when := func(s string) When {
		w, err := ParseWhen(s)
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	for _, c := range []struct {
		since, until, on string
		want             Tri
	}{
		{"1949-04-04", "", "1949-04-03", Out},
		{"1949-04-04", "", "1949-04-04", In},
		{"1949-04-04", "", "9999-12-31", In},
		{"1949-04", "", "1949-04-10", Possibly},
		{"1949-04", "", "1949-04-30", In},
		{"", "1955-05-06", "0001-01-01", In},
		{"", "1955-05-06", "1955-05-06", Out},
		{"1949", "1955", "1955-06-01", Possibly},
		{"1949/", "", "1960-01-01", Possibly},
	} {
		s, err := NewSpan(when(c.since), when(c.until))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.At(when(c.on).Earliest()); got != c.want {
			t.Errorf("from %q until %q on %s: %s, want %s", c.since, c.until, c.on, got, c.want)
		}
	}
	if _, err := NewSpan(when("1955"), when("1949")); !errors.Is(err, ErrDate) {
		t.Errorf("a span that ends before it begins: %v", err)
	}
	if Tri(7).String() != "out" {
		t.Error("an unknown Tri must not panic")
	}
}

func FuzzParseWhen(f *testing.F) {
	for _, s := range []string{"1914-08-04", "1914-XX-XX", "191X~", "1914-24", "../1914", "1914/", "1914-08-01/1914-08-04?", "9999-24", "/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		w, err := ParseWhen(s)
		if err != nil {
			if !errors.Is(err, ErrDate) || w != (When{}) {
				t.Fatalf("ParseWhen(%q) = %+v, %v", s, w, err)
			}
			return
		}
		if w.String() != s {
			t.Fatalf("ParseWhen(%q) prints %q", s, w)
		}
		if w.Earliest() > w.Latest() {
			t.Fatalf("%q: %s after %s", s, w.Earliest(), w.Latest())
		}
		for _, d := range []Date{w.Earliest(), w.Latest()} {
			if back, err := ParseDate(d.String()); d.Finite() && (err != nil || back != d) {
				t.Fatalf("%q: bound %d is no day: %v", s, d, err)
			}
		}
	})
}
