package result

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// day is when the runs of these tests start.
var day = time.Date(2026, 7, 4, 23, 30, 0, 0, time.UTC)

// accept makes a waiver of subjects of the one check there is in these tests.
func accept(subject string) Waiver {
	return Waiver{Check: "phase/check", Subject: subject, Reason: "known", Owner: "jane", Issue: "ACME-12", Expires: "2026-12-31", At: "w.yaml:" + subject}
}

// waiving gives run waivers of subjects.
func waiving(run Run, subjects ...string) Run {
	run.Started = day
	for _, subject := range subjects {
		run.Waivers = append(run.Waivers, accept(subject))
	}
	return run
}

// statuses are the completed results as "key status".
func statuses(run Run) map[string]Status {
	all := map[string]Status{}
	for _, r := range run.Complete() {
		all[r.Key()] = r.Status
	}
	return all
}

// idleCauses are the causes of the results about waivers, by where the waiver stands.
func idleCauses(run Run) map[string]string {
	all := map[string]string{}
	for _, r := range run.Complete() {
		if r.Check == WaiversCheck {
			all[r.Subject] = r.Cause
		}
	}
	return all
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"orders", "orders", true}, {"orders", "orders/create", false}, {"orders*", "orders/create", true}, {"orders*", "orders", true},
		{"*", "", true}, {"**", "a/b", true}, {"*/create", "orders/create", true}, {"*/create", "orders/created", false},
		{"a*b*c", "a-b-b-c", true}, {"a*b*c", "acb", false}, {"ab*bc", "abc", false}, {"a*a", "a", false}, {"", "", true}, {"", "a", false},
		{"*a*", "bab", true}, {"*a*", "bbb", false}, {"x*a*b", "ab", false}, {"[a]", "a", false}, {"o?ders", "orders", false},
	} {
		if got := glob(c.pattern, c.text); got != c.want {
			t.Errorf("%q matches %q: %v", c.pattern, c.text, got)
		}
	}
}

// TestWaive goes through what a waiver does to one result.
func TestWaive(t *testing.T) {
	res := func(status Status, cause string) Result {
		return Result{Check: "phase/check", Subject: "a", Status: status, Cause: cause, Summary: "seen"}
	}
	exact, pattern, ofCause, other, past := accept("a"), accept("*"), accept("a"), accept("b"), accept("a")
	ofCause.Cause = "page-*"
	past.Expires = "2026-07-03"
	for name, c := range map[string]struct {
		res     Result
		waivers []Waiver
		enforce bool
		want    Status
		by      *Waiver
	}{
		"fail":                      {res(Fail, "x"), []Waiver{exact}, false, Waived, &exact},
		"none":                      {res(Fail, "x"), nil, false, Fail, nil},
		"of another":                {res(Fail, "x"), []Waiver{other}, false, Fail, nil},
		"the first counts":          {res(Fail, "x"), []Waiver{other, pattern, exact}, false, Waived, &pattern},
		"its cause":                 {res(Fail, "page-lost"), []Waiver{ofCause}, false, Waived, &ofCause},
		"another cause":             {res(Fail, "row-lost"), []Waiver{ofCause}, false, Fail, nil},
		"unproven":                  {res(Unproven, "page-lost"), []Waiver{exact}, false, Unproven, nil},
		"unproven, cause named":     {res(Unproven, "page-lost"), []Waiver{exact, ofCause}, false, Waived, &ofCause},
		"unproven without a cause":  {res(Unproven, ""), []Waiver{exact}, false, Unproven, nil},
		"error":                     {res(Error, "page-lost"), []Waiver{exact, ofCause}, false, Error, nil},
		"blocked":                   {res(Blocked, "page-lost"), []Waiver{exact, ofCause}, false, Blocked, nil},
		"warning":                   {res(Warning, "x"), []Waiver{exact}, false, Warning, nil},
		"pass":                      {res(Pass, ""), []Waiver{exact}, false, Pass, nil},
		"expired":                   {res(Fail, "x"), []Waiver{past}, false, Waived, &past},
		"expired, enforced":         {res(Fail, "x"), []Waiver{past}, true, Fail, nil},
		"expired, but another":      {res(Fail, "x"), []Waiver{past, pattern}, true, Waived, &pattern},
		"waived by nobody":          {res(Waived, "x"), nil, false, Fail, nil},
		"waived by nobody, a pass?": {Result{Check: "phase/check", Subject: "a", Status: Waived, Was: Pass}, nil, false, Fail, nil},
	} {
		got := Waive(c.res, c.waivers, day, c.enforce)
		if got.Status != c.want || (got.WaivedBy == nil) != (c.by == nil) || c.by != nil && *got.WaivedBy != *c.by {
			t.Errorf("%s: %s by %v", name, got.Status, got.WaivedBy)
		}
		if got.Cause != c.res.Cause || got.Summary != c.res.Summary {
			t.Errorf("%s: what was seen is now %q %q", name, got.Cause, got.Summary)
		}
		if lapsed := name == "expired, enforced"; (got.Lapsed != nil) != lapsed {
			t.Errorf("%s: lapsed %v", name, got.Lapsed)
		}
		if again := Waive(got, c.waivers, day, c.enforce); again.Status != got.Status || again.Was != got.Was {
			t.Errorf("%s: applied again it is %s, was %s", name, again.Status, again.Was)
		}
		if back := Waive(got, nil, day, false); back.Status.Red() != c.res.unwaived().Status.Red() || back.WaivedBy != nil || back.Lapsed != nil {
			t.Errorf("%s: without the waivers it is %+v", name, back)
		}
	}
}

