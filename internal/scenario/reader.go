package scenario

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
)

// Reader looks at one integration's rows, read-only.
type Reader struct {
	pool        *pgxpool.Pool
	names       profile.Names
	integration string
}

// NewReader looks at the rows of one integration, in tables of these names, through a pool that OpenReader made.
func NewReader(pool *pgxpool.Pool, names profile.Names, integration string) *Reader {
	return &Reader{pool: pool, names: names, integration: integration}
}

// OpenReader returns a pool whose sessions cannot write and speak UTC.
func OpenReader(ctx context.Context, dsn string) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("reading the database's address: it is not a postgres:// URL or key=value text")
	}
	cfg.MaxConns = 4
	cfg.ConnConfig.RuntimeParams["default_transaction_read_only"] = "on"
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = "syncspec-checks"
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("opening the database for reading: %w", err)
	}
	return pool, nil
}

// RawRow is one row of the raw ingest table.
type RawRow struct {
	ID                                 int64
	ObjectType, ObjectID, Hash, Status string
	Error, Topic                       string
	Payload                            []byte
}

// RawRows returns the integration's raw rows of one object type and id; an empty id means all of the type, an empty
// type all rows. Payloads are given only where withPayload says so: they are most of the bytes.
func (r *Reader) RawRows(ctx context.Context, objectType, objectID string, withPayload bool) ([]RawRow, error) {
	n := r.names.Raw
	payload := "''::bytea"
	if withPayload {
		payload = "convert_to(" + ident(n.Payload) + "::text, 'UTF8')"
	}
	sql := fmt.Sprintf(`SELECT row_number() OVER (ORDER BY t.ctid), coalesce(%s::text, ''), coalesce(%s::text, ''), coalesce(%s::text, ''),
		coalesce(%s::text, ''), coalesce(%s::text, ''), coalesce(%s::text, ''), %s
		FROM %s t WHERE %s::text = $1 AND ($2 = '' OR %s::text = $2) AND ($3 = '' OR %s::text = $3)`,
		ident(n.ObjectType), ident(n.ObjectID), ident(n.Hash), ident(n.Status), ident(n.Error), ident(n.Topic), payload,
		r.table(n.Table), ident(r.names.Integration), ident(n.ObjectType), ident(n.ObjectID))
	rows, err := r.pool.Query(ctx, sql, r.integration, objectType, objectID)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", n.Table, err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (RawRow, error) {
		var w RawRow
		return w, row.Scan(&w.ID, &w.ObjectType, &w.ObjectID, &w.Hash, &w.Status, &w.Error, &w.Topic, &w.Payload)
	})
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", n.Table, err)
	}
	return out, nil
}

// Row is one row of a refined table, its values in normal form.
type Row struct {
	Key, Parent string
	Deleted     bool
	Values      map[string]oracle.Value
}

// Rows calls f with each of the integration's rows in a refined table. Rows are streamed: nothing is kept.
func (r *Reader) Rows(ctx context.Context, t manifest.Table, f func(Row) error) error {
	cols := []string{r.key(t), "NULL::text", "false"}
	if t.ParentColumn != "" {
		cols[1] = ident(t.ParentColumn) + "::text"
	}
	if t.Child == nil && r.names.Deleted != "" {
		cols[2] = ident(r.names.Deleted) + " IS NOT NULL"
	}
	for _, field := range t.Fields {
		cols = append(cols, ident(field.Column)+"::text")
	}
	sql := fmt.Sprintf("SELECT %s FROM %s WHERE %s::text = $1", strings.Join(cols, ", "), r.table(t.Name), ident(r.names.Integration))
	rows, err := r.pool.Query(ctx, sql, r.integration)
	if err != nil {
		return fmt.Errorf("reading %s: %w", t.Name, err)
	}
	defer rows.Close()
	texts := make([]*string, len(t.Fields))
	var key, parent *string
	var deleted bool
	dest := append(make([]any, 0, len(t.Fields)+3), &key, &parent, &deleted)
	for i := range texts {
		dest = append(dest, &texts[i])
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("reading %s: %w", t.Name, err)
		}
		row := Row{Key: deref(key), Parent: deref(parent), Deleted: deleted, Values: make(map[string]oracle.Value, len(texts))}
		for i, field := range t.Fields {
			row.Values[field.Column] = oracle.FromDatabase(field.Type, texts[i])
		}
		if err := f(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading %s: %w", t.Name, err)
	}
	return nil
}

