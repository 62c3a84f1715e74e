package scenario_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
)

// without runs the bundled target as if it lacked some notions, and counts the results by check, status and cause.
func without(t *testing.T, source string, lacks []profile.Notion, change func(*profile.Target), keep func(plan.Spec) bool) result.Run {
	t.Helper()
	j, err := engine.Prepare(engine.Options{Manifest: "../../specs/" + source + ".yaml", Mode: engine.Sandbox, Reports: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	target := profile.Target{Name: "reference"}
	for _, what := range lacks {
		target.Lacks = append(target.Lacks, profile.Lack{What: what, Why: "none of " + string(what) + " here"})
	}
	if change != nil {
		change(&target)
	}
	j.Profile = target.For(j.Profile.Source)
	j.Profile.Bundled = true
	if j.Plan, err = plan.New(j.Profile.Manifest, checks.All()); err != nil {
		t.Fatal(err)
	}
	run, err := engine.RunAll(t.Context(), j, keep)
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// TestATargetThatLacksNotions runs the reference as if it were a simpler target. Whatever it lacks is a failure for that
// reason; all else is judged, and passes.
func TestATargetThatLacksNotions(t *testing.T) {
	batch := []profile.Notion{profile.Describe, profile.RegisterWebhooks, profile.Webhook, profile.Retry, profile.Stats, profile.Raw,
		profile.Tenants, profile.Company, profile.RowTimes, profile.Metadata, profile.Counts, profile.StartDate, profile.Authorize}
	for name, c := range map[string]struct {
		source string
		lacks  []profile.Notion
		change func(*profile.Target)
		// other are results that are neither good nor for a lack, as check and cause, and why that is right.
		other map[string]string
		// judged are checks of which a spec must pass.
		judged []string
	}{
		"a batch of commands": {source: "woocommerce", lacks: batch,
			other: map[string]string{
				"configuration/unique-key unique-missing": "the reference's keys have the tenant in them, which this target does not have",
				"realtime/end-state tombstone-wrong":      "the reference learns of what is gone by deliveries alone",
			},
			judged: []string{"accuracy/counts", "accuracy/fields", "accuracy/explained", "realtime/end-state", "sync/faults-survived", "sync/pagination-complete",
				"sync/function-inventory", "configuration/tables-exist", "configuration/foreign-keys", "configuration/permissions-granted"}},
		"refined rows alone": {source: "shopify", lacks: []profile.Notion{profile.Raw},
			judged: []string{"accuracy/fields", "realtime/end-state", "realtime/same-time", "webhook/signature-refused", "failure/answered-ok", "sync/reported-counts", "sync/pagination-complete"}},
		"consent alone, by one app for all accounts": {source: "shopify", lacks: []profile.Notion{profile.Connect},
			change: func(p *profile.Target) {
				p.Start = &profile.Start{Command: []string{"target"}, Env: map[string]string{"SECRET": "{webhook.secret}", "ID": "{app.client_id}"}}
			},
			judged: []string{"accuracy/fields", "configuration/callback-verified", "configuration/scopes-authorized", "webhook/signature-refused", "realtime/end-state"}},
		"credentials alone": {source: "shopify", lacks: []profile.Notion{profile.Authorize, profile.RegisterWebhooks},
			judged: []string{"configuration/permissions-granted", "accuracy/fields"}},
		"little is covered": {source: "shopify", change: func(p *profile.Target) { p.Covers = []string{"refunds", "customers"} },
			judged: []string{"accuracy/fields", "sync/faults-survived", "webhook/signature-refused", "sync/incremental-boundary"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // most of the time it waits
			run := without(t, c.source, c.lacks, c.change, nil)
			passed := map[string]bool{}
			bad := map[string]int{}
			for _, r := range run.Results {
				switch {
				case r.Status == result.Pass:
					passed[r.Check] = true
				case r.Status == result.NotApplicable:
				case r.Status == result.Fail && r.Cause == check.TargetLacks:
				case c.other[r.Check+" "+r.Cause] != "":
				default:
					bad[fmt.Sprintf("%s: %s for %q: %s", r.Key(), r.Status, r.Cause, r.Summary)]++
				}
			}
			for _, line := range slices.Sorted(maps.Keys(bad)) {
				t.Error(line)
			}
			for _, id := range c.judged {
				if !passed[id] {
					t.Errorf("nothing of %s passed", id)
				}
			}
		})
	}
}

// TestAnIntegrationThatIsNotThere: what connect names must be among the connected accounts, else no row is ever found.
func TestAnIntegrationThatIsNotThere(t *testing.T) {
	t.Parallel()
	run := without(t, "woocommerce", nil, func(p *profile.Target) {
		p.Names = &profile.NamesSpec{Integrations: &profile.IntegrationsSpec{Table: "woocommerce_order", ID: "woocommerce_object_id"}}
	}, func(s plan.Spec) bool { return s.Check.ID == "configuration/unique-key" })
	var causes []string
	for _, r := range run.Results {
		if r.Status != result.Blocked {
			causes = append(causes, fmt.Sprintf("%s %s %s", r.Check, r.Status, r.Cause))
		}
	}
	if !slices.Equal(causes, []string{"target/connect fail integration-unknown"}) {
		t.Errorf("%v", causes)
	}
}
