package sandbox

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
)

func shopSeed(t testing.TB) (*manifest.Manifest, *Seed) {
	t.Helper()
	m := shopManifest(t)
	seed, err := SeedFromFixtures(m, os.DirFS("../../fixtures/shopify"))
	if err != nil {
		t.Fatal(err)
	}
	return m, seed
}

func TestMultiplyIsDeterministic(t *testing.T) {
	_, one := shopSeed(t)
	_, two := shopSeed(t)
	for name, objects := range one.Objects {
		if !slices.EqualFunc(objects, two.Objects[name], func(a, b Object) bool {
			return a.Key == b.Key && string(a.Body) == string(b.Body) && maps.Equal(a.Context, b.Context)
		}) {
			t.Errorf("%s came out differently the second time", name)
		}
	}
}

func TestMultiplyMakesUniqueObjects(t *testing.T) {
	m, seed := shopSeed(t)
	for name, want := range map[string]int{"orders": 262, "customers": 256, "products": 66, "locations": 3} {
		if n := len(seed.Objects[name]); n != want {
			t.Errorf("%d of %s, want %d", n, name, want)
		}
	}
	for i := range m.Objects {
		o := &m.Objects[i]
		seen := map[ownID]bool{}
		for _, one := range seed.Objects[o.Name] {
			if key, _ := keyOf(one.Body, o.Key); key != one.Key {
				t.Errorf("%s is said to have the key %s, its body has %s", o.Name, one.Key, key)
			}
			for id := range ownIDs(o, one.Body) {
				if seen[id] {
					t.Errorf("%s: %s has the id %s twice", o.Name, id.kind, id.value)
				}
				seen[id] = true
			}
		}
	}
	for object, paths := range map[string][]string{
		"orders":    {"name", "number", "order_number", "confirmation_number", "token", "order_status_url", "checkout_token", "admin_graphql_api_id"},
		"customers": {"email", "admin_graphql_api_id"},
		"products":  {"handle", "images.src", "images.admin_graphql_api_id", "variants.inventory_item_id"},
	} {
		for _, path := range paths {
			seen := map[string]bool{}
			for _, o := range seed.Objects[object] {
				for _, v := range texts(o.Body, path) {
					if seen[v] {
						t.Errorf("%s: two have the %s %s", object, path, v)
					}
					seen[v] = true
				}
			}
		}
	}
}

