package sync

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// ReportedCounts holds what each function says it did against what was offered and stored.
func ReportedCounts() check.Check {
	return check.Check{
		ID: "sync/reported-counts", Phase: 2, SOP: []string{"2.1-7"}, Level: check.Required, Scenario: scenario.Backfilled,
		Title:    "Each sync function returns true counts of what it fetched, ingested and failed on.",
		Why:      "operators watch these numbers: wrong ones hide a failing sync",
		Remedy:   "count objects received, raw rows inserted and failures where they happen, not where they are planned",
		Evidence: "the function's own counts",
		Causes: map[string]string{
			"count-missing":  "the function returned no counts",
			"errors-counted": "the function says that it failed on something",
			"count-untrue":   "the counts are not what was offered and stored",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject { return FunctionInventory().Subjects(m) },
		Run: func(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
			obj, _ := s.Manifest.ObjectForFunction(subject.Name)
			step := s.Step(scenario.FirstSync)
			said, ok := step.Stats[subject.Name]
			offered := len(s.Offer.Populations[obj.Name].Items)
			stored := step.RawRows[obj.Name]
			saw := fmt.Sprintf("fetched %d, ingested %d, errors %d", said.Fetched, said.Ingested, said.Errors)
			switch {
			case !ok:
				return check.Fail("count-missing", "%s returned no counts", subject.Name).Claimed().Done()
			case said.Errors > 0:
				return check.Fail("errors-counted", "%s says it failed %d times", subject.Name, said.Errors).Expected("errors 0").Actual("%s", saw).Done()
			case said.Fetched < offered || said.Ingested != stored:
				return check.Fail("count-untrue", "%s says %s; %d were offered and %d raw rows are there", subject.Name, saw, offered, stored).
					Expected("fetched at least %d, ingested %d", offered, stored).Actual("%s", saw).Done()
			}
			return check.Pass(said.Fetched, "%s: %s, as offered and stored", subject.Name, saw)
		},
	}
}
