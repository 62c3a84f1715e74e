package scenario

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/target"
)

// builder reaches one scenario.
type builder struct {
	env   Environment
	party party
	// from is the source's side. box is the same where it is the sandbox, else nil.
	from provider
	box  *imitated
	snap *Snapshot
	sign signer

	route *gateway.Route
	// seen is how much of the traffic log belongs to steps that are over.
	seen int
}

// connected registers the webhooks.
func (b *builder) connected(ctx context.Context) error {
	_, err := b.register(ctx, Registration)
	return err
}

func (b *builder) register(ctx context.Context, name string) (*Step, error) {
	if err := b.from.enter(phaseRegistration); err != nil {
		return nil, err
	}
	registered, err := b.env.Target.RegisterWebhooks(ctx, b.snap.Integration.ID)
	if err != nil {
		return nil, err
	}
	step, err := b.step(name, nil)
	if err != nil {
		return nil, err
	}
	b.snap.Registered, step.Registered = registered, registered
	return step, nil
}

// backfilled syncs everything, and once more from the unchanged source.
func (b *builder) backfilled(ctx context.Context) error {
	if err := b.connected(ctx); err != nil {
		return err
	}
	if err := b.offer(phaseBackfill); err != nil {
		return err
	}
	if err := b.sync(ctx, FirstSync, time.Time{}); err != nil {
		return err
	}
	return b.sync(ctx, SecondSync, time.Time{})
}

// offer notes what the source offers in a phase, and what must exist once it was copied.
func (b *builder) offer(phase string) error {
	offer, err := b.from.offered(phase)
	if err != nil {
		return err
	}
	b.snap.Partial = b.from.partial()
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
	return nil
}

// sync copies everything, or what changed since start where that is not zero.
func (b *builder) sync(ctx context.Context, name string, start time.Time) error {
	if err := b.from.enter(phaseBackfill); err != nil {
		return err
	}
	stats, err := b.env.Target.Sync(ctx, b.snap.Integration.ID, nil, start)
	if err != nil {
		return err
	}
	step, err := b.step(name, stats)
	if err != nil {
		return err
	}
	if step.RawRows, err = b.snap.Reader.RawCounts(ctx); err != nil {
		return err
	}
	step.RawDigests, err = b.snap.Reader.RawDigests(ctx)
	return err
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
	if f := b.panicked(); f != nil {
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
