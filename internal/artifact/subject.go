package artifact

import (
	"regexp"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/scenario"
)

// about is what a spec's subject stands for.
type about struct {
	m       *manifest.Manifest
	subject check.Subject
	objects []*manifest.Object
	// registers says that the registrations of webhooks matter.
	registers bool
}

func aboutOf(snap *scenario.Snapshot, s check.Subject) about {
	m := snap.Manifest
	a := about{m: m, subject: s}
	switch s.Kind {
	case "object":
		a.add(s.Name)
	case "fault":
		for _, f := range snap.Faults {
			if f.Name == s.Name {
				a.add(f.Object)
			}
		}
	case "table":
		if t, ok := m.Table(s.Name); ok {
			a.add(t.Object.Name)
		}
	case "function":
		for _, o := range m.ObjectsForFunction(s.Name) {
			a.add(o.Name)
		}
	case "topic":
		a.registers = true
		for _, t := range m.Topics() {
			if t.Topic == s.Name {
				a.add(t.Object.Name)
			}
		}
	case "scope":
		for _, scope := range m.Scopes {
			if scope.Name != s.Name {
				continue
			}
			for _, name := range scope.Enables {
				a.registers = a.registers || name == "webhooks"
				a.add(name)
			}
		}
	}
	return a
}

// add adds an object, once.
func (a *about) add(name string) {
	if o, ok := a.m.Object(name); ok && !a.has(name) {
		a.objects = append(a.objects, o)
	}
}

func (a *about) has(object string) bool {
	return slices.ContainsFunc(a.objects, func(o *manifest.Object) bool { return o.Name == object })
}

// tables are those in which the rows of the subject are.
func (a *about) tables() []manifest.Table {
	var tables []manifest.Table
	for _, t := range a.m.Tables() {
		if a.subject.Kind == "table" && t.Name == a.subject.Name || a.subject.Kind != "table" && a.has(t.Object.Name) {
			tables = append(tables, t)
		}
	}
	return tables
}

// requests tells of a request whether it asks for the subject.
func (a *about) requests() func(scenario.Exchange) bool {
	var paths []*regexp.Regexp
	add := func(path string) {
		if path != "" {
			paths = append(paths, manifest.MatchPath(a.m.BasePath()+path))
		}
	}
	for _, o := range a.objects {
		for _, l := range slices.Concat(o.Lists, o.Alternatives) {
			add(l.Path)
		}
		add(o.One)
		if o.Count != nil {
			add(o.Count.Path)
		}
	}
	var registration *regexp.Regexp
	if r := a.m.Webhooks.Registration; r != nil && a.registers {
		registration = manifest.MatchPath(a.m.BasePath() + r.Path)
	}
	return func(x scenario.Exchange) bool {
		if slices.ContainsFunc(paths, func(p *regexp.Regexp) bool { return p.MatchString(x.Path) }) {
			return true
		}
		return registration != nil && registration.MatchString(x.Path) &&
			(a.subject.Kind != "topic" || x.Method == "GET" || strings.Contains(x.RequestBody, a.subject.Name))
	}
}

// delivered tells of a delivery whether it is about the subject.
func (a *about) delivered(p posted) bool {
	switch a.subject.Kind {
	case "topic":
		return p.Topic == a.subject.Name
	case "signature":
		return p.probe == a.subject.Name
	}
	return p.object != "" && a.has(p.object) ||
		slices.ContainsFunc(a.m.Topics(), func(t manifest.RoutedTopic) bool { return t.Topic == p.Topic && a.has(t.Object.Name) })
}
