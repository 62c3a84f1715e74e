package scenario

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/dialect"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/recording"
)

// post sends one delivery to the target as it is.
func (b *builder) post(ctx context.Context, ref, topic string, header http.Header, body []byte) (*Delivery, error) {
	answer, err := b.env.Target.Deliver(ctx, b.snap.Integration.WebhookURL, header, body)
	if err != nil {
		return nil, err
	}
	d := &Delivery{Ref: ref, Topic: topic, Header: header, Body: body, Answer: answer}
	b.snap.Deliveries = append(b.snap.Deliveries, d)
	return d, nil
}

// signed returns the headers of a delivery signed with the scenario's own secret.
func (b *builder) signed(topic, id string, body []byte) (http.Header, error) {
	account, _, _ := strings.Cut(b.env.Gateway.URL(), "?")
	h, err := dialect.Headers(b.env.Manifest.Webhooks, b.secret, dialect.Delivery{
		Topic: topic, ID: id, URL: b.snap.Integration.WebhookURL, AccountURL: account, Body: body,
	})
	if err != nil {
		return nil, fmt.Errorf("signing a delivery of %s: %w", topic, err)
	}
	return h, nil
}

// replay posts one recorded delivery with its recorded headers, signed anew with the scenario's secret; a ping has no
// signature.
func (b *builder) replay(ctx context.Context, d recording.Delivery) (*Delivery, error) {
	h := http.Header{}
	for _, pair := range d.Header {
		switch strings.ToLower(pair[0]) {
		case "host", "connection", "content-length", "accept-encoding": // these belong to the connection
		default:
			h.Set(pair[0], pair[1])
		}
	}
	if d.Topic != "" {
		signed, err := b.signed(d.Topic, deliveryID(d, b.env.Manifest.Webhooks.DeliveryIDHeader), d.Body)
		if err != nil {
			return nil, err
		}
		maps.Copy(h, signed)
	}
	return b.post(ctx, d.File, d.Topic, h, d.Body)
}

func deliveryID(d recording.Delivery, header string) string {
	for _, pair := range d.Header {
		if strings.EqualFold(pair[0], header) {
			return pair[1]
		}
	}
	return ""
}

// updated replays all recorded deliveries against the backfilled state and computes what must be there then.
func (b *builder) updated(ctx context.Context) error {
	if err := b.backfill(ctx, FirstSync); err != nil {
		return err
	}
	recorded, err := b.env.Recording.Deliveries()
	if err != nil {
		return err
	}
	var last *Delivery
	var events []oracle.Event
	for _, rec := range recorded {
		d, err := b.replay(ctx, rec)
		if err != nil {
			return err
		}
		if d.Topic == "" {
			continue
		}
		body, err := object(d.Body)
		if err != nil {
			return fmt.Errorf("reading the recorded delivery %s: %w", rec.File, err)
		}
		events = append(events, oracle.Event{Topic: d.Topic, Body: body, Ref: rec.File, Received: time.Now()})
		if d.Effect, err = b.snap.Expected.Apply(events[len(events)-1]); err != nil {
			return fmt.Errorf("computing what the delivery %s must do: %w", rec.File, err)
		}
		if d.Effect.Object != "" {
			last = d
		}
	}
	if last != nil {
		if err := b.await(ctx, func() (bool, error) { return b.rawSeen(ctx, last.Effect.Object, last.Effect.Key, last.Body) }); err != nil {
			return err
		}
		// The target may refine in the background: give what has come in until the deadline to leave "pending".
		if err := b.await(ctx, func() (bool, error) { return b.settled(ctx) }); err != nil {
			return err
		}
	}
	after, err := b.offered("after")
	if err != nil {
		return err
	}
	if b.snap.After, err = after.State(); err != nil {
		return fmt.Errorf("computing the rows after the changes: %w", err)
	}
	b.snap.AfterUnread = after.Incomplete
	latest, err := b.snap.Offer.Latest(events)
	if err != nil {
		return fmt.Errorf("computing each object's last body: %w", err)
	}
	b.snap.Drift = b.snap.Expected.DriftFrom(b.snap.After, latest)
	_, err = b.step(Deliveries, nil)
	return err
}

// await polls until done says so or the deadline for deliveries is over. Running out of time is no error here: the
// checks look at the rows and say what is missing.
func (b *builder) await(ctx context.Context, done func() (bool, error)) error {
	deadline, err := time.ParseDuration(b.env.Manifest.Webhooks.Deadline)
	if err != nil {
		return fmt.Errorf("reading webhooks.deadline: %w", err)
	}
	over := time.NewTimer(deadline)
	defer over.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done(): // an interrupt is not the end of patience
			return ctx.Err()
		case <-over.C:
			return nil
		case <-tick.C:
		}
	}
}

// rawSeen tells whether a raw row of the object has this payload.
func (b *builder) rawSeen(ctx context.Context, objectType, id string, body []byte) (bool, error) {
	rows, err := b.snap.Reader.RawRows(ctx, objectType, id, true)
	if err != nil {
		return false, err
	}
	obj, _ := b.env.Manifest.Object(objectType)
	for _, r := range rows {
		if canonical.Equal(r.Payload, body, obj.VolatileFields()...) {
			return true, nil
		}
	}
	return false, nil
}

// settled tells whether no raw row waits for its refinement.
func (b *builder) settled(ctx context.Context) (bool, error) {
	n := b.env.Profile.Names
	var pending int
	sql := fmt.Sprintf("SELECT count(*) FROM %s WHERE %s::text = $1 AND %s::text = 'pending'",
		b.snap.Reader.table(n.Raw.Table), ident(n.Integration), ident(n.Raw.Status))
	if err := b.env.Reading.QueryRow(ctx, sql, b.snap.Integration.ID).Scan(&pending); err != nil {
		return false, fmt.Errorf("counting the raw rows that wait: %w", err)
	}
	return pending == 0, nil
}

func object(body []byte) (map[string]any, error) {
	v, err := canonical.Decode(body)
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("it is no JSON object")
	}
	return m, nil
}
