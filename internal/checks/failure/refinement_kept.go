// Package failure holds the checks of SOP phase 6.2: that a delivery which cannot be refined is kept, said, and healed.
package failure

import (
	"context"
	"fmt"
	"strings"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// RefinementKept looks at the raw row of a delivery that the database refused to refine.
func RefinementKept() check.Check {
	return check.Check{
		ID: "failure/refinement-kept", Phase: 6, SOP: []string{"6.2-1", "6.2-2", "6.2-3"}, Level: check.Required, Scenario: scenario.Unrefined,
		Needs:    []profile.Notion{profile.Raw},
		Title:    "A delivery that cannot be refined stays in the raw layer, marked as an error, with the reason.",
		Why:      "the source does not send it again: what the raw layer loses is lost, and what it does not explain nobody mends",
		Remedy:   "commit the raw row before refining; when that fails, set processing_status to error and error_message to what the database said",
		Evidence: "a good delivery whose refined row the database refused",
		Causes: map[string]string{
			"raw-row-missing":    "the delivery has no raw row",
			"status-untrue":      "the raw row does not say that refining it failed",
			"error-text-missing": "the raw row says that it failed and not why",
			"error-text-vague":   "the raw row's error does not name what failed",
		},
		Subjects: check.Source,
		Run:      refinementKept,
	}
}

func refinementKept(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	r := s.Refusal
	if stop := notRefused(s); stop != "" {
		return check.Unproven("%s", stop)
	}
	about := fmt.Sprintf("%s %s", r.Object, r.Key)
	raw := rowOf(s, r.Raw)
	obj, _ := s.Manifest.Object(r.Object)
	switch {
	case raw == nil && !r.Sentinel:
		return check.Unproven("the good delivery that was sent afterwards was never seen, so the raw row of %s may still come", about)
	case raw == nil:
		return check.Fail("raw-row-missing", "the delivery of %s could not be refined, and its raw row is not there", about).
			Expected("a raw row with the delivered payload").Actual("%d raw rows of that object, none with it", len(r.Raw)).Done()
	case raw.Status != scenario.StatusError:
		return check.Fail("status-untrue", "the delivery of %s could not be refined, and its raw row is %q", about, raw.Status).
			Expected("error").Actual("%s", raw.Status).Done()
	case strings.TrimSpace(raw.Error) == "":
		return check.Fail("error-text-missing", "the raw row of %s is marked as an error without a word why", about).
			Expected("what the database said").Actual("an empty %s", s.Names.Raw.Error).Done()
	case !names(raw.Error, obj.Table) && !names(raw.Error, "constraint"): // the database's own words have both
		return check.Fail("error-text-vague", "the error of the raw row of %s does not name what failed", about).
			Expected("the table %s or the constraint that refused the row", obj.Table).Actual("%s", raw.Error).Done()
	}
	return check.Pass(1, "the raw row of %s is kept and says: %s", about, raw.Error)
}

// notRefused says why there was no refusal that could be judged; empty where there was one.
func notRefused(s *scenario.Snapshot) string {
	r := s.Refusal
	switch {
	case r == nil:
		return "no delivery was refused by the database"
	case r.Row != nil && r.Expected != nil && len(r.Expected.Differences(r.Row.Values, r.Row.Deleted)) == 0:
		return fmt.Sprintf("the database did not refuse the delivery of %s %s: its refined row is there", r.Object, r.Key)
	}
	return ""
}

// rowOf finds the raw row with the payload of the refused delivery.
func rowOf(s *scenario.Snapshot, rows []scenario.RawRow) *scenario.RawRow {
	obj, _ := s.Manifest.Object(s.Refusal.Object)
	for i := range rows {
		if canonical.Equal(rows[i].Payload, s.Refusal.Delivery.Body, obj.VolatileFields()...) {
			return &rows[i]
		}
	}
	return nil
}

// names tells whether a text has a word in it, whatever its case.
func names(text, word string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(word))
}
