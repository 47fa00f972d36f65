package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"foedus/ledger"
	"foedus/projections"
)

// The standing questions. A subscriber to one hears of it when its answer
// changes, with the answer before and after.
const (
	askAllies    = "allies-of"
	askMembers   = "members-of"
	askAlliances = "alliances-of"
	askWorld     = "world"
	askDefenders = "bound-to-defend"
)

// standingQuestions lists the standing questions and what each is about.
func standingQuestions() []struct{ name, about string } {
	return []struct{ name, about string }{
		{askAllies, "state"}, {askMembers, "alliance"}, {askAlliances, "state"}, {askWorld, ""}, {askDefenders, "state"},
	}
}

// question is a standing question on a day. Its answer at a state of knowledge
// follows from the table alone, so what changed at a sequence can be said at any
// later time.
type question struct {
	name string
	of   string // the state or the alliance
	by   string // who attacks, of bound-to-defend
	q    projections.Query
}

// at returns the point of the question at a state of knowledge.
func (k *question) at(known ledger.Seq) projections.Query {
	q := k.q
	q.Known = known
	return q
}

// Standing is the answer to a standing question.
type Standing struct {
	Coverage  string         `json:"coverage" enum:"inside,outside,undeclared" doc:"Of the dataset, or of the alliance asked about. Outside of it nothing follows from an empty answer."`
	Allies    []StandingAlly `json:"allies,omitzero" doc:"Of allies-of."`
	Members   []StandingPart `json:"members,omitzero" doc:"Of members-of."`
	Alliances []StandingPart `json:"alliances,omitzero" doc:"Of alliances-of."`
	World     []StandingPact `json:"world,omitzero" doc:"Of world: the alliances in force."`
	Defenders []StandingDuty `json:"defenders,omitzero" doc:"Of bound-to-defend: who is bound, or arguably bound, to fight for the state."`
}

// StandingAlly is a state that owes another one something, or is owed something by it.
type StandingAlly struct {
	State     string   `json:"state"`
	Certainty string   `json:"certainty" enum:"certain,possible"`
	Alliances []string `json:"alliances"`
}

// StandingPart is the part that a state has in an alliance.
type StandingPart struct {
	State    string `json:"state,omitempty"`
	Alliance string `json:"alliance,omitempty"`
	Status   string `json:"status"`
	Interval
	Certainty string `json:"certainty" enum:"certain,possible"`
}

// StandingPact is an alliance in force with its members.
type StandingPact struct {
	Alliance  string   `json:"alliance"`
	Certainty string   `json:"certainty" enum:"certain,possible"`
	Members   []string `json:"members"`
}

// answer answers the question at a state of knowledge.
func (k *question) answer(w *projections.World, known ledger.Seq) *Standing {
	q := k.at(known)
	doc := &Standing{Coverage: datasetCoverage(w, q)}
	switch k.name {
	case askAllies:
		doc.Allies = standingAllies(w, q, ledger.StateID(k.of), nil)
	case askMembers:
		doc.Members = standingMembers(w, q, k.of)
		if v, ok := w.At(q, ledger.KindAlliance, k.of); ok {
			doc.Coverage = string(v.Coverage)
		}
	case askAlliances:
		doc.Alliances = standingAlliances(w, q, ledger.StateID(k.of))
	case askDefenders:
		doc.Defenders = k.defenders(w, q)
	case askWorld:
		doc.World = []StandingPact{}
		for _, id := range w.List(q.Dataset, ledger.KindAlliance, known) {
			if pact, ok := standingPact(w, q, id); ok {
				doc.World = append(doc.World, pact)
			}
		}
	}
	return doc
}

// part answers as much of the question as one alliance decides; where that is
// the same before and after an event about the alliance, so is the answer.
func (k *question) part(w *projections.World, known ledger.Seq, alliance string) any {
	q := k.at(known)
	switch k.name {
	case askAllies:
		return standingAllies(w, q, ledger.StateID(k.of), &alliance)
	case askAlliances:
		return slices.DeleteFunc(standingMembers(w, q, alliance), func(m StandingPart) bool { return m.State != k.of })
	default:
		pact, _ := standingPact(w, q, alliance)
		return pact
	}
}

// standingAllies lists the allies of a state, through one alliance or all.
func standingAllies(w *projections.World, q projections.Query, id ledger.StateID, only *string) []StandingAlly {
	d := newWriter(w, q)
	allies := make(map[string]*Ally)
	facts := w.Memberships(q, id)
	for i := range facts {
		f := &facts[i]
		if !isParty(f) || only != nil && f.Aggregate.ID != *only {
			continue
		}
		v, _ := w.At(q, ledger.KindAlliance, f.Aggregate.ID)
		d.addAllies(allies, &v, f, d.commitments(&v, f))
	}
	out := make([]StandingAlly, 0, len(allies))
	for name, a := range allies {
		slices.Sort(a.Alliances)
		out = append(out, StandingAlly{State: name, Certainty: a.Certainty, Alliances: a.Alliances})
	}
	slices.SortFunc(out, func(x, y StandingAlly) int { return strings.Compare(x.State, y.State) })
	return out
}

