// Package checktest tests checks: it makes a small world in which nothing is wrong, lets a case break one thing of it,
// and holds that the check names just that as the cause. Only tests import it.
package checktest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/reference/defects"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Case breaks one thing and says what the check must make of it.
type Case struct {
	Check string
	// Name says what is broken; Subject what the check is applied to.
	Name, Subject string
	Break         func(*World)
	// Status is the result's, Fail if empty, and Cause its cause.
	Status result.Status
	Cause  string
	// Says is text that must stand in the result, so that a reader finds what is broken.
	Says string
	// NoTable is a table that is not there, so that the check cannot look; then there is no result.
	NoTable string
}

// Phase are the tests of one package of checks.
type Phase struct {
	// Name is the folder of the checks.
	Name string
	// Database says that rows are read. The package's TestMain must begin with supervise.Main then.
	Database bool
	Cases    []Case
	// NeverUnproven are the checks that can always tell, each with the reason.
	NeverUnproven map[string]string
}

// Test runs the cases, holds that nothing is found where nothing is broken, and that every cause which a check declares
// is the outcome of a case, or of a seeded defect.
func (p Phase) Test(t *testing.T) {
	var db *Database
	if p.Database {
		db = Start(t)
	}
	all := map[string]check.Check{}
	for _, c := range checks.All() {
		if strings.HasPrefix(c.ID, p.Name+"/") {
			all[c.ID] = c
		}
	}
	if len(all) == 0 {
		t.Fatalf("there is no check in %s", p.Name)
	}
	t.Run("every cause has a test", func(t *testing.T) { p.complete(t, all) })
	for _, id := range slices.Sorted(maps.Keys(all)) {
		t.Run(id+"/sound", func(t *testing.T) {
			t.Parallel()
			passes(t, db, all[id])
		})
	}
	for _, c := range p.Cases {
		t.Run(c.Check+"/"+c.Name, func(t *testing.T) {
			t.Parallel()
			rule, ok := all[c.Check]
			if !ok {
				t.Fatalf("there is no check %s in %s", c.Check, p.Name)
			}
			c.test(t, db, rule)
		})
	}
}

// complete holds that no cause is left without proof that it can be found.
func (p Phase) complete(t *testing.T, all map[string]check.Check) {
	proof := map[string][]string{}
	unproven := map[string]bool{}
	for _, c := range p.Cases {
		proof[c.Check+" "+c.Cause] = append(proof[c.Check+" "+c.Cause], c.Name)
		unproven[c.Check] = unproven[c.Check] || c.Status == result.Unproven
	}
	for _, d := range defects.All() {
		proof[d.KilledBy+" "+d.Cause] = append(proof[d.KilledBy+" "+d.Cause], "the defect "+d.Name)
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		for _, cause := range slices.Sorted(maps.Keys(all[id].Causes)) {
			by := proof[id+" "+cause]
			if len(by) == 0 {
				t.Errorf("nothing proves that %s can find %s", id, cause)
			}
			t.Logf("%s %s: %s", id, cause, strings.Join(by, "; "))
		}
		if reason := p.NeverUnproven[id]; unproven[id] == (reason != "") {
			t.Errorf("%s: want a case in which it is unproven, or else the reason why it never is", id)
		}
	}
	for id := range p.NeverUnproven {
		if _, ok := all[id]; !ok {
			t.Errorf("%s can never be unproven, and is no check", id)
		}
	}
}

// passes holds that a check has nothing against a sound world.
func passes(t *testing.T, db *Database, c check.Check) {
	w := sound(t, db, c.Scenario)
	passed := 0
	for _, subject := range c.Subjects(w.Manifest) {
		r, err := c.Run(t.Context(), w.Snapshot, subject)
		if err != nil {
			t.Errorf("%s: %v", subject.Name, err)
			continue
		}
		if r.Status == result.NotApplicable && r.Cause != "" && r.Summary != "" { // the shop has something that nobody offers
			continue
		}
		passed++
		if r.Status != result.Pass || r.Cause != "" || r.Checked == 0 || r.Summary == "" {
			t.Errorf("%s: %s %q after %d comparisons: %s", subject.Name, r.Status, r.Cause, r.Checked, r.Summary)
		}
	}
	if passed == 0 {
		t.Error("the check has nothing to look at")
	}
}

func (c Case) test(t *testing.T, db *Database, rule check.Check) {
	w := sound(t, db, rule.Scenario)
	c.Break(w)
	subjects := rule.Subjects(w.Manifest)
	i := slices.IndexFunc(subjects, func(s check.Subject) bool { return s.Name == c.Subject })
	if i < 0 {
		t.Fatalf("%q is none of the subjects %v", c.Subject, subjects)
	}
	r, err := rule.Run(t.Context(), w.Snapshot, subjects[i])
	if c.NoTable != "" {
		if missing, ok := errors.AsType[scenario.NoTable](err); !ok || string(missing) != c.NoTable || scenario.SchemaMissing(err) == nil {
			t.Fatalf("it looked, though %s is not there: %s %s, %v", c.NoTable, r.Status, r.Summary, err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want := c.Status
	if want == "" {
		want = result.Fail
	}
	if r.Status != want || r.Cause != c.Cause {
		t.Fatalf("%s %q, want %s %q: %s\nactual: %s", r.Status, r.Cause, want, c.Cause, r.Summary, r.Actual)
	}
	switch {
	case r.Summary == "":
		t.Error("there is no summary")
	case r.Basis == "" && want != result.NotApplicable && want != result.Error:
		t.Error("nobody knows how it is known")
	case want == result.Pass && r.Checked == 0:
		t.Error("it passes, and nothing was compared")
	}
	if want == result.Fail || want == result.Warning || want == result.Error {
		if rule.Causes[r.Cause] == "" && r.Cause != check.TargetLacks {
			t.Errorf("%q is no cause that %s declares", r.Cause, rule.ID)
		}
	}
	if want == result.Fail && (r.Expected == "" || r.Actual == "") {
		t.Errorf("expected %q, actual %q: a failure says both", r.Expected, r.Actual)
	}
	text := []string{r.Summary, r.Actual}
	for _, e := range r.Evidence {
		text = append(text, e.Text)
	}
	if !slices.ContainsFunc(text, func(s string) bool { return strings.Contains(s, c.Says) }) {
		t.Errorf("it does not say %q, but:\n%s", c.Says, strings.Join(text, "\n"))
	}
}
