package report

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// scratch is the start of the names of files that are not finished.
const scratch = ".syncspec-"

// staged is a file that is complete on disk but does not have its name yet.
type staged struct{ temp, path string }

// stage writes a file next to path, so that the later rename cannot cross file systems. On any error nothing is left.
func stage(path string, render func(io.Writer) error) (_ staged, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), scratch+filepath.Base(path)+"-*")
	if err != nil {
		return staged{}, explain("the report cannot be written", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(os.Remove(file.Name())))
		}
	}()
	buffered := bufio.NewWriter(file)
	if err = render(buffered); err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = errors.Join(file.Chmod(0o644), file.Sync())
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return staged{}, explain("the report cannot be written", err)
	}
	return staged{temp: file.Name(), path: path}, nil
}

// commit gives the files their names. Each appears whole or not at all.
func commit(files ...staged) error {
	for _, f := range files {
		if err := os.Rename(f.temp, f.path); err != nil {
			return errors.Join(explain("the report cannot be put in place", err), discard(files...))
		}
	}
	for _, f := range files {
		syncFolder(filepath.Dir(f.path))
	}
	return nil
}

// discard removes the staged files that did not get their names.
func discard(files ...staged) error {
	var err error
	for _, f := range files {
		err = errors.Join(err, ignoreMissing(os.Remove(f.temp)))
	}
	return err
}

// syncFolder makes renames last over a power cut where the file system can; one that cannot has still the right files.
func syncFolder(dir string) {
	if folder, err := os.Open(dir); err == nil {
		_ = folder.Sync()
		_ = folder.Close()
	}
}

// removeScratch clears what a killed process left unfinished in dir.
func removeScratch(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), scratch) && e.Type().IsRegular() {
			err = errors.Join(err, ignoreMissing(os.Remove(filepath.Join(dir, e.Name()))))
		}
	}
	return err
}

// ignoreMissing drops the error of removing what is not there.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// explain adds the way out to an error of the file system.
func explain(what string, err error) error {
	way := ""
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		way = "; the disk or quota is full: free some space and run again"
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		way = "; make the folder writable for this user (a run as root or in a container may have made it), " +
			"remove it, or choose another one"
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.EISDIR), errors.Is(err, fs.ErrExist):
		way = "; something else has that name: move it away, or choose another folder"
	case errors.Is(err, syscall.ENOLCK), errors.Is(err, syscall.ENOTSUP):
		way = "; this file system has no locks: choose a folder on a local disk"
	}
	return fmt.Errorf("%s: %w%s", what, err, way)
}
