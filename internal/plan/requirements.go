package plan

import (
	"fmt"

	"gopkg.in/yaml.v3"

	"github.com/syncspec/syncspec/specs"
)

// Open lists the requirements that checks must settle and no check of the plan does: what a verdict says nothing about.
// total is how many there are for checks to settle.
func (p *Plan) Open() (open []string, total int, err error) {
	var set struct {
		Requirements []struct{ ID, Kind string }
	}
	if err := yaml.Unmarshal(specs.SOP, &set); err != nil {
		return nil, 0, fmt.Errorf("reading the requirement set: %w", err)
	}
	settled := map[string]bool{}
	for _, s := range p.Specs {
		for _, id := range s.Check.SOP {
			settled[id] = true
		}
	}
	for _, r := range set.Requirements {
		if r.Kind != "check" {
			continue
		}
		total++
		if !settled[r.ID] {
			open = append(open, r.ID)
		}
	}
	return open, total, nil
}
