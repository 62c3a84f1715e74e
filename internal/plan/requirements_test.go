package plan_test

import (
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"github.com/syncspec/syncspec/internal/checks"
)

// TestRequirements holds that checks settle requirements that exist, and pins those that no check settles yet, so
// that the list can only be changed knowingly.
func TestRequirements(t *testing.T) {
	data, err := os.ReadFile("../../specs/sop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var set struct {
		Requirements []struct{ ID, Kind string }
	}
	if err := yaml.Unmarshal(data, &set); err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{}
	for _, r := range set.Requirements {
		kinds[r.ID] = r.Kind
	}
	settled := map[string]bool{}
	for _, c := range checks.All() {
		for _, id := range c.SOP {
			if kinds[id] == "" {
				t.Errorf("%s settles %q, which is no requirement", c.ID, id)
			}
			settled[id] = true
		}
	}
	var open []string
	for _, r := range set.Requirements {
		if r.Kind == "check" && !settled[r.ID] {
			open = append(open, r.ID)
		}
	}
	want := []string{
		"1.1-3", "1.1-4",
		"2.1-3", "2.1-4", "2.1-5", "2.1-6", "2.2-5",
		"3.1-4", "3.1-5", "3.2-5",
		"6.1-6", "6.2-1", "6.2-2", "6.2-3", "6.2-4", "6.2-5",
		"7.1-2", "7.1-3", "7.1-4", "7.1-5", "7.2-1", "7.2-2", "7.2-3", "7.2-4", "7.2-5",
		"A-1",
		"S-quickbooks-1", "S-quickbooks-2", "S-quickbooks-3", "S-shopify", "S-square", "S-stripe-1", "S-stripe-2", "S-stripe-3", "S-woocommerce",
	}
	slices.Sort(open)
	slices.Sort(want)
	if diff := cmp.Diff(want, open); diff != "" {
		t.Errorf("requirements of kind check that no check settles: -pinned +found\n%s", diff)
	}
}
