// Package engine runs a plan without Ginkgo: it brings up what a run needs once, opens a session per process, and
// turns each spec into a result. Ginkgo, the defect runner and the command line are drivers of it.
package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/recording"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/supervise"
)

// Options say what is run.
type Options struct {
	// Manifest is the manifest's file. Cassettes is the folder of its recording and Reports that of the run's
	// reports; empty ones are ../cassettes/<source> and ../reports/<source> beside the manifest's folder.
	Manifest, Cassettes, Reports string
	// Defect names a defect that is seeded into the bundled target; empty for none.
	Defect string
	// DefectFired is a file that appears when the defect strikes.
	DefectFired string
	// Target, if set, is started in place of the bundled reference. It finds its address in SYNCSPEC_LISTEN, its
	// database in DATABASE_URL, and speaks the default protocol; the database is migrated by the reference.
	Target *supervise.Command
	// ReadyTimeout and CallTimeout bound the target's start and each of its verbs; 30 s and 60 s if zero.
	ReadyTimeout, CallTimeout time.Duration
	// Getenv is os.Getenv, or a test's.
	Getenv func(string) string
}

// Job is a run that was checked as far as it can be without doing anything.
type Job struct {
	Options
	Plan      *plan.Plan
	Recording *recording.Recording
	Profile   profile.Profile
}

// Prepare loads the manifest and the recording, verifies both and makes the plan.
func Prepare(o Options) (*Job, error) {
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	if o.ReadyTimeout == 0 {
		o.ReadyTimeout = 30 * time.Second
	}
	if o.CallTimeout == 0 {
		o.CallTimeout = 60 * time.Second
	}
	path, err := filepath.Abs(o.Manifest)
	if err != nil {
		return nil, fmt.Errorf("finding the manifest %s: %w", o.Manifest, err)
	}
	o.Manifest = path
	m, err := manifest.Load(path)
	if err != nil {
		return nil, err
	}
	root := filepath.Dir(filepath.Dir(path))
	if o.Cassettes == "" {
		o.Cassettes = filepath.Join(root, "cassettes", m.Source)
	}
	if o.Reports == "" {
		o.Reports = filepath.Join(root, "reports", m.Source)
	}
	if o.Reports, err = filepath.Abs(o.Reports); err != nil {
		return nil, fmt.Errorf("finding the report folder: %w", err)
	}
	rec, err := recording.Load(o.Cassettes)
	if err != nil {
		return nil, err
	}
	if rec.Info.Source != m.Source {
		return nil, fmt.Errorf("%s is a recording of %q, the manifest %s is of %q: name the folder of the right recording", o.Cassettes, rec.Info.Source, o.Manifest, m.Source)
	}
	p, err := plan.New(m, checks.All())
	if err != nil {
		return nil, err
	}
	prof := profile.Reference(m)
	if o.Target != nil {
		prof.Name, prof.Bundled = o.Target.Name, false
	}
	return &Job{Options: o, Plan: p, Recording: rec, Profile: prof}, nil
}

// Run returns the run's metadata, without results.
func (j *Job) Run(seed int64, started time.Time) result.Run {
	return result.Run{
		Source: j.Plan.Manifest.Source, Title: j.Plan.Manifest.Title,
		Target: j.Profile.Name, SelfTest: j.Profile.Bundled,
		Mode: result.Mode(j.Recording.Info.Mode), Provenance: j.Recording.Provenance(),
		Seed: seed, Started: started, Planned: j.Plan.Planned(),
	}
}
