package table_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"foedus/ingest"
	"foedus/ingest/table"
	"foedus/ledger"
)

const mapping = `source:
  title: Pacts
coverage: {from: 1800-01-01, through: 1950-12-31}
columns:
  alliance: pact
  title: name
  state: {column: who, code: cow}
  start: in
  end: {year: y, month: m, day: d}
  open_values: [-9, .]
  obligations: {defense: def, consult: con}
`

const header = "pact,name,who,in,y,m,d,def,con\n"

const good = header +
	"Entente,The Entente,901,1882-05-20,1914,8,1,1,0\n" +
	"Entente,The Entente,0902,1882-05-20,1890,,,1,no\n" +
	"Entente,,902,1900,1905,6,-9,0,1\n" +
	"Entente,,904,1884-02-01,1890-,,,0,0\n" +
	"\"Pact, second\",,901,1890~,,,,1,\n"

// fine is good without the year that is none.
func fine() string { return strings.Replace(good, "1890-,", "1890,", 1) }

func day(s string) ledger.Date {
	d, err := ledger.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func options() table.Options {
	return table.Options{
		Dataset: "pacts", States: []ledger.StateID{"ruritania", "graustark"},
		Holders: []table.Holder{
			{State: "ruritania", Scheme: "cow", Code: "901", From: day("1816-01-01"), Until: ledger.NoAfter},
			{State: "graustark", Scheme: "cow", Code: "902", From: day("1816-01-01"), Until: day("1903-01-01")},
			{State: "new-graustark", Scheme: "cow", Code: "902", From: day("1904-01-01"), Until: ledger.NoAfter},
			{State: "kravonia", Scheme: "cow", Code: "903", From: day("1816-01-01"), Until: day("1850-01-01")},
			{State: "evallonia", Scheme: "cow", Code: "903", From: day("1849-01-01"), Until: ledger.NoAfter},
			{State: "evallonia", Scheme: "cow", Code: "904", From: day("1886-01-01"), Until: day("1888-01-01")},
			{State: "ruritania", Scheme: "iso3", Code: "RUR", From: ledger.NoBefore, Until: ledger.NoAfter},
		},
	}
}

func mapped(t *testing.T, text string) *table.Mapping {
	t.Helper()
	m, err := table.ReadMapping(strings.NewReader(text), "m.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func read(t *testing.T, mapping, text string) []ingest.Record {
	t.Helper()
	records, err := table.Read(strings.NewReader(text), "t.csv", mapped(t, mapping), options())
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// told returns one line for each record, by subject and key.
func told(records []ingest.Record) map[string]string {
	out := make(map[string]string)
	for _, r := range records {
		parts := []string{r.Content.DoneOn.String(), string(r.Content.Payload.Type())}
		switch p := any(r.Content.Payload).(type) { // the others have nothing to look at
		case *ledger.ClauseAdded:
			parts = append(append(append(parts, p.Clause.Bearer...), ">"), p.Clause.Beneficiary...)
		case *ledger.StateCoded:
			parts = append(parts, p.Scheme, p.Code, p.Until.String())
		case *ledger.InstrumentDescribed:
			parts = append(parts, p.Title)
		}
		for _, c := range r.Content.Citations {
			parts = append(parts, "["+string(c.Source)+": "+c.Locator+"]")
		}
		out[r.Aggregate.Subject()+" "+r.Key] = strings.TrimSpace(strings.Join(append(parts, r.Content.Note), " "))
	}
	return out
}

// TestRecords: what a small file says, all of it.
func TestRecords(t *testing.T) {
	got := told(read(t, mapping, fine()))
	for key, want := range map[string]string{
		"ledger/pacts added":                   "source.added",
		"ledger/pacts coverage":                "coverage.declared",
		"alliance/entente described":           "instrument.described The Entente [pacts: rows of Entente]",
		"alliance/entente in-force":            "1882-05-20 instrument.in_force [pacts: rows of Entente]",
		"alliance/entente ended":               "1914-08-01 instrument.ended [pacts: rows of Entente]",
		"alliance/entente party/ruritania":     "1882-05-20 party.in_force [pacts: row of Entente, 901]",
		"alliance/entente party/graustark":     "1882-05-20 party.in_force [pacts: row of Entente, 0902]",
		"alliance/entente left/graustark":      "1890 withdrawal.effective [pacts: row of Entente, 0902]",
		"alliance/entente party/graustark/2":   "1900 party.in_force [pacts: row of Entente, 902]",
		"alliance/entente left/graustark/2":    "1904-01-01 withdrawal.effective [pacts: row of Entente, 902] The code passed to new-graustark while the row lasted.",
		"alliance/entente party/new-graustark": "1904-01-01 party.in_force [pacts: row of Entente, 902]",
		"alliance/entente left/new-graustark":  "1905-06 withdrawal.effective [pacts: row of Entente, 902]",
		"alliance/entente party/evallonia":     "1884-02-01 party.in_force [pacts: row of Entente, 904]",
		"alliance/entente left/evallonia":      "1890 withdrawal.effective [pacts: row of Entente, 904]",
		"alliance/entente clause/defense":      "clause.added graustark ruritania > @other-parties [pacts: rows of Entente] Not all rows of these states say yes: graustark.",
		"alliance/entente clause/consult":      "clause.added graustark new-graustark > @other-parties [pacts: rows of Entente] Not all rows of these states say yes: graustark.",
		"alliance/pact-second described":       "instrument.described Pact, second [pacts: rows of Pact, second]",
		"alliance/pact-second in-force":        "1890~ instrument.in_force [pacts: rows of Pact, second]",
		"alliance/pact-second party/ruritania": "1890~ party.in_force [pacts: row of Pact, second, 901]",
		"alliance/pact-second clause/defense":  "clause.added ruritania > @other-parties [pacts: rows of Pact, second]",
		"state/graustark code/cow/902/1903-01-01": "1903-01-01 state.coded cow 902 1904-01-01 [pacts: rows of 902] " +
			"The table has it under this code on days on which the list of states does not.",
		"state/evallonia code/cow/904/1884-02-01": "1884-02-01 state.coded cow 904 1886-01-01 [pacts: rows of 904] " +
			"The table has it under this code on days on which the list of states does not.",
		"state/evallonia code/cow/904/1888-01-01": "1888-01-01 state.coded cow 904 1890-12-31 [pacts: rows of 904] " +
			"The table has it under this code on days on which the list of states does not.",
	} {
		if got[key] != want {
			t.Errorf("%s\n got %q\nwant %q", key, got[key], want)
		}
		delete(got, key)
	}
	for key, line := range got {
		t.Errorf("%s: %s, want none", key, line)
	}
}

// TestDates: what the ends of a stay become.
func TestDates(t *testing.T) {
	const whole = "source: {title: T}\ncoverage: {from: 1800-01-01, through: 1950-12-31}\n" +
		"columns: {alliance: a, state: {column: s, code: id}, start: i, end: o, end_means: %s, open_values: [NA]}\n"
	const parts = "source: {title: T}\ncoverage: {from: 1800-01-01, through: 1950-12-31}\ncolumns: {alliance: a, " +
		"state: {column: s, code: id}, start: {year: y, month: m, day: d}, end: o, end_means: %s, open_values: [NA]}\n"
	for _, c := range []struct{ means, text, start, end string }{
		{"first-day-out", "a,s,i,o\nX,ruritania,1900-01-01,1904-02-28\n", "1900-01-01", "1904-02-28"},
		{"last-day", "a,s,i,o\nX,ruritania,1900-01-01,1904-02-28\n", "1900-01-01", "1904-02-29"},
		{"last-day", "a,s,i,o\nX,ruritania,1900-01-01,1900-01-01\n", "1900-01-01", "1900-01-02"},
		{"last-day", "a,s,i,o\nX,ruritania,1900-01-01,1904-12-31?\n", "1900-01-01", "1905-01-01?"},
		{"last-day", "a,s,i,o\nX,ruritania,1900,1904-02\n", "1900", "1904-02-02/1904-03-01"},
		{"last-day", "a,s,i,o\nX,ruritania,1900,1904~\n", "1900", "1904-01-02~/1905-01-01~"},
		{"last-day", "a,s,i,o\nX,ruritania,1900,1904-01/1904-03?\n", "1900", "1904-01-02/1904-04-01?"},
		{"first-day-out", "a,s,i,o\nX,ruritania,1900,1904-02\n", "1900", "1904-02"},
		{"first-day-out", "a,s,i,o\nX,ruritania,1900,NA\n", "1900", ""},
		{"first-day-out", "a,s,y,m,d,o\nX,ruritania,1900.0,2.0,NA,\n", "1900-02", ""},
		{"first-day-out", "a,s,y,m,d,o\nX,ruritania,1900,,,\n", "1900", ""},
		// Rows that touch are one; of several ends the last holds.
		{"last-day", "a,s,i,o\nX,ruritania,1905-01-01,1906-01-01\nX,ruritania,1900-01-01,1904-12-31\n", "1900-01-01", "1906-01-02"},
		{"first-day-out", "a,s,i,o\nX,ruritania,1900-05-01,1904\nX,graustark,1900,1904-06-01\n", "1900-01-01/1900-05-01", "1904-06-01/1904-12-31"},
	} {
		text := whole
		if strings.HasPrefix(c.text, "a,s,y") {
			text = parts
		}
		got := told(read(t, fmt.Sprintf(text, c.means), c.text))
		start, _, _ := strings.Cut(got["alliance/x in-force"], " ")
		end, _, _ := strings.Cut(got["alliance/x ended"], " ")
		if start != c.start || end != c.end {
			t.Errorf("%s of %q: from %q to %q, want %q and %q", c.means, c.text, start, end, c.start, c.end)
		}
		if _, twice := got["alliance/x party/ruritania/2"]; twice {
			t.Errorf("%q: two stays of one", c.text)
		}
	}
}

// TestForms: the same file in other clothes says the same.
func TestForms(t *testing.T) {
	want := told(read(t, mapping, fine()))
	upper := strings.Replace(mapping, "pact\n", "PACT\n", 1)
	for name, c := range map[string]struct{ mapping, text string }{
		"BOM":            {mapping, "\ufeff" + fine()},
		"CRLF":           {mapping, strings.ReplaceAll(fine(), "\n", "\r\n")},
		"blank lines":    {mapping, strings.ReplaceAll(fine(), "\n", "\n\n")},
		"more columns":   {mapping, strings.ReplaceAll(fine(), "\n", ",x\n")},
		"other name":     {upper, strings.Replace(fine(), "pact,", "PACT,", 1)},
		"tab":            {mapping + "options: {delimiter: tab}\n", strings.ReplaceAll(strings.ReplaceAll(fine(), ",", "\t"), "Pact\t", "Pact,")},
		"semicolon":      {mapping + "options: {delimiter: \";\"}\n", strings.ReplaceAll(strings.ReplaceAll(fine(), ",", ";"), "Pact;", "Pact,")},
		"numbers as 1.0": {mapping, strings.NewReplacer(",1914,8,1,", ",1914.0,8.00,1.0,", ",6,-9,", ",6,-9.0,").Replace(fine())},
		"decoy comments": {"# [[ {\n" + mapping + "# end\n", fine()},
		"folded titles":  {strings.Replace(mapping, "title: Pacts", "title: >-\n    Pacts", 1), fine()},
	} {
		if got := told(read(t, c.mapping, c.text)); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s:\n got %v\nwant %v", name, got, want)
		}
	}
	lines := strings.SplitAfter(strings.TrimPrefix(fine(), header), "\n")
	slices.Reverse(lines)
	if got := told(read(t, mapping, header+strings.Join(lines, ""))); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("the order of rows matters:\n got %v\nwant %v", got, want)
	}
}

// TestIDs: the rule that makes ids of texts.
func TestIDs(t *testing.T) {
	long := strings.Repeat("Very Long ", 10)
	m := "source: {title: T}\ncoverage: {from: 1800-01-01, through: 1950-12-31}\n" +
		"columns: {alliance: a, state: {column: s, code: iso3}, start: i, end: o}\n"
	for text, want := range map[string]string{
		"NATO":                       "nato",
		"1350":                       "1350",
		"  Three Emperors' League  ": "three-emperors-league",
		"Pact of São Tomé (1907/II)": "pact-of-sao-tome-1907-ii",
		"Łódź—Straße Æra":            "lodz-strasse-aera",
		"İzmir e\u0301t\u00e9":       "izmir-ete",
		"四国 4":                       "4",
		long:                         "very-long-very-long-very-long-very-long-very-long-very-c5a87069",
		strings.Repeat("ab", 32):     strings.Repeat("ab", 32),
		strings.Repeat("a", 54) + " " + strings.Repeat("b", 20): strings.Repeat("a", 54) + "-",
	} {
		records := read(t, m, "a,s,i,o\n\""+text+"\",rur,1900,\n")
		i := slices.IndexFunc(records, func(r ingest.Record) bool { return r.Key == "in-force" })
		id := records[i].Aggregate.ID
		if strings.HasSuffix(want, "-") && strings.HasPrefix(id, want) && len(id) == len(want)+8 {
			continue
		}
		if id != want {
			t.Errorf("%q gives %q, want %q", text, id, want)
		}
	}
}

// TestBadFile: every problem of a file is reported, with line and column.
func TestBadFile(t *testing.T) {
	good := fine()
	in := func(old, now string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("the file does not hold %q", old)
		}
		return strings.Replace(good, old, now, 1)
	}
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "t.csv: is empty; give a CSV file"},
		{"blank", "\n\n", "t.csv: is empty"},
		{"no rows", header, "t.csv:1: has no rows below the header"},
		{"column missing", in("pact,", "Pact,"), `t.csv:1: pact: is missing from the header; columns.alliance of m.yaml:5 names it; did you mean "Pact"?`},
		{"part of a date missing", in(",m,", ",mm,"), `t.csv:1: m: is missing from the header; columns.end.month of m.yaml:9`},
		{"column twice", in(",con\n", ",who\n"), `t.csv:1: who: stands in the header twice`},
		{"other delimiter", strings.ReplaceAll(good, ",", ";"), `t.csv:1: has a single column; write the delimiter that it has, ";", under options in m.yaml`},
		{"no alliance", in("Entente,,904", ",,904"), `t.csv:5: pact: is empty`},
		{"alliance without letters", in("Entente,,904", "條約,,904"), `t.csv:5: pact: "條約": has no letter a to z`},
		{"two texts, one id", in("Entente,,904", "ENTENTE,,904"), `t.csv:5: pact: "ENTENTE": makes the id entente, as "Entente" on line 2 does`},
		{"two titles", in("Entente,,904", "Entente,The entente,904"), `t.csv:5: name: "The entente": differs from "The Entente" on line 2`},
		{"long alliance", in("Entente,,904", strings.Repeat("e", 1001)+",,904"), "has 1001 bytes, at most 1000"},
		{"no number", in("1914,8", "MCMXIV,8"), `t.csv:2: y: "MCMXIV": is no whole number`},
		{"month 13", in("1914,8", "1914,13"), `t.csv:2: m: "13": must lie between 1 and 12`},
		{"month 0", in("1914,8", "1914,0"), `t.csv:2: m: "0": must lie between 1 and 12; leave empty what is not known`},
		{"no such day", in("1914,8,1", "1914,2,29"), `t.csv:2: d: "1914-02-29": is no date: "1914-02-29": there is no such day`},
		{"month without year", in("1914,8", ",8"), `t.csv:2: m: "8": is given, but y is not`},
		{"day without month", in("1914,8,1", "1914,.,1"), `t.csv:2: d: "1": is given, but m is not`},
		{"date in another form", in("1882-05-20,1914", "20.5.1882,1914"), `t.csv:2: in: "20.5.1882": is no date: "20.5.1882": write EDTF`},
		{"month 13 in a date", in("1882-05-20,1914", "1882-13-20,1914"), `t.csv:2: in: "1882-13-20": is no date`},
		{"open date", in("1882-05-20,1914", "../1882,1914"), `t.csv:2: in: "../1882": is open to one side`},
		{"year 9999", in("1914,8,1", "9999,12,31"), `t.csv:2: d: "9999-12-31": lies at the end of the calendar; if it stands for no end, name it under open_values in m.yaml`},
		{"no start", in("1882-05-20,1914", ".,1914"), `t.csv:2: in: ".": a stay must have begun`},
		{"end before start", in("1914,8,1", "1880,8,1"), `t.csv:2: y: "1880": lies before the start on 1882-05-20`},
		{"no day", in("1914,8,1", "1882,5,20"), `t.csv:2: y: "1882": is the day of the start, and an end is the first day out`},
		{"unknown code", in("901,1882", "951,1882"), `t.csv:2: who: "951": is no cow code of any state that the ledger knows; did you mean "901"?`},
		{"unknown code often", strings.ReplaceAll(good, "901,", "GMY,"), `t.csv:2: who: "GMY": is no cow code of any state that the ledger knows (on 1 more lines too)`},
		{"ambiguous code", in("901,1882-05-20", "903,1849-05-20"), `t.csv:2: who: "903": is the code of evallonia and of kravonia on 1849-05-20`},
		{"neither yes nor no", in("1,1,0", "1,Y,0"), `t.csv:2: def: "Y": says neither yes nor no; name it under yes_values or no_values in m.yaml`},
		{"cut in a line", good[:len(good)-3], "t.csv:6: does not end with a line end: the file is cut off"},
		{"cut fields", good + "Entente,,901\n", "t.csv:7: has 3 fields, the header has 9"},
		{"bare quote", good + "a\"b,,901,1882,,,,,\n", "t.csv:7: is no line of a CSV file"},
		{"CR", strings.ReplaceAll(good, "\n", "\r"), "t.csv:1: ends its lines with CR only"},
		{"Latin-1", in("Entente,The Entente,0902", "Entente,L'ann\xe9e,0902"), "t.csv:3: name: has the byte 0xe9, which is no UTF-8"},
		{"UTF-16", "\xff\xfep\x00\n\x00", "t.csv:1: the file is written in UTF-16"},
		{"twice at once", good + "Entente,,0901,1900,1905,,,,\n", `t.csv:7: who: "0901": stands in alliance Entente on line 2 already, at the same time`},
		{"same row twice", good + "Entente,,904,1884-02-01,1890,,,0,0\n", `t.csv:7: who: "904": stands in alliance Entente on line 5 already`},
	} {
		t.Run(c.name, func(t *testing.T) {
			records, err := table.Read(strings.NewReader(c.text), "t.csv", mapped(t, mapping), options())
			if err == nil || !strings.Contains(err.Error(), c.want) || records != nil {
				t.Errorf("%d records, %v; want an error with\n%s", len(records), err, c.want)
			}
		})
	}
}

