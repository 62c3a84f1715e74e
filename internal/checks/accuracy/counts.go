// Package accuracy holds the checks of SOP phase 5: that the copy is one to one.
package accuracy

import (
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Counts holds the source's own count, the objects it offered and the rows against each other.
func Counts() check.Check {
	return check.Check{
		ID: "accuracy/counts", Phase: 5, SOP: []string{"5.1-1", "5.1-2", "5.1-3", "5.1-4", "T-1"}, Level: check.Required, Scenario: scenario.Backfilled,
		Title:    "There is exactly one row for every object that the source lists and counts, deleted ones counted apart.",
		Why:      "a count is the first thing anybody compares, and the first that shows a gap",
		Remedy:   "look at the missing or extra ids: an unread list (deleted ones have one of their own), a lost page, a failed refinement, or rows of objects the source no longer has",
		Evidence: "one object offered",
		Causes: map[string]string{
			"rows-missing":         "there are fewer rows than objects",
			"rows-extra":           "there are more rows than objects",
			"wrong-tenant":         "missing rows stand under another integration",
			"refinement-failed":    "rows are missing and raw rows of the object are in error or pending",
			"tombstones-wrong":     "the number of rows is right, that of deleted ones is not",
			"deleted-list-skipped": "exactly the objects of a list of deleted ones are missing",
			"source-contradicts":   "the source counts another number of objects than its lists have, so nobody can say how many rows are right",
		},
		Subjects: check.Objects(nil),
		Run:      counts,
	}
}

func counts(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	obj, _ := s.Manifest.Object(subject.Name)
	t, _ := s.Manifest.Table(obj.Table)
	have, err := s.Reader.Count(ctx, t)
	if err != nil {
		return result.Result{}, err
	}
	want := scenario.Count{}
	for _, o := range s.Expected.Objects[obj.Name] {
		if !mustStay(s, o) {
			continue
		}
		want.Rows++
		if o.Deleted {
			want.Deleted++
		}
	}
	population := s.Offer.Populations[obj.Name]
	source := fmt.Sprintf("%d offered", len(s.Expected.Objects[obj.Name])) + ownCount(population)
	note := ""
	if why := s.Partial[obj.Name]; why != "" {
		note = "; judged over what was recorded: " + why
	}
	// Also where the numbers agree: one missing and one too many make the right number of wrong rows.
	missing, extra, err := keyDiff(ctx, s, obj.Name)
	if err != nil {
		return result.Result{}, err
	}
	switch {
	case population.Unavailable != "" && have.Rows == 0:
		return check.NotApplicable("unavailable", "the source has no %s: %s", obj.Name, population.Unavailable)
	case population.Count >= 0 && population.Count != len(population.Items):
		return result.Result{Status: result.Error, Cause: "source-contradicts", Summary: fmt.Sprintf("%s are counted and listed differently by the source", obj.Name),
			Expected: fmt.Sprintf("%d listed", population.Count), Actual: fmt.Sprintf("%d listed, and %s says %d", len(population.Items), obj.Count.Path, population.Count),
			Remedy: "look at what the manifest says of the object's lists and of its count: one of them leaves something out"}, nil
	case want.Rows == 0 && have.Rows == 0:
		return check.Unproven("the source offers no %s", obj.Name)
	case len(missing)+len(extra) > 0:
	case have == want:
		return check.Pass(have.Rows, "%d rows (%d deleted); %s%s", have.Rows, have.Deleted, source, note)
	case have.Rows == want.Rows:
		return check.Fail("tombstones-wrong", "%d of %d rows are marked deleted, %d objects are", have.Deleted, have.Rows, want.Deleted).
			Expected("%d deleted", want.Deleted).Actual("%d deleted", have.Deleted).Checked(have.Rows).Done()
	default:
		return check.Fail("rows-extra", "%d rows for %d %s: some object has several", have.Rows, want.Rows, obj.Name).
			Expected("%s", source).Actual("%d rows", have.Rows).Checked(want.Rows).Done()
	}
	cause, what := "rows-missing", missing
	if len(missing) == 0 {
		cause, what = "rows-extra", extra
	}
	raw, err := s.Reader.RawRows(ctx, obj.Name, "", false)
	if err != nil {
		return result.Result{}, err
	}
	stuck := map[string]bool{}
	var logs []string
	for _, r := range raw {
		if r.Status == scenario.StatusError || r.Status == scenario.StatusPending {
			stuck[r.ObjectID] = true
			logs = append(logs, fmt.Sprintf("raw %s %s is %q: %s", r.ObjectType, r.ObjectID, r.Status, r.Error))
		}
	}
	if cause == "rows-missing" {
		all := func(is func(key string) bool) bool {
			return !slices.ContainsFunc(missing, func(key string) bool { return !is(key) })
		}
		switch {
		case all(func(key string) bool { return stuck[key] }):
			cause = "refinement-failed"
		case len(missing) == want.Deleted && all(func(key string) bool { return s.Expected.Objects[obj.Name][key].Deleted }):
			cause = "deleted-list-skipped"
		}
	}
	strays, err := s.Strays(ctx, t, missing)
	if err != nil {
		return result.Result{}, err
	}
	for _, o := range strays {
		if slices.Contains(missing, o.Key) {
			cause = "wrong-tenant"
			logs = append(logs, fmt.Sprintf("%s %s stands under %s", obj.Name, o.Key, o))
		}
	}
	lines := make([]string, len(what))
	for i, key := range what {
		if o := s.Expected.Objects[obj.Name][key]; o != nil && !mustStay(s, o) {
			lines[i] = fmt.Sprintf("%s %s has a row, but is deleted (%s)", obj.Name, key, o.Row.Ref)
		} else if o != nil {
			lines[i] = fmt.Sprintf("%s %s has no row (offered in %s)", obj.Name, key, o.Row.Ref)
		} else {
			lines[i] = fmt.Sprintf("%s %s has a row, but was never offered", obj.Name, key)
		}
	}
	return check.Fail(cause, "%d rows for %d %s: %d missing, %d extra", have.Rows, want.Rows, obj.Name, len(missing), len(extra)).
		Expected("%s", source).Actual("%d rows", have.Rows).With("difference", lines...).With("row", logs...).Checked(want.Rows).Done()
}

// ownCount says what the source itself counts: in the answers to its lists, or asked for apart.
func ownCount(p *oracle.Population) string {
	if p.Count >= 0 {
		return fmt.Sprintf(", the source's own count is %d", p.Count)
	}
	counted, total := 0, 0
	for _, w := range p.Walks {
		if w.Total >= 0 {
			counted++
			total += w.Total
		}
	}
	if counted == 0 {
		return ""
	}
	return fmt.Sprintf(", the source's own count is %d", total)
}

// keyDiff lists the keys that should have a row and have none, and the other way about.
func keyDiff(ctx context.Context, s *scenario.Snapshot, object string) (missing, extra []string, err error) {
	obj, _ := s.Manifest.Object(object)
	t, _ := s.Manifest.Table(obj.Table)
	have := map[string]bool{}
	if err := s.Reader.Rows(ctx, t, func(r scenario.Row) error { have[r.Key] = true; return nil }); err != nil {
		return nil, nil, err
	}
	for key, o := range s.Expected.Objects[object] {
		if mustStay(s, o) && !have[key] {
			missing = append(missing, key)
		}
	}
	for key := range have {
		if o := s.Expected.Objects[object][key]; o == nil || !mustStay(s, o) {
			extra = append(extra, key)
		}
	}
	slices.SortFunc(missing, oracle.CompareKeys)
	slices.SortFunc(extra, oracle.CompareKeys)
	return missing, extra, nil
}
