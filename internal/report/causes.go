package report

import (
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/result"
)

// cause is one thing to look at: red results with the same check and cause, or all that fail for one notion that the target
// lacks. What it blocks is counted, not listed.
type cause struct {
	results []result.Result
	blocks  int
	// lacks says which notion it is that the target lacks, and why; empty for any other cause.
	lacks string
}

// causesOf gathers what is red of the completed results into what has to be looked at, those causes first that keep most
// others from being known, and last what the target lacks. Results that never came, for whatever check, are one cause. A run is
// red exactly where it has a cause, or is void.
func causesOf(run result.Run, results []result.Result) []cause {
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
	lacking, rest := apart(red)
	var causes []cause
	add := func(group []result.Result, lacks string) {
		causes = append(causes, cause{results: group, blocks: weight(group, blocks), lacks: lacks})
	}
	for _, group := range groupBy(rest, func(r result.Result) string {
		if r.Cause == result.NotCompleted {
			return r.Cause
		}
		return checkAndCause(r)
	}) {
		add(group, "")
	}
	slices.SortStableFunc(causes, func(a, b cause) int { return b.blocks - a.blocks })
	for _, group := range lacking {
		add(group, notion(run, group))
	}
	return causes
}

// title names the cause: its check and its slug.
func (c cause) title() string {
	if c.lacks != "" {
		return causeOf(c.results[0]) + ": " + oneLine(c.results[0].Lacks)
	}
	if c.results[0].Cause == result.NotCompleted {
		return plural(len(c.results), "spec") + " did not complete"
	}
	return oneLine(c.results[0].Check) + ": " + causeOf(c.results[0])
}

// summary is what the first of the results saw, and whose fault it is: nobody shall look in the target for another's.
func (c cause) summary() string {
	r := c.results[0]
	if c.lacks != "" {
		return c.lacks
	}
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
