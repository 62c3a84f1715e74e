package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/result"
)

// modes says where the traffic behind a run's results came from: the run's mode, and where some results have another one
// how many have which. Results behind which there was no traffic count for none.
func modes(run result.Run) string {
	var found []result.Mode
	counts := map[result.Mode]int{}
	for _, r := range run.Complete() {
		if r.Mode == "" {
			continue
		}
		if counts[r.Mode]++; counts[r.Mode] == 1 {
			found = append(found, r.Mode)
		}
	}
	if len(found) == 0 || len(found) == 1 && found[0] == run.Mode {
		return oneLine(string(run.Mode))
	}
	// The run's own mode first, whichever check stands first in the plan.
	slices.SortStableFunc(found, func(a, b result.Mode) int { return first(b == run.Mode) - first(a == run.Mode) })
	var texts []string
	for _, m := range found {
		texts = append(texts, fmt.Sprintf("%s (%s)", oneLine(string(m)), plural(counts[m], "result")))
	}
	return strings.Join(texts, ", ")
}

func first(is bool) int {
	if is {
		return 1
	}
	return 0
}

// otherMode names a result's mode where it is not the run's.
func otherMode(run result.Run, r result.Result) string {
	if r.Mode == "" || r.Mode == run.Mode {
		return ""
	}
	return " (" + oneLine(string(r.Mode)) + ")"
}
