package defects

import "github.com/syncspec/syncspec/internal/manifest"

func scopeForgotten() Defect {
	return Defect{
		Name:     "scope-forgotten",
		Breaks:   "one scope is not asked for at connect: that to write, since nobody thought of webhooks as something that is written, or else the last on the list",
		KilledBy: "configuration/permissions-granted", Cause: "permission-not-listed",
		mutate: func(m *manifest.Manifest, fired func()) {
			forgotten := ""
			for _, s := range m.Scopes {
				if s.Status != "retired" {
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
