package projections

// sym is an interned string. The zero sym is "".
type sym uint32

// symbols interns the identifiers, codes and words of a World, so that a fact
// is a few numbers.
type symbols struct {
	byText map[string]sym
	text   []string
}

func newSymbols() symbols {
	return symbols{byText: map[string]sym{"": 0}, text: []string{""}}
}

func (s *symbols) of(text string) sym {
	if id, ok := s.byText[text]; ok {
		return id
	}
	id := sym(len(s.text))
	s.text = append(s.text, text)
	s.byText[text] = id
	return id
}

// find is of without adding; ok is false if the text never came.
func (s *symbols) find(text string) (sym, bool) {
	id, ok := s.byText[text]
	return id, ok
}
