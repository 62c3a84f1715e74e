package engine

import (
	"cmp"
	"fmt"
	"os"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/waiver"
)

// TargetEnv names the profile of the target, WaiversEnv the file of accepted failures, where the options name none.
const (
	TargetEnv  = "SYNCSPEC_TARGET"
	WaiversEnv = "SYNCSPEC_WAIVERS"
)

// ExpiryEnv, if set, makes a waiver that has expired one that does not waive any more. A nightly run sets it: a date that
// passes shall not turn red what somebody else is about to merge.
const ExpiryEnv = "SYNCSPEC_ENFORCE_EXPIRY"

// target loads the profile; that of the bundled target is nil.
func (j *Job) target() (*profile.Target, error) {
	if j.Command != nil {
		return nil, nil
	}
	if j.Target = cmp.Or(j.Target, j.Getenv(TargetEnv)); j.Target == "" {
		return nil, nil
	}
	t, err := profile.LoadTarget(j.Target, j.lookup)
	if err != nil {
		return nil, err
	}
	for _, secret := range t.Secrets {
		j.secrets.remember(secret)
	}
	return &t, nil
}

// lookup finds a variable of the environment.
func (j *Job) lookup(name string) (string, bool) {
	if value := j.Getenv(name); value != "" {
		return value, true
	}
	return os.LookupEnv(name) // tells one that is empty from one that is not there
}

// profile is how the target stands towards the source.
func (j *Job) profile(t *profile.Target, m *manifest.Manifest) (profile.Profile, error) {
	if t == nil {
		p := profile.Reference(m)
		if j.Command != nil {
			p.Name, p.Bundled = j.Command.Name, false
		}
		return p, nil
	}
	if err := t.Check(m); err != nil {
		return profile.Profile{}, err
	}
	return t.For(m), nil
}

// accepted loads the waivers.
func (j *Job) accepted(t *profile.Target) error {
	file := cmp.Or(j.Waivers, j.Getenv(WaiversEnv))
	if file == "" && t != nil && t.Waivers != "" {
		file = t.Path(t.Waivers)
	}
	if file == "" {
		return nil
	}
	var err error
	j.waivers, err = waiver.Load(file)
	return err
}

// enforced tells whether waivers that have expired waive no more.
func (j *Job) enforced() bool { return j.Getenv(ExpiryEnv) != "" }

// about says in a run's metadata what of the source the target is held to.
func (j *Job) about(run *result.Run) {
	run.Waivers, run.EnforceExpiry = j.waivers, j.enforced()
	j.Started = run.Started
	m := j.Profile.Manifest
	for i := range m.Objects {
		switch o := &m.Objects[i]; {
		case o.Excluded != "" && o.NotApplicable == "":
			run.Excluded = append(run.Excluded, result.Excluded{Object: o.Name, Why: o.Excluded})
			run.Objects++
		case o.NotApplicable == "":
			run.Objects++
		}
	}
	for _, what := range profile.Notions() {
		if why, lacks := j.Profile.Lacks[what]; lacks {
			run.Lacks = append(run.Lacks, result.Lack{What: string(what), Why: why})
		}
	}
}

// Parallel tells why several processes cannot share the run; nil where they can.
func (j *Job) Parallel() error {
	if j.Profile.Target.Attach == nil {
		return nil
	}
	return &Refusal{Source: j.Plan.Manifest.Source, Reports: j.Reports, Err: fmt.Errorf(
		"%s attaches to a target that runs already, which has one database and one address for the source: run it without -p", j.Target)}
}

// app is the one app of a target that has one secret for all its accounts; nil where each account has its own.
func (j *Job) app() *scenario.App {
	if !j.Profile.Target.AppWide() {
		return nil
	}
	return &scenario.App{ClientID: "syncspec-client", Secret: "syncspec-app-secret"}
}
