package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/supervise"
	"github.com/syncspec/syncspec/internal/target"
)

// Session is one process's share of a run: a database, a gateway and a target of its own.
type Session struct {
	job    *Job
	worker int

	guardian  *supervise.Guardian
	own       bool // the guardian is this session's, not the run's
	gateway   *gateway.Gateway
	instances *instances
	scenarios *scenario.Set

	opened time.Duration
	// caDir is where the run's certificate is; empty where there is none.
	caDir string

	mu sync.Mutex
	// roots are the causes found so far that block specs, by the key of the result that holds each.
	roots map[string]*result.Result
	// lost is the key of a root that blocks every spec from now on, such as a dead database.
	lost string
	// cut says that somebody ended the run while a scenario was being reached.
	cut bool
}

// Open opens a session of the run that handle is of. shared is the run's own part where this process holds it, else
// nil. Whatever goes wrong comes as a *scenario.Failure that says whose fault it is.
func Open(ctx context.Context, j *Job, handle []byte, shared *Shared, worker int) (*Session, error) {
	started := time.Now()
	s := &Session{job: j, worker: worker, roots: map[string]*result.Result{}}
	if err := s.open(ctx, handle, shared); err != nil {
		f := SetupFailure(err)
		if ctx.Err() != nil {
			f = scenario.Interrupted(settingUp)
		}
		if closeErr := s.Close(); closeErr != nil {
			f.Evidence = append(f.Evidence, result.Evidence{Kind: "log", Text: "cleaning up afterwards: " + closeErr.Error()})
		}
		return nil, j.secrets.failure(f)
	}
	s.opened = time.Since(started)
	return s, nil
}

func (s *Session) open(ctx context.Context, data []byte, shared *Shared) error {
	var server *postgres.Server
	var template *postgres.Template
	var err error
	if shared != nil {
		s.guardian, server, template = shared.guardian, shared.server, shared.template
	} else {
		if s.guardian, err = supervise.Start(ctx); err != nil {
			return err
		}
		s.own = true
		var h handle
		if err := json.Unmarshal(data, &h); err != nil {
			return fmt.Errorf("reading what the first process handed over: %w", err)
		}
		if server, err = postgres.Attach(ctx, s.guardian, h.Ticket); err != nil {
			return noDatabase(err)
		}
		template = server.TemplateNamed(h.Template)
	}
	if err := s.front(ctx); err != nil {
		return err
	}
	s.instances = &instances{job: s.job, guardian: s.guardian, server: server, template: template, gateway: s.gateway, app: s.job.app(), all: map[scenario.Name]*started{}}
	// A target that cannot be started is one cause, and not one for each scenario.
	if s.instances.whose(scenario.Connected) == everyones {
		if _, err := s.instances.of(ctx, everyones); err != nil {
			return err
		}
	}
	s.scenarios = scenario.NewSet(scenario.Environment{
		Manifest: s.job.Plan.Manifest, Profile: s.job.Profile, Recording: s.job.Recording, Gateway: s.gateway,
		Sandbox: s.job.sandbox, Sandboxed: s.job.Mode == Sandbox, Instance: s.instances.of, App: s.instances.app, SourceURL: s.instances.sourceURL(),
		Secret: s.job.secrets.remember,
	})
	s.scenarios.Begin(context.WithoutCancel(ctx), s.job.needed()...) // they go on when the set-up is over
	return nil
}

// front starts what stands in the source's place.
func (s *Session) front(ctx context.Context) error {
	t := s.job.Profile.Target
	c := gateway.Config{Manifest: s.job.Profile.Source, Recording: s.job.Recording, Secure: t.Reach == reachTLS || t.Reach == reachProxy}
	if t.Attach != nil {
		c.Addr = t.Attach.Gateway
	}
	var err error
	if t.Network == bridged {
		found, err := postgres.FindBridge(ctx)
		if err != nil {
			return err
		}
		c.Bridge = found.Address.String()
	}
	if c.Secure {
		if c.Dir, _, err = s.guardian.TempDir("", "syncspec-ca-"); err != nil {
			return fmt.Errorf("making a folder for the run's certificate: %w", err)
		}
		s.caDir = c.Dir
	}
	s.gateway, err = gateway.Start(context.WithoutCancel(ctx), c)
	return err
}

// Target is the running target of a scenario, nil if there is none yet. Mostly all scenarios share one.
func (s *Session) Target(of scenario.Name) *target.Running {
	if inst := s.instances.there(of); inst != nil {
		return inst.Target
	}
	return nil
}

