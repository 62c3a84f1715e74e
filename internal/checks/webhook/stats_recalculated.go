package webhook

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// StatsRecalculated asks the target for its statistics before and after deliveries, with no sync between.
func StatsRecalculated() check.Check {
	return check.Check{
		ID: "webhook/stats-recalculated", Phase: 3, SOP: []string{"3.2-5", "6.1-6"}, Level: check.Required, Scenario: scenario.Probed,
		Needs:    []profile.Notion{profile.Stats},
		Title:    "After deliveries the target's statistics count the rows that are there.",
		Why:      "people look at these figures and not at the rows; figures that only a sync brings up to date are wrong between two syncs",
		Remedy:   "recalculate the statistics when a delivery was refined, and count rows rather than add up events",
		Evidence: "the statistics before and after, and rows that deliveries made",
		Causes: map[string]string{
			"stats-missing": "the target gives no statistics",
			"stats-stale":   "the statistics are the same as before the deliveries, though rows were made",
			"stats-untrue":  "the statistics were recalculated, but do not count what is there",
		},
		Subjects: check.Source,
		Run:      statsRecalculated,
	}
}

func statsRecalculated(ctx context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	if s.FiguresBefore == nil || s.FiguresAfter == nil {
		return check.Fail("stats-missing", "the target gives no statistics").
			Expected("rows per object before and after the deliveries").Actual("none").Claimed().Done()
	}
	rows := 0
	var stale, untrue []string
	for i := range s.Manifest.Objects {
		obj := &s.Manifest.Objects[i]
		t, ok := s.Manifest.Table(obj.Table)
		if !ok || !obj.Applies() || len(obj.Webhooks) == 0 {
			continue
		}
		have, err := s.Reader.Count(ctx, t)
		if err != nil {
			return result.Result{}, err
		}
		rows += have.Rows
		before, after := s.FiguresBefore.Objects[obj.Name], s.FiguresAfter.Objects[obj.Name]
		if after.Rows == have.Rows && after.Deleted == have.Deleted {
			continue
		}
		line := fmt.Sprintf("%s: %d rows, %d deleted; the statistics say %d and %d, before the deliveries %d and %d",
			obj.Name, have.Rows, have.Deleted, after.Rows, after.Deleted, before.Rows, before.Deleted)
		if after == before {
			stale = append(stale, line)
		} else {
			untrue = append(untrue, line)
		}
	}
	switch {
	case rows == 0:
		return check.Unproven("the deliveries made no row that could be counted")
	case len(stale) > 0:
		return check.Fail("stats-stale", "the statistics of %d objects are as before the deliveries", len(stale)).
			Expected("what is in the tables").Actual("%s", stale[0]).With("difference", stale...).Checked(rows).Done()
	case len(untrue) > 0:
		return check.Fail("stats-untrue", "the statistics of %d objects do not count what is there", len(untrue)).
			Expected("what is in the tables").Actual("%s", untrue[0]).With("difference", untrue...).Checked(rows).Done()
	}
	return check.Pass(rows, "the statistics count the %d rows that are there", rows)
}
