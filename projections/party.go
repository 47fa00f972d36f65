package projections

// This file is where a signature, a deposit or an accession turns into a party
// spell.
//
// The rules are those of the Vienna Convention on the Law of Treaties. A
// signature binds nobody yet (Art. 14). Consent that was deposited before the
// instrument entered into force binds from that day; consent deposited later
// binds from its deposit, unless the source states another day (Art. 24). What
// a source states expressly (party.in_force, or a state named in the entry into
// force) wins over what follows from a deposit. A notice changes nothing until
// the withdrawal takes effect (Art. 65, 68).
//
// Under the signature reading a state counts from its signature, or from the
// signature of the protocol on its accession.

// partyState is what the fold remembers while it walks through history.
type partyState struct {
	inForce   bool
	entry     step // of the instrument, while inForce
	hasEntry  bool // an entry into force stands somewhere in this history
	consented bool // deposited, waiting for the entry into force
	consent   step
}

// party folds the steps of one state in one alliance.
func (f *folder) party() {
	var p partyState
	for _, s := range f.steps {
		p.hasEntry = p.hasEntry || s.it.op == opInForce
	}
	for i, s := range f.steps {
		switch s.it.op {
		case opInForce:
			p.inForce, p.entry = true, s
			if p.consented {
				f.enterParty(later(s, p.consent))
				p.consented = false
			}
		case opOver:
			p.inForce, p.consented = false, false
			f.over(s)
		case opInvited, opSigned, opProtocol:
			f.approach(s)
		case opDeposit:
			f.deposit(&p, s, f.steps[i+1:])
		case opEntry:
			f.enterParty(s)
			p.consented = false
		case opSuspend, opResume:
			f.suspend(s)
		case opWithdraw, opExclude:
			f.exit(s)
			p.consented = false
		}
	}
}

// bound reports whether the state is a party now.
func (f *folder) bound() bool {
	c := f.current()
	return c != nil && (c.value == symParty || c.value == symSuspended)
}

func (f *folder) enterParty(s step) {
	if !f.bound() {
		f.enter(s, symParty)
	}
}

// approach handles the steps before consent: invitation, signature, protocol.
func (f *folder) approach(s step) {
	if f.bound() {
		return
	}
	if f.reading == ReadingSignature && s.it.op != opInvited {
		f.enter(s, symParty)
		return
	}
	rank := [...]sym{symInvited, symSignatory, symAcceding}
	status := rank[s.it.op-opInvited]
	if c := f.current(); c != nil && (c.value == status || s.it.op == opInvited && (c.value == symSignatory || c.value == symAcceding)) {
		return
	}
	f.enter(s, status)
}

// deposit handles consent to be bound.
func (f *folder) deposit(p *partyState, s step, rest []step) {
	switch {
	case f.bound():
	case f.reading == ReadingSignature:
		f.enter(s, symParty)
	case statedEntry(rest):
		f.awaiting(s)
	case p.inForce:
		f.enter(later(s, p.entry), symParty)
	case p.hasEntry || s.it.flags&itemStated == 0:
		p.consented, p.consent = true, s
		f.awaiting(s)
	default: // no entry into force is on record, but the source dates the effect
		f.enter(s, symParty)
	}
}

// awaiting marks a state that consented without having signed.
func (f *folder) awaiting(s step) {
	if c := f.current(); c == nil || c.value == symWithdrawn || c.value == symEnded || c.value == symExcluded {
		f.enter(s, symSignatory)
	}
}

// statedEntry reports whether a source states the entry into force for this
// state later in the same membership.
func statedEntry(rest []step) bool {
	for _, s := range rest {
		switch s.it.op {
		case opEntry:
			return true
		case opWithdraw, opExclude, opOver:
			return false
		}
	}
	return false
}

// later returns a with bounds no earlier than b's.
func later(a, b step) step {
	a.lo, a.hi = max(a.lo, b.lo), max(a.hi, b.hi)
	return a
}

func (f *folder) suspend(s step) {
	c := f.current()
	switch {
	case s.it.op == opSuspend && c != nil && c.value == symParty:
		f.enter(s, symSuspended)
	case s.it.op == opResume && c != nil && c.value == symSuspended:
		f.enter(s, symParty)
	case !f.bound():
		f.oddly(s, findingNotBound)
	}
}

// exit ends a membership; a state that was excluded may withdraw as well. A
// withdrawal without a membership is kept and marked: its beginning may still
// arrive.
func (f *folder) exit(s step) {
	status := symWithdrawn
	if s.it.op == opExclude {
		status = symExcluded
	}
	c := f.current()
	regular := f.bound() || c != nil && c.value == symExcluded && status == symWithdrawn
	if n := f.enter(s, status); !regular {
		n.finding = findingNotAParty
		f.oddly(s, findingNotAParty)
	}
}

// over ends the instrument: parties are parties no longer, and who was only on
// the way there no longer is.
func (f *folder) over(s step) {
	switch {
	case f.bound():
		f.enter(s, symEnded)
	case f.current() != nil:
		switch f.current().value {
		case symInvited, symSignatory, symAcceding:
			f.leave(s)
		}
	}
}

// The statuses have fixed symbols, so that the fold compares numbers.
const (
	symInvited sym = iota + 1
	symSignatory
	symAcceding
	symParty
	symSuspended
	symWithdrawn
	symExcluded
	symEnded
)

// statuses lists the texts of those symbols, in order.
func statuses() []string {
	return []string{Invited, Signatory, Acceding, Party, Suspended, Withdrawn, Excluded, Ended}
}
