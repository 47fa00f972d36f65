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
	format, err := a.output("table", "json")
	if err != nil {
		return err
	}
	body, err := a.ask(ctx, "/v1/doctor", url.Values{}, format)
	if err != nil {
		return err
	}
	var d doctorDoc
	if err := json.Unmarshal(body, &d); err != nil {
		return fmt.Errorf("read the answer: %w", err)
	}
	if err := a.show(body, format, func(_ []byte, w io.Writer) error { d.render(w); return nil }); err != nil {
		return err
	}
	return d.verdict()
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
	Error          string     `json:"error,omitempty"` // why the store could not be asked
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
		r.Error = err.Error()
	}
	return r
}

// doctorDoc is the answer of /v1/doctor.
type doctorDoc struct {
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

// verdict is the error that the exit status stands for, nil if all is well.
func (d *doctorDoc) verdict() error {
	switch {
	case d.Store != nil && d.Store.Damage != "":
		return damageReport(d.Store.Damage)
	case tellsOfDamage(d.Error):
		return damageReport(d.Error)
	case d.Error != "":
		return fmt.Errorf("the projection stopped at %d: %s", d.Applied, d.Error)
	case d.Store != nil && d.Store.Error != "":
		return fmt.Errorf("ask the store: %s", d.Store.Error)
	}
	return nil
}

func (d *doctorDoc) render(w io.Writer) {
	if s := d.Store; s != nil {
		where := "external at " + s.URL
		if s.Embedded {
			where = "embedded in " + s.Dir
		}
		fmt.Fprintf(w, "store\t%s\n", where)
		fmt.Fprintf(w, "nats-server\t%s, %s\n", s.Version, plural(s.Replicas, "replica"))
		fmt.Fprintf(w, "fsync before ack\t%s\n", s.FsyncBeforeAck)
		fmt.Fprintf(w, "log\t%d events, %d bytes\n", s.Messages, s.Bytes)
	}
	fmt.Fprintf(w, "projection\t%d of %d applied\n", d.Applied, d.Head)
	for _, x := range d.Datasets {
		fmt.Fprintf(w, "dataset %s\t%d events: %d alliances, %d states, %d crises, %d sources\n",
			x.Dataset, x.Events, x.Alliances, x.States, x.Crises, x.Sources)
	}
	fmt.Fprintf(w, "findings\t%d\n", len(d.Findings))
	for _, f := range d.Findings {
		fmt.Fprintf(w, "\n%d\t%s\t%s\n", f.Seq, f.Subject, f.Text)
	}
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
