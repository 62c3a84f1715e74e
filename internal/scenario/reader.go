package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// Row is one row of a refined table, its values in normal form.
type Row struct {
	Key, Parent string
	Deleted     bool
	Values      map[string]oracle.Value
	// Unread are the columns that the table lacks, so that nobody can say what is in them. It is the same for all its rows.
	Unread []string
}

// Rows calls f with each of the integration's rows in a refined table. Rows are streamed: nothing is kept. Columns that the
// table lacks are left out; without its key nothing can be read.
func (r *Reader) Rows(ctx context.Context, t manifest.Table, f func(Row) error) error {
	err := r.tolerating(ctx, t.Name, func(has func(column string) bool) error { return r.rows(ctx, t, has, f) })
	if err != nil {
		return fmt.Errorf("reading %s: %w", t.Name, err)
	}
	return nil
}

func (r *Reader) rows(ctx context.Context, t manifest.Table, has func(column string) bool, f func(Row) error) error {
	place := r.place(t, has)
	columns, unread := []string{place.key, place.parent, "false"}, slices.Clone(place.unread)
	if tombstone := r.names.Deleted; t.Child == nil && tombstone != "" {
		if has(tombstone) {
			columns[2] = "t." + ident(tombstone) + " IS NOT NULL"
		} else {
			unread = append(unread, tombstone)
		}
	}
	var fields []manifest.Field
	for _, field := range t.Fields {
		switch {
		case field.Column == t.ParentColumn && place.joined:
			columns = append(columns, place.parent)
		case !has(field.Column):
			if !slices.Contains(unread, field.Column) {
				unread = append(unread, field.Column)
			}
			continue
		default:
			columns = append(columns, "t."+ident(field.Column)+"::text")
		}
		fields = append(fields, field)
	}
	rows, err := r.pool.Query(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s", strings.Join(columns, ", "), place.from, r.own("t")), r.integration)
	if err != nil {
		return err
	}
	defer rows.Close()
	texts := make([]*string, len(fields))
	var key, parent *string
	var deleted bool
	dest := append(make([]any, 0, len(fields)+3), &key, &parent, &deleted)
	for i := range texts {
		dest = append(dest, &texts[i])
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return err
		}
		row := Row{Key: deref(key), Parent: deref(parent), Deleted: deleted, Values: make(map[string]oracle.Value, len(texts)), Unread: unread}
		for i, field := range fields {
			kept := r.names.Kept[profile.Place{Table: t.Name, Column: field.Column}]
			row.Values[field.Column] = oracle.FromDatabase(field.Type, offered(kept, texts[i]))
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// place is where a table's rows are found: its FROM, and the expressions for a row's key and for its parent's. The table
// itself is t.
type place struct {
	from, key, parent string
	// joined says that the parent's key stands in the parent's own row.
	joined bool
	unread []string
}

func (r *Reader) place(t manifest.Table, has func(column string) bool) place {
	p := place{from: r.table(t.Name) + " t", key: r.key(t), parent: "NULL::text"}
	by := r.names.ParentBy[t.Name]
	switch {
	case t.ParentColumn == "":
	case !has(t.ParentColumn):
		p.unread = append(p.unread, t.ParentColumn)
	case by == "" || t.Parent == "":
		p.parent = "t." + ident(t.ParentColumn) + "::text"
	default:
		p.joined = true
		p.from += fmt.Sprintf(" LEFT JOIN %s p ON p.%s::text = t.%s::text", r.table(t.Parent), ident(by), ident(t.ParentColumn))
		p.parent = "p." + ident(t.ParentID) + "::text"
	}
	return p
}

// key is the expression for a row's key: the object id, or where several fields identify an object their values, joined.
func (r *Reader) key(t manifest.Table) string {
	columns := t.Key
	if t.Child != nil && t.Child.KeyScope == "parent" {
		columns = columns[1:] // the parent's key is not part of it
	}
	if len(columns) < 2 {
		return "t." + ident(t.IDColumn) + "::text"
	}
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = "t." + ident(c) + "::text"
	}
	return strings.Join(parts, " || '/' || ")
}

// own is the condition for the integration's rows; $1 is its id. Where rows do not say whose they are, all are.
func (r *Reader) own(table string) string {
	if r.names.Integration == "" {
		return "$1::text IS NOT NULL"
	}
	return table + "." + ident(r.names.Integration) + "::text = $1"
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
	sql := fmt.Sprintf("SELECT count(*), %s FROM %s t WHERE %s", deleted, r.table(t.Name), r.own("t"))
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

// Known tells whether the table of integrations has this one; also where there is no such table that could tell.
func (r *Reader) Known(ctx context.Context) (bool, error) {
	n := r.names.Integrations
	if n.Table == "" || n.ID == "" {
		return true, nil
	}
	var known bool
	sql := fmt.Sprintf("SELECT EXISTS (SELECT FROM %s WHERE %s::text = $1)", r.table(n.Table), ident(n.ID))
	err := r.pool.QueryRow(ctx, sql, r.integration).Scan(&known)
	if SchemaMissing(err) != nil {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking for the integration in %s: %w", n.Table, err)
	}
	return known, nil
}

// Stamped is how the stamps of a table are.
type Stamped struct {
	// Rows are the integration's; Bad those of them without company, or of another one, or without proper times.
	Rows, Bad int
	// Orphans are rows of the table that belong to no integration at all.
	Orphans int
}

// Stamps looks at the stamps of a table's rows, as far as the target has them.
func (r *Reader) Stamps(ctx context.Context, table, company string) (Stamped, error) {
	n := r.names
	bad, orphan := []string{"$2::text IS NULL"}, "false"
	if n.Company != "" {
		bad = append(bad, fmt.Sprintf("t.%[1]s IS NULL OR $2::text <> '' AND t.%[1]s::text <> $2", ident(n.Company)))
	}
	if n.Created != "" && n.Updated != "" {
		bad = append(bad, fmt.Sprintf("t.%[1]s IS NULL OR t.%[2]s IS NULL OR t.%[2]s < t.%[1]s", ident(n.Created), ident(n.Updated)))
	}
	if n.Integration != "" {
		orphan = "t." + ident(n.Integration) + " IS NULL"
	}
	sql := fmt.Sprintf(`SELECT count(*) FILTER (WHERE %[1]s), count(*) FILTER (WHERE %[1]s AND (%[2]s)), count(*) FILTER (WHERE %[3]s) FROM %[4]s t`,
		r.own("t"), strings.Join(bad, " OR "), orphan, r.table(table))
	var s Stamped
	if err := r.pool.QueryRow(ctx, sql, r.integration, company).Scan(&s.Rows, &s.Bad, &s.Orphans); err != nil {
		return s, fmt.Errorf("reading the stamps of %s: %w", table, err)
	}
	return s, nil
}

func (r *Reader) table(name string) string { return pgx.Identifier{r.names.Schema, name}.Sanitize() }

func ident(name string) string { return pgx.Identifier{name}.Sanitize() }

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
