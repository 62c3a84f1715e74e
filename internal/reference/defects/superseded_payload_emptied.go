package defects

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func supersededPayloadEmptied() Defect {
	return Defect{
		Name:     "superseded-payload-emptied",
		Breaks:   "to save space the payload of a raw row is emptied when a newer one of the same object comes; only its hash stays",
		KilledBy: "dedupe/raw-immutable", Cause: "row-rewritten",
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			raw, id := quote(m.RawTable()), quote(m.ObjectIDColumn())
			return execute(ctx, db, fired, fmt.Sprintf(`CREATE FUNCTION empty_older() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				UPDATE %[1]s r SET payload = '{}' WHERE r.integration_id = NEW.integration_id AND r.object_type = NEW.object_type
					AND r.%[2]s = NEW.%[2]s AND r.id < NEW.id;
				RETURN NULL; END $$`, raw, id),
				fmt.Sprintf(`CREATE TRIGGER empty_older AFTER INSERT ON %s FOR EACH ROW EXECUTE FUNCTION empty_older()`, raw))
		},
	}
}
