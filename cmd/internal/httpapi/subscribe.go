package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"foedus/ledger"
	"foedus/projections"
)

// What a subscription may take.
const (
	heartbeat   = 15 * time.Second
	mostStreams = 20_000            // subscribers, unless Config says otherwise
	reconnect   = "retry: 2000\n\n" // milliseconds until a client that lost us asks again
)

// StreamObserver is told of subscribers; every function may be nil.
type StreamObserver struct {
	Subscribed func(delta int)   // one came or went
	Sent       func(updates int) // were written to one
	Cut        func(reason string)
	Refused    func() // one came who was too many
}

// streamInput subscribes to updates.
type streamInput struct {
	After       string `query:"after" doc:"Every update behind this sequence, then what comes. Default: only what comes." example:"0"`
	LastEventID string `header:"Last-Event-ID" doc:"Where a client that lost the connection goes on; it wins over after and snapshot."`
	Snapshot    bool   `query:"snapshot" doc:"Begin with all facts that the ledger holds, at a pinned sequence; then what comes."`
	Alliance    string `query:"alliance" doc:"Only changes that concern this alliance." example:"nato"`
	State       string `query:"state" doc:"Only changes that concern this state: an id, an ISO 3166 alpha-3 code, cow:290 or gw:290." example:"poland"`
	Kind        string `query:"kind" doc:"Only changes of facts of this kind: party, clause, suspension and so on." example:"party"`
	Question    string `query:"question" doc:"Follow the answer to a question instead of changes: allies-of, alliances-of (with state), members-of (with alliance), bound-to-defend (with state and by), world." example:"allies-of"`
	By          string `query:"by" doc:"Of bound-to-defend: the state that attacks without provocation." example:"germany"`
	On          string `query:"on" format:"date" doc:"The day that the question is about. Default: today, and as days go by, each day." example:"1914-08-01"`
	ConventionParams
}

// subscribe answers GET /v1/stream.
func (s *server) subscribe(_ context.Context, in *streamInput) (*reply, error) {
	if s.Feed == nil {
		return nil, problem(http.StatusNotFound, "this server has no updates to follow; foedus serve has")
	}
	sub, err := s.subscription(in)
	if err != nil {
		return nil, err
	}
	if !s.admit() {
		return nil, busy()
	}
	return &reply{func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		if r.Method == http.MethodHead {
			defer s.leave()
			sub.headers(w.Header())
			w.WriteHeader(http.StatusOK)
			return
		}
		sub.serve(w, r)
	}}, nil
}

// busy refuses a subscriber more than there may be.
func busy() error {
	p := problem(http.StatusServiceUnavailable, "there are as many subscribers as this server takes; come again in a while")
	return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {"30"}})
}

func (s *server) admit() bool {
	if s.streams.Add(1) > int64(s.MaxStreams) {
		s.streams.Add(-1)
		if s.Stream.Refused != nil {
			s.Stream.Refused()
		}
		return false
	}
	if s.Stream.Subscribed != nil {
		s.Stream.Subscribed(1)
	}
	return true
}

func (s *server) leave() {
	s.streams.Add(-1)
	if s.Stream.Subscribed != nil {
		s.Stream.Subscribed(-1)
	}
}

// subscription checks what is asked for.
func (s *server) subscription(in *streamInput) (*subscriber, error) {
	p := &point{head: s.Projection.Status().Applied}
	p.Known = p.head
	var err error
	if p.On, err = s.day("on", in.On); err != nil {
		return nil, err
	}
	if err := s.convention(p, &in.ConventionParams); err != nil {
		return nil, err
	}
	sub := &subscriber{s: s, snapshot: in.Snapshot, moving: in.On == ""}
	if sub.topic, err = s.topicOf(in, p); err != nil {
		return nil, err
	}
	if sub.after, err = startOf(in, p.head); err != nil {
		return nil, err
	}
	switch {
	case in.LastEventID != "":
		sub.snapshot = false
	case in.Snapshot && in.After != "":
		return nil, badParam("snapshot", "true", "does not go with after: a snapshot begins at the head; leave one of them out")
	case in.Snapshot && in.Question != "":
		return nil, badParam("snapshot", "true", "does not go with question, which begins with its answer; leave it out")
	}
	return sub, nil
}

