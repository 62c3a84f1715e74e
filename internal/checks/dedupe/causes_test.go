package dedupe_test

import (
	"slices"
	"testing"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

func TestCauses(t *testing.T) {
	checktest.Phase{Name: "dedupe", Database: true, Cases: slices.Concat(unique(), recipe(), tracking(), keyOrder(), everyChange(), immutable())}.Test(t)
}

const tooLittle = "too-little-data"

func unique() []checktest.Case {
	const (
		id    = "dedupe/hash-unique"
		table = "shop_raw_ingest"
		twice = "ALTER TABLE shop_raw_ingest DROP CONSTRAINT raw_once; INSERT INTO shop_raw_ingest SELECT * FROM shop_raw_ingest WHERE object_type = 'parts' AND shop_object_id = '5'"
	)
	return []checktest.Case{
		{Check: id, Subject: table, Name: "a payload is there twice", Cause: "duplicate-hash", Says: "parts 5",
			Break: func(w *checktest.World) { w.SQL(twice) }},
		{Check: id, Subject: table, Name: "another integration's duplicates are its own", Status: result.Pass, Break: func(w *checktest.World) {
			w.SQL(twice)
			w.SQL("DELETE FROM shop_raw_ingest WHERE ctid = (SELECT min(ctid) FROM shop_raw_ingest WHERE object_type = 'parts' AND shop_object_id = '5')")
			w.SQL("INSERT INTO shop_raw_ingest SELECT * FROM shop_raw_ingest WHERE integration_id = 'i2'")
		}},
		{Check: id, Subject: table, Name: "the second sync added a row", Cause: "unchanged-row-added", Says: "added 1 raw rows",
			Break: func(w *checktest.World) { w.Step(scenario.SecondSync).RawRows["orders"]++ }},
		{Check: id, Subject: table, Name: "two objects share a hash", Status: result.Warning, Cause: "shared-hash", Says: "same",
			Break: func(w *checktest.World) {
				w.SQL("UPDATE shop_raw_ingest SET dedupe_hash_canonical = 'same' WHERE object_type = 'parts'")
			}},
		{Check: id, Subject: table, Name: "no raw row", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Step(scenario.FirstSync).RawRows = nil }},
	}
}

func recipe() []checktest.Case {
	const id = "dedupe/hash-recipe"
	return []checktest.Case{
		{Check: id, Subject: "parts", Name: "one hash is another one", Cause: "recipe-differs", Says: "parts 5 must have the hash ", Break: func(w *checktest.World) {
			w.SQL("UPDATE shop_raw_ingest SET dedupe_hash_canonical = 'other' WHERE object_type = 'parts' AND shop_object_id = '5'")
		}},
		{Check: id, Subject: "orders", Name: "a volatile field does not count", Status: result.Pass, Break: func(w *checktest.World) {
			w.SQL(`UPDATE shop_raw_ingest SET payload = replace(payload::text, '"views":17', '"views":9')::json`)
		}},
		{Check: id, Subject: "orders", Name: "any other field counts", Cause: "recipe-differs", Says: "orders 1", Break: func(w *checktest.World) {
			w.SQL(`UPDATE shop_raw_ingest SET payload = replace(payload::text, '"19.99"', '"19.98"')::json WHERE object_type = 'orders' AND integration_id = 'i1'`)
		}},
		{Check: id, Subject: "parts", Name: "no raw row", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.SQL("DELETE FROM shop_raw_ingest WHERE object_type = 'parts'") }},
		{Check: id, Subject: "parts", Name: "the target names no recipe", Status: result.NotApplicable, Cause: "no-recipe",
			Break: func(w *checktest.World) { w.Names.HashRecipe = "" }},
	}
}

