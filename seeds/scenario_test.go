package seeds_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"foedus/ledger"
	"foedus/projections"
)

// A scenario is a text of lines. "#" begins a comment. A line
//
//	on DATE [known SEQ] [reading in-force|signature] [public] [certain]
//
// says at which point the lines below it ask: known at the head, under the
// reading in-force, with what was secret, with what is only possible, unless it
// says otherwise. The others ask and say what is expected:
//
//	parties ALLIANCE N                how many states are certainly parties
//	possible ALLIANCE N               how many more are possibly parties
//	party ALLIANCE STATE...           each is certainly a party
//	status STATE ALLIANCE STATUS...   the statuses, each followed by "possible" if it is; none: "-"
//	suspended ALLIANCE BY TOWARD yes|no|possible
//	takes-part ALLIANCE ORGAN STATE yes|no|possible
//	instrument ALLIANCE STATUS        of the treaty itself; "-" for none
//	code STATE SCHEME CODE            "-" for none
//	name STATE NAME...
//	exists STATE yes|no|possible
//	alliances STATE N                 in how many alliances it is certainly a party
//	allied STATE STATE yes|no|possible  both are parties to one alliance
//	clause ALLIANCE CLAUSE yes|no|possible     whether it is in force
//	clause-says ALLIANCE CLAUSE WORDS...       its text in the ledger has these words in a row
//	dispute KIND/ID DISPUTE VERDICT   for example open, upheld, partial
//	war CRISIS BY AGAINST yes|no|possible
//	neutral CRISIS STATE STANCE       "-" for none
//	fact KIND/ID FACT [A [B]] = VALUE...  any fact, as in "fact alliance/nato base reykjavik iceland = agreed";
//	                                  A or B is "_" where it is empty; the value is followed by "possible" if it
//	                                  is, and is "-" where there is no such fact
//
// STATUS is a value of the fact in question, for example party, signatory,
// withdrawn, ended.
type scenario struct {
	h  *history
	q  projections.Query
	at string
	t  *testing.T
}

func TestScenarios(t *testing.T) {
	files, err := filepath.Glob("testdata/scenarios/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	h := load(t)
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txt"), func(t *testing.T) {
			all, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			s := scenario{h: h, t: t}
			for i, line := range strings.Split(string(all), "\n") {
				text, _, _ := strings.Cut(line, "#")
				if words := strings.Fields(text); len(words) > 0 {
					s.at = fmt.Sprintf("%s:%d: %s", name, i+1, strings.TrimSpace(text))
					s.line(words)
				}
			}
		})
	}
}

func (s *scenario) line(words []string) {
	least := map[string]int{
		"on": 2, "parties": 3, "possible": 3, "party": 3, "status": 4, "suspended": 5, "takes-part": 5, "instrument": 3,
		"code": 4, "name": 3, "exists": 3, "alliances": 3, "allied": 4, "clause": 4, "clause-says": 4, "dispute": 4,
		"war": 5, "neutral": 4, "fact": 5,
	}
	n, ok := least[words[0]]
	if !ok || len(words) < n {
		s.t.Fatalf("%s: is no line of a scenario; see the comment on type scenario", s.at)
	}
	args := words[1:]
	if words[0] == "on" {
		s.on(args)
		return
	}
	if s.q.Dataset == "" {
		s.t.Fatalf("%s: no line \"on DATE\" stands above it", s.at)
	}
	got, want := s.ask(words[0], args)
	if got != want {
		s.t.Errorf("%s\n\tgot %s on %s", s.at, got, s.q.On)
	}
}

