// Package check is the form of one conformance rule: what it settles, what it needs, what it looks at and what it
// says when it fails. The rules themselves are in package checks, a file each.
package check

import (
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Level says how binding a rule is.
type Level string

// Required rules fail a run; Recommended ones warn.
const (
	Required    Level = "required"
	Recommended Level = "recommended"
)

// Subject is what a rule is applied to.
type Subject struct {
	// Kind is scope, table, function, topic, object, signature or source.
	Kind string
	Name string
}

// Check is one conformance rule. It knows nothing of Ginkgo.
type Check struct {
	// ID is the rule's name and its file's path below checks/, e.g. "dedupe/hash-unique" in dedupe/hash_unique.go.
	ID string
	// Phase is the SOP's phase, 1 to 7; SOP are the requirements it settles.
	Phase int
	SOP   []string
	Level Level
	// Scenario is the state it needs.
	Scenario scenario.Name
	// Needs are the notions that the rule is about. For a target that lacks one it fails for that reason, and is not run. What
	// a rule needs for a part of what it looks at, or of some subjects alone, is not among them: see Lacking.
	Needs []profile.Notion
	// Title is the rule in one sentence; Why says why it matters, Remedy how to mend what breaks it, Evidence the
	// least that must be there for a pass.
	Title, Why, Remedy, Evidence string
	// Causes are the slugs that a failure may have, each with its meaning.
	Causes map[string]string
	// ByHand are flags with which "syncspec webhook send" shows the rule to a person. A rule about one topic needs none,
	// one that no single delivery shows has none.
	ByHand   string
	Subjects func(*manifest.Manifest) []Subject
	Run      func(context.Context, *scenario.Snapshot, Subject) (result.Result, error)
}

// Pass is a rule that holds; checked counts what was compared.
func Pass(checked int, format string, args ...any) (result.Result, error) {
	return result.Result{Status: result.Pass, Basis: result.Observed, Checked: checked, Summary: fmt.Sprintf(format, args...)}, nil
}

// Fail is a rule that is broken, with its cause.
func Fail(cause, format string, args ...any) *Finding {
	return &Finding{result.Result{Status: result.Fail, Basis: result.Observed, Cause: cause, Summary: fmt.Sprintf(format, args...)}}
}

// Warn is a rule that holds, but a person should look.
func Warn(cause, format string, args ...any) *Finding {
	return &Finding{result.Result{Status: result.Warning, Basis: result.Observed, Cause: cause, Summary: fmt.Sprintf(format, args...)}}
}

// Unproven is too little data to say anything.
func Unproven(format string, args ...any) (result.Result, error) {
	return result.Result{Status: result.Unproven, Basis: result.Observed, Cause: "too-little-data", Summary: fmt.Sprintf(format, args...)}, nil
}

// NotApplicable is a rule about something that the source does not have.
func NotApplicable(cause, format string, args ...any) (result.Result, error) {
	return result.Result{Status: result.NotApplicable, Cause: cause, Summary: fmt.Sprintf(format, args...)}, nil
}

// Finding is a result under construction.
type Finding struct{ r result.Result }

// Expected and Actual say what should have been there and what was.
func (f *Finding) Expected(format string, args ...any) *Finding {
	f.r.Expected = fmt.Sprintf(format, args...)
	return f
}

// Actual says what was there.
func (f *Finding) Actual(format string, args ...any) *Finding {
	f.r.Actual = fmt.Sprintf(format, args...)
	return f
}

// Checked counts what was compared.
func (f *Finding) Checked(n int) *Finding { f.r.Checked = n; return f }

// maxEvidence bounds what one result carries; the count of all stands in its summary.
const maxEvidence = 10

// With adds evidence of one kind.
func (f *Finding) With(kind string, texts ...string) *Finding {
	for i, t := range texts {
		if i == maxEvidence {
			f.r.Evidence = append(f.r.Evidence, result.Evidence{Kind: kind, Text: fmt.Sprintf("… and %d more", len(texts)-i)})
			break
		}
		f.r.Evidence = append(f.r.Evidence, result.Evidence{Kind: kind, Text: t})
	}
	return f
}

// Claimed marks what only the target says.
func (f *Finding) Claimed() *Finding { f.r.Basis = result.Claimed; return f }

// Done returns the finding.
func (f *Finding) Done() (result.Result, error) { return f.r, nil }

// Source is the one subject of rules that are about the source as a whole.
func Source(m *manifest.Manifest) []Subject { return []Subject{{"source", m.Source}} }

// Objects makes one subject per applicable object that the filter lets through; nil lets all through.
func Objects(keep func(*manifest.Object) bool) func(*manifest.Manifest) []Subject {
	return func(m *manifest.Manifest) []Subject {
		var out []Subject
		for i := range m.Objects {
			o := &m.Objects[i]
			if o.Applies() && (keep == nil || keep(o)) {
				out = append(out, Subject{"object", o.Name})
			}
		}
		return out
	}
}

// Tables makes one subject per refined table of an applicable object that the filter lets through; nil lets all through.
func Tables(keep func(manifest.Table) bool) func(*manifest.Manifest) []Subject {
	return func(m *manifest.Manifest) []Subject {
		var out []Subject
		for _, t := range m.Tables() {
			if t.Object.Applies() && (keep == nil || keep(t)) {
				out = append(out, Subject{"table", t.Name})
			}
		}
		return out
	}
}

// Topics makes one subject per webhook topic that tells of an object. Topics that are never delivered, and those of objects
// that are not applicable, are none.
func Topics(m *manifest.Manifest) []Subject {
	var out []Subject
	for _, topic := range m.Registrable() {
		if slices.ContainsFunc(m.Topics(), func(t manifest.RoutedTopic) bool { return t.Topic == topic }) {
			out = append(out, Subject{"topic", topic})
		}
	}
	return out
}

// Notices makes one subject per topic that tells of no object.
func Notices(m *manifest.Manifest) []Subject {
	var out []Subject
	for _, n := range m.Webhooks.Notices {
		out = append(out, Subject{"topic", n.Topic})
	}
	return out
}
