package seed_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"foedus/ingest"
	"foedus/ingest/seed"
	"foedus/ledger"
)

func read(files map[string]string) ([]ingest.Record, []string) {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	records, problems := seed.Read(fsys, ledger.Core)
	var out []string
	for _, p := range problems {
		out = append(out, p.String())
	}
	return records, out
}

const good = `subject: alliance/entente
records:
  - key: signed
    type: instrument.signed
    done_on: 1904-04-08
    each:
      - {signatory: ruritania, note: first}
      - {signatory: graustark, done_on: 1904-05}
    citations:
      - {source: gazette, locator: "12", grade: A}
    note: both
  - key: dispute/signed
    type: dispute.opened
    dispute: signed
    question: When?
    about: signed/graustark
    field: done_on
    claims:
      - {value: 1904-05-01, source: gazette, grade: D}
`

func TestRead(t *testing.T) {
	records, problems := read(map[string]string{"alliances/entente.yaml": good, "README.md": "no data"})
	if problems != nil {
		t.Fatal(strings.Join(problems, "\n"))
	}
	var got []string
	for _, r := range records {
		got = append(got, strings.Join([]string{r.Where, r.Aggregate.String(), r.Key, r.Content.DoneOn.String(), r.Content.Note}, " "))
	}
	want := []string{
		"alliances/entente.yaml:7 core/alliance/entente signed/ruritania 1904-04-08 first",
		"alliances/entente.yaml:8 core/alliance/entente signed/graustark 1904-05 both",
		"alliances/entente.yaml:12 core/alliance/entente dispute/signed  ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	dispute, ok := records[2].Content.Payload.(*ledger.DisputeOpened)
	if want := ledger.RecordID(records[1].Aggregate, "signed/graustark"); !ok || dispute.About != want {
		t.Errorf("the dispute is %+v, want it about %s", records[2].Content.Payload, want)
	}
}

// TestProblems writes one mistake into the good file and looks at what is said.
func TestProblems(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown field", "    question: When?", "    qestion: When?", `f.yaml:15: qestion: is not a field here; did you mean "question"?`},
		{"missing field", "    question: When?\n", "", `f.yaml:12: question: is required`},
		{"unknown top field", "records:", "record:", `f.yaml:2: record: is not known here; did you mean "records"?`},
		{"number for text", `locator: "12"`, "locator: 12", `f.yaml:10: citations[0].locator: "12": must be text; put it in quotes`},
		{"list for text", "note: both", "note: [both]", `f.yaml:11: note: "[\"both\"]": must be text, one value`},
		{"null", "note: both", "note:", `f.yaml:11: note: "null": is no value; leave it out instead`},
		{"missing key", "  - key: signed\n    type", "  - type", `f.yaml:3: key: is required`},
		{"misspelt key", "  - key: signed\n", "  - kye: signed\n", `f.yaml:3: key: is required; rename "kye" to "key"`},
		{"bad key", "key: signed", "key: Signed", `f.yaml:3: key: "Signed": must be lower-case words`},
		{"duplicate key", "key: dispute/signed", "key: signed/ruritania", `alliance/entente has a record of this key already, at f.yaml:7; give one of the two another key`},
		{"duplicate field", "    note: both", "    note: both\n    note: twice", `f.yaml:12: note: stands twice here; keep one`},
		{"bad date", "1904-04-08", "1904-13-08", `f.yaml:5: done_on: "1904-13-08": `},
		{"unknown type", "instrument.signed", "instrument.sgined", `f.yaml:4: type: "instrument.sgined": is not in the vocabulary; did you mean "instrument.signed"?`},
		{"foreign type", "alliance/entente", "state/entente", `type: "instrument.signed": instrument.signed is about one of: alliance`},
		{"correction", "dispute.opened", "record.retracted", `f.yaml:13: type: "record.retracted": does not stand in a file`},
		{"empty each", "each:\n      - {signatory: ruritania, note: first}\n      - {signatory: graustark, done_on: 1904-05}", "each: []", `f.yaml:6: each: must be a list with at least one item`},
		{"each without name", "{signatory: ruritania, note: first}", "{note: First of all}", `f.yaml:7: each.note: "First of all": the first field of an item becomes part of the key`},
		{"key in each", "note: first}", "key: x}", `f.yaml:7: each.key: cannot stand in an item`},
		{"unknown record", "about: signed/graustark", "about: signed/graustrak", `f.yaml:16: about: "signed/graustrak": no record of alliance/entente has this key; did you mean "signed/graustark"?`},
		{"bad grade", "grade: A", "grade: E", `f.yaml:10: citations[0].grade: "E": takes one of: A B C D`},
		{"no citation", "    citations:\n      - {source: gazette, locator: \"12\", grade: A}\n", "", `f.yaml:7: citations: is required`},
		{"bad subject", "alliance/entente", "aliance/entente", `f.yaml:1: subject: "aliance/entente": the kind is not known here; did you mean "alliance"?`},
		{"no subject", "subject: alliance/entente\n", "", `f.yaml:2: subject: is required`},
		{"anchor", "note: both", "note: &a both", `f.yaml:11: anchors, aliases, tags`},
		{"syntax", "- {signatory: ruritania, note: first}", "- {signatory: ruritania, note: first", `is not YAML`},
		{"two documents", "    note: both\n", "    note: both\n---\n", `the file holds a second document`},
		{"long quote", "note: both", "quote: " + strings.Repeat("word ", 41), `f.yaml:11: quote:`},
		{"rule across fields", "    field: done_on\n", "", `f.yaml:12: field: about and field go together`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(good, c.old) {
				t.Fatalf("the file does not hold %q", c.old)
			}
			_, problems := read(map[string]string{"f.yaml": strings.Replace(good, c.old, c.new, 1)})
			if all := strings.Join(problems, "\n"); !strings.Contains(all, c.want) {
				t.Errorf("the problems do not say %q:\n%s", c.want, all)
			}
		})
	}
}

