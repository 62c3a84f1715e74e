package harness

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/report"
	"github.com/syncspec/syncspec/internal/result"
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
	if err := refusalReport(r); err != nil {
		t.Errorf("this could not be reported: %v", err)
	}
	t.Fatal(err)
}

// refusalReport writes the report of a run that never began.
func refusalReport(r *engine.Refusal) (err error) {
	// A mistyped path is no reason to make folders somewhere.
	if _, err := os.Stat(filepath.Dir(filepath.Dir(r.Reports))); err != nil {
		return nil
	}
	run := result.Run{Source: r.Source, Title: r.Source, Started: time.Now()}
	if err := report.Begin(r.Reports, run); err != nil {
		return err
	}
	first, _, more := strings.Cut(r.Error(), "\n")
	res := result.Result{Check: "run/prepared", Subject: r.Source, Level: "required", Status: result.Error, Cause: "not-prepared",
		Summary: first, Remedy: "mend what the message says and run again"}
	if more {
		res.Evidence = []result.Evidence{{Kind: "error", Text: r.Error()}}
	}
	run.Results = []result.Result{res}
	journal, err := report.OpenJournal(r.Reports, 1, run)
	if err != nil {
		return err
	}
	if err := journal.Close(); err != nil {
		return err
	}
	_, err = report.Finish(r.Reports)
	return err
}