// TestExpiry: a waiver holds on its last day, by UTC, and not on the next.
func TestExpiry(t *testing.T) {
	w := Waiver{Expires: "2026-07-04"}
	east := time.FixedZone("east", 3*3600)
	for _, c := range []struct {
		now  time.Time
		want bool
	}{
		{day, false}, {day.Add(29*time.Minute + 59*time.Second), false}, {day.Add(30 * time.Minute), true},
		{day.In(east), false}, {day.AddDate(-1, 0, 0), false}, {time.Time{}, false},
	} {
		if got := w.Expired(c.now); got != c.want {
			t.Errorf("on %s: %v", c.now, got)
		}
	}
}

// TestEnforcedExpiry: the same run, with and without.
func TestEnforcedExpiry(t *testing.T) {
	run := waiving(full(Pass, Fail), "b")
	run.Waivers[0].Expires = "2026-07-03"
	if v := run.Verdict(); v != Healthy {
		t.Errorf("not enforced: %s", v)
	}
	if got := run.Remarks(); len(got) != 1 || got[0] != "the waiver of jane (ACME-12) at w.yaml:b expired on 2026-07-03, which this run does not enforce" {
		t.Errorf("not enforced: %q", got)
	}
	run.EnforceExpiry = true
	b := run.Complete()[1]
	if run.Verdict() != Critical || b.Lapsed == nil || len(idleCauses(run)) != 0 {
		t.Errorf("enforced: %s, %+v", run.Verdict(), b)
	}
	if want := "expired on 2026-07-03 (w.yaml:b): jane has to mend what it waived (ACME-12), or renew it"; b.Lapsed.Lapse() != want {
		t.Errorf("%q", b.Lapsed.Lapse())
	}
	if got := run.Remarks(); len(got) != 1 || !strings.HasSuffix(got[0], "expired on 2026-07-03, which this run enforces") {
		t.Errorf("enforced: %q", got)
	}
}

