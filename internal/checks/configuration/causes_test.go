package configuration_test

import (
	"slices"
	"testing"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

func TestCauses(t *testing.T) {
	checktest.Phase{
		Name: "configuration", Database: true,
		Cases: slices.Concat(permissions(), oauthPermissions(), authorized(), privilege(), callback(), catalogue(), narrow(), stamps(), lacks()),
		NeverUnproven: map[string]string{
			"configuration/tables-exist": "what the catalogue does not have is missing",
			"configuration/unique-key":   "what the catalogue does not have is missing",
			"configuration/foreign-keys": "what the catalogue does not have is missing",
		},
	}.Test(t)
}

func permissions() []checktest.Case {
	const id = "configuration/permissions-granted"
	answered := func(status int) func(*checktest.World) {
		return func(w *checktest.World) { w.Exchange(scenario.FirstSync, "orders#2").Status = status }
	}
	return []checktest.Case{
		{Check: id, Subject: "write", Name: "not asked for", Cause: "permission-not-listed", Says: `["read"]`,
			Break: func(w *checktest.World) { w.Described.Scopes = []string{"read"} }},
		{Check: id, Subject: "read", Name: "one request was answered 403", Cause: "permission-refused", Says: "GET /v1/orders?status=any&page=2 -> 403", Break: answered(403)},
		{Check: id, Subject: "read", Name: "one request was answered 401", Cause: "permission-refused", Says: "-> 401", Break: answered(401)},
		{Check: id, Subject: "read", Name: "a failing server refuses no permission", Status: result.Pass, Break: answered(503)},
		{Check: id, Subject: "write", Name: "a refusal of reading is another permission's", Status: result.Pass, Break: answered(403)},
		{Check: id, Subject: "read", Name: "an answer that the recording lacks refuses nothing", Status: result.Pass, Break: func(w *checktest.World) {
			x := w.Exchange(scenario.FirstSync, "orders#2")
			x.Status, x.Miss = 401, true
		}},
		{Check: id, Subject: "write", Name: "nothing was posted", Status: result.Warning, Cause: "permission-unused",
			Break: func(w *checktest.World) { w.Unask("registration#1") }},
		{Check: id, Subject: "write", Name: "nothing that was posted was accepted", Status: result.Warning, Cause: "permission-unused", Break: func(w *checktest.World) {
			w.Step(scenario.Registration).Traffic = []scenario.Exchange{checktest.Registration("order.updated", "x", 503)}
		}},
	}
}

// oauthPermissions are permissions that a source gives by OAuth, where each opens objects and topics of its own.
func oauthPermissions() []checktest.Case {
	const id = "configuration/permissions-granted"
	oauth := func(w *checktest.World, webhooks string) {
		w.Manifest.OAuth = &manifest.OAuth{WriteIncludesRead: true}
		w.Manifest.Webhooks.Registration.Scope = webhooks
		w.Manifest.Scopes = []manifest.Scope{{Name: "read_parts", Kind: "oauth", Enables: []string{"parts", "stock"}},
			{Name: "read_hooks", Kind: "oauth"}, {Name: "read_reports", Kind: "oauth", Enables: []string{"reports"}}}
		w.Described.Scopes = []string{"read_parts", "read_hooks", "read_reports"}
	}
	return []checktest.Case{
		{Check: id, Subject: "read_parts", Name: "an object's own scope", Status: result.Pass, Says: "4 requests", // two syncs of two lists
			Break: func(w *checktest.World) { oauth(w, "") }},
		{Check: id, Subject: "read_parts", Name: "the scope to write includes it", Status: result.Pass,
			Break: func(w *checktest.World) {
				oauth(w, "")
				w.Described.Scopes = []string{"write_parts"}
			}},
		{Check: id, Subject: "read_parts", Name: "the scope to write includes nothing here", Cause: "permission-not-listed",
			Break: func(w *checktest.World) {
				oauth(w, "")
				w.Manifest.OAuth.WriteIncludesRead = false
				w.Described.Scopes = []string{"write_parts"}
			}},
		{Check: id, Subject: "read_parts", Name: "its list is refused", Cause: "permission-refused", Says: "GET /v1/stock?part_ids=5,6 -> 403",
			Break: func(w *checktest.World) {
				oauth(w, "")
				w.Exchange(scenario.FirstSync, "stock#1").Status = 403
			}},
		{Check: id, Subject: "read_parts", Name: "another object's refusal is not its own", Status: result.Pass,
			Break: func(w *checktest.World) {
				oauth(w, "")
				w.Exchange(scenario.FirstSync, "orders#1").Status = 403
			}},
		{Check: id, Subject: "read_hooks", Name: "registering takes it", Status: result.Pass, Says: "5 requests",
			Break: func(w *checktest.World) { oauth(w, "read_hooks") }},
		{Check: id, Subject: "read_hooks", Name: "one topic takes it", Status: result.Pass, Says: "1 requests", Break: func(w *checktest.World) {
			oauth(w, "")
			w.Manifest.Objects[0].Webhooks[1].Scope = "read_hooks"
		}},
		{Check: id, Subject: "read_hooks", Name: "nothing takes it", Status: result.Warning, Cause: "permission-unused",
			Break: func(w *checktest.World) { oauth(w, "") }},
		{Check: id, Subject: "read_reports", Name: "what it opens nobody offers", Status: result.NotApplicable, Cause: "nothing-to-open",
			Says: "2026-01-01: nobody offers them", Break: func(w *checktest.World) { oauth(w, "") }},
	}
}

func authorized() []checktest.Case {
	const id = "configuration/scopes-authorized"
	asks := func(scopes ...string) func(*checktest.World) {
		return func(w *checktest.World) { w.Authorization.Requested = scopes }
	}
	return []checktest.Case{
		{Check: id, Subject: "read_parts", Name: "not asked for", Cause: "scope-not-asked", Says: `["read_orders"]`, Break: asks("read_orders")},
		{Check: id, Subject: "read_parts", Name: "asked for to write", Status: result.Pass, Break: asks("read_orders", "write_parts")},
		{Check: id, Subject: "read_parts", Name: "not granted", Cause: "scope-not-granted", Says: `["read_orders"]`,
			Break: func(w *checktest.World) { w.Authorization.Granted = []string{"read_orders"} }},
		{Check: id, Subject: "read_baskets", Name: "retired and asked for", Status: result.Warning, Cause: "scope-retired", Says: "in favour of read_orders",
			Break: asks("read_orders", "read_parts", "read_baskets")},
		{Check: id, Subject: "read_baskets", Name: "retired and not asked for", Status: result.Pass, Says: "does not ask for it", Break: func(*checktest.World) {}},
		{Check: id, Subject: "read_parts", Name: "nobody offers what it opens", Status: result.NotApplicable, Cause: "nothing-to-open", Says: "2026-01-01",
			Break: func(w *checktest.World) {
				w.Manifest.Scopes[1].Enables = []string{"reports"}
				asks("read_orders")(w)
			}},
		{Check: id, Subject: "read_parts", Name: "the owner was not asked", Status: result.Unproven, Cause: "too-little-data",
			Break: func(w *checktest.World) { w.Authorization = nil }},
	}
}

func privilege() []checktest.Case {
	const id, subject = "configuration/least-privilege", "shop"
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "more than is needed", Cause: "scope-not-needed", Says: "the authorize URL names 1 scopes that nothing needs: write_orders",
			Break: func(w *checktest.World) {
				w.Authorization.Requested = []string{"read_orders", "write_orders", "read_parts"}
			}},
		{Check: id, Subject: subject, Name: "a retired one is another check's", Status: result.Pass, Break: func(w *checktest.World) {
			w.Authorization.Requested = []string{"read_orders", "read_parts", "read_baskets"}
		}},
		{Check: id, Subject: subject, Name: "a key with more than is needed", Cause: "scope-not-needed", Says: "describe names 1 scopes that nothing needs: admin",
			Break: func(w *checktest.World) {
				w.Authorization = nil
				w.Described.Scopes = []string{"read_orders", "admin"}
			}},
		{Check: id, Subject: subject, Name: "nothing is asked for", Status: result.Unproven, Cause: "too-little-data",
			Break: func(w *checktest.World) { w.Authorization.Requested = nil }},
	}
}