// standingMembers lists the parties of an alliance.
func standingMembers(w *projections.World, q projections.Query, id string) []StandingPart {
	out := []StandingPart{}
	v, ok := w.At(q, ledger.KindAlliance, id)
	if !ok || hidden(w, q, &v) {
		return out
	}
	facts := v.Of(projections.FactParty)
	for i := range facts {
		if f := &facts[i]; isParty(f) {
			out = append(out, StandingPart{State: f.A, Status: f.Value, Interval: intervalOf(f.Span, f.End), Certainty: certainty(f.Certainty)})
		}
	}
	return out
}

// standingAlliances lists the alliances that a state is a party to.
func standingAlliances(w *projections.World, q projections.Query, id ledger.StateID) []StandingPart {
	out := []StandingPart{}
	facts := w.Memberships(q, id)
	for i := range facts {
		if f := &facts[i]; isParty(f) {
			out = append(out, StandingPart{
				Alliance: f.Aggregate.ID, Status: f.Value, Interval: intervalOf(f.Span, f.End), Certainty: certainty(f.Certainty),
			})
		}
	}
	return out
}

// standingPact tells of one alliance; ok is false if it is not in force.
func standingPact(w *projections.World, q projections.Query, id string) (p StandingPact, ok bool) {
	v, ok := w.At(q, ledger.KindAlliance, id)
	if !ok || hidden(w, q, &v) {
		return p, false
	}
	status := v.One(projections.FactStatus)
	if status == nil || status.Value != projections.InForce {
		return p, false
	}
	p = StandingPact{Alliance: id, Certainty: certainty(status.Certainty), Members: []string{}}
	facts := v.Of(projections.FactParty)
	for i := range facts {
		if f := &facts[i]; isParty(f) {
			p.Members = append(p.Members, f.A)
		}
	}
	return p, true
}

// append appends the answer before and after an event, if they differ.
func (k *question) append(b []byte, w *projections.World, seq ledger.Seq, r *rendered) ([]byte, bool) {
	if !k.touched(w, seq, r) {
		return b, false
	}
	before, after := asJSON(k.answer(w, seq-1)), asJSON(k.answer(w, seq))
	if bytes.Equal(before, after) {
		return b, false
	}
	return k.frame(b, seq, r.document(), before, after), true
}

// touched reports whether an event may change the answer.
func (k *question) touched(w *projections.World, seq ledger.Seq, r *rendered) bool {
	switch a := r.aggregate; {
	case a.Dataset != k.q.Dataset:
		return false
	case a.Kind == ledger.KindLedger: // what the dataset covers
		return slices.ContainsFunc(r.changes, func(c renderedChange) bool { return c.kind == projections.FactCoverage })
	case k.name == askDefenders:
		return k.defenceTouched(w, seq, r)
	case a.Kind != ledger.KindAlliance:
		return false
	case k.name == askMembers:
		return a.ID == k.of
	default:
		return !bytes.Equal(asJSON(k.part(w, seq-1, a.ID)), asJSON(k.part(w, seq, a.ID)))
	}
}

// frame appends the update of a question. event is null where a day went by
// and nothing was appended.
func (k *question) frame(b []byte, seq ledger.Seq, event, before, after []byte) []byte {
	return fmt.Appendf(b, "event: update\nid: %d\ndata: {\"seq\":%d,\"question\":%s,\"event\":%s,\"before\":%s,\"after\":%s}\n\n",
		seq, seq, asJSON(k.doc()), event, before, after)
}

// begin appends the answer that a subscription begins with.
func (k *question) begin(b []byte, w *projections.World, seq ledger.Seq) []byte {
	return fmt.Appendf(b, "event: answer\nid: %d\ndata: {\"seq\":%d,\"question\":%s,\"answer\":%s}\n\n",
		seq, seq, asJSON(k.doc()), asJSON(k.answer(w, seq)))
}

// Question is a standing question as updates repeat it.
type Question struct {
	Name     string `json:"name" enum:"allies-of,members-of,alliances-of,world,bound-to-defend"`
	State    string `json:"state,omitempty"`
	By       string `json:"by,omitempty" doc:"Who attacks."`
	Alliance string `json:"alliance,omitempty"`
	On       string `json:"on" doc:"The day of history that is asked about."`
	Dataset  string `json:"dataset"`
	Reading  string `json:"reading" enum:"in-force,signature"`
	Public   bool   `json:"public"`
	Certain  bool   `json:"certain,omitempty"`
}

func (k *question) doc() Question {
	doc := Question{
		Name: k.name, By: k.by, On: k.q.On.String(), Dataset: string(k.q.Dataset), Reading: k.q.Reading.String(), Public: k.q.Public, Certain: k.q.Certain,
	}
	for _, s := range standingQuestions() {
		switch {
		case s.name != k.name:
		case s.about == "state":
			doc.State = k.of
		case s.about == "alliance":
			doc.Alliance = k.of
		}
	}
	return doc
}

// asJSON renders a document of this file. None of them can fail to marshal.
func asJSON(doc any) []byte {
	b, _ := json.Marshal(doc)
	return b
}
