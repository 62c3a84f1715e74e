package recorder

import (
	"encoding/json"
	"slices"
)

// changedProducts changes some of the oldest products, each in another field.
func changedProducts(from, to int) func(*stage) error {
	changes := []fields{
		{"title": "Nebeltee 🍵 „Herbst“ / neue Ernte"}, {"vendor": "Mühle & Söhne <Oderhaff>"}, {"tags": "winter, neu\tim Sortiment"},
		{"body_html": "<p>Überarbeitet: 3\u00a0€ günstiger</p>"}, {"body_html": nil}, {"template_suffix": "saison"}, {"product_type": ""},
		{"published_at": "2026-11-20T10:00:00+01:00"},
	}
	return func(s *stage) error {
		products := s.account.Objects("products")
		for n := from; n < to; n++ {
			if _, err := s.account.Update("products", products[n].Key, changes[n%len(changes)]); err != nil {
				return err
			}
		}
		return nil
	}
}

// overtakenProduct changes a product twice; what tells of the first change comes last.
func overtakenProduct(s *stage) error {
	return all(
		func() error {
			return s.update("products", "handle", "buettenpapier-haff", fields{"tags": "papier, bald aus"})
		},
		func() error {
			return s.update("products", "handle", "buettenpapier-haff", fields{"tags": "papier, wieder da"})
		},
	)
}

func newProduct(s *stage) error {
	pen, err := s.where("products", "handle", "glasfeder-no-7")
	if err != nil {
		return err
	}
	variant, err := s.where("product_variants", "sku", "GF7-BM")
	if err != nil {
		return err
	}
	item, err := s.where("inventory_items", "sku", "GF7-BM")
	if err != nil {
		return err
	}
	return all(
		func() error {
			return s.like(item, "inventory_items", "item", fields{"sku": "KANNE-1", "cost": "31.0050"}, nil)
		},
		func() error {
			options := json.RawMessage(`[{"id":10249900000001,"product_id":8301455120077,"name":"Title","position":1,"values":["Default Title"]}]`)
			return s.like(pen, "products", "product", fields{"id": 8301455120077, "title": "Teekanne „Haff“ 🫖", "handle": "teekanne-haff", "tags": "", "options": options, "images": []any{}, "image": nil}, nil)
		},
		func() error {
			return s.like(variant, "product_variants", "variant", fields{
				"product_id": json.Number(s.made["product"]), "inventory_item_id": json.Number(s.made["item"]), "sku": "KANNE-1", "price": "74.00",
				"title": "Default Title", "option1": "Default Title", "option2": nil, "option3": nil, "image_id": nil, "position": 1,
			}, map[string]string{"product_id": s.made["product"]})
		},
		func() error {
			location, err := s.where("locations", "name", "Lager Süd")
			if err != nil {
				return err
			}
			_, err = s.account.Create("inventory_levels", fields{
				"inventory_item_id": json.Number(s.made["item"]), "location_id": json.Number(location.Key), "available": 8}, nil)
			return err
		},
	)
}

// deletedProduct deletes a product that no order has.
func deletedProduct(s *stage) error {
	return s.account.Delete("products", s.account.Objects("products")[20].Key)
}

func changedCustomers(s *stage) error {
	model, err := s.where("customers", "email", "caoimhe07@example.ie")
	if err != nil {
		return err
	}
	return all(
		func() error {
			return s.like(model, "customers", "customer", fields{
				"first_name": "Zoë", "last_name": "Ångström-O’Neill", "email": "zoe08@example.com", "phone": nil, "note": "", "tags": "neu",
				"orders_count": 0, "total_spent": "0.00", "addresses": []any{}}, nil, "default_address", "last_order_id", "last_order_name")
		},
		func() error {
			return s.update("customers", "email", "ayumi.takahashi05@example.jp", fields{"note": "のし: お祝い 🎉", "tags": "jp"})
		},
		func() error {
			return s.update("customers", "id", "7211009845519", fields{"email": "joris@example.nl", "state": "enabled"})
		},
		func() error {
			gone, err := s.where("customers", "email", "k.03@example.com")
			if err != nil {
				return err
			}
			return s.account.Delete("customers", gone.Key)
		},
	)
}

// changedStock changes levels, the second of them twice, and lets one go.
func changedStock(s *stage) error {
	levels := s.account.Objects("inventory_levels")
	slices.Reverse(levels) // the newest first
	set := func(n int, available any) func() error {
		return func() error {
			_, err := s.account.Update("inventory_levels", levels[n].Key, fields{"available": available})
			return err
		}
	}
	return all(set(0, -4), set(1, 11), set(1, 10), set(2, nil), func() error { return s.account.Delete("inventory_levels", levels[3].Key) })
}