func tracking() []checktest.Case {
	const id, subject = "dedupe/update-tracking", "orders"
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "two syncs met with two states", Status: result.Pass, Says: "4 updated orders", Break: func(w *checktest.World) { w.Reread() }},
		{Check: id, Subject: subject, Name: "what the second sync met with is not kept", Cause: "state-not-kept", Says: "orders 3 as offered in after#1", Break: func(w *checktest.World) {
			w.Reread()
			w.SQL(`DELETE FROM shop_raw_ingest WHERE object_type = 'orders' AND shop_object_id = '3' AND payload->>'status' = 'edited'`)
		}},
		{Check: id, Subject: subject, Name: "the row of a deleted object that goes", Status: result.Pass, Break: func(w *checktest.World) {
			w.Reread()
			w.Name(func(n *profile.Names) { n.HardDeletes, n.Deleted = true, "" })
			w.SQL("DELETE FROM shop_tax WHERE line_id = 9; DELETE FROM shop_line WHERE order_id = 2; DELETE FROM shop_note WHERE order_id = 2; DELETE FROM shop_order WHERE shop_object_id = 2")
		}},
		{Check: id, Subject: subject, Name: "the first state is gone", Cause: "state-not-kept", Says: "orders 1 as offered in orders#1", Break: func(w *checktest.World) {
			w.SQL(`DELETE FROM shop_raw_ingest WHERE object_type = 'orders' AND shop_object_id = '1' AND payload->>'status' = 'open'`)
		}},
		{Check: id, Subject: subject, Name: "the last state never came", Cause: "state-not-kept", Says: "orders 4 as offered in delivery-3", Break: func(w *checktest.World) {
			w.SQL(`DELETE FROM shop_raw_ingest WHERE object_type = 'orders' AND shop_object_id = '4' AND payload->>'status' = 'open'`)
		}},
		{Check: id, Subject: subject, Name: "two states have one hash", Cause: "hash-shared", Says: "orders 4: two states with the hash same", Break: func(w *checktest.World) {
			w.SQL("ALTER TABLE shop_raw_ingest DROP CONSTRAINT raw_once; UPDATE shop_raw_ingest SET dedupe_hash_canonical = 'same' WHERE shop_object_id = '4'")
		}},
		{Check: id, Subject: subject, Name: "an object has two refined rows", Cause: "several-refined", Says: "orders 4 has 2 refined rows", Break: func(w *checktest.World) {
			w.SQL("ALTER TABLE shop_order DROP CONSTRAINT order_once CASCADE; INSERT INTO shop_order (shop_object_id, status) VALUES (4, 'open')")
		}},
		{Check: id, Subject: subject, Name: "an object has no refined row", Cause: "refined-row-missing", Says: "orders 4",
			Break: func(w *checktest.World) { w.SQL("DELETE FROM shop_order WHERE shop_object_id = 4") }},
		{Check: id, Subject: subject, Name: "a refused state need not be kept", Status: result.Pass, Break: func(w *checktest.World) {
			w.Deliveries[0].Answer.Status = 401
			w.SQL(`DELETE FROM shop_raw_ingest WHERE shop_object_id = '1' AND payload->>'status' = 'paid'`)
		}},
		{Check: id, Subject: subject, Name: "nothing was delivered", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Deliveries = nil }},
		{Check: id, Subject: subject, Name: "what was delivered was listed before", Status: result.Unproven, Cause: tooLittle, Break: func(w *checktest.World) {
			w.Deliveries = w.Deliveries[:1]
			w.Deliveries[0].Effect.Key = "new"
		}},
	}
}

func immutable() []checktest.Case {
	const id, subject = "dedupe/raw-immutable", "parts"
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "a raw row is gone", Cause: "row-removed", Says: "parts 5 with the hash ",
			Break: func(w *checktest.World) {
				w.SQL("DELETE FROM shop_raw_ingest WHERE object_type = 'parts' AND shop_object_id = '5'")
			}},
		{Check: id, Subject: subject, Name: "a raw row has another hash", Cause: "row-removed", Says: "1 of 2",
			Break: func(w *checktest.World) {
				w.SQL("UPDATE shop_raw_ingest SET dedupe_hash_canonical = 'h' WHERE object_type = 'parts' AND shop_object_id = '5'")
			}},
		{Check: id, Subject: subject, Name: "a payload was emptied", Cause: "row-rewritten", Says: "parts 5 with the hash ",
			Break: func(w *checktest.World) {
				w.SQL("UPDATE shop_raw_ingest SET payload = '{}' WHERE object_type = 'parts' AND shop_object_id = '5'")
			}},
		{Check: id, Subject: subject, Name: "what becomes of a raw row is noted in it", Status: result.Pass,
			Break: func(w *checktest.World) {
				w.SQL("UPDATE shop_raw_ingest SET processing_status = 'error', error_message = 'later', updated_at = now()")
			}},
		{Check: id, Subject: subject, Name: "nothing was there before", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Step(scenario.FirstSync).RawDigests = nil }},
	}
}

