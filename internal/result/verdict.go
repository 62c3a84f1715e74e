package result

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Verdict is the overall status of a run.
type Verdict string

// The verdicts, in the SOP's words, and three that keep a run honest about what it is.
const (
	// Healthy: a full run against a real target with nothing red and something proven.
	Healthy Verdict = "HEALTHY"
	// Critical: something is red.
	Critical Verdict = "CRITICAL ISSUES"
	// SelfTest: nothing is red, but the target is the bundled reference, so it says nothing about anyone's copy.
	SelfTest Verdict = "SELF-TEST"
	// Partial: a filter left specs out, so there is no overall verdict.
	Partial Verdict = "PARTIAL"
	// Void: nothing was executed, or all of it waived; the run proved nothing.
	Void Verdict = "VOID"
)

// NotCompleted is the cause of a spec that was selected and never had a result.
const NotCompleted = "not-completed"

// Complete returns the run's results with one Error result added for every selected spec that has none, in the
// plan's order; what lies outside the plan follows by key. It is how a killed worker, Ctrl-C or a crash shows: as
// specs that did not complete. A key occurs once: of several results for it the worst one speaks. The run's waivers are
// applied, and nothing is waived but by them; one that waives nothing is an Error.
func (r Run) Complete() []Result {
	found := r.found()
	r.waive(found)
	maps.Copy(found, r.idle(found))
	selected := r.selected()
	out := make([]Result, 0, len(found))
	planned := make(map[string]bool, len(r.Planned))
	for _, p := range r.Planned {
		key := p.Key()
		if planned[key] {
			continue
		}
		planned[key] = true
		if res, ok := found[key]; ok {
			out = append(out, res)
		} else if selected[key] {
			out = append(out, p.notCompleted())
		}
	}
	return append(out, outsidePlan(found, selected, planned)...)
}

// found returns the worst result of each key, as it is without waivers.
func (r Run) found() map[string]Result {
	found := make(map[string]Result, len(r.Results))
	for _, res := range r.Results {
		if res.Check == WaiversCheck {
			continue
		}
		res = res.judged().unwaived()
		if old, ok := found[res.Key()]; !ok || res.Status.Worse(old.Status) {
			found[res.Key()] = res
		}
	}
	return found
}

// waive applies the waivers. What is blocked by a result that is waived is waived by the same waiver.
func (r Run) waive(found map[string]Result) {
	var blocked []string
	for key, res := range found {
		if res.Status == Blocked {
			blocked = append(blocked, key)
			continue
		}
		found[key] = Waive(res, r.Waivers, r.Started, r.EnforceExpiry)
	}
	for _, key := range blocked {
		root := found[key]
		for range found { // a chain cannot be longer than this; a circle ends here
			if root.Status != Blocked {
				break
			}
			root = found[root.BlockedBy]
		}
		if root.Status == Waived {
			found[key] = found[key].waived(*root.WaivedBy)
		}
	}
}

// selected returns the selected keys.
func (r Run) selected() map[string]bool {
	selected := make(map[string]bool, len(r.Selected))
	for _, k := range r.Selected {
		selected[k] = true
	}
	return selected
}

// outsidePlan returns the results that no planned spec accounts for, such as a scenario that could not be set up, and
// an Error for each selected key that neither the plan nor a result knows.
func outsidePlan(found map[string]Result, selected, planned map[string]bool) []Result {
	var out []Result
	for key, res := range found {
		if !planned[key] {
			out = append(out, res)
		}
	}
	for key := range selected {
		if _, ok := found[key]; !ok && !planned[key] {
			out = append(out, plannedFromKey(key).notCompleted())
		}
	}
	slices.SortFunc(out, func(a, b Result) int { return cmp.Compare(a.Key(), b.Key()) })
	return out
}

// judged returns r itself, or an Error in its place if its status is not one of ours: a result that nobody can
// read must not pass for a mild one.
func (r Result) judged() Result {
	if r.Status.Known() {
		return r
	}
	r.Evidence = append(slices.Clip(r.Evidence), Evidence{Kind: "status", Text: string(r.Status)})
	r.Status, r.Cause = Error, "unknown-status"
	r.Summary = strings.TrimSpace("the check returned a status that does not exist. " + r.Summary)
	return r
}

// notCompleted is the result of a spec that was selected and never reported.
func (p Planned) notCompleted() Result {
	return Result{
		Check: p.Check, Subject: p.Subject, Phase: p.Phase, SOP: p.SOP, Level: p.Level,
		Status: Error, Cause: NotCompleted,
		Summary: "the run ended before this spec had a result",
		Remedy:  "look for the worker that died or the interrupt in the run's output, then run again",
	}
}

// plannedFromKey takes a key apart again. A text that is no key is kept whole as the check, so that it is still seen.
func plannedFromKey(key string) Planned {
	check, subject, ok := strings.Cut(key, " [")
	if !ok || !strings.HasSuffix(subject, "]") {
		return Planned{Check: key}
	}
	return Planned{Check: check, Subject: strings.TrimSuffix(subject, "]")}
}

// Filtered tells whether a filter left planned specs out.
func (r Run) Filtered() bool {
	selected := r.selected()
	return slices.ContainsFunc(r.Planned, func(p Planned) bool { return !selected[p.Key()] })
}

// Verdict computes the overall status from the completed results.
func (r Run) Verdict() Verdict {
	planned := make(map[string]bool, len(r.Planned))
	for _, p := range r.Planned {
		planned[p.Key()] = true
	}
	proven := false
	for _, res := range r.Complete() {
		if res.Status.Red() {
			return Critical
		}
		// Only a planned spec proves something; a scenario that could be set up does not, nor does what is waived.
		if planned[res.Key()] && (res.Status == Pass || res.Status == Warning) {
			proven = true
		}
	}
	switch {
	case !proven:
		return Void
	case r.Filtered():
		return Partial
	case r.SelfTest:
		return SelfTest
	}
	return Healthy
}

// Covered returns how many of the source's objects the target is held to.
func (r Run) Covered() int { return r.Objects - len(r.Excluded) }

// Headline is the verdict, and where the target is not held to all objects of how many it is true.
func (r Run) Headline() string {
	verdict := r.Verdict()
	if verdict != Healthy || len(r.Excluded) == 0 {
		return string(verdict)
	}
	return fmt.Sprintf("%s for %d of %d objects", verdict, r.Covered(), r.Objects)
}

// ExitCode is 0 only where nothing is red and something was proven.
func (r Run) ExitCode() int {
	switch r.Verdict() {
	case Critical, Void:
		return 1
	}
	return 0
}

// Count returns how many completed results have each status.
func (r Run) Count() map[Status]int {
	n := make(map[Status]int)
	for _, res := range r.Complete() {
		n[res.Status]++
	}
	return n
}
