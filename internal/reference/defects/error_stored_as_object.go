package defects

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func errorStoredAsObject() Defect {
	return Defect{
		Name:     "error-stored-as-object",
		Breaks:   "a body without an id is upserted with the id 0, so the provider's signed error becomes an object",
		Needs:    "signed bodies that are errors",
		KilledBy: "webhook/odd-payloads", Cause: "row-changed",
		applies: func(m *manifest.Manifest) bool { return len(m.Webhooks.NotObject) > 0 },
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			var cases strings.Builder
			for _, o := range m.Objects {
				if o.Parent == nil && o.NotApplicable == "" && !composite(o) {
					fmt.Fprintf(&cases, `WHEN %s THEN INSERT INTO %s (integration_id, company_id, %s)
						VALUES (NEW.integration_id, NEW.company_id, '0') ON CONFLICT DO NOTHING; `,
						literal(o.Name), quote(o.Table), quote(m.ObjectIDColumn()))
				}
			}
			if cases.Len() == 0 {
				return nil // no table that could take such a row
			}
			return execute(ctx, db, fired, `CREATE FUNCTION upsert_without_id() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				CASE NEW.object_type `+cases.String()+`ELSE END CASE; RETURN NULL; END $$`,
				fmt.Sprintf(`CREATE TRIGGER upsert_without_id AFTER INSERT ON %s FOR EACH ROW WHEN (NEW.%s IS NULL)
				EXECUTE FUNCTION upsert_without_id()`, quote(m.RawTable()), quote(m.ObjectIDColumn())))
		},
	}
}

func literal(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
