package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"foedus/ledger"
)

// seqHeader names the sequence at which an answer was given, in the canonical
// form that [http.Header] keeps its keys in.
const seqHeader = "Foedus-Seq"

// stoppedHeader is on every answer while the projection is stopped; it names the
// sequence that could not be applied.
const stoppedHeader = "Foedus-Stopped"

// What a client may keep for how long.
const (
	cacheForever    = "public, max-age=31536000, immutable"
	cacheRevalidate = "no-cache"
)

// answer is a rendered answer. It is shared between requests: read-only.
type answer struct {
	route  string // the pattern that gave it
	header []headerField
	etag   string
	body   []byte
	seq    ledger.Seq
}

type headerField struct {
	key    string
	values []string
}

// newAnswer renders the headers of an answer at a point.
func newAnswer(contentType string, body []byte, etag string, p *point, link string) *answer {
	a := &answer{body: body, etag: etag, seq: p.Known}
	a.add("Content-Type", contentType)
	a.add("Content-Length", strconv.Itoa(len(body)))
	a.common(p, link)
	return a
}

func (a *answer) add(key, value string) {
	a.header = append(a.header, headerField{key, []string{value}})
}

// common adds the headers that streams have too.
func (a *answer) common(p *point, link string) {
	a.add("Etag", a.etag)
	a.add(seqHeader, seqText(p.Known))
	a.add("Cache-Control", p.caching())
	a.add("Vary", "Accept")
	a.add("X-Content-Type-Options", "nosniff")
	if link != "" {
		a.add("Link", "<"+link+`>; rel="canonical"`)
	}
}

// serve writes the answer, or 304 if the client has it.
func (a *answer) serve(w http.ResponseWriter, r *http.Request) {
	if a.announce(w, r) {
		_, _ = w.Write(a.body) // the client has gone: nobody to tell
	}
}

// announce writes the headers and reports whether a body is to follow.
func (a *answer) announce(w http.ResponseWriter, r *http.Request) bool {
	h := w.Header()
	for i := range a.header {
		h[a.header[i].key] = a.header[i].values
	}
	if out, ok := w.(*recorder); ok {
		out.seq = a.seq
	}
	if matches(r.Header["If-None-Match"], a.etag) {
		delete(h, "Content-Length")
		delete(h, "Content-Type")
		w.WriteHeader(http.StatusNotModified)
		return false
	}
	w.WriteHeader(http.StatusOK)
	return r.Method != http.MethodHead
}

// matches compares weakly, as RFC 9110, 13.1.2 asks for If-None-Match.
func matches(fields []string, etag string) bool {
	for _, field := range fields {
		for tag := range strings.SplitSeq(field, ",") {
			tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			if tag == etag || tag == "*" {
				return true
			}
		}
	}
	return false
}

// tagOf returns a strong ETag for some bytes.
func tagOf(b []byte) string {
	sum := sha256.Sum256(b)
	return `"` + base64.RawURLEncoding.EncodeToString(sum[:16]) + `"`
}

func seqText(s ledger.Seq) string { return strconv.FormatUint(uint64(s), 10) }

// reply is the output of every operation that answers a question: it writes
// itself.
type reply struct {
	Body func(huma.Context)
}

// table is a document that has a tabular form.
type table interface {
	// table calls row with the names of the columns, then once for each row.
	table(row func(cells ...string))
}

// render answers with a document at a point, as JSON or as the table that it
// has. build is called only if the answer is not kept.
func (s *server) render(p *point, link string, build func() (any, error)) (*reply, error) {
	if a := s.kept.get(link); a != nil && link != "" {
		a = p.reuse(a)
		return s.send(a), nil
	}
	doc, err := build()
	if err != nil {
		return nil, s.problemOf(err)
	}
	contentType, body, err := encode(doc, p.format)
	if err != nil {
		return nil, s.problemOf(fmt.Errorf("render the answer: %w", err))
	}
	a := newAnswer(contentType, body, tagOf(body), p, link)
	if d, ok := doc.(steadyDoc); ok && p.steadily != "" && p.format == formatJSON {
		from, to := d.steady()
		s.steady.keep(p.steadily, p.On, from, to, body)
		return s.send(a), nil
	}
	if link != "" {
		s.kept.put(link, a)
	}
	return s.send(a), nil
}

// reuse returns a kept answer as this point must present it: the same bytes,
// but whether they may be kept depends on how the point was given.
func (p *point) reuse(a *answer) *answer {
	b := *a
	b.header = make([]headerField, len(a.header))
	for i, h := range a.header {
		if h.key == "Cache-Control" {
			h.values = []string{p.caching()}
		}
		b.header[i] = h
	}
	return &b
}

// send writes an answer and offers it to the cache of raw requests.
func (s *server) send(a *answer) *reply {
	return &reply{func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		if out, ok := w.(*recorder); ok {
			out.answer = a
		}
		a.serve(w, r)
	}}
}

// encode renders a document.
func encode(doc any, format string) (contentType string, body []byte, err error) {
	var b bytes.Buffer
	if t, ok := doc.(drawn); ok && (format == formatDOT || format == formatText) {
		contentType, body = t.drawn(format)
		return contentType, body, nil
	}
	if t, ok := doc.(table); ok && format == formatCSV {
		err := writeCSV(&b, t)
		return csvType, b.Bytes(), err
	}
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(doc); err != nil {
		return "", nil, err
	}
	return "application/json", b.Bytes(), nil
}

// writeCSV writes RFC 4180: commas, CRLF, quotes only where needed.
func writeCSV(w io.Writer, t table) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	t.table(func(cells ...string) { _ = out.Write(cells) }) // the error stays in out
	out.Flush()
	return out.Error()
}

// stream answers with what write produces, page by page. Nothing is written
// while the projection is locked. An answer that breaks off is cut, so that
// nobody takes a part for the whole.
func (s *server) stream(p *point, link, contentType string, write func(ctx context.Context, w io.Writer) error) *reply {
	a := &answer{seq: p.Known, etag: tagOf([]byte(link + "\x00" + s.Version))}
	a.add("Content-Type", contentType)
	a.common(p, link)
	return &reply{func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		if !a.announce(w, r) {
			return
		}
		if err := write(r.Context(), &pacedWriter{w, http.NewResponseController(w)}); err != nil {
			if r.Context().Err() == nil {
				s.Logger.ErrorContext(r.Context(), "stream broke off", "error", err)
			}
			panic(http.ErrAbortHandler)
		}
	}}
}
