package engine

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/syncspec/syncspec/cassettes"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/recording"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/sandbox"
	"github.com/syncspec/syncspec/internal/scenario"
)

// ModeEnv chooses where the source's side comes from where the options do not say it.
const ModeEnv = "SYNCSPEC_MODE"

// The modes of a run.
const (
	// Replay plays the source from its recording, as far as scenarios neither change nor break it.
	Replay = "replay"
	// Sandbox imitates the source.
	Sandbox = "sandbox"
)

// choose settles the mode of the run. A stranger's page sizes and filters are in no recording: the default for any target
// but the bundled one is the sandbox.
func (j *Job) choose() error {
	given, from := j.Mode, "the mode"
	if given == "" {
		given, from = j.Getenv(ModeEnv), ModeEnv
	}
	switch given {
	case "":
		if j.Mode = Replay; j.Target != "" || j.Command != nil {
			j.Mode = Sandbox
		}
	case Replay, Sandbox:
		j.Mode = given
	case "live":
		return fmt.Errorf("%s is live, and runs against the provider itself are not there yet: choose %s or %s", from, Replay, Sandbox)
	default:
		return fmt.Errorf("%s is %q: choose %s or %s", from, given, Replay, Sandbox)
	}
	return nil
}

// recording loads the recording from its folder, or the one that is carried. A run in the sandbox does without one, and has
// no use for one of the sandbox.
func (j *Job) recording(m *manifest.Manifest, root string) (*recording.Recording, error) {
	dir := cmp.Or(j.Cassettes, filepath.Join(root, "cassettes", m.Source))
	files := os.DirFS(dir)
	if j.Cassettes == "" && j.Source != "" {
		var err error
		dir = path.Join("cassettes", m.Source)
		if files, err = fs.Sub(cassettes.Files, m.Source); err != nil {
			return nil, fmt.Errorf("finding the recording of %q: %w", m.Source, err)
		}
	}
	if j.Mode == Sandbox && !ofProvider(files) {
		return nil, nil
	}
	rec, err := recording.LoadFS(files, dir)
	if err != nil {
		return nil, err
	}
	if from := rec.Info.Source; from != m.Source {
		return nil, fmt.Errorf("%s is a recording of %q, the manifest %s is of %q: name the folder of the right recording", rec.Dir, from, m.Path, m.Source)
	}
	return rec, nil
}

// ofProvider tells whether a recording is that of a real provider.
func ofProvider(files fs.FS) bool {
	text, err := fs.ReadFile(files, recording.SidecarName)
	var sidecar struct {
		Mode result.Mode `yaml:"mode"`
	}
	if errors.Is(err, fs.ErrNotExist) || yaml.Unmarshal(text, &sidecar) == nil && sidecar.Mode == result.RecordedSandbox {
		return false
	}
	return true // also where it cannot be read: loading it will say why
}

// imitate makes the sandbox. It holds what a real source was recorded with, where there is such a recording; a recording
// of the sandbox itself would only go round in a circle.
func (j *Job) imitate() (*sandbox.Sandbox, error) {
	m := j.Profile.Source
	var seed *sandbox.Seed
	var err error
	if j.recordedSeed() {
		interactions, phaseErr := j.Recording.Phase("backfill")
		if phaseErr != nil {
			return nil, phaseErr
		}
		seed, err = sandbox.SeedFromRecording(m, interactions)
	} else {
		seed, err = sandbox.SeedFromFixtures(m, j.Fixtures)
	}
	if err != nil {
		return nil, fmt.Errorf("filling the sandbox of %s from %s: %w", m.Source, j.seededFrom(), err)
	}
	box, err := sandbox.New(sandbox.Config{Manifest: m, Seed: seed})
	if err != nil {
		return nil, fmt.Errorf("making the sandbox of %s: %w", m.Source, err)
	}
	return box, nil
}

func (j *Job) recordedSeed() bool {
	return j.Recording != nil && result.Mode(j.Recording.Info.Mode) == result.Recorded
}

// seededFrom says what the sandbox's objects are.
func (j *Job) seededFrom() string {
	if j.recordedSeed() {
		return "the recording of " + j.Recording.Info.Software
	}
	return "fixtures/" + j.Plan.Manifest.Source + "/seed"
}

// provenance says in one line where the run's traffic comes from.
func (j *Job) provenance() string {
	if j.Mode == Sandbox {
		return string(result.Sandbox) + ": " + j.Plan.Manifest.Title + " as syncspec imitates it, seeded from " + j.seededFrom()
	}
	return j.Recording.Provenance()
}

// runMode is where most of the run's traffic comes from.
func (j *Job) runMode() result.Mode {
	if j.Mode == Sandbox {
		return result.Sandbox
	}
	return result.Mode(j.Recording.Info.Mode)
}

// modeOf is where the traffic of one scenario comes from.
func (j *Job) modeOf(name scenario.Name) result.Mode {
	if scenario.NeedsSandbox(name) {
		return result.Sandbox
	}
	return j.runMode()
}

// needed are the scenarios of the selected specs, in the order in which they build on each other.
func (j *Job) needed() []scenario.Name {
	if j.Scattered {
		return nil
	}
	wanted := map[scenario.Name]bool{}
	for _, s := range j.Plan.Specs {
		if slices.Contains(j.Selected, s.Key()) {
			wanted[s.Check.Scenario] = true
		}
	}
	return slices.DeleteFunc(scenario.Names(), func(n scenario.Name) bool { return !wanted[n] })
}
