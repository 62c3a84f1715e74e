package engine_test

import (
	"errors"
	"flag"
	"os"
	"runtime"
	"strconv"
	"testing"

	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/kills"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/reference/defects"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

func TestMain(m *testing.M) {
	badTarget()
	nothingTarget()
	badMigration()
	engine.Roles()
	flag.Parse()
	// A run with a defect mostly waits: for the source's Retry-After, for a sentinel, for another process.
	if err := flag.Set("test.parallel", strconv.Itoa(3*runtime.GOMAXPROCS(0))); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

const manifestFile = "../../specs/woocommerce.yaml"

// conditions are a source and a mode in which it is run.
type conditions struct{ source, mode string }

func (c conditions) String() string { return c.source + "/" + c.mode }

// prepare prepares a run under the conditions.
func (c conditions) prepare(t *testing.T) *engine.Job {
	t.Helper()
	j, err := engine.Prepare(engine.Options{Manifest: "../../specs/" + c.source + ".yaml", Mode: c.mode, Reports: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestUnbrokenTargetPassesEverything is the baseline without which a kill means nothing.
func TestUnbrokenTargetPassesEverything(t *testing.T) {
	for _, c := range []conditions{
		{"woocommerce", engine.Replay}, {"woocommerce", engine.Sandbox}, {"shopify", engine.Replay}, {"shopify", engine.Sandbox},
	} {
		t.Run(c.String(), func(t *testing.T) {
			run, _, err := kills.Run(t.Context(), c.prepare(t), "", nil)
			if err != nil {
				t.Fatal(err)
			}
			modes := map[result.Mode]int{}
			for _, r := range run.Complete() {
				modes[r.Mode]++
				if r.Status != result.Pass && r.Status != result.NotApplicable {
					t.Errorf("%s: %s %s: %s", r.Key(), r.Status, r.Cause, r.Summary)
				}
			}
			if v := run.Verdict(); v != result.SelfTest {
				t.Errorf("the verdict is %s, want %s", v, result.SelfTest)
			}
			if modes[result.Sandbox] == 0 || modes[""] > 0 || c.mode == engine.Sandbox && len(modes) > 1 || c.mode == engine.Replay && modes[run.Mode] < modes[result.Sandbox] {
				t.Errorf("a run in %s has results of the modes %v", c.mode, modes)
			}
		})
	}
}

// TestEveryDefectIsKilledForItsCause seeds each defect and wants the check that names its cause to fail for it, in every
// source that has what the defect needs. Of the other checks that look at the same state one spec each runs: they show
// that the target still works. make kill-matrix runs them whole. Under the race detector one defect of each state is
// enough: the code that runs is the same, and the plain test has them all.
func TestEveryDefectIsKilledForItsCause(t *testing.T) {
	states := map[string]scenario.Name{}
	for _, c := range checks.All() {
		states[c.ID] = c.Scenario
	}
	for _, c := range []conditions{{"woocommerce", engine.Replay}, {"shopify", engine.Sandbox}} {
		job := c.prepare(t)
		watched := map[scenario.Name]bool{}
		for _, d := range defects.All() {
			t.Run(c.source+"/"+d.Name, func(t *testing.T) {
				if !kills.Applies(d, job.Plan) {
					t.Logf("not applicable to %s: it needs %s", c.source, d.Needs)
					return
				}
				if state := states[d.KilledBy]; underRace && watched[state] {
					t.Logf("left to the plain test: the race detector has watched a defect of the state %q", state)
					return
				} else {
					watched[state] = true
				}
				t.Parallel()
				run, fired, err := kills.Run(t.Context(), job, d.Name, witnesses(d, job.Plan))
				if err == nil {
					err = kills.Judge(d, fired, run)
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// witnesses lets through the check that must kill a defect, and of the others that need the same state one spec each.
func witnesses(d defects.Defect, p *plan.Plan) func(plan.Spec) bool {
	same := kills.SameState(d, p)
	first := map[string]string{}
	for _, s := range p.Specs {
		if _, seen := first[s.Check.ID]; !seen {
			first[s.Check.ID] = s.Key()
		}
	}
	return func(s plan.Spec) bool { return same(s) && (s.Check.ID == d.KilledBy || first[s.Check.ID] == s.Key()) }
}

// TestCanary runs a real defect where it cannot strike: the checks pass, and that must not count for or against them.
func TestCanary(t *testing.T) {
	for _, d := range defects.All() {
		if d.Name != "signature-unchecked" {
			continue
		}
		// Nothing is delivered for this check, so no signature is left unchecked.
		run, fired, err := kills.Run(t.Context(), conditions{"woocommerce", engine.Replay}.prepare(t), d.Name, func(s plan.Spec) bool { return s.Check.ID == "configuration/unique-key" })
		if err != nil {
			t.Fatal(err)
		}
		if n := run.Count()[result.Pass]; n == 0 || n != len(run.Selected) {
			t.Errorf("%d of %d specs passed; they have nothing to do with the defect", n, len(run.Selected))
		}
		if err := kills.Judge(d, fired, run); !errors.Is(err, kills.ErrVoid) {
			t.Errorf("a defect that did not fire was judged %v, want %v", err, kills.ErrVoid)
		}
		return
	}
	t.Fatal("the canary's defect is gone: take another")
}

// TestEveryCheckKillsADefect wants proof of each check that it can fail, for a cause it knows.
func TestEveryCheckKillsADefect(t *testing.T) {
	causes := map[string]map[string]string{}
	unproven := map[string]bool{}
	for _, c := range checks.All() {
		causes[c.ID] = c.Causes
		unproven[c.ID] = true
	}
	for _, d := range defects.All() {
		delete(unproven, d.KilledBy)
		switch {
		case causes[d.KilledBy] == nil:
			t.Errorf("%s is to be killed by %q, which is no check", d.Name, d.KilledBy)
		case causes[d.KilledBy][d.Cause] == "":
			t.Errorf("%s is to be killed for %q, which is no cause that %s can give", d.Name, d.Cause, d.KilledBy)
		}
	}
	for _, c := range checks.All() {
		if unproven[c.ID] {
			t.Errorf("no defect is killed by %s: nothing proves that it can fail", c.ID)
		}
	}
}

// TestAMissingTableIsTheTargetsFault holds that checks which cannot look at a table blame the target, not the harness.
func TestAMissingTableIsTheTargetsFault(t *testing.T) {
	job, err := engine.Prepare(engine.Options{Manifest: manifestFile, Reports: t.TempDir(), Defect: "function-forgotten"})
	if err != nil {
		t.Fatal(err)
	}
	run, err := engine.RunAll(t.Context(), job, func(s plan.Spec) bool {
		return s.Check.ID == "configuration/stamps" || s.Check.ID == "webhook/odd-payloads"
	})
	if err != nil {
		t.Fatal(err)
	}
	missing := 0
	for _, r := range run.Complete() {
		if r.Status == result.Error || r.Status == result.Blocked {
			t.Errorf("%s: %s %s: %s", r.Key(), r.Status, r.Cause, r.Summary)
		}
		if r.Cause == "schema-missing" {
			missing++
		}
	}
	if missing == 0 {
		t.Error("no check says that the table is missing")
	}
}
