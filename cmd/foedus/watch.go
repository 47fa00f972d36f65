package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"foedus/ledger"
)

// How watch waits for a server that went away.
const (
	firstPause = 250 * time.Millisecond
	mostPause  = 10 * time.Second
)

func (a *app) watchCommand() *cobra.Command {
	var after, alliance, state, kind, question, on, by string
	var count int
	c := &cobra.Command{
		Use:   "watch",
		Short: "Follow what changes in the world",
		Long: `watch follows the updates of the server that runs on the data directory: what each event opens and
closes, not that a row was written. A line on a terminal says it in words; --format jsonl, which is
what a pipe gets, prints the updates as the server sends them. When the server restarts, watch goes
on where it was. It runs until it is interrupted.

With --question it follows an answer instead, and tells only when that changes: allies-of or
alliances-of (with --state), members-of (with --alliance), world, and bound-to-defend: who is bound, or
arguably bound, to fight for --state if --by attacks it without provocation. --on asks about a day of
history; without it the question is about today, whichever day that is.`,
		Example: `  foedus watch
  foedus watch --alliance nato --kind party
  foedus watch --after 0 --state poland | jq -c '.changes[].summary'
  foedus watch --question members-of --alliance nato
  foedus watch --question allies-of --state poland --on 1939-09-01
  foedus watch --question bound-to-defend --state poland --by germany --on 1939-09-01`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			q := url.Values{}
			for name, value := range map[string]string{"after": after, "alliance": alliance, "state": state, "kind": kind, "question": question, "on": on, "by": by, "dataset": a.reading.dataset} {
				if value != "" {
					q.Set(name, value)
				}
			}
			if after != "" {
				if _, err := ledger.ParseSeq(after); err != nil {
					return usagef("--after: %v", err)
				}
			}
			return a.watch(c.Context(), q, count)
		},
	}
	c.Flags().StringVar(&after, "after", "", "every update behind the sequence `SEQ` first (default: only what comes)")
	c.Flags().StringVar(&alliance, "alliance", "", "only changes that concern one alliance, by `ID`")
	c.Flags().StringVar(&state, "state", "", "only changes that concern one state `S`, by id, ISO code, cow:NNN or gw:NNN")
	c.Flags().StringVar(&kind, "kind", "", "only facts of one `KIND`: party, clause, suspension and so on")
	c.Flags().StringVar(&question, "question", "", "follow the answer to a `QUESTION`: allies-of, alliances-of, members-of, bound-to-defend, world")
	c.Flags().StringVar(&by, "by", "", "who attacks, of bound-to-defend: a state `S`")
	c.Flags().StringVar(&on, "on", "", "the day `DATE` that the question is about (default: today, and each day after it)")
	c.Flags().IntVar(&count, "count", 0, "stop after `N` updates (default: never)")
	c.Flags().StringVar(&a.reading.dataset, "dataset", "", "the dataset `NAME` (default core)")
	return c
}

// errEnough ends a watch that has seen as many updates as it was to.
var errEnough = errors.New("enough")

// watch follows the updates until ctx ends, across restarts of the server.
func (a *app) watch(ctx context.Context, q url.Values, count int) error {
	format := a.format
	if format == "" {
		if format = "jsonl"; a.terminalOut() {
			format = "table"
		}
	}
	if format != "jsonl" && format != "table" {
		return usagef("watch prints a table or jsonl, not %s", format)
	}
	w := watching{a: a, q: q, left: count, words: format == "table"}
	pause := firstPause
	for {
		seen := w.last
		err := w.once(ctx)
		if errors.Is(err, errEnough) || ctx.Err() != nil {
			err = nil
		}
		var refused *problemError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &refused) && refused.Status < http.StatusInternalServerError, errors.Is(err, errNoServer) && !w.connected:
			return err // asking again would not help
		}
		if w.last != seen {
			pause = firstPause
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, mostPause)
		case <-ctx.Done():
			return nil
		}
	}
}

// errNoServer says that there is nobody to follow.
var errNoServer = errors.New("no server runs on this data directory; start one with foedus serve")

// watching is a watch under way.
type watching struct {
	a         *app
	q         url.Values
	last      string // the id of the last event seen, "" for none
	left      int    // updates to go, 0 for no end
	words     bool
	connected bool // a server answered once
}

// once follows one connection until it breaks.
func (w *watching) once(ctx context.Context) error {
	h, ok := w.a.findServer(ctx)
	if !ok {
		return errNoServer
	}
	handle := w.a.remote(h)
	defer handle.close()
	if w.last != "" {
		w.q.Set("after", w.last)
	}
	body, err := handle.client.get(ctx, "/v1/stream", w.q, "text/event-stream")
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if w.last == "" && !w.connected {
		w.last = handle.client.seq // a connection that breaks before the first update loses none
	}
	w.connected = true
	lines := bufio.NewReaderSize(body, 64<<10)
	var event, id, data string
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return fmt.Errorf("the server went away: %w", err)
		}
		name, value, _ := strings.Cut(strings.TrimRight(line, "\r\n"), ": ")
		switch name {
		case "event":
			event = value
		case "id":
			id = value
		case "data":
			data = value
		case "":
			if err := w.take(event, id, data); err != nil {
				return err
			}
			event, id, data = "", "", ""
		}
	}
}

