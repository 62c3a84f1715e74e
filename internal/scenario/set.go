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
	// Updated: backfilled, then all recorded deliveries came in, in order.
	Updated Name = "updated"
	// Probed: connected, then single deliveries came in, good ones and bad ones.
	Probed Name = "probed"
)

// Names are all scenarios, in the order in which they build on each other.
func Names() []Name { return []Name{Connected, Backfilled, Updated, Probed} }

// Environment is what a scenario acts with. One per process.
type Environment struct {
	Manifest  *manifest.Manifest
	Profile   profile.Profile
	Recording *recording.Recording
	Gateway   *gateway.Gateway
	Target    *target.Client
	// Reading is a pool that cannot write; see OpenReader.
	Reading *pgxpool.Pool
	// TargetLog returns the tail of the target's log, for failures.
	TargetLog func() string
	// TargetExited returns a sentence if the target's process has ended or does so within the time given, else "".
	TargetExited func(within time.Duration) string
}

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

// Set builds scenarios lazily, each once.
type Set struct {
	env  Environment
	mu   sync.Mutex
	done map[Name]*entry
	// offers are what each phase offers, read once: several scenarios begin with the same phase.
	offers map[string]*oracle.Offer
	// silent is the failure of a target that does not answer the verbs with which every scenario begins.
	silent *Failure
}

type entry struct {
	once sync.Once
	snap *Snapshot
	fail *Failure
	took time.Duration
}

// NewSet returns the scenarios of one environment.
func NewSet(env Environment) *Set {
	return &Set{env: env, done: map[Name]*entry{}, offers: map[string]*oracle.Offer{}}
}

// Get reaches a scenario, or returns the failure of the first attempt.
func (s *Set) Get(ctx context.Context, name Name) (*Snapshot, *Failure) {
	s.mu.Lock()
	e := s.done[name]
	if e == nil {
		e = &entry{}
		s.done[name] = e
	}
	s.mu.Unlock()
	e.once.Do(func() {
		started := time.Now()
		defer func() { e.took = time.Since(started) }()
		snap, err := s.build(ctx, name)
		if err != nil {
			e.fail = s.diagnose(ctx, name, err)
			s.despair(e.fail)
			return
		}
		e.snap = snap
	})
	return e.snap, e.fail
}

// Took returns how long it took to reach each scenario that was asked for. Call it when no scenario is being reached.
func (s *Set) Took() map[Name]time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	took := make(map[Name]time.Duration, len(s.done))
	for name, e := range s.done {
		took[name] = e.took
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

func (s *Set) build(ctx context.Context, name Name) (*Snapshot, error) {
	s.mu.Lock()
	silent := s.silent
	s.mu.Unlock()
	if silent != nil {
		return nil, silent
	}
	b, err := s.begin(ctx, name)
	if err != nil {
		return nil, err
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
	default:
		err = fmt.Errorf("there is no scenario %q", name)
	}
	if err != nil {
		return nil, b.blame(ctx, err)
	}
	return b.snap, nil
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
	return err
}

// diagnose turns an error into a failure that says whose fault it is.
func (s *Set) diagnose(ctx context.Context, name Name, err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	if ctx.Err() != nil {
		return Interrupted(fmt.Sprintf("while the scenario %q was being reached", name))
	}
	if f := DatabaseLost(ctx, s.env.Reading); f != nil {
		f.Summary += fmt.Sprintf("; seen while the scenario %q was being reached", name)
		return f
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
	if how := s.exited(ctx, te); how != "" {
		f := TargetExited(how, s.env.TargetLog())
		f.Summary += fmt.Sprintf(", during %s for the scenario %q", te.Verb, name)
		return f
	}
	f.Status, f.Cause, f.Remedy, f.Root = result.Fail, te.Cause, te.Remedy(), "target/"+te.Verb
	f.Evidence = append(f.Evidence, result.Evidence{Kind: "log", Text: s.env.TargetLog()})
	return f
}

// exited returns a sentence if the target's process has ended, else "". A dying process breaks its connections before
// its end is known: one that answers nothing any more is waited for.
func (s *Set) exited(ctx context.Context, verb *target.Error) string {
	const patience = 2 * time.Second
	wait := time.Duration(0)
	if verb.Cause == "target-unreachable" {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		var again *target.Error
		if errors.As(s.env.Target.Ready(ctx), &again) && again.Cause == verb.Cause {
			wait = patience
		}
	}
	return s.env.TargetExited(wait)
}

// offered returns what one phase of the recording offers. Offers are only read, so scenarios may share them.
func (s *Set) offered(phase string) (*oracle.Offer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.offers[phase]; o != nil {
		return o, nil
	}
	interactions, err := s.env.Recording.Phase(phase)
	if err != nil {
		return nil, err
	}
	answers := make([]oracle.Answer, len(interactions))
	for i, in := range interactions {
		answers[i] = oracle.Answer{Method: in.Method, URL: in.URL, Status: in.Status, Header: in.Header, Body: in.Body, Ref: in.Ref()}
	}
	offer, err := oracle.Collect(s.env.Manifest, answers)
	if err != nil {
		return nil, fmt.Errorf("reading what the phase %q of %s offers: %w", phase, s.env.Recording.Dir, err)
	}
	s.offers[phase] = offer
	return offer, nil
}
