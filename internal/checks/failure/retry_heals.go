package failure

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// RetryHeals lets the target retry what the database does not refuse any more.
func RetryHeals() check.Check {
	return check.Check{
		ID: "failure/retry-heals", Phase: 6, SOP: []string{"6.2-4", "A-1"}, Level: check.Required, Scenario: scenario.Unrefined,
		Needs:    []profile.Notion{profile.Raw, profile.Retry},
		Title:    "What failed can be tried again: after a retry the refined row is there and the raw row is processed.",
		Why:      "without a way back every failure needs a full sync, or somebody who edits rows by hand",
		Remedy:   "let the retry read the raw rows that are in error, refine them as if they had just come in, and mark them as processed",
		Evidence: "a raw row in error whose cause is gone",
		Causes: map[string]string{
			"row-not-refined":    "the refined row is not what was delivered, also after the retry",
			"status-not-updated": "the refined row is right, but the raw row is not marked as processed",
			"claim-contradicted": "the retry healed the row, and says that it healed none",
		},
		Subjects: check.Source,
		Run:      retryHeals,
	}
}

func retryHeals(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	if stop := notRefused(s); stop != "" {
		return check.Unproven("%s", stop)
	}
	r := s.Refusal
	about := fmt.Sprintf("%s %s", r.Object, r.Key)
	said := fmt.Sprintf("the retry says %d retried, %d healed", r.Retried.Retried, r.Retried.Healed)
	lines := []string{"no refined row"}
	if r.HealedRow != nil {
		lines = r.Expected.Differences(r.HealedRow.Values, r.HealedRow.Deleted)
	}
	raw := rowOf(s, r.HealedRaw)
	switch {
	case raw == nil: // another check's matter: there is nothing that could be retried
		return check.Unproven("the raw row of %s is not there, so nothing can be tried again", about)
	case len(lines) > 0:
		return check.Fail("row-not-refined", "%s is not refined after the retry", about).
			Expected("the row as delivered").Actual("%s", lines[0]).With("difference", lines...).With("log", said).Done()
	case raw.Status != scenario.StatusProcessed:
		return check.Fail("status-not-updated", "%s is refined after the retry, but its raw row is %q", about, raw.Status).
			Expected("processed").Actual("%s: %s", raw.Status, raw.Error).With("log", said).Done()
	case r.Retried.Healed == 0 && !r.Retried.Silent:
		return check.Fail("claim-contradicted", "%s was healed, and the retry says that it healed none", about).
			Expected("at least 1 healed").Actual("%s", said).Done()
	}
	return check.Pass(len(r.Expected.Row.Values), "%s is refined after the retry, and its raw row is processed", about)
}