func callback() []checktest.Case {
	const id, subject = "configuration/callback-verified", "shop"
	forged := func(status int) func(*checktest.World) {
		return func(w *checktest.World) { w.Authorization.Forged[1].Status = status }
	}
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "accepted", Cause: "forgery-accepted", Says: "parameter-not-signed -> 200", Break: forged(200)},
		{Check: id, Subject: subject, Name: "led on", Cause: "forgery-accepted", Says: "parameter-not-signed -> 302", Break: forged(302)},
		{Check: id, Subject: subject, Name: "answered 500", Cause: "wrong-refusal", Says: "parameter-not-signed -> 500", Break: forged(500)},
		{Check: id, Subject: subject, Name: "nobody called back", Status: result.Unproven, Cause: "too-little-data",
			Break: func(w *checktest.World) { w.Authorization.Forged = nil }},
	}
}

// narrow are the cases of columns with a limit: those that lose values, and those that do not.
func narrow() []checktest.Case {
	const id, cause = "configuration/tables-exist", "column-narrow"
	var cases []checktest.Case
	for _, c := range []struct{ table, column, pg, cause, says string }{
		{"shop_order", "street", "varchar(255)", cause, "street is character varying(255)"},
		{"shop_order", "street", "varchar", "", ""},
		{"shop_order", "street", "char(40)", cause, "street is character(40)"},
		{"shop_order", "serial", "varchar(19)", cause, "serial is character varying(19)"},
		{"shop_order", "serial", "varchar(20)", "", ""},
		{"shop_order", "total", "varchar(20)", cause, "total is character varying(20)"},
		{"shop_order", "total", "numeric(12,2)", cause, "total is numeric(12,2)"},
		{"shop_order", "serial", "numeric(18)", cause, "serial is numeric(18,0)"},
		{"shop_order", "serial", "numeric(19)", "", ""},
		{"shop_order", "serial", "numeric(20,2)", cause, "serial is numeric(20,2)"},
		{"shop_order", "changed", "timestamptz(0)", cause, "changed is timestamp(0) with time zone"},
		{"shop_order", "changed", "timestamptz(6)", "", ""},
		{"shop_order", "shop_object_id", "integer", "column-type", "shop_object_id is integer"},
		{"shop_line", "order_id", "integer", "column-type", "order_id is integer"},
		{"shop_raw_ingest", "shop_object_id", "varchar(9)", cause, "shop_object_id is character varying(9)"},
		{"shop_raw_ingest", "error_message", "varchar(99)", cause, "error_message is character varying(99)"},
		{"shop_stock", "place", "varchar(9)", cause, "place is character varying(9)"},
	} {
		want := checktest.Case{Check: id, Subject: c.table, Name: c.table + "." + c.column + " as " + c.pg, Cause: c.cause, Says: c.says,
			Break: func(w *checktest.World) {
				w.SQL("TRUNCATE shop_order, shop_raw_ingest, shop_stock CASCADE; ALTER TABLE shop_line DROP CONSTRAINT line_of_order;" +
					"ALTER TABLE " + c.table + " ALTER " + c.column + " TYPE " + c.pg)
			}}
		if c.cause == "" {
			want.Status = result.Pass
		}
		cases = append(cases, want)
	}
	return append(cases, checktest.Case{Check: id, Subject: "shop_order", Name: "seconds are enough for a time in seconds", Status: result.Pass,
		Break: func(w *checktest.World) {
			i := slices.IndexFunc(w.Manifest.Objects[0].Fields, func(f manifest.Field) bool { return f.Column == "changed" })
			w.Manifest.Objects[0].Fields[i].Format = manifest.Unix
			w.SQL("ALTER TABLE shop_order ALTER changed TYPE timestamptz(0)")
		}})
}

