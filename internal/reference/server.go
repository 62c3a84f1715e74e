package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	maxRequest  = 1 << 20  // of the harness
	maxDelivery = 16 << 20 // of the provider
	// deliveryTime bounds the work on one delivery, which goes on when the provider hangs up.
	deliveryTime = 30 * time.Second
	// graceTime is how long calls in flight may take after the end was asked for.
	graceTime = 10 * time.Second
	poolSize  = 8
)

// Serve runs the target until ctx ends, then finishes the calls in flight. The tables must be there (Migrate).
func Serve(ctx context.Context, cfg Config) error {
	cfg = cfg.withDefaults()
	if err := loopback(cfg.Listen); err != nil {
		return err
	}
	sources, err := cfg.sources()
	if err != nil {
		return err
	}
	p, err := newPool(cfg.DatabaseURL, poolSize)
	if err != nil {
		return err
	}
	defer p.close()
	e := newEngine(cfg, sources, p)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w (is the port taken? use port 0)", cfg.Listen, err)
	}
	// Calls in flight outlive ctx by the grace time and no longer.
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	server := &http.Server{
		Handler: (&front{e}).handler(),
		// No ReadTimeout: it would also cut off syncs that take longer.
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return work },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	e.log.Info("listening", "addr", listener.Addr().String())
	if cfg.Ready != nil {
		cfg.Ready(listener.Addr().String())
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(work, graceTime)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		stopWork()
		_ = server.Close() // the error of Shutdown is the telling one
		return fmt.Errorf("calls still ran %s after the end was asked for and were cut off: %w", graceTime, err)
	}
	e.client.http.CloseIdleConnections()
	return nil
}

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

type sourceDescription struct {
	Scopes    []string `json:"scopes"`
	Functions []string `json:"functions"`
	Topics    []string `json:"topics"`
}

func (f *front) describe(*http.Request) (any, error) {
	sources := map[string]sourceDescription{}
	for name, s := range f.engine.sources {
		d := sourceDescription{Scopes: []string{}, Functions: s.functions(), Topics: append([]string{}, s.topicNames...)}
		for _, scope := range s.m.Scopes {
			if scope.Status != "retired" {
				d.Scopes = append(d.Scopes, scope.Name)
			}
		}
		sources[name] = d
	}
	return map[string]any{"protocol": "v1", "sources": sources}, nil
}

type connectRequest struct {
	Source      string                     `json:"source"`
	Account     map[string]json.RawMessage `json:"account"`
	Credentials map[string]string          `json:"credentials"`
	Webhook     struct {
		BaseURL string `json:"base_url"`
		Secret  string `json:"secret"`
	} `json:"webhook"`
}

func (f *front) connect(r *http.Request) (any, error) {
	var req connectRequest
	if err := read(r, &req); err != nil {
		return nil, err
	}
	src := f.engine.sources[req.Source]
	if src == nil {
		return nil, badRequest("unknown source %q: loaded are %s", req.Source, strings.Join(slices.Sorted(maps.Keys(f.engine.sources)), ", "))
	}
	account, err := readAccount(req.Account)
	if err != nil {
		return nil, err
	}
	account.Credentials = req.Credentials
	for _, name := range src.m.API.Auth.Credentials {
		if req.Credentials[name] == "" {
			return nil, badRequest("credentials.%s is missing", name)
		}
	}
	if _, err := endpoint(src.m, account, ""); err != nil {
		return nil, badRequest("%w", err)
	}
	base := strings.TrimSuffix(req.Webhook.BaseURL, "/")
	if u, err := url.Parse(base); base != "" && (err != nil || u.Host == "") {
		return nil, badRequest("webhook.base_url %q: want http(s)://host[:port]", base)
	}
	in, err := f.engine.integrations.create(r.Context(), src, account, req.Webhook.Secret, base)
	if err != nil {
		return nil, err
	}
	return map[string]string{"integration_id": in.id, "company_id": in.companyID, "webhook_url": in.meta.WebhookURL}, nil
}

// readAccount takes url and page_size, and any further text values for placeholders in the manifest's base_url.
func readAccount(fields map[string]json.RawMessage) (Account, error) {
	account := Account{Values: map[string]string{}}
	for name, raw := range fields {
		var err error
		switch name {
		case "url":
			err = json.Unmarshal(raw, &account.URL)
		case "page_size":
			err = json.Unmarshal(raw, &account.PageSize)
		default:
			var value string
			err = json.Unmarshal(raw, &value)
			account.Values[name] = value
		}
		if err != nil {
			return Account{}, badRequest("account.%s: %w", name, err)
		}
	}
	account.URL = strings.TrimSuffix(account.URL, "/")
	return account, nil
}