// take shows one event of the stream.
func (w *watching) take(event, id, data string) error {
	if id != "" {
		w.last = id
	}
	switch event {
	case "update", "answer":
	case "lagged":
		return errors.New("too far behind")
	case "stopped":
		fmt.Fprintf(w.a.stderr, "foedus: the server stopped applying events; it is watched on: %s\n", data)
		return nil
	default:
		return nil
	}
	var err error
	switch {
	case !w.words:
		_, err = io.WriteString(w.a.stdout, data+"\n")
	case w.q.Get("question") != "":
		err = tellAnswer(w.a.stdout, data)
	default:
		err = tellUpdate(w.a.stdout, data)
	}
	if err != nil || event == "answer" {
		return err
	}
	if w.left--; w.left == 0 {
		return errEnough
	}
	return nil
}

// tellAnswer says the answer to a standing question in words, or how it changed:
// a line for each part of it.
func tellAnswer(w io.Writer, data string) error {
	var u struct {
		Seq      uint64 `json:"seq"`
		Question struct {
			Name, State, By, Alliance, On string
		} `json:"question"`
		Event *struct {
			Type    string `json:"type"`
			Subject string `json:"subject"`
		} `json:"event"`
		Answer, Before, After map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(data), &u); err != nil {
		return fmt.Errorf("read an answer: %w", err)
	}
	cause := "a day went by"
	switch {
	case u.Answer != nil:
		cause, u.After = "the answer so far", u.Answer
	case u.Event != nil:
		cause = u.Event.Subject + "  " + plainType(u.Event.Type)
	}
	if _, err := fmt.Fprintf(w, "%d  %s %s on %s  %s\n", u.Seq, u.Question.Name, u.Question.State+u.Question.Alliance+prefixed(" attacked by ", u.Question.By), u.Question.On, cause); err != nil {
		return err
	}
	before, after := partsOf(u.Before), partsOf(u.After)
	for _, list := range []struct {
		sign         string
		these, those []string
	}{{"-", before, after}, {"+", after, before}} {
		for _, part := range list.these {
			if slices.Contains(list.those, part) {
				continue
			}
			if _, err := fmt.Fprintf(w, "   %s %s\n", list.sign, part); err != nil {
				return err
			}
		}
	}
	return nil
}

// prefixed puts words before a text, unless there is none.
func prefixed(words, text string) string {
	if text == "" {
		return ""
	}
	return words + text
}

// partsOf turns the parts of an answer into lines.
func partsOf(answer map[string]json.RawMessage) (out []string) {
	for _, list := range []string{"allies", "members", "alliances", "world", "defenders"} {
		var parts []struct {
			State, Alliance, Status, Certainty, Verdict string
			Since, Until                                *string
			Alliances, Members, Clauses                 []string
		}
		if json.Unmarshal(answer[list], &parts) != nil {
			continue
		}
		for _, p := range parts {
			words := []string{p.State + p.Alliance}
			for _, word := range []string{p.Status, p.Verdict} {
				if word != "" {
					words = append(words, word)
				}
			}
			if p.Since != nil {
				words = append(words, "since "+*p.Since)
			}
			if p.Until != nil {
				words = append(words, "until "+*p.Until)
			}
			if all := slices.Concat(p.Alliances, p.Members, p.Clauses); len(all) > 0 {
				words = append(words, "("+strings.Join(all, ", ")+")")
			}
			if p.Certainty == "possible" {
				words = append(words, "possible")
			}
			out = append(out, strings.Join(words, " "))
		}
	}
	return out
}

// plainType returns an event type as people read it.
func plainType(wire string) string {
	return strings.TrimSuffix(strings.TrimPrefix(wire, "foedus."), ".v1")
}

// tellUpdate says an update in words, a line for each change.
func tellUpdate(w io.Writer, data string) error {
	var u struct {
		Seq   uint64 `json:"seq"`
		Event struct {
			Type    string `json:"type"`
			Subject string `json:"subject"`
		} `json:"event"`
		Changes []struct {
			Op      string `json:"op"`
			Summary string `json:"summary"`
		} `json:"changes"`
	}
	if err := json.Unmarshal([]byte(data), &u); err != nil {
		return fmt.Errorf("read an update: %w", err)
	}
	if _, err := fmt.Fprintf(w, "%d  %s  %s\n", u.Seq, u.Event.Subject, plainType(u.Event.Type)); err != nil {
		return err
	}
	for _, c := range u.Changes {
		sign := "+"
		if c.Op == "closed" {
			sign = "-"
		}
		if _, err := fmt.Fprintf(w, "   %s %s\n", sign, c.Summary); err != nil {
			return err
		}
	}
	return nil
}
