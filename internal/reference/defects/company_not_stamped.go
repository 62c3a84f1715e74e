package defects

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func companyNotStamped() Defect {
	return Defect{
		Name:     "company-not-stamped",
		Breaks:   "sub-objects are written by a worker without a tenant in its context, so they all carry the default company",
		KilledBy: "configuration/stamps", Cause: "stamp-missing",
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			statements := []string{`CREATE FUNCTION default_company() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				NEW.company_id := '00000000-0000-0000-0000-000000000000'; RETURN NEW; END $$`}
			for _, t := range m.Tables() {
				if t.Child != nil {
					statements = append(statements, fmt.Sprintf(`CREATE TRIGGER default_company BEFORE INSERT ON %s
						FOR EACH ROW EXECUTE FUNCTION default_company()`, quote(t.Name)))
				}
			}
			if len(statements) == 1 {
				return nil // no sub-object, so nothing to strike
			}
			return execute(ctx, db, fired, statements...)
		},
	}
}
