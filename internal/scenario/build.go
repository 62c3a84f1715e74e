package scenario

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/target"
)

// builder reaches one scenario.
type builder struct {
	env Environment
	// offered returns what a phase of the recording offers.
	offered func(phase string) (*oracle.Offer, error)
	snap    *Snapshot
	route   *gateway.Route
	// seen is how much of the traffic log belongs to steps that are over.
	seen   int
	secret string
}

// begin connects an integration of the scenario's own.
func (s *Set) begin(ctx context.Context, name Name) (*builder, error) {
	m := s.env.Manifest
	credential := "ck_" + string(name)
	route, err := s.env.Gateway.Route(credential)
	if err != nil {
		return nil, err
	}
	credentials := map[string]string{}
	for _, c := range m.API.Auth.Credentials {
		credentials[c] = "cs_" + string(name)
	}
	credentials[m.API.Auth.Route] = credential
	b := &builder{env: s.env, offered: s.offered, route: route, secret: "whsec_" + string(name)}
	described, err := s.env.Target.Describe(ctx, m.Source)
	if err != nil {
		return nil, err
	}
	integration, err := s.env.Target.Connect(ctx, target.Connection{
		Source: m.Source, Account: target.Account{URL: s.env.Gateway.URL()}, Credentials: credentials,
		Webhook: target.Webhook{BaseURL: s.env.Target.BaseURL(), Secret: b.secret},
	})
	if err != nil {
		return nil, err
	}
	b.snap = &Snapshot{
		Scenario: name, Manifest: m, Names: s.env.Profile.Names, Mode: result.Mode(s.env.Recording.Info.Mode),
		Integration: integration, Described: described,
		Reader: NewReader(s.env.Reading, s.env.Profile.Names, integration.ID),
	}
	return b, nil
}

// connected registers the webhooks.
func (b *builder) connected(ctx context.Context) error {
	if err := b.route.Enter("registration"); err != nil {
		return err
	}
	registered, err := b.env.Target.RegisterWebhooks(ctx, b.snap.Integration.ID)
	if err != nil {
		return err
	}
	b.snap.Registered = registered
	_, err = b.step(Registration, nil)
	return err
}

// backfilled syncs everything, and once more from the unchanged source.
func (b *builder) backfilled(ctx context.Context) error {
	if err := b.connected(ctx); err != nil {
		return err
	}
	if err := b.backfill(ctx, FirstSync); err != nil {
		return err
	}
	return b.backfill(ctx, SecondSync)
}

func (b *builder) backfill(ctx context.Context, name string) error {
	const phase = "backfill"
	if b.snap.Offer == nil {
		offer, err := b.offered(phase)
		if err != nil {
			return err
		}
		b.snap.Partial = map[string]string{}
		for _, p := range b.env.Recording.Partial() {
			b.snap.Partial[p.Object] = p.Why
		}
		var gaps []string
		for _, g := range offer.Incomplete {
			if b.snap.Partial[g.Object] == "" {
				gaps = append(gaps, g.What)
			}
		}
		if len(gaps) > 0 {
			return &Failure{Status: result.Error, Cause: "recording-incomplete", Root: "recording/" + phase,
				Summary: fmt.Sprintf("%s cannot say what must exist: %s", b.env.Recording.Dir, strings.Join(gaps, "; ")),
				Remedy:  "record the phase again, with every page of every list"}
		}
		expected, err := offer.State()
		if err != nil {
			return fmt.Errorf("computing the expected rows: %w", err)
		}
		b.snap.Offer, b.snap.Expected = offer, expected
	}
	if err := b.route.Enter(phase); err != nil {
		return err
	}
	stats, err := b.env.Target.Sync(ctx, b.snap.Integration.ID, nil, time.Time{})
	if err != nil {
		return err
	}
	step, err := b.step(name, stats)
	if err != nil {
		return err
	}
	rows, err := b.snap.Reader.RawCounts(ctx)
	if err != nil {
		return err
	}
	step.RawRows = rows
	return nil
}

// step closes a step: what was asked since the last one belongs to it. Requests that the recording has no answer to
// end the scenario: nothing that the target made of them can be judged.
func (b *builder) step(name string, stats map[string]target.Stats) (*Step, error) {
	log := b.route.Log()
	step := &Step{Name: name, Stats: stats, Traffic: log[b.seen:]}
	b.seen = len(log)
	b.snap.Steps = append(b.snap.Steps, step)
	if f := b.missed(); f != nil {
		return nil, f
	}
	if n := b.route.Dropped(); n > 0 {
		return nil, &Failure{Status: result.Fail, Cause: "request-flood", Root: "target/" + name,
			Summary:  fmt.Sprintf("during the %s the target made more requests than the traffic log holds; %d were not kept", name, n),
			Remedy:   "look for a walk that never ends: the log's first requests are of the same list",
			Evidence: []result.Evidence{{Kind: "request", Text: log[len(log)-1].Method + " " + log[len(log)-1].URL()}}}
	}
	if stats != nil && len(step.Traffic) == 0 {
		if strangers := b.env.Gateway.Unrouted(); len(strangers) > 0 {
			x := strangers[len(strangers)-1]
			return nil, &Failure{Status: result.Fail, Cause: "credential-unknown", Root: "target/sync",
				Summary:  fmt.Sprintf("the target's requests do not carry the credential of this integration, e.g. %s %s", x.Method, x.URL()),
				Remedy:   "send the credentials given to connect with every request",
				Evidence: []result.Evidence{{Kind: "request", Text: x.Method + " " + x.URL()}}}
		}
		return nil, &Failure{Status: result.Fail, Cause: "no-request", Root: "target/sync",
			Summary:  "after " + name + " not one request reached the source",
			Evidence: []result.Evidence{{Kind: "log", Text: b.env.TargetLog()}},
			Remedy:   "let the target take the source's address from the account's url that connect gives it; a host name compiled in never reaches the gateway"}
	}
	return step, nil
}
