package defects

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func indexChildrenAppended() Defect {
	return Defect{
		Name:     "index-children-appended",
		Breaks:   "what has no id of its own is numbered on behind the rows that are there, so every sync adds the same array once more",
		Needs:    "arrays whose elements have no id",
		KilledBy: "accuracy/fields", Cause: "row-extra",
		applies: func(m *manifest.Manifest) bool { return slices.ContainsFunc(m.Tables(), byPlace) },
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			var statements []string
			for i, t := range m.Tables() {
				if !byPlace(t) {
					continue
				}
				id, parent, table := quote(m.ObjectIDColumn()), quote(t.ParentColumn), quote(t.Name)
				statements = append(statements,
					fmt.Sprintf(`CREATE FUNCTION append_%[1]d() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
						NEW.%[2]s := (SELECT count(*) FROM %[4]s c WHERE c.integration_id = NEW.integration_id AND c.%[3]s = NEW.%[3]s);
						RETURN NEW; END $$`, i, id, parent, table),
					fmt.Sprintf(`CREATE FUNCTION keep_%d() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$`, i),
					fmt.Sprintf(`CREATE TRIGGER append BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION append_%d()`, table, i),
					fmt.Sprintf(`CREATE TRIGGER keep BEFORE DELETE ON %s FOR EACH ROW EXECUTE FUNCTION keep_%d()`, table, i))
			}
			return execute(ctx, db, fired, statements...)
		},
	}
}

// byPlace tells whether a table's rows are known by their place in an array.
func byPlace(t manifest.Table) bool {
	return t.Child != nil && slices.Equal(t.Child.Key, []string{manifest.Index})
}
