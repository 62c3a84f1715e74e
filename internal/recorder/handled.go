package recorder

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// handled is the way to an account that needs no network.
type handled struct{ http.Handler }

// RoundTrip answers a request from the handler.
func (h handled) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	w := &written{header: http.Header{}, status: http.StatusOK}
	h.ServeHTTP(w, req)
	return &http.Response{
		Status: fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)), StatusCode: w.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: req,
		Header: w.header, Body: io.NopCloser(&w.body), ContentLength: int64(w.body.Len()),
	}, nil
}

// written is what a handler answers.
type written struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *written) Header() http.Header                  { return w.header }
func (w *written) WriteHeader(status int)               { w.status = status }
func (w *written) Write(part []byte) (n int, err error) { return w.body.Write(part) }
