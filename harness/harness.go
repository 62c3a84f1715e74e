// Package harness is what a suite imports: it makes Ginkgo specs of a manifest and drives them. A suite is a test file
// of a few lines:
//
//	func TestMain(m *testing.M) { harness.Main(m) }
//
//	func TestWooCommerce(t *testing.T) {
//		harness.Specs(t, harness.Suite{Manifest: "../../specs/woocommerce.yaml"})
//		gomega.RegisterFailHandler(ginkgo.Fail)
//		ginkgo.RunSpecs(t, "woocommerce")
//	}
package harness

import (
	"os"
	"testing"

	"github.com/syncspec/syncspec/internal/engine"
)

// Suite says what a suite verifies.
type Suite struct {
	// Manifest is the source's manifest file.
	Manifest string
	// Cassettes is the folder of the source's recording, Reports where reports go. Empty ones are
	// ../cassettes/<source> and ../reports/<source> beside the manifest's folder.
	Cassettes, Reports string
}

// Main runs a test binary. The binary is executed again as the guardian of what it starts and as the bundled target:
// in those roles Main does the work and no test runs. Call it as TestMain.
func Main(m *testing.M) {
	engine.Roles()
	os.Exit(m.Run())
}
