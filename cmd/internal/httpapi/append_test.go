package httpapi_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"foedus/cmd/internal/httpapi"
	"foedus/ledger"
)

// failing is a log whose Append fails as told.
type failing struct{ *broken }

func (f failing) Append(context.Context, ledger.Expectation, ...ledger.Encoded) ([]ledger.Receipt, error) {
	return nil, f.appendError()
}

const draft = `{"type":"foedus.instrument.signed.v1","subject":"alliance/nato",` +
	`"data":{"done_on":"1950-01-01","signatory":"poland","citations":[{"source":"unts","grade":"B"}]}}`

func withID(n int) string { return strings.Replace(draft, "{", `{"id":"`+id(n)+`",`, 1) }

// TestAppend appends, repeats, contradicts and loses a race.
func TestAppend(t *testing.T) {
	r := withHistory(t)
	for _, c := range []struct {
		name, query, body string
		status            int
		says              string
	}{
		{"a draft", "", draft, 201, `"seqs":[40]`},
		{"with an id and no time", "", withID(300), 201, `{"seqs":[41],"ids":["` + id(300) + `"],"duplicates":0}`},
		{"the same again", "", withID(300), 200, `{"seqs":[41],"ids":["` + id(300) + `"],"duplicates":1}`},
		{"the same again, with a stale expectation", "?expect=none", withID(300), 200, `"duplicates":1`},
		{"other content", "", strings.Replace(withID(300), "1950", "1951", 1), 409, "at sequence 41 with other content"},
		{"a lost race", "?expect=39", draft, 409, "was expected to end at 39"},
		{"none yet", "?expect=none", draft, 409, "to have no event yet"},
		{"the last seen", "?expect=41", draft, 201, `"seqs":[42]`},
		{"a bad expectation", "?expect=nothing", draft, 422, "neither a sequence nor none"},
		{"several", "", "[" + draft + "," + withID(301) + "]", 201, `"seqs":[43,44]`},
		{"half a duplicate", "", "[" + withID(301) + "," + draft + "]", 201, `"seqs":[44,45]`},
		{"all or nothing", "", "[" + draft + "," + strings.Replace(withID(300), "1950", "1951", 1) + "]", 409, "at sequence 41"},
		{"two subjects with an expectation", "?expect=45", "[" + draft + "," + strings.Replace(draft, "nato", "secret", 1) + "]", 422, "one subject"},
		{"no event", "", "[]", 422, "empty"},
		{"no body", "", "", 400, "empty"},
		{"no JSON", "", "{", 422, "JSON"},
		{"an unknown parameter", "?expct=1", draft, 422, "expect"},
		{"strict", "?strict=true", strings.Replace(draft, "alliance/nato", "alliance/unheard", 1), 422, "no event tells of it yet"},
	} {
		a := r.post("/v1/events"+c.query, c.body)
		if a.StatusCode != c.status || !strings.Contains(strings.ReplaceAll(a.body, `\"`, `"`), c.says) {
			t.Errorf("%s: %d, want %d and %s\n%s", c.name, a.StatusCode, c.status, c.says, a.body)
		}
		if a.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: a write can be made from elsewhere", c.name)
		}
	}
	if head, err := r.log.Head(t.Context()); err != nil || head != 45 {
		t.Errorf("the log ends at %d, %v; want 45", head, err)
	}
}

// TestAppendNamesFields checks that every wrong field is named.
func TestAppendNamesFields(t *testing.T) {
	r := withHistory(t)
	bad := strings.NewReplacer("poland", "polnad", "unts", "unst").Replace(draft)
	a := r.post("/v1/events", "["+draft+","+bad+"]")
	wantProblem(t, a, 422, "body[1].data.signatory", `did you mean "poland"`)
	p := decode[issue](t, a)
	if len(p.Errors) != 2 || p.Errors[1].Location != "body[1].data.citations[0].source" || p.Errors[1].Value != "unst" {
		t.Errorf("errors %+v", p.Errors)
	}
	wantProblem(t, r.post("/v1/events", bad), 422, "body.data.signatory", "poland")
	wantProblem(t, r.post("/v1/events", strings.Replace(draft, "signatory", "signatry", 1)), 422, "body.data.signatory", "is required")
	wantProblem(t, r.post("/v1/events", strings.Replace(draft, "instrument.signed", "instrument.singed", 1)), 422, "body.type", "instrument.signed")
}

func TestAppendLimits(t *testing.T) {
	r := withHistory(t)
	wantProblem(t, r.post("/v1/events", strings.Repeat(" ", 1<<20)+"x"), http.StatusRequestEntityTooLarge, "", "smaller parts")
	if a := r.post("/v1/events", draft+strings.Repeat(" ", 1<<20-len(draft))); a.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a body of exactly the limit: %d, want to be read (and found too large for one event)\n%s", a.StatusCode, a.body)
	}
	many := "[" + strings.Repeat("{},", ledger.MaxAppend) + "{}]"
	wantProblem(t, r.post("/v1/events", many), http.StatusRequestEntityTooLarge, "", "1001 events")
}

func TestAuthorization(t *testing.T) {
	r := withHistory(t)
	for _, given := range []string{"", "Bearer", "Bearer wrong", "Basic " + token, token} {
		a := r.do(http.MethodPost, "/v1/events", draft, "Authorization", given)
		wantProblem(t, a, http.StatusUnauthorized, "", "token")
		if a.Header.Get("WWW-Authenticate") == "" {
			t.Error("401 without WWW-Authenticate")
		}
	}
	closed := newRig(t, func(c *httpapi.Config) { c.Token = "" })
	wantProblem(t, closed.do(http.MethodPost, "/v1/events", draft, "Authorization", "Bearer "), http.StatusUnauthorized, "", "takes no writes")
}

