package scenario

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/profile"
)

// RawRow is one row of the raw ingest table. Its type is the manifest's name of an object, or a topic; its status one of
// the Status constants, whatever the target calls them.
type RawRow struct {
	ObjectType, ObjectID, Hash, Status string
	Error, Topic                       string
	Payload                            []byte
}

// The statuses of raw rows that are known.
const (
	StatusPending   = "pending"
	StatusProcessed = "processed"
	StatusError     = "error"
)

// RawRows returns the integration's raw rows of one object type and id; an empty id means all of the type, an empty
// type all rows. Payloads are given only where withPayload says so: they are most of the bytes. There are none where the
// target has no raw layer.
func (r *Reader) RawRows(ctx context.Context, objectType, objectID string, withPayload bool) (out []RawRow, err error) {
	n := r.names.Raw
	err = r.raw(ctx, "reading", func(text func(column string) string) error {
		payload := "''::bytea"
		if withPayload {
			payload = "convert_to(" + text(n.Payload) + ", 'UTF8')"
		}
		sql := fmt.Sprintf(`SELECT %s, %s, %s, %s, %s, %s, %s
			FROM %s t WHERE %s AND ($2 = '' OR %s = $2) AND ($3 = '' OR %s = $3) ORDER BY t.ctid`,
			text(n.ObjectType), text(n.ObjectID), text(n.Hash), text(n.Status), text(n.Error), text(n.Topic), payload,
			r.table(n.Table), r.own("t"), text(n.ObjectType), text(n.ObjectID))
		rows, err := r.pool.Query(ctx, sql, r.integration, n.Type(objectType), n.Key(objectType, objectID))
		if err != nil {
			return err
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (RawRow, error) {
			var w RawRow
			err := row.Scan(&w.ObjectType, &w.ObjectID, &w.Hash, &w.Status, &w.Error, &w.Topic, &w.Payload)
			w.ObjectType, w.Status = r.object(w.ObjectType), status(n, w.Status)
			w.ObjectID = n.Unkey(w.ObjectType, w.ObjectID)
			return w, err
		})
		return err
	})
	return out, err
}

// RawCounts counts the integration's raw rows by object type.
func (r *Reader) RawCounts(ctx context.Context) (counts map[string]int, err error) {
	n := r.names.Raw
	err = r.raw(ctx, "counting", func(text func(column string) string) error {
		counts = map[string]int{}
		sql := fmt.Sprintf("SELECT %s, count(*) FROM %s t WHERE %s GROUP BY 1", text(n.ObjectType), r.table(n.Table), r.own("t"))
		rows, err := r.pool.Query(ctx, sql, r.integration)
		if err != nil {
			return err
		}
		var typ string
		var count int
		_, err = pgx.ForEachRow(rows, []any{&typ, &count}, func() error { counts[r.object(typ)] = count; return nil })
		return err
	})
	return counts, err
}

// RawKey is what tells the raw rows of an integration apart.
type RawKey struct{ ObjectType, ObjectID, Hash string }

// RawDigests returns a digest of the payload of each of the integration's raw rows.
func (r *Reader) RawDigests(ctx context.Context) (digests map[RawKey]string, err error) {
	n := r.names.Raw
	err = r.raw(ctx, "digesting", func(text func(column string) string) error {
		digests = map[RawKey]string{}
		sql := fmt.Sprintf("SELECT %s, %s, %s, md5(%s) FROM %s t WHERE %s",
			text(n.ObjectType), text(n.ObjectID), text(n.Hash), text(n.Payload), r.table(n.Table), r.own("t"))
		rows, err := r.pool.Query(ctx, sql, r.integration)
		if err != nil {
			return err
		}
		var key RawKey
		var digest string
		add := func() error {
			object := r.object(key.ObjectType)
			digests[RawKey{object, n.Unkey(object, key.ObjectID), key.Hash}] = digest
			return nil
		}
		_, err = pgx.ForEachRow(rows, []any{&key.ObjectType, &key.ObjectID, &key.Hash, &digest}, add)
		return err
	})
	return digests, err
}

// Pending counts the raw rows that wait for their refinement.
func (r *Reader) Pending(ctx context.Context) (count int, err error) {
	n := r.names.Raw
	err = r.raw(ctx, "counting", func(text func(column string) string) error {
		sql := fmt.Sprintf("SELECT count(*) FROM %s t WHERE %s AND %s = $2", r.table(n.Table), r.own("t"), text(n.Status))
		return r.pool.QueryRow(ctx, sql, r.integration, n.Pending).Scan(&count)
	})
	return count, err
}

// Duplicates returns the hashes that stand more than once, each as "object_type id hash ×n": within one object,
// and, by the SOP's literal query, within the integration.
func (r *Reader) Duplicates(ctx context.Context) (withinObject, literal []string, err error) {
	n := r.names.Raw
	query := func(group string) ([]string, error) {
		sql := fmt.Sprintf(`SELECT concat_ws(' ', %[1]s, '×' || count(*)) FROM %[2]s t WHERE %[3]s GROUP BY %[4]s HAVING count(*) > 1 ORDER BY 1`,
			strings.ReplaceAll(group, ",", ", "), r.table(n.Table), r.own("t"), group)
		rows, err := r.pool.Query(ctx, sql, r.integration)
		if err != nil {
			return nil, err
		}
		return pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if withinObject, err = query(ident(n.ObjectType) + "," + ident(n.ObjectID) + "," + ident(n.Hash)); err != nil {
		return nil, nil, fmt.Errorf("looking for duplicates in %s: %w", n.Table, err)
	}
	if literal, err = query(ident(n.Hash)); err != nil {
		return nil, nil, fmt.Errorf("looking for duplicates in %s: %w", n.Table, err)
	}
	return withinObject, literal, nil
}

// raw reads the raw table, where there is one. text gives the expression for a column's text: empty for NULL, and for a
// column that is not there.
func (r *Reader) raw(ctx context.Context, what string, read func(text func(column string) string) error) error {
	table := r.names.Raw.Table
	if table == "" {
		return nil
	}
	err := r.tolerating(ctx, table, func(has func(column string) bool) error {
		return read(func(column string) string {
			if !has(column) {
				return "''"
			}
			return "coalesce(t." + ident(column) + "::text, '')"
		})
	})
	if err != nil {
		return fmt.Errorf("%s %s: %w", what, table, err)
	}
	return nil
}

// object is the manifest's name for what the raw table calls an object.
func (r *Reader) object(typ string) string {
	for object, name := range r.names.Raw.Types {
		if name == typ {
			return object
		}
	}
	return typ
}

// status is a status in the words of this package.
func status(n profile.RawNames, text string) string {
	switch text {
	case n.Pending:
		return StatusPending
	case n.Processed:
		return StatusProcessed
	case n.Failed:
		return StatusError
	}
	return text
}
