package configuration_test

import (
	"slices"
	"testing"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
)

// lacks are the cases of targets that lack a notion, and of those that have things in a form of their own.
func lacks() []checktest.Case {
	const (
		exist, unique, foreign, stamped = "configuration/tables-exist", "configuration/unique-key", "configuration/foreign-keys", "configuration/stamps"
		granted, least                  = "configuration/permissions-granted", "configuration/least-privilege"
		why                             = "it is from before"
	)
	lack := func(what profile.Notion, then ...func(*checktest.World)) func(*checktest.World) {
		return func(w *checktest.World) {
			w.Lack(what, why)
			for _, f := range then {
				f(w)
			}
		}
	}
	sql := func(text string) func(*checktest.World) { return func(w *checktest.World) { w.SQL(text) } }
	return slices.Concat([]checktest.Case{
		{Check: exist, Subject: "shop_raw_ingest", Name: "no raw layer", Cause: check.TargetLacks, Says: "the target has no raw: " + why, Break: lack(profile.Raw)},
		{Check: exist, Subject: "shop_part", Name: "no company and no times", Status: result.Pass,
			Break: lack(profile.Company, lack(profile.RowTimes, sql("ALTER TABLE shop_part DROP company_id, DROP created_at, DROP updated_at")))},
		{Check: exist, Subject: "shop_part", Name: "no tenant", Status: result.Pass, Break: lack(profile.Tenants, sql("ALTER TABLE shop_part DROP integration_id"))},
		{Check: exist, Subject: "shop_part", Name: "no tombstones", Status: result.Pass, Break: func(w *checktest.World) {
			w.Name(func(n *profile.Names) { n.Deleted, n.HardDeletes = "", true })
			w.SQL("ALTER TABLE shop_part DROP deleted_at")
		}},
		{Check: exist, Subject: "shop_order", Name: "a column that the profile says it lacks", Cause: "column-missing",
			Says: "gift (the profile says that it lacks it: nobody gives us any)", Break: func(w *checktest.World) { unkept(w); w.SQL("ALTER TABLE shop_order DROP gift") }},

		{Check: unique, Subject: "shop_part", Name: "no tenant", Status: result.Pass, Says: "unique on [shop_object_id]",
			Break: lack(profile.Tenants, sql("CREATE UNIQUE INDEX ON shop_part (shop_object_id)"))},
		{Check: unique, Subject: "shop_part", Name: "no tenant, and no index", Cause: "unique-missing", Says: "not unique on [shop_object_id]", Break: lack(profile.Tenants)},
		{Check: foreign, Subject: "shop_line", Name: "no tenant", Status: result.Pass, Break: lack(profile.Tenants,
			sql("DELETE FROM shop_order WHERE integration_id = 'i2'; CREATE UNIQUE INDEX ON shop_order (shop_object_id); ALTER TABLE shop_line DROP CONSTRAINT line_of_order, ADD FOREIGN KEY (order_id) REFERENCES shop_order (shop_object_id)"))},
		{Check: foreign, Subject: "shop_line", Name: "a key of the target's own", Status: result.Pass, Break: func(w *checktest.World) { owned(w); w.SQL(ownKey) }},
		{Check: foreign, Subject: "shop_line", Name: "a key of the target's own that nothing enforces", Cause: "foreign-key-missing", Says: "does not refer to shop_order", Break: owned},
		{Check: exist, Subject: "shop_line", Name: "a key of the target's own, of its own type", Status: result.Pass,
			Break: func(w *checktest.World) { owned(w); w.SQL(ownKey) }},

		{Check: granted, Subject: "write", Name: "not asked for, and nothing to register with it", Cause: check.TargetLacks, Says: "the target has no register_webhooks",
			Break: lack(profile.RegisterWebhooks, func(w *checktest.World) { w.Described.Scopes = []string{"read"} })},
		{Check: stamped, Subject: "shop_raw_ingest", Name: "no raw layer", Cause: check.TargetLacks, Says: "the target has no raw: " + why, Break: lack(profile.Raw)},
		{Check: stamped, Subject: "shop_part", Name: "no company", Cause: check.TargetLacks, Says: "the target has no company: " + why,
			Break: lack(profile.Company, sql("ALTER TABLE shop_part DROP company_id"))},
		{Check: stamped, Subject: "shop_part", Name: "no times", Cause: check.TargetLacks, Says: "the target has no row_times", Break: lack(profile.RowTimes)},
		{Check: stamped, Subject: "shop_part", Name: "no tenant", Cause: check.TargetLacks, Says: "the target has no tenants", Break: lack(profile.Tenants)},
		{Check: stamped, Subject: "shop_part", Name: "no company, and times that cannot be", Cause: "stamp-missing", Says: "2 rows break it",
			Break: lack(profile.Company, sql("UPDATE shop_part SET updated_at = created_at - interval '1 day'"))},
		{Check: stamped, Subject: "shop_part", Name: "no times, and another's company", Cause: "stamp-missing", Says: "2 rows break it",
			Break: lack(profile.RowTimes, sql("UPDATE shop_part SET company_id = 'c2'"))},

		{Check: granted, Subject: "read", Name: "nobody says what is asked for", Status: result.Pass, Break: lack(profile.Describe, func(w *checktest.World) { w.Described.Scopes = nil })},
		{Check: granted, Subject: "read", Name: "nobody says what is asked for, and nothing was", Status: result.Unproven, Cause: "too-little-data",
			Break: lack(profile.Describe, func(w *checktest.World) {
				for _, s := range w.Steps {
					s.Traffic = nil
				}
			})},
		{Check: granted, Subject: "write", Name: "nothing is registered", Cause: check.TargetLacks, Says: "the target has no register_webhooks",
			Break: lack(profile.RegisterWebhooks, func(w *checktest.World) { w.Unask("registration#1") })},
		{Check: least, Subject: "shop", Name: "neither a consent nor a word", Cause: check.TargetLacks, Says: "the target has no describe",
			Break: lack(profile.Describe, func(w *checktest.World) { w.Authorization = nil })},
		{Check: least, Subject: "shop", Name: "a consent, and no word", Status: result.Pass, Break: lack(profile.Describe)},
	}, kept())
}

