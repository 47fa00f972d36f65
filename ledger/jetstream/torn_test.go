package jetstream

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"foedus/ledger"
	"foedus/ledger/ledgertest"
)

// snapshot writes a log of n events, the last three each by itself, and returns what a
// process that is killed then leaves, with the bytes of its records.
func snapshot(t *testing.T, n int) (dir string, records []byte) {
	t.Helper()
	l := openLog(t, Config{Dir: t.TempDir()})
	fill(t, l, n-3)
	for _, e := range ledgertest.NewGenerator(8, ledgertest.Options{}).Encoded(3) {
		if _, err := l.Append(t.Context(), ledger.Any(), e); err != nil {
			t.Fatal(err)
		}
	}
	dir = filepath.Join(t.TempDir(), "killed")
	if err := os.CopyFS(dir, os.DirFS(l.cfg.Dir)); err != nil {
		t.Fatal(err)
	}
	records, err := os.ReadFile(blockFile(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	return dir, records
}

// withTail returns a copy of a store whose records are others.
func withTail(t *testing.T, dir string, records []byte) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(out, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(blockFile(t, out), records, 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

// ends returns where each record ends.
func ends(records []byte) (out []int) {
	for at := 0; at < len(records); {
		at += int(uint32(records[at]) | uint32(records[at+1])<<8 | uint32(records[at+2])<<16 | uint32(records[at+3]&0x7f)<<24)
		out = append(out, at)
	}
	return out
}

// TestTornTail: a process that is killed in the middle of a write leaves a part
// of a record. Whatever its length, the log opens, holds all that was
// acknowledged, and goes on.
func TestTornTail(t *testing.T) {
	dir, records := snapshot(t, 40)
	at := ends(records)
	before, last := at[len(at)-2], at[len(at)-1]
	events := ledgertest.NewGenerator(9, ledgertest.Options{}).Encoded(1)
	for _, n := range []int{1, 3, 4, 11, 21, 22, 23, 30, 60, 200, last - before - 8, last - before - 1} {
		l, err := Open(t.Context(), Config{Dir: withTail(t, dir, records[:before+n])})
		if err != nil {
			t.Errorf("%d bytes of a record: %v", n, err)
			continue
		}
		if l.torn != int64(n) {
			t.Errorf("%d bytes are torn, want %d", l.torn, n)
		}
		if st, err := l.Status(t.Context()); err != nil || st.Damage != nil || st.Last != ledger.Seq(len(at)-1) {
			t.Errorf("%d bytes: the log says of itself %+v, %v", n, st, err)
		}
		if r, err := l.Append(t.Context(), ledger.Any(), events...); err != nil || r[0].Seq != ledger.Seq(len(at)) {
			t.Errorf("%d bytes: the next append: %v, %v", n, r, err)
		}
		if got := len(ledgertest.CheckLog(t, l)); got != len(at) {
			t.Errorf("%d bytes: %d entries, want %d", n, got, len(at))
		}
		closeLog(t, l)
	}
}

// TestTornOtherwise: an end that is not the beginning of the next record is
// damage.
func TestTornOtherwise(t *testing.T) {
	dir, records := snapshot(t, 40)
	at := ends(records)
	third, before := at[len(at)-3], at[len(at)-2]
	record := records[before:]
	flip := func(i int) []byte {
		b := append([]byte(nil), records...)
		b[i] ^= 0x40
		return b
	}
	for name, b := range map[string][]byte{
		"a record is bad":                     flip(before + 60),
		"the last but one is bad":             flip(third + 60),
		"a length is bad":                     flip(third),
		"the part of a record that was there": append(append([]byte(nil), records...), record[:100]...),
		"something else":                      append(append([]byte(nil), records...), "these are more than the twenty-two bytes of a head"...),
	} {
		l, err := Open(t.Context(), Config{Dir: withTail(t, dir, b)})
		if !errors.Is(err, ledger.ErrDamaged) {
			t.Errorf("%s: %v, want damage", name, err)
		}
		if err == nil {
			closeLog(t, l)
		}
	}
}
