package reference_test

import "testing"

// The tests here are of payloads that naive copies get wrong.

func TestIdsBeyondFloatsKeepTheirDigits(t *testing.T) {
	s := newShop(t)
	// Neighbours that are one float64, and the greatest id there can be.
	s.lists("/orders.json", "orders",
		`{"id":871234567890123456,"customer":{"id":9007199254740993},"line_items":[{"id":871234567890123457,"product_id":9007199254740992}]}`,
		`{"id":871234567890123457}`, `{"id":9223372036854775807}`)
	wants(t, s.sync("", "fetch_and_ingest_orders"), "fetch_and_ingest_orders", 3, 3, 0)
	s.want("871234567890123456,871234567890123457,9223372036854775807", `SELECT string_agg(shopify_object_id, ',' ORDER BY id) FROM shopify_raw_ingest`)
	s.want("871234567890123456,871234567890123457,9223372036854775807", `SELECT string_agg(shopify_object_id::text, ',' ORDER BY shopify_object_id) FROM shopify_order`)
	s.want("9007199254740993", `SELECT customer_id::text FROM shopify_order WHERE shopify_object_id = 871234567890123456`)
	s.want("871234567890123456 871234567890123457 9007199254740992", `SELECT concat_ws(' ', order_id, shopify_object_id, product_id) FROM shopify_line_item`)
	s.want("true", `SELECT bool_and(payload::text LIKE '{"id":' || shopify_object_id || '%')::text FROM shopify_raw_ingest`)
	s.delivered("orders/delete", `{"id":871234567890123456}`)
	s.want("871234567890123456", `SELECT string_agg(shopify_object_id::text, ',') FROM shopify_order WHERE deleted_at IS NOT NULL`)
	// Walks below an order ask for that order.
	s.lists("/orders/871234567890123457/refunds.json", "refunds", `{"id":9007199254740993,"order_id":871234567890123457}`)
	wants(t, s.sync("", "fetch_and_ingest_refunds"), "fetch_and_ingest_refunds", 1, 1, 0)
	s.want("9007199254740993 871234567890123457", `SELECT shopify_object_id || ' ' || order_id FROM shopify_refund`)
}

func TestMoneyAsTextAndAsNumber(t *testing.T) {
	s := newShop(t)
	s.delivered("refunds/create", `{"id":1,"order_id":2,"refund_line_items":[
		{"id":3,"subtotal":17.41,"total_tax":2.06},{"id":4,"subtotal":"17.41","total_tax":0.30000000000000004},{"id":5,"subtotal":1e2,"total_tax":0}]}`)
	s.want("17.41 2.06, 17.41 0.30000000000000004, 100 0", `SELECT string_agg(subtotal || ' ' || total_tax, ', ' ORDER BY shopify_object_id) FROM shopify_refund_line_item`)
	s.lists("/price_rules.json", "price_rules", `{"id":1,"value":"-7.50"}`, `{"id":2,"value":-0.10}`, `{"id":3,"value":null}`)
	s.sync("", "fetch_and_ingest_price_rules")
	s.want("-7.50, -0.10, ", `SELECT string_agg(COALESCE(value::text, ''), ', ' ORDER BY shopify_object_id) FROM shopify_price_rule`)
}

func TestOffsetsAreInstants(t *testing.T) {
	s := newShop(t)
	s.delivered("orders/create", `{"id":1,"note":"newer","updated_at":"2026-10-25T01:30:00Z"}`)
	// Read as texts these two would be the newer ones; the second is half an hour older though its clock shows later.
	s.delivered("orders/updated", `{"id":1,"note":"older","updated_at":"2026-10-25T02:30:00+02:00"}`)
	s.delivered("orders/updated", `{"id":1,"note":"older","updated_at":"2026-10-25T11:00:00+10:00"}`)
	s.want("newer 2026-10-25 01:30:00+00", `SELECT note || ' ' || (shopify_updated_at AT TIME ZONE 'UTC') || '+00' FROM shopify_order`)
	// The hour that a clock shows twice, and a zone that is no whole hour.
	s.delivered("orders/updated", `{"id":1,"note":"second half past two","updated_at":"2026-10-25T02:30:00+01:00"}`)
	s.want("second half past two", `SELECT note FROM shopify_order`)
	s.delivered("orders/updated", `{"id":1,"note":"Kathmandu","created_at":"2026-01-01T05:45:00+05:45","updated_at":"2026-10-24T21:16:00-05:00"}`)
	s.want("Kathmandu 2026-01-01 00:00:00", `SELECT note || ' ' || (shopify_created_at AT TIME ZONE 'UTC') FROM shopify_order`)
}

