// Package scenario reaches the states that checks look at. Scenarios act: they connect, sync and deliver. Checks only
// look, at the read-only snapshot that a scenario leaves.
package scenario

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/recording"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/sandbox"
	"github.com/syncspec/syncspec/internal/target"
)

// Name names a scenario.
type Name string

// The scenarios. Each has an integration, a credential and a webhook secret of its own.
const (
	// Connected: an integration was made and its webhooks registered; nothing was synced.
	Connected Name = "connected"
	// Backfilled: the webhooks were registered, then everything was synced twice from an unchanged source.
	Backfilled Name = "backfilled"
	// Updated: backfilled, then the deliveries of all changes came in.
	Updated Name = "updated"
	// Probed: connected, then single deliveries came in, good ones and bad ones.
	Probed Name = "probed"
	// Authorized: connected with the owner's consent where the source asks for it; the source did not take one topic's
	// registration, and the webhooks were registered again. Always from the sandbox, as the following are.
	Authorized Name = "authorized"
	// Faulted: everything was synced once from a source that was overloaded, failed, and broke off answers.
	Faulted Name = "faulted"
	// Resumed: backfilled, then the source changed without a word, then came a sync with a start date.
	Resumed Name = "resumed"
	// Unrefined: the database refused what a good delivery brought; then it refused nothing any more, and the target was
	// told to retry.
	Unrefined Name = "unrefined"
)

// Names are all scenarios, in the order in which they build on each other.
func Names() []Name {
	return []Name{Connected, Backfilled, Updated, Probed, Authorized, Faulted, Resumed, Unrefined}
}

// Environment is what a scenario acts with. One per process.
type Environment struct {
	Manifest *manifest.Manifest
	Profile  profile.Profile
	// Recording may be nil where all scenarios use the sandbox.
	Recording *recording.Recording
	// Sandbox is what imitates the source. Scenarios that change or break the source always use it, all do where
	// Sandboxed says so; else the others are played from the recording.
	Sandbox   func() (*sandbox.Sandbox, error)
	Sandboxed bool
	Gateway   *gateway.Gateway
	// SourceURL is where a target reaches the source that does not reach it by the provider's own host; the gateway's address
	// if empty.
	SourceURL string
	// App is the one app that a target has for all accounts; nil where each account brings its own.
	App *App
	// Instance returns the target that a scenario is reached with, and starts it if need be. Scenarios share one where rows
	// say whose they are.
	Instance func(ctx context.Context, name Name) (*Instance, error)
	// Secret, if not nil, is told each credential, secret and token that comes about, so that no report shows it.
	Secret func(string)
}

// secret tells of what no report may show.
func (e *Environment) secret(texts ...string) {
	if e.Secret == nil {
		return
	}
	for _, t := range texts {
		e.Secret(t)
	}
}

// Instance is a running target with its database.
type Instance struct {
	Target *target.Running
	// Reading is a pool that cannot write; see OpenReader. DSN is the same database's address, for the one scenario that
	// makes it refuse rows.
	Reading *pgxpool.Pool
	DSN     string
}

// App is what the source knows a target by.
type App struct{ ClientID, Secret string }

// Failure is a scenario that could not be reached, with its cause.
type Failure struct {
	// Status is Fail where the target is at fault, Error where the harness is.
	Status  result.Status
	Cause   string
	Summary string
	// Root names the result that holds the cause where several scenarios can meet with the same one, such as
	// "run/database" or "target/sync"; empty where the cause is the scenario's own.
	Root string
	// Final says that nothing can be reached or judged any more.
	Final    bool
	Remedy   string
	Evidence []result.Evidence
}

func (f *Failure) Error() string { return f.Summary }

