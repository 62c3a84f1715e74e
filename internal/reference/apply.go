package reference

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// item is one event on its way into the refined tables: its raw row is stored and committed.
type item struct {
	object *object
	key    string
	rawID  int64
	in     Incoming
	row    Row // for events with a body
	// rivals are further objects a delete by key may mean, after object.
	rivals []*object
}

// applier writes refined rows, in the order events arrive and by the Arbiter's word.
type applier struct {
	pool    *pool
	arbiter Arbiter
}

// apply refines items of one object in as few transactions as possible. An item that Postgres refuses is found by
// halving, so that it costs the others nothing; its error is in the answer at its place.
func (a *applier) apply(ctx context.Context, in integration, items []*item) ([]error, error) {
	errs := make([]error, len(items))
	if len(items) == 0 {
		return errs, nil
	}
	err := a.transaction(ctx, in, items)
	switch {
	case err == nil:
		return errs, nil
	case !refused(err):
		return nil, fmt.Errorf("refining %d %s: %w", len(items), items[0].object.Name, err)
	case len(items) == 1:
		errs[0] = fmt.Errorf("refining %s %s: %w", items[0].object.Name, items[0].key, err)
		return errs, nil
	}
	half := len(items) / 2
	for _, part := range []struct{ from, to int }{{0, half}, {half, len(items)}} {
		partErrs, err := a.apply(ctx, in, items[part.from:part.to])
		if err != nil {
			return nil, err
		}
		copy(errs[part.from:], partErrs)
	}
	return errs, nil
}

func (a *applier) transaction(ctx context.Context, in integration, items []*item) error {
	const tries = 3
	for try := 1; ; try++ {
		err := a.pool.tx(ctx, func(tx pgx.Tx) error { return a.inTransaction(ctx, tx, in, items) })
		if err == nil || try == tries || !collided(err) {
			return err
		}
	}
}

func (a *applier) inTransaction(ctx context.Context, tx pgx.Tx, in integration, items []*item) error {
	o := items[0].object
	candidates := append([]*object{o}, items[0].rivals...)
	states, err := readStates(ctx, tx, in, candidates, items)
	if err != nil {
		return err
	}
	remembered := []*object{o}
	if len(candidates) > 1 {
		// The id alone does not tell what was deleted: it is whichever has a row, else any of them may still come.
		remembered = candidates
		for i, c := range candidates {
			if states[i][items[0].key].Exists {
				o, remembered, states = c, []*object{c}, states[i:]
				break
			}
		}
	}
	state := states[0]

	var rawIDs []int64
	for len(items) > 0 {
		// A statement can write a row once: a key that comes again starts a new round.
		w := &writer{integrationID: in.id, companyID: in.companyID}
		round := map[string]bool{}
		var bodies []Row
		var parents []refinedRow
		for len(items) > 0 && !round[items[0].key] {
			it := items[0]
			items = items[1:]
			round[it.key] = true
			rawIDs = append(rawIDs, it.rawID)

			before := state[it.key]
			d := a.arbiter.Decide(before, it.in)
			after := before
			after.DeletedAt, after.Deletion = d.DeletedAt, d.Deletion
			tombstone := timeText(d.DeletedAt)
			switch {
			case d.Write:
				if err := o.table.check(it.row); err != nil {
					return err
				}
				values := maps.Clone(it.row.Values)
				values["deleted_at"] = tombstone
				parents = append(parents, refinedRow{key: it.row.Key, values: values})
				bodies = append(bodies, it.row)
				after.Exists = true
				if it.in.UpdatedAt != nil {
					after.UpdatedAt = it.in.UpdatedAt
				}
			case before.Exists && !sameTime(before.DeletedAt, d.DeletedAt):
				w.tombstone(o.table, it.key, tombstone)
			}
			if d.Deletion != nil || before.Deletion != nil {
				for _, r := range remembered {
					w.remember(r, it.key, d.Deletion)
				}
			}
			state[it.key] = after
		}
		w.upsert(o.table, parents)
		if err := w.writeChildren(o.table.children, bodies); err != nil {
			return err
		}
		if len(items) == 0 {
			w.finished(in.src, rawIDs)
		}
		if err := tx.SendBatch(ctx, &w.batch).Close(); err != nil {
			return err
		}
	}
	return nil
}

// readStates locks the objects against other writers of this integration and reads what the copy holds of the
// items' keys. Always in the same order of objects, so that two deliveries cannot wait for each other.
func readStates(ctx context.Context, tx pgx.Tx, in integration, objects []*object, items []*item) ([]map[string]State, error) {
	keys := make([]string, len(items))
	for i, it := range items {
		keys[i] = it.key
	}
	batch := &pgx.Batch{}
	states := make([]map[string]State, len(objects))
	for _, o := range objects {
		batch.Queue(`SELECT pg_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0))`, in.id, o.Name)
	}
	for i, o := range objects {
		states[i] = map[string]State{}
		updated := "NULL::timestamptz"
		if o.updatedColumn != "" {
			updated = quote(o.updatedColumn)
		}
		batch.Queue(fmt.Sprintf(`SELECT %[1]s::text, %[2]s, deleted_at FROM %[3]s WHERE integration_id = $1::uuid AND %[1]s = ANY ($2::text[]::%[4]s[])`,
			quote(o.table.key), updated, quote(o.table.name), o.table.keyType), in.id, keys).Query(func(rows pgx.Rows) error {
			var key string
			var updatedAt, deletedAt *time.Time
			_, err := pgx.ForEachRow(rows, []any{&key, &updatedAt, &deletedAt}, func() error {
				states[i][key] = State{Exists: true, UpdatedAt: utc(updatedAt), DeletedAt: utc(deletedAt)}
				return nil
			})
			return err
		})
		batch.Queue(fmt.Sprintf(`SELECT object_id, received_at, in_body FROM %s WHERE integration_id = $1::uuid AND object_type = $2 AND object_id = ANY ($3::text[])`,
			quote(o.src.deletionTable())), in.id, o.Name, keys).Query(func(rows pgx.Rows) error {
			var key string
			var d Deletion
			_, err := pgx.ForEachRow(rows, []any{&key, &d.ReceivedAt, &d.InBody}, func() error {
				s := states[i][key]
				s.Deletion = &Deletion{ReceivedAt: d.ReceivedAt.UTC(), InBody: d.InBody}
				states[i][key] = s
				return nil
			})
			return err
		})
	}
	return states, tx.SendBatch(ctx, batch).Close()
}

// pgText makes any text fit for a text column, which takes neither a zero byte nor broken UTF-8.
func pgText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

func timeText(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := t.Format(timestampForm)
	return &s
}

func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := t.UTC()
	return &u
}

func sameTime(a, b *time.Time) bool {
	return a == b || a != nil && b != nil && a.Equal(*b)
}
