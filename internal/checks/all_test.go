package checks_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/checks"
)

// TestEveryPhaseTestsItsCauses holds that each folder of checks has the test which wants every declared cause of its
// checks found by a case or by a seeded defect, and that each check is where its id says.
func TestEveryPhaseTestsItsCauses(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range checks.All() {
		phase, name, ok := strings.Cut(c.ID, "/")
		if _, err := os.Stat(filepath.Join(phase, strings.ReplaceAll(name, "-", "_")+".go")); !ok || err != nil {
			t.Errorf("%s is in no file of its own: %v", c.ID, err)
		}
		if len(c.Causes) == 0 {
			t.Errorf("%s declares no cause: it cannot fail", c.ID)
		}
		if seen[phase] {
			continue
		}
		seen[phase] = true
		text, err := os.ReadFile(filepath.Join(phase, "causes_test.go"))
		if err != nil {
			t.Errorf("nothing proves that the checks of %s can find their causes: %v", phase, err)
			continue
		}
		for _, want := range []string{"func TestCauses(t *testing.T)", "checktest.Phase{", `"` + phase + `"`, "}.Test(t)"} {
			if !strings.Contains(string(text), want) {
				t.Errorf("%s/causes_test.go has no %q", phase, want)
			}
		}
	}
}
