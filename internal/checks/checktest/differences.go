package checktest

// Differences are the ways in which rows can be wrong, as cases of a check that compares rows. subject says which of
// the check's subjects the rows of a table belong to.
func Differences(id string, subject func(table string) string) []Case {
	const order1 = " WHERE integration_id = 'i1' AND shop_object_id = 1"
	var cases []Case
	for _, d := range []struct{ cause, name, table, sql, says string }{
		{"row-missing", "an object has no row", "shop_order", "DELETE FROM shop_order WHERE shop_object_id = 3", "shop_order 3 has no row (offered in "},
		{"row-missing", "a sub-object has no row", "shop_tax", "DELETE FROM shop_tax WHERE line_id = 9", "shop_tax 9/1 has no row"},
		{"wrong-tenant", "a row stands under an integration that nobody made", "shop_order", "UPDATE shop_order SET integration_id = 'i9' WHERE shop_object_id = 3",
			"shop_order 3 stands under the integration i9, which no scenario made (offered in "},
		{"wrong-tenant", "a row stands under another tenant's integration with the right company", "shop_order", "UPDATE shop_order SET integration_id = 'i2' WHERE shop_object_id = 3",
			"shop_order 3 stands under the integration i2 of the scenario resumed"},
		{"wrong-tenant", "a row stands under an integration that nobody made as well", "shop_order", "INSERT INTO shop_order (integration_id, company_id, shop_object_id) VALUES ('i9', 'c9', 3)",
			"shop_order 3 stands under the integration i9, which no scenario made as well"},
		{"row-missing", "another tenant's row with the same key is its own", "shop_order", "DELETE FROM shop_order WHERE shop_object_id = 3;" +
			"INSERT INTO shop_order (integration_id, company_id, shop_object_id) VALUES ('i2', 'c2', 3)", "shop_order 3 has no row"},
		{"row-extra", "a row was never offered", "shop_order", "INSERT INTO shop_order (shop_object_id, status) VALUES (77, 'open')", "shop_order 77 has a row"},
		{"row-extra", "an object has two rows", "shop_order", "ALTER TABLE shop_order DROP CONSTRAINT order_once CASCADE;" +
			"INSERT INTO shop_order (shop_object_id, status) VALUES (3, 'open')", "shop_order 3"},
		{"tombstone-wrong", "a living object is a tombstone", "shop_order", "UPDATE shop_order SET deleted_at = now() WHERE shop_object_id = 3", "deleted must be false"},
		{"value-differs", "a boolean is the other one", "shop_order", "UPDATE shop_order SET paid = false" + order1, `paid must be "true"`},
		{"value-differs", "a document lacks a key", "shop_order", `UPDATE shop_order SET meta = '{"a": [2]}'` + order1, "meta must be"},
		{"value-lost", "a value is NULL", "shop_order", "UPDATE shop_order SET total = NULL" + order1, `total must be "19.99"`},
		{"value-invented", "a NULL became an empty text", "shop_order", "UPDATE shop_order SET gift = ''" + order1, "gift must be NULL"},
		{"money-through-float", "an amount is off by a cent", "shop_order", "UPDATE shop_order SET total = 19.98" + order1, `is "19.98"`},
		{"wrong-sign", "a discount became a surcharge", "shop_line", "UPDATE shop_line SET sum = 2 WHERE shop_object_id = 8", `sum must be "-2"`},
		{"wrong-time-zone", "a time is off by an hour", "shop_order", "UPDATE shop_order SET changed = changed + interval '1 hour'" + order1, "changed must be"},
		{"fraction-lost", "a time has no fraction", "shop_order", "UPDATE shop_order SET changed = date_trunc('second', changed)" + order1, `:05.5Z"`},
		{"integer-through-float", "an integer went through a double", "shop_order", "UPDATE shop_order SET serial = 9007199254740992" + order1, `is "9007199254740992"`},
		{"text-cut", "a text was cut off", "shop_order", "UPDATE shop_order SET street = 'Stra'" + order1, `is "Stra"`},
		{"case-changed", "a text is in capitals", "shop_order", "UPDATE shop_order SET street = upper(street)" + order1, "street must be"},
		{"wrong-parent", "a line belongs to another order", "shop_line", "UPDATE shop_line SET order_id = 2 WHERE shop_object_id = 8", "order_id must be 1"},
	} {
		cases = append(cases, Case{Check: id, Name: d.name, Subject: subject(d.table), Cause: d.cause, Says: d.says,
			Break: func(w *World) { w.SQL(d.sql) }})
	}
	return cases
}
