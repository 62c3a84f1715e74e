package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/plan"
)

// filter picks specs by patterns: the id of a check, the name of a subject, or both as "check [subject]". A * stands for
// any text. No pattern lets all through.
type filter []*regexp.Regexp

// newFilter makes a filter of a plan. A pattern that matches nothing is an error: whoever wrote it meant something.
func newFilter(patterns []string, p *plan.Plan) (filter, error) {
	var f filter
	for _, pattern := range patterns {
		re, err := regexp.Compile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`) + "$")
		if err != nil {
			return nil, fmt.Errorf("the filter %q: %w", pattern, err)
		}
		if !slices.ContainsFunc(p.Specs, filter{re}.keep) {
			return nil, failure{exitUsage, fmt.Sprintf("the filter %q matches none of the %d specs: %s", pattern, len(p.Specs), wayOut(pattern, p))}
		}
		f = append(f, re)
	}
	return f, nil
}

func (f filter) keep(s plan.Spec) bool {
	return len(f) == 0 || slices.ContainsFunc(f, func(re *regexp.Regexp) bool {
		return re.MatchString(s.Check.ID) || re.MatchString(s.Subject.Name) || re.MatchString(s.Key())
	})
}

// wayOut names what a pattern was probably meant to be.
func wayOut(pattern string, p *plan.Plan) string {
	var names []string
	for _, s := range p.Specs {
		names = append(names, s.Check.ID, s.Subject.Name)
	}
	if near, ok := manifest.Nearest(pattern, names); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "--dry-run lists them"
}
