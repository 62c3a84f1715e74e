// Package engine runs a plan without Ginkgo: it brings up what a run needs once, opens a session per process, and
// turns each spec into a result. Ginkgo, the defect runner and the command line are drivers of it.
package engine

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/recording"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/sandbox"
	"github.com/syncspec/syncspec/internal/sources"
	"github.com/syncspec/syncspec/internal/supervise"
)

// Options say what is run.
type Options struct {
	// Source names a source that the program carries: its manifest, recording and fixtures are taken where no path below
	// names others. Its reports go to reports/<source> in the current folder.
	Source string
	// Manifest is the manifest's file. Cassettes is the folder of its recording and Reports that of the run's
	// reports; without Source empty ones are ../cassettes/<source> and ../reports/<source> beside the manifest's folder.
	Manifest, Cassettes, Reports string
	// Mode is Replay or Sandbox; if empty SYNCSPEC_MODE says it, and else it is Replay for the bundled target and Sandbox for
	// any other. In a prepared job it is one of the two.
	Mode string
	// Defect names a defect that is seeded into the bundled target; empty for none.
	Defect string
	// DefectFired is a file that appears when the defect fires.
	DefectFired string
	// Target is the profile of the target that is verified in place of the bundled reference; if empty SYNCSPEC_TARGET names it.
	Target string
	// Waivers is a file of accepted failures; if empty SYNCSPEC_WAIVERS names it, or the profile.
	Waivers string
	// Command, if set, is started in the place of the bundled reference and driven as that is. It is for tests.
	Command *supervise.Command
	// ReadyTimeout and CallTimeout bound the target's start and each of its verbs; 30 s and 60 s if zero.
	ReadyTimeout, CallTimeout time.Duration
	// Keep keeps in the report folder what failed specs looked at.
	Keep bool
	// Getenv is os.Getenv, or a test's.
	Getenv func(string) string
}

// Job is a run that was checked as far as it can be without doing anything.
type Job struct {
	Options
	Plan *plan.Plan
	// notes are facts about every run of the job.
	notes []string
	// Recording is nil where the source has none and the run does without.
	Recording *recording.Recording
	// Fixtures are the source's: its catalogue, and seeds for the sandbox.
	Fixtures fs.FS
	// Profile is the target's; the plan is of its manifest, in which things have the target's names.
	Profile profile.Profile
	// Rerun is the command that runs one spec again, by its key; nil or empty for none.
	Rerun func(key string) string
	// Started is when the run began, by which waivers expire.
	Started time.Time
	// Selected are the keys of the specs that will run, where that is known: a session begins with their scenarios before
	// they are asked for.
	Selected []string
	// Scattered says that several processes share them, and nobody knows which will be whose: then none is begun early.
	Scattered bool

	waivers []result.Waiver
	// sandbox is made once, by the first who needs it.
	sandbox func() (*sandbox.Sandbox, error)
	secrets *secrets
}

// Refusal is why Prepare made no job.
type Refusal struct {
	// Source and Reports are what a report of it is called and where it goes: those of the manifest, or of the file's
	// name where the manifest cannot be read. Reports is empty where no folder was given and the source is none.
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
	j.sandbox = sync.OnceValues(j.imitate)
	source := cmp.Or(o.Source, strings.TrimSuffix(filepath.Base(o.Manifest), filepath.Ext(o.Manifest)))
	err := j.load(&source)
	if err != nil {
		return nil, &Refusal{Source: source, Reports: j.Reports, Err: err}
	}
	return j, nil
}

// With returns the job with a defect seeded into its target. What is loaded already is shared.
func (j *Job) With(defect, fired string) *Job {
	other := *j
	other.Defect, other.DefectFired = defect, fired
	other.secrets, other.Selected = &secrets{}, nil
	return &other
}

// load fills in the job. source is the options' idea of the source's name until the manifest says it.
func (j *Job) load(source *string) (err error) {
	if j.Source != "" { // before there is a report folder: a mistyped name shall not make one
		if err := sources.Known(j.Source); err != nil {
			return err
		}
	}
	root := "" // the current folder, for a source that is carried
	if j.Manifest != "" {
		if j.Manifest, err = filepath.Abs(j.Manifest); err != nil {
			return fmt.Errorf("finding the manifest %s: %w", j.Manifest, err)
		}
		if j.Source == "" {
			root = filepath.Dir(filepath.Dir(j.Manifest))
		}
	}
	given := j.Reports
	place := func() error {
		if j.Reports, err = filepath.Abs(cmp.Or(given, filepath.Join(root, "reports", *source))); err != nil {
			return fmt.Errorf("finding the report folder: %w", err)
		}
		return nil
	}
	if err := place(); err != nil {
		return err
	}
	t, err := j.target()
	if err != nil {
		return err
	}
	if err := j.choose(); err != nil {
		return err
	}
	m, err := j.manifest()
	if err != nil {
		return err
	}
	*source = m.Source
	if err := place(); err != nil {
		return err
	}
	if j.Recording, err = j.recording(m, root); err != nil {
		return err
	}
	if j.Fixtures, err = j.fixtures(m, root); err != nil {
		return err
	}
	if j.Profile, err = j.profile(t, m); err != nil {
		return err
	}
	if j.Plan, err = plan.New(j.Profile.Manifest, checks.All()); err != nil {
		return err
	}
	if err := j.accepted(t); err != nil {
		return err
	}
	open, total, err := j.Plan.Open()
	if err != nil {
		return err
	}
	if j.Mode == Replay {
		j.notes = append(j.notes, "What changes or breaks the source is not replayed: those specs name the mode sandbox, which is seeded from "+j.seededFrom())
	}
	if len(open) > 0 {
		j.notes = append(j.notes, fmt.Sprintf("%d of the SOP's %d requirements for checks have no check yet, so no verdict covers them: %s",
			len(open), total, strings.Join(open, ", ")))
	}
	return nil
}

// manifest loads the manifest from its file, or the one that is carried.
func (j *Job) manifest() (*manifest.Manifest, error) {
	if j.Manifest == "" && j.Source == "" {
		return nil, errors.New("neither a source nor a manifest is named: there is nothing to run")
	}
	m, err := sources.Load(cmp.Or(j.Manifest, j.Source))
	if err == nil && j.Source != "" && m.Source != j.Source {
		return nil, fmt.Errorf("%s is a manifest of %q, not of %q: name that source, or another manifest", m.Path, m.Source, j.Source)
	}
	return m, err
}

// fixtures are in the folder beside the manifest's, or those that are carried.
func (j *Job) fixtures(m *manifest.Manifest, root string) (fs.FS, error) {
	if j.Source != "" {
		return sources.Fixtures(m.Source)
	}
	return os.DirFS(filepath.Join(root, "fixtures", m.Source)), nil
}

// Run returns the run's metadata, without results.
func (j *Job) Run(seed int64, started time.Time) result.Run {
	run := result.Run{
		Source: j.Plan.Manifest.Source, Title: j.Plan.Manifest.Title,
		Target: j.Profile.Name, SelfTest: j.Profile.Bundled,
		Mode: j.runMode(), Provenance: j.provenance(),
		Seed: seed, Started: started, Planned: j.Plan.Planned(), Notes: slices.Clone(j.notes),
	}
	j.about(&run)
	return run
}
