package realtime_test

import (
	"slices"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

func TestCauses(t *testing.T) {
	checktest.Phase{Name: "realtime", Database: true, Cases: slices.Concat(applied(), sameTime(), endState())}.Test(t)
}

const tooLittle = "too-little-data"

func applied() []checktest.Case {
	const (
		id, topic = "realtime/delivery-applied", "order.updated"
		delivered = " WHERE object_type = 'orders' AND shop_object_id = '1' AND payload->>'status' = 'paid'"
	)
	return []checktest.Case{
		{Check: id, Subject: topic, Name: "answered 500", Cause: "delivery-refused", Says: "500 oops",
			Break: func(w *checktest.World) { w.Deliveries[0].Answer = target.Answer{Status: 500, Body: "oops"} }},
		{Check: id, Subject: topic, Name: "answered after the deadline", Cause: "too-late", Says: "5.001s",
			Break: func(w *checktest.World) { w.Deliveries[0].Answer.Elapsed = 5*time.Second + time.Millisecond }},
		{Check: id, Subject: topic, Name: "a body that is no object, answered after the deadline", Cause: "too-late", Says: "delivery-4",
			Break: func(w *checktest.World) { w.Deliveries[3].Answer.Elapsed = time.Minute }},
		{Check: id, Subject: topic, Name: "no raw row", Cause: "raw-row-missing", Says: "1 raw rows under it",
			Break: func(w *checktest.World) { w.SQL("DELETE FROM shop_raw_ingest" + delivered) }},
		{Check: id, Subject: topic, Name: "the raw row is under another object", Cause: "raw-row-missing", Says: "delivery-1",
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_raw_ingest SET object_type = 'parts'" + delivered) }},
		{Check: id, Subject: topic, Name: "the raw row has another payload", Cause: "raw-row-missing", Says: "2 raw rows under it", Break: func(w *checktest.World) {
			w.SQL(`UPDATE shop_raw_ingest SET payload = '{"id":1,"status":"paid"}'` + delivered)
		}},
		{Check: id, Subject: topic, Name: "a volatile field makes no other payload", Status: result.Pass, Break: func(w *checktest.World) {
			w.SQL(`UPDATE shop_raw_ingest SET payload = replace(payload::text, '"views":18', '"views":1')::json` + delivered)
		}},
		{Check: id, Subject: topic, Name: "refining failed", Cause: "not-refined", Says: "error: no luck",
			Break: func(w *checktest.World) {
				w.SQL("UPDATE shop_raw_ingest SET processing_status = 'error', error_message = 'no luck'" + delivered)
			}},
		{Check: id, Subject: topic, Name: "still pending", Cause: "not-refined", Says: `"pending"`,
			Break: func(w *checktest.World) {
				w.SQL("UPDATE shop_raw_ingest SET processing_status = 'pending'" + delivered)
			}},
		{Check: id, Subject: "order.edited", Name: "the raw row of a reference is under the object", Cause: "raw-row-missing", Says: "under order.edited 3",
			Break: func(w *checktest.World) {
				w.SQL("UPDATE shop_raw_ingest SET object_type = 'orders' WHERE object_type = 'order.edited'")
			}},
		{Check: id, Subject: "order.edited", Name: "a reference is not done with", Cause: "not-refined", Says: "error: no such order", Break: func(w *checktest.World) {
			w.SQL("UPDATE shop_raw_ingest SET processing_status = 'error', error_message = 'no such order' WHERE object_type = 'order.edited'")
		}},
		{Check: id, Subject: topic, Name: "no raw layer", Cause: check.TargetLacks, Says: "the target has no raw: it refines at once",
			Break: func(w *checktest.World) { w.Lack(profile.Raw, "it refines at once") }},
		{Check: id, Subject: topic, Name: "no raw layer, and a later delivery was refused", Cause: "delivery-refused", Says: "500 oops", Break: func(w *checktest.World) {
			w.Lack(profile.Raw, "it refines at once")
			w.Deliveries[3].Answer = target.Answer{Status: 500, Body: "oops"}
		}},
		{Check: id, Subject: "order.deleted", Name: "no delivery of the topic", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Deliveries = slices.Delete(w.Deliveries, 1, 2) }},
	}
}

func sameTime() []checktest.Case {
	const id, subject = "realtime/same-time", "shop"
	changed := func(change func(*scenario.Probe)) func(*checktest.World) {
		return func(w *checktest.World) { change(w.Probes[scenario.ProbeChanged]) }
	}
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "the change was refused", Cause: "delivery-refused", Says: "500 oops", Break: changed(func(p *scenario.Probe) {
			p.Delivery.Answer = target.Answer{Status: 500, Body: "oops"}
		})},
		{Check: id, Subject: subject, Name: "there is no row", Cause: "row-missing", Says: "orders 1 has no refined row",
			Break: changed(func(p *scenario.Probe) { p.Row = nil })},
		{Check: id, Subject: subject, Name: "the first of two changes stays", Cause: "change-not-applied", Says: `status must be "paid", is "open"`,
			Break: changed(func(p *scenario.Probe) { p.Row.Values["status"] = oracle.Value{Text: "open"} })},
		{Check: id, Subject: subject, Name: "the row is a tombstone", Cause: "change-not-applied", Says: "deleted must be false",
			Break: changed(func(p *scenario.Probe) { p.Row.Deleted = true })},
		{Check: id, Subject: subject, Name: "no later delivery was seen", Status: result.Unproven, Cause: tooLittle,
			Break: changed(func(p *scenario.Probe) { p.SentinelSeen = false })},
	}
}

func endState() []checktest.Case {
	const id = "realtime/end-state"
	return append(checktest.Differences(id, func(table string) string { return table }),
		checktest.Case{Check: id, Subject: "shop_code", Name: "what is gone from an array stays", Cause: "row-extra", Says: "shop_code 1/1 has a row",
			Break: func(w *checktest.World) {
				w.SQL("INSERT INTO shop_code (shop_object_id, order_id, code) VALUES (1, 1, 'FREE')")
			}},
		checktest.Case{Check: id, Subject: "shop_order", Name: "a reference was not followed", Cause: "value-differs", Says: `status must be "edited" (delivery-5), is "open"`,
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_order SET status = 'open' WHERE shop_object_id = 3") }},
		checktest.Case{Check: id, Subject: "shop_order", Name: "a delete was not applied", Cause: "tombstone-wrong", Says: "shop_order 2: deleted must be true",
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_order SET deleted_at = NULL WHERE shop_object_id = 2") }},
		checktest.Case{Check: id, Subject: "shop_order", Name: "a restore was not applied", Cause: "tombstone-wrong", Says: "shop_order 4: deleted must be false",
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_order SET deleted_at = now() WHERE shop_object_id = 4") }},
		checktest.Case{Check: id, Subject: "shop_order", Name: "an update was not applied", Cause: "value-differs", Says: `status must be "paid" (delivery-1), is "open"`,
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_order SET status = 'open' WHERE shop_object_id = 1") }},
		checktest.Case{Check: id, Subject: "shop_order", Name: "a delete of a key alone says nothing of values", Status: result.Pass,
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_order SET status = 'trash' WHERE shop_object_id = 2") }},
		checktest.Case{Check: id, Subject: "shop_order", Name: "nothing is offered", Status: result.Unproven, Cause: tooLittle, Break: func(w *checktest.World) {
			clear(w.Expected.Objects["orders"])
			w.SQL("TRUNCATE shop_order CASCADE")
		}})
}
