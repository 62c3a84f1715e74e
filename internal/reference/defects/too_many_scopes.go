package defects

import (
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

func tooManyScopes() Defect {
	return Defect{
		Name:     "too-many-scopes",
		Breaks:   "what was needed to try things out in the first week is asked for to this day: a scope to write what is only read",
		KilledBy: "configuration/least-privilege", Cause: "scope-not-needed",
		mutate: func(m *manifest.Manifest, fired func()) {
			if len(m.Scopes) == 0 {
				return
			}
			extra := m.Scopes[0]
			if what, reads := strings.CutPrefix(extra.Name, "read_"); reads {
				extra.Name = "write_" + what
			} else {
				extra.Name += "_and_delete"
			}
			m.Scopes = append(m.Scopes, extra)
			fired()
		},
	}
}
