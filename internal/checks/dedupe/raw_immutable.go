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

// RawImmutable holds the raw rows after all deliveries against those that were there before them.
func RawImmutable() check.Check {
	return check.Check{
		ID: "dedupe/raw-immutable", Phase: 4, SOP: []string{"A-2"}, Level: check.Required, Scenario: scenario.Updated,
		Needs:    []profile.Notion{profile.Raw},
		Title:    "A raw row that is written stays as it is, whatever comes later.",
		Why:      "the raw layer is what everything else can be made from anew; once it is rewritten nobody can tell any more what the source said",
		Remedy:   "insert into the raw table and never update a payload or a hash; what is not needed any more belongs into an archive, not into the bin",
		Evidence: "one raw row that was there before the deliveries",
		Causes: map[string]string{
			"row-removed":   "raw rows of the backfill are not there any more",
			"row-rewritten": "raw rows have the same hash as before, and another payload",
		},
		Subjects: check.Objects(nil),
		Run:      rawImmutable,
	}
}

func rawImmutable(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	now, err := s.Reader.RawDigests(ctx)
	if err != nil {
		return result.Result{}, err
	}
	looked := 0
	var removed, rewritten []string
	for key, before := range s.Step(scenario.FirstSync).RawDigests {
		if key.ObjectType != subject.Name {
			continue
		}
		looked++
		line := fmt.Sprintf("%s %s with the hash %s", key.ObjectType, key.ObjectID, key.Hash)
		switch after, there := now[key]; {
		case !there:
			removed = append(removed, line)
		case after != before:
			rewritten = append(rewritten, line)
		}
	}
	for _, f := range []struct {
		cause, what string
		found       []string
	}{
		{"row-removed", "raw rows of the backfill are gone", removed},
		{"row-rewritten", "raw rows of the backfill have another payload now", rewritten},
	} {
		if len(f.found) > 0 {
			slices.Sort(f.found)
			return check.Fail(f.cause, "%d of %d %s", len(f.found), looked, f.what).Expected("every raw row as it was written").
				Actual("%s", f.found[0]).With("row", f.found...).Checked(looked).Done()
		}
	}
	if looked == 0 {
		return check.Unproven("there was no raw row of %s before the deliveries", subject.Name)
	}
	return check.Pass(looked, "%d raw rows of %s are as they were before the deliveries", looked, subject.Name)
}