// TestAllProblems: one reading tells of everything, in the order of the lines.
func TestAllProblems(t *testing.T) {
	text := strings.NewReplacer("1914,8", "1914,18", "0902", "9902", "1900,1905", "x,y").Replace(fine()) + "1,2\nPact second,,901,1900,,,,?,?\n"
	_, err := table.Read(strings.NewReader(text), "t.csv", mapped(t, mapping), table.Options{Holders: options().Holders})
	want := []string{
		"t.csv: dataset: is required", "t.csv:2: m:", `t.csv:3: who: "9902"`, "t.csv:4: in:", "t.csv:4: y:", "t.csv:7: has 2 fields",
		"t.csv:8: def:", "t.csv:8: con:",
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != len(want) {
		t.Fatalf("%d problems, want %d:\n%v", len(lines), len(want), err)
	}
	for i := range want {
		if !strings.HasPrefix(lines[i], want[i]) {
			t.Errorf("problem %d is %s, want %s", i, lines[i], want[i])
		}
	}
	many := header + strings.Repeat("Entente,,901,x,,,,,\n", 3000)
	_, err = table.Read(strings.NewReader(many), "t.csv", mapped(t, mapping), options())
	if n := strings.Count(err.Error(), "\n"); n != ingest.MaxProblems || !strings.Contains(err.Error(), "and 2900 more") {
		t.Errorf("%d lines, ending in %s", n, err.Error()[len(err.Error())-50:])
	}
}

// TestStates: codes of the other kinds.
func TestStates(t *testing.T) {
	const m = "source: {title: T}\ncoverage: {from: 1800-01-01, through: 1950-12-31}\n" +
		"columns: {alliance: a, state: {column: s, code: %s}, start: i, end: o}\n"
	for _, c := range []struct{ code, state, want string }{
		{"id", "ruritania", ""},
		{"id", "Ruritania", `t.csv:2: s: "Ruritania": is no id of a state that the ledger knows; did you mean "ruritania"?`},
		{"id", "kravonia", `t.csv:2: s: "kravonia": is no id`},
		{"iso3", "rur", ""},
		{"iso3", "RUT", `did you mean "RUR"?`},
		{"cow", "901.0", ""},
		{"gw", "901", `t.csv:2: s: "901": is no gw code`},
	} {
		_, err := table.Read(strings.NewReader("a,s,i,o\nX,"+c.state+",1900,\n"), "t.csv", mapped(t, fmt.Sprintf(m, c.code)), options())
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s %s: %v, want %q", c.code, c.state, err, c.want)
		}
	}
}

