//go:build unix

package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a process waits for another one that renders the same report; rendering takes milliseconds.
const patience = 30 * time.Second

// lock waits until this caller alone may change the reports in dir, and returns how to let go. The kernel frees the lock
// of a process that dies, so nothing has to be taken over, and the file stays: removing it would let two callers hold
// "the" lock on two files.
func lock(dir string, patience time.Duration) (unlock func() error, err error) {
	path := filepath.Join(dir, ".lock")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, explain("the reports folder cannot be locked", err)
	}
	// Asking again, instead of waiting in the kernel, bounds the wait for a process that was stopped.
	for start := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case err == nil:
			return file.Close, nil
		case errors.Is(err, unix.EWOULDBLOCK) && time.Since(start) < patience, errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EWOULDBLOCK):
			return nil, errors.Join(fmt.Errorf("another process has held %s for %s: it is stopped or hangs; end it and "+
				"run again", path, patience), file.Close())
		}
		return nil, errors.Join(explain("the reports folder cannot be locked",
			&os.PathError{Op: "flock", Path: path, Err: err}), file.Close())
	}
}
