package result

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

const (
	// soon is how many days before its last one a waiver is spoken of.
	soon = 14
	// many is how many waivers with one last day are too many: on the day after it nobody can mend them all.
	many = 20
)

// Remarks are what people should know of the run's waivers though it changes no result: which have expired without that
// being enforced, which will soon, and on which day too many will.
func (r Run) Remarks() []string {
	type terms struct{ owner, issue, expires string }
	groups, days := map[terms][]Waiver{}, map[string]int{}
	var order []terms
	for _, w := range r.Waivers {
		t := terms{w.Owner, w.Issue, w.Expires}
		if groups[t] == nil {
			order = append(order, t)
		}
		groups[t] = append(groups[t], w)
		days[w.Expires]++
	}
	var remarks []string
	for _, t := range order {
		ws := groups[t]
		if when := r.ending(ws[0]); when != "" {
			which := fmt.Sprintf("the waiver of %s (%s) at %s", t.owner, t.issue, ws[0].At)
			if len(ws) > 1 {
				which = fmt.Sprintf("%d waivers of %s (%s), the first at %s,", len(ws), t.owner, t.issue, ws[0].At)
			}
			remarks = append(remarks, which+" "+when)
		}
	}
	for _, day := range slices.Sorted(maps.Keys(days)) {
		if n := days[day]; n >= many {
			remarks = append(remarks, fmt.Sprintf("%d waivers expire on %s: what is not mended by then turns red at once; spread their dates", n, day))
		}
	}
	return remarks
}

// ending says that w has expired, or soon will; it is empty where neither is so.
func (r Run) ending(w Waiver) string {
	last, err := time.Parse(time.DateOnly, w.Expires)
	if err != nil || r.Started.IsZero() {
		return ""
	}
	today, _ := time.Parse(time.DateOnly, r.Started.UTC().Format(time.DateOnly))
	days := int(last.Sub(today).Hours() / 24)
	switch {
	case days < 0 && r.EnforceExpiry:
		return "expired on " + w.Expires + ", which this run enforces"
	case days < 0:
		return "expired on " + w.Expires + ", which this run does not enforce"
	case days == 0:
		return "will expire today, after " + w.Expires
	case days == 1:
		return "will expire tomorrow, after " + w.Expires
	case days <= soon:
		return fmt.Sprintf("will expire in %d days, after %s", days, w.Expires)
	}
	return ""
}
