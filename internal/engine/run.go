package engine

import (
	"context"
	"errors"
	"time"

	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/result"
)

// RunAll runs the plan's specs that keep lets through, one after the other in this process, without Ginkgo and
// without writing reports; nil lets all through. Where the run could not be set up the error says why, and so do the
// results.
func RunAll(ctx context.Context, j *Job, keep func(plan.Spec) bool) (run result.Run, err error) {
	run = j.Run(1, time.Now())
	defer func() { run.Seconds = time.Since(run.Started).Seconds() }()
	var specs []plan.Spec
	for _, s := range j.Plan.Specs {
		if keep == nil || keep(s) {
			specs = append(specs, s)
			run.Selected = append(run.Selected, s.Key())
		}
	}
	shared, err := Share(ctx, j)
	if err != nil {
		run.Results = j.SetupResults(err, 1, run.Selected)
		return run, err
	}
	closed := func(closeErr error) {
		if closeErr != nil {
			run.Results = append(run.Results, j.CleanupResult(closeErr, 1))
			err = errors.Join(err, closeErr)
		}
	}
	defer func() { closed(shared.Close()) }()
	run.Notes = append(run.Notes, shared.Rung())
	session, err := Open(ctx, j, nil, shared, 1)
	if err != nil {
		run.Results = j.SetupResults(err, 1, run.Selected)
		return run, err
	}
	defer func() { closed(session.Close()) }()
	for _, s := range specs {
		if ctx.Err() != nil {
			break // the rest shows as not completed
		}
		res, root := session.Run(ctx, s)
		if root != nil {
			run.Results = append(run.Results, *root)
		}
		run.Results = append(run.Results, res)
	}
	return run, nil
}
