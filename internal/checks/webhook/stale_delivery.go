package webhook

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// StaleDelivery delivers an older state of an object after a newer one.
func StaleDelivery() check.Check {
	return check.Check{
		ID: "webhook/stale-delivery", Phase: 3, SOP: []string{"4.2-4"}, Level: check.Required, Scenario: scenario.Probed,
		Title:    "A delivery that a newer one has overtaken is kept, and changes nothing in the refined row.",
		Why:      "no source promises an order, and what is sent again is sent as it was: who comes last is not who is right",
		Remedy:   "write the refined row only if the payload's time of change is not before the row's; the raw row is written in any case",
		Evidence: "two deliveries of one object, the older one after the newer one was seen in the refined row",
		Causes: map[string]string{
			"delivery-refused": "one of the two properly signed deliveries was refused",
			"older-overwrote":  "the refined row changed with the older delivery",
			"older-not-kept":   "the older delivery left no raw row",
		},
		ByHand:   "--reorder",
		Subjects: check.Source,
		Run:      staleDelivery,
	}
}

func staleDelivery(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	newer, stale := s.Probes[scenario.ProbeNewer], s.Probes[scenario.ProbeStale]
	if newer == nil || stale == nil {
		return check.Unproven("no two states of one object could be delivered: the source gives no time of change")
	}
	about := fmt.Sprintf("%s %s", stale.Object, stale.Key)
	obj, _ := s.Manifest.Object(stale.Object)
	kept := false
	for _, r := range stale.Raw {
		kept = kept || canonical.Equal(r.Payload, stale.Delivery.Body, obj.VolatileFields()...)
	}
	for _, p := range []*scenario.Probe{newer, stale} {
		if a := p.Delivery.Answer; a.Status/100 != 2 {
			return check.Fail("delivery-refused", "a properly signed delivery of %s was answered %d", about, a.Status).
				Expected("2xx").Actual("%d %s", a.Status, a.Body).Done()
		}
	}
	switch {
	case newer.Row == nil || newer.Expected == nil || len(newer.Expected.Differences(newer.Row.Values, newer.Row.Deleted)) > 0:
		return check.Unproven("the newer state of %s was never seen in the refined row, so there is nothing to overwrite", about)
	case stale.Row == nil || len(newer.Expected.Differences(stale.Row.Values, stale.Row.Deleted)) > 0:
		lines := []string{"the row is gone"}
		if stale.Row != nil {
			lines = newer.Expected.Differences(stale.Row.Values, stale.Row.Deleted)
		}
		return check.Fail("older-overwrote", "an older delivery of %s changed the refined row", about).
			Expected("the row as the newer delivery left it").Actual("%s", lines[0]).With("difference", lines...).Done()
	case !stale.SentinelSeen:
		return check.Unproven("the good delivery that was sent afterwards was never seen, so the older one of %s may still come", about)
	case !s.Has(profile.Raw):
		r, _ := check.Lacking(s.Lacks, profile.Raw)
		return r, nil
	case !kept:
		return check.Fail("older-not-kept", "an older delivery of %s left no raw row", about).
			Expected("a raw row with the delivered payload").Actual("%d raw rows of that object, none with it", len(stale.Raw)).Done()
	}
	return check.Pass(len(newer.Expected.Row.Values), "the older delivery of %s was kept as a raw row and changed no value", about)
}
