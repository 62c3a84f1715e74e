package report

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/syncspec/syncspec/internal/result"
)

// TestMain lets the test binary stand in for the Ginkgo processes of a run: with REPORT_WORKER it is one of them.
func TestMain(m *testing.M) {
	if worker := os.Getenv("REPORT_WORKER"); worker != "" {
		if err := work(worker, os.Getenv("REPORT_DIR"), os.Getenv("REPORT_ENDLESS") != ""); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	flag.Bool("update", false, "accept the reports as they are now")
	os.Exit(m.Run())
}

// perWorker is how many results each worker process finds.
const perWorker = 50

// work is what one process does: write its results down, or go on until it is killed, and finish.
func work(name, dir string, endless bool) error {
	worker, err := strconv.Atoi(name)
	if err != nil {
		return err
	}
	journal, err := OpenJournal(dir, worker, plannedFor(4))
	if err != nil {
		return err
	}
	for i := 0; endless || i < perWorker; i++ {
		if err := journal.Append(workerResult(worker, i)); err != nil {
			return err
		}
		if endless { // acknowledged: from here on the result must survive
			fmt.Println(i)
		}
	}
	if err := journal.Close(); err != nil {
		return err
	}
	_, err = Finish(dir)
	return err
}

// plannedFor is the header of a run of that many workers.
func plannedFor(workers int) result.Run {
	run := result.Run{Source: "shopify", Title: "Shopify", Target: "acme", Mode: result.Sandbox, Seed: 7,
		Notes: []string{"same for all"}}
	for worker := 1; worker <= workers; worker++ {
		for i := range perWorker {
			r := workerResult(worker, i)
			run.Planned = append(run.Planned, result.Planned{Check: r.Check, Subject: r.Subject, Level: r.Level})
			run.Selected = append(run.Selected, r.Key())
		}
	}
	return run
}

// workerResult is the i-th result of a worker.
func workerResult(worker, i int) result.Result {
	return result.Result{Check: fmt.Sprintf("work/worker-%d", worker), Subject: strconv.Itoa(i), Level: "required",
		Status: result.Pass, Evidence: []result.Evidence{{Kind: "row", Text: "id=9007199254740993"}}}
}
