// Package realtime holds the checks of SOP phase 6: that deliveries arrive, are kept and applied.
package realtime

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// DeliveryApplied follows every recorded delivery of a topic from its answer to its raw row.
func DeliveryApplied() check.Check {
	return check.Check{
		ID: "realtime/delivery-applied", Phase: 6, SOP: []string{"3.2-2", "3.2-3", "3.2-4", "6.1-1", "6.1-2", "6.1-3", "6.1-4", "M-6"}, Level: check.Required, Scenario: scenario.Updated,
		Needs:    []profile.Notion{profile.Webhook},
		Title:    "Every delivery is accepted within the deadline, kept as a raw row under the right object, and refined.",
		Why:      "a delivery that is refused or mapped to the wrong object is a change that is lost: most sources never send it again",
		Remedy:   "map the topic to its object, store the payload raw, refine it at once, and answer 200 also when refinement fails",
		Evidence: "one delivery of the topic",
		Causes: map[string]string{
			"delivery-refused": "a properly signed delivery was not answered with success",
			"too-late":         "a delivery was answered after the deadline",
			"raw-row-missing":  "a delivery left no raw row of its payload under its object",
			"not-refined":      "a delivery's raw row is not marked as processed",
		},
		Subjects: check.Topics,
		Run:      deliveryApplied,
	}
}

func deliveryApplied(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	deadline, err := time.ParseDuration(s.Manifest.Webhooks.Deadline)
	if err != nil {
		return result.Result{}, fmt.Errorf("reading webhooks.deadline: %w", err)
	}
	seen := 0
	var slowest time.Duration
	for _, d := range s.Deliveries {
		if d.Topic != subject.Name {
			continue
		}
		seen++
		slowest = max(slowest, d.Answer.Elapsed)
		about := fmt.Sprintf("%s (%s) about %s %s -> %d %s", d.Topic, d.Ref, d.Effect.Object, d.Effect.Key, d.Answer.Status, d.Answer.Body)
		switch {
		case d.Answer.Status/100 != 2:
			return check.Fail("delivery-refused", "a properly signed delivery of %s was answered %d", d.Topic, d.Answer.Status).
				Expected("2xx").Actual("%d %s", d.Answer.Status, d.Answer.Body).With("delivery", about).Done()
		case d.Answer.Elapsed > deadline:
			return check.Fail("too-late", "a delivery of %s was answered after %s", d.Topic, d.Answer.Elapsed.Round(time.Millisecond)).
				Expected("within %s", deadline).Actual("%s", d.Answer.Elapsed).With("delivery", about).Done()
		case d.Effect.Object == "":
			continue // a body that is no object has its own check
		}
		if !s.Has(profile.Raw) { // the other deliveries are looked at first
			continue
		}
		rows, err := s.Reader.RawRows(ctx, d.Effect.Type, d.Effect.ID, true)
		if err != nil {
			return result.Result{}, err
		}
		// A delivery that differs from a raw row in volatile fields only needs no row of its own.
		var volatile []string
		if obj, is := s.Manifest.Object(d.Effect.Type); is { // else the body only refers to an object
			volatile = obj.VolatileFields()
		}
		var match *scenario.RawRow
		for i := range rows {
			if canonical.Equal(rows[i].Payload, d.Body, volatile...) {
				match = &rows[i]
			}
		}
		if match == nil {
			return check.Fail("raw-row-missing", "a delivery of %s left no raw row under %s", d.Topic, strings.TrimSpace(d.Effect.Type+" "+d.Effect.ID)).
				Expected("a raw row with the delivered payload").Actual("%d raw rows under it, none with it", len(rows)).With("delivery", about).Done()
		}
		if match.Status != scenario.StatusProcessed {
			return check.Fail("not-refined", "the raw row of a delivery of %s is %q", d.Topic, match.Status).
				Expected("processed").Actual("%s: %s", match.Status, match.Error).With("delivery", about).Done()
		}
	}
	if seen == 0 {
		return check.Unproven("there is no delivery of %s", subject.Name)
	}
	if r, lacks := check.Lacking(s.Lacks, profile.Raw); lacks {
		return r, nil
	}
	return check.Pass(seen, "%d deliveries of %s accepted, kept and refined, the slowest answered in %s", seen, subject.Name, slowest.Round(time.Millisecond))
}
