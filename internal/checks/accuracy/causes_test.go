package accuracy_test

import (
	"slices"
	"testing"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
)

func TestCauses(t *testing.T) {
	checktest.Phase{Name: "accuracy", Database: true, Cases: slices.Concat(counts(), fields(), explained(), forms())}.Test(t)
}

const tooLittle = "too-little-data"

func counts() []checktest.Case {
	const id = "accuracy/counts"
	var cases []checktest.Case
	for _, c := range []struct{ name, sql, cause, says string }{
		{"a row is missing", "DELETE FROM shop_order WHERE shop_object_id = 3", "rows-missing", "orders 3 has no row (offered in orders#2)"},
		{"a row is missing and another too many", "UPDATE shop_order SET shop_object_id = 77 WHERE shop_object_id = 3", "rows-missing", "1 missing, 1 extra"},
		{"a row stands under another integration", "UPDATE shop_order SET integration_id = 'i9' WHERE shop_object_id = 3", "wrong-tenant", "orders 3 stands under the integration i9"},
		{"a row was never offered", "INSERT INTO shop_order (shop_object_id) VALUES (77)", "rows-extra", "orders 77 has a row"},
		{"an object has two rows", "ALTER TABLE shop_order DROP CONSTRAINT order_once CASCADE; INSERT INTO shop_order (shop_object_id) VALUES (3)", "rows-extra", "5 rows"},
		{"an object could not be refined", "DELETE FROM shop_order WHERE shop_object_id = 3;" +
			"UPDATE shop_raw_ingest SET processing_status = 'error', error_message = 'no luck' WHERE object_type = 'orders' AND shop_object_id = '3'",
			"refinement-failed", `raw orders 3 is "error": no luck`},
		{"an object was not refined yet", "DELETE FROM shop_order WHERE shop_object_id = 3;" +
			"UPDATE shop_raw_ingest SET processing_status = 'pending' WHERE object_type = 'orders' AND shop_object_id = '3'", "refinement-failed", `"pending"`},
		{"a deleted object lives", "UPDATE shop_order SET deleted_at = NULL", "tombstones-wrong", "0 deleted"},
		{"a living object is a tombstone", "UPDATE shop_order SET deleted_at = now() WHERE shop_object_id = 3", "tombstones-wrong", "2 deleted"},
		{"the deleted objects are missing", "DELETE FROM shop_order WHERE shop_object_id = 4", "deleted-list-skipped", "orders 4 has no row"},
	} {
		cases = append(cases, checktest.Case{Check: id, Subject: "orders", Name: c.name, Cause: c.cause, Says: c.says,
			Break: func(w *checktest.World) { w.SQL(c.sql) }})
	}
	return append(cases,
		checktest.Case{Check: id, Subject: "parts", Name: "nothing is offered", Status: result.Unproven, Cause: tooLittle, Break: func(w *checktest.World) {
			clear(w.Expected.Objects["parts"])
			w.SQL("DELETE FROM shop_part")
		}},
		checktest.Case{Check: id, Subject: "parts", Name: "the source counts as it lists", Status: result.Pass, Says: "own count is 2",
			Break: func(w *checktest.World) { counted(w, 2) }},
		checktest.Case{Check: id, Subject: "parts", Name: "the source counts more than it lists", Status: result.Error, Cause: "source-contradicts", Says: "/parts/count says 3",
			Break: func(w *checktest.World) { counted(w, 3) }},
		checktest.Case{Check: id, Subject: "parts", Name: "the source counts, and a row is missing", Cause: "rows-missing", Says: "parts 6 has no row",
			Break: func(w *checktest.World) {
				counted(w, 2)
				w.SQL("DELETE FROM shop_part WHERE shop_object_id = 6")
			}},
		checktest.Case{Check: id, Subject: "parts", Name: "the account has none", Status: result.NotApplicable, Cause: "unavailable", Says: "sells whole machines",
			Break: func(w *checktest.World) {
				lacking(w)
				w.SQL("DELETE FROM shop_part")
			}},
		checktest.Case{Check: id, Subject: "parts", Name: "the account has none, and rows are there", Cause: "rows-extra", Says: "parts 6 has a row", Break: lacking},
		checktest.Case{Check: id, Subject: "parts", Name: "a part was recorded only", Status: result.Pass, Says: "judged over what was recorded: too many",
			Break: func(w *checktest.World) { w.Partial["parts"] = "too many" }})
}

