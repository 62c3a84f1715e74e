package engine

import (
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/report"
	"github.com/syncspec/syncspec/internal/result"
)

// Run is the run that never began: its one result says why.
func (r *Refusal) Run(started time.Time) result.Run {
	first, _, more := strings.Cut(r.Error(), "\n")
	res := result.Result{Check: "run/prepared", Subject: r.Source, Level: "required", Status: result.Error, Cause: "not-prepared",
		Summary: first, Remedy: "mend what the message says and run again"}
	if more {
		res.Evidence = []result.Evidence{{Kind: "error", Text: r.Error()}}
	}
	return result.Run{Source: r.Source, Title: r.Source, Started: started, Results: []result.Result{res}}
}

// Report puts a report of the run that never began in the place of an older run's, which could be green.
func (r *Refusal) Report(started time.Time) error {
	if r.Reports == "" {
		return nil
	}
	// A mistyped path is no reason to make folders somewhere.
	if _, err := os.Stat(filepath.Dir(filepath.Dir(r.Reports))); err != nil {
		return nil
	}
	return report.Write(r.Reports, r.Run(started))
}
