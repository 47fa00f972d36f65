package ledger

import "testing"

func BenchmarkDecode(b *testing.B) {
	e, err := Encode(typical(b))
	if err != nil {
		b.Fatal(err)
	}
	var d Decoder
	b.ReportAllocs()
	b.SetBytes(int64(len(e.Bytes)))
	for b.Loop() {
		if _, err := d.Decode(e.Bytes); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	e := typical(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Encode(e); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseSubject(b *testing.B) {
	s := Aggregate{Core, KindAlliance, "nato"}.NATSSubject(TypeInstrumentSigned)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := ParseSubject(s); err != nil {
			b.Fatal(err)
		}
	}
}
