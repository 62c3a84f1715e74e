package checktest

import "github.com/syncspec/syncspec/internal/manifest"

// shop is a small source: orders with lines, their taxes, and codes; notes of orders; parts, and how many of them are at
// which place; and reports, which nobody offers any more.
func shop() *manifest.Manifest {
	text, decimal := manifest.Text, manifest.Decimal
	id := []string{"id"}
	return &manifest.Manifest{
		Source: "shop",
		API: manifest.API{BaseURL: "https://{shop}/v1", Pagination: manifest.Pagination{
			Next: manifest.Next{From: "number", As: "number", Param: "page", First: 1},
			Size: manifest.PageSize{Param: "per_page", Max: 2, Default: 2}, TotalHeader: "X-Total"}},
		Scopes: []manifest.Scope{
			{Name: "read", Kind: "key_permission", Methods: []string{"GET"}, Why: "to read"},
			{Name: "write", Kind: "key_permission", Methods: []string{"POST"}, Why: "to register webhooks"},
			{Name: "everything", Kind: "oauth", Status: "retired"},
		},
		Objects: []manifest.Object{{
			Name: "orders", Sync: "fetch_and_ingest_orders", Scope: "read", Key: id, Table: "shop_order", One: "/orders/{id}",
			Lists: []manifest.List{
				{Path: "/orders", Params: map[string]string{"status": "any"}},
				{Path: "/orders", Params: map[string]string{"status": "trash"}},
			},
			UpdatedAt:   &manifest.TimeField{Field: "updated", Format: manifest.NaiveUTC},
			DeletedWhen: &manifest.Condition{Field: "status", Equals: "trash"},
			Fields: manifest.Fields{
				{Path: "status", Column: "status", Type: text}, {Path: "street", Column: "street", Type: text},
				{Path: "gift", Column: "gift", Type: text}, {Path: "total", Column: "total", Type: decimal},
				{Path: "serial", Column: "serial", Type: manifest.Integer}, {Path: "paid", Column: "paid", Type: manifest.Boolean},
				{Path: "updated", Column: "changed", Type: manifest.Timestamp, Format: manifest.NaiveUTC},
				{Path: "meta", Column: "meta", Type: manifest.JSON},
			},
			Children: []manifest.Child{{At: "lines", Table: "shop_line", Key: id, ParentColumn: "order_id",
				Fields: manifest.Fields{{Path: "sum", Column: "sum", Type: decimal}},
				Children: []manifest.Child{{At: "taxes", Table: "shop_tax", Key: id, KeyScope: "parent", ParentColumn: "line_id",
					Fields: manifest.Fields{{Path: "sum", Column: "sum", Type: decimal}}}}},
				{At: "codes", Table: "shop_code", Key: []string{manifest.Index}, KeyScope: "parent", ParentColumn: "order_id",
					Fields: manifest.Fields{{Path: "code", Column: "code", Type: text}}}},
			Webhooks: []manifest.Topic{{Topic: "order.updated", Event: manifest.Update},
				{Topic: "order.deleted", Event: manifest.Delete, Payload: "key"}, {Topic: "order.restored", Event: manifest.Restore},
				{Topic: "order.edited", Event: manifest.Update, Payload: "reference", At: "edit.order_id"}},
			Volatile: []manifest.Volatile{{Field: "views", Why: "counts its readers"}},
		}, {
			Name: "notes", Sync: "fetch_and_ingest_notes", Scope: "read", Key: id, Table: "shop_note",
			Lists: []manifest.List{{Path: "/orders/{order_id}/notes", Unpaged: true,
				Each: &manifest.Each{Object: "orders", Field: "id", As: "order_id"}}},
			Fields: manifest.Fields{{Path: "@order_id", Column: "order_id", Type: manifest.Integer}, {Path: "text", Column: "text", Type: text}},
			Parent: &manifest.Parent{Column: "order_id", Object: "orders"},
		}, {
			Name: "parts", Sync: "fetch_and_ingest_parts", Scope: "read", Key: id, Table: "shop_part",
			Lists:  []manifest.List{{Path: "/parts"}},
			Fields: manifest.Fields{{Path: "name", Column: "name", Type: text}},
		}, {
			Name: "stock", Sync: "fetch_and_ingest_parts", Scope: "read", Key: []string{"part_id", "place"}, Table: "shop_stock",
			Lists: []manifest.List{{Path: "/stock", Unpaged: true, Batch: &manifest.Batch{Object: "parts", Field: "id", Param: "part_ids", Max: 50}}},
			Fields: manifest.Fields{{Path: "part_id", Column: "part_id", Type: manifest.Integer}, {Path: "place", Column: "place", Type: text},
				{Path: "pieces", Column: "pieces", Type: manifest.Integer}},
		}, {
			Name: "reports", Sync: "fetch_and_ingest_reports", Scope: "read", NotApplicable: "2026-01-01: nobody offers them",
		}},
		Webhooks: manifest.Webhooks{
			Registration: &manifest.Registration{Path: "/webhooks", Topic: "topic", URL: "delivery_url", Scope: "write"},
			Ping:         &manifest.Ping{Body: "webhook_id={id}"}, NotObject: []string{"code", "message"}, Deadline: "5s",
			Notices: []manifest.Notice{{Topic: "app.removed", Kind: "lifecycle"}, {Topic: "people.forget", Kind: "compliance"}},
		},
	}
}

