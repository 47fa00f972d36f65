package httpapi

import (
	"strconv"
	"strings"
)

// csvType is the media type of a table (RFC 4180).
const csvType = "text/csv; charset=utf-8; header=present"

// The tabular forms. A value that the ledger does not have is empty, never 0;
// lists are joined by semicolons.

func str(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func num(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func join(list []string) string { return strings.Join(list, ";") }

// toldNames are the columns of what a fact says of itself.
func toldNames() []string {
	return []string{
		"since", "since_earliest", "since_latest", "until", "until_earliest", "until_latest", "end",
		"certainty", "how", "events", "disputes", "finding",
	}
}

func (t *Told) toldCells() []string {
	return []string{
		str(t.Since), t.SinceEarliest, t.SinceLatest, str(t.Until), t.UntilEarliest, t.UntilLatest, t.End,
		t.Certainty, t.How, join(t.Events), join(t.Disputes), t.Finding,
	}
}

func refNames() []string { return []string{"state", "name", "cow", "gw", "iso3"} }

func (r *StateRef) refCells() []string {
	return []string{r.State, str(r.Name), num(r.COW), num(r.GW), str(r.ISO3)}
}

// pointNames are the columns that say when and at which sequence was asked.
func pointNames() []string { return []string{"dataset", "on", "known", "coverage"} }

func (a *Asked) pointCells(coverage string) []string {
	return []string{a.Dataset, a.On, seqText(a.Known.Seq), coverage}
}

// line joins groups of cells.
func line(groups ...[]string) []string {
	var out []string
	for _, g := range groups {
		out = append(out, g...)
	}
	return out
}

func memberColumns() []string {
	return line(pointNames(), []string{"alliance", "title"}, refNames(), []string{"status"}, toldNames())
}

func (m *Member) row(asked, alliance []string) []string {
	return line(asked, alliance, m.refCells(), []string{m.Status}, m.toldCells())
}

// nobody is the row of an alliance of which the ledger does not claim to know:
// an alliance without a row would look like one without members.
func nobody(asked, alliance []string) []string {
	return line(asked, alliance, make([]string, len(refNames())+1+len(toldNames())))
}

func (a *Alliance) table(row func(cells ...string)) {
	row(memberColumns()...)
	at, alliance := a.pointCells(a.Coverage), []string{a.ID, a.Title}
	for i := range a.Members {
		row(a.Members[i].row(at, alliance)...)
	}
	if len(a.Members) == 0 && a.Coverage == "outside" {
		row(nobody(at, alliance)...)
	}
}

func (w *World) table(row func(cells ...string)) {
	row(memberColumns()...)
	for i := range w.Alliances {
		a := &w.Alliances[i]
		at, alliance := w.pointCells(a.Coverage), []string{a.ID, a.Title}
		for j := range a.Members {
			row(a.Members[j].row(at, alliance)...)
		}
		if len(a.Members) == 0 {
			row(nobody(at, alliance)...)
		}
	}
}

func (l *AllianceList) table(row func(cells ...string)) {
	row(line(pointNames(), []string{
		"alliance", "title", "form", "aliases", "status", "status_since", "status_certainty", "members",
	})...)
	for i := range l.Alliances {
		a := &l.Alliances[i]
		members := strconv.Itoa(a.Members)
		if a.Coverage == "outside" {
			members = "" // not covered is not zero
		}
		row(line(l.pointCells(a.Coverage), []string{
			a.ID, a.Title, a.Form, join(a.Aliases), str(a.Status), str(a.StatusSince), a.Certainty, members,
		})...)
	}
}

func (l *StateList) table(row func(cells ...string)) {
	row(line(pointNames(), refNames(), []string{"existence"})...)
	for i := range l.States {
		s := &l.States[i]
		row(line(l.pointCells(s.Coverage), s.refCells(), []string{str(s.Existence)})...)
	}
}

// table of a state: its memberships.
func (s *State) table(row func(cells ...string)) {
	row(line(pointNames(), refNames(), []string{"alliance", "title", "status"}, toldNames())...)
	for i := range s.Memberships {
		m := &s.Memberships[i]
		row(line(s.pointCells(m.Coverage), s.refCells(), []string{m.Alliance, m.Title, m.Status}, m.toldCells())...)
	}
	if len(s.Memberships) == 0 && s.Coverage == "outside" {
		row(line(s.pointCells(s.Coverage), s.refCells(), make([]string, 3+len(toldNames())))...)
	}
}

func (t *Timeline) table(row func(cells ...string)) {
	row("date", "effective_on", "public_on", "type", "summary", "subject", "event", "seq", "corrected_by", "sources", "note")
	for i := range t.Entries {
		e := &t.Entries[i]
		sources := make([]string, len(e.Citations))
		for j, c := range e.Citations {
			sources[j] = strings.TrimSuffix(c.Source+" "+c.Locator, " ") + " [" + c.Grade + "]"
		}
		row(str(e.Date), e.EffectiveOn, e.PublicOn, e.Type, e.Summary, e.Subject, e.Event, seqText(e.Seq),
			str(e.CorrectedBy), strings.Join(sources, "; "), e.Note)
	}
}

func (d *Diff) table(row func(cells ...string)) {
	row(line([]string{"op", "summary", "kind", "subject", "a", "b", "value"}, toldNames(), []string{"known"})...)
	for i := range d.Changes {
		c := &d.Changes[i]
		f := &c.Fact
		row(line([]string{c.Op, c.Summary, f.Kind, f.Subject, f.A, f.B, f.Value}, f.toldCells(), []string{seqText(f.Known)})...)
	}
}
