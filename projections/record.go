package projections

import (
	"cmp"
	"slices"

	"foedus/ledger"
)

// A record is an event together with the corrections and retractions that
// later touched it. Only records that something touched have a group; all
// others cost nothing.

// version is what a record says in one state: its root or a correction.
type version struct {
	seq   uint32
	items []contribution // with their own dates, disputes not applied
}

// ledgerOp is a correction, a retraction or a merger of a record.
type ledgerOp struct {
	seq, target uint32
	corrects    bool
}

// group is a record that was touched.
type group struct {
	versions []version // the root first, then the corrections, by sequence
	ops      []ledgerOp
	current  int // index into versions, -1 if the record is retracted
}

// disputeState is a dispute about a date of one event of the aggregate.
type disputeState struct {
	name    sym
	about   ledger.EventID
	field   string
	lo, hi  day
	opened  uint32 // sequence; of two disputes about one date the later counts
	applies bool
}

// dangling is a ledger event whose target the aggregate does not hold.
type dangling struct {
	seq    uint32
	target ledger.EventID
}

// standing returns which version of the record stands, counting the ledger
// events up to known; -1 if none does. A retraction counts unless a later one
// that counts takes it back, so the ops are read from the last to the first.
// The latest correction that counts is what the record says.
func (g *group) standing(known uint32) int {
	var undone []uint32
	best := -1
	for _, o := range slices.Backward(g.ops) {
		switch {
		case o.seq > known || slices.Contains(undone, o.seq):
		case !o.corrects:
			undone = append(undone, o.target)
		case best < 0:
			best = g.versionOf(o.seq)
		}
	}
	if slices.Contains(undone, g.versions[0].seq) {
		return -1
	}
	return max(best, 0)
}

func (g *group) versionOf(seq uint32) int {
	return slices.IndexFunc(g.versions, func(v version) bool { return v.seq == seq })
}

// touch applies a correction, retraction or merger.
func (w *World) touch(s *subject, seq uint32, target ledger.EventID, replacement *ledger.Content) {
	t, ok := w.ids.find(&w.meta, target)
	if !ok || w.subjects[w.meta.at(t).subject] != s || w.isAstray(s, t) {
		r := s.touched()
		r.dangling = append(r.dangling, dangling{seq, target})
		return
	}
	root := s.rootOf(t)
	g := w.groupOf(s, root)
	s.records.ops = grow(s.records.ops, opRoot{seq, root})
	g.ops = append(g.ops, ledgerOp{seq, t, replacement != nil})
	if replacement != nil {
		g.versions = append(g.versions, version{seq, slices.Clone(w.contribute(s, seq, replacement, w.contributions))})
	}
	if now := g.standing(seq); now != g.current {
		w.restate(s, g, now)
	}
}

// isAstray reports whether the event at seq is itself a correction or
// retraction of nothing.
func (w *World) isAstray(s *subject, seq uint32) bool {
	if s.records == nil {
		return false
	}
	_, ok := slices.BinarySearchFunc(s.records.dangling, seq, func(d dangling, seq uint32) int { return cmp.Compare(d.seq, seq) })
	return ok
}

// rootOf returns the sequence of the event that began the record of seq.
func (s *subject) rootOf(seq uint32) uint32 {
	if s.records == nil {
		return seq
	}
	if i, ok := slices.BinarySearchFunc(s.records.ops, seq, func(o opRoot, seq uint32) int { return cmp.Compare(o.seq, seq) }); ok {
		return s.records.ops[i].root
	}
	return seq
}

// groupOf returns the group of a root, made on first use from the items that
// stand in the keys.
func (w *World) groupOf(s *subject, root uint32) *group {
	r := s.touched()
	at, ok := r.find(root)
	if ok {
		return r.groups[at]
	}
	g := &group{versions: []version{{seq: root}}}
	for _, key := range w.keysOf(s, root) {
		k := &s.keys[key]
		w.eachItem(s, k, func(it item) {
			if it.seq == root {
				g.versions[0].items = append(g.versions[0].items, contribution{k.factKey, it})
			}
		})
	}
	r.groups = slices.Insert(r.groups, at, g)
	return g
}

