package defects

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func sweepsAfterEverySync() Defect {
	return Defect{
		Name:     "sweeps-after-every-sync",
		Breaks:   "rows that a sync did not touch are marked as deleted when it ends, also if it asked for changes alone",
		Needs:    "a filter by time of change",
		KilledBy: "sync/incremental-keeps", Cause: "unchanged-lost",
		applies: hasFilter,
		// A sync ends with new statistics; what was last written before the former ones was not part of it.
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			var sweeps []string
			for _, o := range m.Objects {
				if o.NotApplicable == "" {
					sweeps = append(sweeps, fmt.Sprintf(`UPDATE %s SET deleted_at = now()
						WHERE integration_id = NEW.id AND deleted_at IS NULL AND updated_at < OLD.updated_at;`, quote(o.Table)))
				}
			}
			if len(sweeps) == 0 {
				return nil
			}
			return execute(ctx, db, fired, fmt.Sprintf(`CREATE FUNCTION sweep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				%s RETURN NULL; END $$`, strings.Join(sweeps, "\n")),
				`CREATE TRIGGER sweep AFTER UPDATE OF stats ON integration FOR EACH ROW WHEN (OLD.stats IS NOT NULL)
				EXECUTE FUNCTION sweep()`)
		},
	}
}
