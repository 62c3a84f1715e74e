package manifest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func loadShop(t *testing.T) *Manifest {
	t.Helper()
	m, err := Parse("shop.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestTables pins the flattened view: order, parents and keys.
func TestTables(t *testing.T) {
	type row struct{ Name, Object, At, Parent, ParentColumn, Key, KeyType string }
	var got []row
	m := loadShop(t)
	for _, table := range m.Tables() {
		got = append(got, row{table.Name, table.Object.Name, strings.Join(table.At, "/"), table.Parent, table.ParentColumn, strings.Join(table.Key, ","), table.KeyType})
		if (table.Child == nil) != (len(table.At) == 0) {
			t.Errorf("%s: child and way to it disagree", table.Name)
		}
	}
	want := []row{
		{"shop_customer", "customers", "", "", "", "shop_object_id", "integer"},
		{"shop_order", "orders", "", "", "", "shop_object_id", "integer"},
		{"shop_order_line", "orders", "lines", "shop_order", "order_id", "shop_object_id", "integer"},
		{"shop_order_line_tax", "orders", "lines/taxes", "shop_order_line", "line_id", "line_id,shop_object_id", "text"},
		{"shop_note", "notes", "", "shop_order", "order_id", "order_id,number", "integer"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tables (-want +got):\n%s", diff)
	}
}

// TestBasePath: placeholders stay, the slash at the end does not.
func TestBasePath(t *testing.T) {
	for in, want := range map[string]string{
		"https://{store}/wp-json/wc/v3":              "/wp-json/wc/v3",
		"https://{shop}.example.com/admin/2026-07/":  "/admin/2026-07",
		"https://api.example.com/v3/company/{realm}": "/v3/company/{realm}",
		"https://api.example.com":                    "",
		"https://api.example.com/":                   "",
		"":                                           "",
	} {
		m := &Manifest{API: API{BaseURL: in}}
		if got := m.BasePath(); got != want {
			t.Errorf("the base path of %q is %q, want %q", in, got, want)
		}
	}
}

// TestLookups pins what is found by name.
func TestLookups(t *testing.T) {
	m := loadShop(t)
	if got := m.RawTable(); got != "shop_raw_ingest" {
		t.Errorf("raw table %q", got)
	}
	if o, ok := m.Object("orders"); !ok || o != &m.Objects[1] {
		t.Errorf("object orders is %v, %t", o, ok)
	}
	if o, ok := m.Object("ordres"); ok || o != nil {
		t.Errorf("object ordres is %v, %t", o, ok)
	}
	if table, ok := m.Table("shop_order_line"); !ok || table.Child != &m.Objects[1].Children[0] {
		t.Errorf("table shop_order_line is %v, %t", table, ok)
	}
	for name, want := range map[string]string{"orders": "integer", "shop_order": "integer", "shop_order_line_tax": "text", "nothing": ""} {
		if got, ok := m.KeyTypeOf(name); got != want || ok != (want != "") {
			t.Errorf("key type of %s is %q, %t; want %q", name, got, ok, want)
		}
	}
	fields := m.Objects[0].Fields
	if f, ok := fields.Path("address.city"); !ok || f.Column != "address_city" {
		t.Errorf("path address.city is %v, %t", f, ok)
	}
	if f, ok := fields.Column("shop_created_at"); !ok || f.Path != "created" {
		t.Errorf("column shop_created_at is %v, %t", f, ok)
	}
}

// TestTopics pins the routes of webhooks.
func TestTopics(t *testing.T) {
	type row struct {
		Topic, Object string
		Event         Event
		Payload       string
	}
	var got []row
	for _, r := range loadShop(t).Topics() {
		got = append(got, row{r.Topic, r.Object.Name, r.Event, r.Payload})
	}
	want := []row{
		{"customer.created", "customers", Create, "object"},
		{"order.updated", "orders", Update, "object"},
		{"order.deleted", "orders", Delete, "key"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("topics (-want +got):\n%s", diff)
	}
}

// TestStoreViews pins the views of what the shop has not: places as keys, keys of two fields, shared functions, topics with
// elements, references and scopes of their own, notices.
func TestStoreViews(t *testing.T) {
	m, err := Parse("store.yaml", []byte(store))
	if err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string][]string{
		"store_product_tag": {"product_id", "store_object_id"},
		"store_level":       {"item_id", "place_id"},
		"store_variant":     {"store_object_id"},
	} {
		if got, ok := m.Table(table); !ok || !slices.Equal(got.Key, want) {
			t.Errorf("key of %s is %v, %t; want %v", table, got.Key, ok, want)
		}
	}
	if _, ok := m.Table(""); ok {
		t.Error("an object that is not applicable has a table without a name")
	}
	var shared []string
	for _, o := range m.ObjectsForFunction("fetch_and_ingest_stock") {
		shared = append(shared, o.Name)
	}
	if diff := cmp.Diff([]string{"items", "places", "levels"}, shared); diff != "" {
		t.Errorf("objects of one function (-want +got):\n%s", diff)
	}
	functions := []string{"fetch_and_ingest_products", "fetch_and_ingest_stock", "fetch_and_ingest_sales", "fetch_and_ingest_parcels"}
	if diff := cmp.Diff(functions, m.Functions()); diff != "" {
		t.Errorf("functions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"products/update", "levels/gone", "sales/edited", "parcels/create", "app/removed"}, m.Registrable()); diff != "" {
		t.Errorf("topics to register (-want +got):\n%s", diff)
	}
	var got []string
	for _, r := range m.Topics() {
		got = append(got, strings.TrimRight(fmt.Sprintln(r.Topic, r.Object.Name, r.Payload, r.At, r.Most, r.Scope), "\n"))
	}
	want := []string{
		"products/update products object  0 read_goods",
		"products/update variants elements variants 5 read_goods",
		"levels/gone levels key  0 read_stock",
		"sales/edited sales reference edit.sale_id 0 read_sales",
		"parcels/create parcels object  0 read_parcels",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("topics (-want +got):\n%s", diff)
	}
}

// TestNearest pins which slips of the pen are recognised.
func TestNearest(t *testing.T) {
	known := []string{"table", "title", "sync", "updated_at", "id"}
	for word, want := range map[string]string{
		"tabel": "table", "Table": "table", "syncs": "sync", "snyc": "sync", "update_at": "updated_at", "updatedAt": "updated_at",
		"xy": "", "frobnicate": "", strings.Repeat("table", 20): "",
	} {
		if got, _ := nearest(word, known); got != want {
			t.Errorf("nearest to %q is %q, want %q", word, got, want)
		}
	}
}
