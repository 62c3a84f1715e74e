package scenario

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/target"
)

// builder reaches one scenario.
type builder struct {
	env   Environment
	party party
	// inst is the target with its database, client speaks to it for this account.
	inst   *Instance
	client *target.Client
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

// register makes the target register its webhooks. Of one that does so while it connects it takes what was asked since then;
// for one that does not, the account's owner does.
func (b *builder) register(ctx context.Context, name string) (*Step, error) {
	if err := b.from.enter(phaseRegistration); err != nil {
		return nil, err
	}
	var registered []target.Registered
	var err error
	switch {
	case !b.lacks(profile.RegisterWebhooks):
		registered, err = b.client.RegisterWebhooks(ctx)
	case !b.lacks(profile.Webhook):
		err = b.byOwner()
	}
	if err != nil {
		return nil, err
	}
	step, err := b.step(name, nil)
	if err != nil {
		return nil, err
	}
	b.snap.Registered, step.Registered = registered, registered
	along := b.env.Profile.Target.Speaks().RegisterWebhooks
	b.snap.RegistersAlong = along != nil && along.With != "" && registered == nil
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

// sync copies everything, or what changed since start where that is not zero, as the source offered it first.
func (b *builder) sync(ctx context.Context, name string, start time.Time) error {
	return b.syncIn(ctx, phaseBackfill, name, start)
}

// syncIn is sync in a phase of the source's. It is over when what came in was refined.
func (b *builder) syncIn(ctx context.Context, phase, name string, start time.Time) error {
	if err := b.from.enter(phase); err != nil {
		return err
	}
	stats, err := b.client.Sync(ctx, nil, start)
	if err != nil {
		return err
	}
	if err := b.refined(ctx); err != nil {
		return err
	}
	step, err := b.step(name, stats)
	if err != nil {
		return err
	}
	if len(step.Traffic) == 0 {
		return b.nothingArrived(name)
	}
	if step.RawRows, err = b.stored(ctx); err != nil {
		return err
	}
	step.RawDigests, err = b.snap.Reader.RawDigests(ctx)
	return err
}

// stored counts the raw rows by object type; of a target without a raw layer it counts the refined ones, by object.
func (b *builder) stored(ctx context.Context) (map[string]int, error) {
	if !b.lacks(profile.Raw) {
		return b.snap.Reader.RawCounts(ctx)
	}
	counts := map[string]int{}
	for i := range b.env.Manifest.Objects {
		obj := &b.env.Manifest.Objects[i]
		t, ok := b.env.Manifest.Table(obj.Table)
		if !ok || !obj.Applies() {
			continue
		}
		have, err := b.snap.Reader.Count(ctx, t)
		if SchemaMissing(err) != nil { // another check's matter
			continue
		}
		if err != nil {
			return nil, err
		}
		counts[obj.Name] = have.Rows
	}
	return counts, nil
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
	return step, nil
}