const ownKey = "ALTER TABLE shop_line ADD CONSTRAINT of_own FOREIGN KEY (order_id) REFERENCES shop_order (own)"

// owned makes lines refer to a key of the orders that is the target's own.
func owned(w *checktest.World) {
	w.SQL(`ALTER TABLE shop_line DROP CONSTRAINT line_of_order; ALTER TABLE shop_order ADD own serial UNIQUE;
		UPDATE shop_line l SET order_id = (SELECT own FROM shop_order o WHERE o.shop_object_id = l.order_id AND o.integration_id = 'i1');
		ALTER TABLE shop_line ALTER order_id TYPE integer`)
	w.Name(func(n *profile.Names) { n.ParentBy = map[string]string{"shop_line": "own"} })
}

// unkept takes a column out of what the target keeps.
func unkept(w *checktest.World) {
	w.Name(func(n *profile.Names) {
		n.Unkept = map[profile.Place]string{{Table: "shop_order", Column: "gift"}: "nobody gives us any"}
	})
	orders := &w.Manifest.Objects[0]
	orders.Fields = slices.DeleteFunc(orders.Fields, func(f manifest.Field) bool { return f.Column == "gift" })
}

// kept are the columns that keep another form of a value, and can or cannot hold it.
func kept() []checktest.Case {
	var cases []checktest.Case
	for _, c := range []struct {
		column, pg string
		kept       profile.Kept
		cause      string
	}{
		{"total", "bigint", profile.MinorUnits, ""}, {"total", "numeric", profile.MinorUnits, ""},
		{"total", "integer", profile.MinorUnits, "column-type"}, {"total", "double precision", profile.MinorUnits, "column-type"},
		{"changed", "timestamp", profile.NaiveUTC, ""}, {"changed", "timestamp(0)", profile.NaiveUTC, "column-narrow"},
		{"changed", "date", profile.NaiveUTC, "column-type"},
		{"changed", "bigint", profile.Unix, ""}, {"changed", "double precision", profile.Unix, ""}, {"changed", "integer", profile.Unix, "column-type"},
		{"changed", "bigint", profile.UnixMillis, ""}, {"changed", "integer", profile.UnixMillis, "column-type"},
	} {
		want := checktest.Case{Check: "configuration/tables-exist", Subject: "shop_order", Name: c.column + " as " + string(c.kept) + " in " + c.pg, Cause: c.cause,
			Break: func(w *checktest.World) {
				w.Name(func(n *profile.Names) {
					n.Kept = map[profile.Place]profile.Kept{{Table: "shop_order", Column: c.column}: c.kept}
				})
				w.SQL("ALTER TABLE shop_order DROP " + c.column + ", ADD " + c.column + " " + c.pg)
			}}
		if c.cause == "" {
			want.Status = result.Pass
		}
		cases = append(cases, want)
	}
	return cases
}

// TestWhatIsExcludedIsNoSubject: nothing asks for what the target is not held to copy.
func TestWhatIsExcludedIsNoSubject(t *testing.T) {
	m := &manifest.Manifest{Source: "shop", OAuth: &manifest.OAuth{},
		Scopes: []manifest.Scope{{Name: "read_orders", Kind: "oauth", Enables: []string{"orders"}}, {Name: "read_parts", Kind: "oauth", Enables: []string{"parts"}},
			{Name: "read_old", Kind: "oauth", Enables: []string{"old"}}, {Name: "read_hooks", Kind: "oauth"}},
		Objects: []manifest.Object{
			{Name: "orders", Sync: "fetch_orders", Table: "shop_order", Key: []string{"id"}},
			{Name: "parts", Sync: "fetch_parts", Table: "shop_part", Key: []string{"id"}, Excluded: "not yet", Webhooks: []manifest.Topic{{Topic: "parts/update"}}},
			{Name: "places", Sync: "fetch_orders", Table: "shop_place", Key: []string{"id"}, Excluded: "not yet", Parent: &manifest.Parent{Column: "part", Object: "parts"}},
			{Name: "notes", Sync: "fetch_orders", Table: "shop_note", Key: []string{"id"}, Parent: &manifest.Parent{Column: "part", Object: "parts"}},
			{Name: "old", Sync: "fetch_old", Key: []string{"id"}, NotApplicable: "2026-01-01: gone"},
		}}
	want := map[string][]string{
		"configuration/permissions-granted": {"read_orders", "read_old", "read_hooks"}, "configuration/scopes-authorized": {"read_orders", "read_old", "read_hooks"},
		"configuration/foreign-keys": nil, "accuracy/counts": {"orders", "notes"}, "accuracy/fields": {"shop_order", "shop_note"},
		"sync/function-inventory": {"fetch_orders", "fetch_old"}, "webhook/registered": nil,
	}
	for _, c := range checks.All() {
		names, looked := want[c.ID]
		if !looked {
			continue
		}
		var got []string
		for _, s := range c.Subjects(m) {
			got = append(got, s.Name)
		}
		if !slices.Equal(got, names) {
			t.Errorf("%s has the subjects %v, want %v", c.ID, got, names)
		}
	}
}
