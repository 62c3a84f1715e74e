package reference_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBatchesAskForManyAtOnce(t *testing.T) {
	s := newShop(t)
	s.lists("/products.json", "products", `{"id":1,"updated_at":"2026-11-01T00:00:00Z"}`)
	var variants []string
	for i := range 205 {
		variants = append(variants, fmt.Sprintf(`{"id":%d,"product_id":1,"inventory_item_id":%d}`, 1000+i, 5000+i))
	}
	s.lists("/products/1/variants.json", "variants", variants...)
	s.lists("/locations.json", "locations", `{"id":71}`, `{"id":72}`)
	s.on("GET /inventory_items.json", func(w http.ResponseWriter, r *http.Request) {
		var items []string
		for id := range strings.SplitSeq(r.URL.Query().Get("ids"), ",") {
			items = append(items, `{"id":`+id+`,"tracked":true}`)
		}
		answer(w, http.StatusOK, `{"inventory_items":[`+strings.Join(items, ",")+`]}`)
	})
	s.lists("/inventory_levels.json", "inventory_levels", `{"inventory_item_id":5000,"location_id":71,"available":3}`)

	got := s.sync("")
	// Three lists by status give the one product.
	wants(t, got, "fetch_and_ingest_products", 3+205, 1+205, 0)
	wants(t, got, "fetch_and_ingest_inventory", 2+205+1, 2+205+1, 0)
	var sizes []int
	for _, query := range s.requests("/inventory_items.json") {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(strings.Split(q.Get("ids"), ",")))
		if q.Get("limit") != "250" {
			t.Errorf("%s has no limit", query)
		}
	}
	total := 0
	for _, n := range sizes {
		total += n
		if n > 100 {
			t.Errorf("one request asks for %d items, and 100 may be asked for", n)
		}
	}
	if len(sizes) != 3 || total != 205 {
		t.Errorf("batches of %v, want 3 with 205 together", sizes)
	}
	if diff := cmp.Diff([]string{"limit=250&location_ids=71%2C72"}, s.requests("/inventory_levels.json")); diff != "" {
		t.Error(diff)
	}
	// The locations have no pages, so nothing about pages is asked.
	if diff := cmp.Diff([]string{""}, s.requests("/locations.json")); diff != "" {
		t.Error(diff)
	}
	wants(t, s.sync("", "fetch_and_ingest_inventory"), "fetch_and_ingest_inventory", 208, 0, 0)
}

func TestNoBatchWithoutValues(t *testing.T) {
	s := newShop(t)
	s.lists("/locations.json", "locations")
	wants(t, s.sync("", "fetch_and_ingest_inventory"), "fetch_and_ingest_inventory", 0, 0, 0)
	if asked := s.requests("/inventory_levels.json"); len(asked) > 0 {
		t.Errorf("levels of no location were asked for: %v", asked)
	}
}

func TestOnlyChangedParentsAreAskedAgain(t *testing.T) {
	s := newShop(t)
	s.lists("/orders.json", "orders",
		`{"id":1,"updated_at":"2026-11-01T00:00:00+01:00"}`, `{"id":2,"updated_at":"2026-11-02T00:00:00+01:00"}`, `{"id":3}`)
	s.lists("/price_rules.json", "price_rules", `{"id":9,"updated_at":"2026-01-01T00:00:00Z"}`)
	for _, id := range []string{"1", "2", "3"} {
		s.lists("/orders/"+id+"/transactions.json", "transactions", `{"id":1`+id+`,"order_id":`+id+`}`)
	}
	s.lists("/price_rules/9/discount_codes.json", "discount_codes", `{"id":5,"price_rule_id":9}`)
	functions := []string{"fetch_and_ingest_orders", "fetch_and_ingest_transactions", "fetch_and_ingest_price_rules"}
	got := s.sync("", functions...)
	wants(t, got, "fetch_and_ingest_transactions", 3, 3, 0)
	wants(t, got, "fetch_and_ingest_price_rules", 2, 2, 0)
	for _, id := range []string{"1", "2", "3"} {
		s.requests("/orders/" + id + "/transactions.json")
	}
	s.requests("/orders.json")
	s.requests("/price_rules/9/discount_codes.json")

	// The boundary is order 2's very second; order 3 has no time, so nobody knows that it did not change.
	s.lists("/orders.json", "orders", `{"id":2,"updated_at":"2026-11-02T00:00:00+01:00"}`)
	got = s.sync("2026-11-01T23:00:00Z", functions...)
	wants(t, got, "fetch_and_ingest_transactions", 2, 0, 0)
	for id, times := range map[string]int{"1": 0, "2": 1, "3": 1} {
		if asked := s.requests("/orders/" + id + "/transactions.json"); len(asked) != times {
			t.Errorf("transactions of order %s were asked for %d times, want %d", id, len(asked), times)
		}
	}
	if diff := cmp.Diff([]string{"limit=250&status=any&updated_at_min=2026-11-01T23%3A00%3A00Z"}, s.requests("/orders.json")); diff != "" {
		t.Error(diff)
	}
	// Codes are not said to move their rule's time: all are read again.
	if asked := s.requests("/price_rules/9/discount_codes.json"); len(asked) != 1 {
		t.Errorf("codes were asked for %d times", len(asked))
	}
	// A transaction without a time of change that says something else is a new state of it.
	s.lists("/orders/2/transactions.json", "transactions", `{"id":12,"order_id":2,"status":"success"}`)
	wants(t, s.sync("2026-11-01T23:00:00Z", functions...), "fetch_and_ingest_transactions", 2, 1, 0)
	s.want("success", `SELECT status FROM shopify_transaction WHERE shopify_object_id = 12`)
}

