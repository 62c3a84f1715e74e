package configuration

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// CallbackVerified sends the target owners who come back from the source with something that is not right.
func CallbackVerified() check.Check {
	return check.Check{
		ID: "configuration/callback-verified", Phase: 1, SOP: []string{"1.1-1"}, Level: check.Required, Scenario: scenario.Authorized,
		Needs:    []profile.Notion{profile.Authorize},
		Title:    "A call back from the source connects an account only if the target began it, and if all of it is signed.",
		Why:      "whoever can make up this call connects another's account, or lets somebody connect his own in another's name",
		Remedy:   "give each attempt a random state and take it back once; verify the signature over all parameters before using any; refuse what is old",
		Evidence: "calls back that were forged, each in one way, and the one that was not, which connected the account",
		Causes: map[string]string{
			"forgery-accepted": "a forged call back connected the account",
			"wrong-refusal":    "a forged call back was refused with a status that is the target's own failure",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject {
			if m.OAuth == nil {
				return nil
			}
			return check.Source(m)
		},
		Run: func(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
			if s.Authorization == nil || len(s.Authorization.Forged) == 0 {
				return check.Unproven("the target was never called back")
			}
			var lines []string
			for _, f := range s.Authorization.Forged {
				line := fmt.Sprintf("%s -> %d %s", f.Name, f.Status, f.Said)
				lines = append(lines, line)
				switch {
				case f.Status/100 < 4:
					return check.Fail("forgery-accepted", "a forged call back (%s) was accepted", f.Name).Expected("4xx").Actual("%d %s", f.Status, f.Said).With("request", line).Done()
				case f.Status/100 > 4:
					return check.Fail("wrong-refusal", "a forged call back (%s) was answered %d", f.Name, f.Status).Expected("4xx").Actual("%d %s", f.Status, f.Said).With("request", line).Done()
				}
			}
			return check.Pass(len(lines), "%d forged calls back were refused, the owner's was accepted", len(lines))
		},
	}
}
