package adopt

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

const (
	// mostRows are looked at of a table, mostTables are looked into at all.
	mostRows   = 200
	mostTables = 200
	// mostText is what is read of a value.
	mostText = 300
)

// Sample looks at some rows of the tables. One that cannot be read in time, or at all, is left with a note.
func (c *Connection) Sample(ctx context.Context, d *Database, tables []*Table) error {
	if len(tables) > mostTables {
		d.Notes = append(d.Notes, fmt.Sprintf("values were read in %d of %d tables that came into question", mostTables, len(tables)))
		tables = tables[:mostTables]
	}
	for _, t := range tables {
		if !t.Readable || len(t.Columns) == 0 {
			continue
		}
		if err := c.sample(ctx, d.Schema, t); err != nil {
			if ctx.Err() != nil {
				return fmt.Errorf("reading rows of %s: %w", t.Name, ctx.Err())
			}
			d.Notes = append(d.Notes, fmt.Sprintf("values of %s are not judged: %s", t.Name, reason(err, "")))
		}
	}
	return nil
}

func (c *Connection) sample(ctx context.Context, schema string, t *Table) error {
	if t.Large {
		// Pages from everywhere, the same ones each time. Of a table that shrank they may all be empty.
		if err := c.take(ctx, schema, t, " TABLESAMPLE SYSTEM (1) REPEATABLE (1)"); err != nil || t.Rows > 0 {
			return err
		}
	}
	return c.take(ctx, schema, t, "")
}

// take reads rows in a savepoint, so that a failure is this table's alone.
func (c *Connection) take(ctx context.Context, schema string, t *Table, how string) error {
	savepoint, err := c.tx.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = savepoint.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := savepoint.Exec(ctx, `SELECT set_config('statement_timeout', '5s', true)`); err != nil {
		return err
	}
	expressions := make([]string, len(t.Columns))
	for i, col := range t.Columns {
		expressions[i] = expression(col)
	}
	rows, err := savepoint.Query(ctx, fmt.Sprintf("SELECT %s FROM %s%s LIMIT %d", strings.Join(expressions, ", "), pgx.Identifier{schema, t.Name}.Sanitize(), how, mostRows))
	if err != nil {
		return err
	}
	texts := make([]*string, len(t.Columns))
	dest := make([]any, len(texts))
	for i := range texts {
		dest[i] = &texts[i]
	}
	seen := 0
	values := make([][]string, len(t.Columns))
	_, err = pgx.ForEachRow(rows, dest, func() error {
		seen++
		for i, text := range texts {
			if text != nil {
				values[i] = append(values[i], *text)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	t.Rows = seen
	for i, col := range t.Columns {
		col.Values = values[i]
	}
	return nil
}

// expression reads the beginning of a value as text, and of a JSON object the names of its members.
func expression(c *Column) string {
	name := pgx.Identifier{c.Name}.Sanitize()
	if c.Kind == JSON {
		return fmt.Sprintf(`CASE WHEN pg_column_size(%[1]s) > 65536 OR %[2]s_typeof(%[1]s) <> 'object' THEN NULL
			ELSE (SELECT string_agg(k, E'\n' ORDER BY k COLLATE "C") FROM %[2]s_object_keys(%[1]s) k) END`, name, c.Type)
	}
	if c.Type == "bytea" || c.Kind == Array || c.Kind == Other {
		return "NULL::text"
	}
	return fmt.Sprintf("left(%s::text, %d)", name, mostText)
}
