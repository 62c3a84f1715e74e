package sandbox

import (
	"encoding/json"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

// along makes what goes along with a change. What hangs below an order shows in the order and changes it; so does a
// variant its product. What is gone takes along what hangs below it.
func (s *shopify) along(c *change, event manifest.Event, k *kind, before, after *record) error {
	defer s.oneEvent(c)
	if after == nil {
		s.clear(c, k, before)
	}
	switch k.Name {
	case "orders":
		if event == manifest.Update {
			return s.orderChanged(c, k, before, after)
		}
	case "transactions":
		if err := s.transactionChanged(c, k, before, after); err != nil {
			return err
		}
		return s.touch(c, "orders", either(before, after).text("order_id"), nil)
	case "refunds", "fulfillments":
		if err := s.generic.along(c, event, k, before, after); err != nil {
			return err
		}
		order := either(before, after).text("order_id")
		return s.touch(c, "orders", order, map[string]any{k.Name: s.below(c, k, "order_id", order)})
	case "product_variants":
		product := either(before, after).text("product_id")
		variants := s.below(c, k, "product_id", product)
		return s.touch(c, "products", product, map[string]any{"variants": variants[:min(len(variants), shownVariants)]})
	}
	return s.generic.along(c, event, k, before, after)
}

// shownVariants is how many of its variants a product shows.
const shownVariants = 100

func either(before, after *record) *record {
	if after != nil {
		return after
	}
	return before
}

// below are the bodies of the objects of a kind that name another in a field.
func (s *shopify) below(c *change, k *kind, field, id string) []json.RawMessage {
	bodies := []json.RawMessage{}
	for _, r := range c.store[k.Name].records {
		if r.text(field) == id {
			bodies = append(bodies, r.body)
		}
	}
	return bodies
}

// touch changes an object because of another; nothing happens where it is gone.
func (s *shopify) touch(c *change, object, id string, fields map[string]any) error {
	k, before, err := c.find(object, id)
	if err != nil {
		return nil
	}
	after, err := c.rewrite(k, before, fields)
	if err != nil {
		return err
	}
	return s.along(c, manifest.Update, k, before, after)
}

// transactionChanged tells of a transaction once its end is known, never while it is pending.
func (s *shopify) transactionChanged(c *change, k *kind, before, after *record) error {
	if after == nil || !slices.Contains([]string{"success", "failure", "error"}, after.text("status")) ||
		before != nil && before.text("status") == after.text("status") {
		return nil
	}
	return s.tell(c, k, "order_transactions/create", after)
}

// orderChanged tells what happened to an order, and that it changed at all.
func (s *shopify) orderChanged(c *change, k *kind, before, after *record) error {
	if before.text("cancelled_at") == "" && after.text("cancelled_at") != "" {
		if err := s.tell(c, k, "orders/cancelled", after); err != nil {
			return err
		}
	}
	if e := s.edit(c, before, after); e != nil {
		if err := s.tellEdit(c, k, after, e); err != nil {
			return err
		}
	}
	return s.tell(c, k, "orders/updated", after)
}

// tell makes the deliveries of one of a kind's topics.
func (s *shopify) tell(c *change, k *kind, topic string, r *record) error {
	for _, t := range k.Webhooks {
		if t.Topic == topic {
			return c.send(t, k, r)
		}
	}
	return nil
}

// orderEdit is the body of orders/edited: it names the order and is none.
type orderEdit struct {
	ID             int64           `json:"id"`
	AppID          *int64          `json:"app_id"`
	CreatedAt      json.RawMessage `json:"created_at"`
	NotifyCustomer bool            `json:"notify_customer"`
	OrderID        json.RawMessage `json:"order_id"`
	StaffNote      string          `json:"staff_note"`
	UserID         *int64          `json:"user_id"`
	LineItems      deltas          `json:"line_items"`
	Discounts      struct {
		LineItem deltas `json:"line_item"`
	} `json:"discounts"`
	ShippingLines deltas          `json:"shipping_lines"`
	CommittedAt   json.RawMessage `json:"committed_at"`
}

type deltas struct {
	Additions []delta `json:"additions"`
	Removals  []delta `json:"removals"`
}

type delta struct {
	ID    json.RawMessage `json:"id"`
	Delta int64           `json:"delta"`
}

func noDeltas() deltas { return deltas{Additions: []delta{}, Removals: []delta{}} }

// edit is how an order's lines changed; nil where they did not.
func (s *shopify) edit(c *change, before, after *record) *orderEdit {
	d := noDeltas()
	was, is := lineQuantities(before.body), lineQuantities(after.body)
	for _, id := range sortedKeys(is) {
		if more := is[id] - was[id]; more > 0 {
			d.Additions = append(d.Additions, delta{json.RawMessage(id), more})
		}
	}
	for _, id := range sortedKeys(was) {
		if less := is[id] - was[id]; less < 0 {
			d.Removals = append(d.Removals, delta{json.RawMessage(id), less})
		}
	}
	if len(d.Additions)+len(d.Removals) == 0 {
		return nil
	}
	now := json.RawMessage(s.written(c.now))
	e := &orderEdit{
		ID: c.nextID(), CreatedAt: now, OrderID: json.RawMessage(after.key), LineItems: d, ShippingLines: noDeltas(), CommittedAt: now,
	}
	e.Discounts.LineItem = noDeltas()
	return e
}

// lineQuantities are how many of each line an order has now, by the line's id.
func lineQuantities(order []byte) map[string]int64 {
	out := map[string]int64{}
	list, ok := raw(order, "line_items")
	if !ok || list[0] != '[' {
		return out
	}
	elements(list, 0, func(at span) bool {
		line := list[at.start:at.end]
		if id, ok := text(line, "id"); ok {
			quantity, _ := text(line, "current_quantity")
			out[id] = number(quantity)
		}
		return true
	})
	return out
}

func (s *shopify) tellEdit(c *change, k *kind, order *record, e *orderEdit) error {
	body, err := encode(map[string]*orderEdit{"order_edit": e})
	if err != nil {
		return err
	}
	for _, hook := range c.listeners("orders/edited") {
		d, err := c.delivery(hook, Delivery{Topic: "orders/edited", Object: k.Name, Key: order.key, Body: body})
		if err != nil {
			return err
		}
		c.outbox = append(c.outbox, waiting{made: &d})
	}
	return nil
}

// payload gives a deleted customer three fields, where every other delete has the key alone.
func (s *shopify) payload(c *change, t manifest.Topic, k *kind, r *record) ([]byte, error) {
	if t.Event != manifest.Delete || k.Name != "customers" {
		return s.generic.payload(c, t, k, r)
	}
	body, err := set(only(r.body, []string{"id", "admin_graphql_api_id"}), "tax_exemptions", []byte("[]"))
	if err != nil {
		return nil, err
	}
	return inShape(body, []byte(`{"id":0,"tax_exemptions":[],"admin_graphql_api_id":""}`)), nil
}
