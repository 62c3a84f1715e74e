package sandbox

import (
	"errors"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/syncspec/syncspec/internal/manifest"
)

func shopManifest(t testing.TB) *manifest.Manifest {
	t.Helper()
	s, err := shopSandbox()
	if err != nil {
		t.Fatal(err)
	}
	return s.manifest
}

// fewFixtures are sound ones, with files replaced or added.
func fewFixtures(files map[string]string) fstest.MapFS {
	sound := map[string]string{
		"seed/seed.yaml":            "at: 2026-11-20T09:00:00Z\nmultiply: {locations: 1}\n",
		"seed/locations.json":       `[{"id": 71000001, "name": "Tür \/ Tor", "updated_at": "2026-01-01T00:00:00+01:00"}]`,
		"seed/orders.json":          `[{"id":9007199254740993,"line_items":[{"id":15000001}],"updated_at":"2026-11-20T10:00:00+01:00"}]`,
		"seed/refunds.json":         `[{"context":{"order_id":"9007199254740993"},"body":{"id":96000001,"order_id":9007199254740993}}]`,
		"notices/shop.redact.json":  `{ "shop_id": 1 }`,
		"catalog/read-by-others.md": "#",
	}
	out := fstest.MapFS{}
	for name, text := range sound {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	for name, text := range files {
		if text == "" {
			delete(out, name)
			continue
		}
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func TestFixturesAreKeptAsWritten(t *testing.T) {
	seed, err := SeedFromFixtures(shopManifest(t), fewFixtures(nil))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(seed.Objects["locations"][0].Body), `{"id":71000001,"name":"Tür \/ Tor","updated_at":"2026-01-01T00:00:00+01:00"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if o := seed.Objects["refunds"][0]; o.Key != "96000001" || o.Context["order_id"] != "9007199254740993" || o.Ref != "seed/refunds.json[0]" {
		t.Errorf("%+v", o)
	}
	if got := string(seed.Notices["shop/redact"]); got != `{"shop_id":1}` {
		t.Errorf("the notice is %s", got)
	}
}

func TestFixtureProblemsComeAllAtOnce(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"no plan", map[string]string{"seed/seed.yaml": ""}, []string{"seed/seed.yaml: it cannot be read"}},
		{"no time", map[string]string{"seed/seed.yaml": "multiply: {}"}, []string{"seed/seed.yaml: it must say at which time"}},
		{"unknown key in the plan", map[string]string{"seed/seed.yaml": "at: 2026-11-20T09:00:00Z\ntimes: 3"}, []string{"field times not found"}},
		{"unknown object", map[string]string{"seed/weather.json": "[]"}, []string{"seed/weather.json: the manifest has no object weather"}},
		{"object that no list gives", map[string]string{"seed/reports.json": "[]"}, []string{"seed/reports.json: the manifest has no object reports that could be listed"}},
		{"other file", map[string]string{"seed/README": "x"}, []string{"seed/README: nothing reads it"}},
		{"no JSON", map[string]string{"seed/locations.json": "[{]"}, []string{"seed/locations.json: it is no JSON: invalid character"}},
		{"no array", map[string]string{"seed/locations.json": `{"id":1}`}, []string{"seed/locations.json: it is no array"}},
		{"several of several files", map[string]string{
			"seed/locations.json": `[17,{"name":"x"},{"id":71000001},{"id":71000001}]`,
			"seed/orders.json":    `[{"id":9007199254740993,"line_items":[{"id":15000001},{}],"updated_at":"2026-11-20T10:00:01+01:00"},{"id":610000001,"line_items":[{"id":15000001}],"updated_at":"yesterday"}]`,
		}, []string{
			"locations: multiply wants 1 of it, and there are 3 templates",
			"seed/locations.json[0]: it is no object", "seed/locations.json[1]: it lacks its key id", "seed/locations.json[3]: there is another with the key 71000001",
			"seed/orders.json[0]: its updated_at is after the time of the seed", "seed/orders.json[0]: 1 of the 2 in line_items have no id",
			`seed/orders.json[1]: "yesterday" is no time`, "seed/orders.json[1]: shopify_line_item has the id 15000001 a second time: see seed/orders.json[0]",
		}},
		{"context of nothing", map[string]string{"seed/refunds.json": `[{"context":{"order":"1"},"body":{"id":96000001}}]`},
			[]string{"seed/refunds.json[0]: its context has order, which is no fan-out of refunds"}},
		{"no context", map[string]string{"seed/refunds.json": `[{"id":96000001}]`}, []string{"seed/refunds.json[0] (key 96000001): it hangs on one of orders: give order_id"}},
		{"context of no order", map[string]string{"seed/refunds.json": `[{"context":{"order_id":"5"},"body":{"id":96000001}}]`},
			[]string{"seed/refunds.json[0] (key 96000001): it hangs on one of orders that is not there: order_id 5"}},
		{"context without body", map[string]string{"seed/refunds.json": `[{"context":{"order_id":"5"},"id":1}]`}, []string{"seed/refunds.json[0]: an element with a context is"}},
		{"notice of no topic", map[string]string{"notices/shop.closed.json": "{}"}, []string{"notices/shop.closed.json: the manifest's webhooks.notices have no topic shop/closed"}},
		{"multiplying nothing", map[string]string{"seed/seed.yaml": "at: 2026-11-20T09:00:00Z\nmultiply: {orders: 0, weather: 2, customers: 3}\nfresh: {orders: [nothing]}"},
			[]string{"orders: multiply wants 0 of it, and there are 1 templates", "weather: multiply names it, and the manifest has no such object", "customers: multiply names it, and there is no template", "orders: fresh names nothing, which no template has"}},
		{"in a fixture and in the plan", map[string]string{"seed/seed.yaml": "at: 2026-11-20T09:00:00Z\nmultiply: {weather: 2}", "seed/locations.json": `[{"name":"x"}]`},
			[]string{"seed/locations.json[0]: it lacks its key id", "weather: multiply names it, and the manifest has no such object"}},
		{"too short to clone", map[string]string{"seed/seed.yaml": "at: 2026-11-20T09:00:00Z\nmultiply: {locations: 2}", "seed/locations.json": `[{"id":17}]`},
			[]string{"seed/locations.json[0] (key 17): it cannot be cloned: its id 17 leaves no room"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := SeedFromFixtures(shopManifest(t), fewFixtures(c.files))
			var problems Problems
			if !errors.As(err, &problems) || len(problems) != len(c.want) {
				t.Fatalf("want %d problems, got %v", len(c.want), err)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in\n%v", want, err)
				}
			}
		})
	}
}

func TestNoFixturesAtAll(t *testing.T) {
	if _, err := SeedFromFixtures(shopManifest(t), fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "reading the fixtures of shopify") {
		t.Errorf("%v", err)
	}
}

// TestShopifyTemplates holds the hand-made templates to what the seed is to have in it.
func TestShopifyTemplates(t *testing.T) {
	read := func(name string) string {
		data, err := os.ReadFile("../../fixtures/shopify/seed/" + name + ".json")
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	for name, wants := range map[string][]string{
		"orders": {`"test": true`, `"customer": null`, `"cancelled_at": "2026`, `"is_removed": true`, `"product_id": null`, `"currency_code": "JPY"`,
			`"id": 9007199254740993`, `"id": 720031994455667789`, `+02:00"`, `+01:00"`, `"fulfillment_status": "partial"`, `"financial_status": "refunded"`, `\ud83d\ude4f`, `\/`},
		"products":             {`"status": "unlisted"`, `"status": "draft"`, `"status": "archived"`, "🍵", `\u003cp\u003e`},
		"product_variants":     {`"sku": ""`, `"compare_at_price": null`, `"inventory_management": null`},
		"customers":            {`"email": null`, `"phone": null`, `"first_name": null`, `髙橋 \ud83c\udf38`},
		"inventory_items":      {`"cost": null`, `"cost": "21.4999"`},
		"inventory_levels":     {`"available": null`, `"available": -3`},
		"transactions":         {`"status": "pending"`, `"kind": "refund"`, `"kind": "authorization"`, `"status": "failure"`, `"status": "error"`},
		"refunds":              {`"subtotal": 14.9,`, `"order_adjustments": [`},
		"fulfillments":         {`"status": "cancelled"`, `"tracking_number": "1017\/5550\/AT 3"`},
		"checkouts":            {`"key": "`, `"closed_at": null`, `"closed_at": "2026`},
		"price_rules":          {`"value": "-10.0"`},
		"balance_transactions": {`"source_order_id": null`},
		"disputes":             {`"order_id": null`, `-05:00"`},
		"payouts":              {`"date": "2026-11-19"`, `"status": "in_transit"`, `"status": "failed"`},
	} {
		text := read(name)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s.json has no %s", name, want)
			}
		}
	}
}
