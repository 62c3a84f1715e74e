package report

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/result"
)

// junitIn reads the JUnit file in dir.
func junitIn(t *testing.T, dir string) JUnitSuites {
	t.Helper()
	doc, err := readJUnit(dir)
	must(t, err)
	return doc
}

// readJUnit reads the JUnit file in dir; for other goroutines than the test's.
func readJUnit(dir string) (doc JUnitSuites, err error) {
	text, err := os.ReadFile(filepath.Join(dir, JUnitFile))
	if err != nil {
		return doc, err
	}
	return doc, xml.Unmarshal(text, &doc)
}

// onlyReports fails if anything but reports, lock and journals is in dir.
func onlyReports(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, e := range entries {
		switch e.Name() {
		case JUnitFile, JSONFile, ".lock", "run":
		default:
			t.Errorf("%s is left over", e.Name())
		}
	}
}

// TestBegin checks that from the start on no older report can be taken for this run's, and that only our files go.
func TestBegin(t *testing.T) {
	dir := t.TempDir()
	must(t, open(t, dir, 1, greenRun()).Close())
	theirs := filepath.Join(dir, "run", "notes.jsonl")
	must(t, os.WriteFile(theirs, nil, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, JUnitFile), []byte("<testsuites/>"), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, scratch+"junit.xml-123"), []byte("<testsui"), 0o600))
	must(t, Begin(dir, greenRun()))

	doc := junitIn(t, dir)
	if doc.Tests != 1 || doc.Errors != 1 || doc.Suites[0].Cases[0].Error.Message != "run did not complete" {
		t.Errorf("placeholder %+v", doc)
	}
	run, err := Load(filepath.Join(dir, JSONFile))
	must(t, err)
	if run.ExitCode() == 0 || run.Target != "acme-integrations" {
		t.Errorf("placeholder %+v", run)
	}
	if _, err := os.Stat(filepath.Join(dir, "run", "1.jsonl")); !os.IsNotExist(err) {
		t.Errorf("the older journal is there: %v", err)
	}
	if _, err := os.Stat(theirs); err != nil {
		t.Errorf("a file that is not ours is gone: %v", err)
	}
	onlyReports(t, dir)

	if _, err := Finish(dir); err == nil {
		t.Error("a run without journals finished")
	}
	if again := junitIn(t, dir); again.Errors != 1 {
		t.Errorf("the placeholder was replaced by %+v", again)
	}
}

// TestFinishFromAllSides lets several processes, and several goroutines, finish the same run at once, while a reader
// looks at the report all the time: it must be whole at every moment, and the last one must have everything.
func TestFinishFromAllSides(t *testing.T) {
	const workers = 4
	dir := t.TempDir()
	must(t, Begin(dir, plannedFor(workers)))

	done, watched := make(chan struct{}), make(chan error, 1)
	go func() { watched <- watch(dir, done) }()

	var all sync.WaitGroup
	failures := make(chan error, 2*workers)
	for worker := 1; worker <= workers; worker++ {
		all.Go(func() {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "REPORT_WORKER="+strconv.Itoa(worker), "REPORT_DIR="+dir)
			if out, err := cmd.CombinedOutput(); err != nil {
				failures <- fmt.Errorf("worker %d: %w: %s", worker, err, out)
			}
		})
		all.Go(func() {
			for range 5 {
				// Until the first worker has begun there is nothing to finish.
				if _, err := Finish(dir); err != nil && !strings.Contains(err.Error(), "no journal of a run") {
					failures <- err
				}
			}
		})
	}
	all.Wait()
	close(done)
	close(failures)
	for err := range failures {
		t.Error(err)
	}
	if err := <-watched; err != nil {
		t.Error(err)
	}
	doc := junitIn(t, dir)
	if doc.Tests != workers*perWorker || doc.Failures+doc.Errors+doc.Skipped != 0 {
		t.Errorf("the last report has %d tests, %d failures, %d errors, %d skipped",
			doc.Tests, doc.Failures, doc.Errors, doc.Skipped)
	}
	run, err := Load(filepath.Join(dir, JSONFile))
	must(t, err)
	if run.Verdict() != result.Healthy {
		t.Errorf("verdict %s, notes %q", run.Verdict(), run.Notes)
	}
	onlyReports(t, dir)
}

