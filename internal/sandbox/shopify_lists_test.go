package sandbox

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestShopifyWalksByLink(t *testing.T) {
	a := shopAccount(t, nil)
	for _, c := range []struct {
		path, at     string
		total, pages int
	}{
		{"/orders.json?status=any&limit=250", "orders", 262, 2},
		{"/orders.json?status=any", "orders", 262, 6}, // 50 are a page unless said otherwise
		{"/customers.json?limit=250", "customers", 256, 2},
		{"/products.json?status=active,archived,draft&limit=60", "products", 66, 2},
		{"/products.json?status=active,archived,draft&limit=7", "products", 66, 10},
	} {
		ids, pages := shopWalk(t, a, c.path, c.at)
		if len(ids) != c.total || pages != c.pages {
			t.Errorf("%s: %d in %d pages, want %d in %d", c.path, len(ids), pages, c.total, c.pages)
		}
		if !slices.IsSortedFunc(ids, compareIDs) || len(slices.Compact(slices.Clone(ids))) != len(ids) {
			t.Errorf("%s: not each id once and in order", c.path)
		}
	}
}

func TestShopifyLinksAndPages(t *testing.T) {
	a := shopAccount(t, nil)
	_, first := shopGet(t, a, "/orders.json?status=any&limit=250&updated_at_min=2020-01-01T00:00:00Z")
	if link := first.Get("Link"); strings.Contains(link, "previous") || strings.Contains(link, "status=") || !strings.Contains(link, "limit=250") {
		t.Errorf("the first page's link: %s", link)
	}
	_, last := shopGet(t, a, nextLink(t, first))
	if link := last.Get("Link"); !strings.Contains(link, `rel="previous"`) || strings.Contains(link, `rel="next"`) {
		t.Errorf("the last page's link: %s", link)
	}
	if _, one := shopGet(t, a, "/locations.json"); one.Get("Link") != "" {
		t.Errorf("a list of one page has a Link: %s", one.Get("Link"))
	}
	// The cursor keeps the filter of the first page.
	ids, _ := shopWalk(t, a, "/orders.json?status=cancelled&limit=10", "orders")
	if cancelled := shopIDs(t, a, "/orders.json?status=cancelled&limit=250", "orders"); !slices.Equal(ids, cancelled) || len(ids) < 11 {
		t.Errorf("%d cancelled orders in pages of 10, %d in one", len(ids), len(cancelled))
	}
}

func TestShopifyDefaultFilters(t *testing.T) {
	a := shopAccount(t, nil)
	count := func(path string) int {
		body, _ := shopGet(t, a, path)
		n, _ := text([]byte(body), "count")
		return int(number(n))
	}
	if all, open := count("/orders/count.json?status=any"), count("/orders/count.json"); all != 262 || open >= all || open == 0 {
		t.Errorf("%d orders, %d of them by default", all, open)
	}
	if n := count("/products/count.json"); n != 66 {
		t.Errorf("%d products are counted, there are 66 of all statuses", n)
	}
	body, _ := shopGet(t, a, "/orders.json?limit=250")
	if closed := texts([]byte(body), "orders.closed_at"); len(closed) > 0 {
		t.Errorf("%d closed orders by default", len(closed))
	}
	open, closed := shopIDs(t, a, "/checkouts.json", "checkouts"), shopIDs(t, a, "/checkouts.json?status=closed", "checkouts")
	if len(open) != 3 || len(closed) != 2 {
		t.Errorf("%d open and %d closed checkouts", len(open), len(closed))
	}
	body, _ = shopGet(t, a, "/products.json?limit=250")
	statuses := texts([]byte(body), "products.status")
	if slices.Contains(statuses, "draft") || slices.Contains(statuses, "archived") || !slices.Contains(statuses, "unlisted") {
		t.Errorf("products by default have the statuses %v", statuses)
	}
}