// counted lets the source count its parts.
func counted(w *checktest.World, n int) {
	parts, _ := w.Manifest.Object("parts")
	parts.Count = &manifest.Count{Path: "/parts/count", At: "count"}
	w.Offer.Populations["parts"].Count = n
}

// lacking lets the source answer that the account has no parts.
func lacking(w *checktest.World) {
	p := w.Offer.Populations["parts"]
	p.Unavailable, p.Keys = "the shop sells whole machines", nil
	clear(p.Items)
	clear(w.Expected.Objects["parts"])
}

func fields() []checktest.Case {
	const id = "accuracy/fields"
	return append(checktest.Differences(id, func(table string) string { return table }),
		checktest.Case{Check: id, Subject: "shop_part", Name: "nothing is offered", Status: result.Unproven, Cause: tooLittle, Break: func(w *checktest.World) {
			clear(w.Expected.Objects["parts"])
			w.SQL("DELETE FROM shop_part")
		}})
}

func explained() []checktest.Case {
	const id, subject = "accuracy/explained", "orders"
	silent := func(w *checktest.World, contradicts bool) {
		w.Drift = []oracle.Drift{{Object: "orders", Key: "3", Kind: "changed", Columns: []string{"shop_order.status"}, Contradicts: contradicts}}
	}
	return append(checktest.Differences(id, func(string) string { return subject }),
		checktest.Case{Check: id, Subject: subject, Name: "the last body says what the source has", Status: result.Error, Cause: "expectation-wrong",
			Says: "orders 3 changed (shop_order.status)", Break: func(w *checktest.World) { silent(w, true) }},
		checktest.Case{Check: id, Subject: subject, Name: "a change without a word is left out", Status: result.Pass, Says: "orders 3 changed (shop_order.status)",
			Break: func(w *checktest.World) {
				silent(w, false)
				w.SQL("UPDATE shop_order SET status = 'other' WHERE shop_object_id = 3")
			}},
		checktest.Case{Check: id, Subject: subject, Name: "another object's drift explains nothing", Cause: "value-differs", Says: `status must be "edited"`,
			Break: func(w *checktest.World) {
				silent(w, false)
				w.Drift[0].Object = "parts"
				w.SQL("UPDATE shop_order SET status = 'other' WHERE shop_object_id = 3")
			}},
		checktest.Case{Check: id, Subject: subject, Name: "an object that the later reading lacks is counted", Status: result.Pass, Says: "1 are in no later reading",
			Break: func(w *checktest.World) {
				delete(w.After.Objects["orders"], "3")
				w.SQL("UPDATE shop_order SET status = 'other' WHERE shop_object_id = 3")
			}},
		checktest.Case{Check: id, Subject: subject, Name: "an object without a time of change is compared too", Cause: "value-differs", Says: `is "other"`,
			Break: func(w *checktest.World) {
				w.Manifest.Objects[0].UpdatedAt = nil
				w.SQL("UPDATE shop_order SET status = 'other' WHERE shop_object_id = 3")
			}},
		checktest.Case{Check: id, Subject: subject, Name: "no later reading", Status: result.Unproven, Cause: tooLittle, Says: "no later reading of orders",
			Break: func(w *checktest.World) { clear(w.After.Objects["orders"]) }},
		checktest.Case{Check: id, Subject: subject, Name: "all objects changed without a word", Status: result.Unproven, Cause: tooLittle, Break: func(w *checktest.World) {
			w.Drift = nil
			for key := range w.Expected.Objects["orders"] {
				w.Drift = append(w.Drift, oracle.Drift{Object: "orders", Key: key, Kind: "changed"})
			}
		}})
}
