package sync

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// ReportedCounts holds what each function says it did against what was served and stored.
func ReportedCounts() check.Check {
	return check.Check{
		ID: "sync/reported-counts", Phase: 2, SOP: []string{"2.1-7"}, Level: check.Required, Scenario: scenario.Backfilled,
		Needs:    []profile.Notion{profile.Counts},
		Title:    "Each sync function returns true counts of what it fetched, ingested and failed on.",
		Why:      "operators watch these numbers: wrong ones hide a failing sync",
		Remedy:   "count objects received, raw rows inserted and failures where they happen, not where they are planned",
		Evidence: "the function's own counts",
		Causes: map[string]string{
			"count-missing":      "the function returned no counts",
			"errors-counted":     "the function says that it failed on something",
			"count-untrue":       "the counts are not what was served and stored",
			"fetched-not-judged": "the target took a route by which the objects served cannot be counted",
		},
		Subjects: functions,
		Run:      reportedCounts,
	}
}

func reportedCounts(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	objects, why := copied(s.Manifest, subject.Name)
	if len(objects) == 0 {
		return check.NotApplicable("not-offered", "%s has nothing to count: %s", subject.Name, why)
	}
	step := s.Step(scenario.FirstSync)
	said, ok := step.Stats[subject.Name]
	served, stored, known := 0, 0, true
	for _, obj := range objects {
		n, judged := servedObjects(s, step, obj)
		served, stored, known = served+n, stored+step.RawRows[obj.Name], known && judged
	}
	saw := fmt.Sprintf("fetched %d, ingested %d, errors %d", said.Fetched, said.Ingested, said.Errors)
	switch {
	case !ok:
		return check.Fail("count-missing", "%s returned no counts", subject.Name).
			Expected("fetched, ingested and errors of %s", subject.Name).Actual("counts of %d other functions", len(step.Stats)).Claimed().Done()
	case said.Errors > 0:
		return check.Fail("errors-counted", "%s says it failed %d times", subject.Name, said.Errors).Expected("errors 0").Actual("%s", saw).Done()
	case said.Ingested != stored || said.Fetched < stored || known && said.Fetched != served:
		return check.Fail("count-untrue", "%s says %s; the source served it %d objects and %d %s are there", subject.Name, saw, served, stored, rows(s)).
			Expected("fetched %d, ingested %d", max(served, stored), stored).Actual("%s", saw).Done()
	case !known:
		return check.Warn("fetched-not-judged", "%s: %s; ingested is as stored, but by the route taken nobody can tell how many the source served", subject.Name, saw).
			Checked(stored).Done()
	}
	return check.Pass(said.Fetched, "%s: %s, as served and stored", subject.Name, saw)
}

// servedObjects counts the objects that the source served the target by the object's own lists; known is false where the
// target took another route to some of them, which are not told apart.
func servedObjects(s *scenario.Snapshot, step *scenario.Step, obj *manifest.Object) (n int, known bool) {
	population := s.Offer.Populations[obj.Name]
	known = true
	whole := true
	for _, w := range population.Walks {
		r := read(s.Manifest, step.Traffic, w)
		served, judged := r.served()
		n, known = n+served, known && judged
		whole = whole && len(r.times) > 0 && len(r.unread) == 0
	}
	if whole { // then also what nobody knows which of the lists shows it was served
		n = max(n, len(population.Items))
	}
	return n, known && step.RawRows[obj.Name] <= n
}
