package report

import (
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/result"
)

// cause is one thing to look at: red results with the same check and cause. What it blocks is counted, not listed.
type cause struct {
	results []result.Result
	blocks  int
}

// causesOf gathers what is red into what has to be looked at, those causes first that keep most others from being known.
// Results that never came, for whatever check, are one cause. A run is red exactly where it has a cause, or is void.
func causesOf(results []result.Result) []cause {
	roots := rootsOf(results)
	blocks := map[string]int{}
	var red []result.Result
	for _, r := range results {
		if !r.Status.Red() {
			continue
		}
		if root, ok := roots.of(r); r.Status == result.Blocked && ok {
			blocks[root.Key()]++
			continue
		}
		red = append(red, r)
	}
	var causes []cause
	for _, group := range groupBy(red, func(r result.Result) string {
		if r.Cause == result.NotCompleted {
			return r.Cause
		}
		return checkAndCause(r)
	}) {
		c := cause{results: group}
		for _, r := range group {
			c.blocks += blocks[r.Key()]
		}
		causes = append(causes, c)
	}
	slices.SortStableFunc(causes, func(a, b cause) int { return b.blocks - a.blocks })
	return causes
}

// title names the cause: its check and its slug.
func (c cause) title() string {
	if c.results[0].Cause == result.NotCompleted {
		return plural(len(c.results), "spec") + " did not complete"
	}
	return oneLine(c.results[0].Check) + ": " + causeOf(c.results[0])
}

// summary is what the first of the results saw, and whose fault it is: nobody shall look in the target for another's.
func (c cause) summary() string {
	r := c.results[0]
	if r.Status == result.Blocked {
		return withoutCause(r)
	}
	return whose(r) + summaryOf(r)
}

// whose says of what is no fault of the target's whose it is. A waiver is its owner's.
func whose(r result.Result) string {
	if r.Status == result.Error && r.Check != result.WaiversCheck {
		return "harness error: "
	}
	return ""
}

// withoutCause is what a blocked result comes to where nothing red holds its cause.
func withoutCause(r result.Result) string {
	return fmt.Sprintf("blocked by %q, which holds no cause in this run: %s", oneLine(r.BlockedBy), summaryOf(r))
}
