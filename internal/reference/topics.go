package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// notice takes a delivery that tells of no object: it is kept, noted with the integration, and changes nothing else.
// What the provider wants done about one (to forget a customer, say) is a person's decision.
func (e *engine) notice(ctx context.Context, in integration, topic string, body []byte) Outcome {
	a := arrival{as: topic, keep: statusProcessed, payload: body, origin: fromWebhook, topic: topic, received: e.clock.Now()}
	outcome := e.keep(ctx, in, a)
	if outcome.Kind == OutcomeApplied {
		if err := e.integrations.noted(ctx, in.id, topic, a.received); err != nil {
			e.log.Error("the notice is kept, but not noted with the integration", "integration", in.id, "topic", topic, "error", err)
		}
	}
	return outcome
}

// keep takes one arrival and says how far it got.
func (e *engine) keep(ctx context.Context, in integration, a arrival) Outcome {
	results, err := e.accept(ctx, in, []arrival{a})
	switch {
	case err != nil:
		return Outcome{Kind: OutcomeLost, Err: err}
	case results[0].err != nil:
		return Outcome{Kind: OutcomeFailed, RawID: results[0].rawID, Err: results[0].err}
	}
	return Outcome{Kind: OutcomeApplied, RawID: results[0].rawID}
}

// reread is the meaning of a topic whose deliveries carry an object's id and not the object, so that it has to be read
// anew.
func (s *source) reread(topic string) (route, bool) {
	for _, r := range s.topics[topic] {
		if r.idAt() != nil {
			return r, true
		}
	}
	return route{}, false
}

// idAt is where such a delivery has the id; nil where the delivery needs no reading.
func (r route) idAt() []string {
	switch {
	case r.topic.Payload == "reference":
		return []string{r.topic.At}
	case r.topic.Payload == "key" && r.topic.Event != manifest.Delete:
		return r.object.Key
	}
	return nil
}

// refer takes a delivery that only names its object: the delivery is kept under its topic, and the object is read anew
// and taken as an update. One that cannot be read now is read by a retry.
func (e *engine) refer(ctx context.Context, in integration, r route, body []byte) Outcome {
	a := arrival{as: r.topic.Topic, keep: statusPending, payload: body, origin: fromWebhook, topic: r.topic.Topic, received: e.clock.Now()}
	f, err := parseFields(body)
	switch {
	case err != nil:
		a.rejected = err
	case isNotObject(in.src.m, f):
		a.rejected = fmt.Errorf("the body is the provider's error and no object: %s", excerpt(body))
	default:
		a.about, a.rejected = f.key(r.idAt(), r.object.table.keyType)
	}
	outcome := e.keep(ctx, in, a)
	if outcome.Kind != OutcomeApplied {
		return outcome
	}
	reading, cancel := context.WithTimeout(ctx, readingTime(in.src.m))
	defer cancel()
	if err := e.readAnew(reading, in, r.object, a.about); err != nil {
		return e.unfinished(ctx, in, outcome.RawID, err)
	}
	if err := e.done(ctx, in, outcome.RawID); err != nil {
		return Outcome{Kind: OutcomeFailed, RawID: outcome.RawID, Err: err}
	}
	return outcome
}

// readingTime is how long a delivery may wait for the provider, which itself waits for the delivery's answer: half of
// that, for there is more to do.
func readingTime(m *manifest.Manifest) time.Duration {
	deadline, err := time.ParseDuration(m.Webhooks.Deadline)
	if err != nil || deadline <= 0 {
		deadline = 5 * time.Second
	}
	return deadline / 2
}

// readAnew reads one object from the provider and takes it as an update.
func (e *engine) readAnew(ctx context.Context, in integration, o *object, id string) error {
	u, err := endpoint(in.src.m, in.account, strings.ReplaceAll(o.One, "{id}", url.PathEscape(id)))
	if err != nil {
		return err
	}
	a, err := e.client.do(ctx, call{manifest: in.src.m, account: in.account, method: http.MethodGet, url: u})
	if err != nil {
		return fmt.Errorf("reading %s %s anew: %w", o.Name, id, err)
	}
	payload, err := objectAt(a.body, o.OneAt)
	if err != nil {
		return fmt.Errorf("reading %s %s anew: GET %s: %w", o.Name, id, u.Path, err)
	}
	results, err := e.accept(ctx, in, []arrival{{
		object: o, event: manifest.Update, payload: payload, origin: fromBackfill, received: e.clock.Now(),
	}})
	if err != nil {
		return err
	}
	return results[0].err
}

// objectAt takes an object out of its envelope.
func objectAt(body []byte, at string) (json.RawMessage, error) {
	if at == "" {
		return body, nil
	}
	f, err := parseFields(body)
	if err != nil {
		return nil, err
	}
	raw, ok := f.at(at)
	if !ok || isNull(raw) {
		return nil, fmt.Errorf("the body has no %s", at)
	}
	return raw, nil
}
