package defects

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func foreignKeyMissing() Defect {
	return Defect{
		Name:     "foreign-key-missing",
		Breaks:   "the tables were made without foreign keys, because rows came in the wrong order once and the keys were in the way",
		KilledBy: "configuration/foreign-keys", Cause: "foreign-key-missing",
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			return executeEach(ctx, db, fired, `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', c.conrelid::regclass, c.conname)
				FROM pg_constraint c WHERE c.contype = 'f' AND c.conrelid = ANY ($1::text[]::regclass[])`, tableNames(m))
		},
	}
}
