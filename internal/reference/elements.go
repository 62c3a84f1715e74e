package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

// inside tells whether deliveries of a topic carry an object within its parent.
func (s *source) inside(topic string, o *object) bool {
	for _, r := range s.elements[topic] {
		if r.object == o {
			return true
		}
	}
	return false
}

// takeElements takes the objects that a delivery of their parent has inside. Each is kept and refined like one of a
// list, so that a retry heals one that failed; those are answered. What a whole array lacks is gone. The error is for
// what no raw row of an element tells.
func (e *engine) takeElements(ctx context.Context, in integration, parent arrival) (failed []accepted, err error) {
	if parent.origin != fromWebhook || parent.object == nil || parent.keyOnly {
		return nil, nil
	}
	for _, r := range in.src.elements[parent.topic] {
		if r.object.Parent.Object != parent.object.Name {
			continue
		}
		results, err := e.takeArray(ctx, in, parent, r)
		if err != nil {
			return nil, fmt.Errorf("%s of %s: %w", r.topic.At, parent.object.Name, err)
		}
		for _, result := range results {
			if result.err != nil {
				failed = append(failed, result)
			}
		}
	}
	return failed, nil
}

func (e *engine) takeArray(ctx context.Context, in integration, parent arrival, r route) ([]accepted, error) {
	f, err := parseFields(parent.payload)
	if err != nil {
		return nil, err
	}
	raw, ok := f.at(r.topic.At)
	if !ok {
		return nil, nil // absent: nothing is said of them
	}
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return nil, fmt.Errorf("not an array: %w", err)
	}
	arrivals, keys := make([]arrival, len(elements)), make([]string, len(elements))
	for i, element := range elements {
		of, err := parseFields(element)
		if err == nil {
			keys[i], err = of.key(r.object.Key, r.object.table.keyType)
		}
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		arrivals[i] = arrival{
			object: r.object, event: manifest.Update, payload: element, origin: fromWebhook, topic: parent.topic, received: parent.received,
		}
	}
	var results []accepted
	if len(arrivals) > 0 {
		if results, err = e.accept(ctx, in, arrivals); err != nil {
			return nil, err
		}
	}
	if r.topic.Most > 0 && len(elements) >= r.topic.Most {
		return results, nil // cut: there may be more than the delivery shows
	}
	return results, e.buryOthers(ctx, in, parent, f, r.object, keys)
}

// buryOthers marks the objects of a parent as deleted that a delivery with all of them lacks. A parent that the copy
// has in a newer state was delivered late: its array says nothing of what came since. One statement looks at both, for
// a newer delivery writes the parent before the elements.
func (e *engine) buryOthers(ctx context.Context, in integration, parent arrival, f *fields, o *object, keys []string) error {
	p := parent.object
	parentKey, err := f.key(p.Key, p.table.keyType)
	if err != nil {
		return err
	}
	updated, err := p.updatedAt(f)
	if err != nil {
		return err
	}
	newer, args := "", []any{in.id, parentKey, keys}
	if p.updatedColumn != "" && updated != nil {
		newer = fmt.Sprintf("AND NOT EXISTS (SELECT 1 FROM %s p WHERE p.integration_id = $1::uuid AND p.%s = $2::text::%s AND p.%s > $4)",
			quote(p.table.name), quote(p.table.key), p.table.keyType, quote(p.updatedColumn))
		args = append(args, *updated)
	}
	var gone []string
	err = e.pool.with(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, fmt.Sprintf(`SELECT %[1]s::text FROM %[2]s e WHERE integration_id = $1::uuid AND %[3]s = $2::text::%[4]s
			AND deleted_at IS NULL AND NOT %[1]s = ANY ($3::text[]::%[5]s[]) %[6]s ORDER BY %[1]s`,
			quote(o.table.key), quote(o.table.name), quote(o.Parent.Column), p.table.keyType, o.table.keyType, newer), args...)
		if err != nil {
			return err
		}
		gone, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		return fmt.Errorf("looking for %s that are gone from %s %s: %w", o.Name, p.Name, parentKey, err)
	}
	items := make([]*item, len(gone))
	for i, key := range gone {
		items[i] = &item{object: o, key: key, in: Incoming{Event: manifest.Delete, KeyOnly: true, Received: clampTime(parent.received)}}
	}
	errs, err := e.applier.apply(ctx, in, items)
	return errors.Join(append(errs, err)...)
}
