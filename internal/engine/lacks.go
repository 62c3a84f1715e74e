package engine

import (
	"fmt"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
)

// TargetLacks is the cause of a spec that needs what the target does not have.
const TargetLacks = "target-lacks"

// lacking is the result of a spec that needs what the target does not have: what the source lacks is not applicable, what
// the target lacks is a failure.
func lacking(what profile.Notion, why string) result.Result {
	return result.Result{Status: result.Fail, Basis: result.Claimed, Cause: TargetLacks, Lacks: string(what),
		Summary:  fmt.Sprintf("the target has no %s, which this needs: %s", what, why),
		Remedy: "add it to the target, or accept the failure for a time with a waiver"}
}
