package obligations

import (
	"fmt"
	"strings"

	"foedus/ledger"
)

// leaf looks for acts that are what a condition names.
func (r *reading) leaf(p *ledger.Predicate, acts []Act, level int) (Truth, string) {
	need := max(1, p.AtLeast)
	seen := make(map[string]Truth, 4) // the best by attacker, so that one who attacks twice counts once
	best := False
	why := ""
	var order []string
	for i := range acts {
		a := &acts[i]
		t, reason, relevant := r.fits(p, a)
		if !relevant {
			continue
		}
		r.touched = r.touched || i < r.asked
		r.note(level+1, t, eventsOf(a), "%s: %s", a, reason)
		if t == False {
			why = a.String() + ": " + reason
			continue
		}
		key := a.who()
		if a.Kind == ActMobilization || p.Is == "mobilization" {
			key = string(a.By)
		}
		if _, ok := seen[key]; !ok {
			order = append(order, key)
		}
		seen[key] = max(seen[key], t)
	}
	for _, t := range []Truth{True, Arguable, Unknown} {
		n := 0
		for _, key := range order {
			if seen[key] >= t {
				n++
			}
		}
		if n >= need {
			best = t
			break
		}
	}
	text := wanted(p)
	switch {
	case best == False && need > 1 && len(order) > 0:
		return False, fmt.Sprintf("%s; there is %d", text, len(order))
	case best == False && why != "":
		return False, text + "; no: " + why
	case best == False:
		return False, text + "; there is none"
	}
	return best, text
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
	b.WriteString("asks for ")
	switch p.Is {
	case "attack":
		b.WriteString("an attack")
	case "war":
		b.WriteString("a war")
	case "mobilization":
		b.WriteString("a mobilisation")
	default:
		b.WriteString("a threat")
	}
	if p.AtLeast > 1 {
		fmt.Fprintf(&b, " by at least %d", p.AtLeast)
	}
	if len(p.By) > 0 {
		b.WriteString(" by " + strings.Join(p.By, ", "))
	} else if p.ByKind != "" {
		b.WriteString(" by a " + p.ByKind + " attacker")
	}
	if len(p.JoinedBy) > 0 {
		b.WriteString(" with the support of " + strings.Join(p.JoinedBy, ", "))
	}
	if len(p.Against) > 0 {
		b.WriteString(" on " + strings.Join(p.Against, ", "))
	}
	if p.Region != "" {
		b.WriteString(" in the region " + p.Region)
	}
	if p.Unprovoked {
		b.WriteString(", unprovoked")
	}
	return b.String()
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
	return id != "" && r.contains(p.Against, id)
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
// target, or attacking it.
func (r *reading) supportFits(p *ledger.Predicate, a *Act) (Truth, string) {
	if len(p.JoinedBy) == 0 {
		return True, ""
	}
	best, why := False, "the attacker has no support of "+strings.Join(p.JoinedBy, " or ")
	for i := range r.acts {
		o := &r.acts[i]
		if o.By == "" || o.By == a.By || o.Against != a.Against || !r.contains(p.JoinedBy, o.By) {
			continue
		}
		switch {
		case o.fights():
			return True, ""
		case o.Kind == ActMobilization && o.Extent != "precautionary" && best < Arguable:
			best, why = Arguable, "whether the mobilisation of "+string(o.By)+" is support is open"
		}
	}
	return best, why
}

func unprovoked(a *Act) (Truth, string) {
	switch {
	case a.Answer:
		return False, "it answers an attack, so it is not unprovoked"
	case a.Provocation == Provoked:
		return False, "it was provoked"
	case a.Provocation == Unprovoked:
		return True, ""
	case a.Provocation == Disputed:
		return Arguable, "whether it was provoked is disputed"
	}
	return Arguable, "whether it was provoked nobody says"
}

// inRegion looks where an act takes place.
func (r *reading) inRegion(name string, a *Act) (Truth, string) {
	if name != "territory-of-the-party" {
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
