package projections

import (
	"cmp"
	"slices"

	"foedus/ledger"
)

// resolve folds one fact again and brings the table in line: rectangles that no
// longer hold are closed at seq, new ones opened there.
func (w *World) resolve(s *subject, key, seq uint32) {
	w.spells(s, &s.keys[key])
	w.replace(s, key, seq)
}

// spells folds k in all four views into w.folder.out, equal spells joined.
func (w *World) spells(s *subject, k *keyState) {
	f := &w.folder
	f.out, f.odd = f.out[:0], f.odd[:0]
	w.cutoffs = w.cutoffsOf(s, k, w.cutoffs[:0])
	if k.kind != kParty && k.kind != kClause {
		w.spellsUnder(s, k, ReadingInForce, viewAll)
	} else {
		w.spellsUnder(s, k, ReadingInForce, viewInForce)
		w.spellsUnder(s, k, ReadingSignature, viewSignature)
	}
	if len(f.out) > 1 {
		sortSpells(f.out)
		f.out = joinEqual(f.out)
	}
}

// spellsUnder folds for the views of one reading: with everything, and as it
// was publicly known in each stretch between two disclosures.
func (w *World) spellsUnder(s *subject, k *keyState, r Reading, v view) {
	f := &w.folder
	f.reading, f.cutoff = r, everything
	from := len(f.out)
	f.fold(s, k)
	if len(w.cutoffs) == 0 {
		v |= v << 2
	}
	for i := range f.out[from:] {
		f.out[from+i].views = v
	}
	for i, begin := range w.cutoffs {
		end := ledger.NoAfter
		if i+1 < len(w.cutoffs) {
			end = w.cutoffs[i+1]
		}
		w.publicStretch(s, k, v<<2, clip{begin, end})
	}
}

// publicStretch folds what was publicly known from c.from on and keeps what
// touches the days before c.to.
func (w *World) publicStretch(s *subject, k *keyState, v view, c clip) {
	f := &w.folder
	f.cutoff = c.from
	from := len(f.out)
	f.fold(s, k)
	kept := f.out[:from]
	for _, x := range f.out[from:] {
		if x.untilHi <= c.from || x.sinceLo >= c.to {
			continue
		}
		x.views = v
		if x.sinceLo < c.from || x.untilHi > c.to {
			x.clip = w.clipOf(c)
		}
		kept = append(kept, x)
	}
	f.out = kept
}

// cutoffsOf lists the days on which something about the fact became public, with
// NoBefore first; it is empty if nothing was secret.
func (w *World) cutoffsOf(s *subject, k *keyState, out []day) []day {
	for at := k.items; at != 0; at = s.items[at-1].next {
		if rare := s.items[at-1].rare; rare != 0 {
			if p := w.rareItems[rare].public; p != ledger.NoBefore {
				out = append(out, p)
			}
		}
	}
	for i := range s.frame {
		if p := s.frame[i].public; p != ledger.NoBefore {
			out = append(out, p)
		}
	}
	if len(out) == 0 {
		return out
	}
	out = append(out, ledger.NoBefore)
	slices.Sort(out)
	out = slices.Compact(out)
	if out[len(out)-1] == ledger.NoAfter {
		out = out[:len(out)-1] // never certainly public
	}
	return out
}

// compareSpells orders by beginning, then by everything but the views.
func compareSpells(a, b *spell) int {
	switch {
	case a.sinceLo != b.sinceLo:
		return cmpDay(a.sinceLo, b.sinceLo)
	case a.value != b.value:
		return cmp.Compare(a.value, b.value)
	case a.untilHi != b.untilHi:
		return cmpDay(a.untilHi, b.untilHi)
	case a.began != b.began:
		return cmp.Compare(a.began, b.began)
	case a.ended != b.ended:
		return cmp.Compare(a.ended, b.ended)
	case a.sinceHi != b.sinceHi:
		return cmpDay(a.sinceHi, b.sinceHi)
	case a.untilLo != b.untilLo:
		return cmpDay(a.untilLo, b.untilLo)
	case a.clip != b.clip:
		return cmp.Compare(a.clip, b.clip)
	}
	return compareRest(a, b)
}

// compareRest compares what follows from the rest, but for corrected records.
func compareRest(a, b *spell) int {
	switch {
	case a.how != b.how:
		return cmp.Compare(a.how, b.how)
	case a.ref != b.ref:
		return cmp.Compare(a.ref, b.ref)
	case a.dispute != b.dispute:
		return cmp.Compare(a.dispute, b.dispute)
	case a.endDispute != b.endDispute:
		return cmp.Compare(a.endDispute, b.endDispute)
	}
	return cmp.Compare(a.finding, b.finding)
}

