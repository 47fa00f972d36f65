package httpapi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/obligations"
)

// mostGroups is how many clauses a paragraph names for one verdict; the others
// are counted, and stand in the list of duties.
const mostGroups = 4

// mostSpared is how many alliances that bind nobody a paragraph names.
const mostSpared = 3

// mostNames is how many states a sentence names.
const mostNames = 6

// explain says an answer in a paragraph: what was asked, who is bound, what is
// arguable and why, what else collides, what would follow. It is made from the
// same duties as the trace.
func (d *casuist) explain(doc *Obligations, k *quarrel) string {
	said := []string{d.asked(&k.s, k.place, doc.On)}
	if h := doc.Hypothetical; h != nil {
		said = append(said, fmt.Sprintf("This is a supposition, not the record: %s added to it and %s taken from it.",
			counted(len(h.Added), "event is", "events are"), counted(len(h.Removed), "event is", "events are")))
	}
	switch doc.Coverage {
	case "outside":
		said = append(said, "The day lies outside what the record covers: where it names nobody, that does not mean that nobody was bound."+opt(" It covers: ", strings.TrimSuffix(doc.Scope, "."), "."))
	case "undeclared":
		said = append(said, "What the dataset covers is not declared: where it names nobody, that does not mean that nobody was bound.")
	}
	said = append(said, d.verdicts(doc)...)
	said = append(said, d.broken(doc)...)
	for i := range doc.Conflicts[:min(len(doc.Conflicts), mostGroups)] {
		said = append(said, sentence(sentenceCase(doc.Conflicts[i].Text)))
	}
	for i := range doc.Pledges {
		said = append(said, d.pledge(&doc.Pledges[i]))
	}
	said = append(said, d.consequences(doc)...)
	said = append(said, "This is what the texts say on these facts, and no forecast of what anybody does.")
	return strings.Join(said, " ")
}

// broken says which promises the act itself would break.
func (d *casuist) broken(doc *Obligations) (said []string) {
	var firsts []*PromiseBroken
	var articles [][]string
	for i := range doc.Breaches {
		b := &doc.Breaches[i]
		k := slices.IndexFunc(firsts, func(o *PromiseBroken) bool {
			return o.State == b.State && o.Toward == b.Toward && o.Alliance == b.Alliance && o.Certainty == b.Certainty
		})
		if k < 0 {
			k = len(firsts)
			firsts, articles = append(firsts, b), append(articles, nil)
		}
		articles[k] = append(articles[k], b.Article)
	}
	for k, b := range firsts {
		verb := "breaks"
		if b.Certainty != certainty(ledger.In) {
			verb = "possibly breaks"
		}
		said = append(said, fmt.Sprintf("What is asked about itself %s a promise of %s to %s (%s of %s).", verb, d.state(ledger.StateID(b.State)),
			d.state(ledger.StateID(b.Toward)), list(articles[k], ""), d.alliance(ledger.AllianceID(b.Alliance))))
	}
	return said
}

