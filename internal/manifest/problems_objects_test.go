package manifest

import "testing"

// TestObjectsProblems pins what is said of scopes and objects.
func TestObjectsProblems(t *testing.T) {
	for _, tc := range []problemCase{
		{
			name:  "scope twice",
			edits: []string{"{name: hooks, kind: oauth", "{name: read, kind: oauth"},
			want: []string{
				`shop.yaml:17:12: scopes[1].name: scope "read" is there twice; the first is on line 16`,
				`shop.yaml:79:79: webhooks.registration.scope: no scope is named "hooks"; known: read`,
			},
		},
		{
			name:  "scope that enables nothing known",
			edits: []string{"enables: [webhooks]", "enables: [webhook]"},
			want: []string{
				`shop.yaml:17:42: scopes[1].enables[0]: no object is named "webhook"; did you mean "webhooks"?`,
				`shop.yaml:79:79: webhooks.registration.scope: scope "hooks" does not enable webhooks; add webhooks to the scope's enables`,
			},
		},
		{
			name:  "scope that enables one thing twice",
			edits: []string{"enables: [webhooks]", "enables: [webhooks, webhooks]"},
			want: []string{
				`shop.yaml:17:52: scopes[1].enables[1]: object "webhooks" is there twice; the first is on line 17`,
			},
		},
		{
			name:  "retired scope without successor",
			edits: []string{"why: registration", "why: registration, status: retired"},
			want: []string{
				`shop.yaml:17:5: scopes[1]: scope "hooks" is retired, but what replaced it is not said; add superseded_by`,
				`shop.yaml:79:79: webhooks.registration.scope: scope "hooks" is retired; name the scope that replaced it`,
			},
		},
		{
			name:  "current scope with successor",
			edits: []string{"why: registration", "why: registration, superseded_by: read"},
			want: []string{
				`shop.yaml:17:87: scopes[1].superseded_by: scope "hooks" is current, so nothing replaced it; add status: retired, or drop the key`,
			},
		},
		{
			name:  "retired scope superseded by itself",
			edits: []string{"why: registration", "why: registration, status: retired, superseded_by: hooks"},
			want: []string{
				"shop.yaml:17:104: scopes[1].superseded_by: a scope does not replace itself",
				`shop.yaml:79:79: webhooks.registration.scope: scope "hooks" is retired; name the scope that replaced it`,
			},
		},
		{
			name:  "retired scope with unknown successor",
			edits: []string{"why: registration", "why: registration, status: retired, superseded_by: writ"},
			want: []string{
				`shop.yaml:17:104: scopes[1].superseded_by: no scope is named "writ"; known: hooks, read`,
				`shop.yaml:79:79: webhooks.registration.scope: scope "hooks" is retired; name the scope that replaced it`,
			},
		},
		{
			name:  "retired scope that something needs",
			edits: []string{"why: registration", "why: registration, status: retired, superseded_by: read"},
			want: []string{
				`shop.yaml:79:79: webhooks.registration.scope: scope "hooks" is retired; name the scope that replaced it`,
			},
		},
		{
			name:  "object without scope",
			edits: []string{"    sync: fetch_and_ingest_orders\n    scope: read\n", "    sync: fetch_and_ingest_orders\n"},
			want: []string{
				`shop.yaml:32:5: objects[1]: key "scope" is missing`,
			},
		},
		{
			name: "object with unknown scope",
			edits: []string{
				"    sync: fetch_and_ingest_orders\n    scope: read\n",
				"    sync: fetch_and_ingest_orders\n    scope: reed\n",
			},
			want: []string{
				`shop.yaml:34:12: objects[1].scope: no scope is named "reed"; did you mean "read"?`,
			},
		},
		{
			name:  "object that its scope does not enable",
			edits: []string{"enables: [customers, orders, notes]", "enables: [customers, orders]"},
			want: []string{
				`shop.yaml:64:12: objects[2].scope: scope "read" does not enable notes; add notes to the scope's enables`,
			},
		},
		{
			name:  "object twice",
			edits: []string{"  - name: notes\n", "  - name: orders\n"},
			want: []string{
				`shop.yaml:16:60: scopes[0].enables[2]: no object is named "notes"; known: customers, orders, webhooks`,
				`shop.yaml:62:11: objects[2].name: object "orders" is there twice; the first is on line 32`,
				"shop.yaml:66:59: objects[2].lists[0].each.object: an object's list cannot wait for that object's own list; name another object",
				"shop.yaml:69:40: objects[2].parent.object: objects wait for each other: orders → orders; make one of them a reference",
			},
		},
		{
			name:  "object is no identifier",
			edits: []string{"  - name: notes\n", "  - name: OrderNotes\n"},
			want: []string{
				`shop.yaml:16:60: scopes[0].enables[2]: no object is named "notes"; known: OrderNotes, customers, orders, webhooks`,
				`shop.yaml:62:11: objects[2].name: "OrderNotes" is not an identifier (^[a-z][a-z0-9_]{0,62}$); write "order_notes"`,
				`shop.yaml:64:12: objects[2].scope: scope "read" does not enable OrderNotes; add OrderNotes to the scope's enables`,
			},
		},
		{
			name:  "object named webhooks",
			edits: []string{"  - name: notes\n", "  - name: webhooks\n"},
			want: []string{
				`shop.yaml:16:60: scopes[0].enables[2]: no object is named "notes"; known: customers, orders, webhooks`,
				`shop.yaml:62:11: objects[2].name: "webhooks" is what a scope enables for registering webhooks; name the object otherwise`,
				`shop.yaml:64:12: objects[2].scope: scope "read" does not enable webhooks; add webhooks to the scope's enables`,
			},
		},
		{
			name:  "sync function of two objects",
			edits: []string{"sync: fetch_and_ingest_notes", "sync: fetch_and_ingest_orders"},
		},
		{
			name:  "sync function by another name",
			edits: []string{"sync: fetch_and_ingest_notes", "sync: sync_notes"},
			want: []string{
				`shop.yaml:63:11: objects[2].sync: "sync_notes" is not named fetch_and_ingest_*; write "fetch_and_ingest_notes"`,
			},
		},
		{
			name:  "object without lists",
			edits: []string{"    lists:\n      - {path: /orders}\n", ""},
			want: []string{
				`shop.yaml:32:5: objects[1]: key "lists" is missing; only objects with not_applicable need none`,
			},
		},
		{
			name:  "object with empty lists",
			edits: []string{"    lists:\n      - {path: /orders}\n", "    lists: []\n"},
			want: []string{
				`shop.yaml:35:12: objects[1].lists: "lists" must not be empty; only objects with not_applicable need none`,
			},
		},
		{
			name:  "object without key",
			edits: []string{"    key: [id]\n    updated_at", "    updated_at"},
			want: []string{
				`shop.yaml:32:5: objects[1]: key "key" is missing; only objects with not_applicable need none`,
			},
		},
		{
			name:  "object with empty key",
			edits: []string{"    key: [id]\n    updated_at", "    key: []\n    updated_at"},
			want: []string{
				`shop.yaml:38:10: objects[1].key: "key" must not be empty`,
			},
		},
		{
			name: "not applicable object needs none",
			edits: []string{
				"    lists:\n      - {path: /customers, at: data, params: {per_page: 100, active: true}}\n    key: [id]\n    table: shop_customer\n    fields:\n      name: text\n      address.city: text\n      created: {column: shop_created_at, type: timestamp}\n",
				"    table: shop_customer\n    not_applicable: 2026-01-01, no longer offered\n",
			},
		},
		{
			name:  "list path without slash",
			edits: []string{"{path: /orders}", "{path: orders}"},
			want: []string{
				`shop.yaml:36:16: objects[1].lists[0].path: "orders" does not begin with a slash; write the path below the base URL`,
			},
		},
		{
			name:  "list path with a query",
			edits: []string{"{path: /orders}", `{path: "/orders?status=any"}`},
			want: []string{
				`shop.yaml:36:16: objects[1].lists[0].path: "/orders?status=any" carries a query; move it to params`,
			},
		},
		{
			name:  "list placeholder without each",
			edits: []string{"{path: /orders}", `{path: "/shops/{shop}/orders"}`},
			want: []string{
				"shop.yaml:36:16: objects[1].lists[0].path: nothing replaces {shop}",
			},
		},
		{
			name:  "each of an unknown object",
			edits: []string{"each: {object: orders", "each: {object: order"},
			want: []string{
				`shop.yaml:66:59: objects[2].lists[0].each.object: no object is named "order"; did you mean "orders"?`,
			},
		},
		{
			name:  "each of the object itself",
			edits: []string{"each: {object: orders", "each: {object: notes"},
			want: []string{
				"shop.yaml:66:59: objects[2].lists[0].each.object: an object's list cannot wait for that object's own list; name another object",
			},
		},
		{
			name:  "each not in the path",
			edits: []string{`"/orders/{order_id}/notes"`, `"/orders/notes"`},
			want: []string{
				"shop.yaml:66:16: objects[2].lists[0].path: {order_id} is missing; each makes one walk per value, which the path must carry",
			},
		},
		{
			name:  "each under another name",
			edits: []string{`"/orders/{order_id}/notes"`, `"/orders/{id}/notes"`},
			want: []string{
				"shop.yaml:66:16: objects[2].lists[0].path: nothing replaces {id}; known: order_id",
				"shop.yaml:66:16: objects[2].lists[0].path: {order_id} is missing; each makes one walk per value, which the path must carry",
			},
		},
		{
			name:  "one without id",
			edits: []string{"one: /orders/{id}", "one: /orders/1"},
			want: []string{
				"shop.yaml:37:10: objects[1].one: {id} is missing; it stands for the object's id",
			},
		},
		{
			name:  "one with another placeholder",
			edits: []string{"one: /orders/{id}", `one: "/orders/{shop}/{id}"`},
			want: []string{
				"shop.yaml:37:10: objects[1].one: nothing replaces {shop}; known: id",
			},
		},
		{
			name:  "payload path",
			edits: []string{"updated_at: {field: updated}", "updated_at: {field: updated..at}"},
			want: []string{
				`shop.yaml:39:25: objects[1].updated_at.field: "updated..at" is not a path through a payload; write names joined by dots, e.g. customer.id`,
			},
		},
		{
			name:  "condition that says nothing",
			edits: []string{"deleted_when: {field: status, equals: trash}", "deleted_when: {field: status}"},
			want: []string{
				"shop.yaml:40:19: objects[1].deleted_when: a condition has exactly one of equals and not",
			},
		},
		{
			name:  "condition that says two things",
			edits: []string{"equals: trash", "equals: trash, not: open"},
			want: []string{
				"shop.yaml:40:19: objects[1].deleted_when: a condition has exactly one of equals and not",
			},
		},
		{
			name:  "condition that is empty",
			edits: []string{"equals: trash", `not: ""`},
			want: []string{
				"shop.yaml:40:40: objects[1].deleted_when.not: must not be empty; an empty value cannot be told from a missing one",
			},
		},
		{
			name:  "condition with a number",
			edits: []string{"equals: trash", "not: 0"},
		},
		{
			name:  "volatile key",
			edits: []string{"{field: etag,", "{field: id,"},
			want: []string{
				`shop.yaml:61:17: objects[1].volatile[0].field: "id" identifies the object; what identifies an object cannot change from read to read`,
			},
		},
		{
			name:  "volatile twice",
			edits: []string{"{field: etag, why: random}", "{field: etag, why: random}\n      - {field: etag, why: random}"},
			want: []string{
				`shop.yaml:62:17: objects[1].volatile[1].field: field "etag" is there twice; the first is on line 61`,
			},
		},
		{
			name:  "volatile that is no path",
			edits: []string{"{field: etag,", "{field: an etag,"},
			want: []string{
				`shop.yaml:61:17: objects[1].volatile[0].field: "an etag" is not a path through a payload; write names joined by dots, e.g. customer.id`,
			},
		},
		{
			name:  "objects that wait for each other",
			edits: []string{"{path: /orders}", `{path: "/notes/{n}/orders", each: {object: notes, field: number, as: n}}`},
			want: []string{
				"shop.yaml:66:59: objects[2].lists[0].each.object: objects wait for each other: orders → notes → orders; make one of them a reference",
				"shop.yaml:69:40: objects[2].parent.object: objects wait for each other: orders → notes → orders; make one of them a reference",
			},
		},
		{
			name: "incremental without its parameter",
			edits: []string{
				"    updated_at: {field: updated}\n",
				"    updated_at: {field: updated}\n    incremental: {format: unix, boundary: inclusive}\n",
			},
			want: []string{
				`shop.yaml:40:18: objects[1].incremental: key "param" is missing`,
			},
		},
	} {
		t.Run(tc.name, tc.check)
	}
}
