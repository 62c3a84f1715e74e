package check

import (
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Includes tells whether a list of scopes grants the one named, itself or by the scope to write the same.
func Includes(m *manifest.Manifest, have []string, name string) bool {
	if slices.Contains(have, name) {
		return true
	}
	what, reads := strings.CutPrefix(name, "read_")
	return reads && m.OAuth != nil && m.OAuth.WriteIncludesRead && slices.Contains(have, "write_"+what)
}

// ScopeExcluded tells whether all that a scope opens, and that the source has, is left out of what the target is held to copy.
func ScopeExcluded(m *manifest.Manifest, scope manifest.Scope) bool {
	out := false
	for i := range m.Objects {
		o := &m.Objects[i]
		opened := o.Scope == scope.Name || slices.Contains(scope.Enables, o.Name) ||
			slices.ContainsFunc(o.Webhooks, func(t manifest.Topic) bool { return t.Scope == scope.Name })
		switch {
		case !opened || o.NotApplicable != "":
		case o.Excluded == "":
			return false
		default:
			out = true
		}
	}
	reg := m.Webhooks.Registration
	return out && (reg == nil || reg.Scope != scope.Name)
}
