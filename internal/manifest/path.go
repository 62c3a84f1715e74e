package manifest

import (
	"regexp"
	"strings"
)

// MatchPath returns an expression for a path with {placeholders}, each of which stands for one segment or a part of it
// and is a group of its name.
func MatchPath(template string) *regexp.Regexp {
	var b strings.Builder
	b.WriteByte('^')
	seen := map[string]bool{}
	for template != "" {
		before, rest, open := strings.Cut(template, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !open || !closed { // a brace that nothing closes is a brace
			b.WriteString(regexp.QuoteMeta(template))
			break
		}
		b.WriteString(regexp.QuoteMeta(before))
		template = after
		// A name that an expression cannot have, or has already, makes a group without one.
		if seen[name] || !groupName(name) {
			b.WriteString("([^/]+)")
			continue
		}
		seen[name] = true
		b.WriteString("(?P<" + name + ">[^/]+)")
	}
	b.WriteByte('$')
	return regexp.MustCompile(b.String())
}

func groupName(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}
