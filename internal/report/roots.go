package report

import "github.com/syncspec/syncspec/internal/result"

// roots finds for a blocked result the one that holds its cause.
type roots map[string]result.Result

// rootsOf indexes completed results.
func rootsOf(results []result.Result) roots {
	m := make(roots, len(results))
	for _, r := range results {
		m[r.Key()] = r
	}
	return m
}

// of follows a blocked result to its cause, over other blocked ones if need be. It returns false where no red result
// holds the cause: then the blocked one must show as red itself, else nothing would.
func (m roots) of(r result.Result) (result.Result, bool) {
	for range m { // a chain cannot be longer than this; a circle ends here
		next, ok := m[r.BlockedBy]
		if !ok || !next.Status.Red() {
			return result.Result{}, false
		}
		if next.Status != result.Blocked {
			return next, true
		}
		r = next
	}
	return result.Result{}, false
}
