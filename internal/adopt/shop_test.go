package adopt_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/profile"
)

// prisma is a schema as an ORM in another language has it: other letters, keys of its own, references by these.
const prisma = `
CREATE TABLE "Tenant" (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), name text, meta jsonb);
CREATE TABLE "Customer" (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "tenantId" uuid NOT NULL REFERENCES "Tenant" (id), "externalId" bigint NOT NULL, name text, "addressCity" text,
	"sourceCreatedAt" bigint, "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL, "deletedAt" timestamptz, UNIQUE ("tenantId", "externalId"));
CREATE TABLE "Order" (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "tenantId" uuid NOT NULL REFERENCES "Tenant" (id), "externalId" bigint NOT NULL, "customerId" bigint, "orderStatus" text,
	"totalCents" integer, "sourceUpdatedAt" bigint, "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL, "deletedAt" timestamptz, UNIQUE ("tenantId", "externalId"));
CREATE TABLE "OrderItem" (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(), "tenantId" uuid NOT NULL REFERENCES "Tenant" (id), "externalId" bigint NOT NULL, "orderId" uuid NOT NULL REFERENCES "Order" (id),
	sku text, qty integer, "createdAt" timestamptz NOT NULL DEFAULT now(), "updatedAt" timestamptz NOT NULL, UNIQUE ("tenantId", "externalId"));`

const prismaRows = `
INSERT INTO "Tenant" (name) VALUES ('t');
INSERT INTO "Customer" ("tenantId", "externalId", "sourceCreatedAt", "updatedAt") SELECT t.id, n, 1760000000 + n, now() FROM "Tenant" t, generate_series(1, 5) n;
INSERT INTO "Order" ("tenantId", "externalId", "totalCents", "sourceUpdatedAt", "updatedAt") SELECT t.id, n, 995, 1760000000000 + n, now() FROM "Tenant" t, generate_series(1, 5) n;`

func TestNamesOfAnotherKind(t *testing.T) {
	m := shop(t)
	dsn := database(t, prisma)
	p := propose(t, dsn, "public", m)
	n := load(t, p, m).For(m).Names
	type role struct{ integration, created, updated, deleted, table, metadata string }
	got := role{n.Integration, n.Created, n.Updated, n.Deleted, n.Integrations.Table, n.Integrations.Metadata}
	if want := (role{"tenantId", "createdAt", "updatedAt", "deletedAt", "Tenant", "meta"}); got != want {
		t.Errorf("roles: %+v, want %+v", got, want)
	}
	if n.Company != "" || n.Raw.Table != "" {
		t.Errorf("company %q and raw %q are not there", n.Company, n.Raw.Table)
	}
	if want := map[string]string{"OrderItem": "id"}; !maps.Equal(n.ParentBy, want) {
		t.Errorf("parent by %v, want %v", n.ParentBy, want)
	}
	view := load(t, p, m).For(m).Manifest
	columns := map[string]string{}
	for _, table := range view.Tables() {
		for _, f := range table.Fields {
			columns[table.Name+"."+f.Path] = f.Column
		}
		columns[table.Name] = table.IDColumn + " " + table.ParentColumn
	}
	for place, want := range map[string]string{
		"Customer": "externalId ", "Customer.name": "name", "Customer.address.city": "addressCity", "Customer.created": "sourceCreatedAt",
		"Order": "externalId ", "Order.customer_id": "customerId", "Order.status": "orderStatus", "Order.total": "totalCents", "Order.updated": "sourceUpdatedAt",
		"OrderItem": "externalId orderId", "OrderItem.sku": "sku", "OrderItem.quantity": "qty",
	} {
		if columns[place] != want {
			t.Errorf("%s is %q, want %q", place, columns[place], want)
		}
	}
	// Without rows nobody can tell seconds from milliseconds, and with rows everybody.
	if want := map[profile.Place]profile.Kept{{Table: "Order", Column: "totalCents"}: profile.MinorUnits}; !maps.Equal(n.Kept, want) {
		t.Errorf("kept %v, want %v", n.Kept, want)
	}
	mentions(t, p.YAML("acme"), "sourceCreatedAt is a number: seconds or milliseconds? kept: {shop_created_at: unix}, or unix_millis", "object: notes", "not found: table shop_order_line_tax")
	execute(t, dsn, prismaRows)
	n = load(t, propose(t, dsn, "public", m), m).For(m).Names
	want := map[profile.Place]profile.Kept{
		{Table: "Order", Column: "totalCents"}: profile.MinorUnits, {Table: "Customer", Column: "sourceCreatedAt"}: profile.Unix, {Table: "Order", Column: "sourceUpdatedAt"}: profile.UnixMillis,
	}
	if !maps.Equal(n.Kept, want) {
		t.Errorf("with rows kept %v, want %v", n.Kept, want)
	}
}