// TestMany: what is too much for one event is put shorter.
func TestMany(t *testing.T) {
	m := mapped(t, "source: {title: "+strings.Repeat("é", 2000)+"}\ncoverage: {from: 1800-01-01, through: 1950-12-31}\n"+
		"columns: {alliance: a, state: {column: s, code: id}, start: i, end: o, obligations: {offense: x}}\n")
	o := table.Options{Dataset: "pacts"}
	var text strings.Builder
	text.WriteString("a,s,i,o,x\n")
	for n := range 401 {
		id := fmt.Sprintf("state-%d", n)
		o.States = append(o.States, ledger.StateID(id))
		text.WriteString("League," + id + ",1900,1901,yes\nLeague," + id + ",1910,1911,no\n")
	}
	records, err := table.Read(strings.NewReader(text.String()), "t.csv", m, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ingest.Reconcile(new(ingest.Holdings), "pacts", records, time.Unix(1, 0), "test"); err != nil {
		t.Fatal(err)
	}
	got := told(records)["alliance/league clause/offense"]
	if !strings.Contains(got, " @parties > @other-parties ") || !strings.HasSuffix(got, " and 381 more. More than 400 states say yes; the clause is put on all.") {
		t.Error(got)
	}
}

// TestPassing: a date that is not exact may lie on either side of the day on
// which a code passed on.
func TestPassing(t *testing.T) {
	const m = "source: {title: T}\ncoverage: {from: 1800-01-01, through: 1950-12-31}\n" +
		"columns: {alliance: a, state: {column: s, code: cow}, start: i, end: o}\n"
	o := table.Options{Dataset: "pacts", Holders: []table.Holder{
		{State: "old", Scheme: "cow", Code: "1", From: ledger.NoBefore, Until: day("1900-07-01")},
		{State: "new", Scheme: "cow", Code: "1", From: day("1900-07-01"), Until: ledger.NoAfter},
	}}
	records, err := table.Read(strings.NewReader("a,s,i,o\nX,1,1900,1910\nY,1,1880,1900\n"), "t.csv", mapped(t, m), o)
	if err != nil {
		t.Fatal(err)
	}
	got := told(records)
	for key, want := range map[string]string{
		"alliance/x party/old": "1900-01-01/1900-07-01", "alliance/x left/old": "1900-07-01",
		"alliance/x party/new": "1900-07-01/1900-12-31",
		"alliance/y party/old": "1880", "alliance/y left/old": "1900-01-01/1900-07-01",
		"alliance/y party/new": "1900-07-01",
	} {
		if date, _, _ := strings.Cut(got[key], " "); date != want {
			t.Errorf("%s: %s, want %s", key, date, want)
		}
	}
}

// TestBadMapping: every problem of a mapping is reported, with line and key.
func TestBadMapping(t *testing.T) {
	for _, c := range []struct{ name, old, now, want string }{
		{"empty", mapping, "", "m.yaml:1: is empty; write source, coverage and columns"},
		{"list", mapping, "- a\n", "m.yaml:1: must have the keys source, coverage and columns"},
		{"syntax", "{column: who", "{column: [who", "m.yaml:"},
		{"unknown key", "columns:", "colums:", `m.yaml:4: colums: is not a key here; did you mean "columns"?`},
		{"unknown key, not near", "columns:", "xyz: 1\ncolumns:", `m.yaml:4: xyz: is not a key here; the keys are source, coverage, columns, options`},
		{"unknown key below", "  open_values", "  open_value", `m.yaml:10: columns.open_value: is not a key here; did you mean "open_values"?`},
		{"unknown obligation", "defense: def", "defence: def", `m.yaml:11: columns.obligations.defence: is not a key here; did you mean "defense"?`},
		{"key twice", "  title: Pacts", "  title: Pacts\n  title: Pacts", `m.yaml:3: title: stands twice here`},
		{"no title", "  title: Pacts", "  author: X", `m.yaml:2: source.title: is required`},
		{"empty title", "  title: Pacts", "  title:", `m.yaml:2: source.title: is empty`},
		{"long title", "  title: Pacts", "  title: " + strings.Repeat("t", 4097), `m.yaml:2: source.title: has 4097 bytes, at most 4096`},
		{"published", "  title: Pacts", "  title: Pacts\n  published: May 1900", `m.yaml:3: source.published: "May 1900": is no date`},
		{"source is text", "source:\n  title: Pacts", "source: Pacts", `m.yaml:1: source: "Pacts": must have keys of its own: title, author`},
		{"no coverage", "coverage: {from: 1800-01-01, through: 1950-12-31}\n", "", `m.yaml:1: coverage: is required`},
		{"no from", "from: 1800-01-01, ", "", `m.yaml:3: coverage.from: is required`},
		{"from a year", "from: 1800-01-01", "from: 1800", `m.yaml:3: coverage.from: "1800": must be a day`},
		{"through before from", "1950-12-31", "1799-12-31", `m.yaml:3: coverage.through: "1799-12-31": is before from, 1800-01-01`},
		{"no alliance", "  alliance: pact\n", "", `m.yaml:5: columns.alliance: is required`},
		{"state is text", "{column: who, code: cow}", "who", `m.yaml:7: columns.state: "who": must have keys of its own: column, code`},
		{"no code", ", code: cow", "", `m.yaml:7: columns.state.code: is required`},
		{"bad code", "code: cow", "code: iso", `m.yaml:7: columns.state.code: "iso": takes one of: cow cow-abbrev gw iso3 id; did you mean "iso3"?`},
		{"no start", "  start: in\n", "", `columns.start: is required`},
		{"start is a list", "start: in", "start: [in]", `m.yaml:8: columns.start: must be text, one value`},
		{"no year", "{year: y, ", "{", `m.yaml:9: columns.end.year: is required`},
		{"day without month", "month: m, ", "", `m.yaml:9: columns.end.month: is required where day is given`},
		{"end_means", "  open_values", "  end_means: first_day_out\n  open_values", `m.yaml:10: columns.end_means: "first_day_out": takes one of: first-day-out last-day; did you mean "first-day-out"?`},
		{"open_values is text", "[-9, .]", "NA", `m.yaml:10: columns.open_values: "NA": must be a list`},
		{"open value null", "[-9, .]", "[-9, ~]", `m.yaml:10: columns.open_values[1]: is empty in YAML; put it in quotes`},
		{"both yes and no", "  open_values", "  yes_values: [1, x]\n  no_values: [X]\n  open_values", `m.yaml:11: columns.no_values: "x": stands in yes_values too`},
		{"empty yes", "  open_values", "  yes_values: ['']\n  open_values", `m.yaml:10: columns.yes_values: holds the empty text`},
		{"delimiter", "source:", "options: {delimiter: '|'}\nsource:", `m.yaml:1: options.delimiter: "|": takes one of: "," ";" tab`},
		{"decimal", "source:", "options: {decimal: ','}\nsource:", `m.yaml:1: options.decimal: is not a key here`},
		{"anchor", "title: Pacts", "title: &a Pacts", "m.yaml:2: anchors, aliases, tags"},
		{"two documents", "source:", "a: b\n---\nsource:", "m.yaml:3: the file holds a second document"},
		{"deep", "source:", "a: " + strings.Repeat("[", 1<<19) + "\nsource:", "m.yaml:1: is nested deeper than 16 levels"},
		{"deep lists", "source:", strings.Repeat("- ", 1<<18) + "\nsource:", "m.yaml:1: is nested deeper than 16 levels"},
		{"many keys", "source:", manyKeys() + "source:", "m.yaml:31: has more than 30 keys"},
		{"Latin-1", "Pacts", "P\xe9cts", "m.yaml: is not UTF-8"},
		{"large", "source:", strings.Repeat("# none\n", 1<<18) + "source:", "m.yaml: has more than 1048576 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(mapping, c.old) {
				t.Fatalf("the mapping does not hold %q", c.old)
			}
			m, err := table.ReadMapping(strings.NewReader(strings.Replace(mapping, c.old, c.now, 1)), "m.yaml")
			if err == nil || !strings.Contains(err.Error(), c.want) || m != nil {
				t.Errorf("%v; want an error with\n%s", err, c.want)
			}
		})
	}
	bad := strings.NewReplacer("title: Pacts", "titel: Pacts", "1800-01-01", "1800-13-01", "alliance: pact", "alliance: []", "code: cow", "code: ISO").Replace(mapping)
	if _, err := table.ReadMapping(strings.NewReader(bad), "m.yaml"); strings.Count(err.Error(), "\n") != 4 {
		t.Errorf("want five problems, got %v", err)
	}
}

