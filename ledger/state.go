package ledger

// The state family: the identity of countries, their names and codes, and
// who succeeded whom. Contested statehood is a claim by an actor and stands
// as such.

// StateFormed (state.formed): A state came to be a member of the
// international system.
type StateFormed struct {
	Name string    // its short English name; required
	From []StateID // its predecessors
	How  string    // how
}

// Type implements [Payload].
func (*StateFormed) Type() Type { return TypeStateFormed }
func (*StateFormed) state()     {}

func (p *StateFormed) wire(w *wire) {
	w.text("name", &p.Name, required, "its short English name")
	w.states("from", &p.From, optional, "its predecessors")
	enum(w, "how", &p.How, optional, "independence union secession dissolution recognition continuity unspecified", "how")
}

// StateRenamed (state.renamed): A state changed its name and stayed the same
// state.
type StateRenamed struct {
	Name string // the new name; required
}

// Type implements [Payload].
func (*StateRenamed) Type() Type { return TypeStateRenamed }
func (*StateRenamed) state()     {}

func (p *StateRenamed) wire(w *wire) {
	w.text("name", &p.Name, required, "the new name")
}

// StateCoded (state.coded): A published list gives the state a code from
// this day on.
type StateCoded struct {
	Scheme string // which list; required
	Code   string // the code; required
	Until  When   // the first day on which it no longer holds
}

// Type implements [Payload].
func (*StateCoded) Type() Type { return TypeStateCoded }
func (*StateCoded) state()     {}

func (p *StateCoded) wire(w *wire) {
	enum(w, "scheme", &p.Scheme, required, "cow cow-abbrev gw iso3 iso3166-3", "which list")
	w.text("code", &p.Code, required, "the code")
	w.when("until", &p.Until, optional, "the first day on which it no longer holds")
}

// StateMerged (state.merged): A state became part of another or of a new
// one.
type StateMerged struct {
	Into StateID // which; required
}

// Type implements [Payload].
func (*StateMerged) Type() Type { return TypeStateMerged }
func (*StateMerged) state()     {}

func (p *StateMerged) wire(w *wire) {
	w.state("into", &p.Into, required, "which")
}

// StateSplit (state.split): A state ceased to exist and several took its
// place.
type StateSplit struct {
	Into []StateID // which; required
}

// Type implements [Payload].
func (*StateSplit) Type() Type { return TypeStateSplit }
func (*StateSplit) state()     {}

func (p *StateSplit) wire(w *wire) {
	w.states("into", &p.Into, required, "which")
}

// StateDissolved (state.dissolved): A state ceased to exist.
type StateDissolved struct {
	Successors []StateID // who continued or succeeded it
}

// Type implements [Payload].
func (*StateDissolved) Type() Type { return TypeStateDissolved }
func (*StateDissolved) state()     {}

func (p *StateDissolved) wire(w *wire) {
	w.states("successors", &p.Successors, optional, "who continued or succeeded it")
}

// StateOccupied (state.occupied): A state lost control of its territory to
// others, as the cited sources see it; whether it went on in law is a claim.
type StateOccupied struct {
	By []StateID // to whom; required
}

// Type implements [Payload].
func (*StateOccupied) Type() Type { return TypeStateOccupied }
func (*StateOccupied) state()     {}

func (p *StateOccupied) wire(w *wire) {
	w.states("by", &p.By, required, "to whom")
}

// StateRestored (state.restored): An occupied or absorbed state was
// restored.
type StateRestored struct {
	After string // what ended
}

// Type implements [Payload].
func (*StateRestored) Type() Type { return TypeStateRestored }
func (*StateRestored) state()     {}

func (p *StateRestored) wire(w *wire) {
	w.text("after", &p.After, optional, "what ended")
}

// TerritoryChanged (territory.changed): A part of territory passed from one
// state to another or came under another's administration.
type TerritoryChanged struct {
	Territory Name    // which part; required
	From      StateID // whose it was
	To        StateID // whose it became
	Relation  string  // how; required
}

// Type implements [Payload].
func (*TerritoryChanged) Type() Type { return TypeTerritoryChanged }
func (*TerritoryChanged) state()     {}

func (p *TerritoryChanged) wire(w *wire) {
	w.name("territory", &p.Territory, required, "which part")
	w.state("from", &p.From, optional, "whose it was")
	w.state("to", &p.To, optional, "whose it became")
	enum(w, "relation", &p.Relation, required, "cession annexation administration return independence lease", "how")
}

// GovernmentChanged (government.changed): The government or the regime
// changed; the state stayed the same.
type GovernmentChanged struct {
	Government string // the new one; required
	How        string // how
}

// Type implements [Payload].
func (*GovernmentChanged) Type() Type { return TypeGovernmentChanged }
func (*GovernmentChanged) state()     {}

func (p *GovernmentChanged) wire(w *wire) {
	w.text("government", &p.Government, required, "the new one")
	enum(w, "how", &p.How, optional, "election revolution coup succession intervention unspecified", "how")
}

// TreatySuccession (treaty.succession): A state took the place of another in
// an instrument (Vienna Convention on Succession of States in respect of
// Treaties, 1978).
type TreatySuccession struct {
	Predecessor StateID // whose place; required
	Successor   StateID // who took it; required
	Rule        string  // on what ground; required
}

// Type implements [Payload].
func (*TreatySuccession) Type() Type { return TypeTreatySuccession }
func (*TreatySuccession) state()     {}

func (p *TreatySuccession) wire(w *wire) {
	w.state("predecessor", &p.Predecessor, required, "whose place")
	w.state("successor", &p.Successor, required, "who took it")
	enum(w, "rule", &p.Rule, required, "continuity devolution clean-slate moving-frontier notification", "on what ground")
}
