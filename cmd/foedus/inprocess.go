package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// inProcess carries requests to a handler without a network. The answer is
// streamed, not collected.
type inProcess struct{ handler http.Handler }

// errBrokenOff: the handler gave up in the middle of its answer.
var errBrokenOff = errors.New("the answer broke off; foedus doctor may say why")

// RoundTrip implements [http.RoundTripper]. The handler ends when it is done,
// when the request's context ends, or when the caller closes the body.
func (t inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(req.Context())
	pr, pw := io.Pipe()
	w := &pipeWriter{pw: pw, header: make(http.Header), started: make(chan struct{})}
	inner := req.Clone(ctx)
	if inner.Body == nil {
		inner.Body = http.NoBody
	}
	context.AfterFunc(ctx, func() { _ = pw.CloseWithError(ctx.Err()) }) // no effect on a pipe that is closed
	failed := make(chan error, 1)
	go func() {
		defer cancel()
		if err := t.serve(w, inner); err != nil {
			_ = pw.CloseWithError(err)
			failed <- err
			return
		}
		w.start(http.StatusOK)
		_ = pw.Close()
	}()
	select {
	case <-w.started:
	case err := <-failed:
		return nil, err
	case <-req.Context().Done():
		cancel()
		return nil, req.Context().Err()
	}
	return &http.Response{
		StatusCode: w.status, Status: http.StatusText(w.status), Header: w.sent, Body: &pipeBody{pr, cancel},
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1, Request: req,
	}, nil
}

// serve calls the handler. One that panics aborts its answer, as a server of
// package net/http would have it.
func (t inProcess) serve(w http.ResponseWriter, req *http.Request) (err error) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler: // the very value, as package net/http compares it
			err = errBrokenOff
		default:
			err = fmt.Errorf("%w: %v", errBrokenOff, v)
		}
	}()
	t.handler.ServeHTTP(w, req)
	return nil
}

// pipeBody is the caller's side of an in-process request.
type pipeBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close ends the handler's writing and its context.
func (b *pipeBody) Close() error {
	err := b.PipeReader.Close()
	b.cancel()
	return err
}

// pipeWriter is the handler's side of an in-process request.
type pipeWriter struct {
	pw      *io.PipeWriter
	header  http.Header
	once    sync.Once
	sent    http.Header   // set under once
	status  int           // set under once
	started chan struct{} // closed when status and sent are set
}

// Header implements [http.ResponseWriter].
func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) start(status int) {
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.started)
	})
}

// WriteHeader implements [http.ResponseWriter].
func (w *pipeWriter) WriteHeader(status int) { w.start(status) }

// Write implements [http.ResponseWriter]. It fails when nobody reads any more.
func (w *pipeWriter) Write(b []byte) (int, error) {
	w.start(http.StatusOK)
	return w.pw.Write(b)
}

// Flush implements [http.Flusher]; a pipe holds nothing back.
func (w *pipeWriter) Flush() { w.start(http.StatusOK) }
