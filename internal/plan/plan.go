// Package plan turns a manifest and the checks into specs: every check applied to each of its subjects, judged for
// coverage before anything runs and before any filter.
package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
)

// Spec is one check applied to one subject.
type Spec struct {
	Check   check.Check
	Subject check.Subject
}

// Key names the spec as its result is named.
func (s Spec) Key() string { return s.Planned().Key() }

// Planned is the spec's entry in a run's plan.
func (s Spec) Planned() result.Planned {
	return result.Planned{Check: s.Check.ID, Subject: s.Subject.Name, Phase: s.Check.Phase, SOP: s.Check.SOP, Level: string(s.Check.Level)}
}

// labelText replaces what Ginkgo does not allow in a label.
var labelText = strings.NewReplacer("/", ".", ",", ".", "(", ".", ")", ".", "&", ".", "|", ".", "!", ".", " ", "-")

// Labels are what a filter can pick the spec by: phase:4, check:dedupe.hash-unique, object:orders, level:required.
func (s Spec) Labels() []string {
	return []string{
		fmt.Sprintf("phase:%d", s.Check.Phase),
		"check:" + labelText.Replace(s.Check.ID),
		s.Subject.Kind + ":" + labelText.Replace(s.Subject.Name),
		"level:" + string(s.Check.Level),
		"scenario:" + string(s.Check.Scenario),
	}
}

// Plan is all specs of one manifest, in the order of the checks.
type Plan struct {
	Manifest *manifest.Manifest
	Specs    []Spec
}

// New makes the plan. It fails where the checks contradict themselves, or where an entry of the manifest is touched
// by none of them: such an entry would look verified and never be.
func New(m *manifest.Manifest, checks []check.Check) (*Plan, error) {
	p := &Plan{Manifest: m}
	seen := map[string]bool{}
	touched := map[check.Subject]bool{}
	for _, c := range checks {
		for _, s := range c.Subjects(m) {
			spec := Spec{c, s}
			if seen[spec.Key()] {
				return nil, fmt.Errorf("the check %s has the subject %q twice", c.ID, s.Name)
			}
			seen[spec.Key()] = true
			touched[s] = true
			p.Specs = append(p.Specs, spec)
		}
	}
	if untouched := slices.DeleteFunc(entries(m), func(s check.Subject) bool { return touched[s] }); len(untouched) > 0 {
		names := make([]string, len(untouched))
		for i, s := range untouched {
			names[i] = s.Kind + " " + s.Name
		}
		return nil, fmt.Errorf("%s: no check touches %s; an entry without a check would look verified and never be", m.Path, strings.Join(names, ", "))
	}
	return p, nil
}

// entries lists what a manifest declares and a check must touch.
func entries(m *manifest.Manifest) []check.Subject {
	var out []check.Subject
	for _, s := range m.Scopes {
		if s.Status != "retired" && !check.ScopeExcluded(m, s) {
			out = append(out, check.Subject{Kind: "scope", Name: s.Name})
		}
	}
	out = append(out, check.Objects(nil)(m)...)
	for _, function := range m.Functions() {
		out = append(out, check.Subject{Kind: "function", Name: function})
	}
	out = append(out, check.Subject{Kind: "table", Name: m.RawTable()})
	out = append(out, check.Tables(nil)(m)...)
	return slices.Concat(out, check.Topics(m), check.Notices(m))
}

// Planned lists the plan's entries for reports.
func (p *Plan) Planned() []result.Planned {
	out := make([]result.Planned, len(p.Specs))
	for i, s := range p.Specs {
		out[i] = s.Planned()
	}
	return out
}
