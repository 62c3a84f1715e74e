package reference

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

type sourceDescription struct {
	Scopes    []string `json:"scopes"`
	Functions []string `json:"functions"`
	Topics    []string `json:"topics"`
}

// describe says what this integration asks for, runs and subscribes to.
func (f *front) describe(*http.Request) (any, error) {
	sources := map[string]sourceDescription{}
	for name, s := range f.engine.sources {
		sources[name] = sourceDescription{Scopes: s.needed(), Functions: s.functions(), Topics: append([]string{}, s.m.Registrable()...)}
	}
	return map[string]any{"protocol": "v1", "sources": sources}, nil
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