// TestPinnedNeverChanges asks every question at a pinned point, lets history be
// corrected, retracted and added to, and asks again: a fresh server over the
// same log, which remembers nothing, must answer with the same bytes.
func TestPinnedNeverChanges(t *testing.T) {
	r := withHistory(t)
	before := make(map[string]answer)
	for _, target := range questions() {
		before[target] = r.ok(target)
	}
	correction := func(n, target int, replacement string) string {
		return event(n, "alliance/nato", "record.corrected", fmt.Sprintf(
			`"target":%q,"reason":"a slip","replacement":{%s,"citations":[{"source":"unts","grade":"A"}]}`, id(target), replacement))
	}
	for _, e := range []string{
		correction(400, 33, `"type":"consent.deposited","done_on":"1952-02-20","party":"greece","mode":"accession"`),
		event(401, "alliance/nato", "instrument.described", `"title":"Another Title","form":"treaty"`),
		event(402, "state/greece", "state.renamed", `"done_on":"1950-01-01","name":"Hellas"`),
		event(403, "alliance/warsaw-pact", "record.retracted", `"target":"`+id(36)+`","reason":"never happened"`),
		event(404, "ledger/core", "coverage.declared", `"from":"1816-01-01","through":"1954-12-31","scope":"less"`),
		event(405, "ledger/unts", "source.added", `"title":"Another Series","form":"treaty-text"`),
		event(406, "alliance/nato", "withdrawal.effective", `"done_on":"1948-01-01","party":"poland","how":"withdrawal"`),
	} {
		if a := r.post("/v1/events", e); a.StatusCode != http.StatusCreated {
			t.Fatalf("%d\n%s", a.StatusCode, a.body)
		}
	}
	fresh := newRigOn(t, r.log, nil)
	for target, want := range before {
		for name, server := range map[string]*rig{"same": r, "fresh": fresh} {
			got := server.ok(target)
			if d := cmp.Diff(want.body, got.body); d != "" {
				t.Errorf("%s at the %s server changed (-before +after):\n%s", target, name, d)
			}
			if want.Header.Get("ETag") != got.Header.Get("ETag") {
				t.Errorf("%s at the %s server: ETag %s, was %s", target, name, got.Header.Get("ETag"), want.Header.Get("ETag"))
			}
		}
	}
	now := decode[httpapi.Timeline](t, r.ok("/v1/alliances/nato/timeline"))
	corrected := 0
	for _, e := range now.Entries {
		if e.CorrectedBy != nil {
			corrected++
			if *e.CorrectedBy != id(400) || e.Event != id(33) || e.Seq != 33 || *e.Date != "1952-02-20" || e.Type != "consent.deposited" {
				t.Errorf("corrected entry %+v", e)
			}
		}
	}
	if corrected != 1 {
		t.Errorf("%d corrected entries, want 1", corrected)
	}
	doc := decode[httpapi.Alliance](t, r.ok("/v1/alliances/nato?on=1950-06-01"))
	if doc.Title != "Another Title" || len(doc.Findings) != 1 || !strings.Contains(doc.Findings[0].Text, "party poland") {
		t.Errorf("now: %q %+v", doc.Title, doc.Findings)
	}
}

// TestSteady compares the answers of a server that has been asked about many
// days with those of servers that were asked about one.
func TestSteady(t *testing.T) {
	r := withHistory(t)
	for _, alliance := range []string{"nato", "warsaw-pact"} {
		for _, on := range []string{
			"1949-04-03", "1949-04-04", "1949-08-24", "1952-02-17", "1952-02-18", "1955-06-04", "1968-09-01", "1968-09-30", "1991-07-01", "2021-01-01",
		} {
			for _, more := range []string{"", "&reading=signature"} {
				target := "/v1/alliances/" + alliance + "?on=" + on + more
				if d := cmp.Diff(newRigOn(t, r.log, nil).ok(target).body, r.ok(target).body); d != "" {
					t.Errorf("%s (-fresh +kept):\n%s", target, d)
				}
			}
		}
	}
}

// TestReadWhileAppending asks at a pinned point while others append: the answer
// stays the same bytes, and every writer reads its own write.
func TestReadWhileAppending(t *testing.T) {
	r := withHistory(t)
	const pinned = "/v1/alliances/nato?on=1955-05-10&known=39"
	want := r.ok(pinned).body
	var all sync.WaitGroup
	for writer := range 3 {
		all.Go(func() {
			for n := range 20 {
				seq := 1000 + writer*100 + n
				a := r.post("/v1/events", event(seq, "alliance/nato", "organ.created", fmt.Sprintf(`"done_on":"1950-01-01","organ":"organ-%d","title":"Organ %d"`, seq, seq)))
				if a.StatusCode != http.StatusCreated {
					t.Errorf("%d %s", a.StatusCode, a.body)
				}
				if own := r.get("/v1/alliances/nato?on=1955-05-10"); !strings.Contains(own.body, fmt.Sprintf("organ-%d", seq)) {
					t.Errorf("a writer does not read its own write %d", seq)
				}
			}
		})
	}
	for range 3 {
		all.Go(func() {
			for n := range 40 {
				if got := r.get(pinned).body; got != want {
					t.Errorf("the pinned answer changed:\n%s\n%s", want, got)
				}
				r.get(fmt.Sprintf("/v1/world?on=19%02d-01-01", n))
				r.get("/v1/export/spells.jsonl")
				r.get("/v1/events?format=jsonl")
			}
		})
	}
	all.Wait()
}
