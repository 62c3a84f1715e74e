package sync

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks/accuracy"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// FaultsSurvived compares what a sync brought from a source that was overloaded, failed, and broke off answers.
func FaultsSurvived() check.Check {
	return check.Check{
		ID: "sync/faults-survived", Phase: 7, SOP: []string{"2.1-4", "7.1-3", "7.2-4", "7.2-5"}, Level: check.Required, Scenario: scenario.Faulted,
		Title:    "A sync during which the source limits, fails, or breaks off an answer ends with every row there, and right.",
		Why:      "a large sync always meets with some of this, and a page that was lost in it is missed by nobody",
		Remedy:   "ask again for what did not come whole: a status above 499 or 429, a connection that broke, a body shorter than announced or no JSON; and never take a part of a page for the page",
		Evidence: "one request that the fault struck, and one row of the object it asked for",
		Causes: map[string]string{
			"sync-failed":          "rows are missing or wrong, and the target says that its function failed",
			"request-not-repeated": "rows are missing or wrong, and the target took the failed request for a good one",
			"data-lost":            "rows are missing or wrong, although the request was made again and answered",
		},
		Subjects: func(*manifest.Manifest) []check.Subject {
			var out []check.Subject
			for _, name := range []string{"rate-limit", "server-error", "cut-body"} {
				out = append(out, check.Subject{Kind: "fault", Name: name})
			}
			return out
		},
		Run: faultsSurvived,
	}
}

func faultsSurvived(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	step := s.Step(scenario.FaultySync)
	struck, rows := 0, 0
	var object string
	for _, f := range s.Faults {
		if f.Name != subject.Name || f.Struck == 0 {
			continue
		}
		obj, ok := s.Manifest.Object(f.Object)
		if !ok {
			return result.Result{}, fmt.Errorf("a fault struck %q, which is no object of %s", f.Object, s.Manifest.Source)
		}
		struck, object = struck+f.Struck, obj.Name
		compared, err := accuracy.CompareObject(ctx, s, s.Expected, obj.Name, "offered")
		if err != nil {
			return result.Result{}, err
		}
		switch compared.Status {
		case result.Unproven:
			continue
		case result.Pass:
			rows += compared.Checked
			continue
		}
		lines := abandoned(step.Traffic, subject.Name)
		said := step.Stats[obj.Sync]
		finding := check.Fail("data-lost", "the failed requests were made again and answered, but not all of it is there: %s", compared.Summary)
		switch {
		case said.Errors > 0:
			finding = check.Fail("sync-failed", "%s gave up (%d errors: %s): %s", obj.Sync, said.Errors, said.Error, compared.Summary)
		case len(lines) > 0:
			finding = check.Fail("request-not-repeated", "%d requests that failed were never made again, and %s says nothing of it: %s", len(lines), obj.Sync, compared.Summary)
		}
		for _, e := range compared.Evidence {
			finding.With(e.Kind, e.Text)
		}
		return finding.Expected("%s", compared.Expected).Actual("%s", compared.Actual).Checked(compared.Checked).With("request", lines...).Done()
	}
	switch {
	case struck == 0:
		return check.Unproven("no request was struck by the fault %s", subject.Name)
	case rows == 0:
		return check.Unproven("the source offers nothing of what the fault %s struck", subject.Name)
	}
	return check.Pass(rows, "%d request(s) for %s met with %s, and all rows are there and right", struck, object, subject.Name)
}

// abandoned are the requests that a fault struck and that were never answered later.
func abandoned(traffic []scenario.Exchange, fault string) []string {
	good := map[string]bool{}
	var lines []string
	for n := len(traffic) - 1; n >= 0; n-- {
		x := traffic[n]
		switch {
		case x.Fault == "" && x.Status/100 == 2:
			good[asks(x)] = true
		case x.Fault == fault && !good[asks(x)]:
			lines = append(lines, shown(traffic, x))
		}
	}
	return lines
}
