package projections

import (
	"cmp"
	"slices"

	"foedus/ledger"
)

// resolve folds one fact again and brings the table in line: rectangles that no
// longer hold are closed at seq, new ones opened there.
func (w *World) resolve(s *subject, key, seq uint32) {
	k := &s.keys[key]
	w.spells(k, s.frame)
	w.replace(s, key, seq)
}

// spells folds k in all four views into w.folder.out, equal spells joined.
func (w *World) spells(k *keyState, frame []frameStep) {
	f := &w.folder
	f.out, f.odd = f.out[:0], f.odd[:0]
	w.cutoffs = cutoffs(w.cutoffs[:0], k.items, frame)
	if k.kind != kParty && k.kind != kClause {
		w.spellsUnder(k, frame, ReadingInForce, viewAll)
	} else {
		w.spellsUnder(k, frame, ReadingInForce, viewInForce)
		w.spellsUnder(k, frame, ReadingSignature, viewSignature)
	}
	if len(f.out) > 1 {
		slices.SortFunc(f.out, compareSpells)
		f.out = joinEqual(f.out)
	}
}

// spellsUnder folds for the views of one reading: with everything, and as it
// was publicly known in each stretch between two disclosures.
func (w *World) spellsUnder(k *keyState, frame []frameStep, r Reading, v view) {
	f := &w.folder
	f.reading, f.cutoff = r, everything
	from := len(f.out)
	f.fold(k, frame)
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
		w.publicStretch(k, frame, v<<2, clip{begin, end})
	}
}

// publicStretch folds what was publicly known from c.from on and keeps what
// touches the days before c.to.
func (w *World) publicStretch(k *keyState, frame []frameStep, v view, c clip) {
	f := &w.folder
	f.cutoff = c.from
	from := len(f.out)
	f.fold(k, frame)
	kept := f.out[:from]
	for _, s := range f.out[from:] {
		if s.untilHi <= c.from || s.sinceLo >= c.to {
			continue
		}
		s.views = v
		if s.sinceLo < c.from || s.untilHi > c.to {
			s.clip = w.clipOf(c)
		}
		kept = append(kept, s)
	}
	f.out = kept
}

// cutoffs lists the days on which something about the fact became public, with
// NoBefore first; it is empty if nothing was secret.
func cutoffs(out []day, items []item, frame []frameStep) []day {
	for _, list := range [...][]item{items, frame} {
		for i := range list {
			if list[i].public != ledger.NoBefore {
				out = append(out, list[i].public)
			}
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
func compareSpells(a, b spell) int {
	if c := cmp.Or(cmpDay(a.sinceLo, b.sinceLo), cmpDay(a.sinceHi, b.sinceHi),
		cmpDay(a.untilLo, b.untilLo), cmpDay(a.untilHi, b.untilHi)); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.value, b.value), cmp.Compare(a.how, b.how),
		cmp.Compare(a.began, b.began), cmp.Compare(a.ended, b.ended), cmp.Compare(a.ref, b.ref),
		cmp.Compare(a.clip, b.clip), cmp.Compare(a.dispute, b.dispute), cmp.Compare(a.finding, b.finding))
}

// joinEqual joins the views of neighbours that are otherwise equal.
func joinEqual(in []spell) []spell {
	out := in[:1]
	for _, s := range in[1:] {
		if last := &out[len(out)-1]; compareSpells(*last, s) == 0 {
			last.views |= s.views
			continue
		}
		out = append(out, s)
	}
	return out
}

// replace compares the folded spells with the live rectangles of a key.
func (w *World) replace(s *subject, key, seq uint32) {
	k := &s.keys[key]
	w.next = w.next[:0]
	changed := false
	i := 0
	for j := range w.folder.out {
		want := &w.folder.out[j]
		for i < len(k.live) && compareRect(&k.live[i], want) < 0 {
			w.close(s, key, k.live[i], seq)
			changed = true
			i++
		}
		if i < len(k.live) && compareRect(&k.live[i], want) == 0 {
			w.next = append(w.next, k.live[i])
			i++
			continue
		}
		w.next = append(w.next, want.rect(seq))
		changed = true
	}
	for ; i < len(k.live); i++ {
		w.close(s, key, k.live[i], seq)
		changed = true
	}
	if !changed {
		return
	}
	latest := ledger.NoBefore
	for i := range w.next {
		latest = max(latest, w.next[i].untilHi)
		w.next[i].maxUntil = latest
	}
	k.live = append(k.live[:0], w.next...)
}

// close moves a rectangle to the dead. One that was opened by the same event
// was never seen and leaves no trace.
func (w *World) close(s *subject, key uint32, r rect, seq uint32) {
	if r.known == seq {
		return
	}
	s.dead = append(s.dead, deadRect{r, seq, key})
}

func (s *spell) rect(seq uint32) rect {
	return rect{
		sinceLo: s.sinceLo, sinceHi: s.sinceHi, untilLo: s.untilLo, untilHi: s.untilHi, known: seq,
		value: s.value, how: s.how, began: s.began, ended: s.ended, ref: s.ref, clip: s.clip,
		dispute: s.dispute, views: s.views, finding: s.finding, unknownEnd: s.unknownEnd,
	}
}

func (r *rect) spell() spell {
	return spell{
		sinceLo: r.sinceLo, sinceHi: r.sinceHi, untilLo: r.untilLo, untilHi: r.untilHi,
		value: r.value, how: r.how, began: r.began, ended: r.ended, ref: r.ref, clip: r.clip,
		dispute: r.dispute, views: r.views, finding: r.finding, unknownEnd: r.unknownEnd,
	}
}

func compareRect(r *rect, s *spell) int {
	if c := compareSpells(r.spell(), *s); c != 0 {
		return c
	}
	return cmp.Compare(r.views, s.views)
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
