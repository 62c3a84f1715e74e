package scenario

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// Column is a column as the database's catalogue has it.
type Column struct{ Name, Type string }

// ForeignKey is a valid foreign key within the schema, with its columns in pairs.
type ForeignKey struct {
	Columns    []string
	Table      string
	Referenced []string
}

// TableInfo is what the database's catalogue says of a table.
type TableInfo struct {
	Name    string
	Columns []Column
	// Unique are the column sets of valid, unconditional unique indexes without expressions.
	Unique      [][]string
	ForeignKeys []ForeignKey
}

// Column returns the named column.
func (t *TableInfo) Column(name string) (Column, bool) {
	i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
	if i < 0 {
		return Column{}, false
	}
	return t.Columns[i], true
}

// HasUnique tells whether the columns, in any order, are unique by an index.
func (t *TableInfo) HasUnique(columns ...string) bool {
	want := slices.Sorted(slices.Values(columns))
	return slices.ContainsFunc(t.Unique, func(u []string) bool { return slices.Equal(slices.Sorted(slices.Values(u)), want) })
}

// Catalog reads all tables of the target's schema.
func (r *Reader) Catalog(ctx context.Context) (map[string]*TableInfo, error) {
	tables := map[string]*TableInfo{}
	get := func(name string) *TableInfo {
		if tables[name] == nil {
			tables[name] = &TableInfo{Name: name}
		}
		return tables[name]
	}
	var table, name, typ, other string
	var columns, referenced []string
	for _, q := range []struct {
		what, sql string
		dest      []any
		add       func()
	}{
		{"columns", `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE c.relnamespace = $1::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') ORDER BY c.relname, a.attnum`,
			[]any{&table, &name, &typ},
			func() { t := get(table); t.Columns = append(t.Columns, Column{name, typ}) }},
		{"unique indexes", `SELECT c.relname, array_agg(a.attname::text ORDER BY k.n)
			FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
			CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY k(attnum, n)
			LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
			WHERE c.relnamespace = $1::regnamespace AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
			GROUP BY c.relname, i.indexrelid`,
			[]any{&table, &columns},
			func() { t := get(table); t.Unique = append(t.Unique, slices.Clone(columns)) }},
		{"foreign keys", `SELECT c.relname, p.relname,
			array(SELECT attname::text FROM unnest(k.conkey) WITH ORDINALITY x(n, o) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = x.n ORDER BY x.o),
			array(SELECT attname::text FROM unnest(k.confkey) WITH ORDINALITY x(n, o) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.n ORDER BY x.o)
			FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
			WHERE k.contype = 'f' AND k.convalidated AND c.relnamespace = $1::regnamespace AND p.relnamespace = c.relnamespace`,
			[]any{&table, &other, &columns, &referenced},
			func() {
				t := get(table)
				t.ForeignKeys = append(t.ForeignKeys, ForeignKey{slices.Clone(columns), other, slices.Clone(referenced)})
			}},
	} {
		rows, err := r.pool.Query(ctx, q.sql, ident(r.names.Schema))
		if err != nil {
			return nil, fmt.Errorf("reading the database's %s: %w", q.what, err)
		}
		if _, err := pgx.ForEachRow(rows, q.dest, func() error { q.add(); return nil }); err != nil {
			return nil, fmt.Errorf("reading the database's %s: %w", q.what, err)
		}
	}
	return tables, nil
}
