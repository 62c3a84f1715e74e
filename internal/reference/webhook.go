package reference

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

// deliver takes one webhook delivery: signature, raw row, refined row, stats. Only a raw row that could not be
// written is worth the provider's sending it again; everything later can be healed here.
func (e *engine) deliver(ctx context.Context, in integration, header http.Header, body []byte) Outcome {
	m := in.src.m
	if isPing(m, header) {
		return Outcome{Kind: OutcomePing}
	}
	if err := e.ports.Verifier.Verify(Delivery{Manifest: m, Secret: in.secret, URL: in.meta.WebhookURL, Header: header, Body: body}); err != nil {
		return Outcome{Kind: OutcomeRefused, Err: err}
	}
	outcome := e.receive(ctx, in, header.Get(m.Webhooks.TopicHeader), body)
	if err := e.integrations.recalculate(ctx, in); err != nil {
		e.log.Error("stats are not up to date", "integration", in.id, "error", err)
	}
	return outcome
}

// receive does with a verified delivery what its topic asks for.
func (e *engine) receive(ctx context.Context, in integration, topic string, body []byte) Outcome {
	if in.src.notices[topic] {
		return e.notice(ctx, in, topic, body)
	}
	if r, ok := in.src.reread(topic); ok {
		return e.refer(ctx, in, r, body)
	}
	a, err := e.route(ctx, in, topic, body)
	if err != nil {
		return Outcome{Kind: OutcomeLost, Err: err}
	}
	outcome := e.keep(ctx, in, a)
	if outcome.Kind != OutcomeApplied {
		return outcome
	}
	failed, err := e.takeElements(ctx, in, a)
	switch {
	case err != nil:
		return e.unfinished(ctx, in, outcome.RawID, err)
	case len(failed) > 0:
		return Outcome{Kind: OutcomeFailed, RawID: failed[0].rawID, Err: failed[0].err}
	}
	return outcome
}

// unfinished is the outcome of a delivery that is kept, and with which something is left to do for a retry.
func (e *engine) unfinished(ctx context.Context, in integration, rawID int64, why error) Outcome {
	if err := e.failed(ctx, in, FailedRow{rawID, why}); err != nil {
		e.log.Error("a raw row does not show that it failed", "integration", in.id, "raw", rawID, "error", err)
	}
	return Outcome{Kind: OutcomeFailed, RawID: rawID, Err: why}
}

// isPing tells the unsigned first call to a new webhook. It is not believed: nothing is stored for it.
func isPing(m *manifest.Manifest, header http.Header) bool {
	if m.Webhooks.Ping == nil || header.Get(m.Webhooks.Signature.Header) != "" {
		return false
	}
	got, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	want, _, wantErr := mime.ParseMediaType(m.Webhooks.Ping.ContentType)
	return err == nil && wantErr == nil && got == want
}

// route finds out what a delivery means.
func (e *engine) route(ctx context.Context, in integration, topic string, body []byte) (arrival, error) {
	a := arrival{payload: body, origin: fromWebhook, topic: topic, received: e.clock.Now()}
	f, err := parseFields(body)
	if err != nil {
		a.object = in.src.firstOf(topic)
		a.rejected = err
		return a, nil
	}
	if isNotObject(in.src.m, f) {
		a.object = in.src.firstOf(topic)
		a.rejected = fmt.Errorf("the body is the provider's error and no object: %s", excerpt(body))
		return a, nil
	}
	routes := in.src.meanings(topic, f)
	if len(routes) == 0 {
		a.object = in.src.firstOf(topic)
		a.rejected = fmt.Errorf("no object for topic %q with this payload", topic)
		return a, nil
	}
	a.take(routes)
	key, err := f.key(a.object.Key, a.object.table.keyType)
	if err != nil {
		return a, nil // accept says so in the raw row
	}
	if len(a.rivals) > 0 {
		if err := e.preferExisting(ctx, in, &a, key); err != nil {
			return a, err
		}
	}
	if !a.keyOnly {
		a.diff, err = e.diff(ctx, in, a.object, key, f)
	}
	return a, err
}

// take chooses the first meaning; others remain possible where the payload is the key alone.
func (a *arrival) take(routes []route) {
	first := routes[0]
	a.object, a.event, a.keyOnly = first.object, first.topic.Event, first.topic.Payload == "key"
	a.rivals = nil
	for _, r := range routes[1:] {
		if a.keyOnly && r.topic.Payload == "key" && r.topic.Event == a.event && r.object != a.object {
			a.rivals = append(a.rivals, r.object)
		}
	}
}

func (s *source) firstOf(topic string) *object {
	if routes := s.topics[topic]; len(routes) > 0 {
		return routes[0].object
	}
	return nil
}

// meanings are the routes of a topic that a payload fits.
func (s *source) meanings(topic string, f *fields) []route {
	var fit []route
	for _, r := range s.topics[topic] {
		if r.topic.When == nil || f.holds(r.topic.When) {
			fit = append(fit, r)
		}
	}
	return fit
}

// isNotObject tells a signed error body: it has exactly the fields the manifest lists.
func isNotObject(m *manifest.Manifest, f *fields) bool {
	if len(m.Webhooks.NotObject) == 0 || len(f.top) != len(m.Webhooks.NotObject) {
		return false
	}
	for name := range f.top {
		if !slices.Contains(m.Webhooks.NotObject, name) {
			return false
		}
	}
	return true
}

// preferExisting puts first, of several objects a key may belong to, one that has a row with it.
func (e *engine) preferExisting(ctx context.Context, in integration, a *arrival, key string) error {
	candidates := append([]*object{a.object}, a.rivals...)
	for i, o := range candidates {
		var found bool
		err := e.pool.with(ctx, func(c *pgx.Conn) error {
			return c.QueryRow(ctx, fmt.Sprintf(`SELECT EXISTS (SELECT 1 FROM %s WHERE integration_id = $1::uuid AND %s = $2::text::%s)`,
				quote(o.table.name), quote(o.table.key), o.table.keyType), in.id, key).Scan(&found)
		})
		if err != nil && !refused(err) {
			return fmt.Errorf("looking for %s %s: %w", o.Name, key, err)
		}
		// A refusal (the table is broken) comes up again in refinement, after the raw row is safe.
		if err == nil && found {
			a.object = o
			a.rivals = slices.Delete(slices.Clone(candidates), i, i+1)
			return nil
		}
	}
	return nil
}

// responder is the Responder that asks for another try only where one would help.
type responder struct{}

// Respond says 200 to everything that was kept, also where refining it failed: that is not the provider's concern,
// and providers switch off webhooks whose deliveries fail.
func (responder) Respond(o Outcome) (int, any) {
	switch o.Kind {
	case OutcomeRefused:
		return http.StatusUnauthorized, errorBody{o.Err.Error()}
	case OutcomeLost:
		return http.StatusInternalServerError, errorBody{"the delivery could not be stored; please send it again"}
	case OutcomeFailed:
		return http.StatusOK, map[string]any{"status": "stored", "error": o.Err.Error()}
	default:
		return http.StatusOK, map[string]any{"status": "ok"}
	}
}
