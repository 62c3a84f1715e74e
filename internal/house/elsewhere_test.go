package house

import (
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/report"
)

// elsewhere is a repository of somebody else: its module, and a suite that imports the harness.
var elsewhere = map[string]string{
	"go.mod": `module example.test/acme

go 1.26.0

require github.com/syncspec/syncspec v0.0.0

replace github.com/syncspec/syncspec => SYNCSPEC
`,
	"conformance/store_test.go": `package conformance

import (
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
	"github.com/syncspec/syncspec/harness"
)

func TestMain(m *testing.M) { harness.Main(m) }

func TestStore(t *testing.T) {
	harness.Specs(t, harness.Suite{Source: "woocommerce"})
	gomega.RegisterFailHandler(ginkgo.Fail)
	ginkgo.RunSpecs(t, "store")
}
`,
}

// TestSuiteOfAnotherModule runs a suite in a module of its own: with nothing of this repository beside it, and nothing
// that is not in its go.sum or in the module cache.
func TestSuiteOfAnotherModule(t *testing.T) {
	ours, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	theirs := t.TempDir()
	for name, text := range elsewhere {
		file := filepath.Join(theirs, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(text, "SYNCSPEC", ours)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sums, err := os.ReadFile(filepath.Join(ours, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(theirs, "go.sum"), sums, 0o644); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("go", "test", "-count=1", "./...")
	command.Dir = theirs
	command.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "SYNCSPEC_MODE=replay")
	if out, err := command.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "ok  \texample.test/acme/conformance\t") {
		t.Fatalf("go test: %v\n%s", err, out)
	}

	folder := filepath.Join(theirs, "reports", "woocommerce") // of the module, not of the package
	run, err := report.Load(filepath.Join(folder, report.JSONFile))
	if err != nil {
		t.Fatal(err)
	}
	if v := run.Verdict(); v != "SELF-TEST" || len(run.Planned) < 200 || run.Filtered() {
		t.Errorf("the verdict is %s, of %d planned specs %d were selected", v, len(run.Planned), len(run.Selected))
	}
	text, err := os.ReadFile(filepath.Join(folder, report.JUnitFile))
	if err != nil {
		t.Fatal(err)
	}
	var suites report.JUnitSuites
	if err := xml.Unmarshal(text, &suites); err != nil {
		t.Fatal(err)
	}
	if n := run.Count(); suites.Tests != len(run.Planned) || suites.Failures+suites.Errors > 0 || suites.Skipped != n["not_applicable"] {
		t.Errorf("JUnit has %d tests, of which %d failed and %d were skipped; the results are %v", suites.Tests, suites.Failures+suites.Errors, suites.Skipped, n)
	}
}
