package defects

import "github.com/syncspec/syncspec/internal/manifest"

func scopeListCut() Defect {
	return Defect{
		Name:     "scope-list-cut",
		Breaks:   "the list of scopes is a setting of at most 100 characters, and what did not fit any more is not asked for",
		Needs:    "OAuth",
		KilledBy: "configuration/scopes-authorized", Cause: "scope-not-asked",
		applies: func(m *manifest.Manifest) bool { return m.OAuth != nil },
		mutate: func(m *manifest.Manifest, fired func()) {
			length := 0
			m.Scopes = without(m.Scopes, fired, func(s manifest.Scope) bool {
				if s.Status != "retired" {
					length += len(s.Name) + 1
				}
				return length > 100
			})
		},
	}
}
