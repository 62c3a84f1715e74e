package profile_test

import "testing"

// TestObjectProblems pins what is said of what is said of objects, notions and names.
func TestObjectProblems(t *testing.T) {
	each(t, []problemCase{
		{
			name: "twice",
			text: started + `source: shop
covers: [orders, orders, refunds]
excluded: [{object: refunds, why: later}, {object: products, why: x}, {object: products, why: y}]
lacks: [{what: raw, why: a}, {what: raw, why: b}]
`,
			want: []string{
				`:6:18: covers[1]: object "orders" is there twice; the first is covers[0]`,
				`:7:21: excluded[0].object: "refunds" stands in covers too; it is copied, or it is not: remove one`,
				`:7:80: excluded[2].object: object "products" is there twice; the first is excluded[1].object`,
				`:8:37: lacks[1].what: notion "raw" is there twice; the first is lacks[0].what`,
			},
		},
		{
			name: "without a source",
			text: started + `covers: [orders]
excluded: [{object: refunds, why: later}]
names: {schema: app}
`,
			want: []string{
				`:5:9: covers: covers is about one source, and the profile names none; add source: with its name, such as shopify`,
				`:6:11: excluded: excluded is about one source, and the profile names none; add source: with its name, such as shopify`,
				`:7:8: names: names is about one source, and the profile names none; add source: with its name, such as shopify`,
			},
		},
		{
			name: "lacking and named",
			text: started + `source: shop
lacks: [{what: raw, why: a}, {what: tenants, why: b}, {what: company, why: c}, {what: row_times, why: d}, {what: metadata, why: e}]
names: {raw: {table: r}, integration: i, company: c, created_at: x, updated_at: y, integrations: {table: t}}
`,
			want: []string{
				`:7:14: names.raw: lacks says that there is no raw; remove one of the two`,
				`:7:39: names.integration: lacks says that there is no tenants; remove one of the two`,
				`:7:51: names.company: lacks says that there is no company; remove one of the two`,
				`:7:66: names.created_at: lacks says that there is no row_times; remove one of the two`,
				`:7:81: names.updated_at: lacks says that there is no row_times; remove one of the two`,
				`:7:98: names.integrations: lacks says that there is no metadata; remove one of the two`,
			},
		},
		{
			name: "names",
			text: started + `source: shop
names:
  deletes: hard
  deleted_at: gone
  tables:
    retry: {table: x}
    shop_order:
      columns: {total: sum, empty: ""}
      kept: {total: minor_unit, at: unix}
      lacks: {at: never, note: ""}
`,
			want: []string{
				`:8:15: names.deleted_at: with deletes: hard there are no tombstones; remove it, or write deletes: soft`,
				`:10:5: names.tables.retry: retry is a verb, and names.tables has tables; move it to verbs`,
				`:12:36: names.tables.shop_order.columns.empty: the name is missing; put it in lacks if the target does not have it`,
				`:13:21: names.tables.shop_order.kept.total: "minor_unit" is no form that a value is kept in; did you mean "minor_units"?`,
				`:14:19: names.tables.shop_order.lacks.at: at is named too, and so it is there; remove one of the two`,
				`:14:32: names.tables.shop_order.lacks.note: the reason is missing; say why the target does not have it`,
			},
		},
	})
}