// Set builds scenarios when they are asked for, each once; in the background it can begin with those that will be.
type Set struct {
	env     Environment
	offers  *offers
	initial initial
	mu      sync.Mutex
	done    map[Name]*entry
	// silent is the failure of a target that does not answer the verbs with which every scenario begins.
	silent *Failure
	// tenants are the integrations that were made, by their ids.
	tenants map[string]*Tenant

	background sync.WaitGroup
	cancel     context.CancelFunc
}

type entry struct {
	over chan struct{} // closed when the rest is there
	snap *Snapshot
	fail *Failure
	took time.Duration
}

// NewSet returns the scenarios of one environment. Close it.
func NewSet(env Environment) *Set {
	return &Set{env: env, done: map[Name]*entry{}, tenants: map[string]*Tenant{}, cancel: func() {},
		offers: &offers{manifest: env.Manifest, recording: env.Recording, read: map[string]*oracle.Offer{}}}
}

// waitsOnTime tells whether a scenario mostly waits, for a source that asks to come back later.
func waitsOnTime(name Name) bool { return name == Faulted || name == Authorized }

// Begin begins to reach scenarios in the background, until Close: those that wait on real time at once, the others one
// after the other. Call it once.
func (s *Set) Begin(ctx context.Context, names ...Name) {
	ctx, s.cancel = context.WithCancel(ctx)
	var queue []Name
	for _, name := range names {
		if waitsOnTime(name) {
			s.background.Go(func() { s.begun(ctx, name) })
		} else {
			queue = append(queue, name)
		}
	}
	s.background.Go(func() {
		for _, name := range queue {
			if ctx.Err() == nil {
				s.begun(ctx, name)
			}
		}
	})
}

// begun reaches a scenario, unless somebody does already.
func (s *Set) begun(ctx context.Context, name Name) {
	if e, mine := s.entry(name); mine {
		s.reach(ctx, name, e)
	}
}

// Close ends what is under way in the background, and waits for it.
func (s *Set) Close() {
	s.cancel()
	s.background.Wait()
}

// Get reaches a scenario, or returns the failure of the first attempt.
func (s *Set) Get(ctx context.Context, name Name) (*Snapshot, *Failure) {
	e, mine := s.entry(name)
	if mine {
		s.reach(ctx, name, e)
	}
	select {
	case <-e.over:
		return e.snap, e.fail
	case <-ctx.Done():
		return nil, Interrupted(fmt.Sprintf("while the scenario %q was being reached", name))
	}
}

// entry returns a scenario's entry, and whether the caller has to fill it.
func (s *Set) entry(name Name) (e *entry, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e = s.done[name]; e == nil {
		e, mine = &entry{over: make(chan struct{})}, true
		s.done[name] = e
	}
	return e, mine
}

func (s *Set) reach(ctx context.Context, name Name, e *entry) {
	started := time.Now()
	defer close(e.over)
	defer func() { e.took = time.Since(started) }()
	b := &builder{env: s.env}
	err := s.build(ctx, b, name)
	s.leave(name)
	if err != nil {
		e.fail = s.diagnose(ctx, b, name, err)
		s.despair(e.fail)
		return
	}
	e.snap = b.snap
}

// Took returns how long it took to reach each scenario that was reached, or given up.
func (s *Set) Took() map[Name]time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	took := make(map[Name]time.Duration, len(s.done))
	for name, e := range s.done {
		select {
		case <-e.over:
			took[name] = e.took
		default:
		}
	}
	return took
}

// despair remembers a target that did not answer one of the verbs with which every scenario begins: to wait for the
// same silence in each would only take longer.
func (s *Set) despair(f *Failure) {
	if f.Cause == "target-timeout" && (f.Root == "target/describe" || f.Root == "target/connect") {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.silent = f
	}
}

