package reference_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// order writes an order's body. Further fields are JSON as it stands in an object.
func order(id int, modified, more string) []byte {
	if more != "" {
		more = "," + more
	}
	return []byte(`{"id":` + strconv.Itoa(id) + `,"date_modified_gmt":"` + modified + `"` + more + `}`)
}

func (w *world) delivered(topic string, body []byte) {
	w.t.Helper()
	if status, answer := w.deliver(topic, body); status != http.StatusOK {
		w.t.Fatalf("%s: HTTP %d %s", topic, status, answer)
	}
}

const orderColumn = ` FROM woocommerce_order WHERE woocommerce_object_id = $1`

func TestAbsentLeavesAndNullClears(t *testing.T) {
	w := newWorld(t, "")
	w.delivered("order.created", order(1, "2026-01-01T00:00:00", `"status":"pending","customer_note":"","total":"10.10","billing":{"city":"Köln"},
		"line_items":[{"id":5,"name":"a","price":1.10,"taxes":[{"id":1,"total":"0.1"},{"id":2,"total":""}]},{"id":6,"name":"b"}]`))
	w.want("10.10", `SELECT total::text`+orderColumn, 1)
	w.want("1.10", `SELECT price::text FROM woocommerce_order_line_item WHERE woocommerce_object_id = 5`)
	w.want("<null>", `SELECT total::text FROM woocommerce_order_line_item_tax WHERE woocommerce_object_id = 2`)

	w.delivered("order.updated", order(1, "2026-01-01T00:00:01", `"total":null`))
	w.want("<null>", `SELECT total::text`+orderColumn, 1)
	w.want("pending", `SELECT status`+orderColumn, 1)
	w.want("", `SELECT customer_note`+orderColumn, 1)
	w.want("Köln", `SELECT billing_city`+orderColumn, 1)
	w.want("2", `SELECT count(*)::text FROM woocommerce_order_line_item`)

	w.delivered("order.updated", order(1, "2026-01-01T00:00:02", `"billing":null,"line_items":[{"id":5,"taxes":[{"id":2,"total":"3"}]},{"id":7}]`))
	w.want("<null>", `SELECT billing_city`+orderColumn, 1)
	w.want("5,7", `SELECT string_agg(woocommerce_object_id::text, ',' ORDER BY woocommerce_object_id) FROM woocommerce_order_line_item`)
	w.want("a", `SELECT name FROM woocommerce_order_line_item WHERE woocommerce_object_id = 5`)
	w.want("2=3", `SELECT string_agg(woocommerce_object_id || '=' || total, ',') FROM woocommerce_order_line_item_tax`)

	w.delivered("order.updated", order(1, "2026-01-01T00:00:03", `"line_items":[]`))
	w.want("0", `SELECT count(*)::text FROM woocommerce_order_line_item_tax`)
}

func TestEventsOutOfOrder(t *testing.T) {
	w := newWorld(t, "")
	const deleted = `SELECT (deleted_at IS NOT NULL)::text` + orderColumn
	// The delete comes first: the bodies that follow are older than it.
	w.delivered("order.deleted", []byte(`{"id":1}`))
	w.want("0", `SELECT count(*)::text`+orderColumn, 1)
	w.want("1", `SELECT count(*)::text FROM woocommerce_raw_ingest`)
	w.delivered("order.updated", order(1, "2026-01-02T00:00:00", `"status":"completed"`))
	w.delivered("order.created", order(1, "2026-01-01T00:00:00", `"status":"pending"`))
	w.want("true", deleted, 1)
	w.want("completed", `SELECT status`+orderColumn, 1)
	// What happens after the delete was told lifts it.
	w.delivered("order.updated", order(1, "2999-01-01T00:00:00", `"status":"on-hold"`))
	w.want("false", deleted, 1)

	// A late restore undoes a delete, but its older body changes no value.
	w.delivered("order.created", order(2, "2026-01-01T00:00:00", `"status":"pending"`))
	w.delivered("order.deleted", []byte(`{"id":2}`))
	w.want("true", deleted, 2)
	w.want("pending", `SELECT status`+orderColumn, 2)
	w.delivered("order.updated", order(2, "2026-01-03T00:00:00", `"status":"completed"`))
	w.want("true", deleted, 2)
	w.delivered("order.restored", order(2, "2026-01-02T00:00:00", `"status":"on-hold"`))
	w.want("false", deleted, 2)
	w.want("completed", `SELECT status`+orderColumn, 2)

	// A body may say itself that it is deleted; only a newer one lifts that.
	w.delivered("order.updated", order(3, "2026-01-02T00:00:00", `"status":"trash"`))
	w.want("true", deleted, 3)
	w.delivered("order.restored", order(3, "2026-01-01T00:00:00", `"status":"pending"`))
	w.want("true", deleted, 3)
	w.delivered("order.updated", order(3, "2026-01-02T00:00:00", `"status":"pending"`))
	w.want("false", deleted, 3)

	// An id that product and variation may have, told before either exists.
	w.delivered("product.created", []byte(`{"id":10,"type":"variable","date_modified_gmt":"2026-01-01T00:00:00"}`))
	w.delivered("product.deleted", []byte(`{"id":11}`))
	w.delivered("product.updated", []byte(`{"id":11,"type":"variation","parent_id":10,"date_modified_gmt":"2026-01-01T00:00:00"}`))
	w.want("true", `SELECT (deleted_at IS NOT NULL)::text FROM woocommerce_product_variation WHERE woocommerce_object_id = 11`)
}

