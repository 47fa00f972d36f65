package projections_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"foedus/ledger"
)

// said is what stands behind a verb.
type said struct {
	args []string
	keys map[string]ledger.When
}

func (s *said) state(i int) ledger.StateID { return ledger.StateID(s.args[i]) }

// states returns the arguments from the i-th on.
func (s *said) states(i int) (out []ledger.StateID) {
	for _, a := range s.args[i:] {
		out = append(out, ledger.StateID(a))
	}
	return out
}

// target is the event at the sequence that the i-th argument names; "nothing"
// is an event that there is not.
func (s *said) target(i int) ledger.EventID {
	n, err := strconv.Atoi(s.args[i])
	if err != nil {
		return ledger.RecordID(ledger.Aggregate{}, "nothing")
	}
	return eventID(n)
}

// verb is one word of the language for events.
type verb struct {
	least, most int // how many arguments
	payload     func(s *said) ledger.Payload
}

const many = 100

func instrumentVerbs() map[string]verb {
	return map[string]verb{
		"described":      {1, many, func(s *said) ledger.Payload { return &ledger.InstrumentDescribed{Title: strings.Join(s.args, " ")} }},
		"adopted":        {0, 0, func(*said) ledger.Payload { return &ledger.InstrumentAdopted{} }},
		"signed":         {1, 1, func(s *said) ledger.Payload { return &ledger.InstrumentSigned{Signatory: s.state(0)} }},
		"deposited":      {1, 1, func(s *said) ledger.Payload { return &ledger.ConsentDeposited{Party: s.state(0), Mode: "ratification"} }},
		"in-force":       {0, many, func(s *said) ledger.Payload { return &ledger.InstrumentInForce{Among: s.states(0)} }},
		"party-in-force": {1, 1, func(s *said) ledger.Payload { return &ledger.PartyInForce{Party: s.state(0)} }},
		"protocol": {1, many, func(s *said) ledger.Payload {
			return &ledger.ProtocolSigned{Protocol: ledger.Name(s.args[0]), AccessionOf: s.states(1)}
		}},
		"invited":   {1, 1, func(s *said) ledger.Payload { return &ledger.MemberInvited{State: s.state(0)} }},
		"admitted":  {1, 1, func(s *said) ledger.Payload { return &ledger.MemberAdmitted{State: s.state(0)} }},
		"excluded":  {1, 1, func(s *said) ledger.Payload { return &ledger.MemberExcluded{State: s.state(0)} }},
		"withdrew":  {1, 1, func(s *said) ledger.Payload { return &ledger.WithdrawalEffective{Party: s.state(0), How: "withdrawal"} }},
		"notice":    {1, 1, func(s *said) ledger.Payload { return &ledger.NoticeGiven{By: s.state(0), Of: "withdrawal"} }},
		"revoked":   {1, 1, func(s *said) ledger.Payload { return &ledger.NoticeRevoked{By: s.state(0)} }},
		"suspended": {1, many, func(s *said) ledger.Payload { return &ledger.ObligationSuspended{By: s.state(0), Toward: s.states(1)} }},
		"resumed":   {1, many, func(s *said) ledger.Payload { return &ledger.ObligationResumed{By: s.state(0), Toward: s.states(1)} }},
		"ended":     {0, 0, func(*said) ledger.Payload { return &ledger.InstrumentEnded{How: "expiry"} }},
		"renewed":   {0, 0, func(s *said) ledger.Payload { return &ledger.InstrumentRenewed{Until: s.keys["until"]} }},
		"succession": {2, 2, func(s *said) ledger.Payload {
			return &ledger.TreatySuccession{Predecessor: s.state(0), Successor: s.state(1), Rule: "continuity"}
		}},
		"clause":         {2, 2, func(s *said) ledger.Payload { return &ledger.ClauseAdded{Clause: clause(s)} }},
		"clause-changed": {2, 2, func(s *said) ledger.Payload { return &ledger.ClauseChanged{Clause: clause(s)} }},
		"clause-ended":   {1, 1, func(s *said) ledger.Payload { return &ledger.ClauseEnded{Clause: ledger.ClauseID(s.args[0])} }},
		"organ": {1, 1, func(s *said) ledger.Payload {
			return &ledger.OrganCreated{Organ: ledger.Name(s.args[0]), Title: s.args[0]}
		}},
		"organ-ended": {1, 1, func(s *said) ledger.Payload { return &ledger.OrganEnded{Organ: ledger.Name(s.args[0])} }},
		"joined": {2, 2, func(s *said) ledger.Payload {
			return &ledger.CommandJoined{State: s.state(0), Organ: ledger.Name(s.args[1])}
		}},
		"left": {2, 2, func(s *said) ledger.Payload {
			return &ledger.CommandLeft{State: s.state(0), Organ: ledger.Name(s.args[1])}
		}},
		"takes-part": {3, 3, func(s *said) ledger.Payload {
			return &ledger.ParticipationChanged{State: s.state(0), Organ: ledger.Name(s.args[1]), To: s.args[2]}
		}},
	}
}

func clause(s *said) ledger.Clause {
	return ledger.Clause{ID: ledger.ClauseID(s.args[0]), Kind: ledger.ClauseKind(s.args[1])}
}

