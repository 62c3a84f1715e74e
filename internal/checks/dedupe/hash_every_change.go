package dedupe

import (
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// HashEveryChange delivers a payload in which one field differs and its time does not.
func HashEveryChange() check.Check {
	return check.Check{
		ID: "dedupe/hash-every-change", Phase: 4, SOP: []string{"4.1-3", "A-2"}, Level: check.Required, Scenario: scenario.Probed,
		Needs:    []profile.Notion{profile.Raw},
		Title:    "A payload that differs in any field has a hash of its own and makes a raw row.",
		Why:      "sources change objects without changing their time; a hash over id and time alone loses such a change",
		Remedy:   "hash the whole payload, volatile fields excepted",
		Evidence: "two deliveries of one object that differ in one field",
		Causes: map[string]string{
			"delivery-refused":  "a properly signed delivery was refused",
			"change-not-stored": "the changed payload made no raw row",
		},
		Subjects: check.Source,
		Run: func(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
			before, after := s.Probes[scenario.ProbeDuplicate], s.Probes[scenario.ProbeChanged]
			about := fmt.Sprintf("%s %s", after.Object, after.Key)
			for _, p := range []*scenario.Probe{before, after} {
				if r, stop := notDelivered(p, about); stop {
					return r, nil
				}
			}
			switch {
			case len(before.Raw) == 0:
				return check.Unproven("the first delivery of %s made no raw row", about)
			case !newHash(before.Raw, after.Raw):
				return check.Fail("change-not-stored", "a changed payload of %s made no raw row with a hash of its own", about).
					Expected("%d raw rows", len(before.Raw)+1).Actual("%d", len(after.Raw)).With("row", hashes(after.Raw)...).Done()
			}
			return check.Pass(2, "the changed payload of %s made a raw row with a hash of its own", about)
		},
	}
}

// newHash tells whether a hash stands after that did not before.
func newHash(before, after []scenario.RawRow) bool {
	return slices.ContainsFunc(after, func(a scenario.RawRow) bool {
		return !slices.ContainsFunc(before, func(b scenario.RawRow) bool { return a.Hash == b.Hash })
	})
}