func mentions(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("it does not say %q:\n%s", part, text)
		}
	}
}

// TestJudgement: one thing each that a schema may have, and what has to be said of it. In the SQL % stands for columns that
// all tables have.
func TestJudgement(t *testing.T) {
	const common = "id bigserial PRIMARY KEY, account_id uuid NOT NULL, shop_object_id bigint NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz, UNIQUE (account_id, shop_object_id)"
	for _, x := range []struct {
		name, sql    string
		says, claims []string
		not          []string
	}{
		{
			name:   "of two tables that are as likely none is claimed",
			sql:    `CREATE TABLE customers (%, name text); CREATE TABLE orders_new (%, status text, total numeric, customer_id bigint); CREATE TABLE orders_old (%, status text, total numeric, customer_id bigint)`,
			says:   []string{"{object: orders, why: init found no table for it}", "orders_new", "as likely orders_old"},
			not:    []string{"table: orders_"},
			claims: []string{"covers: [customers]"},
		}, {
			name:   "of two columns that are as likely none is claimed",
			sql:    `CREATE TABLE shop_order (%, status text, "totalAmount" numeric, "amountTotal" numeric, sum_total numeric, customer_id bigint)`,
			says:   []string{"not found: total; nearest: "},
			not:    []string{"total: sum_total", "total: totalAmount", "total: amountTotal"},
			claims: []string{"covers: [orders]"},
		}, {
			name:   "whole numbers where decimals are expected, without a word and without rows",
			sql:    `CREATE TABLE shop_order (%, status text, total integer, customer_id bigint)`,
			claims: []string{"total: minor_units"},
			says:   []string{"0.65: integer has no decimals; no values to tell"},
		}, {
			name:   "small whole numbers are no hundredths for certain",
			sql:    `CREATE TABLE shop_order (%, status text, total integer, customer_id bigint); INSERT INTO shop_order (account_id, shop_object_id, total) SELECT gen_random_uuid(), n, n FROM generate_series(1, 9) n`,
			says:   []string{"total is integer: decimals are lost, unless it is hundredths: kept: {total: minor_units}"},
			not:    []string{"total: minor_units  #"},
			claims: []string{"covers: [orders]"},
		}, {
			name:   "large ones are",
			sql:    `CREATE TABLE shop_order (%, status text, total integer, customer_id bigint); INSERT INTO shop_order (account_id, shop_object_id, total) SELECT gen_random_uuid(), n, 1995 FROM generate_series(1, 9) n`,
			claims: []string{"total: minor_units  # 0.90: integer, 9 values, 9 of them no hundreds"},
		}, {
			name:   "a time as text, by its values",
			sql:    `CREATE TABLE shop_order (%, status text, total numeric, customer_id bigint, "changed" text); INSERT INTO shop_order (account_id, shop_object_id, changed) SELECT gen_random_uuid(), n, '2026-01-02T03:04:05Z' FROM generate_series(1, 9) n`,
			claims: []string{"shop_updated_at: changed  #"},
			says:   []string{"text for timestamp, 9 values"},
		}, {
			name:   "a text that is no time",
			sql:    `CREATE TABLE shop_order (%, status text, total numeric, customer_id bigint, "changed" text); INSERT INTO shop_order (account_id, shop_object_id, changed) SELECT gen_random_uuid(), n, 'by Bob' FROM generate_series(1, 9) n`,
			says:   []string{"not found: shop_updated_at; nearest: changed", "but not 9 of 9 values"},
			not:    []string{"shop_updated_at: changed"},
			claims: []string{"covers: [orders]"},
		}, {
			name:   "a date",
			sql:    `CREATE TABLE shop_order (%, status text, total numeric, customer_id bigint, changed date)`,
			claims: []string{"shop_updated_at: changed"},
			says:   []string{"changed is a date: the time of the day is lost"},
		}, {
			name:   "ids that do not fit",
			sql:    `CREATE TABLE shop_order (id serial PRIMARY KEY, account_id uuid, external_id integer, status text, total numeric, customer_id integer, UNIQUE (account_id, external_id))`,
			claims: []string{"object_id: external_id"},
			says:   []string{"external_id is integer: ids beyond 2147483647 do not fit", "customer_id is integer: ids beyond"},
		}, {
			name:   "a key that the database makes is not the source's id",
			sql:    `CREATE TABLE shop_order (id bigserial PRIMARY KEY, account_id uuid, status text, total numeric, customer_id bigint)`,
			says:   []string{"not found: object_id, the column with the source's id; nearest: id (0.46: name, but made by the database, key)"},
			not:    []string{"object_id: id"},
			claims: []string{"covers: [orders]"},
		}, {
			name:   "a key that it does not make may be",
			sql:    `CREATE TABLE shop_order (id bigint PRIMARY KEY, account_id uuid, status text, total numeric, customer_id bigint); INSERT INTO shop_order (id) SELECT 8000000000000 + n FROM generate_series(1, 4) n`,
			claims: []string{"object_id: id  # 0.88: name, type, key, 4 values"},
		}, {
			name:   "a flag is no tombstone",
			sql:    `CREATE TABLE shop_order (account_id uuid, shop_object_id bigint, status text, total numeric, customer_id bigint, is_deleted boolean)`,
			says:   []string{"is_deleted is a flag (boolean)", "NULLIF(is_deleted, false)"},
			claims: []string{"deletes: hard"},
		}, {
			name:   "nobody's rows, and no times",
			sql:    `CREATE TABLE orders (id bigint PRIMARY KEY, status text, total numeric, customer_id bigint)`,
			claims: []string{"{what: tenants, ", "{what: company, ", "{what: row_times, ", "{what: raw, ", "{what: metadata, ", "deletes: hard"},
		}, {
			name:   "times that may be the source's are not the row's own",
			sql:    `CREATE TABLE orders (account_id uuid, shop_object_id bigint, status text, total numeric, customer_id bigint, updated_at timestamptz, imported_at timestamptz DEFAULT now(), synced_at timestamptz DEFAULT now())`,
			claims: []string{"created_at: imported_at", "updated_at: synced_at", "shop_updated_at: updated_at"},
		}, {
			name:   "tenant and company",
			sql:    `CREATE TABLE orders (shop_id bigint, org_id bigint, external_id bigint, status text, total numeric, customer_id bigint)`,
			claims: []string{"integration: shop_id", "company: org_id", "object_id: external_id"},
		}, {
			name: "a raw table of another make",
			sql: `CREATE TABLE orders (account_id uuid, shop_object_id bigint, status text, total numeric, customer_id bigint); CREATE TABLE webhook_events (id bigserial, account_id uuid, resource_type text, resource_id text, body jsonb, sha256 text, state text, last_error text, event text);
				INSERT INTO webhook_events (resource_type, body, sha256, state) SELECT k, '{"id": 1, "customer_id": 2, "status": "x", "total": "1"}', repeat('ab', 32), CASE k WHEN 'Order' THEN 'queued' WHEN 'Note' THEN 'dead' ELSE 'done' END FROM unnest(ARRAY['Order', 'Note', 'Customer']) k`,
			claims: []string{
				"table: webhook_events", "object_type: resource_type", "object_id: resource_id", "payload: body", "hash: sha256", "status: state", "error: last_error", "topic: event",
				"orders: Order", "notes: Note", "customers: Customer", "pending: queued", "processed: done", "failed: dead",
			},
		},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			m := shop(t)
			p := propose(t, database(t, strings.ReplaceAll(x.sql, "%", common)), "public", m)
			load(t, p, m)
			text := p.YAML("acme")
			var active []string
			for line := range strings.Lines(text) {
				if !strings.HasPrefix(strings.TrimSpace(line), "#") {
					active = append(active, strings.Join(strings.Fields(line), " "))
				}
			}
			for _, claim := range x.claims {
				if !slices.ContainsFunc(active, func(l string) bool { return strings.Contains(l, strings.Join(strings.Fields(claim), " ")) }) {
					t.Errorf("it does not claim %q:\n%s", claim, text)
				}
			}
			for _, not := range x.not {
				if slices.ContainsFunc(active, func(l string) bool { return strings.Contains(l, strings.Join(strings.Fields(not), " ")) }) {
					t.Errorf("it claims %q:\n%s", not, text)
				}
			}
			mentions(t, text, x.says...)
		})
	}
}

