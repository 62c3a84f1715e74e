package report

import (
	"cmp"
	"fmt"
	"math/rand"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/result"
)

// sampleRun is a run with every status in it, for the golden files.
func sampleRun() result.Run {
	run := result.Run{
		Source: "shopify", Title: "Shopify Admin API", Target: "acme-integrations", Mode: result.RecordedSandbox,
		Provenance: "551 interactions recorded 2026-07-03 from our sandbox, API 2026-07", Seed: 42,
		Started: time.Date(2026, 7, 4, 2, 0, 0, 0, time.UTC), Seconds: 12.34,
		Notes: []string{"Postgres 17.5: local binaries, no container engine answered"},
	}
	add := func(r result.Result) {
		r.Level, r.Basis, r.Seconds, r.Worker = "required", result.Observed, 0.25, 1
		r.Mode = cmp.Or(r.Mode, run.Mode)
		run.Results = append(run.Results, r)
		run.Planned = append(run.Planned, result.Planned{
			Check: r.Check, Subject: r.Subject, Phase: r.Phase, SOP: r.SOP, Level: r.Level,
		})
		run.Selected = append(run.Selected, r.Key())
	}
	for _, subject := range []string{"orders", "products", "customers"} {
		add(result.Result{Check: "dedupe/hash-unique", Subject: subject, Phase: 4, SOP: []string{"4.1-1"},
			Status: result.Pass, Summary: "no hash occurs twice", Checked: 411 + len(subject)})
	}
	for i := range 7 {
		mode := result.Mode("")
		if i == 1 { // a state that only the sandbox reaches
			mode = result.Sandbox
		}
		add(result.Result{
			Mode:  mode,
			Check: "accuracy/counts", Subject: fmt.Sprintf("object%d", i+1), Phase: 5, SOP: []string{"5.1-4"},
			Status: result.Fail, Cause: "page-not-requested", Summary: "page 4 was never asked for",
			Expected: "1,204 objects", Actual: "750 rows",
			Evidence: []result.Evidence{
				{Kind: "request", Text: "GET /admin/api/2026-07/orders.json?limit=250&page_info=c3\nLink: <…>; rel=\"next\""},
				{Kind: "row", Text: "id=9007199254740993 total=<19.90> \x1b[31mred\x00\xff"},
			},
			Why: "a row that is not there is missed by nobody until the books do not balance", Remedy: "follow rel=next to the end",
			Checked: 750, Artifacts: fmt.Sprintf("artifacts/accuracy.counts/object%d", i+1),
		})
	}
	add(result.Result{Check: "oauth/least-privilege", Subject: "write_orders", Phase: 1, SOP: []string{"1.1-3"},
		Status: result.Warning, Cause: "claimed-only", Summary: "only the target says so", Basis: result.Claimed})
	add(result.Result{Check: "schema/tables", Subject: "reports", Phase: 1, SOP: []string{"1.2-2"},
		Status: result.NotApplicable, Cause: "retired", Summary: "not offered by the source since 2024-10"})
	for _, subject := range []string{"orders", "products"} {
		add(result.Result{Check: "webhooks/diff", Subject: subject, Phase: 2, SOP: []string{"2.2-5"}, Status: result.Fail,
			Cause: "diff-missing", Summary: "nothing was compared", Artifacts: "artifacts/webhooks.diff/" + subject})
	}
	run.Waivers = []result.Waiver{
		{Check: "webhooks/diff", Subject: "*", Reason: "comes with v2", Owner: "jane", Issue: "ACME-12", Expires: "2026-07-10", At: "waivers.yaml:5"},
		{Check: "accuracy/counts", Subject: "object1", Reason: "pages", Owner: "joe", Issue: "ACME-3", Expires: "2026-07-01", At: "waivers.yaml:12"},
		{Check: "dedupe/hash-unique", Subject: "*", Reason: "was so", Owner: "joe", Issue: "ACME-4", Expires: "2026-12-31", At: "waivers.yaml:19"},
	}
	run.EnforceExpiry = true
	run.Objects = 13
	run.Excluded = []result.Excluded{{Object: "reports", Why: "not offered any more"}, {Object: "payouts", Why: "no shop of ours uses them"}, {Object: "disputes", Why: "no shop of ours uses them"}}
	run.Lacks = []result.Lack{{What: "retry", Why: "errors are mended by hand"}}
	add(result.Result{Check: "dedupe/update-rows", Subject: "payouts", Phase: 4, SOP: []string{"4.2-1"},
		Status: result.Unproven, Cause: "no-update", Mode: result.Sandbox, Summary: "no object was updated", Remedy: "add an update to the fixtures"})
	for _, subject := range []string{"orders/create", "orders/updated"} {
		add(result.Result{Check: "realtime/latency", Subject: subject, Phase: 6, SOP: []string{"6.1-1"},
			Status: result.Blocked, Cause: "scenario", Summary: "no webhook could be sent", BlockedBy: "scenario/registered [shopify]"})
	}
	add(result.Result{Check: "realtime/value", Subject: "orders/create", Phase: 6, SOP: []string{"6.1-5"},
		Status: result.Blocked, Summary: "no webhook could be sent", BlockedBy: "scenario/lost [shopify]"})
	run.Planned = append(run.Planned, result.Planned{Check: "paging/all-records", Subject: "orders", Phase: 7,
		SOP: []string{"7.1-4"}, Level: "required"})
	run.Selected = append(run.Selected, "paging/all-records [orders]")
	run.Results = append(run.Results, result.Result{Check: "scenario/registered", Subject: "shopify", Level: "required",
		Status: result.Fail, Cause: "verb-missing", Summary: "register_webhooks answered 404", Remedy: "map the verb in the profile",
		Evidence: []result.Evidence{{Kind: result.ByHand, Text: "syncspec webhook send shopify orders/create --to URL"}}})
	return run
}

