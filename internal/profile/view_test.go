package profile_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

// columns are the columns of a table's fields.
func columns(t manifest.Table) []string {
	var all []string
	for _, f := range t.Fields {
		all = append(all, f.Column)
	}
	return all
}

func table(t *testing.T, m *manifest.Manifest, name string) manifest.Table {
	t.Helper()
	found, ok := m.Table(name)
	if !ok {
		t.Fatalf("there is no table %s", name)
	}
	return found
}

// TestForConvention: a profile that names nothing has the SOP's names, and everything applies.
func TestForConvention(t *testing.T) {
	m := shop(t)
	target, _ := load(t, started)
	p := target.For(m)
	if diff := cmp.Diff(m.Tables(), p.Manifest.Tables()); diff != "" {
		t.Errorf("other tables (-source +view):\n%s", diff)
	}
	want := profile.Names{
		Schema: "public",
		Raw: profile.RawNames{
			Table: "shop_raw_ingest", ObjectType: "object_type", ObjectID: "shop_object_id", Hash: "dedupe_hash_canonical", Payload: "payload",
			Status: "processing_status", Error: "error_message", Topic: "topic", KeySeparator: "/", Composite: map[string]bool{"notes": true}, Pending: "pending", Processed: "processed", Failed: "error",
		},
		Integration: "integration_id", Company: "company_id", Created: "created_at", Updated: "updated_at", Deleted: "deleted_at",
		Integrations: profile.IntegrationNames{Table: "integration", ID: "id", Metadata: "metadata_info"},
		ParentBy:     map[string]string{}, Kept: map[profile.Place]profile.Kept{}, Unkept: map[profile.Place]string{},
	}
	if diff := cmp.Diff(want, p.Names); diff != "" {
		t.Error(diff)
	}
	if p.Bundled || p.Source != m || p.Name != "acme" || p.Manifest.RawTable() != "shop_raw_ingest" {
		t.Errorf("%+v", p)
	}
}

// TestForNames: tables, columns and stamps have the target's names, at any depth, and the source's manifest is not touched.
func TestForNames(t *testing.T) {
	m := shop(t)
	before, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	target, _ := load(t, started+`source: shop
names:
  schema: app
  object_id: source_id
  integration: tenant
  updated_at: changed
  deletes: hard
  hash: sorted-json/1
  raw: {table: landing, hash: sha, types: {orders: order}, failed: broken}
  integrations: {id: uid}
  tables:
    shop_customer: {columns: {name: full_name}}
    shop_order:
      table: orders
      object_id: number
      columns: {total: cents}
      kept: {total: minor_units, shop_updated_at: unix_millis}
      lacks: {customer_id: not needed}
    shop_order_line: {table: lines, parent: order_ref, parent_by: id, columns: {sku: code}}
    shop_order_line_tax: {table: taxes, object_id: tax, lacks: {rate: never asked for}}
    shop_note: {parent: order_no}
`)
	if err := target.Check(m); err != nil {
		t.Fatal(err)
	}
	p := target.For(m)
	v := p.Manifest

	customer := table(t, v, "shop_customer")
	if customer.IDColumn != "source_id" {
		t.Errorf("id in %s", customer.IDColumn)
	}
	if diff := cmp.Diff([]string{"full_name", "address_city", "shop_created_at"}, columns(customer)); diff != "" {
		t.Error(diff)
	}
	orders := table(t, v, "orders")
	if diff := cmp.Diff([]string{"status", "cents", "shop_updated_at"}, columns(orders)); diff != "" {
		t.Error(diff)
	}
	if orders.IDColumn != "number" || !cmp.Equal(orders.Key, []string{"number"}) {
		t.Errorf("orders are known by %s, %v", orders.IDColumn, orders.Key)
	}
	lines := table(t, v, "lines")
	if lines.Parent != "orders" || lines.ParentColumn != "order_ref" || lines.IDColumn != "source_id" || !cmp.Equal(columns(lines), []string{"code", "quantity"}) {
		t.Errorf("%+v", lines)
	}
	taxes := table(t, v, "taxes")
	if taxes.Parent != "lines" || taxes.ParentColumn != "line_id" || !cmp.Equal(taxes.Key, []string{"line_id", "tax"}) || len(taxes.Fields) != 0 {
		t.Errorf("%+v", taxes)
	}
	// The column of a parent that a field is in too has one name, in the field and in the key.
	notes := table(t, v, "shop_note")
	if notes.Parent != "orders" || notes.ParentColumn != "order_no" || !cmp.Equal(notes.Key, []string{"order_no", "number"}) || !cmp.Equal(columns(notes), []string{"order_no", "number", "text"}) {
		t.Errorf("%+v", notes)
	}

	if diff := cmp.Diff(map[profile.Place]profile.Kept{{Table: "orders", Column: "cents"}: profile.MinorUnits, {Table: "orders", Column: "shop_updated_at"}: profile.UnixMillis}, p.Names.Kept); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[profile.Place]string{{Table: "orders", Column: "customer_id"}: "not needed", {Table: "taxes", Column: "rate"}: "never asked for"}, p.Names.Unkept); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"lines": "id"}, p.Names.ParentBy); diff != "" {
		t.Error(diff)
	}
	n := p.Names
	if n.Schema != "app" || n.Integration != "tenant" || n.Company != "company_id" || n.Created != "created_at" || n.Updated != "changed" || !n.HardDeletes || n.Deleted != "" || n.HashRecipe != "sorted-json/1" {
		t.Errorf("%+v", n)
	}
	if n.Raw.Table != "landing" || n.Raw.Hash != "sha" || n.Raw.ObjectID != "source_id" || n.Raw.Type("orders") != "order" || n.Raw.Type("notes") != "notes" || n.Raw.Failed != "broken" || n.Raw.Pending != "pending" {
		t.Errorf("%+v", n.Raw)
	}
	if diff := cmp.Diff(profile.IntegrationNames{Table: "integration", ID: "uid", Metadata: "metadata_info"}, n.Integrations); diff != "" {
		t.Error(diff)
	}
	if v.RawTable() != "landing" || m.RawTable() != "shop_raw_ingest" {
		t.Errorf("raw rows are in %s, and the source's in %s", v.RawTable(), m.RawTable())
	}
	after, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) || m.Tables()[0].IDColumn != "shop_object_id" {
		t.Error("the source's manifest changed")
	}
}

