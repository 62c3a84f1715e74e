package target

import (
	"context"
	"net/http"
)

// Retried is what a target says a retry did.
type Retried struct {
	Retried int `json:"retried"`
	Healed  int `json:"healed"`
}

// Retry makes the target refine again what it could not refine before.
func (c *Client) Retry(ctx context.Context, integration string) (Retried, error) {
	var out Retried
	err := c.call(ctx, "retry", http.MethodPost, "/conformance/v1/retry", map[string]any{"integration_id": integration}, &out)
	return out, err
}