func counted(n int, one, more string) string {
	switch n {
	case 0:
		return "no " + one
	case 1:
		return "one " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// asked says what the question is.
func (d *casuist) asked(s *obligations.Situation, place, on string) string {
	who := make([]string, 0, len(s.By)+len(s.NonState))
	for _, id := range s.By {
		who = append(who, d.state(id))
	}
	who = append(who, s.NonState...)
	verb := map[obligations.ActKind]string{
		obligations.ActAttack: "attack", obligations.ActWar: "go to war with", obligations.ActMobilization: "mobilise against",
		obligations.ActThreat: "threaten", obligations.ActBlockade: "blockade",
	}[s.Kind]
	if len(who) == 1 && !strings.HasSuffix(who[0], "States") {
		first, rest, _ := strings.Cut(verb, " ")
		verb = strings.TrimSpace(strings.TrimSuffix(first, "go") + map[bool]string{true: "goes", false: "s"}[first == "go"] + " " + rest)
	}
	parts := filled(
		fmt.Sprintf("The question: on %s, %s %s %s", plainDay(on), list(who, ""), verb, d.states(s.Attacked, "")),
		opt("at ", place, ""), map[bool]string{true: "upon forces that are there"}[s.Forces], opt("in the domain ", s.Domain, ""),
		map[string]string{"unprovoked": "unprovoked", "provoked": "provoked", "disputed": "a provocation being disputed"}[s.Provocation],
		opt("attribution ", s.Attribution, ""), opt("extent ", s.Extent, ""), opt("assuming that ", strings.Join(s.Assumed, " and that "), ""),
		map[bool]string{true: "supposing that what one treaty deems an attack on all counts for others too"}[s.Propagate],
	)
	return sentence(strings.Join(parts, ", "))
}

// plainDay writes a date as people do.
func plainDay(on string) string {
	t, err := time.Parse(time.DateOnly, on)
	if err != nil {
		return on
	}
	return t.Format("2 January 2006")
}

// group is what the clauses of one alliance say of the same states: they
// differ in the article only.
type group struct {
	first    *Duty
	ids      []string
	states   []string
	articles []string
}

// groups puts duties of one verdict together: first by clause, those that differ
// in the bearer only, then by alliance, those that ask the same of the same
// states. Who may have to fight comes first.
func (d *casuist) groups(duties []Duty, verdict obligations.Verdict) (out []group) {
	var clauses []group
	for i := range duties {
		x := &duties[i]
		if x.Verdict != string(verdict) {
			continue
		}
		k := slices.IndexFunc(clauses, func(g group) bool { return g.first.Alliance == x.Alliance && g.first.Clause == x.Clause })
		if k < 0 {
			k = len(clauses)
			clauses = append(clauses, group{first: x, articles: []string{x.Article}})
		}
		clauses[k].ids = append(clauses[k].ids, x.State)
		clauses[k].states = append(clauses[k].states, d.state(ledger.StateID(x.State)))
	}
	for _, g := range clauses {
		k := slices.IndexFunc(out, func(o group) bool {
			return o.first.Alliance == g.first.Alliance && o.first.Duty == g.first.Duty && slices.Equal(o.ids, g.ids)
		})
		if k < 0 {
			out = append(out, g)
			continue
		}
		out[k].articles = append(out[k].articles, g.articles...)
	}
	slices.SortStableFunc(out, func(x, y group) int { return cmp.Compare(weight(x.first), weight(y.first)) })
	return out
}

// weight orders duties by what is at stake: who may have to fight comes first.
func weight(d *Duty) int {
	switch {
	case d.Fights:
		return 0
	case d.Kind == "mobilize":
		return 1
	case d.Kind == "neutrality":
		return 2
	case d.Kind == "consult":
		return 3
	}
	return 4
}

// crowd lists states, or some of them and the number of the rest.
func crowd(names []string) string {
	if len(names) > mostNames {
		return fmt.Sprintf("%s and %d others", strings.Join(names[:mostNames-1], ", "), len(names)-mostNames+1)
	}
	return list(names, "")
}

// are returns the verb that goes with names.
func are(names []string) string {
	if len(names) == 1 {
		return "is"
	}
	return "are"
}

// verdicts says who is bound, firmest first. Who may have to fight has a sentence
// with the article; for lesser duties the states and the alliances have to do.
func (d *casuist) verdicts(doc *Obligations) (said []string) {
	bound := d.groups(doc.Duties, obligations.Bound)
	const opening = "By the text, on these facts, "
	switch {
	case len(doc.Duties) == 0 && doc.Coverage != string(projections.CoverageInside):
		return nil // that nobody is bound is not known
	case len(bound) == 0:
		said = append(said, opening+"no clause on record binds anybody.")
	case weight(bound[0].first) > 1:
		said = append(said, opening+"nobody is bound to fight.")
	}
	for _, v := range []struct {
		verdict obligations.Verdict
		format  string // states, is or are, what, under
		lesser  string // what
	}{
		{obligations.Bound, "%s %s bound %s, under %s", "Bound %s: "},
		{obligations.Contestable, "It is arguable whether %s %s bound %s, under %s", "Arguably bound %s: "},
		{obligations.Undecided, "No recorded fact decides whether %s %s bound %s, under %s", "Perhaps bound %s, which no recorded fact decides: "},
		{obligations.Political, "In politics and not in law, %s %s committed %s, under %s", "Committed in politics %s: "},
		{obligations.InSuspense, "Suspended: %s %s not bound at present %s, under %s", "Suspended is the duty %s: "},
	} {
		groups := d.groups(doc.Duties, v.verdict)
		heavy := 0
		for heavy < len(groups) && weight(groups[heavy].first) <= 1 {
			heavy++
		}
		for i, g := range groups[:min(heavy, mostGroups)] {
			text := fmt.Sprintf(v.format, crowd(g.states), are(g.states), d.what(g.first), d.under(&g))
			switch {
			case v.verdict != obligations.Bound:
				text += ": " + g.first.Reason
			case i == 0:
				text = opening + text + d.manner(g.first)
			default:
				text += d.manner(g.first)
			}
			said = append(said, sentence(sentenceCase(text)))
		}
		if heavy > mostGroups {
			said = append(said, fmt.Sprintf("The duties list %s of this kind.", counted(heavy-mostGroups, "more", "more")))
		}
		said = append(said, d.lesser(groups[heavy:], v.lesser)...)
	}
	return append(said, d.spared(doc)...)
}

// lesser has a sentence for each thing that is owed and is no fighting: who owes
// it, and under which alliances.
func (d *casuist) lesser(groups []group, format string) (said []string) {
	type owed struct {
		what             string
		states, alliance []string
	}
	var all []owed
	for i := range groups {
		g := &groups[i]
		k := slices.IndexFunc(all, func(o owed) bool { return o.what == g.first.Duty })
		if k < 0 {
			k = len(all)
			all = append(all, owed{what: g.first.Duty})
		}
		all[k].states = append(all[k].states, g.states...)
		all[k].alliance = append(all[k].alliance, d.alliance(ledger.AllianceID(g.first.Alliance)))
	}
	for _, o := range all {
		said = append(said, fmt.Sprintf(format, o.what)+crowd(distinct(o.states))+" ("+crowd(distinct(o.alliance))+").")
	}
	return said
}

// distinct drops repetitions and keeps the order.
func distinct(list []string) (out []string) {
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// what completes "bound ...", with the states for whose sake it is.
func (d *casuist) what(x *Duty) string {
	if x.Kind != "defense" || len(x.For) == 0 || x.Strength == "consult-then-decide" {
		return x.Duty
	}
	names := make([]string, len(x.For))
	for i, id := range x.For {
		names[i] = d.state(ledger.StateID(id))
	}
	return x.Duty + " " + list(names, "")
}

// under names clauses of one alliance.
func (d *casuist) under(g *group) string {
	return list(g.articles, "") + " of " + d.alliance(ledger.AllianceID(g.first.Alliance))
}

// manner says how firmly a clause binds, in brackets.
func (d *casuist) manner(x *Duty) string {
	if !x.Fights {
		return ""
	}
	how := map[string]string{
		"automatic-full": "at once and with all its forces", "automatic-unspecified": "the text does not say with what",
		"as-it-deems-necessary": "each by what it deems necessary", "constitutional-process": "each by its own constitutional processes",
		"political-only": "in politics only",
	}[x.Strength]
	return opt(" (", how, ")")
}

// spared names those whom some clause could have made fight and none does, with
// the reason of the first: that is what readers ask.
func (d *casuist) spared(doc *Obligations) []string {
	firm := make(map[string]bool)
	for i := range doc.Duties {
		if x := &doc.Duties[i]; x.Fights && x.Verdict != string(obligations.NotBound) {
			firm[x.State] = true
		}
	}
	var rest []Duty
	for i := range doc.Duties {
		if x := &doc.Duties[i]; x.Fights && !firm[x.State] {
			rest = append(rest, *x)
		}
	}
	var all []group // one for each alliance
	for _, g := range d.groups(rest, obligations.NotBound) {
		k := slices.IndexFunc(all, func(o group) bool { return o.first.Alliance == g.first.Alliance })
		if k < 0 {
			all = append(all, g)
			continue
		}
		all[k].states = distinct(append(all[k].states, g.states...))
	}
	if len(all) == 0 {
		return nil
	}
	parts := make([]string, 0, len(all))
	for _, g := range all[:min(len(all), mostSpared)] {
		parts = append(parts, fmt.Sprintf("%s under %s (%s)", crowd(g.states), d.alliance(ledger.AllianceID(g.first.Alliance)),
			strings.TrimSuffix(g.first.Reason, ".")))
	}
	if n := len(all) - len(parts); n > 0 {
		parts = append(parts, counted(n, "alliance more", "alliances more"))
	}
	return []string{"Not bound to fight: " + strings.Join(parts, "; ") + "."}
}

func (d *casuist) pledge(p *PledgeDoc) string {
	names := func(ids []string) []string {
		out := make([]string, len(ids))
		for i, id := range ids {
			out[i] = d.state(ledger.StateID(id))
		}
		return out
	}
	return sentence(fmt.Sprintf("Beside the clauses, %s promised %s: %s", list(names(p.By), "the parties of "+d.alliance(ledger.AllianceID(p.Alliance))),
		list(names(p.To), "it"), p.Text))
}

// consequences says what a chain comes to. What goes beyond the record is called
// a supposition.
func (d *casuist) consequences(doc *Obligations) []string {
	begin := map[string]string{
		string(obligations.ModeRecorded): "On record up to that day",
		string(obligations.ModeObliged):  "If every state did what it is bound to, which is a supposition",
		string(obligations.ModeWorst):    "If every state did what it is bound to or arguably bound to, which is a supposition",
	}[doc.Chain.Mode]
	if begin == "" {
		return nil
	}
	names := make([]string, len(doc.Chain.AtWar))
	for i, id := range doc.Chain.AtWar {
		names[i] = d.state(ledger.StateID(id))
	}
	if len(names) == 0 {
		return []string{begin + ", nobody else would come into the war."}
	}
	if doc.Chain.Mode == string(obligations.ModeRecorded) {
		return []string{begin + ", " + list(names, "") + " also fought, bound or not."}
	}
	return []string{begin + ", " + list(names, "") + " would come into the war."}
}

// dutyWords completes "bound ...".
func dutyWords(c *ledger.Clause) string {
	if c.Strength == "consult-then-decide" {
		return "to consult, and then to decide"
	}
	what := map[ledger.ClauseKind]string{
		"defense": "to help", "offense": "to fight beside the attacker", "neutrality": "to stay neutral", "consult": "to consult",
		"guarantee": "to uphold its guarantee", "mobilize": "to mobilise", "no-separate-peace": "to make no separate peace",
		"no-aid-to-enemy": "to give the attacker no aid", "materiel": "to give material help", "transit": "to grant transit",
		"basing": "to grant the use of bases",
	}[c.Kind]
	return cmp.Or(what, "to what the clause says")
}

// plain puts names in the place of the identifiers in a sentence of the engine.
// Other words stay: an identifier is a whole word in small letters.
func (d *casuist) plain(text string) string {
	d.learn()
	text = strings.NewReplacer(
		"@other-parties", "another party", "@parties", "a party", "@guarantors", "a guarantor", "@american-states", "an American state",
		"@protocol-states", "a state that was designated",
	).Replace(text)
	var b strings.Builder
	for text != "" {
		n := strings.IndexFunc(text, func(r rune) bool { return !idRune(r) })
		if n < 0 {
			n = len(text)
		}
		word := text[:n]
		if name := d.names[word]; name != nil {
			word = name()
		}
		b.WriteString(word)
		text = text[n:]
		n = strings.IndexFunc(text, idRune)
		if n < 0 {
			n = len(text)
		}
		b.WriteString(text[:n])
		text = text[n:]
	}
	return b.String()
}

func idRune(r rune) bool {
	return r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// learn collects the identifiers that may stand in a sentence.
func (d *casuist) learn() {
	if d.names != nil {
		return
	}
	d.names = make(map[string]func() string, 512)
	for _, dataset := range []ledger.DatasetID{ledger.Core, d.q.Dataset} {
		for _, id := range d.w.List(dataset, ledger.KindState, d.q.Known) {
			d.names[id] = func() string { return d.state(ledger.StateID(id)) }
		}
	}
	for _, id := range d.w.List(d.q.Dataset, ledger.KindAlliance, d.q.Known) {
		d.names[id] = func() string { return d.alliance(ledger.AllianceID(id)) }
	}
}
