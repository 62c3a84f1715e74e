package engine

import (
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/sources"
)

// TestByHand: what one delivery can show is told with the command that sends it, and nothing else is.
func TestByHand(t *testing.T) {
	m, err := sources.Manifest("woocommerce")
	if err != nil {
		t.Fatal(err)
	}
	job := &Job{Plan: &plan.Plan{Manifest: m}}
	topic, source := check.Subject{Kind: "topic", Name: "order.deleted"}, check.Subject{Kind: "source", Name: "woocommerce"}
	for name, c := range map[string]struct {
		flags   string
		subject check.Subject
		status  result.Status
		want    string
	}{
		"of a topic":             {"", topic, result.Fail, "syncspec webhook send woocommerce order.deleted --to URL"},
		"of a topic, with flags": {"--times 2", topic, result.Fail, "syncspec webhook send woocommerce order.deleted --to URL --times 2"},
		"of any topic":           {"--bad-signature", source, result.Fail, "syncspec webhook send woocommerce product.updated --to URL --bad-signature"},
		"of no delivery":         {"", source, result.Fail, ""},
		"passed":                 {"", topic, result.Pass, ""},
		"blocked":                {"", topic, result.Blocked, ""},
	} {
		given := []result.Evidence{{Kind: "row", Text: "seen"}}
		res := result.Result{Status: c.status, Evidence: given}
		job.byHand(&res, plan.Spec{Check: check.Check{ByHand: c.flags}, Subject: c.subject})
		var want []result.Evidence
		if want = given; c.want != "" {
			want = []result.Evidence{given[0], {Kind: result.ByHand, Text: c.want}}
		}
		if !slices.Equal(res.Evidence, want) {
			t.Errorf("%s: %v, want %v", name, res.Evidence, want)
		}
	}
	elsewhere := *m
	elsewhere.Source = "magento"
	res := result.Result{Status: result.Fail}
	(&Job{Plan: &plan.Plan{Manifest: &elsewhere}}).byHand(&res, plan.Spec{Subject: topic})
	if res.Evidence != nil {
		t.Errorf("of a source that is not carried: %v", res.Evidence)
	}
}

// TestRulesOfDeliveriesAreShownByHand: a rule about how deliveries are answered or applied has a command that sends one.
func TestRulesOfDeliveriesAreShownByHand(t *testing.T) {
	// What no single delivery shows: whole sequences of them, pings, registrations, and the source's own traffic.
	not := []string{"webhook/odd-payloads", "webhook/registration-retried", "webhook/registration-stored", "webhook/stats-recalculated", "realtime/end-state"}
	for _, name := range sources.Names() {
		m, err := sources.Manifest(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range checks.All() {
			if folder, _, _ := strings.Cut(c.ID, "/"); folder != "webhook" && folder != "realtime" || slices.Contains(not, c.ID) {
				continue
			}
			for _, s := range c.Subjects(m) {
				if s.Kind != "topic" && c.ByHand == "" {
					t.Errorf("%s has the subject %s of kind %s and says nothing of how to see it by hand", c.ID, s.Name, s.Kind)
				}
			}
		}
	}
}
