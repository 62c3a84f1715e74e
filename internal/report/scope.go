package report

import (
	"fmt"
	"strings"

	"github.com/syncspec/syncspec/internal/result"
)

// covered says to how many of the source's objects the target is held.
func covered(run result.Run) string { return fmt.Sprintf("%d of %d", run.Covered(), run.Objects) }

// reason is why some things are as they are.
type reason struct {
	names []string
	why   string
}

// excluded are the objects that the target is not held to, each reason once.
func excluded(run result.Run) []reason {
	var all []reason
	for _, e := range run.Excluded {
		all = because(all, e.Object, e.Why)
	}
	return all
}

// lacking are the notions that the target does not have, each reason once.
func lacking(run result.Run) []reason {
	var all []reason
	for _, l := range run.Lacks {
		all = because(all, l.What, l.Why)
	}
	return all
}

// because adds a name to its reason.
func because(all []reason, name, why string) []reason {
	name, why = oneLine(name), oneLine(why)
	for i := range all {
		if all[i].why == why {
			all[i].names = append(all[i].names, name)
			return all
		}
	}
	return append(all, reason{[]string{name}, why})
}

func (r reason) String() string { return strings.Join(r.names, ", ") + ": " + r.why }

// verified says what a verdict means, and of whom it is true.
func verified(run result.Run) string {
	switch run.Verdict() {
	case result.Healthy:
		if n := run.Count()[result.Waived]; n > 0 {
			return "1-to-1 sync verified, but for " + plural(n, "waived failure")
		}
		return "1-to-1 sync verified"
	case result.SelfTest:
		return "the bundled reference conforms; this says nothing about any other integration"
	case result.Partial:
		s := summary{run: run}
		return "a filter " + s.extent() + ", so there is no overall verdict"
	case result.Void:
		if run.Count()[result.Waived] > 0 {
			return nothingExecuted(run).Summary
		}
		return "nothing was executed, so nothing was verified"
	}
	return "immediate attention required"
}