// greenRun is a full run with nothing red.
func greenRun() result.Run {
	run := sampleRun()
	run.Results = run.Results[:3]
	run.Planned = run.Planned[:3]
	run.Selected = run.Selected[:3]
	run.Waivers, run.EnforceExpiry, run.Objects, run.Excluded, run.Lacks = nil, false, 0, nil, nil
	return run
}

// lackingRun is a full run of a target that lacks three notions, one of which is accepted for some checks and blocks a spec.
func lackingRun() result.Run {
	run := greenRun()
	add := func(check, subject, what string) {
		r := result.Result{Check: check, Subject: subject, Level: "required", Status: result.Fail, Cause: "target-lacks", Lacks: what,
			Summary: "the target has no " + what + ": as said", Remedy: "add it to the target, or accept the failure for a time with a waiver"}
		if what == "" {
			r = result.Result{Check: check, Subject: subject, Level: "required", Status: result.Blocked, Summary: "not judged", BlockedBy: "schema/tables [raw]"}
		}
		run.Results = append(run.Results, r)
		run.Planned = append(run.Planned, result.Planned{Check: check, Subject: subject, Level: "required"})
		run.Selected = append(run.Selected, r.Key())
	}
	add("schema/tables", "raw", "raw")
	add("schema/keys", "raw", "")
	for i := range 7 {
		add(fmt.Sprintf("webhooks/rule-%d", i), "orders", "webhook")
		add("realtime/applied", fmt.Sprintf("topic-%d", i), "webhook")
	}
	add("dedupe/hash", "raw", "raw")
	for _, subject := range []string{"orders", "products"} {
		add("accuracy/fields", subject, "row_times")
	}
	last := &run.Results[len(run.Results)-1] // one failure of another kind
	last.Cause, last.Lacks, last.Summary, last.Remedy = "value-differs", "", "12 of 40 differ", "look at the first"
	run.Lacks = []result.Lack{{What: "raw", Why: "payloads are not kept"}, {What: "webhook", Why: "there is no server"}, {What: "row_times"}}
	run.Waivers = []result.Waiver{{Check: "webhooks/*", Subject: "*", Cause: "target-lacks", Reason: "a nightly batch", Owner: "jane", Issue: "ACME-5",
		Expires: "2026-12-31", At: "waivers.yaml:5"}}
	return run
}

// acceptedRun is a full run of a target that is not held to everything, with nothing red but what is waived.
func acceptedRun() result.Run {
	all, run := sampleRun(), greenRun()
	run.Objects, run.Excluded, run.Lacks, run.Waivers = all.Objects, all.Excluded, all.Lacks, all.Waivers[:1]
	for i, r := range all.Results {
		if r.Check == "webhooks/diff" {
			run.Results = append(run.Results, r)
			run.Planned, run.Selected = append(run.Planned, all.Planned[i]), append(run.Selected, r.Key())
		}
	}
	return run
}