func TestEqualPayloadsMakeOneRawRow(t *testing.T) {
	w := newWorld(t, "")
	w.delivered("order.updated", []byte(`{"id":9007199254740993,"total":"1.10","meta_data":[{"value":9007199254740993,"x":1.10}]}`))
	w.delivered("order.updated", []byte(` {"meta_data":[{"x":1.10,"value":9007199254740993}], "total":"1.10","id":9007199254740993}`))
	w.want("1", `SELECT count(*)::text FROM woocommerce_raw_ingest`)
	w.want(`[{"x": 1.10, "value": 9007199254740993}]`, `SELECT meta_data::text`+orderColumn, int64(9007199254740993))
	w.want(`{"id":9007199254740993,"total":"1.10","meta_data":[{"value":9007199254740993,"x":1.10}]}`, `SELECT payload::text FROM woocommerce_raw_ingest`)
	w.delivered("order.updated", []byte(`{"id":9007199254740993,"total":"1.1","meta_data":[{"value":9007199254740992,"x":1.10}]}`))
	w.want("2", `SELECT count(*)::text FROM woocommerce_raw_ingest`)
	w.want(`{"added": [], "changed": ["meta_data", "total"], "removed": []}`, `SELECT diff::text FROM woocommerce_raw_ingest WHERE diff IS NOT NULL`)
	// A price put back to what it was: no new raw row, yet the refined row follows.
	w.delivered("order.updated", []byte(`{"id":9007199254740993,"total":"1.10","meta_data":[{"value":9007199254740993,"x":1.10}]}`))
	w.want("2", `SELECT count(*)::text FROM woocommerce_raw_ingest`)
	w.want("1.10", `SELECT total::text`+orderColumn, int64(9007199254740993))
}