// restate replaces the items of a record by those of another of its versions,
// dated as its disputes say.
func (w *World) restate(s *subject, g *group, now int) {
	if g.current >= 0 {
		v := &g.versions[g.current]
		for _, c := range v.items {
			key, _ := s.find(c.key)
			s.dropItems(key, v.seq)
			w.mark(key)
		}
	}
	g.current = now
	if now < 0 {
		return
	}
	id := w.meta.at(g.versions[0].seq).id
	var about []disputeState
	for _, d := range s.records.disputes {
		if d.applies && d.about == id {
			about = append(about, d)
		}
	}
	slices.SortFunc(about, func(a, b disputeState) int { return cmp.Compare(a.opened, b.opened) })
	for _, c := range g.versions[now].items {
		for i := range about {
			about[i].move(&c.item)
		}
		w.insert(s, c)
	}
}

// move sets the disputed date of an item: between the claims while the dispute
// is open, on the value that stands once it is decided.
func (d *disputeState) move(it *item) {
	if d.field == "public_on" { // no date of the fact itself
		it.public = d.hi
		return
	}
	if it.flags&itemOwnDate != 0 {
		return
	}
	switch d.field {
	case "done_on":
		it.doneLo, it.doneHi = d.lo, d.hi
		if it.flags&itemStated == 0 {
			it.effLo, it.effHi = d.lo, d.hi
		}
		it.flags &^= itemEffectOnly
	case "effective_on":
		it.effLo, it.effHi = d.lo, d.hi
		it.flags |= itemStated
		if it.flags&itemEffectOnly != 0 {
			it.doneLo, it.doneHi = d.lo, d.hi
		}
	}
	it.flags &^= itemUndated
	it.dispute = d.name
}

// redispute works out again what the dispute called name does to the dates of
// its event, and restates that event if that changed.
func (w *World) redispute(s *subject, k *keyState) {
	now := w.disputeOf(s, k)
	r := s.touched()
	i := slices.IndexFunc(r.disputes, func(d disputeState) bool { return d.name == now.name })
	if i < 0 {
		i = len(r.disputes)
		r.disputes = append(r.disputes, disputeState{name: now.name})
	}
	before := r.disputes[i]
	if before == now {
		return
	}
	r.disputes[i] = now
	w.restateAbout(s, before)
	if now.about != before.about {
		w.restateAbout(s, now)
	}
}

// restateAbout restates the event that a dispute is about, if it is here.
func (w *World) restateAbout(s *subject, d disputeState) {
	if d.about.IsZero() {
		return
	}
	t, ok := w.ids.find(&w.meta, d.about)
	if !ok || w.subjects[w.meta.at(t).subject] != s || s.rootOf(t) != t {
		return
	}
	g := w.groupOf(s, t)
	w.restate(s, g, g.current)
}

// disputeOf reads the state of a dispute from its items.
func (w *World) disputeOf(s *subject, k *keyState) disputeState {
	d := disputeState{name: k.a}
	var opened *ledger.DisputeOpened
	var decided *ledger.DisputeDecided
	var openedAt, decidedAt uint32
	w.eachItem(s, k, func(it item) {
		switch p := s.detailOf(it.ref).(type) {
		case *ledger.DisputeOpened:
			if it.seq > openedAt {
				opened, openedAt = p, it.seq
			}
		case *ledger.DisputeDecided:
			if it.seq > decidedAt {
				decided, decidedAt = p, it.seq
			}
		}
	})
	if opened == nil || opened.About.IsZero() {
		return d
	}
	d.about, d.field, d.opened, d.applies = opened.About, opened.Field, openedAt, true
	d.lo, d.hi = hull(opened.Claims)
	if d.lo > d.hi {
		return disputeState{name: k.a} // no claim is a date
	}
	if decided != nil && decided.Value != "" {
		if v, err := ledger.ParseWhen(decided.Value); err == nil {
			d.lo, d.hi = v.Earliest(), v.Latest()
		}
	}
	return d
}

// hull returns the days between the earliest and the latest claim.
func hull(claims []ledger.Claim) (lo, hi day) {
	lo, hi = ledger.NoAfter, ledger.NoBefore
	for _, c := range claims {
		v, err := ledger.ParseWhen(c.Value)
		if err != nil || v.IsZero() {
			continue
		}
		lo, hi = min(lo, v.Earliest()), max(hi, v.Latest())
	}
	return lo, hi
}
