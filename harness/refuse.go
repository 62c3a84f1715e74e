package harness

import (
	"errors"
	"os"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/report"
)

// refuse ends the test for an error that leaves nothing to run, and puts a report of it in the place of an older run's,
// which could be green.
func refuse(t *testing.T, config types.SuiteConfig, err error) {
	t.Helper()
	var r *engine.Refusal
	if config.DryRun || !errors.As(err, &r) {
		t.Fatal(err)
	}
	if config.ParallelProcess != 1 {
		t.FailNow() // the first process says why
	}
	now := time.Now()
	if err := errors.Join(r.Report(now), report.GitHub(os.Stdout, r.Run(now), os.Getenv)); err != nil {
		t.Errorf("this could not be reported: %v", err)
	}
	t.Fatal(err)
}
