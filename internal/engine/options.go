// Package engine runs a plan without Ginkgo: it brings up what a run needs once, opens a session per process, and
// turns each spec into a result. Ginkgo, the defect runner and the command line are drivers of it.
package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	// DefectFired is a file that appears when the defect fires.
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
	Plan *plan.Plan
	// notes are facts about every run of the job.
	notes     []string
	Recording *recording.Recording
	Profile   profile.Profile

	secrets *secrets
}

// Refusal is why Prepare made no job.
type Refusal struct {
	// Source and Reports are what a report of it is called and where it goes: those of the manifest, or of the file's
	// name where the manifest cannot be read.
	Source, Reports string
	Err             error
}

func (r *Refusal) Error() string { return r.Err.Error() }
func (r *Refusal) Unwrap() error { return r.Err }

// Prepare loads the manifest and the recording, verifies both and makes the plan. Its error is a *Refusal.
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
	j := &Job{Options: o, secrets: &secrets{}}
	source := strings.TrimSuffix(filepath.Base(o.Manifest), filepath.Ext(o.Manifest))
	err := j.load(&source)
	if err != nil {
		return nil, &Refusal{Source: source, Reports: j.Reports, Err: err}
	}
	return j, nil
}

// load fills in the job. source is the file's idea of the source's name until the manifest says it.
func (j *Job) load(source *string) error {
	path, err := filepath.Abs(j.Manifest)
	if err != nil {
		return fmt.Errorf("finding the manifest %s: %w", j.Manifest, err)
	}
	j.Manifest = path
	root := filepath.Dir(filepath.Dir(path))
	given := j.Reports
	place := func() error {
		j.Reports = given
		if given == "" {
			j.Reports = filepath.Join(root, "reports", *source)
		}
		if j.Reports, err = filepath.Abs(j.Reports); err != nil {
			return fmt.Errorf("finding the report folder: %w", err)
		}
		return nil
	}
	if err := place(); err != nil {
		return err
	}
	m, err := manifest.Load(path)
	if err != nil {
		return err
	}
	*source = m.Source
	if err := place(); err != nil {
		return err
	}
	if j.Cassettes == "" {
		j.Cassettes = filepath.Join(root, "cassettes", m.Source)
	}
	if j.Recording, err = recording.Load(j.Cassettes); err != nil {
		return err
	}
	if from := j.Recording.Info.Source; from != m.Source {
		return fmt.Errorf("%s is a recording of %q, the manifest %s is of %q: name the folder of the right recording", j.Cassettes, from, path, m.Source)
	}
	if j.Plan, err = plan.New(m, checks.All()); err != nil {
		return err
	}
	open, total, err := j.Plan.Open()
	if err != nil {
		return err
	}
	if len(open) > 0 {
		j.notes = append(j.notes, fmt.Sprintf("%d of the SOP's %d requirements for checks have no check yet, so no verdict covers them: %s",
			len(open), total, strings.Join(open, ", ")))
	}
	j.Profile = profile.Reference(m)
	if j.Target != nil {
		j.Profile.Name, j.Profile.Bundled = j.Target.Name, false
	}
	return nil
}

// Run returns the run's metadata, without results.
func (j *Job) Run(seed int64, started time.Time) result.Run {
	return result.Run{
		Source: j.Plan.Manifest.Source, Title: j.Plan.Manifest.Title,
		Target: j.Profile.Name, SelfTest: j.Profile.Bundled,
		Mode: result.Mode(j.Recording.Info.Mode), Provenance: j.Recording.Provenance(),
		Seed: seed, Started: started, Planned: j.Plan.Planned(), Notes: slices.Clone(j.notes),
	}
}