// What the shop says of its objects. Orders 1, 2 and 3 are listed on two pages, 4 is in the list of deleted ones.
const (
	order1 = `{"id":1,"status":"open","street":"Straße 12","gift":null,"total":"19.99","serial":9007199254740993,"paid":true,` +
		`"updated":"2026-01-02T03:04:05.5","meta":{"b":1,"a":[2]},"views":17,` +
		`"codes":[{"code":"TEN"},{"code":"FREE"}],` +
		`"lines":[{"id":7,"sum":"1.50","taxes":[{"id":1,"sum":"0.10"}]},{"id":8,"sum":"-2","taxes":[]}]}`
	order2 = `{"id":2,"status":"open","total":"5","updated":"2026-01-02T00:00:00","lines":[{"id":9,"sum":"5","taxes":[{"id":1,"sum":"0.30"}]}]}`
	order3 = `{"id":3,"status":"open","total":"7","updated":"2026-01-02T00:00:00","lines":[]}`
	order4 = `{"id":4,"status":"trash","total":"9","updated":"2026-01-02T00:00:00","lines":[]}`
	note11 = `{"id":11,"text":"call first"}`
	note12 = `{"id":12,"text":"fragile"}`
	part5  = `{"id":5,"name":"nut"}`
	part6  = `{"id":6,"name":"bolt"}`
	stock5 = `{"part_id":5,"place":"north","pieces":3}`
	stock6 = `{"part_id":5,"place":"south","pieces":null}`
	stock7 = `{"part_id":6,"place":"north","pieces":-1}`

	// Order 1 is paid, 2 deleted, 4 restored and 3 edited; the last is told by its number alone.
	order1Paid = `{"id":1,"status":"paid","street":"Straße 12","gift":null,"total":"19.99","serial":9007199254740993,"paid":true,` +
		`"updated":"2026-01-05T03:04:05.5","meta":{"b":1,"a":[2]},"views":18,"codes":[{"code":"FREE"}],` +
		`"lines":[{"id":7,"sum":"1.50","taxes":[{"id":1,"sum":"0.10"}]},{"id":8,"sum":"-2","taxes":[]}]}`
	order2Key      = `{"id":2}`
	order2Deleted  = `{"id":2,"status":"trash","total":"5","updated":"2026-01-05T00:00:00","lines":[{"id":9,"sum":"5","taxes":[{"id":1,"sum":"0.30"}]}]}`
	order4Restored = `{"id":4,"status":"open","total":"9","updated":"2026-01-05T00:00:00","lines":[]}`
	order3Edit     = `{"edit":{"order_id":3,"added":[]}}`
	order3Edited   = `{"id":3,"status":"edited","total":"7","updated":"2026-01-05T00:00:00","lines":[]}`
)

