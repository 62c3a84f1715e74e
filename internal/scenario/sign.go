package scenario

import (
	"fmt"
	"net/http"
	"time"

	"github.com/syncspec/syncspec/internal/dialect"
	"github.com/syncspec/syncspec/internal/manifest"
)

// strangersSecret signs what must be refused.
const strangersSecret = "secret-of-another-account"

// signer signs deliveries as the source does for one integration.
type signer struct {
	hooks  manifest.Webhooks
	secret string
	// url is the target's webhook endpoint, account the address of the source.
	url, account string
}

// headers returns the headers of a delivery, its signature among them.
func (s signer) headers(topic, id string, body []byte) (http.Header, error) {
	h, err := dialect.Headers(s.hooks, s.secret, dialect.Delivery{
		Topic: topic, ID: id, Timestamp: time.Now().UTC().Format(time.RFC3339), URL: s.url, AccountURL: s.account, Body: body,
	})
	if err != nil {
		return nil, fmt.Errorf("signing a delivery of %s: %w", topic, err)
	}
	return h, nil
}
