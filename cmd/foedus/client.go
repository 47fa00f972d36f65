package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"foedus/ledger"
)

// client asks the HTTP API, one question after the other.
type client struct {
	base     string
	token    string
	tokenErr error // why there is no token
	http     *http.Client
	seq      string // at which the last question was answered
}

// get asks path and returns the answer's body; the caller closes it.
func (c *client) get(ctx context.Context, path string, query url.Values, accept string) (io.ReadCloser, error) {
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", accept)
	res, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the server: %w", err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		defer func() { _ = res.Body.Close() }()
		return nil, readProblem(res)
	}
	c.seq = res.Header.Get("Foedus-Seq")
	return res.Body, nil
}

// getJSON asks path and decodes the answer into v.
func (c *client) getJSON(ctx context.Context, path string, query url.Values, v any) error {
	body, err := c.get(ctx, path, query, "application/json")
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	if err := json.NewDecoder(body).Decode(v); err != nil {
		return fmt.Errorf("read the answer to %s: %w", path, err)
	}
	return nil
}

func readProblem(res *http.Response) error {
	p := &problemError{Status: res.StatusCode, Title: res.Status}
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err == nil {
		err = json.Unmarshal(b, p)
	}
	if err != nil && p.Detail == "" {
		p.Detail = strings.TrimSpace(string(b))
	}
	p.Status = res.StatusCode
	return p
}

// appended is the answer to an append.
type appended struct {
	Seqs       []ledger.Seq `json:"seqs"`
	IDs        []string     `json:"ids"`
	Duplicates int          `json:"duplicates"`
}

// post appends a body of events.
func (c *client) post(ctx context.Context, query url.Values, body []byte) (appended, error) {
	target := c.base + "/v1/events"
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return appended{}, err
	}
	if c.tokenErr != nil {
		return appended{}, c.tokenErr
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+c.token)
	res, err := c.http.Do(req)
	if err != nil {
		return appended{}, fmt.Errorf("ask the server: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= http.StatusBadRequest {
		return appended{}, readProblem(res)
	}
	var out appended
	if err := json.NewDecoder(res.Body).Decode(&out); err != nil {
		return appended{}, fmt.Errorf("read the answer: %w", err)
	}
	return out, nil
}

// events calls yield with every raw event of a dataset ("" for all), in log
// order.
func (c *client) events(ctx context.Context, dataset string, yield func(line []byte) error) error {
	query := url.Values{"format": {"jsonl"}}
	if dataset != "" {
		query.Set("dataset", dataset)
	}
	body, err := c.get(ctx, "/v1/events", query, "application/x-ndjson")
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	lines := bufio.NewReaderSize(body, 64<<10)
	for {
		line, err := lines.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			if err := yield(line); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the events: %w", err)
		}
	}
}
