package manifest

import (
	"strings"
	"testing"
)

// TestListsProblems shows what is said of the routes to objects.
func TestListsProblems(t *testing.T) {
	for _, tc := range []problemCase{
		{
			name:  "batch of an unknown object",
			edits: []string{"batch: {object: variants,", "batch: {object: variant,"},
			want: []string{
				`store.yaml:61:51: objects[2].lists[0].batch.object: no object is named "variant"; did you mean "variants"?`,
			},
		},
		{
			name:  "batch of the object itself",
			edits: []string{"batch: {object: variants, field: item_id", "batch: {object: items, field: id"},
			want: []string{
				`store.yaml:61:51: objects[2].lists[0].batch.object: an object's list cannot wait for that object's own list; name another object`,
			},
		},
		{
			name:  "batch by an unknown field",
			edits: []string{"field: item_id, param: ids", "field: items_id, param: ids"},
			want: []string{
				`store.yaml:61:68: objects[2].lists[0].batch.field: variants has no field "items_id"; did you mean "item_id"?`,
			},
		},
		{
			name:  "batch of an object that is not applicable",
			edits: []string{"batch: {object: variants,", "batch: {object: reports,"},
			want: []string{
				`store.yaml:61:51: objects[2].lists[0].batch.object: reports is not applicable, so this list can never be read`,
			},
		},
		{
			name:  "batch of none",
			edits: []string{"param: ids, max: 50", "param: ids, max: 0"},
			want: []string{
				`store.yaml:61:94: objects[2].lists[0].batch.max: a batch has one value at least; write how many values the provider takes at once`,
			},
		},
		{
			name:  "batch without a limit",
			edits: []string{", param: ids, max: 50", ", param: ids"},
			want: []string{
				`store.yaml:61:42: objects[2].lists[0].batch: key "max" is missing`,
			},
		},
		{
			name:  "batch in the parameter of the page's size",
			edits: []string{"param: ids, max: 50", "param: limit, max: 50"},
			want: []string{
				`store.yaml:61:84: objects[2].lists[0].batch.param: parameter "limit" carries something else already; name the parameter that takes the values`,
			},
		},
		{
			name:  "batch in a parameter of the list",
			edits: []string{"param: place_ids", "param: kind"},
			want: []string{
				`store.yaml:78:100: objects[4].lists[0].batch.param: parameter "kind" carries something else already; name the parameter that takes the values`,
			},
		},
		{
			name: "batch and each",
			edits: []string{
				"- {path: /items, at: items, batch",
				`- {path: "/items/{place_id}", at: items, each: {object: places, field: id, as: place_id}, batch`,
			},
			want: []string{
				`store.yaml:61:104: objects[2].lists[0].batch: a list has one of each and batch; each puts one value into the path, batch many into a parameter`,
			},
		},
		{
			name: "objects that wait for each other by batch",
			edits: []string{
				"- {path: /products, at: products}",
				"- {path: /products, at: products, batch: {object: items, field: id, param: items, max: 5}}",
			},
			want: []string{
				`store.yaml:50:80: objects[1].lists[0].each.object: objects wait for each other: products → items → variants → products; make one of them a reference`,
				`store.yaml:53:42: objects[1].parent.object: objects wait for each other: products → items → variants → products; make one of them a reference`,
			},
		},
		{
			name:  "fan-out by an unknown field",
			edits: []string{"object: sales, field: id", "object: sales, field: ids"},
			want: []string{
				`store.yaml:99:86: objects[6].lists[0].each.field: sales has no field "ids"; did you mean "id"?`,
			},
		},
		{
			name:  "fan-out over what is not applicable",
			edits: []string{"object: sales, field: id", "object: reports, field: id"},
			want: []string{
				`store.yaml:99:72: objects[6].lists[0].each.object: reports is not applicable, so this list can never be read`,
			},
		},
		{
			name: "fan-out named as the place",
			edits: []string{
				`{sale_id}/parcels", at: parcels, each: {object: sales, field: id, as: sale_id}`,
				`{index}/parcels", at: parcels, each: {object: sales, field: id, as: index}`,
				"one: /sales/{sale_id}/parcels/{id}",
				"one: /sales/{index}/parcels/{id}",
			},
			want: []string{
				`store.yaml:99:92: objects[6].lists[0].each.as: @index is the place of a child in its array; name the value otherwise, e.g. order_id`,
			},
		},
		{
			name:  "parents whose change is not known",
			edits: []string{"as: sale_id}", "as: sale_id, changed: true}"},
			want: []string{
				`store.yaml:99:112: objects[6].lists[0].each.changed: which sales changed cannot be asked for; drop the key, or give sales what is incremental`,
			},
		},
		{
			name: "parents whose change is known by theirs",
			edits: []string{
				"batch: {object: variants, field: item_id, param: ids, max: 50}",
				"each: {object: variants, field: id, as: variant, changed: true}",
				"path: /items",
				`path: "/variants/{variant}/items"`,
			},
		},
		{
			name:  "place of the object in no answer",
			edits: []string{"    one: /products/{id}\n", ""},
			want: []string{
				`store.yaml:34:13: objects[0].one_at: there is no route whose answer this could be in; add one: /…/{id}, or drop the key`,
			},
		},
		{
			name:  "single object by a key of two fields",
			edits: []string{"    key: [item_id, place_id]\n", "    one: /levels/{id}\n    key: [item_id, place_id]\n"},
			want: []string{
				`store.yaml:79:10: objects[4].one: a key of 2 fields does not fit into {id}; drop the key: such objects are read by their lists`,
			},
		},
		{
			name:  "count with a query",
			edits: []string{"path: /products/count", `path: "/products/count?a=b"`},
			want: []string{
				`store.yaml:36:19: objects[0].count.path: "/products/count?a=b" carries a query; move it to params`,
			},
		},
		{
			name:  "count per parent",
			edits: []string{"path: /products/count", `path: "/products/{product_id}/count"`},
			want: []string{
				`store.yaml:36:19: objects[0].count.path: nothing replaces {product_id}`,
			},
		},
		{
			name:  "count without a place",
			edits: []string{"count: {path: /products/count, at: count}", "count: {path: /products/count}"},
			want: []string{
				`store.yaml:36:12: objects[0].count: key "at" is missing`,
			},
		},
		{
			name:  "unavailable, but answered",
			edits: []string{"{status: 404, why: one", "{status: 200, why: one"},
			want: []string{
				`store.yaml:73:27: objects[3].unavailable.status: 200 does not say that something is not there; 404 and 403 are usual`,
			},
		},
		{
			name:  "unavailable, but unauthorized",
			edits: []string{"{status: 404, why: one", "{status: 401, why: one"},
			want: []string{
				`store.yaml:73:27: objects[3].unavailable.status: 401 says that the credential is no good; 404 and 403 are usual`,
			},
		},
		{
			name:  "unavailable, but too soon",
			edits: []string{"{status: 404, why: one", "{status: 429, why: one"},
			want: []string{
				`store.yaml:73:27: objects[3].unavailable.status: 429 asks the caller to slow down; 404 and 403 are usual`,
			},
		},
		{
			name:  "exclusion of a single object's route",
			edits: []string{"  deadline: 5s\n", "  deadline: 5s\nexcluded:\n  - {path: \"/products/{id}\", why: none}\n"},
			want: []string{
				`store.yaml:121:12: excluded[0].path: "/products/{id}" is excluded, but products reads /products/{id}; drop one of the two`,
			},
		},
		{
			name:  "exclusion of all below",
			edits: []string{"  deadline: 5s\n", "  deadline: 5s\nexcluded:\n  - {path: /products/*, why: none}\n"},
			want: []string{
				`store.yaml:121:12: excluded[0].path: "/products/*" is excluded, but products reads /products/{id}; drop one of the two`,
				`store.yaml:121:12: excluded[0].path: "/products/*" is excluded, but variants reads /products/{product_id}/variants; drop one of the two`,
			},
		},
	} {
		t.Run(tc.name, tc.checkStore)
	}
}

// TestNothingApplicable shows that a manifest must have something to copy.
func TestNothingApplicable(t *testing.T) {
	head, _, _ := strings.Cut(store, "  - {name: read_goods")
	_, webhooks, _ := strings.Cut(store, "\nwebhooks:\n")
	text := head + `  - {name: read_reports, kind: oauth, enables: [reports], why: reports}
objects:
  - {name: reports, sync: fetch_and_ingest_reports, scope: read_reports, not_applicable: "2026-11-23: no longer offered"}
webhooks:
` + webhooks
	tc := problemCase{want: []string{"store.yaml:24:3: objects: no object is applicable, so there is nothing to copy"}}
	tc.saidOf(t, "store.yaml", []byte(text))
}
