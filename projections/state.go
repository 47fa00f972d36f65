package projections

import (
	"fmt"
	"slices"
	"strings"

	"foedus/ledger"
)

// UnknownError says that a name stands for nothing, and what was perhaps meant.
type UnknownError struct {
	Kind, Value string
	Nearest     []string
}

// Error implements error.
func (e *UnknownError) Error() string {
	s := fmt.Sprintf("there is no %s %q", e.Kind, e.Value)
	if len(e.Nearest) > 0 {
		s += "; did you mean " + strings.Join(e.Nearest, " or ") + "?"
	}
	return s
}

// AmbiguousError says that a code stands for several states on the day asked about.
type AmbiguousError struct {
	Code       string
	On         ledger.Date
	Candidates []string
}

// Error implements error.
func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("%q means several states on %s: %s; write the id of the one you mean",
		e.Code, e.On, strings.Join(e.Candidates, ", "))
}

// State resolves a state argument on q.On: an id, an ISO 3166 alpha-3 code
// ("POL"), or a numbered code ("cow:290", "gw:290"). It fails with
// [*UnknownError] or [*AmbiguousError].
func (w *World) State(q Query, arg string) (ledger.StateID, error) {
	scheme, code, isCode := strings.Cut(arg, ":")
	if !isCode && len(arg) == 3 && strings.ToUpper(arg) == arg {
		scheme, code, isCode = "iso3", arg, true
	}
	if !isCode {
		if w.knows(q, ledger.KindState, arg) {
			return ledger.StateID(arg), nil
		}
		return "", w.unknown(q, ledger.KindState, arg)
	}
	if scheme == "iso" {
		scheme = "iso3"
	}
	found := w.coders(q, scheme, code)
	switch len(found) {
	case 0:
		return "", &UnknownError{Kind: "state with the code", Value: arg + " on " + q.On.String(), Nearest: w.everCoded(q, scheme, code)}
	case 1:
		return ledger.StateID(found[0]), nil
	}
	return "", &AmbiguousError{Code: arg, On: q.On, Candidates: found}
}

// coders lists the states that have a code on q.On.
func (w *World) coders(q Query, scheme, code string) (ids []string) {
	w.eachCoder(q, scheme, code, func(s *subject, r *rect) {
		if id := w.sym.text[s.id]; s.span(r).At(q.On) != ledger.Out && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	})
	slices.Sort(ids)
	return ids
}

// everCoded lists the states that had a code on some other day.
func (w *World) everCoded(q Query, scheme, code string) (ids []string) {
	w.eachCoder(q, scheme, code, func(s *subject, r *rect) {
		ids = append(ids, fmt.Sprintf("%s (from %s)", w.sym.text[s.id], r.since))
	})
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (w *World) eachCoder(q Query, scheme, code string, yield func(*subject, *rect)) {
	sc, ok1 := w.sym.find(scheme)
	co, ok2 := w.sym.find(code)
	if !ok1 || !ok2 {
		return
	}
	dataset, _ := w.sym.find(string(q.Dataset))
	core, _ := w.sym.find(string(ledger.Core))
	for _, si := range w.codes[codeKey{sc, co}] {
		s := w.subjects[si]
		key, ok := s.find(factKey{kCode, sc, 0})
		if s.dataset != dataset && s.dataset != core || !ok {
			continue
		}
		w.eachKnown(s, key, w.pin(q.Known), func(r *rect) {
			if r.value == co {
				yield(s, r)
			}
		})
	}
}

// Alliance resolves an alliance argument: an id, or a title or other name of
// one, in any case; of several the first by id. It fails with [*UnknownError].
// O(1) for an id, O(alliances) for a name.
func (w *World) Alliance(q Query, arg string) (ledger.AllianceID, error) {
	if w.knows(q, ledger.KindAlliance, arg) {
		return ledger.AllianceID(arg), nil
	}
	found := ""
	for id := range w.index[room{q.Dataset, ledger.KindAlliance}] {
		named := func(n string) bool { return n != "" && strings.EqualFold(n, arg) }
		if (found == "" || id < found) && slices.ContainsFunc(w.Names(q, id), named) {
			found = id
		}
	}
	if found == "" {
		return "", w.unknown(q, ledger.KindAlliance, arg)
	}
	return ledger.AllianceID(found), nil
}

// Names returns every name of an alliance as known at q.Known: its title, its
// aliases and the wrong names in circulation.
func (w *World) Names(q Query, id string) (names []string) {
	s := w.lookup(ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.KindAlliance, ID: id})
	if s == nil {
		return nil
	}
	key, ok := s.find(factKey{kind: kTitle})
	if !ok {
		return nil
	}
	w.eachKnown(s, key, w.pin(q.Known), func(r *rect) {
		if d, ok := s.detailOf(r.ref).(*ledger.InstrumentDescribed); ok {
			names = append(append(append(append(names, d.Title), d.Organisation), d.Aliases...), d.Misnomers...)
		}
	})
	return names
}