// TestIdleWaivers: one that waives nothing is an error which says why, wherever that is known.
func TestIdleWaivers(t *testing.T) {
	partial := waiving(full(Pass, Pass), "*", "a", "nothing")
	partial.Selected, partial.Results = partial.Selected[:1], partial.Results[:1]
	killed := waiving(full(Pass, Pass), "b", "*")
	killed.Results = killed.Results[:1]
	ofCause := waiving(full(Pass, Fail), "b")
	ofCause.Waivers[0].Cause = "another"
	causeOnPass := waiving(full(Pass, Pass), "b")
	causeOnPass.Waivers[0].Cause = "another"
	otherCheck := waiving(full(Pass), "a")
	otherCheck.Waivers[0].Check = "phase/chekc"
	unplanned := waiving(Run{}, "a")

	for name, c := range map[string]struct {
		run  Run
		want map[string]string
	}{
		"used":                          {waiving(full(Pass, Fail), "b"), nil},
		"used by one of many":           {waiving(full(Pass, Fail), "*"), nil},
		"healed":                        {waiving(full(Pass, Pass), "b"), map[string]string{"w.yaml:b": WaiverHealed}},
		"healed, warning":               {waiving(full(Pass, Warning), "b"), map[string]string{"w.yaml:b": WaiverHealed}},
		"healed, not applicable":        {waiving(full(Pass, NotApplicable), "b"), map[string]string{"w.yaml:b": WaiverHealed}},
		"all healed":                    {waiving(full(Pass, Pass), "*"), map[string]string{"w.yaml:*": WaiverHealed}},
		"error":                         {waiving(full(Pass, Error), "b"), nil},
		"unproven":                      {waiving(full(Pass, Unproven), "b"), nil},
		"blocked":                       {waiving(full(Pass, Blocked), "b"), nil},
		"not completed":                 {killed, nil},
		"another cause":                 {ofCause, nil},
		"cause healed":                  {causeOnPass, map[string]string{"w.yaml:b": WaiverHealed}},
		"mistyped subject":              {waiving(full(Pass, Fail), "b", "z"), map[string]string{"w.yaml:z": WaiverUnmatched}},
		"mistyped check":                {otherCheck, map[string]string{"w.yaml:a": WaiverUnmatched}},
		"shadowed":                      {waiving(full(Pass, Fail), "*", "b"), map[string]string{"w.yaml:b": WaiverShadowed}},
		"the wider comes later":         {waiving(full(Fail, Fail, Pass), "b", "*"), nil},
		"partial: only what was run":    {partial, map[string]string{"w.yaml:a": WaiverHealed}},
		"a run that never had a plan":   {unplanned, nil},
		"dry":                           {Run{Planned: full(Pass).Planned, Waivers: []Waiver{accept("a"), accept("z")}}, nil},
		"healed, and another is waived": {waiving(full(Fail, Pass), "a", "b"), map[string]string{"w.yaml:b": WaiverHealed}},
		"healed beside a failure":       {waiving(full(Fail, Pass), "b"), map[string]string{"w.yaml:b": WaiverHealed}},
	} {
		got := idleCauses(c.run)
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if red := c.run.Verdict() == Critical; len(got) > 0 && !red {
			t.Errorf("%s: %s", name, c.run.Verdict())
		}
		again := c.run
		again.Results = c.run.Complete()
		if a, b := statuses(c.run), statuses(again); !maps.Equal(a, b) {
			t.Errorf("%s: completed twice %v, not %v", name, b, a)
		}
	}

	mended := waiving(full(Pass, Pass), "b")
	again := mended
	again.Results, again.Waivers = mended.Complete(), nil
	if got := idleCauses(again); len(got) != 0 || again.Verdict() != Healthy {
		t.Errorf("without the waiver: %v, %s", got, again.Verdict())
	}
}

