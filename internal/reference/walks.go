package reference

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/syncspec/syncspec/internal/manifest"
)

// fanoutWalks is how many walks of one list run at once: enough to hide latency, few enough to stay polite.
const fanoutWalks = 3

// walk is one of the walks that a list is made of.
type walk struct {
	// fanout are the values for the list's path, batch those it asks for at once.
	fanout map[string]string
	batch  []string
}

// syncObject walks all lists of an object.
func (e *engine) syncObject(ctx context.Context, in integration, o *object, since time.Time, r *FunctionResult) {
	c := &collector{engine: e, in: in, object: o, result: r}
	for i := range o.Lists {
		list := &o.Lists[i]
		walks, err := e.walks(ctx, in, list, since)
		if err != nil {
			c.fail(err)
			continue
		}
		var group errgroup.Group
		group.SetLimit(fanoutWalks)
		for _, w := range walks {
			group.Go(func() error {
				e.walk(ctx, c, list, w, since)
				return nil
			})
		}
		_ = group.Wait() // walks report to the collector
	}
	c.flush(ctx)
}

// walk fetches the pages of one list, one after the other.
func (e *engine) walk(ctx context.Context, c *collector, list *manifest.List, w walk, since time.Time) {
	req, err := firstPage(c.object, list, c.in.account, w, since)
	if err != nil {
		c.fail(err)
		return
	}
	seen := map[string]bool{}
	for req != nil && ctx.Err() == nil {
		// Links may lead in a circle that no single page shows.
		if seen[req.URL.String()] {
			c.fail(fmt.Errorf("page %d of %s: it was given before: stopped instead of walking in a circle", req.Number, list.Path))
			return
		}
		seen[req.URL.String()] = true
		page, err := e.ports.Fetcher.Fetch(ctx, *req)
		u := c.object.Unavailable
		switch {
		case err == nil:
		case req.Number == 1 && u != nil && hasStatus(err, u.Status):
			c.note(fmt.Sprintf("%s are not available on this account: %s", c.object.Name, u.Why))
			return
		case w.fanout != nil && hasStatus(err, http.StatusNotFound):
			return // the parent is gone, and with it whatever it had
		default:
			c.fail(fmt.Errorf("page %d of %s: %w", req.Number, list.Path, err))
			return
		}
		c.add(ctx, page.Objects, w.fanout)
		req = page.Next
	}
}

// walks are the walks that a list is made of: one, or one for each row there is of the object it fans out over, or
// one for each batch of them.
func (e *engine) walks(ctx context.Context, in integration, list *manifest.List, since time.Time) ([]walk, error) {
	switch each, batch := list.Each, list.Batch; {
	case each != nil:
		if !each.Changed {
			since = time.Time{}
		}
		found, err := e.values(ctx, in, each.Object, each.Field, since)
		walks := make([]walk, len(found))
		for i, v := range found {
			walks[i] = walk{fanout: map[string]string{each.As: v}}
		}
		return walks, err
	case batch != nil:
		found, err := e.values(ctx, in, batch.Object, batch.Field, time.Time{})
		var walks []walk
		for part := range slices.Chunk(found, batch.Max) {
			walks = append(walks, walk{batch: part})
		}
		return walks, err
	}
	return []walk{{}}, nil
}

// values are those of one field of another object: one for each row there is, deleted ones too, for what hangs below
// them may stay readable. A since that is not zero leaves out rows that the source changed before it.
func (e *engine) values(ctx context.Context, in integration, name, field string, since time.Time) ([]string, error) {
	o := in.src.byName[name]
	column := quote(o.columnOf(field))
	changed, args := "", []any{in.id}
	if !since.IsZero() && o.updatedColumn != "" {
		args = append(args, since)
		changed = fmt.Sprintf("AND (%[1]s >= $2 OR %[1]s IS NULL)", quote(o.updatedColumn))
	}
	var found []string
	err := e.pool.with(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, fmt.Sprintf(`SELECT %[1]s::text FROM %[2]s WHERE integration_id = $1::uuid AND %[1]s IS NOT NULL %[3]s
			GROUP BY %[1]s ORDER BY %[1]s`, column, quote(o.table.name), changed), args...)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the %s of %s, which lists need: %w", field, name, err)
	}
	return found, nil
}

// columnOf is the column with a field's values; empty where it is copied to none.
func (o *object) columnOf(field string) string {
	if slices.Equal(o.Key, []string{field}) {
		return o.table.key
	}
	f, _ := o.Fields.Path(field)
	return f.Column
}
