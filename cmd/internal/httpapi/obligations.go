package httpapi

import (
	"context"
	"errors"
	"slices"
	"strings"

	"foedus/ledger"
	"foedus/projections"
	"foedus/projections/obligations"
)

// SituationParams say who attacks whom, and how.
type SituationParams struct {
	Attacked    []string `query:"attacked,explode" required:"true" maxItems:"20" doc:"Who is attacked: states, each an id, an ISO 3166 alpha-3 code, cow:290 or gw:290; repeated or separated by commas." example:"poland"`
	By          []string `query:"by,explode" maxItems:"20" doc:"The states that attack, written likewise." example:"germany"`
	NonState    []string `query:"nonstate,explode" maxItems:"20" doc:"Names of attackers that are no states; repeated." example:"al-qaida"`
	Act         string   `query:"act" enum:"attack,war,mobilization,threat,blockade" default:"attack" doc:"What is done. A war is declared or entered; an attack is a war too." example:"attack"`
	Place       string   `query:"place" maxLength:"200" doc:"Where, a place of /v1/places. Absent: the metropolitan territory of who is attacked." example:"falkland-islands"`
	Forces      bool     `query:"forces" doc:"Not the territory is attacked but forces, vessels or aircraft that are there." example:"true"`
	Domain      string   `query:"domain" enum:"land,sea,air,cyber,space" doc:"Absent: nobody says, and a clause that asks for one is open." example:"cyber"`
	Provocation string   `query:"provocation" enum:"unprovoked,provoked,disputed" doc:"Whether the target provoked it. Absent: as the record has it, where that tells of this very attack." example:"unprovoked"`
	Attribution string   `query:"attribution" enum:"state,non-state,disputed" doc:"Whether the act is that of a state. Absent: it is, if by names one." example:"state"`
	Extent      string   `query:"extent" enum:"partial,general,precautionary" doc:"Of a mobilisation; absent: general." example:"general"`
	Assume      []string `query:"assume,explode" maxItems:"20" doc:"Words of a condition that no recorded fact decides, which is taken to hold; repeated." example:"request"`
	Propagate   bool     `query:"propagate" doc:"Suppose that an attack on one that a treaty deems an attack on all counts for other treaties too. No treaty says so of others." example:"true"`
	Chain       string   `query:"chain" enum:"none,recorded,obliged,worst" default:"none" doc:"How far to follow what comes of it: not at all; as far as the record tells up to the day; as if every state did what it is bound to; and as if what is arguable were bound." example:"obliged"`
	Without     []string `query:"without,explode" maxItems:"100" doc:"What if these events did not count? Ids of events; repeated or separated by commas. Nothing is written, and the answer is not kept." example:"0000000000DTFZE9SNSASNEZB2"`
}

// ObligationParams ask who is bound.
type ObligationParams struct {
	SituationParams
	PointParams
	Format string `query:"format" enum:"json,csv,dot,text" doc:"The format; it wins over the Accept header. dot draws the chain for Graphviz, text is for people." example:"text"`
}

// quarrel is a question about obligations, resolved.
type quarrel struct {
	s       obligations.Situation
	mode    obligations.Mode
	without []string // ids of events that are not to count
	place   string   // its name
}

// The formats beside the usual ones.
const (
	formatDOT  = "dot"
	formatText = "text"
)

// obligations answers GET /v1/obligations.
func (s *server) obligations(ctx context.Context, in *ObligationParams) (*reply, error) {
	p, k, err := s.quarrel(ctx, in)
	if err != nil {
		return nil, err
	}
	if len(k.without) > 0 {
		return s.whatIf(ctx, p, k, nil)
	}
	return s.render(p, p.permalink("/v1/obligations", k.pairs()...), func() (any, error) {
		return s.obliged(ctx, p, k, &footing{q: p.Query, view: s.view, events: s.eventsAt})
	})
}

// footing is what an answer stands on: the World and the log, or a branch.
type footing struct {
	q      projections.Query
	view   func(f func(w *projections.World))
	events func(ctx context.Context, seqs []ledger.Seq) ([]ledger.Event, error)
	branch *Hypothetical // nil for what is on record
}

// eventsAt reads events from the log.
func (s *server) eventsAt(ctx context.Context, seqs []ledger.Seq) ([]ledger.Event, error) {
	told := make([]projections.Told, len(seqs))
	for i := range seqs {
		told[i].Version = seqs[i]
	}
	return s.decoded(ctx, told)
}

