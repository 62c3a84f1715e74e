package sandbox

import (
	"net/http"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// provider is what providers do each in their own way. The type generic does what a manifest alone can say; a provider
// with a file of its own embeds it and replaces what it does unlike any other.
type provider interface {
	listing
	changing
	telling
	registering
}

// listing is how objects are read.
type listing interface {
	// fault is what the provider finds wrong with the parameters of a request; nil for nothing.
	fault(q *query) *refusal
	// selects returns what the parameters let through. What a list hangs on (path, batch) has been looked at before.
	selects(q *query) func(*record) bool
	// fatherless answers a list below an object that is not there; nil gives an empty list.
	fatherless(q *query) *refusal
	// skip is where a list begins, where the request says so itself.
	skip(q *query) (int, bool)
	// order is the order in which the records are given.
	order(q *query) order
	// show is an object's body as this request gives it.
	show(q *query, r *record) []byte
	// also answers requests that no manifest names, before its paths are looked at; nil where there is no such path.
	also(q *query) *answer
	// refuse is the provider's own answer to what it does not do.
	refuse(q *query, r refusal) *answer
	// finish adds the headers that the provider puts on answers; p is nil where the answer is no page.
	finish(q *query, a *answer, p *page)
	// singles are the paths of a single object.
	singles(k *kind) []string
	// known are paths of an object's body that lists look at often.
	known(object string) []string
}

// changing is how objects change. All of it happens inside a change.
type changing interface {
	// fill completes the body of a new object, whose key is in it.
	fill(c *change, k *kind, body []byte) ([]byte, error)
	// stamp writes the time of a change into a body. Fields are the paths that were set.
	stamp(c *change, k *kind, body []byte, fields map[string]any) ([]byte, error)
	// erase deletes an object in the provider's way.
	erase(c *change, k *kind, r *record) error
	// along makes what goes along with a change: its deliveries, changes of other objects. Before is nil for a new
	// object, after for one that is gone.
	along(c *change, event manifest.Event, k *kind, before, after *record) error
}

// telling is how deliveries are made.
type telling interface {
	// payload is the body of a delivery of a topic that tells of an object.
	payload(c *change, t manifest.Topic, k *kind, r *record) ([]byte, error)
	// notice is the body of a delivery that tells of none.
	notice(c *change, topic string) ([]byte, error)
	// deliveryID is the id of a delivery to a webhook, further are headers that no manifest names.
	deliveryID(c *change, hook *record) string
	further(hook *record) http.Header
	// retries is how often a delivery that failed is made again.
	retries() int
	// giveUp does what the provider does to a webhook after that many failures in a row.
	giveUp(c *change, hook *record, failures int) error
}

// registering is how webhooks are kept.
type registering interface {
	// hook is the body of a webhook that was just registered, or of an old one with changed fields, as JSON values by name.
	hook(c *change, old *record, fields map[string][]byte) ([]byte, *refusal)
	// topicScope is the scope that subscribing to a topic needs, empty for none; ok is false where there is no such topic.
	topicScope(topic string) (scope string, ok bool)
	// live tells whether deliveries are made to a webhook.
	live(hook *record) bool
	// unhook deletes a webhook; a refusal where the request lacks something.
	unhook(q *query, hook *record) *refusal
}

// why is the reason of a refusal.
type why int

// The reasons; each provider has an answer of its own for each.
const (
	noRoute      why = iota // no such path, or not by this method
	noObject                // no object with this id
	noCredential            // none, or of nobody
	wrongSecret             // the account is known, its secret is wrong
	noPermission            // the key may not use this method: param names what it lacks
	noScope                 // the token lacks the scope in param
	tooFast                 // the call limit is reached
	badSize                 // more objects per page than allowed, or no number: value
	badPage                 // no page number: value
	badCursor               // a cursor that is none
	besideCursor            // the parameter param may not accompany a cursor
	badParam                // the parameter param has a value it cannot have
	needsIDs                // a list that must be told whose objects to give was not: param
	tooManyIDs              // more of them than allowed: param
	badBody                 // the body cannot be read
	missingField            // the body lacks the field param
	badTopic                // no such topic, or no access to it: value
	badAddress              // the webhook's address is none: value
	takenAddress            // the topic has a webhook with this address already
	needsForce              // it can be deleted for good only
	unavailable             // the account lacks the feature
	frozen                  // the account has not paid for the service
	locked                  // the account was closed by the provider
	badClient               // OAuth: the client is unknown or its secret wrong
	badRedirect             // OAuth: no address to send the owner back to
	badCode                 // OAuth: the code is unknown or used
	badRefresh              // OAuth: the refresh token is unknown, replaced or over
	badGrant                // OAuth: no such grant type
)

// refusal is what a request is refused for.
type refusal struct {
	why          why
	param, value string
	// wait is how long to wait before asking again.
	wait time.Duration
}

// answer is one response.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// status is the HTTP status that most providers give for a reason.
func (r refusal) status() int {
	switch r.why {
	case noRoute, noObject, unavailable:
		return http.StatusNotFound
	case noCredential, wrongSecret:
		return http.StatusUnauthorized
	case noPermission, noScope:
		return http.StatusForbidden
	case tooFast:
		return http.StatusTooManyRequests
	case badTopic, badAddress, takenAddress, missingField, needsIDs, tooManyIDs:
		return http.StatusUnprocessableEntity
	case needsForce:
		return http.StatusNotImplemented
	case frozen:
		return http.StatusPaymentRequired
	case locked:
		return http.StatusLocked
	}
	return http.StatusBadRequest
}

// providerOf picks the provider's own file, if it has one.
func providerOf(m *manifest.Manifest) provider {
	g := generic{manifest: m}
	switch m.Source {
	case "woocommerce":
		return newWooCommerce(g)
	case "shopify":
		return newShopify(g)
	}
	return g
}