// TestNameOfAnother: a column may be called as the convention calls another field, which then must be said to be lacking.
func TestNameOfAnother(t *testing.T) {
	text, err := os.ReadFile("../manifest/testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), "      name: text\n", "      name: {column: title, type: text}\n      label: {column: name, type: boolean}\n", 1)
	path := filepath.Join(t.TempDir(), "shop.yaml")
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	m := source(t, path)
	p := propose(t, database(t, `CREATE TABLE customers (shop_id bigint, external_id bigint, name text, address_city text)`), "public", m)
	names := load(t, p, m).For(m).Names
	if why := names.Unkept[profile.Place{Table: "customers", Column: "name"}]; !strings.Contains(why, "another field's") {
		t.Errorf("why is there no name? %q\n%s", why, p.YAML("acme"))
	}
	mentions(t, p.YAML("acme"), "title: name  # 0.98: like name, type")
}

// TestPipeline: a schema as data pipelines make it: no tenant, the provider's own ids and times, other names of lines and of what
// refers to them.
func TestPipeline(t *testing.T) {
	m := source(t, "shopify")
	p := propose(t, database(t, file(t, "pipeline.sql")), "shopify", m)
	target := load(t, p, m)
	for _, o := range []string{"payouts", "balance_transactions", "marketing_events"} {
		if !slices.ContainsFunc(target.Excluded, func(e profile.Excluded) bool { return e.Object == o }) {
			t.Errorf("%s is not excluded", o)
		}
	}
	if len(target.Excluded) != 3 || len(target.Lacks) != 5 {
		t.Errorf("excluded %v, lacks %v", target.Excluded, target.Lacks)
	}
	for table, want := range map[string]string{
		"shopify_order": "order", "shopify_line_item": "order_line", "shopify_line_item_tax_line": "tax_line", "shopify_order_tax_line": "", "shopify_refund_line_item": "order_line_refund",
		"shopify_refund_order_adjustment": "order_adjustment", "shopify_checkout": "abandoned_checkout", "shopify_discount_code": "discount_code", "shopify_order_discount_code": "order_discount_code",
		"shopify_order_discount_application": "discount_application", "shopify_fulfillment_line_item": "", "shopify_product_option": "",
	} {
		if got := target.Names.Tables[table].Table; got != want {
			t.Errorf("%s is %q, want %q", table, got, want)
		}
	}
	if got := target.Names.Tables["shopify_line_item_tax_line"]; got.Parent != "order_line_id" || got.ObjectID != "index" {
		t.Errorf("tax lines: %+v", got)
	}
	if got := target.Names.Tables["shopify_refund_line_item"].Columns["line_item_id"]; got != "order_line_id" {
		t.Errorf("the line of a refund is %q", got)
	}
	if target.Names.ObjectID != "id" || target.Names.Deletes != "hard" {
		t.Errorf("object_id %q, deletes %q", target.Names.ObjectID, target.Names.Deletes)
	}
	mentions(t, p.YAML("acme"), "_fivetran_deleted is a flag (boolean)")
}
