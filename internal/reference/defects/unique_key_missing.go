package defects

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func uniqueKeyMissing() Defect {
	return Defect{
		Name:     "unique-key-missing",
		Breaks:   "unique constraints were dropped to get an import through and never came back",
		KilledBy: "configuration/unique-key", Cause: "unique-missing",
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			// A constraint that a foreign key leans on cannot go without it; the others can.
			return executeEach(ctx, db, fired, `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname)
				FROM pg_constraint c WHERE c.contype = 'u' AND c.conrelid = ANY ($1::text[]::regclass[])
				AND NOT EXISTS (SELECT 1 FROM pg_constraint f WHERE f.contype = 'f' AND f.conindid = c.conindid)`, tableNames(m))
		},
	}
}