func TestDeletesLeaveWhatIsThere(t *testing.T) {
	s := newShop(t)
	s.delivered("customers/create", `{"id":1,"first_name":"Ada","updated_at":"2026-11-01T00:00:00Z","addresses":[{"id":5,"city":"Köln"}]}`)
	s.delivered("customers/delete", `{"id":1,"tax_exemptions":[],"admin_graphql_api_id":"gid://shopify/Customer/1"}`)
	s.want("Ada true <null>", `SELECT first_name || ' ' || (deleted_at IS NOT NULL) || ' ' || COALESCE(tax_exemptions::text, '<null>') FROM shopify_customer`)
	s.want("Köln", `SELECT city FROM shopify_customer_address`)

	s.delivered("orders/create", `{"id":7,"name":"#7","updated_at":"2026-11-01T00:00:00Z"}`)
	s.delivered("orders/delete", `{"id":7}`)
	// Late: both were true before the order was deleted.
	s.delivered("orders/updated", `{"id":7,"name":"#7 paid","updated_at":"2026-11-02T00:00:00Z"}`)
	s.delivered("orders/create", `{"id":7,"name":"#7","updated_at":"2026-11-01T00:00:00Z"}`)
	s.want("#7 paid true", `SELECT name || ' ' || (deleted_at IS NOT NULL) FROM shopify_order`)
	// The delete comes before anything else of its order.
	s.delivered("orders/delete", `{"id":8}`)
	s.delivered("orders/create", `{"id":8,"name":"#8","updated_at":"2026-11-01T00:00:00Z"}`)
	s.want("#8 true", `SELECT name || ' ' || (deleted_at IS NOT NULL) FROM shopify_order WHERE shopify_object_id = 8`)
	// Only what changed after the delete was told brings it back.
	s.delivered("orders/updated", `{"id":8,"name":"#8 again","updated_at":"2026-11-23T12:00:01Z"}`)
	s.want("#8 again false", `SELECT name || ' ' || (deleted_at IS NOT NULL) FROM shopify_order WHERE shopify_object_id = 8`)
}

func TestAnOrderWithoutItsCustomer(t *testing.T) {
	s := newShop(t)
	s.delivered("customers/create", `{"id":1,"orders_count":3,"total_spent":"83.20","updated_at":"2026-11-01T00:00:00Z"}`)
	s.delivered("orders/create", `{"id":1,"customer":{"id":1,"email":null},"updated_at":"2026-11-01T00:00:00Z"}`)
	s.delivered("orders/create", `{"id":2,"customer":null,"updated_at":"2026-11-01T00:00:00Z"}`)
	s.want("1 ?", `SELECT string_agg(COALESCE(customer_id::text, '?'), ' ' ORDER BY shopify_object_id) FROM shopify_order`)
	// A customer that is redacted later is null from then on; an order says nothing of a customer's totals.
	s.delivered("orders/updated", `{"id":1,"customer":null,"updated_at":"2026-11-02T00:00:00Z"}`)
	s.want("? ?", `SELECT string_agg(COALESCE(customer_id::text, '?'), ' ' ORDER BY shopify_object_id) FROM shopify_order`)
	s.want("3 83.20", `SELECT orders_count || ' ' || total_spent FROM shopify_customer`)
}

func TestAnEditReplacesTheLines(t *testing.T) {
	s := newShop(t)
	s.delivered("orders/create", `{"id":1,"updated_at":"2026-11-01T00:00:00Z","line_items":[{"id":1,"quantity":2,"current_quantity":2},{"id":2,"quantity":1}],
		"shipping_lines":[{"id":9,"price":"4.00","is_removed":false}]}`)
	s.delivered("orders/create", `{"id":2,"updated_at":"2026-11-01T00:00:00Z","line_items":[{"id":4,"quantity":1}]}`)
	s.delivered("orders/updated", `{"id":1,"updated_at":"2026-11-02T00:00:00Z","line_items":[{"id":3,"quantity":1},{"id":1,"quantity":2,"current_quantity":1}],
		"shipping_lines":[{"id":9,"price":"4.00","is_removed":true}]}`)
	s.want("1/1: 2 1, 1/3: 1 ?, 2/4: 1 ?", `SELECT string_agg(order_id || '/' || shopify_object_id || ': ' || quantity || ' ' || COALESCE(current_quantity::text, '?'), ', ' ORDER BY shopify_object_id)
		FROM (SELECT * FROM shopify_line_item ORDER BY shopify_object_id) l`)
	s.want("true", `SELECT is_removed::text FROM shopify_order_shipping_line`)
}

func TestWhatHangsOnNothing(t *testing.T) {
	s := newShop(t)
	s.lists("/shopify_payments/payouts.json", "payouts", `{"id":1,"date":"2026-02-28","amount":"612.35","summary":{"charges_fee_amount":"-1.07"}}`)
	s.lists("/shopify_payments/balance/transactions.json", "transactions", `{"id":1,"payout_id":1,"source_order_id":null,"amount":"-4.10"}`, `{"id":2,"payout_id":null,"source_order_id":77}`)
	s.lists("/shopify_payments/disputes.json", "disputes", `{"id":1,"order_id":null,"amount":"9.95","initiated_at":"2026-03-07T19:30:00-04:30"}`)
	got := s.sync("", "fetch_and_ingest_payouts", "fetch_and_ingest_disputes")
	wants(t, got, "fetch_and_ingest_payouts", 3, 3, 0)
	wants(t, got, "fetch_and_ingest_disputes", 1, 1, 0)
	s.want("2026-02-28 00:00:00 -1.07", `SELECT (payout_date AT TIME ZONE 'UTC') || ' ' || summary_charges_fee_amount FROM shopify_payout`)
	s.want("1 ?, ? 77", `SELECT string_agg(COALESCE(payout_id::text, '?') || ' ' || COALESCE(source_order_id::text, '?'), ', ' ORDER BY shopify_object_id) FROM shopify_balance_transaction`)
	s.want("? 2026-03-08 00:00:00", `SELECT COALESCE(order_id::text, '?') || ' ' || (initiated_at AT TIME ZONE 'UTC') FROM shopify_dispute`)
	s.delivered("disputes/update", `{"id":1,"order_id":5,"status":"won"}`)
	s.want("5 won 9.95", `SELECT order_id || ' ' || status || ' ' || amount FROM shopify_dispute`)
}
