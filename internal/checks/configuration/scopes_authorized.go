package configuration

import (
	"context"
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// ScopesAuthorized looks at what the account's owner was asked for, and at what the source then granted.
func ScopesAuthorized() check.Check {
	return check.Check{
		ID: "configuration/scopes-authorized", Phase: 1, SOP: []string{"1.1-1", "1.1-2"}, Level: check.Required, Scenario: scenario.Authorized,
		Needs:    []profile.Notion{profile.Authorize},
		Title:    "The owner is asked for every current scope when the account is connected, the source grants it, and none that is retired is asked for.",
		Why:      "an account is connected once: a scope that was not asked for then is missing until somebody connects it again",
		Remedy:   "build the list of scopes of the authorize URL from all that are needed, and hold the granted ones against it before the account counts as connected",
		Evidence: "the authorize URL, and the scopes that the source says the token has",
		Causes: map[string]string{
			"scope-not-asked":   "the authorize URL does not name the scope",
			"scope-not-granted": "the source did not grant the scope, and the target connected the account all the same",
			"scope-retired":     "the authorize URL names a scope that the source has retired",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject {
			if m.OAuth == nil {
				return nil
			}
			return scopes(func(s manifest.Scope) bool { return s.Kind == "oauth" })(m)
		},
		Run: scopesAuthorized,
	}
}

func scopesAuthorized(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	a := s.Authorization
	if a == nil {
		return check.Unproven("the account was connected without asking its owner")
	}
	scope := scopeNamed(s.Manifest, subject)
	retired := scope.Status == "retired"
	if why, yes := idle(s.Manifest, scope); yes && !retired {
		return check.NotApplicable("nothing-to-open", "what %q opens is not offered by any protocol spoken here: %s", scope.Name, why)
	}
	switch asked := check.Includes(s.Manifest, a.Requested, scope.Name); {
	case retired && slices.Contains(a.Requested, scope.Name):
		return check.Warn("scope-retired", "the target asks for %q, which the source has retired%s", scope.Name, successor(scope)).
			Expected("no %q", scope.Name).Actual("%q", a.Requested).Done()
	case retired:
		return check.Pass(1, "%q is retired%s, and the target does not ask for it", scope.Name, successor(scope))
	case !asked:
		return check.Fail("scope-not-asked", "the authorize URL does not name %q", scope.Name).
			Expected("%q: %s", scope.Name, scope.Why).Actual("%q", a.Requested).Done()
	case !check.Includes(s.Manifest, a.Granted, scope.Name):
		return check.Fail("scope-not-granted", "%q was asked for, but not granted, and the account was connected all the same", scope.Name).
			Expected("%q among the granted scopes, or no connection", scope.Name).Actual("%q", a.Granted).Done()
	}
	return check.Pass(2, "%q was asked for and granted", scope.Name)
}

func successor(s manifest.Scope) string {
	if s.SupersededBy == "" {
		return ""
	}
	return " in favour of " + s.SupersededBy
}
