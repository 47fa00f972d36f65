package atop

import (
	"strings"

	"foedus/ledger"
)

// obligation is one of the five general obligations of the codebook (2.33) and
// the codes of the conditions under which it arises.
type obligation struct {
	code       string
	kind       ledger.ClauseKind
	label      string
	summary    string // the code that says that there is any condition
	conditions []condition
}

// condition is a code that narrows an obligation, and what it means in words.
type condition struct{ code, text string }

func obligations() []obligation {
	const (
		adversary = "only against a particular adversary or kind of adversary"
		place     = "only in a particular place"
		conflict  = "only in a particular conflict under way"
		number    = "depending on the number of adversaries"
		demands   = "only if demands of the agreement are met"
		unprov    = "only if the ally did not provoke the adversary"
	)
	return []obligation{
		{"defense", "defense", "Defence", "defcon", []condition{
			{"defcoadv", adversary}, {"defcoloc", place}, {"defcocon", conflict}, {"defconum", number}, {"defcodem", demands}, {"defconpr", unprov},
		}},
		{"offense", "offense", "Offence", "offcon", []condition{
			{"offcoadv", adversary}, {"offcoloc", place}, {"offcocon", conflict}, {"offconum", number}, {"offcodem", demands},
		}},
		{"neutral", "neutrality", "Neutrality", "neucon", []condition{
			{"neucoadv", adversary},
			{"neucoloc", place},
			{"neucocon", conflict},
			{"neuconum", number},
			{"neucodem", demands},
			{"neuconpr", unprov},
			{"neucoatt", "only if the ally is attacked"},
		}},
		{"nonagg", "nonaggression", "Non-aggression", "", nil},
		{"consul", "consult", "Consultation", "concon", []condition{
			{"concoadv", adversary}, {"concoloc", place}, {"concocon", conflict}, {"concoreq", "only if an ally asks for it"},
		}},
	}
}

// provision is a further code whose value is above 0 where an agreement has it
// (codebook, 2.34 to 2.36).
type provision struct {
	code  string
	kind  ledger.ClauseKind
	label string
	means map[int]string // by value, where it has several
}

func provisions() []provision {
	return []provision{
		{"notaiden", "no-aid-to-enemy", "No support for enemies", map[int]string{
			1: "in general", 2: "of outside states", 3: "of non-state actors", 4: "of states and of non-state actors",
		}},
		{"seppeace", "no-separate-peace", "No separate peace", map[int]string{
			1: "none is to be concluded", 2: "only with the consent of the allies", 3: "the allies are to be consulted",
		}},
		{"thirdcom", "no-hostile-alliance", "No commitments to third parties, or none without consulting", nil},
		{"noothall", "no-hostile-alliance", "No alliance against an ally", nil},
		{"terrres", "transit", "Territory or resources for an ally", nil},
		{"milaid", "materiel", "Military aid", nil},
		{"intcom", "integrate-command", "Integrated command", nil},
		{"base", "basing", "Bases", nil},
		{"armred", "reduce-arms", "Arms to be reduced", nil},
	}
}

// coded lists every column that holds a code and is used.
func coded() (out []string) {
	for _, o := range obligations() {
		out = append(out, o.code)
		if o.summary != "" {
			out = append(out, o.summary)
		}
		for _, c := range o.conditions {
			out = append(out, c.code)
		}
	}
	for _, p := range provisions() {
		out = append(out, p.code)
	}
	return append(out, "olimob", "obvary", "asymm", "estmode", "pubsecr", "secrart", "wartime", "bilat", "term", "termmode", "termcaus")
}

// clause says what a code obliges one member to: the clause without who bears
// it, and under what name members with the same clause are put together.
type clause struct {
	ledger.Clause
	same string
}

// clauseOf returns the clause of an obligation for a member, ok only if it has it.
func (o *obligation) clauseOf(r *row) (c clause, ok bool) {
	if r.code(o.code) != 1 {
		return c, false
	}
	c.Kind, c.Label, c.ATOP = o.kind, o.label, []string{o.code}
	if o.summary != "" && r.code(o.summary) == 1 {
		c.ATOP = append(c.ATOP, o.summary)
	}
	var leaves []ledger.Predicate
	for _, cond := range o.conditions {
		if r.code(cond.code) == 1 {
			c.ATOP = append(c.ATOP, cond.code)
			leaves = append(leaves, ledger.Predicate{Is: "described", Description: cond.text + " (" + cond.code + ")"})
		}
	}
	if r.code("olimob") == 1 && o.kind != "nonaggression" {
		c.ATOP = append(c.ATOP, "olimob")
		leaves = append(leaves, ledger.Predicate{Is: "described", Description: "under another condition that the codes do not name (olimob)"})
	}
	if r.code("obvary") == 1 {
		c.Exclusions = []string{"the obligation is owed to some of the others only (obvary)"}
	}
	c.Trigger = trigger(o.kind, r, leaves)
	c.same = strings.Join(c.ATOP, " ") + strings.Join(c.Exclusions, " ")
	return c, true
}

// trigger says when an obligation arises, as far as the codes say it.
func trigger(kind ledger.ClauseKind, r *row, leaves []ledger.Predicate) *ledger.Predicate {
	var first *ledger.Predicate
	switch kind {
	case "defense":
		first = &ledger.Predicate{Is: "attack", Against: []string{"@other-parties"}, Unprovoked: r.code("defconpr") == 1}
	case "neutrality":
		first = &ledger.Predicate{Is: "described", Description: "a conflict between an ally and others"}
	case "consult":
		first = &ledger.Predicate{Is: "threat", Against: []string{"@parties"}}
	}
	switch {
	case first == nil && len(leaves) == 0:
		return nil
	case first != nil:
		leaves = append([]ledger.Predicate{*first}, leaves...)
	}
	if len(leaves) == 1 {
		return &leaves[0]
	}
	return &ledger.Predicate{Is: "all", Of: leaves}
}

func (p *provision) clauseOf(r *row) (c clause, ok bool) {
	v := r.code(p.code)
	if v <= 0 {
		return c, false
	}
	c.Kind, c.Label, c.ATOP = p.kind, p.label, []string{p.code}
	c.Means = p.means[v]
	if p.means == nil && v > 1 {
		c.Means = "the code has the value " + string(rune('0'+v%10))
	}
	c.same = p.code + c.Means
	return c, true
}
