package defects

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func otherTenant() Defect {
	return Defect{
		Name:     "other-tenant",
		Breaks:   "one worker keeps the first integration that it ever served, a demonstration long ago, and writes everybody's rows under it",
		Needs:    "an object that no other hangs on",
		KilledBy: "accuracy/fields", Cause: "wrong-tenant",
		applies: func(m *manifest.Manifest) bool { return loner(m) != "" },
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			table := loner(m)
			if table == "" {
				return nil
			}
			return execute(ctx, db, fired,
				`INSERT INTO integration (id, company_id, source, account_url, metadata_info)
				VALUES ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002', 'demo', 'http://demo', '{}')`,
				`CREATE FUNCTION first_tenant() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
				SELECT id, company_id INTO NEW.integration_id, NEW.company_id FROM integration ORDER BY created_at LIMIT 1;
				RETURN NEW; END $$`,
				fmt.Sprintf(`CREATE TRIGGER first_tenant BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION first_tenant()`, quote(table)))
		},
	}
}

// loner is the first object's table to which no foreign key leads and that has none itself, one with webhooks if there is one,
// for of such objects there always are some; empty where there is none.
func loner(m *manifest.Manifest) string {
	tables := m.Tables()
	alone := slices.DeleteFunc(slices.Clone(tables), func(t manifest.Table) bool {
		return t.Child != nil || t.Parent != "" || t.Object.NotApplicable != "" ||
			slices.ContainsFunc(tables, func(o manifest.Table) bool { return o.Parent == t.Name })
	})
	if i := slices.IndexFunc(alone, func(t manifest.Table) bool { return len(t.Object.Webhooks) > 0 }); i >= 0 {
		return alone[i].Name
	}
	if len(alone) == 0 {
		return ""
	}
	return alone[0].Name
}
