package scenario

import (
	"context"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/sandbox"
	"github.com/syncspec/syncspec/internal/target"
)

// party is one account at the source and the app that is connected to it. Each scenario has its own, by which the
// gateway tells it from the others.
type party struct {
	// credentials are those with which the API is called; clientID is the app's own where there is OAuth.
	credentials map[string]string
	clientID    string
	// secret signs deliveries. Where there is OAuth it is the app's client secret.
	secret string
}

func newParty(m *manifest.Manifest, name Name) party {
	p := party{credentials: map[string]string{}, secret: string(name) + "-secret"}
	for _, c := range m.API.Auth.Credentials {
		p.credentials[c] = string(name) + "-" + c
	}
	if m.OAuth != nil {
		p.clientID = string(name) + "-client"
	}
	return p
}

// begin opens the source's side of a scenario and connects an integration of its own.
func (s *Set) begin(ctx context.Context, name Name) (*builder, error) {
	b, err := s.open(ctx, name)
	if err != nil {
		return nil, err
	}
	if name == Authorized && b.env.Manifest.OAuth != nil {
		err = b.authorize(ctx)
	} else {
		err = b.connect(ctx)
	}
	if err != nil {
		return nil, err
	}
	b.snap.Reader = NewReader(b.env.Reading, b.env.Profile.Names, b.snap.Integration.ID)
	b.sign = signer{hooks: b.env.Manifest.Webhooks, secret: b.party.secret, url: b.snap.Integration.WebhookURL, account: b.env.Gateway.URL()}
	return b, nil
}

// open makes the source's side of a scenario: an account, and a route to it.
func (s *Set) open(ctx context.Context, name Name) (*builder, error) {
	m := s.env.Manifest
	b := &builder{env: s.env, party: newParty(m, name)}
	var err error
	if b.route, err = s.env.Gateway.Route(b.party.credentials[m.API.Auth.Route]); err != nil {
		return nil, err
	}
	if s.env.Sandboxed || NeedsSandbox(name) {
		box, err := s.env.Sandbox()
		if err != nil {
			return nil, unfilled(err)
		}
		if b.box, err = b.imitate(box, name); err != nil {
			return nil, err
		}
		b.box.initial = &s.initial
		b.from = b.box
	} else {
		b.from = &recorded{offers: s.offers, route: b.route}
	}
	described, err := s.env.Target.Describe(ctx, m.Source)
	if err != nil {
		return nil, err
	}
	b.snap = &Snapshot{Scenario: name, Manifest: m, Names: s.env.Profile.Names, Mode: b.from.mode(), Described: described}
	return b, nil
}

// imitate opens an account of the sandbox and lets it answer.
func (b *builder) imitate(box *sandbox.Sandbox, name Name) (*imitated, error) {
	credentials := map[string]string{}
	for c, v := range b.party.credentials {
		credentials[c] = v
	}
	if b.party.clientID != "" {
		credentials["client_id"], credentials["client_secret"] = b.party.clientID, b.party.secret
		if err := b.route.Admit(b.party.clientID); err != nil {
			return nil, err
		}
	}
	i := &imitated{manifest: b.env.Manifest, route: b.route, credentials: b.party.credentials}
	account, err := box.Open(sandbox.AccountConfig{
		Name: string(name), URL: b.env.Gateway.URL(), Credentials: credentials, Secret: b.party.secret, Issued: i.issued,
		Scopes: grants(b.env.Manifest),
	})
	if err != nil {
		return nil, err
	}
	i.account = account
	return i, i.enter(phaseRegistration)
}

// connect connects the account with its own credentials.
func (b *builder) connect(ctx context.Context) error {
	connected, err := b.env.Target.Connect(ctx, b.connection(b.party.credentials))
	if err != nil {
		return err
	}
	if connected.AuthorizeURL != "" {
		return &target.Error{Verb: "connect", Cause: "target-refused",
			Detail: "the target wants the account's owner to authorize it, though it was given the account's own credentials"}
	}
	b.snap.Integration = connected.Integration
	return nil
}

func (b *builder) connection(credentials map[string]string) target.Connection {
	return target.Connection{
		Source: b.env.Manifest.Source, Account: target.Account{URL: b.env.Gateway.URL()}, Credentials: credentials,
		Webhook: target.Webhook{BaseURL: b.env.Target.BaseURL(), Secret: b.party.secret},
	}
}

// NeedsSandbox tells whether a scenario takes a source that can be changed or broken, whatever the run's mode.
func NeedsSandbox(name Name) bool {
	switch name {
	case Authorized, Faulted, Resumed, Unrefined:
		return true
	}
	return false
}
