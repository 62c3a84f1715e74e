// Package sync holds the checks of SOP phase 2: that everything is fetched, to the end.
package sync

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// FunctionInventory wants a sync function per object, and requests that show it at work.
func FunctionInventory() check.Check {
	return check.Check{
		ID: "sync/function-inventory", Phase: 2, SOP: []string{"2.1-1"}, Level: check.Required, Scenario: scenario.Backfilled,
		Title:    "Every object has a sync function that asks the source for it and brings its rows.",
		Why:      "an object without a function is missing from the copy for good",
		Remedy:   "write the function, and call it from the sync",
		Evidence: "one request to one of the object's lists",
		Causes: map[string]string{
			"function-not-listed": "the target names no such function",
			"never-requested":     "the function is named, but none of the object's lists was asked for",
			"nothing-stored":      "the lists were asked for, but no raw row came of it",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject {
			var out []check.Subject
			for _, o := range m.Objects {
				if o.NotApplicable == "" {
					out = append(out, check.Subject{Kind: "function", Name: o.Sync})
				}
			}
			return out
		},
		Run: functionInventory,
	}
}

func functionInventory(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	obj, _ := s.Manifest.ObjectForFunction(subject.Name)
	step := s.Step(scenario.FirstSync)
	_, ran := step.Stats[subject.Name]
	requests := requestsFor(s, step, obj)
	raw := step.RawRows[obj.Name]
	switch {
	case !ran && !slices.Contains(s.Described.Functions, subject.Name):
		return check.Fail("function-not-listed", "the target has no function %s", subject.Name).
			Expected("%s", subject.Name).Actual("%s", strings.Join(s.Described.Functions, ", ")).Claimed().Done()
	case len(requests) == 0:
		return check.Fail("never-requested", "%s is there, but no list of %s was asked for", subject.Name, obj.Name).
			Expected("a request to %s", obj.Lists[0].Path).Actual("%d requests to other paths", len(step.Traffic)).Done()
	case raw == 0 && len(s.Offer.Populations[obj.Name].Items) > 0:
		return check.Fail("nothing-stored", "%s made %d requests, but there is no raw row of %s", subject.Name, len(requests), obj.Name).
			Expected("%d raw rows", len(s.Offer.Populations[obj.Name].Items)).Actual("0").With("request", requests...).Done()
	}
	return check.Pass(len(requests), "%s made %d requests and brought %d raw rows", subject.Name, len(requests), raw)
}

// requestsFor lists a step's requests to an object's lists or their alternatives.
func requestsFor(s *scenario.Snapshot, step *scenario.Step, obj *manifest.Object) []string {
	var out []string
	for _, list := range slices.Concat(obj.Lists, obj.Alternatives) {
		path := oracle.MatchPath(s.Manifest.BasePath() + list.Path)
		for _, x := range step.Traffic {
			q, err := url.ParseQuery(x.Query)
			if err == nil && x.Method == "GET" && path.MatchString(x.Path) && oracle.SameList(s.Manifest, list, q) {
				out = append(out, x.Method+" "+x.URL())
			}
		}
	}
	return out
}
