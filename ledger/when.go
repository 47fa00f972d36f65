package ledger

import (
	"fmt"
	"strings"
)

// When says when something happened as precisely as its source does: an
// EDTF text (ISO 8601-2:2019, levels 0 and 1) with the earliest and the latest
// day that it can mean. The zero When is "not stated".
//
// Understood are
//
//	1914-08-04              a day
//	1914-08, 1914           a month, a year
//	1914-08-XX, 1914-XX-XX  a day, or a month and a day, not known
//	191X, 19XX              a decade, a century (hundred years of one number)
//	1914~ 1914? 1914%       approximate, uncertain, both
//	1914-21 .. 1914-24      spring, summer, autumn, winter (northern months)
//	1914-08-01/1914-08-04   some day from the first to the last
//	../1914 1914/..         not after, not before
//	/1914 1914/             the same with an end that is not known
//
// An event happens on one day, so an interval here is never a duration: it is
// the set of days among which the true one lies. A qualifier (~ ? %) says that
// the source is not sure of what it states; it does not widen the bounds,
// because EDTF gives it no width. Clock times are not part of When: see
// [Event.Instant].
type When struct {
	text   string
	lo, hi Date
}

// OnDay returns the When that means exactly the day d; the zero When if d is an
// infinity or outside the calendar.
func OnDay(d Date) When {
	if !d.Finite() {
		return When{}
	}
	return When{text: d.String(), lo: d, hi: d}
}

// Between returns the When that means some day from lo to hi, both included; lo
// may be [NoBefore] or hi [NoAfter]. It fails with [ErrDate] if hi is before lo,
// or if neither is a day.
func Between(lo, hi Date) (When, error) {
	switch {
	case !lo.Finite() && lo != NoBefore || !hi.Finite() && hi != NoAfter:
		return When{}, fmt.Errorf("%w: %d to %d is outside the years 1 to 9999", ErrDate, lo, hi)
	case !lo.Finite() && !hi.Finite():
		return When{}, fmt.Errorf("%w: an interval without any bound says nothing; use the zero When", ErrDate)
	case hi < lo:
		return When{}, fmt.Errorf("%w: the interval %s/%s ends before it begins", ErrDate, lo, hi)
	case lo == hi:
		return OnDay(lo), nil
	}
	return When{text: lo.String() + "/" + hi.String(), lo: lo, hi: hi}, nil
}

// ParseWhen reads an EDTF text. The empty text is the zero When. It fails with
// [ErrDate] and says what it expected; what it accepts it prints back
// unchanged.
func ParseWhen(s string) (When, error) {
	if s == "" {
		return When{}, nil
	}
	if len(s) > 64 {
		return When{}, fmt.Errorf("%w: an EDTF date has at most 64 characters, %q has %d", ErrDate, clip(s), len(s))
	}
	from, to, interval := strings.Cut(s, "/")
	if !interval {
		lo, hi, err := parseEDTF(s)
		if err != nil {
			return When{}, err
		}
		return When{text: s, lo: lo, hi: hi}, nil
	}
	return parseInterval(s, from, to)
}

// parseInterval reads from/to, which is s.
func parseInterval(s, from, to string) (When, error) {
	lo, hi := NoBefore, NoAfter
	var err error
	if from != "" && from != ".." {
		if lo, _, err = parseEDTF(from); err != nil {
			return When{}, err
		}
	}
	if to != "" && to != ".." {
		if _, hi, err = parseEDTF(to); err != nil {
			return When{}, err
		}
	}
	if !lo.Finite() && !hi.Finite() {
		return When{}, fmt.Errorf("%w: %q bounds nothing; leave the field out where a date is not known", ErrDate, s)
	}
	if hi < lo {
		return When{}, fmt.Errorf("%w: the interval %q ends before it begins", ErrDate, s)
	}
	return When{text: s, lo: lo, hi: hi}, nil
}