func (w *World) knows(q Query, kind ledger.Kind, id string) bool {
	for _, d := range homes(q.Dataset, kind) {
		if s := w.lookup(ledger.Aggregate{Dataset: d, Kind: kind, ID: id}); s != nil && w.existedAt(s, q.Known) {
			return true
		}
	}
	return false
}

// homes lists the datasets that tell of an aggregate of a kind, the one that
// counts most last. What the curated history tells of a state holds for every
// dataset, so that an imported one need not bring its own list of states; what
// the dataset itself tells of a state comes on top.
func homes(d ledger.DatasetID, kind ledger.Kind) []ledger.DatasetID {
	if kind == ledger.KindState && d != ledger.Core {
		return []ledger.DatasetID{ledger.Core, d}
	}
	return []ledger.DatasetID{d}
}

// Home returns the aggregate that tells of the identity of a state in answers
// about a dataset: that of the dataset if it says when the state existed, else
// that of the curated history.
func (w *World) Home(q Query, id ledger.StateID) ledger.Aggregate {
	own := ledger.Aggregate{Dataset: q.Dataset, Kind: ledger.KindState, ID: string(id)}
	if s := w.lookup(own); s == nil || !s.tells(kExistence) {
		if core := (ledger.Aggregate{Dataset: ledger.Core, Kind: ledger.KindState, ID: string(id)}); w.lookup(core) != nil {
			return core
		}
	}
	return own
}

func (w *World) unknown(q Query, kind ledger.Kind, arg string) error {
	e := &UnknownError{Kind: string(kind), Value: arg}
	var known []string
	for _, d := range homes(q.Dataset, kind) {
		known = append(known, w.List(d, kind, q.Known)...)
	}
	if near := ledger.Nearest(strings.ToLower(arg), known); near != "" {
		e.Nearest = append(e.Nearest, near)
	}
	for _, id := range known {
		if len(e.Nearest) < 3 && arg != "" && strings.Contains(id, strings.ToLower(arg)) && !slices.Contains(e.Nearest, id) {
			e.Nearest = append(e.Nearest, id)
		}
	}
	return e
}

// Identity is what a state is called and coded on a day.
type Identity struct {
	ID    ledger.StateID
	Name  string
	Codes map[string]string // by list: "cow" -> "290"
}

// Identify returns the name and the codes of a state on q.On. Unknown ones stay
// empty.
func (w *World) Identify(q Query, id ledger.StateID) Identity {
	out := Identity{ID: id}
	for _, d := range homes(q.Dataset, ledger.KindState) {
		if s := w.lookup(ledger.Aggregate{Dataset: d, Kind: ledger.KindState, ID: string(id)}); s != nil {
			w.identify(q, s, &out)
		}
	}
	return out
}

// NameOf returns the name of a state on q.On, "" if nobody tells of one; it is
// that of [World.Identify], without its codes. O(names of the state).
func (w *World) NameOf(q Query, id ledger.StateID) (name string) {
	for _, d := range homes(q.Dataset, ledger.KindState) {
		s := w.lookup(ledger.Aggregate{Dataset: d, Kind: ledger.KindState, ID: string(id)})
		if s == nil {
			continue
		}
		key, ok := s.find(factKey{kind: kName})
		if !ok {
			continue
		}
		var best *rect
		w.eachKnown(s, key, w.pin(q.Known), func(r *rect) {
			if r.views&viewInForce != 0 && r.since <= q.On && r.until > q.On && w.visible(s, r, q.On) &&
				(best == nil || w.compareHits(s, r, best) > 0) {
				best = r
			}
		})
		if best != nil {
			name = w.sym.text[best.value]
		}
	}
	return name
}

func (w *World) identify(q Query, s *subject, out *Identity) {
	var hits []*rect
	w.stab(s, q.On, w.pin(q.Known), viewInForce, func(r *rect) { hits = append(hits, r) })
	w.sortHits(s, hits) // of two that are possible the later one counts
	for _, r := range hits {
		switch k := &s.keys[r.key]; k.kind {
		case kName:
			out.Name = w.sym.text[r.value]
		case kCode:
			if out.Codes == nil {
				out.Codes = make(map[string]string, 4)
			}
			out.Codes[w.sym.text[k.a]] = w.sym.text[r.value]
		}
	}
}
