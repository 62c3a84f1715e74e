// Package sandbox is a provider that does not exist: it answers as a manifest's source does, from a store that can be
// changed, counted and read. Every account has a store of its own, seeded with the same objects. What one provider does
// unlike any other stands in a file of its own, named after it.
package sandbox

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/syncspec/syncspec/internal/dialect"
	"github.com/syncspec/syncspec/internal/manifest"
)

// Object is one object of a store.
type Object struct {
	// Key is the value of the manifest's key; parts of a composite one are joined as in the raw layer.
	Key string
	// Body is the object as a list gives it, JSON as it was seeded or last changed. Nobody may change it.
	Body []byte
	// Ref says where it came from, for messages; may be empty.
	Ref string
	// Context are the values of the fan-out it hangs on, such as the order of a note: {"order_id": "17"}.
	Context map[string]string
}

// Seed is what every account begins with: objects by the manifest's object name, in the order of their creation.
type Seed struct {
	Objects map[string][]Object
	// At is the provider's time when the seed was made: changes come after it.
	At time.Time
	// Notices are what deliveries that tell of no object say, by topic.
	Notices map[string][]byte
}

// Config says which provider a sandbox imitates and what its accounts begin with.
type Config struct {
	Manifest *manifest.Manifest
	// Seed is only read; accounts copy what they change.
	Seed *Seed
}

// Sandbox is one provider. Its accounts may be used at the same time.
type Sandbox struct {
	manifest *manifest.Manifest
	provider provider
	kinds    map[string]*kind
	routes   routes
	seed     store
	notices  map[string][]byte
	at       time.Time
	// last is the greatest id that an object of the seed has.
	last int64
}

// New returns a sandbox, or says what in the seed does not fit the manifest, all at once: the error is then of type
// Problems.
func New(c Config) (*Sandbox, error) {
	if c.Manifest == nil || c.Seed == nil {
		return nil, errors.New("making a sandbox: a manifest and a seed are needed")
	}
	if from := c.Manifest.API.Pagination.Next.From; from == "body" {
		return nil, fmt.Errorf("making a sandbox of %s: it cannot page by a token in the body yet (api.pagination.next.from: %s)",
			c.Manifest.Source, from)
	}
	if c.Manifest.API.Pagination.Size.Max < 1 {
		return nil, fmt.Errorf("making a sandbox of %s: its pages hold nothing (api.pagination.size.max: 0)", c.Manifest.Source)
	}
	if _, err := dialect.Sign(c.Manifest.Webhooks.Signature, "", dialect.Delivery{}); err != nil {
		return nil, fmt.Errorf("making a sandbox of %s: %w", c.Manifest.Source, err)
	}
	s := &Sandbox{manifest: c.Manifest, provider: providerOf(c.Manifest), kinds: map[string]*kind{}, notices: c.Seed.Notices, at: c.Seed.At.UTC()}
	var names []string
	for i := range c.Manifest.Objects {
		if o := &c.Manifest.Objects[i]; o.NotApplicable == "" {
			names = append(names, o.Name)
			s.kinds[o.Name] = newKind(c.Manifest, o, s.provider.known(o.Name))
		}
	}
	if r := c.Manifest.Webhooks.Registration; r != nil {
		names = append(names, hooksName)
		s.kinds[hooksName] = newKind(c.Manifest, hookObject(r), []string{r.Topic, r.URL})
	}
	s.routes = newRoutes(c.Manifest, s.kinds, names, s.provider.singles)
	var problems Problems
	s.seed, problems = fit(c.Manifest, s.kinds, c.Seed)
	if len(problems) > 0 {
		return nil, problems
	}
	for _, c := range s.seed.share() {
		for _, r := range c.records {
			if id, err := strconv.ParseInt(r.key, 10, 64); err == nil {
				s.last = max(s.last, id)
			}
		}
	}
	return s, nil
}

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
	// Limit bounds how fast the account may be asked; nil is as fast as one likes.
	Limit *Limit
	// Without are objects that the account lacks the feature for, among those that the manifest says may be unavailable.
	Without []string
	// Issued is told of each token that an exchange made, before it is answered; nil for nobody.
	Issued func(token string)
	// Granted is told of each code that the owner's consent made and of each refresh token, before it is given away: of
	// accounts that share a client id they alone tell whose token is asked for. Nil for nobody.
	Granted func(grant string)
}

// Account is one shop: a store, its webhooks, and the API to both. Its methods may be called from any goroutine, also in
// the middle of a walk.
type Account struct {
	*Sandbox
	config AccountConfig
	bucket *bucket

	mu    sync.Mutex
	state State
	store store
	now   time.Time
	quiet int
	// tokens are the grants by credential, codes those that wait for their exchange, refreshes the tokens that renew one.
	tokens    map[string]*grant
	codes     map[string]*grant
	refreshes map[string]*renewal
	// issued counts what must be made once only, registered the webhooks, last is the greatest id of an object.
	issued, registered int
	last               int64
	// secrets are those that webhooks were given, failures how often deliveries to them failed in a row.
	secrets  map[string]string
	failures map[string]int
	outbox   []waiting
}

// Open opens an account with a fresh store.
func (s *Sandbox) Open(c AccountConfig) (*Account, error) {
	auth := s.manifest.API.Auth
	if len(auth.Credentials) == 0 {
		return nil, fmt.Errorf("opening an account of %s: the manifest's api.auth.credentials are empty", s.manifest.Source)
	}
	if c.Scopes == nil {
		c.Scopes = allScopes(s.manifest)
	}
	for _, name := range c.Without {
		if k := s.kinds[name]; k == nil || k.Unavailable == nil {
			return nil, fmt.Errorf("opening an account of %s without %s: the manifest does not say that they may be unavailable", s.manifest.Source, name)
		}
	}
	a := &Account{
		Sandbox: s, config: c, bucket: newBucket(c.Limit), store: s.seed.share(), now: s.at, last: s.last,
		tokens: map[string]*grant{}, codes: map[string]*grant{}, refreshes: map[string]*renewal{},
		secrets: map[string]string{}, failures: map[string]int{},
	}
	if credential := c.Credentials[auth.Credentials[0]]; credential != "" {
		a.tokens[credential] = &grant{scopes: slices.Clone(c.Scopes)}
	} else if s.manifest.OAuth == nil {
		return nil, fmt.Errorf("opening an account of %s: its credentials lack %s", s.manifest.Source, auth.Credentials[0])
	}
	return a, nil
}

// Now is the account's time: it moves by a second with every change and by Advance, never by itself.
func (a *Account) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

// Advance moves the account's time, as for a token to expire.
func (a *Account) Advance(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.now.Add(d)
}

// Objects are all objects of a kind that some list offers now, in the provider's order of creation.
func (a *Account) Objects(object string) []Object {
	k := a.kinds[object]
	if k == nil {
		return nil
	}
	var out []Object
	for _, r := range a.offered(a.snapshot(), k) {
		out = append(out, r.object())
	}
	return out
}

// Object is one object as the store has it, listed or not; ok is false where there is none.
func (a *Account) Object(object, key string) (Object, bool) {
	if c := a.snapshot()[object]; c != nil && object != hooksName {
		if r := c.byKey[key]; r != nil {
			return r.object(), true
		}
	}
	return Object{}, false
}

// snapshot is the store as it is now.
func (a *Account) snapshot() store {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.store.share()
}
