package ledger

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"nato", "july-1914", "a", "1", "art-5", strings.Repeat("a", MaxName)} {
		if why := CheckName(s); why != "" {
			t.Errorf("%q %s", s, why)
		}
	}
	for s, want := range map[string]string{
		"":                             "is required",
		"NATO":                         "lower-case",
		"soviet union":                 "lower-case",
		"soviet_union":                 "lower-case",
		"-nato":                        "lower-case",
		"ab--cd":                       "lower-case",
		"nato-":                        "must not end with a hyphen",
		"élysée":                       "lower-case",
		"a.b":                          "lower-case",
		"*":                            "lower-case",
		">":                            "lower-case",
		strings.Repeat("a", MaxName+1): "at most 64",
	} {
		if why := CheckName(s); !strings.Contains(why, want) {
			t.Errorf("CheckName(%q) = %q, want %q in it", s, why, want)
		}
	}
}

func TestEventID(t *testing.T) {
	t.Parallel()
	a := Aggregate{Core, KindAlliance, "nato"}
	id := RecordID(a, "nato/signed/belgium")
	if id != RecordID(a, "nato/signed/belgium") || id == RecordID(a, "nato/signed/france") || id == RevisionID(id) || id.IsZero() {
		t.Error("record ids must be stable and distinct")
	}
	if RecordID(Aggregate{"core", "alliance", "nato"}, "x") == RecordID(Aggregate{"mine", "alliance", "nato"}, "x") {
		t.Error("the same key in two datasets must give two ids")
	}
	got, err := ParseEventID(id.String())
	if err != nil || got != id || len(id.String()) != 26 {
		t.Errorf("%s was read as %s, %v", id, got, err)
	}
	if got, err := ParseEventID(strings.ToLower(id.String())); err != nil || got != id {
		t.Errorf("in small letters: %s, %v", got, err)
	}
	for _, s := range []string{"", "1", strings.Repeat("0", 25), strings.Repeat("0", 27), "8" + strings.Repeat("0", 25), strings.Repeat("U", 26), strings.Repeat("é", 13)} {
		if id, err := ParseEventID(s); err == nil {
			t.Errorf("ParseEventID(%q) = %s, want an error", s, id)
		}
	}
	b, err := id.MarshalText()
	if err != nil || string(b) != id.String() {
		t.Errorf("MarshalText = %s, %v", b, err)
	}
	var read EventID
	if err := read.UnmarshalText(b); err != nil || read != id {
		t.Errorf("UnmarshalText = %s, %v", read, err)
	}
	if err := read.UnmarshalText([]byte("x")); err == nil || read != id {
		t.Errorf("UnmarshalText of nonsense = %s, %v, want an error and no change", read, err)
	}
}

func TestParseSeq(t *testing.T) {
	t.Parallel()
	if s, err := ParseSeq("42"); err != nil || s != 42 {
		t.Errorf("ParseSeq = %d, %v", s, err)
	}
	for _, s := range []string{"", "-1", "+1", "1.0", "x", "18446744073709551616"} {
		if n, err := ParseSeq(s); err == nil {
			t.Errorf("ParseSeq(%q) = %d, want an error", s, n)
		}
	}
}

func TestSubjects(t *testing.T) {
	t.Parallel()
	a := Aggregate{Core, KindAlliance, "nato"}
	if a.String() != "core/alliance/nato" || a.Subject() != "alliance/nato" || a.Filter() != "foedus.log.core.alliance.nato.>" {
		t.Errorf("%s %s %s", a, a.Subject(), a.Filter())
	}
	for _, typ := range Types() {
		s := a.NATSSubject(typ)
		got, gotType, err := ParseSubject(s)
		if err != nil || got != a || gotType != typ {
			t.Errorf("%s was read as %s %s, %v", s, got, gotType, err)
		}
	}
	for _, s := range []string{
		"", "foedus.log.", "foedus.log.core.alliance.nato", "foedus.log.core.alliance.nato.", "foedus.log....x", "log.core.alliance.nato.x",
		"foedus.log.core.treaty.nato.x", "foedus.log.CORE.alliance.nato.x", "foedus.log.core.alliance.*.x", "foedus.log.core.>",
	} {
		if a, typ, err := ParseSubject(s); !errors.Is(err, ErrInvalid) {
			t.Errorf("ParseSubject(%q) = %s %s, %v, want ErrInvalid", s, a, typ, err)
		}
	}
	for _, k := range Kinds() {
		if got, ok := kindOf(k); !ok || string(got) != k {
			t.Errorf("kindOf(%s) = %s, %t", k, got, ok)
		}
	}
}

// Not parallel: AllocsPerRun counts the whole process.
func TestAllocations(t *testing.T) {
	e := typical(t)
	enc, err := Encode(e)
	if err != nil {
		t.Fatal(err)
	}
	subject := enc.Aggregate.NATSSubject(enc.Type)
	var d Decoder
	for _, c := range []struct {
		name string
		most float64
		f    func()
	}{
		{"ParseSubject", 0, func() { _, _, _ = ParseSubject(subject) }},
		{"Decode", 3, func() { _, _ = d.Decode(enc.Bytes) }}, // the payload, the citations, the key
		{"Encode", 2, func() { _, _ = Encode(e) }},           // the bytes, the walk
	} {
		if n := testing.AllocsPerRun(100, c.f); n > c.most {
			t.Errorf("%s allocates %v times, at most %v are expected", c.name, n, c.most)
		}
	}
}

func FuzzParseSubject(f *testing.F) {
	f.Add("foedus.log.core.alliance.nato.instrument.signed")
	f.Add("foedus.log.core.crisis.july-1914.attack.made")
	f.Add("foedus.log.core.alliance.nato.")
	f.Add("foedus.log....")
	f.Fuzz(func(t *testing.T, s string) {
		a, typ, err := ParseSubject(s)
		if err != nil {
			return
		}
		if a.NATSSubject(typ) != s {
			t.Fatalf("%q was read as %s %s", s, a, typ)
		}
		if _, ok := kindOf(string(a.Kind)); !ok || CheckName(string(a.Dataset)) != "" || CheckName(a.ID) != "" || typ == "" {
			t.Fatalf("%q gives %+v %q", s, a, typ)
		}
	})
}