// page is one answer of the shop.
type page struct{ ref, path, query, total, body string }

// before and after are all that the shop answers, before and after the changes.
func before() []page {
	return []page{
		{"orders#1", "/v1/orders", "status=any&page=1", "3", "[" + order1 + "," + order2 + "]"},
		{"orders#2", "/v1/orders", "status=any&page=2", "3", "[" + order3 + "]"},
		{"trash#1", "/v1/orders", "status=trash", "1", "[" + order4 + "]"},
		{"notes#1", "/v1/orders/1/notes", "", "", "[" + note11 + "]"},
		{"notes#2", "/v1/orders/2/notes", "", "", "[" + note12 + "]"},
		{"notes#3", "/v1/orders/3/notes", "", "", "[]"},
		{"notes#4", "/v1/orders/4/notes", "", "", "[]"},
		{"parts#1", "/v1/parts", "", "2", "[" + part5 + "," + part6 + "]"},
		{"stock#1", "/v1/stock", "part_ids=5,6", "", "[" + stock5 + "," + stock6 + "," + stock7 + "]"},
	}
}

func after() []page {
	return []page{
		{"after#1", "/v1/orders", "status=any&page=1", "3", "[" + order1Paid + "," + order3Edited + "]"},
		{"after#2", "/v1/orders", "status=any&page=2", "3", "[" + order4Restored + "]"},
		{"after#3", "/v1/orders", "status=trash", "1", "[" + order2Deleted + "]"},
	}
}

// raw are the raw rows of the backfill.
func raw() [][3]string {
	return [][3]string{
		{"orders", "1", order1}, {"orders", "2", order2}, {"orders", "3", order3}, {"orders", "4", order4},
		{"notes", "11", note11}, {"notes", "12", note12}, {"parts", "5", part5}, {"parts", "6", part6},
		{"stock", "5/north", stock5}, {"stock", "5/south", stock6}, {"stock", "6/north", stock7},
	}
}

