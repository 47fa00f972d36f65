package ledger

import (
	"fmt"
	"strings"
)

// The ledger family: what happens to the record itself, apart from history.

// RecordCorrected (record.corrected): An earlier event of the same aggregate
// was wrong; this is what it says from now on. What the ledger answered
// before stays answerable.
type RecordCorrected struct {
	Target      EventID     // the event that is corrected; required
	Reason      string      // why; required
	Editor      string      // who corrected it
	Replacement Replacement // all that the event says from now on, its type included; required
}

// Type implements [Payload].
func (*RecordCorrected) Type() Type { return TypeRecordCorrected }
func (*RecordCorrected) record()    {}

func (p *RecordCorrected) wire(w *wire) {
	w.event("target", &p.Target, required, "the event that is corrected")
	w.text("reason", &p.Reason, required, "why")
	w.text("editor", &p.Editor, optional, "who corrected it")
	w.object("replacement", required, "all that the event says from now on, its type included", true, p.Replacement.wire)
}

// RecordRetracted (record.retracted): An earlier event of the same aggregate
// should not stand. Retracting a correction or a retraction undoes it.
type RecordRetracted struct {
	Target EventID // the event that is retracted; required
	Reason string  // why; required
	Editor string  // who retracted it
}

// Type implements [Payload].
func (*RecordRetracted) Type() Type { return TypeRecordRetracted }
func (*RecordRetracted) record()    {}

func (p *RecordRetracted) wire(w *wire) {
	w.event("target", &p.Target, required, "the event that is retracted")
	w.text("reason", &p.Reason, required, "why")
	w.text("editor", &p.Editor, optional, "who retracted it")
}

// RecordMerged (record.merged): Two events of the same aggregate tell the
// same thing; the target stands no longer.
type RecordMerged struct {
	Target EventID // the event that goes; required
	Into   EventID // the event that stays; required
	Reason string  // why; required
}

// Type implements [Payload].
func (*RecordMerged) Type() Type { return TypeRecordMerged }
func (*RecordMerged) record()    {}

func (p *RecordMerged) wire(w *wire) {
	w.event("target", &p.Target, required, "the event that goes")
	w.event("into", &p.Into, required, "the event that stays")
	w.text("reason", &p.Reason, required, "why")
}

// DisputeOpened (dispute.opened): Sources disagree. Where about and field
// name a date of an event, the fact is only possible between the competing
// dates until the dispute is decided.
type DisputeOpened struct {
	Dispute  Name    // its name in this aggregate; required
	Question string  // what is disputed; required
	About    EventID // the event
	Field    string  // which of its dates
	Claims   []Claim // the competing claims, each with its source; required
}

// Type implements [Payload].
func (*DisputeOpened) Type() Type { return TypeDisputeOpened }
func (*DisputeOpened) record()    {}

func (p *DisputeOpened) wire(w *wire) {
	w.name("dispute", &p.Dispute, required, "its name in this aggregate")
	w.text("question", &p.Question, required, "what is disputed")
	w.event("about", &p.About, optional, "the event")
	enum(w, "field", &p.Field, optional, "done_on effective_on public_on", "which of its dates")
	objects(w, "claims", &p.Claims, required, "the competing claims, each with its source", func(w *wire, c *Claim) { c.wire(w) })
}

// DisputeDecided (dispute.decided): An editor decided a dispute, for stated
// reasons; the claims stay visible.
type DisputeDecided struct {
	Dispute Name   // which; required
	Verdict string // on the first claim; required
	Value   string // the value that stands; for a date, EDTF
	Reason  string // why; required
}

// Type implements [Payload].
func (*DisputeDecided) Type() Type { return TypeDisputeDecided }
func (*DisputeDecided) record()    {}

func (p *DisputeDecided) wire(w *wire) {
	w.name("dispute", &p.Dispute, required, "which")
	enum(w, "verdict", &p.Verdict, required, "upheld refuted partial unresolved", "on the first claim")
	w.text("value", &p.Value, optional, "the value that stands; for a date, EDTF")
	w.text("reason", &p.Reason, required, "why")
}

// SourceAdded (source.added): A source that citations refer to. Its
// aggregate is ledger/<source>.
type SourceAdded struct {
	Title      string // title; required
	Form       string // what it is; an AI-written text is never a source; required
	Author     string // author or issuing body
	Published  When   // when
	Identifier string // UNTS, TIAS, Stat., FRUS, DOI or another number
	Language   string // ISO 639 code
	Licence    string // licence, where known
}

// Type implements [Payload].
func (*SourceAdded) Type() Type { return TypeSourceAdded }
func (*SourceAdded) record()    {}

func (p *SourceAdded) wire(w *wire) {
	w.text("title", &p.Title, required, "title")
	enum(w, "form", &p.Form, required, "treaty-text depositary-notice government-paper parliamentary-record dataset monograph article press encyclopaedia", "what it is; an AI-written text is never a source")
	w.text("author", &p.Author, optional, "author or issuing body")
	w.when("published", &p.Published, optional, "when")
	w.text("identifier", &p.Identifier, optional, "UNTS, TIAS, Stat., FRUS, DOI or another number")
	w.text("language", &p.Language, optional, "ISO 639 code")
	w.text("licence", &p.Licence, optional, "licence, where known")
}