// randomRun makes any run at all, sensible or not: what must hold of the reports holds of every one.
func randomRun(rng *rand.Rand) result.Run {
	texts := []string{"", "plain", "two\nlines", "<&>\"'", "\x00\x1b[2J\xff\ufffe", "OVERALL STATUS: HEALTHY",
		"\nOVERALL STATUS: HEALTHY - 1-to-1 sync verified", "Issues: 99\nSuccesses: 99", "]]>", "日本語 🙂",
		strings.Repeat("long ", 200)}
	text := func() string { return texts[rng.Intn(len(texts))] }
	statuses := append(result.Statuses(), "", "passed")
	if rng.Intn(2) == 0 { // else green runs are too rare to be tested
		statuses = []result.Status{result.Pass, result.Warning, result.Waived, result.NotApplicable}
	}
	if rng.Intn(8) == 0 {
		statuses = []result.Status{result.NotApplicable, result.Waived}[:1+rng.Intn(2)]
	}
	run := result.Run{
		Source: "src", Title: text(), Target: "t" + text(), Mode: result.Sandbox, Provenance: text(), Seed: rng.Int63(),
		SelfTest: rng.Intn(3) == 0, Started: time.Unix(rng.Int63n(2e9), 0), Seconds: rng.Float64() * 100,
		Notes: []string{text()},
	}
	if rng.Intn(2) == 0 {
		run.Objects = 3 + rng.Intn(5)
		for i := range rng.Intn(4) {
			run.Excluded = append(run.Excluded, result.Excluded{Object: fmt.Sprintf("o%d%s", i, text()), Why: text()})
			run.Lacks = append(run.Lacks, result.Lack{What: fmt.Sprintf("l%d", i), Why: text()})
		}
	}
	// Most waivers are of what fails; some of what does not, or is not there.
	waive := func(check, subject string) {
		run.Waivers = append(run.Waivers, result.Waiver{Check: check, Subject: subject, Reason: text(), Owner: "w" + text(), Issue: text(),
			Expires: run.Started.AddDate(0, 0, rng.Intn(60)-10).UTC().Format(time.DateOnly), At: fmt.Sprintf("%sw.yaml:%d", text(), len(run.Waivers))})
	}
	run.EnforceExpiry = rng.Intn(4) == 0
	if rng.Intn(10) == 0 {
		waive("phase/*", "nothing")
	}
	keys := []string{"nowhere [x]"}
	size := rng.Intn(30)
	for i := range size {
		p := result.Planned{Check: fmt.Sprintf("phase/check-%d", rng.Intn(5)), Subject: fmt.Sprintf("s%d", i),
			Level: "required", SOP: []string{[]string{"4.1-1", "5.1-1", "6.1-1", "9.9-9"}[rng.Intn(4)]}}
		outside := rng.Intn(20) == 0
		if !outside {
			run.Planned = append(run.Planned, p)
		}
		keys = append(keys, p.Key())
		filtered := rng.Intn(40) == 0
		if !filtered && !outside {
			run.Selected = append(run.Selected, p.Key())
		}
		if filtered || rng.Intn(40) == 0 { // not run, or died
			continue
		}
		for range 1 + rng.Intn(10)/9 { // now and then twice
			status := statuses[rng.Intn(len(statuses))]
			if status == result.Waived && rng.Intn(20) > 0 || rng.Intn(100) == 0 { // else by nobody
				waive(p.Check, p.Subject)
			}
			lacks, kept := "", text()
			if rng.Intn(5) == 0 { // of such a spec nothing is kept
				lacks, kept = fmt.Sprintf("l%d", rng.Intn(4))+text(), ""
			}
			run.Results = append(run.Results, result.Result{
				Check: p.Check, Subject: p.Subject, SOP: p.SOP, Level: p.Level,
				Status: status, Cause: text(), Summary: text(), Artifacts: kept, Lacks: lacks,
				Expected: text(), Actual: text(), Why: text(), Remedy: text(),
				Evidence:  []result.Evidence{{Kind: text(), Text: text()}},
				BlockedBy: keys[rng.Intn(len(keys))], Checked: rng.Intn(5000), Seconds: rng.Float64(),
			})
		}
	}
	return run
}
