package natsfeed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
)

// querySubjects is what the subject of an endpoint begins with.
const querySubjects = "foedus.query."

// endpoint is a question that can be asked. Its parameters are those of the HTTP
// API; some of them choose the path.
type endpoint struct {
	name    string // the last token of the subject
	doc     string
	example string // a request
	// path returns the path that the parameters choose, and takes those that it
	// puts into the path out of them.
	path func(p url.Values) (string, error)
}

// endpoints lists the questions. To add one is to add it here.
func endpoints() []endpoint {
	return []endpoint{
		{
			name: "at", doc: "The world, one alliance, or one state on a day.",
			example: `{"on":"1955-05-06","alliance":"nato"}`,
			path: func(p url.Values) (string, error) {
				if p.Has("alliance") || p.Has("state") {
					return subjectPath(p, "")
				}
				return "/v1/world", nil
			},
		},
		{
			name: "timeline", doc: "What is told of one alliance or one state, in historical order.",
			example: `{"state":"greece"}`,
			path:    func(p url.Values) (string, error) { return subjectPath(p, "/timeline") },
		},
		{
			name: "diff", doc: "What changed between two dates, or between two states of knowledge.",
			example: `{"from":"1954-01-01","to":"1956-01-01","state":"poland"}`,
			path:    func(url.Values) (string, error) { return "/v1/diff", nil },
		},
		{
			name: "obligations", doc: "Who is bound to do what, under which clause, and why. What may repeat is a list.",
			example: `{"attacked":"poland","by":["germany","soviet-union"],"on":"1939-09-17","chain":"recorded"}`,
			path:    func(url.Values) (string, error) { return "/v1/obligations", nil },
		},
	}
}

// subjectPath returns the path of the one alliance or state that is named.
func subjectPath(p url.Values, tail string) (string, error) {
	alliance, state := p.Get("alliance"), p.Get("state")
	switch {
	case (alliance == "") == (state == ""):
		return "", errors.New("name one alliance or one state, not both and not none")
	case alliance != "":
		p.Del("alliance")
		return "/v1/alliances/" + url.PathEscape(alliance) + tail, nil
	}
	p.Del("state")
	return "/v1/states/" + url.PathEscape(state) + tail, nil
}

// target turns a request into the path and the query that it asks for.
func (e *endpoint) target(body []byte) (string, error) {
	p, err := parameters(body)
	if err != nil {
		return "", fmt.Errorf("%w; write a JSON object of parameters, for example %s", err, e.example)
	}
	path, err := e.path(p)
	if err != nil {
		return "", fmt.Errorf("%w, for example %s", err, e.example)
	}
	if query := p.Encode(); query != "" {
		path += "?" + query
	}
	return path, nil
}

// parameters reads a request: a JSON object whose values are texts, numbers,
// booleans, or arrays of texts for what may repeat. An empty body is an empty
// object.
func parameters(body []byte) (url.Values, error) {
	p := make(url.Values)
	if len(bytes.TrimSpace(body)) == 0 {
		return p, nil
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var values map[string]any
	if err := d.Decode(&values); err != nil {
		return nil, fmt.Errorf("the request is no JSON object: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the JSON object of the request")
	}
	for name, v := range values {
		switch v := v.(type) {
		case string:
			p.Set(name, v)
		case json.Number:
			p.Set(name, v.String())
		case bool:
			p.Set(name, strconv.FormatBool(v))
		case []any:
			for _, one := range v {
				text, ok := one.(string)
				if !ok {
					return nil, fmt.Errorf("the parameter %q must be a list of texts", name)
				}
				p.Add(name, text)
			}
		default:
			return nil, fmt.Errorf("the parameter %q must be a text, a number, true or false, or a list of texts", name)
		}
	}
	return p, nil
}