// TestIdleWaiversSay: what is wrong, where, and the way out.
func TestIdleWaiversSay(t *testing.T) {
	run := waiving(full(Pass, Fail), "z", "b", "a")
	run.Waivers[0].Check = "phase/*" // matches the check, but no subject
	run.Waivers[2].At = "w.yaml:z"   // on one line with the first
	root := accept("shopify")
	root.Check, root.At = "scenario/resumed", "w.yaml:9"
	typo := accept("a")
	typo.Check, typo.At = "phse/check", "w.yaml:8"
	typo2 := accept("a")
	typo2.Check, typo2.At = "phase/chek", "w.yaml:7"
	run.Waivers = append(run.Waivers, root, typo, typo2)
	said := map[string]Result{}
	for _, r := range run.Complete() {
		if r.Check == WaiversCheck {
			said[r.Subject] = r
		}
	}
	remove := "remove it from the file of waivers"
	for at, want := range map[string][2]string{
		"w.yaml:z": {"the waiver of phase/* [z] matches no spec and no result; the waiver of phase/check [a] waives nothing any more: all that it matches is mended",
			"the subjects of phase/* are a, b: mend the name, or " + remove},
		"w.yaml:9": {"the waiver of scenario/resumed [shopify] matches no spec and no result", "if what it names is mended, or the name is wrong, " + remove},
		"w.yaml:8": {"the waiver of phse/check [a] matches no spec and no result", "no check is called like that: mend the name, or " + remove},
		"w.yaml:7": {"the waiver of phase/chek [a] matches no spec and no result", "the checks of phase are phase/check: mend the name, or " + remove},
	} {
		r := said[at]
		if r.Summary != want[0] || r.Remedy != want[1] {
			t.Errorf("%s: %q\n%q", at, r.Summary, r.Remedy)
		}
		if r.Status != Error || len(r.Evidence) == 0 || !strings.Contains(r.Evidence[0].Text, "accepted by jane until 2026-12-31 (ACME-12): known") {
			t.Errorf("%s: %+v", at, r)
		}
	}
	if len(said) != 4 || len(said["w.yaml:z"].Evidence) != 2 {
		t.Errorf("%d said: %+v", len(said), said)
	}
}

// TestWaivedRoot: what is blocked by a waived cause is waived by the same waiver, over any chain; but a run that is all
// waived proves nothing.
func TestWaivedRoot(t *testing.T) {
	run := waiving(full(Blocked, Blocked, Blocked, Pass))
	root := Result{Check: "scenario/resumed", Subject: "shopify", Status: Fail, Cause: "no-start"}
	run.Results[0].BlockedBy, run.Results[1].BlockedBy, run.Results[2].BlockedBy = root.Key(), run.Results[0].Key(), root.Key()
	run.Results = append(run.Results, root)
	w := accept("shopify")
	w.Check = "scenario/*"
	run.Waivers = []Waiver{w}
	if got := run.Count(); got[Waived] != 4 || got[Pass] != 1 || run.Verdict() != Healthy {
		t.Errorf("%v, %s", got, run.Verdict())
	}
	for _, r := range run.Complete() {
		if r.Status == Waived && (r.WaivedBy == nil || *r.WaivedBy != w) {
			t.Errorf("%s is waived by %v", r.Key(), r.WaivedBy)
		}
	}
	again := run
	again.Results = run.Complete()
	if got := again.Count(); got[Waived] != 4 || got[Pass] != 1 {
		t.Errorf("completed twice: %v", got)
	}

	own := run // a waiver of the blocked spec itself may be for what it comes to once it is not blocked
	own.Waivers = append(slices.Clone(run.Waivers), accept("a"))
	if got := idleCauses(own); len(got) != 0 {
		t.Errorf("of a blocked spec nothing is known, and yet %v", got)
	}
	all := run
	all.Results = slices.Delete(slices.Clone(run.Results), 3, 4)
	all.Planned, all.Selected = run.Planned[:3], run.Selected[:3]
	if v := all.Verdict(); v != Void || all.ExitCode() != 1 {
		t.Errorf("nothing but waived: %s", v)
	}
	harness := run
	harness.Results = slices.Clone(run.Results)
	harness.Results[4].Status = Error
	if got := harness.Count(); got[Waived] != 0 || got[Blocked] != 3 || got[Error] != 1 {
		t.Errorf("an Error is waived: %v", got)
	}
	circle := waiving(full(Blocked, Blocked, Pass), "*")
	circle.Results[0].BlockedBy, circle.Results[1].BlockedBy = circle.Results[1].Key(), circle.Results[0].Key()
	if got := circle.Count(); got[Blocked] != 2 {
		t.Errorf("blocked by one another: %v", got)
	}
	healed := run
	healed.Results = full(Pass, Pass, Pass, Pass).Results
	if got := idleCauses(healed); got[w.At] != WaiverUnmatched {
		t.Errorf("the cause is gone, and yet %v", got)
	}
	hidden := run // by another cause, which may hide this one
	hidden.Results = slices.Clone(run.Results)
	hidden.Results[4].Check = "target/sync"
	for i := range 3 {
		hidden.Results[i].BlockedBy = hidden.Results[4].Key()
	}
	if got := idleCauses(hidden); len(got) != 0 {
		t.Errorf("what is behind another cause is not known, and yet %v", got)
	}
}

