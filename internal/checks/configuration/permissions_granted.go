// Package configuration holds the checks of SOP phase 1: what the integration may do and where it keeps its copy.
package configuration

import (
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// PermissionsGranted judges scopes by calls that the source let through, not by what anybody says of them.
func PermissionsGranted() check.Check {
	return check.Check{
		ID: "configuration/permissions-granted", Phase: 1, SOP: []string{"1.1-1", "1.1-2"}, Level: check.Required, Scenario: scenario.Backfilled,
		Title:    "Every required permission is asked for and granted.",
		Why:      "without a permission its objects are silently missing from the copy, or refused at the first sync",
		Remedy:   "ask for the permission when the account is connected, and reconnect accounts that were connected without it",
		Evidence: "one request that needs the permission and that the source accepted",
		Causes: map[string]string{
			"permission-refused":    "the source refused requests that need the permission",
			"permission-not-listed": "the target does not name the permission among those it asks for",
			"permission-unused":     "the target names the permission, but no request ever needed it",
		},
		Subjects: scopes(func(s manifest.Scope) bool { return s.Status != "retired" }),
		Run:      permissionsGranted,
	}
}

func permissionsGranted(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	scope := scopeNamed(s.Manifest, subject)
	if why, yes := idle(s.Manifest, scope); yes {
		return check.NotApplicable("nothing-to-open", "what %q opens is not offered by any protocol spoken here: %s", scope.Name, why)
	}
	says := s.Has(profile.Describe)
	alone := registers(s.Manifest, scope) && !s.Has(profile.RegisterWebhooks)
	if alone && says && !check.Includes(s.Manifest, s.Described.Scopes, scope.Name) { // and rightly so
		r, _ := check.Lacking(s.Lacks, profile.RegisterWebhooks)
		return r, nil
	}
	if says && !check.Includes(s.Manifest, s.Described.Scopes, scope.Name) {
		return check.Fail("permission-not-listed", "the target does not ask for %q", scope.Name).
			Expected("%q among the scopes of describe: %s", scope.Name, scope.Why).Actual("%q", s.Described.Scopes).Claimed().Done()
	}
	var accepted, refused []string
	needed := needs(s.Manifest, scope)
	for _, x := range s.Requests() {
		if x.Miss || !needed(x) {
			continue
		}
		line := fmt.Sprintf("%s %s -> %d", x.Method, x.URL(), x.Status)
		switch {
		case x.Status == 401 || x.Status == 403:
			refused = append(refused, line)
		case x.Status/100 == 2:
			accepted = append(accepted, line)
		}
	}
	switch {
	case len(refused) > 0:
		return check.Fail("permission-refused", "the source refused %d requests that need %q", len(refused), scope.Name).
			Expected("no 401 and no 403").Actual("%s", refused[0]).With("request", refused...).Done()
	case len(accepted) == 0 && alone:
		r, _ := check.Lacking(s.Lacks, profile.RegisterWebhooks)
		return r, nil
	case len(accepted) == 0 && !says:
		return check.Unproven("nothing that the target did needed %q, and what it asks for it does not say", scope.Name)
	case len(accepted) == 0:
		return check.Warn("permission-unused", "the target asks for %q, but nothing it did needed it", scope.Name).Claimed().Done()
	}
	return check.Pass(len(accepted), "%d requests that need %q were accepted, none was refused", len(accepted), scope.Name)
}

// registers tells whether a permission is needed for nothing but registering webhooks.
func registers(m *manifest.Manifest, scope manifest.Scope) bool {
	reg := m.Webhooks.Registration
	return reg != nil && (reg.Scope == scope.Name || len(scope.Methods) > 0 && !slices.Contains(scope.Methods, "GET"))
}
