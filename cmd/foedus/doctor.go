package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"

	"github.com/spf13/cobra"

	"foedus/ledger"
	"foedus/ledger/jetstream"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Say how the ledger is: store, projection, and what looks odd in the record",
		Long: `doctor asks the store and the projection how they are and lists the findings: events that
were accepted although something is odd about them, such as a withdrawal of a state that
never joined, with the mend. A damaged log exits with 5, findings alone with 0.`,
		Example: "  foedus doctor\n  foedus doctor --format json | jq '.findings[].text'",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.doctor(c.Context()) },
	}
}

func (a *app) doctor(ctx context.Context) error {
	var damage string
	err := a.answer(ctx, "/v1/doctor", url.Values{}, func(body []byte, w io.Writer) error {
		var err error
		damage, err = renderDoctor(body, w)
		return err
	})
	if err == nil && damage != "" {
		return &ledger.DamageError{Detail: damage}
	}
	return err
}

// storeReport is what doctor says of the store.
type storeReport struct {
	Embedded       bool       `json:"embedded"`
	Dir            string     `json:"dir,omitempty"`
	URL            string     `json:"url,omitempty"`
	Version        string     `json:"nats_server"`
	FsyncBeforeAck string     `json:"fsync_before_ack"`
	Replicas       int        `json:"replicas"`
	Messages       uint64     `json:"messages"`
	First          ledger.Seq `json:"first"`
	Last           ledger.Seq `json:"last"`
	Bytes          uint64     `json:"bytes"`
	Damage         string     `json:"damage,omitempty"`
}

// storeStatus asks the store how it is.
func storeStatus(ctx context.Context, log *jetstream.Log) storeReport {
	s, err := log.Status(ctx)
	r := storeReport{
		Embedded: s.Embedded, Dir: s.Dir, URL: s.URL, Version: s.Version, FsyncBeforeAck: string(s.FsyncBeforeAck),
		Replicas: s.Replicas, Messages: s.Messages, First: s.First, Last: s.Last, Bytes: s.Bytes,
	}
	if s.Damage != nil {
		r.Damage = s.Damage.Error()
	}
	if err != nil {
		r.Damage = err.Error()
	}
	return r
}

func renderDoctor(body []byte, w io.Writer) (damage string, err error) {
	var d struct {
		Applied  uint64 `json:"applied"`
		Head     uint64 `json:"head"`
		Error    string `json:"error"`
		Datasets []struct {
			Dataset   string `json:"dataset"`
			Events    uint64 `json:"events"`
			Alliances int    `json:"alliances"`
			States    int    `json:"states"`
			Crises    int    `json:"crises"`
			Sources   int    `json:"sources"`
		} `json:"datasets"`
		Findings []struct {
			Seq     uint64 `json:"seq"`
			Subject string `json:"subject"`
			Text    string `json:"text"`
		} `json:"findings"`
		Store *storeReport `json:"extra"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		return "", fmt.Errorf("read the answer: %w", err)
	}
	if s := d.Store; s != nil {
		where := "external at " + s.URL
		if s.Embedded {
			where = "embedded in " + s.Dir
		}
		fmt.Fprintf(w, "store\t%s\n", where)
		fmt.Fprintf(w, "nats-server\t%s, %d replicas\n", s.Version, s.Replicas)
		fmt.Fprintf(w, "fsync before ack\t%s\n", s.FsyncBeforeAck)
		fmt.Fprintf(w, "log\t%d events, %d bytes\n", s.Messages, s.Bytes)
		damage = s.Damage
	}
	fmt.Fprintf(w, "projection\t%d of %d applied\n", d.Applied, d.Head)
	if d.Error != "" {
		fmt.Fprintf(w, "\tstopped: %s\n", d.Error)
	}
	for _, x := range d.Datasets {
		fmt.Fprintf(w, "dataset %s\t%d events: %d alliances, %d states, %d crises, %d sources\n",
			x.Dataset, x.Events, x.Alliances, x.States, x.Crises, x.Sources)
	}
	fmt.Fprintf(w, "findings\t%d\n", len(d.Findings))
	for _, f := range d.Findings {
		fmt.Fprintf(w, "\n%d\t%s\t%s\n", f.Seq, f.Subject, f.Text)
	}
	return damage, nil
}
