package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

const settingUp = "while it was being set up"

// SetupFailure turns an error of Share or Open into the failure that every spec is blocked by.
func SetupFailure(err error) *scenario.Failure {
	var f *scenario.Failure
	var t *target.Error
	switch {
	case errors.As(err, &f):
		if text := err.Error(); text != f.Summary { // what else went wrong, such as cleaning up
			copied := *f
			copied.Evidence = append(slices.Clip(f.Evidence), result.Evidence{Kind: "error", Text: text})
			return &copied
		}
		return f
	case errors.Is(err, context.Canceled):
		return scenario.Interrupted(settingUp)
	case errors.As(err, &t):
		f = &scenario.Failure{Status: result.Fail, Cause: t.Cause, Summary: t.Detail, Remedy: t.Remedy()}
		if t.Log != "" {
			f.Evidence = []result.Evidence{{Kind: "log", Text: t.Log}}
		}
		return f
	}
	return failed("setup", err.Error(), "mend what the message says and run again")
}

// failed makes a failure of the harness of a message of one or more lines: the first one says what happened, others
// what to do about it.
func failed(cause, message, remedy string) *scenario.Failure {
	first, rest, more := strings.Cut(message, "\n")
	if more {
		remedy = strings.TrimSpace(rest)
	}
	return &scenario.Failure{Status: result.Error, Cause: cause, Summary: first, Remedy: remedy}
}

// noDatabase is the failure of a database that could not be had in the first place.
func noDatabase(err error) error {
	var f *scenario.Failure
	if errors.As(err, &f) {
		return err
	}
	return failed("no-database", err.Error(), "mend what the message says; SYNCSPEC_POSTGRES chooses another database: auto, container, local or a dsn")
}

// unmigrated is the failure of a migration that ended badly.
func unmigrated(err error, log []byte) *scenario.Failure {
	return &scenario.Failure{Status: result.Error, Cause: "migration", Summary: fmt.Sprintf("the tables could not be made: %v", err),
		Remedy:   "the log's last line says what the database objected to",
		Evidence: []result.Evidence{{Kind: "log", Text: string(log)}}}
}

// SetupResults are the results of a run that could not be set up: the one cause, and every selected spec as blocked by
// it.
func (j *Job) SetupResults(err error, worker int, selected []string) []result.Result {
	root := j.Root("run/setup", worker, SetupFailure(err))
	all := []result.Result{root}
	for _, s := range j.Plan.Specs {
		if slices.Contains(selected, s.Key()) {
			res := Blocked(root.Key())
			j.planned(&res, s)
			all = append(all, res)
		}
	}
	return all
}

// CleanupResult is the result of a run, or of a worker's share of one, that did not end cleanly: something may be left.
func (j *Job) CleanupResult(err error, worker int) result.Result {
	text := err.Error()
	first, _, more := strings.Cut(text, "\n")
	f := &scenario.Failure{Status: result.Error, Cause: "cleanup", Summary: "not everything could be ended or removed: " + first,
		Remedy: "end or remove what the message names, if it is still there, and look for what kept it from ending"}
	if more {
		f.Evidence = []result.Evidence{{Kind: "error", Text: text}}
	}
	return j.Root("run/cleanup", worker, f)
}

// Root makes the one result that holds a cause outside any check. Its subject is the source.
func (j *Job) Root(check string, worker int, f *scenario.Failure) result.Result {
	res := result.Result{Check: check, Subject: j.Plan.Manifest.Source, Level: "required", Status: f.Status, Cause: f.Cause,
		Summary: f.Summary, Remedy: f.Remedy, Evidence: f.Evidence, Worker: worker}
	j.secrets.result(&res)
	return res
}

// Blocked is the result of a spec that could not be judged for the cause that the result named key holds.
func Blocked(key string) result.Result {
	return result.Result{Status: result.Blocked, Cause: "blocked", BlockedBy: key, Summary: "not judged: blocked by " + key}
}

// planned fills in what the plan says of a spec.
func (j *Job) planned(res *result.Result, spec plan.Spec) {
	p := spec.Planned()
	res.Mode = j.modeOf(spec.Check.Scenario)
	res.Check, res.Subject, res.Phase, res.SOP, res.Level = p.Check, p.Subject, p.Phase, p.SOP, p.Level
}
