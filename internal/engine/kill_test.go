package engine_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/reference/defects"
	"github.com/syncspec/syncspec/internal/result"
)

func TestMain(m *testing.M) {
	engine.Roles()
	os.Exit(m.Run())
}

const manifestFile = "../../specs/woocommerce.yaml"

// TestUnbrokenTargetPassesEverything is the baseline without which a kill means nothing.
func TestUnbrokenTargetPassesEverything(t *testing.T) {
	run := runAll(t, engine.Options{})
	for _, r := range run.Complete() {
		if r.Status != result.Pass && r.Status != result.NotApplicable {
			t.Errorf("%s: %s %s: %s", r.Key(), r.Status, r.Cause, r.Summary)
		}
	}
	if v := run.Verdict(); v != result.SelfTest {
		t.Errorf("the verdict is %s, want %s", v, result.SelfTest)
	}
}

// TestEveryDefectIsKilledForItsCause seeds each defect and wants the check that names its cause to fail for it.
func TestEveryDefectIsKilledForItsCause(t *testing.T) {
	for _, d := range defects.All() {
		t.Run(d.Name, func(t *testing.T) {
			fired := filepath.Join(t.TempDir(), "fired")
			run := runAll(t, engine.Options{Defect: d.Name, DefectFired: fired})
			if _, err := os.Stat(fired); err != nil {
				t.Fatalf("VOID: the defect never struck, so the run measured nothing: %v", err)
			}
			killed := false
			for _, r := range run.Complete() {
				if r.Status == result.Fail {
					t.Logf("%s: %s: %s", r.Key(), r.Cause, r.Summary)
				}
				killed = killed || r.Check == d.KilledBy && r.Cause == d.Cause && r.Status == result.Fail
			}
			if !killed {
				t.Errorf("%s did not fail with the cause %q: %s goes unnoticed", d.KilledBy, d.Cause, d.Breaks)
			}
			if v := run.Verdict(); v != result.Critical {
				t.Errorf("the verdict is %s, want %s", v, result.Critical)
			}
		})
	}
}

func runAll(t *testing.T, o engine.Options) result.Run {
	t.Helper()
	o.Manifest = manifestFile
	o.Reports = t.TempDir()
	job, err := engine.Prepare(o)
	if err != nil {
		t.Fatal(err)
	}
	run, err := engine.RunAll(t.Context(), job, nil)
	if err != nil {
		t.Fatal(err)
	}
	return run
}
