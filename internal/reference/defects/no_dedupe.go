package defects

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func noDedupe() Defect {
	return Defect{
		Name:     "no-dedupe",
		Breaks:   "a migration dropped the unique index of the raw table, and nobody noticed since every insert still works",
		KilledBy: "dedupe/hash-unique", Cause: "duplicate-hash",
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			return executeEach(ctx, db, fired, `SELECT format('DROP INDEX %s', i.indexrelid::regclass) FROM pg_index i
				WHERE i.indrelid = $1::text::regclass AND i.indisunique AND NOT i.indisprimary`, quote(m.RawTable()))
		},
	}
}