type integrationRequest struct {
	IntegrationID string `json:"integration_id"`
}

// connected finds an integration that still has its credentials.
func (f *front) connected(ctx context.Context, id string) (integration, error) {
	in, err := f.engine.integrations.get(ctx, id)
	if err == nil && !in.connected {
		err = &httpError{http.StatusConflict, fmt.Errorf("integration %s is disconnected: connect again", id)}
	}
	return in, err
}

func (f *front) registerWebhooks(r *http.Request) (any, error) {
	var req integrationRequest
	if err := read(r, &req); err != nil {
		return nil, err
	}
	in, err := f.connected(r.Context(), req.IntegrationID)
	if err != nil {
		return nil, err
	}
	if in.meta.WebhookURL == "" {
		return nil, &httpError{http.StatusConflict, fmt.Errorf("integration %s was connected without webhook.base_url: there is no address to register", in.id)}
	}
	results, err := f.engine.register(r.Context(), in)
	if err != nil {
		return nil, err
	}
	return map[string]any{"registered": results}, nil
}

type syncRequest struct {
	integrationRequest
	Functions []string `json:"functions"`
	StartDate string   `json:"start_date"`
}

func (f *front) sync(r *http.Request) (any, error) {
	var req syncRequest
	if err := read(r, &req); err != nil {
		return nil, err
	}
	var since time.Time
	if req.StartDate != "" {
		var err error
		if since, err = time.Parse(time.RFC3339, req.StartDate); err != nil {
			return nil, badRequest("start_date %q: want RFC 3339 such as 2026-11-20T18:00:00Z", req.StartDate)
		}
	}
	in, err := f.connected(r.Context(), req.IntegrationID)
	if err != nil {
		return nil, err
	}
	results, err := f.engine.sync(r.Context(), in, req.Functions, since)
	if err != nil {
		return nil, err
	}
	return map[string]any{"functions": results}, nil
}

func (f *front) retry(r *http.Request) (any, error) {
	var req integrationRequest
	if err := read(r, &req); err != nil {
		return nil, err
	}
	in, err := f.engine.integrations.get(r.Context(), req.IntegrationID)
	if err != nil {
		return nil, err
	}
	retried, healed, err := f.engine.retry(r.Context(), in)
	if err != nil {
		return nil, err
	}
	return map[string]int{"retried": retried, "healed": healed}, nil
}

func (f *front) stats(r *http.Request) (any, error) {
	in, err := f.engine.integrations.get(r.Context(), r.URL.Query().Get("integration_id"))
	if err != nil {
		return nil, err
	}
	return f.engine.integrations.stats(r.Context(), in)
}

func (f *front) disconnect(r *http.Request) (any, error) {
	var req integrationRequest
	if err := read(r, &req); err != nil {
		return nil, err
	}
	in, err := f.engine.integrations.get(r.Context(), req.IntegrationID)
	if err != nil {
		return nil, err
	}
	return struct{}{}, f.engine.integrations.disconnect(r.Context(), in.id)
}

func (f *front) webhook(w http.ResponseWriter, r *http.Request) {
	in, err := f.engine.integrations.get(r.Context(), r.PathValue("integration_id"))
	if err == nil && in.src.m.Source != r.PathValue("source") {
		err = fmt.Errorf("integration %s of source %q %w", in.id, r.PathValue("source"), errNotFound)
	}
	if err != nil {
		f.refuse(w, r, err)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxDelivery))
	if err != nil {
		f.refuse(w, r, fmt.Errorf("reading the delivery: %w", err))
		return
	}
	// The provider may hang up first; what it sent is worked on all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), deliveryTime)
	defer cancel()
	outcome := f.engine.deliver(ctx, in, r.Header, body)
	status, answer := f.engine.ports.Responder.Respond(outcome)
	f.engine.log.Info("delivery", "integration", in.id, "topic", r.Header.Get(in.src.m.Webhooks.TopicHeader),
		"outcome", string(outcome.Kind), "raw", outcome.RawID, "status", status, "error", outcome.Err)
	f.reply(w, status, answer)
}
