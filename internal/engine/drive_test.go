package engine_test

import (
	"errors"
	"testing"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/result"
)

// fullDisk is a sink that takes so many results.
type fullDisk struct {
	begins bool
	room   int

	selected, taken int
}

var errFull = errors.New("the disk is full")

func (d *fullDisk) Begin(run result.Run) error {
	d.selected = len(run.Selected)
	if !d.begins {
		return errFull
	}
	return nil
}

func (d *fullDisk) Append(result.Result) error {
	if d.taken == d.room {
		return errFull
	}
	d.taken++
	return nil
}

func (d *fullDisk) Note(...string) error { return nil }

// TestDriveEndsWhenResultsAreLost: a run whose results nobody takes down is none, and says so at once.
func TestDriveEndsWhenResultsAreLost(t *testing.T) {
	for name, d := range map[string]*fullDisk{"at the start": {}, "in between": {begins: true, room: 3}} {
		t.Run(name, func(t *testing.T) {
			job, err := engine.Prepare(engine.Options{Source: "woocommerce", Mode: engine.Replay, Reports: t.TempDir()})
			if err != nil {
				t.Fatal(err)
			}
			err = engine.Drive(t.Context(), job, func(s plan.Spec) bool { return s.Check.ID == "configuration/unique-key" }, d)
			if !errors.Is(err, errFull) || d.taken != d.room || d.selected <= d.room {
				t.Errorf("%d of %d results were taken down, and it ended with: %v", d.taken, d.selected, err)
			}
		})
	}
}
