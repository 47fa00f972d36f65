package httpapi

import (
	"context"
	"fmt"
	"net/url"

	"foedus/ledger"
	"foedus/projections"
)

// Timeline is what is told of an alliance or of a state, in historical order.
type Timeline struct {
	Subject string `json:"subject" doc:"alliance/<id> or state/<id>."`
	Title   string `json:"title"`
	Asked
	Entries []Entry `json:"entries"`
}

// Entry is one event in the version that stands.
type Entry struct {
	Date        *string    `json:"date" doc:"When it was done, or took effect where nobody says when it was done (EDTF); null if undated."`
	EffectiveOn string     `json:"effective_on,omitempty" doc:"When it took effect, if on another day (EDTF)."`
	PublicOn    string     `json:"public_on,omitempty" doc:"When it became public, if it was secret (EDTF)."`
	Type        string     `json:"type"`
	Summary     string     `json:"summary" doc:"One sentence."`
	Subject     string     `json:"subject" doc:"What the event is about."`
	Event       string     `json:"event" doc:"The id of the event."`
	Seq         ledger.Seq `json:"seq"`
	CorrectedBy *string    `json:"corrected_by" doc:"The event that says what stands here now, if the first one was corrected."`
	Citations   []Citation `json:"citations"`
	Note        string     `json:"note,omitempty"`
	Quote       string     `json:"quote,omitempty"`
}

// allianceTimelineInput asks for the timeline of an alliance.
type allianceTimelineInput struct {
	ID string `path:"id" doc:"The id of the alliance, or one of its names." example:"nato"`
	PointParams
	TableFormat
}

// stateTimelineInput asks for the timeline of a state.
type stateTimelineInput struct {
	ID string `path:"id" doc:"A state: an id, an ISO 3166 alpha-3 code, cow:290 or gw:290." example:"poland"`
	PointParams
	TableFormat
}

// allianceTimeline answers GET /v1/alliances/{id}/timeline.
func (s *server) allianceTimeline(ctx context.Context, in *allianceTimelineInput) (*reply, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV)
	id, err := s.allianceNamed(p, inPath, "id", in.ID)
	if err != nil {
		return nil, err
	}
	link := p.permalink("/v1/alliances/" + url.PathEscape(string(id)) + "/timeline")
	return s.render(p, link, func() (any, error) {
		doc := &Timeline{Subject: "alliance/" + string(id)}
		var told []projections.Told
		s.view(func(w *projections.World) {
			v, _ := w.At(p.Query, ledger.KindAlliance, string(id))
			doc.Asked, doc.Title = asked(w, p), titleOf(&v)
			told = w.AllianceTimeline(p.Dataset, id, p.Known)
		})
		return doc, s.tell(ctx, p, doc, told)
	})
}

// stateTimeline answers GET /v1/states/{id}/timeline.
func (s *server) stateTimeline(ctx context.Context, in *stateTimelineInput) (*reply, error) {
	p, err := s.ask(&in.PointParams)
	if err != nil {
		return nil, err
	}
	p.format = chooseFormat(ctx, in.Format, formatCSV)
	id, err := s.stateNamed(p, inPath, "id", in.ID)
	if err != nil {
		return nil, err
	}
	link := p.permalink("/v1/states/" + url.PathEscape(string(id)) + "/timeline")
	return s.render(p, link, func() (any, error) {
		doc := &Timeline{Subject: "state/" + string(id), Title: string(id)}
		var told []projections.Told
		s.view(func(w *projections.World) {
			doc.Asked = asked(w, p)
			if name := w.Identify(p.Query, id).Name; name != "" {
				doc.Title = name
			}
			told = w.StateTimeline(p.Dataset, id, p.Known)
		})
		return doc, s.tell(ctx, p, doc, told)
	})
}

// tell fills in the entries: the World knows which records stand, the log what
// they say.
func (s *server) tell(ctx context.Context, p *point, doc *Timeline, told []projections.Told) error {
	events, err := s.decoded(ctx, told)
	if err != nil {
		return err
	}
	doc.Entries = make([]Entry, 0, len(told))
	discreet := p.Public && anySecret(p, events)
	s.view(func(w *projections.World) {
		d := newTeller(w, p.Query)
		for i := range told {
			content := standingContent(&events[i])
			if discreet && content.Payload.Type().Family() == ledger.FamilyLedger {
				continue
			}
			if publicly(p, content) {
				doc.Entries = append(doc.Entries, d.entry(&told[i], &events[i], content))
			}
		}
	})
	return nil
}

// anySecret reports whether something told was secret on the day. Then what
// editors say beside it (disputes, what is covered) may give it away.
func anySecret(p *point, events []ledger.Event) bool {
	for i := range events {
		if c := standingContent(&events[i]); !c.PublicOn.IsZero() && c.PublicOn.Latest() > p.On {
			return true
		}
	}
	return false
}

// decoded reads the versions that stand from the log.
func (s *server) decoded(ctx context.Context, told []projections.Told) ([]ledger.Event, error) {
	seqs := make([]ledger.Seq, len(told))
	for i := range told {
		seqs[i] = told[i].Version
	}
	if len(seqs) == 0 {
		return nil, nil
	}
	entries, err := s.Log.Get(ctx, seqs...)
	if err != nil {
		return nil, fmt.Errorf("read the events of the timeline: %w", err)
	}
	var d ledger.Decoder
	events := make([]ledger.Event, len(entries))
	for i := range entries {
		if events[i], err = d.Decode(entries[i].Bytes); err != nil {
			return nil, fmt.Errorf("decode the event at sequence %d: %w", entries[i].Seq, err)
		}
	}
	return events, nil
}

// standingContent returns what an event says: for a correction, what it says
// of the event that it corrects.
func standingContent(e *ledger.Event) *ledger.Content {
	if c, ok := e.Payload.(*ledger.RecordCorrected); ok {
		return &c.Replacement.Content
	}
	return &e.Content
}

// publicly reports whether an entry belongs into the answer: with public=true
// only what had become public on the day, which what was not secret did when it
// was done.
func publicly(p *point, c *ledger.Content) bool {
	if !p.Public {
		return true
	}
	if !c.PublicOn.IsZero() {
		return c.PublicOn.Latest() <= p.On
	}
	return placed(c).Earliest() <= p.On
}

// placed returns the date that places an entry in history.
func placed(c *ledger.Content) ledger.When {
	if c.DoneOn.IsZero() {
		return c.EffectiveOn
	}
	return c.DoneOn
}

func (d *teller) entry(t *projections.Told, e *ledger.Event, c *ledger.Content) Entry {
	out := Entry{
		EffectiveOn: c.EffectiveOn.String(), PublicOn: c.PublicOn.String(), Type: string(c.Payload.Type()),
		Subject: e.Aggregate.Subject(), Event: d.w.ID(t.Root).String(), Seq: t.Root,
		Citations: []Citation{}, Note: c.Note, Quote: c.Quote, Summary: d.summary(e.Aggregate, c),
	}
	if on := placed(c).String(); on != "" {
		out.Date = &on
	}
	if t.Version != t.Root {
		id := e.ID.String()
		out.CorrectedBy = &id
	}
	for i := range c.Citations {
		out.Citations = append(out.Citations, d.citation(&c.Citations[i]))
	}
	return out
}