// TestMultiplyKeepsFamiliesTogether: what hangs below a clone is the clone's, and no clone touches another's.
func TestMultiplyKeepsFamiliesTogether(t *testing.T) {
	_, seed := shopSeed(t)
	below := func(object, field string) map[string][]string {
		out := map[string][]string{}
		for _, o := range seed.Objects[object] {
			parent, _ := text(o.Body, field)
			out[parent] = append(out[parent], string(o.Body))
			for name, value := range o.Context {
				if own, _ := text(o.Body, name); own != value {
					t.Errorf("%s %s has %s %s and hangs on %s", object, o.Key, name, own, value)
				}
			}
		}
		return out
	}
	refunds, fulfillments, transactions := below("refunds", "order_id"), below("fulfillments", "order_id"), below("transactions", "order_id")
	for _, order := range seed.Objects["orders"] {
		for field, all := range map[string]map[string][]string{"refunds": refunds, "fulfillments": fulfillments} {
			shown, _ := raw(order.Body, field)
			if want := "[" + strings.Join(all[order.Key], ",") + "]"; string(shown) != want {
				t.Errorf("order %s shows other %s than hang below it", order.Key, field)
			}
		}
		if len(transactions[order.Key]) == 0 {
			t.Errorf("order %s has no transaction", order.Key)
		}
		lines := texts(order.Body, "line_items.id")
		for _, refund := range refunds[order.Key] {
			for _, line := range texts([]byte(refund), "refund_line_items.line_item_id") {
				if !slices.Contains(lines, line) {
					t.Errorf("a refund of order %s is of line %s, which it does not have", order.Key, line)
				}
			}
			for _, transaction := range texts([]byte(refund), "transactions.id") {
				if !slices.ContainsFunc(transactions[order.Key], func(s string) bool { return strings.Contains(s, `{"id":`+transaction+",") }) {
					t.Errorf("a refund of order %s has transaction %s, which the order does not", order.Key, transaction)
				}
			}
		}
	}
	variants, items := below("product_variants", "product_id"), map[string]bool{}
	for _, product := range seed.Objects["products"] {
		shown, _ := raw(product.Body, "variants")
		if want := "[" + strings.Join(variants[product.Key], ",") + "]"; string(shown) != want {
			t.Errorf("product %s shows other variants than it has", product.Key)
		}
		for _, item := range texts(product.Body, "variants.inventory_item_id") {
			items[item] = true
		}
	}
	for _, item := range seed.Objects["inventory_items"] {
		if !items[item.Key] {
			t.Errorf("item %s is of no variant", item.Key)
		}
		delete(items, item.Key)
	}
	for _, level := range seed.Objects["inventory_levels"] {
		if item, _ := text(level.Body, "inventory_item_id"); items[item] {
			t.Errorf("a level is of item %s, which is not there", item)
		}
	}
	if len(items) > 0 {
		t.Errorf("variants have items that are not there: %v", items)
	}
	customers := map[string]bool{}
	for _, c := range seed.Objects["customers"] {
		customers[c.Key] = true
	}
	for _, o := range seed.Objects["orders"] {
		if id, ok := text(o.Body, "customer.id"); ok && !customers[id] {
			t.Errorf("order %s is of customer %s, who is not there", o.Key, id)
		}
	}
}

// TestMultiplyKeepsNumbersAndShape: a clone differs from its template in ids, times and what is fresh, and in nothing else.
func TestMultiplyKeepsNumbersAndShape(t *testing.T) {
	_, seed := shopSeed(t)
	shapes := map[string]bool{}
	shape := func(body []byte) string {
		return string(rewriteScalars(body, func(path string, v []byte) []byte {
			switch {
			case v[0] == '"':
				return []byte(`""`)
			case path == "number" || v[0] >= '0' && v[0] <= '9' && !strings.ContainsAny(string(v), ".eE") && len(v) >= 3:
				return []byte("0") // ids and counters
			}
			return v
		}))
	}
	orders := seed.Objects["orders"]
	for _, template := range orders[len(orders)-11:] {
		shapes[shape(template.Body)] = true
	}
	for _, o := range orders {
		if !json.Valid(o.Body) || !shapes[shape(o.Body)] {
			t.Fatalf("order %s has another shape than every template", o.Key)
		}
		at, _ := text(o.Body, "updated_at")
		if changed, ok := shopifyTime(at); !ok || changed.After(seed.At) {
			t.Errorf("order %s was changed at %s, the seed is of %s", o.Key, at, seed.At)
		}
	}
	if big := orders[len(orders)-1]; big.Key != "720031994455667789" {
		t.Errorf("the newest order is %s", big.Key)
	}
	if clone := orders[0]; len(clone.Key) != 13 || clone.Key >= orders[len(orders)-11].Key {
		t.Errorf("the oldest clone %s is not before its template", clone.Key)
	}
	// A customer that an order shows is no clone: the customer's own times stay.
	people := map[string]string{}
	for _, c := range seed.Objects["customers"] {
		people[c.Key], _ = text(c.Body, "created_at")
	}
	for _, o := range orders {
		id, ok := text(o.Body, "customer.id")
		if since, _ := text(o.Body, "customer.created_at"); ok && since != people[id] {
			t.Errorf("order %s says that customer %s is of %s, the customer says %s", o.Key, id, since, people[id])
		}
	}
}

func BenchmarkSeedFromFixtures(b *testing.B) {
	m := shopManifest(b)
	for b.Loop() {
		if _, err := SeedFromFixtures(m, os.DirFS("../../fixtures/shopify")); err != nil {
			b.Fatal(err)
		}
	}
}
