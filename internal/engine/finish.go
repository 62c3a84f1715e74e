package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/artifact"
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// finish takes secrets out of a spec's result, keeps what a failed one looked at, and lets waivers have their say.
func (s *Session) finish(ctx context.Context, res *result.Result, spec plan.Spec) {
	s.job.secrets.result(res)
	if s.job.Keep && telling(*res) {
		var snap *scenario.Snapshot
		if ctx.Err() == nil { // one that was reached is there at once
			snap, _ = s.scenarios.Get(ctx, spec.Check.Scenario)
		}
		s.keep(ctx, res, spec.Subject, snap, spec.Check.Scenario)
	}
	*res = result.Waive(*res, s.job.waivers, s.job.Started, s.job.enforced())
}

// finishRoot is finish for the cause that blocks specs, with the log of the target that the first of them was to be reached
// with.
func (s *Session) finishRoot(ctx context.Context, root *result.Result, of scenario.Name) {
	if s.job.Keep && telling(*root) {
		s.keep(ctx, root, check.Subject{Kind: "source", Name: root.Subject}, nil, of)
	}
	*root = result.Waive(*root, s.job.waivers, s.job.Started, s.job.enforced())
}

// interrupted is the cause of what was under way when somebody ended the run.
const interrupted = "interrupted"

// telling tells whether there is more to see of a result than it says itself.
func telling(res result.Result) bool {
	return res.Cause != check.TargetLacks && res.Cause != interrupted && slices.Contains([]result.Status{result.Fail, result.Error, result.Unproven}, res.Status)
}

// keep writes what a failed spec looked at into the report folder. That it cannot is said in the result.
func (s *Session) keep(ctx context.Context, res *result.Result, subject check.Subject, snap *scenario.Snapshot, of scenario.Name) {
	log := ""
	if inst := s.instances.there(of); inst != nil {
		log = inst.Target.Log()
	}
	rerun := ""
	if s.job.Rerun != nil {
		rerun = s.job.Rerun(res.Key())
	}
	folder, err := artifact.Write(ctx, s.job.Reports, artifact.Failed{Result: *res, Subject: subject, Snapshot: snap, Log: log, Rerun: rerun,
		Redact: func(text string) string { s.job.secrets.text(&text); return text }})
	res.Artifacts = folder
	if err != nil {
		res.Evidence = append(slices.Clip(res.Evidence), result.Evidence{Kind: "error", Text: fmt.Sprintf("keeping what this looked at: %v", err)})
		s.job.secrets.result(res)
	}
}

// tableSpec is the key of the spec that says that a subject's table is there, if the run has it; what looks into a table that
// is missing has nothing to add to it.
func (j *Job) tableSpec(subject check.Subject) string {
	for _, s := range j.Plan.Specs {
		if s.Check.ID == "configuration/tables-exist" && s.Subject == subject && slices.Contains(j.Selected, s.Key()) {
			return s.Key()
		}
	}
	return ""
}
