package ledger

import (
	"fmt"
	"strings"
)

// Clause is one provision of an instrument that binds somebody to something,
// in one version. Versions follow each other: see [ClauseAdded] and
// [ClauseChanged].
type Clause struct {
	ID          ClauseID
	Article     string // "Art. 5"
	Label       string // a short name for people
	Kind        ClauseKind
	Bearer      []string   // who is bound: states, or one of the groups
	Beneficiary []string   // for whom: states, or one of the groups
	Trigger     *Predicate // when it applies; nil means always
	Strength    Strength
	Means       string // what is owed, as the text says it
	Determines  string // who decides whether it applies
	Consent     string // what nobody can be made to do without consenting
	UNClause    string // reporting to, and yielding to, the Security Council
	Exclusions  []string
	ATOP        []string // the ATOP codes that describe it
	Text        string   // a reference to the text
	Phase       Name     // the phase that it belongs to, where the instrument is told by phases
}

// ClauseKind says what a clause obliges to. The names that ATOP has a code for
// are ATOP's.
type ClauseKind string

const clauseKinds = "defense offense neutrality nonaggression consult guarantee mobilize materiel transit basing " +
	"intelligence no-aid-to-enemy no-separate-peace no-hostile-alliance integrate-command reduce-arms scope institution"

// Strength says how firmly a clause binds.
type Strength string

const strengths = "automatic-full automatic-unspecified as-it-deems-necessary constitutional-process consult-then-decide political-only"

// The groups that may stand for states in a bearer or beneficiary.
const groupNames = "@parties @other-parties @guarantors @american-states @protocol-states"

func (c *Clause) wire(w *wire) {
	w.clauseID("id", &c.ID, required, "its name in this alliance")
	w.text("article", &c.Article, required, "the article as cited")
	w.text("label", &c.Label, required, "a short name for people")
	enum(w, "kind", &c.Kind, required, clauseKinds, "what it obliges to")
	groups(w, "bearer", &c.Bearer, required, "who is bound: states, or one of "+groupNames)
	groups(w, "beneficiary", &c.Beneficiary, optional, "for whom: states, or one of "+groupNames)
	w.object("trigger", optional, "when it applies; absent means always", c.Trigger != nil, func(w *wire) {
		if w.mode == decoding {
			c.Trigger = new(Predicate)
		}
		if c.Trigger == nil {
			new(Predicate).wire(w, 0)
			return
		}
		c.Trigger.wire(w, 0)
	})
	enum(w, "strength", &c.Strength, optional, strengths, "how firmly it binds")
	w.text("means", &c.Means, optional, "what is owed, as the text says it")
	w.text("determines", &c.Determines, optional, "who decides whether it applies, and by what majority")
	w.text("consent", &c.Consent, optional, "what nobody can be made to do without consenting")
	w.text("un_clause", &c.UNClause, optional, "reporting to, and yielding to, the Security Council")
	w.texts("exclusions", &c.Exclusions, optional, "when it does not apply")
	w.texts("atop", &c.ATOP, optional, "the ATOP codes that describe it")
	w.text("text", &c.Text, optional, "a reference to the text")
	w.name("phase", &c.Phase, optional, "the phase that it belongs to, where the instrument is told by phases")
}

// groups is a list of states and group names.
func groups(w *wire, name string, p *[]string, n need, doc string) {
	list(w, name, "state or group list", p, n, doc, checkGroup)
	if w.mode == mentioning {
		for _, v := range *p {
			if !strings.HasPrefix(v, "@") {
				w.mention(name, "state", v)
			}
		}
	}
}

func checkGroup(s string) string {
	if !strings.HasPrefix(s, "@") {
		return CheckName(s)
	}
	if _, ok := word(groupNames, s); !ok {
		return takes(groupNames, s)
	}
	return ""
}

// Predicate is a node of the tree that says when a clause applies. all, any
// and not combine the predicates in Of; the others are leaves.
type Predicate struct {
	Is          string
	Of          []Predicate
	By          []string // who attacks, mobilises, threatens: states or groups; empty means anyone
	ByKind      string   // state or non-state; empty means either
	AtLeast     int      // how many attackers
	JoinedBy    []string // who must support the attacker
	Against     []string // who must be the target: states or groups
	Region      string   // where, a named region
	Domain      string   // land, sea, air, cyber, space
	Unprovoked  bool     // the target must not have provoked it
	InOpinionOf string   // whose opinion decides: any-party, each-party, organ
	Period      When     // only in this period
	Description string   // in words, where the tree cannot say it
}

const (
	predicates    = "attack mobilization threat war demand-refused not-aggressor during described all any not"
	maxPredicates = 6 // levels
)

func (p *Predicate) wire(w *wire, depth int) {
	enum(w, "is", &p.Is, required, predicates, "what must hold")
	groups(w, "by", &p.By, optional, "who attacks, mobilises or threatens; absent means anyone")
	enum(w, "by_kind", &p.ByKind, optional, "state non-state", "what the attacker is; absent means either")
	w.count("at_least", &p.AtLeast, optional, "how many attackers")
	groups(w, "joined_by", &p.JoinedBy, optional, "who must support the attacker")
	groups(w, "against", &p.Against, optional, "who must be the target")
	w.text("region", &p.Region, optional, "where, a named region")
	enum(w, "domain", &p.Domain, optional, "land sea air cyber space", "in which domain")
	w.flag("unprovoked", &p.Unprovoked, "the target must not have provoked it")
	enum(w, "in_opinion_of", &p.InOpinionOf, optional, "any-party each-party organ", "whose opinion decides")
	w.when("period", &p.Period, optional, "only in this period")
	w.text("description", &p.Description, optional, "in words, where the tree cannot say it")
	p.wireOf(w, depth)
}

// wireOf declares the predicates combined. The levels are bounded, so that a
// reader needs no more than a few of its own.
func (p *Predicate) wireOf(w *wire, depth int) {
	const name, doc = "of", "for all, any, not: the predicates combined, of the same shape, at most 6 levels"
	if w.mode == describing {
		w.describe(name, "list of objects", optional, doc)
		return
	}
	if depth < maxPredicates {
		objects(w, name, &p.Of, optional, doc, func(w *wire, q *Predicate) { q.wire(w, depth+1) })
		return
	}
	if len(p.Of) > 0 || w.mode == decoding && w.take(name) != none {
		w.fail(name, "", fmt.Sprintf("is nested deeper than %d levels", maxPredicates))
	}
}
