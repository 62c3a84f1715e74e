package report

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/result"
)

// open opens a journal or ends the test.
func open(t *testing.T, dir string, worker int, header result.Run) *Journal {
	t.Helper()
	j, err := OpenJournal(dir, worker, header)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// must ends the test on an error.
func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestJournalsMerge checks what comes of the headers of several processes.
func TestJournalsMerge(t *testing.T) {
	dir := t.TempDir()
	start := time.Now().Add(-time.Minute).UTC()
	header := plannedFor(2)
	header.Started = start.Add(time.Second)
	second := header
	second.Started, second.Selected = start, header.Selected[perWorker:]
	header.Selected = header.Selected[:perWorker]
	second.Notes = []string{"same for all", "only here"}

	one, ten := open(t, dir, 1, header), open(t, dir, 10, second)
	exact := workerResult(1, 0)
	exact.Actual = "9007199254740993"
	must(t, ten.Append(workerResult(2, 1)))
	must(t, one.Append(exact))
	must(t, ten.Note("found later", "same for all"))
	must(t, one.Close())
	must(t, ten.Close())

	run, err := ReadJournals(dir)
	must(t, err)
	if len(run.Planned) != 2*perWorker || len(run.Selected) != 2*perWorker {
		t.Errorf("%d planned and %d selected", len(run.Planned), len(run.Selected))
	}
	if want := []string{"same for all", "only here", "found later"}; !slices.Equal(run.Notes, want) {
		t.Errorf("notes %q, want %q", run.Notes, want)
	}
	if !run.Started.Equal(start) || run.Seconds < 60 || run.Seconds > 90 {
		t.Errorf("started %s, took %f s", run.Started, run.Seconds)
	}
	if len(run.Results) != 2 || run.Results[0].Worker != 1 || run.Results[1].Worker != 10 {
		t.Errorf("results %+v", run.Results)
	}
	if run.Results[0].Actual != exact.Actual || run.Results[0].Evidence[0].Text != "id=9007199254740993" {
		t.Errorf("a number lost digits: %+v", run.Results[0])
	}
}

// TestJournalCutOff checks that a line cut off by a kill costs nothing but itself, also when the process comes back.
func TestJournalCutOff(t *testing.T) {
	dir := t.TempDir()
	header := plannedFor(1)
	header.Planned, header.Selected = header.Planned[:3], header.Selected[:3]
	j := open(t, dir, 1, header)
	must(t, j.Append(workerResult(1, 0)))
	must(t, j.Append(workerResult(1, 1)))
	path := filepath.Join(dir, "run", "1.jsonl")
	info, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, info.Size()-20))

	run, err := ReadJournals(dir)
	must(t, err)
	if len(run.Results) != 1 || len(run.Notes) != 3 || !strings.Contains(run.Notes[1], "line 3 of its journal was cut off") {
		t.Errorf("results %+v, notes %q", run.Results, run.Notes)
	}
	if n := run.Count()[result.Error]; n != 2 {
		t.Errorf("%d errors for two specs without result", n)
	}

	back := header
	back.Notes = []string{"came back"}
	again := open(t, dir, 1, back)
	must(t, again.Append(workerResult(1, 2)))
	must(t, again.Close())
	run, err = ReadJournals(dir)
	must(t, err)
	if len(run.Results) != 2 || run.Results[1].Subject != "2" || !slices.Contains(run.Notes, "came back") {
		t.Errorf("after coming back: %+v, notes %q", run.Results, run.Notes)
	}
}

// TestJournalsOfTwoRuns checks that results of different targets are never mixed.
func TestJournalsOfTwoRuns(t *testing.T) {
	dir := t.TempDir()
	other := plannedFor(1)
	other.Target = "other"
	must(t, open(t, dir, 1, plannedFor(1)).Close())
	must(t, open(t, dir, 2, other).Close())
	if _, err := ReadJournals(dir); err == nil || !strings.Contains(err.Error(), "another run") {
		t.Errorf("error %v", err)
	}
}

// TestNoJournal checks that a run that never began is an error and not an empty run.
func TestNoJournal(t *testing.T) {
	dir := t.TempDir()
	if _, err := ReadJournals(dir); err == nil || !strings.Contains(err.Error(), "no journal of a run") {
		t.Errorf("error %v", err)
	}
	must(t, os.MkdirAll(filepath.Join(dir, "run"), 0o755))
	must(t, os.WriteFile(filepath.Join(dir, "run", "1.jsonl"), []byte(`{"at":"2026-07`), 0o644))
	if _, err := Finish(dir); err == nil {
		t.Error("a journal without a header makes a report")
	}
}

// TestKilledWorker kills a process in the middle of its work: all that it was told is written must be there, and what
// it owed shows as errors.
func TestKilledWorker(t *testing.T) {
	dir := t.TempDir()
	must(t, Begin(dir, plannedFor(4)))
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "REPORT_WORKER=1", "REPORT_DIR="+dir, "REPORT_ENDLESS=yes")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	last := -1
	for lines := bufio.NewScanner(out); lines.Scan(); {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			break // the kill cut the number
		}
		if last = n; last == 20 {
			must(t, cmd.Process.Kill())
		}
	}
	_ = cmd.Wait() // killed: always an error
	if last < 20 {
		t.Fatalf("the worker ended by itself after %d: %s", last, stderr.String())
	}

	// Not one that is still to come may be missing, so the plan is what all workers had to do.
	run, err := Finish(dir)
	must(t, err)
	for i := range last + 1 {
		if !slices.ContainsFunc(run.Results, func(r result.Result) bool { return r.Subject == strconv.Itoa(i) }) {
			t.Errorf("result %d was acknowledged and is lost", i)
		}
	}
	if run.ExitCode() == 0 {
		t.Error("the exit code is 0")
	}
	if !slices.ContainsFunc(run.Notes, func(n string) bool { return strings.Contains(n, "worker 1 never closed") }) {
		t.Errorf("notes %q", run.Notes)
	}
	suites := junitIn(t, dir)
	if want := run.Count()[result.Error]; suites.Errors != want || want < 3*perWorker {
		t.Errorf("JUnit has %d errors, the model %d", suites.Errors, want)
	}
}