// TestWaivedWorst: of several results of a spec the worst one speaks, also where it is waived.
func TestWaivedWorst(t *testing.T) {
	for _, order := range [][]Status{{Fail, Pass}, {Pass, Fail}, {Fail, Warning}, {Waived, Warning}} {
		run := waiving(full(Pass, Pass), "a")
		for _, s := range order {
			_, r := spec("a", s)
			run.Results = append(run.Results, r)
		}
		if got := run.Complete()[0].Status; got != Waived {
			t.Errorf("of %v came %s", order, got)
		}
	}
}

// TestHeadline: a verdict that is not of all objects says so.
func TestHeadline(t *testing.T) {
	healthy, critical := full(Pass), full(Fail)
	healthy.Objects, critical.Objects = 13, 13
	if got := healthy.Headline(); got != "HEALTHY" {
		t.Error(got)
	}
	for i := range 11 {
		e := Excluded{Object: fmt.Sprint(i), Why: "not yet"}
		healthy.Excluded, critical.Excluded = append(healthy.Excluded, e), append(critical.Excluded, e)
	}
	if got := healthy.Headline(); got != "HEALTHY for 2 of 13 objects" || healthy.Verdict() != Healthy {
		t.Error(got)
	}
	if got := critical.Headline(); got != "CRITICAL ISSUES" {
		t.Error(got)
	}
}

// TestRemarks: a fortnight ahead, and not before.
func TestRemarks(t *testing.T) {
	for expires, want := range map[string]string{
		"2026-07-03": "expired on 2026-07-03, which this run does not enforce", "2026-07-04": "will expire today, after 2026-07-04",
		"2026-07-05": "will expire tomorrow, after 2026-07-05", "2026-07-18": "will expire in 14 days, after 2026-07-18", "2026-07-19": "",
	} {
		run := waiving(full(Fail), "a")
		run.Waivers[0].Expires = expires
		got := run.Remarks()
		if want != "" {
			want = "the waiver of jane (ACME-12) at w.yaml:a " + want
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%s: %q", expires, got)
		}
	}
	run := waiving(full(Fail))
	for i := range many - 1 {
		run.Waivers = append(run.Waivers, accept(fmt.Sprint(i)))
	}
	if got := run.Remarks(); len(got) != 0 {
		t.Errorf("of %d: %q", many-1, got)
	}
	run.Waivers = append(run.Waivers, accept("last"))
	if got := run.Remarks(); len(got) != 1 || got[0] != "20 waivers expire on 2026-12-31: what is not mended by then turns red at once; spread their dates" {
		t.Errorf("of %d: %q", many, got)
	}
	for i := range run.Waivers {
		run.Waivers[i].Expires = "2026-07-06"
	}
	if got := run.Remarks(); len(got) != 2 || got[0] != "20 waivers of jane (ACME-12), the first at w.yaml:0, will expire in 2 days, after 2026-07-06" {
		t.Errorf("soon: %q", got)
	}
}

// TestWaivedJSON: a run that was written and read is waived the same, and not on trust.
func TestWaivedJSON(t *testing.T) {
	run := waiving(full(Pass, Fail, Unproven), "b", "c")
	run.Waivers[1].Cause, run.Results[2].Cause = "little", "little"
	run.Results = run.Complete()
	text, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	var back Run
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if back.Verdict() != Healthy || !maps.Equal(statuses(back), statuses(run)) {
		t.Errorf("came back as %s, %v", back.Verdict(), statuses(back))
	}
	back.Waivers = nil
	if got := statuses(back); got["phase/check [b]"] != Fail || got["phase/check [c]"] != Unproven {
		t.Errorf("without waivers %v", got)
	}
}