// watch reads the report until done is closed, and returns an error if it ever was not whole, or green too early.
func watch(dir string, done <-chan struct{}) error {
	for {
		select {
		case <-done:
			return nil
		case <-time.After(time.Millisecond): // leave the others some of the machine
		}
		doc, err := readJUnit(dir)
		if err != nil {
			return fmt.Errorf("half a report: %w", err)
		}
		passed := doc.Tests - doc.Errors - doc.Failures
		if doc.Errors == 0 && passed != 4*perWorker {
			return fmt.Errorf("a green report with %d of %d results", passed, 4*perWorker)
		}
	}
}

// TestStageLeavesNothing checks that a full disk in the middle of a report leaves the old one, and no half of a new one.
func TestStageLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", filepath.Join(dir, "missing")) // a report staged there could not be renamed into place
	path := filepath.Join(dir, JUnitFile)
	must(t, os.WriteFile(path, []byte("old"), 0o644))
	_, err := stage(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, strings.Repeat("x", 10_000))
		return &os.PathError{Op: "write", Path: path, Err: syscall.ENOSPC}
	})
	if err == nil || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("error %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "old" {
		t.Errorf("the old report is now %q", text)
	}
	onlyReports(t, dir)
}

// TestFolderInTheWay checks the messages where the reports cannot go.
func TestFolderInTheWay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "reports")
	must(t, os.WriteFile(file, nil, 0o644))
	_, journalErr := OpenJournal(file, 1, greenRun())
	_, finishErr := Finish(file)
	for name, err := range map[string]error{"Begin": Begin(file, greenRun()), "OpenJournal": journalErr, "Finish": finishErr} {
		if err == nil || !strings.Contains(err.Error(), "something else has that name") {
			t.Errorf("%s: error %v", name, err)
		}
	}
	for way, cause := range map[string]error{
		"make the folder writable": syscall.EACCES, "or choose another one": syscall.EROFS,
		"free some space": syscall.EDQUOT, "no locks": syscall.ENOLCK,
	} {
		if err := explain("it failed", &os.PathError{Op: "open", Path: "x", Err: cause}); !strings.Contains(err.Error(), way) ||
			!errors.Is(err, cause) {
			t.Errorf("%v lacks %q", err, way)
		}
	}
}

// TestFinishReadsUnderTheLock checks that a Finish that had to wait reports what was written meanwhile: one that read
// before it waited would replace a newer report by an older one.
func TestFinishReadsUnderTheLock(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, 1, plannedFor(1))
	unlock, err := lock(dir, 0)
	must(t, err)
	found := make(chan int)
	go func() {
		run, err := Finish(dir)
		if err != nil {
			t.Error(err)
		}
		found <- len(run.Results)
	}()
	select {
	case <-found:
		t.Fatal("Finish did not wait for the lock")
	case <-time.After(50 * time.Millisecond):
	}
	must(t, j.Append(workerResult(1, 0)))
	must(t, unlock())
	if n := <-found; n != 1 {
		t.Errorf("%d results, want the one written while it waited", n)
	}
	must(t, j.Close())
}

// TestLockHeld checks that a process that hangs with the lock does not hang everyone.
func TestLockHeld(t *testing.T) {
	dir := t.TempDir()
	unlock, err := lock(dir, 0)
	must(t, err)
	if _, err := lock(dir, 20*time.Millisecond); err == nil || !strings.Contains(err.Error(), "another process has held") {
		t.Errorf("error %v", err)
	}
	must(t, unlock())
	again, err := lock(dir, 0)
	must(t, err)
	must(t, again())
}
