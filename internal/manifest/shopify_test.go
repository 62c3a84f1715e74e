package manifest

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func loadShopify(t *testing.T) *Manifest {
	t.Helper()
	m, err := Load(filepath.Join(specs, "shopify.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestShopifyScopes pins the thirteen scopes that the SOP names, and which of them is gone.
func TestShopifyScopes(t *testing.T) {
	want := []string{
		"read_products", "read_orders", "read_customers", "read_inventory", "read_locations", "read_fulfillments",
		"read_marketing_events", "read_checkouts", "read_all_orders", "read_price_rules",
		"read_shopify_payments_payouts", "read_shopify_payments_disputes", "read_reports",
	}
	var got, retired []string
	for _, s := range loadShopify(t).Scopes {
		got = append(got, s.Name)
		if s.Status == "retired" {
			retired = append(retired, s.Name+" by "+s.SupersededBy)
		}
		if s.Kind != "oauth" {
			t.Errorf("%s is of kind %s", s.Name, s.Kind)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("scopes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"read_checkouts by read_orders"}, retired); diff != "" {
		t.Errorf("retired scopes (-want +got):\n%s", diff)
	}
}

// TestShopifyTables pins that there are 25 tables at least besides the raw one, those of the SOP by its names among them.
func TestShopifyTables(t *testing.T) {
	m := loadShopify(t)
	if n := len(m.Tables()); n < 25 {
		t.Errorf("%d refined tables, want 25 at least", n)
	}
	for _, name := range []string{
		"shopify_order", "shopify_line_item", "shopify_product", "shopify_product_variant", "shopify_customer", "shopify_inventory_level",
	} {
		if _, ok := m.Table(name); !ok {
			t.Errorf("there is no table %s", name)
		}
	}
	if m.RawTable() != "shopify_raw_ingest" {
		t.Errorf("the raw table is %s", m.RawTable())
	}
}

// TestShopifyFunctions pins the SOP's thirteen functions: twelve that apply, and one whose objects the source no longer
// offers by a protocol that is spoken here.
func TestShopifyFunctions(t *testing.T) {
	want := []string{
		"products", "customers", "inventory", "orders", "transactions", "refunds", "fulfillments", "checkouts", "price_rules", "payouts",
		"disputes", "marketing_events",
	}
	for i := range want {
		want[i] = syncPrefix + want[i]
	}
	m := loadShopify(t)
	if diff := cmp.Diff(want, m.Functions()); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
	reports, ok := m.Object("reports")
	if !ok || reports.Sync != syncPrefix+"reports" || !strings.HasPrefix(reports.NotApplicable, "2026-11-23: ") {
		t.Errorf("reports are %+v, want them not applicable with a date", reports)
	}
}

// TestShopifyTopics pins the 24 topics that are registered, and the three that the law demands and no API registers.
func TestShopifyTopics(t *testing.T) {
	want := []string{
		"app/uninstalled",
		"checkouts/create", "checkouts/delete", "checkouts/update",
		"customers/create", "customers/delete", "customers/update",
		"disputes/create", "disputes/update",
		"fulfillments/create", "fulfillments/update",
		"inventory_levels/connect", "inventory_levels/disconnect", "inventory_levels/update",
		"order_transactions/create",
		"orders/cancelled", "orders/create", "orders/delete", "orders/edited", "orders/updated",
		"products/create", "products/delete", "products/update",
		"refunds/create",
	}
	m := loadShopify(t)
	if diff := cmp.Diff(want, slices.Sorted(slices.Values(m.Registrable()))); diff != "" {
		t.Errorf("topics to register (-want +got):\n%s", diff)
	}
	var compliance []string
	for _, n := range m.Webhooks.Notices {
		if n.Kind == "compliance" {
			compliance = append(compliance, n.Topic)
		}
	}
	if diff := cmp.Diff([]string{"customers/data_request", "customers/redact", "shop/redact"}, compliance); diff != "" {
		t.Errorf("compliance topics (-want +got):\n%s", diff)
	}
}

// TestCataloguesHold shows that the committed catalogues refuse what the providers have not, and say what was meant.
func TestCataloguesHold(t *testing.T) {
	for _, tc := range []struct {
		name, source string
		edits        []string
		want         []string
	}{
		{"topic", "shopify", []string{"topic: orders/updated", "topic: orders/update"}, []string{
			`the provider has no topic "orders/update" (fixtures/shopify/catalog/topics.txt); did you mean "orders/updated"?`,
		}},
		{"topic of a variant", "shopify", []string{"topic: disputes/update", "topic: variants/update"}, []string{
			`the provider has no topic "variants/update" (fixtures/shopify/catalog/topics.txt); did you mean "carts/update"?`,
		}},
		{"notice", "shopify", []string{"topic: shop/redact", "topic: shop/redacted"}, []string{
			`the provider has no topic "shop/redacted" (fixtures/shopify/catalog/topics.txt); did you mean "shop/redact"?`,
		}},
		{"scope", "shopify", []string{"  - name: read_all_orders", "  - name: read_all_order"}, []string{
			`the provider has no scope "read_all_order" (fixtures/shopify/catalog/scopes.txt); did you mean "read_all_orders"?`,
		}},
		{"topic by the scope of the lists", "shopify", []string{"{topic: fulfillments/create, event: create, scope: read_fulfillments}", "{topic: fulfillments/create, event: create}"}, []string{
			`topic "fulfillments/create" needs scope read_fulfillments or read_marketplace_orders, not "read_orders" (fixtures/shopify/catalog/topics.txt); write scope: read_fulfillments`,
		}},
		{"topic", "woocommerce", []string{"topic: coupon.restored", "topic: coupon.restore"}, []string{
			`the provider has no topic "coupon.restore" (fixtures/woocommerce/catalog/topics.txt); did you mean "coupon.restored"?`,
		}},
	} {
		t.Run(tc.source+" "+tc.name, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join(specs, tc.source+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			files := fstest.MapFS{}
			if err := copyInto(files, filepath.Join("fixtures", tc.source, "catalog")); err != nil {
				t.Fatal(err)
			}
			file := "specs/" + tc.source + ".yaml"
			files[file] = &fstest.MapFile{Data: editedText(t, string(text), tc.edits)}
			_, err = LoadFS(files, file)
			problems, _ := errors.AsType[Errors](err)
			var got []string
			for _, p := range problems {
				got = append(got, p.Message+"; "+p.Hint)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s\n%v", diff, err)
			}
		})
	}
}

// copyInto puts a folder of this repository into a file system.
func copyInto(files fstest.MapFS, folder string) error {
	entries, err := os.ReadDir(filepath.Join("..", "..", folder))
	if err != nil {
		return err
	}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join("..", "..", folder, e.Name()))
		if err != nil {
			return err
		}
		files[filepath.ToSlash(filepath.Join(folder, e.Name()))] = &fstest.MapFile{Data: data}
	}
	return nil
}