func manyKeys() string {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "k%d: v\n", i)
	}
	return b.String()
}

// TestLarge: a file beyond the bound is refused without being read to its end.
func TestLarge(t *testing.T) {
	r := io.MultiReader(strings.NewReader(header), endless{})
	if _, err := table.Read(r, "t.csv", mapped(t, mapping), options()); err == nil || !strings.Contains(err.Error(), "t.csv: has more than 67108864 bytes") {
		t.Error(err)
	}
	broken := iotest.ErrReader(errors.New("no such disk"))
	if _, err := table.Read(broken, "t.csv", mapped(t, mapping), options()); err == nil || err.Error() != "t.csv: cannot be read: no such disk" {
		t.Error(err)
	}
	if _, err := table.ReadMapping(broken, "m.yaml"); !errors.Is(err, ledger.ErrInvalid) || err.Error() != "m.yaml: cannot be read: no such disk" {
		t.Error(err)
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '\n'
	}
	return len(b), nil
}

// generated is a table of 50 alliances with 4 states each; change says what the
// row of an alliance and a state becomes.
func generated(change func(alliance, state int, row string) string) string {
	var b strings.Builder
	b.WriteString(header)
	for a := range 50 {
		for s := range 4 {
			row := fmt.Sprintf("Pact %d,Pact no. %d,80%d,%d-%02d-11,%d,%d,%d,%d,%d\n", a, a, s, 1820+a, s+1, 1880+a, s+1, a%28+1, s%2, a%2)
			b.WriteString(change(a, s, row))
		}
	}
	return b.String()
}

