package seeds_test

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"foedus/projections"
	"foedus/seeds"
)

// TestReadmeExample: the worked example in README.md can be added as it stands,
// once the coverage is moved, as it says, and then its state is a party.
func TestReadmeExample(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, ok := strings.Cut(string(readme), "## A worked example")
	if !ok {
		t.Fatal(`README.md: no section "A worked example"; put it back`)
	}
	example, _, _ = strings.Cut(example, "\n## ")
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(example, -1)
	if len(blocks) != 2 {
		t.Fatalf("README.md: %d examples, want a state and an accession", len(blocks))
	}
	files := make(map[string]string)
	err = fs.WalkDir(seeds.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(seeds.FS(), name)
		files[name] = strings.ReplaceAll(string(text), "through: 2025-12-31", "through: 2040-12-31")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// The example is indented below the numbers of a list.
	outdent := regexp.MustCompile("(?m)^   ")
	files["states/ruritania.yaml"] = outdent.ReplaceAllString(blocks[0][1], "")
	files["alliances/nato.yaml"] += outdent.ReplaceAllString(blocks[1][1], "")
	fsys := make(fstest.MapFS)
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	h, problems := read(fsys)
	for _, check := range checks() {
		if h != nil {
			problems = append(problems, check(h)...)
		}
	}
	if len(problems) > 0 {
		t.Fatalf("the example is wrong:\n%s", strings.Join(problems, "\n"))
	}
	for on, want := range map[string]string{"2032-03-11": "acceding", "2032-03-12": projections.Party} {
		q := h.query()
		q.On = day(on)
		got := "-"
		for _, f := range h.world.Memberships(q, "ruritania") {
			got = f.Value
		}
		if got != want {
			t.Errorf("on %s Ruritania is %s, want %s", on, got, want)
		}
	}
}