// startOf returns the sequence behind which a subscription starts.
func startOf(in *streamInput, head ledger.Seq) (ledger.Seq, error) {
	for _, from := range []struct{ name, text string }{{"header.Last-Event-ID", in.LastEventID}, {"query.after", in.After}} {
		if from.text == "" {
			continue
		}
		after, err := ledger.ParseSeq(from.text)
		if err != nil {
			return 0, problem(http.StatusUnprocessableEntity, from.name+": "+err.Error(), wrong(from.name, clip(from.text), err.Error()))
		}
		if after > head {
			message := fmt.Sprintf("the ledger ends at %d; it is another ledger, or was restored. Start again from 0 or with a snapshot", head)
			return 0, problem(http.StatusGone, from.name+": "+message, wrong(from.name, from.text, message))
		}
		return after, nil
	}
	return head, nil
}

// topicOf resolves the names in a subscription.
func (s *server) topicOf(in *streamInput, p *point) (t topic, err error) {
	var alliance ledger.AllianceID
	if in.Alliance != "" {
		if alliance, err = s.allianceNamed(p, inQuery, "alliance", in.Alliance); err != nil {
			return t, err
		}
	}
	state, err := s.stateNamed(p, inQuery, "state", in.State)
	if err != nil {
		return t, err
	}
	by, err := s.stateNamed(p, inQuery, "by", in.By)
	if err != nil {
		return t, err
	}
	if in.Question != "" {
		return questionOf(in, p, alliance, state, by)
	}
	for name, value := range map[string]bool{
		"by": in.By != "", "on": in.On != "", "public": in.Public, "certain": in.Certain, "reading": p.Reading != projections.ReadingInForce,
	} {
		if value {
			return t, badParam(name, "", "goes with question only: updates tell of all of history, in the reading in-force and with what was secret")
		}
	}
	if kinds := projections.FactKinds(); in.Kind != "" && !slices.Contains(kinds, in.Kind) {
		message := "is no kind of fact"
		if near := ledger.Nearest(in.Kind, kinds); near != "" {
			message += fmt.Sprintf("; did you mean %q?", near)
		} else {
			message += "; there are: " + strings.Join(kinds, ", ")
		}
		return t, badParam("kind", in.Kind, message)
	}
	return topic{filter: filter{dataset: string(p.Dataset), alliance: string(alliance), state: string(state), kind: in.Kind}}, nil
}

// questionOf reads a standing question.
func questionOf(in *streamInput, p *point, alliance ledger.AllianceID, state, by ledger.StateID) (t topic, err error) {
	var names []string
	for _, k := range standingQuestions() {
		names = append(names, k.name)
		if k.name != in.Question {
			continue
		}
		given := map[string]string{"state": string(state), "alliance": string(alliance), "kind": in.Kind, "by": string(by)}
		if k.about != "" && given[k.about] == "" {
			return t, badParam(k.about, "", "is missing: "+k.name+" is a question about one")
		}
		if k.name == askDefenders {
			switch by {
			case "":
				return t, badParam("by", "", "is missing: who is bound depends on who attacks; name a state")
			case state:
				return t, badParam("by", in.By, "is the state itself; name another")
			}
			t.question.by = string(by)
			delete(given, "by")
		}
		t.question = question{name: k.name, of: given[k.about], by: t.question.by, q: p.Query}
		t.question.q.Known = 0 // part of no topic
		delete(given, k.about)
		for name, value := range given {
			if value != "" {
				return t, badParam(name, value, "does not go with the question "+k.name+"; leave it out")
			}
		}
		return t, nil
	}
	message := "is no standing question; there are: " + strings.Join(names, ", ")
	if near := ledger.Nearest(in.Question, names); near != "" {
		message = fmt.Sprintf("is no standing question; did you mean %q?", near)
	}
	return t, badParam("question", in.Question, message)
}
