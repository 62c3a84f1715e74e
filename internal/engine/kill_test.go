package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/reference/defects"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

func TestMain(m *testing.M) {
	badTarget()
	badMigration()
	engine.Roles()
	os.Exit(m.Run())
}

const manifestFile = "../../specs/woocommerce.yaml"

// TestUnbrokenTargetPassesEverything is the baseline without which a kill means nothing.
func TestUnbrokenTargetPassesEverything(t *testing.T) {
	run, _ := runDefect(t, "", nil)
	for _, r := range run.Complete() {
		if r.Status != result.Pass && r.Status != result.NotApplicable {
			t.Errorf("%s: %s %s: %s", r.Key(), r.Status, r.Cause, r.Summary)
		}
	}
	if v := run.Verdict(); v != result.SelfTest {
		t.Errorf("the verdict is %s, want %s", v, result.SelfTest)
	}
}

// TestEveryDefectIsKilledForItsCause seeds each defect and wants the check that names its cause to fail for it. Of the
// others only those run that look at the same state, which is there already: they show that the target still works.
func TestEveryDefectIsKilledForItsCause(t *testing.T) {
	scenarios := map[string]scenario.Name{}
	for _, c := range checks.All() {
		scenarios[c.ID] = c.Scenario
	}
	for _, d := range defects.All() {
		t.Run(d.Name, func(t *testing.T) {
			t.Parallel()
			run, fired := runDefect(t, d.Name, func(s plan.Spec) bool { return s.Check.Scenario == scenarios[d.KilledBy] })
			if err := judge(d, fired, run); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestCanary runs a real defect where it cannot strike: the checks pass, and that must not count for or against them.
func TestCanary(t *testing.T) {
	for _, d := range defects.All() {
		if d.Name != "signature-unchecked" {
			continue
		}
		// Nothing is delivered for this check, so no signature is left unchecked.
		run, fired := runDefect(t, d.Name, func(s plan.Spec) bool { return s.Check.ID == "configuration/unique-key" })
		if n := run.Count()[result.Pass]; n == 0 || n != len(run.Selected) {
			t.Errorf("%d of %d specs passed; they have nothing to do with the defect", n, len(run.Selected))
		}
		if err := judge(d, fired, run); !errors.Is(err, errVoid) {
			t.Errorf("a defect that did not fire was judged %v, want %v", err, errVoid)
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

// TestJudge holds the judge against runs that prove nothing.
func TestJudge(t *testing.T) {
	d := defects.Defect{Name: "broken", Breaks: "it breaks", KilledBy: "phase/check", Cause: "the-cause"}
	failing := func(check, cause string, status result.Status) result.Result {
		return result.Result{Check: check, Subject: "orders", Status: status, Cause: cause}
	}
	works := failing("phase/other", "", result.Pass)
	for name, c := range map[string]struct {
		fired   bool
		results []result.Result
		want    string // empty: killed
	}{
		"killed":            {true, []result.Result{works, failing("phase/check", "the-cause", result.Fail)}, ""},
		"others fail too":   {true, []result.Result{works, failing("phase/check", "the-cause", result.Fail), failing("phase/third", "x", result.Error)}, ""},
		"did not fire":      {false, []result.Result{works, failing("phase/check", "the-cause", result.Fail)}, "VOID"},
		"nothing ran":       {true, nil, "goes unnoticed"},
		"passed":            {true, []result.Result{works, failing("phase/check", "", result.Pass)}, "goes unnoticed"},
		"for another cause": {true, []result.Result{works, failing("phase/check", "other", result.Fail)}, "phase/check [orders] is fail for \"other\""},
		"by another check":  {true, []result.Result{works, failing("phase/third", "the-cause", result.Fail)}, "phase/third [orders] is fail"},
		"warned only":       {true, []result.Result{works, failing("phase/check", "the-cause", result.Warning)}, "goes unnoticed"},
		"blocked only":      {true, []result.Result{works, failing("phase/check", "the-cause", result.Blocked)}, "goes unnoticed"},
		"harness failed":    {true, []result.Result{works, failing("phase/check", "the-cause", result.Error)}, "goes unnoticed"},
		"harness failed, too": {true, []result.Result{works, failing("phase/check", "the-cause", result.Fail),
			{Check: "phase/check", Subject: "x", Status: result.Error, Cause: "harness"}}, "the harness failed"},
		"target dead":       {true, []result.Result{failing("phase/check", "the-cause", result.Fail), failing("phase/other", "x", result.Fail)}, "nothing else works"},
		"nobody else asked": {true, []result.Result{failing("phase/check", "the-cause", result.Fail), {Check: "phase/check", Subject: "x", Status: result.Pass}}, "nothing else works"},
	} {
		t.Run(name, func(t *testing.T) {
			err := judge(d, c.fired, result.Run{Results: c.results})
			switch {
			case c.want == "" && err != nil:
				t.Errorf("it is a kill, but was judged: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("judged %v, want %q in it", err, c.want)
			}
		})
	}
}

// errVoid is a run in which the defect did not fire: docs/kills.md says what that is for each kind.
var errVoid = errors.New("VOID: the defect never struck, or found nothing to change when it was seeded, so the run measured nothing")

// judge tells why a run with a defect is no proof that the check which must kill it can fail; nil where it is.
func judge(d defects.Defect, fired bool, run result.Run) error {
	if !fired {
		return fmt.Errorf("%s: %w", d.Name, errVoid)
	}
	killed, works := false, false
	var errs, others []string
	for _, r := range run.Complete() {
		line := fmt.Sprintf("%s is %s for %q: %s", r.Key(), r.Status, r.Cause, r.Summary)
		switch {
		case r.Check == d.KilledBy && r.Cause == d.Cause && r.Status == result.Fail:
			killed = true
		case r.Check == d.KilledBy && r.Status == result.Error:
			errs, others = append(errs, line), append(others, line)
		case r.Status.Red():
			others = append(others, line)
		case r.Check != d.KilledBy && r.Status == result.Pass:
			works = true
		}
	}
	switch {
	case killed && len(errs) > 0:
		return fmt.Errorf("%s: the harness failed beside the kill, which therefore proves nothing: %s", d.Name, errs[0])
	case !killed:
		return fmt.Errorf("%s did not fail for %q, so it goes unnoticed that %s; instead:\n%s", d.KilledBy, d.Cause, d.Breaks, strings.Join(others, "\n"))
	case !works:
		// A target that fails at everything is killed by every check, whatever the defect was meant to break.
		return fmt.Errorf("%s: nothing else works either, so this is no proof for %s:\n%s", d.Name, d.KilledBy, strings.Join(others, "\n"))
	case run.Verdict() != result.Critical:
		return fmt.Errorf("%s was killed, but the verdict is %s, want %s", d.Name, run.Verdict(), result.Critical)
	}
	return nil
}

// runDefect runs the specs that keep lets through against a target with the named defect, or with none, and tells
// whether the defect fired.
func runDefect(t *testing.T, defect string, keep func(plan.Spec) bool) (run result.Run, fired bool) {
	t.Helper()
	note := filepath.Join(t.TempDir(), "fired")
	job, err := engine.Prepare(engine.Options{Manifest: manifestFile, Reports: t.TempDir(), Defect: defect, DefectFired: note})
	if err != nil {
		t.Fatal(err)
	}
	if run, err = engine.RunAll(t.Context(), job, keep); err != nil {
		t.Fatal(err)
	}
	_, err = os.Stat(note)
	return run, err == nil
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
