package reference_test

import (
	"encoding/json"
	"testing"
	"time"
)

// truth is what the store's own tables held, read by SQL when the recording was made.
type truth struct {
	Before map[string]struct {
		Total    int            `json:"total"`
		ByStatus map[string]int `json:"by_status"`
	} `json:"before"`
}

func groundTruth(t *testing.T) truth {
	t.Helper()
	data, err := recorded(t).Truth("expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var tr truth
	if err := json.Unmarshal(data, &tr); err != nil {
		t.Fatal(err)
	}
	return tr
}

func TestBackfillEqualsTheStore(t *testing.T) {
	w := newWorld(t, "backfill")
	started := time.Now()
	for name, r := range w.sync(nil) {
		if r.Errors != 0 {
			t.Errorf("%s: %+v", name, r)
		}
		t.Logf("%s: %+v", name, r)
	}
	t.Logf("backfill of %d requests took %s", len(w.route.Log()), time.Since(started))
	for _, miss := range w.route.Misses() {
		t.Errorf("asked for what was not recorded: %s %s: %s", miss.Method, miss.URL(), miss.Why)
	}

	stats := w.stats()
	if stats.Raw.Pending != 0 || stats.Raw.Error != 0 {
		t.Errorf("raw rows: %+v", stats.Raw)
	}
	store := groundTruth(t).Before
	for object, deleted := range map[string]int{
		"orders": store["orders"].ByStatus["trash"], "products": store["products"].ByStatus["trash"], "coupons": store["coupons"].ByStatus["trash"],
		"variations": 0, "customers": 0, "refunds": 0, "categories": 0, "tags": 0, "tax_rates": 0,
	} {
		if got := stats.Objects[object]; got.Rows != store[object].Total || got.Deleted != deleted {
			t.Errorf("%s: %+v, want %d rows and %d deleted", object, got, store[object].Total, deleted)
		}
	}
	// The one spam review is given by no list.
	if got, want := stats.Objects["reviews"].Rows, store["reviews"].Total-1; got != want {
		t.Errorf("reviews: %d, want %d", got, want)
	}
	for kind, table := range map[string]string{
		"line_item": "line_item", "tax": "tax_line", "shipping": "shipping_line", "fee": "fee_line", "coupon": "coupon_line",
	} {
		var n int
		if err := w.db.QueryRow(t.Context(), "SELECT count(*) FROM woocommerce_order_"+table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n == 0 || n > store["line_items"].ByStatus[kind] {
			t.Errorf("%s: %d rows, the store has %d of all states", table, n, store["line_items"].ByStatus[kind])
		}
		t.Logf("%s: %d of %d", table, n, store["line_items"].ByStatus[kind])
	}
	w.want("50", `SELECT count(DISTINCT order_id)::text FROM woocommerce_order_note`)

	again := w.sync(nil)
	for name, r := range again {
		if r.Ingested != 0 || r.Errors != 0 {
			t.Errorf("reading an unchanged store again made raw rows: %s %+v", name, r)
		}
	}
}
