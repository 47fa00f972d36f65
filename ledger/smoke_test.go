package ledger

import (
	"testing"
	"time"
)

func sample() *Event {
	d, _ := ParseWhen("1949-04-04")
	return &Event{ID: RecordID(Aggregate{Core, KindAlliance, "nato"}, "signed/belgium"), Aggregate: Aggregate{Core, KindAlliance, "nato"}, Key: "nato/signed/belgium",
		Recorded: time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		Content: Content{DoneOn: d, Payload: &InstrumentSigned{Signatory: "belgium", Mode: "subject-to-ratification", Place: "Washington"},
			Citations: []Citation{{Source: "unts-34-243", Locator: "p. 243", Grade: GradeA}}}}
}

func TestSmoke(t *testing.T) {
	e, err := Encode(sample())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(string(e.Bytes))
	got, enc, err := new(Decoder).Check(e.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if string(enc.Bytes) != string(e.Bytes) {
		t.Fatalf("%s", enc.Bytes)
	}
	_ = got
	for _, bad := range []string{`{`, `{"type":"foedus.instrument.singed.v1","data":{}}`,
		`{"specversion":"1.0","id":"0000000000ZV1Z8G6Y3H5Z7X9A","source":"/foedus/core","type":"foedus.instrument.signed.v1","subject":"alliance/nato","recordedtime":"2026-11-22T00:00:00Z","data":{"signatry":"x","done_on":"1949-13-01"}}`} {
		_, err := Decode([]byte(bad))
		t.Log(err)
	}
}

func BenchmarkDecode(b *testing.B) {
	e, _ := Encode(sample())
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
	b.ReportAllocs()
	e := sample()
	for b.Loop() {
		Encode(e)
	}
}
