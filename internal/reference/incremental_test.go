package reference_test

import (
	"net/url"
	"testing"
)

func TestIncremental(t *testing.T) {
	w := newWorld(t, "backfill")
	w.connect(w.gateway.URL(), map[string]int{"orders": 10, "products": 5})
	w.sync(nil)
	w.enter("incremental")

	// The filter is exclusive, so a second earlier is asked for: what was given is more than what changed after T.
	got := w.sync(map[string]any{"functions": []string{"fetch_and_ingest_orders"}, "start_date": "2026-11-20T18:00:00Z"})
	if r := got["fetch_and_ingest_orders"]; r.Fetched != 25 || r.Ingested != 21 {
		t.Errorf("orders from T: %+v, want the 21 that changed and the 4 of the very second T", r)
	}
	// The recording has the trash from T on, not from a second before.
	got = w.sync(map[string]any{
		"functions":  []string{"fetch_and_ingest_orders", "fetch_and_ingest_coupons"},
		"start_date": "2026-11-20T19:00:01+01:00",
	})
	if r := got["fetch_and_ingest_orders"]; r.Fetched != 25 || r.Ingested != 4 || r.Errors != 0 {
		t.Errorf("orders from T and a second: %+v, want 21 known and 4 in the trash", r)
	}
	if r := got["fetch_and_ingest_coupons"]; r.Fetched != 3 || r.Ingested != 3 || r.Errors != 0 {
		t.Errorf("coupons from T and a second: %+v, want 2 and 1 in the trash", r)
	}
	got = w.sync(map[string]any{"functions": []string{"fetch_and_ingest_products"}, "start_date": "2026-11-20T18:00:01Z"})
	if r := got["fetch_and_ingest_products"]; r.Fetched != 17 {
		t.Errorf("products from T and a second: %+v, want 17", r)
	}

	pages := 0
	for _, x := range w.route.Log() {
		if x.Phase != "incremental" || x.Path != "/wp-json/wc/v3/orders" {
			continue
		}
		q, err := url.ParseQuery(x.Query)
		if err != nil {
			t.Fatal(err)
		}
		if q.Get("orderby") != "modified" || q.Get("dates_are_gmt") != "true" || q.Get("order") != "asc" {
			t.Errorf("request %s", x.Query)
		}
		if q.Get("status") == "any" && q.Get("modified_after") == "2026-11-20T17:59:59" {
			pages++
		}
	}
	if pages != 3 {
		t.Errorf("%d pages were asked for, want 3 and none beyond", pages)
	}
	for id, deleted := range map[int]string{505: "true", 535: "true", 565: "true", 723: "true", 361: "false", 368: "false"} {
		w.want(deleted, `SELECT bool_or(deleted_at IS NOT NULL)::text FROM woocommerce_order WHERE woocommerce_object_id = $1 AND integration_id = $2::text::uuid`, id, w.integration)
	}
}