// CoverageDeclared (coverage.declared): The ledger claims to cover this
// aggregate, or (on ledger/<dataset>) the whole dataset, over these days.
// What is not covered is unknown, never "not allied".
type CoverageDeclared struct {
	From    When   // the first day covered
	Through When   // the last day covered; required
	Scope   string // what is covered, and what is not; required
	// In panels by year the year of exit counts, even where the exit was its first
	// day: so count the published files of ATOP.
	ExitCounts bool
}

// Type implements [Payload].
func (*CoverageDeclared) Type() Type { return TypeCoverageDeclared }
func (*CoverageDeclared) record()    {}

func (p *CoverageDeclared) wire(w *wire) {
	w.when("from", &p.From, optional, "the first day covered")
	w.when("through", &p.Through, required, "the last day covered")
	w.text("scope", &p.Scope, required, "what is covered, and what is not")
	w.flag("exit_counts", &p.ExitCounts, "in panels by year the year of exit counts, even where the exit was its first day: so count the published files of ATOP")
}

// Replacement is what a corrected event says from now on. Its type may differ
// from the target's, its aggregate may not.
type Replacement struct {
	Content
}

func (r *Replacement) wire(w *wire) {
	const name, kind, doc = "type", "event type", "the event type, without version"
	switch w.mode {
	case encoding:
		w.put(name, r.typeName(), required, checkReplacement)
	case decoding:
		if b, ok := w.get(name, kind, required, doc); ok {
			r.setType(w, name, string(b))
		}
		if r.Payload == nil {
			w.unused = 0 // what the fields are nobody can say
		}
	case describing:
		w.describe(name, kind, required, doc)
		if r.Payload == nil {
			w.describe("*", "fields of that type", required, "done_on, effective_on, public_on, the fields of the type, citations, note, quote")
		}
	case mentioning:
	}
	if checkReplacement(r.typeName()) == "" {
		r.Content.wire(w)
	}
}

func (r *Replacement) typeName() string {
	if r.Payload == nil {
		return ""
	}
	return string(r.Payload.Type())
}

func (r *Replacement) setType(w *wire, field, t string) {
	if why := checkReplacement(t); why != "" {
		w.fail(field, t, why)
		return
	}
	r.Payload = newPayload(Type(t))
}

// checkReplacement says why an event cannot become one of type t. What the
// ledger does to its own record is retracted, not corrected.
func checkReplacement(t string) string {
	switch {
	case strings.HasPrefix(t, "record."):
		return "cannot replace anything; retract the event instead"
	case Type(t).Version() == 0:
		return notInVocabulary(t, func(t Type) string { return string(t) })
	}
	return ""
}

// Claim is one of several competing statements.
type Claim struct {
	Value string // what is claimed; for a date, EDTF
	Citation
}

func (c *Claim) wire(w *wire) {
	w.text("value", &c.Value, required, "what is claimed; for a date, EDTF")
	c.Citation.wire(w)
}

// check applies the rules that the shape of the fields cannot say. It names the
// fields from inside data. A switch rather than an interface, so that decoding
// leaves the event on the stack.
func (c *Content) check() []FieldError {
	switch p := any(c.Payload).(type) { // most types have no such rule
	case *StateCoded:
		return p.check(c)
	case *RecordCorrected:
		return p.check()
	case *RecordMerged:
		return p.check()
	case *DisputeOpened:
		return p.check()
	case *CoverageDeclared:
		return p.check()
	}
	return nil
}

func (p *DisputeOpened) check() (bad []FieldError) {
	if (p.Field == "") != p.About.IsZero() {
		bad = append(bad, FieldError{"field", p.Field, "about and field go together: name the event and which of its dates, or neither"})
	}
	if p.Field == "" {
		return bad
	}
	for i, c := range p.Claims {
		if _, err := ParseWhen(c.Value); err != nil {
			bad = append(bad, FieldError{fmt.Sprintf("claims[%d].value", i), c.Value, "must be an EDTF date, because field names one"})
		}
	}
	return bad
}

func (p *CoverageDeclared) check() []FieldError {
	if p.Through.Latest() < p.From.Earliest() {
		return []FieldError{{"through", p.Through.String(), "is before from, " + p.From.String()}}
	}
	return nil
}

func (p *StateCoded) check(c *Content) []FieldError {
	if _, err := NewSpan(c.Effect(), p.Until); err != nil {
		return []FieldError{{"until", p.Until.String(), "is before the code begins, " + c.Effect().String()}}
	}
	return nil
}

func (p *RecordMerged) check() []FieldError {
	if p.Target == p.Into && !p.Target.IsZero() {
		return []FieldError{{"into", p.Into.String(), "is the target itself; name the event that stays"}}
	}
	return nil
}

// check applies the rules of the replacement's own type.
func (p *RecordCorrected) check() []FieldError {
	if checkReplacement(p.Replacement.typeName()) != "" {
		return nil
	}
	bad := p.Replacement.check()
	for i := range bad {
		bad[i].Field = "replacement." + bad[i].Field
	}
	return bad
}
