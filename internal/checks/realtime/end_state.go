package realtime

import (
	"context"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks/accuracy"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// EndState compares every row of objects with webhooks after the last delivery.
func EndState() check.Check {
	return check.Check{
		ID: "realtime/end-state", Phase: 6, SOP: []string{"4.2-4", "6.1-5"}, Level: check.Required, Scenario: scenario.Updated,
		Title:    "After all deliveries every row is the last state that was delivered; deleted objects are tombstones, restored ones live.",
		Why:      "this is what real-time means: the database shows the new value",
		Remedy:   "apply a delivery unless the row is newer; set the tombstone on a delete, lift it on a restore; never make a row of an id alone",
		Evidence: "one row of the table",
		Causes:   accuracy.Causes(),
		Subjects: check.Tables(func(t manifest.Table) bool { return len(t.Object.Webhooks) > 0 }),
		Run: func(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
			t, _ := s.Manifest.Table(subject.Name)
			return accuracy.Compare(ctx, s, s.Expected, t, "last offered or delivered")
		},
	}
}
