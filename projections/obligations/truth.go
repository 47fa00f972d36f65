package obligations

// Truth is the answer to a predicate about facts. Law has more answers than yes
// and no: a text may be open to two readings, and a fact may not be on record.
type Truth uint8

// The four answers, from the weakest. Their order is that of [And] and [Or].
const (
	False    Truth = iota
	Unknown        // a fact is missing
	Arguable       // the facts are there and the text can be read both ways
	True
)

// String returns "false", "unknown", "arguable" or "true".
func (t Truth) String() string {
	return [...]string{"false", "unknown", "arguable", "true"}[t]
}

// And is the weaker of two answers.
func And(a, b Truth) Truth { return min(a, b) }

// Or is the stronger of two answers.
func Or(a, b Truth) Truth { return max(a, b) }

// Not turns true and false around; what is arguable or unknown stays so.
func Not(t Truth) Truth {
	switch t {
	case True:
		return False
	case False:
		return True
	case Unknown, Arguable:
	}
	return t
}
