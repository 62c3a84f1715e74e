package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/result"
)

// TestJUnitParseBack checks each status as a CI server reads it.
func TestJUnitParseBack(t *testing.T) {
	doc, err := parsedJUnit(sampleRun())
	must(t, err)
	cases := map[string]JUnitCase{}
	for _, suite := range doc.Suites {
		properties := map[string]string{}
		for _, p := range suite.Properties {
			properties[p.Name] = p.Value
		}
		if properties["target"] != "acme-integrations" || properties["mode"] != "recorded-sandbox" ||
			properties["seed"] != "42" || properties["verdict"] != "CRITICAL ISSUES" || properties["partial"] != "false" {
			t.Errorf("properties of %s: %v", suite.Name, properties)
		}
		for _, c := range suite.Cases {
			cases[c.Name] = c
		}
	}
	if c := cases["dedupe/hash-unique [orders]"]; c.ClassName != "shopify.dedupe.hash-unique" || c.Skipped != nil ||
		c.Failure != nil || c.Error != nil || c.SystemOut != nil || c.Time != "0.250" {
		t.Errorf("pass: %+v", c)
	}
	failure := cases["accuracy/counts [object1]"].Failure
	if failure == nil || failure.Type != "page-not-requested" || failure.Message != "page 4 was never asked for" {
		t.Fatalf("fail: %+v", failure)
	}
	for _, want := range []string{"1,204 objects", "750 rows", "page_info=c3\n", "id=9007199254740993 total=<19.90> ␛[31mred␀\ufffd",
		"why       a row", "remedy    follow", "SOP 5.1-4 (required)"} {
		if !strings.Contains(failure.Text, want) {
			t.Errorf("the failure lacks %q:\n%s", want, failure.Text)
		}
	}
	for key, mode := range map[string]string{"accuracy/counts [object1]": "recorded-sandbox", "accuracy/counts [object2]": "sandbox"} {
		if p := cases[key].Properties; p == nil || p.List[0] != (JUnitProperty{"mode", mode}) {
			t.Errorf("%s has the properties %+v", key, p)
		}
	}
	if p := cases["scenario/registered [shopify]"].Properties; p != nil {
		t.Errorf("a result without traffic has the properties %+v", p)
	}
	if c := cases["dedupe/update-rows [payouts]"]; c.Failure == nil || c.Failure.Type != "unproven" {
		t.Errorf("unproven: %+v", c)
	}
	if c := cases["realtime/latency [orders/create]"]; c.Skipped == nil || c.Error != nil || c.Failure != nil ||
		!strings.HasSuffix(c.Skipped.Message, "; cause: scenario/registered [shopify]") {
		t.Errorf("blocked: %+v", c)
	}
	if c := cases["realtime/value [orders/create]"]; c.Error == nil || c.Error.Type != "blocked" {
		t.Errorf("blocked by nothing: %+v", c)
	}
	if c := cases["paging/all-records [orders]"]; c.Error == nil || c.Error.Type != "not-completed" {
		t.Errorf("selected without result: %+v", c)
	}
	if c := cases["oauth/least-privilege [write_orders]"]; c.Failure != nil || c.SystemOut == nil ||
		!strings.HasPrefix(c.SystemOut.Text, "warning: only the target") {
		t.Errorf("warning: %+v", c)
	}
	if c := cases["schema/tables [reports]"]; c.Skipped == nil || c.Skipped.Message == "" {
		t.Errorf("not applicable: %+v", c)
	}
	if c := cases["webhooks/diff [orders]"]; c.Skipped == nil || c.Failure != nil || c.Error != nil ||
		c.Skipped.Message != "waived: diff-missing: nothing was compared; accepted by jane until 2026-07-10 (ACME-12): comes with v2" {
		t.Errorf("waived: %+v", c)
	}
	if c := cases["run/waivers [waivers.yaml:19]"]; c.Error == nil || c.Error.Type != result.WaiverHealed {
		t.Errorf("a waiver that waives nothing: %+v", c)
	}
}

// TestBlockedRoots follows chains of blocked results, and circles.
func TestBlockedRoots(t *testing.T) {
	blocked := func(check, by string) result.Result {
		return result.Result{Check: check, Subject: "s", Status: result.Blocked, BlockedBy: by + " [s]"}
	}
	with := func(check string, status result.Status) result.Result {
		return result.Result{Check: check, Subject: "s", Status: status}
	}
	roots := rootsOf([]result.Result{
		with("root", result.Fail), with("green", result.Warning),
		blocked("direct", "root"), blocked("chain", "direct"), blocked("self", "self"),
		blocked("a", "b"), blocked("b", "a"), blocked("mild", "green"), blocked("lost", "nowhere"),
	})
	for check, want := range map[string]string{
		"direct": "root", "chain": "root", "self": "", "a": "", "b": "", "mild": "", "lost": "",
	} {
		got, ok := roots.of(roots[check+" [s]"])
		if ok != (want != "") || got.Check != want {
			t.Errorf("%s: %q %v, want %q", check, got.Check, ok, want)
		}
	}
}

// TestOrder checks that the order in which parallel processes found results does not show.
func TestOrder(t *testing.T) {
	run, turned := sampleRun(), sampleRun()
	for i, j := 0, len(turned.Results)-1; i < j; i, j = i+1, j-1 {
		turned.Results[i], turned.Results[j] = turned.Results[j], turned.Results[i]
	}
	var a, b bytes.Buffer
	must(t, JUnit(&a, run))
	must(t, JUnit(&b, turned))
	if a.String() != b.String() {
		t.Error("JUnit differs")
	}
}
