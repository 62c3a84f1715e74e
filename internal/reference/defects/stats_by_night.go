package defects

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func statsByNight() Defect {
	return Defect{
		Name:     "stats-by-night",
		Breaks:   "the statistics are counted by a nightly job, and until it has run they say what was there yesterday",
		KilledBy: "webhook/stats-recalculated", Cause: "stats-stale",
		execute: func(ctx context.Context, db *pgx.Conn, _ *manifest.Manifest, fired func()) error {
			return execute(ctx, db, fired, `CREATE FUNCTION by_night() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				NEW.stats := OLD.stats; RETURN NEW; END $$`,
				`CREATE TRIGGER by_night BEFORE UPDATE ON integration FOR EACH ROW WHEN (OLD.stats IS NOT NULL)
				EXECUTE FUNCTION by_night()`)
		},
	}
}
