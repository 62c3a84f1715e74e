package sync

import (
	"context"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks/accuracy"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// IncrementalKeeps looks at what did not change, after a sync that was given a start date.
func IncrementalKeeps() check.Check {
	return check.Check{
		ID: "sync/incremental-keeps", Phase: 2, SOP: []string{"2.1-5"}, Level: check.Required, Scenario: scenario.Resumed,
		Title:    "A sync with a start date leaves alone what did not change since.",
		Why:      "the answers hold what changed and nothing else: who takes the rest for deleted empties the copy while catching up",
		Remedy:   "mark as deleted only what the source says is deleted, or what a walk over all objects did not show; never what a filtered walk left out",
		Evidence: "one object that did not change since the start date",
		Causes: map[string]string{
			"unchanged-lost":    "rows of objects that did not change are gone, or marked as deleted",
			"unchanged-altered": "rows of objects that did not change have other values than before",
		},
		Subjects: check.Objects(incremental),
		Run:      incrementalKeeps,
	}
}

func incrementalKeeps(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	changed := changedSince(s, subject.Name)
	unchanged := func(key string) bool { _, ok := changed[key]; return !ok }
	kept := len(s.Expected.Objects[subject.Name]) - len(changed)
	if kept <= 0 {
		return check.Unproven("there is no %s that did not change", subject.Name)
	}
	compared, err := accuracy.CompareSome(ctx, s, s.Expected, subject.Name, unchanged, "before the sync")
	if err != nil {
		return result.Result{}, err
	}
	if compared.Status != result.Fail {
		return check.Pass(compared.Checked, "%d %s did not change, and their rows are as before", kept, subject.Name)
	}
	cause := "unchanged-altered"
	if compared.Cause == "row-missing" || compared.Cause == "tombstone-wrong" {
		cause = "unchanged-lost"
	}
	finding := check.Fail(cause, "a sync from a start date touched what did not change: %s", compared.Summary).
		Expected("%s", compared.Expected).Actual("%s", compared.Actual).Checked(compared.Checked)
	for _, e := range compared.Evidence {
		finding.With(e.Kind, e.Text)
	}
	return finding.Done()
}
