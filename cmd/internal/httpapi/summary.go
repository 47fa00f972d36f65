package httpapi

import (
	"strings"

	"foedus/ledger"
	"foedus/projections"
)

// teller puts events into sentences. Names are those of the day of the event,
// because a reader of history expects the names of the time.
type teller struct {
	*writer
	q     projections.Query // on is the day of the event at hand
	about ledger.Aggregate  // of the event at hand
}

func newTeller(w *projections.World, q projections.Query) *teller {
	return &teller{writer: newWriter(w, q), q: q}
}

// summary returns one sentence that says what happened.
func (d *teller) summary(a ledger.Aggregate, c *ledger.Content) string {
	d.about = a
	d.q.On = d.writer.q.On
	if on := placed(c); on.Earliest().Finite() {
		d.q.On = on.Earliest()
	} else if on.Latest().Finite() {
		d.q.On = on.Latest()
	}
	var s string
	switch c.Payload.Type().Family() {
	case ledger.FamilyInstrument:
		s = d.instrument(c.Payload)
	case ledger.FamilyParticipation:
		s = d.participation(c.Payload)
	case ledger.FamilyCrisis:
		s = d.crisis(c.Payload)
	case ledger.FamilyState:
		s = d.stateEvent(c.Payload)
	case ledger.FamilyLedger:
		s = d.record(c.Payload)
	}
	if s == "" {
		s = c.Payload.Type().Doc()
	}
	return sentenceCase(s)
}

// sentenceCase begins a sentence with a capital letter.
func sentenceCase(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// state names a state.
func (d *teller) state(id ledger.StateID) string {
	if name := d.w.NameOf(d.q, id); name != "" {
		return withArticle(name)
	}
	// An event before the state was formed, or after its end: any name will do.
	name := ""
	d.w.SpellsOf(d.q, ledger.Aggregate{Dataset: d.q.Dataset, Kind: ledger.KindState, ID: string(id)},
		projections.FactName, func(f projections.Fact) bool { name = f.Value; return false })
	if name != "" {
		return withArticle(name)
	}
	return withArticle(unslug(string(id)))
}

// withArticle puts the article before the names that English gives one.
func withArticle(name string) string {
	for _, word := range [...]string{
		"Union", "States", "Kingdom", "Republic", "Netherlands", "Philippines", "Emirates", "Federation", "Empire", "Islands",
	} {
		if strings.Contains(name, word) && !hasArticle(name) {
			return "the " + name
		}
	}
	return name
}

func hasArticle(name string) bool { return len(name) >= 4 && strings.EqualFold(name[:4], "the ") }

// states lists states: "Greece, Turkey and Spain"; otherwise for none.
func (d *teller) states(ids []ledger.StateID, otherwise string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = d.state(id)
	}
	return list(names, otherwise)
}

func list(names []string, otherwise string) string {
	switch n := len(names); n {
	case 0:
		return otherwise
	case 1:
		return names[0]
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// alliance names an alliance as people do: by its first other name, else by its
// title.
func (d *teller) alliance(id ledger.AllianceID) string {
	f, ok := d.w.Title(d.writer.q, id)
	if !ok {
		return unslug(string(id))
	}
	p := detail[ledger.InstrumentDescribed](&f)
	name := p.Title
	if len(p.Aliases) > 0 {
		name = p.Aliases[0]
	}
	if !strings.Contains(name, " ") || hasArticle(name) {
		return name
	}
	return "the " + name
}

// it names the alliance that the event is about.
func (d *teller) it() string { return d.alliance(ledger.AllianceID(d.about.ID)) }

// self names the state that the event is about.
func (d *teller) self() string { return d.state(ledger.StateID(d.about.ID)) }

// clause names a clause: its article where there is one, else its id.
func (d *teller) clause(alliance ledger.AllianceID, id ledger.ClauseID) string {
	a := ledger.Aggregate{Dataset: d.q.Dataset, Kind: ledger.KindAlliance, ID: string(alliance)}
	name := ""
	d.w.SpellsOf(d.q, a, projections.FactClause, func(f projections.Fact) bool {
		if f.A == string(id) {
			name = detail[ledger.Clause](&f).Article
		}
		return name == ""
	})
	if name == "" {
		return string(id)
	}
	return name
}

func (d *teller) clauses(ids []ledger.ClauseID, otherwise string) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = d.clause(ledger.AllianceID(d.about.ID), id)
	}
	return list(names, otherwise)
}

// under says under which clause of which alliance something was done, "" if
// nobody says.
func (d *teller) under(a ledger.AllianceID, c ledger.ClauseID) string {
	switch {
	case a == "":
		return ""
	case c == "":
		return " under " + d.alliance(a)
	}
	return " under " + d.clause(a, c) + " of " + d.alliance(a)
}

// unslug makes words of an identifier.
func unslug[T ~string](id T) string { return strings.ReplaceAll(string(id), "-", " ") }

// opt returns before+s+after, or nothing if s is empty.
func opt[T ~string](before string, s T, after string) string {
	if s == "" {
		return ""
	}
	return before + string(s) + after
}

// until says until when, "" if nobody says.
func until(before string, w ledger.When) string { return opt(before, w.String(), "") }
