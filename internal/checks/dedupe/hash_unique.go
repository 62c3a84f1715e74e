// Package dedupe holds the checks of SOP phase 4: one raw row per state of an object, one refined row per object.
package dedupe

import (
	"context"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// HashUnique runs the SOP's query, and holds a second sync of the unchanged source against the first.
func HashUnique() check.Check {
	return check.Check{
		ID: "dedupe/hash-unique", Phase: 4, SOP: []string{"4.1-1", "2.2-2", "M-4"}, Level: check.Required, Scenario: scenario.Backfilled,
		Needs:    []profile.Notion{profile.Raw},
		Title:    "No payload is stored twice: not within a sync, and not by a second sync of an unchanged source.",
		Why:      "duplicates make every count wrong and every report on the raw layer double",
		Remedy:   "hash the canonical payload and let a unique index on integration, object type, object id and hash decide (ON CONFLICT DO NOTHING)",
		Evidence: "raw rows of two syncs of the same state",
		Causes: map[string]string{
			"duplicate-hash":      "one object has several raw rows with the same hash",
			"unchanged-row-added": "a second sync of an unchanged source added raw rows",
			"shared-hash":         "different objects have equal hashes; their payloads are equal, which the SOP's literal query counts too",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject {
			return []check.Subject{{Kind: "table", Name: m.RawTable()}}
		},
		Run: hashUnique,
	}
}

func hashUnique(ctx context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	within, literal, err := s.Reader.Duplicates(ctx)
	if err != nil {
		return result.Result{}, err
	}
	first, second := total(s.Step(scenario.FirstSync).RawRows), total(s.Step(scenario.SecondSync).RawRows)
	switch {
	case first == 0:
		return check.Unproven("there is no raw row")
	case len(within) > 0:
		return check.Fail("duplicate-hash", "%d payloads are stored more than once in %s", len(within), s.Names.Raw.Table).
			Expected("one raw row per object and hash").Actual("%s", within[0]).With("row", within...).Checked(second).Done()
	case second > first:
		return check.Fail("unchanged-row-added", "a second sync of the unchanged source added %d raw rows", second-first).
			Expected("%d raw rows", first).Actual("%d", second).Checked(second).Done()
	case len(literal) > 0:
		return check.Warn("shared-hash", "%d hashes stand for several objects with equal payloads; that is no duplicate", len(literal)).
			Expected("different objects may have equal payloads").With("row", literal...).Checked(second).Done()
	}
	return check.Pass(second, "%d raw rows, each hash once, none added by a second sync", second)
}

func total(counts map[string]int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}