// catalogue are the cases of the checks that ask what tables there are.
func catalogue() []checktest.Case {
	const (
		exist, unique, foreign     = "configuration/tables-exist", "configuration/unique-key", "configuration/foreign-keys"
		missing, column, badColumn = "table-missing", "column-missing", "column-type"
		noUnique, noForeign        = "unique-missing", "foreign-key-missing"
	)
	var cases []checktest.Case
	for _, c := range []struct {
		check, table, name, sql, cause, says string
	}{
		{exist, "shop_part", "no refined table", "DROP TABLE shop_part", missing, "no table of a like name"},
		{exist, "shop_part", "a table of a like name", "ALTER TABLE shop_part RENAME TO my_part", missing, "tables of a like name: my_part"},
		{exist, "shop_raw_ingest", "no raw table", "DROP TABLE shop_raw_ingest", missing, "shop_raw_ingest"},
		{exist, "shop_order", "no column of a field", "ALTER TABLE shop_order DROP gift", column, "lacks 1 columns: gift"},
		{exist, "shop_order", "no column of the tombstone", "ALTER TABLE shop_order DROP deleted_at", column, "deleted_at"},
		{exist, "shop_line", "no stamp", "ALTER TABLE shop_line DROP company_id", column, "company_id"},
		{exist, "shop_tax", "no column of the parent", "ALTER TABLE shop_tax DROP line_id", column, "line_id"},
		{exist, "shop_raw_ingest", "no column of the hash", "ALTER TABLE shop_raw_ingest DROP dedupe_hash_canonical", column, "dedupe_hash_canonical"},
		{exist, "shop_line", "a decimal in a double", "ALTER TABLE shop_line ALTER sum TYPE double precision", badColumn, "sum is double precision"},
		{exist, "shop_order", "an integer in 32 bits", "ALTER TABLE shop_order ALTER serial TYPE integer USING 1", badColumn, "serial is integer"},
		{exist, "shop_order", "a time without a zone", "ALTER TABLE shop_order ALTER changed TYPE timestamp", badColumn, "timestamp without time zone"},
		{exist, "shop_order", "a boolean in a number", "ALTER TABLE shop_order ALTER paid TYPE integer USING 1", badColumn, "paid is integer"},
		{exist, "shop_order", "a document in an array", "ALTER TABLE shop_order ALTER meta TYPE text[] USING NULL", badColumn, "meta is text[]"},
		{exist, "shop_part", "a text in a number", "ALTER TABLE shop_part ALTER name TYPE bigint USING 1", badColumn, "name is bigint"},

		{unique, "shop_part", "no index", "ALTER TABLE shop_part DROP CONSTRAINT part_once", noUnique, "unique indexes: []"},
		{unique, "shop_part", "an index that is not unique", "ALTER TABLE shop_part DROP CONSTRAINT part_once;" +
			"CREATE INDEX ON shop_part (integration_id, shop_object_id)", noUnique, "unique indexes: []"},
		{unique, "shop_part", "an index for some rows", "ALTER TABLE shop_part DROP CONSTRAINT part_once;" +
			"CREATE UNIQUE INDEX ON shop_part (integration_id, shop_object_id) WHERE deleted_at IS NULL", noUnique, "unique indexes: []"},
		{unique, "shop_part", "unique with more columns", "ALTER TABLE shop_part DROP CONSTRAINT part_once;" +
			"CREATE UNIQUE INDEX ON shop_part (integration_id, shop_object_id, name)", noUnique, "[[integration_id shop_object_id name]]"},
		{unique, "shop_tax", "unique without the parent", "ALTER TABLE shop_tax DROP CONSTRAINT tax_once;" +
			"DELETE FROM shop_tax; CREATE UNIQUE INDEX ON shop_tax (integration_id, shop_object_id)", noUnique, "[[integration_id shop_object_id]]"},

		{exist, "shop_stock", "no column of a part of the key", "ALTER TABLE shop_stock DROP place", column, "place"},
		{exist, "shop_code", "no column of the place in the array", "ALTER TABLE shop_code DROP shop_object_id", column, "shop_object_id"},
		{unique, "shop_stock", "unique on the first part of the key", "ALTER TABLE shop_stock DROP CONSTRAINT stock_once;" +
			"CREATE UNIQUE INDEX ON shop_stock (integration_id, part_id)", noUnique, "[[integration_id part_id]]"},
		{unique, "shop_code", "unique on the place alone", "ALTER TABLE shop_code DROP CONSTRAINT code_once;" +
			"CREATE UNIQUE INDEX ON shop_code (integration_id, shop_object_id)", noUnique, "[[integration_id shop_object_id]]"},
		{foreign, "shop_note", "a key without the integration", "ALTER TABLE shop_note DROP CONSTRAINT note_of_order;" +
			"DELETE FROM shop_order WHERE integration_id = 'i2'; CREATE UNIQUE INDEX ON shop_order (shop_object_id);" +
			"ALTER TABLE shop_note ADD FOREIGN KEY (order_id) REFERENCES shop_order (shop_object_id)", "integration-not-in-key", "whosever"},

		{foreign, "shop_line", "no key", "ALTER TABLE shop_line DROP CONSTRAINT line_of_order", noForeign, "foreign keys: []"},
		{foreign, "shop_line", "a key that was never validated", "ALTER TABLE shop_line DROP CONSTRAINT line_of_order;" +
			"ALTER TABLE shop_line ADD FOREIGN KEY (integration_id, order_id) REFERENCES shop_order (integration_id, shop_object_id) NOT VALID", noForeign, "foreign keys: []"},
		{foreign, "shop_note", "no key of an object's parent", "ALTER TABLE shop_note DROP CONSTRAINT note_of_order", noForeign, "shop_note.order_id"},
		{foreign, "shop_line", "a key to another table", "ALTER TABLE shop_line DROP CONSTRAINT line_of_order; INSERT INTO shop_part (shop_object_id) VALUES (1), (2);" +
			"ALTER TABLE shop_line ADD FOREIGN KEY (integration_id, order_id) REFERENCES shop_part (integration_id, shop_object_id)", noForeign, "shop_part"},
		{foreign, "shop_line", "a key of another column", "ALTER TABLE shop_line DROP CONSTRAINT line_of_order, ADD COLUMN other bigint;" +
			"ALTER TABLE shop_line ADD FOREIGN KEY (integration_id, other) REFERENCES shop_order (integration_id, shop_object_id)", noForeign, "other"},
		{foreign, "shop_line", "a key to another column", "ALTER TABLE shop_line DROP CONSTRAINT line_of_order; ALTER TABLE shop_order ADD COLUMN number bigint UNIQUE;" +
			"UPDATE shop_order SET number = shop_object_id WHERE integration_id = 'i1';" +
			"ALTER TABLE shop_line ADD FOREIGN KEY (order_id) REFERENCES shop_order (number)", noForeign, "number"},
	} {
		cases = append(cases, checktest.Case{Check: c.check, Subject: c.table, Name: c.table + ", " + c.name, Cause: c.cause, Says: c.says,
			Break: func(w *checktest.World) { w.SQL(c.sql) }})
	}
	return append(cases,
		checktest.Case{Check: exist, Subject: "shop_order", Name: "text holds everything", Status: result.Pass,
			Break: func(w *checktest.World) {
				w.SQL("ALTER TABLE shop_order ALTER total TYPE text, ALTER serial TYPE text")
			}},
		checktest.Case{Check: unique, Subject: "shop_part", Name: "no table", NoTable: "shop_part", Break: func(w *checktest.World) { w.SQL("DROP TABLE shop_part") }},
		checktest.Case{Check: foreign, Subject: "shop_line", Name: "no table to refer from", NoTable: "shop_line", Break: func(w *checktest.World) { w.SQL("DROP TABLE shop_line CASCADE") }},
		checktest.Case{Check: unique, Subject: "shop_stock", Name: "the whole key in one column", Status: result.Pass, Says: "which holds all of the source's key",
			Break: func(w *checktest.World) {
				w.SQL("ALTER TABLE shop_stock DROP CONSTRAINT stock_once; ALTER TABLE shop_stock ADD COLUMN IF NOT EXISTS shop_object_id text; " +
					"UPDATE shop_stock SET shop_object_id = part_id || ':' || place; CREATE UNIQUE INDEX ON shop_stock (integration_id, shop_object_id)")
			}},
		checktest.Case{Check: unique, Subject: "shop_part", Name: "the columns in another order", Status: result.Pass, Break: func(w *checktest.World) {
			w.SQL("ALTER TABLE shop_part DROP CONSTRAINT part_once; CREATE UNIQUE INDEX ON shop_part (shop_object_id, integration_id) INCLUDE (name)")
		}})
}

