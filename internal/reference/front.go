package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	maxRequest  = 1 << 20  // of the harness
	maxDelivery = 16 << 20 // of the provider
	// deliveryTime bounds the work on one delivery, which goes on when the provider hangs up.
	deliveryTime = 30 * time.Second
)

// front is the protocol over HTTP.
type front struct{ engine *engine }

type errorBody struct {
	Error string `json:"error"`
}

// httpError is an error with the status it is answered with.
type httpError struct {
	status int
	err    error
}

func (e *httpError) Error() string { return e.err.Error() }
func (e *httpError) Unwrap() error { return e.err }

func badRequest(format string, args ...any) error {
	return &httpError{http.StatusBadRequest, fmt.Errorf(format, args...)}
}

func (f *front) handler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, h func(*http.Request) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			value, err := h(r)
			if err != nil {
				f.refuse(w, r, err)
				return
			}
			f.reply(w, http.StatusOK, value)
		})
	}
	handle("GET /healthz", f.health)
	handle("GET /conformance/v1/describe", f.describe)
	handle("POST /conformance/v1/connect", f.connect)
	handle("POST /conformance/v1/register_webhooks", f.registerWebhooks)
	handle("POST /conformance/v1/sync", f.sync)
	handle("POST /conformance/v1/retry", f.retry)
	handle("GET /conformance/v1/stats", f.stats)
	handle("POST /conformance/v1/disconnect", f.disconnect)
	handle("GET /oauth/{source}/callback", f.callback)
	mux.HandleFunc("POST /webhooks/{source}/{integration_id}", f.webhook)
	handle("/", func(r *http.Request) (any, error) {
		return nil, &httpError{http.StatusNotFound, fmt.Errorf("no such call: %s %s", r.Method, r.URL.Path)}
	})
	return mux
}

func (f *front) reply(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":"the answer could not be encoded"}`)
		f.engine.log.Error("encoding an answer", "error", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if _, err := w.Write(append(body, '\n')); err != nil {
		f.engine.log.Warn("the caller hung up before the answer was written", "error", err)
	}
}

func (f *front) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	var http1 *httpError
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &http1):
		status = http1.status
	case errors.As(err, &tooLarge):
		status = http.StatusRequestEntityTooLarge
	case errors.Is(err, errNotFound):
		status = http.StatusNotFound
	case errors.Is(err, errUnknownFunction):
		status = http.StatusBadRequest
	default:
		f.engine.log.Error("call failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	f.reply(w, status, errorBody{err.Error()})
}

// read decodes a request. Unknown fields are refused: a misspelled one would be ignored in silence otherwise.
func read(r *http.Request, into any) error {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxRequest))
	if err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return badRequest("the request is no JSON of the expected shape: %w", err)
	}
	return nil
}

func (f *front) health(r *http.Request) (any, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	if err := f.engine.pool.with(ctx, func(c *pgx.Conn) error { return c.Ping(ctx) }); err != nil {
		f.engine.log.Error("database does not answer", "error", err)
		return nil, &httpError{http.StatusServiceUnavailable, errors.New("the database does not answer")}
	}
	return map[string]string{"status": "ok"}, nil
}
