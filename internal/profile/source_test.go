package profile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

// shop is a small source: customers, orders with lines with taxes, and notes that orders are the parent of.
func shop(t *testing.T) *manifest.Manifest { return source(t, "../manifest/testdata/shop.yaml") }

func source(t *testing.T, file string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Load(file)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// load reads a profile that has nothing wrong in itself.
func load(t *testing.T, text string) (profile.Target, string) {
	t.Helper()
	file := write(t, text)
	target, err := profile.LoadTarget(file, environment)
	if err != nil {
		t.Fatal(err)
	}
	return target, file
}

// said is what an error says, without the file's name.
func said(err error, file string) []string {
	if err == nil {
		return nil
	}
	return strings.Split(strings.ReplaceAll(err.Error(), file, ""), "\n")
}

// mapped are verbs that have nothing wrong, but for those of the source's account.
const mapped = `verbs:
  describe: {http: GET /d}
  connect: {http: POST /c, body: {url: "{account.url}", key: "{credentials.access_token}"}}
  register_webhooks: {with: connect}
  sync: {http: "POST /s?from={start_date?}"}
  webhook: {}
  retry: {with: sync}
  stats: {http: GET /s}
  disconnect: {http: POST /d}
`

// TestCheck holds profiles against a source.
func TestCheck(t *testing.T) {
	for _, tc := range []problemCase{
		{name: "nothing said", text: started},
		{name: "all said well", text: started + `source: shop
covers: [orders, notes]
excluded: [{object: customers, why: later}]
names:
  raw: {table: landing, types: {orders: order}}
  tables:
    shop_order: {table: orders, columns: {total: total_cents}, kept: {total: minor_units, shop_updated_at: unix}, lacks: {customer_id: not needed}}
    shop_order_line: {table: lines, parent: the_order, parent_by: id}
    shop_note: {columns: {order_id: order_no}}
`},
		{name: "another source", text: started + "source: shopify\ncovers: [nothing]\n", want: []string{
			`:5:9: source: the profile is for shopify, and this is about shop; use the profile for shop`,
		}},
		{name: "objects", text: started + "source: shop\ncovers: [ordres]\nexcluded: [{object: frobs, why: x}, {object: note, why: y}]\n", want: []string{
			`:6:9: covers: it leaves out customers, orders, notes; put each into excluded, and say why, or cover it`,
			`:6:10: covers[0]: shop has no object "ordres"; did you mean "orders"?`,
			`:7:21: excluded[0].object: shop has no object "frobs"; known: customers, notes, orders`,
			`:7:46: excluded[1].object: shop has no object "note"; did you mean "notes"?`,
		}},
		{name: "objects left out", text: started + "source: shop\ncovers: [orders]\n", want: []string{
			`:6:9: covers: it leaves out customers, notes; put each into excluded, and say why, or cover it`,
		}},
		{name: "nothing left", text: started + "source: shop\nexcluded: [{object: orders, why: x}, {object: customers, why: x}, {object: notes, why: x}]\n", want: []string{
			`:6:11: excluded: nothing is left to verify; cover one object at least`,
		}},
		{name: "tables", text: started + `source: shop
names:
  tables:
    shop_ordre: {table: x}
    orders: {table: y}
    frobs:
      table: z
`, want: []string{
			`:8:5: names.tables.shop_ordre: shop has no table "shop_ordre"; did you mean "shop_order"?`,
			`:9:5: names.tables.orders: shop has no table "orders"; write shop_order, which is the table of orders`,
			`:10:5: names.tables.frobs: shop has no table "frobs"; known: shop_customer, shop_note, shop_order, shop_order_line, shop_order_line_tax`,
		}},
		{name: "columns", text: started + `source: shop
names:
  tables:
    shop_order:
      object_id: oid
      parent: x
      parent_by: id
      columns: {totl: a, shop_object_id: b, company_id: c, status: total, etag: d}
      kept: {total: unix, status: minor_units, deleted_at: unix}
      lacks: {frob: x}
    shop_order_line:
      columns: {order_id: a, sku: s, quantity: s}
    shop_note:
      lacks: {number: x, order_id: y}
`, want: []string{
			`:10:15: names.tables.shop_order.parent: shop_order has no parent; remove it`,
			`:11:18: names.tables.shop_order.parent_by: shop_order has no parent; remove it`,
			`:12:23: names.tables.shop_order.columns.totl: shop_order has no column "totl"; did you mean "total"?`,
			`:12:42: names.tables.shop_order.columns.shop_object_id: shop_object_id is not in columns: it is no field of the source's; its name in the target is written as object_id`,
			`:12:57: names.tables.shop_order.columns.company_id: company_id is not in columns: it is no field of the source's; its name in the target is written as names.company`,
			`:12:68: names.tables.shop_order.columns.status: status and total are both called total; each has a column of its own; put one that is not there into lacks`,
			`:12:81: names.tables.shop_order.columns.etag: shop_order has no column "etag"; known: customer_id, shop_updated_at, status, total`,
			`:13:21: names.tables.shop_order.kept.total: unix is for a timestamp, and total is a decimal`,
			`:13:35: names.tables.shop_order.kept.status: minor_units is for a decimal, and status is a text`,
			`:13:60: names.tables.shop_order.kept.deleted_at: deleted_at is not in kept: it is no field of the source's; its name in the target is written as names.deleted_at`,
			`:14:21: names.tables.shop_order.lacks.frob: shop_order has no column "frob"; known: customer_id, shop_updated_at, status, total`,
			`:16:27: names.tables.shop_order_line.columns.order_id: order_id is not in columns: it is no field of the source's; its name in the target is written as parent`,
			`:16:48: names.tables.shop_order_line.columns.quantity: sku and quantity are both called s; each has a column of its own; put one that is not there into lacks`,
			`:18:23: names.tables.shop_note.lacks.number: number is what tells rows of shop_note apart; without it nothing can be compared: exclude the object instead`,
			`:18:36: names.tables.shop_note.lacks.order_id: order_id is what tells rows of shop_note apart; without it nothing can be compared: exclude the object instead`,
		}},
		{name: "tables that are one", text: started + `source: shop
names:
  raw: {table: shop_customer}
  tables:
    shop_order: {table: everything}
    shop_note: {table: everything}
    shop_order_line: {table: shop_order_line_tax}
`, want: []string{
			`:7:16: names.raw.table: shop_customer is the table of shop_customer; payloads as they came have a table of their own`,
			`:10:24: names.tables.shop_note.table: shop_order and shop_note are both called everything; each has a table of its own`,
			`:11:30: names.tables.shop_order_line.table: shop_order_line and shop_order_line_tax are both called shop_order_line_tax; each has a table of its own`,
		}},
		{name: "a table that is called as one that is not copied", text: started + `source: shop
excluded: [{object: orders, why: later}]
names: {tables: {shop_customer: {table: shop_order}, shop_note: {table: shop_order_line}}}
`},
		{name: "raw rows", text: started + "source: shop\nnames: {raw: {types: {order: x, customers: notes, orders: entry}}}\n", want: []string{
			`:6:30: names.raw.types.order: shop has no object "order"; did you mean "orders"?`,
			`:6:44: names.raw.types.customers: customers and notes are both called notes; raw rows must tell what they are of`,
		}},
		{name: "raw rows of topics", text: started + "source: shop\nnames: {raw: {types: {order.deleted: a, order.edited: b, orders/edited: c}}}\n", want: []string{
			`:6:55: names.raw.types["order.edited"]: shop has no topic "order.edited"; did you mean "order.updated"?`,
			`:6:73: names.raw.types.orders/edited: shop has no topic "orders/edited"; did you mean "order.updated"?`,
		}},
		{name: "raw rows, both named", text: started + "source: shop\nnames: {raw: {types: {customers: entry, orders: entry}}}\n", want: []string{
			`:6:49: names.raw.types.orders: customers and orders are both called entry; raw rows must tell what they are of`,
		}},
		{name: "a consent that there is not, and credentials", text: started + strings.ReplaceAll(mapped, "{credentials.access_token}", "{credentials.tokn}") + "  authorize: {http: POST /a}\n", want: []string{
			`:7:62: verbs.connect.body.key: accounts of shop have no credential "tokn"; did you mean "token"?`,
			`:14:14: verbs.authorize: shop connects accounts by a key, not by their owners' consent; remove it`,
		}},
		{name: "no connect", text: started + "lacks: [{what: connect, why: x}]\n" + strings.ReplaceAll(mapped, "  connect: {http: POST /c,", "  authorize: {http: POST /c,"), want: []string{
			`:5:8: lacks: shop connects accounts by a key, and so connect is needed; map it`,
			`:8:14: verbs.authorize: shop connects accounts by a key, not by their owners' consent; remove it`,
			`:8:64: verbs.authorize.body.key: accounts of shop have no credential "access_token"; known: token`,
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			target, file := load(t, tc.text)
			if diff := cmp.Diff(tc.want, said(target.Check(shop(t)), file)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestCheckConsent: where accounts are connected by consent, a profile says whether the target does.
func TestCheckConsent(t *testing.T) {
	shopify := source(t, "../../specs/shopify.yaml")
	for _, tc := range []problemCase{
		{name: "not said", text: started + mapped, want: []string{
			`:6:3: verbs: authorize is neither mapped nor in lacks; say how it is done, or that the target lacks it, and why`,
		}},
		{name: "mapped", text: started + mapped + "  authorize: {http: GET /oauth/start}\n"},
		{name: "lacking", text: started + mapped + "lacks: [{what: authorize, why: by key}]\n"},
		{name: "the default protocol", text: started},
	} {
		t.Run(tc.name, func(t *testing.T) {
			target, file := load(t, tc.text)
			if diff := cmp.Diff(tc.want, said(target.Check(shopify), file)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestCheckNotOffered: what the source does not offer needs no word, and cannot be covered.
func TestCheckNotOffered(t *testing.T) {
	m := shop(t)
	notes, _ := m.Object("notes")
	notes.NotApplicable = "GraphQL only since 2025"
	for _, tc := range []problemCase{
		{name: "no word", text: started + "source: shop\ncovers: [orders, customers]\n"},
		{name: "excluded", text: started + "source: shop\nexcluded: [{object: notes, why: x}]\n"},
		{name: "covered", text: started + "source: shop\ncovers: [orders, customers, notes]\n", want: []string{
			`:6:29: covers[2]: notes is not offered at all: GraphQL only since 2025; remove it`,
		}},
		{name: "raw rows", text: started + "source: shop\nnames: {raw: {types: {orders: notes}}}\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			target, file := load(t, tc.text)
			if diff := cmp.Diff(tc.want, said(target.Check(m), file)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestCheckWithoutFile: a target that no file describes can be checked too.
func TestCheckWithoutFile(t *testing.T) {
	err := profile.Target{Source: "other"}.Check(shop(t))
	if err == nil || err.Error() != "(no file):1:1: source: the profile is for other, and this is about shop; use the profile for shop" {
		t.Error(err)
	}
}

// TestCheckCatalog holds the names that a profile gives against a database.
func TestCheckCatalog(t *testing.T) {
	tables := map[string][]string{
		"landing":         {"id", "kind", "body"},
		"orders":          {"id", "oid", "total_cents", "tenant"},
		"lines":           {"id", "order_ref", "sku"},
		"accounts":        {"id", "meta"},
		"shop_note":       {"id", "order_id"},
		"alembic_version": {"version"},
	}
	for _, tc := range []problemCase{
		{name: "nothing said", text: started},
		{name: "all there", text: started + `source: shop
names:
  integration: tenant
  raw: {table: landing, object_type: kind, payload: body}
  integrations: {table: accounts, metadata: meta}
  tables:
    shop_order: {table: orders, object_id: oid, columns: {total: total_cents}}
    shop_order_line: {table: lines, parent: order_ref, parent_by: id}
`},
		{name: "not there", text: started + `source: shop
excluded: [{object: customers, why: later}]
names:
  object_id: source_id
  integration: tenent
  raw: {table: landings}
  integrations: {table: accounts, id: uid}
  tables:
    shop_customer: {table: nobody}
    shop_order: {table: orders, object_id: order_id, columns: {total: total_cent}, kept: {shop_updated_at: unix}}
    shop_order_line: {table: lines, parent: order_reff, parent_by: uid}
    shop_order_line_tax: {columns: {rate: percent}}
    shop_note: {columns: {text: words}}
`, want: []string{
			`:8:14: names.object_id: no table of the source's objects has a column "source_id"; did you mean "order_id"?`,
			`:9:16: names.integration: no table of the source's objects has a column "tenent"; did you mean "tenant"?`,
			`:10:16: names.raw.table: the database has no table "landings" in the schema public; did you mean "landing"?`,
			`:11:39: names.integrations.id: the table accounts has no column "uid"; did you mean "id"?`,
			`:14:44: names.tables.shop_order.object_id: the table orders has no column "order_id"; known: id, oid, tenant, total_cents`,
			`:14:71: names.tables.shop_order.columns.total: the table orders has no column "total_cent"; did you mean "total_cents"?`,
			`:14:108: names.tables.shop_order.kept.shop_updated_at: the table orders has no column "shop_updated_at"; known: id, oid, tenant, total_cents`,
			`:15:45: names.tables.shop_order_line.parent: the table lines has no column "order_reff"; did you mean "order_ref"?`,
			`:15:68: names.tables.shop_order_line.parent_by: the table orders has no column "uid"; did you mean "id"?`,
			`:17:33: names.tables.shop_note.columns.text: the table shop_note has no column "words"; known: id, order_id`,
		}},
		{name: "columns of the raw table", text: started + `source: shop
names:
  raw: {table: landing, object_type: knd, hash: sha, status: state}
`, want: []string{
			`:7:38: names.raw.object_type: the table landing has no column "knd"; did you mean "kind"?`,
			`:7:49: names.raw.hash: the table landing has no column "sha"; known: body, id, kind`,
			`:7:62: names.raw.status: the table landing has no column "state"; known: body, id, kind`,
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			target, file := load(t, tc.text)
			if diff := cmp.Diff(tc.want, said(target.For(shop(t)).CheckCatalog(tables), file)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
