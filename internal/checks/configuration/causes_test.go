package configuration_test

import (
	"slices"
	"testing"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

func TestCauses(t *testing.T) {
	checktest.Phase{
		Name: "configuration", Database: true,
		Cases: slices.Concat(permissions(), catalogue(), stamps()),
		NeverUnproven: map[string]string{
			"configuration/permissions-granted": "a permission that nothing needed is a warning",
			"configuration/tables-exist":        "what the catalogue does not have is missing",
			"configuration/unique-key":          "what the catalogue does not have is missing",
			"configuration/foreign-keys":        "what the catalogue does not have is missing",
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

		{unique, "shop_part", "no table", "DROP TABLE shop_part", noUnique, "no such table"},
		{unique, "shop_part", "no index", "ALTER TABLE shop_part DROP CONSTRAINT part_once", noUnique, "unique indexes: []"},
		{unique, "shop_part", "an index that is not unique", "ALTER TABLE shop_part DROP CONSTRAINT part_once;" +
			"CREATE INDEX ON shop_part (integration_id, shop_object_id)", noUnique, "unique indexes: []"},
		{unique, "shop_part", "an index for some rows", "ALTER TABLE shop_part DROP CONSTRAINT part_once;" +
			"CREATE UNIQUE INDEX ON shop_part (integration_id, shop_object_id) WHERE deleted_at IS NULL", noUnique, "unique indexes: []"},
		{unique, "shop_part", "unique with more columns", "ALTER TABLE shop_part DROP CONSTRAINT part_once;" +
			"CREATE UNIQUE INDEX ON shop_part (integration_id, shop_object_id, name)", noUnique, "[[integration_id shop_object_id name]]"},
		{unique, "shop_tax", "unique without the parent", "ALTER TABLE shop_tax DROP CONSTRAINT tax_once;" +
			"DELETE FROM shop_tax; CREATE UNIQUE INDEX ON shop_tax (integration_id, shop_object_id)", noUnique, "[[integration_id shop_object_id]]"},

		{foreign, "shop_line", "no table", "DROP TABLE shop_line CASCADE", noForeign, "shop_line does not exist"},
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
		checktest.Case{Check: unique, Subject: "shop_part", Name: "the columns in another order", Status: result.Pass, Break: func(w *checktest.World) {
			w.SQL("ALTER TABLE shop_part DROP CONSTRAINT part_once; CREATE UNIQUE INDEX ON shop_part (shop_object_id, integration_id) INCLUDE (name)")
		}})
}

func stamps() []checktest.Case {
	const id = "configuration/stamps"
	var cases []checktest.Case
	for _, c := range []struct{ table, name, sql, cause, says string }{
		{"shop_order", "a row without a company", "UPDATE shop_order SET company_id = NULL WHERE shop_object_id = 2", "stamp-missing", "1 of 4 rows"},
		{"shop_raw_ingest", "raw rows of another company", "UPDATE shop_raw_ingest SET company_id = 'c2'", "stamp-missing", "8 of 8 rows"},
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
