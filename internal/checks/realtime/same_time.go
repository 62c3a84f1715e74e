package realtime

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// SameTime delivers a change that did not move the object's time of change.
func SameTime() check.Check {
	return check.Check{
		ID: "realtime/same-time", Phase: 6, SOP: []string{"4.2-4", "6.1-5"}, Level: check.Required, Scenario: scenario.Probed,
		Title:    "A delivered change is applied also where the object's time of change stayed the same.",
		Why:      "sources count whole seconds and change things twice within one; a row that only later times may write keeps the first of the two for ever",
		Remedy:   "refuse a payload only if its time is before the row's; an equal one is applied",
		Evidence: "two deliveries of one object that differ in one field and not in their time",
		Causes: map[string]string{
			"delivery-refused":   "a properly signed delivery was refused",
			"row-missing":        "there is no refined row of the object",
			"change-not-applied": "the refined row is not what the last delivery says",
		},
		ByHand:   "--times 1",
		Subjects: check.Source,
		Run: func(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
			p := s.Probes[scenario.ProbeChanged]
			about := fmt.Sprintf("%s %s", p.Object, p.Key)
			switch a := p.Delivery.Answer; {
			case a.Status/100 != 2:
				return check.Fail("delivery-refused", "a properly signed delivery of %s was answered %d", about, a.Status).
					Expected("2xx").Actual("%d %s", a.Status, a.Body).Done()
			case !p.SentinelSeen:
				return check.Unproven("the good delivery that was sent afterwards was never seen, so the change of %s may still come", about)
			case p.Row == nil:
				return check.Fail("row-missing", "%s has no refined row", about).Expected("a row as last delivered").Actual("none").Done()
			}
			if lines := p.Expected.Differences(p.Row.Values, p.Row.Deleted); len(lines) > 0 {
				return check.Fail("change-not-applied", "a change of %s within the same second was not applied", about).
					Expected("the row as last delivered").Actual("%s", lines[0]).With("difference", lines...).Done()
			}
			return check.Pass(len(p.Expected.Row.Values), "the row of %s is as last delivered, with a time that did not move", about)
		},
	}
}
