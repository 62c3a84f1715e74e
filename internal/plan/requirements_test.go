package plan_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/specs"
)

// TestOpenRequirements pins what no check settles yet, so that the list can only be changed knowingly.
func TestOpenRequirements(t *testing.T) {
	p, err := plan.New(woocommerce(t), checks.All())
	if err != nil {
		t.Fatal(err)
	}
	open, total, err := p.Open()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1.1-4", "2.1-6", "2.2-5", "7.1-2", "7.1-4",
		"S-quickbooks-1", "S-quickbooks-2", "S-quickbooks-3", "S-shopify", "S-square", "S-stripe-1", "S-stripe-2", "S-stripe-3", "S-woocommerce",
	}
	slices.Sort(open)
	slices.Sort(want)
	if diff := cmp.Diff(want, open); diff != "" {
		t.Errorf("requirements that no check settles: -pinned +found\n%s", diff)
	}
	if total <= len(open) {
		t.Errorf("%d requirements, %d of them open", total, len(open))
	}
}

func TestChecksSettleRequirementsThatExist(t *testing.T) {
	for _, c := range checks.All() {
		for _, id := range c.SOP {
			if !strings.Contains(string(specs.SOP), `id: "`+id+`"`) {
				t.Errorf("%s settles %q, which is no requirement", c.ID, id)
			}
		}
	}
}