func TestDeliveriesThatAreRefusedOrKeptOnly(t *testing.T) {
	w := newWorld(t, "")
	body := order(1, "2026-01-01T00:00:00", `"customer_note":"Grüße 👋 <&>"`)
	for name, header := range map[string]map[string]string{
		"no signature":    {"Content-Type": "application/json", "X-WC-Webhook-Topic": "order.created"},
		"wrong signature": {"X-WC-Webhook-Topic": "order.created", "X-WC-Webhook-Signature": "AAAA"},
		"no base64":       {"X-WC-Webhook-Topic": "order.created", "X-WC-Webhook-Signature": "§"},
	} {
		status, answer := w.post(body, header)
		if status != http.StatusUnauthorized || !bytes.Contains(answer, []byte(`{"error":"signature`)) {
			t.Errorf("%s: HTTP %d %s", name, status, answer)
		}
	}
	if status, answer := w.post([]byte("webhook_id=1"), map[string]string{"Content-Type": "application/x-www-form-urlencoded"}); status != http.StatusOK {
		t.Errorf("ping: HTTP %d %s", status, answer)
	}
	w.want("0", `SELECT count(*)::text FROM woocommerce_raw_ingest`)

	w.delivered("order.created", body)
	w.want("Grüße 👋 <&>", `SELECT customer_note`+orderColumn, 1)
	for topic, body := range map[string]string{
		"cow.mooed":        `{"id":1}`,
		"order.created":    `{"id":1`,
		"order.updated":    `{"status":"pending"}`,
		"order.restored":   `{"code":"gone","message":"Invalid ID.","data":{"status":404}}`,
		"customer.created": `[1]`,
		"customer.updated": "{\"id\":1,\"email\":\"\x80\"}",
		"coupon.created":   `{"id":1,"code":"a\u0000b"}`,
	} {
		w.delivered(topic, []byte(body))
		w.want("error", `SELECT processing_status FROM woocommerce_raw_ingest WHERE topic = $1 AND error_message <> ''`+map[bool]string{true: ` AND woocommerce_object_id IS NULL`}[topic == "order.created"], topic)
	}
	w.want("1", `SELECT count(*)::text FROM woocommerce_order`)
	w.want("0", `SELECT count(*)::text FROM woocommerce_customer`)
	w.want(`{"body_base64":"eyJpZCI6MQ=="}`, `SELECT payload::text FROM woocommerce_raw_ingest WHERE topic = 'order.created' AND processing_status = 'error'`)

	other := newWorldBeside(w)
	if status, _ := other.post(body, map[string]string{"X-WC-Webhook-Topic": "order.created", "X-WC-Webhook-Signature": "x"}); status != http.StatusNotFound {
		t.Errorf("unknown integration: HTTP %d", status)
	}
}

// newWorldBeside is the same world with an integration that does not exist.
func newWorldBeside(w *world) *world {
	other := *w
	other.webhookURL = strings.Replace(w.webhookURL, w.integration, "00000000-0000-4000-8000-000000000000", 1)
	return &other
}

func TestFailedRefinementIsHealedByRetry(t *testing.T) {
	w := newWorld(t, "")
	retry := func(retried, healed int) {
		t.Helper()
		var got struct{ Retried, Healed int }
		w.call("POST", "/conformance/v1/retry", map[string]string{"integration_id": w.integration}, &got)
		if got.Retried != retried || got.Healed != healed {
			t.Errorf("%+v, want %d retried and %d healed", got, retried, healed)
		}
	}
	w.delivered("order.created", order(1, "2026-01-01T00:00:00", `"status":"pending"`))
	w.exec(`ALTER TABLE woocommerce_order RENAME COLUMN status TO broken`)
	w.delivered("order.updated", order(1, "2026-01-02T00:00:00", `"status":"completed"`))
	w.delivered("cow.mooed", []byte(`{"id":1}`))
	w.want("error", `SELECT processing_status FROM woocommerce_raw_ingest WHERE topic = 'order.updated' AND error_message LIKE '%status%'`)
	if raw := w.stats().Raw; raw.Error != 2 || raw.Processed != 1 {
		t.Errorf("%+v", raw)
	}
	retry(1, 0)
	w.exec(`ALTER TABLE woocommerce_order RENAME COLUMN broken TO status`)
	retry(1, 1)
	w.want("completed", `SELECT status`+orderColumn, 1)
	w.want("<null>", `SELECT error_message FROM woocommerce_raw_ingest WHERE topic = 'order.updated'`)
	retry(0, 0)

	// The parent comes later than what hangs on it.
	w.delivered("product.created", []byte(`{"id":11,"type":"variation","parent_id":10,"date_modified_gmt":"2026-01-01T00:00:00"}`))
	w.want("0", `SELECT count(*)::text FROM woocommerce_product_variation`)
	w.delivered("product.created", []byte(`{"id":10,"type":"variable","date_modified_gmt":"2026-01-01T00:00:00"}`))
	retry(1, 1)
	w.want("1", `SELECT count(*)::text FROM woocommerce_product_variation`)

	// A whole table out of order: the delivery is kept, and so is the delete.
	w.exec(`ALTER TABLE woocommerce_product RENAME TO broken`)
	w.delivered("product.deleted", []byte(`{"id":10}`))
	w.exec(`ALTER TABLE broken RENAME TO woocommerce_product`)
	retry(1, 1)
	w.want("true", `SELECT (deleted_at IS NOT NULL)::text FROM woocommerce_product WHERE woocommerce_object_id = 10`)
}