// Close ends what the session started. The run's own part stays.
func (s *Session) Close() error {
	var errs []error
	settled := s.scenarios != nil && s.uncut()
	if s.scenarios != nil {
		s.scenarios.Close()
	}
	if s.instances != nil {
		errs = append(errs, s.instances.close(settled))
	}
	if s.gateway != nil {
		errs = append(errs, s.gateway.Close())
	}
	if s.caDir != "" {
		errs = append(errs, os.RemoveAll(s.caDir))
	}
	if s.own && s.guardian != nil {
		errs = append(errs, s.guardian.Close())
	}
	return errors.Join(errs...)
}

// checkTimeout bounds a check's look at a database that may have stopped to answer.
const checkTimeout = 5 * time.Minute

// Run runs one spec. Where the spec could not be judged for a cause that blocks others too, root is the result that
// holds the cause, and res is Blocked by it; root is given the first time only.
func (s *Session) Run(ctx context.Context, spec plan.Spec) (res result.Result, root *result.Result) {
	started := time.Now()
	res, root = s.run(ctx, spec)
	s.job.planned(&res, spec)
	s.job.byHand(&res, spec)
	res.Worker = s.worker
	if res.Status.Red() || res.Status == result.Warning {
		if res.Why == "" {
			res.Why = spec.Check.Why
		}
		if res.Remedy == "" {
			res.Remedy = spec.Check.Remedy
		}
	}
	if res.Status == result.Fail && string(spec.Check.Level) == "recommended" {
		res.Status = result.Warning
	}
	if res.Seconds == 0 {
		res.Seconds = time.Since(started).Seconds()
	}
	s.finish(ctx, &res, spec)
	if root != nil {
		s.finishRoot(ctx, root, spec.Check.Scenario)
	}
	return res, root
}

func (s *Session) run(ctx context.Context, spec plan.Spec) (result.Result, *result.Result) {
	if key := s.isLost(); key != "" {
		return Blocked(key), nil
	}
	name := spec.Check.Scenario
	// Also where what is to be judged is there already: of a target that died nobody knows what else it left undone.
	if how, log := s.instances.exited(name); how != "" {
		return s.unreached(name, scenario.TargetExited(how, log, s.instances.whose(name) != everyones))
	}
	if res, lacks := check.Lacking(s.job.Profile.Lacks, slices.Concat(scenario.Needs(name), spec.Check.Needs)...); lacks {
		return res, nil
	}
	snap, failure := s.scenarios.Get(ctx, name)
	if failure != nil {
		return s.unreached(name, failure)
	}
	started := time.Now()
	looking, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	res, err := spec.Check.Run(looking, snap, spec.Subject)
	if err == nil {
		res.Seconds = time.Since(started).Seconds()
		return res, nil
	}
	if ctx.Err() != nil {
		return s.block("", scenario.Interrupted("while the check looked"))
	}
	if lost := scenario.DatabaseLost(ctx, s.instances.there(name).Reading); lost != nil {
		return s.block("", lost)
	}
	if f := scenario.SchemaMissing(err); f != nil {
		if key := s.job.tableSpec(spec.Subject); key != "" {
			return Blocked(key), nil
		}
		return result.Result{Status: f.Status, Cause: f.Cause, Summary: f.Summary, Remedy: f.Remedy}, nil
	}
	return result.Result{Status: result.Error, Cause: "harness", Summary: fmt.Sprintf("the check could not look: %v", err),
		Remedy: "this is the harness's own fault: report it with this text"}, nil
}

// unreached blocks a spec by what became of its scenario.
func (s *Session) unreached(of scenario.Name, f *scenario.Failure) (result.Result, *result.Result) {
	blocked, root := s.block("scenario/"+string(of), f)
	if root != nil {
		root.Mode = s.job.modeOf(of)
	}
	return blocked, root
}

// block notes a cause that blocks specs, and returns the blocked result and, the first time, the cause's own. check
// names the latter unless the failure does.
func (s *Session) block(check string, f *scenario.Failure) (result.Result, *result.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Cause == interrupted { // nothing is known about the others: they will not have run
		s.cut = true
		return s.job.Root("", s.worker, f), nil
	}
	root := s.job.Root(cmp.Or(f.Root, check), s.worker, f)
	key := root.Key()
	if f.Final {
		s.lost = key
	}
	blocked := Blocked(key)
	if s.roots[key] != nil {
		return blocked, nil
	}
	s.roots[key] = &root
	return blocked, &root
}

// uncut tells whether every scenario that was begun came to its own end.
func (s *Session) uncut() bool {
	took := s.scenarios.Took()
	for _, name := range s.job.needed() {
		if _, over := took[name]; !over {
			return false
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.cut
}

func (s *Session) isLost() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost
}