// key is the expression for a row's key: the object id, or where several fields identify an object their values, joined.
func (r *Reader) key(t manifest.Table) string {
	columns := t.Key
	if t.Child != nil && t.Child.KeyScope == "parent" {
		columns = columns[1:] // the parent's key is not part of it
	}
	if len(columns) < 2 {
		return ident(r.names.ObjectID) + "::text"
	}
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = ident(c) + "::text"
	}
	return strings.Join(parts, " || '/' || ")
}

// Count is how many rows an integration has in a table, and how many of them are tombstones.
type Count struct{ Rows, Deleted int }

// Count counts the integration's rows of a refined table.
func (r *Reader) Count(ctx context.Context, t manifest.Table) (Count, error) {
	deleted := "0"
	if t.Child == nil && r.names.Deleted != "" {
		deleted = "count(" + ident(r.names.Deleted) + ")"
	}
	var c Count
	sql := fmt.Sprintf("SELECT count(*), %s FROM %s WHERE %s::text = $1", deleted, r.table(t.Name), ident(r.names.Integration))
	if err := r.pool.QueryRow(ctx, sql, r.integration).Scan(&c.Rows, &c.Deleted); err != nil {
		return c, fmt.Errorf("counting %s: %w", t.Name, err)
	}
	return c, nil
}

// Metadata returns what the target keeps about the integration itself, JSON; nil where there is none.
func (r *Reader) Metadata(ctx context.Context) ([]byte, error) {
	n := r.names.Integrations
	var text *string
	sql := fmt.Sprintf("SELECT %s::text FROM %s WHERE %s::text = $1", ident(n.Metadata), r.table(n.Table), ident(n.ID))
	err := r.pool.QueryRow(ctx, sql, r.integration).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) || err == nil && text == nil {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s.%s: %w", n.Table, n.Metadata, err)
	}
	return []byte(*text), nil
}

// Stamped is how the stamps of a table are.
type Stamped struct {
	// Rows are the integration's; Bad those of them without company, or of another one, or without proper times.
	Rows, Bad int
	// Orphans are rows of the table that belong to no integration at all.
	Orphans int
}

// Stamps looks at the stamps of a table's rows.
func (r *Reader) Stamps(ctx context.Context, table, company string) (Stamped, error) {
	n := r.names
	sql := fmt.Sprintf(`SELECT count(*) FILTER (WHERE %[5]s::text = $1),
		count(*) FILTER (WHERE %[5]s::text = $1 AND (%[1]s IS NULL OR %[1]s::text <> $2 OR %[2]s IS NULL OR %[3]s IS NULL OR %[3]s < %[2]s)),
		count(*) FILTER (WHERE %[5]s IS NULL)
		FROM %[4]s`, ident(n.Company), ident(n.Created), ident(n.Updated), r.table(table), ident(n.Integration))
	var s Stamped
	if err := r.pool.QueryRow(ctx, sql, r.integration, company).Scan(&s.Rows, &s.Bad, &s.Orphans); err != nil {
		return s, fmt.Errorf("reading the stamps of %s: %w", table, err)
	}
	return s, nil
}

// Duplicates returns the hashes that stand more than once, each as "object_type id hash ×n": within one object,
// and, by the SOP's literal query, within the integration.
func (r *Reader) Duplicates(ctx context.Context) (withinObject, literal []string, err error) {
	n := r.names.Raw
	query := func(group string) ([]string, error) {
		sql := fmt.Sprintf(`SELECT concat_ws(' ', %[1]s, '×' || count(*)) FROM %[2]s WHERE %[3]s::text = $1 GROUP BY %[4]s HAVING count(*) > 1 ORDER BY 1`,
			strings.ReplaceAll(group, ",", ", "), r.table(n.Table), ident(r.names.Integration), group)
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

func (r *Reader) table(name string) string { return pgx.Identifier{r.names.Schema, name}.Sanitize() }

func ident(name string) string { return pgx.Identifier{name}.Sanitize() }

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
