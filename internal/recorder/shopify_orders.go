package recorder

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/sandbox"
)

// newOrder makes an order and pays it; what tells of the order itself comes last.
func newOrder(s *stage) error {
	model, err := s.where("orders", "name", "#1003")
	if err != nil {
		return err
	}
	lines, err := renumbered(model, "line_items", 15_349_900_000_001)
	if err != nil {
		return err
	}
	shipping, err := renumbered(model, "shipping_lines", 5_749_900_000_001)
	if err != nil {
		return err
	}
	if err := s.like(model, "orders", "order", fields{
		"name": "#1012", "number": 12, "order_number": 1012, "confirmation_number": "QWRTYP112", "token": "5b0c6d1f27f34a4e9d3a88c2f1e07b64",
		"financial_status": "pending", "note": "Zweite Lieferung 📦", "line_items": lines, "shipping_lines": shipping,
	}, nil, "fulfillments", "refunds"); err != nil {
		return err
	}
	return s.pay("order", fields{"kind": "sale", "status": "success", "amount": "73.03", "parent_id": nil})
}

// pay adds a transaction to an order that the script has made or found.
func (s *stage) pay(order string, own fields) error {
	model, err := s.where("transactions", "order_id", s.orderKey("#1003"))
	if err != nil {
		return err
	}
	own["order_id"] = json.Number(s.made[order])
	return s.like(model, "transactions", order+" transaction", own, map[string]string{"order_id": s.made[order]})
}

// orderKey is the id of an order by its name, empty where there is none.
func (s *stage) orderKey(name string) string {
	o, err := s.where("orders", "name", name)
	if err != nil {
		return ""
	}
	return o.Key
}

// renumbered are the elements of an array with ids that nothing else has.
func renumbered(o sandbox.Object, field string, first int64) (json.RawMessage, error) {
	value, err := raw(o, field)
	if err != nil {
		return nil, err
	}
	elements, err := objectsAt(value, "")
	if err != nil {
		return nil, err
	}
	var replace []string
	for n, e := range elements {
		replace = append(replace, scalarAt(e, "id"), strconv.FormatInt(first+int64(n), 10))
	}
	return raw(o, field, replace...)
}

// deletedOrder makes an order, changes it and deletes it; that it changed is told last.
func deletedOrder(s *stage) error {
	model, err := s.where("orders", "name", "#1005")
	if err != nil {
		return err
	}
	lines, err := renumbered(model, "line_items", 15_349_900_000_101)
	if err != nil {
		return err
	}
	return all(
		func() error {
			return s.like(model, "orders", "slip", fields{"name": "#1013", "number": 13, "order_number": 1013, "note": "Vertippt", "line_items": lines}, nil, "fulfillments", "refunds")
		},
		func() error {
			_, err := s.account.Update("orders", s.made["slip"], fields{"note": "Vertippt, wird gelöscht"})
			return err
		},
		func() error { return s.account.Delete("orders", s.made["slip"]) },
	)
}

// moneyCame lets a transfer come in that was pending.
func moneyCame(s *stage) error {
	order := s.orderKey("#1008")
	return all(
		func() error {
			return s.update("transactions", "order_id", order, fields{"status": "success", "message": "Eingang 89,50 €"})
		},
		func() error {
			_, err := s.account.Update("orders", order, fields{"financial_status": "paid", "total_outstanding": "0.00"})
			return err
		},
	)
}

