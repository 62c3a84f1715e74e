package configuration

import (
	"context"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// LeastPrivilege looks for scopes that are asked for and that nothing needs.
func LeastPrivilege() check.Check {
	return check.Check{
		ID: "configuration/least-privilege", Phase: 1, SOP: []string{"1.1-3"}, Level: check.Required, Scenario: scenario.Authorized,
		Title:    "No scope is asked for that the copy does not need.",
		Why:      "whoever gets hold of the token can do what it may: a copy only reads, and owners refuse what asks for more",
		Remedy:   "take the scope out of the list that is asked for; scopes to write are needed for nothing but registering webhooks, and seldom for that",
		Evidence: "the authorize URL; where there is none, the permissions that the target names",
		Causes:   map[string]string{"scope-not-needed": "a scope is asked for that opens nothing which is copied"},
		Subjects: check.Source,
		Run: func(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
			asked, where, claimed := s.Described.Scopes, "describe", true
			if a := s.Authorization; a != nil {
				asked, where, claimed = a.Requested, "the authorize URL", false
			} else if r, lacks := check.Lacking(s.Lacks, profile.Describe); lacks {
				return r, nil
			}
			var needless []string
			for _, name := range asked {
				if !slices.ContainsFunc(s.Manifest.Scopes, func(sc manifest.Scope) bool { return sc.Name == name }) {
					needless = append(needless, name)
				}
			}
			switch {
			case len(asked) == 0:
				return check.Unproven("%s names no scope", where)
			case len(needless) > 0:
				f := check.Fail("scope-not-needed", "%s names %d scopes that nothing needs: %s", where, len(needless), strings.Join(needless, ", ")).
					Expected("none but those of the manifest").Actual("%q", asked).Checked(len(asked))
				if claimed {
					f.Claimed()
				}
				return f.Done()
			}
			r, err := check.Pass(len(asked), "%s names %d scopes, each of them needed", where, len(asked))
			if claimed {
				r.Basis = result.Claimed
			}
			return r, err
		},
	}
}
