package recorder

import "encoding/json"

// shopifyScript changes something of every kind that has a topic, so that each topic is told at least once. Some
// deliveries come twice, some in the wrong order, as the provider says they may. Orders and customers are among the newest,
// so that the long first pages of their lists stay as they are.
func shopifyScript() []step {
	return []step{
		{name: "products-changed", do: changedProducts(0, 8)},
		{name: "products-changed-more", do: changedProducts(8, 16), arrival: []int{0, 1, 2, 3, 4, 5, 6, 7, 3}},
		{name: "product-overtaken", do: overtakenProduct, arrival: []int{1, 0}},
		{name: "product-new", do: newProduct},
		{name: "product-deleted", do: deletedProduct},
		{name: "customers", do: changedCustomers, arrival: []int{0, 1, 2, 2, 3}},
		{name: "stock", do: changedStock, arrival: []int{0, 2, 1, 3, 4}},
		{name: "order-new", do: newOrder, arrival: []int{2, 1, 0}},
		{name: "order-deleted", do: deletedOrder, arrival: []int{0, 2, 1}},
		{name: "money-came", do: moneyCame},
		{name: "parcel", do: parcel, arrival: []int{0, 1, 4, 5, 2, 3, 6}},
		{name: "refund", do: refund, arrival: []int{0, 1, 2, 3, 2, 4}},
		{name: "order-cancelled", do: cancelledOrder},
		{name: "order-edited", do: editedOrder},
		{name: "checkouts", do: changedCheckouts},
		{name: "disputes", do: changedDisputes},
		{name: "without-a-word", do: withoutAWord},
		{name: "notices", do: notices},
	}
}

// all does one thing after the other, up to the first that fails.
func all(things ...func() error) error {
	for _, do := range things {
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}

type fields = map[string]any

func changedCheckouts(s *stage) error {
	model, err := s.where("checkouts", "id", "37104550218877")
	if err != nil {
		return err
	}
	return all(
		func() error {
			return s.like(model, "checkouts", "checkout", fields{"token": "0d52c1e6a7184c2f8f7db0e4a91c63aa", "email": nil, "note": "", "discount_codes": []any{}, "note_attributes": []any{}}, nil, "customer", "billing_address", "shipping_address")
		},
		func() error {
			return s.update("checkouts", "id", "9007199254741337", fields{"note": "Abholung am Freitag", "phone": "+35315550177"})
		},
		func() error {
			return s.update("checkouts", "id", "37104550218877", fields{"completed_at": "2026-11-20T10:05:00+01:00", "closed_at": "2026-11-20T10:05:00+01:00"})
		},
		func() error { return s.account.Delete("checkouts", "37104733390049") },
	)
}

func changedDisputes(s *stage) error {
	model, err := s.where("disputes", "id", "10444902261")
	if err != nil {
		return err
	}
	return all(
		func() error {
			return s.like(model, "disputes", "dispute", fields{"order_id": json.Number(s.orderKey("#1010")), "type": "inquiry", "amount": "73.90", "initiated_at": "2026-11-20T09:59:00+01:00"}, nil)
		},
		func() error {
			return s.update("disputes", "id", "10444771903", fields{"status": "lost", "finalized_on": "2026-11-20T10:06:00+01:00"})
		},
	)
}

// withoutAWord changes what no delivery tells of: a payout that was paid, and a customer's totals.
func withoutAWord(s *stage) error {
	return s.account.Quietly(func() error {
		return all(
			func() error { return s.update("payouts", "id", "108800590213", fields{"status": "paid"}) },
			func() error {
				return s.update("customers", "email", "theo06@example.fr", fields{"total_spent": "12.40", "updated_at": "2026-09-01T12:00:00+02:00"})
			},
		)
	})
}

// notices come last, for after app/uninstalled there is no access.
func notices(s *stage) error {
	for _, topic := range []string{"customers/data_request", "customers/redact", "app/uninstalled", "shop/redact"} {
		sent, err := s.account.Notice(topic)
		if err != nil {
			return err
		}
		s.noticed = append(s.noticed, sent...)
	}
	return nil
}
