package ledger

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// compareEvents compares what events say, not how they hold it.
func compareEvents(a, b *Event) string {
	return cmp.Diff(a, b, cmp.AllowUnexported(When{}))
}

// Every type has one golden file in which every field stands, and there is no
// other file.
func TestGolden(t *testing.T) {
	t.Parallel()
	var d Decoder // one for all: what it shares must not mix events up
	want := map[string]bool{}
	for _, typ := range Types() {
		path := filepath.Join("testdata", "golden", string(typ)+".json")
		want[path] = true
		e := full(t, typ)
		enc, err := Encode(e)
		if err != nil {
			t.Fatalf("%s: %v", typ, err)
		}
		golden(t, path, string(enc.Bytes)+"\n")
		got, again, err := d.Check(enc.Bytes)
		if err != nil {
			t.Fatalf("%s: %v", typ, err)
		}
		if diff := compareEvents(e, &got); diff != "" {
			t.Errorf("%s read back differs (-encoded +decoded):\n%s", typ, diff)
		}
		if string(again.Bytes) != string(enc.Bytes) || again.ID != e.ID || again.Type != typ || again.Aggregate != e.Aggregate {
			t.Errorf("%s: written again it differs:\n%s\n%s", typ, enc.Bytes, again.Bytes)
		}
		if !json.Valid(enc.Bytes) {
			t.Errorf("%s: encoding/json does not read %s", typ, enc.Bytes)
		}
		checkNoZero(t, string(typ), reflect.ValueOf(e.Content))
	}
	files, err := filepath.Glob(filepath.Join("testdata", "golden", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !want[f] {
			t.Errorf("%s belongs to no type; remove it", f)
		}
	}
}

// checkNoZero finds a field that the wire form has forgotten: a full event has
// none that is zero. The trees of predicates end somewhere.
func checkNoZero(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	if v.IsZero() {
		t.Errorf("%s is not set in the example: does its method wire declare it?", path)
		return
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		checkNoZero(t, path, v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() == reflect.TypeFor[When]() {
				return
			}
			checkNoZero(t, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice:
		if v.Type().Elem() == reflect.TypeFor[Predicate]() {
			return
		}
		for i := range v.Len() {
			checkNoZero(t, path, v.Index(i))
		}
	default:
	}
}

// Every documented field stands in the golden file, and is missed by name where
// it is required.
func TestFieldsOfEveryType(t *testing.T) {
	t.Parallel()
	for _, typ := range Types() {
		for _, f := range typ.Fields() {
			if f.Name == "replacement.*" {
				continue
			}
			doc := fullDocument(typ)
			if !remove(doc["data"].(map[string]any), strings.Split(f.Name, ".")) {
				t.Errorf("%s: %s does not stand in the golden file", typ, f.Name)
				continue
			}
			err := decodeMap(t, doc)
			name := "data." + strings.ReplaceAll(f.Name, "[]", "[0]")
			if f.Required && (!errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), name+": ")) {
				t.Errorf("%s without %s: %v, want an error that names it", typ, f.Name, err)
			}
			if !f.Required && err != nil && f.Name != "about" && f.Name != "field" {
				t.Errorf("%s without the optional %s: %v", typ, f.Name, err)
			}
			if f.Doc == "" || f.Kind == "" {
				t.Errorf("%s: %s is not documented", typ, f.Name)
			}
		}
	}
}

// remove takes one field out of a document and reports whether it was there.
func remove(at map[string]any, path []string) bool {
	name := path[0]
	if len(path) == 1 {
		_, ok := at[name]
		delete(at, name)
		return ok
	}
	if list, ok := strings.CutSuffix(name, "[]"); ok {
		return remove(at[list].([]any)[0].(map[string]any), path[1:])
	}
	return remove(at[name].(map[string]any), path[1:])
}

func decodeMap(t *testing.T, doc map[string]any) error {
	t.Helper()
	b, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Decode(b)
	return err
}

// A field that a type does not have is named, at every level.
func TestUnknownFields(t *testing.T) {
	t.Parallel()
	for _, typ := range Types() {
		doc := fullDocument(typ)
		doc["data"].(map[string]any)["done_onn"] = "1949-04-04"
		err := decodeMap(t, doc)
		if err == nil || !strings.Contains(err.Error(), `data.done_onn: is not a field here; did you mean "done_on"?`) {
			t.Errorf("%s: %v", typ, err)
		}
	}
}

func TestEveryTypeIsDescribed(t *testing.T) {
	t.Parallel()
	for _, typ := range Types() {
		if typ.Doc() == "" || typ.Family() == "" || typ.Version() < 1 || newPayload(typ).Type() != typ {
			t.Errorf("%s: doc %q, family %q, version %d", typ, typ.Doc(), typ.Family(), typ.Version())
		}
		for k := range strings.FieldsSeq(typ.Kinds()) {
			if _, ok := kindOf(k); !ok {
				t.Errorf("%s: there is no kind %q", typ, k)
			}
		}
		if typ.Kinds() == "" && typ.Family() != FamilyLedger {
			t.Errorf("%s may be about anything", typ)
		}
	}
	if unknown := Type("state.vanished"); unknown.Version() != 0 || unknown.Fields() != nil || newPayload(unknown) != nil {
		t.Error("a type that does not exist is described")
	}
}

// goldenFiles returns the golden files, as seeds.
func goldenFiles(f *testing.F) [][]byte {
	f.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", "golden", "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	var all [][]byte
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// Whatever decodes must encode, to bytes that decode to the same event and
// encode to the same bytes.
func FuzzDecode(f *testing.F) {
	for _, b := range goldenFiles(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var d Decoder
		e, err := d.Decode(b)
		if err != nil {
			if !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrUnknownType) || len(err.Error()) < 10 {
				t.Fatalf("an error that says nothing: %v", err)
			}
			return
		}
		first, err := Encode(&e)
		if err != nil {
			if len(b) < MaxEvent/2 {
				t.Fatalf("%s decodes, but does not encode: %v", b, err)
			}
			return
		}
		again, second, err := d.Check(first.Bytes)
		if err != nil {
			t.Fatalf("%s does not decode: %v", first.Bytes, err)
		}
		if diff := compareEvents(&e, &again); diff != "" {
			t.Fatalf("not the same event:\n%s", diff)
		}
		if string(first.Bytes) != string(second.Bytes) {
			t.Fatalf("not the same bytes:\n%s\n%s", first.Bytes, second.Bytes)
		}
		Mentions(&e)
	})
}
