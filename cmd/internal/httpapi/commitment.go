package httpapi

import (
	"context"
	"slices"
	"strings"

	"foedus/ledger"
	"foedus/projections"
)

// Commitment is a clause that binds the state on the day, or binds others for
// its sake.
type Commitment struct {
	Alliance        string   `json:"alliance"`
	Title           string   `json:"title"`
	Clause          string   `json:"clause"`
	Article         string   `json:"article"`
	Label           string   `json:"label"`
	Kind            string   `json:"kind" doc:"As in clauses: defense, neutrality, consult and so on."`
	Strength        string   `json:"strength,omitempty"`
	Role            string   `json:"role" enum:"owes,is-owed,both" doc:"Whether the state is bound by the clause, profits from it, or both."`
	With            []string `json:"with" doc:"For whom it is bound, or who is bound for it: states, or a group that the text does not name."`
	Text            string   `json:"text,omitempty" doc:"A reference to the text."`
	SuspendedBy     []string `json:"suspended_by,omitempty" doc:"Who suspended it toward the state."`
	SuspendedToward []string `json:"suspended_toward,omitempty" doc:"Toward whom the state suspended it."`
	Told
	Citations []Citation `json:"citations" doc:"Where the clause stands."`

	source ledger.Seq // the event that tells of it in this version
}

// The groups of states that clauses name; see ledger.Clause.
const (
	groupParties = "@parties"
	groupOthers  = "@other-parties"
)

// commitments lists the clauses of an alliance that concern a party. Clauses
// about organs and terms concern nobody in particular.
func (d *writer) commitments(v *projections.View, mine *projections.Fact) (out []Commitment) {
	id := mine.A
	var parties []string
	members := v.Of(projections.FactParty)
	for i := range members {
		if isParty(&members[i]) {
			parties = append(parties, members[i].A)
		}
	}
	clauses := v.Of(projections.FactClause)
	for i := range clauses {
		f := &clauses[i]
		c := detail[ledger.Clause](f)
		if c.Kind == "institution" || c.Kind == "scope" {
			continue
		}
		role, with := concerns(c, id, parties)
		if role == "" {
			continue
		}
		out = append(out, Commitment{
			Alliance: v.Aggregate.ID, Title: titleOf(v), Clause: f.A, Article: c.Article, Label: c.Label,
			Kind: string(c.Kind), Strength: string(c.Strength), Role: role, With: with, Text: c.Text,
			Told: d.told(f), Citations: []Citation{}, source: f.Causes.Began,
		})
		last := &out[len(out)-1]
		last.SuspendedBy, last.SuspendedToward = suspensionsOf(v, id, f.A)
		if min(f.Certainty, mine.Certainty) != ledger.In {
			last.Certainty = certainty(ledger.Possibly)
		}
	}
	return out
}

// suspensionsOf lists the states that suspended a clause toward another, and
// those toward whom it did so itself.
func suspensionsOf(v *projections.View, id, clause string) (by, toward []string) {
	facts := v.Of(projections.FactSuspension)
	for i := range facts {
		f := &facts[i]
		clauses := detail[ledger.ObligationSuspended](f).Clauses
		if len(clauses) > 0 && !slices.Contains(clauses, ledger.ClauseID(clause)) {
			continue
		}
		switch id {
		case f.A:
			toward = append(toward, f.B)
		case f.B:
			by = append(by, f.A)
		}
	}
	return by, toward
}

// concerns says how a clause concerns a party, and whom else.
func concerns(c *ledger.Clause, id string, parties []string) (role string, with []string) {
	beneficiaries := expand(c.Beneficiary, id, parties)
	bearers := slices.DeleteFunc(expand(c.Bearer, id, parties), func(b string) bool { // who left is bound no more
		return !strings.HasPrefix(b, "@") && !slices.Contains(parties, b)
	})
	owes := slices.Contains(bearers, id)
	// "@other-parties" are the others than the bearer: who does not bear it alone
	// is among them.
	owed := slices.Contains(beneficiaries, id) ||
		slices.Contains(c.Beneficiary, groupOthers) && slices.ContainsFunc(bearers, func(b string) bool { return b != id })
	switch {
	case owes && owed:
		role, with = "both", slices.Concat(bearers, beneficiaries)
	case owes:
		role, with = "owes", beneficiaries
	case owed:
		role, with = "is-owed", bearers
	default:
		return "", nil
	}
	slices.Sort(with)
	with = slices.DeleteFunc(slices.Compact(with), func(s string) bool { return s == id })
	return role, orEmpty(with)
}

// expand replaces the groups whose members the parties are by them. Groups that
// the text does not name state by state stay.
func expand(list []string, id string, parties []string) (out []string) {
	for _, name := range list {
		switch name {
		case groupParties:
			out = append(out, parties...)
		case groupOthers:
			out = append(out, without(parties, id)...)
		default: // a state, or a group that the text does not list
			out = append(out, name)
		}
	}
	return out
}

func without(list []string, id string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == id })
}

// cite reads where each commitment stands from the log: the World keeps no
// citations.
func (s *server) cite(ctx context.Context, p *point, doc *State) error {
	told := make([]projections.Told, len(doc.Commitments))
	for i := range doc.Commitments {
		told[i].Version = doc.Commitments[i].source
	}
	events, err := s.decoded(ctx, told)
	if err != nil {
		return err
	}
	s.view(func(w *projections.World) {
		d := newWriter(w, p.Query)
		for i := range events {
			c, citations := &doc.Commitments[i], standingContent(&events[i]).Citations
			for j := range citations {
				c.Citations = append(c.Citations, d.citation(&citations[j]))
			}
		}
	})
	return nil
}
