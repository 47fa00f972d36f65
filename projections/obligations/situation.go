package obligations

import (
	"strings"

	"foedus/ledger"
)

// ActKind is what somebody does that a trigger may ask for.
type ActKind string

// The kinds of act. An attack is a war too, and both are a threat to whom they
// are directed at.
const (
	ActAttack       ActKind = "attack"
	ActWar          ActKind = "war" // a declaration of war, or an entry into one
	ActMobilization ActKind = "mobilization"
	ActThreat       ActKind = "threat"
	ActBlockade     ActKind = "blockade"
)

// ActKinds lists the kinds of act.
func ActKinds() []string {
	return []string{string(ActAttack), string(ActWar), string(ActMobilization), string(ActThreat), string(ActBlockade)}
}

// The answers to the question whether the target provoked an act; "" is that
// nobody says.
const (
	Unprovoked = "unprovoked"
	Provoked   = "provoked"
	Disputed   = "disputed"
)

// Origin says why an act counts.
type Origin string

// The origins of an act.
const (
	Asked      Origin = "asked"      // it is what the question is about
	Recorded   Origin = "recorded"   // the log tells of it
	Hypothesis Origin = "hypothesis" // a state is supposed to do what it is bound to
)

// Act is one thing that one attacker does to one target.
type Act struct {
	Kind        ActKind
	By          ledger.StateID // "" where the attacker is no state
	Name        string         // of an attacker that is no state
	Attribution string         // state, non-state or disputed; "" stands for state
	Against     ledger.StateID // "" for nobody in particular
	Ground      Ground
	Domain      string // land, sea, air, cyber, space; "" is not stated
	Provocation string
	Extent      string // of a mobilisation: partial, general, precautionary; "" stands for general
	// Answer is set where the act answers an attack on whoever does it, or on one
	// whom he is bound to defend.
	Answer bool
	Origin Origin
	Event  ledger.Seq  // of what is recorded
	Step   int         // of a hypothesis: the step of the chain that it follows from
	since  ledger.Date // of what is recorded, 0 for none: the first day it may have begun
}

// fights reports whether the act is an armed attack or a war.
func (a *Act) fights() bool { return a.Kind == ActAttack || a.Kind == ActWar }

// who names the attacker.
func (a *Act) who() string {
	if a.By != "" {
		return string(a.By)
	}
	return a.Name
}

// String says what the act is, with identifiers.
func (a *Act) String() string {
	verb := map[ActKind]string{
		ActAttack: "attacks", ActWar: "makes war on", ActMobilization: "mobilises against", ActThreat: "threatens", ActBlockade: "blockades",
	}[a.Kind]
	if a.Against == "" {
		return a.who() + " " + strings.TrimSuffix(verb, " against")
	}
	return a.who() + " " + verb + " " + string(a.Against)
}

// Situation is the question: who attacks whom, and how.
type Situation struct {
	Attacked    []ledger.StateID // at least one
	By          []ledger.StateID // the states that attack
	NonState    []string         // those that attack and are no states
	Kind        ActKind          // "" stands for [ActAttack]
	Place       PlaceID          // "" stands for the metropolitan territory of each that is attacked
	Forces      bool             // forces, vessels or aircraft that are there, not the territory
	Domain      string
	Provocation string
	Attribution string
	Extent      string
	// Assumed holds texts of conditions that no fact decides, or parts of them, which are taken to hold.
	Assumed []string
	// Propagate lets an attack on one that a treaty deems an attack on all start
	// other treaties too. No treaty says so of others; see [Result].
	Propagate bool
}

// acts are the acts of the question, each attacker on each target.
func (s *Situation) acts() (out []Act) {
	kind := s.Kind
	if kind == "" {
		kind = ActAttack
	}
	for _, target := range s.Attacked {
		ground := Ground{Place: s.Place, Forces: s.Forces}
		if s.Place == "" {
			ground.State = target
		}
		one := Act{
			Kind: kind, Against: target, Ground: ground, Domain: s.Domain, Provocation: s.Provocation, Attribution: s.Attribution,
			Extent: s.Extent, Origin: Asked,
		}
		for _, by := range s.By {
			one.By, one.Name = by, ""
			out = append(out, one)
		}
		for _, name := range s.NonState {
			one.By, one.Name, one.Attribution = "", name, "non-state"
			out = append(out, one)
		}
	}
	return out
}
