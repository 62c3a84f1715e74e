// Package harness is what a suite imports: it makes Ginkgo specs of a manifest and drives them. A suite is a test file
// of a few lines, in this repository or in any other:
//
//	func TestMain(m *testing.M) { harness.Main(m) }
//
//	func TestWooCommerce(t *testing.T) {
//		harness.Specs(t, harness.Suite{Source: "woocommerce"})
//		gomega.RegisterFailHandler(ginkgo.Fail)
//		ginkgo.RunSpecs(t, "woocommerce")
//	}
package harness

import (
	"flag"
	"os"
	"testing"

	"github.com/syncspec/syncspec/internal/engine"
)

// targetFlag names the profile of the target that a suite verifies: ginkgo ./suites/shopify -- --target acme.yaml
const targetFlag = "target"

// Suite says what a suite verifies.
type Suite struct {
	// Source names a source that comes with syncspec. Its manifest, recording and fixtures are taken where none of the paths
	// below names others, and reports go to reports/<source> in the module's folder.
	Source string
	// Manifest is the source's manifest file.
	Manifest string
	// Cassettes is the folder of the source's recording, Reports where reports go. Without Source empty ones are
	// ../cassettes/<source> and ../reports/<source> beside the manifest's folder.
	Cassettes, Reports string
	// Target is the profile of the target. The flag -target comes before it, SYNCSPEC_TARGET after it; without any of them
	// the bundled reference is verified.
	Target string
	// Waivers is a file of accepted failures; without one SYNCSPEC_WAIVERS or the profile names it.
	Waivers string
}

// Main runs a test binary. The binary is executed again as the guardian of what it starts and as the bundled target:
// in those roles Main does the work and no test runs. Call it as TestMain.
func Main(m *testing.M) {
	engine.Roles()
	flag.String(targetFlag, "", "the `file` with the profile of the target to verify; the bundled reference if not given")
	os.Exit(m.Run())
}
