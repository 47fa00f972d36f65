package ledger

import (
	"fmt"
	"math"
)

// Date is a civil day in the proleptic Gregorian calendar, counted in days
// from 1970-01-01. It has no clock and no zone: a treaty is signed on a day.
// The zero value is 1970-01-01 and means nothing special; use [When] where a
// date can be absent.
//
// The bounds are [MinDate] and [MaxDate]; the two values beyond them,
// [NoBefore] and [NoAfter], stand for "no lower bound" and "no upper bound".
type Date int32

// The ends of the calendar that the ledger accepts, years 1 to 9999, and the
// two infinities beyond them.
const (
	MinDate  Date = -719162 // 0001-01-01
	MaxDate  Date = 2932896 // 9999-12-31
	NoBefore Date = math.MinInt32
	NoAfter  Date = math.MaxInt32
)

// NewDate returns the day y-m-d. It fails with [ErrDate] if there is no such
// day or the year is outside 1 to 9999.
func NewDate(y, m, d int) (Date, error) {
	if y < 1 || y > 9999 || m < 1 || m > 12 || d < 1 || d > daysIn(y, m) {
		return 0, fmt.Errorf("%w: %04d-%02d-%02d is not a day of the calendar", ErrDate, y, m, d)
	}
	return civil(y, m, d), nil
}

// ParseDate reads YYYY-MM-DD. It fails with [ErrDate].
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, fmt.Errorf("%w: %q is not a date; write YYYY-MM-DD, for example 1949-04-04", ErrDate, s)
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:])
	if !ok1 || !ok2 || !ok3 {
		return 0, fmt.Errorf("%w: %q is not a date; write YYYY-MM-DD, for example 1949-04-04", ErrDate, s)
	}
	return NewDate(y, m, d)
}

// Civil returns the year, month and day. It is meaningless for the infinities.
//
// The arithmetic is the era-based one of H. Hinnant, "chrono-Compatible
// Low-Level Date Algorithms": exact over the whole range, O(1).
func (d Date) Civil() (y, m, day int) {
	z := int(d) + 719468
	era := floorDiv(z, 146097)
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	day = doy - (153*mp+2)/5 + 1
	m = mp + 3
	if m > 12 {
		m -= 12
	}
	y = yoe + era*400
	if m <= 2 {
		y++
	}
	return y, m, day
}

// Year returns the calendar year.
func (d Date) Year() int {
	y, _, _ := d.Civil()
	return y
}

// Finite reports whether d is a day rather than one of the infinities.
func (d Date) Finite() bool { return d >= MinDate && d <= MaxDate }

// String returns YYYY-MM-DD, or ".." for an infinity.
func (d Date) String() string {
	return string(d.append(make([]byte, 0, 10)))
}

func (d Date) append(b []byte) []byte {
	if !d.Finite() {
		return append(b, ".."...)
	}
	y, m, day := d.Civil()
	return append(b,
		byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-',
		byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10))
}

// AppendText implements [encoding.TextAppender].
func (d Date) AppendText(b []byte) ([]byte, error) { return d.append(b), nil }

// MarshalText implements [encoding.TextMarshaler]. An infinity becomes "..",
// which UnmarshalText does not read, because it does not say which one.
func (d Date) MarshalText() ([]byte, error) { return d.append(nil), nil }

// UnmarshalText implements [encoding.TextUnmarshaler], as [ParseDate].
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err == nil {
		*d = v
	}
	return err
}

func civil(y, m, d int) Date {
	if m <= 2 {
		y--
	}
	era := floorDiv(y, 400)
	yoe := y - era*400
	mp := m - 3
	if m <= 2 {
		mp = m + 9
	}
	doy := (153*mp+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return Date(era*146097 + doe - 719468)
}

func daysIn(y, m int) int {
	switch m {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// digits reads a short unsigned decimal number without sign or space.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}