// ask returns what the World answers and what the line expects.
func (s *scenario) ask(what string, args []string) (got, want string) {
	last := args[len(args)-1]
	switch what {
	case "parties":
		return strconv.Itoa(len(s.parties(args[0], ledger.In))), last
	case "possible":
		return strconv.Itoa(len(s.parties(args[0], ledger.Possibly))), last
	case "party":
		return s.missing(args[0], args[1:]), ""
	case "status":
		return s.statuses(args[0], args[1]), strings.Join(args[2:], " ")
	case "suspended":
		return s.holds(ledger.KindAlliance, args[0], projections.FactSuspension, args[1], args[2]), last
	case "takes-part":
		return s.holds(ledger.KindAlliance, args[0], projections.FactParticipation, args[1], args[2]), last
	case "instrument":
		return s.value(ledger.KindAlliance, args[0], projections.FactStatus), last
	case "exists":
		return s.holds(ledger.KindState, args[0], projections.FactExistence, "", ""), last
	case "code":
		id := s.h.world.Identify(s.q, ledger.StateID(args[0]))
		return orNone(id.Codes[args[1]]), last
	case "alliances":
		n := 0
		for _, c := range s.alliances(args[0]) {
			if c == ledger.In {
				n++
			}
		}
		return strconv.Itoa(n), last
	case "allied":
		return s.allied(args[0], args[1]), last
	case "name":
		return orNone(s.h.world.Identify(s.q, ledger.StateID(args[0])).Name), strings.Join(args[1:], " ")
	}
	return s.askMore(what, args, last)
}

func (s *scenario) askMore(what string, args []string, last string) (got, want string) {
	switch what {
	case "clause":
		return s.holds(ledger.KindAlliance, args[0], projections.FactClause, args[1], ""), last
	case "clause-says":
		return s.clauseSays(args[0], args[1], strings.Join(args[2:], " ")), "yes"
	case "dispute":
		kind, id := s.subject(args[0])
		return s.values(kind, id, projections.FactDispute, args[1:2]), last
	case "war":
		return s.holds(ledger.KindCrisis, args[0], projections.FactWar, args[1], args[2]), last
	case "neutral":
		return s.values(ledger.KindCrisis, args[0], projections.FactNeutrality, args[1:2]), strings.Join(args[2:], " ")
	}
	kind, id := s.subject(args[0])
	is := slices.Index(args, "=")
	if is < 0 {
		s.t.Fatalf("%s: the value is missing; write \"= VALUE\" behind", s.at)
	}
	return s.values(kind, id, projections.FactKind(args[1]), args[2:is]), strings.Join(args[is+1:], " ")
}

// subject reads KIND/ID.
func (s *scenario) subject(text string) (kind ledger.Kind, id string) {
	k, id, ok := strings.Cut(text, "/")
	if !ok {
		s.t.Fatalf("%s: %q is no subject; write for example alliance/nato", s.at, text)
	}
	return ledger.Kind(k), id
}

// values returns the values of the facts of one kind, those about names only if
// there are some.
func (s *scenario) values(kind ledger.Kind, id string, fact projections.FactKind, names []string) string {
	var out []string
	for _, f := range s.facts(kind, id, fact) {
		if len(names) > 0 && f.A != strings.Trim(names[0], "_") || len(names) > 1 && f.B != strings.Trim(names[1], "_") {
			continue
		}
		value := f.Value
		if f.Certainty == ledger.Possibly {
			value += " possible"
		}
		out = append(out, value)
	}
	return orNone(strings.Join(out, " "))
}

// clauseSays reports whether the version in force has the words; if not, it
// returns what it has.
func (s *scenario) clauseSays(alliance, clause, words string) string {
	for _, f := range s.facts(ledger.KindAlliance, alliance, projections.FactClause) {
		if f.A != clause {
			continue
		}
		c, ok := f.Detail.(*ledger.Clause)
		if !ok {
			return "no clause but " + fmt.Sprint(f.Detail)
		}
		text := strings.Join(append(clauseText(c), strings.Join(predicateText(c.Trigger), " ")), " | ")
		if strings.Contains(text, words) {
			return "yes"
		}
		return text
	}
	return "no such clause in force"
}

func clauseText(c *ledger.Clause) []string {
	out := []string{c.Article, c.Label, string(c.Kind), string(c.Strength), c.Means, c.Determines, c.Consent, c.UNClause}
	return append(out, append(slices.Concat(c.Bearer, c.Beneficiary), c.Exclusions...)...)
}

