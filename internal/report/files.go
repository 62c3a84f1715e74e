package report

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/syncspec/syncspec/internal/result"
)

// The names of the reports in a source's folder.
const (
	JUnitFile = "junit.xml"
	JSONFile  = "results.json"
)

// Begin makes dir ready for a run: the reports of an older one give way to a single error "run did not complete",
// which stays if nothing gets as far as [Finish], and the older journals are removed. planned is the run's metadata.
// Only one process may call it, and before any of them opens a journal.
func Begin(dir string, planned result.Run) (err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return explain("the reports folder cannot be made", err)
	}
	unlock, err := lock(dir, patience)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := removeScratch(dir); err != nil {
		return explain("the reports folder cannot be cleared", err)
	}
	// First the placeholder: were the journals cleared first, a kill in between would leave the old, green report.
	if err := writeReports(dir, incomplete(planned)); err != nil {
		return err
	}
	workers, err := journals(filepath.Join(dir, runFolder))
	if err != nil {
		return explain("the journals of the older run cannot be listed", err)
	}
	for _, worker := range workers {
		path := filepath.Join(dir, runFolder, strconv.Itoa(worker)+".jsonl")
		if err := os.Remove(path); ignoreMissing(err) != nil {
			return explain("the journal of an older run cannot be removed", err)
		}
	}
	return nil
}

// incomplete is the run as it is until it has results: one error, whatever is planned.
func incomplete(planned result.Run) result.Run {
	planned.Planned, planned.Selected = nil, nil
	planned.Results = []result.Result{{
		Check: "run/completed", Subject: planned.Source, Level: "required",
		Status: result.Error, Cause: "run-not-completed", Summary: "run did not complete",
		Remedy: "look at the end of the run's output for the crash or the interrupt, then run again",
	}}
	return planned
}

// Finish merges the journals in dir and puts the reports of the run in place. Any process may call it, also several
// at once: each writes what is known by then, and so the last one everything. The run is returned with an error too if
// only its files could not be written, so that the console can still show it.
func Finish(dir string) (run result.Run, err error) {
	unlock, err := lock(dir, patience)
	if err != nil {
		return result.Run{}, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	// Read under the lock: else a caller with an older view could overwrite a newer report.
	run, err = ReadJournals(dir)
	if err != nil {
		return result.Run{}, err
	}
	return run, writeReports(dir, run)
}

// Write puts the reports of a run in place that is over already, such as one that never began.
func Write(dir string, run result.Run) (err error) {
	if err := Begin(dir, run); err != nil {
		return err
	}
	unlock, err := lock(dir, patience)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	return writeReports(dir, run)
}

// writeReports renders all reports of run before any of them is put in place.
func writeReports(dir string, run result.Run) error {
	junit, err := stage(filepath.Join(dir, JUnitFile), func(w io.Writer) error { return JUnit(w, run) })
	if err != nil {
		return err
	}
	doc, err := stage(filepath.Join(dir, JSONFile), func(w io.Writer) error { return JSON(w, run) })
	if err != nil {
		return errors.Join(err, discard(junit))
	}
	return commit(junit, doc)
}
