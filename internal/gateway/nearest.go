package gateway

import (
	"cmp"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// maxNearest is how many recorded requests a miss shows.
const maxNearest = 5

// nearest lists the recorded requests most like one that was not recorded, each with what differs: those of the
// same path first, then those of similar paths.
func (ix *index) nearest(method, path, query string) []string {
	type scored struct {
		e          *entry
		elsewhere  bool
		distance   int
		difference []string
	}
	asked := splitQuery(query)
	segments := strings.Split(path, "/")
	seen := map[string]bool{}
	var all []scored
	for _, e := range ix.entries {
		if seen[e.key] {
			continue
		}
		seen[e.key] = true
		s := scored{e: e, elsewhere: e.URL.Path != path}
		if s.elsewhere {
			s.distance = 10 * segmentDistance(segments, strings.Split(e.URL.Path, "/"))
		}
		s.difference = queryDifference(asked, splitQuery(e.query))
		s.distance += len(s.difference)
		if e.Method != method {
			s.distance += 5
		}
		all = append(all, s)
	}
	slices.SortStableFunc(all, func(a, b scored) int {
		if a.elsewhere != b.elsewhere {
			if a.elsewhere {
				return 1
			}
			return -1
		}
		return cmp.Compare(a.distance, b.distance)
	})
	var out []string
	for _, s := range all[:min(maxNearest, len(all))] {
		line := requestLine(s.e) + " (" + s.e.Ref()
		switch {
		case s.elsewhere:
		case s.e.Method != method:
			line += "; recorded with " + s.e.Method
		case len(s.difference) > 0:
			line += "; " + strings.Join(s.difference, ", ")
		case s.e.write:
			line += "; the body differs"
		}
		out = append(out, line+")")
	}
	return out
}

// queryDifference says which parameters differ, in words.
func queryDifference(asked, recorded []param) []string {
	a, r := byName(asked), byName(recorded)
	var out []string
	for _, name := range sortedNames(a, r) {
		switch {
		case !has(r, name):
			out = append(out, fmt.Sprintf("%s=%s is not in it", name, a[name]))
		case !has(a, name):
			out = append(out, fmt.Sprintf("%s=%s was not sent", name, r[name]))
		case a[name] != r[name]:
			out = append(out, fmt.Sprintf("%s is %s there, not %s", name, r[name], a[name]))
		}
	}
	return out
}

func byName(params []param) map[string]string {
	out := map[string]string{}
	for _, p := range params {
		if have, ok := out[p.name]; ok {
			out[p.name] = have + "," + p.value
		} else {
			out[p.name] = p.value
		}
	}
	return out
}

func has(m map[string]string, name string) bool { _, ok := m[name]; return ok }

func sortedNames(a, b map[string]string) []string {
	var names []string
	for n := range a {
		names = append(names, n)
	}
	for n := range b {
		if !has(a, n) {
			names = append(names, n)
		}
	}
	slices.Sort(names)
	return names
}

// segmentDistance counts the path segments that differ, a length that differs counting more.
func segmentDistance(a, b []string) int {
	d := 2 * max(len(a)-len(b), len(b)-len(a))
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			d++
		}
	}
	return d
}

// isPartial tells whether a request is for something of which only a part was recorded.
func (g *Gateway) isPartial(r *http.Request) bool {
	if isWrite(r.Method) {
		return false
	}
	return slices.ContainsFunc(g.partial, func(re *regexp.Regexp) bool { return re.MatchString(r.URL.Path) })
}
