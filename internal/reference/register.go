package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Registrar registers an integration's webhooks with the provider and keeps how that went.
type Registrar interface {
	// Missing are the topics that still have to be registered, given what is known of those tried before.
	Missing(topics []string, known map[string]Registration) []string
	// Register subscribes to one topic and gives the provider's id of the subscription.
	Register(ctx context.Context, s Subscription) (id string, err error)
	// Store keeps the registrations by topic, for a later call and for whoever looks at the integration.
	Store(ctx context.Context, integrationID string, all map[string]Registration) error
}

// Subscription is a topic to subscribe to.
type Subscription struct {
	Manifest *manifest.Manifest
	Account  Account
	Topic    string
	// URL is the integration's own address for deliveries, Secret what they are signed with.
	URL    string
	Secret string
}

// Registration is the state of one topic, as integration.metadata_info.webhooks has it.
type Registration struct {
	Topic string `json:"topic"`
	// Status is registered or failed.
	Status string `json:"status"`
	ID     string `json:"id,omitempty"`
	Error  string `json:"error,omitempty"`
	// At is when it was last tried.
	At time.Time `json:"at"`
}

// The states of a registration.
const (
	registrationDone   = "registered"
	registrationFailed = "failed"
)

// register subscribes an integration to every topic of the manifest. What is registered already, at the same
// address, is not registered twice: each would deliver.
func (e *engine) register(ctx context.Context, in integration) ([]Registration, error) {
	if in.src.m.Webhooks.Registration == nil {
		return []Registration{}, nil
	}
	topics := in.src.m.Registrable()
	state := map[string]Registration{}
	for _, topic := range topics {
		if known, ok := in.meta.Webhooks[topic]; ok {
			state[topic] = known
		}
	}
	for _, topic := range e.ports.Registrar.Missing(topics, state) {
		r := Registration{Topic: topic, Status: registrationDone}
		id, err := e.ports.Registrar.Register(ctx, Subscription{
			Manifest: in.src.m, Account: in.account, Topic: topic, URL: in.meta.WebhookURL, Secret: in.secret,
		})
		if r.ID = id; err != nil {
			r.Status, r.Error = registrationFailed, err.Error()
			e.log.Error("registering a webhook failed", "integration", in.id, "topic", topic, "error", err)
		}
		r.At = clampTime(e.clock.Now())
		state[topic] = r
	}
	list := make([]Registration, 0, len(topics))
	for _, topic := range topics {
		if r, ok := state[topic]; ok {
			list = append(list, r)
		}
	}
	// Also where the caller is gone by now: what the provider has registered must not be forgotten.
	return list, e.ports.Registrar.Store(context.WithoutCancel(ctx), in.id, state)
}

// registrar is the Registrar over the provider's API.
type registrar struct {
	client       *client
	integrations *integrations
}

// Missing leaves out what is registered, so that only what failed is tried again.
func (r registrar) Missing(topics []string, known map[string]Registration) []string {
	var missing []string
	for _, topic := range topics {
		if known[topic].Status != registrationDone {
			missing = append(missing, topic)
		}
	}
	return missing
}

// Store keeps registrations in integration.metadata_info.
func (r registrar) Store(ctx context.Context, integrationID string, all map[string]Registration) error {
	return r.integrations.setWebhooks(ctx, integrationID, all)
}

// Register asks for the subscription. A refusal may mean that it is there, from a call whose answer was lost; providers
// give the same status to that and to a topic that is not allowed, so the subscription is looked for.
func (r registrar) Register(ctx context.Context, s Subscription) (string, error) {
	reg := s.Manifest.Webhooks.Registration
	u, err := endpoint(s.Manifest, s.Account, reg.Path)
	if err != nil {
		return "", err
	}
	body, err := json.Marshal(request(reg, s))
	if err != nil {
		return "", fmt.Errorf("encoding the registration of %s: %w", s.Topic, err)
	}
	a, err := r.client.do(ctx, call{manifest: s.Manifest, account: s.Account, method: http.MethodPost, url: u, body: body})
	if hasStatus(err, http.StatusUnprocessableEntity) || hasStatus(err, http.StatusConflict) {
		id, lookErr := r.find(ctx, s)
		if lookErr != nil {
			return "", fmt.Errorf("%w (looking for it among the registered ones: %w)", err, lookErr)
		}
		if id != "" {
			return id, nil
		}
	}
	if err != nil {
		return "", err
	}
	answered, err := objectAt(a.body, reg.At)
	if err != nil {
		return "", fmt.Errorf("the answer to the registration of %s: %w", s.Topic, err)
	}
	f, err := parseFields(answered)
	if err != nil {
		return "", fmt.Errorf("the answer to the registration of %s: %w", s.Topic, err)
	}
	id, err := f.key([]string{"id"}, "text")
	if err != nil {
		return "", fmt.Errorf("the answer to the registration of %s: %w", s.Topic, err)
	}
	return id, nil
}

// request is the body of a registration.
func request(reg *manifest.Registration, s Subscription) any {
	fields := map[string]string{}
	for name, value := range reg.Params {
		fields[name] = value
	}
	fields[reg.Topic], fields[reg.URL] = s.Topic, s.URL
	if reg.Secret != "" {
		fields[reg.Secret] = s.Secret
	}
	if reg.Name != "" {
		fields[reg.Name] = "sync " + s.Topic
	}
	if reg.At != "" {
		return map[string]any{reg.At: fields}
	}
	return fields
}

// find looks for a subscription of the topic to the integration's address; "" where there is none.
func (r registrar) find(ctx context.Context, s Subscription) (string, error) {
	m := s.Manifest
	reg := m.Webhooks.Registration
	u, err := endpoint(m, s.Account, reg.Path)
	if err != nil {
		return "", err
	}
	query := url.Values{reg.Topic: {s.Topic}, reg.URL: {s.URL}}
	setPaging(query, m.API.Pagination, nil, m.API.Pagination.Size.Max)
	u.RawQuery = query.Encode()
	page := &PageRequest{
		Manifest: m, Object: &manifest.Object{Name: "webhooks", Key: []string{"id"}}, List: &manifest.List{Path: reg.Path, At: reg.ListAt},
		Account: s.Account, URL: u, Number: 1,
	}
	const most = 100 // pages: a walk in a circle must end too
	for page != nil && page.Number <= most {
		found, err := fetcher{r.client}.Fetch(ctx, *page)
		if err != nil {
			return "", err
		}
		for _, raw := range found.Objects {
			f, err := parseFields(raw)
			if err != nil {
				continue
			}
			topic, _ := f.key([]string{reg.Topic}, "text")
			address, _ := f.key([]string{reg.URL}, "text")
			if id, err := f.key([]string{"id"}, "text"); err == nil && topic == s.Topic && address == s.URL {
				return id, nil
			}
		}
		page = found.Next
	}
	return "", nil
}
