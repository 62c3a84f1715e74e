package reference

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

// retry refines again what failed, or was cut off before it was done. Raw rows that belong to no object (errors the
// provider delivered, unknown topics, broken bodies) are left as they are: there is nothing to refine.
func (e *engine) retry(ctx context.Context, in integration) (retried, healed int, err error) {
	var rows []UnrefinedRow
	err = e.pool.with(ctx, func(c *pgx.Conn) (err error) {
		rows, err = e.ports.Ledger.Unrefined(ctx, c, in.src.m.Source, in.id)
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
func (e *engine) retryRow(ctx context.Context, in integration, row UnrefinedRow) (bool, error) {
	fail := func(why error) (bool, error) { return false, e.failed(ctx, in, FailedRow{row.RawID, why}) }
	if r, ok := in.src.reread(row.Topic); ok && row.ObjectType == row.Topic {
		if row.Superseded { // the object was read after that later one
			return true, e.done(ctx, in, row.RawID)
		}
		if err := e.readAnew(ctx, in, r.object, row.ObjectID); err != nil {
			return fail(err)
		}
		return true, e.done(ctx, in, row.RawID)
	}
	a := arrival{
		object: in.src.byName[row.ObjectType], event: manifest.Update, payload: row.Payload,
		fanout: row.Fanout, origin: row.Origin, topic: row.Topic, received: row.Received,
	}
	if a.object != nil && a.origin == fromWebhook && !in.src.inside(row.Topic, a.object) {
		f, err := parseFields(row.Payload)
		if err == nil {
			if routes := in.src.meanings(row.Topic, f); len(routes) > 0 {
				a.take(routes)
				a.prefer(in.src.byName[row.ObjectType])
			} else {
				a.object = nil
			}
		}
	}
	if a.object == nil {
		return fail(fmt.Errorf("no object for topic %q", row.Topic))
	}
	_, it := e.prepare(in, &a)
	it.rawID = row.RawID
	switch {
	case a.rejected != nil:
		return fail(a.rejected)
	case row.Superseded && (it.in.Event == manifest.Delete || it.in.UpdatedAt == nil):
		// Without a time of its own the event cannot be put before the later one any more; that one has won.
		return true, e.done(ctx, in, row.RawID)
	}
	errs, err := e.applier.apply(ctx, in, []*item{it})
	if err != nil {
		return false, err
	}
	if errs[0] != nil {
		return fail(errs[0])
	}
	if _, err := e.takeElements(ctx, in, a); err != nil {
		return fail(err) // elements that failed have raw rows of their own
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

// done marks a raw row as refined whose own payload is written to no table.
func (e *engine) done(ctx context.Context, in integration, rawID int64) error {
	w := &writer{}
	w.finished(in.src, []int64{rawID})
	if err := e.pool.with(ctx, func(c *pgx.Conn) error { return c.SendBatch(ctx, &w.batch).Close() }); err != nil {
		return fmt.Errorf("marking raw row %d as processed: %w", rawID, err)
	}
	return nil
}
