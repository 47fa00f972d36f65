package seeds_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// small is a whole history of two states that never were.
func small() map[string]string {
	return map[string]string{
		"coverage.yaml": `records:
  - subject: ledger/core
    key: coverage
    type: coverage.declared
    from: 1900-01-01
    through: 1950-12-31
    scope: a pact
`,
		"sources/books.yaml": `records:
  - subject: ledger/a-book
    key: added
    type: source.added
    title: A Book
    form: monograph
    author: Somebody
`,
		"states/ruritania.yaml": `subject: state/ruritania
records:
  - key: formed
    type: state.formed
    done_on: 1900-01-01
    name: Ruritania
    citations:
      - {source: a-book, grade: B}
`,
		"states/graustark.yaml": `subject: state/graustark
records:
  - key: formed
    type: state.formed
    done_on: 1910-01-01
    name: Graustark
    citations:
      - {source: a-book, grade: B}
`,
		"alliances/pact.yaml": `subject: alliance/pact
records:
  - key: described
    type: instrument.described
    title: The Pact
    form: treaty
    aliases: [Pact of Strelsau]
    citations:
      - {source: a-book, grade: B}
  - key: signed
    type: instrument.signed
    done_on: 1920-01-01
    each:
      - {signatory: ruritania}
      - {signatory: graustark}
    citations:
      - {source: a-book, grade: B}
  - key: in-force
    type: instrument.in_force
    done_on: 1920-02-01
    among: [ruritania, graustark]
    citations:
      - {source: a-book, grade: B}
  - key: clause/art-1
    type: clause.added
    clause:
      id: art-1
      article: Art. 1
      label: Defence
      kind: defense
      bearer: ["@parties"]
      beneficiary: [graustark]
    quote: a word
    citations:
      - {source: a-book, grade: B}
  - key: withdrawn
    type: withdrawal.effective
    done_on: 1930-01-01
    party: graustark
    how: denunciation
    citations:
      - {source: a-book, grade: B}
  - key: coverage
    type: coverage.declared
    from: 1920-01-01
    through: 1950-12-31
    scope: everything
`,
	}
}

// lint does what the tests of the seeds do with any files.
func lint(files map[string]string) (out []string) {
	fsys := make(fstest.MapFS)
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	h, problems := read(fsys)
	if h == nil {
		return problems
	}
	for _, name := range slices.Sorted(maps.Keys(checks())) {
		problems = append(problems, checks()[name](h)...)
	}
	return append(problems, commas(fsys)...)
}