// The tables as a good integration has them; the stamps have defaults only to keep the tests' statements short. A
// second integration has other values, which are nobody's business.
const (
	tables = `
CREATE TABLE shop_raw_ingest (
	integration_id text DEFAULT 'i1', company_id text DEFAULT 'c1', created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
	object_type text, shop_object_id text, dedupe_hash_canonical text, payload json, processing_status text DEFAULT 'processed',
	error_message text, topic text,
	CONSTRAINT raw_once UNIQUE (integration_id, object_type, shop_object_id, dedupe_hash_canonical));
CREATE TABLE shop_order (
	integration_id text DEFAULT 'i1', company_id text DEFAULT 'c1', created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
	shop_object_id bigint, deleted_at timestamptz,
	status text, street text, gift text, total numeric, serial bigint, paid boolean, changed timestamptz, meta jsonb,
	CONSTRAINT order_once UNIQUE (integration_id, shop_object_id));
CREATE TABLE shop_line (
	integration_id text DEFAULT 'i1', company_id text DEFAULT 'c1', created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
	shop_object_id bigint, order_id bigint, sum numeric,
	CONSTRAINT line_once UNIQUE (integration_id, shop_object_id),
	CONSTRAINT line_of_order FOREIGN KEY (integration_id, order_id) REFERENCES shop_order (integration_id, shop_object_id));
CREATE TABLE shop_tax (
	integration_id text DEFAULT 'i1', company_id text DEFAULT 'c1', created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
	shop_object_id bigint, line_id bigint, sum numeric,
	CONSTRAINT tax_once UNIQUE (integration_id, line_id, shop_object_id),
	CONSTRAINT tax_of_line FOREIGN KEY (integration_id, line_id) REFERENCES shop_line (integration_id, shop_object_id));
CREATE TABLE shop_code (
	integration_id text DEFAULT 'i1', company_id text DEFAULT 'c1', created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
	shop_object_id bigint, order_id bigint, code text,
	CONSTRAINT code_once UNIQUE (integration_id, order_id, shop_object_id),
	CONSTRAINT code_of_order FOREIGN KEY (integration_id, order_id) REFERENCES shop_order (integration_id, shop_object_id));
CREATE TABLE shop_note (
	integration_id text DEFAULT 'i1', company_id text DEFAULT 'c1', created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
	shop_object_id bigint, deleted_at timestamptz, order_id bigint, text text,
	CONSTRAINT note_once UNIQUE (integration_id, shop_object_id),
	CONSTRAINT note_of_order FOREIGN KEY (integration_id, order_id) REFERENCES shop_order (integration_id, shop_object_id));
CREATE TABLE shop_part (
	integration_id text DEFAULT 'i1', company_id text DEFAULT 'c1', created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
	shop_object_id bigint, deleted_at timestamptz, name text,
	CONSTRAINT part_once UNIQUE (integration_id, shop_object_id));
CREATE TABLE shop_stock (
	integration_id text DEFAULT 'i1', company_id text DEFAULT 'c1', created_at timestamptz DEFAULT now(), updated_at timestamptz DEFAULT now(),
	deleted_at timestamptz, part_id bigint, place text, pieces bigint,
	CONSTRAINT stock_once UNIQUE (integration_id, part_id, place));
INSERT INTO shop_order (integration_id, company_id, shop_object_id, status) VALUES ('i2', 'c2', 1, 'other'), ('i2', 'c2', 99, 'other');
INSERT INTO shop_raw_ingest (integration_id, company_id, object_type, shop_object_id, dedupe_hash_canonical, payload, processing_status)
	VALUES ('i2', NULL, 'orders', '1', 'h', '{}', 'error')`

	rowsBefore = `
INSERT INTO shop_order (shop_object_id, status, street, total, serial, paid, changed, meta) VALUES
	(1, 'open', 'Straße 12', 19.99, 9007199254740993, true, '2026-01-02T03:04:05.5Z', '{"a": [2], "b": 1}'),
	(2, 'open', NULL, 5, NULL, NULL, '2026-01-02T00:00:00Z', NULL), (3, 'open', NULL, 7, NULL, NULL, '2026-01-02T00:00:00Z', NULL);
INSERT INTO shop_order (shop_object_id, status, total, changed, deleted_at) VALUES (4, 'trash', 9, '2026-01-02T00:00:00Z', now());
INSERT INTO shop_line (shop_object_id, order_id, sum) VALUES (7, 1, 1.5), (8, 1, -2), (9, 2, 5);
INSERT INTO shop_tax (shop_object_id, line_id, sum) VALUES (1, 7, 0.10), (1, 9, 0.3);
INSERT INTO shop_code (shop_object_id, order_id, code) VALUES (0, 1, 'TEN'), (1, 1, 'FREE');
INSERT INTO shop_note (shop_object_id, order_id, text) VALUES (11, 1, 'call first'), (12, 2, 'fragile');
INSERT INTO shop_part (shop_object_id, name) VALUES (5, 'nut'), (6, 'bolt');
INSERT INTO shop_stock (part_id, place, pieces) VALUES (5, 'north', 3), (5, 'south', NULL), (6, 'north', -1)`

	rowsAfter = `
UPDATE shop_order SET status = 'paid', changed = '2026-01-05T03:04:05.5Z' WHERE shop_object_id = 1 AND integration_id = 'i1';
UPDATE shop_order SET deleted_at = now() WHERE shop_object_id = 2;
UPDATE shop_order SET status = 'edited', changed = '2026-01-05T00:00:00Z' WHERE shop_object_id = 3;
DELETE FROM shop_code WHERE order_id = 1 AND shop_object_id = 1;
UPDATE shop_code SET code = 'FREE' WHERE order_id = 1;
UPDATE shop_order SET status = 'open', changed = '2026-01-05T00:00:00Z', deleted_at = NULL WHERE shop_object_id = 4`
)
