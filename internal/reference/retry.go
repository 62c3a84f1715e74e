package reference

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

// unrefined is a raw row that waits for refinement.
type unrefined struct {
	id         int64
	objectType string
	payload    []byte
	fanout     map[string]string
	origin     string
	topic      string
	received   time.Time
	// superseded tells that a later payload of the same object is refined already.
	superseded bool
}

// retry refines again what failed, or was cut off before it was done. Raw rows that belong to no object (errors the
// provider delivered, unknown topics, broken bodies) are left as they are: there is nothing to refine.
func (e *engine) retry(ctx context.Context, in integration) (retried, healed int, err error) {
	var rows []unrefined
	err = e.pool.with(ctx, func(c *pgx.Conn) error {
		found, err := c.Query(ctx, fmt.Sprintf(`SELECT r.id, r.object_type, r.payload::text, r.context, r.source, COALESCE(r.topic, ''), r.created_at,
				EXISTS (SELECT 1 FROM %[1]s later WHERE later.integration_id = r.integration_id AND later.object_type = r.object_type
					AND COALESCE(later.%[2]s, '') = r.%[2]s AND later.id > r.id AND later.processing_status = 'processed')
			FROM %[1]s r WHERE r.integration_id = $1::uuid AND r.processing_status <> 'processed' AND r.%[2]s IS NOT NULL ORDER BY r.id`,
			quote(in.src.rawTable()), quote(in.src.idColumn())), in.id)
		if err != nil {
			return err
		}
		rows, err = pgx.CollectRows(found, func(row pgx.CollectableRow) (u unrefined, err error) {
			err = row.Scan(&u.id, &u.objectType, &u.payload, &u.fanout, &u.origin, &u.topic, &u.received, &u.superseded)
			return u, err
		})
		return err
	})
	if err != nil {
		return 0, 0, fmt.Errorf("reading failed raw rows: %w", err)
	}
	for _, row := range rows {
		ok, err := e.retryRow(ctx, in, row)
		if err != nil {
			return retried, healed, err
		}
		retried++
		if ok {
			healed++
		}
	}
	if err := e.integrations.recalculate(ctx, in); err != nil {
		e.log.Error("stats are not up to date", "integration", in.id, "error", err)
	}
	return retried, healed, nil
}

// retryRow takes one raw row through refinement once more, in the order rows came in, for parents come before what
// hangs on them.
func (e *engine) retryRow(ctx context.Context, in integration, row unrefined) (bool, error) {
	a := arrival{
		object: in.src.byName[row.objectType], event: manifest.Update, payload: row.payload,
		fanout: row.fanout, origin: row.origin, topic: row.topic, received: row.received,
	}
	if a.object != nil && a.origin == fromWebhook {
		f, err := parseFields(row.payload)
		if err == nil {
			if routes := in.src.meanings(row.topic, f); len(routes) > 0 {
				a.take(routes)
				a.prefer(in.src.byName[row.objectType])
			} else {
				a.object = nil
			}
		}
	}
	if a.object == nil {
		return false, e.applier.fail(ctx, in.src, []int64{row.id}, []error{fmt.Errorf("no object for topic %q", row.topic)})
	}
	_, it := e.prepare(in, &a)
	it.rawID = row.id
	switch {
	case a.rejected != nil:
		return false, e.applier.fail(ctx, in.src, []int64{row.id}, []error{a.rejected})
	case row.superseded && (it.in.Event == manifest.Delete || it.in.UpdatedAt == nil):
		// Without a time of its own the event cannot be put before the later one any more; that one has won.
		return true, e.applier.done(ctx, in.src, row.id)
	}
	errs, err := e.applier.apply(ctx, in, []*item{it})
	if err != nil {
		return false, err
	}
	if errs[0] != nil {
		return false, e.applier.fail(ctx, in.src, []int64{row.id}, errs)
	}
	return true, nil
}

// prefer makes an object the first meaning where it is one of the possible ones.
func (a *arrival) prefer(o *object) {
	for i, r := range a.rivals {
		if r == o {
			a.rivals[i], a.object = a.object, r
			return
		}
	}
}

// done marks a raw row as refined that a later one made needless.
func (a *applier) done(ctx context.Context, s *source, rawID int64) error {
	w := &writer{}
	w.finished(s, []int64{rawID})
	if err := a.pool.with(ctx, func(c *pgx.Conn) error { return c.SendBatch(ctx, &w.batch).Close() }); err != nil {
		return fmt.Errorf("marking raw row %d as processed: %w", rawID, err)
	}
	return nil
}