func stamps() []checktest.Case {
	const id = "configuration/stamps"
	var cases []checktest.Case
	for _, c := range []struct{ table, name, sql, cause, says string }{
		{"shop_order", "a row without a company", "UPDATE shop_order SET company_id = NULL WHERE shop_object_id = 2", "stamp-missing", "1 of 4 rows"},
		{"shop_raw_ingest", "raw rows of another company", "UPDATE shop_raw_ingest SET company_id = 'c2'", "stamp-missing", "11 of 11 rows"},
		{"shop_tax", "a row without its creation", "UPDATE shop_tax SET created_at = NULL WHERE line_id = 9", "stamp-missing", "1 of 2 rows"},
		{"shop_tax", "a row without its update", "UPDATE shop_tax SET updated_at = NULL WHERE line_id = 9", "stamp-missing", "1 of 2 rows"},
		{"shop_part", "updated before it was created", "UPDATE shop_part SET updated_at = created_at - interval '1 second'", "stamp-missing", "2 of 2 rows"},
		{"shop_part", "a row of no integration", "UPDATE shop_part SET integration_id = NULL WHERE shop_object_id = 5", "integration-missing", "1 rows have none"},
		{"shop_part", "all rows of no integration", "UPDATE shop_part SET integration_id = NULL", "integration-missing", "2 rows have none"},
	} {
		cases = append(cases, checktest.Case{Check: id, Subject: c.table, Name: c.table + ", " + c.name, Cause: c.cause, Says: c.says,
			Break: func(w *checktest.World) { w.SQL(c.sql) }})
	}
	return append(cases, checktest.Case{Check: id, Subject: "shop_part", Name: "no row", Status: result.Unproven, Cause: "too-little-data",
		Break: func(w *checktest.World) { w.SQL("DELETE FROM shop_part") }})
}