// parseEDTF reads one EDTF date without a slash and returns its first and last
// possible day.
func parseEDTF(s string) (lo, hi Date, err error) {
	fail := func(why string) (Date, Date, error) {
		return 0, 0, fmt.Errorf("%w: %q: %s", ErrDate, s, why)
	}
	t := s
	if n := len(t); n > 0 && strings.IndexByte("~?%", t[n-1]) >= 0 {
		t = t[:n-1]
	}
	if len(t) != 4 && len(t) != 7 && len(t) != 10 {
		return fail("write EDTF: YYYY, YYYY-MM or YYYY-MM-DD, XX for what is not known, ~ ? % at the end")
	}
	yLo, yHi, ok := parseYear(t[:4])
	if !ok {
		return fail("a year has four digits from 0001 to 9999; only its last one or two may be X")
	}
	if len(t) == 4 {
		return civil(yLo, 1, 1), civil(yHi, 12, 31), nil
	}
	if t[4] != '-' || (len(t) == 10 && t[7] != '-') {
		return fail("year, month and day are separated by '-'")
	}
	if t[5:7] == "XX" {
		if len(t) == 10 && t[8:] != "XX" {
			return fail("a known day in an unknown month is EDTF level 2, which the ledger does not read")
		}
		return civil(yLo, 1, 1), civil(yHi, 12, 31), nil
	}
	m, ok := digits(t[5:7])
	if !ok || yLo != yHi {
		return fail("a month is 01 to 12, XX, or a season 21 to 24, and stands after a known year")
	}
	if m >= 21 && m <= 24 && len(t) == 7 {
		if yLo == 9999 && m == 24 {
			return fail("this winter ends after the calendar, which goes to 9999-12-31")
		}
		lo, hi = season(yLo, m)
		return lo, hi, nil
	}
	if m < 1 || m > 12 {
		return fail("a month is 01 to 12, XX, or a season 21 to 24")
	}
	if len(t) == 7 || t[8:] == "XX" {
		return civil(yLo, m, 1), civil(yLo, m, daysIn(yLo, m)), nil
	}
	d, ok := digits(t[8:])
	if !ok || d < 1 || d > daysIn(yLo, m) {
		return fail("there is no such day")
	}
	day := civil(yLo, m, d)
	return day, day, nil
}

// parseYear reads YYYY, YYYX or YYXX.
func parseYear(s string) (lo, hi int, ok bool) {
	span := 1
	digitsPart := s
	switch {
	case strings.HasSuffix(s, "XX"):
		digitsPart, span = s[:2], 100
	case strings.HasSuffix(s, "X"):
		digitsPart, span = s[:3], 10
	}
	n, ok := digits(digitsPart)
	if !ok {
		return 0, 0, false
	}
	lo = n * span
	hi = lo + span - 1
	if hi < 1 {
		return 0, 0, false
	}
	return max(lo, 1), hi, true
}

// season gives the northern meteorological seasons; winter runs into the next
// year. ISO 8601-2 leaves the months of a season open: these are ours.
func season(y, code int) (lo, hi Date) {
	m := 3 * (code - 20) // 21 -> March, 22 -> June, 23 -> September, 24 -> December
	if code == 24 {
		return civil(y, 12, 1), civil(y+1, 3, 1) - 1
	}
	return civil(y, m, 1), civil(y, m+3, 1) - 1
}

// IsZero reports whether no date is stated.
func (w When) IsZero() bool { return w.text == "" }

// Earliest returns the first day that w can mean; [NoBefore] if it is zero or
// has no lower bound.
func (w When) Earliest() Date {
	if w.text == "" {
		return NoBefore
	}
	return w.lo
}

// Latest returns the last day that w can mean; [NoAfter] if it is zero or has
// no upper bound.
func (w When) Latest() Date {
	if w.text == "" {
		return NoAfter
	}
	return w.hi
}

// Exact reports whether w means one single day.
func (w When) Exact() bool { return w.text != "" && w.lo == w.hi }

// String returns the EDTF text, "" for the zero When.
func (w When) String() string { return w.text }

// MarshalText implements [encoding.TextMarshaler].
func (w When) MarshalText() ([]byte, error) { return []byte(w.text), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (w *When) UnmarshalText(b []byte) error {
	v, err := ParseWhen(string(b))
	if err == nil {
		*w = v
	}
	return err
}

// Tri is the answer of a comparison with a date that is not fully known.
type Tri uint8

// The three answers. Out is the zero value.
const (
	Out Tri = iota
	Possibly
	In
)

// String returns "out", "possibly" or "in".
func (t Tri) String() string {
	switch t {
	case In:
		return "in"
	case Possibly:
		return "possibly"
	case Out:
	}
	return "out"
}

// Span is a half-open stretch of history [Since, Until) whose two ends can
// each be known only to lie between two days. An open end is
// UntilEarliest == UntilLatest == [NoAfter].
type Span struct {
	SinceEarliest, SinceLatest Date // the first day in lies between these
	UntilEarliest, UntilLatest Date // the first day out lies between these
}

// At says whether the day d lies in the span: [In] and [Out] when every
// reading of the ends agrees, [Possibly] otherwise. O(1).
func (s Span) At(d Date) Tri {
	switch {
	case d < s.SinceEarliest || d >= s.UntilLatest:
		return Out
	case d >= s.SinceLatest && d < s.UntilEarliest:
		return In
	}
	return Possibly
}

// NewSpan returns the span from since to until; a zero since has no lower
// bound, a zero until has no end. It fails with [ErrDate] if until is certainly
// before since.
func NewSpan(since, until When) (Span, error) {
	s := Span{since.Earliest(), since.Latest(), until.Earliest(), until.Latest()}
	if since.IsZero() {
		s.SinceLatest = NoBefore
	}
	if until.IsZero() {
		s.UntilEarliest = NoAfter
	}
	if s.UntilLatest < s.SinceEarliest {
		return Span{}, fmt.Errorf("%w: the interval from %s to %s ends before it begins", ErrDate, since, until)
	}
	return s, nil
}
