package scenario

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// tolerating reads a table: all that is wanted of it, and where a column is not there what is. has tells read which columns
// the table has. Nothing is remembered, for a migration may come between.
func (r *Reader) tolerating(ctx context.Context, table string, read func(has func(column string) bool) error) error {
	err := read(func(string) bool { return true })
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != undefinedColumn {
		return err
	}
	columns, lookErr := r.columns(ctx, table)
	if lookErr != nil {
		return lookErr
	}
	return read(func(column string) bool { return columns[column] })
}

// columns are those of a table.
func (r *Reader) columns(ctx context.Context, table string) (map[string]bool, error) {
	rows, err := r.pool.Query(ctx, "SELECT attname::text FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped", r.table(table))
	if err != nil {
		return nil, fmt.Errorf("reading the database's columns: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("reading the database's columns: %w", err)
	}
	columns := make(map[string]bool, len(names))
	for _, name := range names {
		columns[name] = true
	}
	return columns, nil
}
