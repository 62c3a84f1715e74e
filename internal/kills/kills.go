// Package kills proves that checks can fail: it runs the bundled target with a defect seeded into it, and tells whether
// the check that names the defect's cause killed it.
package kills

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/reference/defects"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// ErrVoid is a run in which the defect did not fire: docs/kills.md says what that is for each kind.
var ErrVoid = errors.New("VOID: the defect never struck, or found nothing to change when it was seeded, so the run measured nothing")

// Judge tells why a run with a defect is no proof that the check which must kill it can fail; nil where it is.
func Judge(d defects.Defect, fired bool, run result.Run) error {
	if !fired {
		return fmt.Errorf("%s: %w", d.Name, ErrVoid)
	}
	killed, works := false, false
	var errs, others []string
	for _, r := range run.Complete() {
		line := fmt.Sprintf("%s is %s for %q: %s", r.Key(), r.Status, r.Cause, r.Summary)
		switch {
		case r.Check == d.KilledBy && r.Cause == d.Cause && r.Status == result.Fail:
			killed = true
		case r.Check == d.KilledBy && r.Status == result.Error:
			errs, others = append(errs, line), append(others, line)
		case r.Status.Red() && r.Status != result.Blocked: // what blocks is red itself
			others = append(others, line)
		case r.Check != d.KilledBy && r.Status == result.Pass:
			works = true
		}
	}
	switch {
	case killed && len(errs) > 0:
		return fmt.Errorf("%s: the harness failed beside the kill, which therefore proves nothing: %s", d.Name, errs[0])
	case !killed:
		return fmt.Errorf("%s did not fail for %q, so it goes unnoticed that %s; instead:\n%s", d.KilledBy, d.Cause, d.Breaks, strings.Join(others, "\n"))
	case !works:
		// A target that fails at everything is killed by every check, whatever the defect was meant to break.
		return fmt.Errorf("%s: nothing else works either, so this is no proof for %s:\n%s", d.Name, d.KilledBy, strings.Join(others, "\n"))
	case run.Verdict() != result.Critical:
		return fmt.Errorf("%s was killed, but the verdict is %s, want %s", d.Name, run.Verdict(), result.Critical)
	}
	return nil
}

// Applies tells whether a source has what a defect needs, and the check that must kill it a subject there.
func Applies(d defects.Defect, p *plan.Plan) bool {
	return d.AppliesTo(p.Manifest) && slices.ContainsFunc(p.Specs, func(s plan.Spec) bool { return s.Check.ID == d.KilledBy })
}

// SameState lets through the specs that need the state of the check that must kill a defect. The others of them show
// that the target works otherwise.
func SameState(d defects.Defect, p *plan.Plan) func(plan.Spec) bool {
	var needs scenario.Name
	for _, s := range p.Specs {
		if s.Check.ID == d.KilledBy {
			needs = s.Check.Scenario
		}
	}
	return func(s plan.Spec) bool { return s.Check.Scenario == needs }
}

// Run runs the specs of a job that keep lets through against a target with the named defect, or with none, and tells
// whether the defect fired.
func Run(ctx context.Context, j *engine.Job, defect string, keep func(plan.Spec) bool) (run result.Run, fired bool, err error) {
	dir, err := os.MkdirTemp("", "syncspec-kill-")
	if err != nil {
		return run, false, fmt.Errorf("making a place for the defect's note: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	note := filepath.Join(dir, "fired")
	if run, err = engine.RunAll(ctx, j.With(defect, note), keep); err != nil {
		return run, false, err
	}
	_, err = os.Stat(note)
	if errors.Is(err, os.ErrNotExist) {
		return run, false, nil
	}
	return run, err == nil, err
}
