package ledger

import (
	"errors"
	"testing"
	"time"
)

// Every day of the calendar, against the standard library.
func TestDateEveryDay(t *testing.T) {
	t.Parallel()
	at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := MinDate; d <= MaxDate; d++ {
		y, m, day := at.Date()
		if gy, gm, gd := d.Civil(); gy != y || gm != int(m) || gd != day {
			t.Fatalf("Date(%d).Civil() = %d-%d-%d, want %d-%d-%d", d, gy, gm, gd, y, m, day)
		}
		if got, err := NewDate(y, int(m), day); err != nil || got != d {
			t.Fatalf("NewDate(%d, %d, %d) = %d, %v, want %d", y, m, day, got, err, d)
		}
		if day == 1 || day == 29 { // text takes the time, and these are enough of it
			text := at.Format(time.DateOnly)
			if got, err := ParseDate(text); d.String() != text || err != nil || got != d {
				t.Fatalf("%s: String %s, ParseDate %v, %v", text, d, got, err)
			}
		}
		at = at.AddDate(0, 0, 1)
	}
	if at.Year() != 10000 {
		t.Fatalf("ended at %s", at)
	}
}

func TestNewDateRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]int{
		{0, 1, 1},
		{10000, 1, 1},
		{-1, 1, 1},
		{1900, 2, 29},
		{1914, 2, 29},
		{2000, 2, 30},
		{1914, 4, 31},
		{1914, 0, 1},
		{1914, 13, 1},
		{1914, 1, 0},
		{1914, 1, 32},
		{1914, 8, -4},
	} {
		if d, err := NewDate(c[0], c[1], c[2]); !errors.Is(err, ErrDate) {
			t.Errorf("NewDate(%v) = %s, %v, want ErrDate", c, d, err)
		}
	}
	for _, y := range []int{2000, 1912, 4, 9996} {
		if _, err := NewDate(y, 2, 29); err != nil {
			t.Errorf("year %d is a leap year: %v", y, err)
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "1914", "1914-8-04", "1914-08-4", "1914/08/04", "1914-08-04 ", "+914-08-04", "1914-08-0x", "-914-08-04",
		"0000-01-01", "1914-02-29", "1914-00-01", "..", "1914-08-04T00", "١٩١٤-08",
	} {
		if d, err := ParseDate(s); !errors.Is(err, ErrDate) {
			t.Errorf("ParseDate(%q) = %s, %v, want ErrDate", s, d, err)
		}
	}
}

func TestDateText(t *testing.T) {
	t.Parallel()
	d, _ := NewDate(1949, 4, 4)
	b, err := d.MarshalText()
	if err != nil || string(b) != "1949-04-04" {
		t.Errorf("MarshalText = %q, %v", b, err)
	}
	if b, err = d.AppendText([]byte("on ")); err != nil || string(b) != "on 1949-04-04" {
		t.Errorf("AppendText = %q, %v", b, err)
	}
	var got Date
	if err := got.UnmarshalText([]byte("1949-04-04")); err != nil || got != d {
		t.Errorf("UnmarshalText = %s, %v", got, err)
	}
	if err := got.UnmarshalText([]byte("1949")); err == nil || got != d {
		t.Errorf("UnmarshalText of a year = %s, %v, want an error and no change", got, err)
	}
	if d.Year() != 1949 || !d.Finite() {
		t.Errorf("Year %d, Finite %t", d.Year(), d.Finite())
	}
	for _, inf := range []Date{NoBefore, NoAfter} {
		if inf.Finite() || inf.String() != ".." {
			t.Errorf("infinity %d: Finite %t, String %q", inf, inf.Finite(), inf)
		}
	}
}
