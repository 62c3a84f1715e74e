package harness_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/syncspec/syncspec/harness"
)

// The suite's test binary and Ginkgo's command line, as `make` builds them.
var suiteBinary, ginkgoBinary string

func TestMain(m *testing.M) {
	if os.Getenv("SYNCSPEC_ROLE") != "" {
		harness.Main(m) // the guardian of a database that these tests start
	}
	if runtime.GOOS != "linux" {
		fmt.Println("these tests look for leftovers in /proc: not run")
		if os.Getenv("SYNCSPEC_REQUIRE_ALL") == "1" {
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(built(m))
}

// built builds what the tests drive, and runs them.
func built(m *testing.M) int {
	dir, err := os.MkdirTemp("", "syncspec-harness-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	suiteBinary, ginkgoBinary = filepath.Join(dir, "woocommerce.test"), filepath.Join(dir, "ginkgo")
	for _, args := range [][]string{
		{"test", "-c", "-o", suiteBinary, "../suites/woocommerce"},
		{"build", "-o", ginkgoBinary, "github.com/onsi/ginkgo/v2/ginkgo"},
	} {
		if out, err := exec.Command("go", args...).CombinedOutput(); err != nil {
			fmt.Printf("go %v: %v\n%s", args, err, out)
			return 1
		}
	}
	return m.Run()
}
