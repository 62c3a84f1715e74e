package manifest

import "testing"

// TestChildrenProblems shows what is said of arrays inside objects.
func TestChildrenProblems(t *testing.T) {
	for _, tc := range []problemCase{
		{
			name:  "place and another field",
			edits: []string{`["@index"], key_scope`, `["@index", name], key_scope`},
			want: []string{
				`store.yaml:42:52: objects[0].children[0].key[0]: @index goes with no other field; the place alone identifies an element of its parent`,
			},
		},
		{
			name:  "place that is unique everywhere",
			edits: []string{`["@index"], key_scope: parent`, `["@index"]`},
			want: []string{
				`store.yaml:42:9: objects[0].children[0]: a place (@index) is unique within the parent only; add key_scope: parent`,
			},
		},
		{
			name:  "place that is a text",
			edits: []string{`["@index"], key_scope`, `["@index"], key_type: text, key_scope`},
			want: []string{
				`store.yaml:42:73: objects[0].children[0].key_type: a place (@index) is a number; drop the key`,
			},
		},
		{
			name:  "place in an array that is cut",
			edits: []string{`["@index"], key_scope`, `["@index"], most: 10, key_scope`},
			want: []string{
				`store.yaml:42:69: objects[0].children[0].most: in an array that is cut a place (@index) means another element each time; name a field that identifies the element`,
			},
		},
		{
			name:  "place of an object",
			edits: []string{"    key: [id]\n    table: store_item", "    key: [\"@index\"]\n    table: store_item"},
			want: []string{
				`store.yaml:62:11: objects[2].key[0]: only a child is known by its place (@index); name the field that identifies the object`,
			},
		},
		{
			name:  "place as a field",
			edits: []string{"fields: {name: text}}", `fields: {"@index": integer}}`},
			want: []string{
				`store.yaml:42:118: objects[0].children[0].fields["@index"]: @index is no field; as the key it is kept in store_object_id without being mapped`,
			},
		},
		{
			name:  "array that is cut to nothing",
			edits: []string{"most: 10", "most: 0"},
			want: []string{
				`store.yaml:43:67: objects[0].children[1].most: an array that is cut has one element at least; drop the key where the array is always whole`,
			},
		},
		{
			name: "array below rows that nothing can refer to",
			edits: []string{
				"parent_column: product_id, fields: {name: text}}",
				"parent_column: product_id, fields: {name: text}, children: [{at: notes, table: store_note, key: [id], parent_column: tag_id, fields: {text: text}}]}",
			},
			want: []string{
				`store.yaml:42:141: objects[0].children[0].children: keys of tags are unique within their parent only, so nothing can refer to them; keep the arrays below as json, or write key_scope: global where it is true`,
			},
		},
		{
			name:  "parent that is not applicable",
			edits: []string{"    table: store_parcel\n", "    table: store_parcel\n    parent: {column: sale_id, object: reports}\n"},
			want: []string{
				`store.yaml:103:39: objects[6].parent.object: reports is not applicable, so it has no rows; make it references`,
			},
		},
		{
			name:  "parent with a key of two fields",
			edits: []string{"    table: store_parcel\n", "    table: store_parcel\n    parent: {column: sale_id, object: levels}\n"},
			want: []string{
				`store.yaml:103:39: objects[6].parent.object: levels has a key of 2 fields, to which no single column refers; make it references`,
			},
		},
	} {
		t.Run(tc.name, tc.checkStore)
	}
}
