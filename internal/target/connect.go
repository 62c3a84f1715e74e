package target

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
)

// Connection is what connect needs.
type Connection struct {
	Source      string            `json:"source"`
	Account     Account           `json:"account"`
	Credentials map[string]string `json:"credentials"`
	Webhook     Webhook           `json:"webhook"`
}

// Account says where the source is reached.
type Account struct {
	URL string `json:"url"`
}

// Webhook says where deliveries will come in and how they are signed.
type Webhook struct {
	BaseURL string `json:"base_url"`
	Secret  string `json:"secret"`
}

// Integration is a connected account.
type Integration struct {
	ID         string `json:"integration_id"`
	CompanyID  string `json:"company_id"`
	WebhookURL string `json:"webhook_url"`
}

// Connected is what connect came to: an integration, or the page on which the account's owner has to grant one first.
// Exactly one of the two is there.
type Connected struct {
	Integration Integration
	// AuthorizeURL is empty where nothing has to be granted. Otherwise the owner is sent from there to the target's
	// callback, and Authorized finishes what connect began.
	AuthorizeURL string
}

// Connect connects an account, or begins to.
func (c *Client) Connect(ctx context.Context, conn Connection) (Connected, error) {
	var out struct {
		Integration
		AuthorizeURL string `json:"authorize_url"`
	}
	if err := c.call(ctx, "connect", http.MethodPost, "/conformance/v1/connect", conn, &out); err != nil {
		return Connected{}, err
	}
	switch whole, begun := out.Integration.whole(), out.Integration != (Integration{}); {
	case out.AuthorizeURL != "" && begun:
		return Connected{}, &Error{Verb: "connect", Cause: "target-garbage", Detail: "the answer has an authorize_url and an integration: it must have one of the two"}
	case out.AuthorizeURL == "" && !whole:
		return Connected{}, &Error{Verb: "connect", Cause: "target-garbage", Detail: "the answer lacks integration_id, company_id or webhook_url, and has no authorize_url either"}
	}
	return Connected{Integration: out.Integration, AuthorizeURL: out.AuthorizeURL}, nil
}

func (i Integration) whole() bool { return i.ID != "" && i.CompanyID != "" && i.WebhookURL != "" }

// Authorized is what the target's callback answers once the owner has granted what was asked for.
type Authorized struct {
	Integration
	// Granted are the scopes that the target says it was granted.
	Granted []string `json:"granted"`
}

// Authorized calls the target's callback as the owner's browser does: callback is the address, with its parameters, to
// which the source sent the owner back. A callback that the target refuses is an Error with its Status.
func (c *Client) Authorized(ctx context.Context, callback string) (Authorized, error) {
	const verb = "callback"
	u, err := url.Parse(callback)
	if err != nil || u.Host == "" {
		// Not the address itself: it carries the code.
		return Authorized{}, &Error{Verb: verb, Cause: "target-garbage", Detail: "the source sends the owner back to something that is no address", err: err}
	}
	var out Authorized
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return out, fmt.Errorf("making the request of %s: %w", verb, err)
	}
	if err := c.send(req, verb, &out); err != nil {
		return Authorized{}, err
	}
	if !out.whole() {
		return Authorized{}, &Error{Verb: verb, Cause: "target-garbage", Detail: "the answer lacks integration_id, company_id or webhook_url"}
	}
	return out, nil
}
