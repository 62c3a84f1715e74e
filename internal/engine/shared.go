package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"github.com/syncspec/syncspec/internal/artifact"
	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/supervise"
)

// Shared is what a run has once: the Postgres and the migrated template that every process clones. A target that somebody
// else started has its own, and then there is neither.
type Shared struct {
	guardian *supervise.Guardian
	server   *postgres.Server
	template *postgres.Template

	serverTook, templateTook time.Duration
}

// handle is what other processes of the run need of it. It goes from process to process in memory only.
type handle struct {
	Ticket, Template string
}

// Share brings up the database. Close ends it. Its error is a *scenario.Failure, or one of the guardian that could not be
// started.
func Share(ctx context.Context, j *Job) (*Shared, error) {
	g, err := supervise.Start(ctx)
	if err != nil {
		return nil, err
	}
	s := &Shared{guardian: g}
	if j.Keep {
		if err := artifact.Clean(j.Reports); err != nil {
			return nil, j.secrets.failure(SetupFailure(errors.Join(err, s.Close())))
		}
	}
	if j.Profile.Target.Attach != nil {
		return s, nil
	}
	if err := s.open(ctx, j); err != nil {
		if ctx.Err() != nil {
			err = scenario.Interrupted(settingUp)
		}
		return nil, j.secrets.failure(SetupFailure(errors.Join(noDatabase(err), s.Close())))
	}
	return s, nil
}

func (s *Shared) open(ctx context.Context, j *Job) error {
	var err error
	started := time.Now()
	j.secrets.learn(j.Getenv(postgres.ModeEnv)) // before anything can fail; that it may be no dsn does no harm
	config := postgres.FromEnv(j.Getenv, s.guardian)
	if j.Profile.Target.Network == bridged {
		if config.Bridge, err = postgres.FindBridge(ctx); err != nil {
			return err
		}
	}
	if s.server, err = postgres.Start(ctx, config); err != nil {
		return err
	}
	j.secrets.learn(s.server.DSN())
	s.serverTook = time.Since(started)
	started = time.Now()
	key := j.Plan.Manifest.Source + " " + j.Defect + j.Profile.Target.File
	s.template, err = s.server.Template(ctx, key, func(ctx context.Context, dsn string) error { return j.migrate(ctx, s.guardian, s.server, dsn) })
	s.templateTook = time.Since(started)
	return err
}

// targetEnv is the environment of the bundled target. The database's address is in it and not in arguments, which
// everybody on the machine can read.
func (j *Job) targetEnv(dsn string) []string {
	return append(basicEnv(dsn), "SYNCSPEC_MANIFESTS="+cmp.Or(j.Manifest, j.Source), defectEnv+"="+j.Defect, firedEnv+"="+j.DefectFired)
}

// basicEnv is what every target is given.
func basicEnv(dsn string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir(), "DATABASE_URL=" + dsn}
}

// Handle is what Open needs in another process.
func (s *Shared) Handle() ([]byte, error) {
	if s.server == nil {
		return nil, nil
	}
	return json.Marshal(handle{Ticket: s.server.Ticket(), Template: s.template.Name()})
}

// Rung says in one line which Postgres it is and why.
func (s *Shared) Rung() string {
	if s.server == nil {
		return "Postgres: that of the target, which somebody else started"
	}
	return s.server.Rung()
}

// Close ends the database and all else that was started, and waits for it.
func (s *Shared) Close() error { return s.guardian.Close() }
