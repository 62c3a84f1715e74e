package scenario

import (
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// grants are the scopes that an account's owner grants who asks for them: those that the copy needs, and with them those to
// write the same. An owner who refused these would hide a target that asks for too much. Nil is the source's own default.
func grants(m *manifest.Manifest) []string {
	if m.OAuth == nil {
		return nil
	}
	var names []string
	for _, s := range m.Scopes {
		if s.Status == "retired" {
			continue
		}
		names = append(names, s.Name)
		if what, reads := strings.CutPrefix(s.Name, "read_"); reads {
			names = append(names, "write_"+what)
		}
	}
	return names
}