func (s *Set) build(ctx context.Context, b *builder, name Name) error {
	s.mu.Lock()
	silent := s.silent
	s.mu.Unlock()
	if silent != nil {
		return silent
	}
	err := s.begin(ctx, b, name)
	if err != nil {
		return b.unheard(err)
	}
	switch name {
	case Connected:
		err = b.connected(ctx)
	case Backfilled:
		err = b.backfilled(ctx)
	case Updated:
		err = b.updated(ctx)
	case Probed:
		err = b.probed(ctx)
	case Authorized:
		err = b.authorized(ctx)
	case Faulted:
		err = b.faulted(ctx)
	case Resumed:
		err = b.resumed(ctx)
	case Unrefined:
		err = b.unrefined(ctx)
	default:
		err = fmt.Errorf("there is no scenario %q", name)
	}
	if err != nil {
		return b.blame(ctx, err)
	}
	b.snap.Hooks = b.from.hooks()
	return nil
}

// blame returns the error that explains err. A target that got no answer for what the recording lacks may fail for that
// alone: then the verb that failed is not to blame.
func (b *builder) blame(ctx context.Context, err error) error {
	var f *Failure
	if errors.As(err, &f) || ctx.Err() != nil {
		return err
	}
	if miss := b.missed(); miss != nil {
		return miss
	}
	return b.unheard(err)
}

// diagnose turns an error into a failure that says whose fault it is.
func (s *Set) diagnose(ctx context.Context, b *builder, name Name, err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	if ctx.Err() != nil {
		return Interrupted(fmt.Sprintf("while the scenario %q was being reached", name))
	}
	if b.inst != nil {
		if f := DatabaseLost(ctx, b.inst.Reading); f != nil {
			f.Summary += fmt.Sprintf("; seen while the scenario %q was being reached", name)
			return f
		}
	}
	if f := SchemaMissing(err); f != nil {
		f.Summary += fmt.Sprintf("; seen while the scenario %q was being reached", name)
		return f
	}
	f = &Failure{Status: result.Error, Cause: "harness", Summary: fmt.Sprintf("the scenario %q could not be reached: %v", name, err),
		Remedy: "this is the harness's own fault: report it with this text"}
	var te *target.Error
	if !errors.As(err, &te) {
		return f
	}
	log := te.Log
	if b.inst != nil {
		log = b.inst.Target.Log()
		if how := b.exited(ctx, te); how != "" {
			f := TargetExited(how, log, b.alone())
			f.Summary += fmt.Sprintf(", during %s for the scenario %q", te.Verb, name)
			return f
		}
	}
	f.Status, f.Cause, f.Remedy, f.Root = result.Fail, te.Cause, te.Remedy(), "target/"+te.Verb
	f.Evidence = append(f.Evidence, result.Evidence{Kind: "log", Text: log})
	var quiet *unheard
	if errors.As(err, &quiet) {
		f.Remedy += "; if it fails because it does not reach the source: " + reaching
		f.Evidence = append(f.Evidence, quiet.evidence...)
	}
	return f
}

// exited returns a sentence if the target's process has ended, else "". A dying process breaks its connections before
// its end is known: one that answers nothing any more is waited for.
func (b *builder) exited(ctx context.Context, verb *target.Error) string {
	const patience = 2 * time.Second
	wait := time.Duration(0)
	if verb.Cause == "target-unreachable" {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		var again *target.Error
		if errors.As(b.client.Ready(ctx), &again) && again.Cause == verb.Cause {
			wait = patience
		}
	}
	return b.inst.Target.ExitedWithin(wait)
}

// join notes the integration that a scenario made.
func (s *Set) join(b *builder, name Name, began time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tenants[b.snap.Integration.ID] = &Tenant{Scenario: name, Company: b.snap.Integration.CompanyID, Began: began}
}

// leave notes that a scenario is over.
func (s *Set) leave(name Name) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.tenants {
		if t.Scenario == name {
			t.Over = time.Now()
		}
	}
}

// joined are the integrations that were made so far.
func (s *Set) joined() map[string]Tenant {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make(map[string]Tenant, len(s.tenants))
	for id, t := range s.tenants {
		all[id] = *t
	}
	return all
}