func predicateText(p *ledger.Predicate) []string {
	if p == nil {
		return nil
	}
	out := append([]string{p.Is, p.ByKind, p.Region, p.Domain, p.Description}, slices.Concat(p.By, p.JoinedBy, p.Against)...)
	for i := range p.Of {
		out = append(out, predicateText(&p.Of[i])...)
	}
	return out
}

// alliances returns in which alliances a state is a party, and how certainly.
func (s *scenario) alliances(state string) map[string]ledger.Tri {
	out := make(map[string]ledger.Tri)
	for _, f := range s.h.world.Memberships(s.q, ledger.StateID(state)) {
		if f.Value == projections.Party || f.Value == projections.Suspended {
			if out[f.Aggregate.ID] != ledger.In {
				out[f.Aggregate.ID] = f.Certainty
			}
		}
	}
	return out
}

// allied reports whether two states are parties to one alliance.
func (s *scenario) allied(a, b string) string {
	ofA, ofB, answer := s.alliances(a), s.alliances(b), "no"
	for id, c := range ofA {
		other, ok := ofB[id]
		switch {
		case !ok:
		case c == ledger.In && other == ledger.In:
			return "yes"
		default:
			answer = "possible"
		}
	}
	return answer
}

func (s *scenario) on(args []string) {
	day, err := ledger.ParseDate(args[0])
	if err != nil {
		s.t.Fatalf("%s: %v", s.at, err)
	}
	s.q = s.h.query()
	s.q.On = day
	for i := 1; i < len(args); i++ {
		ok := true
		switch {
		case args[i] == "public":
			s.q.Public = true
		case args[i] == "certain":
			s.q.Certain = true
		case args[i] == "known" && i+1 < len(args):
			i++
			s.q.Known, err = ledger.ParseSeq(args[i])
			ok = err == nil
		case args[i] == "reading" && i+1 < len(args):
			i++
			s.q.Reading, ok = projections.ParseReading(args[i])
		default:
			ok = false
		}
		if !ok {
			s.t.Fatalf("%s: %q is not understood; see the comment on type scenario", s.at, args[i])
		}
	}
}

func (s *scenario) facts(kind ledger.Kind, id string, fact projections.FactKind) []projections.Fact {
	v, ok := s.h.world.At(s.q, kind, id)
	if !ok {
		return nil
	}
	return v.Of(fact)
}

// parties lists who is a party with this certainty. Suspended is a party.
func (s *scenario) parties(id string, certainty ledger.Tri) (out []string) {
	for _, f := range s.facts(ledger.KindAlliance, id, projections.FactParty) {
		if f.Certainty == certainty && (f.Value == projections.Party || f.Value == projections.Suspended) {
			out = append(out, f.A)
		}
	}
	return out
}

func (s *scenario) missing(id string, states []string) string {
	parties := s.parties(id, ledger.In)
	states = slices.DeleteFunc(slices.Clone(states), func(x string) bool { return slices.Contains(parties, x) })
	return strings.Join(states, " ")
}

func (s *scenario) statuses(state, id string) string {
	var out []string
	for _, f := range s.facts(ledger.KindAlliance, id, projections.FactParty) {
		if f.A != state {
			continue
		}
		out = append(out, f.Value)
		if f.Certainty == ledger.Possibly {
			out = append(out, "possible")
		}
	}
	return orNone(strings.Join(out, " "))
}

// holds says whether there is a fact of this kind; a participation as "none" is
// no participation.
func (s *scenario) holds(kind ledger.Kind, id string, fact projections.FactKind, a, b string) string {
	answer := "no"
	for _, f := range s.facts(kind, id, fact) {
		switch {
		case f.A != a || f.B != b || f.Value == "none" || f.Value == projections.Ended:
		case f.Certainty == ledger.In:
			return "yes"
		default:
			answer = "possible"
		}
	}
	return answer
}

func (s *scenario) value(kind ledger.Kind, id string, fact projections.FactKind) string {
	if facts := s.facts(kind, id, fact); len(facts) > 0 {
		return facts[0].Value
	}
	return "-"
}

func orNone(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
