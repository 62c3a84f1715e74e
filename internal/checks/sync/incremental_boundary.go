package sync

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks/accuracy"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// IncrementalBoundary looks for what changed at the source since a start date, after a sync that was given that date.
func IncrementalBoundary() check.Check {
	return check.Check{
		ID: "sync/incremental-boundary", Phase: 2, SOP: []string{"2.1-5"}, Level: check.Required, Scenario: scenario.Resumed,
		Title:    "A sync with a start date brings all that changed since, what changed in that very second too, and asks for no more.",
		Why:      "this is how an integration catches up after an outage: what it misses here no delivery will bring",
		Remedy:   "send the start date as the source's own filter, in its format and time zone, a second earlier where the source leaves the bound out; go on with the objects that hang on what changed",
		Evidence: "one object that changed or was made since the start date",
		Causes: map[string]string{
			"boundary-missed": "what changed in the very second of the start date is not there",
			"change-missed":   "what changed after the start date is not there",
			"filter-not-sent": "all changes are there, but everything was read again for them",
		},
		Subjects: check.Objects(incremental),
		Run:      incrementalBoundary,
	}
}

// incremental tells whether what changed of an object can be asked for, by itself or through the objects it hangs on.
func incremental(o *manifest.Object) bool { return o.Incremental != nil || changedParents(o) != nil }

// changedParents is the list by which an object's changes are found through the objects that it hangs on; nil if there is none.
func changedParents(o *manifest.Object) *manifest.List {
	if i := slices.IndexFunc(o.Lists, func(l manifest.List) bool { return l.Each != nil && l.Each.Changed }); i >= 0 {
		return &o.Lists[i]
	}
	return nil
}

func incrementalBoundary(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	obj, _ := s.Manifest.Object(subject.Name)
	step := s.Step(scenario.ResumedSync)
	last := changedSince(s, obj.Name)
	inThatSecond := func(key string) bool { at, ok := last[key]; return ok && at.Equal(s.Boundary) }
	later := func(key string) bool { at, ok := last[key]; return ok && !at.Equal(s.Boundary) }
	changed, start := len(last), s.Boundary.Format(time.RFC3339)
	if changed == 0 {
		return check.Unproven("nothing of %s changed since the start date", obj.Name)
	}
	for _, missed := range []struct {
		cause string
		among func(key string) bool
	}{{"change-missed", later}, {"boundary-missed", inThatSecond}} {
		compared, err := accuracy.CompareSome(ctx, s, s.Expected, obj.Name, missed.among, "the source has them after the change")
		if err != nil {
			return result.Result{}, err
		}
		if compared.Status == result.Fail {
			finding := check.Fail(missed.cause, "the sync from %s did not bring all changes: %s", start, compared.Summary).
				Expected("%s", compared.Expected).Actual("%s", compared.Actual).Checked(changed)
			for _, e := range compared.Evidence {
				finding.With(e.Kind, e.Text)
			}
			return finding.With("request", requests(s, step, obj)...).Done()
		}
	}
	if reread, why := rereads(s, step, obj); reread != "" {
		return check.Warn("filter-not-sent", "all %d changed %s are there, but %s", changed, obj.Name, why).
			Checked(changed).With("request", reread).Done()
	}
	atBoundary := 0
	for key := range last {
		if inThatSecond(key) {
			atBoundary++
		}
	}
	return check.Pass(changed, "%d changed %s since %s are there, %d of them of that very second", changed, obj.Name, start, atBoundary)
}

// changedSince are the objects that changed at or after the start date, each with the time of its last change: those that
// were changed, and those that the source then changed with them, such as an order that got a refund.
func changedSince(s *scenario.Snapshot, object string) map[string]time.Time {
	last := map[string]time.Time{}
	for key, o := range s.Expected.Objects[object] {
		if !o.Updated.IsZero() && !o.Updated.Before(s.Boundary) {
			last[key] = o.Updated
		}
	}
	for _, c := range s.Quiet {
		if _, timed := last[c.Key]; c.Object == object && !timed {
			last[c.Key] = c.At
		}
	}
	return last
}

// requests lists a step's requests for an object's lists.
func requests(s *scenario.Snapshot, step *scenario.Step, obj *manifest.Object) []string {
	var lines []string
	for _, x := range listed(s, step, obj) {
		lines = append(lines, shown(step.Traffic, x))
	}
	if len(lines) == 0 {
		return []string{"none for " + obj.Name}
	}
	return lines
}

// listed are a step's answered requests to the paths of an object's lists.
func listed(s *scenario.Snapshot, step *scenario.Step, obj *manifest.Object) []scenario.Exchange {
	var out []scenario.Exchange
	for _, x := range step.Traffic {
		onList := slices.ContainsFunc(slices.Concat(obj.Lists, obj.Alternatives), func(l manifest.List) bool {
			return manifest.MatchPath(s.Manifest.BasePath() + l.Path).MatchString(x.Path)
		})
		if onList && x.Method == "GET" && x.Status == 200 && !partial(s.Manifest, x) {
			out = append(out, x)
		}
	}
	return out
}

// partial tells whether a request asks for parts of objects only: what it brings is no copy of them.
func partial(m *manifest.Manifest, x scenario.Exchange) bool {
	q, err := url.ParseQuery(x.Query)
	return err == nil && slices.ContainsFunc(m.API.Query.Partial, q.Has)
}

// rereads finds a request that reads an object's list from its beginning without the filter, or else a walk over all the
// objects that it hangs on, and says what is wrong with it.
func rereads(s *scenario.Snapshot, step *scenario.Step, obj *manifest.Object) (request, why string) {
	asked := listed(s, step, obj)
	if obj.Incremental != nil {
		next := s.Manifest.API.Pagination.Next
		for _, x := range asked {
			q, err := url.ParseQuery(x.Query)
			if err != nil || q.Has(obj.Incremental.Param) || next.From == "header_link" && q.Has(next.Param) {
				continue // with the filter, or a page that carries it on
			}
			return shown(step.Traffic, x), fmt.Sprintf("it was read again from its beginning, without %s", obj.Incremental.Param)
		}
		return "", ""
	}
	list := changedParents(obj)
	path := manifest.MatchPath(s.Manifest.BasePath() + list.Path)
	parents := map[string]bool{}
	last := ""
	for _, x := range asked {
		if found := path.FindStringSubmatch(x.Path); found != nil {
			parents[found[path.SubexpIndex(list.Each.As)]] = true
			last = shown(step.Traffic, x)
		}
	}
	all := s.Expected.Objects[list.Each.Object]
	since := 0
	for _, o := range all {
		if !o.Updated.Before(s.Boundary) {
			since++
		}
	}
	if len(parents) == len(all) && since < len(all) {
		return last, fmt.Sprintf("all %d %s were asked for theirs, of which %d changed", len(all), list.Each.Object, since)
	}
	return "", ""
}