func unchanged(_, _ int, row string) string { return row }

// held says what a log holds after the events of a plan.
func held(t *testing.T, plan ingest.Plan) *ingest.Holdings {
	t.Helper()
	out := new(ingest.Holdings)
	for i, e := range plan.Events {
		if err := out.Add(ledger.Seq(i+1), e); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestNewVersion: five changed rows of two hundred correct the records of their
// alliances and touch no other; a row put in at the top touches its own.
func TestNewVersion(t *testing.T) {
	o := table.Options{Dataset: "pacts"}
	for s := range 4 {
		o.Holders = append(o.Holders, table.Holder{
			State: ledger.StateID(fmt.Sprintf("state-%d", s)), Scheme: "cow", Code: strconv.Itoa(800 + s), From: day("1816-01-01"), Until: ledger.NoAfter,
		})
	}
	plan := func(h *ingest.Holdings, text string) ingest.Plan {
		records, err := table.Read(strings.NewReader(text), "t.csv", mapped(t, mapping), o)
		if err != nil {
			t.Fatal(err)
		}
		p, err := ingest.Reconcile(h, "pacts", records, time.Unix(1, 0), "test")
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := plan(new(ingest.Holdings), generated(unchanged))
	again := plan(held(t, first), generated(unchanged))
	if again.Report.Skipped != len(first.Events) || len(again.Events) != 0 {
		t.Errorf("the same file again: %s", again.Report)
	}
	changed := []int{3, 11, 24, 25, 49}
	now := plan(held(t, first), generated(func(a, s int, row string) string {
		if s == 2 && slices.Contains(changed, a) {
			return strings.Replace(row, "-03-11", "-03-21", 1)
		}
		return row
	}))
	if now.Report.Corrected != len(changed) || now.Report.Appended+now.Report.Retracted+now.Report.Restored > 0 {
		t.Errorf("five changed rows: %s", now.Report)
	}
	for _, e := range now.Events {
		var a int
		if n, err := fmt.Sscanf(e.Aggregate.ID, "pact-%d", &a); n != 1 || err != nil || !slices.Contains(changed, a) {
			t.Errorf("%s was touched: %s", e.Aggregate, e.Payload.Type())
		}
	}
	more := plan(held(t, first), strings.Replace(generated(unchanged), "Pact 0,", "Pact 7,,800,1950,,,,,\nPact 0,", 1))
	for _, e := range more.Events {
		if e.Aggregate.ID != "pact-7" {
			t.Errorf("a new row of pact-7 touched %s", e.Aggregate)
		}
	}
	if len(more.Events) == 0 || more.Report.Retracted != 1 { // it lasts, so that the alliance has not ended
		t.Errorf("a new row: %s", more.Report)
	}
}

// FuzzReadMapping: any bytes give a mapping or an error that names the file,
// never both, and a mapping can be read by.
func FuzzReadMapping(f *testing.F) {
	f.Add(mapping)
	f.Add("")
	f.Add("source: {title: &a [*a]}\n? b\n: !!str c\n<<: {d: .inf}\n")
	f.Add(strings.Replace(mapping, "{column: who, code: cow}", "\n    column: who\n    code: id", 1) + "options:\n  delimiter: \"\\t\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := table.ReadMapping(strings.NewReader(text), "m.yaml")
		if (m == nil) == (err == nil) {
			t.Fatalf("%v and %v", m, err)
		}
		if err != nil {
			if !strings.Contains(err.Error(), "m.yaml") {
				t.Errorf("%q has no place", err)
			}
			return
		}
		check(t, m, fine())
	})
}

// FuzzRead: any bytes, by any mapping, give records or an error, never both, and
// records can be planned, which encodes them.
func FuzzRead(f *testing.F) {
	f.Add(mapping, good)
	f.Add(mapping, fine())
	f.Add(mapping, strings.Replace(fine(), "1890~", "1890/1891", 1))
	f.Add(strings.Replace(mapping, "  open_values", "  end_means: last-day\n  open_values", 1), fine())
	f.Fuzz(func(t *testing.T, mapping, text string) {
		m, err := table.ReadMapping(strings.NewReader(mapping), "m.yaml")
		if err != nil {
			return
		}
		check(t, m, text)
	})
}

func check(t *testing.T, m *table.Mapping, text string) {
	t.Helper()
	records, err := table.Read(strings.NewReader(text), "t.csv", m, options())
	if err != nil {
		if records != nil || !strings.Contains(err.Error(), "t.csv") {
			t.Fatalf("%d records and %v", len(records), err)
		}
		return
	}
	plan, err := ingest.Reconcile(new(ingest.Holdings), "pacts", records, time.Unix(1, 0), "test")
	if err != nil {
		t.Fatalf("what was read cannot be planned: %v", err)
	}
	for _, e := range plan.Events {
		enc, err := ledger.Encode(e)
		if err != nil {
			t.Fatal(err)
		}
		if _, again, err := new(ledger.Decoder).Check(enc.Bytes); err != nil || !bytes.Equal(again.Bytes, enc.Bytes) {
			t.Fatalf("%s does not read back: %v", enc.Bytes, err)
		}
	}
}
