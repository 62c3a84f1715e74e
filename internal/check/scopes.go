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
