package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

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
	target    *target.Running
	pool      *pgxpool.Pool
	scenarios *scenario.Set

	opened time.Duration

	mu sync.Mutex
	// roots are the causes found so far that block specs, by the key of the result that holds each.
	roots map[string]*result.Result
	// lost is the key of a root that blocks every spec from now on, such as a dead database.
	lost string
}

// Open opens a session of the run that handle is of. shared is the run's own part where this process holds it, else
// nil. Whatever goes wrong comes as a *scenario.Failure that says whose fault it is.
func Open(ctx context.Context, j *Job, handle []byte, shared *Shared, worker int) (*Session, error) {
	started := time.Now()
	s := &Session{job: j, worker: worker, roots: map[string]*result.Result{}}
	if err := s.open(ctx, handle, shared); err != nil {
		return nil, errors.Join(err, s.Close())
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
		var h handle
		if err := json.Unmarshal(data, &h); err != nil {
			return fmt.Errorf("reading what the first process handed over: %w", err)
		}
		if s.guardian, err = supervise.Start(ctx); err != nil {
			return err
		}
		s.own = true
		if server, err = postgres.Attach(ctx, s.guardian, h.Ticket); err != nil {
			return err
		}
		template = server.TemplateNamed(h.Template)
	}
	dsn, err := template.Clone(ctx, "")
	if err != nil {
		return err
	}
	if s.gateway, err = gateway.Start(context.WithoutCancel(ctx), gateway.Config{Manifest: s.job.Plan.Manifest, Recording: s.job.Recording}); err != nil {
		return err
	}
	if s.pool, err = scenario.OpenReader(context.WithoutCancel(ctx), dsn); err != nil {
		return err
	}
	command := supervise.Command{Name: s.job.Profile.Name, Role: roleServe}
	if s.job.Target != nil {
		command = *s.job.Target
	}
	command.Env = append(command.Env, s.job.targetEnv(dsn)...)
	s.target, err = target.Start(ctx, s.guardian, target.Launch{
		Name: s.job.Profile.Name, Command: command,
		ListenEnv: "SYNCSPEC_LISTEN", Ready: s.job.ReadyTimeout, Call: s.job.CallTimeout,
	})
	if err != nil {
		return err
	}
	s.scenarios = scenario.NewSet(scenario.Environment{
		Manifest: s.job.Plan.Manifest, Profile: s.job.Profile, Recording: s.job.Recording, Gateway: s.gateway,
		Target: s.target.Client, Reading: s.pool, TargetLog: s.target.Log, TargetExited: s.target.Exited,
	})
	return nil
}

// Target is the running target, for tests that break it.
func (s *Session) Target() *target.Running { return s.target }

// Close ends what the session started. The run's own part stays.
func (s *Session) Close() error {
	var errs []error
	if s.target != nil {
		s.target.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Second)
		errs = append(errs, s.target.Process().Stop(ctx))
		cancel()
		if s.target.Exited() != "" {
			errs = errs[:len(errs)-1] // it ended; how is a matter for the results
		}
	}
	if s.gateway != nil {
		errs = append(errs, s.gateway.Close())
	}
	if s.pool != nil {
		s.pool.Close()
	}
	if s.own && s.guardian != nil {
		errs = append(errs, s.guardian.Close())
	}
	return errors.Join(errs...)
}

// Run runs one spec. Where the spec could not be judged for a cause that blocks others too, root is the result that
// holds the cause, and res is Blocked by it; root is given the first time only.
func (s *Session) Run(ctx context.Context, spec plan.Spec) (res result.Result, root *result.Result) {
	started := time.Now()
	res, root = s.run(ctx, spec)
	p := spec.Planned()
	res.Check, res.Subject, res.Phase, res.SOP, res.Level = p.Check, p.Subject, p.Phase, p.SOP, p.Level
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
	return res, root
}

func (s *Session) run(ctx context.Context, spec plan.Spec) (result.Result, *result.Result) {
	if key := s.isLost(); key != "" {
		return Blocked(key), nil
	}
	snap, failure := s.scenarios.Get(ctx, spec.Check.Scenario)
	if failure != nil {
		return s.block("scenario/"+string(spec.Check.Scenario), failure)
	}
	started := time.Now()
	res, err := spec.Check.Run(ctx, snap, spec.Subject)
	if err == nil {
		res.Seconds = time.Since(started).Seconds()
		return res, nil
	}
	if ctx.Err() != nil {
		return result.Result{Status: result.Error, Cause: "interrupted", Summary: "the run was interrupted", Remedy: "run again"}, nil
	}
	if pingErr := s.pool.Ping(ctx); pingErr != nil {
		return s.block("run/database", &scenario.Failure{Status: result.Error, Cause: "database-lost",
			Summary: fmt.Sprintf("the database does not answer any more: %v", pingErr),
			Remedy:  "look at the database's log; with SYNCSPEC_POSTGRES=<dsn> check that server"})
	}
	return result.Result{Status: result.Error, Cause: "harness", Summary: fmt.Sprintf("the check could not look: %v", err),
		Remedy: "if tables or columns are missing, mend what configuration/tables-exist says first; else report this text"}, nil
}

// block notes a cause that blocks specs, and returns the blocked result and, the first time, the cause's own.
func (s *Session) block(check string, f *scenario.Failure) (result.Result, *result.Result) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A dead database or target is one cause, however many scenarios stumble over it.
	switch f.Cause {
	case "database-lost":
		check = "run/database"
	case "target-exited":
		check = "run/target"
	}
	root := Root(check, s.job.Plan.Manifest.Source, s.worker, f)
	key := root.Key()
	if check == "run/database" || check == "run/target" {
		s.lost = key
	}
	blocked := Blocked(key)
	if s.roots[key] != nil {
		return blocked, nil
	}
	s.roots[key] = &root
	return blocked, &root
}

// Root makes the one result that holds a cause outside any check.
func Root(check, subject string, worker int, f *scenario.Failure) result.Result {
	return result.Result{Check: check, Subject: subject, Level: "required", Status: f.Status, Cause: f.Cause,
		Summary: f.Summary, Remedy: f.Remedy, Evidence: f.Evidence, Worker: worker}
}

func (s *Session) isLost() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lost
}

// Blocked is the result of a spec whose scenario could not be set up for the cause that the result named key holds.
func Blocked(key string) result.Result {
	return result.Result{Status: result.Blocked, Cause: "blocked", BlockedBy: key, Summary: "not judged: blocked by " + key}
}
