package httpapi

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"foedus/ledger"
)

//go:embed reader/page.html reader/page.css reader/page.js
var reader embed.FS

// plainRoutes adds what is not part of the documented API.
func (s *server) plainRoutes() {
	spec, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		panic(fmt.Sprintf("httpapi: the OpenAPI document cannot be rendered: %v", err)) // the program is wrong, not its input
	}
	page, csp := readerPage()
	specTag, pageTag := tagOf(spec), tagOf(page)
	s.mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) {
		static(w, r, "application/vnd.oai.openapi+json;version=3.1", specTag, spec)
	})
	s.mux.HandleFunc("GET /docs", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", csp)
		w.Header().Set("Referrer-Policy", "no-referrer")
		static(w, r, "text/html; charset=utf-8", pageTag, page)
	})
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/docs", http.StatusFound)
	})
	if s.Metrics != nil {
		s.mux.Handle("GET /metrics", s.Metrics)
	}
	s.mux.HandleFunc("/", s.nowhere)
}

// static answers with bytes that change only with the program.
func static(w http.ResponseWriter, r *http.Request, contentType, etag string, body []byte) {
	a := &answer{etag: etag, body: body}
	if out, ok := w.(*recorder); ok {
		a.seq = out.seq
	}
	a.add("Content-Type", contentType)
	a.add("Etag", etag)
	a.add("Cache-Control", cacheRevalidate)
	a.add("X-Content-Type-Options", "nosniff")
	a.serve(w, r)
}

// nowhere answers a request that no route takes: 405 if the path has another
// method, else 404 with the route that was perhaps meant.
func (s *server) nowhere(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := s.mux.Handler(probe); pattern != "/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		if slices.Contains(allowed, http.MethodGet) {
			allowed = append(allowed, http.MethodHead)
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		s.writeProblem(w, problem(http.StatusMethodNotAllowed,
			fmt.Sprintf("%s does not take %s; use %s", clip(r.URL.Path), clip(r.Method), strings.Join(allowed, " or "))))
		return
	}
	message := fmt.Sprintf("There is no route %s; /docs lists those there are", clip(r.URL.Path))
	if near := ledger.Nearest(r.URL.Path, s.paths()); near != "" {
		message = fmt.Sprintf("There is no route %s; did you mean %s?", clip(r.URL.Path), near)
	}
	s.writeProblem(w, problem(http.StatusNotFound, message))
}

// paths lists the documented paths, in alphabetical order.
func (s *server) paths() []string {
	var out []string
	for path := range s.api.OpenAPI().Paths {
		out = append(out, path)
	}
	slices.Sort(out)
	return out
}

// readerPage puts the page together and allows it just what it contains: its
// own script, its own style, and questions to this server.
func readerPage() (page []byte, csp string) {
	part := func(name string) string {
		b, err := reader.ReadFile("reader/" + name)
		if err != nil {
			panic(fmt.Sprintf("httpapi: %v", err)) // embedded when the program was built
		}
		return string(b)
	}
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	style, script := part("page.css"), part("page.js")
	html := strings.NewReplacer("{{style}}", style, "{{script}}", script).Replace(part("page.html"))
	csp = "default-src 'none'; script-src " + hash(script) + "; style-src " + hash(style) +
		"; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return []byte(html), csp
}