// TestForParentElsewhere: a parent column of the target's own keys, and the field's column beside it.
func TestForParentElsewhere(t *testing.T) {
	target, _ := load(t, started+`source: shop
names:
  tables:
    shop_note: {parent: order_pk, parent_by: id, columns: {order_id: order_no}}
`)
	notes := table(t, target.For(shop(t)).Manifest, "shop_note")
	if notes.ParentColumn != "order_pk" || !cmp.Equal(notes.Key, []string{"order_no", "number"}) {
		t.Errorf("parent %s, key %v", notes.ParentColumn, notes.Key)
	}
}

// TestForCovers: objects that are not covered say why, and so do excluded ones; what they need is not asked for.
func TestForCovers(t *testing.T) {
	target, _ := load(t, started+"source: shop\ncovers: [orders]\nexcluded: [{object: customers, why: next quarter}]\n")
	m := shop(t)
	v := target.For(m).Manifest
	got := map[string]string{}
	for _, o := range v.Objects {
		got[o.Name] = o.Excluded
		if o.Applies() != (o.Excluded == "") {
			t.Errorf("%s applies: %t", o.Name, o.Applies())
		}
	}
	want := map[string]string{"orders": "", "customers": "next quarter", "notes": "the profile's covers leaves it out"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"fetch_and_ingest_orders"}, v.Functions()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"order.updated", "order.deleted"}, v.Registrable()); diff != "" {
		t.Error(diff)
	}
	if len(m.Functions()) != 3 {
		t.Error("the source's manifest changed")
	}
}

// TestForLacks: what the target lacks has no name, and what needs it is told why.
func TestForLacks(t *testing.T) {
	target, _ := load(t, started+`lacks:
  - {what: raw, why: never kept}
  - {what: tenants, why: one account}
  - {what: company, why: one company}
  - {what: row_times, why: no times}
  - {what: metadata, why: in a file}
  - {what: retry, why: sync again}
`)
	p := target.For(shop(t))
	n := p.Names
	if n.Raw.Table != "" || n.Integration != "" || n.Company != "" || n.Created != "" || n.Updated != "" || n.Integrations.Table != "" {
		t.Errorf("%+v", n)
	}
	if p.Manifest.RawTable() != "shop_raw_ingest" { // it is never empty
		t.Errorf("raw rows are in %q", p.Manifest.RawTable())
	}
	what, why, missing := p.Missing(profile.Sync, profile.Retry, profile.Raw)
	if what != profile.Retry || why != "sync again" || !missing {
		t.Errorf("%s, %s, %t", what, why, missing)
	}
	if what, _, missing := p.Missing(profile.Sync, profile.Webhook); missing {
		t.Errorf("%s is missing", what)
	}
}

// TestReference: the bundled target has the convention's names, a known hash and nothing lacking.
func TestReference(t *testing.T) {
	m := shop(t)
	p := profile.Reference(m)
	if _, _, missing := p.Missing(profile.Notions()...); missing || p.Manifest != m || p.Names.HashRecipe == "" || !p.Bundled {
		t.Errorf("%+v", p)
	}
	if err := p.CheckCatalog(nil); err != nil {
		t.Error(err)
	}
}
