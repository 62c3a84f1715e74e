package accuracy_test

import (
	"slices"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
)

// forms are the cases of targets that keep things otherwise, or lack a column.
func forms() []checktest.Case {
	const id, order = "accuracy/fields", "shop_order"
	hard := func(then string) func(*checktest.World) {
		return func(w *checktest.World) {
			w.Name(func(n *profile.Names) { n.HardDeletes, n.Deleted = true, "" })
			if then != "" {
				w.SQL(then)
			}
		}
	}
	kept := func(column string, as profile.Kept, sql string) func(*checktest.World) {
		return func(w *checktest.World) {
			w.Name(func(n *profile.Names) { n.Kept = map[profile.Place]profile.Kept{{Table: order, Column: column}: as} })
			w.SQL(sql)
		}
	}
	return []checktest.Case{
		{Check: id, Subject: order, Name: "a column is not there", Status: result.Pass, Says: "1 columns could not be looked at, for they are not there: shop_order.gift",
			Break: func(w *checktest.World) { w.SQL("ALTER TABLE shop_order DROP gift") }},
		{Check: id, Subject: order, Name: "a column is not there, and another is wrong", Cause: "value-differs", Says: "paid must be",
			Break: func(w *checktest.World) {
				w.SQL("ALTER TABLE shop_order DROP gift; UPDATE shop_order SET paid = false")
			}},
		{Check: id, Subject: order, Name: "the tombstone's column is not there", Status: result.Pass, Says: "shop_order.deleted_at",
			Break: func(w *checktest.World) { w.SQL("ALTER TABLE shop_order DROP deleted_at") }},
		{Check: id, Subject: "shop_line", Name: "the parent's column is not there", Status: result.Pass, Says: "shop_line.order_id",
			Break: func(w *checktest.World) { w.SQL("ALTER TABLE shop_line DROP order_id") }},
		{Check: id, Subject: order, Name: "a column that the profile says it lacks", Status: result.Pass, Says: "1 columns could not be looked at, for they are not there: shop_order.gift",
			Break: func(w *checktest.World) {
				w.Name(func(n *profile.Names) {
					n.Unkept = map[profile.Place]string{{Table: order, Column: "gift"}: "no gifts"}
				})
				fields := &w.Manifest.Objects[0].Fields
				*fields = slices.DeleteFunc(*fields, func(f manifest.Field) bool { return f.Column == "gift" })
			}},
		{Check: id, Subject: order, Name: "amounts in cents", Status: result.Pass,
			Break: kept("total", profile.MinorUnits, "ALTER TABLE shop_order ALTER total TYPE bigint USING total * 100")},
		{Check: id, Subject: order, Name: "amounts in cents, as if they were whole", Cause: "value-differs", Says: `total must be "19.99" (orders#1), is "0.19"`,
			Break: kept("total", profile.MinorUnits, "ALTER TABLE shop_order ALTER total TYPE bigint USING trunc(total)")},
		{Check: id, Subject: order, Name: "times in seconds", Status: result.Pass,
			Break: kept("changed", profile.Unix, "ALTER TABLE shop_order ALTER changed TYPE double precision USING extract(epoch FROM changed)")},
		{Check: id, Subject: order, Name: "times in whole seconds", Cause: "fraction-lost", Says: "changed must be",
			Break: kept("changed", profile.Unix, "ALTER TABLE shop_order ALTER changed TYPE bigint USING trunc(extract(epoch FROM changed))")},
		{Check: id, Subject: order, Name: "times in milliseconds", Status: result.Pass,
			Break: kept("changed", profile.UnixMillis, "ALTER TABLE shop_order ALTER changed TYPE bigint USING extract(epoch FROM changed) * 1000")},
		{Check: id, Subject: order, Name: "times without a zone", Status: result.Pass,
			Break: kept("changed", profile.NaiveUTC, "ALTER TABLE shop_order ALTER changed TYPE timestamp USING changed AT TIME ZONE 'UTC'")},
		{Check: id, Subject: order, Name: "times in the server's own zone", Cause: "wrong-time-zone", Says: "changed must be",
			Break: kept("changed", profile.NaiveUTC, "ALTER TABLE shop_order ALTER changed TYPE timestamp USING changed AT TIME ZONE 'Asia/Kolkata'")},
		{Check: id, Subject: order, Name: "what is no time at all", Cause: "value-differs", Says: `is "soon"`,
			Break: kept("changed", profile.Unix, "ALTER TABLE shop_order ALTER changed TYPE text USING 'soon'")},

		{Check: id, Subject: order, Name: "deleted rows go", Status: result.Pass, Says: "3 rows", Break: hard("DELETE FROM shop_order WHERE shop_object_id = 4")},
		{Check: id, Subject: order, Name: "a deleted row that should go stays", Cause: "tombstone-wrong", Says: "shop_order 4: its row must be gone, for orders 4 is deleted (trash#1)", Break: hard("")},
		{Check: id, Subject: order, Name: "a living row is gone", Cause: "row-missing", Says: "shop_order 3 has no row", Break: hard("DELETE FROM shop_order WHERE shop_object_id IN (3, 4)")},
		{Check: "accuracy/counts", Subject: "orders", Name: "deleted rows go", Status: result.Pass, Says: "3 rows (0 deleted)", Break: hard("DELETE FROM shop_order WHERE shop_object_id = 4")},
		{Check: "accuracy/counts", Subject: "orders", Name: "a deleted row that should go stays", Cause: "rows-extra", Says: "orders 4 has a row, but is deleted", Break: hard("")},
		{Check: "accuracy/counts", Subject: "orders", Name: "no raw layer", Cause: "rows-missing", Says: "orders 3 has no row", Break: func(w *checktest.World) {
			w.Lack(profile.Raw, "it refines at once")
			w.SQL("DELETE FROM shop_order WHERE shop_object_id = 3")
		}},
		{Check: id, Subject: order, Name: "no tenant", Status: result.Pass, Break: func(w *checktest.World) {
			w.SQL("DELETE FROM shop_order WHERE integration_id = 'i2'")
			w.Lack(profile.Tenants, "one customer, one database")
		}},
	}
}
