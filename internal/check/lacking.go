package check

import (
	"fmt"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
)

// TargetLacks is the cause that every rule can have: the target does not have what it is about, as its profile says. No
// rule declares it.
const TargetLacks = "target-lacks"

// Lacking returns the result of a rule that is about something which the target lacks, with the profile's reason: what the
// source lacks is not applicable, what the target lacks is a failure. ok is false where it lacks none of it.
func Lacking(lacks map[profile.Notion]string, needs ...profile.Notion) (r result.Result, ok bool) {
	what, why, missing := profile.Profile{Lacks: lacks}.Missing(needs...)
	if !missing {
		return result.Result{}, false
	}
	return result.Result{Status: result.Fail, Basis: result.Claimed, Cause: TargetLacks, Lacks: string(what),
		Summary:  fmt.Sprintf("the target has no %s: %s", what, why),
		Expected: "what the check is about", Actual: "none, by the profile's lacks",
		Remedy: "add it to the target, or accept the failure for a time with a waiver"}, true
}