// obliged makes the document.
func (s *server) obliged(ctx context.Context, p *point, k *quarrel, on *footing) (*Obligations, error) {
	var doc *Obligations
	var sources []ledger.Seq
	on.view(func(w *projections.World) { doc, sources = obligationsDoc(w, p, on, k) })
	events, err := on.events(ctx, sources)
	if err != nil {
		return nil, err
	}
	on.view(func(w *projections.World) {
		d := newWriter(w, on.q)
		cited := make(map[ledger.Seq][]Citation, len(sources))
		for i := range events {
			list := []Citation{}
			for _, c := range standingContent(&events[i]).Citations {
				list = append(list, d.citation(&c))
			}
			cited[sources[i]] = list
		}
		for i := range doc.Duties {
			doc.Duties[i].Citations = orEmpty(cited[doc.Duties[i].source])
		}
		for i := range doc.Breaches {
			doc.Breaches[i].Citations = orEmpty(cited[doc.Breaches[i].source])
		}
	})
	return doc, nil
}

// quarrel resolves a question about obligations.
func (s *server) quarrel(ctx context.Context, in *ObligationParams) (*point, *quarrel, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV, formatDOT, formatText)
	k := &quarrel{mode: obligations.Mode(in.Chain), without: several(in.Without)}
	k.s = obligations.Situation{
		Kind: obligations.ActKind(in.Act), Forces: in.Forces, Domain: in.Domain, Provocation: in.Provocation, Attribution: in.Attribution,
		Extent: in.Extent, NonState: trimmed(in.NonState), Assumed: trimmed(in.Assume), Propagate: in.Propagate,
	}
	if k.s.Attacked, err = s.statesNamed(p, "attacked", in.Attacked); err != nil {
		return nil, nil, err
	}
	if k.s.By, err = s.statesNamed(p, "by", in.By); err != nil {
		return nil, nil, err
	}
	switch {
	case len(k.s.Attacked) == 0:
		return nil, nil, badParam("attacked", "", "is missing: name who is attacked")
	case len(k.s.By)+len(k.s.NonState) == 0:
		return nil, nil, badParam("by", "", "is missing: name who attacks, or with nonstate an attacker that is no state")
	case k.s.Extent != "" && k.s.Kind != obligations.ActMobilization:
		return nil, nil, badParam("extent", k.s.Extent, "goes with act=mobilization only; leave it out")
	}
	for _, id := range k.s.By {
		if slices.Contains(k.s.Attacked, id) {
			return nil, nil, badParam("by", string(id), "is attacked itself; a state cannot be on both sides")
		}
	}
	return p, k, s.placed(k, in.Place)
}

// placed resolves the place of a question.
func (s *server) placed(k *quarrel, text string) error {
	if text == "" {
		return nil
	}
	place, err := obligations.FindPlace(text)
	if unknown, ok := errors.AsType[*obligations.UnknownPlaceError](err); ok {
		message := err.Error()
		if len(unknown.Nearest) == 0 {
			message += "; /v1/places lists those there are"
		}
		return badParam("place", text, message)
	}
	if err != nil {
		return err
	}
	k.s.Place, k.place = place.ID, place.Name
	return nil
}

// several splits values that are separated by commas, and drops repetitions.
func several(values []string) (out []string) {
	for _, v := range values {
		for part := range strings.SplitSeq(v, ",") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(out, part) {
				out = append(out, part)
			}
		}
	}
	return out
}

// trimmed drops what is empty or repeated. A comma may be part of a value.
func trimmed(values []string) (out []string) {
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// statesNamed resolves a list of state arguments.
func (s *server) statesNamed(p *point, name string, values []string) (out []ledger.StateID, err error) {
	for _, v := range several(values) {
		id, err := s.stateNamed(p, inQuery, name, v)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out, nil
}

// pairs are the parameters of the permalink. What is the default is left out, so
// that one question has one link.
func (k *quarrel) pairs() []string {
	out := []string{"attacked", strings.Join(words(k.s.Attacked), ","), "by", strings.Join(words(k.s.By), ",")}
	for _, name := range k.s.NonState {
		out = append(out, "nonstate", name)
	}
	act, chain := string(k.s.Kind), string(k.mode)
	if k.s.Kind == obligations.ActAttack {
		act = ""
	}
	if k.mode == obligations.ModeNone {
		chain = ""
	}
	flag := map[bool]string{true: "true"}
	out = append(out, "act", act, "place", string(k.s.Place), "forces", flag[k.s.Forces], "domain", k.s.Domain, "provocation", k.s.Provocation,
		"attribution", k.s.Attribution, "extent", k.s.Extent, "propagate", flag[k.s.Propagate])
	for _, text := range k.s.Assumed {
		out = append(out, "assume", text)
	}
	return append(out, "chain", chain, "without", strings.Join(k.without, ","))
}
