package ledgertest

import (
	"fmt"
	"strings"

	"foedus/ledger"
)

// name makes up a name that is not in seen.
func (g *Generator) name(seen map[string]bool) string {
	const heads = "Al Bel Cas Dor El Fen Gal Hel Is Jor Kar Lor Mor Nor Ost Pal Ruth Sar Tor Ul Val Wes Yr Zem"
	const tails = "avia donia esia gard ica land mark onia stan thia undria veria"
	name := pick(g, strings.Fields(heads)...) + pick(g, strings.Fields(tails)...)
	if g.chance(0.2) {
		name = pick(g, "North", "South", "East", "West", "Upper", "Lower") + " " + name
	}
	base := name
	for i := 2; seen[name]; i++ {
		name = fmt.Sprintf("%s %d", base, i)
	}
	seen[name] = true
	return name
}

func slug(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", "-") }

// day returns a day that exists.
func day(y, m, d int) ledger.Date {
	date, err := ledger.NewDate(y, m, d)
	if err != nil {
		panic(err)
	}
	return date
}

// day returns a random day from the first of one year to the last of another.
func (g *Generator) day(from, to int) ledger.Date {
	lo, hi := day(from, 1, 1), day(to, 12, 31)
	return lo + ledger.Date(g.rng.IntN(int(hi-lo)+1))
}

// after returns a day lo to hi days after d.
func (g *Generator) after(d ledger.Date, lo, hi int) ledger.When {
	return ledger.OnDay(d + ledger.Date(g.between(lo, hi)))
}

// vague returns what a source says that knows the day d only roughly.
func (g *Generator) vague(d ledger.Date) ledger.When {
	y, m, _ := d.Civil()
	var text string
	switch g.rng.IntN(6) {
	case 0, 1:
		text = fmt.Sprintf("%04d-%02d", y, m)
	case 2:
		text = fmt.Sprintf("%04d", y)
	case 3:
		text = fmt.Sprintf("%04d-%02d-XX", y, m)
	case 4:
		text = d.String() + "~"
	default:
		text = (d - ledger.Date(g.between(1, 40))).String() + "/" + (d + ledger.Date(g.between(1, 40))).String()
	}
	w, err := ledger.ParseWhen(text)
	if err != nil {
		panic(err)
	}
	return w
}

// blur makes some dates vague and some acts secret.
func (g *Generator) blur(c *ledger.Content) {
	if c.DoneOn.IsZero() {
		return
	}
	done := c.DoneOn.Earliest()
	if g.chance(g.opt.Vague) {
		c.DoneOn = g.vague(done)
	}
	if !c.EffectiveOn.IsZero() && g.chance(g.opt.Vague) {
		c.EffectiveOn = g.vague(c.EffectiveOn.Earliest())
	}
	if g.chance(g.opt.Secret) {
		c.PublicOn = g.after(done, 365, 20*365)
	}
}
