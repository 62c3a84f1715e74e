package result

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
)

// spec makes a planned spec and its result.
func spec(subject string, status Status) (Planned, Result) {
	p := Planned{Check: "phase/check", Subject: subject, Level: "required"}
	return p, Result{Check: p.Check, Subject: p.Subject, Level: p.Level, Status: status}
}

// full makes a run in which every spec is planned and selected.
func full(statuses ...Status) Run {
	var run Run
	for i, s := range statuses {
		p, r := spec(string(rune('a'+i)), s)
		run.Planned = append(run.Planned, p)
		run.Selected = append(run.Selected, p.Key())
		run.Results = append(run.Results, r)
	}
	return run
}

// TestVerdict goes through what a run can come to.
func TestVerdict(t *testing.T) {
	self := full(Pass)
	self.SelfTest = true
	selfRed := full(Fail)
	selfRed.SelfTest = true
	filtered := full(Pass, Pass)
	filtered.Selected, filtered.Results = filtered.Selected[:1], filtered.Results[:1]
	stranger := filtered // as many selected as planned, but not the same
	stranger.Selected = []string{filtered.Selected[0], "scenario/backfilled [shopify]"}
	stranger.Results = append(slices.Clone(stranger.Results), Result{Check: "scenario/backfilled", Subject: "shopify", Status: Pass})
	killed := full(Pass, Pass)
	killed.Results = killed.Results[:1]
	selectedOnly := full(Pass)
	selectedOnly.Selected = append(selectedOnly.Selected, "lost/check [x]")
	unplanned := Run{Results: []Result{{Check: "scenario/connected", Subject: "shopify", Status: Pass}}}
	selfFiltered := filtered
	selfFiltered.SelfTest = true
	twice := full(Pass)
	twice.Planned = append(twice.Planned, twice.Planned[0])

	for name, c := range map[string]struct {
		run  Run
		want Verdict
		exit int
	}{
		"all pass":                    {full(Pass, Pass), Healthy, 0},
		"neutral and warning":         {waiving(full(Pass, Warning, Fail, NotApplicable), "c"), Healthy, 0},
		"waived by nobody":            {full(Pass, Waived), Critical, 1},
		"all waived":                  {waiving(full(Fail, Fail, NotApplicable), "*"), Void, 1},
		"warning only":                {full(Warning), Healthy, 0},
		"fail":                        {full(Pass, Fail), Critical, 1},
		"error":                       {full(Pass, Error), Critical, 1},
		"blocked":                     {full(Pass, Blocked), Critical, 1},
		"unproven":                    {full(Pass, Unproven), Critical, 1},
		"status unknown":              {full(Pass, "passed"), Critical, 1},
		"status missing":              {full(Pass, ""), Critical, 1},
		"self-test":                   {self, SelfTest, 0},
		"red self-test":               {selfRed, Critical, 1},
		"filtered":                    {filtered, Partial, 0},
		"filtered self-test":          {selfFiltered, Partial, 0},
		"filtered, stranger selected": {stranger, Partial, 0},
		"killed":                      {killed, Critical, 1},
		"selected outside the plan":   {selectedOnly, Critical, 1},
		"planned twice":               {twice, Healthy, 0},
		"nothing":                     {Run{}, Void, 1},
		"nothing applies":             {full(NotApplicable), Void, 1},
		"nothing planned ran":         {unplanned, Void, 1},
	} {
		if got := c.run.Verdict(); got != c.want || c.run.ExitCode() != c.exit {
			t.Errorf("%s: %s with exit code %d, want %s with %d", name, got, c.run.ExitCode(), c.want, c.exit)
		}
	}
}

// TestComplete checks the order, the worst of several results, and what stands in for missing ones.
func TestComplete(t *testing.T) {
	run := full(Pass, Pass, Pass)
	_, worse := spec("a", Fail)
	run.Results = []Result{
		{Check: "scenario/z", Subject: "s", Status: Error}, run.Results[2],
		{Check: "scenario/a", Subject: "s", Status: Fail}, worse, run.Results[0],
	}
	run.Selected = append(run.Selected, "lost/check [x [y]]", "no key")
	var got []string
	for _, r := range run.Complete() {
		got = append(got, r.Key()+" "+string(r.Status))
	}
	want := []string{
		"phase/check [a] fail", "phase/check [b] error", "phase/check [c] pass",
		"lost/check [x [y]] error", "no key [] error", "scenario/a [s] fail", "scenario/z [s] error",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for _, order := range [][]Status{{Fail, Pass, Warning}, {Pass, Fail, Warning}, {Pass, Warning, Fail}} {
		flaky := full(Pass)
		flaky.Results = nil
		for _, s := range order {
			_, r := spec("a", s)
			flaky.Results = append(flaky.Results, r)
		}
		if got := flaky.Complete(); len(got) != 1 || got[0].Status != Fail {
			t.Errorf("of %v came %+v", order, got)
		}
	}
	twice := full(Pass)
	twice.Planned = append(twice.Planned, twice.Planned[0])
	if n := len(twice.Complete()); n != 1 {
		t.Errorf("%d results for one spec that is planned twice", n)
	}
	again := run
	again.Results = run.Complete()
	again.Selected = run.Selected[:3]
	if len(again.Complete()) != len(want) {
		t.Error("completing twice changes the results")
	}
	if n := run.Count(); n[Fail] != 2 || n[Error] != 4 || n[Pass] != 1 {
		t.Errorf("counts %v", n)
	}
}

// TestSeverity pins the order of roll-up.
func TestSeverity(t *testing.T) {
	all := Statuses()
	for i, a := range all {
		if !a.Known() || a.Worse(a) || !Status("?").Worse(a) {
			t.Errorf("%s is out of order", a)
		}
		for j, b := range all {
			if a.Worse(b) != (i > j) {
				t.Errorf("%s worse than %s: %v", a, b, a.Worse(b))
			}
		}
	}
	for status, red := range map[Status]bool{Pass: false, NotApplicable: false, Waived: false, Warning: false,
		Unproven: true, Blocked: true, Fail: true, Error: true, "": true} {
		if status.Red() != red {
			t.Errorf("%q red: %v", status, status.Red())
		}
	}
}

// TestJSONRoundTrip checks that nothing loses digits on its way through JSON.
func TestJSONRoundTrip(t *testing.T) {
	run := full(Pass)
	run.Seed = math.MaxInt64
	run.Results[0].Evidence = []Evidence{{Kind: "row", Text: "9007199254740993"}}
	text, err := json.Marshal(run)
	if err != nil {
		t.Fatal(err)
	}
	var back Run
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if back.Seed != run.Seed || back.Results[0].Evidence[0].Text != "9007199254740993" || back.Verdict() != run.Verdict() {
		t.Errorf("came back as %+v", back)
	}
}
