package configuration

import (
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/scenario"
)

// scopes makes one subject per scope that the filter lets through, but for those that open nothing which the target is held
// to copy.
func scopes(keep func(manifest.Scope) bool) func(*manifest.Manifest) []check.Subject {
	return func(m *manifest.Manifest) []check.Subject {
		var out []check.Subject
		for _, s := range m.Scopes {
			if keep(s) && !check.ScopeExcluded(m, s) {
				out = append(out, check.Subject{Kind: "scope", Name: s.Name})
			}
		}
		return out
	}
}

// scopeNamed returns the manifest's scope that a subject is about.
func scopeNamed(m *manifest.Manifest, subject check.Subject) manifest.Scope {
	i := slices.IndexFunc(m.Scopes, func(s manifest.Scope) bool { return s.Name == subject.Name })
	return m.Scopes[i]
}

// idle tells whether a scope opens nothing that any protocol spoken here offers, and why.
func idle(m *manifest.Manifest, scope manifest.Scope) (why string, yes bool) {
	if len(scope.Enables) == 0 {
		return "", false
	}
	for _, name := range scope.Enables {
		o, ok := m.Object(name)
		if !ok || o.NotApplicable == "" {
			return "", false
		}
		why = o.NotApplicable
	}
	return why, !slices.ContainsFunc(m.Topics(), func(t manifest.RoutedTopic) bool {
		return t.Scope == scope.Name && t.Object.NotApplicable == ""
	})
}

// needs returns a rule that tells whether a request needs a scope: by its method where it is a key's permission, else
// because it asks for an object that the scope opens, or registers a topic that takes it.
func needs(m *manifest.Manifest, scope manifest.Scope) func(scenario.Exchange) bool {
	if scope.Kind == "key_permission" {
		return func(x scenario.Exchange) bool { return slices.Contains(scope.Methods, x.Method) }
	}
	var paths []string
	for _, o := range m.Objects {
		if o.Scope != scope.Name && !slices.Contains(scope.Enables, o.Name) {
			continue
		}
		for _, l := range slices.Concat(o.Lists, o.Alternatives) {
			paths = append(paths, l.Path)
		}
		if o.One != "" {
			paths = append(paths, o.One)
		}
		if o.Count != nil {
			paths = append(paths, o.Count.Path)
		}
	}
	asks := make([]func(string) bool, len(paths))
	for i, p := range paths {
		asks[i] = manifest.MatchPath(m.BasePath() + p).MatchString
	}
	return func(x scenario.Exchange) bool {
		if x.Method == "GET" {
			return slices.ContainsFunc(asks, func(matches func(string) bool) bool { return matches(x.Path) })
		}
		return registersFor(m, scope, x)
	}
}

// registersFor tells whether a request registers a topic that takes the scope.
func registersFor(m *manifest.Manifest, scope manifest.Scope, x scenario.Exchange) bool {
	topic, _, ok := check.Registers(m, x)
	if own := m.Webhooks.Registration; ok && own.Scope != "" {
		return own.Scope == scope.Name
	}
	return ok && slices.ContainsFunc(m.Topics(), func(t manifest.RoutedTopic) bool { return t.Scope == scope.Name && t.Topic == topic })
}