// parcel sends an order; two of its reports overtake each other.
func parcel(s *stage) error {
	order := s.orderKey("#1003")
	model, err := s.where("fulfillments", "order_id", s.orderKey("#1007"))
	if err != nil {
		return err
	}
	open, err := s.where("orders", "name", "#1003")
	if err != nil {
		return err
	}
	lines, err := raw(open, "line_items")
	if err != nil {
		return err
	}
	arrived := func(status string) func() error {
		return func() error {
			_, err := s.account.Update("fulfillments", s.made["parcel"], fields{"shipment_status": status})
			return err
		}
	}
	return all(
		func() error {
			return s.like(model, "fulfillments", "parcel", fields{
				"order_id": json.Number(order), "name": "#1003.1", "status": "success", "shipment_status": nil, "line_items": lines,
				"tracking_company": "DHL", "tracking_number": "00340434161094019999", "tracking_numbers": []string{"00340434161094019999"},
				"tracking_url": "https://track.example.net/00340434161094019999", "tracking_urls": []string{"https://track.example.net/00340434161094019999"},
			}, map[string]string{"order_id": order})
		},
		arrived("in_transit"), arrived("delivered"),
		func() error {
			_, err := s.account.Update("orders", order, fields{"fulfillment_status": "fulfilled",
				"line_items.0.fulfillment_status": "fulfilled", "line_items.0.fulfillable_quantity": 0,
				"line_items.1.fulfillment_status": "fulfilled", "line_items.1.fulfillable_quantity": 0})
			return err
		},
	)
}

// refund pays a part of an order back; the refund is told twice.
func refund(s *stage) error {
	s.made["refunded"] = s.orderKey("#1009")
	paid, err := s.where("transactions", "order_id", s.made["refunded"])
	if err != nil {
		return err
	}
	order, err := s.where("orders", "name", "#1009")
	if err != nil {
		return err
	}
	line, err := raw(order, "line_items")
	if err != nil {
		return err
	}
	first, err := objectsAt(line, "")
	if err != nil {
		return err
	}
	context := map[string]string{"order_id": s.made["refunded"]}
	return all(
		func() error {
			return s.pay("refunded", fields{"kind": "refund", "status": "success", "amount": "9.995", "parent_id": json.Number(paid.Key)})
		},
		func() error {
			money, ok := s.account.Object("transactions", s.made["refunded transaction"])
			if !ok {
				return fmt.Errorf("the refund's transaction is not there")
			}
			amount := json.RawMessage(`{"shop_money":{"amount":"9.995","currency_code":"EUR"},"presentment_money":{"amount":"10.83","currency_code":"USD"}}`)
			_, err := s.account.Create("refunds", fields{
				"order_id": json.Number(s.made["refunded"]), "note": "Halber Preis, Kratzer in der Gravur", "restock": false, "user_id": 90233118,
				"transactions": []json.RawMessage{money.Body},
				"refund_line_items": []fields{{"id": 640_799_000_001, "line_item_id": json.Number(scalarAt(first[0], "id")), "location_id": nil, "quantity": 1,
					"restock_type": "no_restock", "subtotal": json.Number("9.995"), "subtotal_set": amount, "total_tax": json.Number("1.60"), "total_tax_set": amount}},
			}, context)
			return err
		},
		func() error {
			_, err := s.account.Update("orders", s.made["refunded"], fields{"financial_status": "partially_refunded"})
			return err
		},
	)
}

func cancelledOrder(s *stage) error {
	return s.update("orders", "name", "#1006", fields{
		"cancelled_at": "2026-11-20T10:03:00+01:00", "cancel_reason": "fraud", "closed_at": "2026-11-20T10:03:00+01:00", "tags": "betrug, test"})
}

// editedOrder takes a line out and puts another in. What the delivery refers to is read only once, so nothing of the order
// changes afterwards.
func editedOrder(s *stage) error {
	order, err := s.where("orders", "name", "#1011")
	if err != nil {
		return err
	}
	var lines []json.RawMessage
	value, err := raw(order, "line_items")
	if err != nil {
		return err
	}
	if err := json.Unmarshal(value, &lines); err != nil {
		return err
	}
	first, err := objectsAt(value, "")
	if err != nil {
		return err
	}
	added := strings.Replace(string(lines[1]), scalarAt(first[1], "id"), "15349900000201", 2)
	return s.update("orders", "name", "#1011", fields{"line_items.1.current_quantity": 0, "line_items.2": json.RawMessage(added), "note": "Kobalt statt Bernstein"})
}