func TestShopifyFilters(t *testing.T) {
	a := shopAccount(t, nil)
	const big = "9007199254740993" // 2^53 + 1
	for _, c := range []struct {
		path, at string
		want     []string
	}{
		{"/orders.json?status=any&ids=" + big + ",6104773291845", "orders", []string{"6104773291845", big}},
		{"/orders.json?status=any&since_id=6105003318467", "orders", []string{big, "720031994455667789"}},
		{"/orders.json?status=any&since_id=9007199254740992&limit=1", "orders", []string{big}},
		{"/orders.json?status=any&name=%231010", "orders", []string{big}},
		{"/orders.json?status=any&updated_at_min=2026-11-19T23:00:00Z", "orders", []string{"720031994455667789"}},        // inclusive
		{"/orders.json?status=any&updated_at_min=2026-11-20T00:00:00%2B01:00", "orders", []string{"720031994455667789"}}, // the same second
		{"/orders.json?status=any&updated_at_min=2026-11-20T00:00:01%2B01:00", "orders", nil},                            // the next one
		{"/orders.json?status=any&created_at_min=2026-11-17T13:13:10%2B01:00&created_at_max=2026-11-18T00:00:00Z", "orders", []string{big}},
		{"/orders.json?status=any&created_at_min=2026-11-12T00:00:00Z&financial_status=pending", "orders", []string{"6104977600713"}},
		{"/products.json?handle=gutschein&status=archived", "products", []string{"8301310874549"}},
		{"/shopify_payments/payouts.json?date_min=2026-11-19", "payouts", []string{"108800711049", "108800590213"}},
		{"/shopify_payments/payouts.json?status=paid", "payouts", []string{"108800471193"}},
		{"/shopify_payments/disputes.json?initiated_at=2026-11-18", "disputes", []string{"10444902261"}},
	} {
		if got := shopIDs(t, a, c.path, c.at); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.path, got, c.want)
		}
	}
	if body, _ := shopGet(t, a, "/orders.json?status=any&ids="+big+"&fields=id,customer.id"); body != `{"orders":[{"id":`+big+`,"customer":{"id":9007199254741117}}]}` {
		t.Errorf("fields: %s", body)
	}
}

// TestShopifyNewestFirst: payouts come by date and disputes by their beginning, neither by id.
func TestShopifyNewestFirst(t *testing.T) {
	a := shopAccount(t, nil)
	for _, c := range []struct{ path, at, by string }{
		{"/shopify_payments/payouts.json", "payouts", "date"}, {"/shopify_payments/disputes.json", "disputes", "initiated_at"},
	} {
		body, _ := shopGet(t, a, c.path)
		times := texts([]byte(body), c.at+"."+c.by)
		slices.Reverse(times)
		if len(times) < 3 || !slices.IsSorted(times) {
			t.Errorf("%s: oldest to newest %v", c.path, times)
		}
		if ids := texts([]byte(body), c.at+".id"); slices.IsSortedFunc(ids, compareIDs) {
			t.Errorf("%s: the ids are in order too, which proves nothing", c.path)
		}
		if ids, pages := shopWalk(t, a, c.path+"?limit=2", c.at); pages < 2 || len(ids) != len(times) {
			t.Errorf("%s in pages of two: %d objects in %d pages", c.path, len(ids), pages)
		}
	}
}

func TestShopifyOrderWindow(t *testing.T) {
	all := shopAccount(t, nil)
	few := shopAccount(t, func(c *AccountConfig) { c.Scopes = []string{"read_orders"} })
	const path = "/orders.json?status=any&limit=250&fields=id,created_at"
	body, _ := shopGet(t, few, path)
	oldest := few.Now().Add(-60 * 24 * time.Hour)
	for _, at := range texts([]byte(body), "orders.created_at") {
		if created, _ := shopifyTime(at); created.Before(oldest) {
			t.Errorf("an order of %s is shown without read_all_orders", at)
		}
	}
	shown := len(texts([]byte(body), "orders.id"))
	if everything, _ := shopWalk(t, all, path, "orders"); shown == 0 || shown >= len(everything) {
		t.Errorf("%d orders of %d are in the window", shown, len(everything))
	}
	// What the lists offer, for the oracle, is what the owner grants.
	if n := len(few.Objects("orders")); n != shown {
		t.Errorf("%d orders are on offer, %d listed", n, shown)
	}
	few.Advance(24 * 60 * time.Hour) // the window moves with the account's time
	if n := len(few.Objects("orders")); n >= shown {
		t.Errorf("%d orders 60 days later", n)
	}
}

