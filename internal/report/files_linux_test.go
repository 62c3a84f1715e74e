package report

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestJournalOnFullDisk checks that a result that could not be written down is not taken for written.
func TestJournalOnFullDisk(t *testing.T) {
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "run"), 0o755))
	must(t, os.Symlink("/dev/full", filepath.Join(dir, "run", "1.jsonl")))
	_, err := OpenJournal(dir, 1, greenRun())
	if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "free some space") {
		t.Errorf("error %v", err)
	}
}

// TestFolderNotWritable checks the message for a folder of somebody else.
func TestFolderNotWritable(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, 1, greenRun())
	must(t, j.Close())
	must(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) }) // else the folder could not be removed
	failed := make(chan [2]error)
	go func() {
		if os.Geteuid() == 0 { // root may write anywhere; this thread, which ends with the goroutine, may not any more
			runtime.LockOSThread()
			_, _ = unix.SetfsuidRetUid(65534)
		}
		_, err := Finish(dir)
		failed <- [2]error{Begin(dir, greenRun()), err}
	}()
	for _, err := range <-failed {
		if err == nil || !strings.Contains(err.Error(), "make the folder writable") {
			t.Errorf("error %v", err)
		}
	}
}
