package sandbox

import (
	"cmp"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// what a route does.
type what int

const (
	all     what = iota // lists objects
	one                 // gives one
	count               // counts them
	granted             // lists the granted scopes
	token               // gives a token for a code
	consent             // lets the owner grant scopes
)

// route is one path of the provider.
type route struct {
	segments []string
	does     what
	kind     *kind
	// lists are the walks that the manifest has by this path.
	lists []manifest.List
	// hooks says that it is about webhooks, which are registered here and not only read.
	hooks bool
}

// routes are a provider's paths: those below the base path, and those that begin at the root of the account's host.
type routes struct {
	base        string
	below, root []route
}

// newRoutes reads the paths from the manifest. Kinds are the objects, the webhooks among them.
//
// Singles are the paths of an object's single ones.
func newRoutes(m *manifest.Manifest, kinds map[string]*kind, names []string, singles func(*kind) []string) routes {
	rs := routes{base: m.BasePath()}
	add := func(path string, r route) {
		r.segments = segmentsOf(path)
		i := slices.IndexFunc(rs.below, func(old route) bool { return slices.Equal(old.segments, r.segments) })
		if i < 0 {
			rs.below = append(rs.below, r)
		} else {
			rs.below[i].lists = append(rs.below[i].lists, r.lists...)
		}
	}
	for _, name := range names {
		k := kinds[name]
		hooks := name == hooksName
		for _, list := range slices.Concat(k.Lists, k.Alternatives) {
			add(list.Path, route{does: all, kind: k, lists: []manifest.List{list}, hooks: hooks})
			if hooks {
				add(oneOf(list.Path), route{does: one, kind: k, hooks: true})
			}
		}
		for _, path := range singles(k) {
			add(path, route{does: one, kind: k})
		}
		if k.Count != nil {
			add(k.Count.Path, route{does: count, kind: k, hooks: hooks})
		}
	}
	if o := m.OAuth; o != nil {
		rs.root = append(rs.root, route{segments: segmentsOf(o.AuthorizePath), does: consent}, route{segments: segmentsOf(o.TokenPath), does: token})
		if o.Granted != nil {
			rs.root = append(rs.root, route{segments: segmentsOf(o.Granted.Path), does: granted})
		}
	}
	// A word is nearer than a placeholder: /products/reviews before /products/{id}.
	slices.SortStableFunc(rs.below, func(a, b route) int { return cmp.Compare(a.open(), b.open()) })
	return rs
}

// oneOf is the path of a single object beside that of its list: /orders.json has /orders/{id}.json.
func oneOf(list string) string {
	path, suffix, dotted := strings.Cut(list, ".")
	if dotted {
		suffix = "." + suffix
	}
	return strings.TrimRight(path, "/") + "/{id}" + suffix
}

func segmentsOf(path string) []string { return strings.Split(strings.Trim(path, "/"), "/") }

// open counts the placeholders.
func (r route) open() int {
	n := 0
	for _, s := range r.segments {
		n += strings.Count(s, "{")
	}
	return n
}

// match finds the route of a path and the values of its placeholders. Below is the path below the base path.
func (rs routes) match(path string) (found *route, values map[string]string, below string) {
	for i := range rs.root {
		if v, ok := rs.root[i].match(segmentsOf(path)); ok {
			return &rs.root[i], v, ""
		}
	}
	below, ok := strings.CutPrefix(path, rs.base)
	if !ok || below != "" && below[0] != '/' {
		return nil, nil, ""
	}
	segments := segmentsOf(below)
	for i := range rs.below {
		if v, ok := rs.below[i].match(segments); ok {
			return &rs.below[i], v, below
		}
	}
	return nil, nil, below
}

func (r route) match(segments []string) (map[string]string, bool) {
	if len(segments) != len(r.segments) {
		return nil, false
	}
	var values map[string]string
	for i, pattern := range r.segments {
		name, value, ok := matchSegment(pattern, segments[i])
		if !ok {
			return nil, false
		}
		if name != "" {
			if values == nil {
				values = map[string]string{}
			}
			values[name] = value
		}
	}
	return values, true
}

// matchSegment compares one segment with its pattern: a word, or a placeholder with text around it such as {id}.json.
func matchSegment(pattern, segment string) (name, value string, ok bool) {
	before, rest, found := strings.Cut(pattern, "{")
	if !found {
		return "", "", pattern == segment
	}
	name, after, _ := strings.Cut(rest, "}")
	value, ok = strings.CutPrefix(segment, before)
	if !ok {
		return "", "", false
	}
	if value, ok = strings.CutSuffix(value, after); !ok || value == "" {
		return "", "", false
	}
	return name, value, true
}
