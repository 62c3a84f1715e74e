package scenario

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
)

// post sends one delivery to the target as it is.
func (b *builder) post(ctx context.Context, ref, topic string, header http.Header, body []byte) (*Delivery, error) {
	answer, err := b.client.Deliver(ctx, header, body)
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
	if b.lacks(profile.Webhook) {
		return b.reread(ctx)
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
		if err := b.await(ctx, func() (bool, error) { return b.arrived(ctx, last) }); err != nil {
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

// reread lets the source change and tell nobody, for a target that takes no deliveries, and syncs again: what the source
// lists then must be there, and what it lists no more is deleted.
func (b *builder) reread(ctx context.Context) error {
	if err := b.from.deliveries(b.sign, func(delivery) (bool, error) { return true, nil }); err != nil {
		return err
	}
	offer, err := b.from.offered(phaseAfter)
	if err != nil {
		return err
	}
	if b.snap.After, err = offer.State(); err != nil {
		return fmt.Errorf("computing the rows after the changes: %w", err)
	}
	b.snap.Later, b.snap.AfterUnread = offer, offer.Incomplete
	b.snap.Expected = b.snap.Expected.Reread(b.snap.After, time.Now())
	return b.syncIn(ctx, phaseAfter, SyncAfterChanges, time.Time{})
}

// arrived tells whether what a delivery brought is there: its raw row, or without a raw layer the row that it must make.
func (b *builder) arrived(ctx context.Context, d *Delivery) (bool, error) {
	if !b.lacks(profile.Raw) {
		return b.rawSeen(ctx, d.Effect.Type, d.Effect.ID, d.Body)
	}
	return b.refinedSeen(ctx, d.Effect.Object, d.Effect.Key, b.snap.Expected.Objects[d.Effect.Object][d.Effect.Key])
}

// refinedSeen tells whether an object's refined row is as it must be.
func (b *builder) refinedSeen(ctx context.Context, name, key string, want *oracle.Object) (bool, error) {
	_, row, err := b.found(ctx, name, key)
	if err != nil || want == nil {
		return err == nil, err
	}
	if row == nil {
		return b.env.Profile.Names.HardDeletes && want.Deleted, nil
	}
	return len(want.Differences(row.Values, row.Deleted)) == 0, nil
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
	pending, err := b.snap.Reader.Pending(ctx)
	return pending == 0, err
}

// refiningPatience is how long no raw row may be refined, after a sync, before the rest is taken for what it is: stuck.
const refiningPatience = 30 * time.Second

// refined waits for a worker that refines in the background what a sync brought, as long as it gets on.
func (b *builder) refined(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for least, since := -1, time.Now(); ; {
		pending, err := b.snap.Reader.Pending(ctx)
		if err != nil || pending == 0 {
			return err
		}
		if least < 0 || pending < least {
			least, since = pending, time.Now()
		}
		if time.Since(since) > refiningPatience {
			return nil // the checks look at the rows and say what is missing
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
