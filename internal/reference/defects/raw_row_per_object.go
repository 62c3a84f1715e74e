package defects

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func rawRowPerObject() Defect {
	return Defect{
		Name:     "raw-row-per-object",
		Breaks:   "to save space the raw table keeps the newest payload of an object only, and the trail of changes is gone",
		KilledBy: "dedupe/update-tracking", Cause: "state-not-kept",
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			raw, id := quote(m.RawTable()), quote(m.ObjectIDColumn())
			return execute(ctx, db, fired, fmt.Sprintf(`CREATE FUNCTION newest_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				DELETE FROM %[1]s r WHERE r.integration_id = NEW.integration_id AND r.object_type = NEW.object_type
					AND r.%[2]s = NEW.%[2]s AND r.id < NEW.id;
				RETURN NULL; END $$`, raw, id),
				fmt.Sprintf(`CREATE TRIGGER newest_only AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION newest_only()`, raw))
		},
	}
}
