package scenario

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/sandbox"
)

// begin opens the source's side of a scenario and connects an integration of its own.
func (s *Set) begin(ctx context.Context, b *builder, name Name) error {
	began := time.Now()
	if err := s.open(ctx, b, name); err != nil {
		return err
	}
	consents := b.env.Manifest.OAuth != nil && !b.lacks(profile.Authorize)
	var err error
	switch {
	case consents && (name == Authorized || b.lacks(profile.Connect)):
		err = b.authorize(ctx)
	case b.lacks(profile.Connect):
		_, why, _ := b.env.Profile.Missing(profile.Connect)
		err = &Failure{Status: result.Fail, Cause: targetLacks, Root: "target/connect",
			Summary: "the target has no way to connect an account: " + why,
			Remedy:  "map the verb connect, or authorize where the source has OAuth; a command or a statement of SQL will do"}
	default:
		b.snap.Integration, err = b.client.Connect(ctx)
	}
	if err != nil {
		return err
	}
	s.join(b, name, began)
	b.snap.Reader = NewReader(b.inst.Reading, b.env.Profile.Names, b.snap.Integration.ID)
	b.sign = signer{hooks: b.env.Manifest.Webhooks, secret: b.party.secret, url: b.snap.Integration.WebhookURL, account: b.party.address.String()}
	return b.known(ctx)
}

// targetLacks is the cause of what fails because the target does not have what it takes.
const targetLacks = "target-lacks"

// known holds that the integration which the target named is there.
func (b *builder) known(ctx context.Context) error {
	if b.lacks(profile.Metadata) {
		return nil
	}
	there, err := b.snap.Reader.Known(ctx)
	if err != nil || there {
		return err
	}
	n := b.env.Profile.Names.Integrations
	return &Failure{Status: result.Fail, Cause: "integration-unknown", Root: "target/connect",
		Summary:  fmt.Sprintf("connect named the integration %q, and %s.%s has none of that %s", b.snap.Integration.ID, b.env.Profile.Names.Schema, n.Table, n.ID),
		Remedy:   "let connect return the id that rows carry; the profile's result integration_id says where in the answer it stands, names.integrations which table has it",
		Evidence: []result.Evidence{{Kind: "log", Text: b.inst.Target.Log()}}}
}

// open makes the source's side of a scenario: an account, and a route to it.
func (s *Set) open(ctx context.Context, b *builder, name Name) error {
	m := s.env.Manifest
	b.party = newParty(m, name, s.env.App)
	s.env.secret(append(slices.Collect(maps.Values(b.party.credentials)), b.party.secret)...)
	var err error
	if b.route, err = s.env.Gateway.Route(b.party.credentials[m.API.Auth.Route]); err != nil {
		return err
	}
	address, err := s.env.address(ctx, name, b.route)
	if err != nil {
		return err
	}
	b.party.address = address
	if s.env.Sandboxed || NeedsSandbox(name) {
		box, err := s.env.Sandbox()
		if err != nil {
			return unfilled(err)
		}
		if b.box, err = b.imitate(box, name); err != nil {
			return err
		}
		b.box.initial = &s.initial
		b.from = b.box
	} else {
		b.from = &recorded{offers: s.offers, route: b.route}
	}
	if b.inst, err = s.env.Instance(ctx, name); err != nil {
		return err
	}
	b.client = b.inst.Target.Client(b.party.account())
	b.snap = &Snapshot{Scenario: name, Manifest: m, Names: s.env.Profile.Names, Lacks: s.env.Profile.Lacks, Mode: b.from.mode(),
		Account: Account{Name: string(name), URL: address.String()}, Tenants: s.joined}
	if b.lacks(profile.Describe) {
		return nil
	}
	b.snap.Described, err = b.client.Describe(ctx)
	return err
}

// imitate opens an account of the sandbox and lets it answer.
func (b *builder) imitate(box *sandbox.Sandbox, name Name) (*imitated, error) {
	credentials := maps.Clone(b.party.credentials)
	if b.party.clientID != "" {
		credentials["client_id"], credentials["client_secret"] = b.party.clientID, b.party.secret
	}
	if err := b.admit(); err != nil {
		return nil, err
	}
	i := &imitated{manifest: b.env.Manifest, route: b.route, credentials: b.party.credentials, shared: b.party.shared, secret: b.env.secret}
	account, err := box.Open(sandbox.AccountConfig{
		Name: string(name), URL: b.party.address.String(), Credentials: credentials, Secret: b.party.secret, Issued: i.issued, Granted: i.granted,
		Scopes: grants(b.env.Manifest),
	})
	if err != nil {
		return nil, err
	}
	i.account = account
	return i, i.enter(phaseRegistration)
}

// admit lets requests of the account in by what tells them from others besides its credential: its host, and the id of an
// app that is its own. Of an app that all accounts share, the harness says itself whose consent it gives.
func (b *builder) admit() error {
	var errs []error
	if b.env.proxied() {
		errs = append(errs, b.route.Host(b.party.address.Host))
	}
	switch {
	case b.party.shared:
		errs = append(errs, b.route.Account(string(b.party.name)))
	case b.party.clientID != "":
		errs = append(errs, b.route.Admit(b.party.clientID))
	}
	return errors.Join(errs...)
}

// NeedsSandbox tells whether a scenario takes a source that can be changed or broken, whatever the run's mode.
func NeedsSandbox(name Name) bool {
	switch name {
	case Authorized, Faulted, Resumed, Unrefined:
		return true
	}
	return false
}
