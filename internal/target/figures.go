package target

import (
	"context"
	"net/http"
	"net/url"
)

// Figures is what a target says of the rows that it keeps of one integration.
type Figures struct {
	// Objects are the refined rows by the manifest's names of objects.
	Objects map[string]Figure `json:"objects"`
}

// Figure counts the rows of one object, and how many of them are tombstones.
type Figure struct {
	Rows    int `json:"rows"`
	Deleted int `json:"deleted"`
}

// Figures asks the target for its statistics.
func (c *Client) Figures(ctx context.Context, integration string) (Figures, error) {
	var out Figures
	err := c.call(ctx, "stats", http.MethodGet, "/conformance/v1/stats?integration_id="+url.QueryEscape(integration), nil, &out)
	return out, err
}
