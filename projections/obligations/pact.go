package obligations

import (
	"slices"

	"foedus/ledger"
	"foedus/projections"
)

// pact is an alliance on the day of the question.
type pact struct {
	id          ledger.AllianceID
	clauses     []projections.Fact
	suspensions []projections.Fact
	status      ledger.Tri
	members     []member
	left        []ledger.StateID // were parties and are none on the day
	protocol    []ledger.StateID // designated, without being parties
	hidden      bool             // it has clauses that were not public on the day
}

// member is a party on the day.
type member struct {
	id        ledger.StateID
	certainty ledger.Tri
	suspended bool // its obligations are, toward all
	event     ledger.Seq
}

// party reports whether a state is a party, possibly at least.
func (p *pact) party(id ledger.StateID) bool { return p.member(id) != nil }

func (p *pact) member(id ledger.StateID) *member {
	for i := range p.members {
		if p.members[i].id == id {
			return &p.members[i]
		}
	}
	return nil
}

// pacts gathers the alliances that are in force on the day.
func (c *scene) pacts() (out []*pact) {
	type found struct {
		id        string
		certainty ledger.Tri
	}
	var ids []found
	c.w.EachOn(c.q, ledger.KindAlliance, []projections.FactKind{projections.FactStatus}, func(f *projections.Fact) {
		if c.binding(f.Value) && (len(ids) == 0 || ids[len(ids)-1].id != f.Aggregate.ID) {
			ids = append(ids, found{f.Aggregate.ID, f.Certainty})
		}
	})
	var v projections.View // one for all: of most facts nothing is kept
	for _, one := range ids {
		p := &pact{id: ledger.AllianceID(one.id), status: one.certainty}
		if c.w.AtInto(&v, c.q, ledger.KindAlliance, one.id) {
			p.read(&v)
			p.hidden = c.q.Public && c.hides(p)
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(x, y *pact) int { return compareIDs(x.id, y.id) })
	return out
}

// binding reports whether an instrument of a status counts: under the reading of
// signature from that on.
func (c *scene) binding(status string) bool {
	return status == projections.InForce || status == projections.Signed && c.q.Reading == projections.ReadingSignature
}

// hides reports whether a pact has clauses on the day that are not in the
// public view.
func (c *scene) hides(p *pact) bool {
	q := c.q
	q.Public = false
	all, _ := c.w.At(q, ledger.KindAlliance, string(p.id))
	return len(all.Of(projections.FactClause)) > len(p.clauses)
}

// read sorts the facts of the day. It keeps no reference to the view.
func (p *pact) read(v *projections.View) {
	p.clauses = slices.Clone(v.Of(projections.FactClause))
	p.suspensions = slices.Clone(v.Of(projections.FactSuspension))
	p.members = make([]member, 0, len(v.Of(projections.FactParty)))
	for i := range v.Facts {
		f := &v.Facts[i]
		switch f.Kind {
		case projections.FactParty:
			switch f.Value {
			case projections.Party, projections.Suspended:
				p.join(f)
			case projections.Withdrawn, projections.Excluded, projections.Ended:
				p.left = append(p.left, ledger.StateID(f.A))
			}
		case projections.FactPartner:
			if f.A == "protocol-state" {
				p.protocol = append(p.protocol, ledger.StateID(f.B))
			}
		}
	}
	p.left = slices.DeleteFunc(p.left, p.party) // on a day that is not certain it may be both
}

// join adds a party. On a day that is not certain it may be told of twice.
func (p *pact) join(f *projections.Fact) {
	m := member{ledger.StateID(f.A), f.Certainty, f.Value == projections.Suspended, f.Causes.Began}
	if old := p.member(m.id); old != nil {
		if m.certainty == ledger.In && old.certainty != ledger.In {
			*old = m
		}
		return
	}
	p.members = append(p.members, m)
}

// suspension returns the one between two states that covers a clause, nil
// for none.
func (p *pact) suspension(by, toward ledger.StateID, clause ledger.ClauseID) *projections.Fact {
	for i := range p.suspensions {
		f := &p.suspensions[i]
		if f.A != string(by) || f.B != string(toward) {
			continue
		}
		d, ok := f.Detail.(*ledger.ObligationSuspended)
		if !ok || len(d.Clauses) == 0 || slices.Contains(d.Clauses, clause) {
			return f
		}
	}
	return nil
}
