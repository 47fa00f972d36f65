package table_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"foedus/ingest/table"
	"foedus/ledger"
)

// The mapping testdata/pacts.yaml has every key of the format but start and end
// in one column.
func Example() {
	o := table.Options{Dataset: "middle-sea", Holders: []table.Holder{ // a program asks the curated history
		{State: "ruritania", Scheme: "cow", Code: "901", From: day("1860-01-01"), Until: ledger.NoAfter},
		{State: "graustark", Scheme: "cow", Code: "902", From: day("1860-01-01"), Until: day("1912-01-01")},
		{State: "graustark-republic", Scheme: "cow", Code: "902", From: day("1912-01-01"), Until: ledger.NoAfter},
		{State: "kravonia", Scheme: "cow", Code: "903", From: ledger.NoBefore, Until: ledger.NoAfter},
		{State: "evallonia", Scheme: "cow", Code: "904", From: day("1905-01-01"), Until: ledger.NoAfter},
	}}

	rules, err := os.ReadFile("testdata/pacts.yaml")
	if err != nil {
		fmt.Println(err)
	}
	rows, err := os.ReadFile("testdata/pacts.csv")
	if err != nil {
		fmt.Println(err)
	}
	m, err := table.ReadMapping(bytes.NewReader(rules), "pacts.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	records, err := table.Read(bytes.NewReader(rows), "pacts.csv", m, o)
	if err != nil {
		fmt.Println(err)
	}
	for _, r := range records {
		fmt.Println(strings.TrimSpace(fmt.Sprintf("%-21s %-24s %s", r.Aggregate.Subject(), r.Key, r.Content.DoneOn)))
	}
	// Output:
	// ledger/middle-sea     added
	// ledger/middle-sea     coverage
	// alliance/dual-league  described
	// alliance/dual-league  in-force                 1902-05-01
	// alliance/dual-league  party/evallonia          1902-05-01
	// alliance/dual-league  party/graustark          1910-07-09
	// alliance/dual-league  left/graustark           1912-01-01
	// alliance/dual-league  party/graustark-republic 1912-01-01
	// alliance/dual-league  left/graustark-republic  1914-08-04
	// alliance/dual-league  party/ruritania          1902-05-01
	// alliance/dual-league  clause/defense
	// alliance/dual-league  clause/consult
	// alliance/strelsau     described
	// alliance/strelsau     in-force                 1866-03-12
	// alliance/strelsau     ended                    1900-01-01
	// alliance/strelsau     party/graustark          1866-03-12
	// alliance/strelsau     left/graustark           1884-06-02/1884-07-01
	// alliance/strelsau     party/kravonia           1871
	// alliance/strelsau     party/ruritania          1866-03-12
	// alliance/strelsau     clause/defense
	// alliance/strelsau     clause/consult
	// state/evallonia       code/cow/904/1902-05-01  1902-05-01
}
