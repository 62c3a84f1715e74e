package manifest

import "testing"

// TestTopicsProblems shows what is said of what deliveries tell of, and their registration.
func TestTopicsProblems(t *testing.T) {
	for _, tc := range []problemCase{
		{
			name:  "reference to nowhere",
			edits: []string{"payload: reference, at: edit.sale_id", "payload: reference"},
			want: []string{
				`store.yaml:94:9: objects[5].webhooks[0]: payload "reference" needs at; add at: the path in the body of the id or of the array`,
			},
		},
		{
			name:  "reference to an empty path",
			edits: []string{"payload: reference, at: edit.sale_id", `payload: reference, at: ""`},
			want: []string{
				`store.yaml:94:70: objects[5].webhooks[0].at: "at" must not be empty`,
			},
		},
		{
			name:  "reference along no path",
			edits: []string{"payload: reference, at: edit.sale_id", "payload: reference, at: edit..sale"},
			want: []string{
				`store.yaml:94:70: objects[5].webhooks[0].at: "edit..sale" is not a path through a payload; write names joined by dots, e.g. customer.id`,
			},
		},
		{
			name:  "reference to what cannot be read",
			edits: []string{"    one: /sales/{id}\n", ""},
			want: []string{
				`store.yaml:93:55: objects[5].webhooks[0].payload: a payload that only refers to the object needs a way to read it by its id; give the object one: /…/{id}`,
			},
		},
		{
			name:  "reference to what needs its parent to be read",
			edits: []string{"scope: read_parcels}", "scope: read_parcels, payload: reference, at: id}"},
			want: []string{
				`store.yaml:105:78: objects[6].webhooks[0].payload: a payload that only refers to the object needs a way to read it by its id; give the object one: /…/{id}`,
			},
		},
		{
			name:  "reference to what is deleted",
			edits: []string{"event: update, payload: reference", "event: delete, payload: reference"},
			want: []string{
				`store.yaml:94:55: objects[5].webhooks[0].payload: what is deleted cannot be read anew; write payload: key where the body has the identifying fields`,
			},
		},
		{
			name:  "path in an object",
			edits: []string{"{topic: parcels/create, event: create,", "{topic: parcels/create, event: create, at: parcel,"},
			want: []string{
				`store.yaml:105:52: objects[6].webhooks[0].at: a payload that is the object has nothing inside to look for; drop the key, or write payload: reference or payload: elements`,
			},
		},
		{
			name:  "elements of nowhere",
			edits: []string{"payload: elements, at: variants, most: 5", "payload: elements"},
			want: []string{
				`store.yaml:56:9: objects[1].webhooks[0]: payload "elements" needs at; add at: the path in the body of the id or of the array`,
			},
		},
		{
			name:  "elements that are deleted",
			edits: []string{"event: update, payload: elements", "event: delete, payload: elements"},
			want: []string{
				`store.yaml:56:41: objects[1].webhooks[0].event: elements tell of a create or an update, not of a delete; an element that is gone is known by its absence`,
			},
		},
		{
			name:  "elements with a condition",
			edits: []string{"most: 5}", "most: 5, when: {field: kind, equals: a}}"},
			want: []string{
				`store.yaml:56:97: objects[1].webhooks[0].when: elements go with their parent's route, whichever that is; drop when`,
			},
		},
		{
			name:  "elements without a parent",
			edits: []string{"    parent: {column: product_id, object: products}\n", ""},
			want: []string{
				`store.yaml:55:58: objects[1].webhooks[0].payload: whose elements these are is not known; give the object a parent`,
			},
		},
		{
			name: "elements of another topic",
			edits: []string{
				"{topic: products/update, event: update, payload: elements",
				"{topic: products/changed, event: update, payload: elements",
			},
			want: []string{
				`store.yaml:56:17: objects[1].webhooks[0].topic: topic "products/changed" does not carry products, of which these are elements; add the topic to products`,
			},
		},
		{
			name:  "elements that are cut to nothing",
			edits: []string{"most: 5", "most: 0"},
			want: []string{
				`store.yaml:56:88: objects[1].webhooks[0].most: an array that is cut has one element at least; drop the key where the array is always whole`,
			},
		},
		{
			name: "elements twice",
			edits: []string{
				"at: variants, most: 5}",
				"at: variants, most: 5}\n      - {topic: products/update, event: create, payload: elements, at: variants}",
			},
			want: []string{
				`store.yaml:57:9: objects[1].webhooks[1]: topic "products/update" is there twice; the first is on line 56`,
			},
		},
		{
			name:  "object that is cut",
			edits: []string{"{topic: parcels/create, event: create,", "{topic: parcels/create, event: create, most: 5,"},
			want: []string{
				`store.yaml:105:54: objects[6].webhooks[0].most: only payloads of elements have an array that could be cut; drop the key`,
			},
		},
		{
			name:  "notice twice",
			edits: []string{"{topic: people/erase,", "{topic: app/removed,"},
			want: []string{
				`store.yaml:118:15: webhooks.notices[1].topic: topic "app/removed" is there twice; the first is on line 117`,
			},
		},
		{
			name:  "notice of an object",
			edits: []string{"{topic: people/erase,", "{topic: parcels/create,"},
			want: []string{
				`store.yaml:118:15: webhooks.notices[1].topic: topic "parcels/create" is a notice, but parcels maps it; drop one of the two`,
			},
		},
		{
			name:  "dead notice",
			edits: []string{"  deadline: 5s\n", "  dead_topics:\n    - {path: app/removed, why: none}\n  deadline: 5s\n"},
			want: []string{
				`store.yaml:117:15: webhooks.notices[0].topic: topic "app/removed" is a notice, but also dead; drop one of the two`,
			},
		},
		{
			name:  "notice of no kind",
			edits: []string{"kind: compliance", "kind: legal"},
			want: []string{
				`store.yaml:118:35: webhooks.notices[1].kind: "legal" is not allowed here; one of: lifecycle, compliance`,
			},
		},
		{
			name:  "header of nothing",
			edits: []string{"{account_host}", "{account_hots}"},
			want: []string{
				`store.yaml:114:21: webhooks.headers.X-Host: nothing replaces {account_hots}; did you mean "account_host"?`,
			},
		},
		{
			name:  "registration in a field twice",
			edits: []string{"url: address", "url: topic"},
			want: []string{
				`store.yaml:115:101: webhooks.registration.url: field "topic" is there twice; the first is on line 115`,
			},
		},
		{
			name:  "registration in a field of a parameter",
			edits: []string{"params: {format: json}", "params: {address: json}"},
			want: []string{
				`store.yaml:115:76: webhooks.registration.params.address: field "address" is there twice; the first is on line 115`,
			},
		},
		{
			name:  "registration found by what is not sent",
			edits: []string{"match: [topic]", "match: [topics]"},
			want: []string{
				`store.yaml:115:118: webhooks.registration.match[0]: "topics" is no field of the request; did you mean "topic"?`,
			},
		},
		{
			name:  "registration found by a parameter",
			edits: []string{"match: [topic]", "match: [topic, format]"},
		},
		{
			name:  "registration in no path",
			edits: []string{"list_at: hooks", `list_at: "hooks[]"`},
			want: []string{
				`store.yaml:115:51: webhooks.registration.list_at: "hooks[]" is not a path through a payload; write names joined by dots, e.g. customer.id`,
			},
		},
	} {
		t.Run(tc.name, tc.checkStore)
	}
}