func TestFolders(t *testing.T) {
	for want, files := range map[string]map[string]string{
		"there is no .yaml file with records here": {"README.md": "x"},
		"b.yaml:1: is empty":                       {"b.yaml": "# nothing\n"},
		"c.yml: is not read":                       {"c.yml": good},
		"must have the fields subject and records": {"d.yaml": "- a\n"},
		"at a.yaml:7":                              {"a.yaml": good, "b.yaml": good},
	} {
		if _, problems := read(files); !strings.Contains(strings.Join(problems, "\n"), want) {
			t.Errorf("the problems do not say %q:\n%s", want, strings.Join(problems, "\n"))
		}
	}
}

// FuzzRead looks for panics, for problems without a place and for records that
// cannot be imported.
func FuzzRead(f *testing.F) {
	f.Add(good)
	f.Add("subject: state/x\nrecords:\n  - {key: a, type: state.formed, name: X, how: unspecified}\n")
	f.Add("records: [{subject: ledger/g, key: a, type: source.added, title: T, form: press, published: \"1904\"}]")
	f.Add("a: &x [*x]\n? b\n: !!str c\n<<: {d: .inf}\n")
	f.Fuzz(func(t *testing.T, text string) {
		records, problems := read(map[string]string{"f.yaml": text})
		if len(records) == 0 && len(problems) == 0 {
			t.Error("neither records nor problems")
		}
		for _, p := range problems {
			if !strings.HasPrefix(p, "f.yaml") && !strings.HasPrefix(p, ".:") {
				t.Errorf("%q has no place", p)
			}
		}
		for _, r := range records {
			e := ledger.Event{ID: ledger.EventID{1}, Aggregate: r.Aggregate, Key: r.Key, Recorded: ledgerTime(), Instant: r.Instant, Content: r.Content}
			if _, err := ledger.Encode(&e); err != nil {
				t.Errorf("%s: %v", r.Where, err)
			}
		}
	})
}

func ledgerTime() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
