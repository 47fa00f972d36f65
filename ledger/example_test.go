package ledger

import (
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "rewrite the golden files and the vocabulary reference")

// golden compares got with a file, or rewrites the file.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run go test ./ledger -update and review what it wrote", err)
	}
	if got != string(want) {
		t.Errorf("%s is out of date; run go test ./ledger -update and review the difference\ngot  %s\nwant %s", path, got, want)
	}
}

// typical is the event that a log holds most of.
func typical(tb testing.TB) *Event {
	tb.Helper()
	nato := Aggregate{Core, KindAlliance, "nato"}
	return &Event{
		ID:        RecordID(nato, "nato/signed/belgium"),
		Aggregate: nato,
		Key:       "nato/signed/belgium",
		Recorded:  time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC),
		Content: Content{
			DoneOn:    day(tb, "1949-04-04"),
			Payload:   &InstrumentSigned{Signatory: "belgium", Mode: "subject-to-ratification", Place: "Washington"},
			Citations: []Citation{{Source: "unts-34-243", Locator: "p. 243", Grade: GradeA}},
		},
	}
}

func day(tb testing.TB, s string) When {
	tb.Helper()
	w, err := ParseWhen(s)
	if err != nil {
		tb.Fatal(err)
	}
	return w
}

// full returns an event of type typ in which every field stands, put together
// from what the type says of its fields, so that no field can be forgotten.
func full(tb testing.TB, typ Type) *Event {
	tb.Helper()
	b, err := json.Marshal(fullDocument(typ))
	if err != nil {
		tb.Fatal(err)
	}
	e, err := Decode(b)
	if err != nil {
		tb.Fatalf("the example of %s does not decode: %v\n%s", typ, err, b)
	}
	return &e
}

func fullDocument(typ Type) map[string]any {
	kind := KindAlliance
	if k, _, _ := strings.Cut(typ.Kinds(), " "); k != "" {
		kind = Kind(k)
	}
	ids := map[Kind]string{KindAlliance: "nato", KindState: "belgium", KindCrisis: "july-1914", KindLedger: "unts-34-243"}
	a := Aggregate{Core, kind, ids[kind]}
	data := fullData(typ)
	data["key"] = "example/" + string(typ)
	return map[string]any{
		"specversion": "1.0", "id": RecordID(a, "example/"+string(typ)).String(), "source": "/foedus/core",
		"type": typ.Wire(), "subject": a.Subject(), "time": "1949-04-04T15:30:00Z",
		"recordedtime": "2026-11-22T00:00:00Z", "datacontenttype": "application/json", "data": data,
	}
}

// fullData is the data of an event in which every field stands, without a key.
func fullData(typ Type) map[string]any {
	data := map[string]any{}
	for _, f := range typ.Fields() {
		setField(data, strings.Split(f.Name, "."), f)
	}
	return data
}

func setField(at map[string]any, path []string, f Field) {
	if f.Name == "replacement.*" {
		maps.Copy(at["replacement"].(map[string]any), fullData(TypeInstrumentSigned))
		return
	}
	name := path[0]
	if len(path) == 1 {
		at[name] = exampleValue(name, f)
		return
	}
	if list, ok := strings.CutSuffix(name, "[]"); ok {
		at = at[list].([]any)[0].(map[string]any)
	} else {
		at = at[name].(map[string]any)
	}
	setField(at, path[1:], f)
}

func exampleValue(name string, f Field) any {
	byName := map[string]any{
		"of":    []any{map[string]any{"is": "attack", "against": []string{"@parties"}}},
		"until": "1969-08-24", "deadline": "1949-04-05", "through": "1991-07-01", "period": "1949/1969",
		"effective_on": "1949-08-24", "public_on": "1949-04-05", "is": "any", "value": "1949-04-04",
		"into": RecordID(Aggregate{}, "b").String(),
	}
	if v, ok := byName[name]; ok && (name != "into" || strings.Contains(f.Kind, "ULID")) && !strings.HasPrefix(f.Kind, "one of") || name == "is" {
		return v
	}
	switch f.Kind {
	case "date (EDTF)":
		return "1949-04-04"
	case "event id (ULID)":
		return RecordID(Aggregate{}, "a").String()
	case "event type":
		return "instrument.signed"
	case "state":
		return "belgium"
	case "alliance":
		return "western-union"
	case "clause":
		return "art-5"
	case "source":
		return "unts-34-243"
	case "name":
		return strings.ReplaceAll(name, "_", "-") + "-1949"
	case "state list":
		return []string{"belgium", "france"}
	case "clause list":
		return []string{"art-5", "art-6"}
	case "text list":
		return []string{"one \"" + name + "\"", "another"}
	case "state or group list":
		return []string{"@parties", "belgium"}
	case "number":
		return 2
	case "true or absent":
		return true
	case "object":
		return map[string]any{}
	case "list of objects":
		return []any{map[string]any{}}
	case "text":
		return "An example: " + f.Doc + "."
	}
	values, _ := strings.CutPrefix(f.Kind, "one of: ")
	return strings.Fields(values)[0]
}
