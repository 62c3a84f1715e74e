package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/syncspec/syncspec/internal/result"
)

// lacks tells whether r fails only because the target does not have what the check is about.
func lacks(r result.Result) bool {
	return r.Lacks != "" && (r.Status == result.Fail || r.Status == result.Waived)
}

// apart parts what the target lacks from the rest: of that the notion is what there is to look at, not the spec. It comes in
// groups, by notion and by the terms on which it is accepted.
func apart(results []result.Result) (lacking [][]result.Result, rest []result.Result) {
	var found []result.Result
	for _, r := range results {
		if lacks(r) {
			found = append(found, r)
		} else {
			rest = append(rest, r)
		}
	}
	return groupBy(found, func(r result.Result) string { return r.Lacks + "\x00" + accepted(r) }), rest
}

// accepted is the terms on which r is, or was, accepted.
func accepted(r result.Result) string { return acceptance(r) + "\x00" + lapse(r) }

// notion says what the results of a group lack, and why.
func notion(run result.Run, group []result.Result) string {
	what := group[0].Lacks
	for _, l := range run.Lacks {
		if l.What == what {
			return shorten(oneLine("the target has no " + what + ": " + cmp.Or(l.Why, "no reason given")))
		}
	}
	return shorten(summaryOf(group[0]))
}

// specsOf says how many specs of which checks a group has.
func specsOf(group []result.Result) string {
	return fmt.Sprintf("%s of %s", plural(len(group), "spec"), checksOf(group))
}

// checksOf names the first few checks of a group.
func checksOf(group []result.Result) string {
	var checks []string
	for _, of := range groupBy(group, func(r result.Result) string { return r.Check }) {
		checks = append(checks, oneLine(of[0].Check))
	}
	return strings.Join(few(checks), ", ")
}

// few are the first few names; the others are only counted.
func few(names []string) []string {
	more := len(names) - shown
	if more <= 0 {
		return names
	}
	return append(names[:shown:shown], fmt.Sprintf("and %s more", thousands(more)))
}
