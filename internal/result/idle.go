package result

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// WaiversCheck is the check of the results that say which waivers waive nothing. They follow from the others: those of
// an earlier completion are made anew.
const WaiversCheck = "run/waivers"

// The causes of such a result.
const (
	// WaiverUnmatched: no spec has that name, so the waiver is mistyped or the check is gone.
	WaiverUnmatched = "waiver-unmatched"
	// WaiverHealed: what was accepted is mended. The waiver must go, else it would hide that it breaks again.
	WaiverHealed = "waiver-healed"
	// WaiverShadowed: all that it accepts is accepted by others that stand before it.
	WaiverShadowed = "waiver-shadowed"
)

// rootPhases are where results come from that no plan has: they are there only if something failed.
var rootPhases = []string{"run", "scenario", "target", "recording"}

// idle makes an Error of each waiver that waives nothing, by key. One is judged only where all is known of what it is
// about: in a filtered run all of its specs must have run, and one of them that is red, or could not be judged,
// may be the very thing that it is for.
func (r Run) idle(found map[string]Result) map[string]Result {
	if len(r.Planned) == 0 || len(r.Waivers) == 0 {
		return nil
	}
	j := newJudge(r, found)
	out := map[string]Result{}
	for _, w := range r.Waivers {
		res := j.judge(w)
		if res.Cause == "" {
			continue
		}
		res.Check, res.Subject, res.Level, res.Status = WaiversCheck, cmp.Or(w.At, w.String()), "required", Error
		res.Evidence = []Evidence{{Kind: "waiver", Text: w.String() + " " + w.Terms()}}
		key := res.Key()
		if other, ok := out[key]; ok { // two on one line
			other.Evidence = append(other.Evidence, res.Evidence...)
			other.Summary += "; " + res.Summary
			res = other
		}
		out[key] = res
	}
	return out
}

// judge tells of waivers what they come to in a run.
type judge struct {
	planned []Planned
	// keys are those of planned.
	keys     []string
	found    map[string]Result
	filtered bool
	// roots are the results that no plan has.
	roots []Result
	// allJudged says that nothing kept a spec from being judged: only then a root that is not there is known to be none.
	allJudged bool
}

func newJudge(r Run, found map[string]Result) judge {
	j := judge{planned: r.Planned, keys: make([]string, len(r.Planned)), found: found, filtered: r.Filtered(), allJudged: true}
	inPlan := make(map[string]bool, len(r.Planned))
	for i, p := range r.Planned {
		j.keys[i] = p.Key()
		inPlan[j.keys[i]] = true
	}
	for key, res := range found {
		if !inPlan[key] {
			j.roots = append(j.roots, res)
		}
	}
	for key := range r.selected() {
		if res, ok := found[key]; !ok || res.Status == Blocked || res.Was == Blocked {
			j.allJudged = false
		}
	}
	return j
}

// judge says why a waiver waives nothing; the cause is empty where it waives something, or nobody knows.
func (j judge) judge(w Waiver) Result {
	matches, others := 0, ""
	look := func(res Result) (known bool) {
		matches++
		switch {
		case res.WaivedBy != nil && *res.WaivedBy == w, res.Status.Red():
			return false
		case res.Was == Blocked: // by something that is waived: what it would have come to is not known
			return false
		case res.WaivedBy != nil && w.accepts(res.unwaived()):
			others = res.WaivedBy.At
		}
		return true
	}
	for i, p := range j.planned {
		if !w.Matches(p.Check, p.Subject) {
			continue
		}
		res, ok := j.found[j.keys[i]]
		if !ok || !look(res) {
			return Result{}
		}
	}
	for _, res := range j.roots {
		if w.Matches(res.Check, res.Subject) && !look(res) {
			return Result{}
		}
	}
	const remove = "remove it from the file of waivers"
	switch {
	case matches == 0 && (j.filtered || w.aboutRoots() && !j.allJudged):
		return Result{}
	case matches == 0:
		return Result{Cause: WaiverUnmatched, Summary: fmt.Sprintf("the waiver of %s matches no spec and no result", w),
			Remedy: w.hint(j.planned) + remove}
	case others != "":
		return Result{Cause: WaiverShadowed, Summary: fmt.Sprintf("the waiver of %s waives nothing that %s does not waive already", w, others),
			Remedy: remove + ", or put it before the other"}
	}
	return Result{Cause: WaiverHealed, Summary: fmt.Sprintf("the waiver of %s waives nothing any more: all that it matches is mended", w), Remedy: remove}
}

// aboutRoots tells whether the waiver may be for results that no plan has.
func (w Waiver) aboutRoots() bool {
	phase, _, _ := strings.Cut(w.Check, "/")
	return slices.ContainsFunc(rootPhases, func(root string) bool { return glob(phase, root) })
}

// hint says what could have been meant by a waiver that matches nothing.
func (w Waiver) hint(planned []Planned) string {
	if w.aboutRoots() {
		return "if what it names is mended, or the name is wrong, "
	}
	var checks, subjects []string
	phase, _, _ := strings.Cut(w.Check, "/")
	for _, p := range planned {
		if glob(w.Check, p.Check) {
			subjects = append(subjects, p.Subject)
		}
		if strings.HasPrefix(p.Check, phase+"/") {
			checks = append(checks, p.Check)
		}
	}
	names, what := subjects, "the subjects of "+w.Check
	if len(names) == 0 {
		names, what = checks, "the checks of "+phase
	}
	if len(names) == 0 {
		return "no check is called like that: mend the name, or "
	}
	slices.Sort(names)
	names = slices.Compact(names)
	const most = 12
	if len(names) > most {
		names = append(names[:most], "…")
	}
	return fmt.Sprintf("%s are %s: mend the name, or ", what, strings.Join(names, ", "))
}