func TestShopifyInventoryNeedsIDs(t *testing.T) {
	a := shopAccount(t, nil)
	res := shopCall(a, "GET", "/inventory_levels.json", "")
	if body := read(t, res); res.StatusCode != 422 || !strings.Contains(body, `"errors"`) {
		t.Errorf("levels without ids: %d %s", res.StatusCode, body)
	}
	byLocation, _ := shopGet(t, a, "/inventory_levels.json?location_ids=71204488217,71204521009&limit=250")
	n := len(texts([]byte(byLocation), "inventory_levels.location_id"))
	if n != len(a.Objects("inventory_levels")) {
		t.Errorf("%d levels by location, %d are on offer", n, len(a.Objects("inventory_levels")))
	}
	item := texts([]byte(byLocation), "inventory_levels.inventory_item_id")[0]
	byItem, _ := shopGet(t, a, "/inventory_levels.json?inventory_item_ids="+item)
	if ids := slices.Compact(texts([]byte(byItem), "inventory_levels.inventory_item_id")); !slices.Equal(ids, []string{item}) {
		t.Errorf("levels of item %s are of %v", item, ids)
	}
	var many []string
	for i := range 51 {
		many = append(many, strconv.Itoa(71204488217+i))
	}
	if res := shopCall(a, "GET", "/inventory_levels.json?location_ids="+strings.Join(many, ","), ""); res.StatusCode != 400 {
		t.Errorf("51 locations: %d", res.StatusCode)
	}
	if res := shopCall(a, "GET", "/inventory_items.json", ""); res.StatusCode != 422 {
		t.Errorf("items without ids: %d", res.StatusCode)
	}
}

func TestShopifyCountsWhatHangsBelow(t *testing.T) {
	a := shopAccount(t, nil)
	shopHook(t, a, "orders/create", "orders/updated")
	for path, want := range map[string]int{
		"/orders/6104944471909/transactions/count.json": 4,
		"/orders/6104855017289/fulfillments/count.json": 3,
		"/products/8301177204811/variants/count.json":   3,
		"/webhooks/count.json":                          2,
		"/webhooks/count.json?topic=orders/create":      1,
	} {
		if body, _ := shopGet(t, a, path); body != fmt.Sprintf(`{"count":%d}`, want) {
			t.Errorf("%s: %s, want %d", path, body, want)
		}
	}
	if res := shopCall(a, "GET", "/orders/1/transactions/count.json", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("counting below no order: %d", res.StatusCode)
	}
	if res := shopCall(a, "GET", "/orders/6104944471909/refunds/count.json", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("refunds have no count: %d", res.StatusCode)
	}
}

func TestShopifyCursorRefusals(t *testing.T) {
	a := shopAccount(t, nil)
	_, header := shopGet(t, a, "/orders.json?status=any&limit=250")
	next := nextLink(t, header)
	since := "&updated_at_min=" + url.QueryEscape("2026-01-01T00:00:00Z")
	for path, want := range map[string]string{
		next + since:                         `{"errors":{"updated_at_min":"updated_at_min cannot be passed when page_info is present. See https://shopify.dev/api/usage/pagination-rest for more information."}}`,
		next + "&status=any":                 `{"errors":{"status":"status cannot be passed when page_info is present. See https://shopify.dev/api/usage/pagination-rest for more information."}}`,
		next + "&status=any" + since:         `{"errors":{"status":"status cannot be passed when page_info is present. See https://shopify.dev/api/usage/pagination-rest for more information."}}`,
		"/orders.json?page_info=bm9uc2Vuc2U": `{"errors":{"page_info":"Invalid value."}}`,
		"/orders.json?limit=251":             `{"errors":"Limit exceeds maximum limit of 250"}`,
		"/orders.json?updated_at_min=soon":   `{"errors":{"updated_at_min":"Invalid value."}}`,
		"/orders.json?since_id=newest":       `{"errors":{"since_id":"Invalid value."}}`,
	} {
		res := shopCall(a, "GET", path, "")
		if body := read(t, res); res.StatusCode != 400 || body != want {
			t.Errorf("%s: %d %s, want %s", path, res.StatusCode, body, want)
		}
	}
	if body, _ := shopGet(t, a, next+"&fields=number"); !strings.HasPrefix(body, `{"orders":[{"number":`) {
		t.Errorf("fields may accompany page_info: %.80s", body)
	}
}
