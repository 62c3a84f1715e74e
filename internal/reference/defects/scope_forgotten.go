package defects

import (
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

func scopeForgotten() Defect {
	return Defect{
		Name:     "scope-forgotten",
		Breaks:   "one scope is not asked for at connect: that to write, since nobody thought of webhooks as something that is written, or else the last on the list",
		KilledBy: "configuration/permissions-granted", Cause: "permission-not-listed",
		mutate: func(m *manifest.Manifest, fired func()) {
			forgotten := ""
			for _, s := range m.Scopes {
				if s.Status != "retired" && opens(m, s) {
					forgotten = s.Name
				}
			}
			if r := m.Webhooks.Registration; r != nil && r.Scope != "" {
				forgotten = r.Scope
			}
			m.Scopes = without(m.Scopes, fired, func(s manifest.Scope) bool { return s.Name == forgotten })
		},
	}
}

// opens tells whether a scope opens an object that is there to be copied.
func opens(m *manifest.Manifest, s manifest.Scope) bool {
	return slices.ContainsFunc(s.Enables, func(name string) bool {
		o, ok := m.Object(name)
		return ok && o.NotApplicable == ""
	})
}
