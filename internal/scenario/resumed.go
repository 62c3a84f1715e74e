package scenario

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// resumed changes the source without a word after a backfill, and syncs from the very second of the first change.
func (b *builder) resumed(ctx context.Context) error {
	if err := b.offer(phaseBackfill); err != nil {
		return err
	}
	if err := b.sync(ctx, FirstSync, time.Time{}); err != nil {
		return err
	}
	q := &quietly{script: newScript(b.box, nil)}
	if err := b.box.account.Quietly(q.play); err != nil {
		return fmt.Errorf("changing the sandbox without a word: %w", err)
	}
	if len(q.changes) == 0 {
		return fmt.Errorf("nothing of %s can be asked for since a time, so there is nothing to resume", b.env.Manifest.Source)
	}
	b.snap.Quiet, b.snap.Boundary = q.changes, q.changes[0].At
	if err := b.offer(phaseAfter); err != nil {
		return err
	}
	return b.sync(ctx, ResumedSync, b.snap.Boundary)
}

// quietly is what changes during an outage: only what a sync with a start date can find.
type quietly struct {
	*script
	changes []Change
}

func (q *quietly) play() error {
	for _, obj := range q.applicable() {
		if obj.Incremental == nil {
			continue
		}
		if obj.UpdatedAt != nil {
			if err := q.updates(obj); err != nil {
				return err
			}
		}
		if err := q.creates(obj); err != nil {
			return err
		}
	}
	for _, obj := range q.applicable() {
		i := slices.IndexFunc(obj.Lists, func(l manifest.List) bool { return l.Each != nil && l.Each.Changed })
		if obj.Incremental != nil || i < 0 {
			continue
		}
		if err := q.below(obj, obj.Lists[i].Each); err != nil {
			return err
		}
	}
	return nil
}

// updates changes some objects, the first of them in the very second of the first change of all.
func (q *quietly) updates(obj *manifest.Object) error {
	for n := range updatesPerObject {
		var at time.Time
		if n == 0 && len(q.changes) > 0 {
			at = q.changes[0].At
		}
		key := q.pick(obj)
		if err := q.update(obj, key, at); err != nil {
			return fmt.Errorf("updating %s %s: %w", obj.Name, key, err)
		}
		if at.IsZero() {
			at = q.account.Now()
		}
		q.note(obj, key, manifest.Update, at)
	}
	return nil
}

func (q *quietly) creates(obj *manifest.Object) error {
	key, err := q.create(obj)
	if err != nil {
		return fmt.Errorf("creating one of %s: %w", obj.Name, err)
	}
	q.note(obj, key, manifest.Create, q.account.Now())
	return nil
}

// note takes a change down; without a key there was nothing to change.
func (q *quietly) note(obj *manifest.Object, key string, event manifest.Event, at time.Time) {
	if key != "" {
		q.changes = append(q.changes, Change{Object: obj.Name, Key: key, Event: event, At: at})
	}
}

// below makes an object that hangs on another one, and changes that one: its time of change is what a sync goes by.
func (q *quietly) below(obj *manifest.Object, each *manifest.Each) error {
	key, err := q.create(obj)
	if err != nil {
		return fmt.Errorf("creating one of %s: %w", obj.Name, err)
	}
	if key == "" {
		return nil
	}
	q.note(obj, key, manifest.Create, q.account.Now())
	made, err := q.find(obj, key)
	if err != nil {
		return err
	}
	parent, ok := q.manifest.Object(each.Object)
	if !ok {
		return nil
	}
	for _, o := range q.account.Objects(parent.Name) {
		body, err := object(o.Body)
		if err != nil {
			return err
		}
		if v, _ := at(body, each.Field); fmt.Sprint(v) == made.Context[each.As] {
			if err := q.update(parent, o.Key, time.Time{}); err != nil {
				return err
			}
			q.note(parent, o.Key, manifest.Update, q.account.Now())
			return nil
		}
	}
	return fmt.Errorf("%s %s hangs on no %s", obj.Name, made.Key, parent.Name)
}
