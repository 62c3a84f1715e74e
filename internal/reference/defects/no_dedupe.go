package defects

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func noDedupe() Defect {
	return Defect{
		Name:     "no-dedupe",
		Breaks:   "a migration dropped the unique index of the raw table, and nobody noticed since every insert still works",
		KilledBy: "dedupe/hash-unique", Cause: "duplicate-hash",
		execute: func(ctx context.Context, m *manifest.Manifest, databaseURL string) error {
			conn, err := pgx.Connect(ctx, databaseURL)
			if err != nil {
				return err
			}
			defer conn.Close(ctx)
			rows, err := conn.Query(ctx, `SELECT i.indexrelid::regclass::text FROM pg_index i
				WHERE i.indrelid = $1::text::regclass AND i.indisunique AND NOT i.indisprimary`, pgx.Identifier{m.RawTable()}.Sanitize())
			if err != nil {
				return err
			}
			indexes, err := pgx.CollectRows(rows, pgx.RowTo[string]) // regclass text is quoted already
			if err != nil {
				return err
			}
			if len(indexes) == 0 {
				return fmt.Errorf("%s has no unique index to drop", m.RawTable())
			}
			for _, index := range indexes {
				if _, err := conn.Exec(ctx, "DROP INDEX "+index); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
