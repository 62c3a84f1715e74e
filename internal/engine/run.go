package engine

import (
	"context"
	"errors"
	"time"

	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/result"
)

// Sink takes down what a run finds as soon as it is found, so that a run which is killed loses nothing of it.
type Sink interface {
	// Begin comes first and once, with the run's metadata and before anything is brought up.
	Begin(result.Run) error
	Append(result.Result) error
	Note(facts ...string) error
}

// RunAll runs the plan's specs that keep lets through, one after the other in this process, without Ginkgo and
// without writing reports; nil lets all through. Where the run could not be set up the error says why, and so do the
// results.
func RunAll(ctx context.Context, j *Job, keep func(plan.Spec) bool) (result.Run, error) {
	var c collected
	err := Drive(ctx, j, keep, &c)
	c.run.Seconds = time.Since(c.run.Started).Seconds()
	return c.run, err
}

// collected is a sink that keeps the run in memory.
type collected struct{ run result.Run }

func (c *collected) Begin(run result.Run) error { c.run = run; return nil }

func (c *collected) Append(res result.Result) error {
	c.run.Results = append(c.run.Results, res)
	return nil
}

func (c *collected) Note(facts ...string) error {
	c.run.Notes = append(c.run.Notes, facts...)
	return nil
}

// Drive is RunAll for whoever takes the results down as they come. What sink could not take down ends the run.
func Drive(ctx context.Context, j *Job, keep func(plan.Spec) bool, sink Sink) (err error) {
	run := j.Run(1, time.Now())
	var specs []plan.Spec
	for _, s := range j.Plan.Specs {
		if keep == nil || keep(s) {
			specs = append(specs, s)
			run.Selected = append(run.Selected, s.Key())
		}
	}
	j.Selected = run.Selected
	if err := sink.Begin(run); err != nil {
		return err
	}
	ended := func(end func() error) {
		if endErr := end(); endErr != nil {
			err = errors.Join(err, endErr, sink.Append(j.CleanupResult(endErr, 1)))
		}
	}
	shared, err := Share(ctx, j)
	if err != nil {
		return unset(j, sink, run, err)
	}
	defer func() { ended(shared.Close) }()
	if err := sink.Note(shared.Rung(), shared.Timing()); err != nil {
		return err
	}
	session, err := Open(ctx, j, nil, shared, 1)
	if err != nil {
		return unset(j, sink, run, err)
	}
	defer func() { ended(session.Close) }()
	for _, s := range specs {
		if ctx.Err() != nil {
			break // the rest shows as not completed
		}
		res, root := session.Run(ctx, s)
		if root != nil {
			if err := sink.Append(*root); err != nil {
				return err
			}
		}
		if err := sink.Append(res); err != nil {
			return err
		}
	}
	return sink.Note(session.Timing())
}

// unset gives sink the results of a run that could not be set up, and returns why.
func unset(j *Job, sink Sink, run result.Run, err error) error {
	for _, res := range j.SetupResults(err, 1, run.Selected) {
		if appendErr := sink.Append(res); appendErr != nil {
			return errors.Join(err, appendErr)
		}
	}
	return err
}