func TestLinksAreFollowedVerbatim(t *testing.T) {
	s := newShop(t)
	// An address that nobody would build by parsing and encoding again.
	const second = "limit=2&page_info=eyJhIjoiYiJ9%3d%3D+x&fields="
	s.on("GET /customers.json", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("page_info") {
			w.Header().Set("Link", fmt.Sprintf(`<%s%s/customers.json?limit=2&page_info=before>; rel="previous"`, s.URL, apiPath))
			answer(w, http.StatusOK, `{"customers":[{"id":3}]}`)
			return
		}
		w.Header().Set("Link", fmt.Sprintf(`<%[1]s%[2]s/customers.json?limit=2&page_info=x>; rel="previous", <%[1]s%[2]s/customers.json?%[3]s>; rel="next"`, s.URL, apiPath, second))
		answer(w, http.StatusOK, `{"customers":[{"id":1},{"id":2}]}`)
	})
	wants(t, s.sync("2026-11-01T00:00:00Z", "fetch_and_ingest_customers"), "fetch_and_ingest_customers", 3, 3, 0)
	if diff := cmp.Diff([]string{"limit=250&updated_at_min=2026-11-01T00%3A00%3A00Z", second}, s.requests("/customers.json")); diff != "" {
		t.Error(diff)
	}
}

func TestLinksThatLeadInACircleEnd(t *testing.T) {
	s := newShop(t)
	s.on("GET /customers.json", func(w http.ResponseWriter, r *http.Request) {
		next := map[string]string{"": "a", "a": "b", "b": "a"}[r.URL.Query().Get("page_info")]
		w.Header().Set("Link", fmt.Sprintf(`<%s%s/customers.json?page_info=%s>; rel="next"`, s.URL, apiPath, next))
		answer(w, http.StatusOK, `{"customers":[{"id":1}]}`)
	})
	got := s.sync("", "fetch_and_ingest_customers")
	wants(t, got, "fetch_and_ingest_customers", 3, 1, 1)
	if r := got["fetch_and_ingest_customers"]; !strings.Contains(r.Error, "circle") {
		t.Error(r.Error)
	}
}

func TestAFeatureTheShopLacksIsNoFailure(t *testing.T) {
	s := newShop(t)
	s.lists("/customers.json", "customers", `{"id":1}`)
	got := s.sync("", "fetch_and_ingest_payouts", "fetch_and_ingest_disputes", "fetch_and_ingest_customers")
	for _, function := range []string{"fetch_and_ingest_payouts", "fetch_and_ingest_disputes"} {
		wants(t, got, function, 0, 0, 0)
		if note := got[function].Note; !strings.Contains(note, "Shopify Payments") {
			t.Errorf("%s says %q", function, note)
		}
	}
	if note := got["fetch_and_ingest_payouts"].Note; !strings.Contains(note, "payouts are") || !strings.Contains(note, "balance_transactions are") {
		t.Errorf("the note %q is not of both objects", note)
	}
	wants(t, got, "fetch_and_ingest_customers", 1, 1, 0)
	if note := got["fetch_and_ingest_customers"].Note; note != "" {
		t.Error(note)
	}
	// In the middle of a walk the same answer is a failure, and so is another one at its beginning.
	s.on("GET /shopify_payments/payouts.json", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("page_info") {
			answer(w, http.StatusNotFound, `{"errors":"Not Found"}`)
			return
		}
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?page_info=x>; rel="next"`, s.URL, r.URL.Path))
		answer(w, http.StatusOK, `{"payouts":[{"id":1}]}`)
	})
	s.says("GET /shopify_payments/disputes.json", http.StatusForbidden, `{"errors":"[API] This action requires merchant approval for another scope."}`)
	got = s.sync("", "fetch_and_ingest_payouts", "fetch_and_ingest_disputes")
	wants(t, got, "fetch_and_ingest_payouts", 1, 1, 1)
	wants(t, got, "fetch_and_ingest_disputes", 0, 0, 1)
	if r := got["fetch_and_ingest_disputes"]; !strings.Contains(r.Error, "HTTP 403 [API] This action requires merchant approval") {
		t.Error(r.Error)
	}
}

// TestARefusalIsNotAskedAgain: a frozen or locked shop stays so, and the next sync resumes.
func TestARefusalIsNotAskedAgain(t *testing.T) {
	s := newShop(t)
	for status, body := range map[int]string{402: `{"errors":"Unavailable Shop"}`, 423: `{"errors":{"shop":["is locked"]}}`} {
		s.says("GET /customers.json", status, body)
		got := s.sync("", "fetch_and_ingest_customers")
		wants(t, got, "fetch_and_ingest_customers", 0, 0, 1)
		if asked := s.requests("/customers.json"); len(asked) != 1 {
			t.Errorf("HTTP %d was asked for %d times", status, len(asked))
		}
		want := map[int]string{402: "HTTP 402 Unavailable Shop", 423: "HTTP 423 shop: is locked"}[status]
		if r := got["fetch_and_ingest_customers"]; !strings.Contains(r.Error, want) {
			t.Errorf("%q, want %q", r.Error, want)
		}
	}
	s.lists("/customers.json", "customers", `{"id":1}`)
	wants(t, s.sync("", "fetch_and_ingest_customers"), "fetch_and_ingest_customers", 1, 1, 0)
}