// sortSpells sorts a few spells, which mostly are in order already.
func sortSpells(s []spell) {
	if len(s) > 16 {
		slices.SortFunc(s, func(a, b spell) int { return compareSpells(&a, &b) })
		return
	}
	for i := 1; i < len(s); i++ {
		for j := i; j > 0 && compareSpells(&s[j], &s[j-1]) < 0; j-- {
			s[j], s[j-1] = s[j-1], s[j]
		}
	}
}

// joinEqual joins the views of neighbours that are otherwise equal.
func joinEqual(in []spell) []spell {
	out := in[:1]
	for i := 1; i < len(in); i++ {
		if last := &out[len(out)-1]; compareSpells(last, &in[i]) == 0 {
			last.views |= in[i].views
			continue
		}
		out = append(out, in[i])
	}
	return out
}

// replace compares the folded spells, which are in order, with the live
// rectangles of a key, which are in the same order.
func (w *World) replace(s *subject, key, seq uint32) {
	at := s.keys[key].live
	last := uint32(0) // the rectangle behind which the next one goes
	link := func(to uint32) {
		if last == 0 {
			s.keys[key].live = to
		} else {
			s.live[last-1].next = to
		}
	}
	drop := func() {
		next := s.live[at-1].next
		w.close(s, at, seq)
		at = next
	}
	for j := range w.folder.out {
		want := &w.folder.out[j]
		for at != 0 && s.compareRect(&s.live[at-1], want) < 0 {
			drop()
		}
		if at != 0 && s.compareRect(&s.live[at-1], want) == 0 {
			link(at)
			last, at = at, s.live[at-1].next
			continue
		}
		fresh := s.addRect(s.rect(want, key, seq))
		link(fresh)
		last = fresh
	}
	for at != 0 {
		drop()
	}
	link(0)
}

// close moves a live rectangle to the dead. One that was opened by the same
// event was never seen and leaves no trace.
func (w *World) close(s *subject, at, seq uint32) {
	r := s.live[at-1]
	s.freeLive(at)
	if r.known != seq {
		r.next = seq
		s.dead = grow(s.dead, r)
	}
}

// rect packs a spell.
func (s *subject) rect(x *spell, key, seq uint32) rect {
	r := rect{
		since: x.sinceLo, until: x.untilHi, key: key, known: seq, value: x.value, how: x.how, began: x.began, ended: x.ended,
		ref: x.ref, views: x.views, finding: x.finding, unknownEnd: x.unknownEnd,
	}
	if int(key) < len(s.keys) {
		r.kind = s.keys[key].kind
	}
	if x.sinceHi != x.sinceLo || x.untilLo != x.untilHi || x.clip != 0 || x.dispute != 0 || x.endDispute != 0 {
		s.rare = grow(s.rare, rareRect{x.sinceHi, x.untilLo, x.clip, x.dispute, x.endDispute})
		r.rare = uint32(len(s.rare))
	}
	return r
}

// spell unpacks a rectangle.
func (s *subject) spell(r *rect) spell {
	x := spell{
		sinceLo: r.since, sinceHi: r.since, untilLo: r.until, untilHi: r.until, value: r.value, how: r.how,
		began: r.began, ended: r.ended, ref: r.ref, views: r.views, finding: r.finding, unknownEnd: r.unknownEnd,
	}
	if r.rare != 0 {
		y := &s.rare[r.rare-1]
		x.sinceHi, x.untilLo, x.clip, x.dispute, x.endDispute = y.sinceHi, y.untilLo, y.clip, y.dispute, y.endDispute
	}
	return x
}

func (s *subject) compareRect(r *rect, want *spell) int {
	if r.since != want.sinceLo {
		return cmpDay(r.since, want.sinceLo)
	}
	x := s.spell(r)
	if c := compareSpells(&x, want); c != 0 {
		return c
	}
	return cmp.Compare(r.views, want.views)
}

// clipOf interns a clip.
func (w *World) clipOf(c clip) uint32 {
	if i, ok := w.clipIdx[c]; ok {
		return i
	}
	i := uint32(len(w.clips))
	w.clips = append(w.clips, c)
	w.clipIdx[c] = i
	return i
}
