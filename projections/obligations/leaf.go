package obligations

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"foedus/ledger"
)

// leaf looks for acts that are what a condition names.
func (r *reading) leaf(p *ledger.Predicate, acts []Act, level int) finding {
	need := max(1, p.AtLeast)
	var fit []match // the best by attacker, so that one who attacks twice counts once
	missed := ""
	for i := range acts {
		a := &acts[i]
		t, reason, relevant := r.fits(p, a)
		if !relevant {
			continue
		}
		r.touched = r.touched || i < r.asked
		r.note(level+1, t, eventsOf(a), "%s: %s", a, reason)
		switch {
		case t != False:
			fit = better(fit, match{a.who(), t, a, reason})
		case missed == "" && !r.quiet:
			missed = a.String() + ": " + reason
		}
	}
	best, deciding := nth(fit, need)
	if r.quiet {
		return finding{truth: best}
	}
	text := wanted(p)
	switch {
	case best == True:
		return finding{best, "asks for " + text, deciding.act.String() + ", and " + r.clause.Article + " is about " + text}
	case best != False:
		return finding{best, "asks for " + text, deciding.act.String() + ": " + deciding.reason}
	case need > 1 && len(fit) > 0:
		missed = "there is " + strconv.Itoa(len(fit))
	case missed == "":
		missed = "there is none"
	}
	return finding{False, "asks for " + text + "; " + missed, r.clause.Article + " asks for " + text + "; " + missed}
}

// match is an act that is what a condition names, or may be.
type match struct {
	who    string
	truth  Truth
	act    *Act
	reason string
}

// better adds a match, or puts it in the place of a weaker one of the same attacker.
func better(list []match, m match) []match {
	i := slices.IndexFunc(list, func(o match) bool { return o.who == m.who })
	switch {
	case i < 0:
		return append(list, m)
	case list[i].truth < m.truth:
		list[i] = m
	}
	return list
}

// nth returns how true it is that there are n matches, and the one on which it
// depends, of several the first; nil if there are fewer.
func nth(list []match, n int) (Truth, *match) {
	for _, t := range []Truth{True, Arguable, Unknown} {
		count := 0
		var first *match
		for i := range list {
			if list[i].truth < t {
				continue
			}
			count++
			if list[i].truth == t && first == nil {
				first = &list[i]
			}
		}
		if count >= n {
			return t, first
		}
	}
	return False, nil
}

func eventsOf(a *Act) []ledger.Seq {
	if a.Event == 0 {
		return nil
	}
	return []ledger.Seq{a.Event}
}

// wanted says what a leaf asks for.
func wanted(p *ledger.Predicate) string {
	var b strings.Builder
	b.WriteString(map[string]string{"attack": "an attack", "war": "a war", "mobilization": "a mobilisation", "threat": "a threat"}[p.Is])
	switch {
	case p.AtLeast > 1:
		fmt.Fprintf(&b, " by at least %d of %s", p.AtLeast, named(p.By, "all who attack"))
	case len(p.By) > 0:
		b.WriteString(" by " + named(p.By, ""))
	case p.ByKind == "state":
		b.WriteString(" by a state")
	case p.ByKind != "":
		b.WriteString(" by one that is no state")
	}
	if len(p.JoinedBy) > 0 {
		b.WriteString(" with the support of " + named(p.JoinedBy, ""))
	}
	if len(p.Against) > 0 {
		b.WriteString(map[bool]string{true: " to ", false: " on "}[p.Is == "threat"] + named(p.Against, ""))
	}
	if p.Region != "" {
		b.WriteString(" in the region " + p.Region)
	}
	if p.Unprovoked {
		b.WriteString(" without provocation")
	}
	return b.String()
}

// many is from how many names on a list is counted and no longer told.
const many = 8

