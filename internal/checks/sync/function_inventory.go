// Package sync holds the checks of SOP phase 2: that everything is fetched, to the end.
package sync

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
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
		Evidence: "one request to one of the lists of each object that the function copies",
		Causes: map[string]string{
			"function-not-listed": "the target names no such function",
			"never-requested":     "the function is named, but none of an object's lists was asked for",
			"nothing-stored":      "the lists were asked for, but no raw row came of it",
		},
		Subjects: functions,
		Run:      functionInventory,
	}
}

// functions makes one subject per sync function, also of those that have nothing to copy: the reason is the result then. One
// that copies nothing which the target is held to copy is none.
func functions(m *manifest.Manifest) []check.Subject {
	var out []check.Subject
	for _, o := range m.Objects {
		if left := o.Excluded != "" && o.NotApplicable == ""; left || excluded(m, o.Sync) {
			continue
		}
		if s := (check.Subject{Kind: "function", Name: o.Sync}); !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// excluded tells whether all that a function copies, and that the source has, is left out of what the target is held to copy.
func excluded(m *manifest.Manifest, function string) bool {
	out := false
	for _, o := range m.ObjectsForFunction(function) {
		if o.Applies() {
			return false
		}
		out = out || o.Excluded != "" && o.NotApplicable == ""
	}
	return out
}

// copied are the objects that a function copies; where none is applicable, why says why.
func copied(m *manifest.Manifest, function string) (objects []*manifest.Object, why string) {
	for _, o := range m.ObjectsForFunction(function) {
		switch {
		case o.Applies():
			objects = append(objects, o)
		case o.NotApplicable != "":
			why = o.NotApplicable
		}
	}
	return objects, why
}

func functionInventory(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	objects, why := copied(s.Manifest, subject.Name)
	if len(objects) == 0 {
		return check.NotApplicable("not-offered", "%s has nothing to copy: %s", subject.Name, why)
	}
	step := s.Step(scenario.FirstSync)
	if _, ran := step.Stats[subject.Name]; !ran && s.Has(profile.Describe) && !slices.Contains(s.Described.Functions, subject.Name) {
		return check.Fail("function-not-listed", "the target has no function %s", subject.Name).
			Expected("%s", subject.Name).Actual("%s", strings.Join(s.Described.Functions, ", ")).Claimed().Done()
	}
	asked, stored := 0, 0
	var brought []string
	for _, obj := range objects {
		requests := requestsFor(s, step, obj)
		offered, raw := len(s.Offer.Populations[obj.Name].Items), step.RawRows[obj.Name]
		switch {
		case len(requests) == 0 && !nothingToAsk(s, obj):
			return check.Fail("never-requested", "%s is there, but no list of %s was asked for", subject.Name, obj.Name).
				Expected("a request to %s", obj.Lists[0].Path).Actual("%d requests to other paths", len(step.Traffic)).Done()
		case raw == 0 && offered > 0:
			return check.Fail("nothing-stored", "%s made %d requests, but there is no %s of %s", subject.Name, len(requests), strings.TrimSuffix(rows(s), "s"), obj.Name).
				Expected("%d %s", offered, rows(s)).Actual("0").With("request", requests...).Done()
		}
		asked, stored = asked+len(requests), stored+raw
		brought = append(brought, fmt.Sprintf("%d of %s", raw, obj.Name))
	}
	if asked == 0 {
		return check.Unproven("%s had nothing to ask for: its lists hang on objects of which the source has none", subject.Name)
	}
	return check.Pass(asked, "%s made %d requests and brought %d %s: %s", subject.Name, asked, stored, rows(s), strings.Join(brought, ", "))
}

// rows are what a sync is judged by: raw rows, or refined ones where the target has no raw layer.
func rows(s *scenario.Snapshot) string {
	if s.Has(profile.Raw) {
		return "raw rows"
	}
	return "rows"
}

// nothingToAsk tells whether all lists of an object hang on others of which the source has none.
func nothingToAsk(s *scenario.Snapshot, obj *manifest.Object) bool {
	return !slices.ContainsFunc(obj.Lists, func(l manifest.List) bool {
		switch {
		case l.Each != nil:
			return len(s.Offer.Populations[l.Each.Object].Items) > 0
		case l.Batch != nil:
			return len(s.Offer.Populations[l.Batch.Object].Items) > 0
		}
		return true
	})
}

// requestsFor lists a step's requests to an object's lists or their alternatives.
func requestsFor(s *scenario.Snapshot, step *scenario.Step, obj *manifest.Object) []string {
	var out []string
	for _, list := range slices.Concat(obj.Lists, obj.Alternatives) {
		path := manifest.MatchPath(s.Manifest.BasePath() + list.Path)
		for _, x := range step.Traffic {
			q, err := url.ParseQuery(x.Query)
			if err == nil && list.Batch != nil {
				q.Del(list.Batch.Param)
			}
			if err == nil && x.Method == "GET" && path.MatchString(x.Path) && oracle.SameList(s.Manifest, list, q) {
				out = append(out, x.Method+" "+x.URL())
			}
		}
	}
	return out
}
