package manifest

import "testing"

// TestDecodeProblems pins what is said of what the types alone forbid.
func TestDecodeProblems(t *testing.T) {
	for _, tc := range []problemCase{
		{
			name: "nothing wrong",
		},
		{
			name:  "unknown key, a slip",
			edits: []string{"    table: shop_order\n", "    tabel: shop_order\n"},
			want: []string{
				`shop.yaml:41:5: objects[1].tabel: unknown key "tabel"; did you mean "table"?`,
			},
		},
		{
			name:  "unknown key, another word",
			edits: []string{"title: A shop", "title: A shop\nfrobnicate: 1"},
			want: []string{
				`shop.yaml:5:1: frobnicate: unknown key "frobnicate"; known: accuracy, api, apiVersion, docs, excluded, oauth, objects, scopes, source, title, webhooks`,
			},
		},
		{
			name:  "unknown key in a flow mapping",
			edits: []string{"param: page, first: 1", "parm: page, first: 1"},
			want: []string{
				`shop.yaml:11:38: api.pagination.next.parm: unknown key "parm"; did you mean "param"?`,
			},
		},
		{
			name:  "duplicate key",
			edits: []string{"title: A shop", "title: A shop\nsource: shop"},
			want: []string{
				`shop.yaml:5:1: source: key "source" stands here twice; the first is on line 3`,
			},
		},
		{
			name:  "duplicate field",
			edits: []string{"      total: decimal", "      total: decimal\n      status: text"},
			want: []string{
				`shop.yaml:46:7: objects[1].fields.status: key "status" stands here twice; the first is on line 44`,
			},
		},
		{
			name:  "duplicate parameter",
			edits: []string{"active: true", "active: true, active: false"},
			want: []string{
				`shop.yaml:23:76: objects[0].lists[0].params.active: key "active" stands here twice; the first is on line 23`,
			},
		},
		{
			name:  "missing key",
			edits: []string{"title: A shop\n", ""},
			want: []string{
				`shop.yaml:2:1: key "title" is missing`,
			},
		},
		{
			name:  "missing keys in an entry",
			edits: []string{"    sync: fetch_and_ingest_orders\n    scope: read\n", ""},
			want: []string{
				`shop.yaml:32:5: objects[1]: key "scope" is missing`,
				`shop.yaml:32:5: objects[1]: key "sync" is missing`,
			},
		},
		{
			name:  "empty text",
			edits: []string{"title: A shop", `title: ""`},
			want: []string{
				`shop.yaml:4:8: title: "title" must not be empty`,
			},
		},
		{
			name:  "null for text",
			edits: []string{"title: A shop", "title:"},
			want: []string{
				"shop.yaml:4:7: title: must be text, is empty",
			},
		},
		{
			name:  "number for text",
			edits: []string{"title: A shop", "title: 12"},
			want: []string{
				`shop.yaml:4:8: title: must be text, is the number 12; put it in quotes: "12"`,
			},
		},
		{
			name:  "boolean for text",
			edits: []string{"title: A shop", "title: true"},
			want: []string{
				`shop.yaml:4:8: title: must be text, is the boolean true; put it in quotes: "true"`,
			},
		},
		{
			name:  "list for text",
			edits: []string{"title: A shop", "title: [a]"},
			want: []string{
				"shop.yaml:4:8: title: must be text, is a list",
			},
		},
		{
			name:  "mapping for text",
			edits: []string{"title: A shop", "title: {a: b}"},
			want: []string{
				"shop.yaml:4:8: title: must be text, is a mapping",
			},
		},
		{
			name:  "text for a number",
			edits: []string{"max: 100", `max: "100"`},
			want: []string{
				`shop.yaml:12:34: api.pagination.size.max: must be a whole number, is the text "100"; drop the quotes`,
			},
		},
		{
			name:  "fraction for a number",
			edits: []string{"max: 100", "max: 1.5"},
			want: []string{
				"shop.yaml:12:34: api.pagination.size.max: must be a whole number, is the number 1.5",
			},
		},
		{
			name:  "number too large",
			edits: []string{"max: 100", "max: 99999999999999999999"},
			want: []string{
				"shop.yaml:12:34: api.pagination.size.max: must be a whole number, is the number 99999999999999999999",
			},
		},
		{
			name:  "text for a boolean",
			edits: []string{"  topic_header: X-Topic", "  topic_header: X-Topic\n  delivery_id_unique: yes"},
			want: []string{
				`shop.yaml:77:23: webhooks.delivery_id_unique: must be true or false, is the text "yes"`,
			},
		},
		{
			name:  "text for a list",
			edits: []string{"key: [code], key_type: text", "key: code, key_type: text"},
			want: []string{
				`shop.yaml:54:58: objects[1].children[0].children[0].key: must be a list, is the text "code"; write [code]`,
			},
		},
		{
			name:  "text for a mapping",
			edits: []string{"  version: {value: v1}", "  version: v1"},
			want: []string{
				`shop.yaml:7:12: api.version: must be a mapping, is the text "v1"`,
			},
		},
		{
			name:  "list for a mapping",
			edits: []string{"  version: {value: v1}", "  version: [v1]"},
			want: []string{
				"shop.yaml:7:12: api.version: must be a mapping, is a list",
			},
		},
		{
			name:  "list for a parameter",
			edits: []string{"active: true", "active: [true]"},
			want: []string{
				"shop.yaml:23:70: objects[0].lists[0].params.active: must be a single value, is a list",
			},
		},
		{
			name:  "empty entry of a list",
			edits: []string{"credentials: [token]", `credentials: [""]`},
			want: []string{
				"shop.yaml:9:38: api.auth.credentials[0]: must not be empty",
				`shop.yaml:9:50: api.auth.route: "token" is not one of the credentials`,
			},
		},
		{
			name:  "empty list",
			edits: []string{"enables: [webhooks]", "enables: []"},
			want: []string{
				`shop.yaml:17:41: scopes[1].enables: "enables" must not be empty`,
			},
		},
		{
			name:  "value not allowed, a slip",
			edits: []string{"event: update", "event: updated"},
			want: []string{
				`shop.yaml:58:39: objects[1].webhooks[0].event: "updated" is not allowed here; did you mean "update"?`,
			},
		},
		{
			name:  "value not allowed, another word",
			edits: []string{"encoding: hex", "encoding: rot13"},
			want: []string{
				`shop.yaml:75:65: webhooks.signature.encoding: "rot13" is not allowed here; one of: base64, hex`,
			},
		},
		{
			name:  "wrong format version",
			edits: []string{"apiVersion: syncspec/v1", "apiVersion: syncspec/v9"},
			want: []string{
				`shop.yaml:2:13: apiVersion: "syncspec/v9" is not allowed here; did you mean "syncspec/v1"?`,
			},
		},
		{
			name:  "field type, a slip",
			edits: []string{"total: decimal", "total: decimla"},
			want: []string{
				`shop.yaml:45:14: objects[1].fields.total: "decimla" is not a type; did you mean "decimal"?`,
			},
		},
		{
			name:  "field type, another word",
			edits: []string{"total: decimal", "total: money"},
			want: []string{
				`shop.yaml:45:14: objects[1].fields.total: "money" is not a type; one of: text, integer, decimal, boolean, timestamp, json`,
			},
		},
		{
			name:  "field type as a number",
			edits: []string{"total: decimal", "total: 2"},
			want: []string{
				"shop.yaml:45:14: objects[1].fields.total: must be a type or a mapping, is the number 2",
			},
		},
		{
			name:  "field type as a list",
			edits: []string{"total: decimal", "total: [decimal]"},
			want: []string{
				"shop.yaml:45:14: objects[1].fields.total: must be a type or a mapping, is a list",
			},
		},
		{
			name:  "field without type",
			edits: []string{"total: decimal", "total: {column: total}"},
			want: []string{
				`shop.yaml:45:14: objects[1].fields.total: key "type" is missing`,
			},
		},
		{
			name:  "fields as a list",
			edits: []string{"fields: {rate: decimal}", "fields: [rate]"},
			want: []string{
				"shop.yaml:54:133: objects[1].children[0].children[0].fields: must be a mapping, is a list",
			},
		},
		{
			name:  "key that is a number",
			edits: []string{"total: decimal", "12: decimal"},
			want: []string{
				`shop.yaml:45:7: objects[1].fields: a key must be text, is the number 12; put it in quotes: "12"`,
			},
		},
		{
			name:  "key that is empty",
			edits: []string{"total: decimal", `"": decimal`},
			want: []string{
				"shop.yaml:45:7: objects[1].fields: a key must not be empty",
			},
		},
		{
			name:  "merge key",
			edits: []string{"  topic_header: X-Topic", "  topic_header: X-Topic\n  <<: {deadline: 4s}"},
			want: []string{
				"shop.yaml:77:3: webhooks: merge keys (<<) are not part of a manifest; write the keys out, or alias whole values",
			},
		},
		{
			name:  "alias as a key",
			edits: []string{"title: A shop", "title: &t docs\n*t : https://x.example"},
			want: []string{
				"shop.yaml:5:1: a key must not be an alias; write the key out",
			},
		},
		{
			name:  "another tag",
			edits: []string{"title: A shop", "title: !secret A shop"},
			want: []string{
				"shop.yaml:4:8: title: must be text, is tagged !secret",
			},
		},
		{
			name: "several at once, by position",
			edits: []string{
				"title: A shop",
				"title: 12",
				"    table: shop_order\n",
				"    tabel: shop_order\n",
				"  deadline: 5s",
				"  deadline: soon",
			},
			want: []string{
				`shop.yaml:4:8: title: must be text, is the number 12; put it in quotes: "12"`,
				`shop.yaml:41:5: objects[1].tabel: unknown key "tabel"; did you mean "table"?`,
				`shop.yaml:82:13: webhooks.deadline: "soon" is not a positive duration; write e.g. 5s`,
			},
		},
	} {
		t.Run(tc.name, tc.check)
	}
}
