package engine

import (
	"context"
	"errors"
	"time"

	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

// RunAll runs the plan's specs that keep lets through, one after the other in this process, without Ginkgo and
// without writing reports; nil lets all through.
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
		return run, err
	}
	defer func() { err = errors.Join(err, shared.Close()) }()
	run.Notes = append(run.Notes, shared.Rung())
	session, err := Open(ctx, j, nil, shared, 1)
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	for _, s := range specs {
		res, root := session.Run(ctx, s)
		if root != nil {
			run.Results = append(run.Results, *root)
		}
		run.Results = append(run.Results, res)
	}
	return run, nil
}

// SetupFailure turns an error of Share or Open into the failure that every spec is blocked by.
func SetupFailure(err error) *scenario.Failure {
	f := &scenario.Failure{Status: result.Error, Cause: "setup", Summary: err.Error(), Remedy: "mend what the message says and run again"}
	if t := targetError(err); t != nil {
		f.Status, f.Cause = result.Fail, t.Cause
		f.Remedy = "the target must start, stay up and answer GET /healthz with 200; its log is above"
	}
	return f
}

func targetError(err error) *target.Error {
	var t *target.Error
	if errors.As(err, &t) {
		return t
	}
	return nil
}