func TestProtocolErrors(t *testing.T) {
	w := newWorld(t, "")
	for _, c := range []struct {
		method, path string
		in           any
		status       int
		says         string
	}{
		{"POST", "/conformance/v1/sync", map[string]any{"integration_id": w.integration, "functions": []string{"x"}}, 400, "fetch_and_ingest_orders"},
		{"POST", "/conformance/v1/sync", map[string]any{"integration_id": w.integration, "start_date": "yesterday"}, 400, "RFC 3339"},
		{"POST", "/conformance/v1/sync", map[string]any{"integration_id": w.integration, "startdate": ""}, 400, "startdate"},
		{"POST", "/conformance/v1/sync", map[string]any{"integration_id": nobody}, 404, "connect first"},
		{"POST", "/conformance/v1/sync", map[string]any{"integration_id": strings.Repeat("x", 2<<20)}, 413, "too large"},
		{"GET", "/conformance/v1/stats?integration_id=x", nil, 404, "not found"},
		{"POST", "/conformance/v1/connect", map[string]any{"source": "shop"}, 400, "woocommerce"},
		{"POST", "/conformance/v1/connect", map[string]any{"source": "woocommerce", "account": map[string]string{"url": "x"}}, 400, "consumer_key"},
		{"GET", "/nowhere", nil, 404, "no such call"},
	} {
		status, body := w.send(c.method, c.path, c.in)
		var e struct{ Error string }
		if err := json.Unmarshal(body, &e); err != nil || status != c.status || !strings.Contains(e.Error, c.says) {
			t.Errorf("%s %s: HTTP %d %s, want %d with %q", c.method, c.path, status, oneLine(body), c.status, c.says)
		}
	}
	w.call("POST", "/conformance/v1/disconnect", map[string]string{"integration_id": w.integration}, nil)
	if status, body := w.send("POST", "/conformance/v1/sync", map[string]any{"integration_id": w.integration}); status != http.StatusConflict {
		t.Errorf("sync after disconnect: HTTP %d %s", status, body)
	}
	if status, body := w.deliver("order.created", order(1, "2026-01-01T00:00:00", "")); status != http.StatusUnauthorized {
		t.Errorf("delivery after disconnect: HTTP %d %s", status, body)
	}
	w.want("<null>", `SELECT credentials::text FROM integration`)
	var d struct {
		Protocol string
		Sources  map[string]struct{ Scopes, Functions, Topics []string }
	}
	w.call("GET", "/conformance/v1/describe", nil, &d)
	if s := d.Sources["woocommerce"]; d.Protocol != "v1" || len(s.Scopes) != 2 || len(s.Functions) != 13 || len(s.Topics) != 15 {
		t.Errorf("%+v", d)
	}
	w.call("GET", "/healthz", nil, nil)
}

func TestRegistration(t *testing.T) {
	w := newWorld(t, "registration")
	register := func() (out struct {
		Registered []struct{ Topic, Status, ID, Error string }
	}) {
		w.call("POST", "/conformance/v1/register_webhooks", map[string]string{"integration_id": w.integration}, &out)
		return out
	}
	if got := register().Registered; len(got) != 15 || got[0].Status != "registered" || got[0].ID == "" {
		t.Errorf("%+v", got)
	}
	asked := len(w.route.Log())
	if asked != 15 {
		t.Errorf("%d requests, want 15", asked)
	}
	first := w.route.Log()[0].RequestBody
	for _, part := range []string{`"delivery_url":"` + w.webhookURL + `"`, `"topic":"product.created"`, `"name":"sync product.created"`, `"secret":"` + webhookSecret + `"`} {
		if !strings.Contains(first, part) {
			t.Errorf("the registration %s lacks %s", first, part)
		}
	}
	register()
	if n := len(w.route.Log()); n != asked {
		t.Errorf("registering again made %d more requests", n-asked)
	}
	w.want("15", `SELECT count(*)::text FROM integration, jsonb_object_keys(metadata_info->'webhooks')`)
}
