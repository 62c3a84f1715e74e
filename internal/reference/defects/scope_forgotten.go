package defects

import "github.com/syncspec/syncspec/internal/manifest"

func scopeForgotten() Defect {
	return Defect{
		Name:     "scope-forgotten",
		Breaks:   "only reading is asked for at connect, because nobody thought of webhooks as something that is written",
		KilledBy: "configuration/permissions-granted", Cause: "permission-not-listed",
		mutate: func(m *manifest.Manifest, fired func()) {
			r := m.Webhooks.Registration
			m.Scopes = without(m.Scopes, fired, func(s manifest.Scope) bool { return r != nil && s.Name == r.Scope })
		},
	}
}
