package realtime_test

import (
	"slices"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/target"
)

func TestCauses(t *testing.T) {
	checktest.Phase{Name: "realtime", Database: true, Cases: slices.Concat(applied(), endState())}.Test(t)
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
		{Check: id, Subject: topic, Name: "no raw row", Cause: "raw-row-missing", Says: "1 raw rows of that object",
			Break: func(w *checktest.World) { w.SQL("DELETE FROM shop_raw_ingest" + delivered) }},
		{Check: id, Subject: topic, Name: "the raw row is under another object", Cause: "raw-row-missing", Says: "delivery-1",
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_raw_ingest SET object_type = 'parts'" + delivered) }},
		{Check: id, Subject: topic, Name: "the raw row has another payload", Cause: "raw-row-missing", Says: "2 raw rows of that object", Break: func(w *checktest.World) {
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
		{Check: id, Subject: "order.deleted", Name: "no delivery of the topic", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Deliveries = slices.Delete(w.Deliveries, 1, 2) }},
	}
}

func endState() []checktest.Case {
	const id = "realtime/end-state"
	return append(checktest.Differences(id, func(table string) string { return table }),
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