func row(hash string) scenario.RawRow {
	return scenario.RawRow{ObjectType: "orders", ObjectID: "1", Hash: hash}
}

func keyOrder() []checktest.Case {
	const id, subject = "dedupe/hash-key-order", "shop"
	cases := []checktest.Case{
		{Check: id, Subject: subject, Name: "the same bytes again", Cause: "redelivery-stored", Says: "orders 1 hash h2",
			Break: func(w *checktest.World) {
				w.Probes[scenario.ProbeDuplicate].Raw = []scenario.RawRow{row("h1"), row("h2")}
			}},
		{Check: id, Subject: subject, Name: "nothing is deduplicated", Cause: "redelivery-stored", Says: "another raw row", Break: func(w *checktest.World) {
			w.Probes[scenario.ProbeKeyOrder].Raw = []scenario.RawRow{row("h1"), row("h1")}
			w.Probes[scenario.ProbeDuplicate].Raw = []scenario.RawRow{row("h1"), row("h1"), row("h1")}
		}},
		{Check: id, Subject: subject, Name: "other keys' order, another hash", Cause: "key-order-hashed", Says: "orders 1 hash h2", Break: func(w *checktest.World) {
			w.Probes[scenario.ProbeKeyOrder].Raw = []scenario.RawRow{row("h1"), row("h2")}
			w.Probes[scenario.ProbeDuplicate].Raw = []scenario.RawRow{row("h1"), row("h2")}
		}},
		{Check: id, Subject: subject, Name: "no raw row of any", Status: result.Unproven, Cause: tooLittle, Break: func(w *checktest.World) {
			for _, p := range []scenario.ProbeName{scenario.ProbeFirst, scenario.ProbeKeyOrder, scenario.ProbeDuplicate} {
				w.Probes[p].Raw = nil
			}
		}},
	}
	return append(cases, shownNothing(id, scenario.ProbeFirst, scenario.ProbeKeyOrder, scenario.ProbeDuplicate)...)
}

func everyChange() []checktest.Case {
	const id, subject = "dedupe/hash-every-change", "shop"
	cases := []checktest.Case{
		{Check: id, Subject: subject, Name: "no raw row of the change", Cause: "change-not-stored", Says: "orders 1 hash h1",
			Break: func(w *checktest.World) { w.Probes[scenario.ProbeChanged].Raw = []scenario.RawRow{row("h1")} }},
		{Check: id, Subject: subject, Name: "another raw row with the old hash", Cause: "change-not-stored", Says: "orders 1 hash h1",
			Break: func(w *checktest.World) {
				w.Probes[scenario.ProbeChanged].Raw = []scenario.RawRow{row("h1"), row("h1")}
			}},
		{Check: id, Subject: subject, Name: "no raw row before", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Probes[scenario.ProbeDuplicate].Raw = nil }},
	}
	return append(cases, shownNothing(id, scenario.ProbeDuplicate, scenario.ProbeChanged)...)
}

// shownNothing are the cases in which one of a check's probes was refused, or nothing was seen after it: a row that is
// not there says nothing then.
func shownNothing(id string, probes ...scenario.ProbeName) []checktest.Case {
	var cases []checktest.Case
	for _, name := range probes {
		cases = append(cases,
			checktest.Case{Check: id, Subject: "shop", Name: string(name) + " was answered 401", Cause: "delivery-refused", Says: "401 not you",
				Break: func(w *checktest.World) { w.Probes[name].Delivery.Answer = target.Answer{Status: 401, Body: "not you"} }},
			checktest.Case{Check: id, Subject: "shop", Name: "nothing was seen after " + string(name), Status: result.Unproven, Cause: tooLittle,
				Break: func(w *checktest.World) { w.Probes[name].SentinelSeen = false }})
	}
	return cases
}
