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

// elsewhere is the suite of somebody else, which imports the harness.
const elsewhere = `package conformance

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
`

// theirModule is the go.mod of a module that needs ours: what go get makes of it, which is ours and all that ours needs.
func theirModule(t *testing.T, ours string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(ours, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	const name = "github.com/syncspec/syncspec"
	_, needs, found := strings.Cut(string(text), "module "+name+"\n")
	if !found {
		t.Fatalf("go.mod is not that of %s:\n%s", name, text)
	}
	return "module example.test/acme\n" + needs + "\nrequire " + name + " v0.0.0\n\nreplace " + name + " => " + ours + "\n"
}

// TestSuiteOfAnotherModule runs a suite in a module of its own: with nothing of this repository beside it, and no module
// that its go.mod and go.sum do not name.
func TestSuiteOfAnotherModule(t *testing.T) {
	ours, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	theirs := t.TempDir()
	for name, text := range map[string]string{"go.mod": theirModule(t, ours), "conformance/store_test.go": elsewhere} {
		file := filepath.Join(theirs, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
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
	command.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "SYNCSPEC_MODE=replay")
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
