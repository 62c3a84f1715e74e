package sandbox

import "encoding/json"

// occasion cancels an order, or takes one piece of its first line out.
func (s *shopify) occasion(c *change, topic string, r *record) map[string]any {
	const pieces = "line_items.0.current_quantity"
	switch topic {
	case "orders/cancelled":
		if r.text("cancelled_at") == "" {
			return map[string]any{"cancelled_at": json.RawMessage(s.written(c.now)), "cancel_reason": "customer"}
		}
	case "orders/edited":
		if n := number(r.text(pieces)); n > 0 && r.text("cancelled_at") == "" {
			return map[string]any{pieces: n - 1}
		}
	}
	return nil
}
