package sandbox

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// Objects of the fixtures.
const (
	cashOrder   = "6104880336671"
	openOrder   = "6104829900421"
	bankOrder   = "6104977600713"
	partOrder   = "6104855017289"
	teaProduct  = "8301177204811"
	noCustomers = "7211016620033"
)

// everyTopic opens an account that is told of everything.
func everyTopic(t *testing.T) *Account {
	t.Helper()
	a := shopAccount(t, nil)
	topics := a.manifest.Registrable()
	if len(topics) != 24 {
		t.Fatalf("%d topics: %v", len(topics), topics)
	}
	shopHook(t, a, topics...)
	return a
}

func TestShopifyTopicsOfChanges(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Account) error
		want   string
	}{
		{"new order", func(a *Account) error {
			_, err := a.Create("orders", map[string]any{"name": "#1012", "line_items": []any{}}, nil)
			return err
		}, "orders/create"},
		{"order changed", updates("orders", openOrder, "note", "x"), "orders/updated"},
		{"order cancelled", updates("orders", openOrder, "cancelled_at", "2026-11-20T10:00:00+01:00"), "orders/cancelled orders/updated"},
		{"order edited", updates("orders", openOrder, "line_items.0.current_quantity", 1), "orders/edited orders/updated"},
		{"order closed", updates("orders", openOrder, "closed_at", "2026-11-20T10:00:00+01:00"), "orders/updated"},
		{"order deleted", func(a *Account) error { return a.Delete("orders", cashOrder) }, "orders/delete"},
		{"money came", func(a *Account) error { return pay(a, "success") }, "order_transactions/create orders/updated"},
		{"nothing came yet", func(a *Account) error { return pay(a, "pending") }, "orders/updated"},
		{"refund", func(a *Account) error {
			_, err := a.Create("refunds", map[string]any{"order_id": number(openOrder), "note": "n", "refund_line_items": []any{}}, map[string]string{"order_id": openOrder})
			return err
		}, "refunds/create orders/updated"},
		{"parcel sent", func(a *Account) error {
			_, err := a.Create("fulfillments", map[string]any{"order_id": number(openOrder), "status": "success"}, map[string]string{"order_id": openOrder})
			return err
		}, "fulfillments/create orders/updated"},
		{"parcel arrived", func(a *Account) error {
			_, err := a.Update("fulfillments", keysBelow(a, "fulfillments", partOrder)[0], map[string]any{"shipment_status": "delivered"})
			return err
		}, "fulfillments/update orders/updated"},
		{"product changed", updates("products", teaProduct, "title", "Tee"), "products/update"},
		{"product deleted", func(a *Account) error { return a.Delete("products", teaProduct) }, "products/delete"},
		{"variant changed", func(a *Account) error {
			_, err := a.Update("product_variants", a.store["product_variants"].records[0].key, map[string]any{"price": "1.00"})
			return err
		}, "products/update"},
		{"customer deleted", func(a *Account) error { return a.Delete("customers", noCustomers) }, "customers/delete"},
		{"stock changed", updates("inventory_levels", "", "available", 7), "inventory_levels/update"},
		{"stock of another place", func(a *Account) error {
			_, err := a.Create("inventory_levels", map[string]any{
				"inventory_item_id": number(a.store["inventory_items"].records[0].key), "location_id": 71219930453, "available": nil}, nil)
			return err
		}, "inventory_levels/connect"},
		{"no stock there", func(a *Account) error {
			return a.Delete("inventory_levels", a.store["inventory_levels"].records[0].key)
		}, "inventory_levels/disconnect"},
		{"checkout begun", func(a *Account) error {
			_, err := a.Create("checkouts", map[string]any{"token": "t", "line_items": []any{}}, nil)
			return err
		}, "checkouts/create"},
		{"checkout changed", updates("checkouts", "37104733390049", "email", "a@example.com"), "checkouts/update"},
		{"checkout deleted", func(a *Account) error { return a.Delete("checkouts", "37104733390049") }, "checkouts/delete"},
		{"dispute", func(a *Account) error {
			_, err := a.Create("disputes", map[string]any{"order_id": nil, "status": "needs_response", "initiated_at": "2026-11-20T10:00:00+01:00"}, nil)
			return err
		}, "disputes/create"},
		{"dispute lost", updates("disputes", "10444771903", "status", "lost"), "disputes/update"},
		{"payout", updates("payouts", "108800711049", "status", "paid"), ""},
		{"price rule", updates("price_rules", "1204471830119", "value", "-12.0"), ""},
		{"quietly", func(a *Account) error {
			return a.Quietly(func() error { return updates("orders", openOrder, "note", "y")(a) })
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := everyTopic(t)
			if err := c.change(a); err != nil {
				t.Fatal(err)
			}
			if got := topicsOf(a.Outbox()); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// updates changes one field; without a key it is the first object's.
func updates(object, key, field string, value any) func(*Account) error {
	return func(a *Account) error {
		if key == "" {
			key = a.store[object].records[0].key
		}
		_, err := a.Update(object, key, map[string]any{field: value})
		return err
	}
}

func keysBelow(a *Account, object, order string) []string {
	var keys []string
	for _, r := range a.store[object].records {
		if r.text("order_id") == order {
			keys = append(keys, r.key)
		}
	}
	return keys
}

func pay(a *Account, status string) error {
	_, err := a.Create("transactions", map[string]any{"order_id": number(bankOrder), "kind": "capture", "status": status, "amount": "1.00"},
		map[string]string{"order_id": bankOrder})
	return err
}

// TestShopifyPendingBecomesSuccess: a transaction has no time of change, but its order has.
func TestShopifyPendingBecomesSuccess(t *testing.T) {
	a := everyTopic(t)
	key := keysBelow(a, "transactions", bankOrder)[0]
	if _, err := a.Update("transactions", key, map[string]any{"status": "success"}); err != nil {
		t.Fatal(err)
	}
	sent := a.Outbox()
	if topicsOf(sent) != "order_transactions/create orders/updated" {
		t.Fatalf("%s", topicsOf(sent))
	}
	if status, _ := text(sent[0].Body, "status"); status != "success" {
		t.Errorf("the transaction's status is %s", status)
	}
	if at, _ := text(sent[1].Body, "updated_at"); at != "2026-11-20T10:00:25+01:00" { // 24 webhooks were registered before
		t.Errorf("the order changed at %s", at)
	}
}

// TestShopifyShowsWhatHangsBelow: an order shows its refunds and fulfillments, a product its variants.
func TestShopifyShowsWhatHangsBelow(t *testing.T) {
	a := everyTopic(t)
	context := map[string]string{"order_id": openOrder}
	refund, err := a.Create("refunds", map[string]any{"order_id": number(openOrder), "note": "n"}, context)
	if err != nil {
		t.Fatal(err)
	}
	parcel, err := a.Create("fulfillments", map[string]any{"order_id": number(openOrder), "status": "open"}, context)
	if err != nil {
		t.Fatal(err)
	}
	if parcel, err = a.Update("fulfillments", parcel.Key, map[string]any{"status": "success"}); err != nil {
		t.Fatal(err)
	}
	order, _ := a.Object("orders", openOrder)
	for path, want := range map[string][]byte{"refunds.0": refund.Body, "fulfillments.0": parcel.Body} {
		if got, _ := raw(order.Body, path); string(got) != string(want) {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	product, _ := a.Object("products", teaProduct)
	variant := texts(product.Body, "variants.id")[1]
	if err := a.Delete("product_variants", variant); err != nil {
		t.Fatal(err)
	}
	product, _ = a.Object("products", teaProduct)
	if left := texts(product.Body, "variants.id"); len(left) != 2 || slices.Contains(left, variant) {
		t.Errorf("the product has the variants %v", left)
	}
}

func TestShopifyEditTellsOfItsOrder(t *testing.T) {
	a := everyTopic(t)
	before, _ := a.Object("orders", openOrder)
	lines := texts(before.Body, "line_items.id")
	line, _ := raw(before.Body, "line_items.1")
	added, err := set(line, "id", []byte("15330099999999"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Update("orders", openOrder, map[string]any{
		"line_items.0.current_quantity": 1, "line_items.2": decode(t, added),
	}); err != nil {
		t.Fatal(err)
	}
	edited := a.Outbox()[0]
	if edited.Topic != "orders/edited" || edited.Object != "orders" || edited.Key != openOrder {
		t.Fatalf("%s of %s %s", edited.Topic, edited.Object, edited.Key)
	}
	for path, want := range map[string]string{
		"order_edit.order_id": openOrder, "order_edit.committed_at": "2026-11-20T10:00:25+01:00",
		"order_edit.line_items.additions": `[{"id":15330099999999,"delta":1}]`,
		"order_edit.line_items.removals":  fmt.Sprintf(`[{"id":%s,"delta":-2}]`, lines[0]),
	} {
		if got, _ := raw(edited.Body, path); strings.Trim(string(got), `"`) != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if _, has := raw(edited.Body, "id"); has {
		t.Error("the body looks like an order")
	}
}

func TestShopifyDeletePayloads(t *testing.T) {
	a := everyTopic(t)
	tea, _ := a.Object("products", teaProduct)
	level := a.store["inventory_levels"].records[0]
	item, location, _ := strings.Cut(level.key, "/")
	for _, c := range []struct{ object, key, want string }{
		{"orders", cashOrder, `{"id":` + cashOrder + `}`},
		{"products", teaProduct, `{"id":` + teaProduct + `}`},
		{"checkouts", "37104733390049", `{"id":37104733390049}`},
		{"customers", noCustomers, `{"id":` + noCustomers + `,"tax_exemptions":[],"admin_graphql_api_id":"gid:\/\/shopify\/Customer\/` + noCustomers + `"}`},
		{"inventory_levels", level.key, `{"inventory_item_id":` + item + `,"location_id":` + location + `}`},
	} {
		if err := a.Delete(c.object, c.key); err != nil {
			t.Fatal(err)
		}
		sent := a.Outbox()
		if len(sent) != 1 || string(sent[0].Body) != c.want {
			t.Errorf("%s: %s, want %s", c.object, sent[0].Body, c.want)
		}
	}
	// What hung below went along, without a word.
	if err := a.Purge("orders", partOrder); err != nil {
		t.Fatal(err)
	}
	if left := append(keysBelow(a, "transactions", partOrder), keysBelow(a, "fulfillments", partOrder)...); len(left) > 0 {
		t.Errorf("of the order that was removed for good %v are still there", left)
	}
	if left := keysBelow(a, "transactions", cashOrder); len(left) > 0 {
		t.Errorf("the deleted order's transactions %v are still there", left)
	}
	if slices.ContainsFunc(a.Objects("product_variants"), func(o Object) bool { v, _ := text(o.Body, "product_id"); return v == teaProduct }) {
		t.Error("the deleted product's variants are still listed")
	}
	items := texts(tea.Body, "variants.inventory_item_id")
	for _, object := range []string{"inventory_items", "inventory_levels"} {
		if slices.ContainsFunc(a.store[object].records, func(r *record) bool {
			id, _, _ := strings.Cut(r.key, "/")
			return slices.Contains(items, id)
		}) {
			t.Errorf("the deleted product's %s are still there", object)
		}
	}
}

// TestShopifyCreatedShape: a new object has the fields of its like in their order, its times with the shop's offset, and
// a global id; a level's number is not its location's.
func TestShopifyCreatedShape(t *testing.T) {
	a := shopAccount(t, nil)
	made, err := a.Create("orders", map[string]any{"zzz": 1, "name": "#1012", "customer": nil}, nil)
	if err != nil {
		t.Fatal(err)
	}
	like, _ := a.Object("orders", bankOrder)
	if got, want := keys(made.Body), append(keys(like.Body), "zzz"); !slices.Equal(got, want) {
		t.Errorf("fields %v, want %v", got, want)
	}
	for path, want := range map[string]string{
		"name": `"#1012"`, "created_at": `"2026-11-20T10:00:01+01:00"`, "updated_at": `"2026-11-20T10:00:01+01:00"`, "cancelled_at": "null",
		"line_items": "[]", "test": "false", "id": made.Key, "admin_graphql_api_id": `"gid:\/\/shopify\/Order\/` + made.Key + `"`,
	} {
		if got, _ := raw(made.Body, path); string(got) != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	if n := number(made.Key); n <= 1<<53 {
		t.Errorf("the new id %d can be a float", n)
	}
	level, err := a.Create("inventory_levels", map[string]any{"inventory_item_id": number(a.store["inventory_items"].records[0].key), "location_id": 71219930453, "available": -2}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if gid, _ := text(level.Body, "admin_graphql_api_id"); strings.Contains(gid, "71219930453") || !strings.HasPrefix(gid, "gid://shopify/InventoryLevel/") {
		t.Errorf("the level's global id is %s", gid)
	}
}

// TestShopifyFirstOfItsKind: without another to be like, an object still has its times.
func TestShopifyFirstOfItsKind(t *testing.T) {
	s, err := New(Config{Manifest: shopManifest(t), Seed: &Seed{At: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}})
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Open(AccountConfig{URL: shopURL, Credentials: map[string]string{"access_token": shopToken}})
	if err != nil {
		t.Fatal(err)
	}
	made, err := a.Create("locations", map[string]any{"name": "Laden"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"name":"Laden","id":1,"created_at":"2026-11-20T10:00:01+01:00","updated_at":"2026-11-20T10:00:01+01:00","admin_graphql_api_id":"gid:\/\/shopify\/Location\/1"}`
	if string(made.Body) != want {
		t.Errorf("%s, want %s", made.Body, want)
	}
}

func keys(doc []byte) []string {
	var names []string
	members(doc, 0, func(key, _ span) bool {
		name, _ := scalar(doc[key.start:key.end])
		names = append(names, name)
		return true
	})
	return names
}

func TestShopifyShowsTenAddresses(t *testing.T) {
	a := everyTopic(t)
	const many = "7211023377415"
	before, _ := a.Object("customers", many)
	shown := texts(before.Body, "addresses.id")
	if len(shown) != 10 {
		t.Fatalf("the customer has %d addresses", len(shown))
	}
	if _, err := a.Update("customers", many, map[string]any{"addresses.10": map[string]any{"id": 8419999999999, "default": false}}); err != nil {
		t.Fatal(err)
	}
	after := texts(a.Outbox()[0].Body, "addresses.id")
	want := append([]string{shown[0]}, append(slices.Clone(shown[2:]), "8419999999999")...) // the first is the default one
	if !slices.Equal(after, want) {
		t.Errorf("addresses %v, want %v", after, want)
	}
}
