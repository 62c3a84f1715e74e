package waiver

import (
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/result"
)

// Terms are what all waivers of a baseline have in common.
type Terms struct{ Owner, Issue, Expires, Reason string }

// Group is what of one check fails for one cause, and is to be accepted.
type Group struct {
	Check, Cause string
	Subjects     []string
	// Planned is how many subjects the check has; 0 for what no plan has, such as a scenario that could not be reached.
	Planned int
	// Summary is what was seen of the first subject.
	Summary string
}

// All tells whether every subject of the check fails for the cause: then one pattern says so.
func (g Group) All() bool { return g.Planned > 1 && len(g.Subjects) == g.Planned }

// Baseline gathers what of a run is red and could be accepted, and is not by the waivers that there are. An Error is the
// harness's own fault, what is Blocked goes with what blocks it, and what ends a run would leave nothing to verify: none
// of these is accepted.
func Baseline(run result.Run, there []result.Waiver) []Group {
	planned, counted := map[string]int{}, map[string]bool{}
	for _, p := range run.Planned {
		if !counted[p.Key()] {
			counted[p.Key()] = true
			planned[p.Check]++
		}
	}
	index := map[[2]string]int{}
	var groups []Group
	for _, r := range run.Complete() {
		acceptable := r.Status == result.Fail || r.Status == result.Unproven && r.Cause != ""
		if !acceptable || strings.HasPrefix(r.Check, "run/") || result.Waive(r, there, time.Time{}, false).Status == result.Waived {
			continue
		}
		key := [2]string{r.Check, r.Cause}
		i, ok := index[key]
		if !ok {
			i = len(groups)
			index[key] = i
			groups = append(groups, Group{Check: r.Check, Cause: r.Cause, Planned: planned[r.Check], Summary: r.Summary})
		}
		groups[i].Subjects = append(groups[i].Subjects, r.Subject)
	}
	return groups
}

// entry is the group in the form of the file.
func (g Group) entry(t Terms) entry {
	e := entry{Check: g.Check, Cause: g.Cause, Reason: t.Reason, Owner: t.Owner, Issue: t.Issue, Expires: t.Expires}
	switch {
	case g.All():
		e.Subject = "*"
	case len(g.Subjects) == 1:
		e.Subject = g.Subjects[0]
	default:
		e.Subjects = g.Subjects
	}
	return e
}
