package manifest

import "testing"

// TestTablesProblems pins what is said of tables, columns, keys and topics.
func TestTablesProblems(t *testing.T) {
	for _, tc := range []problemCase{
		{
			name:  "table of another source",
			edits: []string{"table: shop_note\n", "table: note\n"},
			want: []string{
				`shop.yaml:68:12: objects[2].table: table "note" does not begin with "shop_"; write "shop_note"`,
			},
		},
		{
			name:  "table is no identifier",
			edits: []string{"table: shop_note\n", "table: shop-note\n"},
			want: []string{
				`shop.yaml:68:12: objects[2].table: "shop-note" is not an identifier (^[a-z][a-z0-9_]{0,62}$); write "shop_note"`,
			},
		},
		{
			name:  "table name too long",
			edits: []string{"table: shop_note\n", "table: shop_nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\n"},
			want: []string{
				`shop.yaml:68:12: objects[2].table: "shop_nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn…" is not an identifier (^[a-z][a-z0-9_]{0,62}$); write lower case letters, digits and _, a letter first, 63 at most`,
			},
		},
		{
			name:  "table twice",
			edits: []string{"table: shop_note\n", "table: shop_order\n"},
			want: []string{
				`shop.yaml:68:12: objects[2].table: table "shop_order" is there twice; the first is on line 41`,
			},
		},
		{
			name:  "table of a child twice",
			edits: []string{"table: shop_order_line_tax", "table: shop_order_line"},
			want: []string{
				`shop.yaml:54:32: objects[1].children[0].children[0].table: table "shop_order_line" is there twice; the first is on line 49`,
			},
		},
		{
			name:  "table of raw payloads",
			edits: []string{"table: shop_note\n", "table: shop_raw_ingest\n"},
			want: []string{
				`shop.yaml:68:12: objects[2].table: "shop_raw_ingest" is the table of raw payloads; name the refined table otherwise`,
			},
		},
		{
			name:  "column is no identifier",
			edits: []string{"total: decimal", "Total.Amount: decimal"},
			want: []string{
				`shop.yaml:45:7: objects[1].fields["Total.Amount"]: column "Total_Amount" is not an identifier (^[a-z][a-z0-9_]{0,62}$); write {column: total_amount, type: decimal}`,
			},
		},
		{
			name:  "column is no identifier, long form",
			edits: []string{"total: decimal", "total: {column: Total, type: decimal}"},
			want: []string{
				`shop.yaml:45:23: objects[1].fields.total.column: column "Total" is not an identifier (^[a-z][a-z0-9_]{0,62}$); write {column: total, type: decimal}`,
			},
		},
		{
			name:  "column twice",
			edits: []string{"      name: text\n      address.city: text", "      address_city: text\n      address.city: text"},
			want: []string{
				`shop.yaml:28:7: objects[0].fields["address.city"]: column "address_city" is there twice; the first is on line 27`,
			},
		},
		{
			name:  "reserved column",
			edits: []string{"total: decimal", "created_at: timestamp"},
			want: []string{
				`shop.yaml:45:7: objects[1].fields.created_at: column "created_at" is every table's own; write {column: shop_created_at, type: timestamp}`,
			},
		},
		{
			name:  "reserved id",
			edits: []string{"total: decimal", "id: integer"},
			want: []string{
				`shop.yaml:45:7: objects[1].fields.id: column "id" is every table's own; a single identifying field is kept in shop_object_id without being mapped; other ids need a column such as attribute_id`,
			},
		},
		{
			name:  "reserved object id",
			edits: []string{"total: decimal", "total: {column: shop_object_id, type: integer}"},
			want: []string{
				`shop.yaml:45:23: objects[1].fields.total.column: column "shop_object_id" is every table's own; a single identifying field is kept in shop_object_id without being mapped; other ids need a column such as attribute_id`,
			},
		},
		{
			name:  "reserved column in a child",
			edits: []string{"{sku: text", "{company_id: text"},
			want: []string{
				`shop.yaml:52:18: objects[1].children[0].fields.company_id: column "company_id" is every table's own; write {column: shop_company_id, type: text}`,
			},
		},
		{
			name:  "format of what is no timestamp",
			edits: []string{"total: decimal", "total: {type: decimal, format: unix}"},
			want: []string{
				"shop.yaml:45:38: objects[1].fields.total.format: only timestamps have a format, not decimal; drop the key",
			},
		},
		{
			name:  "field path",
			edits: []string{"total: decimal", `"total.": decimal`},
			want: []string{
				`shop.yaml:45:7: objects[1].fields["total."]: "total." is not a path through a payload; write names joined by dots, e.g. customer.id`,
			},
		},
		{
			name:  "fan-out value that is not declared",
			edits: []string{`"@order_id": {`, `"@order": {`},
			want: []string{
				`shop.yaml:67:11: objects[2].key[0]: "@order_id" is part of the key but fills no column; map it in fields`,
				`shop.yaml:71:7: objects[2].fields["@order"]: no list has each with as: order; known: order_id`,
			},
		},
		{
			name:  "fan-out value without fan-out",
			edits: []string{"total: decimal", `"@total": decimal`},
			want: []string{
				`shop.yaml:45:7: objects[1].fields["@total"]: no list has each with as: total`,
			},
		},
		{
			name:  "key twice",
			edits: []string{`key: ["@order_id", number]`, "key: [number, number]"},
			want: []string{
				`shop.yaml:67:19: objects[2].key[1]: field "number" is there twice; the first is on line 67`,
			},
		},
		{
			name:  "composite key that fills no column",
			edits: []string{`key: ["@order_id", number]`, `key: ["@order_id", nr]`},
			want: []string{
				`shop.yaml:67:24: objects[2].key[1]: "nr" is part of the key but fills no column; map it in fields`,
			},
		},
		{
			name:  "key of an undeclared fan-out value",
			edits: []string{"    key: [id]\n    updated_at", "    key: [\"@id\"]\n    updated_at"},
			want: []string{
				"shop.yaml:38:11: objects[1].key[0]: no list has each with as: id",
				`shop.yaml:66:74: objects[2].lists[0].each.field: orders has no field "id"; did you mean "@id"?`,
			},
		},
		{
			name:  "child without parent column",
			edits: []string{"        parent_column: order_id\n", ""},
			want: []string{
				`shop.yaml:48:9: objects[1].children[0]: key "parent_column" is missing`,
			},
		},
		{
			name:  "child without table",
			edits: []string{"        table: shop_order_line\n", ""},
			want: []string{
				`shop.yaml:48:9: objects[1].children[0]: key "table" is missing`,
			},
		},
		{
			name:  "child without key",
			edits: []string{"key: [code], ", ""},
			want: []string{
				`shop.yaml:54:13: objects[1].children[0].children[0]: key "key" is missing`,
			},
		},
		{
			name:  "parent column among the fields",
			edits: []string{"{sku: text, quantity", "{order_id: text, quantity"},
			want: []string{
				`shop.yaml:51:24: objects[1].children[0].parent_column: field "order_id" fills column "order_id" too; the parent's id is kept there without being mapped`,
			},
		},
		{
			name:  "parent column reserved",
			edits: []string{"parent_column: line_id", "parent_column: id"},
			want: []string{
				`shop.yaml:54:116: objects[1].children[0].children[0].parent_column: column "id" is every table's own; name the column after the parent, e.g. order_id`,
			},
		},
		{
			name:  "parent column is no identifier",
			edits: []string{"parent_column: line_id", "parent_column: lineId"},
			want: []string{
				`shop.yaml:54:116: objects[1].children[0].children[0].parent_column: "lineId" is not an identifier (^[a-z][a-z0-9_]{0,62}$); write "line_id"`,
			},
		},
		{
			name: "array twice",
			edits: []string{
				"          - {at: taxes,",
				"          - {at: taxes, table: shop_t, key: [code], parent_column: p, fields: {a: text}}\n          - {at: taxes,",
			},
			want: []string{
				`shop.yaml:55:18: objects[1].children[0].children[1].at: array "taxes" is there twice; the first is on line 54`,
			},
		},
		{
			name:  "volatile key of a child",
			edits: []string{"fields: {rate: decimal}", "volatile: [code], fields: {rate: decimal}"},
			want: []string{
				`shop.yaml:54:136: objects[1].children[0].children[0].volatile[0]: "code" identifies the child; what identifies a child cannot change from read to read`,
			},
		},
		{
			name:  "parent of an unknown object",
			edits: []string{"object: orders}\n    fields:", "object: order}\n    fields:"},
			want: []string{
				`shop.yaml:69:40: objects[2].parent.object: no object is named "order"; did you mean "orders"?`,
			},
		},
		{
			name:  "parent column that no field fills",
			edits: []string{"parent: {column: order_id", "parent: {column: orders_id"},
			want: []string{
				`shop.yaml:69:22: objects[2].parent.column: no field fills column "orders_id"; did you mean "order_id"?`,
			},
		},
		{
			name:  "parent of itself",
			edits: []string{"object: orders}\n    fields:", "object: notes}\n    fields:"},
			want: []string{
				"shop.yaml:69:40: objects[2].parent.object: objects wait for each other: notes → notes; make one of them a reference",
			},
		},
		{
			name:  "reference to an unknown object",
			edits: []string{"to: customers, why: may", "to: customer, why: may"},
			want: []string{
				`shop.yaml:56:34: objects[1].references[0].to: no object is named "customer"; did you mean "customers"?`,
			},
		},
		{
			name:  "reference from what is not mapped",
			edits: []string{"field: customer_id, to", "field: client_id, to"},
			want: []string{
				`shop.yaml:56:17: objects[1].references[0].field: no field maps "client_id"; known: customer_id, lines.quantity, lines.sku, lines.taxes.rate, status, total, updated`,
			},
		},
		{
			name:  "reference from a child",
			edits: []string{"field: customer_id, to", "field: lines.sku, to"},
		},
		{
			name: "topic of one object twice",
			edits: []string{
				"{topic: order.updated, event: update}",
				"{topic: order.updated, event: update}\n      - {topic: order.updated, event: create}",
			},
			want: []string{
				`shop.yaml:59:9: objects[1].webhooks[1]: topic "order.updated" is there twice; the first is on line 58`,
			},
		},
		{
			name:  "topic of two objects without when",
			edits: []string{"{topic: customer.created, event: create}", "{topic: order.updated, event: update}"},
			want: []string{
				`shop.yaml:31:9: objects[0].webhooks[0]: topic "order.updated" has 2 routes, and this one says not when it applies; add when: {field: …, equals: …}, or payload: key where only ids come`,
				`shop.yaml:58:9: objects[1].webhooks[0]: topic "order.updated" has 2 routes, and this one says not when it applies; add when: {field: …, equals: …}, or payload: key where only ids come`,
			},
		},
		{
			name: "topic of two objects, one without when",
			edits: []string{
				"{topic: customer.created, event: create}",
				"{topic: order.updated, event: update, when: {field: type, equals: c}}",
			},
			want: []string{
				`shop.yaml:58:9: objects[1].webhooks[0]: topic "order.updated" has 2 routes, and this one says not when it applies; add when: {field: …, equals: …}, or payload: key where only ids come`,
			},
		},
		{
			name: "topic of two objects with the same when",
			edits: []string{
				"{topic: customer.created, event: create}",
				"{topic: order.updated, event: update, when: {field: type, equals: c}}",
				"{topic: order.updated, event: update}\n",
				"{topic: order.updated, event: update, when: {field: type, equals: c}}\n",
			},
			want: []string{
				`shop.yaml:58:9: objects[1].webhooks[0]: topic "order.updated when type is c" is there twice; the first is on line 31`,
			},
		},
		{
			name: "topic of two objects, routed",
			edits: []string{
				"{topic: customer.created, event: create}",
				"{topic: order.updated, event: update, when: {field: type, equals: c}}",
				"{topic: order.updated, event: update}\n",
				"{topic: order.updated, event: update, when: {field: type, not: c}}\n",
			},
		},
		{
			name: "topic of two objects with keys alone",
			edits: []string{
				"{topic: customer.created, event: create}",
				"{topic: order.deleted, event: delete, payload: key}",
			},
		},
		{
			name:  "delete that does not say what it carries",
			edits: []string{"event: delete, payload: key", "event: delete"},
			want: []string{
				`shop.yaml:59:9: objects[1].webhooks[1]: topic "order.deleted" tells of deletes and must say what it carries; add payload: key (the identifying fields alone) or payload: object`,
			},
		},
		{
			name:  "create with keys alone and no way to read",
			edits: []string{"event: create}", "event: create, payload: key}"},
			want: []string{
				"shop.yaml:31:59: objects[0].webhooks[0].payload: a create that carries keys alone needs a way to read the object; give the object one: /…/{id}",
			},
		},
		{
			name:  "update with keys alone",
			edits: []string{"event: update}", "event: update, payload: key}"},
		},
		{
			name:  "keys alone with a condition",
			edits: []string{"payload: key}", "payload: key, when: {field: type, equals: c}}"},
			want: []string{
				`shop.yaml:59:67: objects[1].webhooks[1].when: a payload of keys alone has no field "type"; drop when, or write payload: object`,
			},
		},
	} {
		t.Run(tc.name, tc.check)
	}
}
