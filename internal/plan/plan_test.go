package plan_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/plan"
)

func woocommerce(t *testing.T) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Load("../../specs/woocommerce.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestEveryEntryOfAManifestIsTouched(t *testing.T) {
	m := woocommerce(t)
	if _, err := plan.New(m, checks.All()); err != nil {
		t.Error(err)
	}
	for _, without := range []struct{ prefix, says string }{
		{"webhook/registered realtime/delivery-applied", "topic order.created"},
		{"sync/function-inventory sync/reported-counts", "function fetch_and_ingest_orders"},
		{"configuration/permissions-granted", "scope read"},
	} {
		left := slices.DeleteFunc(checks.All(), func(c check.Check) bool { return strings.Contains(without.prefix, c.ID) })
		if _, err := plan.New(m, left); err == nil || !strings.Contains(err.Error(), without.says) {
			t.Errorf("without %s: %v, want an error that names %s", without.prefix, err, without.says)
		}
	}
}

func TestASubjectTwiceIsRefused(t *testing.T) {
	c := checks.All()[0]
	c.Subjects = func(m *manifest.Manifest) []check.Subject { return append(check.Source(m), check.Source(m)...) }
	if _, err := plan.New(woocommerce(t), append(checks.All(), c)); err == nil {
		t.Error("a subject that stands twice was accepted")
	}
}

// TestLabels holds what Ginkgo demands of labels, and that keys are unique.
func TestLabels(t *testing.T) {
	p, err := plan.New(woocommerce(t), checks.All())
	if err != nil {
		t.Fatal(err)
	}
	forbidden := regexp.MustCompile(`[/,()&|!]`)
	seen := map[string]bool{}
	for _, s := range p.Specs {
		if seen[s.Key()] {
			t.Errorf("%s stands twice", s.Key())
		}
		seen[s.Key()] = true
		for _, l := range s.Labels() {
			if forbidden.MatchString(l) {
				t.Errorf("%s has the label %q, which Ginkgo refuses", s.Key(), l)
			}
		}
	}
	s := p.Specs[len(p.Specs)-1]
	if want := "check:" + strings.ReplaceAll(s.Check.ID, "/", "."); !slices.Contains(s.Labels(), want) {
		t.Errorf("%s lacks the label %s", s.Key(), want)
	}
}

// TestChecksAreWhole holds what every check must say of itself.
func TestChecksAreWhole(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range checks.All() {
		if seen[c.ID] {
			t.Errorf("%s stands twice", c.ID)
		}
		seen[c.ID] = true
		if c.Title == "" || c.Why == "" || c.Remedy == "" || c.Evidence == "" || len(c.Causes) == 0 || len(c.SOP) == 0 || c.Phase < 1 || c.Phase > 7 || c.Level == "" {
			t.Errorf("%s does not say all of itself", c.ID)
		}
	}
}