// named writes a list of states and groups for a reader.
func named(list []string, none string) string {
	switch {
	case len(list) == 0:
		return none
	case len(list) >= many:
		return fmt.Sprintf("one of the %d states that it names", len(list))
	}
	words := make([]string, len(list))
	for i, name := range list {
		if words[i] = groupWords(name); words[i] == "" {
			words[i] = name
		}
	}
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// groupWords names a group of states, "" for what is none.
func groupWords(name string) string {
	switch name {
	case groupParties:
		return "a party"
	case groupOthers:
		return "another party"
	case groupAmericans:
		return "an American state"
	case groupProtocol:
		return "a state designated in its protocol"
	case groupGuarantor:
		return "a guarantor"
	}
	return ""
}

// fits compares one act with what a leaf asks for. An act that is of another
// kind, or between others, is not relevant.
func (r *reading) fits(p *ledger.Predicate, a *Act) (t Truth, reason string, relevant bool) {
	t, reason = r.kindFits(p, a)
	if reason == "" {
		return False, "", false
	}
	by, against := r.sides(p, a)
	switch {
	case !by && !against, !against && len(p.Against) > 0:
		return False, "", false
	case !by:
		return False, "another attacker than the text names", true
	}
	narrow := func(u Truth, why string) {
		if u < t {
			t, reason = u, why
		}
	}
	narrow(r.attackerFits(p, a))
	narrow(r.supportFits(p, a))
	if p.Region != "" {
		narrow(r.inRegion(p.Region, a))
	}
	if p.Domain != "" && a.Domain != "" && p.Domain != a.Domain {
		narrow(False, "in the domain "+a.Domain+", not "+p.Domain)
	}
	if p.Domain == "" && (a.Domain == "cyber" || a.Domain == "space") {
		narrow(Arguable, "whether an attack in the domain "+a.Domain+" is an armed attack the text does not say")
	}
	if p.Region == "" && p.Is == "attack" {
		narrow(r.elsewhere(a))
	}
	if p.Unprovoked {
		narrow(unprovoked(a))
	} else if a.Answer && p.Is == "attack" {
		narrow(Arguable, "it answers an attack; the text does not say whether that counts")
	}
	return t, reason, true
}

// kindFits says how far an act is of the kind asked for; "" if it is not at all.
func (r *reading) kindFits(p *ledger.Predicate, a *Act) (Truth, string) {
	switch p.Is {
	case "attack":
		switch a.Kind {
		case ActAttack, ActWar:
			return True, "it is one"
		case ActBlockade:
			return Arguable, "whether a blockade is an attack the text does not say"
		}
	case "war":
		switch a.Kind {
		case ActWar, ActAttack:
			return True, "it is one"
		case ActBlockade:
			return Arguable, "whether a blockade is a war the text does not say"
		}
	case "mobilization":
		if a.Kind != ActMobilization {
			return False, ""
		}
		switch a.Extent {
		case "partial":
			return Arguable, "it is partial; whether that counts the text does not say"
		case "precautionary":
			return False, "it is precautionary only"
		}
		return True, "it is one"
	case "threat":
		switch a.Kind {
		case ActMobilization, ActBlockade:
			return Arguable, "whether it is a threat is open"
		default:
			return True, "it is one, or more than one"
		}
	}
	return False, ""
}

// sides compares attacker and target. In a war it does not matter who began.
func (r *reading) sides(p *ledger.Predicate, a *Act) (by, against bool) {
	by, against = r.isBy(p, a.By, a.Name), r.isAgainst(p, a.Against)
	if p.Is == "war" && (!by || !against) && a.By != "" && a.Against != "" {
		if other, target := r.isBy(p, a.Against, ""), r.isAgainst(p, a.By); other && target {
			return true, true
		}
	}
	return by, against
}

func (r *reading) isBy(p *ledger.Predicate, id ledger.StateID, name string) bool {
	if len(p.By) == 0 {
		return id != "" || name != ""
	}
	return id != "" && r.contains(p.By, id)
}

func (r *reading) isAgainst(p *ledger.Predicate, id ledger.StateID) bool {
	if len(p.Against) == 0 {
		return true
	}
	return id != "" && r.owed(p.Against, id)
}

// attackerFits compares what the attacker is: a state, or not.
func (r *reading) attackerFits(p *ledger.Predicate, a *Act) (Truth, string) {
	stateless := a.Attribution == "non-state" || a.By == ""
	switch {
	case a.Attribution == "disputed":
		return Arguable, "who attacked is disputed"
	case p.ByKind == "state" && stateless:
		return False, "the attacker is no state"
	case p.ByKind == "non-state" && !stateless:
		return False, "the attacker is a state"
	case p.ByKind == "" && stateless && p.Is != "threat":
		return Arguable, "the attacker is no state; whether that counts the text does not say"
	}
	return True, ""
}

// supportFits looks for one who supports the attacker: at war with the same
// target, whoever of the two began, or mobilising against it.
func (r *reading) supportFits(p *ledger.Predicate, a *Act) (Truth, string) {
	if len(p.JoinedBy) == 0 {
		return True, ""
	}
	best, why := False, "the attacker has no support of "+named(p.JoinedBy, "")
	for i := range r.acts {
		o := &r.acts[i]
		friend := o.By
		if o.fights() && o.By == a.Against {
			friend = o.Against
		} else if o.Against != a.Against {
			continue
		}
		switch {
		case friend == "" || friend == a.By || !r.contains(p.JoinedBy, friend):
		case o.fights():
			return True, ""
		case o.Kind == ActMobilization && o.Extent != "precautionary" && best < Arguable:
			best, why = Arguable, "whether the mobilisation of "+string(friend)+" is support is open"
		}
	}
	return best, why
}

// elsewhere looks whether a place that is named is that of the state attacked,
// where the text says nothing of places.
func (r *reading) elsewhere(a *Act) (Truth, string) {
	if a.Ground.Place == "" {
		return True, ""
	}
	p, err := FindPlace(string(a.Ground.Place))
	if err != nil {
		return Unknown, err.Error()
	}
	holds, held := p.Holder(r.q.On)
	owns, owned := p.Sovereign(r.q.On)
	if !held && !owned || owns.Holder == a.Against || holds.Holder == a.Against && holds.How != HoldOccupied {
		return True, ""
	}
	whose := owns.Holder
	if !owned {
		whose = holds.Holder
	}
	return Arguable, p.Name + " belonged to " + string(whose) + "; whether that is an attack on " + string(a.Against) + " the text does not say"
}

func unprovoked(a *Act) (Truth, string) {
	switch a.Provocation {
	case Provoked:
		return False, "it was provoked"
	case Unprovoked:
		return True, ""
	case Disputed:
		return Arguable, "whether it was provoked is disputed"
	}
	if a.Answer {
		return False, "it answers an attack, so it is not unprovoked"
	}
	return Arguable, "whether it was provoked nobody says"
}

// ownTerritory is the region of a clause that speaks of the territory of the
// party attacked, wherever it lies. It is no part of the earth but a relation.
const ownTerritory = "territory-of-the-party"

// inRegion looks where an act takes place.
func (r *reading) inRegion(name string, a *Act) (Truth, string) {
	if name != ownTerritory {
		return InRegion(name, a.Ground, r)
	}
	if a.Ground.Place == "" {
		return True, ""
	}
	p, err := FindPlace(string(a.Ground.Place))
	if err != nil {
		return Unknown, err.Error()
	}
	holder, ok := p.Holder(r.q.On)
	switch {
	case !ok:
		return Unknown, "who held " + p.Name + " on the day is not on record"
	case holder.Holder != a.Against:
		return False, p.Name + " was held by " + string(holder.Holder)
	case a.Ground.Forces:
		return Arguable, "the text speaks of territory, and forces were attacked"
	}
	return True, ""
}
