package ledgertest

import (
	"foedus/ledger"
)

// memory is how many of the last events of an aggregate can be revised.
const memory = 64

// story is what a generator tells of one aggregate.
type story struct {
	aggregate ledger.Aggregate
	today     ledger.Date      // how far history has come
	queue     []ledger.Content // what comes next
	plot      plot             // fills the queue when it is empty; nil ends the story
	left      int              // how many more times the plot is asked; negative for ever

	told     []telling // the last events, oldest first
	disputes []dispute // that nobody has decided
	count    int       // names of disputes
}

// plot says what happens next in a story: one or more events.
type plot interface {
	more(g *Generator, s *story)
}

// telling is an event that was told and can be revised.
type telling struct {
	id      ledger.EventID
	content ledger.Content
	ledger  bool // a correction or a retraction itself
}

// dispute is one that was opened, with the values that were claimed.
type dispute struct {
	name   ledger.Name
	values []string
}

func newStory(kind ledger.Kind, id string) *story {
	return &story{aggregate: ledger.Aggregate{Dataset: ledger.Core, Kind: kind, ID: id}}
}

func (s *story) done() bool { return len(s.queue) == 0 && (s.plot == nil || s.left == 0) }

// next returns the next event of a story that is not done.
func (s *story) next(g *Generator) ledger.Content {
	for len(s.queue) == 0 {
		if s.left > 0 {
			s.left--
		}
		s.plot.more(g, s)
	}
	c := s.queue[0]
	s.queue = s.queue[1:]
	return c
}

// pass lets days go by. History ends in 2025; whoever is still writing then
// goes back to fill in what was left out.
func (s *story) pass(g *Generator, lo, hi int) {
	s.today += ledger.Date(g.between(lo, hi))
	if s.today > day(2025, 12, 31) {
		s.today = g.day(1950, 2000)
	}
}

// say queues an event of today.
func (s *story) say(g *Generator, p ledger.Payload) *ledger.Content {
	s.queue = append(s.queue, g.cited(ledger.OnDay(s.today), p))
	return &s.queue[len(s.queue)-1]
}

func (s *story) remember(e *ledger.Event) {
	t := telling{id: e.ID, content: e.Content}
	switch any(e.Payload).(type) { // any: the others are all alike here
	case *ledger.DisputeOpened, *ledger.DisputeDecided:
		return
	case *ledger.RecordCorrected, *ledger.RecordRetracted:
		t.ledger = true
	}
	if len(s.told) == memory {
		copy(s.told, s.told[1:])
		s.told = s.told[:memory-1]
	}
	s.told = append(s.told, t)
}
