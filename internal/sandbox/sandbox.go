// Package sandbox is a provider that does not exist: it answers as a manifest's source does, from a store that can be
// changed, counted and read. Every account has a store of its own, seeded with the same objects. What one provider does
// unlike any other stands in a file of its own, named after it.
package sandbox

import (
	"errors"
	"net/http"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Object is one object of a store.
type Object struct {
	// Key is the value of the manifest's key; parts of a composite one are joined as in the raw layer.
	Key string
	// Body is the object as a list gives it, JSON as it was seeded or last changed.
	Body []byte
	// Context are the values of the fan-out it hangs on, such as the order of a note: {"order_id": "17"}.
	Context map[string]string
}

// Seed is what every account begins with: objects by the manifest's object name, in the order of their creation.
type Seed struct {
	Objects map[string][]Object
	// At is the provider's time when the seed was made: changes come after it.
	At time.Time
}

// Config says which provider a sandbox imitates and what its accounts begin with.
type Config struct {
	Manifest *manifest.Manifest
	// Seed is only read; accounts copy what they change.
	Seed *Seed
}

// Sandbox is one provider. Its accounts may be used at the same time.
type Sandbox struct {
	config Config
}

// New returns a sandbox, or says what in the seed does not fit the manifest, all at once.
func New(c Config) (*Sandbox, error) { return &Sandbox{config: c}, nil }

// AccountConfig says who an account is and what it grants.
type AccountConfig struct {
	// Name is the account's own, such as the shop's.
	Name string
	// URL is the scheme and host that clients reach the account by; links in headers are made with it.
	URL string
	// Credentials are the values of the manifest's credentials (an access token, a key and its secret), and client_id and
	// client_secret where there is OAuth. A token that OAuth issues is made anew by each exchange.
	Credentials map[string]string
	// Scopes are what the account's owner grants; nil is all that the manifest lists as current.
	Scopes []string
	// Secret signs deliveries.
	Secret string
	// Issued is told of each token that an exchange made, before it is answered; nil for nobody.
	Issued func(token string)
}

// Account is one shop: a store, its webhooks, and the API to both.
type Account struct {
	config AccountConfig
}

// Open opens an account with a fresh store.
func (s *Sandbox) Open(c AccountConfig) (*Account, error) { return &Account{config: c}, nil }

// ServeHTTP answers as the provider's API does, OAuth pages included.
func (a *Account) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	http.Error(w, "the sandbox is being built", http.StatusNotImplemented)
}

// errUnbuilt goes when the sandbox is there.
var errUnbuilt = errors.New("the sandbox is being built")

// Create adds an object and returns it; what body lacks of key and times is made up. Context is the fan-out's.
func (a *Account) Create(object string, body map[string]any, context map[string]string) (Object, error) {
	return Object{}, errUnbuilt
}

// Update changes fields of an object, by their paths in the payload, and moves its time of change forward.
func (a *Account) Update(object, key string, fields map[string]any) (Object, error) {
	return Object{}, errUnbuilt
}

// Delete removes an object as the provider does it.
func (a *Account) Delete(object, key string) error { return errUnbuilt }

// Quietly makes changes for which no webhook is sent, such as those of an outage.
func (a *Account) Quietly(change func() error) error { return change() }

// Objects are all objects of a kind that some list offers now, in the provider's order.
func (a *Account) Objects(object string) []Object { return nil }

// Now is the account's time: it moves by a second with every change, never by itself.
func (a *Account) Now() time.Time { return time.Time{} }

// Registration is one webhook that a client registered.
type Registration struct {
	ID, Topic, Address string
}

// Registrations are the account's webhooks in the order of their registration.
func (a *Account) Registrations() []Registration { return nil }

// Delivery is one signed delivery as it goes over the wire.
type Delivery struct {
	Topic, ID, URL string
	// Object and Key are what it tells of; empty for notices.
	Object, Key string
	Header      http.Header
	Body        []byte
	At          time.Time
}

// Outbox takes the deliveries that changes made since it was last called, one for each registration of the topic, in
// the order of the changes.
func (a *Account) Outbox() []Delivery { return nil }

// Notice makes the deliveries of a topic that tells of no object.
func (a *Account) Notice(topic string) ([]Delivery, error) { return nil, errUnbuilt }
