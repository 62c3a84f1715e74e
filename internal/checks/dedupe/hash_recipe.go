package dedupe

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// HashRecipe computes every raw row's hash anew, where the target says by which recipe it hashes.
func HashRecipe() check.Check {
	return check.Check{
		ID: "dedupe/hash-recipe", Phase: 4, SOP: []string{"2.2-1"}, Level: check.Required, Scenario: scenario.Backfilled,
		Needs:    []profile.Notion{profile.Raw},
		Title:    "Every raw row's hash is that of its payload by the recipe that the target names.",
		Why:      "\"SHA-256 of sorted JSON\" is many recipes: one that reads numbers as floats takes different objects for equal ones",
		Remedy:   "hash the canonical text of the payload with its numbers exactly as they came; or name the recipe that is really used",
		Evidence: "one raw row, and a recipe named in the target's profile",
		Causes:   map[string]string{"recipe-differs": "hashes are not those of the payloads by the named recipe"},
		Subjects: check.Objects(nil),
		Run:      hashRecipe,
	}
}

func hashRecipe(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	recipe := s.Names.HashRecipe
	if recipe == "" {
		return result.Result{Status: result.NotApplicable, Cause: "no-recipe",
			Summary: "the target names no recipe; how its hashes behave is judged by the other checks"}, nil
	}
	obj, _ := s.Manifest.Object(subject.Name)
	rows, err := s.Reader.RawRows(ctx, obj.Name, "", true)
	if err != nil {
		return result.Result{}, err
	}
	var wrong []string
	for _, r := range rows {
		want, err := canonical.Hash(recipe, r.Payload, obj.VolatileFields()...)
		if err != nil {
			return result.Result{}, fmt.Errorf("hashing the payload of %s %s: %w", r.ObjectType, r.ObjectID, err)
		}
		if r.Hash != want {
			wrong = append(wrong, fmt.Sprintf("%s %s must have the hash %s, has %s", r.ObjectType, r.ObjectID, want, r.Hash))
		}
	}
	switch {
	case len(rows) == 0:
		return check.Unproven("there is no raw row of %s", obj.Name)
	case len(wrong) > 0:
		return check.Fail("recipe-differs", "%d of %d hashes of %s are not by %s", len(wrong), len(rows), obj.Name, recipe).
			Expected("%s over the payload without %v", recipe, obj.VolatileFields()).Actual("%s", wrong[0]).With("row", wrong...).Checked(len(rows)).Done()
	}
	return check.Pass(len(rows), "%d hashes of %s are those of their payloads by %s", len(rows), obj.Name, recipe)
}