// TestLintFinds breaks a whole history in one place, and the checks must say so
// once, with the file, the line and the mend.
func TestLintFinds(t *testing.T) {
	if problems := lint(small()); len(problems) > 0 {
		t.Fatalf("the small history is not whole: %v", problems)
	}
	const second = `subject: alliance/entente
records:
  - key: described
    type: instrument.described
    title: The Entente
    form: treaty
    aliases: [pact of strelsau]
    citations:
      - {source: a-book, grade: B}
  - key: coverage
    type: coverage.declared
    from: 1920-01-01
    through: 1950-12-31
    scope: everything
`
	tests := []struct {
		name, file, old, new, want string
	}{
		{"unknown field", "alliances/pact.yaml", "among:", "amongst:", `^alliances/pact\.yaml:21: .*amongst.*did you mean "among"`},
		{"missing citation", "alliances/pact.yaml", "    party: graustark\n    how: denunciation\n    citations:\n      - {source: a-book, grade: B}\n", "    party: graustark\n", `^alliances/pact\.yaml:36: citations: is required`},
		{"missing grade", "states/ruritania.yaml", ", grade: B", "", `^states/ruritania\.yaml:8: .*grade`},
		{"unknown grade", "states/ruritania.yaml", "grade: B", "grade: E", `^states/ruritania\.yaml:8: .*grade.*"E"`},
		{"unknown state", "alliances/pact.yaml", "among: [ruritania, graustark]", "among: [ruritania, graustarc]", `^alliances/pact\.yaml:18: in-force: among: "graustarc": .*did you mean "graustark"`},
		{"state before its time", "alliances/pact.yaml", "done_on: 1920-01-01", "done_on: 1905-01-01", `^alliances/pact\.yaml:15: signed/graustark: signatory: "graustark": did not exist on 1905-01-01.*name the state of that day`},
		{"unknown code scheme", "states/ruritania.yaml", "    type: state.formed\n    done_on: 1900-01-01\n    name: Ruritania", "    type: state.coded\n    done_on: 1900-01-01\n    scheme: cov\n    code: \"999\"", `^states/ruritania\.yaml:6: .*scheme.*"cov".*cow`},
		{"ends before it begins", "alliances/pact.yaml", "    done_on: 1930-01-01", "    done_on: 1919-01-01", `^alliances/pact\.yaml:36: withdrawn: party graustark: it leaves without having been a party; append`},
		{"leaves without having joined", "alliances/pact.yaml", "among: [ruritania, graustark]", "among: [ruritania]", `^alliances/pact\.yaml:36: withdrawn: party graustark: it leaves without having been a party; append`},
		{"bearer is no party", "alliances/pact.yaml", `bearer: ["@parties"]`, "bearer: [syldavia]", `^alliances/pact\.yaml:24: clause/art-1: clause\.bearer: "syldavia": was never a party`},
		{"beneficiary is no party", "alliances/pact.yaml", "beneficiary: [graustark]", "beneficiary: [syldavia]", `^alliances/pact\.yaml:24: clause/art-1: clause\.beneficiary: "syldavia": was never a party`},
		{"a comma within an exclusion", "alliances/pact.yaml", "      beneficiary: [graustark]", "      beneficiary: [graustark]\n      exclusions: [a war in Syldavia, where another treaty applies]", `^alliances/pact\.yaml:33: exclusions: a comma outside quotes`},
		{"alias of two", "alliances/entente.yaml", "", second, `: described: aliases: "(?i:pact of strelsau)": is a name of alliance/(pact|entente) too`},
		{"after the coverage", "alliances/pact.yaml", "    done_on: 1930-01-01", "    done_on: 1951-01-01", `^alliances/pact\.yaml:36: withdrawn: done_on: "1951-01-01": is after 1950-12-31`},
		{"another end of coverage", "alliances/pact.yaml", "through: 1950-12-31", "through: 1949-12-31", `^alliances/pact\.yaml:43: coverage: through: "1949-12-31"`},
		{"no coverage", "alliances/pact.yaml", "  - key: coverage\n    type: coverage.declared\n    from: 1920-01-01\n    through: 1950-12-31\n    scope: everything\n", "", `^alliances/pact\.yaml:3: described: no coverage\.declared on alliance/pact; add`},
		{"two records of one key", "alliances/pact.yaml", "  - key: withdrawn\n", "  - key: described\n", `^alliances/pact\.yaml:36: key: "described".*alliances/pact\.yaml:3`},
		{"a long quotation", "alliances/pact.yaml", "quote: a word", "quote: " + strings.Repeat("word ", 41), `^alliances/pact\.yaml:33: quote: .*at most 40 are allowed`},
		{"source nobody cites", "sources/more.yaml", "", "records:\n  - subject: ledger/b-book\n    key: added\n    type: source.added\n    title: B Book\n    form: monograph\n    author: Nobody\n", `^sources/more\.yaml:2: added: subject: "b-book": no record cites`},
		{"unknown source", "states/ruritania.yaml", "source: a-book", "source: a-bok", `^states/ruritania\.yaml:3: formed: citations\[0\]\.source.*"a-bok".*a-book`},
		{"wrong file", "alliances/entente.yaml", "", strings.Replace(second, "alliance/entente", "alliance/others", 1), `^alliances/entente\.yaml:3: described: is about alliance/others; move it to alliances/others\.yaml`},
		{"unknown date", "alliances/pact.yaml", "    done_on: 1930-01-01", "    done_on: 1930-13-01", `^alliances/pact\.yaml:38: done_on: "1930-13-01": .*a month is 01 to 12`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files := small()
			if tt.old != "" && !strings.Contains(files[tt.file], tt.old) {
				t.Fatalf("%s has no %q", tt.file, tt.old)
			}
			files[tt.file] = strings.Replace(files[tt.file], tt.old, tt.new, 1)
			problems := lint(files)
			if !slices.ContainsFunc(problems, regexp.MustCompile(tt.want).MatchString) {
				t.Errorf("want a problem like %s, got\n%s", tt.want, strings.Join(problems, "\n"))
			}
		})
	}
}
