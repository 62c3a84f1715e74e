package scenario

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/oracle"
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

// updated lets the source change after a backfill, brings the deliveries of it, and computes what must be there then.
func (b *builder) updated(ctx context.Context) error {
	if err := b.connected(ctx); err != nil {
		return err
	}
	if err := b.offer(phaseBackfill); err != nil {
		return err
	}
	if err := b.sync(ctx, FirstSync, time.Time{}); err != nil {
		return err
	}
	var last *Delivery
	var events []oracle.Event
	err := b.from.deliveries(b.sign, func(d delivery) (bool, error) {
		sent, event, err := b.tell(ctx, d)
		if err != nil {
			return false, err
		}
		if event != nil {
			events = append(events, *event)
		}
		if sent.Effect.Object != "" {
			last = sent
		}
		return sent.Answer.Status/100 == 2, nil
	})
	if err != nil {
		return err
	}
	if last != nil {
		if err := b.await(ctx, func() (bool, error) { return b.rawSeen(ctx, last.Effect.Type, last.Effect.ID, last.Body) }); err != nil {
			return err
		}
		// The target may refine in the background: give what has come in until the deadline to leave "pending".
		if err := b.await(ctx, func() (bool, error) { return b.settled(ctx) }); err != nil {
			return err
		}
	}
	if err := b.after(events); err != nil {
		return err
	}
	_, err = b.step(Deliveries, nil)
	return err
}

// tell posts one delivery and computes what it must do. There is no event for a ping, which tells nothing.
func (b *builder) tell(ctx context.Context, d delivery) (*Delivery, *oracle.Event, error) {
	sent, err := b.post(ctx, d.ref, d.topic, d.header, d.body)
	if err != nil || d.topic == "" {
		return sent, nil, err
	}
	sent.Repeats, sent.Late = d.repeats, d.late
	body, err := object(d.body)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the delivery %s: %w", d.ref, err)
	}
	event := oracle.Event{Topic: d.topic, Body: body, Current: d.current, Ref: d.ref, Received: time.Now()}
	if sent.Effect, err = b.snap.Expected.Apply(event); err != nil {
		return nil, nil, fmt.Errorf("computing what the delivery %s must do: %w", d.ref, err)
	}
	return sent, &event, nil
}

// after reads the source once more after the deliveries, and notes what they did not tell.
func (b *builder) after(events []oracle.Event) error {
	offer, err := b.from.offered(phaseAfter)
	if err != nil {
		return err
	}
	if b.snap.After, err = offer.State(); err != nil {
		return fmt.Errorf("computing the rows after the changes: %w", err)
	}
	b.snap.AfterUnread = offer.Incomplete
	latest, err := b.snap.Offer.Latest(events)
	if err != nil {
		return fmt.Errorf("computing each object's last body: %w", err)
	}
	b.snap.Drift = b.snap.Expected.DriftFrom(b.snap.After, latest)
	return nil
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

// rawSeen tells whether a raw row of the object, or of the topic, has this payload.
func (b *builder) rawSeen(ctx context.Context, objectType, id string, body []byte) (bool, error) {
	rows, err := b.snap.Reader.RawRows(ctx, objectType, id, true)
	if err != nil {
		return false, err
	}
	var volatile []string
	if obj, ok := b.env.Manifest.Object(objectType); ok {
		volatile = obj.VolatileFields()
	}
	for _, r := range rows {
		if canonical.Equal(r.Payload, body, volatile...) {
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