func crisisVerbs() map[string]verb {
	return map[string]verb{
		"attack": {1, 1, func(s *said) ledger.Payload {
			return &ledger.AttackMade{Attack: ledger.Name(s.args[0]), Form: "invasion"}
		}},
		"ceasefire": {0, many, func(s *said) ledger.Payload { return &ledger.CeasefireAgreed{Among: s.states(0), Form: "armistice"} }},
		"war":       {2, many, func(s *said) ledger.Payload { return &ledger.WarDeclared{By: s.state(0), Against: s.states(1)} }},
		"ultimatum": {2, 2, func(s *said) ledger.Payload {
			return &ledger.UltimatumDelivered{By: s.state(0), To: s.state(1), Demands: "demands", Deadline: s.keys["until"]}
		}},
		"consulted": {2, 2, func(s *said) ledger.Payload {
			return &ledger.ConsultationRequested{Alliance: ledger.AllianceID(s.args[0]), Requesters: s.states(1)}
		}},
		"invoked": {3, 3, func(s *said) ledger.Payload {
			return &ledger.ClauseInvoked{Invocation: ledger.Name(s.args[0]), Alliance: ledger.AllianceID(s.args[1]), Clause: ledger.ClauseID(s.args[2])}
		}},
		"ruled": {2, 2, func(s *said) ledger.Payload {
			return &ledger.InvocationDetermined{Invocation: ledger.Name(s.args[0]), Ruling: s.args[1], Organ: "council"}
		}},
		"formed":  {1, many, func(s *said) ledger.Payload { return &ledger.StateFormed{Name: strings.Join(s.args, " ")} }},
		"renamed": {1, many, func(s *said) ledger.Payload { return &ledger.StateRenamed{Name: strings.Join(s.args, " ")} }},
		"code": {2, 2, func(s *said) ledger.Payload {
			return &ledger.StateCoded{Scheme: s.args[0], Code: s.args[1], Until: s.keys["until"]}
		}},
	}
}

func recordVerbs() map[string]verb {
	return map[string]verb{
		"retract": {1, 1, func(s *said) ledger.Payload { return &ledger.RecordRetracted{Target: s.target(0)} }},
		"dispute": {5, many, func(s *said) ledger.Payload {
			p := &ledger.DisputeOpened{Dispute: ledger.Name(s.args[0]), About: s.target(1), Field: s.args[2]}
			for _, c := range s.args[3:] {
				p.Claims = append(p.Claims, ledger.Claim{Value: strings.TrimPrefix(c, "claim:")})
			}
			return p
		}},
		"decide": {1, 2, func(s *said) ledger.Payload {
			p := &ledger.DisputeDecided{Dispute: ledger.Name(s.args[0]), Verdict: "upheld"}
			if len(s.args) == 2 {
				p.Value = strings.TrimPrefix(s.args[1], "claim:")
			}
			return p
		}},
		"coverage": {0, 0, func(s *said) ledger.Payload {
			return &ledger.CoverageDeclared{From: s.keys["from"], Through: s.keys["through"]}
		}},
		"source": {1, 1, func(s *said) ledger.Payload { return &ledger.SourceAdded{Title: s.args[0]} }},
	}
}

// parseContent reads VERB WORDS... [DATE] [KEY DATE]...; "correct SEQ" before
// it makes it the replacement of that event.
func parseContent(words []string) (c ledger.Content, err error) {
	if len(words) > 2 && words[0] == "correct" {
		c, err = parseContent(words[2:])
		target := (&said{args: words[1:2]}).target(0)
		return ledger.Content{Payload: &ledger.RecordCorrected{Target: target, Replacement: ledger.Replacement{Content: c}}}, err
	}
	if len(words) == 0 {
		return c, errors.New("an event has a verb")
	}
	var v verb
	for _, verbs := range []map[string]verb{instrumentVerbs(), crisisVerbs(), recordVerbs()} {
		if x, ok := verbs[words[0]]; ok {
			v = x
		}
	}
	if v.payload == nil {
		return c, fmt.Errorf("there is no verb %q", words[0])
	}
	s := &said{keys: map[string]ledger.When{}}
	for i := 1; i < len(words); i++ {
		key, isKey := words[i], slices.Contains([]string{"done", "effective", "public", "until", "from", "through", "cites"}, words[i])
		if isKey && i+1 == len(words) {
			return c, fmt.Errorf("%s takes a value", key)
		}
		if key == "cites" {
			c.Citations = append(c.Citations, ledger.Citation{Source: ledger.SourceID(words[i+1])})
			i++
			continue
		}
		if isKey {
			i++
		}
		w, err := ledger.ParseWhen(words[i])
		switch {
		case isKey && err != nil:
			return c, err
		case isKey:
			s.keys[key] = w
		case err == nil && len(words[i]) >= 4:
			s.keys["done"] = w
		default:
			s.args = append(s.args, words[i])
		}
	}
	if len(s.args) < v.least || len(s.args) > v.most {
		return c, fmt.Errorf("%s takes %d to %d words, not %q", words[0], v.least, v.most, s.args)
	}
	c.DoneOn, c.EffectiveOn, c.PublicOn = s.keys["done"], s.keys["effective"], s.keys["public"]
	c.Payload = v.payload(s)
	return c, nil
}
