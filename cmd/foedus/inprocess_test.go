package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// TestInProcess holds the in-process transport to what a network does when a
// handler gives up or a caller walks away.
func TestInProcess(t *testing.T) {
	left := make(chan error, 1) // how the last handler ended
	mux := http.NewServeMux()
	mux.HandleFunc("/early", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	mux.HandleFunc("/late", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		panic(http.ErrAbortHandler)
	})
	mux.HandleFunc("/wrong", func(http.ResponseWriter, *http.Request) { panic("a mistake") })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, _ *http.Request) {
		for {
			if _, err := io.WriteString(w, strings.Repeat("x", 1000)); err != nil {
				left <- err
				return
			}
		}
	})
	mux.HandleFunc("/waiting", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusAccepted)
		<-r.Context().Done()
		left <- r.Context().Err()
	})
	mux.HandleFunc("/silent", func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		left <- r.Context().Err()
	})
	mux.HandleFunc("/empty", func(http.ResponseWriter, *http.Request) {})
	c := &client{base: "http://foedus", http: &http.Client{Transport: inProcess{mux}}}

	for _, path := range []string{"/early", "/wrong"} {
		if _, err := c.get(t.Context(), path, nil, "*/*"); !errors.Is(err, errBrokenOff) {
			t.Errorf("%s: %v", path, err)
		}
	}
	body, err := c.get(t.Context(), "/late", nil, "*/*")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(body); string(b) != "half" || !errors.Is(err, errBrokenOff) {
		t.Errorf("an answer that broke off: %q, %v", b, err)
	}
	if body, err = c.get(t.Context(), "/empty", nil, "*/*"); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(body); len(b) != 0 || err != nil {
		t.Errorf("an empty answer: %q, %v", b, err)
	}
	for _, path := range []string{"/endless", "/waiting"} {
		body, err := c.get(t.Context(), path, nil, "*/*")
		if err != nil {
			t.Fatal(err)
		}
		_ = body.Close() // the caller has seen enough
		if err := <-left; err == nil {
			t.Errorf("%s: the handler went on", path)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	if _, err := c.get(ctx, "/silent", nil, "*/*"); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who gave up: %v", err)
	}
	if err := <-left; err == nil {
		t.Error("/silent: the handler was not told")
	}
}

// TestHelp wants a line about every command, and an example.
func TestHelp(t *testing.T) {
	var check func(c *cobra.Command)
	check = func(c *cobra.Command) {
		if c.Short == "" || !strings.Contains(c.Example, "  foedus ") || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: %q, %q", c.CommandPath(), c.Short, c.Example)
		}
		for _, sub := range c.Commands() {
			check(sub)
		}
	}
	check(newRoot(newApp(nil, io.Discard, io.Discard)))
}
